/* Commands that set places and ticks where a run stops.                                               doc: automation */
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/stops.h"

typedef unsigned long long llu;

/* --- breakpoints --- */

bool stop_take_condition(struct session *s, char *text, struct breakpoint *stop, struct error *err)
{
    char *at = strstr(text, " if ");
    u64 value;

    stop->condition[0] = 0;
    if (!at) return true;
    *at = 0;
    at += 4 + strspn(at + 4, " \t\"");
    at[strcspn(at, "\"")] = 0;
    for (size_t n = strlen(at); n && at[n - 1] == ' ';) at[--n] = 0;
    if (strlen(at) >= sizeof stop->condition) return fail(err, "a condition of more than %u characters", CONDITION_ROOM - 1);
    strcpy(stop->condition, at);
    return expression_value(s, stop->condition, &value, err);
}


static bool add_breakpoint(struct session *s, const char *at, enum cpu_break_kind kind, bool once, struct error *err)
{
    struct breakpoint stop = { .at.kind = kind };
    char text[512];
    u64 selector = 0;

    at += strspn(at, " \t");
    if (kind != CPU_BREAK_VIRTUAL && *at == '*') at += 1 + strspn(at + 1, " \t");       /* as gdb writes an address */
    if (!*at) return fail(err, "where? e.g. lb 0x7c00, vb 0x0000:0x7c00, lb 0x7c00 if eax == 5");
    stop.once = once;
    snprintf(text, sizeof text, "%s", at);
    if (!stop_take_condition(s, text, &stop, err)) return false;
    if (kind == CPU_BREAK_VIRTUAL) {
        if (!expression_far(s, text, &selector, &stop.at.address, err)) return false;
        stop.at.selector = (u16)selector;
    } else if (!expression_value(s, text, &stop.at.address, err)) {
        return false;
    }
    breakpoint_add(&s->breakpoints, &stop);
    return true;
}

bool debug_linear_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_LINEAR, false, err); }
bool debug_break_once(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_LINEAR, true, err); }
bool debug_physical_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_PHYSICAL, false, err); }
bool debug_virtual_break(struct session *s, const char *at, struct error *err) { return add_breakpoint(s, at, CPU_BREAK_VIRTUAL, false, err); }

/* `b` means physical addresses, as in Bochs; those of symbols are linear. */
bool debug_break(struct session *s, const char *at, struct error *err)
{
    return add_breakpoint(s, at, expression_names_symbol(s, at) ? CPU_BREAK_LINEAR : CPU_BREAK_PHYSICAL, false, err);
}

bool debug_list_breaks(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    breakpoint_list(&s->breakpoints, s->symbols);
    return true;
}

static bool is_listed(const struct session *s, unsigned n)
{
    return n >= 1 && n <= s->breakpoints.room && s->breakpoints.entry[n - 1].used;
}

static bool numbered_break(struct session *s, const char *at, char what, struct error *err)
{
    char word[64];

    if (!next_argument(&at, word, sizeof word)) return fail(err, "which one? blist lists them with their numbers");
    unsigned n = (unsigned)strtoul(word, NULL, 0);
    bool done = is_listed(s, n) && what == 'd' ? breakpoint_delete(&s->breakpoints, n) : breakpoint_enable(&s->breakpoints, n, what == 'e');
    return done || fail(err, "there is no breakpoint %u; blist lists them", n);
}

bool debug_delete_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'd', err); }
bool debug_enable_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'e', err); }
bool debug_disable_break(struct session *s, const char *at, struct error *err) { return numbered_break(s, at, 'x', err); }

/* N [EXPRESSION]: a new condition, or none any more.  N COUNT: it is passed so often. */
static bool take_number(struct session *s, const char **at, unsigned *n, struct error *err)
{
    u64 number;

    *at += strspn(*at, " \t");
    if (!**at) return fail(err, "which breakpoint? blist lists them with their numbers");
    if (!expression_prefix(s, at, &number, err)) return false;
    *n = (unsigned)number;
    return is_listed(s, *n) || fail(err, "there is no breakpoint %u; blist lists them", *n);
}

bool debug_condition(struct session *s, const char *at, struct error *err)
{
    struct breakpoint stop;
    char text[512];
    unsigned n;

    if (!take_number(s, &at, &n, err)) return false;
    snprintf(text, sizeof text, *at ? " if %s" : "%s", at);
    if (!stop_take_condition(s, text, &stop, err)) return false;
    strcpy(s->breakpoints.entry[n - 1].condition, stop.condition);
    return true;
}

bool debug_ignore(struct session *s, const char *at, struct error *err)
{
    u64 count;
    unsigned n;

    if (!take_number(s, &at, &n, err)) return false;
    if (!*at) return fail(err, "ignore N COUNT: how often is it to be passed?");
    if (!expression_value(s, at, &count, err)) return false;
    s->breakpoints.entry[n - 1].passes = count;
    return true;
}

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
