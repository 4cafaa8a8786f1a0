#include "tests/vector/vector_test.h"

/* PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM against the host's: result and all six flags, all
 * immediates. */

struct outcome {
    u32 index;
    u32 flags;
    u64 mask[2];
};

enum { CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, OF = 2048 };

/* Both instructions of a form: "pcmpestr", or "pcmpistr", which does not look at the lengths. */
#define RUN(instruction, n, outcome, result) \
    asm volatile(instruction " %[i], %[b], %[a]\n\tlahf" \
                 : result, "=a"(eax), "=@cco"(overflow) \
                 : [a] "x"(a), [b] "x"(b), "a"(a_length), "d"(b_length), [i] "i"(n)); \
    outcome->flags = (eax >> 8 & (CF | PF | AF | ZF | SF)) | (overflow ? OF : 0);
#define HOST(name) \
    __attribute__((target("sse4.2"), noinline)) \
    static void name(struct outcome *index, struct outcome *mask, __m128i a, s32 a_length, \
                     __m128i b, s32 b_length, unsigned imm) \
    { \
        __m128i xmm0 = _mm_setzero_si128(); \
        bool overflow; \
        u32 eax; \
        switch (imm) { FOR_ALL_IMMEDIATES(CASE) } \
        store(mask->mask, xmm0); \
    }
#define CASE_OF(form, n) \
    case n: \
        RUN(form "i", n, index, "=c"(index->index)) \
        RUN(form "m", n, mask, "=Yz"(xmm0)) \
        break;
#define CASE(n) CASE_OF("pcmpestr", n)
HOST(host_explicit)
#undef CASE
#define CASE(n) CASE_OF("pcmpistr", n)
HOST(host_implicit)
#undef CASE

/* What the instructions make of IntRes2: SDM vol. 1, "Imm8[6]: Output Selection". */
static struct outcome our_index(u16 result, u32 flags, u8 imm)
{
    u32 none = imm & 1 ? 8 : 16;
    struct outcome outcome = { .index = none, .flags = flags };

    if (result != 0 && imm & 0x40) outcome.index = 31 - (u32)__builtin_clz(result);
    else if (result != 0) outcome.index = (u32)__builtin_ctz(result);
    return outcome;
}

static struct outcome our_mask(u16 result, u32 flags, u8 imm)
{
    struct outcome outcome = { .flags = flags };
    unsigned width = imm & 1 ? 16 : 8;

    if (!(imm & 0x40)) outcome.mask[0] = result;
    else for (unsigned n = 0; n < 128; n++)
        outcome.mask[n / 64] |= (u64)(result >> n / width & 1) << n % 64;
    return outcome;
}

/* Texts of few different characters, so that they meet, with ends anywhere. */
static void random_text(union vector *v, u8 imm)
{
    unsigned kind = random_below(6);
    unsigned count = imm & 1 ? 8 : 16;

    memset(v, 0, sizeof *v);
    for (unsigned n = 0; n < count; n++) {
        u16 c = (u16)random64();

        if (kind < 3) c = (u16)("abc\0"[random_below(kind == 0 ? 4 : 2 + (kind & 1))]);
        else if (kind == 3) c = (u16)(0x7f7e + random_below(5) * 0x0101);
        else if (kind == 4) c = (u16)(random_below(20) ? 'a' : 0);
        if (imm & 1) v->w[n] = c;
        else v->b[n] = (u8)c;
    }
}

static s32 random_length(void)
{
    static const s32 edges[] = {
        0, 1, -1, 7, 8, 9, -8, 15, 16, 17, -16, -17, 0x7fffffff, -0x7fffffff, -0x7fffffff - 1,
    };

    return random_below(2) ? edges[random_below(ARRAY_COUNT(edges))] : (s32)random_below(41) - 20;
}

static unsigned saturated(s32 length, u8 imm)
{
    u32 magnitude = length < 0 ? -(u32)length : (u32)length;
    unsigned most = imm & 1 ? 8 : 16;

    return magnitude < most ? magnitude : most;
}

static void test_immediate(u8 imm, bool explicit_lengths)
{
    union vector a, b;
    struct outcome index = { 0 }, mask = { 0 }, ours;
    s32 a_length = random_length(), b_length = random_length();
    unsigned a_valid = saturated(a_length, imm), b_valid = saturated(b_length, imm);
    u32 flags;
    u16 result;

    random_text(&a, imm);
    random_text(&b, imm);
    if (random_below(3) == 0) memcpy(b.b + 2 * random_below(4), a.b, 8);      /* a part of a in b */
    if (!explicit_lengths) {
        a_valid = vector_string_length(&a, imm);
        b_valid = vector_string_length(&b, imm);
    }
    result = vector_compare_strings(&a, a_valid, &b, b_valid, imm, &flags);
    (explicit_lengths ? host_explicit : host_implicit)(&index, &mask, load(a.b), a_length,
                                                       load(b.b), b_length, imm);
    ours = our_index(result, flags, imm);
    check(imm, &ours, &index, sizeof ours, &a, &b, 16);
    ours = our_mask(result, flags, imm);
    check(imm, &ours, &mask, sizeof ours, &a, &b, 16);
}

void test_text(unsigned count)
{
    for (unsigned explicit_lengths = 0; explicit_lengths < 2; explicit_lengths++) {
        begin(explicit_lengths ? "PCMPESTRI, PCMPESTRM" : "PCMPISTRI, PCMPISTRM");
        if (!host_has(HOST_SSE42)) skip(2 * count * IMMEDIATES);
        else for (unsigned n = 0; n < count * IMMEDIATES; n++)
            test_immediate((u8)n, explicit_lengths);
        end();
    }
}
