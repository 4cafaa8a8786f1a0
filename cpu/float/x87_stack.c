/* The register stack, exceptions, and what waits for them.  SDM vol. 1, "x87 FPU Data Registers", "x87 FPU Floating-Point
 * Exception Handling".                                                                     doc: x87 */
#include "cpu/float/x87_ops.h"

struct float_env x87_env(const struct cpu *cpu)
{
    return (struct float_env){
        .rounding = cpu->x87.control >> 10 & 3, .precision = cpu->x87.control >> 8 & 3, .masked = cpu->x87.control & FLOAT_ALL,
    };
}

void x87_summarize(struct cpu *cpu)
{
    bool pending = cpu->x87.status & ~cpu->x87.control & FLOAT_ALL;

    cpu->x87.status = (u16)((cpu->x87.status & ~(X87_ES | X87_B)) | (pending ? X87_ES | X87_B : 0));
    if (!pending && cpu->bus.ferr && cpu->ferr) {
        cpu->ferr = false;
        cpu->bus.ferr(cpu->bus.board, false);
    }
}

bool x87_raise(struct cpu *cpu, unsigned flags, bool c1)
{
    cpu->x87.status = (u16)((cpu->x87.status & ~X87_C1) | flags | (c1 ? X87_C1 : 0));
    x87_summarize(cpu);
    return !(flags & ~cpu->x87.control & X87_BEFORE);
}

/* --- who may run --- */

/* With CR0.NE clear the error leaves by FERR#, which a PC leads to IRQ 13; until the interrupt comes, the instruction waits.  IGNNE# lets
 * it pass.  SDM vol. 1, "Handling of x87 FPU Errors". */
enum x87_wait x87_wait(struct cpu *cpu)
{
    if (!(cpu->x87.status & X87_ES)) return X87_GO;
    if (cpu->cr0 & CR0_NE) {
        FAULT(cpu, FLOAT_ERROR, .value = cpu->x87.status & ~cpu->x87.control & FLOAT_ALL);
        return X87_FAULT;
    }
    if (cpu->ignne || !cpu->bus.ferr) return X87_GO;
    if (!cpu->ferr) {
        cpu->ferr = true;
        cpu_sync_time(cpu);
        cpu->bus.ferr(cpu->bus.board, true);
    }
    return X87_WAITS;
}

bool x87_available(struct cpu *cpu)
{
    return !(cpu->cr0 & (CR0_EM | CR0_TS)) || FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
}

void x87_note(struct cpu *cpu, const struct record *rec, u64 rip, bool memory, u64 ea)
{
    cpu->x87.fop = (u16)rec->imm & 0x7ff;
    cpu->x87.fip = rip;
    cpu->x87.fcs = cpu->seg[CPU_SEG_CS].selector;
    if (!memory) return;
    cpu->x87.fdp = ea;
    cpu->x87.fds = cpu->seg[record_segment(rec)].selector;
}

/* --- stack --- */

static unsigned physical(const struct cpu *cpu, unsigned i) { return (x87_top(cpu) + i) & 7; }

bool x87_empty(const struct cpu *cpu, unsigned i) { return !(cpu->x87.in_use >> physical(cpu, i) & 1); }

f80 x87_get(const struct cpu *cpu, unsigned i)
{
    unsigned n = physical(cpu, i);
    return (f80){ .significand = cpu->x87.r[n].significand, .sign_exponent = cpu->x87.r[n].sign_exponent };
}

void x87_set(struct cpu *cpu, unsigned i, f80 value)
{
    unsigned n = physical(cpu, i);
    cpu->x87.r[n].significand = value.significand;
    cpu->x87.r[n].sign_exponent = value.sign_exponent;
    cpu->x87.in_use |= (u8)(1 << n);
}

void x87_free(struct cpu *cpu, unsigned i) { cpu->x87.in_use &= (u8)~(1 << physical(cpu, i)); }

void x87_turn(struct cpu *cpu, unsigned by)
{
    cpu->x87.status = (u16)((cpu->x87.status & ~X87_TOP) | ((x87_top(cpu) + by) & 7) << 11);
}

void x87_pop(struct cpu *cpu)
{
    x87_free(cpu, 0);
    x87_turn(cpu, 1);
}

/* SF tells a stack fault, C1 its direction: 1 overflow, 0 underflow. */
bool x87_stack_fault(struct cpu *cpu, bool overflow)
{
    return x87_raise(cpu, FLOAT_I | X87_SF, overflow);
}

bool x87_push(struct cpu *cpu, f80 value)
{
    if (!x87_empty(cpu, 7)) {
        if (!x87_stack_fault(cpu, true)) return false;
        value = f80_indefinite();
    }
    x87_turn(cpu, 7);
    x87_set(cpu, 0, value);
    return true;
}

void x87_init(struct cpu *cpu)
{
    cpu->x87.control = 0x37f;
    cpu->x87.status = 0;
    cpu->x87.in_use = 0;
    cpu->x87.fop = cpu->x87.fcs = cpu->x87.fds = 0;
    cpu->x87.fip = cpu->x87.fdp = 0;
    x87_summarize(cpu);
}
