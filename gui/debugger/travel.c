#include "gui/debugger/travel.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

static u64 now(const struct session *s) { return machine_tick(s->machine); }

/* --- going --- */

static void without_breaks(struct session *s)
{
    for (unsigned n = 0; n < machine_processors(s->machine); n++) cpu_set_breaks(machine_processor(s->machine, n), NULL, 0);
}

/* A machine that could not go on stands before that again. */
static bool go(struct session *s, u64 tick, struct error *err)
{
    without_breaks(s);
    if (!machine_go_to(s->machine, tick, err)) return false;
    s->stop[0] = 0;
    machine_choose_processor(s->machine, CPU_NONE);
    return true;
}

void travel_note(struct session *s)
{
    struct travel *t = &s->travel;

    if (t->count && t->from[t->count - 1] == now(s)) return;
    if (t->count == TRAVEL_STEPS) memmove(t->from, t->from + 1, --t->count * sizeof *t->from);
    t->from[t->count++] = now(s);
}

bool travel_forbids(struct session *s, struct error *err)
{
    struct machine_history h;

    if (!machine_history(s->machine, &h) || !h.in_past) return false;
    return !fail(err, "tick %llu is in the past, where nothing can be changed: `present` goes back to tick %llu, `live` makes this the present and forgets what came after it",
                 (llu)now(s), (llu)h.present);
}

static bool has_past(struct session *s, struct error *err)
{
    struct machine_history h;
    return machine_history(s->machine, &h) || fail(err, "no past is kept: time-travel on, or time_travel: enabled=1 in the configuration");
}

/* --- looking for the last stop --- */

/* What a search looks for: places of its own, or the session's breakpoints. */
struct search {
    struct session *s;
    const struct cpu_break *places;      /* NULL: the breakpoints */
    unsigned count;
    bool (*wanted)(const struct search *search);         /* NULL: every stop */
    u64 stack;                           /* for `wanted` */
};

static void arm(const struct search *f)
{
    if (!f->places) {
        breakpoints_arm(&f->s->breakpoints, f->s->machine);
        return;
    }
    for (unsigned n = 0; n < machine_processors(f->s->machine); n++) cpu_set_breaks(machine_processor(f->s->machine, n), f->places, f->count);
}

static bool is_hit(const struct search *f)
{
    machine_choose_processor(f->s->machine, CPU_NONE);
    if (!f->places) return breakpoints_would_stop(f->s);
    return !f->wanted || f->wanted(f);
}

/* Forward from `begin`, which has been passed: the last hit that is no later than `end`; all ones: none. */
static bool last_hit(const struct search *f, u64 begin, u64 end, u64 *last, struct error *err)
{
    struct session *s = f->s;
    struct machine_history h;

    *last = UINT64_MAX;
    if (!go(s, begin, err)) return false;
    machine_history(s->machine, &h);
    u64 until = end < h.present ? end + 1 : h.present;   /* the stop before an instruction at `end` wants one more tick */
    breakpoints_see_values(&s->breakpoints, s->machine);
    while (now(s) < until) {
        arm(f);
        struct machine_stop stop = machine_run(s->machine, until - now(s));
        if (stop.kind != MACHINE_BREAK) break;
        if (now(s) <= end && is_hit(f)) *last = now(s);
    }
    without_breaks(s);
    return true;
}

/* To where the stop at `tick` is met: an interrupt may come at that very tick. */
static bool meet(const struct search *f, u64 tick, struct error *err)
{
    struct session *s = f->s;
    struct machine_history h;
    u64 begin = machine_history(s->machine, &h) && tick > h.first ? tick - 1 : tick;

    if (!go(s, begin, err)) return false;
    breakpoints_see_values(&s->breakpoints, s->machine);
    for (;;) {
        arm(f);
        struct machine_stop stop = machine_run(s->machine, tick + 1 - now(s));
        if (stop.kind != MACHINE_BREAK) break;
        if (now(s) == tick && is_hit(f)) return true;
    }
    return go(s, tick, err);
}

