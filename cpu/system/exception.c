/* Exceptions: from cpu->fault to its handler, or to #DF, or to shutdown.  SDM vol. 3A, "Exception
 * Classifications", "Double Fault Exception (#DF)".                                  doc: faults */
#include "cpu/run/breaks.h"
#include "cpu/system/interrupt.h"
#include "cpu/system/transfer.h"

static bool contributory(unsigned vector)
{
    return vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

/* Table "Conditions for Generating a Double Fault". */
static bool makes_double_fault(unsigned first, unsigned second)
{
    if (first == VECTOR_PF) return second == VECTOR_PF || contributory(second);
    return contributory(first) && contributory(second);
}

/* Faults push RF = 1, so that the instruction restarts past its breakpoint; the fault of that very
 * breakpoint and traps push RF as it is.  "Masking Instruction Breakpoints". */
static u32 pushed_flags(const struct cpu *cpu, const struct fault *f)
{
    bool as_is = f->reason == REASON_DEBUG_TRAP || f->reason == REASON_DEBUG_FETCH;
    return cpu_eflags(cpu) | (as_is ? 0 : EFLAGS_RF);
}

/* DR7.GD falls when the handler is entered, which may then use the debug registers. */
static bool deliver_once(struct cpu *cpu, const struct fault *f)
{
    struct event e = {
        .vector = f->vector, .external = true,
        .has_error_code = f->has_error_code && !real_mode(cpu),
        .error_code = f->error_code, .return_rip = cpu->rip, .eflags = pushed_flags(cpu, f),
    };

    if (!event_deliver(cpu, &e)) return false;
    if (f->vector == VECTOR_DB) cpu->dr[7] &= ~(u64)DR7_GD;
    return true;
}

static void enter_shutdown(struct cpu *cpu, unsigned nesting)
{
    fault_log_add(cpu, &cpu->fault, nesting);
    cpu_set_activity(cpu, ACTIVITY_SHUTDOWN);
    breaks_catch(cpu, CPU_CATCH_SHUTDOWN, 0, 1, 0);
}

static void deliver_escalating(struct cpu *cpu)
{
    for (unsigned nesting = 0;; nesting++) {
        struct fault f = cpu->fault;
        fault_log_add(cpu, &f, nesting);
        if (deliver_once(cpu, &f)) return;
        if (f.vector == VECTOR_DF) {
            enter_shutdown(cpu, nesting + 1);
            return;
        }
        /* #AC on the stack of a handler of CPL 3: it starts over with every tick, for ever, but
         * interrupts are seen */
        if (f.vector == VECTOR_AC && cpu->fault.vector == VECTOR_AC) return;
        if (makes_double_fault(f.vector, cpu->fault.vector)) {
            fault_log_add(cpu, &cpu->fault, nesting + 1);
            FAULT(cpu, DOUBLE_FAULT, .vector = f.vector);
        }
    }
}

void trap_after_task_switch(struct cpu *cpu)
{
    if (!(cpu->debug_pending & DR6_BT)) return;
    debug_raise_trap(cpu, false);
    deliver_escalating(cpu);
}

/* The traps of an instruction that faults are not due: it will run again. */
void exception_deliver(struct cpu *cpu)
{
    if (cpu->fault.reason != REASON_DEBUG_TRAP) cpu->debug_pending = 0;
    deliver_escalating(cpu);
    trap_after_task_switch(cpu);
}
