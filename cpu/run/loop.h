#ifndef ORRERY_RUN_LOOP_H
#define ORRERY_RUN_LOOP_H
/* The loop around both instances, as the fast one sees it.                                 doc: exact */
#include "cpu/run/processor.h"

/* Behind an instruction that asked for the loop's look, or (`faulted`) raised cpu->fault, with budget left: does what the loop would do
 * there when that is next to nothing, the delivery of the fault included.  True: the run goes on at cpu->rip with the budget as it is
 * now, which may be none.  False: nothing was done, the run must end. */
bool loop_goes_on(struct cpu *cpu, bool faulted);

#endif
