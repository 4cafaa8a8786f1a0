#ifndef ORRERY_AUTOMATION_LINE_H
#define ORRERY_AUTOMATION_LINE_H
/* Lines that a person types at the prompt: by libedit with history and completion, or plainly where it is absent.      doc: automation */
#include "gui/automation/script.h"

struct line_reader;

struct line_reader *line_open(struct session *s);
/* Without its end; NULL: the person has left (end of file).  It lives until the next call. */
const char *line_next(struct line_reader *r, const char *prompt);
void line_close(struct line_reader *r);

#endif
