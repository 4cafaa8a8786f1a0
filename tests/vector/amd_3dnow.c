#include "tests/vector/vector_test.h"

/* 3DNow! against a model in binary128: results exact, or nearly so, then rounded once.  No
 * processor of today has it. */

typedef __float128 exact;
typedef u32 model(u32 a, u32 b);

/* An operand: a denormal is a zero, an exponent of all ones is 2^128. */
static exact value_of(u32 v)
{
    exact value = (v & 0x7fffff) / 8388608.0 + 1.0;
    int exponent = (int)(v >> 23 & 0xff);

    if (exponent == 0) return v >> 31 ? -0.0 : 0.0;
    for (; exponent > 127; exponent--) value *= 2;
    for (; exponent < 127; exponent++) value /= 2;
    return v >> 31 ? -value : value;
}

/* zero_sign: of a result that is exactly zero. */
static u32 result_of(exact v, bool zero_sign)
{
    float rounded = (float)v;
    u32 sign = v < 0 || (v == 0 && zero_sign) ? 0x80000000 : 0;

    if (v < (exact)0x1p-126 && v > (exact)-0x1p-126) return sign;
    return isinf(rounded) ? sign | 0x7f7fffff : f32_bits(rounded);
}

static u32 model_add(u32 a, u32 b)
{
    bool both_zero = value_of(a) == 0 && value_of(b) == 0;

    return result_of(value_of(a) + value_of(b), both_zero ? a >> 31 && b >> 31 : a >> 31);
}

static u32 model_sub(u32 a, u32 b) { return model_add(a, b ^ 0x80000000); }
static u32 model_subr(u32 a, u32 b) { return model_sub(b, a); }
static u32 model_mul(u32 a, u32 b) { return result_of(value_of(a) * value_of(b), (a ^ b) >> 31); }
static u32 model_ge(u32 a, u32 b) { return value_of(a) >= value_of(b) ? ~0u : 0; }
static u32 model_gt(u32 a, u32 b) { return value_of(a) > value_of(b) ? ~0u : 0; }
static u32 model_eq(u32 a, u32 b) { return value_of(a) == value_of(b) ? ~0u : 0; }

/* a - b, rounded to odd where binary128 has not room for it: the rounding to f32 that follows does
 * not see the difference. */
