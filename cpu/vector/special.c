#include "cpu/vector/vector.h"

#include <string.h>

#include "cpu/base/bits.h"
#include "cpu/vector/estimate.h"

/* MPSADBW, PHMINPOSUW, DPPS, DPPD, RCPSS and RSQRTSS.                                 doc: vector
 * Source: SDM vol. 2 under each name. */

/* Eight sums of four absolute differences: a block of b that stays, one of a that slides.
 * imm3[1:0] and [2] are the first doublewords of the blocks. */
void vector_mpsadbw(u16 out[8], const u8 a[16], const u8 b[16], u8 imm3)
{
    const u8 *block = b + 4 * (imm3 & 3);
    const u8 *slide = a + 4 * (imm3 >> 2 & 1);
    u16 sums[8];

    for (unsigned n = 0; n < 8; n++) {
        sums[n] = 0;
        for (unsigned i = 0; i < 4; i++)
            sums[n] += slide[n + i] < block[i] ? block[i] - slide[n + i] : slide[n + i] - block[i];
    }
    memcpy(out, sums, sizeof sums);
}

/* The smallest word and the index of the first such. */
void vector_phminposuw(u16 out[8], const u16 in[8])
{
    unsigned index = 0;
    u16 smallest;

    for (unsigned n = 1; n < 8; n++)
        if (in[n] < in[index]) index = n;
    smallest = in[index];
    memset(out, 0, 16);
    out[0] = smallest;
    out[1] = (u16)index;
}

/* --- dot products.  "Exceptions are determined separately for each add and multiply operation":
 * the products are one packed operation, the sums of pairs the next.  As with every packed
 * operation an unmasked exception of one element before its computation keeps those after the
 * computation from being raised for any element.  An unmasked exception ends the instruction, out
 * untouched. --- */

/* Adds the flags of a packed operation, in step->raised, to env's.  False: an unmasked exception.
 * */
static bool packed_end(struct float_env *env, struct float_env *step)
{
    const u8 before = FLOAT_I | FLOAT_D | FLOAT_Z;
    u8 unmasked = step->raised & (u8)~env->masked;

    env->raised |= unmasked & before ? step->raised & before : step->raised;
    step->raised = 0;
    return unmasked == 0;
}

/* imm[7:4] choose the products that are added, imm[3:0] the elements that receive the sum; the
 * others become +0. */
void vector_dpps(struct float_env *env, u32 out[4], const u32 a[4], const u32 b[4], u8 imm)
{
    struct float_env step = *env;
    u32 product[4], low, high, sum;

    step.raised = 0;
    for (unsigned n = 0; n < 4; n++) product[n] = bit(imm, 4 + n) ? f32_mul(&step, a[n], b[n]) : 0;
    if (!packed_end(env, &step)) return;
    low = f32_add(&step, product[0], product[1]);
    high = f32_add(&step, product[2], product[3]);
    if (!packed_end(env, &step)) return;
    sum = f32_add(&step, low, high);
    if (!packed_end(env, &step)) return;
    for (unsigned n = 0; n < 4; n++) out[n] = bit(imm, n) ? sum : 0;
}

/* imm[5:4] and imm[1:0]. */
void vector_dppd(struct float_env *env, u64 out[2], const u64 a[2], const u64 b[2], u8 imm)
{
    struct float_env step = *env;
    u64 product[2], sum;

    step.raised = 0;
    for (unsigned n = 0; n < 2; n++) product[n] = bit(imm, 4 + n) ? f64_mul(&step, a[n], b[n]) : 0;
    if (!packed_end(env, &step)) return;
    sum = f64_add(&step, product[0], product[1]);
    if (!packed_end(env, &step)) return;
    for (unsigned n = 0; n < 2; n++) out[n] = bit(imm, n) ? sum : 0;
}

/* --- RCPSS, RSQRTSS: the nearest value of DIGITS significant bits, so the relative error is at
 * most 2^-12 --- */

enum { DIGITS = 12 };
static const u32 f32_sign = 0x80000000, f32_infinity = 0x7f800000, f32_quiet = 0x00400000;
static const u32 f32_indefinite = 0xffc00000;

/* 2^(exponent - 127) * q / 2^(DIGITS - 1); q may be 2^DIGITS and carries into the exponent.  Tiny
 * results are zeros. */
static u32 f32_of_estimate(u32 sign, int exponent, u32 q)
{
    int bits = exponent * (1 << 23) + (int)((q - (1 << (DIGITS - 1))) << (24 - DIGITS));

    return bits < 1 << 23 ? sign : sign | (u32)bits;
}

/* Table "RCPSS": zeros and denormals give infinities, infinities zeros.  x = m * 2^(e - 150), 1 / x
 * = q * 2^(115 - e). */
u32 vector_rcp(u32 a)
{
    u32 sign = a & f32_sign, magnitude = a & ~f32_sign;
    u32 m = (magnitude & 0x7fffff) | 0x800000;
    int e = (int)(magnitude >> 23);

    if (magnitude > f32_infinity) return a | f32_quiet;
    if (magnitude == f32_infinity) return sign;
    if (e == 0) return sign | f32_infinity;
    return f32_of_estimate(sign, 253 - e, estimate_nearest(estimate_inverse(m, DIGITS)));
}

/* A negative number gives the default NaN; zeros and denormals give infinities of their sign. x = m
 * * 4^h with m made 2^24 .. 2^26 - 1 and h = (e + 1) / 2 - 76, 1 / sqrt(x) = q * 2^(-24 - h). */
u32 vector_rsqrt(u32 a)
{
    u32 sign = a & f32_sign, magnitude = a & ~f32_sign;
    int e = (int)(magnitude >> 23);
    u32 m = ((magnitude & 0x7fffff) | 0x800000) << (e & 1 ? 1 : 2);

    if (magnitude > f32_infinity) return a | f32_quiet;
    if (e == 0) return sign | f32_infinity;
    if (sign) return f32_indefinite;
    if (magnitude == f32_infinity) return 0;
    return f32_of_estimate(0, 190 - (e + 1) / 2,
                           estimate_nearest(estimate_inverse_root(m, DIGITS)));
}

/* --- SSE4A: AMD APM vol. 4, "EXTRQ", "INSERTQ".  A field that would pass bit 63 is cut there: the manual leaves that undefined, Zen does so. --- */

static u64 field_mask(u8 length)
{
    return length & 63 ? (1ull << (length & 63)) - 1 : UINT64_MAX;
}

u64 vector_extract_field(u64 from, u8 length, u8 first)
{
    return from >> (first & 63) & field_mask(length);
}

u64 vector_insert_field(u64 into, u64 field, u8 length, u8 first)
{
    u64 mask = field_mask(length);
    return (into & ~(mask << (first & 63))) | (field & mask) << (first & 63);
}
