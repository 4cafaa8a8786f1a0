#include "cpu/float/soft_number.h"
/* Arithmetic, comparison and conversion, the same for every format.  Invalid operations first, then
 * division by zero, then denormal operands: SDM vol. 1, "Floating-Point Exception Priority". */

struct number number_add(struct float_env *env, const struct format *f, struct number a,
                         struct number b)
{
    struct number special;

    if (number_special(env, f, a, b, &special)) return special;
    if (number_is_infinite(a) && number_is_infinite(b) && a.negative != b.negative)
        return number_invalid(env);
    if (number_denormal(env, a, b)) return a;
    if (number_is_infinite(a)) return a;
    if (number_is_infinite(b)) return b;
    return number_round(env, f, exact_sum(exact_of(a), exact_of(b), env->rounding), env->rounding);
}

/* A NaN keeps its sign when it is the second operand of a subtraction. */
struct number number_sub(struct float_env *env, const struct format *f, struct number a,
                         struct number b)
{
    if (!number_is_nan(b)) b.negative = !b.negative;
    return number_add(env, f, a, b);
}

/* Finite factors; the full product. */
static struct exact exact_product(struct number a, struct number b)
{
    return (struct exact){
        .negative = a.negative != b.negative, .exponent = a.exponent + b.exponent + 1,
        .significand = (u128)a.significand * b.significand,
    };
}

static bool zero_times_infinity(struct number a, struct number b)
{
    return (number_is_zero(a) && number_is_infinite(b)) ||
           (number_is_infinite(a) && number_is_zero(b));
}

struct number number_mul(struct float_env *env, const struct format *f, struct number a,
                         struct number b)
{
    struct number special;

    if (number_special(env, f, a, b, &special)) return special;
    if (zero_times_infinity(a, b)) return number_invalid(env);
    if (number_denormal(env, a, b)) return a;
    if (number_is_infinite(a) || number_is_infinite(b))
        return number_infinity(a.negative != b.negative);
    return number_round(env, f, exact_product(a, b), env->rounding);
}

/* Finite, not zero.  127 bits of the quotient at least: two steps of long division by digits of 64
 * bits. */
static struct exact exact_quotient(struct number a, struct number b)
{
    u128 dividend = (u128)a.significand << 63, rest;
    u64 high = (u64)(dividend / b.significand);
    u128 low;

    rest = (dividend % b.significand) << 64;
    low = rest / b.significand;
    return (struct exact){
        .negative = a.negative != b.negative, .exponent = a.exponent - b.exponent,
        .significand = (u128)high << 64 | low | (rest % b.significand != 0),
    };
}

struct number number_div(struct float_env *env, const struct format *f, struct number a,
                         struct number b)
{
    bool negative = a.negative != b.negative;
    struct number special;

    if (number_special(env, f, a, b, &special)) return special;
    if (number_is_infinite(a) && number_is_infinite(b)) return number_invalid(env);
    if (number_is_zero(a) && number_is_zero(b)) return number_invalid(env);
    if (number_is_zero(b) && !number_is_infinite(a)) {
        number_raise(env, FLOAT_Z);
        return number_infinity(negative);
    }
    if (number_denormal(env, a, b)) return a;
    if (number_is_infinite(a)) return number_infinity(negative);
    if (number_is_infinite(b) || number_is_zero(a)) return number_zero(negative);
    return number_round(env, f, exact_quotient(a, b), env->rounding);
}

/* floor(sqrt(n)), digit by digit; *rest = n - root^2 */
static u64 root_64(u64 n, u64 *rest)
{
    u64 root = 0;

    for (u64 bit = (u64)1 << 62; bit; bit >>= 2) {
        bool fits = n >= root + bit;
        if (fits) n -= root + bit;
        root = (root >> 1) + (fits ? bit : 0);
    }
    *rest = n;
    return root;
}

/* The same of 128 bits, n >= 2^126: the upper half of the root from the upper half of n, the lower
 * half by one division, which is too large by one at most. */
static u64 root_128(u128 n, u128 *rest)
{
    u64 upper_rest, upper = root_64((u64)(n >> 64), &upper_rest);
    u128 dividend = (u128)upper_rest << 32 | (u32)(n >> 32);
    u128 lower = dividend / (2 * (u128)upper);
    u128 root = ((u128)upper << 32) + lower;
    s128 difference = (s128)((dividend % (2 * (u128)upper)) << 32 | (u32)n) - (s128)(lower * lower);

    if (difference < 0) {
        difference += (s128)(2 * root - 1);
        root--;
    }
    *rest = (u128)difference;
    return (u64)root;
}

