#include "cpu/float/soft.h"
#include "cpu/float/soft_number.h"
/* f80: arithmetic, comparison and conversion of the x87 FPU.  SDM vol. 1, "Programming with the x87
 * FPU". */

/* SDM vol. 1, "Precision Control Field": fewer bits of significand, the exponent range of f80.  The
 * reserved value means 64 bits. */
static struct format destination(const struct float_env *env)
{
    struct format f = format_f80;

    if (env->precision == PRECISION_24) f.precision = 24;
    if (env->precision == PRECISION_53) f.precision = 53;
    return f;
}

typedef struct number binary(struct float_env *, const struct format *, struct number,
                             struct number);

static f80 apply(binary *operation, struct float_env *env, f80 a, f80 b)
{
    struct format f = destination(env);

    env->rounded_up = false;
    return pack_f80(operation(env, &f, unpack_f80(a), unpack_f80(b)));
}

f80 soft_f80_add(struct float_env *env, f80 a, f80 b) { return apply(number_add, env, a, b); }
f80 soft_f80_sub(struct float_env *env, f80 a, f80 b) { return apply(number_sub, env, a, b); }
f80 soft_f80_mul(struct float_env *env, f80 a, f80 b) { return apply(number_mul, env, a, b); }
f80 soft_f80_div(struct float_env *env, f80 a, f80 b) { return apply(number_div, env, a, b); }

f80 soft_f80_sqrt(struct float_env *env, f80 a)
{
    struct format f = destination(env);

    env->rounded_up = false;
    return pack_f80(number_sqrt(env, &f, unpack_f80(a)));
}

enum float_relation soft_f80_compare(struct float_env *env, f80 a, f80 b, bool signalling)
{
    env->rounded_up = false;
    return number_compare(env, unpack_f80(a), unpack_f80(b), signalling);
}

f80 soft_f80_round(struct float_env *env, f80 bits)
{
    struct number a = unpack_f80(bits), special;
    struct integer i;

    env->rounded_up = false;
    if (number_special(env, &format_f80, a, a, &special)) return pack_f80(special);
    if (number_denormal(env, a, a) || number_is_infinite(a)) return bits;
    i = number_integer(a, env->rounding);
    if (i.huge) return bits;
    if (i.inexact) number_raise(env, FLOAT_P);
    env->rounded_up = i.up;
    return pack_f80(number_of_integer(a.negative, i.magnitude));
}

u16 soft_f80_to_s16(struct float_env *env, f80 a, enum float_rounding rounding)
{
    return (u16)number_to_signed(env, unpack_f80(a), 16, rounding);
}

u32 soft_f80_to_s32(struct float_env *env, f80 a, enum float_rounding rounding)
{
    return (u32)number_to_signed(env, unpack_f80(a), 32, rounding);
}

u64 soft_f80_to_s64(struct float_env *env, f80 a, enum float_rounding rounding)
{
    return number_to_signed(env, unpack_f80(a), 64, rounding);
}

f80 soft_f80_from_s64(s64 a) { return pack_f80(number_of_signed(a)); }

static f80 load(struct float_env *env, struct number a)
{
    env->rounded_up = false;
    number_denormal(env, a, a);
    return pack_f80(number_convert(env, &format_f80, a, env->rounding));
}

f80 soft_f80_from_f32(struct float_env *env, u32 a) { return load(env, unpack(a, &format_m32)); }
f80 soft_f80_from_f64(struct float_env *env, u64 a) { return load(env, unpack(a, &format_m64)); }

static u64 store(struct float_env *env, const struct format *to, f80 a)
{
    env->rounded_up = false;
    return pack(number_convert(env, to, unpack_f80(a), env->rounding), to);
}

u32 soft_f80_to_f32(struct float_env *env, f80 a) { return (u32)store(env, &format_m32, a); }
u64 soft_f80_to_f64(struct float_env *env, f80 a) { return store(env, &format_m64, a); }

/* --- FSCALE, FXTRACT --- */

