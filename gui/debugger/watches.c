/* Watched memory: watch, lwatch, unwatch.                                                     doc: automation */
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/stops.h"

typedef unsigned long long llu;

/* ADDRESS [BYTES] [if EXPRESSION] */
static bool watch_memory(struct session *s, const char *at, struct breakpoint *w, struct error *err)
{
    bool linear = break_is_linear_watch(w->at.kind);
    u64 most = w->by_value ? VALUE_MOST_BYTES : WATCH_MOST_BYTES;
    char text[512];
    const char *rest = text;

    snprintf(text, sizeof text, "%s ", at + strspn(at, " \t"));
    if (!stop_take_condition(s, text, w, err)) return false;
    if (!*text || *text == ' ') return fail(err, "which %s address? e.g. %s w 0x7c00 4", linear ? "linear" : "physical", linear ? "lwatch" : "watch");
    w->at.size_bytes = w->by_value ? 4 : 1;
    if (!expression_prefix(s, &rest, &w->at.address, err)) return false;
    rest += strspn(rest, " \t");
    if (*rest && !expression_value(s, rest, &w->at.size_bytes, err)) return false;
    if (!w->at.size_bytes || w->at.size_bytes > most) return fail(err, "a length of %llu: 1 to %llu bytes", (llu)w->at.size_bytes, (llu)most);
    if (!linear && w->at.address >> 52) return fail(err, "0x%llx is no physical address: at most 52 bits", (llu)w->at.address);
    if (w->at.address + w->at.size_bytes < w->at.address) return fail(err, "0x%llx and %llu bytes: memory ends before", (llu)w->at.address, (llu)w->at.size_bytes);
    if (w->by_value) watchpoint_see_value(w, s->machine);
    breakpoint_add(&s->breakpoints, w);
    return true;
}

static bool watch_by(struct session *s, const char *at, enum cpu_break_kind read, enum cpu_break_kind write, struct error *err)
{
    struct breakpoint w = { 0 };
    char what[16];

    if (!next_argument(&at, what, sizeof what)) return watchpoint_list(&s->breakpoints), true;
    if (!strcmp(what, "stop") || !strcmp(what, "continue")) {
        s->breakpoints.watch_goes_on = *what == 'c';
        return true;
    }
    w.by_value = !strcmp(what, "v") || !strcmp(what, "value");
    w.at.kind = !strcmp(what, "r") || !strcmp(what, "read") ? read : write;
    if (w.at.kind == write && !w.by_value && strcmp(what, "w") && strcmp(what, "write"))
        return fail(err, "watch %s: r, w or v ADDRESS [BYTES] [if EXPRESSION], stop or continue", what);
    return watch_memory(s, at, &w, err);
}

bool debug_watch(struct session *s, const char *at, struct error *err) { return watch_by(s, at, CPU_WATCH_READ, CPU_WATCH_WRITE, err); }
bool debug_linear_watch(struct session *s, const char *at, struct error *err) { return watch_by(s, at, CPU_WATCH_LINEAR_READ, CPU_WATCH_LINEAR_WRITE, err); }

static bool watch_linear(struct session *s, const char *at, enum cpu_break_kind kind, struct error *err)
{
    struct breakpoint w = { .at.kind = kind };
    return watch_memory(s, at, &w, err);
}

/* In gdb's spelling: rwatch, awatch ADDRESS [BYTES] [if EXPRESSION]. */
bool debug_read_watch(struct session *s, const char *at, struct error *err) { return watch_linear(s, at, CPU_WATCH_LINEAR_READ, err); }
bool debug_access_watch(struct session *s, const char *at, struct error *err) { return watch_linear(s, at, CPU_WATCH_LINEAR_READ, err) && watch_linear(s, at, CPU_WATCH_LINEAR_WRITE, err); }

bool debug_unwatch(struct session *s, const char *at, struct error *err)
{
    u64 address;

    at += strspn(at, " \t");
    if (!strncmp(at, "read ", 5) || !strncmp(at, "write ", 6)) at += strcspn(at, " ") + 1;
    if (!*at) return watchpoint_delete_all(&s->breakpoints), true;
    if (!expression_value(s, at, &address, err)) return false;
    return watchpoint_delete(&s->breakpoints, address) || fail(err, "there is no watchpoint at 0x%llx; watch lists them", (llu)address);
}
