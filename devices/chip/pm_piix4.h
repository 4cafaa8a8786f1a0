#ifndef ORRERY_CHIP_PM_PIIX4_H
#define ORRERY_CHIP_PM_PIIX4_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define PM_PIIX4_STATE(ONE, MANY) \
    /*    type  name      unit    min         max  meaning                                              */ \
    ONE (u16,  status,   "bits",    0,     0x8531, "PM1_STS: TMR BM GBL PWRBTN RTC WAK")                     \
    ONE (u16,  enable,   "bits",    0,     0x0521, "PM1_EN: TMR GBL PWRBTN RTC")                             \
    ONE (u16,  control,  "bits",    0,     0x1c03, "PM1_CNT: SCI_EN BM_RLD SLP_TYP")                         \
    ONE (u16,  global_status,  "bits", 0,  0x20, "GLBSTS: APM")                                          \
    ONE (u32,  global_control, "bits", 0, 0x0701ff05, "GLBCTL: SMI_EN THRM_POL EOS SM_FREEZE LID_POL, standby timer") \
    ONE (event, carry,   "tick",    0, UINT64_MAX, "bit 23 of the timer changes next")

struct pm_piix4 {
    STATE_MEMBERS(PM_PIIX4_STATE)
    struct clock *clock;
    struct line *sci, *soft_off, *smi;
};

extern const struct state_layout pm_piix4_state;

enum { PM_PIIX4_PORTS = 0x40 };

/* soft_off goes high when the guest enters S5; smi, which may be NULL, is pulsed. */
void pm_piix4_init(struct pm_piix4 *p, struct clock *clock, struct line *sci, struct line *soft_off, struct line *smi);
void pm_piix4_reset(struct pm_piix4 *p);
u8 pm_piix4_read(void *chip, unsigned reg);
void pm_piix4_write(void *chip, unsigned reg, u8 value);
void pm_piix4_apm(struct pm_piix4 *p);                   /* APMC was written, and is to cause SMI */
void pm_piix4_smi(struct pm_piix4 *p);                   /* another cause; nothing without SMI_EN */
const char *pm_piix4_invariant(const struct pm_piix4 *p);

#endif
