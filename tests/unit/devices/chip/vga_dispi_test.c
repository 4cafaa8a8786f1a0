/* Bochs's display interface.  Bochs VGABIOS, "VBE Display API". */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/vga_fixture.h"

static struct vga_bench *b;

static u16 get(unsigned reg)
{
    vga_dispi_port_write(&b->vga, 0, 2, reg);
    return (u16)vga_dispi_port_read(&b->vga, 1, 2);
}

static void set(unsigned reg, u16 value)
{
    vga_dispi_port_write(&b->vga, 0, 2, reg);
    vga_dispi_port_write(&b->vga, 1, 2, value);
}

static void enable(u16 width, u16 height, u16 bpp, u16 flags)
{
    set(DISPI_ENABLE, 0);
    set(DISPI_XRES, width);
    set(DISPI_YRES, height);
    set(DISPI_BPP, bpp);
    set(DISPI_ENABLE, DISPI_ENABLED | flags);
}

static void setup(void)
{
    b = vga_new(&mode_13, 50000000);
    dispi_init(&b->vga.dispi, true);
}

static void teardown(void)
{
    cr_expect_null(vga_invariant(&b->vga), "%s", vga_invariant(&b->vga));
    vga_free(b);
}
TestSuite(vga_dispi, .init = setup, .fini = teardown);

Test(vga_dispi, a_version_that_exists_is_read_back)
{
    cr_expect_eq(get(DISPI_ID), 0xb0c5);
    set(DISPI_ID, 0xb0c2);
    cr_expect_eq(get(DISPI_ID), 0xb0c2);
    set(DISPI_ID, 0xb0c6);
    set(DISPI_ID, 0xb0bf);
    cr_expect_eq(get(DISPI_ID), 0xb0c2);
}

Test(vga_dispi, accesses_other_than_words_reach_nothing)
{
    vga_dispi_port_write(&b->vga, 0, 2, DISPI_XRES);
    vga_dispi_port_write(&b->vga, 1, 1, 64);
    vga_dispi_port_write(&b->vga, 1, 4, 64);
    cr_expect_eq(get(DISPI_XRES), 0);
    cr_expect_eq(vga_dispi_port_read(&b->vga, 1, 1) & 0xff, 0xff);
}

Test(vga_dispi, enabling_begins_with_the_virtual_screen_as_wide_as_the_real_one)
{
    enable(320, 200, 8, 0);
    cr_expect_eq(get(DISPI_ENABLE), DISPI_ENABLED);
    cr_expect_eq(get(DISPI_VIRT_WIDTH), 320);
    cr_expect_eq(get(DISPI_VIRT_HEIGHT), sizeof b->memory / 320);
    cr_expect_eq(get(DISPI_X_OFFSET) | get(DISPI_Y_OFFSET) | get(DISPI_BANK), 0);
    cr_expect_eq(get(DISPI_VIDEO_MEMORY_64K), 4);
}

Test(vga_dispi, resolution_and_depth_stay_while_enabled)
{
    enable(320, 200, 8, 0);
    set(DISPI_XRES, 640);
    set(DISPI_YRES, 480);
    set(DISPI_BPP, 32);
    cr_expect(get(DISPI_XRES) == 320 && get(DISPI_YRES) == 200 && get(DISPI_BPP) == 8);
}

Test(vga_dispi, a_mode_that_does_not_fit_into_memory_is_not_enabled)
{
    enable(640, 480, 8, 0);                                          /* 300 KiB of 256 */
    cr_expect_eq(get(DISPI_ENABLE), 0);
    enable(0, 200, 8, 0);
    cr_expect_eq(get(DISPI_ENABLE), 0);
    enable(640, 400, 8, 0);
    cr_expect_eq(get(DISPI_ENABLE), DISPI_ENABLED);
}

