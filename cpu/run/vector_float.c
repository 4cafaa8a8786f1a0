/* SSE arithmetic: elements through cpu/float, MXCSR around them.  SDM vol. 1, "SSE and SSE2 Exceptions".   doc: vector */
#include <string.h>

#include "cpu/run/flags.h"
#include "cpu/run/vector.h"

enum { MXCSR_DAZ = 1 << 6, MXCSR_FTZ = 1 << 15, BEFORE = FLOAT_I | FLOAT_D | FLOAT_Z };

bool vector_sse_refused(struct cpu *cpu, bool vex)
{
    if (!vex && cpu->cr0 & CR0_EM) return FAULT(cpu, VECTOR_EM, .value = cpu->cr0);
    if (!vex && !(cpu->cr4 & CR4_OSFXSR)) return FAULT(cpu, VECTOR_OSFXSR, .value = cpu->cr4);
    if (vex && (!(cpu->cr4 & CR4_OSXSAVE) || (cpu->xcr0 & 6) != 6)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    return FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
}

bool vector_misaligned(struct cpu *cpu, unsigned seg, u64 la, unsigned bytes)
{
    return FAULT(cpu, VECTOR_MISALIGNED, .la = la, .size = (u8)bytes, .segment = (u8)seg);
}

struct float_env vector_env(const struct cpu *cpu)
{
    return (struct float_env){
        .rounding = cpu->mxcsr >> 13 & 3, .masked = cpu->mxcsr >> 7 & FLOAT_ALL, .precision = PRECISION_64,
        .daz = cpu->mxcsr & MXCSR_DAZ, .ftz = cpu->mxcsr & MXCSR_FTZ,
    };
}

static bool raise_all(struct cpu *cpu, u32 raised, u32 masked)
{
    cpu->mxcsr |= raised;
    if (!(raised & ~masked)) return true;
    if (!(cpu->cr4 & CR4_OSXMMEXCPT)) return FAULT(cpu, VECTOR_OSXMMEXCPT, .value = raised);
    return FAULT(cpu, SIMD_FLOAT, .value = raised & ~masked);
}

/* Where an element has an unmasked exception before its operation, no element reports one after it. */
bool vector_raise(struct cpu *cpu, const struct float_env *env)
{
    bool before = env->raised & BEFORE & ~env->masked;
    return raise_all(cpu, before ? env->raised & BEFORE : env->raised, env->masked);
}

/* Results wait in r until no exception is unmasked. */
#define COMMIT(bytes) \
    do { \
        if (!vector_raise(cpu, &env)) return false; \
        memcpy(d, &r, bytes); \
        return true; \
    } while (0)

bool vector_packed32(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, float32_binary *f)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < bytes / 4; i++) r.d[i] = f(&env, a->d[i], b->d[i]);
    COMMIT(bytes);
}

bool vector_packed64(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, float64_binary *f)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < bytes / 8; i++) r.q[i] = f(&env, a->q[i], b->q[i]);
    COMMIT(bytes);
}

bool vector_scalar32(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, float32_binary *f)
{
    struct float_env env = vector_env(cpu);
    union vector r = *a;

    r.d[0] = f(&env, a->d[0], b->d[0]);
    COMMIT(16);
}

bool vector_scalar64(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, float64_binary *f)
{
    struct float_env env = vector_env(cpu);
    union vector r = *a;

    r.q[0] = f(&env, a->q[0], b->q[0]);
    COMMIT(16);
}

u32 vector_sqrt32(struct float_env *env, u32 a, u32 b) { (void)a; return f32_sqrt(env, b); }
u64 vector_sqrt64(struct float_env *env, u64 a, u64 b) { (void)a; return f64_sqrt(env, b); }
u32 vector_rcp32(struct float_env *env, u32 a, u32 b) { (void)env; (void)a; return vector_rcp(b); }
u32 vector_rsqrt32(struct float_env *env, u32 a, u32 b) { (void)env; (void)a; return vector_rsqrt(b); }

