#include "cpu/float/soft_number.h"
/* Unpacking, packing, and the one rounding of all formats.  SDM vol. 1, "Floating-Point Data
 * Types", "Rounding", "Floating-Point Exceptions". */

#define FORMAT(name, bits, least, greatest, sign, ...) \
    const struct format format_##name = { \
        .precision = bits, .min_exponent = least, .max_exponent = greatest, .sign_bit = sign, \
        __VA_ARGS__ \
    };
/*     name  bits  exponents       sign  rules */
FORMAT(f16,  11,    -14,     15,   15, .flushes = false)
FORMAT(f32,  24,   -126,    127,   31, .flushes = true)
FORMAT(f64,  53,  -1022,   1023,   63, .flushes = true)
FORMAT(m32,  24,   -126,    127,   31, .in_memory = true, .second_nan = true)
FORMAT(m64,  53,  -1022,   1023,   63, .in_memory = true, .second_nan = true)
FORMAT(f80,  64, -16382,  16383,   79, .wraps = true, .second_nan = true)

#define INTEGER_BIT ((u64)1 << 63)
#define QUIET_BIT ((u64)1 << 62)
#define EXPONENT_WRAP 24576             /* SDM vol. 1, "Numeric Overflow Exception": 3 * 2^13 */

/* --- values --- */

struct number number_zero(bool negative)
{
    return (struct number){ .kind = FLOAT_ZERO, .negative = negative };
}

struct number number_infinity(bool negative)
{
    return (struct number){
        .kind = FLOAT_INFINITY, .negative = negative, .significand = INTEGER_BIT
    };
}

struct number number_indefinite(void)
{
    return (struct number){
        .kind = FLOAT_QNAN, .negative = true, .significand = INTEGER_BIT | QUIET_BIT
    };
}

static struct number normalized(struct number a)
{
    int zeros = __builtin_clzll(a.significand);

    a.significand <<= zeros;
    a.exponent -= zeros;
    return a;
}

static enum float_class nan_or_infinity(u64 significand)
{
    if (significand << 1 == 0) return FLOAT_INFINITY;
    return significand & QUIET_BIT ? FLOAT_QNAN : FLOAT_SNAN;
}

struct number unpack(u64 bits, const struct format *f)
{
    unsigned fraction_bits = f->precision - 1u;
    s32 field = (s32)(bits >> fraction_bits & (2u * f->max_exponent + 1));
    struct number a = {
        .kind = FLOAT_NORMAL,
        .negative = bits >> f->sign_bit & 1,
        .exponent = field - f->max_exponent,
        .significand = bits << (63 - fraction_bits) & ~INTEGER_BIT,
    };

    if (field) a.significand |= INTEGER_BIT;
    if (a.exponent > f->max_exponent) a.kind = nan_or_infinity(a.significand);
    if (field) return a;
    if (!a.significand) return number_zero(a.negative);
    a.kind = FLOAT_DENORMAL;
    a.exponent = f->min_exponent;
    return normalized(a);
}

struct number unpack_f80(f80 a)
{
    struct number n = {
        .kind = f80_class(a), .negative = a.sign_exponent >> 15, .significand = a.significand,
        .exponent = (a.sign_exponent & 0x7fff) - format_f80.max_exponent,
    };

    if (n.kind != FLOAT_DENORMAL) return n;
    n.exponent = format_f80.min_exponent;
    return normalized(n);
}

/* The exponent field of a rounded number: its significand has bit 63 clear when it is denormal. */
static u32 exponent_field(struct number a, const struct format *f)
{
    if (a.kind == FLOAT_INFINITY || number_is_nan(a)) return 2u * f->max_exponent + 1;
    return a.significand & INTEGER_BIT ? (u32)(a.exponent + f->max_exponent) : 0;
}

u64 pack(struct number a, const struct format *f)
{
    unsigned fraction_bits = f->precision - 1u;
    u64 fraction = (a.significand & ~INTEGER_BIT) >> (63 - fraction_bits);

    return (u64)a.negative << f->sign_bit | (u64)exponent_field(a, f) << fraction_bits | fraction;
}

f80 pack_f80(struct number a)
{
    return (f80){
        .significand = a.significand,
        .sign_exponent = (u16)(a.negative << 15 | exponent_field(a, &format_f80)),
    };
}

/* --- exceptions before the operation --- */

bool number_raise(struct float_env *env, unsigned flags)
{
    env->raised |= flags;
    return flags & ~env->masked;
}

