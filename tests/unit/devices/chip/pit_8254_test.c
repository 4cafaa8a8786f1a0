/* 8254: modes, latches, read-back, gate.  Intel 231164-005.  A cycle is twelve ticks here. */
#include "devices/chip/pit_8254.h"
#include "tests/unit/devices/bench.h"

static struct clock bench;
static struct line out[3];
static struct pit_8254 pit;
static unsigned rises;

static void setup(void)
{
    rises = 0;
    clock_init(&bench, 14318180);
    for (unsigned n = 0; n < 3; n++) out[n] = (struct line){ 0 };
    out[0] = (struct line){ .changed = bench_count, .listener = &rises };
    pit_8254_init(&pit, &bench, &out[0], &out[1], &out[2]);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(pit_8254, .init = setup, .fini = teardown);

static void program(unsigned n, u8 control, u16 count)
{
    pit_8254_write(&pit, 3, (u8)(n << 6 | 0x30 | control));
    pit_8254_write(&pit, n, (u8)count);
    pit_8254_write(&pit, n, (u8)(count >> 8));
}

static u16 read_count(unsigned n)
{
    u8 low = pit_8254_read(&pit, n);
    return (u16)(low | pit_8254_read(&pit, n) << 8);
}

/* Ticks until so many cycles have passed. */
static void cycles(u64 n) { bench_run(&bench, clock_tick_of_cycle(&bench, RATE_PIT, clock_cycles(&bench, RATE_PIT) + n) - bench.time.now); }

Test(pit_8254, mode_0_raises_out_at_terminal_count_and_leaves_it_high)
{
    program(0, 0 << 1, 1000);
    cr_expect(!out[0].level);
    cycles(1000);
    cr_expect(!out[0].level, "the count is loaded by the clock after the write: N + 1");
    cycles(1);
    cr_expect(out[0].level);
    cycles(70000);
    cr_expect(out[0].level);
    cr_expect_null(pit_8254_invariant(&pit));
}

Test(pit_8254, mode_2_is_low_for_one_cycle_of_every_n)
{
    program(0, 2 << 1, 100);
    cycles(1);
    rises = 0;
    cycles(100 * 50);
    cr_expect_eq(rises, 50);
    cr_expect_eq(pit_8254_out(&pit, 0), true);
    cycles(99);
    cr_expect_eq(pit_8254_out(&pit, 0), false);
}

Test(pit_8254, mode_3_is_a_square_wave_whose_odd_count_is_high_one_cycle_longer)
{
    unsigned high = 0;
    program(1, 3 << 1, 7);
    cycles(1);
    for (unsigned i = 0; i < 700; i++) {
        high += pit_8254_out(&pit, 1);
        cycles(1);
    }
    cr_expect_eq(high, 400);
}

Test(pit_8254, a_count_of_0_is_65536)
{
    program(0, 2 << 1, 0);
    cycles(1);
    rises = 0;
    cycles(65535);
    cr_expect_eq(rises, 0);
    cycles(1);
    cr_expect_eq(rises, 1);
}

Test(pit_8254, bcd_counts_in_decimal)
{
    program(0, 0 << 1 | 1, 0x1000);
    cycles(2);
    cr_expect_eq(read_count(0), 0x0999);
}

Test(pit_8254, a_latched_count_stands_until_it_is_read)
{
    program(0, 0 << 1, 5000);
    cycles(101);
    pit_8254_write(&pit, 3, 0x00);
    cycles(1000);
    cr_expect_eq(read_count(0), 4900);
    cr_expect_eq(read_count(0), 3900);
}

Test(pit_8254, read_back_gives_status_before_count)
{
    program(0, 2 << 1, 100);
    cycles(11);
    pit_8254_write(&pit, 3, 0xc2);
    cr_expect_eq(pit_8254_read(&pit, 0), 0xb4, "OUT high, 16-bit access, mode 2");
    cr_expect_eq(read_count(0), 90);
}

Test(pit_8254, a_low_gate_stops_the_count_and_forces_out_high_in_mode_3)
{
    pit_8254_set_gate(&pit, 2, true);
    program(2, 3 << 1, 100);
    cycles(60);
    cr_expect(!pit_8254_out(&pit, 2));
    pit_8254_set_gate(&pit, 2, false);
    cr_expect(out[2].level);
    cycles(1000);
    cr_expect(out[2].level);
}

Test(pit_8254, mode_1_fires_once_a_rising_gate)
{
    program(2, 1 << 1, 50);
    cycles(200);
    cr_expect(pit_8254_out(&pit, 2));
    pit_8254_set_gate(&pit, 2, true);
    cycles(25);
    cr_expect(!pit_8254_out(&pit, 2));
    cycles(27);
    cr_expect(pit_8254_out(&pit, 2));
}

Test(pit_8254, a_new_count_in_mode_2_waits_for_the_end_of_the_period)
{
    program(0, 2 << 1, 1000);
    cycles(101);
    pit_8254_write(&pit, 0, 50);
    pit_8254_write(&pit, 0, 0);
    rises = 0;
    cycles(800);
    cr_expect_eq(rises, 0);
    cycles(100 + 500);
    cr_expect_eq(rises, 11);
}

Test(pit_8254, a_new_count_in_mode_1_leaves_the_pulse_that_runs_alone)
{
    program(2, 1 << 1, 50);
    pit_8254_set_gate(&pit, 2, true);
    cycles(10);
    pit_8254_write(&pit, 2, 5);
    pit_8254_write(&pit, 2, 0);
    cycles(20);
    cr_expect(!pit_8254_out(&pit, 2));
    cycles(22);
    cr_expect(pit_8254_out(&pit, 2));
}

Test(pit_8254, no_value_in_any_order_breaks_the_invariant)
{
    u32 seed = 1;
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        if (seed >> 31) pit_8254_write(&pit, seed >> 8 & 3, (u8)(seed >> 16));
        else pit_8254_read(&pit, seed >> 8 & 3);
        pit_8254_set_gate(&pit, 2, seed >> 30 & 1);
        bench_run(&bench, seed >> 20 & 1023);
        cr_assert_null(pit_8254_invariant(&pit));
    }
}

Test(pit_8254, a_counter_whose_out_leads_nowhere_counts_alike_and_asks_for_no_event)
{
    pit.out[1] = NULL;
    for (unsigned mode = 0; mode < 6; mode++) {
        for (unsigned n = 0; n < 2; n++) program(n, (u8)(mode << 1), 1000);
        for (unsigned step = 0; step < 40; step++) {
            cycles(step * 7);
            cr_assert_eq(read_count(1), read_count(0), "mode %u", mode);
            cr_assert_eq(pit_8254_out(&pit, 1), pit_8254_out(&pit, 0), "mode %u", mode);
            cr_assert(!pit.change[1].slot || pit.switch_at[1], "mode %u", mode);
            if (step == 20) for (unsigned n = 0; n < 2; n++) pit_8254_write(&pit, n, 0x31), pit_8254_write(&pit, n, 0x02);
        }
    }
}
