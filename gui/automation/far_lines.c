#include "gui/automation/far_lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/allocated.h"
#include "gui/automation/line.h"
#include "gui/automation/prompt.h"

/* Messages: a letter, then text.  Both sides cut what they get to the room that they have. */
enum { WANT_EDITED = 'P', WANT_LINE = 'R', COMPLETED = 'A', LINE = 'L', END = 'E', COMPLETE = 'C' };
enum { MESSAGE_MOST = 65536 };

struct message {
    char kind;
    char text[MESSAGE_MOST];     /* ended by NUL */
};

static bool tell(int fd, char kind, const char *text)
{
    struct message *m = malloc(sizeof *m);
    bool told = false;

    if (m) {
        m->kind = kind;
        snprintf(m->text, sizeof m->text, "%s", text);
        size_t size = 1 + strlen(m->text);
        told = write(fd, m, size) == (ssize_t)size;
    }
    free(m);
    return told;
}

static bool hear(int fd, struct message *m)
{
    ssize_t size;

    do size = read(fd, m, sizeof *m - 1);
    while (size < 0 && errno == EINTR);
    if (size < 1) return false;
    m->text[size - 1] = 0;
    return true;
}

/* --- the front --- */

/* Characters come, or the machine's process goes. */
static bool wait_for_key(void *context)
{
    const struct far_lines *f = context;
    struct pollfd both[] = { { .fd = f->in, .events = POLLIN }, { .fd = f->fd, .events = POLLIN } };

    while (poll(both, 2, -1) < 0)
        if (errno != EINTR) return false;
    return !both[1].revents;
}

/* How many candidates there are stands before what they have in common; then their list. */
static struct completion complete(void *context, const char *before, FILE *list)
{
    const struct far_lines *f = context;
    struct message *m = malloc(sizeof *m);
    struct completion c = { 0 };
    int length = 0;

    if (m && tell(f->fd, COMPLETE, before) && hear(f->fd, m) && m->kind == COMPLETED && sscanf(m->text, "%u%n", &c.candidates, &length) == 1 && m->text[length] == '\n') {
        char *more = m->text + length + 1, *end = strchr(more, '\n');
        if (end) {
            snprintf(c.more, sizeof c.more, "%.*s", (int)(end - more), more);
            fputs(end + 1, list);
        }
    }
    free(m);
    return c;
}

static bool give(struct far_lines *f, const char *line)
{
    if (!line) return tell(f->fd, END, "");
    f->typed(f->context, line);
    return tell(f->fd, LINE, line);
}

/* Lines of a pipe or a file.  Nothing waits in read(2): when the machine's process goes, nobody wants a line any more. */
struct plain {
    char *bytes;
    size_t used, taken, room;
    bool ended;
};

static bool read_more(const struct far_lines *f, struct plain *p)
{
    enum { PIECE = 4096 };

    memmove(p->bytes, p->bytes + p->taken, p->used - p->taken);
    p->used -= p->taken;
    p->taken = 0;
    if (p->room < p->used + PIECE + 1) p->bytes = allocated(realloc(p->bytes, p->room = 2 * p->room + PIECE + 1));
    if (!wait_for_key((void *)f)) return false;
    ssize_t size = read(f->in, p->bytes + p->used, PIECE);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    p->ended = size <= 0;
    p->used += size > 0 ? (size_t)size : 0;
    return true;
}

static const char *read_plain(const struct far_lines *f, struct plain *p)
{
    char *end;

    while (!(end = memchr(p->bytes + p->taken, '\n', p->used - p->taken)) && !p->ended)
        if (!read_more(f, p)) return NULL;
    if (!end && p->taken == p->used) return NULL;
    char *line = p->bytes + p->taken;
    p->taken = end ? (size_t)(end - p->bytes) + 1 : p->used;
    *(end ? end : p->bytes + p->used) = 0;
    line[strcspn(line, "\r")] = 0;
    return line;
}

void far_lines_serve(struct far_lines *f)
{
    const struct line_taker taker = { .context = f, .complete = complete, .wait = wait_for_key };
    struct message *m = malloc(sizeof *m);
    struct line_reader *reader = NULL;
    struct plain plain = { .bytes = allocated(malloc(1)), .room = 1 };

    while (m && hear(f->fd, m)) {
        if (m->kind == WANT_EDITED && !reader) reader = line_open(&taker);
        if (!give(f, m->kind == WANT_EDITED && reader ? line_next(reader, m->text) : m->kind == WANT_LINE ? read_plain(f, &plain) : NULL)) break;
    }
    if (reader) line_close(reader);
    free(plain.bytes);
    free(m);
}

/* --- the machine's process --- */

static bool complete_here(struct session *s, const char *before)
{
    char *list = NULL, *text = NULL;
    size_t size = 0;
    FILE *out = allocated(open_memstream(&list, &size));
    struct completion c = completion_of(s, before, out);

    fclose(out);
    bool told = asprintf(&text, "%u\n%s\n%s", c.candidates, c.more, list) >= 0 && tell(s->lines, COMPLETED, text);
    free(text);
    free(list);
    return told;
}

static const char *ask(struct session *s, char kind, const char *prompt, char *room, size_t size)
{
    struct message *m = malloc(sizeof *m);
    bool got = m && (fflush(stdout), tell(s->lines, kind, prompt));

    while (got && (got = prompt_wait(s) && hear(s->lines, m)) && m->kind == COMPLETE) got = complete_here(s, m->text);
    got = got && m->kind == LINE;
    if (got) snprintf(room, size, "%s", m->text);
    free(m);
    return got ? room : NULL;
}

const char *far_lines_next(struct session *s, const char *prompt, char *room, size_t size) { return ask(s, WANT_EDITED, prompt, room, size); }

static ssize_t read_line(void *cookie, char *to, size_t size)
{
    if (size < 2 || !ask(cookie, WANT_LINE, "", to, size - 1)) return 0;
    size_t length = strlen(to);
    to[length] = '\n';
    return (ssize_t)length + 1;
}

FILE *far_lines_open(struct session *s)
{
    FILE *f = fopencookie(s, "r", (cookie_io_functions_t){ .read = read_line });

    if (f) setvbuf(f, NULL, _IOFBF, MESSAGE_MOST);
    return f;
}