/* Where the past begins nothing can be met by running: only the instruction that stands there tells. */
static bool begins_at_hit(const struct search *f, bool *found, struct error *err)
{
    struct session *s = f->s;
    struct machine_history h;
    struct cpu_view v;

    machine_history(s->machine, &h);
    if (h.first >= now(s) || !go(s, h.first, err)) return !err->count;
    cpu_view(machine_cpu(s->machine), &v);
    for (unsigned n = 0; n < f->count && !*found; n++)
        *found = f->places[n].kind == CPU_BREAK_LINEAR && f->places[n].address == next_linear(&v) && (!f->wanted || f->wanted(f));
    return true;
}

/* Back to the last hit before this tick.  True with *found false: there is none, and the machine is where it was. */
static bool find_last(const struct search *f, bool *found, struct error *err)
{
    struct session *s = f->s;
    u64 start = now(s), end = start - 1, last;

    *found = false;
    for (u64 begin; start && (begin = machine_checkpoint_before(s->machine, end)) != UINT64_MAX; end = begin) {
        if (!last_hit(f, begin, end, &last, err)) return false;
        if (last == UINT64_MAX) continue;
        *found = true;
        return meet(f, last, err);
    }
    if (!go(s, start, err) || (f->places && !begins_at_hit(f, found, err))) return false;
    return *found || go(s, start, err);
}

/* --- steps --- */

/* A step is a tick, as it is forward: of a processor that halts too. */
static bool step_back(struct session *s, u64 steps, struct error *err)
{
    struct machine_history h;

    if (!has_past(s, err)) return false;
    machine_history(s->machine, &h);
    if (steps > now(s) - h.first) return fail(err, "tick %llu is where the past begins", (llu)h.first);
    return go(s, now(s) - steps, err);
}

bool travel_step_back(struct session *s, struct error *err) { return step_back(s, 1, err); }

bool travel_continue_back(struct session *s, bool *stopped, struct error *err)
{
    struct search f = { .s = s };
    struct machine_history h;

    if (!has_past(s, err) || !find_last(&f, stopped, err)) return false;
    machine_history(s->machine, &h);
    return *stopped || go(s, h.first, err);
}

bool debug_reverse_step(struct session *s, const char *at, struct error *err)
{
    u64 steps = 1;

    at += strspn(at, " \t");
    if (*at && !expression_value(s, at, &steps, err)) return false;
    travel_note(s);
    if (!step_back(s, steps, err)) return false;
    session_show_place(s);
    return true;
}

static u64 next_address(const struct session *s, struct cpu_view *v)
{
    cpu_view(machine_cpu(s->machine), v);
    return next_linear(v);
}

static const char *next_instruction(struct session *s, char text[DISASSEMBLY_TEXT], unsigned *length)
{
    struct cpu_view v;
    u8 bytes[15];
    u64 la = next_address(s, &v);

    *text = 0;
    *length = disassemble(bytes, machine_peek_linear(s->machine, la, bytes, sizeof bytes), v.rip, v.code_bits, text, DISASSEMBLY_TEXT);
    return text;
}

static bool is_return(const char *text) { return !strncmp(text, "ret", 3) || !strncmp(text, "iret", 4) || !strncmp(text, "sysret", 6) || !strncmp(text, "sysexit", 7); }

/* A call or an interrupt instruction at the same depth of the stack, whose end is where we were. */
static bool calls_from_here(const struct search *f)
{
    struct cpu_view v;
    char text[DISASSEMBLY_TEXT];
    unsigned length;

    next_address(f->s, &v);
    if (v.gpr[4] != f->stack) return false;
    next_instruction(f->s, text, &length);
    return !strncmp(text, "call", 4) || !strncmp(text, "int", 3) || !strncmp(text, "syscall", 7) || !strncmp(text, "sysenter", 8);
}

