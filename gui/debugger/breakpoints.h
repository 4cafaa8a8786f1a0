#ifndef ORRERY_DEBUGGER_BREAKPOINTS_H
#define ORRERY_DEBUGGER_BREAKPOINTS_H
/* Places where a run stops, bytes behind whose use it stops, and what it is to be caught at.     doc: automation
 * One list; numbers begin with 1 and stay until an entry is deleted.  It grows as it must. */
#include "devices/machine.h"

enum { WATCH_MOST_BYTES = 65536, VALUE_MOST_BYTES = 64, CONDITION_ROOM = 160 };

struct breakpoint {
    struct cpu_break at;
    bool used, enabled;
    bool by_value;               /* a watch of writes that stops when the bytes are others than before; at most VALUE_MOST_BYTES */
    u8 was[VALUE_MOST_BYTES];
    u64 hits, passes;            /* how often it was met; how often it will be passed from now on */
    bool once;                   /* its first stop deletes it */
    enum { NO_TRIPWIRE, TRIPWIRE_EOI, TRIPWIRE_CODE } trip;  /* whether it is a stop takes more than the processor tells */
    char condition[CONDITION_ROOM];      /* an expression, "" without */
};

/* Places that no list shows: behind the delivery of an interrupt, where told runs go on (tracing.c); a shutdown, which ends a run (triple_fault.c). */
enum hidden_break { HIDDEN_INTERRUPT, HIDDEN_SHUTDOWN, HIDDEN_BREAKS };
enum { HIDDEN_FIRST = 1 << 30 };

struct breakpoints {
    struct breakpoint *entry;
    unsigned room;
    struct breakpoint hidden[HIDDEN_BREAKS];
    unsigned *armed;             /* which entries, as the processor numbers them; HIDDEN_FIRST and more: hidden ones */
    struct eoi_watch {           /* requests whose handlers have begun: gui/debugger/tripwires.c */
        struct { u64 back; u16 bit; } begun[32];
        unsigned count;
    } eoi;
    bool watch_goes_on;          /* a watchpoint is reported, and the run goes on */
};

/* Its number. */
unsigned breakpoint_add(struct breakpoints *b, const struct breakpoint *what);
/* False: there is none of that number. */
bool breakpoint_delete(struct breakpoints *b, unsigned number);
bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled);
void breakpoints_free(struct breakpoints *b);

bool break_is_watch(enum cpu_break_kind kind);
bool break_is_linear_watch(enum cpu_break_kind kind);

struct symbols;
void breakpoint_list(const struct breakpoints *b, const struct symbols *symbols);         /* all but watchpoints */
void watchpoint_list(const struct breakpoints *b);
bool watchpoint_delete(struct breakpoints *b, u64 address);                      /* those at an address; false: none is there */
void watchpoint_delete_all(struct breakpoints *b);

/* A place that a run has met, as the processor numbers it; and its number, 0: it is hidden. */
struct breakpoint *breakpoint_met(struct breakpoints *b, unsigned place);
unsigned breakpoint_met_number(const struct breakpoints *b, unsigned place);
void breakpoint_hide(struct breakpoints *b, enum hidden_break which, bool on);

/* Tells the processors; call before each run.  The instruction that runs next is no stop. */
void breakpoints_arm(struct breakpoints *b, struct machine *machine);
/* The bytes that a watch of values compares with are those of now. */
void watchpoint_see_value(struct breakpoint *p, struct machine *machine);
/* After a stop: counts and prints it.  True when the run is to go on. */
struct session;
bool breakpoints_stopped(struct session *session);
/* The same without a word, for somebody who looks for the last stop before a tick: true when it would be one. */
bool breakpoints_would_stop(struct session *session);
/* Watches of values compare with the bytes of now. */
void breakpoints_see_values(struct breakpoints *b, struct machine *machine);

#endif
