#include "cpu/vector/vector.h"

#include "cpu/vector/estimate.h"

/* 3DNow! and its DSP extensions.                                                      doc: vector
 * Sources: AMD 21928 (3DNow! Technology Manual), 22466 (extensions), 26569 (APM vol. 5).
 *
 * Numbers are f32 without NaN, infinity and denormal.  There is one rounding, to nearest even
 * (conversions truncate), and there are no exceptions: a result whose magnitude rounds to 2^128 or
 * more is the largest normal number, one below 2^-126 is a zero.  What the manuals leave undefined
 * is decided here: an operand whose exponent is all ones is the number that its bits say
 * (1.f * 2^128), a denormal is a zero of its sign. */

enum { FRACTION_BITS = 23, BIAS = 127 };
static const u32 sign_bit = 0x80000000, largest = 0x7f7fffff;

/* (-1)^negative * significand * 2^exponent.  A significand has at most 62 bits; 0 is a zero. */
struct number {
    bool negative;
    int exponent;
    u64 significand;
};

static struct number unpack(u32 v)
{
    int biased = (int)(v >> FRACTION_BITS & 0xff);
    u64 fraction = v & ((1u << FRACTION_BITS) - 1);

    return (struct number){
        .negative = v >> 31,
        .exponent = biased - BIAS - FRACTION_BITS,
        .significand = biased == 0 ? 0 : fraction | 1u << FRACTION_BITS,
    };
}

/* Rounds to nearest even, saturates, flushes.  The magnitude before rounding decides whether it is
 * flushed. */
static u32 pack(struct number n)
{
    u32 sign = n.negative ? sign_bit : 0, magnitude;
    unsigned zeros;
    u64 below;

    if (n.significand == 0) return sign;
    zeros = (unsigned)__builtin_clzll(n.significand);
    n.significand <<= zeros;
    n.exponent += 63 - (int)zeros;                                 /* now that of the integer bit */
    if (n.exponent < 1 - BIAS) return sign;
    if (n.exponent > BIAS) return sign | largest;
    magnitude = (u32)(n.exponent + BIAS - 1) << FRACTION_BITS;
    magnitude += (u32)(n.significand >> 40);            /* its integer bit adds 1 to the exponent */
    below = n.significand << 24;
    if (below > 1ull << 63 || (below == 1ull << 63 && (magnitude & 1))) magnitude++;
    return sign | (magnitude > largest ? largest : magnitude);
}

/* Shifts right; what falls out leaves a 1 in the lowest bit, as far as rounding can tell. */
static u64 shift_sticky(u64 v, int count)
{
    if (count > 63) return v != 0;
    return v >> count | (v << (63 - count) << 1 != 0);
}

static struct number normalised(struct number n)                        /* 62 bits */
{
    int count = __builtin_clzll(n.significand) - 2;

    n.significand <<= count;
    n.exponent -= count;
    return n;
}

/* The sum, exact as far as rounding can tell.  Two zeros: negative when both are.  x + -x: a zero
 * of the sign of a, as the tables of 26569 are read here; a processor would settle it. */
static struct number sum(struct number a, struct number b)
{
    bool b_larger;

    if (b.significand == 0) {
        if (a.significand == 0) a.negative &= b.negative;
        return a;
    }
    if (a.significand == 0) return b;
    a = normalised(a);
    b = normalised(b);
    b_larger = b.exponent != a.exponent ? b.exponent > a.exponent : b.significand > a.significand;
    if (b_larger) {
        struct number larger = b;
        b = a;
        a = larger;
    }
    b.significand = shift_sticky(b.significand, a.exponent - b.exponent);
    a.significand += a.negative == b.negative ? b.significand : -b.significand;
    return a;
}

static struct number negated(struct number n)
{
    n.negative = !n.negative;
    return n;
}

/* Of two numbers with 24-bit significands, exact. */
static struct number product(struct number a, struct number b)
{
    return (struct number){
        .negative = a.negative ^ b.negative,
        .exponent = a.exponent + b.exponent,
        .significand = a.significand * b.significand,
    };
}

static u32 add(u32 a, u32 b) { return pack(sum(unpack(a), unpack(b))); }
static u32 subtract(u32 a, u32 b) { return pack(sum(unpack(a), negated(unpack(b)))); }
static u32 multiply(u32 a, u32 b) { return pack(product(unpack(a), unpack(b))); }

