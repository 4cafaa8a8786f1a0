/* Running, and why it stopped.  GDB manual, "vCont packet", "Stop Reply Packets".           doc: gdbstub */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/travel.h"
#include "gui/gdbstub/stub_parts.h"

typedef unsigned long long llu;

/* gdb's own numbers of signals. */
enum { SIGNAL_INT = 2, SIGNAL_ILL = 4, SIGNAL_TRAP = 5, SIGNAL_ABRT = 6, SIGNAL_FPE = 8, SIGNAL_BUS = 10, SIGNAL_SEGV = 11, SIGNAL_STOP = 17 };
enum { STEPS_OF_OTHERS = 1 << 20, STEPS_BETWEEN_LOOKS = 4096 };

/* --- what is printed meanwhile --- */

char *gdb_capture(void (*act)(void *context), void *context, size_t *size)
{
    FILE *out = stdout;
    char *text = NULL;

    *size = 0;
    fflush(out);
    stdout = open_memstream(&text, size);
    if (stdout) act(context);
    if (stdout) fclose(stdout);
    stdout = out;
    return text;
}

struct run {
    struct gdb_stub *stub;
    u64 ticks;
    struct machine_stop stop;
};

static void run_it(void *context)
{
    struct run *r = context;
    r->stop = session_run(r->stub->session, r->ticks);
}

/* --- stops --- */

/* Exceptions as the signals that a program would get. */
static unsigned signal_of_vector(u64 vector)
{
    switch (vector) {
    case 0: case 4: case 5: case 16: case 19: return SIGNAL_FPE;
    case 6: case 7: return SIGNAL_ILL;
    case 8: case 10: case 11: case 12: case 13: case 14: return SIGNAL_SEGV;
    case 17: return SIGNAL_BUS;
    default: return SIGNAL_TRAP;
    }
}

static void stopped_on(struct gdb_stub *g, unsigned processor, unsigned signal, const char *why)
{
    g->stopped = g->processor = processor;
    snprintf(g->stop, sizeof g->stop, "T%02xthread:%x;%s", signal, processor + 1, why);
}

/* The processor whose turn it is. */
static void stopped(struct gdb_stub *g, unsigned signal, const char *why)
{
    machine_choose_processor(g->session->machine, CPU_NONE);
    stopped_on(g, cpu_number(machine_cpu(g->session->machine)), signal, why);
}

/* True: the stop is gdb's own, so the session's words about it are not wanted. */
static bool stopped_at_break(struct gdb_stub *g)
{
    static const char *const watch[] = { [2] = "watch", [3] = "rwatch", [4] = "awatch" };
    struct breakpoints *b = &g->session->breakpoints;
    char why[64];

    machine_choose_processor(g->session->machine, CPU_NONE);
    const struct cpu_break_hit *hit = cpu_break_hit(machine_cpu(g->session->machine));
    const struct gdb_break *ours = gdb_break_of(g, breakpoint_met_number(b, hit->place));
    if (!ours) {
        const struct cpu_break *at = &breakpoint_met(b, hit->place)->at;
        stopped(g, at->kind == CPU_CATCH_FAULT ? signal_of_vector(hit->number) : at->kind == CPU_CATCH_SHUTDOWN ? SIGNAL_SEGV : SIGNAL_TRAP, "");
        return false;
    }
    if (ours->type < 2) snprintf(why, sizeof why, "%s:;", ours->type ? "hwbreak" : "swbreak");
    else snprintf(why, sizeof why, "%s:%llx;", watch[ours->type], (llu)ours->address);
    stopped(g, SIGNAL_TRAP, why);
    return true;
}

