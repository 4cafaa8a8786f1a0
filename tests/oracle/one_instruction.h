#ifndef ORRERY_TESTS_ONE_INSTRUCTION_H
#define ORRERY_TESTS_ONE_INSTRUCTION_H
/* One instruction on our processor, by the fast instance where it has a handler and cpu->exact_only is not set, faults left undelivered.   doc: oracle */
#include "cpu/run/fast.h"

/* Stands in place of a trace's second instruction. */
static void stop_before(FAST_PARAMETERS)
{
    const struct trace *trace = trace_of(cpu->traces, rec);
    cpu->rip = cpu->trace_rip + trace->offset[rec - trace->first];
    TAIL(fast_leave);
}

/* The instruction at cpu->rip, or the fetch of one; false when it faulted.  The budget is too small for a second trace, so a branch
 * ends it too.  A repeated string instruction may leave iterations. */
static inline bool one_instruction(struct cpu *cpu, u64 now)
{
    cpu->budget = cpu->exact_only ? 1 : TRACE_MAX_INSTRUCTIONS;
    cpu->slice_end = now + (u64)cpu->budget;
    cpu->in_instruction = true;
    struct trace *trace = trace_find(cpu);
    cpu->trace_rip = cpu->rip;
    if (trace) trace->first[trace->first[1].h == OP_LINK ? 2 : 1].fast = (const void *)stop_before;
    bool done = trace && fast_or_exact(cpu, trace);
    cpu->in_instruction = false;
    return done;
}

#endif
