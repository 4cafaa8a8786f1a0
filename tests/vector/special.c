#include "tests/vector/vector_test.h"

/* MPSADBW, PHMINPOSUW, RCPSS, RSQRTSS. */

__attribute__((target("sse4.1"))) static __m128i host_mpsadbw(__m128i a, __m128i b, unsigned imm)
{
#define CASE(n) \
    case n: asm("mpsadbw %[i], %[b], %[a]" : [a] "+x"(a) : [b] "x"(b), [i] "i"(n)); break;
    switch (imm) { FOR_ALL_IMMEDIATES(CASE) }
#undef CASE
    return a;
}

static void test_mpsadbw(unsigned count)
{
    begin("MPSADBW");
    if (!host_has(HOST_SSE41)) skip(count * IMMEDIATES);
    else for (unsigned n = 0; n < count * IMMEDIATES; n++) {
        u8 a[16], b[16];
        u16 ours[8], host[8];

        random_bytes(a, sizeof a);
        random_bytes(b, sizeof b);
        vector_mpsadbw(ours, a, b, n & 7);
        store(host, host_mpsadbw(load(a), load(b), n % IMMEDIATES));
        check(n % IMMEDIATES, ours, host, sizeof ours, a, b, sizeof a);
    }
    end();
}

__attribute__((target("sse4.1"))) static void host_phminposuw(u16 out[8], const u16 in[8])
{
    store(out, _mm_minpos_epu16(load(in)));
}

static void test_phminposuw(unsigned count)
{
    begin("PHMINPOSUW");
    if (!host_has(HOST_SSE41)) skip(count);
    else for (unsigned n = 0; n < count; n++) {
        u16 in[8], ours[8], host[8];

        random_bytes(in, sizeof in);
        if (n & 1) in[random_below(8)] = in[random_below(8)];
        vector_phminposuw(ours, in);
        host_phminposuw(host, in);
        check(0, ours, host, sizeof ours, in, in, sizeof in);
    }
    end();
}

/* --- RCPSS, RSQRTSS: the host's table is another one, so numbers are held against the manual's
 * bound --- */

/* "|Relative Error| <= 1.5 * 2^-12" */
static bool accurate(u32 result, double exact)
{
    return fabs((double)f32_value(result) - exact) <= 1.5 / 4096 * fabs(exact);
}

static double inverse(u32 a) { return 1 / (double)f32_value(a); }
static double inverse_root(u32 a) { return 1 / sqrt((double)f32_value(a)); }

static __m128 scalar(u32 a) { return _mm_castsi128_ps(_mm_cvtsi32_si128((int)a)); }
static u32 host_rcp(u32 a) { return f32_bits(_mm_cvtss_f32(_mm_rcp_ss(scalar(a)))); }
static u32 host_rsqrt(u32 a) { return f32_bits(_mm_cvtss_f32(_mm_rsqrt_ss(scalar(a)))); }

static bool is_number(u32 a) { return a << 1 != 0 && (a & 0x7fffffff) < 0x7f800000; }

/* Two exponents of every significand, then every exponent with some. */
static void test_rcp(unsigned step)
{
    begin("RCPSS");
    for (u32 a = 0x3f800000; a < 0x40800000; a += step) {
        u32 ours = vector_rcp(a);

        check_true(accurate(ours, inverse(a)) && (ours & 0xfff) == 0, a, ours);
    }
    for (u32 a = 0x00800000; a <= 0x7e7ff000; a += 0x00021357) {      /* 1 / a is a normal number */
        u32 ours = vector_rcp(a | 0x80000000);

        check_true(accurate(ours, -inverse(a)), a, ours);
    }
    end();
}

static void test_rsqrt(unsigned step)
{
    begin("RSQRTSS");
    for (u32 a = 0x3f800000; a < 0x40800000; a += step) {
        u32 ours = vector_rsqrt(a);

        check_true(accurate(ours, inverse_root(a)) && (ours & 0xfff) == 0, a, ours);
    }
    for (u32 a = 0x00800000; a < 0x7f800000; a += 0x00021357) {
        u32 ours = vector_rsqrt(a);

        check_true(accurate(ours, inverse_root(a)), a, ours);
    }
    end();
}

/* What is not a number between two bounds is the same everywhere: zeros, denormals, infinities,
 * NaNs, powers of 4, tiny reciprocals ("guaranteed": up to 1.11111111110100000000000B * 2^125 not
 * tiny, from 1.00000000000110000000001B * 2^126 on zero). */
static void test_special_values(void)
{
    static const u32 values[] = {
        0, 1, 0x00400000, 0x007fffff, 0x7e7fd000, 0x7e800c01, 0x7e900000, 0x7f000000, 0x7f7fffff, 0x7f800000,
        0x7f800001, 0x7fbfffff, 0x7fc00000, 0x7fc12345, 0x7fffffff,
    };

    begin("RCPSS, RSQRTSS of special values");
    for (unsigned n = 0; n < 2 * ARRAY_COUNT(values); n++) {
        u32 a = values[n / 2] | (n & 1) << 31;
        u32 ours = vector_rcp(a), host = host_rcp(a);

        if (is_number(ours)) check_true(accurate(ours, inverse(a)), a, ours);
        else check(0, &ours, &host, sizeof ours, &a, &a, sizeof a);
        ours = vector_rsqrt(a);
        host = host_rsqrt(a);
        if (is_number(ours)) check_true(accurate(ours, inverse_root(a)), a, ours);
        else check(1, &ours, &host, sizeof ours, &a, &a, sizeof a);
    }
    check_true(vector_rcp(0x3f800000) == 0x3f800000, 0x3f800000, vector_rcp(0x3f800000));
    check_true(vector_rcp(0x40000000) == 0x3f000000, 0x40000000, vector_rcp(0x40000000));
    check_true(vector_rsqrt(0x40800000) == 0x3f000000, 0x40800000, vector_rsqrt(0x40800000));
    check_true(vector_rcp(0x7e800000) == 0x00800000, 0x7e800000, vector_rcp(0x7e800000));
    end();
}

void test_special(unsigned count)
{
    unsigned step = count >= 32768 ? 1 : 32768 / (count + 1) | 1;       /* or all significands */

    test_mpsadbw(count);
    test_phminposuw(count * IMMEDIATES);
    test_rcp(step);
    test_rsqrt(step);
    test_special_values();
}
