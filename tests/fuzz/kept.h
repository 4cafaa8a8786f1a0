#ifndef ORRERY_FUZZ_KEPT_H
#define ORRERY_FUZZ_KEPT_H
/* A machine for many runs, each of which finds it as it was created: to create one takes ten times as long as most runs.      doc: fuzz */
#include "devices/board/checkpoint.h"

struct kept_machine {
    struct machine *machine;
    struct memory_tracker tracker;
    struct checkpoint *first;
};

/* In its first moment; created when there is none.  NULL: it cannot be, and err says why. */
struct machine *kept_begin(struct kept_machine *kept, const struct machine_config *config, struct error *err);
/* The drives have what they had then, as images that were opened anew. */
void kept_media(struct kept_machine *kept);
/* What a checkpoint does not bring back has changed: the next run gets another one. */
void kept_drop(struct kept_machine *kept);

#endif
