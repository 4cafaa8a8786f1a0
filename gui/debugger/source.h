#ifndef ORRERY_DEBUGGER_SOURCE_H
#define ORRERY_DEBUGGER_SOURCE_H
/* The text of the guest's program, where it is.                                             doc: symbols */
#include <stdbool.h>

#include "gui/debugger/symbols.h"

struct session;

/* What `list` showed last. */
struct source_place {
    char file[1024];             /* "" nothing yet */
    unsigned next;
};

/* Lines `first` to `last` of a file that a compiler named: as it is recorded, or below a directory of symbols: source=DIR.  How many there were. */
unsigned source_show(const struct session *session, const char *file, unsigned first, unsigned last);

/* One line without the blanks before it; "" where there is none. */
const char *source_text(const struct session *session, const char *file, unsigned line, char *text, size_t size);

/* "main.c:42  text" of the instruction at a linear address; nothing where no line is known. */
void source_show_line(const struct session *session, u64 address);

/* FILE:LINE, a function or an address: where that is.  `list` of it shows ten lines around. */
bool source_list(struct session *session, const char *at, struct error *err);

#endif
