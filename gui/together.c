#include "gui/together.h"

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "devices/network/lan.h"

enum { STACK_BYTES = 1 << 20 };

struct together;

/* A course of action with a stack of its own: it gives the processor away at the end of a slice and gets it back for the next one. */
struct partner {
    struct together *all;
    unsigned number;
    void (*body)(struct partner *partner, void *context);
    void *body_context;
    ucontext_t course;
    void *stack;
    bool ended;
    struct stream {
        FILE *mine, *shared;     /* its own, and the process's */
        unsigned number;
        bool within_line;
    } out, err;
};

struct together {
    struct partner partner[TOGETHER_MOST];
    unsigned count;
    struct lan *lan;
    ucontext_t conductor;
    u64 slice_ns, slice;         /* slices that have begun */
};

struct lan_seat *together_seat(const struct partner *partner) { return lan_seat(partner->all->lan, partner->number); }
unsigned together_number(const struct partner *partner) { return partner->number; }

/* --- what they print --- */

static ssize_t put_lines(void *cookie, const char *text, size_t size)
{
    struct stream *s = cookie;

    for (size_t i = 0; i < size; i++) {
        if (!s->within_line) fprintf(s->shared, "%u: ", s->number + 1);
        fputc(text[i], s->shared);
        s->within_line = text[i] != '\n';
    }
    return (ssize_t)size;
}

static bool open_stream(struct stream *s, FILE *shared, unsigned number)
{
    const cookie_io_functions_t writes = { .write = put_lines };

    *s = (struct stream){ .mine = fopencookie(s, "w", writes), .shared = shared, .number = number };
    return s->mine && !setvbuf(s->mine, NULL, _IOLBF, BUFSIZ);
}

static void close_stream(struct stream *s)
{
    if (s->mine) fclose(s->mine);
}

/* --- turns --- */

static void begin(unsigned high, unsigned low)
{
    struct partner *p = (struct partner *)((uintptr_t)high << 32 | low);        /* makecontext hands over nothing wider */

    p->body(p, p->body_context);
    p->ended = true;
}

static bool prepare(struct together *t, unsigned n, void (*body)(struct partner *partner, void *context), void *context)
{
    struct partner *p = &t->partner[n];
    uintptr_t address = (uintptr_t)p;

    *p = (struct partner){ .all = t, .number = n, .body = body, .body_context = context, .stack = malloc(STACK_BYTES) };
    bool out = open_stream(&p->out, stdout, n), err = open_stream(&p->err, stderr, n);
    if (!p->stack || !out || !err) return false;
    getcontext(&p->course);
    p->course.uc_stack.ss_sp = p->stack;
    p->course.uc_stack.ss_size = STACK_BYTES;
    p->course.uc_link = &t->conductor;
    makecontext(&p->course, (void (*)(void))begin, 2, (unsigned)(address >> 32), (unsigned)address);
    return true;
}

/* The partner prints to its own streams meanwhile. */
static void give_turn(struct together *t, struct partner *p)
{
    stdout = p->out.mine;
    stderr = p->err.mine;
    swapcontext(&t->conductor, &p->course);
    fflush(stdout);
    fflush(stderr);
    stdout = p->out.shared;
    stderr = p->err.shared;
    fflush(stdout);
}

static bool anybody_left(const struct together *t)
{
    for (unsigned n = 0; n < t->count; n++)
        if (!t->partner[n].ended) return true;
    return false;
}

bool together_run_all(unsigned count, u64 slice_ns, u64 delay_ns, void (*body)(struct partner *partner, void *context), void **contexts)
{
    struct together *t = calloc(1, sizeof *t);
    bool ok = t;

    if (!t) return false;
    *t = (struct together){ .count = count, .lan = lan_create(delay_ns), .slice_ns = slice_ns };
    for (unsigned n = 0; n < count; n++) ok &= prepare(t, n, body, contexts[n]);
    for (t->slice = 1; ok && anybody_left(t); t->slice++) {
        for (unsigned n = 0; n < count; n++)
            if (!t->partner[n].ended) give_turn(t, &t->partner[n]);
        lan_exchange(t->lan);
    }
    for (unsigned n = 0; n < count; n++) {
        close_stream(&t->partner[n].out);
        close_stream(&t->partner[n].err);
        free(t->partner[n].stack);
    }
    lan_destroy(t->lan);
    free(t);
    return ok;
}

/* --- within a turn --- */

/* The first tick that does not belong to this slice. */
static u64 slice_end(const struct together *t, const struct machine *machine)
{
    return (u64)(((u128)t->slice * t->slice_ns * machine_ips(machine) + 999999999) / 1000000000);
}

struct machine_stop together_run(struct partner *p, struct machine *machine, u64 ticks)
{
    u64 now = machine_tick(machine), end = ticks > UINT64_MAX - now ? UINT64_MAX : now + ticks;
    struct machine_stop stop = { .kind = MACHINE_TICKS };

    for (; stop.kind == MACHINE_TICKS && now < end; now = machine_tick(machine)) {
        u64 here = slice_end(p->all, machine);
        if (now >= here) swapcontext(&p->course, &p->all->conductor);
        else stop = machine_run(machine, (here < end ? here : end) - now);
    }
    return stop;
}
