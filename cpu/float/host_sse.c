/* f32 and f64 on the host's own SSE unit: x86-64 hosts.                                   doc: float
 * MXCSR is the guest's rounding, DAZ and FTZ with every exception masked.  Unmasked overflow and underflow raise other flags than
 * masked ones: then the software does the work. */
#include "cpu/float/soft.h"

#if defined(__x86_64__)
#include "cpu/base/bits.h"

enum { MXCSR_DAZ = 1 << 6, MXCSR_MASKS = 0x1f80, MXCSR_RC = 13, MXCSR_FTZ = 1 << 15, BEFORE = FLOAT_I | FLOAT_D | FLOAT_Z };

static u32 mxcsr_of(const struct float_env *env, unsigned rounding)
{
    bool ftz = env->ftz && env->masked & FLOAT_U;
    return MXCSR_MASKS | rounding << MXCSR_RC | (env->daz ? MXCSR_DAZ : 0) | (ftz ? MXCSR_FTZ : 0);
}

/* The empty statement keeps the compiler from moving arithmetic over the control word. */
static void begin(const struct float_env *env, unsigned rounding)
{
    u32 v = mxcsr_of(env, rounding);
    __asm__ volatile("ldmxcsr %0" : : "m"(v) : "memory");
}

static unsigned end(void)
{
    static const u32 usual = MXCSR_MASKS;
    u32 v;
    __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(v) : "m"(usual) : "memory");
    return v & FLOAT_ALL;
}

/* Unmasked exceptions before the operation hide those after it. */
static void take(struct float_env *env, unsigned raised)
{
    if (raised & BEFORE & ~env->masked) raised &= BEFORE;
    env->raised |= (u8)raised;
}

static bool range_masked(const struct float_env *env)
{
    return (env->masked & (FLOAT_O | FLOAT_U)) == (FLOAT_O | FLOAT_U);
}

/* One instruction on %xmm0 with %xmm1 as its source. */
#define RUN2(env, rounding_, instruction, a, b, result, raised) \
    do { \
        begin(env, rounding_); \
        __asm__ volatile("movq %1, %%xmm0\n\tmovq %2, %%xmm1\n\t" instruction "\n\tmovq %%xmm0, %0" \
                         : "=r"(result) : "r"((u64)(a)), "r"((u64)(b)) : "xmm0", "xmm1", "memory"); \
        raised = end(); \
    } while (0)

#define ARITHMETIC(name, type, instruction) \
    type name(struct float_env *env, type a, type b) \
    { \
        u64 r; \
        unsigned raised; \
        if (!range_masked(env)) return soft_##name(env, a, b); \
        RUN2(env, env->rounding, instruction " %%xmm1, %%xmm0", a, b, r, raised); \
        take(env, raised); \
        return (type)r; \
    }
#define CHOICE(name, type, instruction) \
    type name(struct float_env *env, type a, type b) \
    { \
        u64 r; \
        unsigned raised; \
        RUN2(env, env->rounding, instruction " %%xmm1, %%xmm0", a, b, r, raised); \
        take(env, raised); \
        return (type)r; \
    }
ARITHMETIC(f32_add, u32, "addss")
ARITHMETIC(f32_sub, u32, "subss")
ARITHMETIC(f32_mul, u32, "mulss")
ARITHMETIC(f32_div, u32, "divss")
ARITHMETIC(f64_add, u64, "addsd")
ARITHMETIC(f64_sub, u64, "subsd")
ARITHMETIC(f64_mul, u64, "mulsd")
ARITHMETIC(f64_div, u64, "divsd")
CHOICE(f32_min, u32, "minss")
CHOICE(f32_max, u32, "maxss")
CHOICE(f64_min, u64, "minsd")
CHOICE(f64_max, u64, "maxsd")

#define UNARY(name, from, to, instruction) \
    to name(struct float_env *env, from a) \
    { \
        u64 r; \
        unsigned raised; \
        if (!range_masked(env)) return soft_##name(env, a); \
        RUN2(env, env->rounding, instruction " %%xmm1, %%xmm0", 0, a, r, raised); \
        take(env, raised); \
        return (to)r; \
    }
UNARY(f32_sqrt, u32, u32, "sqrtss")
UNARY(f64_sqrt, u64, u64, "sqrtsd")
UNARY(f32_to_f64, u32, u64, "cvtss2sd")
UNARY(f64_to_f32, u64, u32, "cvtsd2ss")

/* cvttss2si is truncation whatever RC says; the other form rounds by it. */
#define TO_INTEGER(name, from, to, instruction) \
    to name(struct float_env *env, from a, enum float_rounding rounding) \
    { \
        to r; \
        begin(env, rounding); \
        __asm__ volatile("movq %1, %%xmm0\n\t" instruction " %%xmm0, %0" : "=r"(r) : "r"((u64)a) : "xmm0", "memory"); \
        take(env, end()); \
        return r; \
    }
TO_INTEGER(f32_to_s32, u32, u32, "cvtss2si")
TO_INTEGER(f32_to_s64, u32, u64, "cvtss2siq")
TO_INTEGER(f64_to_s32, u64, u32, "cvtsd2si")
TO_INTEGER(f64_to_s64, u64, u64, "cvtsd2siq")

#define FROM_INTEGER(name, from, to, instruction) \
    to name(struct float_env *env, from a) \
    { \
        u64 r; \
        begin(env, env->rounding); \
        __asm__ volatile("pxor %%xmm0, %%xmm0\n\t" instruction " %1, %%xmm0\n\tmovq %%xmm0, %0" : "=r"(r) : "r"(a) : "xmm0", "memory"); \
        take(env, end()); \
        return (to)r; \
    }
FROM_INTEGER(f32_from_s32, s32, u32, "cvtsi2ss")
FROM_INTEGER(f32_from_s64, s64, u32, "cvtsi2ssq")
FROM_INTEGER(f64_from_s32, s32, u64, "cvtsi2sd")
FROM_INTEGER(f64_from_s64, s64, u64, "cvtsi2sdq")

/* ZF PF CF: 111 unordered, 000 greater, 001 less, 100 equal. */
#define COMPARE(name, type, quiet, signal) \
    enum float_relation name(struct float_env *env, type a, type b, bool signalling) \
    { \
        u64 flags; \
        begin(env, env->rounding); \
        if (signalling) \
            __asm__ volatile("movq %1, %%xmm0\n\tmovq %2, %%xmm1\n\t" signal " %%xmm1, %%xmm0\n\tpushfq\n\tpopq %0" \
                             : "=r"(flags) : "r"((u64)a), "r"((u64)b) : "xmm0", "xmm1", "memory", "cc"); \
        else \
            __asm__ volatile("movq %1, %%xmm0\n\tmovq %2, %%xmm1\n\t" quiet " %%xmm1, %%xmm0\n\tpushfq\n\tpopq %0" \
                             : "=r"(flags) : "r"((u64)a), "r"((u64)b) : "xmm0", "xmm1", "memory", "cc"); \
        take(env, end()); \
        return flags & 4 ? FLOAT_UNORDERED : flags & 1 ? FLOAT_LESS : flags & 64 ? FLOAT_EQUAL : FLOAT_GREATER; \
    }
COMPARE(f32_compare, u32, "ucomiss", "comiss")
COMPARE(f64_compare, u64, "ucomisd", "comisd")

#endif
