/* Commands that set places where a run stops.                                               doc: automation */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

/* --- breakpoints --- */

/* Cuts "... if EXPRESSION" off; the expression is that of a try, and may be quoted as Bochs wants it. */
static bool take_condition(struct session *s, char *text, char *condition, size_t room, struct error *err)
{
    char *at = strstr(text, " if ");
    u64 value;

    condition[0] = 0;
    if (!at) return true;
    *at = 0;
    at += 4 + strspn(at + 4, " \t\"");
    at[strcspn(at, "\"")] = 0;
    if (strlen(at) >= room) return fail(err, "a condition of more than %u characters", (unsigned)room - 1);
    strcpy(condition, at);
    return expression_value(s, condition, &value, err);
}

static bool add_stop(struct session *s, struct cpu_break *b, const char *condition, struct error *err)
{
    return breakpoint_add(&s->breakpoints, b, condition) || fail(err, "all %d breakpoints are taken; del N frees one", BREAKPOINTS);
}

static bool add_breakpoint(struct session *s, const char *at, enum cpu_break_kind kind, struct error *err)
{
    struct cpu_break b = { .kind = kind };
    char text[512], condition[CONDITION_ROOM];
    u64 selector = 0;

    at += strspn(at, " \t");
    if (!*at) return fail(err, "where? e.g. lb 0x7c00, vb 0x0000:0x7c00, lb 0x7c00 if eax == 5");
    snprintf(text, sizeof text, "%s", at);
    if (!take_condition(s, text, condition, sizeof condition, err)) return false;
    if (kind == CPU_BREAK_VIRTUAL) {
        if (!expression_far(s, text, &selector, &b.address, err)) return false;
        b.selector = (u16)selector;
    } else if (!expression_value(s, text, &b.address, err)) {
        return false;
    }
    return add_stop(s, &b, condition, err);
}

bool debug_linear_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_LINEAR, err); }
bool debug_physical_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_PHYSICAL, err); }
bool debug_virtual_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_VIRTUAL, err); }

/* `b` means physical addresses, as in Bochs; those of symbols are linear. */
bool debug_break(struct session *s, const char *at, struct error *err)
{
    return add_breakpoint(s, at, expression_names_symbol(s, at) ? CPU_BREAK_LINEAR : CPU_BREAK_PHYSICAL, err);
}

bool debug_list_breaks(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    breakpoint_list(&s->breakpoints, s->symbols);
    return true;
}

static bool numbered_break(struct session *s, const char *at, char what, struct error *err)
{
    char word[64];
    unsigned n = next_argument(&at, word, sizeof word) ? (unsigned)strtoul(word, NULL, 0) : 0;
    bool done = what == 'd' ? breakpoint_delete(&s->breakpoints, n) : breakpoint_enable(&s->breakpoints, n, what == 'e');
    return done || fail(err, "there is no breakpoint %u; blist lists them", n);
}

bool debug_delete_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'd', err); }
bool debug_enable_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'e', err); }
bool debug_disable_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'x', err); }

/* --- time --- */

static bool stop_at(struct session *s, const char *at, u64 from, struct error *err)
{
    u64 ticks;

    if (!expression_value(s, at + strspn(at, " \t"), &ticks, err)) return false;
    if (from + ticks <= machine_tick(s->machine)) return fail(err, "tick %llu is not to come: it is %llu", (llu)(from + ticks), (llu)machine_tick(s->machine));
    s->time_break = from + ticks;
    return true;
}

bool debug_time_break(struct session *s, const char *at, struct error *err) { return stop_at(s, at, machine_tick(s->machine), err); }
bool debug_time_break_at(struct session *s, const char *at, struct error *err) { return stop_at(s, at, 0, err); }

/* --- catching --- */

