#ifndef ORRERY_CHIP_PCI_I440FX_H
#define ORRERY_CHIP_PCI_I440FX_H
#include "cpu/base/state.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_config.h"

#define PCI_I440FX_STATE(ONE, MANY) \
    /*    type  name                      unit  min   max  meaning                                  */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",    0, 0xff, "configuration space")

struct pci_i440fx {
    STATE_MEMBERS(PCI_I440FX_STATE)
    void *board;                                 /* wires */
    void (*memory_changed)(void *board);         /* PAM or SMRAM say something else than before */
};

extern const struct state_layout pci_i440fx_state;

void pci_i440fx_init(struct pci_i440fx *p, void *board, void (*memory_changed)(void *board));
void pci_i440fx_reset(struct pci_i440fx *p);
u8 pci_i440fx_read(void *chip, unsigned at);
void pci_i440fx_write(void *chip, unsigned at, u8 value);
/* Whether DRAM answers at pa, C0000h to FFFFFh; if not, the access goes to PCI. */
bool pci_i440fx_reads_dram(const struct pci_i440fx *p, u32 pa);
bool pci_i440fx_writes_dram(const struct pci_i440fx *p, u32 pa);
/* What a processor finds at A0000h to BFFFFh: the display, or DRAM, or DRAM where it fetches and the display where it reads and writes. */
enum smram_view { SMRAM_HIDDEN, SMRAM_SEEN, SMRAM_FETCHED };
enum smram_view pci_i440fx_smram(const struct pci_i440fx *p, bool in_smm);
const char *pci_i440fx_invariant(const struct pci_i440fx *p);

#endif
