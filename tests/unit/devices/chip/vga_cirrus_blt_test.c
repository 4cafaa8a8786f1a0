/* CL-GD5446: the BitBLT engine.  "CL-GD5446 Technical Reference Manual", "BitBLT Engine". */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/cirrus_fixture.h"

enum { DOWN = 0x01, TO_SYSTEM = 0x02, FROM_SYSTEM = 0x04, TRANSPARENT = 0x08, WORDS = 0x10, THREE = 0x20, DOUBLEWORDS = 0x30, PATTERN = 0x40, EXPAND = 0x80, SOURCE = 0x0d };

static struct cirrus_bench c;

static void setup(void) { c = cirrus_new(0x11, 0); }
static void teardown(void)
{
    cr_expect_null(vga_invariant(c.v), "%s", vga_invariant(c.v));
    cirrus_free(&c);
}
TestSuite(vga_cirrus_blt, .init = setup, .fini = teardown);

static void colours(u32 background, u32 foreground)
{
    for (unsigned i = 0; i < 4; i++) {
        index_set(c.v, P_GC, i ? 0x0e + 2 * i : 0, (u8)(background >> 8 * i));
        index_set(c.v, P_GC, i ? 0x0f + 2 * i : 1, (u8)(foreground >> 8 * i));
    }
}

static void expect(u32 at, const void *bytes, unsigned size)
{
    cr_expect_arr_eq(c.memory + at, bytes, size);
}

Test(vga_cirrus_blt, raster_operations_are_the_sixteen_of_source_and_destination)         /* "GR32" */
{
    static const struct { u8 code, result; } rops[] = {              /* of source 1100b and destination 1010b */
        { 0x00, 0x0 }, { 0x90, 0x1 }, { 0x50, 0x2 }, { 0xd0, 0x3 }, { 0x09, 0x4 }, { 0x0b, 0x5 }, { 0x59, 0x6 }, { 0xda, 0x7 },
        { 0x05, 0x8 }, { 0x95, 0x9 }, { 0x06, 0xa }, { 0xd6, 0xb }, { 0x0d, 0xc }, { 0xad, 0xd }, { 0x6d, 0xe }, { 0x0e, 0xf },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rops); i++) {
        c.memory[0] = 0xcc, c.memory[100] = 0xaa;
        blt(c.v, &(struct blt_setup){ .width = 1, .height = 1, .dst = 100, .rop = rops[i].code });
        cr_expect_eq(c.memory[100], rops[i].result * 0x11, "%02x: %02x", rops[i].code, c.memory[100]);
    }
}

Test(vga_cirrus_blt, a_copy_has_two_pitches)
{
    memcpy(c.memory + 1000, "abcdEFGHijkl", 12);
    blt(c.v, &(struct blt_setup){ .width = 3, .height = 3, .dst = 5000, .src = 1000, .dst_pitch = 10, .src_pitch = 4, .rop = SOURCE });
    expect(5000, "abc\0\0\0\0\0\0\0EFG\0\0\0\0\0\0\0ijk\0", 24);
}

Test(vga_cirrus_blt, a_decrement_begins_with_the_last_byte)
{
    memcpy(c.memory + 100, "0123456789", 10);
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 1, .dst = 107, .src = 105, .mode = DOWN, .rop = SOURCE });
    expect(100, "0101234589", 10);
    memcpy(c.memory + 200, "AABBCC", 6);
    blt(c.v, &(struct blt_setup){ .width = 2, .height = 3, .dst = 311, .src = 205, .dst_pitch = 4, .src_pitch = 2, .mode = DOWN, .rop = SOURCE });
    expect(302, "AA\0\0BB\0\0CC", 10);
}

Test(vga_cirrus_blt, the_start_bit_falls_when_it_is_done)                        /* "GR31" */
{
    blt(c.v, &(struct blt_setup){ .width = 4, .height = 4, .dst = 100, .rop = 0x0e });
    cr_expect_eq(index_get(c.v, P_GC, 0x31), 0);
    gr(c.v, 0x31, 1, 0x80);
    memset(c.memory, 0, 1000);
    gr(c.v, 0x28, 2, 0x200);
    cr_expect_eq(c.memory[0x200], 0);
    gr(c.v, 0x2a, 1, 0);
    cr_expect_eq(c.memory[0x200], 0xff, "autostart: the last byte of the destination starts it");
    cr_expect_eq(index_get(c.v, P_GC, 0x31), 0x80);
}

