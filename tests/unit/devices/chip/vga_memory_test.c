/* The VGA's planes behind the graphics controller.  IBM PS/2 reference, "Graphics Controller Registers". */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/vga_fixture.h"

#define BENCH(b, mode) struct vga_bench *b __attribute__((cleanup(bench_done))) = vga_new(mode, 50000000)
static void bench_done(struct vga_bench **b) { vga_free(*b); }

static u8 plane(const struct vga_bench *b, unsigned p, u32 offset) { return plane_get(b, p, offset); }
static void planes_set(struct vga_bench *b, u32 offset, u8 p0, u8 p1, u8 p2, u8 p3)
{
    u8 v[4] = { p0, p1, p2, p3 };
    for (unsigned p = 0; p < 4; p++) plane_set(b, p, offset, v[p]);
}
#define PLANES(b, offset, p0, p1, p2, p3) \
    cr_expect(plane(b, 0, offset) == (p0) && plane(b, 1, offset) == (p1) && plane(b, 2, offset) == (p2) && plane(b, 3, offset) == (p3), \
              "planes are %02x %02x %02x %02x", plane(b, 0, offset), plane(b, 1, offset), plane(b, 2, offset), plane(b, 3, offset))

Test(vga_memory, write_mode_0_writes_the_byte_to_the_planes_of_the_map_mask)
{
    BENCH(b, &mode_12);
    vga_memory_write(&b->vga, 5, 0xa5);
    PLANES(b, 5, 0xa5, 0xa5, 0xa5, 0xa5);
    index_set(&b->vga, P_SEQ, SEQ_MAP_MASK, 0x6);
    vga_memory_write(&b->vga, 5, 0x3c);
    PLANES(b, 5, 0xa5, 0x3c, 0x3c, 0xa5);
}

Test(vga_memory, data_rotate_turns_the_byte_to_the_right)
{
    BENCH(b, &mode_12);
    index_set(&b->vga, P_GC, GC_ROTATE, 3);
    vga_memory_write(&b->vga, 0, 0x81);
    PLANES(b, 0, 0x30, 0x30, 0x30, 0x30);
}

Test(vga_memory, set_reset_replaces_the_byte_on_the_planes_it_is_enabled_for)
{
    BENCH(b, &mode_12);
    index_set(&b->vga, P_GC, GC_SET_RESET, 0x5);
    index_set(&b->vga, P_GC, GC_ENABLE_SET_RESET, 0x3);
    vga_memory_write(&b->vga, 0, 0x0f);
    PLANES(b, 0, 0xff, 0x00, 0x0f, 0x0f);
}

Test(vga_memory, the_bit_mask_takes_bits_from_the_latches)
{
    BENCH(b, &mode_12);
    planes_set(b, 9, 0x11, 0x22, 0x33, 0x44);
    vga_memory_read(&b->vga, 9);
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0xf0);
    vga_memory_write(&b->vga, 20, 0xff);
    PLANES(b, 20, 0xf1, 0xf2, 0xf3, 0xf4);
}

Test(vga_memory, the_function_select_joins_byte_and_latch)
{
    static const u8 wanted[4] = { 0x3c, 0x0c, 0x3f, 0x33 };          /* 3c with the latch 0f: replace, and, or, xor */

    for (u8 f = 0; f < 4; f++) {
        BENCH(b, &mode_12);
        planes_set(b, 0, 0x0f, 0x0f, 0x0f, 0x0f);
        vga_memory_read(&b->vga, 0);
        index_set(&b->vga, P_GC, GC_ROTATE, (u8)(f << 3));
        vga_memory_write(&b->vga, 1, 0x3c);
        cr_expect_eq(plane(b, 2, 1), wanted[f], "function %u gives %02x", f, plane(b, 2, 1));
    }
}

Test(vga_memory, write_mode_1_copies_the_latches)
{
    BENCH(b, &mode_12);
    planes_set(b, 3, 1, 2, 3, 4);
    vga_memory_read(&b->vga, 3);
    index_set(&b->vga, P_GC, GC_MODE, 1);
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0);
    vga_memory_write(&b->vga, 7, 0xee);
    PLANES(b, 7, 1, 2, 3, 4);
}

Test(vga_memory, write_mode_2_spreads_four_bits_over_the_planes)
{
    BENCH(b, &mode_12);
    index_set(&b->vga, P_GC, GC_MODE, 2);
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0x80);
    vga_memory_write(&b->vga, 0, 0x0a);
    PLANES(b, 0, 0x00, 0x80, 0x00, 0x80);
}

Test(vga_memory, write_mode_3_masks_set_reset_by_the_rotated_byte_and_the_bit_mask)
{
    BENCH(b, &mode_12);
    index_set(&b->vga, P_GC, GC_MODE, 3);
    index_set(&b->vga, P_GC, GC_SET_RESET, 0x3);
    index_set(&b->vga, P_GC, GC_ROTATE, 4);
    index_set(&b->vga, P_GC, GC_BIT_MASK, 0x3f);
    vga_memory_write(&b->vga, 0, 0xf3);                              /* rotated 3f; and 3f */
    PLANES(b, 0, 0x3f, 0x3f, 0, 0);
}

