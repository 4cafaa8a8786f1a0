#ifndef ORRERY_DEBUGGER_BREAKPOINTS_H
#define ORRERY_DEBUGGER_BREAKPOINTS_H
/* Places where a run stops, before the instruction there or behind the delivery of an interrupt, and bytes of memory behind whose use it stops.     doc: automation */
#include "devices/machine.h"

struct session;
struct symbols;

enum { BREAKPOINTS = 64, WATCHPOINTS = 64, WATCH_MOST_BYTES = 65536, CONDITION_ROOM = 160 };

struct breakpoint {
    struct cpu_break at;
    bool used, enabled;
    u64 hits;
    char condition[CONDITION_ROOM];      /* an expression, "" without */
};

struct breakpoints {
    struct breakpoint entry[BREAKPOINTS], watch[WATCHPOINTS];
    struct breakpoint *armed[BREAKPOINTS + WATCHPOINTS];     /* as the processor numbers them */
    bool watch_goes_on;          /* a watchpoint is reported, and the run goes on */
};

/* Its number from 1; 0 when all are taken. */
unsigned breakpoint_add(struct breakpoints *b, const struct cpu_break *at, const char *condition);
bool breakpoint_delete(struct breakpoints *b, unsigned number);
bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled);
void breakpoint_list(const struct breakpoints *b, const struct symbols *symbols);

bool watchpoint_add(struct breakpoints *b, const struct cpu_break *at);          /* false: all are taken */
bool watchpoint_delete(struct breakpoints *b, u64 address);                      /* those at an address; false: none is there */
void watchpoint_delete_all(struct breakpoints *b);
void watchpoint_list(const struct breakpoints *b);

/* Tells the processor; call before each run.  The instruction that runs next is no stop. */
void breakpoints_arm(struct breakpoints *b, struct machine *machine);
/* After a stop: counts and prints it.  True when the run is to go on. */
bool breakpoints_stopped(struct session *session);

#endif
