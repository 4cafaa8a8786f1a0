#include "gui/debugger/breakpoints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/base/bits.h"
#include "gui/automation/script.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/tripwires.h"

typedef unsigned long long llu;

/* What each kind is called in the list, and when its number is a thing of its own. */
enum number_of { NUMBER_ADDRESS, NUMBER_VECTOR, NUMBER_PORT, NUMBER_MSR, NUMBER_TSS, NUMBER_IRQ, NUMBER_CPL, NUMBER_RANGE, NUMBER_NONE };
static const struct kind {
    const char *type;
    enum number_of number;
} kinds[CPU_BREAK_KINDS] = {
    [CPU_BREAK_LINEAR]       = { "lbreakpoint", NUMBER_ADDRESS }, [CPU_BREAK_PHYSICAL]     = { "pbreakpoint", NUMBER_ADDRESS },
    [CPU_BREAK_MAGIC]        = { "magic",       NUMBER_NONE },
    [CPU_BREAK_VIRTUAL]      = { "vbreakpoint", NUMBER_ADDRESS },
    [CPU_WATCH_READ]         = { "rd",          NUMBER_ADDRESS }, [CPU_WATCH_WRITE]        = { "wr",          NUMBER_ADDRESS },
    [CPU_WATCH_LINEAR_READ]  = { "rd linear",   NUMBER_ADDRESS }, [CPU_WATCH_LINEAR_WRITE] = { "wr linear",   NUMBER_ADDRESS },
    [CPU_CATCH_FAULT]        = { "catch fault", NUMBER_VECTOR },  [CPU_CATCH_INTERRUPT]    = { "catch int",   NUMBER_VECTOR },
    [CPU_CATCH_IN]           = { "catch in",    NUMBER_PORT },    [CPU_CATCH_OUT]          = { "catch out",   NUMBER_PORT },
    [CPU_CATCH_MSR_READ]     = { "catch rdmsr", NUMBER_MSR },     [CPU_CATCH_MSR_WRITE]    = { "catch wrmsr", NUMBER_MSR },
    [CPU_CATCH_MODE]         = { "catch mode",  NUMBER_NONE },    [CPU_CATCH_TASK]         = { "catch task",  NUMBER_TSS },
    [CPU_CATCH_ADDRESS_SPACE] = { "catch cr3",  NUMBER_ADDRESS }, [CPU_CATCH_CPL]          = { "catch cpl",   NUMBER_CPL },
    [CPU_CATCH_NO_PORT]      = { "no port",     NUMBER_PORT },    [CPU_CATCH_NO_MEMORY]    = { "no memory",   NUMBER_ADDRESS },
    [CPU_CATCH_RETURN]       = { "catch iret",  NUMBER_TSS },     [CPU_CATCH_STACK]        = { "stack",       NUMBER_RANGE },
    [CPU_CATCH_CODE]         = { "code",        NUMBER_ADDRESS }, [CPU_CATCH_RESERVED]     = { "reserved",    NUMBER_ADDRESS },
    [CPU_CATCH_SHORT_TSS]    = { "short tss",   NUMBER_TSS },     [CPU_CATCH_UNWRITTEN]    = { "unwritten",   NUMBER_ADDRESS },
    [CPU_CATCH_SHUTDOWN]     = { "catch triple", NUMBER_NONE },   [CPU_CATCH_LINE]         = { "catch irq",   NUMBER_IRQ },
};

bool break_is_watch(enum cpu_break_kind kind) { return kind >= CPU_WATCH_READ && kind <= CPU_WATCH_LINEAR_WRITE; }
bool break_is_linear_watch(enum cpu_break_kind kind) { return kind == CPU_WATCH_LINEAR_READ || kind == CPU_WATCH_LINEAR_WRITE; }

/* --- the list --- */

static struct breakpoint *free_one(struct breakpoints *b)
{
    for (unsigned i = 0; i < b->room; i++)
        if (!b->entry[i].used) return &b->entry[i];
    unsigned room = b->room ? 2 * b->room : 16;
    b->entry = allocated(realloc(b->entry, room * sizeof *b->entry));
    memset(&b->entry[b->room], 0, (room - b->room) * sizeof *b->entry);
    struct breakpoint *p = &b->entry[b->room];
    b->room = room;
    return p;
}

unsigned breakpoint_add(struct breakpoints *b, const struct breakpoint *what)
{
    struct breakpoint *p = free_one(b);

    *p = *what;
    p->used = p->enabled = true;
    return (unsigned)(p - b->entry) + 1;
}

static struct breakpoint *numbered(struct breakpoints *b, unsigned number)
{
    return number >= 1 && number <= b->room && b->entry[number - 1].used ? &b->entry[number - 1] : NULL;
}