static exact difference(exact a, exact b)
{
    exact d = a - b, part = d - a;
    exact rest = (a - (d - part)) - (b + part);
    u128 bits;

    if (rest == 0) return d;
    memcpy(&bits, &d, sizeof bits);
    if ((rest < 0) != (d < 0)) bits--;                                  /* truncated */
    bits |= 1;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static u32 model_rcpit1(u32 a, u32 b)
{
    return result_of(difference(2, value_of(a) * value_of(b)), false);
}

static u32 model_rsqit1(u32 a, u32 b)
{
    exact square = value_of(a & 0x7fffffff) * value_of(b & 0x7fffffff);

    return result_of(difference(3, square) / 2, false);
}

/* A zero that is the result is +0. */
static u32 model_max(u32 a, u32 b)
{
    u32 greater = value_of(a) > value_of(b) ? a : b;

    return value_of(greater) == 0 ? 0 : greater;
}

static u32 model_min(u32 a, u32 b)
{
    u32 less = value_of(a) < value_of(b) ? a : b;

    return value_of(less) == 0 ? 0 : less;
}

static u32 to_integer(u32 b, s32 least, s32 most)
{
    exact v = value_of(b);

    if (v >= most) return (u32)most;
    if (v <= least) return (u32)least;
    return (u32)(s32)v;
}

static u32 model_f2id(u32 a, u32 b) { (void)a; return to_integer(b, -0x7fffffff - 1, 0x7fffffff); }
static u32 model_f2iw(u32 a, u32 b) { (void)a; return to_integer(b, -0x8000, 0x7fff); }
static u32 model_i2fw(u32 a, u32 b) { (void)a; return f32_bits((s16)b); }

static u32 model_i2fd(u32 a, u32 b)
{
    double magnitude = fabs((double)(s32)b);
    float rounded = (float)magnitude;

    (void)a;
    if (rounded > magnitude) rounded = nextafterf(rounded, 0);
    return f32_bits((s32)b < 0 ? -rounded : rounded);
}

static u32 model_avgusb(u32 a, u32 b)
{
    __m128i va = _mm_cvtsi32_si128((int)a), vb = _mm_cvtsi32_si128((int)b);

    return (u32)_mm_cvtsi128_si32(_mm_avg_epu8(va, vb));
}

static u32 model_mulhrw(u32 a, u32 b)
{
    __m128i va = _mm_cvtsi32_si128((int)a), vb = _mm_cvtsi32_si128((int)b);
    __m128i round = _mm_srli_epi16(_mm_mullo_epi16(va, vb), 15);

    return (u32)_mm_cvtsi128_si32(_mm_add_epi16(_mm_mulhi_epi16(va, vb), round));
}

/* --- element by element --- */

static const struct row { const char *name; u8 opcode; model *model; } rows[] = {
    { "PI2FW",    0x0c, model_i2fw },   { "PI2FD",    0x0d, model_i2fd },   { "PF2IW",   0x1c, model_f2iw },
    { "PF2ID",    0x1d, model_f2id },   { "PFCMPGE",  0x90, model_ge },     { "PFMIN",   0x94, model_min },
    { "PFSUB",    0x9a, model_sub },    { "PFADD",    0x9e, model_add },    { "PFCMPGT", 0xa0, model_gt },
    { "PFMAX",    0xa4, model_max },    { "PFRCPIT1", 0xa6, model_rcpit1 }, { "PFRSQIT1", 0xa7, model_rsqit1 },
    { "PFSUBR",   0xaa, model_subr },   { "PFCMPEQ",  0xb0, model_eq },     { "PFMUL",   0xb4, model_mul },
    { "PFRCPIT2", 0xb6, model_mul },    { "PMULHRW",  0xb7, model_mulhrw }, { "PAVGUSB", 0xbf, model_avgusb },
};

/* Related operands too: equal, of opposite sign, neighbours. */
static void random_pairs(u32 a[2], u32 b[2])
{
    for (unsigned n = 0; n < 2; n++) {
        a[n] = random_f32();
        b[n] = random_f32();
        if (random_below(4) == 0) b[n] = (a[n] ^ random_below(2) << 31) + random_below(3) - 1;
        if (random_below(4) == 0) b[n] = (u32)random64();
    }
}

static void test_row(const struct row *row, unsigned count)
{
    begin(row->name);
    for (unsigned n = 0; n < count; n++) {
        u32 a[2], b[2], ours[2], expected[2];

        random_pairs(a, b);
        memcpy(ours, a, sizeof ours);
        for (unsigned i = 0; i < 2; i++) expected[i] = row->model(a[i], b[i]);
        check_true(vector_3dnow(row->opcode, ours, b), row->opcode, 0);
        check(row->opcode, ours, expected, sizeof ours, a, b, sizeof a);
    }
    end();
}

/* PFACC, PFNACC, PFPNACC, PSWAPD. */
static void test_across(unsigned count)
{
    begin("PFACC, PFNACC, PFPNACC, PSWAPD");
    for (unsigned n = 0; n < count; n++) {
        static const u8 opcodes[4] = { 0xae, 0x8a, 0x8e, 0xbb };
        u32 a[2], b[2], ours[2];

        random_pairs(a, b);
        const u32 expected[4][2] = {
            { model_add(a[0], a[1]), model_add(b[0], b[1]) },
            { model_sub(a[0], a[1]), model_sub(b[0], b[1]) },
            { model_sub(a[0], a[1]), model_add(b[0], b[1]) },
            { b[1], b[0] },
        };
        memcpy(ours, a, sizeof ours);
        vector_3dnow(opcodes[n & 3], ours, b);
        check(opcodes[n & 3], ours, expected[n & 3], sizeof ours, a, b, sizeof a);
    }
    end();
}

/* The other 232 suffixes are none and change nothing. */
static void test_opcodes(void)
{
    unsigned known = 0;

    begin("3DNow! suffixes");
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        u32 dst[2] = { 0x12345678, 0x9abcdef0 };
        const u32 src[2] = { 0x3f800000, 0x40000000 };

        if (vector_3dnow((u8)opcode, dst, src)) known++;
        else check_true(dst[0] == 0x12345678 && dst[1] == 0x9abcdef0, opcode, dst[0]);
    }
    check_true(known == 24, 24, known);
    end();
}

