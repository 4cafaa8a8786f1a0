#ifndef ORRERY_VECTOR_ESTIMATE_H
#define ORRERY_VECTOR_ESTIMATE_H
/* 1/x and 1/sqrt(x) to a few digits, by integers alone: the base of RCPSS, RSQRTSS, PFRCP and
 * PFRSQRT.  Inside cpu/vector only.                                                   doc: vector
 *
 * An estimate is the true value in units of its last digit, with two bits more: bit 1 is the half,
 * bit 0 tells that something is left below it.  A value exactly half-way does not occur.  Rounded
 * to an integer it is 2^(digits - 1) to 2^digits, the upper bound included. */
#include "cpu/base/types.h"

static inline u32 estimate_nearest(u32 estimate) { return (estimate + 2) >> 2; }
static inline u32 estimate_upward(u32 estimate) { return (estimate + 3) >> 2; }

/* 2^(23 + digits) / m for m = 2^23 .. 2^24 - 1.  digits: at most 16. */
static inline u32 estimate_inverse(u32 m, unsigned digits)
{
    u64 dividend = 1ull << (24 + digits);

    return (u32)(dividend / m) << 1 | (dividend % m != 0);
}

/* 2^(12 + digits) / sqrt(m) for m = 2^24 .. 2^26 - 1.  digits: at most 16. */
static inline u32 estimate_inverse_root(u32 m, unsigned digits)
{
    u64 limit = 1ull << (26 + 2 * digits);             /* (2 * value)^2 * m */
    u64 twice = 0;

    for (u64 step = 1ull << (digits + 1); step != 0; step >>= 1)
        if ((twice + step) * (twice + step) * m <= limit) twice += step;
    return (u32)twice << 1 | (twice * twice * m != limit);
}

#endif
