#include "cpu/run/exact.h"

#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"
#include "cpu/run/mode.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"
#include "cpu/float/x87_ops.h"
#include "cpu/run/vector.h"

enum exact_end exact_run(struct cpu *cpu, struct trace *trace, struct record *rec, bool alone)
{
    u64 base = cpu->trace_rip;   /* RIP of the trace's first instruction */
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
    if (likely(--cpu->budget > 0) && (!alone || rec->fast == (void *)fast_slow)) goto dispatch;
leave:
    cpu->rip = HERE;
    cpu->resume = rec;
    return EXACT_AT_RECORD;

end:                             /* a transfer, or the state that decoding rests on may have changed */
    cpu->budget--;
    cpu->rip = cpu->next_rip;
    return EXACT_LOOK;

repeat:                          /* ticks were taken by the repeat itself */
    if (cpu->budget > 0 && cpu->next_rip != cpu->rip) {
        rec++;
        if (!alone) goto dispatch;
        goto leave;
    }
    if (cpu->next_rip == cpu->rip) cpu->rflags |= EFLAGS_RF;     /* iterations are left: no instruction breakpoint between them */
    cpu->rip = cpu->next_rip;
    return EXACT_LOOK;

branch:                          /* direct: a link follows */
transfer:                        /* near indirect, returns */
    if (unlikely(BAD_TARGET(target))) goto branch_fault;
    cpu->rip = target;
    if (unlikely(--cpu->budget <= 0)) return EXACT_LOOK;
    if (alone) return EXACT_BRANCHED;
    trace = trace_find_known(cpu);
    if (!trace || trace->hooked) return EXACT_BRANCHED;
    base = cpu->trace_rip = cpu->rip;
    rec = trace->first;
    goto dispatch;

branch_fault:
    branch_refused(cpu, target);
fault:
    cpu->rip = HERE;
    cpu->budget--;
    return EXACT_FAULT;
}
