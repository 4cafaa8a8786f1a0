#ifndef ORRERY_DEBUGGER_STOPS_H
#define ORRERY_DEBUGGER_STOPS_H
#include "gui/automation/script.h"

/* Cuts "... if EXPRESSION" off; the expression is that of a try, and may be quoted as Bochs wants it. */
bool stop_take_condition(struct session *s, char *text, struct breakpoint *stop, struct error *err);

/* `magic_break: enabled=1 cx di` of the configuration. */
void stop_at_configured_magic(struct session *s);

/* Where the configuration leaves open what a triple fault does, it freezes the machine before the reset that it would be. */
void stop_at_triple_fault(struct session *s);
/* That was the stop: *stop is what a frozen machine says. */
bool stopped_at_triple_fault(struct session *s, struct machine_stop *stop);
/* The machine is reset by triple faults, and why is printed, for the first of them whole. */
void tell_triple_faults(struct session *s);

#endif
