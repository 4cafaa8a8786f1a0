#ifndef ORRERY_FLOAT_SOFT_H
#define ORRERY_FLOAT_SOFT_H
/* The functions of float.h in integer arithmetic alone, the same on every host.       doc: float
 * soft_f32_add is f32_add, and so on; what they take and give is written there. */
#include "cpu/float/float.h"

#define SOFT_SSE_FUNCTIONS(f, type) \
    type soft_##f##_add(struct float_env *env, type a, type b); \
    type soft_##f##_sub(struct float_env *env, type a, type b); \
    type soft_##f##_mul(struct float_env *env, type a, type b); \
    type soft_##f##_div(struct float_env *env, type a, type b); \
    type soft_##f##_sqrt(struct float_env *env, type a); \
    type soft_##f##_fma(struct float_env *env, type a, type b, type c); \
    type soft_##f##_min(struct float_env *env, type a, type b); \
    type soft_##f##_max(struct float_env *env, type a, type b); \
    enum float_relation soft_##f##_compare(struct float_env *env, type a, type b, \
                                           bool signalling); \
    type soft_##f##_round(struct float_env *env, type a, enum float_rounding rounding, \
                          bool precision_exception); \
    u32 soft_##f##_to_s32(struct float_env *env, type a, enum float_rounding rounding); \
    u64 soft_##f##_to_s64(struct float_env *env, type a, enum float_rounding rounding); \
    type soft_##f##_from_s32(struct float_env *env, s32 a); \
    type soft_##f##_from_s64(struct float_env *env, s64 a);
SOFT_SSE_FUNCTIONS(f32, u32)
SOFT_SSE_FUNCTIONS(f64, u64)
u64 soft_f32_to_f64(struct float_env *env, u32 a);
u32 soft_f64_to_f32(struct float_env *env, u64 a);
u32 soft_f16_to_f32(struct float_env *env, u16 a);
u16 soft_f32_to_f16(struct float_env *env, u32 a, enum float_rounding rounding);

f80 soft_f80_add(struct float_env *env, f80 a, f80 b);
f80 soft_f80_sub(struct float_env *env, f80 a, f80 b);
f80 soft_f80_mul(struct float_env *env, f80 a, f80 b);
f80 soft_f80_div(struct float_env *env, f80 a, f80 b);
f80 soft_f80_sqrt(struct float_env *env, f80 a);
enum float_relation soft_f80_compare(struct float_env *env, f80 a, f80 b, bool signalling);
f80 soft_f80_round(struct float_env *env, f80 a);
u16 soft_f80_to_s16(struct float_env *env, f80 a, enum float_rounding rounding);
u32 soft_f80_to_s32(struct float_env *env, f80 a, enum float_rounding rounding);
u64 soft_f80_to_s64(struct float_env *env, f80 a, enum float_rounding rounding);
f80 soft_f80_from_s64(s64 a);
f80 soft_f80_from_f32(struct float_env *env, u32 a);
f80 soft_f80_from_f64(struct float_env *env, u64 a);
u32 soft_f80_to_f32(struct float_env *env, f80 a);
u64 soft_f80_to_f64(struct float_env *env, f80 a);
f80 soft_f80_from_bcd(const u8 bcd[10]);
void soft_f80_to_bcd(struct float_env *env, f80 a, u8 bcd[10]);
f80 soft_f80_remainder(struct float_env *env, f80 a, f80 b, bool nearest, u8 *quotient,
                       bool *partial);
f80 soft_f80_scale(struct float_env *env, f80 a, f80 by);
void soft_f80_extract(struct float_env *env, f80 a, f80 *significand, f80 *exponent);

#endif
