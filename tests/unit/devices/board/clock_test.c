/* The clock: order, exactness. */
#include <string.h>

#include "tests/unit/devices/bench.h"

struct probe {
    struct event event;
    struct clock *clock;
    u64 fired_at, again;
    char name, *log;
};

static void fire(void *owner)
{
    struct probe *p = owner;
    p->fired_at = clock_now(p->clock);
    if (p->log) p->log[strlen(p->log)] = p->name;
    if (p->again) clock_at(p->clock, &p->event, clock_now(p->clock) + p->again);
}

Test(clock, events_fire_at_their_tick_and_in_the_order_they_were_added)
{
    struct clock clock;
    char log[8] = "";
    struct probe p[3] = { { .name = 'a' }, { .name = 'b' }, { .name = 'c' } };
    clock_init(&clock, BENCH_IPS);
    for (unsigned i = 0; i < 3; i++) {
        p[i].clock = &clock;
        p[i].log = log;
        clock_add(&clock, &p[i].event, fire, &p[i]);
    }
    clock_at(&clock, &p[2].event, 10);
    clock_at(&clock, &p[1].event, 10);
    clock_at(&clock, &p[0].event, 20);
    cr_expect_eq(clock.time.deadline, 10);
    bench_run(&clock, 30);
    cr_expect_str_eq(log, "bca");
    cr_expect_eq(p[0].fired_at, 20);
    cr_expect_eq(clock.time.deadline, NEVER);
    clock_free(&clock);
}

Test(clock, a_cancelled_event_does_not_fire_and_a_moved_one_fires_once)
{
    struct clock clock;
    struct probe p = { .clock = &clock }, q = { .clock = &clock };
    clock_init(&clock, BENCH_IPS);
    clock_add(&clock, &p.event, fire, &p);
    clock_add(&clock, &q.event, fire, &q);
    clock_at(&clock, &p.event, 5);
    clock_at(&clock, &q.event, 5);
    clock_at(&clock, &q.event, 50);
    clock_cancel(&clock, &p.event);
    bench_run(&clock, 20);
    cr_expect_eq(p.fired_at, 0);
    cr_expect_eq(q.fired_at, 0);
    bench_run(&clock, 40);
    cr_expect_eq(q.fired_at, 50);
    clock_free(&clock);
}

Test(clock, many_events_keep_their_order)
{
    struct clock clock;
    static struct probe p[200];
    u32 seed = 3;
    clock_init(&clock, BENCH_IPS);
    for (unsigned i = 0; i < 200; i++) {
        p[i] = (struct probe){ .clock = &clock };
        clock_add(&clock, &p[i].event, fire, &p[i]);
    }
    for (unsigned i = 0; i < 2000; i++) {
        seed = seed * 1664525 + 1013904223;
        clock_at(&clock, &p[seed >> 8 & 127].event, 1 + (seed >> 16));
    }
    for (unsigned i = 0; i < 200; i++) p[i].again = p[i].event.at;
    for (unsigned i = 0; i < 200; i++) {
        u64 due = p[i].again;
        p[i].again = 0;
        p[i].name = due != NEVER;
    }
    u64 due[200];
    for (unsigned i = 0; i < 200; i++) due[i] = p[i].event.at;
    bench_run(&clock, 70000);
    for (unsigned i = 0; i < 200; i++) cr_expect_eq(p[i].fired_at, due[i] == NEVER ? 0 : due[i]);
    clock_free(&clock);
}

Test(clock, divided_clocks_do_not_drift)
{
    static const u64 ips[] = { 1000000, 50000000, 33333333, 7 };
    struct clock clock;
    for (unsigned i = 0; i < 4; i++) {
        clock_init(&clock, ips[i]);
        clock.time.now = ips[i] * 1000000;                       /* eleven days */
        cr_expect_eq(clock_cycles(&clock, RATE_RTC), 32768ull * 1000000);
        cr_expect_eq(clock_cycles(&clock, RATE_PIT), 14318180ull * 1000000 / 12);
        cr_expect_eq(clock_tick_of_cycle(&clock, RATE_RTC, 32768ull * 1000000), clock.time.now);
        for (u64 cycle = 1; cycle < 1000; cycle += 7) {
            clock.time.now = clock_tick_of_cycle(&clock, RATE_PIT, cycle);
            cr_expect_geq(clock_cycles(&clock, RATE_PIT), cycle);
            clock.time.now--;
            cr_expect_lt(clock_cycles(&clock, RATE_PIT), cycle, "it is the first such tick");
        }
        clock_free(&clock);
    }
}
