/* 82371SB (PIIX3), function 0: PCI to ISA bridge.                                          doc: pci
 *   60..63 PIRQRC A..D  7 not routed  3..0 the interrupt request: 3 to 7, 9 to 12, 14, 15
 *   RC     1 SRST (hard)  2 RCPU: its rising edge resets
 *   APMC, APMS  a command and a status between software and its system management code
 *   A0 SMICNTL  0 CSMIGATE   A2 SMIEN  7 a write to APMC asks for SMI   AA SMIREQ  7 it did; a 0 clears it
 * Source: Intel 290550-001, "Register Description".  Not modelled: SMI by other events than APMC, timing
 * of the ISA bus, distributed DMA, the motherboard's own requests. */
#include "devices/chip/isa_piix3.h"

enum { SMICNTL = 0xa0, CSMIGATE = 1, SMIEN = 0xa2, SMIREQ = 0xaa, SMI_APMC = 0x80 };
enum { XBCS = 0x4e, APICBASE = 0x80, PIRQRC = 0x60, PIRQRC_OFF = 0x80, RC_SRST = 2, RC_RCPU = 4, ROUTABLE = 0xdef8 };

#define STATE_OWNER struct isa_piix3
STATE_LAYOUT_OF(isa_piix3_state, "isa_piix3", ISA_PIIX3_STATE, isa_piix3_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x70008086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0007,     0x0008,     0          },     /* PCICMD: special cycles; the rest is wired */
    { 0x06, 2, 0x0200,     0,          0x7800     },     /* PCISTS */
    { 0x08, 4, 0x06010000, 0,          0          },     /* RID, CLASSC: ISA bridge */
    { 0x0e, 1, 0x80,       0,          0          },     /* HEDT: several functions */
    { 0x4c, 1, 0x4d,       0xff,       0          },     /* IORT */
    { 0x4e, 2, 0x0003,     0x01ff,     0          },     /* XBCS */
    { 0x60, 4, 0x80808080, 0x8f8f8f8f, 0          },     /* PIRQRC */
    { 0x69, 1, 0x02,       0xfe,       0          },     /* TOM */
    { 0x6a, 2, 0x0000,     0x8000,     0x0020     },     /* MSTAT */
    { 0x70, 2, 0x8080,     0xefef,     0          },     /* MBIRQ */
    { 0x76, 2, 0x0c0c,     0x8f8f,     0          },     /* MBDMA */
    { 0x78, 2, 0x0002,     0xfff3,     0          },     /* PCSC */
    { 0x80, 1, 0x00,       0x7f,       0          },     /* APICBASE */
    { 0x82, 1, 0x00,       0x0f,       0          },     /* DLC */
    { 0xa0, 1, 0x08,       0x1f,       0          },     /* SMICNTL */
    { 0xa2, 2, 0x0000,     0x01ff,     0          },     /* SMIEN */
    { 0xa4, 4, 0x00000000, 0xe000fffb, 0          },     /* SEE */
    { 0xa8, 1, 0x0f,       0xff,       0          },     /* FTMR */
    { 0xaa, 2, 0x0000,     0x01ff,     0          },     /* SMIREQ */
    { 0xac, 1, 0x00,       0xff,       0          },     /* CTLTMR */
    { 0xae, 1, 0x00,       0xff,       0          },     /* CTHTMR */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

/* Whether a PIRQ that is routed to request n is asserted. */
static bool asked_for(const struct isa_piix3 *p, unsigned n)
{
    for (unsigned i = 0; i < PIIX3_PIRQS; i++) {
        u8 route = p->config[PIRQRC + i];
        if (p->pirq >> i & 1 && !(route & PIRQRC_OFF) && (route & 15) == n) return ROUTABLE >> n & 1;
    }
    return false;
}

static void update(struct isa_piix3 *p)
{
    for (unsigned n = 0; n < PIIX3_IRQS; n++) line_set(&p->irq[n], asked_for(p, n));
}

void isa_piix3_init(struct isa_piix3 *p, struct line *irq, void *board, void (*reset)(void *board, bool hard))
{
    *p = (struct isa_piix3){ .irq = irq, .board = board, .reset = reset };
    pci_config_reset(p->config, registers);
}

void isa_piix3_reset(struct isa_piix3 *p)
{
    pci_config_reset(p->config, registers);
    p->reset_control = p->apm_control = p->apm_status = 0;
    update(p);
}

u8 isa_piix3_config_read(void *chip, unsigned at) { return ((struct isa_piix3 *)chip)->config[at & 0xff]; }

void isa_piix3_config_write(void *chip, unsigned at, u8 value)
{
    struct isa_piix3 *p = chip;

    pci_config_write(p->config, registers, at & 0xff, value);
    update(p);
}

void isa_piix3_set_pirq(void *chip, unsigned n, bool asserted)
{
    struct isa_piix3 *p = chip;
    u8 bit = (u8)(1 << (n & 3));

    p->pirq = asserted ? p->pirq | bit : p->pirq & (u8)~bit;
    update(p);
    if (p->pirq_changed) p->pirq_changed(p->board, n & 3, asserted);
}

/* "APIC Base Address Relocation Register": 5..2 address bits 15..12, 1..0 bits 11..10; 6: bit 12 counts as 0 */
bool isa_piix3_apic_base(const struct isa_piix3 *p, u32 *base)
{
    u32 value = p->config[APICBASE], at = value << 10 & 0xfc00;

    *base = 0xfec00000 + (value & 0x40 ? at & ~0x1000u : at);
    return p->config[XBCS + 1] & 1;
}

u8 isa_piix3_reset_control_read(void *chip, unsigned reg) { (void)reg; return ((struct isa_piix3 *)chip)->reset_control; }

/* "Reset Control Register": SRST chooses what the rising edge of RCPU does. */
void isa_piix3_reset_control_write(void *chip, unsigned reg, u8 value)
{
    struct isa_piix3 *p = chip;
    bool rises = value & ~p->reset_control & RC_RCPU;

    (void)reg;
    p->reset_control = value & (RC_SRST | RC_RCPU);
    if (rises) p->reset(p->board, value & RC_SRST);
}

u8 isa_piix3_apm_read(void *chip, unsigned reg)
{
    const struct isa_piix3 *p = chip;
    return reg & 1 ? p->apm_status : p->apm_control;
}

void isa_piix3_apm_write(void *chip, unsigned reg, u8 value)
{
    struct isa_piix3 *p = chip;

    if (reg & 1) {
        p->apm_status = value;
        return;
    }
    p->apm_control = value;
    bool asks = p->config[SMIEN] & SMI_APMC;
    if (asks) p->config[SMIREQ] |= SMI_APMC;
    if (p->apm_written) p->apm_written(p->board, asks && p->config[SMICNTL] & CSMIGATE);
}

const char *isa_piix3_invariant(const struct isa_piix3 *p)
{
    if (state_out_of_range(&isa_piix3_state, p)) return "every field is in the range its list gives";
    for (unsigned n = 0; n < PIIX3_IRQS; n++)
        if (p->irq[n].level != asked_for(p, n)) return "a request stands exactly while a PIRQ routed to it is asserted";
    return pci_config_valid(p->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
