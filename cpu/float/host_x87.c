/* f80 on the host's own x87 unit: x86-64 hosts.                                           doc: float
 * The control word is the guest's, masks included: an unmasked overflow or underflow leaves the result with the biased
 * exponent, and the exception is cleared before an instruction that would report it. */
#include "cpu/float/float.h"

#if defined(__x86_64__)
#include <string.h>

enum { STATUS_C1 = 1 << 9, STATUS_C2 = 1 << 10, USUAL_CONTROL = 0x37f };

/* A ten-byte operand. */
struct __attribute__((packed)) ten_bytes {
    u64 significand;
    u16 sign_exponent;
};

static struct ten_bytes pack(f80 v) { return (struct ten_bytes){ v.significand, v.sign_exponent }; }
static f80 unpack(struct ten_bytes t) { return (f80){ .significand = t.significand, .sign_exponent = t.sign_exponent }; }

static u16 control_of(const struct float_env *env, unsigned rounding)
{
    return (u16)((env->masked & FLOAT_ALL) | 0x40 | env->precision << 8 | rounding << 10);
}

static void take(struct float_env *env, u16 status)
{
    env->raised |= status & FLOAT_ALL;
    env->rounded_up = status & FLOAT_P && status & STATUS_C1;
}

static const u16 usual = USUAL_CONTROL;

/* ST0 = op(a, b) with b in ST0 and a in ST1 before; the form that keeps both, so that a refused operation is no trouble. */
#define BINARY(name, instruction) \
    f80 name(struct float_env *env, f80 a, f80 b) \
    { \
        struct ten_bytes x = pack(a), y = pack(b), r; \
        u16 control = control_of(env, env->rounding), status; \
        __asm__ volatile("fldt %2\n\tfldt %3\n\tfldcw %4\n\t" instruction "\n\tfnstsw %1\n\tfnclex\n\tfldcw %5\n\t" \
                         "fstp %%st(0)\n\tfstpt %0" \
                         : "=m"(r), "=a"(status) : "m"(x), "m"(y), "m"(control), "m"(usual) : "memory"); \
        take(env, status); \
        return unpack(r); \
    }
BINARY(f80_add, "fadd %%st(0), %%st(1)")
/* by their bytes: assemblers disagree on which way FSUB and FDIV of this form go */
BINARY(f80_sub, ".byte 0xdc, 0xe9")
BINARY(f80_mul, "fmul %%st(0), %%st(1)")
BINARY(f80_div, ".byte 0xdc, 0xf9")

#define UNARY(name, instruction) \
    f80 name(struct float_env *env, f80 a) \
    { \
        struct ten_bytes x = pack(a), r; \
        u16 control = control_of(env, env->rounding), status; \
        __asm__ volatile("fldt %2\n\tfldcw %3\n\t" instruction "\n\tfnstsw %1\n\tfnclex\n\tfldcw %4\n\tfstpt %0" \
                         : "=m"(r), "=a"(status) : "m"(x), "m"(control), "m"(usual) : "memory"); \
        take(env, status); \
        return unpack(r); \
    }
UNARY(f80_sqrt, "fsqrt")
UNARY(f80_round, "frndint")

f80 f80_scale(struct float_env *env, f80 a, f80 by)
{
    struct ten_bytes x = pack(a), y = pack(by), r;
    u16 control = control_of(env, env->rounding), status;

    __asm__ volatile("fldt %3\n\tfldt %2\n\tfldcw %4\n\tfscale\n\tfnstsw %1\n\tfnclex\n\tfldcw %5\n\tfstpt %0\n\tfstp %%st(0)"
                     : "=m"(r), "=a"(status) : "m"(x), "m"(y), "m"(control), "m"(usual) : "memory");
    take(env, status);
    return unpack(r);
}

/* The significand lands above the exponent; refused, the operand alone is there. */
void f80_extract(struct float_env *env, f80 a, f80 *significand, f80 *exponent)
{
    struct ten_bytes x = pack(a), s, e = pack(a);
    u16 control = control_of(env, env->rounding), status;

    __asm__ volatile("fldt %2\n\tfldcw %3\n\tfxtract\n\tfnstsw %1\n\tfnclex\n\tfldcw %4\n\tfstpt %0"
                     : "=m"(s), "=a"(status) : "m"(x), "m"(control), "m"(usual) : "memory");
    take(env, status);
    bool refused = status & ~env->masked & (FLOAT_I | FLOAT_D | FLOAT_Z);
    if (!refused) __asm__ volatile("fstpt %0" : "=m"(e) : : "memory");
    *significand = unpack(s);
    *exponent = unpack(e);
}

