/* 8042 with an MF2 keyboard and a PS/2 mouse on its wires.  IBM PS/2 Hardware Interface Technical Reference. */
#include "devices/chip/kbc_8042.h"
#include "devices/chip/keyboard_mf2.h"
#include "devices/chip/mouse_ps2.h"
#include "tests/unit/devices/bench.h"

enum { OBF = 1, AUX = 0x20, BYTE_TICKS = 100 };

static struct clock bench;
static struct line irq_keyboard, irq_aux, a20, reset_cpu;
static struct kbc_8042 kbc;
static struct keyboard_mf2 keyboard;
static struct mouse_ps2 mouse;
static unsigned resets;

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    irq_keyboard = irq_aux = a20 = (struct line){ 0 };
    resets = 0;
    reset_cpu = (struct line){ .changed = bench_count, .listener = &resets };
    kbc = (struct kbc_8042){ .serial_ticks = BYTE_TICKS, .irq_keyboard = &irq_keyboard, .irq_aux = &irq_aux, .a20 = &a20, .reset_cpu = &reset_cpu };
    kbc.keyboard = (struct kbc_8042_device){ &keyboard, keyboard_mf2_receive, keyboard_mf2_send, keyboard_mf2_waiting };
    kbc.aux = (struct kbc_8042_device){ &mouse, mouse_ps2_receive, mouse_ps2_send, mouse_ps2_waiting };
    kbc_8042_init(&kbc, &bench);
    keyboard_mf2_init(&keyboard, &bench, &kbc, kbc_8042_device_ready);
    mouse_ps2_init(&mouse, &bench, &kbc, kbc_8042_device_ready);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(kbc_8042, .init = setup, .fini = teardown);

static void command(u8 value) { kbc_8042_command_write(&kbc, 0, value); }
static void command_with(u8 value, u8 parameter) { command(value); kbc_8042_data_write(&kbc, 0, parameter); }

/* The next byte, or -1 when none comes. */
static int next(void)
{
    bench_run(&bench, 2 * BYTE_TICKS);
    return kbc_8042_status_read(&kbc, 0) & OBF ? kbc_8042_data_read(&kbc, 0) : -1;
}

Test(kbc_8042, the_self_test_answers_55_and_sets_the_system_flag)
{
    command(0xaa);
    cr_expect_eq(next(), 0x55);
    cr_expect(kbc_8042_status_read(&kbc, 0) & 4);
}

Test(kbc_8042, scan_codes_are_translated_to_set_1)
{
    command_with(0x60, 0x41);
    keyboard_mf2_key(&keyboard, 0x04, true);
    cr_expect_eq(next(), 0x1e);
    keyboard_mf2_key(&keyboard, 0x04, false);
    cr_expect_eq(next(), 0x9e);
    keyboard_mf2_key(&keyboard, 0x52, true);
    cr_expect_eq(next(), 0xe0);
    cr_expect_eq(next(), 0x48);
}

Test(kbc_8042, without_translation_the_code_passes_as_it_is)
{
    command_with(0x60, 0x01);
    keyboard_mf2_key(&keyboard, 0x04, true);
    cr_expect_eq(next(), 0x1c);
    keyboard_mf2_key(&keyboard, 0x04, false);
    cr_expect_eq(next(), 0xf0);
    cr_expect_eq(next(), 0x1c);
}

Test(kbc_8042, a_byte_raises_irq_until_it_is_read)
{
    command_with(0x60, 0x41);
    keyboard_mf2_key(&keyboard, 0x04, true);
    cr_expect(!irq_keyboard.level, "the byte takes its time on the wire");
    bench_run(&bench, BYTE_TICKS);
    cr_expect(irq_keyboard.level);
    kbc_8042_data_read(&kbc, 0);
    cr_expect(!irq_keyboard.level);
    cr_expect_null(kbc_8042_invariant(&kbc));
}

Test(kbc_8042, a_disabled_interface_keeps_the_key_until_it_is_enabled)
{
    command_with(0x60, 0x51);
    keyboard_mf2_key(&keyboard, 0x04, true);
    cr_expect_eq(next(), -1);
    command(0xae);
    cr_expect_eq(next(), 0x1e);
}

Test(kbc_8042, a_byte_for_the_keyboard_is_acknowledged)
{
    kbc_8042_data_write(&kbc, 0, 0xf2);
    cr_expect_eq(next(), 0xfa);
    cr_expect_eq(next(), 0xab);
    cr_expect_eq(next(), 0x41, "83h, translated");
}

Test(kbc_8042, d1_and_dd_and_df_drive_a20)
{
    cr_expect(a20.level);
    command_with(0xd1, 0xdd);
    cr_expect(!a20.level);
    command(0xdf);
    cr_expect(a20.level);
    command(0xdd);
    cr_expect(!a20.level);
    command(0xd0);
    cr_expect_eq(next() & 2, 0);
}

Test(kbc_8042, fe_pulses_reset)
{
    command(0xfe);
    cr_expect_eq(resets, 1);
    command(0xff);
    cr_expect_eq(resets, 1, "no line is named");
    command(0xf0);
    cr_expect_eq(resets, 2);
}

Test(kbc_8042, the_auxiliary_device_is_reached_by_d4_and_marked_in_the_status)
{
    command_with(0x60, 0x43);
    command_with(0xd4, 0xff);
    bench_run(&bench, BYTE_TICKS);
    cr_expect_eq(kbc_8042_status_read(&kbc, 0) & (OBF | AUX), OBF | AUX);
    cr_expect(irq_aux.level && !irq_keyboard.level);
    cr_expect_eq(next(), 0xfa);
    cr_expect_eq(next(), 0xaa);
    cr_expect_eq(next(), 0x00);
    cr_expect_eq(next(), -1);
}

Test(kbc_8042, the_aux_interface_test_and_the_loops_answer)
{
    command(0xa9);
    cr_expect_eq(next(), 0x00);
    command_with(0xd2, 0x12);
    cr_expect(!(kbc_8042_status_read(&kbc, 0) & AUX));
    cr_expect_eq(next(), 0x12);
    command_with(0xd3, 0x34);
    cr_expect(kbc_8042_status_read(&kbc, 0) & AUX);
    cr_expect_eq(next(), 0x34);
}

Test(kbc_8042, its_ram_holds_what_is_written)
{
    command_with(0x65, 0xa5);
    command(0x25);
    cr_expect_eq(next(), 0xa5);
}

Test(kbc_8042, no_value_in_any_order_breaks_an_invariant)
{
    u32 seed = 7;
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        u8 value = (u8)(seed >> 16);
        switch (seed >> 29) {
        case 0: case 1: command(value); break;
        case 2: case 3: kbc_8042_data_write(&kbc, 0, value); break;
        case 4: kbc_8042_data_read(&kbc, 0); break;
        case 5: keyboard_mf2_key(&keyboard, value, seed >> 8 & 1); break;
        case 6: mouse_ps2_move(&mouse, (int)(seed >> 8 & 0xffff) - 32768, value - 128, (int)(seed >> 3 & 15) - 8, value); break;
        default: bench_run(&bench, value); break;
        }
        cr_assert_null(kbc_8042_invariant(&kbc));
        cr_assert_null(keyboard_mf2_invariant(&keyboard));
        cr_assert_null(mouse_ps2_invariant(&mouse));
    }
}
