/* Mode 1 sectors.  Source: ECMA-130, "Sector structure", annex A (P and Q parity), annex on EDC. */
#include "devices/storage/cd_sector.h"

#include <string.h>

#include "cpu/base/bits.h"

enum { FRAMES = 75, LEAD_IN = 150, EDC_AT = 2064, ZEROS_AT = 2068, P_AT = 2076, Q_AT = 2248, CODED_AT = 12 };

struct cd_msf cd_msf_of(u32 lba)
{
    u64 frames = (u64)lba + LEAD_IN;
    return (struct cd_msf){ .minute = (u8)(frames / FRAMES / 60), .second = (u8)(frames / FRAMES % 60), .frame = (u8)(frames % FRAMES) };
}

u32 cd_lba_of(struct cd_msf msf)
{
    u32 frames = ((u32)msf.minute * 60 + msf.second) * FRAMES + msf.frame;
    return frames < LEAD_IN ? 0 : frames - LEAD_IN;
}

static u8 bcd(u8 v) { return (u8)(v / 10 % 10 << 4 | v % 10); }

/* (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first. */
static u32 edc(const u8 *bytes, unsigned count)
{
    u32 crc = 0;

    for (unsigned i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (unsigned k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xd8018001 : crc >> 1;
    }
    return crc;
}

/* --- Reed-Solomon over GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1 --- */

static u8 times_alpha(u8 v) { return (u8)(v << 1 ^ (v & 0x80 ? 0x1d : 0)); }

static u8 times(u8 a, u8 b)
{
    u8 product = 0;

    for (; b; b >>= 1) {
        if (b & 1) product ^= a;
        a = times_alpha(a);
    }
    return product;
}

/* Two parity symbols p, q after `count` data symbols: sum v = 0 and sum v a^(n-1-i) = 0, where n = count + 2.
 * symbol i is at bytes[(first + i * stride) mod modulus]. */
static void parity(const u8 *bytes, unsigned first, unsigned count, unsigned stride, unsigned modulus, u8 *p, u8 *q)
{
    enum { INVERSE_OF_ALPHA_PLUS_1 = 0xf4 };
    u8 sum = 0, weighted = 0;

    for (unsigned i = 0; i < count; i++) {
        u8 v = bytes[(first + i * stride) % modulus];
        sum ^= v;
        weighted = times_alpha(weighted) ^ v;
    }
    weighted = times_alpha(times_alpha(weighted));
    *p = times(sum ^ weighted, INVERSE_OF_ALPHA_PLUS_1);
    *q = sum ^ *p;
}

/* Words of two bytes; the low and the high bytes are coded apart.  P: 43 columns of 24.  Q: 26 diagonals of 43 over data and P. */
static void put_ecc(u8 *raw)
{
    enum { P_COLUMNS = 43, P_ROWS = 24, Q_DIAGONALS = 26, Q_LENGTH = 43, Q_WORDS = 1118 };
    u8 *coded = raw + CODED_AT;

    for (unsigned n = 0; n < 2 * P_COLUMNS; n++)
        parity(coded, n, P_ROWS, 2 * P_COLUMNS, 2 * Q_WORDS, &raw[P_AT + n], &raw[P_AT + 2 * P_COLUMNS + n]);
    for (unsigned n = 0; n < 2 * Q_DIAGONALS; n++)
        parity(coded, n / 2 * 2 * P_COLUMNS + n % 2, Q_LENGTH, 2 * (P_COLUMNS + 1), 2 * Q_WORDS, &raw[Q_AT + n],
               &raw[Q_AT + 2 * Q_DIAGONALS + n]);
}

void cd_sector_head(u8 *raw, u32 lba, unsigned mode)
{
    struct cd_msf msf = cd_msf_of(lba);

    memset(raw, 0xff, CD_SYNC_BYTES);
    raw[0] = raw[11] = 0;
    raw[12] = bcd(msf.minute), raw[13] = bcd(msf.second), raw[14] = bcd(msf.frame), raw[15] = (u8)mode;
}

void cd_sector_complete(u8 *raw, u32 lba)
{
    cd_sector_head(raw, lba, 1);
    put32(raw + EDC_AT, edc(raw, EDC_AT));
    memset(raw + ZEROS_AT, 0, P_AT - ZEROS_AT);
    put_ecc(raw);
}