/* "#PF" and "pf" are 14; -1: no exception is called so. */
static int exception_named(const char *name)
{
    static const char *const names[] = {
        "de", "db", "nmi", "bp", "of", "br", "ud", "nm", "df", "", "ts", "np", "ss", "gp", "pf", "", "mf", "ac", "mc", "xm",
    };

    name += *name == '#';
    for (int i = 0; i < (int)ARRAY_COUNT(names); i++)
        if (*names[i] && !strcasecmp(name, names[i])) return i;
    return -1;
}

bool debug_catch(struct session *s, const char *at, struct error *err)
{
    struct cpu_break b = { .kind = CPU_CATCH_FAULT, .address = CPU_CATCH_ANY };
    char text[512], what[32], condition[CONDITION_ROOM];
    const char *rest = text;

    snprintf(text, sizeof text, "%s ", at);
    if (!take_condition(s, text, condition, sizeof condition, err)) return false;
    if (!next_argument(&rest, what, sizeof what)) return fail(err, "what? e.g. catch fault, catch #PF, catch int 0x80, catch int");
    rest += strspn(rest, " \t");
    if (!strcmp(what, "int")) {
        b.kind = CPU_CATCH_INTERRUPT;
        if (*rest && !expression_value(s, rest, &b.address, err)) return false;
        if (b.address > CPU_CATCH_ANY) return fail(err, "catch int %llu: vectors are 0 to 255", (llu)b.address);
        return add_stop(s, &b, condition, err);
    }
    if (*rest) return fail(err, "\"%s\" stands behind catch %s", rest, what);
    int vector = exception_named(what);
    if (strcmp(what, "fault") && vector < 0) return fail(err, "catch %s: fault, an exception as #PF, or int [VECTOR]", what);
    if (vector >= 0) b.address = (u64)vector;
    return add_stop(s, &b, condition, err);
}

/* --- watchpoints --- */

static bool watch_memory(struct session *s, const char *at, enum cpu_break_kind kind, struct error *err)
{
    struct cpu_break w = { .kind = kind, .size_bytes = 1 };

    at += strspn(at, " \t");
    if (!*at) return fail(err, "which physical address? e.g. watch w 0x7c00 4");
    if (!expression_prefix(s, &at, &w.address, err)) return false;
    if (*at && !expression_value(s, at, &w.size_bytes, err)) return false;
    if (!w.size_bytes || w.size_bytes > WATCH_MOST_BYTES) return fail(err, "a length of %llu: 1 to %d bytes", (llu)w.size_bytes, WATCH_MOST_BYTES);
    if (w.address >> 52) return fail(err, "0x%llx is no physical address: at most 52 bits", (llu)w.address);
    return watchpoint_add(&s->breakpoints, &w) || fail(err, "all %d watchpoints are taken; unwatch ADDRESS frees one", WATCHPOINTS);
}

bool debug_watch(struct session *s, const char *at, struct error *err)
{
    char what[16];

    if (!next_argument(&at, what, sizeof what)) return watchpoint_list(&s->breakpoints), true;
    if (!strcmp(what, "r") || !strcmp(what, "read")) return watch_memory(s, at, CPU_WATCH_READ, err);
    if (!strcmp(what, "w") || !strcmp(what, "write")) return watch_memory(s, at, CPU_WATCH_WRITE, err);
    s->breakpoints.watch_goes_on = !strcmp(what, "continue");
    return s->breakpoints.watch_goes_on || !strcmp(what, "stop") || fail(err, "watch %s: r ADDRESS [BYTES], w ADDRESS [BYTES], stop or continue", what);
}

bool debug_unwatch(struct session *s, const char *at, struct error *err)
{
    u64 address;

    at += strspn(at, " \t");
    if (!*at) return watchpoint_delete_all(&s->breakpoints), true;
    if (!expression_value(s, at, &address, err)) return false;
    return watchpoint_delete(&s->breakpoints, address) || fail(err, "there is no watchpoint at 0x%llx; watch lists them", (llu)address);
}
