#include "tests/float/float_test.h"
/* SSE, F16C and FMA: every scalar instruction with its MXCSR, unmasked exceptions included. */
#include <cpuid.h>
#include <signal.h>
#include <ucontext.h>

enum { MXCSR_DAZ = 1 << 6, MXCSR_FTZ = 1 << 15, MXCSR_ALL_MASKED = 0x1f80 };

static u32 mxcsr_of(const struct vector *v)
{
    return (u32)v->env.masked << 7 | (u32)v->env.rounding << 13 | (v->env.daz ? MXCSR_DAZ : 0) |
           (v->env.ftz ? MXCSR_FTZ : 0);
}

static void resume(int number, siginfo_t *info, void *context)
{
    mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;

    (void)number;
    (void)info;
    machine->fpregs->mxcsr |= MXCSR_ALL_MASKED;
    machine->gregs[REG_RIP] = machine->gregs[REG_RCX];
}

void sse_catch_exceptions(void)
{
    struct sigaction action = { .sa_sigaction = resume, .sa_flags = SA_SIGINFO };

    sigaction(SIGFPE, &action, NULL);
}

/* One instruction between operands in xmm0, xmm1, xmm2, rax and a result in xmm0 or rax. */
#define HOST(name, instruction) \
    static void host_##name(const struct vector *v, struct outcome *o) \
    { \
        u32 mxcsr = mxcsr_of(v), after; \
        const u32 all_masked = MXCSR_ALL_MASKED; \
        u64 xmm, rax = v->a; \
        \
        asm volatile("movq %[a], %%xmm0\n movq %[b], %%xmm1\n movq %[c], %%xmm2\n" \
                     "leaq 1f(%%rip), %%rcx\n ldmxcsr %[in]\n" instruction "\n" \
                     "1: stmxcsr %[out]\n ldmxcsr %[all]\n movq %%xmm0, %[xmm]\n" \
                     : [out] "=m"(after), [xmm] "=r"(xmm), "+a"(rax) \
                     : [in] "m"(mxcsr), [all] "m"(all_masked), [a] "m"(v->a), [b] "m"(v->b), \
                       [c] "m"(v->c) \
                     : "rcx", "xmm0", "xmm1", "xmm2", "cc", "memory"); \
        o->raised = after & FLOAT_ALL; \
        o->value = pick_##name(xmm, rax); \
    }

/* Which part of the answer counts. */
#define PICK(name, expression) \
    static u64 pick_##name(u64 xmm, u64 rax) \
    { \
        (void)xmm; \
        (void)rax; \
        return expression; \
    }

/* AH of LAHF after COMISS: ZF bit 14, PF bit 10, CF bit 8. */
static u64 relation(u64 rax)
{
    if (rax & 1 << 10) return FLOAT_UNORDERED;
    if (rax & 1 << 14) return FLOAT_EQUAL;
    return rax & 1 << 8 ? FLOAT_LESS : FLOAT_GREATER;
}

/* (*v).env is the software's, and takes its flags. */
#define SOFT(name, call) \
    static void soft_##name(struct vector *v, struct outcome *o) \
    { \
        struct float_env *env = &v->env; \
        \
        o->value = call; \
        o->raised = env->raised; \
    }

