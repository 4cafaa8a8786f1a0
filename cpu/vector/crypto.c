#include "cpu/vector/vector.h"

#include <string.h>

/* AES, carry-less multiplication, SHA and CRC32, one 128-bit lane each.                doc: vector
 * Sources: SDM vol. 2 under each name, FIPS 197 (AES), FIPS 180-4 (SHA).  Operands may overlap:
 * every function reads them before it writes. */

/* --- AES.  Byte n of a lane is s[n mod 4, n div 4] of FIPS 197: a column is four bytes that follow
 * one another --- */

/* FIPS 197, "SubBytes()": S-box, row x, column y for the byte xy.  Inverse in GF(2^8), then the
 * affine transformation. */
static const u8 s_box[256] = {
    0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76,
    0xca, 0x82, 0xc9, 0x7d, 0xfa, 0x59, 0x47, 0xf0, 0xad, 0xd4, 0xa2, 0xaf, 0x9c, 0xa4, 0x72, 0xc0,
    0xb7, 0xfd, 0x93, 0x26, 0x36, 0x3f, 0xf7, 0xcc, 0x34, 0xa5, 0xe5, 0xf1, 0x71, 0xd8, 0x31, 0x15,
    0x04, 0xc7, 0x23, 0xc3, 0x18, 0x96, 0x05, 0x9a, 0x07, 0x12, 0x80, 0xe2, 0xeb, 0x27, 0xb2, 0x75,
    0x09, 0x83, 0x2c, 0x1a, 0x1b, 0x6e, 0x5a, 0xa0, 0x52, 0x3b, 0xd6, 0xb3, 0x29, 0xe3, 0x2f, 0x84,
    0x53, 0xd1, 0x00, 0xed, 0x20, 0xfc, 0xb1, 0x5b, 0x6a, 0xcb, 0xbe, 0x39, 0x4a, 0x4c, 0x58, 0xcf,
    0xd0, 0xef, 0xaa, 0xfb, 0x43, 0x4d, 0x33, 0x85, 0x45, 0xf9, 0x02, 0x7f, 0x50, 0x3c, 0x9f, 0xa8,
    0x51, 0xa3, 0x40, 0x8f, 0x92, 0x9d, 0x38, 0xf5, 0xbc, 0xb6, 0xda, 0x21, 0x10, 0xff, 0xf3, 0xd2,
    0xcd, 0x0c, 0x13, 0xec, 0x5f, 0x97, 0x44, 0x17, 0xc4, 0xa7, 0x7e, 0x3d, 0x64, 0x5d, 0x19, 0x73,
    0x60, 0x81, 0x4f, 0xdc, 0x22, 0x2a, 0x90, 0x88, 0x46, 0xee, 0xb8, 0x14, 0xde, 0x5e, 0x0b, 0xdb,
    0xe0, 0x32, 0x3a, 0x0a, 0x49, 0x06, 0x24, 0x5c, 0xc2, 0xd3, 0xac, 0x62, 0x91, 0x95, 0xe4, 0x79,
    0xe7, 0xc8, 0x37, 0x6d, 0x8d, 0xd5, 0x4e, 0xa9, 0x6c, 0x56, 0xf4, 0xea, 0x65, 0x7a, 0xae, 0x08,
    0xba, 0x78, 0x25, 0x2e, 0x1c, 0xa6, 0xb4, 0xc6, 0xe8, 0xdd, 0x74, 0x1f, 0x4b, 0xbd, 0x8b, 0x8a,
    0x70, 0x3e, 0xb5, 0x66, 0x48, 0x03, 0xf6, 0x0e, 0x61, 0x35, 0x57, 0xb9, 0x86, 0xc1, 0x1d, 0x9e,
    0xe1, 0xf8, 0x98, 0x11, 0x69, 0xd9, 0x8e, 0x94, 0x9b, 0x1e, 0x87, 0xe9, 0xce, 0x55, 0x28, 0xdf,
    0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16,
};

