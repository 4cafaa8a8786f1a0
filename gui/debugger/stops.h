#ifndef ORRERY_DEBUGGER_STOPS_H
#define ORRERY_DEBUGGER_STOPS_H
#include "gui/automation/script.h"

/* Cuts "... if EXPRESSION" off; the expression is that of a try, and may be quoted as Bochs wants it. */
bool stop_take_condition(struct session *s, char *text, struct breakpoint *stop, struct error *err);

/* `magic_break: enabled=1 cx di` of the configuration. */
void stop_at_configured_magic(struct session *s);

#endif
