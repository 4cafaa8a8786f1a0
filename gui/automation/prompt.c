/* A person at the prompt.                                                                    doc: automation */
#include "gui/automation/prompt.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gui/automation/far_lines.h"
#include "gui/automation/line.h"
#include "gui/automation/pager.h"
#include "gui/panes/panes.h"
#include "gui/serve.h"

/* SIGINT is blocked in every thread (main): here it is read. */
static int open_interrupts(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

bool prompt_interrupted(const struct session *s)
{
    struct signalfd_siginfo info;
    bool any = false;

    while (s->interrupts > 0 && read(s->interrupts, &info, sizeof info) == sizeof info) any = true;
    return any;
}

bool prompt_wait(struct session *s)
{
    enum { LOOK_MS = 8 };
    struct pollfd keys = { .fd = s->lines, .events = POLLIN };

    while (s->serve && !s->over && poll(&keys, 1, LOOK_MS) == 0) {
        if (!serve_wait(s->serve)) s->over = true;
        else if (s->panes) panes_act(s->panes);
    }
    return !s->over;
}

/* As in Bochs and gdb, Enter alone does once more what steps. */
static bool repeats(const char *line)
{
    static const char *const words[] = { "s", "step", "si", "stepi", "n", "next", "ni", "nexti", "p", "u", "disasm", "list" };
    size_t length = strcspn(line, " \t");

    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && !strncmp(line, words[i], length)) return true;
    return false;
}

static bool wait_here(void *context) { return prompt_wait(context); }
static struct completion complete(void *context, const char *before, FILE *list) { return completion_of(context, before, list); }

static struct line_reader *open_lines(struct session *s)
{
    const struct line_taker taker = { .context = s, .complete = complete, .wait = s->serve ? wait_here : NULL };
    return s->lines ? NULL : line_open(&taker);
}

void prompt(struct session *s)
{
    struct line_reader *reader = open_lines(s);
    char question[32], last[4096] = "", typed[4096];
    const char *line;

    s->interrupts = open_interrupts();
    s->pager = pager_open();
    s->coloured = s->pager && (!getenv("NO_COLOR") || !*getenv("NO_COLOR"));
    for (unsigned number = 1; !s->over; number++) {
        struct error err = { 0 };
        pager_begin(s->pager, false);
        snprintf(question, sizeof question, "<orrery:%u> ", number);
        if (session_ended(s)) break;
        line = reader ? line_next(reader, question) : far_lines_next(s, question, typed, sizeof typed);
        if (!line) break;
        if (line[strspn(line, " \t")]) snprintf(last, sizeof last, "%s", line + strspn(line, " \t"));
        else if (!repeats(last)) continue;
        prompt_interrupted(s);                           /* what was pressed before is past */
        pager_begin(s->pager, true);
        if (!session_command(s, last, &err)) printf(s->coloured ? "\033[31m%s\033[0m" : "%s", err.text);
    }
    pager_close(s->pager);
    s->pager = NULL;
    if (s->interrupts > 0) close(s->interrupts);
    s->interrupts = 0;
    if (reader) line_close(reader);
}