/* --- the estimates and what the iterations make of them --- */

static u32 one(u8 opcode, u32 a, u32 b)
{
    u32 dst[2] = { a, 0 }, src[2] = { b, 0 };

    vector_3dnow(opcode, dst, src);
    return dst[0];
}

static bool accurate(u32 result, double expected, double bound)
{
    return fabs(f32_value(result) - expected) <= bound * fabs(expected);
}

static bool within_one_ulp(u32 result, double expected)
{
    return result - f32_bits((float)expected) + 1 <= 2;
}

static void check_reciprocal(u32 b)
{
    double expected = 1 / (double)f32_value(b);
    u32 x0 = one(0x96, 0, b);
    u32 x2 = one(0xb6, one(0xa6, b, x0), x0);

    check_true(accurate(x0, expected, 0x1p-14), b, x0);
    check_true(within_one_ulp(x2, expected), b, x2);
}

/* |b| is below 2^126: above it PFMUL flushes the square. */
static void check_reciprocal_root(u32 b)
{
    double expected = (b >> 31 ? -1 : 1) / sqrt(fabs((double)f32_value(b)));
    u32 x0 = one(0x97, 0, b);
    u32 x3 = one(0xb6, one(0xa7, b, one(0xb4, x0, x0)), x0);

    check_true(accurate(x0, expected, 0x1p-15), b, x0);
    check_true(within_one_ulp(x3, expected), b, x3);
}

static void test_estimates(unsigned step)
{
    begin("PFRCP and iteration");
    for (u32 b = 0x3f800000; b < 0x40000000; b += step) check_reciprocal(b);
    for (u32 b = 0x00800000; b < 0x7e7ff000; b += 0x21357) check_reciprocal(b | (b & 1) << 31);
    for (u32 b = 0x00800000; b < 0x7e800000; b += 0x800000) {          /* powers of two are exact */
        u32 x0 = one(0x96, 0, b);
        check_true(x0 == 0x7f000000 - b && one(0xb6, one(0xa6, b, x0), x0) == x0, b, x0);
    }
    end();
    begin("PFRSQRT and iteration");
    for (u32 b = 0x3f800000; b < 0x40800000; b += step) check_reciprocal_root(b);
    for (u32 b = 0x00800000; b < 0x7e800000; b += 0x21357) check_reciprocal_root(b | (b & 1) << 31);
    end();
}

/* Both elements get the estimate of the low one; zeros give the largest number, 2^126 and more
 * zeros; the sequence keeps both. */
static void test_estimate_edges(void)
{
    static const struct { u8 opcode; u32 b, expected; } edges[] = {
        { 0x96, 0x00000000, 0x7f7fffff }, { 0x96, 0x80000000, 0xff7fffff }, { 0x96, 0x007fffff, 0x7f7fffff },
        { 0x96, 0x7e800000, 0x00000000 }, { 0x96, 0xff7fffff, 0x80000000 }, { 0x96, 0x7f800000, 0x00000000 },
        { 0x97, 0x00000000, 0x7f7fffff }, { 0x97, 0x80000001, 0xff7fffff }, { 0x97, 0x40800000, 0x3f000000 },
        { 0x97, 0xc0800000, 0xbf000000 },
    };

    begin("PFRCP, PFRSQRT of special values");
    for (unsigned n = 0; n < ARRAY_COUNT(edges); n++) {
        u32 b = edges[n].b, x0[2] = { 1, 2 };
        const u32 src[2] = { b, 0x40400000 };
        u32 step, refined;

        vector_3dnow(edges[n].opcode, x0, src);
        check_true(x0[0] == edges[n].expected && x0[1] == x0[0], b, x0[0]);
        if (edges[n].opcode == 0x96) step = one(0xa6, b, x0[0]);
        else step = one(0xa7, b, one(0xb4, x0[0], x0[0]));
        refined = one(0xb6, step, x0[0]);
        check_true(refined == edges[n].expected, b, refined);
    }
    end();
}

void test_3dnow(unsigned count)
{
    unsigned step = count >= 32768 ? 1 : 32768 / (count + 1) | 1;

    for (unsigned n = 0; n < ARRAY_COUNT(rows); n++) test_row(&rows[n], count * 64);
    test_across(count * 64);
    test_opcodes();
    test_estimates(step);
    test_estimate_edges();
}
