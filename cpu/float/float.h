#ifndef ORRERY_FLOAT_FLOAT_H
#define ORRERY_FLOAT_FLOAT_H
/* Binary floating point as the x87 FPU and SSE do it: IEEE 754 with Intel's choices.       doc: float
 *
 * Values are bit patterns: f32 in u32, f64 in u64, f80 (double extended, explicit integer bit) in a struct.  Every function
 * takes an environment, accumulates exception flags in env->raised, and returns what a destination register receives.
 *
 * Exceptions, SDM vol. 1, "Floating-Point Exceptions":
 *   - before the operation: FLOAT_I (invalid), FLOAT_D (denormal operand), FLOAT_Z (divide by zero).  When one of them is
 *     raised and unmasked, the flags after the operation are not computed, and the value returned is not to be used.
 *   - after it: FLOAT_O, FLOAT_U, FLOAT_P.  Tininess is detected after rounding.  Masked underflow is raised when the result is
 *     tiny and inexact, unmasked underflow when it is tiny.
 *   - unmasked overflow or underflow: f80 functions return the result with its exponent biased by 24576 (SDM vol. 1,
 *     "Numeric Overflow Exception", "Numeric Underflow Exception"); f32 and f64 results are not to be used then.
 * NaN results.  f32 and f64 functions follow SSE (SDM vol. 1, table "Rules for Handling NaNs", SSE column): the first operand if it is a NaN
 * (made quiet), else the second.  f80 functions follow the x87 (x87 column): of two NaNs the larger significand, a QNaN
 * before an SNaN's quieted form as the table says.  The default NaN is the negative QNaN "real indefinite".
 * f80 operands may be unnormals, pseudo-infinities, pseudo-NaNs: invalid operands (FLOAT_I, indefinite).  Pseudo-denormals are denormals. */
#include "cpu/base/types.h"

enum { FLOAT_I = 1, FLOAT_D = 2, FLOAT_Z = 4, FLOAT_O = 8, FLOAT_U = 16, FLOAT_P = 32, FLOAT_ALL = 63 };
enum float_rounding { ROUND_NEAREST = 0, ROUND_DOWN = 1, ROUND_UP = 2, ROUND_ZERO = 3 };   /* RC of MXCSR and control word */
enum float_precision { PRECISION_24 = 0, PRECISION_RESERVED = 1, PRECISION_53 = 2, PRECISION_64 = 3 };   /* PC of the control word */
enum float_relation { FLOAT_LESS, FLOAT_EQUAL, FLOAT_GREATER, FLOAT_UNORDERED };

struct float_env {
    u8 rounding;         /* enum float_rounding */
    u8 precision;        /* enum float_precision: rounds f80 add sub mul div sqrt; the exponent range stays that of f80 */
    u8 masked;           /* FLOAT_* whose exception is masked */
    bool daz, ftz;       /* f32 and f64: denormal operands are zeros (no FLOAT_D); tiny results become zeros when FLOAT_U is masked */
    u8 raised;           /* out, accumulates */
    bool rounded_up;     /* out, f80: the last result was inexact and its magnitude was rounded up (C1 of the status word) */
};

typedef struct { u64 significand; u16 sign_exponent; } f80;

/* --- f32 and f64: SSE.  The two families have the same members --- */
#define FLOAT_SSE_FUNCTIONS(f, type) \
    type f##_add(struct float_env *env, type a, type b); \
    type f##_sub(struct float_env *env, type a, type b); \
    type f##_mul(struct float_env *env, type a, type b); \
    type f##_div(struct float_env *env, type a, type b); \
    type f##_sqrt(struct float_env *env, type a); \
    /* a * b + c with one rounding; a NaN among the operands: first a, then b, then c (SDM vol. 2, "VFMADD...").  0 * inf + QNaN raises nothing */ \
    type f##_fma(struct float_env *env, type a, type b, type c); \
    /* MINPS, MAXPS: of two zeros, or where one is a NaN, the second operand, unchanged; any NaN is FLOAT_I */ \
    type f##_min(struct float_env *env, type a, type b); \
    type f##_max(struct float_env *env, type a, type b); \
    /* signalling: a QNaN too raises FLOAT_I (COMISS, CMPLTPS); not: only an SNaN does (UCOMISS, CMPEQPS) */ \
    enum float_relation f##_compare(struct float_env *env, type a, type b, bool signalling); \
    /* ROUNDPS: to an integral value by `rounding`, in the same format; exact = false keeps FLOAT_P from being raised.  No FLOAT_D. */ \
    type f##_round(struct float_env *env, type a, enum float_rounding rounding, bool precision_exception); \
    /* to integers by `rounding`; what does not fit: FLOAT_I and 80000000h, 8000000000000000h.  No FLOAT_D. */ \
    u32 f##_to_s32(struct float_env *env, type a, enum float_rounding rounding); \
    u64 f##_to_s64(struct float_env *env, type a, enum float_rounding rounding); \
    type f##_from_s32(struct float_env *env, s32 a); \
    type f##_from_s64(struct float_env *env, s64 a);