Test(vga_dispi, depths_are_those_of_the_document_and_0_is_8)
{
    static const struct { u16 written, read; } cases[] = {
        { 32, 32 }, { 24, 24 }, { 16, 16 }, { 15, 15 }, { 0, 8 }, { 4, 4 }, { 7, 4 }, { 33, 4 }, { 8, 8 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        set(DISPI_BPP, cases[i].written);
        cr_expect_eq(get(DISPI_BPP), cases[i].read, "%u", cases[i].written);
    }
}

Test(vga_dispi, getcaps_shows_the_greatest_there_is)
{
    enable(320, 200, 8, 0);
    set(DISPI_ENABLE, DISPI_ENABLED | DISPI_GETCAPS);
    cr_expect(get(DISPI_XRES) == 2560 && get(DISPI_YRES) == 1600 && get(DISPI_BPP) == 32);
    set(DISPI_ENABLE, DISPI_ENABLED);
    cr_expect(get(DISPI_XRES) == 320 && get(DISPI_YRES) == 200 && get(DISPI_BPP) == 8);
}

Test(vga_dispi, memory_is_cleared_unless_noclearmem)
{
    b->memory[1000] = 5;
    enable(320, 200, 8, DISPI_NOCLEARMEM);
    cr_expect_eq(b->memory[1000], 5);
    enable(320, 200, 8, 0);
    cr_expect_eq(b->memory[1000], 0);
}

Test(vga_dispi, a_bank_of_64_kib_is_seen_at_a0000)
{
    enable(320, 200, 32, 0);
    set(DISPI_BANK, 2);
    vga_memory_write(&b->vga, 0x1234, 0x5a);
    vga_memory_write_wide(&b->vga, 0x2000, 4, 0x44332211);
    cr_expect_eq(b->memory[0x21234], 0x5a);
    cr_expect_eq(memcmp(&b->memory[0x22000], "\x11\x22\x33\x44", 4), 0);
    cr_expect_eq(vga_memory_read(&b->vga, 0x1234), 0x5a);
    cr_expect_eq(vga_memory_read(&b->vga, 0x10000), 0xff, "B0000h");
    cr_expect_eq(b->vga.window, b->memory + 0x20000, "and may be memory to the processor");
    set(DISPI_BANK, 4);
    cr_expect_eq(get(DISPI_BANK), 2, "there are four");
}

Test(vga_dispi, the_window_is_the_chips_again_when_disabled)
{
    enable(320, 200, 8, 0);
    set(DISPI_BANK, 1);
    set(DISPI_ENABLE, 0);
    cr_expect_eq(b->vga.window, b->memory, "mode 13h");
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0x0f);
    cr_expect_null(b->vga.window, "the chip changes the bytes");
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0xff);
    index_set(&b->vga, P_SEQ, SEQ_MEMORY_MODE, 6);
    cr_expect_null(b->vga.window, "no chain-4");
}

Test(vga_dispi, in_chain_4_bytes_lie_in_a_row)
{
    for (u32 at = 0; at < 65536; at += 257) vga_memory_write(&b->vga, at, (u8)(at * 7));
    for (u32 at = 0; at < 65536; at += 257) cr_assert_eq(b->memory[at], (u8)(at * 7), "%x", at);
}

Test(vga_dispi, each_depth_shows_its_colours)
{
    static const struct { u16 bpp; u8 bytes[4]; u32 colour; } cases[] = {
        { 15, { 0x1f, 0x7c, 0, 0 }, 0xff00ff }, { 15, { 0xe0, 0x03, 0, 0 }, 0x00ff00 }, { 16, { 0xe0, 0x07, 0, 0 }, 0x00ff00 },
        { 16, { 0x00, 0x80, 0, 0 }, 0x840000 }, { 24, { 1, 2, 3, 0 }, 0x030201 }, { 32, { 1, 2, 3, 0xee }, 0x030201 }, { 8, { 9, 0, 0, 0 }, 0x0000aa },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        u32 at = 2 * 320 * ((cases[i].bpp + 7) / 8) + 5 * ((cases[i].bpp + 7) / 8);
        enable(320, 200, cases[i].bpp, 0);
        dac_set(&b->vga, 9, 0, 0, 42);
        for (unsigned k = 0; k < 4u && k < (cases[i].bpp + 7u) / 8; k++) vga_memory_write(&b->vga, at + k, cases[i].bytes[k]);
        vga_see(b);
        cr_expect(b->frame.width == 320 && b->frame.height == 200);
        cr_expect_eq(dot(b, 5, 2), cases[i].colour, "%u bits: %06x", cases[i].bpp, dot(b, 5, 2));
    }
}