Test(vga_memory, read_mode_0_gives_the_plane_of_the_read_map)
{
    BENCH(b, &mode_12);
    planes_set(b, 0x100, 0x10, 0x21, 0x32, 0x43);
    for (u8 p = 0; p < 4; p++) {
        index_set(&b->vga, P_GC, GC_READ_MAP, p);
        cr_expect_eq(vga_memory_read(&b->vga, 0x100), 0x10 + 0x11 * p);
    }
}

Test(vga_memory, read_mode_1_compares_colours_without_the_planes_nobody_cares_about)
{
    BENCH(b, &mode_12);
    planes_set(b, 0, 0xf0, 0xcc, 0xaa, 0x00);
    index_set(&b->vga, P_GC, GC_MODE, 8);
    index_set(&b->vga, P_GC, GC_COMPARE, 0x3);
    index_set(&b->vga, P_GC, GC_DONT_CARE, 0x3);
    cr_expect_eq(vga_memory_read(&b->vga, 0), 0xc0, "planes 0 and 1 are both set");
    index_set(&b->vga, P_GC, GC_DONT_CARE, 0x0);
    cr_expect_eq(vga_memory_read(&b->vga, 0), 0xff);
}

Test(vga_memory, chain_4_puts_address_bits_0_and_1_in_place_of_the_plane)
{
    BENCH(b, &mode_13);
    for (u8 i = 0; i < 4; i++) vga_memory_write(&b->vga, 0x40u + i, (u8)(0xd0 + i));
    PLANES(b, 0x40, 0xd0, 0xd1, 0xd2, 0xd3);
    cr_expect_eq(vga_memory_read(&b->vga, 0x42), 0xd2);
}

Test(vga_memory, odd_even_addressing_sends_characters_to_plane_0_and_attributes_to_plane_1)
{
    BENCH(b, &mode_3);
    vga_memory_write(&b->vga, COLOUR_TEXT + 0, 'A');
    vga_memory_write(&b->vga, COLOUR_TEXT + 1, 0x1f);
    cr_expect_eq(plane(b, 0, 0), 'A');
    cr_expect_eq(plane(b, 1, 0), 0x1f);
    cr_expect_eq(vga_memory_read(&b->vga, COLOUR_TEXT + 1), 0x1f);
}

Test(vga_memory, the_memory_map_select_decodes_one_window)
{
    static const struct { u8 select; u32 in, out; } cases[] = { { 1, 0, 0x10000 }, { 2, 0x10000, 0x18000 }, { 3, 0x18000, 0x10000 }, { 0, 0x1fffe, 0x1ffff } };

    for (unsigned i = 0; i < 3; i++) {
        BENCH(b, &mode_12);
        index_set(&b->vga, P_GC, GC_MISC, (u8)(cases[i].select << 2 | 1));
        vga_memory_write(&b->vga, cases[i].in, 0x5a);
        cr_expect_eq(vga_memory_read(&b->vga, cases[i].in), 0x5a, "window %u", cases[i].select);
        cr_expect_eq(vga_memory_read(&b->vga, cases[i].out), 0xff, "window %u", cases[i].select);
    }
}

Test(vga_memory, without_ram_enable_the_window_is_empty)
{
    BENCH(b, &mode_12);
    vga_memory_write(&b->vga, 0, 0x77);
    vga_port_write(&b->vga, P_MISC, 0xe1);
    cr_expect_eq(vga_memory_read(&b->vga, 0), 0xff);
    vga_memory_write(&b->vga, 0, 0x11);
    vga_port_write(&b->vga, P_MISC, 0xe3);
    cr_expect_eq(vga_memory_read(&b->vga, 0), 0x77);
}

Test(vga_memory, wide_accesses_are_their_bytes_low_first)
{
    const struct vga_mode *modes[] = { &mode_3, &mode_12, &mode_13, &mode_x };

    for (unsigned i = 0; i < 4; i++) {
        for (unsigned size = 2; size <= 8; size *= 2) {
            BENCH(wide, modes[i]);
            BENCH(narrow, modes[i]);
            u32 at = i ? 0x1230 : COLOUR_TEXT + 0x108;
            vga_memory_write_wide(&wide->vga, at, size, 0x8877665544332211);
            for (unsigned k = 0; k < size; k++) vga_memory_write(&narrow->vga, at + k, (u8)(0x11 * (k + 1)));
            cr_expect_eq(memcmp(wide->memory, narrow->memory, sizeof wide->memory), 0, "mode %s, %u bytes", modes[i]->name, size);
            cr_expect_eq(vga_memory_read_wide(&wide->vga, at, 2), (u64)vga_memory_read(&narrow->vga, at) | (u64)vga_memory_read(&narrow->vga, at + 1) << 8, "mode %s", modes[i]->name);
        }
    }
}
