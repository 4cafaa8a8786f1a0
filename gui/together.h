#ifndef ORRERY_GUI_TOGETHER_H
#define ORRERY_GUI_TOGETHER_H
/* Several machines in one process on one virtual clock, headless.                            doc: network
 * Each has its own course of action (a script, or plain running), which goes on where it stopped; all run one slice of virtual time, one after the other,
 * then their LANs pass on what was sent.  Who has ended stands still for the others. */
#include "devices/machine.h"

enum { TOGETHER_MOST = 16 };

struct partner;

/* Runs `body` for each context until all have returned, in slices of `slice_ns`; frames take `delay_ns`, which is no less.  What a partner prints has its
 * number, from 1 on, before each line.  False: the host has no memory for it. */
bool together_run_all(unsigned count, u64 slice_ns, u64 delay_ns, void (*body)(struct partner *partner, void *context), void **contexts);

/* Within a body: machine_run, with turns for the others. */
struct machine_stop together_run(struct partner *partner, struct machine *machine, u64 ticks);
struct lan_seat *together_seat(const struct partner *partner);         /* for machine_config.seat */
unsigned together_number(const struct partner *partner);              /* 0 for the first */

#endif
