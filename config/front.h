#ifndef ORRERY_CONFIG_FRONT_H
#define ORRERY_CONFIG_FRONT_H
/* The process that a person started, when the machine runs in another: display, terminal and broker.      doc: sandbox */
#include <stdio.h>

#include "config/arguments.h"
#include "devices/host/sandbox.h"
#include "devices/machine_config.h"
#include "devices/mailbox.h"
#include "gui/display.h"

struct front {
    struct sandbox sandbox;
    struct named *named;
    struct mailbox *box;         /* between the display and the machine; NULL: nothing is shown */
    int lines;                   /* to what a person types, from the machine's process; 0: nobody does */
};

/* What is wanted of the two. */
struct front_plan {
    const struct arguments *arguments;
    const struct machine_config *config;
    const char *config_text;     /* the same as directives */
    const struct display *display;       /* NULL: headless */
    FILE *commands;              /* NULL: the machine just runs */
};

/* Makes two processes.  False: err says why there cannot be two, or the machine's cannot be locked down. */
bool front_split(struct front *front, const struct front_plan *plan, struct error *err);
/* In the front: shows, reads and waits until the machine's process has ended; its exit status. */
int front_run(struct front *front, const struct front_plan *plan);

/* For machines that share a process, and for tools that read images, before anything is opened: all that the command line names.  True in the process that
 * goes on with it, or in the only one; else *status is the program's. */
bool front_apart(int argc, char **argv, int *status);

#endif
