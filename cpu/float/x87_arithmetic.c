/* Arithmetic on the register stack.  SDM vol. 2, each instruction under its name; vol. 1, "Arithmetic Instructions".  doc: x87 */
#include "cpu/float/x87_ops.h"
#include "cpu/run/flags.h"

/* One of the operands is missing.  True: masked, the answer is the indefinite. */
static bool underflow(struct cpu *cpu)
{
    return x87_stack_fault(cpu, false);
}

/* Flags of an operation; false when there is no result. */
static bool finish(struct cpu *cpu, const struct float_env *env)
{
    unsigned before = env->raised & X87_BEFORE;

    if (before & ~env->masked) return x87_raise(cpu, before, false);
    return x87_raise(cpu, env->raised, env->rounded_up);
}

static void deliver(struct cpu *cpu, unsigned to, f80 value, bool pop)
{
    x87_set(cpu, to, value);
    if (pop) x87_pop(cpu);
}

void x87_binary_st(struct cpu *cpu, x87_binary *f, unsigned a, unsigned b, unsigned to, bool pop)
{
    struct float_env env = x87_env(cpu);
    f80 r = f80_indefinite();

    if (x87_empty(cpu, a) || x87_empty(cpu, b)) {
        if (underflow(cpu)) deliver(cpu, to, r, pop);
        return;
    }
    r = f(&env, x87_get(cpu, a), x87_get(cpu, b));
    if (finish(cpu, &env)) deliver(cpu, to, r, pop);
}

/* A denormal operand in memory counts where neither a NaN nor a division by zero comes first. */
static void add_denormal(struct float_env *env, f80 st0, f80 value, unsigned raised)
{
    enum float_class a = f80_class(st0), b = f80_class(value);
    bool nan = a == FLOAT_QNAN || a == FLOAT_SNAN || b == FLOAT_QNAN || b == FLOAT_SNAN;

    if (!nan && !(env->raised & (FLOAT_I | FLOAT_Z))) env->raised |= (u8)raised;
    if (env->raised & X87_BEFORE & ~env->masked) env->raised &= X87_BEFORE;
}

