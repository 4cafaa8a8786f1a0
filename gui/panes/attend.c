/* The panes in a window: mail comes in, characters go out, and the machine stands or runs.     doc: panes */
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "gui/panes/parts.h"
#include "gui/serve.h"

enum { TYPED_MS = 30, RUNNING_MS = 100, STANDING_MS = 500, REST_MS = 8 };

static u64 now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

/* --- the display --- */

static void open_or_close(struct panes *p)
{
    bool runs = p->runs || p->works;

    p->stale = true;
    if (!p->open || (runs && !p->driver)) {
        p->open = true;
        p->focus = FOCUS_COMMAND;
        if (!p->driver) panes_break(p);
        return;
    }
    p->open = false;
    p->leaves = true;
}

void panes_mail(void *panes, const struct mail *mail)
{
    struct panes *p = panes;

    switch (mail->kind) {
    case MAIL_DEBUGGER: open_or_close(p); break;
    case MAIL_PANE_KEY: panes_key(p, mail->usage, mail->buttons); break;
    case MAIL_PANE_TEXT: panes_text(p, mail->text); break;
    case MAIL_PANE_CLICK: panes_click(p, mail->dx, mail->dy); break;
    case MAIL_PANE_WHEEL: panes_wheel(p, mail->dx, mail->dy, mail->dz); break;
    case MAIL_PANE_SIZE: panes_resize(p, (unsigned)(mail->dx > 0 ? mail->dx : 1), (unsigned)(mail->dy > 0 ? mail->dy : 1)); break;
    case MAIL_RESET:
        p->session->stop[0] = 0;
        p->session->status = 0;
        p->stale = true;
        break;
    default: break;
    }
}

/* While the machine runs they are computed ten times a second, and when something was typed; while it stands when something may be another one. */
static bool due(const struct panes *p, u64 now)
{
    u64 passed = now - p->drawn_ms;

    if (!p->open) return p->cells.shown;
    if (p->runs || p->works) return passed >= (p->stale ? TYPED_MS : RUNNING_MS);
    return p->stale || machine_tick(p->session->machine) != p->drawn_tick || passed >= STANDING_MS;
}

static const struct cells *shown(void *panes, bool runs)
{
    struct panes *p = panes;
    u64 now = now_ms();

    p->runs = runs;
    if (!due(p, now)) return NULL;
    p->drawn_ms = now;
    return panes_cells(p);
}

void panes_attach(struct panes *p, struct serve *serve, bool open)
{
    p->serve = serve;
    p->open = open;
    serve_watch(serve, &(struct serve_watcher){ .context = p, .mail = panes_mail, .cells = shown });
}

void panes_driven_by(struct panes *p, const char *who)
{
    p->driver = who;
    p->stale = true;
}

bool panes_are_open(const struct panes *p) { return p->open; }

/* --- the machine --- */

static void rest(void)
{
    struct timespec t = { 0, REST_MS * 1000000 };
    nanosleep(&t, NULL);
}

/* Closed: a breakpoint, or an end that is worth looking at, opens them again. */
static void run_closed(struct panes *p)
{
    struct session *s = p->session;

    p->leaves = false;
    s->attended = true;
    panes_go_on(p);
    panes_act(p);
    if (p->leaves) return;
    p->open = p->stale = true;
    if (!s->switched_off) return;
    fprintf(stderr, "orrery: %s\n", s->stop);            /* nobody was looking */
    s->over = true;
}

void panes_run(struct panes *p)
{
    struct session *s = p->session;

    s->attended = true;
    cpu_view(machine_cpu(s->machine), &p->view);
    if (s->stop[0]) panes_say(p, "orrery: %s\n", s->stop);
    if (s->stop[0] && p->view.shutdown) panes_look(p, "why");
    while (!s->over && serve_wait(p->serve) && !session_late(s)) {
        if (p->leaves || !p->open) run_closed(p);
        else if (!panes_act(p)) rest();
    }
}
