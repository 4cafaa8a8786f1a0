/* A session runs its machine: stops are printed, limits kept.                                doc: automation */
#include "devices/host/sandbox.h"
#include "gui/automation/pager.h"
#include "gui/automation/prompt.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "gui/debugger/disassemble.h"
#include "gui/debugger/stops.h"
#include "gui/debugger/tracing.h"
#include "gui/debugger/travel.h"
#include "gui/debugger/tripwires.h"
#include "gui/debugger/why.h"
#include "gui/serve.h"
#include "gui/together.h"

enum { STATUS_PANIC = 1, STATUS_EXPECT = 3, STATUS_TRIPLE_FAULT = 5 };

int session_status_of(const struct machine_stop *stop)
{
    switch (stop->kind) {
    case MACHINE_EXIT: return stop->code;
    case MACHINE_TRIPLE_FAULT: return STATUS_TRIPLE_FAULT;
    case MACHINE_LIMIT: return STATUS_EXPECT;
    case MACHINE_HALTED_FOREVER: case MACHINE_WILD: case MACHINE_FAULT_LOOP: case MACHINE_PANIC: case MACHINE_PAUSED: return STATUS_PANIC;
    default: return 0;
    }
}

static bool final(const struct machine_stop *stop)
{
    return stop->kind != MACHINE_TICKS && stop->kind != MACHINE_BREAK && stop->kind != MACHINE_REQUEST;
}

void session_put_instruction(const struct session *s, const char *before)
{
    struct cpu_view v;
    u8 bytes[15];
    char text[DISASSEMBLY_TEXT] = "(bad)", name[SYMBOL_TEXT];

    cpu_view(machine_cpu(s->machine), &v);
    u64 la = next_linear(&v);
    unsigned length = disassemble_named(s->symbols, la - v.rip, s->syntax, bytes, machine_peek_linear(s->machine, la, bytes, sizeof bytes), v.rip, v.code_bits, text);
    printf("%s%s [0x%012llx] %04x:%016llx (%s): %-40s%s ; ", s->coloured ? "\033[1m" : "", before, (unsigned long long)la, v.seg[CPU_SEG_CS].selector, (unsigned long long)v.rip,
           *symbols_name(s->symbols, la, name) ? name : "unk. ctxt", text, s->coloured ? "\033[0m" : "");
    for (unsigned i = 0; i < length; i++) printf("%02x", bytes[i]);
    putchar('\n');
}

/* A layout that lets the machine run comes here again. */
static void lay_out(struct session *s)
{
    struct error err = { 0 };

    if (!*s->layout || s->laying_out) return;
    s->laying_out = true;
    if (!session_source(s, s->layout, &err)) fputs(err.text, stdout);
    s->laying_out = false;
}

void session_show_place(struct session *s)
{
    struct cpu_view v;
    char before[16];

    printf("Next at t=%llu\n", (unsigned long long)machine_tick(s->machine));
    if (!s->places_unlisted) {
        snprintf(before, sizeof before, "(%u)", cpu_number(machine_cpu(s->machine)));
        session_put_instruction(s, before);
        cpu_view(machine_cpu(s->machine), &v);
        source_show_line(s, next_linear(&v));
    }
    lay_out(s);
}

struct machine_stop session_run_plainly(struct session *s, u64 ticks)
{
    if (s->partner) return together_run(s->partner, s->machine, ticks);
    if (!s->serve) return machine_run(s->machine, ticks);
    struct machine_stop stop = serve_run(s->serve, ticks);
    s->stopped_here |= serve_was_interrupted(s->serve);
    return stop;
}

struct machine_stop session_run_untold(struct session *s, u64 ticks) { return s->follow_flags ? tripwire_run_flags(s, ticks) : session_run_plainly(s, ticks); }

static struct machine_stop run_machine(struct session *s, u64 ticks) { return tracing_on(s) ? tracing_run(s, ticks) : session_run_untold(s, ticks); }

void session_show_picture(struct session *s)
{
    if (s->serve) serve_wait(s->serve);
}

/* --- the limit of the host's time: it ends a run between two ticks, and which ones the guest cannot know --- */

static u64 wall_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static bool wall_has_passed(const struct session *s) { return s->wall_end_ns && wall_ns() >= s->wall_end_ns; }

void session_limit_wall(struct session *s, double seconds)
{
    s->max_wall = seconds;
    s->wall_end_ns = wall_ns() + (u64)(seconds * 1e9);
}

bool session_late(struct session *s)
{
    if (!wall_has_passed(s)) return false;
    printf("orrery: the limit of %g seconds of the host's time is reached at tick %llu\n", s->max_wall, (unsigned long long)machine_tick(s->machine));
    s->over = true;
    s->status = STATUS_EXPECT;
    return true;
}

/* --- signals that end programs --- */

