/* What a monitor shows: text with fonts, cursor and blinking, graphics, split screen, panning. */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/vga_fixture.h"

#define BENCH(b, mode) struct vga_bench *b __attribute__((cleanup(bench_done))) = vga_new(mode, 50000000)
static void bench_done(struct vga_bench **b) { vga_free(*b); }

enum { WHITE = 0xaaaaaa, BLUE = 0x0000aa, BLACK = 0 };

Test(vga_picture, text_is_720_by_400_and_a_glyph_comes_from_plane_2)
{
    static const u8 glyph[16] = { 0x80, 0x01, 0xff };
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x0a, 0x20);
    font_set(&b->vga, 'A', glyph, 16);
    put_text(&b->vga, 2, 1, 0x17, "A");
    vga_see(b);
    cr_expect_eq(b->frame.width, 720);
    cr_expect_eq(b->frame.height, 400);
    cr_expect_eq(dot(b, 18, 16), WHITE);
    cr_expect_eq(dot(b, 19, 16), BLUE);
    cr_expect_eq(dot(b, 25, 17), WHITE);
    cr_expect_eq(dot(b, 26, 18), BLUE, "the ninth dot is background");
    cr_expect_eq(dot(b, 18, 19), BLUE);
}

Test(vga_picture, the_ninth_dot_of_line_graphics_repeats_the_eighth)
{
    static const u8 glyph[16] = { 0xff };
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x0a, 0x20);
    font_set(&b->vga, 0xc4, glyph, 16);
    font_set(&b->vga, 'A', glyph, 16);
    put_text(&b->vga, 0, 0, 0x17, "\xc4" "A");
    vga_see(b);
    cr_expect_eq(dot(b, 8, 0), WHITE);
    cr_expect_eq(dot(b, 17, 0), BLUE);
}

Test(vga_picture, attribute_bit_3_chooses_the_second_font_where_the_two_differ)
{
    static const u8 first[16] = { 0xff }, second[16] = { 0 };
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x0a, 0x20);
    font_set(&b->vga, 'A', first, 16);
    for (unsigned i = 0; i < 16; i++) plane_set(b, 2, 0x4000 + 'A' * 32 + i, second[i]);
    index_set(&b->vga, P_SEQ, 3, 0x01);                              /* A = block 0, B = block 1: bit 3 clear takes B */
    put_text(&b->vga, 0, 0, 0x07, "A");
    put_text(&b->vga, 1, 0, 0x0f, "A");
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), BLACK, "block 1 is empty");
    cr_expect_neq(dot(b, 9, 0), BLACK, "block 0 has a line");
}

Test(vga_picture, the_cursor_is_lines_of_the_foreground_at_its_cell_and_blinks)
{
    BENCH(b, &mode_3);
    put_text(&b->vga, 0, 0, 0x17, "     ");
    index_set(&b->vga, P_CRTC, 0x0f, 3);
    unsigned lit = 0, samples = 64;
    for (unsigned i = 0; i < samples; i++) {
        b->clock.time.now += 50000000 / 70;
        vga_see(b);
        lit += dot(b, 27, 13) == WHITE;
        cr_expect_eq(dot(b, 27, 12), BLUE);
        cr_expect_eq(dot(b, 18, 13), BLUE, "the cell before it");
    }
    cr_expect(lit > 20 && lit < 44, "lit in %u of %u frames", lit, samples);
    index_set(&b->vga, P_CRTC, 0x0a, 0x2d);
    vga_see(b);
    cr_expect_eq(dot(b, 27, 13), BLUE, "bit 5 switches it off");
}

Test(vga_picture, attribute_bit_7_blinks_or_brightens_the_background)
{
    static const u8 glyph[16] = { 0xff };
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x0a, 0x20);
    font_set(&b->vga, 'A', glyph, 16);
    put_text(&b->vga, 0, 0, 0x97, "A");
    unsigned shown = 0;
    for (unsigned i = 0; i < 64; i++) {
        b->clock.time.now += 50000000 / 70;
        vga_see(b);
        shown += dot(b, 0, 0) == WHITE;
        cr_expect_eq(dot(b, 0, 1), BLUE);
    }
    cr_expect(shown > 20 && shown < 44, "shown in %u of 64 frames", shown);
    attr_set(&b->vga, 0x10, 0x04);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, ATTR_PAS);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 1), 0x5555ff, "bright blue");
}

Test(vga_picture, mode_12h_takes_a_colour_from_four_planes)
{
    BENCH(b, &mode_12);
    for (u8 p = 0; p < 4; p++) plane_set(b, p, 80, p == 0 || p == 3 ? 0x80 : 0);   /* line 1, colour 9 */
    vga_see(b);
    cr_expect_eq(b->frame.width, 640);
    cr_expect_eq(b->frame.height, 480);
    cr_expect_eq(dot(b, 0, 1), 0x5555ff);
    cr_expect_eq(dot(b, 1, 1), BLACK);
}