#define TWO(f, type, op, instruction) \
    PICK(f##_##op, (type)xmm) \
    HOST(f##_##op, instruction " %%xmm1, %%xmm0") \
    SOFT(f##_##op##_vector, soft_##f##_##op(env, (type)v->a, (type)v->b))

/* s: the suffix of scalar instructions, ss or sd */
#define FAMILY(f, type, s) \
    TWO(f, type, add, "add" s) \
    TWO(f, type, sub, "sub" s) \
    TWO(f, type, mul, "mul" s) \
    TWO(f, type, div, "div" s) \
    TWO(f, type, min, "min" s) \
    TWO(f, type, max, "max" s) \
    PICK(f##_sqrt, (type)xmm) \
    HOST(f##_sqrt, "sqrt" s " %%xmm0, %%xmm0") \
    SOFT(f##_sqrt_vector, soft_##f##_sqrt(env, (type)v->a)) \
    PICK(f##_fma, (type)xmm) \
    HOST(f##_fma, "vfmadd132" s " %%xmm1, %%xmm2, %%xmm0") \
    SOFT(f##_fma_vector, soft_##f##_fma(env, (type)v->a, (type)v->b, (type)v->c)) \
    PICK(f##_comi, relation(rax)) \
    HOST(f##_comi, "comi" s " %%xmm1, %%xmm0\n lahf") \
    SOFT(f##_comi_vector, soft_##f##_compare(env, (type)v->a, (type)v->b, true)) \
    PICK(f##_ucomi, relation(rax)) \
    HOST(f##_ucomi, "ucomi" s " %%xmm1, %%xmm0\n lahf") \
    SOFT(f##_ucomi_vector, soft_##f##_compare(env, (type)v->a, (type)v->b, false)) \
    PICK(f##_round, (type)xmm) \
    HOST(f##_round, "round" s " $4, %%xmm0, %%xmm0") \
    SOFT(f##_round_vector, soft_##f##_round(env, (type)v->a, env->rounding, true)) \
    PICK(f##_round_quietly, (type)xmm) \
    HOST(f##_round_quietly, "round" s " $12, %%xmm0, %%xmm0") \
    SOFT(f##_round_quietly_vector, soft_##f##_round(env, (type)v->a, env->rounding, false)) \
    PICK(f##_to_s32, (u32)rax) \
    HOST(f##_to_s32, "cvt" s "2si %%xmm0, %%eax") \
    SOFT(f##_to_s32_vector, soft_##f##_to_s32(env, (type)v->a, env->rounding)) \
    PICK(f##_truncate_to_s32, (u32)rax) \
    HOST(f##_truncate_to_s32, "cvtt" s "2si %%xmm0, %%eax") \
    SOFT(f##_truncate_to_s32_vector, soft_##f##_to_s32(env, (type)v->a, ROUND_ZERO)) \
    PICK(f##_to_s64, rax) \
    HOST(f##_to_s64, "cvt" s "2si %%xmm0, %%rax") \
    SOFT(f##_to_s64_vector, soft_##f##_to_s64(env, (type)v->a, env->rounding)) \
    PICK(f##_truncate_to_s64, rax) \
    HOST(f##_truncate_to_s64, "cvtt" s "2si %%xmm0, %%rax") \
    SOFT(f##_truncate_to_s64_vector, soft_##f##_to_s64(env, (type)v->a, ROUND_ZERO)) \
    PICK(f##_from_s32, (type)xmm) \
    HOST(f##_from_s32, "cvtsi2" s " %%eax, %%xmm0") \
    SOFT(f##_from_s32_vector, soft_##f##_from_s32(env, (s32)v->a)) \
    PICK(f##_from_s64, (type)xmm) \
    HOST(f##_from_s64, "cvtsi2" s " %%rax, %%xmm0") \
    SOFT(f##_from_s64_vector, soft_##f##_from_s64(env, (s64)v->a))

FAMILY(f32, u32, "ss")
FAMILY(f64, u64, "sd")

PICK(f32_to_f64, xmm)
HOST(f32_to_f64, "cvtss2sd %%xmm0, %%xmm0")
SOFT(f32_to_f64_vector, soft_f32_to_f64(env, (u32)v->a))
PICK(f64_to_f32, (u32)xmm)
HOST(f64_to_f32, "cvtsd2ss %%xmm0, %%xmm0")
SOFT(f64_to_f32_vector, soft_f64_to_f32(env, v->a))
/* The upper elements of xmm0 are zeros: movq cleared them, the operand has no bits there. */
PICK(f16_to_f32, (u32)xmm)
HOST(f16_to_f32, "vcvtph2ps %%xmm0, %%xmm0")
SOFT(f16_to_f32_vector, soft_f16_to_f32(env, (u16)v->a))
PICK(f32_to_f16, (u16)xmm)
HOST(f32_to_f16, "vcvtps2ph $4, %%xmm0, %%xmm0")
SOFT(f32_to_f16_vector, soft_f32_to_f16(env, (u32)v->a, env->rounding))

static bool has_fma(void) { return __builtin_cpu_supports("fma"); }
/* CPUID.01H:ECX.F16C; clang's __builtin_cpu_supports does not know its name. */
static bool has_f16c(void)
{
    unsigned eax, ebx, ecx, edx;

    if (!__builtin_cpu_supports("avx") || !__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return false;
    return ecx & bit_F16C;
}
static bool has_sse4_1(void) { return __builtin_cpu_supports("sse4.1"); }

#define ROW(n, source, feature) \
    { .name = #n, .operands = source, .present = feature, \
      .soft = soft_##n##_vector, .host = host_##n },
#define FAMILY_ROWS(f, F) \
    ROW(f##_add, F, NULL) ROW(f##_sub, F, NULL) ROW(f##_mul, F, NULL) ROW(f##_div, F, NULL) \
    ROW(f##_min, F, NULL) ROW(f##_max, F, NULL) ROW(f##_sqrt, F, NULL) ROW(f##_fma, F, has_fma) \
    ROW(f##_comi, F, NULL) ROW(f##_ucomi, F, NULL) \
    ROW(f##_round, F, has_sse4_1) ROW(f##_round_quietly, F, has_sse4_1) \
    ROW(f##_to_s32, F, NULL) ROW(f##_truncate_to_s32, F, NULL) \
    ROW(f##_to_s64, F, NULL) ROW(f##_truncate_to_s64, F, NULL) \
    ROW(f##_from_s32, OPERANDS_INTEGER, NULL) ROW(f##_from_s64, OPERANDS_INTEGER, NULL)

const struct operation sse_operations[] = {
    FAMILY_ROWS(f32, OPERANDS_F32)
    FAMILY_ROWS(f64, OPERANDS_F64)
    ROW(f32_to_f64, OPERANDS_F32, NULL)
    ROW(f64_to_f32, OPERANDS_F64, NULL)
    ROW(f16_to_f32, OPERANDS_F16, has_f16c)
    ROW(f32_to_f16, OPERANDS_F32, has_f16c)
};
const size_t sse_operation_count = ARRAY_COUNT(sse_operations);
