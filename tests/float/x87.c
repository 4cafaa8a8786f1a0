#include "tests/float/float_test.h"
/* The x87: what an instruction leaves in the status word and the register.  An unmasked exception
 * is delivered at the next waiting instruction: FNSTSW sees it and FNCLEX takes it back before. */
#include <string.h>

enum { SW_C0 = 1 << 8, SW_C1 = 1 << 9, SW_C2 = 1 << 10, SW_C3 = 1 << 14, CW_ALL_MASKED = 0x37f };

static u16 control_word(const struct vector *v)
{
    return (u16)(v->env.masked | 0x40 | v->env.precision << 8 | v->env.rounding << 10);
}

static f80 to_f80(const u8 bytes[10])
{
    f80 a;

    memcpy(&a.significand, bytes, 8);
    memcpy(&a.sign_exponent, bytes + 8, 2);
    return a;
}

static void from_f80(f80 a, u8 bytes[10])
{
    memcpy(bytes, &a.significand, 8);
    memcpy(bytes + 8, &a.sign_exponent, 2);
}

/* The state after an instruction. */
struct after {
    u16 status;
    u8 top[10], next[10];        /* ST(0), ST(1) */
    u64 memory;                  /* what it stored */
    u8 bcd[10];
};

/* x in ST(0), y in ST(1); memory and bcd hold operands of other types and take results. */
#define HOST(name, instruction) \
    static void run_##name(const struct vector *v, struct after *s) \
    { \
        u16 control = control_word(v), all_masked = CW_ALL_MASKED; \
        u8 x[10], y[10]; \
        \
        from_f80(v->x, x); \
        from_f80(v->y, y); \
        s->memory = v->a; \
        memcpy(s->bcd, v->bcd, sizeof s->bcd); \
        asm volatile("fninit\n fldt %[y]\n fldt %[x]\n fldcw %[control]\n fnclex\n" \
                     instruction "\n" \
                     "fnstsw %[status]\n fnclex\n fldcw %[all]\n" \
                     "fstpt %[top]\n fstpt %[next]\n fninit\n" \
                     : [status] "=m"(s->status), [top] "=m"(s->top), [next] "=m"(s->next), \
                       [memory] "+m"(s->memory), [bcd] "+m"(s->bcd) \
                     : [x] "m"(x), [y] "m"(y), [control] "m"(control), [all] "m"(all_masked) \
                     : "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", \
                       "memory"); \
    } \
    static void host_##name(const struct vector *v, struct outcome *o) \
    { \
        struct after s = { 0 }; \
        \
        run_##name(v, &s); \
        o->raised = s.status & FLOAT_ALL; \
        o->rounded_up = s.status & SW_C1; \
        pick_##name(&s, o); \
    }

#define PICK(name, statement) \
    static void pick_##name(const struct after *s, struct outcome *o) { statement; }

#define SOFT(name, statement) \
    static void soft_##name(struct vector *v, struct outcome *o) \
    { \
        struct float_env *env = &v->env; \
        \
        statement; \
        o->raised = env->raised; \
        o->rounded_up = env->rounded_up; \
    }

static u64 relation(u16 status)
{
    if (status & SW_C2) return FLOAT_UNORDERED;
    if (status & SW_C3) return FLOAT_EQUAL;
    return status & SW_C0 ? FLOAT_LESS : FLOAT_GREATER;
}

/* C0 C3 C1 are bits 2 1 0 of the quotient; none of them tells of rounding. */
static void pick_remainder(const struct after *s, struct outcome *o)
{
    o->x = to_f80(s->top);
    o->partial = s->status & SW_C2;
    o->quotient = s->status & SW_C1 ? 1 : 0;
    if (s->status & SW_C3) o->quotient |= 2;
    if (s->status & SW_C0) o->quotient |= 4;
    o->rounded_up = false;
}

