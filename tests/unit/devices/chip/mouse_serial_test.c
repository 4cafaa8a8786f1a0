/* Serial mice.  Microsoft Mouse Programmer's Reference, "Serial Mouse"; Mouse Systems M-1. */
#include "devices/chip/mouse_serial.h"
#include "tests/unit/devices/bench.h"

static struct clock bench;
static struct mouse_serial mouse;
static u8 got[64];
static unsigned count;
static bool busy;

static bool idle(void *to) { (void)to; return !busy; }
static void put(void *to, const u8 *bytes, unsigned size)
{
    (void)to;
    for (unsigned i = 0; i < size && count < sizeof got; i++) got[count++] = bytes[i];
}

static void power(enum mouse_serial_kind kind)
{
    mouse_serial_init(&mouse, &bench, kind, (struct mouse_serial_line){ NULL, idle, put });
    mouse_serial_modem(&mouse, true, true);
    bench_run(&bench, 100000);
}

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    count = 0;
    busy = false;
}

static void teardown(void)
{
    cr_expect_null(mouse_serial_invariant(&mouse), "%s", mouse_serial_invariant(&mouse));
    clock_free(&bench);
}
TestSuite(mouse_serial, .init = setup, .fini = teardown);

static void expect_bytes(const u8 *bytes, unsigned size)
{
    cr_expect_eq(count, size, "%u bytes, not %u", count, size);
    for (unsigned i = 0; i < size && i < count; i++) cr_expect_eq(got[i], bytes[i], "byte %u is %02x, not %02x", i, got[i], bytes[i]);
    count = 0;
}
#define EXPECT(...) expect_bytes((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

Test(mouse_serial, it_says_what_it_is_when_dtr_and_rts_come_on)
{
    power(MOUSE_MICROSOFT);
    EXPECT('M');
    mouse_serial_modem(&mouse, true, true);
    bench_run(&bench, 100000);
    EXPECT();
    mouse_serial_modem(&mouse, true, false);
    mouse_serial_modem(&mouse, true, true);
    bench_run(&bench, 13000);
    EXPECT();
    bench_run(&bench, 2000);
    EXPECT('M');
    power(MOUSE_MICROSOFT_WHEEL);
    EXPECT('M', 'Z');
    power(MOUSE_SYSTEMS);
    EXPECT();
}

Test(mouse_serial, microsoft_packets_have_the_upper_bits_in_front)
{
    power(MOUSE_MICROSOFT);
    count = 0;
    mouse_serial_move(&mouse, 100, -3, 0, 1);
    bench_run(&bench, 30000);
    EXPECT(0x40 | 0x20 | 0x0c | 0x01, 100 & 0x3f, 0x3d);
    mouse_serial_move(&mouse, 0, 0, 0, 2 | 4);
    bench_run(&bench, 30000);
    EXPECT(0x50, 0, 0);
}

Test(mouse_serial, what_eight_bits_do_not_hold_comes_next)
{
    power(MOUSE_MICROSOFT);
    count = 0;
    mouse_serial_move(&mouse, 130, 0, 0, 0);
    bench_run(&bench, 60000);
    EXPECT(0x41, 0x3f, 0, 0x40, 3, 0);
}

Test(mouse_serial, a_wheel_has_a_fourth_byte_with_the_middle_button)
{
    power(MOUSE_MICROSOFT_WHEEL);
    count = 0;
    mouse_serial_move(&mouse, 0, 0, -1, 4);
    bench_run(&bench, 30000);
    EXPECT(0x40, 0, 0, 0x1f);
}

Test(mouse_serial, mouse_systems_buttons_are_low_when_pressed_and_y_grows_upwards)
{
    power(MOUSE_SYSTEMS);
    mouse_serial_move(&mouse, 5, 3, 0, 1);
    bench_run(&bench, 30000);
    EXPECT(0x80 | 3, 5, (u8)-3, 0, 0);
    mouse_serial_move(&mouse, 0, 0, 0, 2 | 4);
    bench_run(&bench, 30000);
    EXPECT(0x80 | 4, 0, 0, 0, 0);
}

Test(mouse_serial, a_packet_waits_for_the_line_and_nothing_moves_without_power)
{
    power(MOUSE_MICROSOFT);
    count = 0;
    busy = true;
    mouse_serial_move(&mouse, 1, 0, 0, 0);
    bench_run(&bench, 100000);
    EXPECT();
    busy = false;
    bench_run(&bench, 30000);
    EXPECT(0x40, 1, 0);
    mouse_serial_modem(&mouse, false, false);
    mouse_serial_move(&mouse, 1, 0, 0, 0);
    bench_run(&bench, 100000);
    EXPECT();
}
