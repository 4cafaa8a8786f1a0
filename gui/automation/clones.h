#ifndef ORRERY_AUTOMATION_CLONES_H
#define ORRERY_AUTOMATION_CLONES_H
/* Machines that begin as one and go their own ways: a process each.                         doc: clones */
#include "cpu/base/error.h"

enum { CLONES_MOST = 1000, SEEDS_MOST = 1000000, CLONE_SIGNALLED = 256 };

struct clones_wanted {
    unsigned count;
    unsigned at_once;            /* so many live at a time; 0: all */
    bool until_failure;          /* when one has failed no more are made, and those behind it are ended */
    void (*ended)(void *context, unsigned number, int status);           /* each of them, as they end; NULL: nobody wants to know */
    void *context;
    int interrupts;              /* a descriptor that can be read when the person has had enough; 0: none */
};

struct clones {
    unsigned number;             /* of this process: 1 ..; 0 in the one that they come from, and then, when all have ended: */
    unsigned failed;             /* how many did not end with status 0, */
    unsigned first_failed;       /* which was the first of them by number, 0: none, */
    int status;                  /* and what it ended with; CLONE_SIGNALLED and a signal's number */
    unsigned made;
    bool interrupted;
};

/* Makes clones of this process, which has one thread.  Returns in each of them with its number; its output goes, line by line with the number before it, to
 * what was the output.  Returns in the original when all have ended.  False there: the host has no more processes; those that were made are gone. */
bool clones_make(struct clones *clones, const struct clones_wanted *wanted, struct error *err);

#endif
