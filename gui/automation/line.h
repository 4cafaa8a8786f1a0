#ifndef ORRERY_AUTOMATION_LINE_H
#define ORRERY_AUTOMATION_LINE_H
/* Lines that a person types at the prompt: by libedit with history and completion, or plainly where it is absent.      doc: automation */
#include <stdio.h>

#include "gui/automation/completion.h"

/* Whom the lines are for. */
struct line_taker {
    void *context;
    struct completion (*complete)(void *context, const char *before, FILE *list);
    bool (*wait)(void *context);         /* returns when a character can be read; false: no line is wanted any more.  NULL: nothing else is to be done meanwhile */
};

struct line_reader;

struct line_reader *line_open(const struct line_taker *taker);
/* Without its end; NULL: the person has left (end of file).  It lives until the next call. */
const char *line_next(struct line_reader *r, const char *prompt);
void line_close(struct line_reader *r);

#endif