bool breakpoint_delete(struct breakpoints *b, unsigned number)
{
    struct breakpoint *p = numbered(b, number);

    if (!p) return false;
    p->used = false;
    for (unsigned i = 0; p->trip && i < b->room; i++)
        if (b->entry[i].trip == p->trip) b->entry[i].used = false;           /* a tripwire may need several */
    return true;
}

bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled)
{
    struct breakpoint *p = numbered(b, number);
    if (p) p->enabled = enabled;
    return p;
}

void breakpoints_free(struct breakpoints *b)
{
    free(b->entry);
    free(b->armed);
    *b = (struct breakpoints){ 0 };
}

bool watchpoint_delete(struct breakpoints *b, u64 address)
{
    bool any = false;

    for (unsigned i = 0; i < b->room; i++) {
        struct breakpoint *p = &b->entry[i];
        if (!p->used || !break_is_watch(p->at.kind) || p->at.address != address) continue;
        p->used = false;
        any = true;
    }
    return any;
}

void watchpoint_delete_all(struct breakpoints *b)
{
    for (unsigned i = 0; i < b->room; i++)
        if (break_is_watch(b->entry[i].at.kind)) b->entry[i].used = false;
}

/* --- shown --- */

/* "#PF" of an exception, "80h" of an interrupt, "any" of all. */
static const char *number_text(const struct cpu_break *at, u64 number, char *text, size_t size)
{
    switch (kinds[at->kind].number) {
    case NUMBER_VECTOR:
        if (at->kind == CPU_CATCH_FAULT) snprintf(text, size, "%s", cpu_vector_name((unsigned)number));
        else snprintf(text, size, "%02llxh", (llu)number);
        break;
    case NUMBER_TSS: case NUMBER_PORT: snprintf(text, size, "0x%04llx", (llu)number); break;
    case NUMBER_MSR: snprintf(text, size, "0x%08llx", (llu)number); break;
    case NUMBER_CPL: snprintf(text, size, "CPL %llu", (llu)number); break;
    case NUMBER_IRQ: snprintf(text, size, "IRQ%llu", (llu)number); break;
    default: snprintf(text, size, "0x%016llx", (llu)number); break;
    }
    return text;
}

static void list_place(const struct cpu_break *at)
{
    char text[64] = "";

    if (at->kind == CPU_BREAK_VIRTUAL) snprintf(text, sizeof text, "0x%04x:0x%08llx", at->selector, (llu)at->address);
    else if (at->size_bytes == CPU_CATCH_ANY) snprintf(text, sizeof text, "any");
    else if (kinds[at->kind].number != NUMBER_NONE) number_text(at, at->address, text, sizeof text);
    bool range = kinds[at->kind].number == NUMBER_PORT || kinds[at->kind].number == NUMBER_RANGE;
    if (range && at->size_bytes > 1 && at->size_bytes != CPU_CATCH_ANY) snprintf(text + strlen(text), sizeof text - strlen(text), "-0x%04llx", (llu)(at->address + at->size_bytes - 1));
    printf("%-18s", text);
}

void breakpoint_list(const struct breakpoints *b, const struct symbols *symbols)
{
    char text[SYMBOL_TEXT];

    puts("Num Type           Disp Enb Address            Hits");
    for (unsigned i = 0; i < b->room; i++) {
        const struct breakpoint *p = &b->entry[i];
        if (!p->used || break_is_watch(p->at.kind)) continue;
        printf("%3u %-14s %s %c   ", i + 1, kinds[p->at.kind].type, p->once ? "del " : "keep", p->enabled ? 'y' : 'n');
        list_place(&p->at);
        printf(" %llu%s%s", (llu)p->hits, *p->condition ? " if " : "", p->condition);
        if (p->at.kind == CPU_BREAK_LINEAR && *symbols_text(symbols, p->at.address, text)) printf(" <%s>", text);
        putchar('\n');
    }
}

void watchpoint_list(const struct breakpoints *b)
{
    for (unsigned i = 0; i < b->room; i++) {
        const struct breakpoint *p = &b->entry[i];
        if (!p->used || !break_is_watch(p->at.kind)) continue;
        printf("%s%s 0x%012llx   (len=%llu) hits %llu%s%s, number %u%s\n", kinds[p->at.kind].type, p->by_value ? " value" : "", (llu)p->at.address, (llu)p->at.size_bytes, (llu)p->hits,
               *p->condition ? " if " : "", p->condition, i + 1, p->enabled ? "" : ", disabled");
    }
}

/* --- runs --- */

struct breakpoint *breakpoint_met(struct breakpoints *b, unsigned place)
{
    unsigned n = b->armed[place];
    return n < HIDDEN_FIRST ? &b->entry[n] : &b->hidden[n - HIDDEN_FIRST];
}

