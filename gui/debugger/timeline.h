#ifndef ORRERY_DEBUGGER_TIMELINE_H
#define ORRERY_DEBUGGER_TIMELINE_H
/* What the processors went through: modes, privilege, address spaces, interrupts, faults, tasks.        doc: timeline */
#include "devices/machine.h"
#include "gui/debugger/symbols.h"

struct timeline;

/* Keeps the newest of all that happens from now on. */
struct timeline *timeline_begin(struct machine *machine);
void timeline_pause(struct timeline *t);
bool timeline_listens(const struct timeline *t);          /* NULL does not */
void timeline_free(struct timeline *t);

void timeline_show(const struct timeline *t, const struct symbols *symbols, u64 most);          /* the newest, a line each */
/* Chrome's trace-event format, which Perfetto, chrome://tracing and speedscope open. */
bool timeline_write_json(const struct timeline *t, const struct symbols *symbols, const char *path, struct error *err);
bool timeline_write_png(const struct timeline *t, const char *path, struct error *err);

#endif