/* --- comparisons.  Zeros are equal whatever their sign --- */

/* An integer in the order of the numbers. */
static s32 order(u32 v)
{
    u32 magnitude = unpack(v).significand == 0 ? 0 : v & ~sign_bit;

    return v & sign_bit ? -(s32)magnitude : (s32)magnitude;
}

static u32 mask(bool condition) { return condition ? 0xffffffff : 0; }

/* A zero among the operands that is the result is +0. */
static u32 of_order(u32 v) { return order(v) == 0 ? 0 : v; }
static u32 maximum(u32 a, u32 b) { return of_order(order(a) > order(b) ? a : b); }
static u32 minimum(u32 a, u32 b) { return of_order(order(a) < order(b) ? a : b); }

/* --- conversions, by truncation --- */

/* To an integer of `width` bits, sign-extended; saturates. */
static u32 to_integer(u32 v, unsigned width)
{
    struct number n = unpack(v);
    u32 limit = 1u << (width - 1);                                      /* of the magnitude */
    u32 magnitude;

    if (n.significand == 0 || n.exponent <= -24) return 0;
    if (n.exponent > 31 - FRACTION_BITS) magnitude = limit;
    else if (n.exponent >= 0) magnitude = (u32)(n.significand << n.exponent);
    else magnitude = (u32)(n.significand >> -n.exponent);
    if (magnitude >= limit) return n.negative ? -limit : limit - 1;
    return n.negative ? -magnitude : magnitude;
}

static u32 from_integer(s32 v)
{
    u64 magnitude = v < 0 ? -(u64)v : (u64)v;
    unsigned length = v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(magnitude);

    if (length > 24) magnitude &= ~0ull << (length - 24);
    return pack((struct number){ .negative = v < 0, .significand = magnitude });
}

/* --- reciprocals.  The estimates have 16 significant bits, rounded away from zero: the relative
 * error is below 2^-15.  The manual asks for 14 and 15.  A rounding to one side keeps what the
 * first step computes, 2 - b * x and (3 - b * x^2) / 2, at or below 1, where f32 has an error of
 * 2^-25; after the second step the result differs by at most one unit in the last place from the
 * nearest f32. --- */

enum { ESTIMATE_DIGITS = 16 };

/* q: 2^15 to 2^16, in units of 2^exponent. */
static u32 pack_estimate(bool negative, int exponent, u32 q)
{
    return pack((struct number){ .negative = negative, .exponent = exponent, .significand = q });
}

/* b = m * 2^e, 1 / b = q * 2^(-39 - e).  Zero gives the largest number, 2^126 and more zeros. */
static u32 reciprocal(u32 b)
{
    struct number n = unpack(b);
    u32 q;

    if (n.significand == 0) return (b & sign_bit) | largest;
    if (n.exponent + FRACTION_BITS >= 126) return b & sign_bit;
    q = estimate_upward(estimate_inverse((u32)n.significand, ESTIMATE_DIGITS));
    return pack_estimate(n.negative, -23 - ESTIMATE_DIGITS - n.exponent, q);
}

/* |b| = m * 4^h with m made 2^24 .. 2^26 - 1, 1 / sqrt(|b|) = q * 2^(-28 - h).  The sign of b is
 * that of the result. */
static u32 reciprocal_root(u32 b)
{
    struct number n = unpack(b);
    bool odd = n.exponent & 1;
    u32 q;

    if (n.significand == 0) return (b & sign_bit) | largest;
    n.significand <<= odd ? 1 : 2;
    n.exponent -= odd ? 1 : 2;
    q = estimate_upward(estimate_inverse_root((u32)n.significand, ESTIMATE_DIGITS));
    return pack_estimate(n.negative, -12 - ESTIMATE_DIGITS - n.exponent / 2, q);
}

/* PFRCPIT1: 2 - b * x, one rounding. */
static u32 reciprocal_step(u32 b, u32 x)
{
    static const struct number two = { .significand = 2 };

    return pack(sum(two, negated(product(unpack(b), unpack(x)))));
}

