#ifndef ORRERY_AUTOMATION_COMPLETION_H
#define ORRERY_AUTOMATION_COMPLETION_H
/* What may follow a line that has been begun.                                                 doc: automation */
#include "gui/automation/script.h"

struct completion {
    char more[256];              /* what every candidate goes on with, and a blank behind the only one */
    unsigned candidates;
};

/* Candidates for the last word of `line`: commands, then devices and subjects behind `info`, else registers and names of the guest's program.
 * They are printed to `list`, a few a line. */
struct completion completion_of(struct session *s, const char *line, FILE *list);

#endif