/* a > 0.  64 bits of the root.  The next one is set if the remainder exceeds the root; no root lies
 * half-way. */
static struct exact exact_root(struct number a)
{
    bool odd = a.exponent & 1;
    u128 rest;
    u64 root = root_128((u128)a.significand << (odd ? 64 : 63), &rest);

    return (struct exact){
        .exponent = (a.exponent - odd) / 2,
        .significand = (u128)root << 64 | (u128)(rest > root) << 63 | (rest != 0),
    };
}

struct number number_sqrt(struct float_env *env, const struct format *f, struct number a)
{
    struct number special;

    if (number_special(env, f, a, a, &special)) return special;
    if (number_is_zero(a)) return a;
    if (a.negative) return number_invalid(env);
    if (number_denormal(env, a, a)) return a;
    if (number_is_infinite(a)) return a;
    return number_round(env, f, exact_root(a), env->rounding);
}

/* The first NaN of a, b, c; beside one 0 * inf is not invalid. */
static bool fma_special(struct float_env *env, const struct format *f, struct number a,
                        struct number b, struct number c, struct number *result)
{
    if (number_is_nan(a) || number_is_nan(b)) {
        if (c.kind == FLOAT_SNAN) number_raise(env, FLOAT_I);
        return number_special(env, f, a, b, result);
    }
    return number_special(env, f, c, c, result);
}

struct number number_fma(struct float_env *env, const struct format *f, struct number a,
                         struct number b, struct number c)
{
    bool negative = a.negative != b.negative;
    bool infinite = number_is_infinite(a) || number_is_infinite(b);
    struct number special;
    struct exact x;
    bool stops;

    if (fma_special(env, f, a, b, c, &special)) return special;
    if (zero_times_infinity(a, b)) return number_invalid(env);
    if (infinite && number_is_infinite(c) && negative != c.negative) return number_invalid(env);
    stops = number_denormal(env, a, b);
    if (number_denormal(env, c, c) || stops) return a;
    if (infinite) return number_infinity(negative);
    if (number_is_infinite(c)) return c;
    x = exact_sum(exact_product(a, b), exact_of(c), env->rounding);
    return number_round(env, f, x, env->rounding);
}

/* --- comparison --- */

static int magnitude_order(struct number a, struct number b)
{
    if (number_is_infinite(a) || number_is_infinite(b))
        return number_is_infinite(a) - number_is_infinite(b);
    if (number_is_zero(a) || number_is_zero(b)) return number_is_zero(b) - number_is_zero(a);
    if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
    return (a.significand > b.significand) - (a.significand < b.significand);
}

enum float_relation number_order(struct number a, struct number b)
{
    int order = magnitude_order(a, b);

    if (number_is_zero(a) && number_is_zero(b)) return FLOAT_EQUAL;
    if (a.negative != b.negative) return a.negative ? FLOAT_LESS : FLOAT_GREATER;
    if (order == 0) return FLOAT_EQUAL;
    return (order < 0) != a.negative ? FLOAT_LESS : FLOAT_GREATER;
}

enum float_relation number_compare(struct float_env *env, struct number a, struct number b,
                                   bool signalling)
{
    bool unsupported = a.kind == FLOAT_UNSUPPORTED || b.kind == FLOAT_UNSUPPORTED;
    bool snan = a.kind == FLOAT_SNAN || b.kind == FLOAT_SNAN;

    if (unsupported || number_is_nan(a) || number_is_nan(b)) {
        if (unsupported || snan || signalling) number_raise(env, FLOAT_I);
        return FLOAT_UNORDERED;
    }
    number_denormal(env, a, b);
    return number_order(a, b);
}

/* --- conversion --- */

struct number number_convert(struct float_env *env, const struct format *to, struct number a,
                             enum float_rounding rounding)
{
    struct number special;

    if (number_special(env, to, a, a, &special)) return special;
    if (number_is_infinite(a)) return a;
    return number_round(env, to, exact_of(a), rounding);
}

u64 number_to_signed(struct float_env *env, struct number a, unsigned bits,
                     enum float_rounding rounding)
{
    u64 smallest = (u64)1 << (bits - 1);
    struct integer i;

    env->rounded_up = false;
    if (a.kind == FLOAT_UNSUPPORTED || number_is_nan(a) || number_is_infinite(a)) goto invalid;
    i = number_integer(a, rounding);
    if (i.huge || i.magnitude > smallest - !a.negative) goto invalid;
    if (i.inexact) number_raise(env, FLOAT_P);
    env->rounded_up = i.up;
    return (a.negative ? 0 - i.magnitude : i.magnitude) & (smallest | (smallest - 1));
invalid:
    number_raise(env, FLOAT_I);
    return smallest;
}
