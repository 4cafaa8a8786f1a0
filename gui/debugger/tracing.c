/* Lines about what happens, as it happens: s, trace-reg, trace-mem, show.                     doc: automation */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/show.h"

typedef unsigned long long llu;

/* --- steps --- */

enum { ACCESSES = 256 };
struct accesses {
    unsigned count;
    struct cpu_heard access[ACCESSES];
};

static void note_access(void *context, const struct cpu_heard *heard)
{
    struct accesses *a = context;
    if (a->count < ACCESSES) a->access[a->count++] = *heard;
}

/* What a store has stored stands in memory by now. */
static void put_access(struct session *s, const struct cpu_heard *h)
{
    u8 bytes[8] = { 0 };
    unsigned size = h->count < sizeof bytes ? h->count : sizeof bytes;

    machine_peek(s->machine, h->value, bytes, size);
    printf("[CPU%u %s]: LIN 0x%016llx PHY 0x%012llx (len=%u): 0x", cpu_number(machine_cpu(s->machine)), h->kind == CPU_CATCH_STORE ? "WR" : "RD", (llu)h->number, (llu)h->value, h->count);
    for (unsigned i = size; i--;) printf("%02x", bytes[i]);
    puts(h->count > size ? ".." : "");
}

/* False: something else than the instruction's end has ended the run. */
static bool told_step(struct session *s)
{
    struct accesses *a = s->trace_memory ? calloc(1, sizeof *a) : NULL;
    struct cpu *cpu = machine_cpu(s->machine);

    if (a) cpu_set_listener(cpu, 1u << CPU_CATCH_LOAD | 1u << CPU_CATCH_STORE, note_access, a);
    bool ended = session_run(s, 1).kind == MACHINE_TICKS && !s->over;
    if (a) cpu_set_listener(cpu, 0, NULL, NULL);
    for (unsigned i = 0; a && i < a->count; i++) put_access(s, &a->access[i]);
    free(a);
    if (s->trace_registers) show_registers(s->machine);
    if (ended) session_show_place(s);
    return ended;
}

bool debug_step(struct session *s, const char *at, struct error *err)
{
    char word[64];
    u64 ticks = 1;

    (void)err;
    if (next_argument(&at, word, sizeof word)) ticks = strtoull(word, NULL, 0);
    if (s->trace_registers || s->trace_memory) {
        while (ticks-- && told_step(s)) continue;
    } else if (session_run(s, ticks).kind == MACHINE_TICKS && !s->over) {
        session_show_place(s);
    }
    return true;
}

static bool on_or_off(const char *at, const char *command, bool *on, struct error *err)
{
    char word[16] = "";

    next_argument(&at, word, sizeof word);
    *on = !strcmp(word, "on");
    return *on || !strcmp(word, "off") || fail(err, "%s on, or %s off", command, command);
}

bool debug_trace_registers(struct session *s, const char *at, struct error *err) { return on_or_off(at, "trace-reg", &s->trace_registers, err); }

static bool listens(const struct session *s) { return timeline_listens(s->timeline) || s->shows; }

bool debug_trace_memory(struct session *s, const char *at, struct error *err)
{
    bool on;

    if (!on_or_off(at, "trace-mem", &on, err)) return false;
    if (on && listens(s)) return fail(err, "timeline or show listens to the processor already; timeline off, show off");
    s->trace_memory = on;
    return true;
}

/* --- show --- */

static void put_event(void *context, const struct cpu_heard *h)
{
    (void)context;
    printf("%011llu: %04x:%016llx CPL %u ", (llu)h->tick, h->cs, (llu)h->rip, h->cpl);
    switch (h->kind) {
    case CPU_CATCH_INTERRUPT: printf("interrupt %02llxh\n", (llu)h->number); break;
    case CPU_CATCH_RETURN: printf("iret to CS %04llx\n", (llu)h->number); break;
    case CPU_CATCH_FAULT: printf("%s, error code %llx\n", cpu_vector_name((unsigned)h->number), (llu)h->value); break;
    case CPU_CATCH_MODE: printf("%s\n", cpu_mode_name((enum cpu_mode)h->number)); break;
    default: printf("task %04llx, before: %04llx\n", (llu)h->number, (llu)h->value); break;
    }
}

bool debug_show(struct session *s, const char *at, struct error *err)
{
    static const struct { const char *name; u32 kinds; } what[] = {
        { "int", 1u << CPU_CATCH_INTERRUPT | 1u << CPU_CATCH_RETURN }, { "mode", 1u << CPU_CATCH_MODE }, { "task", 1u << CPU_CATCH_TASK }, { "fault", 1u << CPU_CATCH_FAULT },
        { "all", 1u << CPU_CATCH_INTERRUPT | 1u << CPU_CATCH_RETURN | 1u << CPU_CATCH_MODE | 1u << CPU_CATCH_TASK | 1u << CPU_CATCH_FAULT }, { "off", 0 },
    };
    char word[16] = "";

    next_argument(&at, word, sizeof word);
    for (unsigned i = 0; i < ARRAY_COUNT(what); i++) {
        if (strcmp(what[i].name, word)) continue;
        if (timeline_listens(s->timeline) || s->trace_memory) return fail(err, "timeline or trace-mem listens to the processor already; timeline off, trace-mem off");
        s->shows = what[i].kinds;
        for (unsigned n = 0; n < machine_processors(s->machine); n++) cpu_set_listener(machine_processor(s->machine, n), s->shows, s->shows ? put_event : NULL, NULL);
        return true;
    }
    return fail(err, "show %s: int, mode, task, fault, all or off; calls are in what trace on FILE writes", word);
}
