#include "cpu/run/exact.h"

#include "cpu/decode/tables.h"
#include "cpu/run/mode.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"

/* Where a taken branch to cpu->rip goes on, without leaving the instance: by its link, or by the jump cache. */
static inline struct trace *follow_branch(struct cpu *cpu, struct trace *from, struct record *branch)
{
    struct link *link = (struct link *)(branch + 1);
    if (likely(link->target_rip == (u32)cpu->rip && link->target)) {
        struct record *first = (struct record *)(uintptr_t)link->target;
        if (likely(first->h != OP_STALE)) return trace_of_first(cpu->traces, first);
    }
    struct trace *to = trace_find_known(cpu);
    /* Only within one page: there the same RIP means the same physical address, whatever paging does. */
    if (to && from->pa != UINT64_MAX && to->pa >> 12 == from->pa >> 12 && (cpu->mode & MODE_LIMIT_4G)) {
        link->target_rip = (u32)cpu->rip;
        link->target = (uintptr_t)to->first;
    }
    return to;
}

bool exact_run(struct cpu *cpu, struct trace *trace)
{
    struct record *rec = trace->first;
    u64 base = cpu->rip;         /* RIP of the trace's first instruction */
    u64 target;                  /* of a near transfer */
    u64 update_ea;               /* of a read-modify-write, between its halves */

dispatch:
    switch (rec->h) {
#include "cpu/ops/words_exact.h"
#include "cpu/ops/all.inc"
    default: __builtin_unreachable();
    }

next:
    rec++;
    if (likely(--cpu->budget > 0)) goto dispatch;
leave:
    cpu->rip = HERE;
    return true;

end:                             /* a transfer, or the state that decoding rests on may have changed */
    cpu->budget--;
    cpu->rip = cpu->next_rip;
    return true;

repeat:                          /* ticks were taken by the repeat itself */
    if (cpu->budget > 0 && cpu->next_rip != cpu->rip) {
        rec++;
        goto dispatch;
    }
    if (cpu->next_rip == cpu->rip) cpu->rflags |= EFLAGS_RF;     /* iterations are left: no instruction breakpoint between them */
    cpu->rip = cpu->next_rip;
    return true;

branch: {                        /* direct: a link follows */
    if (unlikely(target > cpu->seg[CPU_SEG_CS].limit)) goto branch_fault;
    cpu->rip = target;
    if (unlikely(--cpu->budget <= 0)) return true;
    trace = follow_branch(cpu, trace, rec);
    if (!trace) return true;
    base = cpu->rip;
    rec = trace->first;
    goto dispatch;
}

transfer:                        /* near indirect, returns */
    if (unlikely(target > cpu->seg[CPU_SEG_CS].limit)) goto branch_fault;
    cpu->rip = target;
    if (unlikely(--cpu->budget <= 0)) return true;
    trace = trace_find_known(cpu);
    if (!trace) return true;
    base = cpu->rip;
    rec = trace->first;
    goto dispatch;

branch_fault:
    FAULT(cpu, BRANCH_PAST_LIMIT, .ea = target, .limit = cpu->seg[CPU_SEG_CS].limit);
fault:
    cpu->rip = HERE;
    cpu->budget--;
    return false;
}
