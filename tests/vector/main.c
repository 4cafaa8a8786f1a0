#include "tests/vector/vector_test.h"

#include <cpuid.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* vector [N]: compares every function of cpu/vector with the host's instruction, N cases an
 * immediate.                                                                          doc: vector
 * The operands are the same in every run. */

enum { MESSAGES = 5 };                               /* failures shown of one instruction */

static struct {
    const char *name;
    u64 passed, failed, skipped;                     /* of the instruction */
    u64 all_passed, all_failed, all_skipped;
    u64 random;
} tests = { .random = 0x9e3779b97f4a7c15 };

u64 random64(void)                                   /* xorshift64* */
{
    tests.random ^= tests.random >> 12;
    tests.random ^= tests.random << 25;
    tests.random ^= tests.random >> 27;
    return tests.random * 0x2545f4914f6cdd1d;
}

unsigned random_below(unsigned limit)
{
    return (unsigned)((random64() >> 32) * limit >> 32);
}

void random_bytes(void *to, size_t size_bytes)
{
    u8 *bytes = to;
    unsigned kind = random_below(16);

    for (size_t n = 0; n < size_bytes; n++) {
        if (kind == 0) bytes[n] = 0;
        else if (kind == 1) bytes[n] = 0xff;
        else if (kind == 2) bytes[n] = (u8)(0x7f + random_below(3));
        else if (kind == 3) bytes[n] = (u8)(1u << random_below(8));
        else bytes[n] = (u8)random64();
    }
}

u32 random_f32(void)
{
    static const u32 edges[] = {
        0, 1, 0x007fffff, 0x00800000, 0x00800001, 0x3f800000, 0x3f7fffff, 0x3f800001, 0x4effffff, 0x4f000000,
        0x46fffe00, 0x47000000, 0x7effffff, 0x7f000000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x7fffffff,
    };
    u32 any = (u32)random64();

    switch (random_below(8)) {
    case 0: return edges[random_below(ARRAY_COUNT(edges))] | (any & 0x80000000);
    case 1: return (any & 0x807fffff) | (random_below(4) << 23);         /* denormal or nearly so */
    case 2: return (any & 0x807fffff) | ((251 + random_below(5)) << 23);   /* huge, infinite, NaN */
    case 3: return (any & 0xff800000) | (random_below(8) << 20);       /* few bits: exact results */
    case 4: case 5: case 6: return (any & 0x807fffff) | ((117 + random_below(20)) << 23);
    default: return any;
    }
}

u64 random_f64(void)
{
    static const u64 edges[] = {
        0, 1, 0x000fffffffffffff, 0x0010000000000000, 0x3ff0000000000000, 0x3fefffffffffffff, 0x7fefffffffffffff,
        0x7ff0000000000000, 0x7ff0000000000001, 0x7ff8000000000000, 0x7fffffffffffffff, 0x1ff0000000000000,
    };
    u64 any = random64(), rest = any & 0x800fffffffffffff;

    switch (random_below(8)) {
    case 0: return edges[random_below(ARRAY_COUNT(edges))] | (any & 1ull << 63);
    case 1: return rest | (u64)random_below(4) << 52;
    case 2: return rest | (u64)(2043 + random_below(5)) << 52;
    case 3: return (any & 0x800e000000000000) | (u64)(510 + random_below(1040)) << 52;
    case 4: return rest | (u64)(500 + random_below(30)) << 52;      /* products near the smallest */
    case 5: return rest | (u64)(1525 + random_below(20)) << 52;      /* products near the largest */
    default: return rest | (u64)(1013 + random_below(20)) << 52;
    }
}

bool host_has(unsigned what)
{
    unsigned a, b, c, d, has = 0;

    if (__get_cpuid(1, &a, &b, &c, &d)) {
        if (c & bit_AES) has |= HOST_AES;
        if (c & bit_PCLMUL) has |= HOST_PCLMUL;
        if (c & bit_SSE4_1) has |= HOST_SSE41;
        if (c & bit_SSE4_2) has |= HOST_SSE42;
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA)) has |= HOST_SHA;
    if (__get_cpuid(0x80000001, &a, &b, &c, &d) && (c & bit_SSE4a)) has |= HOST_SSE4A;
    return has & what;
}

static void print_bytes(const char *label, const void *from, size_t size_bytes)
{
    const u8 *bytes = from;

    printf("    %-9s", label);
    while (size_bytes > 0) printf("%02x", bytes[--size_bytes]);       /* as a register is printed */
    printf("\n");
}

void begin(const char *name)
{
    tests.name = name;
    tests.passed = tests.failed = tests.skipped = 0;
}

void check(unsigned imm, const void *ours, const void *expected, size_t size_bytes,
           const void *a, const void *b, size_t operand_bytes)
{
    if (memcmp(ours, expected, size_bytes) == 0) {
        tests.passed++;
        return;
    }
    if (tests.failed++ >= MESSAGES) return;
    printf("%s: imm %02Xh\n", tests.name, imm);
    print_bytes("a", a, operand_bytes);
    print_bytes("b", b, operand_bytes);
    print_bytes("ours", ours, size_bytes);
    print_bytes("expected", expected, size_bytes);
}

void check_true(bool holds, u64 operand, u64 got)
{
    if (holds) {
        tests.passed++;
        return;
    }
    if (tests.failed++ < MESSAGES)
        printf("%s: of %" PRIX64 "h: %" PRIX64 "h\n", tests.name, operand, got);
}

void skip(u64 cases)
{
    tests.skipped += cases;
}

void end(void)
{
    if (tests.skipped)
        printf("%s: the host does not have it, %" PRIu64 " skipped\n", tests.name, tests.skipped);
    if (tests.failed)
        printf("%s: %" PRIu64 " passed, %" PRIu64 " failed\n", tests.name, tests.passed,
               tests.failed);
    tests.all_passed += tests.passed;
    tests.all_failed += tests.failed;
    tests.all_skipped += tests.skipped;
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 200;

    test_crypto(count);
    test_text(count);
    test_special(count);
    test_dot_products(count);
    test_3dnow(count);
    test_sse4a(count);
    if (tests.all_skipped) printf("%" PRIu64 " skipped\n", tests.all_skipped);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", tests.all_passed, tests.all_failed);
    return tests.all_failed != 0;
}
