#ifndef ORRERY_CHIP_HPET_H
#define ORRERY_CHIP_HPET_H
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { HPET_TIMERS = 3, HPET_PINS = 24, HPET_BYTES = 0x400 };

#define HPET_STATE(ONE, MANY) \
    /*    type  name                  unit      min         max  meaning                                                  */ \
    ONE (u8,   general,              "bits",      0,          3, "general configuration: 0 enable, 1 legacy replacement")    \
    ONE (u8,   status,               "bits",      0,          7, "general interrupt status of level-triggered timers")       \
    ONE (u64,  counter,              "cycles",    0, UINT64_MAX, "main counter while it stands; else what it is ahead of the clock") \
    MANY(u32,  config, HPET_TIMERS,  "bits",      0,     0x7fff, "timer n configuration: 1 level 2 enable 3 periodic 6 value set 8 32 bits 13..9 route") \
    MANY(u64,  comparator, HPET_TIMERS, "cycles", 0, UINT64_MAX, "count at which timer n matches")                          \
    MANY(u64,  period, HPET_TIMERS,  "cycles",    0, UINT64_MAX, "what a periodic timer adds to it then")                   \
    MANY(event, match, HPET_TIMERS,  "tick",      0, UINT64_MAX, "the next match")

struct hpet {
    STATE_MEMBERS(HPET_STATE)
    struct clock *clock;
    struct line *pin;            /* HPET_PINS inputs of the I/O APIC */
    struct line *legacy[2];      /* in place of the interval timer and the real-time clock */
    void *board;
    void (*replacement_changed)(void *board, bool on);
    struct hpet_timer { struct hpet *hpet; unsigned n; } timer[HPET_TIMERS];
};

extern const struct state_layout hpet_state;

void hpet_init(struct hpet *h, struct clock *clock, struct line *pin, void *board, void (*replacement_changed)(void *board, bool on));
void hpet_reset(struct hpet *h);
/* at: byte offset below HPET_BYTES, size_bytes 1, 2, 4 or 8, naturally aligned. */
u64 hpet_read(struct hpet *h, unsigned at, unsigned size_bytes);
void hpet_write(struct hpet *h, unsigned at, unsigned size_bytes, u64 value);
static inline bool hpet_replaces(const struct hpet *h) { return h->general & 2; }      /* LEG_RT_CNF */
const char *hpet_invariant(const struct hpet *h);

#endif
