#include "gui/automation/pager.h"
#include "cpu/base/allocated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct pager {
    FILE *before;                /* stdout as it was */
    unsigned row, rows;
    bool asks, dropped;          /* the rest of a command's output was declined */
};

static unsigned rows_of_terminal(void)
{
    struct winsize size;
    return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row : 24;
}

/* A key, without waiting for Enter. */
static char read_key(void)
{
    struct termios was, raw;
    char key = 'q';

    if (tcgetattr(0, &was)) return 0;
    raw = was;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(0, TCSANOW, &raw);
    if (read(0, &key, 1) != 1) key = 'q';
    tcsetattr(0, TCSANOW, &was);
    return key;
}

static void write_all(const char *text, size_t size)
{
    for (ssize_t n; size && (n = write(1, text, size)) > 0; text += n, size -= (size_t)n) { }
}

static void ask(struct pager *p)
{
    static const char question[] = "--more-- (Enter: a line, blank: a screen, q: no more)", gone[] = "\r\033[K";

    write_all(question, sizeof question - 1);
    char key = read_key();
    write_all(gone, sizeof gone - 1);
    p->dropped = key == 'q' || key == 'Q';
    p->row = key == '\n' || key == '\r' ? p->rows - 2 : 0;
}

static ssize_t put(void *cookie, const char *text, size_t size)
{
    struct pager *p = cookie;

    for (size_t at = 0, n; at < size && !p->dropped; at += n) {
        const char *end = memchr(text + at, '\n', size - at);
        n = end ? (size_t)(end + 1 - (text + at)) : size - at;
        if (p->asks && p->row + 1 >= p->rows) ask(p);
        if (p->dropped) break;
        write_all(text + at, n);
        p->row += end != NULL;
    }
    return (ssize_t)size;
}

struct pager *pager_open(void)
{
    if (!isatty(0) || !isatty(1)) return NULL;
    struct pager *p = allocated(calloc(1, sizeof *p));
    FILE *paged = fopencookie(p, "w", (cookie_io_functions_t){ .write = put });

    if (!paged) return free(p), NULL;
    setvbuf(paged, NULL, _IOLBF, BUFSIZ);
    fflush(stdout);
    p->before = stdout;
    p->rows = rows_of_terminal();
    stdout = paged;
    return p;
}

void pager_close(struct pager *p)
{
    if (!p) return;
    fclose(stdout);
    stdout = p->before;
    free(p);
}

void pager_begin(struct pager *p, bool asks)
{
    if (!p) return;
    fflush(stdout);
    p->row = 0;
    p->rows = rows_of_terminal();
    p->dropped = false;
    p->asks = asks;
}
