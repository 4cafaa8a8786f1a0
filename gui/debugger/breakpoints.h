#ifndef ORRERY_DEBUGGER_BREAKPOINTS_H
#define ORRERY_DEBUGGER_BREAKPOINTS_H
/* Places where a run stops, before the instruction there.                                  doc: automation */
#include "devices/machine.h"

enum { BREAKPOINTS = 64 };
enum breakpoint_kind { BREAK_LINEAR, BREAK_PHYSICAL, BREAK_VIRTUAL };

struct breakpoint {
    enum breakpoint_kind kind;
    bool used, enabled;
    u16 selector;                /* BREAK_VIRTUAL */
    u64 address;                 /* linear, physical, or offset */
    u64 hits;
};

struct breakpoints {
    struct breakpoint entry[BREAKPOINTS];
    struct machine *machine;
    bool armed;                  /* false for the first instruction of a run: it stands on the breakpoint just left */
    unsigned last;               /* number of the one that hit, 1.. */
};

/* Its number from 1; 0 when all are taken. */
unsigned breakpoint_add(struct breakpoints *b, const struct breakpoint *wanted);
bool breakpoint_delete(struct breakpoints *b, unsigned number);
bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled);
void breakpoint_list(const struct breakpoints *b);

/* Sets or removes the processor's watch function as breakpoints exist; call before each run. */
void breakpoints_arm(struct breakpoints *b);

#endif