/* PFRSQIT1: (3 - |b * y|) / 2, one rounding; y is x^2. */
static u32 reciprocal_root_step(u32 b, u32 y)
{
    static const struct number three = { .significand = 3 };
    struct number n = product(unpack(b), unpack(y));

    n.negative = true;
    n = sum(three, n);
    n.exponent--;
    return pack(n);
}

/* --- integers --- */

static u32 average_bytes(u32 a, u32 b)                                  /* PAVGUSB */
{
    u32 result = 0;

    for (unsigned n = 0; n < 32; n += 8)
        result |= ((a >> n & 0xff) + (b >> n & 0xff) + 1) >> 1 << n;
    return result;
}

static u32 multiply_high_rounded(u32 a, u32 b)                          /* PMULHRW */
{
    u32 low = (u32)((s16)a * (s16)b + 0x8000) >> 16;
    u32 high = (u32)((s16)(a >> 16) * (s16)(b >> 16) + 0x8000) >> 16;

    return high << 16 | low;
}

static bool put(u32 dst[2], u32 low, u32 high)
{
    dst[0] = low;
    dst[1] = high;
    return true;
}

static bool each(u32 dst[2], const u32 src[2], u32 (*f)(u32, u32))
{
    return put(dst, f(dst[0], src[0]), f(dst[1], src[1]));
}

static u32 subtract_reversed(u32 a, u32 b) { return subtract(b, a); }
static u32 compare_ge(u32 a, u32 b) { return mask(order(a) >= order(b)); }
static u32 compare_gt(u32 a, u32 b) { return mask(order(a) > order(b)); }
static u32 compare_eq(u32 a, u32 b) { return mask(order(a) == order(b)); }

bool vector_3dnow(u8 opcode, u32 dst[2], const u32 src[2])
{
    switch (opcode) {
    case 0x0c: return put(dst, from_integer((s16)src[0]), from_integer((s16)src[1]));    /* PI2FW */
    case 0x0d: return put(dst, from_integer((s32)src[0]), from_integer((s32)src[1]));    /* PI2FD */
    case 0x1c: return put(dst, to_integer(src[0], 16), to_integer(src[1], 16));          /* PF2IW */
    case 0x1d: return put(dst, to_integer(src[0], 32), to_integer(src[1], 32));          /* PF2ID */
    case 0x8a: return put(dst, subtract(dst[0], dst[1]), subtract(src[0], src[1]));     /* PFNACC */
    case 0x8e: return put(dst, subtract(dst[0], dst[1]), add(src[0], src[1]));         /* PFPNACC */
    case 0x90: return each(dst, src, compare_ge);                                      /* PFCMPGE */
    case 0x94: return each(dst, src, minimum);                                           /* PFMIN */
    case 0x96: return put(dst, reciprocal(src[0]), reciprocal(src[0]));                  /* PFRCP */
    case 0x97: return put(dst, reciprocal_root(src[0]), reciprocal_root(src[0]));      /* PFRSQRT */
    case 0x9a: return each(dst, src, subtract);                                          /* PFSUB */
    case 0x9e: return each(dst, src, add);                                               /* PFADD */
    case 0xa0: return each(dst, src, compare_gt);                                      /* PFCMPGT */
    case 0xa4: return each(dst, src, maximum);                                           /* PFMAX */
    case 0xa6: return each(dst, src, reciprocal_step);                                /* PFRCPIT1 */
    case 0xa7: return each(dst, src, reciprocal_root_step);                           /* PFRSQIT1 */
    case 0xaa: return each(dst, src, subtract_reversed);                                /* PFSUBR */
    case 0xae: return put(dst, add(dst[0], dst[1]), add(src[0], src[1]));                /* PFACC */
    case 0xb0: return each(dst, src, compare_eq);                                      /* PFCMPEQ */
    case 0xb4: return each(dst, src, multiply);                                          /* PFMUL */
    case 0xb6: return each(dst, src, multiply);                                       /* PFRCPIT2 */
    case 0xb7: return each(dst, src, multiply_high_rounded);                           /* PMULHRW */
    case 0xbb: return put(dst, src[1], src[0]);                                         /* PSWAPD */
    case 0xbf: return each(dst, src, average_bytes);                                   /* PAVGUSB */
    default: return false;
    }
}
