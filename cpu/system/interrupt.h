#ifndef ORRERY_SYSTEM_INTERRUPT_H
#define ORRERY_SYSTEM_INTERRUPT_H
/* An event on its way to a handler.                                              doc: interrupts */
#include "cpu/system/system.h"

struct event {
    u8 vector;
    bool gate_dpl_counts;    /* INT n, INT3, INTO: the gate's DPL must admit CPL */
    /* not caused by such an instruction: error codes raised on the way carry EXT */
    bool external;
    bool has_error_code;
    bool entered_task;       /* out: a task gate led into another task before anything failed */
    u32 error_code;
    u64 return_rip;
    u32 eflags;              /* the image to push */
};

/* False when a fault was raised on the way; cpu->rip is the handler's, or, with entered_task, the
 * new task's. */
bool event_deliver(struct cpu *cpu, struct event *e);

/* The same in long mode, for event_deliver (cpu/system/long_mode.c). */
bool deliver_long_mode(struct cpu *cpu, struct event *e);

/* The #DB of a TSS with the T bit, due before the first instruction of a task that an interrupt or
 * exception started. */
void trap_after_task_switch(struct cpu *cpu);

#endif