struct number number_invalid(struct float_env *env)
{
    number_raise(env, FLOAT_I);
    return number_indefinite();
}

/* SDM vol. 1, "Rules for Handling NaNs": true if b is the result. */
static bool takes_second(const struct format *f, struct number a, struct number b)
{
    if (!number_is_nan(a)) return true;
    if (!f->second_nan || !number_is_nan(b)) return false;
    if (a.kind != b.kind) return b.kind == FLOAT_QNAN;
    if (a.significand != b.significand) return b.significand > a.significand;
    return a.negative;
}

bool number_special(struct float_env *env, const struct format *f, struct number a, struct number b,
                    struct number *result)
{
    if (a.kind == FLOAT_UNSUPPORTED || b.kind == FLOAT_UNSUPPORTED) {
        *result = number_invalid(env);
        return true;
    }
    if (!number_is_nan(a) && !number_is_nan(b)) return false;
    if (a.kind == FLOAT_SNAN || b.kind == FLOAT_SNAN) number_raise(env, FLOAT_I);
    *result = takes_second(f, a, b) ? b : a;
    result->kind = FLOAT_QNAN;
    result->significand |= QUIET_BIT;
    return true;
}

bool number_denormal(struct float_env *env, struct number a, struct number b)
{
    if (a.kind != FLOAT_DENORMAL && b.kind != FLOAT_DENORMAL) return false;
    return number_raise(env, FLOAT_D);
}

/* --- exact numbers --- */

/* v / 2^n; a one that falls out stays visible in bit 0. */
static u128 shift_right_sticky(u128 v, u32 n)
{
    if (n == 0) return v;
    if (n >= 128) return v != 0;
    return v >> n | (v << (128 - n) != 0);
}

static struct exact normalized_exact(struct exact x)
{
    u64 high = (u64)(x.significand >> 64);
    int zeros = high ? __builtin_clzll(high) : 64 + __builtin_clzll((u64)x.significand);

    x.significand <<= zeros;
    x.exponent -= zeros;
    return x;
}

struct exact exact_of(struct number a)
{
    return (struct exact){
        .negative = a.negative, .exponent = a.exponent, .significand = (u128)a.significand << 64,
    };
}

/* Needs the two lowest bits of both clear, so that room for a carry costs nothing; a product of f64
 * has them clear.  A difference of zero is positive, but negative where the rounding is down. */
struct exact exact_sum(struct exact a, struct exact b, enum float_rounding rounding)
{
    if (!a.significand && !b.significand) {
        a.negative = a.negative == b.negative ? a.negative : rounding == ROUND_DOWN;
        return a;
    }
    if (!a.significand) return b;
    if (!b.significand) return a;
    a = normalized_exact(a);
    b = normalized_exact(b);
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) {
        struct exact larger = b;
        b = a;
        a = larger;
    }
    b.significand = shift_right_sticky(b.significand >> 1, (u32)(a.exponent - b.exponent));
    a.significand >>= 1;
    a.exponent++;
    if (a.negative == b.negative) {
        a.significand += b.significand;
    } else {
        a.significand -= b.significand;
        if (!a.significand) a.negative = rounding == ROUND_DOWN;
    }
    return a;
}

/* --- rounding --- */

/* Whether what lies below the last place kept makes its magnitude grow. */
static bool grows(u128 rest, u128 half, bool odd, bool negative, enum float_rounding rounding)
{
    switch (rounding) {
    case ROUND_NEAREST: return rest > half || (rest == half && odd);
    case ROUND_DOWN:    return rest && negative;
    case ROUND_UP:      return rest && !negative;
    default:            return false;
    }
}

struct cut {
    u64 significand;     /* left-aligned */
    bool carry;          /* it became 2^64: significand is 2^63 of the next exponent */
    bool inexact, up;
};

/* The upper `precision` bits of x. */
static struct cut cut(struct exact x, unsigned precision, enum float_rounding rounding)
{
    u128 place = (u128)1 << (128 - precision), rest = x.significand & (place - 1);
    struct cut c = {
        .inexact = rest != 0,
        .up = grows(rest, place >> 1, (x.significand & place) != 0, x.negative, rounding),
    };

    x.significand -= rest;
    if (c.up) x.significand += place;
    c.carry = c.up && x.significand == 0;
    c.significand = c.carry ? INTEGER_BIT : (u64)(x.significand >> 64);
    return c;
}

