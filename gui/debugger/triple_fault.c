/* What becomes of a triple fault where the configuration leaves it open.                      doc: stopped-guest */
#include <stdio.h>

#include "gui/debugger/stops.h"
#include "gui/debugger/tracing.h"
#include "gui/debugger/why.h"

typedef unsigned long long llu;

void stop_at_triple_fault(struct session *s)
{
    switch (machine_configuration(s->machine)->reset_on_triple_fault) {
    case TRIPLE_FAULT_AUTO: breakpoint_hide(&s->breakpoints, HIDDEN_SHUTDOWN, true); break;
    case TRIPLE_FAULT_RESETS: tell_triple_faults(s); break;
    default: break;                      /* the board freezes */
    }
}

static void put_place(const struct cpu *cpu, u64 tick, char *text, size_t size)
{
    struct cpu_view v;
    char why[320];

    cpu_view(cpu, &v);
    cpu_describe_fault(cpu, cpu_first_cause(cpu, 0), why, sizeof why);
    snprintf(text, size, "triple fault at tick %llu, %04x:%08llx: %s", (llu)tick, v.seg[CPU_SEG_CS].selector, (llu)v.rip, why);
}

/* `catch fault` may have met the first of its faults: the processor has shut down all the same. */
static bool is_shutdown(struct session *s, const struct cpu *cpu)
{
    const struct breakpoint *hidden = &s->breakpoints.hidden[HIDDEN_SHUTDOWN], *met = breakpoint_met(&s->breakpoints, cpu_break_hit(cpu)->place);
    struct cpu_view v;

    cpu_view(cpu, &v);
    return met == hidden || (hidden->used && v.shutdown && met->at.kind == CPU_CATCH_FAULT);
}

bool stopped_at_triple_fault(struct session *s, struct machine_stop *stop)
{
    machine_choose_processor(s->machine, CPU_NONE);
    struct cpu *cpu = machine_cpu(s->machine);

    if (!is_shutdown(s, cpu)) return false;
    stop->kind = MACHINE_TRIPLE_FAULT;
    put_place(cpu, machine_tick(s->machine), stop->text, sizeof stop->text);
    return true;
}

/* --- nobody debugs --- */

static void hear(void *context, const struct cpu_heard *heard)
{
    enum { TOLD = 8 };
    struct session *s = context;
    struct cpu *cpu = machine_cpu(s->machine);
    char text[512];

    if (s->triple_faults++ >= TOLD) return;
    put_place(cpu, heard->tick, text, sizeof text);
    printf("orrery: %s; the machine is reset\n", text);
    if (s->triple_faults == 1) why_triple_fault(cpu, s->symbols);
    if (s->triple_faults == TOLD) puts("orrery: more of them are not told");
    fflush(stdout);
}

void tell_triple_faults(struct session *s)
{
    if (s->quiet || machine_configuration(s->machine)->reset_on_triple_fault == TRIPLE_FAULT_FREEZES || tracing_listens(s) || timeline_listens(s->timeline)) return;
    for (unsigned n = 0; n < machine_processors(s->machine); n++) cpu_set_listener(machine_processor(s->machine, n), 1u << CPU_CATCH_SHUTDOWN, hear, s);
}
