/* Opening and closing the host's floating-point units.                                     doc: fast */
#include "cpu/run/fast_units.h"

#if defined(__x86_64__)
#include "cpu/float/x87_ops.h"
#include "cpu/run/flags.h"

enum { MXCSR_MASKS = 0x1f80, MXCSR_BITS = 0xffff, MXCSR_FLAGS = FLOAT_ALL };

static bool sse_usable(const struct cpu *cpu) { return !(cpu->cr0 & (CR0_EM | CR0_TS)) && cpu->cr4 & CR4_OSFXSR; }

bool fast_host_has(unsigned op)
{
#define FAST_PLAIN(name, width) [OP_##name] = true,
#define FAST_MEMORY(name, width) [OP_##name] = true,
    static const bool by_sse4[OP_COUNT] = {
#include "sse4_forms.h"
    };

    return !by_sse4[op] || __builtin_cpu_supports("sse4.2");
}

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

/* What FRSTOR loads and FNSAVE stores in 64-bit code.  SDM vol. 1, "Protected Mode x87 FPU State Image in Memory, 32-Bit Format". */
struct __attribute__((packed)) x87_image {
    u32 control, status, tags, fip, fcs_fop, fdp, fds;
    any80 st[8];
};

static u8 rotate(u8 bits, unsigned right) { return (u8)(bits >> right | bits << (-right & 7)); }

FAST_HANDLER fast_open_x87(FAST_PARAMETERS)
{
    struct x87 *x87 = &cpu->x87;
    unsigned top = x87_top(cpu);

    if (cpu->cr0 & (CR0_EM | CR0_TS) || x87->status & X87_ES || ~x87->control & FLOAT_ALL) TAIL(fast_slow);
    struct x87_image image = { .control = x87->control, .status = x87->status };
    for (unsigned n = 0; n < 8; n++) {
        const struct x87_register *r = &x87->r[(top + n) & 7];
        image.st[n] = (any80){ r->significand, r->sign_exponent };
        if (!(x87->in_use >> n & 1)) image.tags |= 3u << 2 * n;
    }
    __asm__ volatile("frstor %0" : : "m"(image));
    cpu->x87_filled = rotate(x87->in_use, top);
    cpu->x87_last = cpu->x87_last_memory = NULL;
    cpu->units = (u8)((cpu->units & ~UNIT_MMX) | UNIT_X87);
    GO;
}

FAST_HANDLER fast_open_mmx(FAST_PARAMETERS)
{
    if (cpu->units & UNIT_X87) fast_units_close(cpu);
    if (cpu->cr0 & (CR0_EM | CR0_TS) || cpu->x87.status & X87_ES) TAIL(fast_slow);
    cpu->units |= UNIT_MMX;
    GO;
}

static void close_sse(struct cpu *cpu)
{
    static const u32 usual = MXCSR_MASKS;
    u32 mxcsr;

    __asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(mxcsr) : "m"(usual) : "memory");
    cpu->mxcsr |= mxcsr & MXCSR_FLAGS;
}

/* FNSAVE leaves the host's usual control word.  What the last instruction was, for FSTENV: handlers note its record alone. */
static void close_x87(struct cpu *cpu)
{
    const struct record *last = cpu->x87_last, *memory = cpu->x87_last_memory;
    struct x87_image image;

    __asm__ volatile("fnsave %0" : "=m"(image));
    cpu->x87.status = (u16)image.status;
    unsigned top = x87_top(cpu);
    for (unsigned n = 0; n < 8; n++) {
        struct x87_register *r = &cpu->x87.r[(top + n) & 7];
        r->significand = image.st[n].significand;
        r->sign_exponent = image.st[n].sign_exponent;
    }
    cpu->x87.in_use = rotate(cpu->x87_filled, -top & 7);
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
