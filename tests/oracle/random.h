#ifndef ORRERY_TESTS_ORACLE_RANDOM_H
#define ORRERY_TESTS_ORACLE_RANDOM_H
/* Random numbers for the generators: xorshift64*, and values where something happens.      doc: oracle */
#include "cpu/base/types.h"

static inline u64 next_random(u64 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1dull >> 16;         /* 48 bits */
}

static inline u32 pick(u64 *random, u32 n) { return (u32)(next_random(random) % n); }

static inline u64 random64(u64 *random) { return next_random(random) << 32 ^ next_random(random); }

/* Half of all values lie where carries, signs and widths change. */
static inline u32 edge_value(u64 *random)
{
    static const u32 edge[] = { 0, 1, 2, 0x7f, 0x80, 0x81, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
                                0x80000000, 0x80000001, 0xfffffffe, 0xffffffff };
    if (pick(random, 2)) return (u32)next_random(random);
    return edge[pick(random, sizeof edge / sizeof edge[0])] + (pick(random, 4) == 0 ? pick(random, 16) - 8 : 0);
}

static inline u64 edge_value64(u64 *random)
{
    static const u64 edge[] = { 0x7fffffffffff, 0x800000000000, 0xffff800000000000, 0xffff7fffffffffff,
                                0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x100000000,
                                0xffffffff80000000, 0xffffffff7fffffff };
    switch (pick(random, 4)) {
    case 0: return random64(random);
    case 1: return edge[pick(random, ARRAY_COUNT(edge))] + pick(random, 16) - 8;
    case 2: return (u64)(s64)(s32)edge_value(random);
    default: return edge_value(random);
    }
}

#endif
