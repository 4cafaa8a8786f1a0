#ifndef ORRERY_CHIP_ISA_PIIX3_H
#define ORRERY_CHIP_ISA_PIIX3_H
#include "cpu/base/state.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_config.h"

enum { PIIX3_PIRQS = 4, PIIX3_IRQS = 16 };

#define ISA_PIIX3_STATE(ONE, MANY) \
    /*    type  name                      unit    min   max  meaning                                  */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",       0, 0xff, "configuration space")                       \
    ONE (u8,   pirq,                     "bits",   0,   15, "levels of PIRQA# to PIRQD#, bit 0 is A; 1 asserted") \
    ONE (u8,   reset_control,            "bits",   0,    6, "RC: SRST in bit 1, RCPU in bit 2")          \
    ONE (u8,   apm_control,              "",       0, 0xff, "APMC")                                      \
    ONE (u8,   apm_status,               "",       0, 0xff, "APMS")

struct isa_piix3 {
    STATE_MEMBERS(ISA_PIIX3_STATE)
    struct line *irq;                                    /* wires: PIIX3_IRQS of them, what PIRQs ask for */
    void *board;
    void (*reset)(void *board, bool hard);               /* the whole board, or the processor's INIT alone */
    void (*apm_written)(void *board, bool smi);          /* APMC was; whether this chip asks for SMI then; NULL: nobody listens */
    void (*pirq_changed)(void *board, unsigned n, bool asserted);        /* PIRQs lead to an I/O APIC too; NULL: there is none */
};

extern const struct state_layout isa_piix3_state;

void isa_piix3_init(struct isa_piix3 *p, struct line *irq, void *board, void (*reset)(void *board, bool hard));
void isa_piix3_reset(struct isa_piix3 *p);
u8 isa_piix3_config_read(void *chip, unsigned at);
void isa_piix3_config_write(void *chip, unsigned at, u8 value);
void isa_piix3_set_pirq(void *chip, unsigned n, bool asserted);          /* a line's listener; 0 is PIRQA# */
u8 isa_piix3_reset_control_read(void *chip, unsigned reg);               /* reg is not looked at */
void isa_piix3_reset_control_write(void *chip, unsigned reg, u8 value);
u8 isa_piix3_apm_read(void *chip, unsigned reg);                         /* 0 APMC, 1 APMS */
void isa_piix3_apm_write(void *chip, unsigned reg, u8 value);
/* Where the I/O APIC's registers are: XBCS[8] selects its chip, APICBASE says the address.  False: nowhere. */
bool isa_piix3_apic_base(const struct isa_piix3 *p, u32 *base);
const char *isa_piix3_invariant(const struct isa_piix3 *p);

#endif
