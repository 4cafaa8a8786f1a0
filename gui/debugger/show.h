#ifndef ORRERY_DEBUGGER_SHOW_H
#define ORRERY_DEBUGGER_SHOW_H
/* The processor's state as lines of text, in the shapes that Bochs's users know.            doc: automation */
#include "devices/machine.h"
#include "gui/debugger/symbols.h"

void show_registers(struct machine *m);
void show_eflags(struct machine *m);
void show_segments(struct machine *m);
void show_control(struct machine *m);
void show_debug_registers(struct machine *m);

/* /NUF: count, format x d u o t c m, unit b h w g.  false: format says what is wrong. */
bool show_memory(struct machine *m, const struct symbols *symbols, bool linear, const char *nuf, u64 address, struct error *err);
/* One number: x d u o t c. */
void show_value(u64 value, char shape);
void show_stack(struct machine *m, const struct symbols *symbols, unsigned count);

#endif