unsigned breakpoint_met_number(const struct breakpoints *b, unsigned place) { return b->armed[place] < HIDDEN_FIRST ? b->armed[place] + 1 : 0; }

void breakpoint_hide(struct breakpoints *b, enum hidden_break which, bool on)
{
    static const enum cpu_break_kind kind[] = { [HIDDEN_INTERRUPT] = CPU_CATCH_INTERRUPT, [HIDDEN_SHUTDOWN] = CPU_CATCH_SHUTDOWN };
    b->hidden[which] = (struct breakpoint){ .at = { .kind = kind[which], .size_bytes = CPU_CATCH_ANY }, .used = on, .enabled = on };
}

void breakpoints_arm(struct breakpoints *b, struct machine *machine)
{
    struct cpu_break *places = allocated(malloc((b->room + HIDDEN_BREAKS) * sizeof *places));
    unsigned count = 0;

    b->armed = allocated(realloc(b->armed, (b->room + HIDDEN_BREAKS) * sizeof *b->armed));
    for (unsigned i = 0; i < b->room + HIDDEN_BREAKS; i++) {
        struct breakpoint *p = i < b->room ? &b->entry[i] : &b->hidden[i - b->room];
        if (!p->used || !p->enabled) continue;
        b->armed[count] = i < b->room ? i : HIDDEN_FIRST + i - b->room;
        places[count++] = p->at;
    }
    for (unsigned n = 0; n < machine_processors(machine); n++) cpu_set_breaks(machine_processor(machine, n), places, count);
    free(places);
}

static void read_value(const struct breakpoint *p, struct machine *machine, u8 *bytes)
{
    memset(bytes, 0, VALUE_MOST_BYTES);
    if (break_is_linear_watch(p->at.kind)) machine_peek_linear(machine, p->at.address, bytes, p->at.size_bytes);
    else machine_peek(machine, p->at.address, bytes, p->at.size_bytes);
}

void watchpoint_see_value(struct breakpoint *p, struct machine *machine) { read_value(p, machine, p->was); }

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

/* Highest byte first, as numbers are written. */
static void put_bytes(const u8 *bytes, u64 count)
{
    printf("0x");
    while (count--) printf("%02x", bytes[count]);
}

static void tell_watch(struct breakpoint *p, const struct cpu_break_hit *hit, const u8 *now)
{
    bool reads = p->at.kind == CPU_WATCH_READ || p->at.kind == CPU_WATCH_LINEAR_READ;

    printf("Caught %s watch point at 0x%012llx", p->by_value ? "value" : reads ? "read" : "write", (llu)hit->pa);
    if (break_is_linear_watch(p->at.kind)) printf(", linear 0x%012llx", (llu)hit->la);
    if (p->by_value) {
        printf(": ");
        put_bytes(p->was, p->at.size_bytes);
        printf(" -> ");
        put_bytes(now, p->at.size_bytes);
        memcpy(p->was, now, VALUE_MOST_BYTES);
    }
    putchar('\n');
}

static const char *plural(unsigned n) { return n == 1 ? "" : "s"; }

/* After Bochs's words, where it has any. */
static void tell_catch(const struct breakpoint *p, const struct cpu_break_hit *hit)
{
    static const char *const reserved_in[] = { "CR0", "CR3", "DR7" };
    char text[32];

    number_text(&p->at, hit->number, text, sizeof text);
    switch (p->at.kind) {
    case CPU_CATCH_FAULT: printf("Caught exception %s: why tells more\n", text); break;
    case CPU_CATCH_INTERRUPT: printf("Caught interrupt %s\n", text); break;
    case CPU_CATCH_IN: printf("Caught IN of %u byte%s from port %s: 0x%0*llx\n", hit->size_bytes, plural(hit->size_bytes), text, (int)hit->size_bytes * 2, (llu)hit->value); break;
    case CPU_CATCH_OUT: printf("Caught OUT of %u byte%s to port %s: 0x%0*llx\n", hit->size_bytes, plural(hit->size_bytes), text, (int)hit->size_bytes * 2, (llu)hit->value); break;
    case CPU_CATCH_MSR_READ: printf("Caught RDMSR of %s: 0x%016llx\n", text, (llu)hit->value); break;
    case CPU_CATCH_MSR_WRITE: printf("Caught WRMSR of %s: 0x%016llx\n", text, (llu)hit->value); break;
    case CPU_CATCH_MODE:
        printf("Caught mode switch breakpoint switching to '%s' from '%s'\n", cpu_mode_name((enum cpu_mode)hit->number), cpu_mode_name((enum cpu_mode)hit->value));
        break;
    case CPU_CATCH_TASK: printf("Caught task switch from TSS 0x%04llx to %s\n", (llu)hit->value, text); break;
    case CPU_CATCH_ADDRESS_SPACE: printf("Caught load of CR3 with 0x%llx, before: 0x%llx\n", (llu)hit->number, (llu)hit->value); break;
    case CPU_CATCH_CPL: printf("Caught switch to %s from CPL %llu\n", text, (llu)hit->value); break;
    case CPU_CATCH_NO_PORT: printf("Tripwire: no device answers at port %s (%u byte%s, 0x%llx)\n", text, hit->size_bytes, plural(hit->size_bytes), (llu)hit->value); break;
    case CPU_CATCH_NO_MEMORY: printf("Tripwire: neither memory nor a device answers at physical %s (%u byte%s)\n", text, hit->size_bytes, plural(hit->size_bytes)); break;
    case CPU_CATCH_RETURN: printf("Caught IRET to CS %s\n", text); break;
    case CPU_CATCH_STACK: printf("Tripwire: the stack at linear %s, of SS 0x%04llx, lies in the guard range\n", text, (llu)hit->value); break;
    case CPU_CATCH_RESERVED: printf("Tripwire: reserved bits %s of %s are set, and ignored\n", text, reserved_in[hit->value]); break;
    case CPU_CATCH_SHORT_TSS: printf("Tripwire: the TSS of %s ends at offset 0x%llx: some of its fields lie outside\n", text, (llu)hit->value); break;
    case CPU_CATCH_UNWRITTEN: printf("Tripwire: a load of RAM to which nothing was ever stored, physical %s, linear 0x%llx\n", text, (llu)hit->value); break;
    case CPU_CATCH_SHUTDOWN: puts("Caught triple fault: why tells more"); break;
    default: printf("Caught interrupt line %s\n", text); break;
    }
}

