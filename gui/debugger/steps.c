/* Runs that end by themselves: over a call, out of a function, to an address.                 doc: automation */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

/* The instruction that runs next: its text and bytes. */
static unsigned next_text(struct session *s, const struct cpu_view *v, char *text, size_t size)
{
    u8 bytes[15];

    return disassemble(bytes, machine_peek_linear(s->machine, next_linear(v), bytes, sizeof bytes), v->rip, v->code_bits, text, size);
}

static bool begins_with_one_of(const char *text, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!strncmp(text, words[i], strlen(words[i]))) return true;
    return false;
}

/* Instructions whose work happens elsewhere or many times. */
static bool runs_elsewhere(const char *text)
{
    static const char *const words[] = { "call", "int", "loop", "rep" };
    return begins_with_one_of(text, words, ARRAY_COUNT(words));
}

static bool returns(const char *text)
{
    static const char *const words[] = { "ret", "iret", "sysret", "sysexit" };
    return begins_with_one_of(text, words, ARRAY_COUNT(words));
}

/* True when it ended there, false when something else ended it. */
static bool run_to(struct session *s, u64 la)
{
    struct breakpoint stop = { .at = { .kind = CPU_BREAK_LINEAR, .address = la } };
    struct cpu_view v;
    unsigned number = breakpoint_add(&s->breakpoints, &stop);
    enum machine_stop_kind kind = session_run(s, UINT64_MAX).kind;

    breakpoint_delete(&s->breakpoints, number);
    cpu_view(machine_cpu(s->machine), &v);
    return kind == MACHINE_BREAK && next_linear(&v) == la;
}

static u64 behind(const struct cpu_view *v, unsigned length)
{
    u64 la = next_linear(v) + length;
    return v->code_bits == 64 ? la : (u32)la;
}

/* --- s --- */

/* Processors run by turns, in a fixed order: one tick of whose turn it is; CPU_NONE: something has ended the run. */
static unsigned step_turn(struct session *s)
{
    machine_choose_processor(s->machine, CPU_NONE);
    unsigned n = cpu_number(machine_cpu(s->machine));
    return session_run(s, 1).kind == MACHINE_TICKS && !s->over ? n : CPU_NONE;
}

/* Until each processor of a set has made so many instructions; those that stand still make none. */
static bool step_set(struct session *s, u32 set, u64 steps)
{
    enum { PATIENCE = 1 << 20 };
    u64 made[CPU_MOST] = { 0 };

    for (unsigned idle = 0; idle < PATIENCE; idle++) {
        bool left = false;
        for (unsigned n = 0; n < machine_processors(s->machine); n++) left |= set >> n & 1 && made[n] < steps && !cpu_stands_still(machine_processor(s->machine, n));
        if (!left) return true;
        unsigned n = step_turn(s);
        if (n == CPU_NONE) return false;
        made[n]++;
        if (set >> n & 1) idle = 0;
    }
    return true;
}

/* [N] | CPU N | all N */
bool debug_step(struct session *s, const char *at, struct error *err)
{
    unsigned count = machine_processors(s->machine);
    u64 first = 1, steps;

    at += strspn(at, " \t");
    bool all = !strncmp(at, "all", 3) && (!at[3] || at[3] == ' ');
    if (all) at += 3 + strspn(at + 3, " \t");
    if (*at && !expression_prefix(s, &at, &first, err)) return false;
    if (*at && (all || !expression_value(s, at, &steps, err))) return all ? fail(err, "s all N") : false;
    if (*at && first >= count) return fail(err, "processor %llu: there are %u, numbered from 0", (unsigned long long)first, count);
    if (!all && !*at) {
        if (session_run(s, first).kind == MACHINE_TICKS && !s->over) session_show_place(s);
        return true;
    }
    if (step_set(s, all ? (1u << count) - 1 : 1u << first, all ? first : steps) && !s->over) {
        if (!all) machine_choose_processor(s->machine, (unsigned)first);
        session_show_place(s);
    }
    return true;
}

/* --- runs to a place --- */

bool debug_next(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    char text[128] = "";

    (void)at;
    cpu_view(machine_cpu(s->machine), &v);
    unsigned length = next_text(s, &v, text, sizeof text);
    if (!runs_elsewhere(text)) return session_command(s, "s", err);
    run_to(s, behind(&v, length));
    return true;
}

bool debug_run_to(struct session *s, const char *at, struct error *err)
{
    u64 la;

    at += strspn(at, " \t");
    if (!*at) return fail(err, "to which linear address? e.g. rla 0x7c00");
    if (!expression_value(s, at, &la, err)) return false;
    run_to(s, la);
    return true;
}

static u64 stack_pointer(const struct cpu_view *v)
{
    return v->code_bits == 64 ? v->gpr[4] : v->seg[CPU_SEG_SS].rights & 0x4000 ? (u32)v->gpr[4] : (u16)v->gpr[4];
}

/* The return address lies where the stack pointer is now, or above: behind a return that has taken it the pointer is greater, at the same
 * privilege.  Returns of handlers and of deeper calls leave it lower. */
bool debug_finish(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    char text[128];

    (void)at, (void)err;
    cpu_view(machine_cpu(s->machine), &v);
    u64 stack = stack_pointer(&v);
    u8 cpl = v.cpl;
    for (bool left = false; !left && !s->over;) {
        *text = 0;
        unsigned length = next_text(s, &v, text, sizeof text);
        bool at_return = returns(text) && v.cpl == cpl;
        if (runs_elsewhere(text)) {
            if (!run_to(s, behind(&v, length))) return true;
        } else if (session_run(s, 1).kind != MACHINE_TICKS) {
            return true;
        }
        cpu_view(machine_cpu(s->machine), &v);
        left = at_return && stack_pointer(&v) > stack;
    }
    session_show_place(s);
    return true;
}
