/* What commands have printed, and the line that the next one is typed into.                    doc: panes */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/panes/parts.h"

enum { TAB_STOPS = 8, LINE_MOST = 4096 };

/* --- lines --- */

static char **newest(struct panes *p) { return &p->output[(p->lines - 1) % OUTPUT_LINES]; }

static void begin_line(struct panes *p)
{
    char **line = &p->output[p->lines++ % OUTPUT_LINES];

    free(*line);
    *line = allocated(strdup(""));
    p->stale = true;
}

static void add(struct panes *p, const char *text, size_t size)
{
    char **line = newest(p);
    size_t used = strlen(*line);

    if (used + size > LINE_MOST) size = LINE_MOST - used;
    char *longer = realloc(*line, used + size + 1);
    if (!longer) return;
    memcpy(longer + used, text, size);
    longer[used + size] = 0;
    *line = longer;
    p->stale = true;
}

static ssize_t write_output(void *cookie, const char *text, size_t size)
{
    struct panes *p = cookie;

    if (!p->lines) begin_line(p);
    if (p->log) fwrite(text, 1, size, p->log), fflush(p->log);
    for (size_t at = 0, n; at < size; at += n) {
        for (n = 0; at + n < size && text[at + n] != '\n' && text[at + n] != '\t';) n++;
        add(p, text + at, n);
        if (at + n >= size) break;
        if (text[at + n++] == '\n') begin_line(p);
        else add(p, "        ", TAB_STOPS - strlen(*newest(p)) % TAB_STOPS);
    }
    return (ssize_t)size;
}

void panes_output_open(struct panes *p)
{
    p->out = fopencookie(p, "w", (cookie_io_functions_t){ .write = write_output });
    if (p->out) setvbuf(p->out, NULL, _IOLBF, BUFSIZ);
    begin_line(p);
}

bool panes_log(struct panes *p, const char *path, struct error *err)
{
    p->log = fopen(path, "we");
    return p->log || fail(err, "debugger: log=%s: %s", path, strerror(errno));
}

void panes_output_close(struct panes *p)
{
    if (p->out) fclose(p->out);
    if (p->log) fclose(p->log);
    for (unsigned i = 0; i < OUTPUT_LINES; i++) free(p->output[i]);
}

void panes_say(struct panes *p, const char *format, ...)
{
    va_list arguments;

    if (!p->out) return;
    va_start(arguments, format);
    vfprintf(p->out, format, arguments);
    va_end(arguments);
    fflush(p->out);
    p->output_scroll = 0;
}

/* --- shown --- */

/* A line that is too long has no columns any more: of many blanks two are left. */
static const char *squeezed(const char *line, int width, char text[LINE_MOST + 1])
{
    enum { MANY = 6 };
    size_t n = strspn(line, " ");

    if ((int)strlen(line) <= width) return line;
    memcpy(text, line, n);
    for (const char *at = line + n; *at;) {
        size_t blanks = strspn(at, " ");
        if (blanks >= MANY) at += blanks - 2;
        text[n++] = *at++;
        if (blanks >= MANY) text[n++] = *at++;
    }
    text[n] = 0;
    return text;
}

static int rows_of(const char *line, int width)
{
    char text[LINE_MOST + 1];
    int length, rows = 1;

    line = squeezed(line, width, text);
    length = (int)strlen(line);
    for (int done = panes_fit(line, length, width); done < length; rows++) done += panes_fit(line + done, length - done, width - panes_indent(line, width));
    return rows;
}

/* Rows of one line from `row` on, those that are in the pane. */
static void put_line(struct panes *p, struct cells_region at, int row, const char *line)
{
    char text[LINE_MOST + 1];

    line = squeezed(line, at.width, text);
    enum cell_color ink = line[0] == '>' ? COLOR_ADDRESS : COLOR_INK;
    int length = (int)strlen(line);

    for (int done = 0, indent = 0; done < length || !indent; row++) {
        int n = panes_fit(line + done, length - done, at.width - indent);
        if (row >= 0) cells_print(&p->cells, at, indent, row, ink, "%.*s", n, line + done);
        done += n;
        indent = panes_indent(line, at.width);
    }
}

static void put_command(struct panes *p, struct cells_region at, int row)
{
    bool has_keys = p->focus != FOCUS_FIELD && p->focus != FOCUS_GUEST;
    int room = at.width - 3, cursor = (int)p->command.cursor, first = cursor > room ? cursor - room : 0;

    cells_paper(&p->cells, at, 0, row, at.width, COLOR_FIELD);
    cells_text(&p->cells, at, 0, row, COLOR_ADDRESS, ">");
    cells_text(&p->cells, at, 2, row, COLOR_INK, p->command.text + first);
    if (has_keys) cells_paper(&p->cells, at, 2 + cursor - first, row, 1, COLOR_FOCUS);
}

void panes_output(struct panes *p, struct cells_region whole)
{
    struct cells_region at = cells_within(whole, 1, 1);
    int rows = at.height - 1;

    panes_title(p, whole, FOCUS_COMMAND, "Commands%s", p->output_scroll ? "; End: the newest lines" : "  (help lists them)");
    if (rows < 1 || at.width < 8) return;
    u64 kept = p->lines < OUTPUT_LINES ? p->lines : OUTPUT_LINES, last = p->lines;
    if (last && !**newest(p)) last--, kept--;                    /* a line that nothing stands in yet */
    int all = 0;
    for (u64 i = 0; i < kept && all < rows + p->output_scroll; i++) all += rows_of(p->output[(last - 1 - i) % OUTPUT_LINES], at.width);
    p->output_scroll = panes_clamp(p->output_scroll, all, rows);
    struct cells_region lines = at;
    lines.height = rows;
    int row = (all < rows ? all : rows) + p->output_scroll;
    for (u64 i = 0; i < kept && row > 0; i++) {
        const char *line = p->output[(last - 1 - i) % OUTPUT_LINES];
        row -= rows_of(line, at.width);
        put_line(p, lines, row, line);
    }
    put_command(p, at, rows);
}
