#include "gui/serve.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICE_LEAST = 4096, PASTE_PIECE = 128, NS_LONG = 20000000, NS_SHORT = 8000000, NS_PAUSE = 1000000000 };

struct serve {
    struct machine *machine;
    struct mailbox *box;
    bool paced;
    u64 slice;                   /* ticks between two looks at the mail, about a frame of wall time */
    u64 wall_end_ns;             /* it stops then; 0: never */
    u64 wall_ns, tick;           /* a point where wall and virtual time were together */
    char *paste;                 /* text that still waits for the keyboard, NUL ended; at paste_at */
    size_t paste_at;
    bool quit, runs;
    bool interrupted, told;      /* the run is to end; nobody has asked yet whether it did so */
    struct serve_watcher watcher;
    char paused[512];            /* why it waited last, so that it is said once */
    struct machine_stop stop;
};

static u64 now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static bool late(const struct serve *s) { return s->wall_end_ns && now_ns() >= s->wall_end_ns; }

static void sleep_ns(u64 ns)
{
    struct timespec t = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
    nanosleep(&t, NULL);
}

static bool frozen(const struct machine_stop *stop)
{
    return stop->kind >= MACHINE_POWER_OFF;
}

static bool ended(const struct machine_stop *stop)
{
    return stop->kind == MACHINE_POWER_OFF || stop->kind == MACHINE_EXIT;
}

/* --- mail --- */

static void add_paste(struct serve *s, const char *text)
{
    size_t rest = s->paste ? strlen(s->paste + s->paste_at) : 0;
    char *joined = malloc(rest + strlen(text) + 1);

    if (!joined) return;
    memcpy(joined, s->paste ? s->paste + s->paste_at : "", rest);
    strcpy(joined + rest, text);
    free(s->paste);
    s->paste = joined;
    s->paste_at = 0;
}

/* The keyboard's queue is short: a piece whenever it is empty. */
static void feed_paste(struct serve *s)
{
    char piece[PASTE_PIECE + 1];

    if (!s->paste || machine_typing(s->machine)) return;
    strncpy(piece, s->paste + s->paste_at, PASTE_PIECE);
    piece[PASTE_PIECE] = 0;
    s->paste_at += strlen(piece);
    if (piece[0]) machine_type(s->machine, piece);
    if (s->paste[s->paste_at]) return;
    free(s->paste);
    s->paste = NULL;
}

static void obey(struct serve *s, const struct mail *mail)
{
    switch (mail->kind) {
    case MAIL_KEY: machine_key(s->machine, mail->usage, mail->down); break;
    case MAIL_MOUSE: machine_mouse(s->machine, mail->dx, mail->dy, mail->dz, mail->buttons); break;
    case MAIL_POINT: machine_point(s->machine, (unsigned)mail->dx, (unsigned)mail->dy, mail->dz, mail->buttons); break;
    case MAIL_PASTE: add_paste(s, mail->text); break;
    case MAIL_RESET:
        machine_reset(s->machine);
        s->stop = (struct machine_stop){ .kind = MACHINE_TICKS };
        break;
    case MAIL_QUIT: s->quit = true; break;
    default: break;                  /* for the watcher */
    }
    if (s->watcher.mail) s->watcher.mail(s->watcher.context, mail);
}

static void read_mail(struct serve *s)
{
    struct mail *mail = malloc(sizeof *mail);

    while (mail && mailbox_take(s->box, mail)) obey(s, mail);
    free(mail);
    if (!frozen(&s->stop)) feed_paste(s);
}

/* --- pictures and pace --- */

static void show_cells(struct serve *s)
{
    const struct cells *cells = s->watcher.cells ? s->watcher.cells(s->watcher.context, s->runs) : NULL;
    if (cells) mailbox_show_cells(s->box, cells);
}

static void show(struct serve *s)
{
    struct mailbox_status status = {
        .tick = machine_tick(s->machine), .ips = machine_ips(s->machine), .stopped = frozen(&s->stop) || s->stop.kind == MACHINE_PAUSED,
        .points = machine_points(s->machine),
    };

    show_cells(s);
    if (!mailbox_wants_picture(s->box)) return;
    snprintf(status.text, sizeof status.text, "%s", s->stop.text);
    bool changed = machine_take_picture(s->machine, mailbox_open(s->box));
    mailbox_show(s->box, changed, &status);
}

/* Sleeps while virtual time is ahead.  When it is late by more than a quarter second, the lateness is forgiven. */
static void keep_pace(struct serve *s)
{
    u64 passed = machine_tick(s->machine) - s->tick, wall = now_ns() - s->wall_ns;
    u64 virtual = (u64)((u128)passed * 1000000000 / machine_ips(s->machine));

    if (virtual > wall) sleep_ns(virtual - wall);
    if (wall > virtual + 250000000 || passed >= machine_ips(s->machine)) {
        s->wall_ns = now_ns();
        s->tick = machine_tick(s->machine);
    }
}

static void run_slice(struct serve *s, u64 ticks)
{
    u64 begun = now_ns();

    machine_hurry_by(s->machine, mailbox_impatient(s->box));
    s->stop = machine_run(s->machine, ticks);
    machine_hurry_by(s->machine, NULL);
    u64 spent = now_ns() - begun;
    if (spent > NS_LONG && s->slice > SLICE_LEAST) s->slice /= 2;
    if (spent < NS_SHORT && s->slice < machine_ips(s->machine) / machine_configuration(s->machine)->vga.update_hz) s->slice += s->slice / 2;
    if (s->paced) keep_pace(s);
}