FLOAT_SSE_FUNCTIONS(f32, u32)
FLOAT_SSE_FUNCTIONS(f64, u64)
u64 f32_to_f64(struct float_env *env, u32 a);
u32 f64_to_f32(struct float_env *env, u64 a);
/* F16C.  VCVTPH2PS ignores DAZ and raises only FLOAT_I; VCVTPS2PH rounds by `rounding`, ignores FTZ, obeys DAZ. */
u32 f16_to_f32(struct float_env *env, u16 a);
u16 f32_to_f16(struct float_env *env, u32 a, enum float_rounding rounding);

/* --- f80: x87 --- */
f80 f80_add(struct float_env *env, f80 a, f80 b);
f80 f80_sub(struct float_env *env, f80 a, f80 b);
f80 f80_mul(struct float_env *env, f80 a, f80 b);
f80 f80_div(struct float_env *env, f80 a, f80 b);
f80 f80_sqrt(struct float_env *env, f80 a);
/* signalling: FCOM, FTST (any NaN is FLOAT_I); not: FUCOM.  Unsupported encodings are FLOAT_I and unordered. */
enum float_relation f80_compare(struct float_env *env, f80 a, f80 b, bool signalling);
f80 f80_round(struct float_env *env, f80 a);                     /* FRNDINT, by env->rounding */
/* FIST, FISTP, FISTTP (rounding given): what does not fit is FLOAT_I and 8000h, 80000000h, 8000000000000000h.  No FLOAT_D. */
u16 f80_to_s16(struct float_env *env, f80 a, enum float_rounding rounding);
u32 f80_to_s32(struct float_env *env, f80 a, enum float_rounding rounding);
u64 f80_to_s64(struct float_env *env, f80 a, enum float_rounding rounding);
f80 f80_from_s64(s64 a);                                         /* exact */
/* FLD m32, m64: exact; SNaN becomes QNaN with FLOAT_I, a denormal raises FLOAT_D. */
f80 f80_from_f32(struct float_env *env, u32 a);
f80 f80_from_f64(struct float_env *env, u64 a);
/* FST m32, m64.  Unmasked overflow, underflow: the value is not to be stored. No FLOAT_D. */
u32 f80_to_f32(struct float_env *env, f80 a);
u64 f80_to_f64(struct float_env *env, f80 a);
/* FBLD, FBSTP: ten bytes.  FBSTP of what does not fit: FLOAT_I and FFFF C000 0000 0000 0000h. */
f80 f80_from_bcd(const u8 bcd[10]);
void f80_to_bcd(struct float_env *env, f80 a, u8 bcd[10]);
/* FPREM (truncating) and FPREM1 (nearest): one step of the manual's "Operation".  *partial: the reduction is incomplete (C2);
 * *quotient: its low three bits otherwise. */
f80 f80_remainder(struct float_env *env, f80 a, f80 b, bool nearest, u8 *quotient, bool *partial);
f80 f80_scale(struct float_env *env, f80 a, f80 by);             /* FSCALE: a * 2^trunc(by) */
/* FXTRACT: significand in [1, 2) and the exponent as a value. */
void f80_extract(struct float_env *env, f80 a, f80 *significand, f80 *exponent);

/* --- f80 transcendentals: cpu/float/transcendental.c.  Error below 1 ulp of the 64-bit significand in round-to-nearest over the
 *     documented ranges, the rounding mode obeyed, results independent of the host.  PC is ignored. --- */
f80 f80_2xm1(struct float_env *env, f80 a);                      /* F2XM1: 2^a - 1, -1 <= a <= 1 */
f80 f80_yl2x(struct float_env *env, f80 x, f80 y);               /* FYL2X: y * log2(x) */
f80 f80_yl2xp1(struct float_env *env, f80 x, f80 y);             /* FYL2XP1: y * log2(x + 1) */
f80 f80_patan(struct float_env *env, f80 x, f80 y);              /* FPATAN: atan2(y, x) */
/* FSIN, FCOS, FSINCOS, FPTAN.  *out_of_range: |a| >= 2^63, C2 = 1, the operand is to stay.  Arguments are reduced by the 66-bit
 * pi of the x87 (SDM vol. 1, "Approximation of Pi"), as the hardware does. */
f80 f80_sin(struct float_env *env, f80 a, bool *out_of_range);
f80 f80_cos(struct float_env *env, f80 a, bool *out_of_range);
f80 f80_tan(struct float_env *env, f80 a, bool *out_of_range);

/* --- kinds of f80 --- */
enum float_class { FLOAT_ZERO, FLOAT_NORMAL, FLOAT_DENORMAL, FLOAT_INFINITY, FLOAT_QNAN, FLOAT_SNAN, FLOAT_UNSUPPORTED };
static inline enum float_class f80_class(f80 a)
{
    unsigned exponent = a.sign_exponent & 0x7fff;
    bool integer = a.significand >> 63;

    if (exponent == 0) return a.significand ? FLOAT_DENORMAL : FLOAT_ZERO;
    if (!integer) return FLOAT_UNSUPPORTED;
    if (exponent != 0x7fff) return FLOAT_NORMAL;
    if (a.significand << 1 == 0) return FLOAT_INFINITY;
    return a.significand >> 62 & 1 ? FLOAT_QNAN : FLOAT_SNAN;
}
static inline f80 f80_indefinite(void) { return (f80){ .significand = 0xc000000000000000, .sign_exponent = 0xffff }; }

#endif
