/* MF2 keyboard: sets, typematic, commands.  IBM PS/2 Hardware Interface Technical Reference, "Keyboards". */
#include "devices/chip/keyboard_mf2.h"
#include "tests/unit/devices/bench.h"

enum { KEY_A = 0x04, KEY_PRINT = 0x46, KEY_PAUSE = 0x48, KEY_UP = 0x52, LEFT_SHIFT = 0xe1 };

static struct clock bench;
static struct keyboard_mf2 keyboard;

static void ready(void *controller) { (void)controller; }

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    keyboard_mf2_init(&keyboard, &bench, NULL, ready);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(keyboard_mf2, .init = setup, .fini = teardown);

/* All bytes that wait must be these. */
static void expect_bytes(const char *what, const u8 *bytes, unsigned count)
{
    u8 byte;
    for (unsigned i = 0; i < count; i++) {
        cr_assert(keyboard_mf2_send(&keyboard, &byte), "%s: byte %u is missing", what, i);
        cr_expect_eq(byte, bytes[i], "%s: byte %u is %02x, not %02x", what, i, byte, bytes[i]);
    }
    cr_expect(!keyboard_mf2_waiting(&keyboard), "%s: more bytes wait", what);
}
#define EXPECT(what, ...) expect_bytes(what, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void press(u8 usage)
{
    keyboard_mf2_key(&keyboard, usage, true);
    keyboard_mf2_key(&keyboard, usage, false);
}

static void choose_set(u8 set)
{
    keyboard_mf2_receive(&keyboard, 0xf0);
    keyboard_mf2_receive(&keyboard, set);
    EXPECT("F0", 0xfa, 0xfa);
}

Test(keyboard_mf2, set_2_marks_a_break_with_f0)
{
    press(KEY_A);
    EXPECT("A", 0x1c, 0xf0, 0x1c);
    press(KEY_UP);
    EXPECT("up", 0xe0, 0x75, 0xe0, 0xf0, 0x75);
    press(KEY_PRINT);
    EXPECT("print", 0xe0, 0x12, 0xe0, 0x7c, 0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12);
    press(KEY_PAUSE);
    EXPECT("pause", 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77);
}

Test(keyboard_mf2, set_1_marks_a_break_with_bit_7)
{
    choose_set(1);
    press(KEY_A);
    EXPECT("A", 0x1e, 0x9e);
    press(KEY_UP);
    EXPECT("up", 0xe0, 0x48, 0xe0, 0xc8);
    press(KEY_PAUSE);
    EXPECT("pause", 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5);
}

Test(keyboard_mf2, with_ctrl_pause_is_break_and_with_alt_print_screen_is_sysrq)
{
    enum { LEFT_CTRL = 0xe0, LEFT_ALT = 0xe2 };

    choose_set(1);
    keyboard_mf2_key(&keyboard, LEFT_CTRL, true);
    press(KEY_PAUSE);
    press(KEY_PRINT);
    keyboard_mf2_key(&keyboard, LEFT_CTRL, false);
    EXPECT("ctrl", 0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0xe0, 0x37, 0xe0, 0xb7, 0x9d);
    keyboard_mf2_key(&keyboard, LEFT_ALT, true);
    press(KEY_PRINT);
    keyboard_mf2_key(&keyboard, LEFT_ALT, false);
    EXPECT("alt", 0x38, 0x54, 0xd4, 0xb8);
    keyboard_mf2_key(&keyboard, LEFT_SHIFT, true);
    press(KEY_PRINT);
    keyboard_mf2_key(&keyboard, LEFT_SHIFT, false);
    EXPECT("shift", 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xaa);
    choose_set(2);
    keyboard_mf2_key(&keyboard, LEFT_CTRL, true);
    press(KEY_PAUSE);
    EXPECT("ctrl, set 2", 0x14, 0xe0, 0x7e, 0xe0, 0xf0, 0x7e);
}

Test(keyboard_mf2, set_3_sends_breaks_of_a_few_keys_until_told_otherwise)
{
    choose_set(3);
    press(KEY_A);
    EXPECT("A", 0x1c);
    press(LEFT_SHIFT);
    EXPECT("shift", 0x12, 0xf0, 0x12);
    press(KEY_PAUSE);
    EXPECT("pause", 0x62);
    keyboard_mf2_receive(&keyboard, 0xfc);           /* make and break for the key named */
    keyboard_mf2_receive(&keyboard, 0x1c);
    EXPECT("FC", 0xfa, 0xfa);
    press(KEY_A);
    EXPECT("A", 0x1c, 0xf0, 0x1c);
    keyboard_mf2_receive(&keyboard, 0xf9);           /* all keys make only */
    EXPECT("F9", 0xfa);
    press(LEFT_SHIFT);
    EXPECT("shift", 0x12);
}

