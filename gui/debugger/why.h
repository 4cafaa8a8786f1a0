#ifndef ORRERY_DEBUGGER_WHY_H
#define ORRERY_DEBUGGER_WHY_H
/* Why a fault was raised, told whole.                                                      doc: faults */
#include "cpu/cpu.h"
#include "gui/debugger/symbols.h"

/* Fault n before the newest: the instruction, each check that passed and the one that failed, and what they looked at; of a double or triple
 * fault the chain from its first cause on.  False with a message when there is none. */
bool why_fault(struct cpu *cpu, const struct symbols *symbols, unsigned newest_is_0, struct error *err);
/* The last faults, a line each. */
void why_list(struct cpu *cpu, const struct symbols *symbols, unsigned most);
/* Why the triple fault came that the processor has just shut down by: from its first cause on. */
void why_triple_fault(struct cpu *cpu, const struct symbols *symbols);

#endif
