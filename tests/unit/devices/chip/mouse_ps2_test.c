/* PS/2 mouse.  IBM PS/2 Hardware Interface Technical Reference, "Mouse". */
#include "devices/chip/mouse_ps2.h"
#include "tests/unit/devices/bench.h"

static struct clock bench;
static struct mouse_ps2 mouse;

static void ready(void *controller) { (void)controller; }

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    mouse_ps2_init(&mouse, &bench, NULL, ready);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(mouse_ps2, .init = setup, .fini = teardown);

static void expect_bytes(const char *what, const u8 *bytes, unsigned count)
{
    u8 byte;
    for (unsigned i = 0; i < count; i++) {
        cr_assert(mouse_ps2_send(&mouse, &byte), "%s: byte %u is missing", what, i);
        cr_expect_eq(byte, bytes[i], "%s: byte %u is %02x, not %02x", what, i, byte, bytes[i]);
    }
    cr_expect(!mouse_ps2_waiting(&mouse), "%s: more bytes wait", what);
}
#define EXPECT(what, ...) expect_bytes(what, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

Test(mouse_ps2, a_reset_answers_ack_aa_and_its_identification)
{
    mouse_ps2_receive(&mouse, 0xff);
    EXPECT("FF", 0xfa, 0xaa, 0x00);
}

Test(mouse_ps2, nothing_is_reported_until_it_is_enabled)
{
    mouse_ps2_move(&mouse, 5, 3, 0, 0);
    bench_run(&bench, 100000);
    cr_expect(!mouse_ps2_waiting(&mouse));
}

Test(mouse_ps2, a_packet_has_signs_buttons_and_movement)
{
    mouse_ps2_receive(&mouse, 0xf4);
    EXPECT("F4", 0xfa);
    mouse_ps2_move(&mouse, 5, 3, 0, 1);
    bench_run(&bench, 10000);
    EXPECT("packet", 0x29, 0x05, 0xfd);
    mouse_ps2_move(&mouse, 0, 0, 0, 0);
    bench_run(&bench, 10000);
    EXPECT("release", 0x08, 0x00, 0x00);
    bench_run(&bench, 100000);
    cr_expect(!mouse_ps2_waiting(&mouse), "a mouse at rest is silent");
}

Test(mouse_ps2, movement_past_nine_bits_overflows)
{
    mouse_ps2_receive(&mouse, 0xf4);
    EXPECT("F4", 0xfa);
    mouse_ps2_move(&mouse, 1000, -1000, 0, 0);
    bench_run(&bench, 10000);
    EXPECT("packet", 0xc8, 0xff, 0xff);
}

Test(mouse_ps2, remote_mode_reports_on_request)
{
    mouse_ps2_receive(&mouse, 0xf0);
    EXPECT("F0", 0xfa);
    mouse_ps2_move(&mouse, -1, 0, 0, 2);
    bench_run(&bench, 100000);
    cr_expect(!mouse_ps2_waiting(&mouse));
    mouse_ps2_receive(&mouse, 0xeb);
    EXPECT("EB", 0xfa, 0x1a, 0xff, 0x00);
}

Test(mouse_ps2, status_tells_mode_resolution_and_rate)
{
    mouse_ps2_receive(&mouse, 0xe8);
    mouse_ps2_receive(&mouse, 0x03);
    mouse_ps2_receive(&mouse, 0xf3);
    mouse_ps2_receive(&mouse, 0x28);
    EXPECT("E8 F3", 0xfa, 0xfa);
    mouse_ps2_receive(&mouse, 0xe9);
    EXPECT("E9", 0xfa, 0x00, 0x03, 0x28);
}

Test(mouse_ps2, wrap_mode_echoes_all_but_its_ends)
{
    mouse_ps2_receive(&mouse, 0xee);
    EXPECT("EE", 0xfa);
    mouse_ps2_receive(&mouse, 0xf4);
    EXPECT("echo", 0xf4);
    mouse_ps2_receive(&mouse, 0xec);
    EXPECT("EC", 0xfa);
    mouse_ps2_receive(&mouse, 0x01);
    EXPECT("unknown", 0xfe);
}

/* --- a wheel, five buttons.  Microsoft IntelliMouse's PS/2 protocol --- */

static void send(const u8 *bytes, unsigned count)
{
    u8 byte;
    for (unsigned i = 0; i < count; i++) mouse_ps2_receive(&mouse, bytes[i]);
    while (mouse_ps2_send(&mouse, &byte)) {}
}
#define SEND(...) send((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))
#define KNOCK_WHEEL SEND(0xf3, 200, 0xf3, 100, 0xf3, 80)
#define KNOCK_EXPLORER SEND(0xf3, 200, 0xf3, 200, 0xf3, 80)

static void expect_id(u8 id)
{
    mouse_ps2_receive(&mouse, 0xf2);
    EXPECT("F2", 0xfa, id);
}

Test(mouse_ps2, rates_of_200_100_80_make_a_wheel_known)
{
    mouse.wheel = true;
    KNOCK_WHEEL;
    expect_id(3);
    SEND(0xf4);
    mouse_ps2_move(&mouse, 1, 0, -3, 0);
    bench_run(&bench, 100000);
    EXPECT("packet", 0x08, 0x01, 0x00, 0xfd);
}

Test(mouse_ps2, then_200_200_80_do_so_for_five_buttons)
{
    mouse.wheel = true;
    KNOCK_EXPLORER;
    expect_id(0);
    KNOCK_WHEEL;
    KNOCK_EXPLORER;
    expect_id(4);
    SEND(0xf4);
    mouse_ps2_move(&mouse, 0, 0, 1, 8 | 1);
    bench_run(&bench, 100000);
    EXPECT("fourth", 0x09, 0x00, 0x00, 0x11);
    mouse_ps2_move(&mouse, 0, 0, 0, 16);
    bench_run(&bench, 100000);
    EXPECT("fifth", 0x08, 0x00, 0x00, 0x20);
}

Test(mouse_ps2, the_wheel_turns_seven_clicks_a_packet)
{
    mouse.wheel = true;
    KNOCK_WHEEL;
    SEND(0xf4);
    mouse_ps2_move(&mouse, 0, 0, 10, 0);
    bench_run(&bench, 13000);
    EXPECT("first", 0x08, 0x00, 0x00, 0x07);
    bench_run(&bench, 100000);
    EXPECT("rest", 0x08, 0x00, 0x00, 0x03);
}

Test(mouse_ps2, a_mouse_without_a_wheel_or_unasked_says_nothing_of_it)
{
    KNOCK_WHEEL;
    expect_id(0);
    mouse.wheel = true;
    SEND(0xf4);
    mouse_ps2_move(&mouse, 0, 0, 5, 8);
    bench_run(&bench, 100000);
    cr_expect(!mouse_ps2_waiting(&mouse));
    KNOCK_WHEEL;
    SEND(0xff);
    expect_id(0);
    cr_expect_null(mouse_ps2_invariant(&mouse));
}