static const struct machine_stop closed = { .kind = MACHINE_REQUEST, .text = "the display was closed" };

struct machine_stop serve_run(struct serve *s, u64 ticks)
{
    u64 end = machine_tick(s->machine) + ticks;

    if (end < ticks) end = UINT64_MAX;
    s->stop = (struct machine_stop){ .kind = MACHINE_TICKS };
    s->wall_ns = now_ns();
    s->tick = machine_tick(s->machine);
    s->interrupted = s->told = false;
    s->runs = true;
    while (!s->quit && !s->interrupted && !late(s) && s->stop.kind == MACHINE_TICKS && machine_tick(s->machine) < end) {
        u64 left = end - machine_tick(s->machine);
        read_mail(s);
        if (!s->quit && !s->interrupted) run_slice(s, left < s->slice ? left : s->slice);
        show(s);
    }
    s->runs = false;
    if (s->interrupted && s->stop.kind == MACHINE_TICKS) s->stop.kind = MACHINE_REQUEST;
    s->interrupted = false;
    return s->quit && s->stop.kind == MACHINE_TICKS ? closed : s->stop;
}

void serve_watch(struct serve *s, const struct serve_watcher *watcher) { s->watcher = watcher ? *watcher : (struct serve_watcher){ 0 }; }
void serve_interrupt(struct serve *s) { s->interrupted = s->told = true; }

bool serve_was_interrupted(struct serve *s)
{
    bool was = s->told;
    s->told = false;
    return was;
}

bool serve_wait(struct serve *s)
{
    read_mail(s);
    show(s);
    return !s->quit;
}

/* The host's disk is full or fails: a second for a person to read it and to help, then the machine tries again. */
static void wait_paused(struct serve *s)
{
    if (strcmp(s->paused, s->stop.text)) fprintf(stderr, "orrery: %s\n", s->stop.text);
    strcpy(s->paused, s->stop.text);
    for (u64 begun = now_ns(); !s->quit && s->stop.kind == MACHINE_PAUSED && now_ns() - begun < NS_PAUSE;) {
        read_mail(s);
        show(s);
        sleep_ns(NS_SHORT);
    }
}

struct machine_stop serve_until_closed(struct serve *s, u64 ticks, u64 wall_end_ns)
{
    u64 end = ticks > UINT64_MAX - machine_tick(s->machine) ? UINT64_MAX : machine_tick(s->machine) + ticks;

    s->wall_end_ns = wall_end_ns;
    while (!s->quit && !s->told && !late(s) && !ended(&s->stop) && machine_tick(s->machine) < end) {
        if (frozen(&s->stop)) {
            read_mail(s);
            show(s);
            sleep_ns(NS_SHORT);
        } else {
            serve_run(s, end - machine_tick(s->machine));
            if (s->stop.kind == MACHINE_PAUSED) wait_paused(s);
        }
    }
    return s->quit && !frozen(&s->stop) ? closed : s->stop;
}

/* --- the machine's thread --- */

struct work {
    struct serve serve;
    void (*body)(struct serve *serve, void *context);
    void *context;
};

static void *run(void *context)
{
    struct work *w = context;
    w->body(&w->serve, w->context);
    mailbox_close(w->serve.box);
    return NULL;
}

/* Signals are the display's: they must find the thread that can restore a terminal. */
static bool start(pthread_t *thread, struct work *work)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, run, work) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static struct serve serve_of(struct mailbox *box, struct machine *machine, bool paced)
{
    if (box && machine_configuration(machine)->sound.wave == SOUND_SHOWN) machine_on_sound(machine, mailbox_put_sound, box);
    return (struct serve){ .machine = machine, .box = box, .paced = paced, .slice = SLICE_LEAST };
}

void serve_quit(struct mailbox *box)
{
    struct mail quit = { .kind = MAIL_QUIT };
    while (!mailbox_closed(box) && !mailbox_post(box, &quit)) sleep_ns(NS_SHORT);
}

bool serve_box(struct mailbox *box, struct machine *machine, bool paced, void (*body)(struct serve *serve, void *context), void *context)
{
    struct serve serve = serve_of(box, machine, paced);

    body(&serve, context);
    mailbox_close(box);
    machine_on_sound(machine, NULL, NULL);
    free(serve.paste);
    return true;
}

bool serve_display(const struct display *display, struct machine *machine, bool paced,
                   void (*body)(struct serve *serve, void *context), void *context, struct error *err)
{
    struct work work = { .body = body, .context = context };
    pthread_t thread;

    work.serve = serve_of(mailbox_create(), machine, paced);
    bool started = work.serve.box && start(&thread, &work);
    bool shown = started ? display->run(work.serve.box, err) : fail(err, "display: the host has no thread or memory left");
    if (started) {
        serve_quit(work.serve.box);
        pthread_join(thread, NULL);
    }
    machine_on_sound(machine, NULL, NULL);
    mailbox_destroy(work.serve.box);
    free(work.serve.paste);
    return shown;
}
