/* CL-GD5446: registers, modes, cursor, window.  "CL-GD5446 Technical Reference Manual". */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/cirrus_fixture.h"

static struct cirrus_bench c;

static void setup(void) { c = cirrus_new(0x11, 0); }
static void teardown(void)
{
    cr_expect_null(vga_invariant(c.v), "%s", vga_invariant(c.v));
    cirrus_free(&c);
}
TestSuite(vga_cirrus, .init = setup, .fini = teardown);

static void remake(u8 sr7, u8 hidden)
{
    cirrus_free(&c);
    c = cirrus_new(sr7, hidden);
}

Test(vga_cirrus, the_key_locks_and_unlocks)                                      /* "SR6: Key" */
{
    cr_expect_eq(index_get(c.v, P_SEQ, 6), 0x12);
    index_set(c.v, P_SEQ, 9, 0x5a);
    index_set(c.v, P_SEQ, 6, 0);
    cr_expect_eq(index_get(c.v, P_SEQ, 6), 0x0f);
    index_set(c.v, P_SEQ, 9, 0x66);
    cr_expect_eq(index_get(c.v, P_CRTC, 0x27), 0xff);
    index_set(c.v, P_SEQ, 6, 0xf2);                                  /* xxx1x010 */
    cr_expect_eq(index_get(c.v, P_SEQ, 9), 0x5a, "a locked register is not written");
    cr_expect_eq(index_get(c.v, P_CRTC, 0x27), 0xb8);
    index_set(c.v, P_SEQ, 6, 0x16);
    cr_expect_eq(index_get(c.v, P_SEQ, 6), 0x0f);
}

Test(vga_cirrus, the_vga_s_registers_are_the_vga_s)
{
    index_set(c.v, P_SEQ, 2, 0xf5);
    cr_expect_eq(index_get(c.v, P_SEQ, 2), 0x05);
    index_set(c.v, P_GC, 8, 0x77);
    cr_expect_eq(index_get(c.v, P_GC, 8), 0x77);
    index_set(c.v, P_CRTC, 0x0e, 0x12);
    cr_expect_eq(index_get(c.v, P_CRTC, 0x0e), 0x12);
    vga_port_write(c.v, P_GC, 0x31);
    cr_expect_eq(vga_port_read(c.v, P_GC), 0x31, "indices have their extended bits");
}

Test(vga_cirrus, the_hidden_register_is_behind_four_reads_of_the_mask)           /* "Hidden DAC Register" */
{
    hidden_set(c.v, 0xc1);
    cr_expect_eq(vga_port_read(c.v, P_DAC_MASK), 0xff, "the next access is the mask's");
    for (unsigned i = 0; i < 3; i++) vga_port_read(c.v, P_DAC_MASK);
    cr_expect_eq(vga_port_read(c.v, P_DAC_MASK), 0xc1);
    for (unsigned i = 0; i < 4; i++) vga_port_read(c.v, P_DAC_MASK);
    vga_port_read(c.v, P_DAC_WRITE);
    vga_port_write(c.v, P_DAC_MASK, 0x0f);
    cr_expect_eq(c.v->pel_mask, 0x0f, "another access of the DAC between takes it away");
}

Test(vga_cirrus, the_four_clocks_come_from_numerator_denominator_and_post_scalar)
{
    static const struct { u8 n, d; u32 khz; } cases[] = { { 0x66, 0x3b, 25180 }, { 0x5b, 0x2f, 28325 }, { 0x45, 0x30, 41165 }, { 0x7e, 0x33, 36082 }, { 0x76, 0x34, 64982 } };

    for (unsigned i = 0; i < 4; i++)
        cr_expect(c.v->cirrus.seq[0x0b + i] == cases[i].n && c.v->cirrus.seq[0x1b + i] == cases[i].d, "VCLK%u after a reset", i);
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        u64 numerator, denominator;
        index_set(c.v, P_SEQ, 0x0e, cases[i].n);
        index_set(c.v, P_SEQ, 0x1e, cases[i].d);
        cirrus_dot_clock(&c.v->cirrus, 3, &numerator, &denominator);
        s64 off = (s64)(numerator / denominator / 1000) - cases[i].khz;
        cr_expect(off >= -3 && off <= 3, "%u kHz: %llu", cases[i].khz, (unsigned long long)(numerator / denominator / 1000));
    }
    index_set(c.v, P_SEQ, 0x0e, 0);
    index_set(c.v, P_SEQ, 0x1e, 0);
    vga_port_write(c.v, P_MISC, 0x6f);
    (void)vga_port_read(c.v, P_STATUS);                              /* no clock at all, and nothing divides by it */
}

