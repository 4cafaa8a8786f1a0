#include "tests/vector/vector_test.h"

#include <signal.h>
#include <ucontext.h>

/* DPPS and DPPD against the host's: results and MXCSR's flags in every rounding mode, with DAZ and
 * FTZ, exceptions masked and not.  An unmasked exception is a SIGFPE here: what MXCSR holds then is
 * compared. */

static volatile u32 flags_at_trap;
static volatile sig_atomic_t trapped;

/* Notes the flags and lets the instruction run again with everything masked. */
static void on_exception(int number, siginfo_t *info, void *context)
{
    ucontext_t *at = context;

    (void)number;
    (void)info;
    flags_at_trap = at->uc_mcontext.fpregs->mxcsr & FLOAT_ALL;
    trapped = 1;
    at->uc_mcontext.fpregs->mxcsr |= MXCSR_DEFAULT;
}

u32 host_mxcsr(const struct float_env *env)
{
    return (u32)env->rounding << 13 | (u32)env->masked << 7 | (env->daz ? MXCSR_DAZ : 0) |
           (env->ftz ? MXCSR_FTZ : 0);
}

u32 host_flags(u32 mxcsr)
{
    u32 flags = trapped ? flags_at_trap : mxcsr & FLOAT_ALL;

    trapped = 0;
    return flags;
}

/* Returns the flags raised; out is what the instruction wrote, if it did. */
#define HOST(name, type) \
    __attribute__((target("sse4.1"), noinline)) \
    static u32 host_##name(u32 mxcsr, type *out, const type *a, const type *b, unsigned imm) \
    { \
        __m128i va = load(a), vb = load(b); \
        const u32 usual = MXCSR_DEFAULT; \
        switch (imm) { FOR_ALL_IMMEDIATES(CASE) } \
        if (!trapped) store(out, va); \
        return host_flags(mxcsr); \
    }
#define CASE_OF(name, n) \
    case n: \
        asm volatile("ldmxcsr %[m]\n\t" name " %[i], %[b], %[a]\n\tstmxcsr %[m]\n\tldmxcsr %[u]" \
                     : [a] "+x"(va), [m] "+m"(mxcsr) : [b] "x"(vb), [i] "i"(n), [u] "m"(usual)); \
        break;
#define CASE(n) CASE_OF("dpps", n)
HOST(dpps, u32)
#undef CASE
#define CASE(n) CASE_OF("dppd", n)
HOST(dppd, u64)
#undef CASE

static struct float_env random_env(void)
{
    return (struct float_env){
        .rounding = (u8)random_below(4),
        .masked = random_below(2) ? FLOAT_ALL : (u8)random_below(FLOAT_ALL + 1),
        .daz = random_below(4) == 0,
        .ftz = random_below(4) == 0,
    };
}

/* The flags and the four doublewords of the destination. */
struct outcome { u32 flags, element[4]; };

static bool is_nan32(u32 v) { return (v & 0x7fffffff) > 0x7f800000; }

/* Which of two NaNs a sum hands on is AMD's way here: on a processor of Intel's a NaN is as good as another. */
static void take_nans(struct outcome *ours, const struct outcome *host, bool doubles)
{
    if (!__builtin_cpu_is("intel")) return;
    for (unsigned n = 0; n < 4; n += doubles ? 2 : 1) {
        u64 a = ours->element[n], b = host->element[n];
        if (doubles) a |= (u64)ours->element[n + 1] << 32, b |= (u64)host->element[n + 1] << 32;
        bool nans = doubles ? (a & INT64_MAX) > 0x7ff0000000000000 && (b & INT64_MAX) > 0x7ff0000000000000 : is_nan32((u32)a) && is_nan32((u32)b);
        if (nans) memcpy(&ours->element[n], &host->element[n], doubles ? 8 : 4);
    }
}

static void test_dpps(u8 imm)
{
    struct float_env env = random_env();
    u32 a[4], b[4];
    struct outcome ours = { .element = { 1, 2, 3, 4 } }, host = ours;

    for (unsigned n = 0; n < 4; n++) {
        a[n] = random_f32();
        b[n] = random_f32();
    }
    vector_dpps(&env, ours.element, a, b, imm);
    ours.flags = env.raised;
    env.raised = 0;
    host.flags = host_dpps(host_mxcsr(&env), host.element, a, b, imm);
    take_nans(&ours, &host, false);
    check(imm, &ours, &host, sizeof ours, a, b, sizeof a);
}

static void test_dppd(u8 imm)
{
    struct float_env env = random_env();
    u64 a[2], b[2], out[2] = { 1, 2 };
    struct outcome ours, host;

    for (unsigned n = 0; n < 2; n++) {
        a[n] = random_f64();
        b[n] = random_f64();
    }
    vector_dppd(&env, out, a, b, imm);
    memcpy(ours.element, out, sizeof out);
    ours.flags = env.raised;
    env.raised = 0;
    out[0] = 1;
    out[1] = 2;
    host.flags = host_dppd(host_mxcsr(&env), out, a, b, imm);
    memcpy(host.element, out, sizeof out);
    take_nans(&ours, &host, true);
    check(imm, &ours, &host, sizeof ours, a, b, sizeof a);
}

void test_dot_products(unsigned count)
{
    struct sigaction action = { .sa_sigaction = on_exception, .sa_flags = SA_SIGINFO }, old;

    sigaction(SIGFPE, &action, &old);
    for (unsigned doubles = 0; doubles < 2; doubles++) {
        begin(doubles ? "DPPD" : "DPPS");
        if (!host_has(HOST_SSE41)) skip(count * IMMEDIATES);
        else for (unsigned n = 0; n < count * IMMEDIATES; n++)
            (doubles ? test_dppd : test_dpps)((u8)n);
        end();
    }
    sigaction(SIGFPE, &old, NULL);
}
