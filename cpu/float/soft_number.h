#ifndef ORRERY_FLOAT_SOFT_NUMBER_H
#define ORRERY_FLOAT_SOFT_NUMBER_H
/* What the formats share: one unpacked number, one rounding.                          doc: float
 *
 *   unpack  bits -> struct number        the value, its leading one at bit 63 in any format
 *   operate      -> struct exact         the result, exact as far as a rounding could tell
 *   round        -> struct number        as a format's precision and range want it, with O, U and P
 *   pack         -> bits
 *
 * Arithmetic knows a format as a precision, an exponent range and the rules of its unit. */
#include "cpu/float/float.h"

struct number {
    enum float_class kind;
    bool negative;
    s32 exponent;        /* finite: the value is significand * 2^(exponent - 63) */
    u64 significand;     /* bit 63 is set, of denormals too; zero: 0.  NaN: bit 62 is "quiet" */
};

struct exact {
    bool negative;
    s32 exponent;        /* the value is significand * 2^(exponent - 127) */
    u128 significand;    /* bit 0 stands for every bit below it too: set when one of them is */
};

struct format {
    u8 precision;                       /* bits of the significand, the integer bit included */
    s16 min_exponent, max_exponent;     /* of normal numbers; max_exponent is the bias too */
    u8 sign_bit;
    bool flushes;                       /* obeys env->ftz */
    bool wraps;                         /* f80: unmasked O and U deliver, exponent wrapped */
    bool in_memory;                     /* m32, m64: unmasked O and U store nothing */
    bool second_nan;                    /* x87: of two NaNs the second may be the result */
};

extern const struct format format_f16, format_f32, format_f64;         /* SSE */
extern const struct format format_m32, format_m64, format_f80;         /* x87: memory, register */

struct number unpack(u64 bits, const struct format *f);
struct number unpack_f80(f80 a);
u64 pack(struct number a, const struct format *f);
f80 pack_f80(struct number a);

struct number number_zero(bool negative);
struct number number_infinity(bool negative);
struct number number_indefinite(void);

/* Raises flags; true when one of them is unmasked. */
bool number_raise(struct float_env *env, unsigned flags);
struct number number_invalid(struct float_env *env);
/* True if an operand is a NaN or unsupported, with what that gives in *result.  One operand is
 * passed twice. */
bool number_special(struct float_env *env, const struct format *f, struct number a, struct number b,
                    struct number *result);
/* Raises FLOAT_D if an operand is denormal; true if that ends the operation. */
bool number_denormal(struct float_env *env, struct number a, struct number b);

struct exact exact_of(struct number a);
struct exact exact_sum(struct exact a, struct exact b, enum float_rounding rounding);
struct number number_round(struct float_env *env, const struct format *f, struct exact x,
                           enum float_rounding rounding);

/* A finite number rounded to an integer. */
struct integer {
    u64 magnitude;
    bool huge;           /* 2^64 or more: magnitude is not to be used */
    bool inexact, up;    /* up: the magnitude grew */
};
struct integer number_integer(struct number a, enum float_rounding rounding);
struct number number_of_integer(bool negative, u64 magnitude);
struct number number_of_signed(s64 a);

struct number number_add(struct float_env *env, const struct format *f, struct number a,
                         struct number b);
struct number number_sub(struct float_env *env, const struct format *f, struct number a,
                         struct number b);
struct number number_mul(struct float_env *env, const struct format *f, struct number a,
                         struct number b);
struct number number_div(struct float_env *env, const struct format *f, struct number a,
                         struct number b);
struct number number_sqrt(struct float_env *env, const struct format *f, struct number a);
struct number number_fma(struct float_env *env, const struct format *f, struct number a,
                         struct number b, struct number c);
enum float_relation number_order(struct number a, struct number b);       /* neither is a NaN */
enum float_relation number_compare(struct float_env *env, struct number a, struct number b,
                                   bool signalling);
/* A number of one format in another. */
struct number number_convert(struct float_env *env, const struct format *to, struct number a,
                             enum float_rounding rounding);
/* Two's complement of `bits` bits; what does not fit is 1 << (bits - 1) and FLOAT_I. */
u64 number_to_signed(struct float_env *env, struct number a, unsigned bits,
                     enum float_rounding rounding);

static inline bool number_is_nan(struct number a)
{
    return a.kind == FLOAT_QNAN || a.kind == FLOAT_SNAN;
}
static inline bool number_is_zero(struct number a) { return a.kind == FLOAT_ZERO; }
static inline bool number_is_infinite(struct number a) { return a.kind == FLOAT_INFINITY; }

#endif
