#ifndef ORRERY_DEBUGGER_TRAVEL_H
#define ORRERY_DEBUGGER_TRAVEL_H
/* Backwards: to a tick, a step, the stop before.                                            doc: time-travel */
#include "gui/debugger/commands.h"

debug_command debug_reverse_step, debug_reverse_next, debug_reverse_continue, debug_go_to, debug_last_write, debug_last_exec, debug_last_event, debug_undo, debug_present,
    debug_live, debug_time_travel, debug_save, debug_restore, debug_migrate, debug_mirror, debug_clone;

/* For whoever speaks with a debugger of another kind: the same without a word.  False: err says why not; *stopped: a breakpoint was met, else the
 * beginning of the past. */
bool travel_step_back(struct session *s, struct error *err);
bool travel_continue_back(struct session *s, bool *stopped, struct error *err);

/* A run begins here: undo comes back. */
void travel_note(struct session *s);
/* The machine is in the past, where nothing can be changed: err says so. */
bool travel_forbids(struct session *s, struct error *err);

#endif