/* trunc(by), no larger than decides any result. */
static s32 scale_exponent(struct number by)
{
    const s32 enough = 1 << 17;
    struct integer i = number_integer(by, ROUND_ZERO);
    s32 n = i.huge || i.magnitude > (u64)enough ? enough : (s32)i.magnitude;

    return by.negative ? -n : n;
}

static struct number scale(struct float_env *env, struct number a, struct number by)
{
    struct exact x;
    struct number special;

    if (number_special(env, &format_f80, a, by, &special)) return special;
    if (number_is_infinite(by) && (by.negative ? number_is_infinite(a) : number_is_zero(a)))
        return number_invalid(env);
    if (number_denormal(env, a, by)) return a;
    if (number_is_infinite(a) || number_is_zero(a)) return a;
    if (number_is_infinite(by))
        return by.negative ? number_zero(a.negative) : number_infinity(a.negative);
    x = exact_of(a);
    x.exponent += scale_exponent(by);
    return number_round(env, &format_f80, x, env->rounding);
}

f80 soft_f80_scale(struct float_env *env, f80 a, f80 by)
{
    env->rounded_up = false;
    return pack_f80(scale(env, unpack_f80(a), unpack_f80(by)));
}

void soft_f80_extract(struct float_env *env, f80 bits, f80 *significand, f80 *exponent)
{
    struct number a = unpack_f80(bits), e = a, special;

    env->rounded_up = false;
    if (number_special(env, &format_f80, a, a, &special)) {
        a = e = special;
    } else if (number_is_zero(a)) {
        number_raise(env, FLOAT_Z);
        e = number_infinity(true);
    } else if (number_is_infinite(a)) {
        e.negative = false;
    } else {
        number_denormal(env, a, a);
        e = number_of_integer(a.exponent < 0, (u64)(a.exponent < 0 ? -a.exponent : a.exponent));
        a.exponent = 0;
    }
    *significand = pack_f80(a);
    *exponent = pack_f80(e);
}

/* --- FPREM, FPREM1 --- */

/* -2 is enough to say that b exceeds 2 * a. */
static s32 exponent_difference(struct number a, struct number b)
{
    s32 difference = a.exponent - b.exponent;

    return number_is_infinite(b) || difference < -2 ? -2 : difference;
}

/* a finite, neither of them zero.  SDM vol. 2, "FPREM", "Operation".  Where the exponents differ by
 * D >= 64 one step takes N bits of the quotient; the manual leaves N open between 32 and 63, and
 * 32 + D mod 32 is what AMD's Zen 5 does. */
static struct number reduce(struct float_env *env, struct number a, struct number b, bool nearest,
                            u8 *quotient, bool *partial)
{
    s32 difference = exponent_difference(a, b);
    s32 down = difference < 0 ? -difference : 0;
    s32 up = difference < 64 ? difference + down : 32 + difference % 32;
    u128 dividend = (u128)a.significand << up, divisor = (u128)b.significand << down;
    u128 q = dividend / divisor, rest = dividend % divisor;
    bool negative = a.negative;
    struct exact x;

    *partial = difference >= 64;
    if (nearest && !*partial && (rest > divisor - rest || (rest == divisor - rest && (q & 1)))) {
        rest = divisor - rest;
        q++;
        negative = !negative;
    }
    *quotient = *partial ? 0 : q & 7;
    x = (struct exact){
        .negative = negative, .exponent = a.exponent - up, .significand = rest << 64
    };
    return number_round(env, &format_f80, x, env->rounding);
}

f80 soft_f80_remainder(struct float_env *env, f80 a_bits, f80 b_bits, bool nearest, u8 *quotient,
                       bool *partial)
{
    struct number a = unpack_f80(a_bits), b = unpack_f80(b_bits), special;

    env->rounded_up = false;
    *quotient = 0;
    *partial = false;
    if (number_special(env, &format_f80, a, b, &special)) return pack_f80(special);
    if (number_is_infinite(a) || number_is_zero(b)) return pack_f80(number_invalid(env));
    if (number_denormal(env, a, b) || number_is_zero(a)) return a_bits;
    return pack_f80(reduce(env, a, b, nearest, quotient, partial));
}