#define REGISTER(name, instruction, call) \
    PICK(name, o->x = to_f80(s->top)) \
    HOST(name, instruction) \
    SOFT(name##_vector, o->x = call)

#define COMPARE(name, instruction, signalling) \
    PICK(name, o->value = relation(s->status)) \
    HOST(name, instruction) \
    SOFT(name##_vector, o->value = soft_f80_compare(env, v->x, v->y, signalling))

#define STORE(name, instruction, type, call) \
    PICK(name, o->value = (type)s->memory) \
    HOST(name, instruction " %[memory]") \
    SOFT(name##_vector, o->value = call)

#define REMAINDER(name, instruction, nearest) \
    PICK(name, pick_remainder(s, o)) \
    HOST(name, instruction) \
    SOFT(name##_vector, \
         o->x = soft_f80_remainder(env, v->x, v->y, nearest, &o->quotient, &o->partial); \
         env->rounded_up = false)

REGISTER(f80_add, "fadd %%st(1), %%st", soft_f80_add(env, v->x, v->y))
REGISTER(f80_sub, "fsub %%st(1), %%st", soft_f80_sub(env, v->x, v->y))
REGISTER(f80_mul, "fmul %%st(1), %%st", soft_f80_mul(env, v->x, v->y))
REGISTER(f80_div, "fdiv %%st(1), %%st", soft_f80_div(env, v->x, v->y))
REGISTER(f80_sqrt, "fsqrt", soft_f80_sqrt(env, v->x))
REGISTER(f80_round, "frndint", soft_f80_round(env, v->x))
REGISTER(f80_scale, "fscale", soft_f80_scale(env, v->x, v->y))
REGISTER(f80_from_s64, "fildll %[memory]", soft_f80_from_s64((s64)v->a))
REGISTER(f80_from_f32, "flds %[memory]", soft_f80_from_f32(env, (u32)v->a))
REGISTER(f80_from_f64, "fldl %[memory]", soft_f80_from_f64(env, v->a))
REGISTER(f80_from_bcd, "fbld %[bcd]", soft_f80_from_bcd(v->bcd))
COMPARE(f80_com, "fcom %%st(1)", true)
COMPARE(f80_ucom, "fucom %%st(1)", false)
STORE(f80_to_f32, "fsts", u32, soft_f80_to_f32(env, v->x))
STORE(f80_to_f64, "fstl", u64, soft_f80_to_f64(env, v->x))
STORE(f80_to_s16, "fists", u16, soft_f80_to_s16(env, v->x, env->rounding))
STORE(f80_to_s32, "fistl", u32, soft_f80_to_s32(env, v->x, env->rounding))
STORE(f80_to_s64, "fistpll", u64, soft_f80_to_s64(env, v->x, env->rounding))
STORE(f80_truncate_to_s16, "fisttps", u16, soft_f80_to_s16(env, v->x, ROUND_ZERO))
STORE(f80_truncate_to_s32, "fisttpl", u32, soft_f80_to_s32(env, v->x, ROUND_ZERO))
STORE(f80_truncate_to_s64, "fisttpll", u64, soft_f80_to_s64(env, v->x, ROUND_ZERO))
REMAINDER(f80_remainder, "fprem", false)
REMAINDER(f80_remainder_nearest, "fprem1", true)

PICK(f80_to_bcd, memcpy(o->bcd, s->bcd, sizeof o->bcd))
HOST(f80_to_bcd, "fbstp %[bcd]")
SOFT(f80_to_bcd_vector, soft_f80_to_bcd(env, v->x, o->bcd))

PICK(f80_extract, o->x = to_f80(s->top); o->y = to_f80(s->next))
HOST(f80_extract, "fxtract")
SOFT(f80_extract_vector, soft_f80_extract(env, v->x, &o->x, &o->y))

static bool has_sse3(void) { return __builtin_cpu_supports("sse3"); }

enum { TO_REGISTER = FLOAT_O | FLOAT_U | FLOAT_P, TO_MEMORY = FLOAT_P };
#define ROW(n, source, feature, to) \
    { .name = #n, .operands = source, .delivers = to, .present = feature, \
      .soft = soft_##n##_vector, .host = host_##n },

const struct operation x87_operations[] = {
    ROW(f80_add, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_sub, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_mul, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_div, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_sqrt, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_com, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_ucom, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_round, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_to_s16, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_to_s32, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_to_s64, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_truncate_to_s16, OPERANDS_F80, has_sse3, TO_MEMORY)
    ROW(f80_truncate_to_s32, OPERANDS_F80, has_sse3, TO_MEMORY)
    ROW(f80_truncate_to_s64, OPERANDS_F80, has_sse3, TO_MEMORY)
    ROW(f80_from_s64, OPERANDS_INTEGER, NULL, TO_REGISTER)
    ROW(f80_from_f32, OPERANDS_F32, NULL, TO_REGISTER)
    ROW(f80_from_f64, OPERANDS_F64, NULL, TO_REGISTER)
    ROW(f80_to_f32, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_to_f64, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_from_bcd, OPERANDS_BCD, NULL, TO_REGISTER)
    ROW(f80_to_bcd, OPERANDS_F80, NULL, TO_MEMORY)
    ROW(f80_remainder, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_remainder_nearest, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_scale, OPERANDS_F80, NULL, TO_REGISTER)
    ROW(f80_extract, OPERANDS_F80, NULL, TO_REGISTER)
};
const size_t x87_operation_count = ARRAY_COUNT(x87_operations);