Test(vga_cirrus_blt, transparency_compares_dots_of_8_and_16_bits)                /* "GR34", "GR35" */
{
    memcpy(c.memory, "aXbX", 4);
    memset(c.memory + 100, '.', 4);
    gr(c.v, 0x34, 2, 'X' | 'b' << 8);
    blt(c.v, &(struct blt_setup){ .width = 4, .height = 1, .dst = 100, .mode = TRANSPARENT, .rop = SOURCE });
    expect(100, "a.b.", 4);
    memcpy(c.memory, "aXXbXb", 6);
    memset(c.memory + 100, '.', 6);
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 1, .dst = 100, .mode = TRANSPARENT | WORDS, .rop = SOURCE });
    expect(100, "aX....", 6);
    memset(c.memory + 100, '.', 6);
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 1, .dst = 105, .src = 5, .mode = TRANSPARENT | WORDS | DOWN, .rop = SOURCE });
    expect(100, "aX....", 6);
    gr(c.v, 0x38, 2, 0xffff);
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 1, .dst = 100, .mode = TRANSPARENT | WORDS, .rop = SOURCE });
    expect(100, "aX....", 6);                                        /* no bit counts: every dot has the colour */
}

/* --- patterns --- */

Test(vga_cirrus_blt, a_pattern_repeats_every_eight_dots_and_lines)
{
    for (unsigned i = 0; i < 64; i++) c.memory[0x1000 + i] = (u8)i;
    blt(c.v, &(struct blt_setup){ .width = 10, .height = 9, .dst = 0x4000, .src = 0x1003, .dst_pitch = 16, .mode = PATTERN, .rop = SOURCE });
    static const u8 first[10] = { 24, 25, 26, 27, 28, 29, 30, 31, 24, 25 };
    expect(0x4000, first, 10);                                       /* the row that it begins with is in the address */
    cr_expect_eq(c.memory[0x4000 + 5 * 16], 0);
    cr_expect_eq(c.memory[0x4000 + 8 * 16 + 1], 25);
}

Test(vga_cirrus_blt, a_pattern_of_words_has_128_bytes)
{
    for (unsigned i = 0; i < 128; i++) c.memory[0x1000 + i] = (u8)i;
    blt(c.v, &(struct blt_setup){ .width = 18, .height = 2, .dst = 0x4000, .src = 0x1000, .dst_pitch = 32, .mode = PATTERN | WORDS, .rop = SOURCE });
    cr_expect(c.memory[0x4000 + 16] == 0 && c.memory[0x4000 + 32] == 16 && c.memory[0x4000 + 32 + 17] == 17);
}

Test(vga_cirrus_blt, the_left_side_can_be_skipped)                               /* "GR2F" */
{
    memset(c.memory + 0x1000, 'p', 64);
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 1, .dst = 0x4000, .src = 0x1000, .mode = PATTERN, .rop = SOURCE, .skip = 2 });
    expect(0x4000, "\0\0pppp", 6);
    colours(0, 0x332211);
    c.memory[0x1000] = 0xff;
    blt(c.v, &(struct blt_setup){ .width = 9, .height = 1, .dst = 0x4000, .src = 0x1000, .mode = EXPAND | THREE, .rop = SOURCE, .skip = 3 });
    expect(0x4000, "\0\0p\x11\x22\x33\x11\x22\x33", 9);                /* 24 bits: bytes */
}

/* --- colour expansion --- */

Test(vga_cirrus_blt, bits_become_foreground_and_background)
{
    memcpy(c.memory + 0x1000, "\xa0\x50", 2);
    colours('b', 'f');
    blt(c.v, &(struct blt_setup){ .width = 5, .height = 2, .dst = 0x4000, .src = 0x1000, .dst_pitch = 8, .mode = EXPAND, .rop = SOURCE });
    expect(0x4000, "fbfbb\0\0\0bfbfb", 13);                             /* a line of bits begins with a byte */
    memcpy(c.memory + 0x1000, "\xa0\0\0\0\x50", 5);
    blt(c.v, &(struct blt_setup){ .width = 5, .height = 2, .dst = 0x5000, .src = 0x1000, .dst_pitch = 8, .mode = EXPAND, .rop = SOURCE, .extensions = 1 });
    expect(0x5000, "fbfbb\0\0\0bfbfb", 13);                             /* or with a doubleword */
}