/* --- comparisons --- */

/* The predicates 0 to 31 of VCMPPS: relations that make it true, bit n for enum float_relation n, and whether a QNaN signals.
 * SDM vol. 2, "CMPPD", table "Comparison Predicate for VCMPPD and VCMPPS Instructions". */
#define LT (1 << FLOAT_LESS)
#define EQ (1 << FLOAT_EQUAL)
#define GT (1 << FLOAT_GREATER)
#define UN (1 << FLOAT_UNORDERED)
static const u8 predicate_true[16] = {
    EQ, LT, LT | EQ, UN, LT | GT | UN, EQ | GT | UN, GT | UN, LT | EQ | GT,
    EQ | UN, LT | UN, LT | EQ | UN, 0, LT | GT, EQ | GT, GT, LT | EQ | GT | UN,
};
static const u32 predicate_signals = 0x66 | 0x66 << 8 | 0x99u << 16 | 0x99u << 24;

bool vector_compare(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes,
                    bool scalar, u8 predicate)
{
    struct float_env env = vector_env(cpu);
    union vector r = *a;
    unsigned count = scalar ? 1 : bytes / element_bytes, truth = predicate_true[predicate & 15];
    bool signals = predicate_signals >> predicate & 1;

    for (unsigned i = 0; i < count; i++) {
        enum float_relation relation = element_bytes == 4 ? f32_compare(&env, a->d[i], b->d[i], signals)
                                                          : f64_compare(&env, a->q[i], b->q[i], signals);
        if (element_bytes == 4) r.d[i] = truth >> relation & 1 ? ~0u : 0;
        else r.q[i] = truth >> relation & 1 ? ~0ull : 0;
    }
    COMMIT(bytes);
}

bool vector_compare_flags(struct cpu *cpu, const union vector *a, const union vector *b, unsigned element_bytes, bool signalling)
{
    static const u32 flags[] = {
        [FLOAT_LESS] = EFLAGS_CF, [FLOAT_EQUAL] = EFLAGS_ZF, [FLOAT_GREATER] = 0, [FLOAT_UNORDERED] = EFLAGS_ZF | EFLAGS_PF | EFLAGS_CF,
    };
    struct float_env env = vector_env(cpu);
    enum float_relation relation = element_bytes == 4 ? f32_compare(&env, a->d[0], b->d[0], signalling)
                                                      : f64_compare(&env, a->q[0], b->q[0], signalling);

    if (!vector_raise(cpu, &env)) return false;
    cpu_set_arithmetic_flags(cpu, flags[relation]);
    return true;
}

/* --- neighbours --- */

bool vector_horizontal(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes,
                       bool subtract)
{
    struct float_env env = vector_env(cpu);
    union vector r;
    unsigned half = 8 / element_bytes;

    for (unsigned at = 0; at < bytes / element_bytes; at += 2 * half)
        for (unsigned i = 0; i < 2 * half; i++) {
            const union vector *from = i < half ? a : b;
            unsigned pair = at + 2 * (i % half);
            if (element_bytes == 4) r.d[at + i] = (subtract ? f32_sub : f32_add)(&env, from->d[pair], from->d[pair + 1]);
            else r.q[at + i] = (subtract ? f64_sub : f64_add)(&env, from->q[pair], from->q[pair + 1]);
        }
    COMMIT(bytes);
}

bool vector_addsub(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < bytes / element_bytes; i++) {
        if (element_bytes == 4) r.d[i] = (i & 1 ? f32_add : f32_sub)(&env, a->d[i], b->d[i]);
        else r.q[i] = (i & 1 ? f64_add : f64_sub)(&env, a->q[i], b->q[i]);
    }
    COMMIT(bytes);
}

bool vector_round(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes, bool scalar,
                  u8 imm)
{
    struct float_env env = vector_env(cpu);
    enum float_rounding rounding = imm & 4 ? env.rounding : imm & 3u;
    union vector r = *a;
    unsigned count = scalar ? 1 : bytes / element_bytes;

    for (unsigned i = 0; i < count; i++) {
        if (element_bytes == 4) r.d[i] = f32_round(&env, b->d[i], rounding, !(imm & 8));
        else r.q[i] = f64_round(&env, b->q[i], rounding, !(imm & 8));
    }
    COMMIT(bytes);
}

