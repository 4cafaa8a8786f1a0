/* The monitor on its two wires.  VESA Display Data Channel Standard; NXP UM10204, "The I2C-bus protocol". */
#include <criterion/criterion.h>
#include <string.h>

#include "devices/chip/ddc_monitor.h"

static struct ddc_monitor d;

static bool bit(bool drive)
{
    ddc_monitor_drive(&d, false, drive);
    ddc_monitor_drive(&d, true, drive);
    bool level = ddc_monitor_data(&d);
    ddc_monitor_drive(&d, false, drive);
    cr_expect_null(ddc_monitor_invariant(&d), "%s", ddc_monitor_invariant(&d));
    return level;
}

static void start(void)
{
    ddc_monitor_drive(&d, false, true);
    ddc_monitor_drive(&d, true, true);
    ddc_monitor_drive(&d, true, false);
}

static void stop(void)
{
    ddc_monitor_drive(&d, false, false);
    ddc_monitor_drive(&d, true, false);
    ddc_monitor_drive(&d, true, true);
}

static bool send(u8 byte)
{
    for (unsigned i = 8; i--;) bit(byte >> i & 1);
    return !bit(true);
}

static u8 receive(bool more)
{
    u8 byte = 0;
    for (unsigned i = 0; i < 8; i++) byte = (u8)(byte << 1 | bit(true));
    bit(!more);
    return byte;
}

static void setup(void)
{
    ddc_monitor_init(&d);
    ddc_monitor_join(&d, 1024, 768);
}
TestSuite(ddc_monitor, .init = setup);
TestSuite(edid, .init = setup);

Test(ddc_monitor, the_edid_is_read_from_an_offset_on)
{
    u8 got[EDID_BYTES];

    start();
    cr_assert(send(0xa0) && send(0x00));
    start();
    cr_assert(send(0xa1));
    for (unsigned i = 0; i < EDID_BYTES; i++) got[i] = receive(i < EDID_BYTES - 1);
    stop();
    cr_expect_eq(memcmp(got, d.edid, EDID_BYTES), 0);
    cr_expect(ddc_monitor_data(&d), "SDA is free");
    start();
    cr_assert(send(0xa0) && send(0x36));
    start();
    cr_assert(send(0xa1));
    cr_expect_eq(receive(false), d.edid[0x36]);
    stop();
}

Test(ddc_monitor, reading_goes_on_behind_the_last_byte_that_was_read)
{
    start();
    cr_assert(send(0xa0) && send(0x7e));
    stop();
    start();
    cr_assert(send(0xa1));
    cr_expect_eq(receive(true), d.edid[0x7e]);
    cr_expect_eq(receive(false), d.edid[0x7f]);
    stop();
    start();
    cr_assert(send(0xa1));
    cr_expect_eq(receive(false), d.edid[0], "the offset wraps");
}

Test(ddc_monitor, other_addresses_are_not_acknowledged)
{
    start();
    cr_expect_not(send(0x60));
    stop();
    start();
    cr_expect_not(send(0x6e));
}

Test(ddc_monitor, what_is_not_joined_leaves_the_lines_alone)
{
    ddc_monitor_init(&d);
    start();
    cr_expect_not(send(0xa0));
    cr_expect(ddc_monitor_data(&d));
}

Test(ddc_monitor, random_levels_keep_the_invariant)
{
    u32 x = 1;
    for (unsigned i = 0; i < 200000; i++) {
        x = x * 1664525 + 1013904223;
        ddc_monitor_drive(&d, x >> 16 & 1, x >> 20 & 1);
        cr_assert_null(ddc_monitor_invariant(&d), "%s", ddc_monitor_invariant(&d));
    }
}

/* --- what it says --- */

static u8 sum(const u8 *e)
{
    u8 s = 0;
    for (unsigned i = 0; i < EDID_BYTES; i++) s = (u8)(s + e[i]);
    return s;
}

Test(edid, has_header_version_and_checksum)
{
    cr_expect_eq(memcmp(d.edid, "\0\xff\xff\xff\xff\xff\xff\0", 8), 0);
    cr_expect(d.edid[18] == 1 && d.edid[19] == 4);
    cr_expect_eq(sum(d.edid), 0);
}

/* The timings that VESA's CVT spreadsheet gives with reduced blanking. */
Test(edid, the_preferred_timing_is_cvts_with_reduced_blanking)
{
    static const struct { unsigned width, height, clock_10khz, v_blank, v_sync; } cases[] = {
        { 1024, 768, 5600, 22, 4 }, { 1920, 1080, 13850, 31, 5 }, { 1280, 800, 7100, 23, 6 }, { 2560, 1600, 26850, 46, 6 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        u8 e[EDID_BYTES], *t = e + 54;
        edid_make(e, cases[i].width, cases[i].height);
        cr_expect_eq(t[0] | t[1] << 8, cases[i].clock_10khz, "%ux%u: %u", cases[i].width, cases[i].height, t[0] | t[1] << 8);
        cr_expect_eq(t[2] | t[4] >> 4 << 8, cases[i].width);
        cr_expect_eq(t[3] | (t[4] & 15) << 8, 160);
        cr_expect_eq(t[5] | t[7] >> 4 << 8, cases[i].height);
        cr_expect_eq(t[6] | (t[7] & 15) << 8, cases[i].v_blank, "%ux%u: %u", cases[i].width, cases[i].height, t[6]);
        cr_expect_eq(t[10] & 15, cases[i].v_sync);
        cr_expect_eq(sum(e), 0);
    }
}
