#ifndef ORRERY_FLOAT_X87_OPS_H
#define ORRERY_FLOAT_X87_OPS_H
/* What bodies of x87 instructions call.  SDM vol. 1, chapter "Programming with the x87 FPU".        doc: x87
 * Functions that return bool say false when a fault was raised or an unmasked exception keeps the instruction from completing: an
 * unmasked exception itself is no fault yet, it waits for the next instruction that looks (x87_wait). */
#include "cpu/decode/record.h"
#include "cpu/memory/access.h"
#include "cpu/run/operations.h"

enum {
    X87_SF = 1 << 6, X87_ES = 1 << 7, X87_C0 = 1 << 8, X87_C1 = 1 << 9, X87_C2 = 1 << 10, X87_TOP = 7 << 11, X87_C3 = 1 << 14, X87_B = 1 << 15,
    X87_BEFORE = FLOAT_I | FLOAT_D | FLOAT_Z,        /* raised before the operation: unmasked, there is no result */
};

static inline unsigned x87_top(const struct cpu *cpu) { return cpu->x87.status >> 11 & 7; }

/* --- x87_stack.c --- */
struct float_env x87_env(const struct cpu *cpu);
void x87_summarize(struct cpu *cpu);                     /* ES and B from flags and masks */
/* Notes flags and C1; false when one of X87_BEFORE is unmasked. */
bool x87_raise(struct cpu *cpu, unsigned flags, bool c1);
enum x87_wait { X87_GO, X87_FAULT, X87_WAITS };
enum x87_wait x87_wait(struct cpu *cpu);                 /* a pending exception: none, #MF was raised, or the processor waits for IRQ 13 */
bool x87_available(struct cpu *cpu);                     /* #NM */
void x87_note(struct cpu *cpu, const struct record *rec, u64 rip, bool memory, u64 ea);      /* FOP FIP FCS FDP FDS */
bool x87_empty(const struct cpu *cpu, unsigned i);
f80 x87_get(const struct cpu *cpu, unsigned i);
void x87_set(struct cpu *cpu, unsigned i, f80 value);
void x87_free(struct cpu *cpu, unsigned i);
void x87_turn(struct cpu *cpu, unsigned by);             /* TOP += by */
void x87_pop(struct cpu *cpu);
bool x87_push(struct cpu *cpu, f80 value);
bool x87_stack_fault(struct cpu *cpu, bool overflow);
void x87_init(struct cpu *cpu);                          /* FNINIT */

/* --- x87_arithmetic.c.  Nothing to report: exceptions are state --- */
typedef f80 x87_binary(struct float_env *env, f80 a, f80 b);
typedef f80 x87_unary(struct float_env *env, f80 a);
/* ST(to) = f(ST(a), ST(b)), then pop when asked for. */
void x87_binary_st(struct cpu *cpu, x87_binary *f, unsigned a, unsigned b, unsigned to, bool pop);
/* ST0 = f(ST0, value) or f(value, ST0); `raised` by the load of value. */
void x87_binary_value(struct cpu *cpu, x87_binary *f, f80 value, bool value_first, unsigned raised);
void x87_unary_st0(struct cpu *cpu, x87_unary *f);
/* FCOM and its kind: C3 C2 C0, or ZF PF CF.  pops 0 to 2. */
void x87_compare_st(struct cpu *cpu, unsigned i, bool signalling, unsigned pops);
void x87_compare_value(struct cpu *cpu, f80 value, unsigned raised, unsigned pops);
void x87_compare_flags(struct cpu *cpu, unsigned i, bool signalling, bool pop);
void x87_test(struct cpu *cpu);                          /* FTST */
void x87_examine(struct cpu *cpu);                       /* FXAM */
void x87_sign(struct cpu *cpu, bool absolute);           /* FABS, FCHS */
void x87_exchange(struct cpu *cpu, unsigned i);          /* FXCH */
void x87_move_if(struct cpu *cpu, unsigned i, bool condition);       /* FCMOVcc */
enum x87_constant { X87_ONE, X87_L2T, X87_L2E, X87_PI, X87_LG2, X87_LN2, X87_ZERO };
void x87_load_constant(struct cpu *cpu, enum x87_constant which);
void x87_remainder(struct cpu *cpu, bool nearest);       /* FPREM, FPREM1 */
void x87_extract_st0(struct cpu *cpu);                   /* FXTRACT */
void x87_scale_st0(struct cpu *cpu);                     /* FSCALE */
void x87_trigonometric(struct cpu *cpu, f80 (*f)(struct float_env *, f80, bool *));
void x87_sincos(struct cpu *cpu);
void x87_tangent(struct cpu *cpu);
/* FYL2X, FYL2XP1, FPATAN: f(ST0, ST1) to ST1, pop. */
void x87_two_operands(struct cpu *cpu, x87_binary *f);

/* --- x87_memory.c --- */
enum x87_format { X87_F32, X87_F64, X87_F80, X87_S16, X87_S32, X87_S64, X87_BCD };
/* mask: of offsets, of an operand in pieces, which wraps within its address size.
 * The operand in memory as f80, an SNaN as it is; *raised gets D of a denormal.  False after a fault. */
bool x87_fetch(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, enum x87_format format, f80 *value, unsigned *raised);
void x87_load(struct cpu *cpu, f80 value, enum x87_format format, unsigned raised);          /* FLD: push */
void x87_load_st(struct cpu *cpu, unsigned i);
void x87_store_st(struct cpu *cpu, unsigned i, bool pop);
/* FST, FIST, FBSTP.  False after a fault of memory: then nothing has changed. */
bool x87_store(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, enum x87_format format, bool truncate, bool pop);
bool x87_store_environment(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned opsize_bytes, bool whole);        /* FNSTENV; FNSAVE */
bool x87_load_environment(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned opsize_bytes, bool whole);         /* FLDENV; FRSTOR */
void x87_set_control(struct cpu *cpu, u16 value);

#endif
