#include "cpu/run/exact.h"

#include "cpu/decode/tables.h"
#include "cpu/run/mode.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"
#include "cpu/float/x87_ops.h"
#include "cpu/run/vector.h"

typedef u64 udouble_8, udouble_16, udouble_32;
typedef s64 sdouble_8, sdouble_16, sdouble_32;
typedef u128 udouble_64;
typedef s128 sdouble_64;

/* Where a taken branch to cpu->rip goes on, without leaving the instance: by its link, or by the jump cache. */
static inline struct trace *follow_branch(struct cpu *cpu, struct trace *from, struct record *branch)
{
    struct link *link = (struct link *)(branch + 1);
    if (likely(link->target_rip == cpu->rip && link->target)) {
        struct record *first = &cpu->traces->records[link->target];
        if (likely(first->h != OP_STALE)) return trace_of_first(cpu->traces, first);
    }
    struct trace *to = trace_find_known(cpu);
    /* Only within one page: there the same RIP means the same physical address, whatever paging does. */
    if (to && from->pa != UINT64_MAX && to->pa >> 12 == from->pa >> 12 && (cpu->mode & MODE_LIMIT_4G)) {
        link->target_rip = cpu->rip;
        link->target = (u32)(to->first - cpu->traces->records);
    }
    return to;
}

bool exact_run(struct cpu *cpu, struct trace *trace)
{
    struct record *rec = trace->first;
    u64 base = cpu->rip;         /* RIP of the trace's first instruction */
    u64 target;                  /* of a near transfer */
    u64 update_ea;               /* of a read-modify-write, between its halves */
    cpu->trace_rip = base;

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
    if (unlikely(BAD_TARGET(target))) goto branch_fault;
    cpu->rip = target;
    if (unlikely(--cpu->budget <= 0)) return true;
    trace = follow_branch(cpu, trace, rec);
    if (!trace) return true;
    base = cpu->trace_rip = cpu->rip;
    rec = trace->first;
    goto dispatch;
}

transfer:                        /* near indirect, returns */
    if (unlikely(BAD_TARGET(target))) goto branch_fault;
    cpu->rip = target;
    if (unlikely(--cpu->budget <= 0)) return true;
    trace = trace_find_known(cpu);
    if (!trace) return true;
    base = cpu->trace_rip = cpu->rip;
    rec = trace->first;
    goto dispatch;

branch_fault:
    branch_refused(cpu, target);
fault:
    cpu->rip = HERE;
    cpu->budget--;
    return false;
}
