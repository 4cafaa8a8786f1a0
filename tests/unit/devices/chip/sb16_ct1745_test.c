/* CT1745: registers, the SB Pro's view of them, levels.  "CT1745 Mixer". */
#include <math.h>

#include "devices/chip/sb16_ct1745.h"
#include "tests/unit/devices/bench.h"

static struct sb16_ct1745 mixer;
static u8 asking;
static unsigned changes;

static u8 interrupts(void *board) { (void)board; return asking; }
static void changing(void *board) { (void)board; }
static void changed(void *board) { (void)board; changes++; }

static void setup(void)
{
    const struct ct1745_wires wires = { .interrupts = interrupts, .changing = changing, .changed = changed };
    sb16_ct1745_init(&mixer, &wires);
    changes = asking = 0;
}

static void teardown(void) { cr_expect_null(sb16_ct1745_invariant(&mixer)); }
TestSuite(sb16_ct1745, .init = setup, .fini = teardown);

static void set(u8 reg, u8 value)
{
    sb16_ct1745_write(&mixer, 0, reg);
    sb16_ct1745_write(&mixer, 1, value);
}

static u8 get(u8 reg)
{
    sb16_ct1745_write(&mixer, 0, reg);
    return sb16_ct1745_read(&mixer, 1);
}

Test(sb16_ct1745, registers_are_the_manuals_after_a_reset)
{
    static const struct { u8 reg, value; } rows[] = {
        { 0x30, 0xc0 }, { 0x31, 0xc0 }, { 0x32, 0xc0 }, { 0x35, 0xc0 }, { 0x36, 0 }, { 0x3b, 0 }, { 0x3c, 0x1f }, { 0x3d, 0x15 }, { 0x3e, 0x0b }, { 0x44, 0x80 }, { 0x47, 0x80 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) set(rows[i].reg, (u8)~rows[i].value);
    set(0, 0);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) cr_expect_eq(get(rows[i].reg), rows[i].value, "register %x", rows[i].reg);
}

Test(sb16_ct1745, a_reset_of_levels_leaves_interrupt_and_dma_alone)
{
    set(0x80, 0x04), set(0x81, 0x48);
    set(0, 0);
    cr_expect_eq(get(0x80), 0x04);
    cr_expect_eq(get(0x81), 0x48);
    sb16_ct1745_reset(&mixer);
    cr_expect_eq(get(0x80), 0x02);
    cr_expect_eq(get(0x81), 0x22);
}

Test(sb16_ct1745, bits_that_a_register_has_not_are_0)
{
    set(0x30, 0xff), set(0x81, 0xff), set(0x99, 0xff);
    cr_expect_eq(get(0x30), 0xf8);
    cr_expect_eq(get(0x81), 0xeb, "channels 2 and 4 are not the card's");
    cr_expect_eq(get(0x99), 0);
}

Test(sb16_ct1745, the_sb_pro_sees_four_bits_of_both_channels)
{
    set(0x22, 0xf3);
    cr_expect_eq(get(0x30), 0xf8);
    cr_expect_eq(get(0x31), 0x30);
    set(0x32, 0x88), set(0x33, 0x18);
    cr_expect_eq(get(0x04), 0x81);
    set(0x0a, 0x07);
    cr_expect_eq(get(0x3a), 0xe0);
    cr_expect_eq(get(0x0a), 7);
}

Test(sb16_ct1745, interrupt_status_says_who_asks)
{
    asking = 5;
    cr_expect_eq(get(0x82), 5);
    set(0x82, 0);
    cr_expect_eq(get(0x82), 5);
}

Test(sb16_ct1745, a_step_is_2_db)
{
    set(0x30, 0xf8), set(0x32, 0xf8);
    cr_expect_eq(sb16_ct1745_gain(&mixer, CT1745_VOICE, 0), CT1745_UNITY);
    for (unsigned master = 0; master < 32; master += 5)
        for (unsigned voice = 0; voice < 32; voice += 3) {
            set(0x30, (u8)(master << 3)), set(0x32, (u8)(voice << 3));
            double want = CT1745_UNITY * pow(10, -(62 - 2 * ((double)master + voice) / 2) / 20 - (62 - 2 * ((double)master + voice) / 2) / 20);
            cr_expect_float_eq(sb16_ct1745_gain(&mixer, CT1745_VOICE, 0), want, 0.51, "%u and %u: %d, not %g", master, voice, sb16_ct1745_gain(&mixer, CT1745_VOICE, 0), want);
        }
}

Test(sb16_ct1745, sources_and_channels_have_levels_of_their_own)
{
    set(0x31, 0xf8), set(0x35, 0xf8), set(0x34, 0x00);
    cr_expect_eq(sb16_ct1745_gain(&mixer, CT1745_FM, 1), CT1745_UNITY);
    cr_expect_lt(sb16_ct1745_gain(&mixer, CT1745_FM, 0), 100);
    set(0x42, 0xc0);
    cr_expect_eq(sb16_ct1745_gain(&mixer, CT1745_FM, 1), 8 * CT1745_UNITY, "output gain: 18 dB");
    cr_expect_gt(changes, 0);
}