/* FIPS 197, "InvSubBytes()": inverse S-box. */
static const u8 inverse_s_box[256] = {
    0x52, 0x09, 0x6a, 0xd5, 0x30, 0x36, 0xa5, 0x38, 0xbf, 0x40, 0xa3, 0x9e, 0x81, 0xf3, 0xd7, 0xfb,
    0x7c, 0xe3, 0x39, 0x82, 0x9b, 0x2f, 0xff, 0x87, 0x34, 0x8e, 0x43, 0x44, 0xc4, 0xde, 0xe9, 0xcb,
    0x54, 0x7b, 0x94, 0x32, 0xa6, 0xc2, 0x23, 0x3d, 0xee, 0x4c, 0x95, 0x0b, 0x42, 0xfa, 0xc3, 0x4e,
    0x08, 0x2e, 0xa1, 0x66, 0x28, 0xd9, 0x24, 0xb2, 0x76, 0x5b, 0xa2, 0x49, 0x6d, 0x8b, 0xd1, 0x25,
    0x72, 0xf8, 0xf6, 0x64, 0x86, 0x68, 0x98, 0x16, 0xd4, 0xa4, 0x5c, 0xcc, 0x5d, 0x65, 0xb6, 0x92,
    0x6c, 0x70, 0x48, 0x50, 0xfd, 0xed, 0xb9, 0xda, 0x5e, 0x15, 0x46, 0x57, 0xa7, 0x8d, 0x9d, 0x84,
    0x90, 0xd8, 0xab, 0x00, 0x8c, 0xbc, 0xd3, 0x0a, 0xf7, 0xe4, 0x58, 0x05, 0xb8, 0xb3, 0x45, 0x06,
    0xd0, 0x2c, 0x1e, 0x8f, 0xca, 0x3f, 0x0f, 0x02, 0xc1, 0xaf, 0xbd, 0x03, 0x01, 0x13, 0x8a, 0x6b,
    0x3a, 0x91, 0x11, 0x41, 0x4f, 0x67, 0xdc, 0xea, 0x97, 0xf2, 0xcf, 0xce, 0xf0, 0xb4, 0xe6, 0x73,
    0x96, 0xac, 0x74, 0x22, 0xe7, 0xad, 0x35, 0x85, 0xe2, 0xf9, 0x37, 0xe8, 0x1c, 0x75, 0xdf, 0x6e,
    0x47, 0xf1, 0x1a, 0x71, 0x1d, 0x29, 0xc5, 0x89, 0x6f, 0xb7, 0x62, 0x0e, 0xaa, 0x18, 0xbe, 0x1b,
    0xfc, 0x56, 0x3e, 0x4b, 0xc6, 0xd2, 0x79, 0x20, 0x9a, 0xdb, 0xc0, 0xfe, 0x78, 0xcd, 0x5a, 0xf4,
    0x1f, 0xdd, 0xa8, 0x33, 0x88, 0x07, 0xc7, 0x31, 0xb1, 0x12, 0x10, 0x59, 0x27, 0x80, 0xec, 0x5f,
    0x60, 0x51, 0x7f, 0xa9, 0x19, 0xb5, 0x4a, 0x0d, 0x2d, 0xe5, 0x7a, 0x9f, 0x93, 0xc9, 0x9c, 0xef,
    0xa0, 0xe0, 0x3b, 0x4d, 0xae, 0x2a, 0xf5, 0xb0, 0xc8, 0xeb, 0xbb, 0x3c, 0x83, 0x53, 0x99, 0x61,
    0x17, 0x2b, 0x04, 0x7e, 0xba, 0x77, 0xd6, 0x26, 0xe1, 0x69, 0x14, 0x63, 0x55, 0x21, 0x0c, 0x7d,
};

static void substitute(u8 s[16], const u8 box[256])
{
    for (unsigned n = 0; n < 16; n++) s[n] = box[s[n]];
}

/* Row r moves `step` * r columns to the left: 1 is ShiftRows(), 3 its inverse (three left is one
 * right). */
static void shift_rows(u8 s[16], unsigned step)
{
    u8 old[16];

    memcpy(old, s, sizeof old);
    for (unsigned row = 0; row < 4; row++)
        for (unsigned column = 0; column < 4; column++)
            s[row + 4 * column] = old[row + 4 * ((column + step * row) & 3)];
}

/* Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1; b is at most 15. */
static u8 gf_multiply(u8 a, unsigned b)
{
    unsigned product = 0;

    for (unsigned power = a; b != 0; b >>= 1) {
        if (b & 1) product ^= power;
        power = power << 1 ^ (power & 0x80 ? 0x11b : 0);
    }
    return (u8)product;
}

