#ifndef ORRERY_CHIP_PIT_8254_H
#define ORRERY_CHIP_PIT_8254_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define PIT_8254_STATE(ONE, MANY) \
    /*    type  name              unit     min         max  meaning                                       */ \
    MANY(u8,   control, 3,        "bits",    0,       0x3f, "RW1 RW0 M2 M1 M0 BCD of each counter")          \
    MANY(u16,  reload, 3,         "cycles",  0,     0xffff, "count as programmed; 0 means 65536")            \
    MANY(u16,  initial, 3,       "cycles",  0,     0xffff, "count that the counter element was loaded with") \
    MANY(u64,  switch_at, 3,     "cycle",   0, UINT64_MAX, "modes 2 and 3: when it takes a new one; 0 never") \
    MANY(u16,  latch, 3,          "cycles",  0,     0xffff, "count held by a latch command")                 \
    MANY(u8,   status_latch, 3,   "bits",    0,       0xff, "status held by a read-back command")            \
    MANY(u8,   write_low, 3,      "",        0,       0xff, "low byte that waits for the high one")          \
    MANY(bool, latched, 3,        "",        0,          1, "latch holds a count not yet read")              \
    MANY(bool, status_latched, 3, "",        0,          1, "status_latch is read first")                    \
    MANY(bool, high_next_read, 3, "",        0,          1, "the next read gives the high byte")             \
    MANY(bool, high_next_write, 3, "",       0,          1, "the next write is the high byte")               \
    MANY(bool, gate, 3,           "",        0,          1, "level of GATE")                                 \
    MANY(bool, loaded, 3,         "",        0,          1, "a count was written: the counter runs")         \
    MANY(bool, triggered, 3,      "",        0,          1, "modes 1 and 5: GATE has risen")                 \
    MANY(u64,  start, 3,          "cycle",   0, UINT64_MAX, "cycle at which the counter element was loaded") \
    MANY(u64,  held, 3,           "cycles",  0, UINT64_MAX, "cycles counted before GATE went low")           \
    MANY(event, change, 3,        "tick",    0, UINT64_MAX, "when OUT changes next")

struct pit_8254 {
    STATE_MEMBERS(PIT_8254_STATE)
    struct clock *clock;
    struct line *out[3];
    void (*changing)(void *listener, unsigned n, u64 cycle);    /* wire: up to this cycle OUT n is what it has been said to be, then something else */
    void *listener;
    struct pit_8254_event { struct pit_8254 *pit; unsigned n; } owner[3];   /* wire: which counter an event belongs to */
};

extern const struct state_layout pit_8254_state;

void pit_8254_init(struct pit_8254 *p, struct clock *clock, struct line *out0, struct line *out1, struct line *out2);
void pit_8254_reset(struct pit_8254 *p);
u8 pit_8254_read(void *chip, unsigned reg);
void pit_8254_write(void *chip, unsigned reg, u8 value);
void pit_8254_set_gate(struct pit_8254 *p, unsigned n, bool level);
bool pit_8254_out(const struct pit_8254 *p, unsigned n);
/* As programmed now: OUT at a cycle (RATE_PIT), and the first cycle after it at which OUT may change; NEVER without one. */
bool pit_8254_out_at(const void *chip, unsigned n, u64 cycle);
u64 pit_8254_edge_after(const void *chip, unsigned n, u64 cycle);
const char *pit_8254_invariant(const struct pit_8254 *p);

#endif
