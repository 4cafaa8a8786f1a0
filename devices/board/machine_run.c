/* Running: the processor to the next event, the events, and the stops that a person wants to hear of.   doc: machine */
#include <stdio.h>
#include <string.h>

#include "devices/board/board.h"
#include "devices/board/mirror.h"

void board_where(const struct machine *m, char *text, size_t size)
{
    struct cpu_view v;
    cpu_view(processors_running(m), &v);
    snprintf(text, size, "tick %llu, %04x:%08llx", (unsigned long long)m->clock.time.now, v.seg[CPU_SEG_CS].selector, (unsigned long long)v.rip);
}

static void on_shutdown(struct machine *m)
{
    char at[64], why[400];

    if (m->config.reset_on_triple_fault != TRIPLE_FAULT_FREEZES) {
        if (limits_allow_reset(m)) board_reset(m);
        return;
    }
    board_where(m, at, sizeof at);
    cpu_describe_fault(processors_running(m), cpu_first_cause(processors_running(m), 0), why, sizeof why);
    board_stop(m, MACHINE_TRIPLE_FAULT, 0, "triple fault at %s: %s", at, why);
}

/* HLT: time jumps to the next event; with interrupts off nothing in this machine can wake the processor, unless it waits by MWAIT. */
static void on_halt(struct machine *m, u64 end)
{
    char at[64];

    if (processors_halted_for_good(m)) {
        board_where(m, at, sizeof at);
        board_stop(m, MACHINE_HALTED_FOREVER, 0, "HLT with interrupts off at %s: nothing can wake the processor", at);
        return;
    }
    u64 next = m->clock.waiting ? m->clock.heap[0]->at : NEVER;
    m->clock.time.now = next < end ? next : end;
}

static struct machine_stop run_until(struct machine *m, u64 end)
{
    clock_set_limit(&m->clock, end);
    m->clock.held = false;
    while (!m->frozen && !m->yields && m->clock.time.now < end) {
        clock_fire_due(&m->clock);
        if (m->clock.held) return m->stop;
        switch (processors_run(m, end)) {
        case CPU_STOP_DEADLINE: break;
        case CPU_STOP_HALTED: on_halt(m, end); break;
        case CPU_STOP_SHUTDOWN:
            if (m->clock.time.now < end) on_shutdown(m);             /* the next run sees it again: a stop here shows the shutdown itself */
            break;
        case CPU_STOP_BREAK: return (struct machine_stop){ .kind = MACHINE_BREAK };
        case CPU_STOP_REQUEST:
            if (m->reset_wanted) {
                m->reset_wanted = false;
                if (limits_allow_reset(m)) board_reset(m);
                break;
            }
            if (m->stop_requested) {
                m->stop_requested = false;
                return (struct machine_stop){ .kind = MACHINE_REQUEST };
            }
            break;
        }
    }
    if (!m->frozen) clock_fire_due(&m->clock);
    return m->frozen || m->clock.held ? m->stop : (struct machine_stop){ .kind = MACHINE_TICKS };
}

/* A replay's entries act where input acted when it was recorded: between two runs. */
struct machine_stop machine_run(struct machine *m, u64 ticks)
{
    u64 end = ticks > NEVER - m->clock.time.now ? NEVER : m->clock.time.now + ticks;

    m->yields = false;
    if (!m->frozen && !board_outputs_flow(m)) return m->stop;
    for (;;) {
        u64 input = journal_next_tick(m);
        if (input <= m->clock.time.now) {
            journal_apply_due(m);
            continue;
        }
        u64 look = history_next_tick(m), mirror = mirror_next_tick(m), until = input < end ? input : end, next = look < mirror ? look : mirror;
        struct machine_stop stop = run_until(m, next < until && next > m->clock.time.now ? next : until);
        if (m->clock.time.now >= look) history_see(m);
        bool returns = stop.kind != MACHINE_TICKS || m->clock.time.now >= end;
        if (m->mirror && (returns || m->clock.time.now >= mirror)) mirror_ran(m, &stop, returns);
        if (m->clock.held && stop.kind == MACHINE_TICKS) return m->stop;
        if (m->frozen && journal_next_tick(m) <= m->clock.time.now) continue;            /* a reset, perhaps */
        if (stop.kind == MACHINE_TICKS && m->clock.time.now >= end) journal_apply_due(m);         /* as it did when the run ended there */
        if (stop.kind != MACHINE_TICKS || m->yields || m->clock.time.now >= end) return stop;
    }
}

void machine_hurry_by(struct machine *m, const _Atomic bool *hurry) { m->hurry = hurry; }

void machine_request_stop(struct machine *m)
{
    m->stop_requested = true;
    processors_request_stop(m);
}
