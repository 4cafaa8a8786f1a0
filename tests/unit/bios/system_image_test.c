/* The system BIOS's image: what programs find at fixed places.  IBM PC AT Technical Reference, "ROM BIOS". */
#include <criterion/criterion.h>
#include <string.h>

#include "bios/images.h"

static u16 word_at(u16 offset) { return (u16)(bios_system_image[offset] | bios_system_image[offset + 1] << 8); }

Test(system_image, fills_segment_f000_and_sums_to_zero)
{
    u8 sum = 0;

    cr_assert_eq(bios_system_image_size, 65536);
    for (unsigned i = 0; i < bios_system_image_size; i++) sum = (u8)(sum + bios_system_image[i]);
    cr_expect_eq(sum, 0);
}

Test(system_image, ends_in_the_reset_jump_a_date_and_the_at_s_model_byte)
{
    static const u8 jump[] = { 0xea, 0x5b, 0xe0, 0x00, 0xf0 };

    cr_expect_arr_eq(&bios_system_image[0xfff0], jump, sizeof jump);
    for (unsigned i = 0; i < 8; i++) {
        u8 c = bios_system_image[0xfff5 + i];
        if (i == 2 || i == 5) cr_expect_eq(c, '/');
        else cr_expect(c >= '0' && c <= '9');
    }
    cr_expect_eq(bios_system_image[0xfffe], 0xfc);
}

/* A jump into this segment's code, or what stands there by itself. */
Test(system_image, has_ibm_s_entries_at_ibm_s_offsets)
{
    static const u16 entries[] = { 0xe05b, 0xe3fe, 0xe6f2, 0xe739, 0xe82e, 0xe987, 0xec59, 0xef57, 0xefd2, 0xf841, 0xf84d, 0xf859,
                                   0xfe6e, 0xfea5, 0xff54 };
    static const u16 returns[] = { 0xe2c3, 0xf065, 0xff53 };

    for (unsigned i = 0; i < ARRAY_COUNT(entries); i++) {
        u8 code = bios_system_image[entries[i]];
        cr_expect(code == 0xe9 || code == 0xeb || code == 0xea, "%04x: %02x is no jump", entries[i], code);
    }
    for (unsigned i = 0; i < ARRAY_COUNT(returns); i++) cr_expect_eq(bios_system_image[returns[i]], 0xcf, "%04x is no IRET", returns[i]);
}

Test(system_image, has_the_fixed_disk_types_from_e401)
{
    cr_expect_eq(word_at(0xe401), 306);              /* type 1: 306 cylinders, 4 heads, 17 sectors */
    cr_expect_eq(bios_system_image[0xe403], 4);
    cr_expect_eq(bios_system_image[0xe401 + 14], 17);
    cr_expect_eq(word_at(0xe401 + 8 * 16), 900);     /* type 9 has more than 8 heads: control byte bit 3 */
    cr_expect_eq(bios_system_image[0xe401 + 8 * 16 + 8], 8);
    cr_expect_eq(word_at(0xe401 + 46 * 16), 0);      /* type 47 is the CMOS's own */
}

Test(system_image, has_the_tables_of_int_15h_c0_int_14h_and_int_1eh)
{
    static const u8 configuration[] = { 8, 0, 0xfc };
    static const u16 divisors[] = { 1047, 768, 384, 192, 96, 48, 24, 12 };

    cr_expect_arr_eq(&bios_system_image[0xe6f5], configuration, sizeof configuration);
    for (unsigned i = 0; i < ARRAY_COUNT(divisors); i++) cr_expect_eq(word_at((u16)(0xe729 + 2 * i)), divisors[i]);
    cr_expect_eq(bios_system_image[0xefc7 + 3], 2);       /* 512 bytes a sector */
    cr_expect_eq(bios_system_image[0xefc7 + 4], 18);
    cr_expect_eq(bios_system_image[0xefc7 + 8], 0xf6);
}

Test(system_image, shows_the_vga_bios_s_8x8_font_at_fa6e)
{
    unsigned at = 0;

    while (at + 1024 <= bios_vga_image_size && memcmp(&bios_vga_image[at], &bios_system_image[0xfa6e], 1024)) at++;
    cr_expect_leq(at + 1024, bios_vga_image_size, "the VGA BIOS has no such font");
    cr_expect(bios_system_image[0xfa6e + 'A' * 8] | bios_system_image[0xfa6e + 'A' * 8 + 1]);
}

Test(system_image, lists_the_vectors_of_int_08h_to_1fh_from_fef3)
{
    cr_expect_eq(word_at(0xfef3), 0xfea5);
    cr_expect_eq(word_at(0xfef3 + 2 * (0x13 - 8)), 0xe3fe);
    cr_expect_eq(word_at(0xfef3 + 2 * (0x1a - 8)), 0xfe6e);
}

/* "Plug and Play BIOS Specification", "Installation Check": one structure on a 16-byte boundary, whose 33 bytes sum to zero. */
Test(system_image, has_a_plug_and_play_installation_check_structure)
{
    unsigned found = 0;

    for (unsigned at = 0; at + 33 <= bios_system_image_size; at += 16) {
        u8 sum = 0;
        if (memcmp(&bios_system_image[at], "$PnP", 4) || bios_system_image[at + 4] != 0x10) continue;        /* an operand in code */
        for (unsigned i = 0; i < 33; i++) sum = (u8)(sum + bios_system_image[at + i]);
        cr_expect(sum == 0 && bios_system_image[at + 5] == 33);
        cr_expect_eq(word_at((u16)(at + 15)), 0xf000, "its service is in this ROM");
        found++;
    }
    cr_expect_eq(found, 1);
}
