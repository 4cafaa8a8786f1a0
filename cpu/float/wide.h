#ifndef ORRERY_FLOAT_WIDE_H
#define ORRERY_FLOAT_WIDE_H
/* Numbers of 128 significant bits, between an f80 operand and its rounded result.           doc: float
 * The value is m * 2^(e - 127), m with its top bit set, or 0.  Sums, products and quotients are cut, not rounded: an error of some units
 * in the 127th bit, 2^60 times smaller than what rounding to f80 brings. */
#include "cpu/base/types.h"

struct wide {
    u128 m;
    s32 e;
    bool neg;
};
#define W(high, low, exponent) { .m = (u128)(high) << 64 | (low), .e = (exponent) }
#define W_NEGATIVE(high, low, exponent) { .m = (u128)(high) << 64 | (low), .e = (exponent), .neg = true }

static inline struct wide wide_normalize(struct wide a)
{
    u64 high = (u64)(a.m >> 64);
    if (!a.m) return a;
    int n = high ? __builtin_clzll(high) : 64 + __builtin_clzll((u64)a.m);
    a.m <<= n;
    a.e -= n;
    return a;
}

static inline struct wide wide_integer(u64 n)
{
    return wide_normalize((struct wide){ .m = n, .e = 127 });
}

static inline struct wide wide_negate(struct wide a) { a.neg = !a.neg; return a; }
static inline struct wide wide_scale(struct wide a, int by) { a.e += by; return a; }

static inline struct wide wide_multiply(struct wide a, struct wide b)
{
    u64 ah = (u64)(a.m >> 64), al = (u64)a.m, bh = (u64)(b.m >> 64), bl = (u64)b.m;
    u128 cross1 = (u128)ah * bl, cross2 = (u128)al * bh, low = (u128)al * bl;
    u128 middle = (low >> 64) + (u64)cross1 + (u64)cross2;
    struct wide r = { .m = (u128)ah * bh + (cross1 >> 64) + (cross2 >> 64) + (middle >> 64), .e = a.e + b.e + 1, .neg = a.neg != b.neg };

    if (!r.m || r.m >> 127) return r;
    r.m = r.m << 1 | (middle >> 63 & 1);
    r.e--;
    return r;
}

static inline struct wide wide_add(struct wide a, struct wide b)
{
    if (!a.m) return b;
    if (!b.m) return a;
    if (a.e < b.e || (a.e == b.e && a.m < b.m)) {
        struct wide t = a;
        a = b;
        b = t;
    }
    s32 shift = a.e - b.e;
    u128 small = shift > 127 ? 0 : b.m >> shift;
    if (a.neg != b.neg) {
        a.m -= small;
        return wide_normalize(a);
    }
    u128 sum = a.m + small;
    if (sum < small) {
        sum = sum >> 1 | (u128)1 << 127;
        a.e++;
    }
    a.m = sum;
    return a;
}

static inline struct wide wide_subtract(struct wide a, struct wide b) { return wide_add(a, wide_negate(b)); }

/* b is not 0. */
static inline struct wide wide_divide(struct wide a, struct wide b)
{
    struct wide q = { .e = a.e - b.e, .neg = a.neg != b.neg };
    u128 rest = a.m;

    if (!a.m) return a;
    bool first = rest >= b.m;
    if (first) {
        rest -= b.m;
        q.m = 1;
    } else {
        q.e--;
    }
    for (int i = first ? 1 : 0; i < 128; i++) {
        bool carry = rest >> 127;
        rest <<= 1;
        q.m <<= 1;
        if (!carry && rest < b.m) continue;
        rest -= b.m;
        q.m |= 1;
    }
    return q;
}

#endif