Test(vga_cirrus_blt, expanded_dots_have_one_to_four_bytes)
{
    static const u8 wanted[4][8] = { "fb", { 'f', 2, 'b', 1 }, { 'f', 2, 3, 'b', 1, 1 }, { 'f', 2, 3, 4, 'b', 1, 1, 1 } };

    c.memory[0x1000] = 0x80;
    colours('b' | 0x01010100, 'f' | 0x04030200);
    for (unsigned n = 1; n <= 4; n++) {
        blt(c.v, &(struct blt_setup){ .width = 2 * n, .height = 1, .dst = 0x4000, .src = 0x1000, .mode = (u8)(EXPAND | (n - 1) << 4), .rop = SOURCE });
        expect(0x4000, wanted[n - 1], 2 * n);
    }
}

Test(vga_cirrus_blt, transparent_bits_leave_the_destination)
{
    c.memory[0x1000] = 0xc0;
    colours('b', 'f');
    memset(c.memory + 0x4000, '.', 8);
    blt(c.v, &(struct blt_setup){ .width = 4, .height = 1, .dst = 0x4000, .src = 0x1000, .mode = EXPAND | TRANSPARENT, .rop = SOURCE });
    expect(0x4000, "ff..", 4);
    memset(c.memory + 0x4000, '.', 8);
    blt(c.v, &(struct blt_setup){ .width = 4, .height = 1, .dst = 0x4000, .src = 0x1000, .mode = EXPAND | TRANSPARENT, .rop = SOURCE, .extensions = 2 });
    expect(0x4000, "..bb", 4);
}

Test(vga_cirrus_blt, a_pattern_can_be_of_bits)
{
    memcpy(c.memory + 0x1000, "\x80\x40\x20\x10\x08\x04\x02\x01", 8);
    colours('.', '#');
    blt(c.v, &(struct blt_setup){ .width = 9, .height = 2, .dst = 0x4000, .src = 0x1001, .dst_pitch = 16, .mode = EXPAND | PATTERN, .rop = SOURCE });
    expect(0x4000, ".#.......", 9);
    expect(0x4010, "..#......", 9);
}

Test(vga_cirrus_blt, solid_is_the_foreground_colour_alone)                       /* "GR33" bit 2 */
{
    colours(0, 0x44332211);
    blt(c.v, &(struct blt_setup){ .width = 8, .height = 2, .dst = 0x4000, .dst_pitch = 8, .mode = EXPAND | PATTERN | DOUBLEWORDS, .rop = SOURCE, .extensions = 4 });
    expect(0x4000, "\x11\x22\x33\x44\x11\x22\x33\x44\x11\x22\x33\x44\x11\x22\x33\x44\0", 17);
}

/* --- with the processor --- */

Test(vga_cirrus_blt, the_processor_supplies_lines_of_whole_doublewords)
{
    blt(c.v, &(struct blt_setup){ .width = 6, .height = 2, .dst = 0x4000, .dst_pitch = 8, .mode = FROM_SYSTEM, .rop = SOURCE });
    cr_expect_eq(index_get(c.v, P_GC, 0x31) & 0x0b, 0x0b, "busy, started, in progress");
    cr_expect_null(c.v->window, "stores come to the engine");
    cr_expect_eq(c.v->linear_bytes, 0);
    for (unsigned i = 0; i < 4; i++) vga_memory_write_wide(c.v, 0x123, 4, 0x04030201u + i * 0x04040404u);
    static const u8 wanted[14] = { 1, 2, 3, 4, 5, 6, 0, 0, 9, 10, 11, 12, 13, 14 };
    expect(0x4000, wanted, 14);
    cr_expect_eq(c.memory[0x123], 0);
    cr_expect_eq(index_get(c.v, P_GC, 0x31), 0);
    vga_memory_write_wide(c.v, 0x123, 4, 0x55);
    cr_expect_eq(c.memory[0x123], 0x55, "and memory is memory again");
}

Test(vga_cirrus_blt, what_is_stored_beyond_the_last_line_is_lost)
{
    colours('b', 'f');
    blt(c.v, &(struct blt_setup){ .width = 8, .height = 3, .dst = 0x4000, .dst_pitch = 8, .mode = FROM_SYSTEM | EXPAND, .rop = SOURCE });
    cirrus_aperture_write(c.v, 0x200, 8, 0x00ff00ff00ff00ff);
    expect(0x4000, "ffffffffbbbbbbbbffffffff\0", 25);
    cr_expect_eq(c.memory[0x203], 0);
}