Test(keyboard_mf2, the_set_is_told_on_request_and_a_fourth_is_refused)
{
    keyboard_mf2_receive(&keyboard, 0xf0);
    keyboard_mf2_receive(&keyboard, 0x00);
    EXPECT("F0 00", 0xfa, 0xfa, 0x02);
    keyboard_mf2_receive(&keyboard, 0xf0);
    keyboard_mf2_receive(&keyboard, 0x04);
    EXPECT("F0 04", 0xfa, 0xfe);
}

Test(keyboard_mf2, a_held_key_repeats_after_500_ms_10_9_times_a_second)
{
    unsigned makes = 0;
    u8 byte;
    keyboard_mf2_key(&keyboard, KEY_A, true);
    EXPECT("A", 0x1c);
    bench_run(&bench, 499000);
    cr_expect(!keyboard_mf2_waiting(&keyboard));
    for (unsigned ms = 0; ms < 1000; ms++) {
        bench_run(&bench, 1000);
        while (keyboard_mf2_send(&keyboard, &byte)) makes++;
    }
    cr_expect_eq(makes, 11);
    keyboard_mf2_key(&keyboard, KEY_A, false);
    EXPECT("break", 0xf0, 0x1c);
    bench_run(&bench, 5000000);
    cr_expect(!keyboard_mf2_waiting(&keyboard));
}

Test(keyboard_mf2, f3_sets_delay_and_rate)
{
    keyboard_mf2_receive(&keyboard, 0xf3);
    keyboard_mf2_receive(&keyboard, 0x00);           /* 250 ms, 30 a second */
    EXPECT("F3", 0xfa, 0xfa);
    keyboard_mf2_key(&keyboard, KEY_A, true);
    bench_run(&bench, 251000);
    EXPECT("two makes", 0x1c, 0x1c);
    bench_run(&bench, 34000);
    EXPECT("one more", 0x1c);
}

Test(keyboard_mf2, a_key_that_is_down_already_is_not_pressed_again)
{
    keyboard_mf2_key(&keyboard, KEY_A, true);
    keyboard_mf2_key(&keyboard, KEY_A, true);
    EXPECT("A", 0x1c);
}

Test(keyboard_mf2, f5_stops_scanning_and_f4_starts_it)
{
    keyboard_mf2_receive(&keyboard, 0xf5);
    EXPECT("F5", 0xfa);
    press(KEY_A);
    cr_expect(!keyboard_mf2_waiting(&keyboard));
    keyboard_mf2_receive(&keyboard, 0xf4);
    EXPECT("F4", 0xfa);
    press(KEY_A);
    EXPECT("A", 0x1c, 0xf0, 0x1c);
}

Test(keyboard_mf2, commands_answer_as_the_manual_says)
{
    keyboard_mf2_receive(&keyboard, 0xee);
    EXPECT("echo", 0xee);
    keyboard_mf2_receive(&keyboard, 0xf2);
    EXPECT("identify", 0xfa, 0xab, 0x83);
    keyboard_mf2_receive(&keyboard, 0xfe);
    EXPECT("resend", 0x83);
    keyboard_mf2_receive(&keyboard, 0xff);
    EXPECT("reset", 0xfa, 0xaa);
    keyboard_mf2_receive(&keyboard, 0xed);
    keyboard_mf2_receive(&keyboard, 0x05);
    EXPECT("lights", 0xfa, 0xfa);
    cr_expect_eq(keyboard.leds, 5);
    keyboard_mf2_receive(&keyboard, 0x10);
    EXPECT("unknown", 0xfe);
}

Test(keyboard_mf2, a_full_buffer_loses_whole_keys)
{
    u8 byte, last = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < 20; i++) press(KEY_UP);
    while (keyboard_mf2_send(&keyboard, &byte)) count++, last = byte;
    cr_expect_leq(count, KEYBOARD_BUFFER);
    cr_expect_eq(last, 0x75, "the last sequence is complete");
}