Test(vga_cirrus, the_monitor_is_on_sr8)
{
    ddc_monitor_join(&c.v->monitor, 1024, 768);
    index_set(c.v, P_SEQ, 8, 3);
    cr_expect_eq(index_get(c.v, P_SEQ, 8) & 0x84, 0x84, "both wires are let go");
    index_set(c.v, P_SEQ, 8, 2);
    cr_expect_eq(index_get(c.v, P_SEQ, 8) & 0x84, 0x80);
}

/* --- modes --- */

Test(vga_cirrus, depths_are_sr7_and_the_hidden_register)
{
    static const struct { u8 sr7, hidden, byte[4]; u32 rgb; } cases[] = {
        { 0x17, 0xf0, { 0x1f, 0x7c }, 0xff00ff },       { 0x17, 0xe1, { 0xe0, 0x07 }, 0x00ff00 }, { 0x13, 0xe1, { 0x00, 0xf8 }, 0xff0000 },
        { 0x15, 0xe5, { 0x30, 0x20, 0x10 }, 0x102030 }, { 0x19, 0xe5, { 0x33, 0x22, 0x11, 0x99 }, 0x112233 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        remake(cases[i].sr7, cases[i].hidden);
        memcpy(c.memory, cases[i].byte, 4);
        cirrus_see(&c);
        cr_expect(c.b->frame.width == 640 && c.b->frame.height == 400);
        cr_expect_eq(dot(c.b, 0, 0), cases[i].rgb, "case %u: %06x", i, dot(c.b, 0, 0));
    }
}

Test(vga_cirrus, eight_bits_go_through_the_dac)
{
    dac_set(c.v, 0x42, 63, 0, 21);
    c.memory[640 * 3 + 5] = 0x42;
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 5, 3), 0xff0055);
}

Test(vga_cirrus, start_and_pitch_have_bits_of_their_own)                         /* "CR1B", "CR1D" */
{
    c.memory[0x3f0000] = 1;                                          /* start counts doublewords: FC000h */
    dac_set(c.v, 1, 63, 63, 63);
    dac_set(c.v, 0, 0, 0, 0);
    index_set(c.v, P_CRTC, 0x0c, 0xc0);
    index_set(c.v, P_CRTC, 0x1b, 0x3f);                              /* bits 16 to 18, pitch bit 8 */
    index_set(c.v, P_CRTC, 0x1d, 0x80);                              /* bit 19 */
    index_set(c.v, P_CRTC, 0x13, 0);
    c.memory[(0x3f0000 + 40 * 2048) & (CIRRUS_MEMORY_BYTES - 1)] = 1;
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 0, 0), 0xffffff);
    cr_expect_eq(dot(c.b, 0, 40), 0xffffff, "a picture goes on at the beginning of memory");
    cr_expect_eq(dot(c.b, 0, 41), 0);
}

Test(vga_cirrus, a_line_may_lie_across_the_end_of_memory)
{
    index_set(c.v, P_CRTC, 0x0c, 0xff);
    index_set(c.v, P_CRTC, 0x0d, 0xf0);                              /* 64 bytes before the end */
    index_set(c.v, P_CRTC, 0x1b, 0x2f);
    index_set(c.v, P_CRTC, 0x1d, 0x80);
    dac_set(c.v, 7, 63, 63, 63);
    c.memory[0] = 7;
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 64, 0), 0xffffff);
}

Test(vga_cirrus, interlaced_and_halved_lines_are_twice_as_many)
{
    index_set(c.v, P_CRTC, 0x1a, 1);
    cirrus_see(&c);
    cr_expect_eq(c.b->frame.height, 800);
    index_set(c.v, P_CRTC, 0x17, 0xa7);
    cirrus_see(&c);
    cr_expect_eq(c.b->frame.height, 1600);
}

/* --- cursor --- */

static void cursor(unsigned x, unsigned y, u8 attributes)
{
    vga_port_write(c.v, P_SEQ, (u8)(0x10 | (x & 7) << 5));
    vga_port_write(c.v, P_SEQ + 1, (u8)(x >> 3));
    vga_port_write(c.v, P_SEQ, (u8)(0x11 | (y & 7) << 5));
    vga_port_write(c.v, P_SEQ + 1, (u8)(y >> 3));
    index_set(c.v, P_SEQ, 0x12, 2);                                  /* the DAC's extra entries */
    dac_set(c.v, 0x00, 63, 0, 0);
    dac_set(c.v, 0x0f, 0, 63, 0);
    index_set(c.v, P_SEQ, 0x12, attributes);
    dac_set(c.v, 0, 0, 0, 0);
}

