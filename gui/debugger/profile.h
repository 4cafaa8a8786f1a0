#ifndef ORRERY_DEBUGGER_PROFILE_H
#define ORRERY_DEBUGGER_PROFILE_H
/* Where the ticks went: every executed instruction is counted, none is sampled.              doc: profile */
#include "devices/machine.h"
#include "gui/debugger/symbols.h"

struct profile;

/* Begins to count on all processors of a machine; nothing else may record them. */
struct profile *profile_begin(struct machine *machine);
void profile_pause(struct profile *p);           /* the counts stay */
void profile_free(struct profile *p);

/* The functions, or where there are no names the stretches of code, that took most ticks. */
void profile_show(struct profile *p, const struct symbols *symbols, unsigned most);
/* Single instructions. */
void profile_show_instructions(struct profile *p, const struct symbols *symbols, unsigned most);
/* How often each source line was reached, in lcov's format; without lines each executed instruction. */
bool profile_write_coverage(struct profile *p, const struct symbols *symbols, const char *path, struct error *err);

#endif
