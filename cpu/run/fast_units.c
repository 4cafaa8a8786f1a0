/* Opening and closing the host's floating-point units.                                     doc: fast */
#include "cpu/run/fast_units.h"

#if defined(__x86_64__)
#include "cpu/float/x87_ops.h"
#include "cpu/run/flags.h"

enum { MXCSR_MASKS = 0x1f80, MXCSR_BITS = 0xffff, MXCSR_FLAGS = FLOAT_ALL };

static bool sse_usable(const struct cpu *cpu) { return !(cpu->cr0 & (CR0_EM | CR0_TS)) && cpu->cr4 & CR4_OSFXSR; }

FAST_HANDLER fast_open_sse(FAST_PARAMETERS)
{
    if (!sse_usable(cpu)) TAIL(fast_slow);
    cpu->units |= UNIT_SSE;
    GO;
}

FAST_HANDLER fast_open_sse_float(FAST_PARAMETERS)
{
    u32 mxcsr = cpu->mxcsr & MXCSR_BITS;

    if (!sse_usable(cpu) || (mxcsr & MXCSR_MASKS) != MXCSR_MASKS) TAIL(fast_slow);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr) : "memory");
    cpu->units |= UNIT_SSE | UNIT_SSE_FLOAT;
    GO;
}

/* The host's flags are clear between instructions. */
FAST_HANDLER fast_open_x87(FAST_PARAMETERS)
{
    u16 control = cpu->x87.control;

    if (cpu->cr0 & (CR0_EM | CR0_TS) || cpu->x87.status & X87_ES || ~control & FLOAT_ALL) TAIL(fast_slow);
    __asm__ volatile("fldcw %0" : : "m"(control) : "memory");
    cpu->x87_last = cpu->x87_last_memory = NULL;
    cpu->units |= UNIT_X87;
    GO;
}

static void close_sse(struct cpu *cpu)
{
    static const u32 usual = MXCSR_MASKS;
    u32 mxcsr;

    __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(mxcsr) : "m"(usual) : "memory");
    cpu->mxcsr |= mxcsr & MXCSR_FLAGS;
}

/* What the last instruction was, for FSTENV: handlers note its record alone. */
static void close_x87(struct cpu *cpu)
{
    static const u16 usual = 0x37f;
    const struct record *last = cpu->x87_last, *memory = cpu->x87_last_memory;

    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(usual) : "memory");
    if (last) {
        const struct trace *trace = trace_of(cpu->traces, last);
        x87_note(cpu, last, cpu->x87_last_rip + trace->offset[last - trace->first], false, 0);
    }
    if (memory) cpu->x87.fds = cpu->seg[record_segment(memory)].selector;
}

void fast_units_close(struct cpu *cpu)
{
    if (cpu->units & UNIT_SSE_FLOAT) close_sse(cpu);
    if (cpu->units & UNIT_X87) close_x87(cpu);
    cpu->units = 0;
}

#endif
