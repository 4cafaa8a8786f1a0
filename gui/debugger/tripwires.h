#ifndef ORRERY_DEBUGGER_TRIPWIRES_H
#define ORRERY_DEBUGGER_TRIPWIRES_H
#include "gui/automation/script.h"

/* A stop of an entry with `trip`: whether it is one, and if so it was told. */
bool tripwire_is_hit(struct session *s, const struct breakpoint *p, const struct cpu_break_hit *hit);

/* As machine_run, instruction by instruction; MACHINE_REQUEST before one that uses undefined flags. */
struct machine_stop tripwire_run_flags(struct session *s, u64 ticks);

#endif
