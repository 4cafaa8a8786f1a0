#include "cpu/float/soft.h"
#include "cpu/float/soft_number.h"
/* f16, f32 and f64: the unit of SSE, SSE2, SSE4.1, F16C and FMA.  SDM vol. 1, "SSE, SSE2, and SSE3
 * Floating-Point Exceptions". */

/* An operand: MXCSR.DAZ makes a denormal a zero of its sign. */
static struct number operand(struct float_env *env, u64 bits, const struct format *f)
{
    struct number a = unpack(bits, f);

    return a.kind == FLOAT_DENORMAL && env->daz ? number_zero(a.negative) : a;
}

typedef struct number binary(struct float_env *, const struct format *, struct number,
                             struct number);

static u64 apply(binary *operation, struct float_env *env, const struct format *f, u64 a, u64 b)
{
    return pack(operation(env, f, operand(env, a, f), operand(env, b, f)), f);
}

static u64 square_root(struct float_env *env, const struct format *f, u64 a)
{
    return pack(number_sqrt(env, f, operand(env, a, f)), f);
}

static u64 multiply_add(struct float_env *env, const struct format *f, u64 a, u64 b, u64 c)
{
    return pack(number_fma(env, f, operand(env, a, f), operand(env, b, f), operand(env, c, f)), f);
}

static enum float_relation compare(struct float_env *env, const struct format *f, u64 a, u64 b,
                                   bool signalling)
{
    return number_compare(env, operand(env, a, f), operand(env, b, f), signalling);
}

/* MINPS, MAXPS: a only if it stands in the wanted relation to b. */
static u64 select_by_order(struct float_env *env, const struct format *f, u64 a_bits, u64 b_bits,
                           enum float_relation wanted)
{
    struct number a = operand(env, a_bits, f), b = operand(env, b_bits, f);
    bool first = number_compare(env, a, b, true) == wanted;

    if (number_is_zero(first ? a : b)) return pack(first ? a : b, f);     /* DAZ made it one? */
    return first ? a_bits : b_bits;
}

/* ROUNDPS */
static u64 round_integral(struct float_env *env, const struct format *f, u64 bits,
                          enum float_rounding rounding, bool precision_exception)
{
    struct number a = operand(env, bits, f), special;
    struct integer i;

    if (number_special(env, f, a, a, &special)) return pack(special, f);
    if (number_is_infinite(a)) return bits;
    i = number_integer(a, rounding);
    if (i.huge) return bits;
    if (i.inexact && precision_exception) number_raise(env, FLOAT_P);
    return pack(number_of_integer(a.negative, i.magnitude), f);
}

static u64 to_signed(struct float_env *env, const struct format *f, u64 a, unsigned bits,
                     enum float_rounding rounding)
{
    return number_to_signed(env, operand(env, a, f), bits, rounding);
}

static u64 from_signed(struct float_env *env, const struct format *f, s64 a)
{
    return pack(number_round(env, f, exact_of(number_of_signed(a)), env->rounding), f);
}

/* f32 to f64 and back: denormal operands raise FLOAT_D. */
static u64 convert(struct float_env *env, const struct format *to, const struct format *from,
                   u64 bits, enum float_rounding rounding)
{
    struct number a = operand(env, bits, from);

    if (number_denormal(env, a, a)) return 0;
    return pack(number_convert(env, to, a, rounding), to);
}

u64 soft_f32_to_f64(struct float_env *env, u32 a)
{
    return convert(env, &format_f64, &format_f32, a, env->rounding);
}
u32 soft_f64_to_f32(struct float_env *env, u64 a)
{
    return (u32)convert(env, &format_f32, &format_f64, a, env->rounding);
}

u16 soft_f32_to_f16(struct float_env *env, u32 a, enum float_rounding rounding)
{
    return (u16)convert(env, &format_f16, &format_f32, a, rounding);
}

/* Exact.  Neither DAZ nor FLOAT_D. */
u32 soft_f16_to_f32(struct float_env *env, u16 a)
{
    return (u32)pack(number_convert(env, &format_f32, unpack(a, &format_f16), ROUND_NEAREST),
                     &format_f32);
}

#define BINARY(f, type, name, operation) \
    type soft_##f##_##name(struct float_env *env, type a, type b) \
    { \
        return (type)apply(operation, env, &format_##f, a, b); \
    }
#define SELECT(f, type, name, relation) \
    type soft_##f##_##name(struct float_env *env, type a, type b) \
    { \
        return (type)select_by_order(env, &format_##f, a, b, relation); \
    }
#define TO_SIGNED(f, type, name, result, bits) \
    result soft_##f##_##name(struct float_env *env, type a, enum float_rounding rounding) \
    { \
        return (result)to_signed(env, &format_##f, a, bits, rounding); \
    }
#define FROM_SIGNED(f, type, name, source) \
    type soft_##f##_##name(struct float_env *env, source a) \
    { \
        return (type)from_signed(env, &format_##f, a); \
    }

#define SSE_FUNCTIONS(f, type) \
    BINARY(f, type, add, number_add) \
    BINARY(f, type, sub, number_sub) \
    BINARY(f, type, mul, number_mul) \
    BINARY(f, type, div, number_div) \
    SELECT(f, type, min, FLOAT_LESS) \
    SELECT(f, type, max, FLOAT_GREATER) \
    TO_SIGNED(f, type, to_s32, u32, 32) \
    TO_SIGNED(f, type, to_s64, u64, 64) \
    FROM_SIGNED(f, type, from_s32, s32) \
    FROM_SIGNED(f, type, from_s64, s64) \
    type soft_##f##_sqrt(struct float_env *env, type a) \
    { \
        return (type)square_root(env, &format_##f, a); \
    } \
    type soft_##f##_fma(struct float_env *env, type a, type b, type c) \
    { \
        return (type)multiply_add(env, &format_##f, a, b, c); \
    } \
    enum float_relation soft_##f##_compare(struct float_env *env, type a, type b, bool signalling) \
    { \
        return compare(env, &format_##f, a, b, signalling); \
    } \
    type soft_##f##_round(struct float_env *env, type a, enum float_rounding rounding, \
                          bool precision_exception) \
    { \
        return (type)round_integral(env, &format_##f, a, rounding, precision_exception); \
    }
SSE_FUNCTIONS(f32, u32)
SSE_FUNCTIONS(f64, u64)
