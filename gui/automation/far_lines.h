#ifndef ORRERY_AUTOMATION_FAR_LINES_H
#define ORRERY_AUTOMATION_FAR_LINES_H
/* Lines that a person types in the front, for the machine's process.                            doc: sandbox */
#include "gui/automation/script.h"

/* --- the front --- */

struct far_lines {
    int fd;                      /* to the machine's process */
    int in;                      /* where lines come from; what is no terminal is read line by line */
    void (*typed)(void *context, const char *line);
    void *context;
};
/* Until the other side is gone or the input ends. */
void far_lines_serve(struct far_lines *f);

/* --- the machine's process --- */

/* The next line; NULL: the person has left. */
const char *far_lines_next(struct session *s, const char *prompt, char *room, size_t size);
/* The lines as a file. */
FILE *far_lines_open(struct session *s);

#endif