/* --- conversions --- */

bool vector_ps_to_pd(struct cpu *cpu, union vector *d, const union vector *b, unsigned count)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.q[i] = f32_to_f64(&env, b->d[i]);
    COMMIT(8 * count);
}

/* Two results leave 0 in the upper half of the XMM register. */
bool vector_pd_to_ps(struct cpu *cpu, union vector *d, const union vector *b, unsigned count)
{
    struct float_env env = vector_env(cpu);
    union vector r = { 0 };

    for (unsigned i = 0; i < count; i++) r.d[i] = f64_to_f32(&env, b->q[i]);
    COMMIT(16);
}

bool vector_dq_to_ps(struct cpu *cpu, union vector *d, const union vector *b, unsigned count)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.d[i] = f32_from_s32(&env, (s32)b->d[i]);
    COMMIT(4 * count);
}

bool vector_dq_to_pd(struct cpu *cpu, union vector *d, const union vector *b, unsigned count)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.q[i] = f64_from_s32(&env, (s32)b->d[i]);
    COMMIT(8 * count);
}

bool vector_ps_to_dq(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, bool truncate)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.d[i] = f32_to_s32(&env, b->d[i], truncate ? ROUND_ZERO : env.rounding);
    COMMIT(4 * count);
}

/* 16 bytes in any case; of an MMX destination the caller takes 8. */
bool vector_pd_to_dq(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, bool truncate)
{
    struct float_env env = vector_env(cpu);
    union vector r = { 0 };

    for (unsigned i = 0; i < count; i++) r.d[i] = f64_to_s32(&env, b->q[i], truncate ? ROUND_ZERO : env.rounding);
    COMMIT(16);
}

bool vector_to_integer(struct cpu *cpu, u64 *value, const union vector *b, unsigned element_bytes, unsigned integer_bytes, bool truncate)
{
    struct float_env env = vector_env(cpu);
    enum float_rounding rounding = truncate ? ROUND_ZERO : env.rounding;
    u64 r;

    if (integer_bytes == 8) r = element_bytes == 4 ? f32_to_s64(&env, b->d[0], rounding) : f64_to_s64(&env, b->q[0], rounding);
    else r = element_bytes == 4 ? f32_to_s32(&env, b->d[0], rounding) : f64_to_s32(&env, b->q[0], rounding);
    if (!vector_raise(cpu, &env)) return false;
    *value = r;
    return true;
}

bool vector_from_integer(struct cpu *cpu, union vector *d, const union vector *a, u64 value, unsigned element_bytes, unsigned integer_bytes)
{
    struct float_env env = vector_env(cpu);
    union vector r = *a;

    if (element_bytes == 4) r.d[0] = integer_bytes == 8 ? f32_from_s64(&env, (s64)value) : f32_from_s32(&env, (s32)value);
    else r.q[0] = integer_bytes == 8 ? f64_from_s64(&env, (s64)value) : f64_from_s32(&env, (s32)value);
    COMMIT(16);
}

bool vector_convert_scalar(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, bool to_double)
{
    struct float_env env = vector_env(cpu);
    union vector r = *a;

    if (to_double) r.q[0] = f32_to_f64(&env, b->d[0]);
    else r.d[0] = f64_to_f32(&env, b->q[0]);
    COMMIT(16);
}

/* --- dot products, halves, fused multiplication --- */

bool vector_dot(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes, u8 imm)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned at = 0; at < bytes; at += 16) {
        if (element_bytes == 4) vector_dpps(&env, &r.d[at / 4], &a->d[at / 4], &b->d[at / 4], imm);
        else vector_dppd(&env, &r.q[at / 8], &a->q[at / 8], &b->q[at / 8], imm);
    }
    if (!raise_all(cpu, env.raised, env.masked)) return false;       /* step by step they have hidden what they hide */
    memcpy(d, &r, bytes);
    return true;
}