static struct number finish(struct float_env *env, struct cut c, bool negative, s32 exponent)
{
    if (c.inexact) number_raise(env, FLOAT_P);
    env->rounded_up = c.up;
    return (struct number){
        .kind = c.significand ? FLOAT_NORMAL : FLOAT_ZERO,
        .negative = negative,
        .exponent = exponent,
        .significand = c.significand,
    };
}

/* SDM vol. 1, "Masked Responses to Numeric Overflow" */
static struct number overflow(struct float_env *env, const struct format *f, bool negative,
                              enum float_rounding rounding)
{
    bool to_infinity = rounding == ROUND_NEAREST || rounding == (negative ? ROUND_DOWN : ROUND_UP);
    struct number a = {
        .kind = FLOAT_NORMAL, .negative = negative, .exponent = f->max_exponent,
        .significand = ~(u64)0 << (64 - f->precision),
    };

    number_raise(env, FLOAT_P);
    env->rounded_up = to_infinity;
    return to_infinity ? number_infinity(negative) : a;
}

/* A tiny result whose exception is masked.  MXCSR.FTZ makes it a zero, exact or not. */
static struct number underflow(struct float_env *env, const struct format *f, struct exact x,
                               enum float_rounding rounding)
{
    struct cut c;

    if (f->flushes && env->ftz) {
        number_raise(env, FLOAT_U | FLOAT_P);
        return number_zero(x.negative);
    }
    x.significand = shift_right_sticky(x.significand, (u32)(f->min_exponent - x.exponent));
    c = cut(x, f->precision, rounding);
    if (c.inexact) number_raise(env, FLOAT_U);
    return finish(env, c, x.negative, f->min_exponent);
}

/* Unmasked overflow and underflow: a result rounded as if the range had no end, its exponent
 * wrapped.  FST stores nothing, and tells of O or U alone.  FSCALE can reach beyond the wrapped
 * range too: an infinity or a zero.  SDM vol. 1, "Numeric Overflow Exception (#O)", "Numeric
 * Underflow Exception (#U)". */
static struct number wrap(struct float_env *env, const struct format *f, struct cut c,
                          bool negative, s32 exponent)
{
    bool large = exponent > f->max_exponent, small = exponent < f->min_exponent;

    if (f->in_memory) return number_zero(negative);
    if (!f->wraps || (!large && !small)) return finish(env, c, negative, exponent);
    number_raise(env, FLOAT_P);
    env->rounded_up = large;
    return large ? number_infinity(negative) : number_zero(negative);
}

struct number number_round(struct float_env *env, const struct format *f, struct exact x,
                           enum float_rounding rounding)
{
    struct cut c;
    s32 exponent;

    env->rounded_up = false;
    if (!x.significand) return number_zero(x.negative);
    x = normalized_exact(x);
    c = cut(x, f->precision, rounding);
    exponent = x.exponent + c.carry;

    if (exponent > f->max_exponent) {
        if (!number_raise(env, FLOAT_O)) return overflow(env, f, x.negative, rounding);
        return wrap(env, f, c, x.negative, exponent - EXPONENT_WRAP);
    }
    if (exponent < f->min_exponent) {
        if (env->masked & FLOAT_U) return underflow(env, f, x, rounding);
        number_raise(env, FLOAT_U);
        return wrap(env, f, c, x.negative, exponent + EXPONENT_WRAP);
    }
    return finish(env, c, x.negative, exponent);
}

/* --- integers --- */

struct integer number_integer(struct number a, enum float_rounding rounding)
{
    struct integer i = { 0 };
    u128 v, rest;

    if (number_is_zero(a)) return i;
    if (a.exponent > 63) {
        i.huge = true;
        return i;
    }
    v = shift_right_sticky((u128)a.significand << 64, (u32)(63 - a.exponent));
    i.magnitude = (u64)(v >> 64);
    rest = (u64)v;
    i.inexact = rest != 0;
    i.up = grows(rest, INTEGER_BIT, i.magnitude & 1, a.negative, rounding);
    i.magnitude += i.up;
    return i;
}

struct number number_of_integer(bool negative, u64 magnitude)
{
    struct number a = {
        .kind = FLOAT_NORMAL, .negative = negative, .exponent = 63, .significand = magnitude
    };

    return magnitude ? normalized(a) : number_zero(negative);
}

struct number number_of_signed(s64 a)
{
    return number_of_integer(a < 0, a < 0 ? 0 - (u64)a : (u64)a);
}