Test(vga_cirrus, the_small_cursor_has_its_planes_one_after_another)
{
    u8 *pattern = c.memory + CIRRUS_MEMORY_BYTES - 0x4000 + 5 * 256;

    pattern[0] = 0x50;                                               /* plane 0 of the first four dots: 0 1 0 1 */
    pattern[128] = 0x30;                                             /* plane 1:                        0 0 1 1 */
    index_set(c.v, P_SEQ, 0x13, 5);
    cursor(101, 53, 1);
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 101, 53), 0);
    cr_expect_eq(dot(c.b, 102, 53), 0xffffff, "the complement");
    cr_expect_eq(dot(c.b, 103, 53), 0xff0000, "background");
    cr_expect_eq(dot(c.b, 104, 53), 0x00ff00, "foreground");
    cr_expect_eq(dot(c.b, 0, 0), 0, "the DAC's own entry 0 is another");
}

Test(vga_cirrus, the_large_cursor_has_its_planes_line_by_line)
{
    u8 *pattern = c.memory + CIRRUS_MEMORY_BYTES - 0x4000 + 2 * 1024;

    pattern[63 * 16 + 7] = 1, pattern[63 * 16 + 15] = 1;             /* the last dot of the last line, both planes */
    index_set(c.v, P_SEQ, 0x13, 8 | 3);                              /* its two low bits do not count */
    cursor(0, 0, 5);
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 63, 63), 0x00ff00);
    cr_expect_eq(dot(c.b, 62, 63), 0);
}

Test(vga_cirrus, a_cursor_at_the_edge_draws_nothing_beyond)
{
    memset(c.memory + CIRRUS_MEMORY_BYTES - 0x4000, 0xff, 0x4000);
    cursor(639, 399, 5);
    cirrus_see(&c);
    cr_expect_eq(dot(c.b, 639, 399), 0x00ff00);
    cr_expect_eq(dot(c.b, 0, 399), 0);
    cursor(2047, 2047, 5);
    cirrus_see(&c);
}

Test(vga_cirrus, a_moved_cursor_leaves_nothing_behind)
{
    memset(c.memory + CIRRUS_MEMORY_BYTES - 0x4000, 0xff, 0x100);
    cursor(10, 10, 1);
    cirrus_see(&c);
    cursor(100, 100, 1);
    vga_see(c.b);
    cr_expect_eq(dot(c.b, 10, 10), 0);
    cr_expect_eq(dot(c.b, 100, 100), 0x00ff00);
    c.memory[CIRRUS_MEMORY_BYTES - 0x4000] = 0;
    c.v->page_changed[(CIRRUS_MEMORY_BYTES - 0x4000) / VGA_PAGE_BYTES] = true;
    vga_see(c.b);
    cr_expect_eq(dot(c.b, 100, 100), 0xff0000, "a changed pattern is seen");
}

/* --- the window --- */

Test(vga_cirrus, offsets_move_the_window)                                        /* "GR9", "GRA", "GRB" */
{
    index_set(c.v, P_GC, 9, 5);
    vga_memory_write(c.v, 0x10, 0x11);
    cr_expect_eq(c.memory[5 * 4096 + 0x10], 0x11);
    index_set(c.v, P_GC, 0x0b, 0x20);
    vga_memory_write(c.v, 0x10, 0x22);
    cr_expect_eq(c.memory[5 * 16384 + 0x10], 0x22, "16 KiB");
    index_set(c.v, P_GC, 0x0b, 0x01);
    index_set(c.v, P_GC, 0x0a, 0x80);
    vga_memory_write(c.v, 0x8010, 0x33);
    cr_expect_eq(c.memory[0x80 * 4096 + 0x10], 0x33, "the upper half is the second window");
    cr_expect_eq(vga_memory_read(c.v, 0x8010), 0x33);
    index_set(c.v, P_GC, 0x0b, 0x20);
    index_set(c.v, P_GC, 9, 0xff);
    vga_memory_write(c.v, 0xffff, 0x44);
    cr_expect_eq(c.memory[(0xff * 16384 + 0xffff) & (CIRRUS_MEMORY_BYTES - 1)], 0x44, "it wraps");
}

