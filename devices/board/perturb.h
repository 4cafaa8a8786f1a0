#ifndef ORRERY_BOARD_PERTURB_H
#define ORRERY_BOARD_PERTURB_H
/* What varies by a seed: how late interrupts come, how long work takes, what memory holds at power-on, what is undefined.      doc: perturb */
#include "devices/board/clock.h"
#include "devices/machine_config.h"

enum perturb_slot { SLOT_IDLE, SLOT_HELD, SLOT_OPEN };

#define PERTURB_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                                          */ \
    ONE (u64,  slots,             "",       0, UINT64_MAX, "random numbers: how late interrupts are")                          \
    ONE (u64,  completions,       "",       0, UINT64_MAX, "random numbers: how long work takes")                              \
    ONE (u64,  undefined,         "",       0, UINT64_MAX, "random numbers: undefined flags and results")                      \
    MANY(u8,   slot, CPU_MOST,    "",       0,  SLOT_OPEN, "a processor's interrupt request: 0 none, 1 held back, 2 handed on") \
    MANY(event, open, CPU_MOST,   "tick",   0, UINT64_MAX, "when it is handed on")

struct machine;
struct perturb {
    STATE_MEMBERS(PERTURB_STATE)
    struct perturb_wire {
        struct machine *machine;
        unsigned n;
    } wire[CPU_MOST];
};
extern const struct state_layout perturb_state;

/* A processor asks: its request, as its local APIC or the 8259A makes it, is held back for the time being. */
bool perturb_holds(void *board, unsigned processor, bool request);

void perturb_begin(const struct machine *m, struct perturb *begun);      /* its state when nothing has been drawn yet */
void perturb_build(struct machine *m);                   /* before the first reset; processors are there */
void perturb_find_completions(struct machine *m);        /* parts have been registered */
void perturb_reseed(struct machine *m, unsigned clone);  /* clone 1 .. has random numbers of its own, and before the first tick memory of its own */

#endif
