#ifndef ORRERY_CHIP_VGA_PCI_H
#define ORRERY_CHIP_VGA_PCI_H
#include "cpu/base/state.h"
#include "devices/chip/pci_config.h"
#include "devices/chip/vga_core.h"

enum { VGA_PCI_MMIO_BYTES = 4096 };

#define VGA_PCI_STATE(ONE, MANY) \
    /*    type  name                      unit  min   max  meaning                                  */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",    0, 0xff, "configuration space")

struct vga_pci {
    STATE_MEMBERS(VGA_PCI_STATE)
    struct vga *vga;                             /* wires */
    void *board;
    void (*decode_changed)(void *board);         /* a region may be at another place than before */
    /* derived: registers, the size of region 0 in them, and which one the registers in memory are */
    struct pci_register row[7];
    u32 aperture_bytes;
    u8 mmio_at;
    struct pci_registers registers;
};

extern const struct state_layout vga_pci_state;

void vga_pci_init(struct vga_pci *p, struct vga *vga, void *board, void (*decode_changed)(void *board));
void vga_pci_reset(struct vga_pci *p);
u8 vga_pci_config_read(void *chip, unsigned at);
void vga_pci_config_write(void *chip, unsigned at, u8 value);

/* Where a region is decoded; false: nowhere. */
bool vga_pci_memory_base(const struct vga_pci *p, u32 *base);
bool vga_pci_mmio_base(const struct vga_pci *p, u32 *base);

u64 vga_pci_mmio_read(struct vga_pci *p, u32 at, unsigned size_bytes);
void vga_pci_mmio_write(struct vga_pci *p, u32 at, unsigned size_bytes, u64 value);
const char *vga_pci_invariant(const struct vga_pci *p);

#endif