/* The stop of a machine that cannot go on, or is not to. */
static void stopped_for_good(struct gdb_stub *g, const struct machine_stop *stop)
{
    switch (stop->kind) {
    case MACHINE_POWER_OFF: case MACHINE_EXIT: case MACHINE_REQUEST: case MACHINE_LIMIT:
        g->session->over = true;
        g->session->status = session_status_of(stop);
        g->state = GDB_KILLED;
        snprintf(g->stop, sizeof g->stop, "W%02x", (unsigned)g->session->status & 0xff);
        return;
    case MACHINE_TRIPLE_FAULT: case MACHINE_WILD: case MACHINE_FAULT_LOOP: stopped(g, SIGNAL_SEGV, ""); return;
    case MACHINE_HALTED_FOREVER: case MACHINE_PAUSED: stopped(g, SIGNAL_STOP, ""); return;
    default: stopped(g, SIGNAL_ABRT, ""); return;
    }
}

/* Runs so long.  False: it stopped, and the reason is in g->stop. */
static bool run(struct gdb_stub *g, u64 ticks)
{
    struct run r = { .stub = g, .ticks = ticks };
    size_t size;
    bool at_break = false;

    g->session->attended = true;             /* a machine that cannot go on stays for gdb to look at */
    u64 end = g->session->time_break;
    char *text = gdb_capture(run_it, &r, &size);
    if (r.stop.kind == MACHINE_BREAK && end && !g->session->time_break) stopped(g, SIGNAL_TRAP, "");
    else if (r.stop.kind == MACHINE_BREAK) at_break = stopped_at_break(g);
    else if (r.stop.kind != MACHINE_TICKS) stopped_for_good(g, &r.stop);
    if (!at_break) gdb_say(g, text, size);
    free(text);
    if (r.stop.kind == MACHINE_TICKS && g->session->over) {
        g->state = GDB_KILLED;
        snprintf(g->stop, sizeof g->stop, "W%02x", (unsigned)g->session->status & 0xff);
        return false;
    }
    return r.stop.kind == MACHINE_TICKS;
}

/* --- going on --- */

static u64 pc_of(struct gdb_stub *g, unsigned processor)
{
    struct cpu_view v;
    cpu_view(machine_processor(g->session->machine, processor), &v);
    return next_linear(&v);
}

/* Processors run by turns: the others go on until it is this one's, and it has made one step. */
static bool step_one(struct gdb_stub *g, unsigned processor)
{
    for (unsigned i = 0; i < STEPS_OF_OTHERS; i++) {
        machine_choose_processor(g->session->machine, CPU_NONE);
        bool its_turn = cpu_number(machine_cpu(g->session->machine)) == processor;
        if (!run(g, 1)) return false;
        if (its_turn) return true;
        if (i % STEPS_BETWEEN_LOOKS == 0 && g->link.interrupted(g->link.context)) break;
    }
    stopped(g, SIGNAL_INT, "");
    return false;
}

/* At least one step, and on while the instruction lies in the range. */
static void step(struct gdb_stub *g, unsigned processor, u64 first, u64 end)
{
    for (u64 n = 1; step_one(g, processor); n++) {
        u64 pc = pc_of(g, processor);
        if (pc < first || pc >= end) {
            stopped_on(g, processor, SIGNAL_TRAP, "");
            break;
        }
        if (n % STEPS_BETWEEN_LOOKS == 0 && g->link.interrupted(g->link.context)) {
            stopped(g, SIGNAL_INT, "");
            break;
        }
    }
    gdb_answer(g, "%s", g->stop);
}

static void go_on(struct gdb_stub *g)
{
    while (run(g, g->slice_ticks)) {
        if (!g->link.interrupted(g->link.context)) continue;
        stopped(g, SIGNAL_INT, "");
        break;
    }
    gdb_answer(g, "%s", g->stop);
}

void gdb_last_stop(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "%s", g->stop);
}

/* c and s: a signal and an address may follow; there are no signals to give to a machine, and gdb sets the address itself. */
void gdb_continue(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    go_on(g);
}

void gdb_step(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    step(g, g->stopped, 0, 0);
}

void gdb_resume_kinds(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "vCont;c;C;s;S;t;r");
}

struct action {
    char kind;                   /* of vCont? */
    u64 thread;                  /* 0: any */
    u64 first, end;              /* r */
};

