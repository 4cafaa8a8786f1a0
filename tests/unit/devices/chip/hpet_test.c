/* The high precision event timer.  IA-PC HPET Specification 1.0a. */
#include "devices/chip/hpet.h"
#include "tests/unit/devices/bench.h"

enum { CAP = 0x000, CONF = 0x010, STATUS = 0x020, COUNT = 0x0f0, T0 = 0x100, C0 = 0x108, T1 = 0x120, C1 = 0x128, T2 = 0x140, C2 = 0x148 };
enum { ENABLE = 1, LEGACY = 2, LEVEL = 2, INT = 4, PERIODIC = 8, SET = 0x40, BITS_32 = 0x100, PIN_20 = 20 << 9, PIN_21 = 21 << 9 };

static struct clock bench;
static struct line pin[HPET_PINS], legacy[2];
static unsigned edges[HPET_PINS], legacy_edges[2], changes;
static struct hpet hpet;

static void changed(void *board, bool on) { (void)board, (void)on; changes++; }

static void setup(void)
{
    clock_init(&bench, 14318180);                        /* a tick is a count */
    for (unsigned n = 0; n < HPET_PINS; n++) pin[n] = (struct line){ .changed = bench_count, .listener = &edges[n], .n = n };
    for (unsigned n = 0; n < 2; n++) {
        legacy[n] = (struct line){ .changed = bench_count, .listener = &legacy_edges[n], .n = n };
        hpet.legacy[n] = &legacy[n];
    }
    hpet_init(&hpet, &bench, pin, NULL, changed);
    hpet_reset(&hpet);
}

static void teardown(void)
{
    cr_expect_null(hpet_invariant(&hpet), "%s", hpet_invariant(&hpet));
    clock_free(&bench);
}
TestSuite(hpet, .init = setup, .fini = teardown);

static u64 get(unsigned at) { return hpet_read(&hpet, at, 8); }
static void put(unsigned at, u64 v) { hpet_write(&hpet, at, 8, v); }
static void pass(u64 counts) { bench_run(&bench, counts); clock_fire_due(&bench); }

Test(hpet, capabilities_name_three_timers_of_64_bits_and_the_period)
{
    cr_expect_eq(get(CAP), 0x0429b17f8086a201);
    cr_expect_eq(hpet_read(&hpet, CAP + 4, 4), 69841279);
    cr_expect_eq(hpet_read(&hpet, CAP + 1, 1), 0xa2);
    cr_expect_eq(get(T0), 0x00f0000000000030);
    put(CAP, 0);
    cr_expect_eq(get(CAP), 0x0429b17f8086a201);
}

Test(hpet, the_counter_stands_until_it_is_enabled_and_keeps_its_count_when_halted)
{
    pass(100);
    cr_expect_eq(get(COUNT), 0);
    put(COUNT, 1000);
    put(CONF, ENABLE);
    pass(100);
    cr_expect_eq(get(COUNT), 1100);
    put(CONF, 0);
    pass(100);
    cr_expect_eq(get(COUNT), 1100);
}

Test(hpet, halves_are_written_by_doublewords_and_smaller_accesses_write_nothing)
{
    hpet_write(&hpet, COUNT + 4, 4, 0x12345678);
    hpet_write(&hpet, COUNT, 4, 0x9abcdef0);
    hpet_write(&hpet, COUNT, 2, 0);
    cr_expect_eq(get(COUNT), 0x123456789abcdef0);
}

Test(hpet, a_one_shot_timer_pulses_its_input_once_at_its_count)
{
    put(T0, INT | PIN_20);
    put(C0, 500);
    put(CONF, ENABLE);
    pass(499);
    cr_expect_eq(edges[20], 0);
    pass(1);
    cr_expect_eq(edges[20], 1);
    pass(5000);
    cr_expect_eq(edges[20], 1);
    cr_expect_eq(get(STATUS), 0);
}

Test(hpet, a_timer_of_32_bits_matches_again_after_a_turn_of_32_bits)
{
    put(T0, INT | PIN_20 | BITS_32);
    put(C0, 0x700000005);
    cr_expect_eq(get(C0), 5);
    put(CONF, ENABLE);
    pass(10);
    cr_expect_eq(edges[20], 1);
    pass(0x100000000);
    cr_expect_eq(edges[20], 2);
}

Test(hpet, a_periodic_timer_goes_on_by_the_last_value_written)
{
    put(T1, INT | PIN_21 | PERIODIC | SET);
    put(C1, 1000);                                       /* the first match */
    put(C1, 300);                                        /* the period */
    put(CONF, ENABLE);
    pass(999);
    cr_expect_eq(edges[21], 0);
    pass(1);
    cr_expect_eq(edges[21], 1);
    cr_expect_eq(get(C1), 1300);
    pass(900);
    cr_expect_eq(edges[21], 4);
    cr_expect_eq(get(T1) & SET, 0);
}

Test(hpet, a_level_stands_with_its_status_until_a_1_is_written)
{
    put(T2, INT | LEVEL | PIN_20);
    put(C2, 10);
    put(CONF, ENABLE);
    pass(10);
    cr_expect(pin[20].level);
    cr_expect_eq(get(STATUS), 4);
    put(STATUS, 3);
    cr_expect(pin[20].level);
    put(STATUS, 4);
    cr_expect(!pin[20].level);
}

Test(hpet, a_disabled_timer_shows_its_status_and_does_not_interrupt)
{
    put(T2, LEVEL | PIN_20);
    put(C2, 10);
    put(CONF, ENABLE);
    pass(10);
    cr_expect_eq(get(STATUS), 4);
    cr_expect(!pin[20].level);
    put(T2, LEVEL | INT | PIN_20);
    cr_expect(pin[20].level);
}

Test(hpet, legacy_replacement_sends_timers_0_and_1_to_the_old_requests)
{
    put(T0, INT | PIN_20);
    put(T1, INT | PIN_21);
    put(C0, 10);
    put(C1, 20);
    put(CONF, ENABLE | LEGACY);
    cr_expect(hpet_replaces(&hpet));
    pass(30);
    cr_expect_eq(legacy_edges[0], 1);
    cr_expect_eq(legacy_edges[1], 1);
    cr_expect_eq(edges[20] + edges[21], 0);
    unsigned before = changes;
    put(CONF, ENABLE);
    cr_expect_eq(changes, before + 1);
}

Test(hpet, a_route_that_the_capability_does_not_name_is_not_taken)
{
    put(T0, PIN_21);
    put(T0, 5 << 9);
    cr_expect_eq(get(T0) >> 9 & 31, 21);
}

Test(hpet, a_period_shorter_than_a_tick_comes_once_a_tick)
{
    clock_free(&bench);
    clock_init(&bench, 1000000);                         /* 14 counts a tick */
    hpet_init(&hpet, &bench, pin, NULL, changed);
    hpet_reset(&hpet);
    put(T0, INT | PIN_20 | PERIODIC | SET);
    put(C0, 1);
    put(CONF, ENABLE);
    pass(100);
    cr_expect_leq(edges[20], 101);
    cr_expect_geq(edges[20], 99);
}
