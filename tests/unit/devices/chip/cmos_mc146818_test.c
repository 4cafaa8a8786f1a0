/* MC146818A: calendar, formats, interrupts.  Motorola's data sheet. */
#include "devices/chip/cmos_mc146818.h"
#include "tests/unit/devices/bench.h"

enum { SECONDS, SECONDS_ALARM, MINUTES, MINUTES_ALARM, HOURS, HOURS_ALARM, WEEKDAY, DAY, MONTH, YEAR, REG_A, REG_B, REG_C, REG_D };

static struct clock bench;
static struct line irq;
static struct cmos_mc146818 rtc;

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    irq = (struct line){ 0 };
    cmos_mc146818_init(&rtc, &bench, &irq);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(cmos_mc146818, .init = setup, .fini = teardown);

static u8 get(u8 index)
{
    cmos_mc146818_write(&rtc, 0, index);
    return cmos_mc146818_read(&rtc, 1);
}

static void set(u8 index, u8 value)
{
    cmos_mc146818_write(&rtc, 0, index);
    cmos_mc146818_write(&rtc, 1, value);
}

static void seconds(unsigned n) { bench_run(&bench, n * (u64)BENCH_IPS); }

Test(cmos_mc146818, a_date_is_shown_in_bcd)
{
    cmos_mc146818_set_time(&rtc, 951868799);         /* Tue 2000-02-29 23:59:59 */
    cr_expect_eq(get(HOURS), 0x23);
    cr_expect_eq(get(DAY), 0x29);
    cr_expect_eq(get(MONTH), 0x02);
    cr_expect_eq(get(YEAR), 0x00);
    cr_expect_eq(get(0x32), 0x20);
    cr_expect_eq(get(WEEKDAY), 3);
}

Test(cmos_mc146818, a_leap_day_ends_in_march)
{
    cmos_mc146818_set_time(&rtc, 951868799);
    seconds(1);
    cr_expect_eq(get(DAY), 0x01);
    cr_expect_eq(get(MONTH), 0x03);
    cr_expect_eq(get(HOURS), 0x00);
    cr_expect_eq(get(WEEKDAY), 4);
}

Test(cmos_mc146818, a_century_turns)
{
    cmos_mc146818_set_time(&rtc, 946684799);         /* 1999-12-31 23:59:59 */
    cr_expect_eq(get(0x32), 0x19);
    seconds(1);
    cr_expect_eq(get(YEAR), 0x00);
    cr_expect_eq(get(0x32), 0x20);
}

Test(cmos_mc146818, twelve_hours_mark_the_afternoon_in_bit_7)
{
    set(REG_B, 0x00);
    cmos_mc146818_set_time(&rtc, 13 * 3600);
    cr_expect_eq(get(HOURS), 0x81);
    cmos_mc146818_set_time(&rtc, 0);
    cr_expect_eq(get(HOURS), 0x12);
}

Test(cmos_mc146818, binary_mode_counts_in_binary)
{
    set(REG_B, 0x06);
    cmos_mc146818_set_time(&rtc, 59);
    cr_expect_eq(get(SECONDS), 59);
    seconds(1);
    cr_expect_eq(get(SECONDS), 0);
    cr_expect_eq(get(MINUTES), 1);
}

Test(cmos_mc146818, set_holds_the_calendar)
{
    cmos_mc146818_set_time(&rtc, 10);
    set(REG_B, 0x82);
    seconds(5);
    cr_expect_eq(get(SECONDS), 0x10);
    set(REG_B, 0x02);
    seconds(5);
    cr_expect_eq(get(SECONDS), 0x15);
}

Test(cmos_mc146818, uip_is_high_just_before_an_update_and_low_after_it)
{
    bench_run(&bench, 500000);
    cr_expect_eq(get(REG_A) & 0x80, 0);
    bench_run(&bench, 499000);
    cr_expect_eq(get(REG_A) & 0x80, 0x80);
    bench_run(&bench, 1500);
    cr_expect_eq(get(REG_A) & 0x80, 0);
}

Test(cmos_mc146818, an_update_interrupt_is_cleared_by_reading_c)
{
    set(REG_B, 0x12);
    seconds(1);
    cr_expect(irq.level);
    cr_expect_eq(get(REG_C) & 0x90, 0x90);
    cr_expect(!irq.level);
    cr_expect_eq(get(REG_C), 0);
}

Test(cmos_mc146818, an_alarm_matches_its_time_and_c0_matches_any)
{
    cmos_mc146818_set_time(&rtc, 0);
    set(SECONDS_ALARM, 0x05);
    set(MINUTES_ALARM, 0xc0);
    set(HOURS_ALARM, 0xff);
    set(REG_B, 0x22);
    seconds(4);
    cr_expect(!irq.level);
    seconds(1);
    cr_expect(irq.level);
}

Test(cmos_mc146818, rate_6_interrupts_1024_times_a_second)
{
    unsigned count = 0;
    set(REG_A, 0x26);
    set(REG_B, 0x42);
    for (unsigned i = 0; i < 20000; i++) {
        bench_run(&bench, 50);
        count += get(REG_C) >> 6 & 1;
    }
    cr_expect_eq(count, 1024);
}

Test(cmos_mc146818, c_and_d_cannot_be_written_and_d_says_the_battery_is_good)
{
    set(REG_D, 0x00);
    cr_expect_eq(get(REG_D), 0x80);
    set(0x40, 0x5a);
    cr_expect_eq(get(0xc0), 0x5a, "bit 7 of the index masks NMI and selects nothing");
    cr_expect(rtc.nmi_masked);
    cr_expect_null(cmos_mc146818_invariant(&rtc));
}
