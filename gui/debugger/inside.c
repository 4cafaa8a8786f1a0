/* Commands that tell what the processor's tables say, and why it refused.                    doc: debugger */
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/descriptors.h"
#include "gui/debugger/explain.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/pages.h"
#include "gui/debugger/why.h"
#include "gui/debugger/why_not.h"

enum { LISTED = 64 };

static bool number(struct session *s, const char *at, const char *what, u64 most, u64 *value, struct error *err)
{
    at += strspn(at, " \t");
    if (!*at) return fail(err, "which %s?", what);
    if (!expression_value(s, at, value, err)) return false;
    return *value <= most || fail(err, "0x%llx is no %s: 0 to 0x%llx", (unsigned long long)*value, what, (unsigned long long)most);
}

static bool why_not(struct session *s, const char *at, struct error *err)
{
    u64 irq;

    at += strspn(at, " \t");
    if (!*at) return why_not_any(s->machine, err);
    return number(s, at, "IRQ", 15, &irq, err) && why_not_irq(s->machine, (unsigned)irq, err);
}

bool debug_why(struct session *s, const char *at, struct error *err)
{
    u64 n = 0;

    at += strspn(at, " \t");
    if (!strncmp(at, "not", 3) && (!at[3] || at[3] == ' ')) return why_not(s, at + 3, err);
    if (!strcmp(at, "all")) return why_list(machine_cpu(s->machine), s->symbols, LISTED), true;
    if (*at && !number(s, at, "fault", LISTED - 1, &n, err)) return false;
    return why_fault(machine_cpu(s->machine), s->symbols, (unsigned)n, err);
}

bool debug_walk(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    u64 la;

    at += strspn(at, " \t");
    if (!*at) return fail(err, "walk ADDRESS [CR3], e.g. walk eip");
    cpu_view(machine_cpu(s->machine), &v);
    u64 cr3 = v.cr3;
    if (!expression_prefix(s, &at, &la, err)) return false;
    if (*at && !expression_value(s, at, &cr3, err)) return false;
    show_walk(machine_cpu(s->machine), la, cr3, "");
    return true;
}

/* Of CS:offset, as EIP has it; without one the instruction that runs next. */
bool debug_explain(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    u64 offset;

    at += strspn(at, " \t");
    cpu_view(machine_cpu(s->machine), &v);
    offset = v.rip;
    if (*at && !expression_value(s, at, &offset, err)) return false;
    return explain(machine_cpu(s->machine), s->symbols, offset, err);
}

bool debug_map(struct session *s, const char *at, struct error *err)
{
    char what[16], path[1024];

    if (!next_argument(&at, what, sizeof what)) return show_map(machine_cpu(s->machine)), true;
    if (strcmp(what, "png")) return fail(err, "map %s: map, or map png FILE", what);
    if (!next_argument(&at, path, sizeof path)) return fail(err, "into which file? e.g. map png map.png");
    return map_write_png(machine_cpu(s->machine), path, err);
}

bool debug_descriptor(struct session *s, const char *at, struct error *err)
{
    u64 selector;
    return number(s, at, "selector", 0xffff, &selector, err) && show_descriptor(machine_cpu(s->machine), (u16)selector, "", err);
}

bool debug_gate(struct session *s, const char *at, struct error *err)
{
    u64 vector;
    return number(s, at, "vector", 255, &vector, err) && show_gate(machine_cpu(s->machine), (unsigned)vector, "", err);
}

bool debug_tss(struct session *s, const char *at, struct error *err)
{
    (void)at;
    return show_tss(machine_cpu(s->machine), true, "", err);
}
