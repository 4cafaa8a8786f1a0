#include "cpu/base/frame_sums.h"

#include "cpu/base/bits.h"

enum { AT_ONCE = 8 };

/* What a byte does to the register, k bytes later, for k = 0 to 7.  The register is linear: a byte's entry is the exclusive or of those of its bits,
 * which are the arguments, bit 0 first: 1 << bit, shifted 8 (k + 1) times through the polynomial EDB88320h. */
#define TWO(e, a) e, (e) ^ (a)
#define FOUR(e, a, b) TWO(e, a), TWO((e) ^ (b), a)
#define EIGHT(e, a, b, c) FOUR(e, a, b), FOUR((e) ^ (c), a, b)
#define SIXTEEN(e, a, b, c, d) EIGHT(e, a, b, c), EIGHT((e) ^ (d), a, b, c)
#define FEW(e, a, b, c, d, f, g) SIXTEEN(e, a, b, c, d), SIXTEEN((e) ^ (f), a, b, c, d), SIXTEEN((e) ^ (g), a, b, c, d), SIXTEEN((e) ^ (f) ^ (g), a, b, c, d)
#define BYTE(a, b, c, d, f, g, h, i) { FEW(0, a, b, c, d, f, g), FEW(h, a, b, c, d, f, g), FEW(i, a, b, c, d, f, g), FEW((h) ^ (i), a, b, c, d, f, g) }
static const u32 later[AT_ONCE][256] = {
    BYTE(0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832, 0x1db71064, 0x3b6e20c8, 0x76dc4190, 0xedb88320),
    BYTE(0x191b3141, 0x32366282, 0x646cc504, 0xc8d98a08, 0x4ac21251, 0x958424a2, 0xf0794f05, 0x3b83984b),
    BYTE(0x01c26a37, 0x0384d46e, 0x0709a8dc, 0x0e1351b8, 0x1c26a370, 0x384d46e0, 0x709a8dc0, 0xe1351b80),
    BYTE(0xb8bc6765, 0xaa09c88b, 0x8f629757, 0xc5b428ef, 0x5019579f, 0xa032af3e, 0x9b14583d, 0xed59b63b),
    BYTE(0x3d6029b0, 0x7ac05360, 0xf580a6c0, 0x30704bc1, 0x60e09782, 0xc1c12f04, 0x58f35849, 0xb1e6b092),
    BYTE(0xcb5cd3a5, 0x4dc8a10b, 0x9b914216, 0xec53826d, 0x03d6029b, 0x07ac0536, 0x0f580a6c, 0x1eb014d8),
    BYTE(0xa6770bb4, 0x979f1129, 0xf44f2413, 0x33ef4e67, 0x67de9cce, 0xcfbd399c, 0x440b7579, 0x8816eaf2),
    BYTE(0xccaa009e, 0x4225077d, 0x844a0efa, 0xd3e51bb5, 0x7cbb312b, 0xf9766256, 0x299dc2ed, 0x533b85da),
};

u32 frame_fcs(const u8 *bytes, unsigned size)
{
    u32 crc = 0xffffffff;

    for (; size >= AT_ONCE; bytes += AT_ONCE, size -= AT_ONCE) {
        u32 first = crc ^ get32(bytes), second = get32(bytes + 4);
        crc = later[7][first & 0xff] ^ later[6][first >> 8 & 0xff] ^ later[5][first >> 16 & 0xff] ^ later[4][first >> 24] ^
              later[3][second & 0xff] ^ later[2][second >> 8 & 0xff] ^ later[1][second >> 16 & 0xff] ^ later[0][second >> 24];
    }
    for (; size; bytes++, size--) crc = crc >> 8 ^ later[0][(crc ^ *bytes) & 0xff];
    return ~crc;
}

static u16 fold(u64 sum)
{
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (u16)sum;
}

/* "Byte Order Independence", "Parallel Summation": doublewords as the host reads them, swapped at the end. */
u16 internet_sum(u32 sum, const u8 *bytes, unsigned size)
{
    u64 swapped = 0;

    for (; size >= 4; bytes += 4, size -= 4) swapped += get32(bytes);
    if (size >= 2) swapped += get16(bytes);
    if (size & 1) swapped += bytes[size - 1];
    u16 words = fold(swapped);
    return fold((u64)sum + (u16)(words >> 8 | words << 8));
}