void x87_binary_value(struct cpu *cpu, x87_binary *f, f80 value, bool value_first, unsigned raised)
{
    struct float_env env = x87_env(cpu);

    if (x87_empty(cpu, 0)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    f80 st0 = x87_get(cpu, 0);
    f80 r = value_first ? f(&env, value, st0) : f(&env, st0, value);
    add_denormal(&env, st0, value, raised);
    if (finish(cpu, &env)) x87_set(cpu, 0, r);
}

void x87_unary_st0(struct cpu *cpu, x87_unary *f)
{
    struct float_env env = x87_env(cpu);

    if (x87_empty(cpu, 0)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    f80 r = f(&env, x87_get(cpu, 0));
    if (finish(cpu, &env)) x87_set(cpu, 0, r);
}

/* --- comparisons --- */

static const u16 condition_codes[] = {
    [FLOAT_LESS] = X87_C0, [FLOAT_EQUAL] = X87_C3, [FLOAT_GREATER] = 0, [FLOAT_UNORDERED] = X87_C3 | X87_C2 | X87_C0,
};

static void set_conditions(struct cpu *cpu, u16 codes)
{
    cpu->x87.status = (u16)((cpu->x87.status & ~(X87_C3 | X87_C2 | X87_C0)) | codes);
}

static void compared(struct cpu *cpu, enum float_relation relation, unsigned pops)
{
    set_conditions(cpu, condition_codes[relation]);
    while (pops--) x87_pop(cpu);
}

/* An unmasked exception keeps the operands; the condition codes tell the relation all the same. */
static void finish_comparison(struct cpu *cpu, const struct float_env *env, enum float_relation relation, unsigned pops)
{
    set_conditions(cpu, condition_codes[relation]);
    if (finish(cpu, env)) compared(cpu, relation, pops);
}

void x87_compare_st(struct cpu *cpu, unsigned i, bool signalling, unsigned pops)
{
    struct float_env env = x87_env(cpu);

    if (x87_empty(cpu, 0) || x87_empty(cpu, i)) {
        compared(cpu, FLOAT_UNORDERED, underflow(cpu) ? pops : 0);
        return;
    }
    enum float_relation relation = f80_compare(&env, x87_get(cpu, 0), x87_get(cpu, i), signalling);
    finish_comparison(cpu, &env, relation, pops);
}

void x87_compare_value(struct cpu *cpu, f80 value, unsigned raised, unsigned pops)
{
    struct float_env env = x87_env(cpu);

    if (x87_empty(cpu, 0)) {
        compared(cpu, FLOAT_UNORDERED, underflow(cpu) ? pops : 0);
        return;
    }
    enum float_relation relation = f80_compare(&env, x87_get(cpu, 0), value, true);
    add_denormal(&env, x87_get(cpu, 0), value, raised);
    finish_comparison(cpu, &env, relation, pops);
}

static void compared_flags(struct cpu *cpu, enum float_relation relation, bool pop)
{
    static const u32 flags[] = {
        [FLOAT_LESS] = EFLAGS_CF, [FLOAT_EQUAL] = EFLAGS_ZF, [FLOAT_GREATER] = 0, [FLOAT_UNORDERED] = EFLAGS_ZF | EFLAGS_PF | EFLAGS_CF,
    };
    cpu_set_arithmetic_flags(cpu, flags[relation]);
    if (pop) x87_pop(cpu);
}

void x87_compare_flags(struct cpu *cpu, unsigned i, bool signalling, bool pop)
{
    struct float_env env = x87_env(cpu);

    if (x87_empty(cpu, 0) || x87_empty(cpu, i)) {
        compared_flags(cpu, FLOAT_UNORDERED, underflow(cpu) && pop);
        return;
    }
    u16 c1 = is_amd(cpu) ? cpu->x87.status & X87_C1 : 0;         /* AMD's processors leave it alone */
    enum float_relation relation = f80_compare(&env, x87_get(cpu, 0), x87_get(cpu, i), signalling);
    compared_flags(cpu, relation, finish(cpu, &env) && pop);
    cpu->x87.status |= c1;
}

void x87_test(struct cpu *cpu)
{
    x87_compare_value(cpu, (f80){ 0 }, 0, 0);
}

/* C3 C2 C0 tell the class, C1 the sign, also of an empty register. */
void x87_examine(struct cpu *cpu)
{
    static const u16 codes[] = {
        [FLOAT_ZERO] = X87_C3, [FLOAT_NORMAL] = X87_C2, [FLOAT_DENORMAL] = X87_C3 | X87_C2, [FLOAT_INFINITY] = X87_C2 | X87_C0,
        [FLOAT_QNAN] = X87_C0, [FLOAT_SNAN] = X87_C0, [FLOAT_UNSUPPORTED] = 0,
    };
    f80 st0 = x87_get(cpu, 0);

    set_conditions(cpu, x87_empty(cpu, 0) ? X87_C3 | X87_C0 : codes[f80_class(st0)]);
    cpu->x87.status = (u16)((cpu->x87.status & ~X87_C1) | (st0.sign_exponent >> 15 ? X87_C1 : 0));
}

/* --- moves --- */

void x87_sign(struct cpu *cpu, bool absolute)
{
    if (x87_empty(cpu, 0)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    f80 st0 = x87_get(cpu, 0);
    st0.sign_exponent = absolute ? st0.sign_exponent & 0x7fff : st0.sign_exponent ^ 0x8000;
    cpu->x87.status &= (u16)~X87_C1;
    x87_set(cpu, 0, st0);
}

void x87_exchange(struct cpu *cpu, unsigned i)
{
    bool missing = x87_empty(cpu, 0) || x87_empty(cpu, i);
    f80 a = x87_empty(cpu, 0) ? f80_indefinite() : x87_get(cpu, 0), b = x87_empty(cpu, i) ? f80_indefinite() : x87_get(cpu, i);

    if (missing && !underflow(cpu)) return;
    if (!missing) cpu->x87.status &= (u16)~X87_C1;
    x87_set(cpu, 0, b);
    x87_set(cpu, i, a);
}

void x87_move_if(struct cpu *cpu, unsigned i, bool condition)
{
    if (x87_empty(cpu, 0) || x87_empty(cpu, i)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    if (condition) x87_set(cpu, 0, x87_get(cpu, i));
}

/* Rounded by RC from 66 bits: SDM vol. 2, "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ".  The significand is that of rounding down. */
void x87_load_constant(struct cpu *cpu, enum x87_constant which)
{
    static const struct { u16 exponent; u64 down; bool nearest_is_up, inexact; } constant[] = {
        [X87_ONE] = { 0x3fff, 0x8000000000000000, false, false }, [X87_L2T] = { 0x4000, 0xd49a784bcd1b8afe, false, true },
        [X87_L2E] = { 0x3fff, 0xb8aa3b295c17f0bb, true, true },   [X87_PI] = { 0x4000, 0xc90fdaa22168c234, true, true },
        [X87_LG2] = { 0x3ffd, 0x9a209a84fbcff798, true, true },   [X87_LN2] = { 0x3ffe, 0xb17217f7d1cf79ab, true, true },
        [X87_ZERO] = { 0, 0, false, false },
    };
    unsigned rounding = cpu->x87.control >> 10 & 3;
    bool up = constant[which].inexact && (rounding == ROUND_UP || (rounding == ROUND_NEAREST && constant[which].nearest_is_up));

    cpu->x87.status &= (u16)~X87_C1;
    x87_push(cpu, (f80){ .significand = constant[which].down + up, .sign_exponent = constant[which].exponent });
}

/* --- remainder, scale, extract --- */

void x87_remainder(struct cpu *cpu, bool nearest)
{
    struct float_env env = x87_env(cpu);
    bool partial = false;
    u8 q = 0;

    cpu->x87.status &= (u16)~X87_C2;
    if (x87_empty(cpu, 0) || x87_empty(cpu, 1)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    f80 r = f80_remainder(&env, x87_get(cpu, 0), x87_get(cpu, 1), nearest, &q, &partial);
    if (!finish(cpu, &env)) return;
    x87_set(cpu, 0, r);
    if (f80_class(r) == FLOAT_QNAN) return;      /* C0 and C3 stay */
    set_conditions(cpu, (u16)((partial ? X87_C2 : 0) | (q & 4 ? X87_C0 : 0) | (q & 2 ? X87_C3 : 0)));
    cpu->x87.status = (u16)((cpu->x87.status & ~X87_C1) | (q & 1 ? X87_C1 : 0));
}

void x87_extract_st0(struct cpu *cpu)
{
    struct float_env env = x87_env(cpu);
    f80 significand = f80_indefinite(), exponent = f80_indefinite();

    if (x87_empty(cpu, 0) || !x87_empty(cpu, 7)) {
        if (!x87_stack_fault(cpu, !x87_empty(cpu, 0))) return;
    } else {
        f80_extract(&env, x87_get(cpu, 0), &significand, &exponent);
        if (!finish(cpu, &env)) return;
    }
    x87_set(cpu, 0, exponent);
    x87_turn(cpu, 7);
    x87_set(cpu, 0, significand);
}

void x87_scale_st0(struct cpu *cpu)
{
    x87_binary_st(cpu, f80_scale, 0, 1, 0, false);
}

/* --- transcendentals --- */

/* An argument out of range stays, with C2 = 1. */
void x87_trigonometric(struct cpu *cpu, f80 (*f)(struct float_env *, f80, bool *))
{
    struct float_env env = x87_env(cpu);
    bool out_of_range = false;

    cpu->x87.status &= (u16)~X87_C2;
    if (x87_empty(cpu, 0)) {
        if (underflow(cpu)) x87_set(cpu, 0, f80_indefinite());
        return;
    }
    f80 r = f(&env, x87_get(cpu, 0), &out_of_range);
    if (!finish(cpu, &env)) return;
    if (out_of_range) cpu->x87.status |= X87_C2;
    else x87_set(cpu, 0, r);
}

/* A pair of results: low takes ST0's place, high is pushed. */
static void two_results(struct cpu *cpu, f80 low, f80 high)
{
    x87_set(cpu, 0, low);
    x87_turn(cpu, 7);
    x87_set(cpu, 0, high);
}

static bool may_push_result(struct cpu *cpu)
{
    cpu->x87.status &= (u16)~X87_C2;
    if (!x87_empty(cpu, 0) && x87_empty(cpu, 7)) return true;
    if (x87_stack_fault(cpu, !x87_empty(cpu, 0))) two_results(cpu, f80_indefinite(), f80_indefinite());
    return false;
}

void x87_sincos(struct cpu *cpu)
{
    struct float_env env = x87_env(cpu), env_cos = env;
    bool out_of_range = false;

    if (!may_push_result(cpu)) return;
    f80 a = x87_get(cpu, 0), sine = f80_sin(&env, a, &out_of_range), cosine = f80_cos(&env_cos, a, &out_of_range);
    env.raised |= env_cos.raised;
    env.rounded_up = env_cos.rounded_up;
    if (!finish(cpu, &env)) return;
    if (out_of_range) cpu->x87.status |= X87_C2;
    else two_results(cpu, sine, cosine);
}

/* A NaN is pushed twice, any other result with 1.0 above it. */
void x87_tangent(struct cpu *cpu)
{
    static const f80 one = { .significand = 0x8000000000000000, .sign_exponent = 0x3fff };
    struct float_env env = x87_env(cpu);
    bool out_of_range = false;

    if (!may_push_result(cpu)) return;
    f80 r = f80_tan(&env, x87_get(cpu, 0), &out_of_range);
    if (!finish(cpu, &env)) return;
    if (out_of_range) cpu->x87.status |= X87_C2;
    else two_results(cpu, r, f80_class(r) == FLOAT_QNAN ? r : one);
}

void x87_two_operands(struct cpu *cpu, x87_binary *f)
{
    x87_binary_st(cpu, f, 0, 1, 1, true);
}
