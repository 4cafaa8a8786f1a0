/* Without libedit: no history, no completion. */
#include "gui/automation/line.h"

#include <stdlib.h>
#include <string.h>

struct line_reader {
    struct line_taker taker;
    char *line;
    size_t room;
};

struct line_reader *line_open(const struct line_taker *taker)
{
    struct line_reader *r = calloc(1, sizeof *r);
    if (r) r->taker = *taker;
    return r;
}

const char *line_next(struct line_reader *r, const char *prompt)
{
    fputs(prompt, stdout);
    fflush(stdout);
    if (r->taker.wait && !r->taker.wait(r->taker.context)) return NULL;
    if (getline(&r->line, &r->room, stdin) < 0) return NULL;
    r->line[strcspn(r->line, "\r\n")] = 0;
    return r->line;
}

void line_close(struct line_reader *r)
{
    free(r->line);
    free(r);
}