/* Every column times the polynomial whose coefficients are the first row of the matrix. */
static void multiply_columns(u8 s[16], const u8 first_row[4])
{
    for (u8 *column = s; column < s + 16; column += 4) {
        u8 old[4];

        memcpy(old, column, sizeof old);
        for (unsigned row = 0; row < 4; row++) {
            column[row] = 0;
            for (unsigned n = 0; n < 4; n++)
                column[row] ^= gf_multiply(old[n], first_row[(n - row) & 3]);
        }
    }
}

static const u8 mix_columns[4] = { 2, 3, 1, 1 };                       /* MixColumns() */
static const u8 inverse_mix_columns[4] = { 14, 11, 13, 9 };            /* InvMixColumns() */

static void add_round_key(u8 state[16], const u8 s[16], const u8 key[16])
{
    for (unsigned n = 0; n < 16; n++) state[n] = s[n] ^ key[n];
}

void vector_aesenc(u8 state[16], const u8 key[16])
{
    u8 s[16];

    memcpy(s, state, sizeof s);
    shift_rows(s, 1);
    substitute(s, s_box);
    multiply_columns(s, mix_columns);
    add_round_key(state, s, key);
}

void vector_aesenclast(u8 state[16], const u8 key[16])
{
    u8 s[16];

    memcpy(s, state, sizeof s);
    shift_rows(s, 1);
    substitute(s, s_box);
    add_round_key(state, s, key);
}

/* The equivalent inverse cipher: the key has gone through AESIMC. */
void vector_aesdec(u8 state[16], const u8 key[16])
{
    u8 s[16];

    memcpy(s, state, sizeof s);
    shift_rows(s, 3);
    substitute(s, inverse_s_box);
    multiply_columns(s, inverse_mix_columns);
    add_round_key(state, s, key);
}

void vector_aesdeclast(u8 state[16], const u8 key[16])
{
    u8 s[16];

    memcpy(s, state, sizeof s);
    shift_rows(s, 3);
    substitute(s, inverse_s_box);
    add_round_key(state, s, key);
}

void vector_aesimc(u8 out[16], const u8 in[16])
{
    memmove(out, in, 16);
    multiply_columns(out, inverse_mix_columns);
}

/* X1 and X3 are the second and the last doubleword of `in`; RotWord of a doubleword moves its bytes
 * down by one. */
void vector_aeskeygenassist(u8 out[16], const u8 in[16], u8 rcon)
{
    u8 x[16];

    memcpy(x, in, sizeof x);
    substitute(x, s_box);
    for (unsigned n = 0; n < 4; n++) {
        out[n] = x[4 + n];
        out[4 + n] = x[4 + ((n + 1) & 3)];
        out[8 + n] = x[12 + n];
        out[12 + n] = x[12 + ((n + 1) & 3)];
    }
    out[4] ^= rcon;
    out[12] ^= rcon;
}

/* --- PCLMULQDQ: polynomials over GF(2), bit n is the coefficient of x^n --- */

void vector_pclmulqdq(u64 out[2], u64 a, u64 b)
{
    u128 product = 0;

    for (unsigned n = 0; n < 64; n++)
        if (b >> n & 1) product ^= (u128)a << n;
    out[0] = (u64)product;
    out[1] = (u64)(product >> 64);
}

/* --- SHA-1.  Bits 127:96 of an operand, doubleword 3, hold what comes first: A, W0 --- */

static u32 rotate_left(u32 v, unsigned count) { return v << count | v >> (32 - count); }
static u32 rotate_right(u32 v, unsigned count) { return v >> count | v << (32 - count); }

static u32 choose(u32 x, u32 y, u32 z) { return (x & y) ^ (~x & z); }               /* Ch */
static u32 parity(u32 x, u32 y, u32 z) { return x ^ y ^ z; }                        /* Parity */
static u32 majority(u32 x, u32 y, u32 z) { return (x & y) ^ (x & z) ^ (y & z); }    /* Maj */

