#ifndef TESTS_UNIT_DEVICES_BENCH_H
#define TESTS_UNIT_DEVICES_BENCH_H
/* A clock and lines to try one chip on, without a machine. */
#include <criterion/criterion.h>

#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { BENCH_IPS = 1000000 };            /* a tick is a microsecond */

/* Lets time pass, event after event. */
static inline void bench_run(struct clock *clock, u64 ticks)
{
    u64 end = clock->time.now + ticks;
    for (;;) {
        clock_fire_due(clock);
        if (clock->time.deadline > end) break;
        clock->time.now = clock->time.deadline;
    }
    clock->time.now = end;
}

/* Counts rising edges of a line. */
static inline void bench_count(void *counter, unsigned n, bool level)
{
    (void)n;
    *(unsigned *)counter += level;
}

#endif
