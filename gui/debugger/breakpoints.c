#include "gui/debugger/breakpoints.h"

#include <stdio.h>

#include "gui/automation/script.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

static struct breakpoint *free_one(struct breakpoint *entry, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!entry[i].used) return &entry[i];
    return NULL;
}

static bool is_watch(const struct breakpoint *p) { return p->at.kind == CPU_WATCH_READ || p->at.kind == CPU_WATCH_WRITE; }

static bool is_catch(const struct breakpoint *p) { return p->at.kind == CPU_CATCH_FAULT || p->at.kind == CPU_CATCH_INTERRUPT; }

/* --- breakpoints --- */

unsigned breakpoint_add(struct breakpoints *b, const struct cpu_break *at, const char *condition)
{
    struct breakpoint *p = free_one(b->entry, BREAKPOINTS);

    if (!p) return 0;
    *p = (struct breakpoint){ .at = *at, .used = true, .enabled = true };
    snprintf(p->condition, sizeof p->condition, "%s", condition);
    return (unsigned)(p - b->entry) + 1;
}

static bool exists(const struct breakpoints *b, unsigned number)
{
    return number >= 1 && number <= BREAKPOINTS && b->entry[number - 1].used;
}

bool breakpoint_delete(struct breakpoints *b, unsigned number)
{
    if (!exists(b, number)) return false;
    b->entry[number - 1] = (struct breakpoint){ 0 };
    return true;
}

bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled)
{
    if (!exists(b, number)) return false;
    b->entry[number - 1].enabled = enabled;
    return true;
}

/* "#PF" of an exception, "80h" of an interrupt. */
static const char *caught_name(const struct breakpoint *p, unsigned vector, char *name, size_t size)
{
    if (vector == CPU_CATCH_ANY) snprintf(name, size, "any");
    else if (p->at.kind == CPU_CATCH_FAULT) snprintf(name, size, "%s", cpu_vector_name(vector));
    else snprintf(name, size, "%02xh", vector);
    return name;
}

void breakpoint_list(const struct breakpoints *b, const struct symbols *symbols)
{
    char name[16], text[SYMBOL_TEXT];
    static const char *const kind[] = {
        [CPU_BREAK_LINEAR] = "lbreakpoint", [CPU_BREAK_PHYSICAL] = "pbreakpoint", [CPU_BREAK_VIRTUAL] = "vbreakpoint", [CPU_CATCH_FAULT] = "catch fault", [CPU_CATCH_INTERRUPT] = "catch int",
    };

    puts("Num Type           Disp Enb Address            Hits");
    for (unsigned i = 0; i < BREAKPOINTS; i++) {
        const struct breakpoint *p = &b->entry[i];
        if (!p->used) continue;
        printf("%3u %-14s keep %c   ", i + 1, kind[p->at.kind], p->enabled ? 'y' : 'n');
        if (p->at.kind == CPU_BREAK_VIRTUAL) printf("0x%04x:0x%08llx", p->at.selector, (llu)p->at.address);
        else if (is_catch(p)) printf("%-18s", caught_name(p, (unsigned)p->at.address, name, sizeof name));
        else printf("0x%016llx", (llu)p->at.address);
        printf(" %llu%s%s", (llu)p->hits, *p->condition ? " if " : "", p->condition);
        if (p->at.kind == CPU_BREAK_LINEAR && *symbols_text(symbols, p->at.address, text)) printf(" <%s>", text);
        putchar('\n');
    }
}

/* --- watchpoints --- */

bool watchpoint_add(struct breakpoints *b, const struct cpu_break *at)
{
    struct breakpoint *p = free_one(b->watch, WATCHPOINTS);

    if (p) *p = (struct breakpoint){ .at = *at, .used = true, .enabled = true };
    return p;
}

bool watchpoint_delete(struct breakpoints *b, u64 address)
{
    bool any = false;

    for (unsigned i = 0; i < WATCHPOINTS; i++) {
        if (!b->watch[i].used || b->watch[i].at.address != address) continue;
        b->watch[i] = (struct breakpoint){ 0 };
        any = true;
    }
    return any;
}

void watchpoint_delete_all(struct breakpoints *b)
{
    for (unsigned i = 0; i < WATCHPOINTS; i++) b->watch[i] = (struct breakpoint){ 0 };
}

void watchpoint_list(const struct breakpoints *b)
{
    for (unsigned i = 0; i < WATCHPOINTS; i++) {
        const struct breakpoint *p = &b->watch[i];
        if (!p->used) continue;
        printf("%s 0x%012llx   (len=%llu) hits %llu\n", p->at.kind == CPU_WATCH_READ ? "rd" : "wr", (llu)p->at.address, (llu)p->at.size_bytes, (llu)p->hits);
    }
}

/* --- runs --- */

void breakpoints_arm(struct breakpoints *b, struct machine *machine)
{
    struct cpu_break places[BREAKPOINTS + WATCHPOINTS];
    unsigned count = 0;

    for (unsigned i = 0; i < BREAKPOINTS + WATCHPOINTS; i++) {
        struct breakpoint *p = i < BREAKPOINTS ? &b->entry[i] : &b->watch[i - BREAKPOINTS];
        if (!p->used || !p->enabled) continue;
        b->armed[count] = p;
        places[count++] = p->at;
    }
    for (unsigned n = 0; n < machine_processors(machine); n++) cpu_set_breaks(machine_processor(machine, n), places, count);
}

/* A condition that cannot be told (it looks at memory that is not mapped) stops: better once too often. */
static bool holds(const struct breakpoint *p, const struct session *session)
{
    struct error err = { 0 };
    u64 value;

    if (!*p->condition) return true;
    if (expression_value(session, p->condition, &value, &err)) return value;
    printf("condition of a breakpoint: %s", err.text);
    return true;
}

bool breakpoints_stopped(struct session *session)
{
    struct breakpoints *b = &session->breakpoints;
    struct machine *machine = session->machine;

    machine_choose_processor(machine, CPU_NONE);             /* the one that has met it */
    const struct cpu_break_hit *hit = cpu_break_hit(machine_cpu(machine));
    struct breakpoint *p = b->armed[hit->place];
    struct cpu_view v;
    char name[16], text[SYMBOL_TEXT];

    if (!holds(p, session)) return true;
    p->hits++;
    if (is_watch(p)) {
        printf("(0) Caught %s watch point at 0x%012llx\n", p->at.kind == CPU_WATCH_READ ? "read" : "write", (llu)hit->pa);
        return b->watch_goes_on;
    }
    if (is_catch(p)) {
        bool fault = p->at.kind == CPU_CATCH_FAULT;
        printf("(0) Caught %s %s%s\n", fault ? "exception" : "interrupt", caught_name(p, hit->vector, name, sizeof name), fault ? ": why tells more" : "");
        return false;
    }
    cpu_view(machine_cpu(machine), &v);
    const char *where = symbols_text(session->symbols, next_linear(&v), text);
    printf("(0) Breakpoint %u, 0x%016llx in %s ()\n", (unsigned)(p - b->entry) + 1, (llu)v.rip, *where ? where : "??");
    return false;
}