/* Behind a return: to the call that it came of. */
static bool to_the_call(struct session *s, u64 behind, u64 stack, bool *found, struct error *err)
{
    enum { LONGEST = 15 };
    struct cpu_break place[LONGEST];
    struct search f = { .s = s, .places = place, .count = LONGEST, .wanted = calls_from_here, .stack = stack };

    for (unsigned n = 0; n < LONGEST; n++) place[n] = (struct cpu_break){ .kind = CPU_BREAK_LINEAR, .address = behind - n - 1 };
    return find_last(&f, found, err);
}

/* An instruction that repeats is one step: to its first time. */
static bool to_the_first_time(struct session *s, struct error *err)
{
    struct machine_history h;
    struct cpu_view v;
    u64 la = next_address(s, &v), same = now(s), other = same, back = 1;

    machine_history(s->machine, &h);
    while (other == same && same > h.first) {
        u64 tick = same - h.first > back ? same - back : h.first;
        if (!go(s, tick, err)) return false;
        if (next_address(s, &v) == la) other = same = tick, back *= 2;
        else other = tick;
    }
    while (same - other > 1) {
        u64 middle = other + (same - other) / 2;
        if (!go(s, middle, err)) return false;
        if (next_address(s, &v) == la) same = middle;
        else other = middle;
    }
    return go(s, same, err);
}

bool debug_reverse_next(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    char text[DISASSEMBLY_TEXT];
    unsigned length;
    u64 behind = next_address(s, &v), stack = v.gpr[4];
    bool found = false;

    (void)at;
    travel_note(s);
    if (!step_back(s, 1, err)) return false;
    u64 step = now(s);
    if (is_return(next_instruction(s, text, &length)) && !to_the_call(s, behind, stack, &found, err)) return false;
    if (!found && !go(s, step, err)) return false;
    if (!found && !strncmp(text, "rep", 3) && !to_the_first_time(s, err)) return false;
    session_show_place(s);
    return true;
}

bool debug_reverse_continue(struct session *s, const char *at, struct error *err)
{
    bool stopped;

    (void)at;
    travel_note(s);
    if (!travel_continue_back(s, &stopped, err)) return false;
    if (stopped) breakpoints_stopped(s);
    else puts("(0) Here the past begins");
    session_show_place(s);
    return true;
}

/* --- to a tick --- */

bool debug_go_to(struct session *s, const char *at, struct error *err)
{
    u64 tick;

    at += strspn(at, " \t");
    if (!*at) return fail(err, "to which tick? e.g. goto 1000000, goto $tick - 500");
    if (!expression_value(s, at, &tick, err) || !has_past(s, err)) return false;
    travel_note(s);
    if (!go(s, tick, err)) return false;
    session_show_place(s);
    return true;
}

bool debug_present(struct session *s, const char *at, struct error *err)
{
    struct machine_history h;

    (void)at;
    if (!has_past(s, err)) return false;
    machine_history(s->machine, &h);
    travel_note(s);
    if (!go(s, h.present, err)) return false;
    session_show_place(s);
    return true;
}

bool debug_undo(struct session *s, const char *at, struct error *err)
{
    struct travel *t = &s->travel;

    (void)at;
    if (!has_past(s, err)) return false;
    while (t->count && t->from[t->count - 1] == now(s)) t->count--;
    if (!t->count) return fail(err, "there is nothing to undo");
    if (!go(s, t->from[t->count - 1], err)) return false;
    t->count--;
    session_show_place(s);
    return true;
}

bool debug_live(struct session *s, const char *at, struct error *err)
{
    (void)at;
    if (!machine_take_over(s->machine, err)) return false;
    s->journal_end = 0;
    printf("tick %llu is the present\n", (llu)now(s));
    return true;
}

/* --- who was it? --- */

/* The bytes at a linear address as places in physical memory, a page each; how many. */
static unsigned places_of(struct session *s, u64 la, u64 size, struct cpu_break *place, unsigned room)
{
    unsigned count = 0;

    while (size && count < room) {
        u64 in_page = PAGE_BYTES - (la & (PAGE_BYTES - 1)), n = size < in_page ? size : in_page, pa;
        if (!cpu_translate(machine_cpu(s->machine), la, &pa)) return 0;
        place[count++] = (struct cpu_break){ .kind = CPU_WATCH_WRITE, .address = pa, .size_bytes = n };
        la += n;
        size -= n;
    }
    return count;
}