/* ;ACTION[:THREAD] */
static bool parse_action(const char **at, struct action *a)
{
    u64 signal;

    if (*(*at)++ != ';') return false;
    *a = (struct action){ .kind = **at };
    if (!a->kind || !strchr("cCsSrt", a->kind)) return false;
    ++*at;
    if ((a->kind == 'S' || a->kind == 'C') && !packet_number(at, &signal)) return false;
    if (a->kind == 'r' && (!packet_number(at, &a->first) || *(*at)++ != ',' || !packet_number(at, &a->end))) return false;
    if (**at != ':') return true;
    ++*at;
    if (**at != '-') return packet_number(at, &a->thread);
    *at += strcspn(*at, ";");                /* -1: all */
    return true;
}

/* The first action that steps says which processor does; t alone stops what stands already. */
void gdb_resume(struct gdb_stub *g, const char *at, size_t size)
{
    struct action a;
    bool goes_on = false;

    (void)size;
    while (*at) {
        if (!parse_action(&at, &a) || a.thread > machine_processors(g->session->machine)) {
            gdb_answer(g, "E16");
            return;
        }
        if (strchr("sSr", a.kind)) {
            step(g, a.thread ? (unsigned)a.thread - 1 : g->stopped, a.first, a.end);
            return;
        }
        goes_on |= a.kind != 't';
    }
    if (goes_on) go_on(g);
    else gdb_answer(g, "%s", g->stop);
}

/* --- backwards: GDB manual, "Reverse Execution", packets bs and bc --- */

struct way_back {
    struct session *session;
    bool continues, gone, stopped;
    struct error err;
};

static void go_back(void *context)
{
    struct way_back *w = context;
    w->gone = w->continues ? travel_continue_back(w->session, &w->stopped, &w->err) : travel_step_back(w->session, &w->err);
}

/* What a watchpoint saw is undone: gdb compares the value with the one it knows. */
static void tell_stop_behind(struct gdb_stub *g)
{
    struct error err = { 0 };
    struct breakpoints *b = &g->session->breakpoints;
    const struct cpu_break_hit *hit = cpu_break_hit(machine_cpu(g->session->machine));
    bool watch = break_is_watch(breakpoint_met(b, hit->place)->at.kind);

    stopped_at_break(g);
    if (watch) travel_step_back(g->session, &err);
}

static void back(struct gdb_stub *g, bool continues)
{
    struct way_back w = { .session = g->session, .continues = continues };
    struct machine_history h;
    size_t size;

    if (!machine_history(g->session->machine, &h)) return gdb_answer(g, "E.no past is kept: time_travel: enabled=1");
    bool begins = machine_tick(g->session->machine) == h.first;
    char *text = gdb_capture(go_back, &w, &size);
    gdb_say(g, text, size);
    free(text);
    if (begins) stopped(g, SIGNAL_TRAP, "replaylog:begin;");
    else if (!w.gone) return gdb_refuse(g, &w.err);
    else if (!continues) stopped(g, SIGNAL_TRAP, "");
    else if (w.stopped) tell_stop_behind(g);
    else stopped(g, SIGNAL_TRAP, "replaylog:begin;");
    gdb_answer(g, "%s", g->stop);
}

void gdb_step_back(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    back(g, false);
}

void gdb_continue_back(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    back(g, true);
}

/* --- monitor --- */

struct command {
    struct session *session;
    char line[PACKET_MOST / 2 + 1];
    struct error err;
};

static void obey(void *context)
{
    struct command *c = context;
    if (!session_look(c->session, c->line, &c->err)) printf("%s", c->err.text);
}

void gdb_command(struct gdb_stub *g, const char *at, size_t size)
{
    struct command *c = allocated(calloc(1, sizeof *c));
    size_t length = 0;

    (void)size;
    c->session = g->session;
    c->line[packet_take_bytes(at, (u8 *)c->line, sizeof c->line - 1)] = 0;
    c->line[strcspn(c->line, "\r\n")] = 0;
    machine_choose_processor(g->session->machine, g->processor);
    char *text = gdb_capture(obey, c, &length);
    gdb_say(g, text, length);
    free(text);
    free(c);
    if (g->session->over) g->state = GDB_KILLED;
    gdb_answer(g, "OK");
}
