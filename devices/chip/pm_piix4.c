/* Power management of the 82371AB (PIIX4): ACPI's fixed registers.                          doc: pm
 *   reg 0  PM1_STS  0 TMR  4 BM  5 GBL  8 PWRBTN  10 RTC  15 WAK; a 1 clears its bit
 *       2  PM1_EN   0 TMR  5 GBL  8 PWRBTN  10 RTC: these raise SCI while PM1_CNT.SCI_EN = 1
 *       4  PM1_CNT  0 SCI_EN  1 BM_RLD  2 GBL_RLS (reads 0)  12..10 SLP_TYP  13 SLP_EN (reads 0)
 *       8  PM_TMR   24 bits at 3.579545 MHz; TMR is set each time bit 23 changes
 *      18  GLBSTS   5 APM: software wrote to APMC; a 1 clears it
 *      28  GLBCTL   0 SMI_EN  1 BIOS_RLS (reads 0; sets GBL)  2 THRM_POL  15..8, 26 standby timer  16 EOS  24 SM_FREEZE  25 LID_POL
 * Source: Intel 290562-001, "Power Management I/O Registers"; ACPI specification, "ACPI Hardware Specification".
 * EOS is kept as written: each SMI is a pulse of SMI#, whether software has ended the last one or not.  Firmware for this bridge that never sets
 * it gets every SMI it asks for; a part on a board would tell whether it does there.
 * Not modelled: SMI by device monitors and by GBL_RLS, general-purpose events, device monitors, processor clock control, every sleep but soft-off. */
#include "devices/chip/pm_piix4.h"

enum { PM1_STS, PM1_EN = 2, PM1_CNT = 4, PM_TMR = 8, GLBSTS = 0x18, GLBCTL = 0x28 };
enum { STS_MASK = 0x8531, EN_MASK = 0x0521, CNT_MASK = 0x1c03, CNT_SCI_EN = 1, TMR_STS = 1, GBL_STS = 0x20, APM_STS = 0x20 };
enum { GLBCTL_MASK = 0x0701ff05, SMI_EN = 1, BIOS_RLS = 2 };
enum { SLP_EN_HIGH = 0x20, SLP_TYP_HIGH = 0x1c, SOFT_OFF = 0 };              /* of PM1_CNT's upper byte */
enum { TIMER_BITS = 24 };
#define RATE_PM ((struct rate){ 14318180, 4 })

#define STATE_OWNER struct pm_piix4
STATE_LAYOUT_OF(pm_piix4_state, "pm_piix4", PM_PIIX4_STATE, pm_piix4_invariant);

static void update_sci(struct pm_piix4 *p)
{
    line_set(p->sci, p->control & CNT_SCI_EN && p->status & p->enable);
}

static void await_carry(struct pm_piix4 *p)
{
    u64 half = 1u << (TIMER_BITS - 1), next = (clock_cycles(p->clock, RATE_PM) / half + 1) * half;

    clock_at(p->clock, &p->carry, clock_tick_of_cycle(p->clock, RATE_PM, next));
}

static void on_carry(void *owner)
{
    struct pm_piix4 *p = owner;

    p->status |= TMR_STS;
    update_sci(p);
    await_carry(p);
}

void pm_piix4_init(struct pm_piix4 *p, struct clock *clock, struct line *sci, struct line *soft_off, struct line *smi)
{
    p->smi = smi;
    p->clock = clock;
    p->sci = sci;
    p->soft_off = soft_off;
    clock_add(clock, &p->carry, on_carry, p);
}

void pm_piix4_reset(struct pm_piix4 *p)
{
    p->status = p->enable = p->control = p->global_status = 0;
    p->global_control = 0;
    update_sci(p);
    line_set(p->soft_off, false);
    await_carry(p);
}

static u16 put_byte(u16 word, unsigned reg, u8 value)
{
    return reg & 1 ? (u16)((word & 0x00ff) | value << 8) : (u16)((word & 0xff00) | value);
}

u8 pm_piix4_read(void *chip, unsigned reg)
{
    const struct pm_piix4 *p = chip;
    u32 timer = (u32)clock_cycles(p->clock, RATE_PM) & ((1u << TIMER_BITS) - 1);

    if ((reg & ~3u) == PM_TMR) return (u8)(timer >> 8 * (reg & 3));
    if ((reg & ~3u) == GLBCTL) return (u8)(p->global_control >> 8 * (reg & 3));
    switch (reg & ~1u) {
    case GLBSTS: return (u8)(p->global_status >> 8 * (reg & 1));
    case PM1_STS: return (u8)(p->status >> 8 * (reg & 1));
    case PM1_EN: return (u8)(p->enable >> 8 * (reg & 1));
    case PM1_CNT: return (u8)(p->control >> 8 * (reg & 1));
    default: return 0;
    }
}

static void write_global_control(struct pm_piix4 *p, unsigned shift, u8 value)
{
    u32 written = (u32)value << shift;

    p->global_control = ((p->global_control & ~(0xffu << shift)) | written) & GLBCTL_MASK;
    if (written & BIOS_RLS) p->status |= GBL_STS;
}

void pm_piix4_smi(struct pm_piix4 *p)
{
    if (!(p->global_control & SMI_EN)) return;
    line_set(p->smi, true);
    line_set(p->smi, false);
}

void pm_piix4_apm(struct pm_piix4 *p)
{
    p->global_status |= APM_STS;
    pm_piix4_smi(p);
}

void pm_piix4_write(void *chip, unsigned reg, u8 value)
{
    struct pm_piix4 *p = chip;

    if ((reg & ~3u) == GLBCTL) write_global_control(p, 8 * (reg & 3), value);
    switch (reg & ~1u) {
    case GLBSTS: p->global_status &= (u16)~put_byte(0, reg, value); break;
    case PM1_STS: p->status &= (u16)~put_byte(0, reg, value); break;
    case PM1_EN: p->enable = put_byte(p->enable, reg, value) & EN_MASK; break;
    case PM1_CNT: p->control = put_byte(p->control, reg, value) & CNT_MASK; break;
    default: break;
    }
    update_sci(p);
    if (reg == PM1_CNT + 1 && value & SLP_EN_HIGH && (value & SLP_TYP_HIGH) == SOFT_OFF) line_set(p->soft_off, true);
}

const char *pm_piix4_invariant(const struct pm_piix4 *p)
{
    if (p->status & ~STS_MASK || p->enable & ~EN_MASK || p->control & ~CNT_MASK || p->global_control & ~(u32)GLBCTL_MASK) return "reserved bits are 0";
    return p->sci && p->sci->level != (p->control & CNT_SCI_EN && p->status & p->enable) ? "SCI follows status and enable" : NULL;
}