Test(vga_cirrus, the_window_is_plain_memory_while_nothing_changes_the_bytes)
{
    index_set(c.v, P_GC, 9, 0x40);
    cr_expect_eq(c.v->window, c.memory + 0x40 * 4096);
    cr_expect_eq(c.v->linear_bytes, CIRRUS_MEMORY_BYTES);
    index_set(c.v, P_GC, 0x0b, 0x01);
    cr_expect_null(c.v->window, "two windows");
    index_set(c.v, P_GC, 0x0b, 0x06);
    cr_expect_null(c.v->window, "extended write modes");
    cr_expect_eq(c.v->linear_bytes, 0);
    index_set(c.v, P_GC, 0x0b, 0x20);
    index_set(c.v, P_GC, 9, 0xff);
    cr_expect_null(c.v->window, "across the end of memory");
    index_set(c.v, P_GC, 9, 0);
    index_set(c.v, P_SEQ, 0x17, 0x44);
    cr_expect_eq(c.v->linear_bytes, CIRRUS_MEMORY_BYTES - 4096, "the BitBLT registers are in the last page");
    index_set(c.v, P_SEQ, 7, 0);
    cr_expect_eq(c.v->window, c.memory, "chain-4 of the VGA");
}

Test(vga_cirrus, write_mode_4_draws_ones_and_5_zeros_too)                        /* "Extended Write Modes" */
{
    index_set(c.v, P_GC, 0x0b, 0x06);
    index_set(c.v, P_GC, 0, 0xb0);
    index_set(c.v, P_GC, 1, 0xf1);
    cr_expect_eq(index_get(c.v, P_GC, 1), 0xf1, "all eight bits");
    index_set(c.v, P_GC, 5, 0x44);
    index_set(c.v, P_SEQ, 2, 0xff);
    memset(c.memory, 0x99, 64);
    vga_memory_write(c.v, 2, 0xa1);                                  /* dots 16 to 23 */
    static const u8 mode_4[8] = { 0xf1, 0x99, 0xf1, 0x99, 0x99, 0x99, 0x99, 0xf1 }, mode_5[8] = { 0xf1, 0xb0, 0xf1, 0xb0, 0xb0, 0xb0, 0xb0, 0x99 };
    cr_expect_arr_eq(c.memory + 16, mode_4, 8);
    memset(c.memory, 0x99, 64);
    index_set(c.v, P_GC, 5, 0x45);
    index_set(c.v, P_SEQ, 2, 0xfe);                                  /* but the last dot */
    cirrus_aperture_write(c.v, 2, 1, 0xa1);
    cr_expect_arr_eq(c.memory + 16, mode_5, 8, "through the aperture as well");
}

Test(vga_cirrus, write_modes_4_and_5_have_words)
{
    index_set(c.v, P_GC, 0x0b, 0x16);
    index_set(c.v, P_GC, 0, 0x01), index_set(c.v, P_GC, 0x10, 0x02);
    index_set(c.v, P_GC, 1, 0x03), index_set(c.v, P_GC, 0x11, 0x04);
    index_set(c.v, P_GC, 5, 0x45);
    index_set(c.v, P_SEQ, 2, 0xff);
    vga_memory_write(c.v, 1, 0x80);
    static const u8 wanted[6] = { 3, 4, 1, 2, 1, 2 };
    cr_expect_arr_eq(c.memory + 16, wanted, 6);
}

Test(vga_cirrus, eight_latches_copy_eight_dots)
{
    index_set(c.v, P_GC, 0x0b, 0x0e);
    index_set(c.v, P_GC, 5, 0x41);
    index_set(c.v, P_SEQ, 2, 0xff);
    memcpy(c.memory + 8, "abcdefgh", 8);
    (void)vga_memory_read(c.v, 1);
    vga_memory_write(c.v, 4, 0);
    cr_expect_arr_eq(c.memory + 32, "abcdefgh", 8);
}

Test(vga_cirrus, no_offset_of_the_aperture_leaves_memory)
{
    static const u8 modes[] = { 0x00, 0x06, 0x16, 0x0e, 0x3f };
    static const u32 places[] = { 0, 0x3ffff8, 0x3fffff, 0x400000, 0xffffff, 0x1000000, 0x1fffff8 };

    for (unsigned m = 0; m < ARRAY_COUNT(modes); m++)
        for (unsigned i = 0; i < ARRAY_COUNT(places); i++) {
            index_set(c.v, P_GC, 0x0b, modes[m]);
            index_set(c.v, P_GC, 5, (u8)(0x40 | i % 6));
            cirrus_aperture_write(c.v, places[i], 8, ~0ull);
            (void)cirrus_aperture_read(c.v, places[i], 8);
            vga_memory_write_wide(c.v, places[i] & 0x1ffff, 8, ~0ull);
            (void)vga_memory_read_wide(c.v, places[i] & 0x1ffff, 8);
        }
    index_set(c.v, P_GC, 0x0b, 0);
    index_set(c.v, P_GC, 5, 0x40);
    cr_expect_eq(cirrus_aperture_read(c.v, 0x400000, 4), 0xffffffff, "nobody there");
}
