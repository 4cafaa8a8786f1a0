#ifndef ORRERY_CONFIG_CLONE_H
#define ORRERY_CONFIG_CLONE_H
/* Machines that begin as one and go their own ways: a process each.                         doc: clones */
#include "cpu/base/error.h"

enum { CLONES_MOST = 1000 };

struct clones {
    unsigned number;             /* of this process: 1 ..; 0 in the one that they come from */
    unsigned failed;             /* in that one, when all have ended: how many did not end with status 0 */
};

/* Makes `count` of this process.  Returns in each of them with its number; its output goes, line by line with the number before it, to what was the
 * output.  Returns in the original when all have ended.  False there: the host has no more processes; those that were made are gone. */
bool clones_make(struct clones *clones, unsigned count, struct error *err);

#endif