enum { BYTES_MOST = 64, PLACES = 2 };

/* Physical bytes; physical addresses do not move when the guest maps its memory anew. */
static void bytes_now(struct session *s, const struct cpu_break *place, unsigned count, u8 *bytes)
{
    for (unsigned i = 0; i < count; i++, bytes += place[i - 1].size_bytes) machine_peek(s->machine, place[i].address, bytes, place[i].size_bytes);
}

static void put_bytes(const u8 *bytes, u64 size)
{
    for (u64 i = 0; i < size; i++) printf("%02x%s", bytes[i], i + 1 < size ? " " : "");
}

/* No instruction wrote them, and yet they have changed between two ticks: a device did.  The tick at which it had. */
static bool changed_at(struct session *s, const struct cpu_break *place, unsigned count, u64 size, u64 before, u64 after, u64 *tick, struct error *err)
{
    u8 last[BYTES_MOST], bytes[BYTES_MOST];

    if (!go(s, after, err)) return false;
    bytes_now(s, place, count, last);
    while (after - before > 1) {
        u64 middle = before + (after - before) / 2;
        if (!go(s, middle, err)) return false;
        bytes_now(s, place, count, bytes);
        if (memcmp(bytes, last, size)) before = middle;
        else after = middle;
    }
    *tick = after;
    return true;
}

struct writing {
    u64 tick;                    /* behind it */
    bool by_device;
};

/* The last writing before this tick.  False with an empty err: there is none. */
static bool find_writing(struct session *s, const struct cpu_break *place, unsigned count, u64 size, struct writing *w, struct error *err)
{
    struct search f = { .s = s, .places = place, .count = count };
    u64 start = now(s), end = start, last;
    u8 before[BYTES_MOST], after[BYTES_MOST];

    for (u64 begin; (begin = machine_checkpoint_before(s->machine, end)) != UINT64_MAX; end = begin) {
        if (!go(s, end, err)) return false;
        bytes_now(s, place, count, after);
        if (!last_hit(&f, begin, end, &last, err) || !go(s, last == UINT64_MAX ? begin : last, err)) return false;
        bytes_now(s, place, count, before);
        w->by_device = memcmp(before, after, size);
        w->tick = last;
        if (w->by_device) return changed_at(s, place, count, size, last == UINT64_MAX ? begin : last, end, &w->tick, err);
        if (last != UINT64_MAX) return true;
    }
    go(s, start, err);
    return false;
}

static bool tell_writing(struct session *s, const struct writing *w, const struct cpu_break *place, unsigned count, u64 size, struct error *err)
{
    u8 before[BYTES_MOST], after[BYTES_MOST];
    u64 tick = w->tick ? w->tick - 1 : 0;

    if (!go(s, w->tick, err)) return false;
    bytes_now(s, place, count, after);
    if (!go(s, tick, err)) return false;
    bytes_now(s, place, count, before);
    printf("written at tick %llu%s: ", (llu)tick, w->by_device ? ", by a device" : "");
    put_bytes(before, size);
    printf(" -> ");
    put_bytes(after, size);
    puts(w->by_device ? "; the processor was at" : "; by the instruction that runs next");
    session_show_place(s);
    return true;
}