/* Four rounds.  src holds W0 + E, W1, W2, W3; the low two bits of `function` choose f and K. */
void vector_sha1rnds4(u32 dst[4], const u32 src[4], u8 function)
{
    static const struct { u32 (*f)(u32, u32, u32); u32 k; } rounds[4] = {
        { choose, 0x5a827999 }, { parity, 0x6ed9eba1 },
        { majority, 0x8f1bbcdc }, { parity, 0xca62c1d6 },
    };
    u32 (*f)(u32, u32, u32) = rounds[function & 3].f;
    u32 w[4] = { src[3], src[2], src[1], src[0] };
    u32 a = dst[3], b = dst[2], c = dst[1], d = dst[0], e = 0;

    for (unsigned n = 0; n < 4; n++) {
        u32 next = f(b, c, d) + rotate_left(a, 5) + w[n] + e + rounds[function & 3].k;
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    dst[3] = a;
    dst[2] = b;
    dst[1] = c;
    dst[0] = d;
}

void vector_sha1nexte(u32 dst[4], const u32 src[4])
{
    u32 e = rotate_left(dst[3], 30);

    memmove(dst, src, 16);
    dst[3] += e;
}

void vector_sha1msg1(u32 dst[4], const u32 src[4])
{
    u32 w[6] = { dst[3], dst[2], dst[1], dst[0], src[3], src[2] };

    for (unsigned n = 0; n < 4; n++) dst[3 - n] = w[n + 2] ^ w[n];
}

void vector_sha1msg2(u32 dst[4], const u32 src[4])
{
    u32 w16 = rotate_left(dst[3] ^ src[2], 1);                     /* src: W13 in 95:64, W14, W15 */
    u32 w17 = rotate_left(dst[2] ^ src[1], 1);
    u32 w18 = rotate_left(dst[1] ^ src[0], 1);
    u32 w19 = rotate_left(dst[0] ^ w16, 1);

    dst[3] = w16;
    dst[2] = w17;
    dst[1] = w18;
    dst[0] = w19;
}

/* --- SHA-256.  FIPS 180-4, "SHA-224 and SHA-256 Functions" --- */

static u32 Sigma0(u32 x) { return rotate_right(x, 2) ^ rotate_right(x, 13) ^ rotate_right(x, 22); }
static u32 Sigma1(u32 x) { return rotate_right(x, 6) ^ rotate_right(x, 11) ^ rotate_right(x, 25); }
static u32 sigma0(u32 x) { return rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3; }
static u32 sigma1(u32 x) { return rotate_right(x, 17) ^ rotate_right(x, 19) ^ x >> 10; }

/* Two rounds.  dst holds C D G H, src A B E F, xmm0 the sums W + K in its low doublewords. */
void vector_sha256rnds2(u32 dst[4], const u32 src[4], const u32 xmm0[4])
{
    u32 wk[2] = { xmm0[0], xmm0[1] };
    u32 a = src[3], b = src[2], c = dst[3], d = dst[2];
    u32 e = src[1], f = src[0], g = dst[1], h = dst[0];

    for (unsigned n = 0; n < 2; n++) {
        u32 t1 = h + Sigma1(e) + choose(e, f, g) + wk[n];
        u32 t2 = Sigma0(a) + majority(a, b, c);
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    dst[3] = a;
    dst[2] = b;
    dst[1] = e;
    dst[0] = f;
}

void vector_sha256msg1(u32 dst[4], const u32 src[4])
{
    u32 w[5] = { dst[0], dst[1], dst[2], dst[3], src[0] };

    for (unsigned n = 0; n < 4; n++) dst[n] = w[n] + sigma0(w[n + 1]);
}

void vector_sha256msg2(u32 dst[4], const u32 src[4])
{
    u32 w14 = src[2], w15 = src[3];

    dst[0] += sigma1(w14);                                        /* W16 */
    dst[1] += sigma1(w15);
    dst[2] += sigma1(dst[0]);
    dst[3] += sigma1(dst[1]);
}

/* --- CRC32.  Neither complement: software does that --- */

u32 vector_crc32(u32 crc, u64 data, unsigned size_bytes)
{
    for (unsigned n = 0; n < size_bytes; n++) {
        crc ^= (u8)(data >> 8 * n);
        for (unsigned step = 0; step < 8; step++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);                /* 1EDC6F41h, reflected */
    }
    return crc;
}
