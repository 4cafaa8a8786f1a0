#ifndef ORRERY_RUN_EXACT_H
#define ORRERY_RUN_EXACT_H
/* The exact instance: the large switch, one record a step, every check.                    doc: exact */
#include "cpu/decode/trace.h"

/* How a run ended.  cpu->rip is exact in each case, and every tick has been taken. */
enum exact_end {
    EXACT_FAULT,         /* the last instruction raised cpu->fault, not delivered yet */
    EXACT_LOOK,          /* the loop must look: the budget is used up, or something it cares for may have changed */
    EXACT_BRANCHED,      /* a near transfer, nothing else happened */
    EXACT_AT_RECORD,     /* cpu->resume comes next, in the same trace */
};

/* Runs from a record of a trace whose first instruction is at cpu->trace_rip until the budget ends or something must be looked at;
 * `alone`: only this record and those after it that the fast instance has no way with. */
enum exact_end exact_run(struct cpu *cpu, struct trace *trace, struct record *record, bool alone);

#endif