enum float_relation f80_compare(struct float_env *env, f80 a, f80 b, bool signalling)
{
    struct ten_bytes x = pack(a), y = pack(b);
    u16 control = control_of(env, env->rounding), status;

    if (signalling)
        __asm__ volatile("fldt %2\n\tfldt %1\n\tfldcw %3\n\tfcom %%st(1)\n\tfnstsw %0\n\tfnclex\n\tfldcw %4\n\tfstp %%st(0)\n\tfstp %%st(0)"
                         : "=a"(status) : "m"(x), "m"(y), "m"(control), "m"(usual) : "memory");
    else
        __asm__ volatile("fldt %2\n\tfldt %1\n\tfldcw %3\n\tfucom %%st(1)\n\tfnstsw %0\n\tfnclex\n\tfldcw %4\n\tfstp %%st(0)\n\tfstp %%st(0)"
                         : "=a"(status) : "m"(x), "m"(y), "m"(control), "m"(usual) : "memory");
    env->raised |= status & FLOAT_ALL;
    env->rounded_up = false;
    bool c0 = status & 0x100, c2 = status & STATUS_C2, c3 = status & 0x4000;
    return c2 ? FLOAT_UNORDERED : c0 ? FLOAT_LESS : c3 ? FLOAT_EQUAL : FLOAT_GREATER;
}

/* Stores: fst keeps ST0, so that a refused store needs nothing. */
#define STORE(name, type, mnemonic, rounding_, ...) \
    type name(struct float_env *env, f80 a, ##__VA_ARGS__) \
    { \
        struct ten_bytes x = pack(a); \
        u16 control = control_of(env, rounding_), status; \
        type r = 0; \
        __asm__ volatile("fldt %2\n\tfldcw %3\n\t" mnemonic " %0\n\tfnstsw %1\n\tfnclex\n\tfldcw %4\n\t" \
                         : "+m"(r), "=a"(status) : "m"(x), "m"(control), "m"(usual) : "memory"); \
        __asm__ volatile("ffree %%st(0)\n\tfincstp" : : : "memory"); \
        take(env, status); \
        return r; \
    }
STORE(f80_to_f32, u32, "fsts", env->rounding)
STORE(f80_to_f64, u64, "fstl", env->rounding)
STORE(f80_to_s16, u16, "fists", rounding, enum float_rounding rounding)
STORE(f80_to_s32, u32, "fistl", rounding, enum float_rounding rounding)

/* The 64-bit and the decimal store exist with a pop alone: all exceptions are masked, and the caller sees by the flags what it refuses. */
#define MASKED_STORE(x, r, mnemonic, rounding_) \
    do { \
        u16 control = control_of(env, rounding_) | FLOAT_ALL, status; \
        __asm__ volatile("fldt %2\n\tfldcw %3\n\t" mnemonic " %0\n\tfnstsw %1\n\tfnclex\n\tfldcw %4" \
                         : "=m"(r), "=a"(status) : "m"(x), "m"(control), "m"(usual) : "memory"); \
        take(env, status); \
    } while (0)

u64 f80_to_s64(struct float_env *env, f80 a, enum float_rounding rounding)
{
    struct ten_bytes x = pack(a);
    u64 r;
    MASKED_STORE(x, r, "fistpll", rounding);
    return r;
}

void f80_to_bcd(struct float_env *env, f80 a, u8 bcd[10])
{
    struct ten_bytes x = pack(a), r;
    MASKED_STORE(x, r, "fbstp", env->rounding);
    memcpy(bcd, &r, 10);
}

f80 f80_from_bcd(const u8 bcd[10])
{
    struct ten_bytes x, r;
    memcpy(&x, bcd, 10);
    __asm__ volatile("fbld %1\n\tfstpt %0" : "=m"(r) : "m"(x) : "memory");
    return unpack(r);
}

f80 f80_from_s64(s64 a)
{
    struct ten_bytes r;
    __asm__ volatile("fildll %1\n\tfstpt %0" : "=m"(r) : "m"(a) : "memory");
    return unpack(r);
}

/* With every exception masked: a refused load would push nothing. */
#define LOAD(name, type, mnemonic) \
    f80 name(struct float_env *env, type a) \
    { \
        struct ten_bytes r; \
        u16 status; \
        __asm__ volatile("fnclex\n\t" mnemonic " %2\n\tfnstsw %1\n\tfnclex\n\tfstpt %0" : "=m"(r), "=a"(status) : "m"(a) : "memory"); \
        take(env, status); \
        return unpack(r); \
    }
LOAD(f80_from_f32, u32, "flds")
LOAD(f80_from_f64, u64, "fldl")

#endif