Test(vga_picture, mode_13h_shows_a_byte_a_dot_twice_each_way)
{
    BENCH(b, &mode_13);
    dac_set(&b->vga, 200, 63, 0, 0);
    vga_memory_write(&b->vga, 320 * 3 + 5, 200);
    vga_see(b);
    cr_expect_eq(b->frame.width, 640);
    cr_expect_eq(b->frame.height, 400);
    cr_expect_eq(dot(b, 10, 6), 0xff0000);
    cr_expect_eq(dot(b, 11, 7), 0xff0000);
    cr_expect_eq(dot(b, 12, 6), dot(b, 8, 6));
}

Test(vga_picture, mode_x_shows_planes_side_by_side)
{
    BENCH(b, &mode_x);
    dac_set(&b->vga, 201, 0, 63, 0);
    index_set(&b->vga, P_SEQ, SEQ_MAP_MASK, 4);
    vga_memory_write(&b->vga, 1, 201);                               /* plane 2 of the second four dots */
    vga_see(b);
    cr_expect_eq(dot(b, 12, 0), 0x00ff00);
    cr_expect_eq(dot(b, 10, 0), dot(b, 14, 0));
}

Test(vga_picture, mode_4_has_two_bits_a_dot_in_two_banks_and_mode_6_one)
{
    BENCH(b, &mode_4);
    vga_memory_write(&b->vga, COLOUR_TEXT, 0xe4);                    /* 3 2 1 0 */
    vga_memory_write(&b->vga, COLOUR_TEXT + 0x2000, 0x40);
    vga_see(b);
    u32 zero = dot(b, 6, 0), one = dot(b, 4, 0), two = dot(b, 2, 0), three = dot(b, 0, 0);
    cr_expect(zero != one && one != two && two != three && zero == BLACK);
    cr_expect_eq(dot(b, 0, 2), one, "the second bank is the odd lines");
    BENCH(c, &mode_6);
    vga_memory_write(&c->vga, COLOUR_TEXT, 0x81);
    vga_see(c);
    cr_expect(dot(c, 0, 0) != BLACK && dot(c, 7, 0) != BLACK && dot(c, 1, 0) == BLACK);
}

Test(vga_picture, line_compare_splits_the_screen_and_the_lower_part_begins_at_0)
{
    BENCH(b, &mode_12);
    plane_set(b, 0, 0, 0x80);                                          /* memory 0: colour 1 at the left */
    index_set(&b->vga, P_CRTC, 0x0c, 0x40);
    index_set(&b->vga, P_CRTC, 0x18, 99);
    index_set(&b->vga, P_CRTC, 0x07, 0x3e & ~0x10);
    index_set(&b->vga, P_CRTC, 0x09, 0x00);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), BLACK);
    cr_expect_eq(dot(b, 0, 99), BLACK);
    cr_expect_eq(dot(b, 0, 100), BLUE);
}

Test(vga_picture, start_address_and_preset_row_scan_move_the_picture_by_cells_and_lines)
{
    static const u8 glyph[16] = { 0xff };
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x0a, 0x20);
    font_set(&b->vga, 'A', glyph, 16);
    put_text(&b->vga, 0, 1, 0x17, "A");
    index_set(&b->vga, P_CRTC, 0x0d, 80);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), WHITE);
    index_set(&b->vga, P_CRTC, 0x0d, 0);
    index_set(&b->vga, P_CRTC, 0x08, 3);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 13), WHITE);
}

Test(vga_picture, pel_panning_moves_it_by_dots)
{
    BENCH(b, &mode_12);
    plane_set(b, 0, 0, 0x10);
    vga_see(b);
    cr_expect_eq(dot(b, 3, 0), BLUE);
    attr_set(&b->vga, 0x13, 2);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, ATTR_PAS);
    vga_see(b);
    cr_expect_eq(dot(b, 1, 0), BLUE);
}

Test(vga_picture, the_pel_mask_and_the_palette_stand_between_memory_and_colour)
{
    BENCH(b, &mode_13);
    dac_set(&b->vga, 0x03, 63, 63, 0);
    vga_memory_write(&b->vga, 0, 0xf3);
    vga_port_write(&b->vga, P_DAC_MASK, 0x0f);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), 0xffff00);
}

Test(vga_picture, text_reads_back_as_utf_8_and_graphics_as_nothing)
{
    char text[8192];
    BENCH(b, &mode_3);
    put_text(&b->vga, 3, 0, 7, "A\x82\xc9");
    vga_take_picture(&b->vga, &b->picture);
    vga_text(&b->picture, text, sizeof text);
    cr_expect_eq(strncmp(text, "   A\u00e9\u2554\n", 10), 0, "%.20s", text);
    BENCH(g, &mode_13);
    vga_take_picture(&g->vga, &g->picture);
    cr_expect_eq(vga_text(&g->picture, text, sizeof text), 0);
}

Test(vga_picture, screen_off_shows_nothing)
{
    BENCH(b, &mode_12);
    for (unsigned i = 0; i < 4 * 80; i++) plane_set(b, i & 3, i >> 2, 0xff);
    index_set(&b->vga, P_SEQ, 1, 0x21);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), BLACK);
}
