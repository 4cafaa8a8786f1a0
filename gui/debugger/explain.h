#ifndef ORRERY_DEBUGGER_EXPLAIN_H
#define ORRERY_DEBUGGER_EXPLAIN_H
/* One instruction, step by step: its bytes, its operands with what they hold, its accesses, its flags.      doc: debugger */
#include "cpu/cpu.h"
#include "gui/debugger/symbols.h"

/* The instruction at CS:offset, with the registers as they are now, and names where symbols know them.  False with a message where none can be read. */
bool explain(struct cpu *cpu, const struct symbols *symbols, u64 offset, struct error *err);

#endif