void session_take_endings(struct session *s)
{
    sigset_t set;

    sandbox_endings(&set);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd <= 0) return;
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    s->endings = fd;
}

static bool ending_came(struct session *s)
{
    struct signalfd_siginfo info;

    if (s->endings <= 0 || read(s->endings, &info, sizeof info) != sizeof info) return s->ending != 0;
    s->ending = (int)info.ssi_signo;
    return true;
}

bool session_ended(struct session *s)
{
    if (!ending_came(s)) return false;
    if (!s->over) printf("orrery: ended by %s at tick %llu\n", s->ending == SIGHUP ? "SIGHUP" : "SIGTERM", (unsigned long long)machine_tick(s->machine));
    s->over = true;
    s->status = 0;
    return true;
}

/* In pieces where somebody at the prompt may press Ctrl+C, or time run out: MACHINE_REQUEST. */
static struct machine_stop run_for(struct session *s, u64 ticks)
{
    enum { PIECES_A_SECOND = 50 };
    u64 piece = machine_ips(s->machine) / PIECES_A_SECOND + 1;
    struct machine_stop stop = { .kind = MACHINE_TICKS };

    if (!s->interrupts && !s->endings && !s->wall_end_ns) return run_machine(s, ticks);
    for (u64 now; ticks && stop.kind == MACHINE_TICKS; ticks -= now) {
        now = ticks < piece ? ticks : piece;
        stop = run_machine(s, now);
        if (stop.kind == MACHINE_TICKS && s->interrupts && prompt_interrupted(s)) stop.kind = MACHINE_REQUEST, s->stopped_here = true;
        else if (stop.kind == MACHINE_TICKS && (wall_has_passed(s) || ending_came(s))) stop.kind = MACHINE_REQUEST;
    }
    return stop;
}

/* Up to the next stop that is to be seen. */
static struct machine_stop run_on(struct session *s, u64 ticks)
{
    struct machine_stop stop;
    u64 start = machine_tick(s->machine), done = 0;
    bool on;

    do {
        breakpoints_arm(&s->breakpoints, s->machine);
        stop = run_for(s, ticks - done);
        on = stop.kind == MACHINE_BREAK && !stopped_at_triple_fault(s, &stop) && breakpoints_stopped(s);
        done = machine_tick(s->machine) - start;
    } while (on && done < ticks);
    if (on) stop.kind = MACHINE_TICKS;
    return stop;
}

static void tell_triple_fault(struct session *s)
{
    why_triple_fault(machine_cpu(s->machine), s->symbols);
    if (s->attended && machine_configuration(s->machine)->reset_on_triple_fault != TRIPLE_FAULT_FREEZES) puts("the machine stands at it; to run on is the reset that follows");
}

struct machine_stop session_run(struct session *s, u64 ticks)
{
    u64 start = machine_tick(s->machine);
    if (s->over) return (struct machine_stop){ .kind = MACHINE_REQUEST };
    if (ticks > s->ticks_left) ticks = s->ticks_left;
    if (s->journal_end && ticks > s->journal_end - start) ticks = s->journal_end - start;
    if (s->time_break > start && ticks > s->time_break - start) ticks = s->time_break - start;
    travel_note(s);
    s->stopped_here = false;
    s->stop[0] = 0;
    pager_begin(s->pager, false);
    struct machine_stop stop = run_on(s, ticks);
    pager_begin(s->pager, true);

    if (s->ticks_left != UINT64_MAX) s->ticks_left -= machine_tick(s->machine) - start;
    if (s->time_break && machine_tick(s->machine) >= s->time_break) {
        s->time_break = 0;
        puts("(0) Caught time breakpoint");
        stop.kind = stop.kind == MACHINE_TICKS ? MACHINE_BREAK : stop.kind;
    }
    if (stop.kind == MACHINE_BREAK || s->stopped_here) session_show_place(s);
    if (final(&stop)) {
        printf("orrery: %s\n", stop.text);
        if (stop.kind == MACHINE_TRIPLE_FAULT) tell_triple_fault(s);
        snprintf(s->stop, sizeof s->stop, "%s", stop.text);
        s->switched_off = stop.kind == MACHINE_POWER_OFF || stop.kind == MACHINE_EXIT;
        s->over = !s->attended;
        s->status = session_status_of(&stop);
    } else if (s->journal_end && machine_tick(s->machine) == s->journal_end) {
        if (s->attended) puts("(0) Here the journal ends; live goes on from here");
        s->over = !s->attended;
    } else if (s->ticks_left == 0) {
        printf("orrery: the run limit is reached at tick %llu (%s)\n", (unsigned long long)machine_tick(s->machine), s->ticks_option);
        s->over = true;
        s->status = STATUS_EXPECT;
    } else if (!session_ended(s)) session_late(s);
    return stop;
}