Test(vga_cirrus_blt, data_may_be_in_the_upper_half_of_the_aperture_alone)        /* "GR31" bit 5 */
{
    gr(c.v, 0x31, 1, 0x20);
    gr(c.v, 0x20, 2, 3);
    gr(c.v, 0x22, 2, 0);
    gr(c.v, 0x28, 3, 0x4000);
    gr(c.v, 0x30, 1, FROM_SYSTEM);
    gr(c.v, 0x32, 1, SOURCE);
    gr(c.v, 0x31, 1, 0x22);
    cirrus_aperture_write(c.v, 0x100, 4, 0x11111111);
    cr_expect_eq(c.memory[0x100], 0x11);
    cirrus_aperture_write(c.v, 16 << 20, 4, 0x22222222);
    cr_expect_eq(c.memory[0x4000], 0x22);
}

Test(vga_cirrus_blt, the_processor_reads_lines)
{
    memcpy(c.memory + 0x1000, "abcde...fghij", 13);
    blt(c.v, &(struct blt_setup){ .width = 5, .height = 2, .src = 0x1000, .src_pitch = 8, .mode = TO_SYSTEM, .rop = SOURCE });
    static const u32 wanted[4] = { 'a' | 'b' << 8 | 'c' << 16 | 'd' << 24, 'e', 'f' | 'g' << 8 | 'h' << 16 | 'i' << 24, 'j' };
    for (unsigned i = 0; i < 4; i++) cr_expect_eq(vga_memory_read_wide(c.v, 0, 4), wanted[i]);
    cr_expect_eq(index_get(c.v, P_GC, 0x31), 0);
}

Test(vga_cirrus_blt, a_reset_ends_one_that_waits)
{
    blt(c.v, &(struct blt_setup){ .width = 64, .height = 64, .dst = 0x4000, .mode = FROM_SYSTEM, .rop = SOURCE });
    gr(c.v, 0x31, 1, 4);
    cr_expect_eq(index_get(c.v, P_GC, 0x31), 0);
    vga_memory_write(c.v, 7, 0x55);
    cr_expect_eq(c.memory[7], 0x55);
}

/* --- registers in memory --- */

Test(vga_cirrus_blt, registers_are_at_b8000h_when_sr17_says_so)
{
    index_set(c.v, P_SEQ, 0x17, 4);
    vga_memory_write_wide(c.v, 0x18008, 4, 0x00010003);              /* width 4, height 2 */
    vga_memory_write_wide(c.v, 0x1800c, 4, 0x00100010);
    vga_memory_write_wide(c.v, 0x18010, 2, 0x4000);
    vga_memory_write(c.v, 0x18018, 0);
    vga_memory_write(c.v, 0x1801a, 0x0e);
    vga_memory_write(c.v, 0x18040, 2);
    expect(0x4000, "\xff\xff\xff\xff\0", 5);
    expect(0x4010, "\xff\xff\xff\xff\0", 5);
    cr_expect_eq(vga_memory_read(c.v, 0x18008), 3);
    cr_expect_eq(index_get(c.v, P_GC, 0x22), 1);
    cr_expect_eq(vga_memory_read(c.v, 0x18040), 0);
    index_set(c.v, P_SEQ, 0x17, 0);
    cr_expect_eq(vga_memory_read(c.v, 0x18008), 0xff);
}

Test(vga_cirrus_blt, no_blt_leaves_memory_whatever_its_registers)
{
    static const u8 modes[] = { 0, DOWN, PATTERN | DOUBLEWORDS, EXPAND | THREE, EXPAND | PATTERN | TRANSPARENT | WORDS, EXPAND | DOWN, PATTERN | THREE | DOWN };

    for (unsigned i = 0; i < ARRAY_COUNT(modes); i++) {
        struct blt_setup s = { .width = 8192, .height = 64, .dst = 0x3fffff, .src = 0x3ffffd, .dst_pitch = 0x1fff, .src_pitch = 0x1fff, .mode = modes[i], .rop = 0x59, .skip = 31 };
        blt(c.v, &s);
        s.dst = 0, s.src = 1;
        blt(c.v, &s);
    }
    blt(c.v, &(struct blt_setup){ .width = 8192, .height = 2, .mode = FROM_SYSTEM, .rop = SOURCE });
    for (unsigned i = 0; i < 1000; i++) {
        gr(c.v, 0x20, 2, i * 77);                                    /* registers that change on the way */
        vga_memory_write_wide(c.v, 0, 8, ~0ull);
    }
}
