#include "cpu/base/allocated.h"
#include "gui/automation/line.h"

#include <histedit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_LINES = 1000 };

struct line_reader {
    struct line_taker taker;
    EditLine *edit;
    History *history;
    FILE *out;                   /* stdout's descriptor, past the pager */
    const char *prompt;
    char line[4096], file[1024];
};

static char *prompt_of(EditLine *edit)
{
    struct line_reader *r;
    el_get(edit, EL_CLIENTDATA, &r);
    return (char *)r->prompt;
}

/* What all candidates begin with is put in; when that adds nothing they are listed. */
static unsigned char complete(EditLine *edit, int key)
{
    const LineInfo *info = el_line(edit);
    struct line_reader *r;
    char before[1024], *list = NULL;
    size_t room = 0;

    (void)key;
    el_get(edit, EL_CLIENTDATA, &r);
    snprintf(before, sizeof before, "%.*s", (int)(info->cursor - info->buffer), info->buffer);
    FILE *out = allocated(open_memstream(&list, &room));
    struct completion c = r->taker.complete(r->taker.context, before, out);
    fclose(out);
    if (*c.more) el_insertstr(edit, c.more);
    else if (c.candidates > 1) fprintf(r->out, "\n%s", list);
    free(list);
    return *c.more ? CC_REFRESH : c.candidates > 1 ? CC_REDISPLAY : CC_ERROR;
}

/* As libedit reads by itself, but that a display is served while nothing comes.  1: a character; 0: the end. */
static int read_character(EditLine *edit, wchar_t *c)
{
    struct line_reader *r;
    mbstate_t state = { 0 };
    size_t taken = (size_t)-2;
    char byte;

    el_get(edit, EL_CLIENTDATA, &r);
    while (taken == (size_t)-2) {
        if (!r->taker.wait(r->taker.context) || read(0, &byte, 1) != 1) return 0;
        taken = mbrtowc(c, &byte, 1, &state);
    }
    if (taken == (size_t)-1) *c = (unsigned char)byte;
    return 1;
}

/* XDG Base Directory Specification, XDG_STATE_HOME. */
static void name_history(struct line_reader *r)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char folder[900];

    if (state && *state == '/') snprintf(folder, sizeof folder, "%s/orrery", state);
    else if (home) snprintf(folder, sizeof folder, "%s/.local/state/orrery", home);
    else return;
    for (char *slash = folder + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(folder, 0700);
    }
    mkdir(folder, 0700);
    snprintf(r->file, sizeof r->file, "%s/history", folder);
}

struct line_reader *line_open(const struct line_taker *taker)
{
    struct line_reader *r = allocated(calloc(1, sizeof *r));
    HistEvent event;

    r->taker = *taker;
    r->out = fdopen(1, "w");
    r->edit = el_init("orrery", stdin, r->out, stderr);
    r->history = history_init();
    history(r->history, &event, H_SETSIZE, HISTORY_LINES);
    history(r->history, &event, H_SETUNIQUE, 1);
    name_history(r);
    if (*r->file) history(r->history, &event, H_LOAD, r->file);
    el_set(r->edit, EL_CLIENTDATA, r);
    el_set(r->edit, EL_PROMPT, prompt_of);
    if (taker->wait) el_set(r->edit, EL_GETCFN, read_character);
    el_set(r->edit, EL_EDITOR, "emacs");
    el_set(r->edit, EL_HIST, history, r->history);
    el_set(r->edit, EL_ADDFN, "orrery-complete", "Complete a command, a symbol, a register or a device", complete);
    el_set(r->edit, EL_BIND, "^I", "orrery-complete", NULL);
    el_source(r->edit, NULL);    /* ~/.editrc: the person's own keys */
    return r;
}

const char *line_next(struct line_reader *r, const char *prompt)
{
    HistEvent event;
    int count;

    r->prompt = prompt;
    const char *line = el_gets(r->edit, &count);
    if (!line || count <= 0) return NULL;
    snprintf(r->line, sizeof r->line, "%.*s", (int)strcspn(line, "\r\n"), line);
    if (r->line[strspn(r->line, " \t")]) history(r->history, &event, H_ENTER, r->line);
    return r->line;
}

void line_close(struct line_reader *r)
{
    HistEvent event;

    if (*r->file) history(r->history, &event, H_SAVE, r->file);
    history_end(r->history);
    el_end(r->edit);
    free(r);                     /* r->out stays: its descriptor is stdout's */
}
