/* Which unit serves float.h: the host's own (host_sse.c, host_x87.c) on x86-64, the software elsewhere and for what not every
 * such host has, or does alike.                                                           doc: float */
#include "cpu/float/soft.h"

u32 f32_fma(struct float_env *env, u32 a, u32 b, u32 c) { return soft_f32_fma(env, a, b, c); }
u64 f64_fma(struct float_env *env, u64 a, u64 b, u64 c) { return soft_f64_fma(env, a, b, c); }
u32 f32_round(struct float_env *env, u32 a, enum float_rounding rounding, bool exception) { return soft_f32_round(env, a, rounding, exception); }
u64 f64_round(struct float_env *env, u64 a, enum float_rounding rounding, bool exception) { return soft_f64_round(env, a, rounding, exception); }
u32 f16_to_f32(struct float_env *env, u16 a) { return soft_f16_to_f32(env, a); }
u16 f32_to_f16(struct float_env *env, u32 a, enum float_rounding rounding) { return soft_f32_to_f16(env, a, rounding); }
/* How far a partial reduction goes differs between makers. */
f80 f80_remainder(struct float_env *env, f80 a, f80 b, bool nearest, u8 *quotient, bool *partial)
{
    return soft_f80_remainder(env, a, b, nearest, quotient, partial);
}

#if !defined(__x86_64__)
#define SSE(f, type) \
    type f##_add(struct float_env *env, type a, type b) { return soft_##f##_add(env, a, b); } \
    type f##_sub(struct float_env *env, type a, type b) { return soft_##f##_sub(env, a, b); } \
    type f##_mul(struct float_env *env, type a, type b) { return soft_##f##_mul(env, a, b); } \
    type f##_div(struct float_env *env, type a, type b) { return soft_##f##_div(env, a, b); } \
    type f##_sqrt(struct float_env *env, type a) { return soft_##f##_sqrt(env, a); } \
    type f##_min(struct float_env *env, type a, type b) { return soft_##f##_min(env, a, b); } \
    type f##_max(struct float_env *env, type a, type b) { return soft_##f##_max(env, a, b); } \
    enum float_relation f##_compare(struct float_env *env, type a, type b, bool signalling) { return soft_##f##_compare(env, a, b, signalling); } \
    u32 f##_to_s32(struct float_env *env, type a, enum float_rounding rounding) { return soft_##f##_to_s32(env, a, rounding); } \
    u64 f##_to_s64(struct float_env *env, type a, enum float_rounding rounding) { return soft_##f##_to_s64(env, a, rounding); } \
    type f##_from_s32(struct float_env *env, s32 a) { return soft_##f##_from_s32(env, a); } \
    type f##_from_s64(struct float_env *env, s64 a) { return soft_##f##_from_s64(env, a); }
SSE(f32, u32)
SSE(f64, u64)
u64 f32_to_f64(struct float_env *env, u32 a) { return soft_f32_to_f64(env, a); }
u32 f64_to_f32(struct float_env *env, u64 a) { return soft_f64_to_f32(env, a); }
f80 f80_add(struct float_env *env, f80 a, f80 b) { return soft_f80_add(env, a, b); }
f80 f80_sub(struct float_env *env, f80 a, f80 b) { return soft_f80_sub(env, a, b); }
f80 f80_mul(struct float_env *env, f80 a, f80 b) { return soft_f80_mul(env, a, b); }
f80 f80_div(struct float_env *env, f80 a, f80 b) { return soft_f80_div(env, a, b); }
f80 f80_sqrt(struct float_env *env, f80 a) { return soft_f80_sqrt(env, a); }
f80 f80_round(struct float_env *env, f80 a) { return soft_f80_round(env, a); }
f80 f80_scale(struct float_env *env, f80 a, f80 by) { return soft_f80_scale(env, a, by); }
void f80_extract(struct float_env *env, f80 a, f80 *significand, f80 *exponent) { soft_f80_extract(env, a, significand, exponent); }
enum float_relation f80_compare(struct float_env *env, f80 a, f80 b, bool signalling) { return soft_f80_compare(env, a, b, signalling); }
u16 f80_to_s16(struct float_env *env, f80 a, enum float_rounding rounding) { return soft_f80_to_s16(env, a, rounding); }
u32 f80_to_s32(struct float_env *env, f80 a, enum float_rounding rounding) { return soft_f80_to_s32(env, a, rounding); }
u64 f80_to_s64(struct float_env *env, f80 a, enum float_rounding rounding) { return soft_f80_to_s64(env, a, rounding); }
f80 f80_from_s64(s64 a) { return soft_f80_from_s64(a); }
f80 f80_from_f32(struct float_env *env, u32 a) { return soft_f80_from_f32(env, a); }
f80 f80_from_f64(struct float_env *env, u64 a) { return soft_f80_from_f64(env, a); }
u32 f80_to_f32(struct float_env *env, f80 a) { return soft_f80_to_f32(env, a); }
u64 f80_to_f64(struct float_env *env, f80 a) { return soft_f80_to_f64(env, a); }
f80 f80_from_bcd(const u8 bcd[10]) { return soft_f80_from_bcd(bcd); }
void f80_to_bcd(struct float_env *env, f80 a, u8 bcd[10]) { soft_f80_to_bcd(env, a, bcd); }
#endif
