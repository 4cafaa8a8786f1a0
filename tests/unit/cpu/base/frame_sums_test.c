/* cpu/base/frame_sums.c */
#include <criterion/criterion.h>

#include "cpu/base/frame_sums.h"

enum { MOST = 70 };

/* As the shift register has it, a bit at a time. */
static u32 fcs_by_bits(const u8 *bytes, unsigned size)
{
    u32 crc = 0xffffffff;

    for (unsigned i = 0; i < size; i++)
        for (unsigned k = 0; k < 8; k++) crc = crc >> 1 ^ ((crc ^ bytes[i] >> k) & 1 ? 0xedb88320 : 0);
    return ~crc;
}

static u16 sum_by_words(u32 sum, const u8 *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i++) sum += i & 1 ? bytes[i] : (u32)bytes[i] << 8;
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (u16)sum;
}

Test(frame_sums, the_check_sequence_is_that_of_the_standards_register)           /* IEEE 802.3, "Frame Check Sequence" */
{
    u8 bytes[256 + MOST];

    cr_expect_eq(frame_fcs((const u8 *)"123456789", 9), 0xcbf43926);
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)i;
    for (unsigned from = 0; from < 256; from++)
        for (unsigned size = 0; size < MOST; size++) cr_assert_eq(frame_fcs(bytes + from, size), fcs_by_bits(bytes + from, size), "%u bytes from %u", size, from);
}

Test(frame_sums, the_sum_is_that_of_the_words)                                   /* RFC 1071, "Numerical Examples" */
{
    static const u8 example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    u8 bytes[256 + MOST];

    cr_expect_eq(internet_sum(0, example, sizeof example), 0xddf2);
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)(i < 100 ? 0xff : i * 151);
    for (unsigned from = 0; from < 256; from++)
        for (unsigned size = 0; size < MOST; size++) {
            u32 before = from * 0x3001u;
            cr_assert_eq(internet_sum(before, bytes + from, size), sum_by_words(before, bytes + from, size), "%u bytes from %u", size, from);
        }
}