/* The entry that a place is of; NULL: its values, conditions or rules say that it is no stop.  `now`: the bytes of a watch of values. */
static struct breakpoint *stop_of(struct session *session, const struct cpu_break_hit *hit, u8 *now)
{
    struct breakpoints *b = &session->breakpoints;
    struct breakpoint *p = breakpoint_met(b, hit->place);

    if (p == &b->hidden[HIDDEN_INTERRUPT]) return NULL;
    if (p->by_value) {
        read_value(p, session->machine, now);
        if (!memcmp(now, p->was, p->at.size_bytes)) return NULL;
    }
    if (p->trip && !tripwire_is_hit(session, p, hit)) return NULL;
    return holds(p, session) ? p : NULL;
}

static const struct cpu_break_hit *hit_now(struct session *session)
{
    machine_choose_processor(session->machine, CPU_NONE);    /* the one that has met it */
    return cpu_break_hit(machine_cpu(session->machine));
}

bool breakpoints_would_stop(struct session *session)
{
    u8 now[VALUE_MOST_BYTES];
    struct breakpoint *p = stop_of(session, hit_now(session), now);

    if (p && p->by_value) memcpy(p->was, now, VALUE_MOST_BYTES);
    return p && !(break_is_watch(p->at.kind) && session->breakpoints.watch_goes_on);
}

void breakpoints_see_values(struct breakpoints *b, struct machine *machine)
{
    for (unsigned i = 0; i < b->room; i++)
        if (b->entry[i].used && b->entry[i].by_value) watchpoint_see_value(&b->entry[i], machine);
}

bool breakpoints_stopped(struct session *session)
{
    struct breakpoints *b = &session->breakpoints;
    struct machine *machine = session->machine;
    const struct cpu_break_hit *hit = hit_now(session);
    unsigned number = cpu_number(machine_cpu(machine));
    struct cpu_view v;
    char text[SYMBOL_TEXT];
    u8 now[VALUE_MOST_BYTES];
    struct breakpoint *p = stop_of(session, hit, now);

    if (!p) return true;
    p->hits++;
    if (p->passes) return p->passes--, true;
    if (p->trip) return false;
    p->used = !p->once;
    if (p->at.kind == CPU_BREAK_MAGIC) {
        breakpoints_arm(b, machine);
        machine_run(machine, 1);                         /* it stands behind the instruction, as in Bochs */
    }
    printf("(%u) ", number);
    if (break_is_watch(p->at.kind)) {
        tell_watch(p, hit, now);
        return b->watch_goes_on;
    }
    if (p->at.kind > CPU_WATCH_LINEAR_WRITE) {
        tell_catch(p, hit);
        return false;
    }
    if (p->at.kind == CPU_BREAK_MAGIC) {
        puts("Magic breakpoint");
        return false;
    }
    cpu_view(machine_cpu(machine), &v);
    const char *where = symbols_text(session->symbols, next_linear(&v), text);
    printf("Breakpoint %u, 0x%016llx in %s ()\n", (unsigned)(p - b->entry) + 1, (llu)v.rip, *where ? where : "??");
    return false;
}