Test(vga_dispi, four_bits_are_the_planes_through_the_palette)
{
    b->vga.seq[SEQ_MEMORY_MODE] = 6;
    enable(800, 600, 4, 0);
    plane_set(b, 0, 100 + 2, 0x80);                                  /* line 1, dot 16: plane 0 alone */
    attr_set(&b->vga, 1, 1);
    vga_port_write(&b->vga, P_ATTR, ATTR_PAS);
    dac_set(&b->vga, 1, 0, 63, 0);
    vga_see(b);
    cr_expect(b->frame.width == 800 && b->frame.height == 600);
    cr_expect_eq(dot(b, 16, 1), 0x00ff00);
}

Test(vga_dispi, offsets_move_the_screen_over_the_virtual_one)
{
    enable(320, 200, 8, 0);
    set(DISPI_VIRT_WIDTH, 512);
    cr_expect_eq(get(DISPI_VIRT_HEIGHT), 512);
    set(DISPI_X_OFFSET, 100);
    set(DISPI_Y_OFFSET, 50);
    dac_set(&b->vga, 9, 63, 0, 0);
    vga_memory_write(&b->vga, 52 * 512 + 107, 9);
    vga_see(b);
    cr_expect_eq(dot(b, 7, 2), 0xff0000);
    set(DISPI_Y_OFFSET, 313);
    cr_expect_eq(get(DISPI_Y_OFFSET), 50, "what is shown lies in memory");
    set(DISPI_VIRT_WIDTH, 319);
    cr_expect_eq(get(DISPI_VIRT_WIDTH), 512, "at least as wide as the screen");
}

Test(vga_dispi, entries_of_the_dac_keep_their_colours_when_its_width_changes)
{
    enable(320, 200, 8, 0);
    dac_set(&b->vga, 9, 63, 32, 1);
    set(DISPI_ENABLE, DISPI_ENABLED | DISPI_8BIT_DAC);
    cr_expect(b->vga.dac[27] == 255 && b->vga.dac[28] == 130 && b->vga.dac[29] == 4);
    dac_set(&b->vga, 10, 0x81, 0xfe, 7);
    vga_memory_write(&b->vga, 0, 10);
    vga_see(b);
    cr_expect_eq(dot(b, 0, 0), 0x81fe07);
    set(DISPI_ENABLE, DISPI_ENABLED);
    cr_expect(b->vga.dac[27] == 63 && b->vga.dac[28] == 32 && b->vga.dac[29] == 1);
}

Test(vga_dispi, a_frame_is_drawn_anew_where_memory_changed)
{
    enable(320, 200, 32, 0);
    vga_see(b);
    b->frame.pixel[0] = 0x123456;                                    /* a mark that another drawing would take away */
    vga_memory_write(&b->vga, 0xf000, 0xff);                         /* line 48 */
    vga_see(b);
    cr_expect_eq(dot(b, 0, 48), 0x0000ff);
    cr_expect_eq(dot(b, 0, 0), 0x123456, "not this line");
    cr_expect_not(vga_take_picture(&b->vga, &b->picture), "nothing changed since");
}

Test(vga_dispi, a_copy_of_a_picture_follows_it)
{
    struct vga_picture *copy = calloc(1, sizeof *copy);

    enable(320, 200, 32, 0);
    vga_memory_write(&b->vga, 0x1000, 1);
    vga_take_picture(&b->vga, &b->picture);
    cr_expect(vga_copy_picture(&b->picture, copy));
    cr_expect_not(vga_copy_picture(&b->picture, copy));
    vga_memory_write(&b->vga, 0x1001, 2);
    cr_expect(vga_take_picture(&b->vga, &b->picture));
    cr_expect(vga_copy_picture(&b->picture, copy));
    cr_expect_eq(copy->memory[0x1000] | copy->memory[0x1001] << 8, 0x0201);
    free(copy);
}
