/* Game control adapter: pulses by resistance, buttons, nothing plugged in.  "Game Control Adapter". */
#include "devices/chip/gameport_558.h"
#include "tests/unit/devices/bench.h"

static struct clock bench;
static struct gameport_558 port;

static void with(unsigned sticks)
{
    clock_init(&bench, 10000000);        /* ten ticks a microsecond */
    gameport_558_init(&port, &bench, sticks);
}

static void teardown(void)
{
    cr_expect_null(gameport_558_invariant(&port));
    clock_free(&bench);
}
TestSuite(gameport_558, .fini = teardown);

static u8 read(void) { return gameport_558_read(&port, 0); }

/* Microseconds that one-shot n lasts. */
static double pulse(unsigned n)
{
    unsigned ticks = 0;
    gameport_558_write(&port, 0, 0);
    for (; read() >> n & 1 && ticks < 20000; ticks++) bench_run(&bench, 1);
    return ticks / 10.0;
}

Test(gameport_558, a_pulse_is_24_microseconds_and_eleven_a_kiloohm)
{
    with(2);
    gameport_558_move(&port, 0, 0, 255, 0);
    gameport_558_move(&port, 1, 51, 128, 0);
    cr_expect_float_eq(pulse(0), 24.2, 0.11);
    cr_expect_float_eq(pulse(1), 24.2 + 1100, 0.11);
    cr_expect_float_eq(pulse(2), 24.2 + 220, 0.11);
    cr_expect_float_eq(pulse(3), 24.2 + 1100 * 128 / 255.0, 0.11);
}

Test(gameport_558, all_of_them_begin_at_a_write)
{
    with(2);
    cr_expect_eq(read(), 0xf0, "nothing has been started");
    gameport_558_write(&port, 0, 0xff);
    cr_expect_eq(read(), 0xff);
    bench_run(&bench, 20000);
    cr_expect_eq(read(), 0xf0);
}

Test(gameport_558, a_button_that_is_down_is_0)
{
    with(2);
    gameport_558_move(&port, 0, 128, 128, 1);
    cr_expect_eq(read() & 0xf0, 0xe0);
    gameport_558_move(&port, 1, 128, 128, 3);
    cr_expect_eq(read() & 0xf0, 0x20);
    gameport_558_move(&port, 0, 128, 128, 0);
    cr_expect_eq(read() & 0xf0, 0x30);
}

Test(gameport_558, without_a_stick_a_pulse_never_ends)
{
    with(1);
    gameport_558_move(&port, 1, 0, 0, 3);
    gameport_558_write(&port, 0, 0);
    bench_run(&bench, 1000000000);
    cr_expect_eq(read(), 0xfc);
}