bool vector_half_to_single(struct cpu *cpu, union vector *d, const union vector *b, unsigned count)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.d[i] = f16_to_f32(&env, b->w[i]);
    COMMIT(4 * count);
}

bool vector_single_to_half(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, u8 imm)
{
    struct float_env env = vector_env(cpu);
    union vector r;

    for (unsigned i = 0; i < count; i++) r.w[i] = f32_to_f16(&env, b->d[i], imm & 4 ? env.rounding : imm & 3u);
    COMMIT(2 * count);
}

static bool is_nan_element(u64 v, unsigned bytes)
{
    return bytes == 4 ? (v & 0x7fffffff) > 0x7f800000 : (v & INT64_MAX) > 0x7ff0000000000000;
}

/* A NaN keeps its sign. */
static u64 negated(u64 v, unsigned bytes, bool negate)
{
    return negate && !is_nan_element(v, bytes) ? v ^ 1ull << (8 * bytes - 1) : v;
}

bool vector_fused(struct cpu *cpu, union vector *d, const union vector *x, const union vector *y, const union vector *z, unsigned bytes,
                  unsigned element_bytes, unsigned negate, bool scalar)
{
    struct float_env env = vector_env(cpu);
    union vector r = *d;

    for (unsigned i = 0; i < (scalar ? 1 : bytes / element_bytes); i++) {
        bool minus_z = negate & FUSED_NEGATE_ADDEND || negate & (i & 1 ? FUSED_NEGATE_ODD : FUSED_NEGATE_EVEN);
        bool minus_x = negate & FUSED_NEGATE_PRODUCT;
        if (element_bytes == 4)
            r.d[i] = f32_fma(&env, (u32)negated(x->d[i], 4, minus_x), y->d[i], (u32)negated(z->d[i], 4, minus_z));
        else
            r.q[i] = f64_fma(&env, negated(x->q[i], 8, minus_x), y->q[i], negated(z->q[i], 8, minus_z));
    }
    COMMIT(bytes);
}

/* --- strings --- */

/* The magnitude of EAX or EDX, at most the elements of the operand. */
unsigned vector_explicit_length(s64 reg, u8 imm)
{
    u64 length = reg < 0 ? 0 - (u64)reg : (u64)reg, most = imm & 1 ? 8 : 16;
    return (unsigned)(length < most ? length : most);
}

void vector_string_mask(union vector *xmm0, u16 mask, u8 imm)
{
    union vector r = { .q = { mask } };

    for (unsigned i = 0; imm & 0x40 && i < 16; i++) r.b[i] = mask >> (imm & 1 ? i / 2 : i) & 1 ? 0xff : 0;
    memcpy(xmm0, &r, 16);
}

/* --- MMX --- */

bool vector_open_mmx(struct cpu *cpu)
{
    if (cpu->cr0 & CR0_EM) return FAULT(cpu, MMX_EM, .value = cpu->cr0);
    if (cpu->cr0 & CR0_TS) return FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
    if (cpu->x87.status & 0x80) return FAULT(cpu, FLOAT_ERROR, .value = cpu->x87.status & ~cpu->x87.control & 0x3f);
    return true;
}

bool vector_probe_store(struct cpu *cpu, unsigned seg, u64 ea, unsigned bytes)
{
    u64 la = linear_of(cpu, seg, ea), next_page = (la | (PAGE_BYTES - 1)) + 1;

    if (!segment_may_write(cpu, seg, ea, bytes)) return segment_violation(cpu, seg, ea, bytes, ACCESS_WRITE);
    if (bytes == 8 && !access_aligned(cpu, seg, ea, 8)) return false;
    if (!access_probe_write(cpu, seg, la, 1)) return false;
    return next_page - la >= bytes || access_probe_write(cpu, seg, next_page & cpu->linear_mask, 1);
}
