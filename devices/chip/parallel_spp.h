#ifndef ORRERY_CHIP_PARALLEL_SPP_H
#define ORRERY_CHIP_PARALLEL_SPP_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define PARALLEL_SPP_STATE(ONE, MANY) \
    /*    type  name      unit    min         max  meaning                                              */ \
    ONE (u8,   data,     "",        0,       0xff, "data latch")                                           \
    ONE (u8,   control,  "bits",    0,       0x3f, "STROBE AUTOFD INIT SELECT IRQ enable DIRECTION")       \
    ONE (bool, busy,     "",        0,          1, "the printer takes a byte")                             \
    ONE (event, taken,   "tick",    0, UINT64_MAX, "when it has taken it")

struct parallel_spp {
    STATE_MEMBERS(PARALLEL_SPP_STATE)
    struct clock *clock;
    struct line *irq;
    struct byte_sink printer;
};

extern const struct state_layout parallel_spp_state;

void parallel_spp_init(struct parallel_spp *p, struct clock *clock, struct line *irq, struct byte_sink printer);
void parallel_spp_reset(struct parallel_spp *p);
u8 parallel_spp_read(void *chip, unsigned reg);
void parallel_spp_write(void *chip, unsigned reg, u8 value);
const char *parallel_spp_invariant(const struct parallel_spp *p);

#endif
