#ifndef ORRERY_DEBUGGER_TRACING_H
#define ORRERY_DEBUGGER_TRACING_H
/* Runs that are told as they go, an instruction at a time: trace on, trace-reg, trace-mem, show call.         doc: automation */
#include "gui/automation/script.h"

bool tracing_on(const struct session *s);
/* Like machine_run. */
struct machine_stop tracing_run(struct session *s, u64 ticks);
/* Something hears of the processors already that cannot be heard beside timeline. */
bool tracing_listens(const struct session *s);
void tracing_free(struct session *s);

#endif
