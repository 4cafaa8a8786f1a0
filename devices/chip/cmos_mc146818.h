#ifndef ORRERY_CHIP_CMOS_MC146818_H
#define ORRERY_CHIP_CMOS_MC146818_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define CMOS_MC146818_STATE(ONE, MANY) \
    /*    type  name       unit     min         max  meaning                                       */ \
    MANY(u8,   ram, 128,   "",        0,       0xff, "registers 0-0Dh and battery-backed RAM")        \
    ONE (u8,   index,      "",        0,       0x7f, "register that the data port reaches")           \
    ONE (bool, nmi_masked, "",        0,          1, "bit 7 of the index port")                       \
    ONE (event, update,    "tick",    0, UINT64_MAX, "the next update cycle ends")                    \
    ONE (event, periodic,  "tick",    0, UINT64_MAX, "the next periodic interrupt")

struct cmos_mc146818 {
    STATE_MEMBERS(CMOS_MC146818_STATE)
    struct clock *clock;
    struct line *irq;
};

extern const struct state_layout cmos_mc146818_state;

void cmos_mc146818_init(struct cmos_mc146818 *c, struct clock *clock, struct line *irq);
void cmos_mc146818_reset(struct cmos_mc146818 *c);
/* Sets the calendar (BCD, 24 hours): seconds since 1970-01-01 00:00:00 as the clock is to show them. */
void cmos_mc146818_set_time(struct cmos_mc146818 *c, s64 seconds);
u8 cmos_mc146818_read(void *chip, unsigned reg);
void cmos_mc146818_write(void *chip, unsigned reg, u8 value);
const char *cmos_mc146818_invariant(const struct cmos_mc146818 *c);

#endif