bool debug_last_write(struct session *s, const char *at, struct error *err)
{
    char address[256];
    u64 la, size = 1;
    struct cpu_break place[PLACES];
    struct writing w;

    if (!next_argument(&at, address, sizeof address)) return fail(err, "to which linear address? e.g. last-write 0x7000 4");
    at += strspn(at, " \t");
    if (!expression_value(s, address, &la, err) || (*at && !expression_value(s, at, &size, err)) || !has_past(s, err)) return false;
    if (!size || size > BYTES_MOST) return fail(err, "last-write: 1 to %u bytes", BYTES_MOST);
    unsigned count = places_of(s, la, size, place, PLACES);
    if (!count) return fail(err, "linear address 0x%llx is not mapped now", (llu)la);
    travel_note(s);
    if (find_writing(s, place, count, size, &w, err)) return tell_writing(s, &w, place, count, size, err);
    return !err->count && (puts("not written as far back as the past is kept"), true);
}

static bool to_the_last(struct session *s, const struct cpu_break *place, unsigned count, const char *what, struct error *err)
{
    struct search f = { .s = s, .places = place, .count = count };
    bool found;

    if (!has_past(s, err)) return false;
    travel_note(s);
    if (!find_last(&f, &found, err)) return false;
    if (!found) printf("%s as far back as the past is kept\n", what);
    session_show_place(s);
    return true;
}

bool debug_last_exec(struct session *s, const char *at, struct error *err)
{
    struct cpu_break place = { .kind = CPU_BREAK_LINEAR };

    at += strspn(at, " \t");
    if (!*at) return fail(err, "of which linear address? e.g. last-exec 0x7c00");
    return expression_value(s, at, &place.address, err) && to_the_last(s, &place, 1, "not executed", err);
}

bool debug_last_event(struct session *s, const char *at, struct error *err)
{
    static const struct { const char *name; enum cpu_break_kind kind; } kinds[] = {
        { "fault", CPU_CATCH_FAULT }, { "int", CPU_CATCH_INTERRUPT }, { "mode", CPU_CATCH_MODE }, { "task", CPU_CATCH_TASK }, { "cr3", CPU_CATCH_ADDRESS_SPACE },
        { "cpl", CPU_CATCH_CPL }, { "irq", CPU_CATCH_LINE },
    };
    struct cpu_break place[ARRAY_COUNT(kinds)];
    unsigned count = 0;
    char word[16] = "";

    next_argument(&at, word, sizeof word);
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
        bool wanted = *word ? !strcmp(word, kinds[i].name) : kinds[i].kind == CPU_CATCH_FAULT || kinds[i].kind == CPU_CATCH_INTERRUPT || kinds[i].kind == CPU_CATCH_MODE;
        if (wanted) place[count++] = (struct cpu_break){ .kind = kinds[i].kind, .size_bytes = CPU_CATCH_ANY };
    }
    if (!count) return fail(err, "last-event fault, int, mode, task, cr3, cpl, irq, or nothing for the first three");
    return to_the_last(s, place, count, "nothing of that kind", err);
}

/* --- whether there is a past --- */

static void tell_history(struct session *s)
{
    struct machine_history h;

    if (!machine_history(s->machine, &h)) {
        puts("no past is kept");
        return;
    }
    printf("from tick %llu to %llu, %u checkpoints, %llu of %llu MiB; this is %s\n", (llu)h.first, (llu)h.present, h.checkpoints, (llu)(h.bytes >> 20),
           (llu)(h.limit_bytes >> 20), h.in_past ? "the past" : "the present");
}

bool debug_time_travel(struct session *s, const char *at, struct error *err)
{
    enum { USUAL_MIB = 512 };
    char word[16] = "";
    u64 mib = USUAL_MIB;

    next_argument(&at, word, sizeof word);
    at += strspn(at, " \t");
    if (!strcmp(word, "off")) machine_forget_history(s->machine);
    else if (!strcmp(word, "on")) {
        if (*at && !expression_value(s, at, &mib, err)) return false;
        if (mib < 16 || mib > 1 << 20) return fail(err, "time-travel on MIB: from 16 to 1048576");
        if (s->partner) return fail(err, "time-travel: machines on one clock have no past of their own");
        if (!machine_keep_history(s->machine, mib << 20, err)) return false;
    } else if (*word) {
        return fail(err, "time-travel on [MIB], time-travel off, or time-travel alone");
    }
    tell_history(s);
    return true;
}
