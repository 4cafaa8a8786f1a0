#ifndef ORRERY_RUN_EXACT_H
#define ORRERY_RUN_EXACT_H
/* The exact instance: the large switch, one record a step, every check.                    doc: exact */
#include "cpu/decode/trace.h"

/* Runs from the first record of the trace at cpu->rip until the budget ends or something must be looked at; cpu->rip is
 * exact then.  False: the last instruction raised cpu->fault, not delivered yet; its tick has been taken. */
bool exact_run(struct cpu *cpu, struct trace *trace);

#endif
