/* Several processors on one memory and one clock.                                          doc: processors
 * They take turns: while one runs, the others stand still.  What a processor remembers of memory (decoded code, TLB tags that let stores
 * pass, an armed monitor) is dropped by a store of any of them: the ring from `next` leads to all.
 * Source: SDM vol. 3A, "Multiple-Processor Management", "Typical BSP Initialization Sequence", "Typical AP Initialization Sequence". */
#include "cpu/memory/access.h"
#include "cpu/run/processor.h"
#include "cpu/system/system.h"

#define PAUSED_ASLEEP (UINT64_MAX - 1)

void cpu_join(struct cpu *const *processors, unsigned count)
{
    for (unsigned n = 0; n < count; n++) {
        processors[n]->number = n;
        processors[n]->next = processors[(n + 1) % count];
    }
    for (unsigned n = 0; n < count; n++) {
        cpu_reset(processors[n]);
        if (n) cpu_pause(processors[n]);
    }
}

/* A shadow of STI or MOV SS lies between two instructions of one processor, however much time others spend there.  One that stands still has
 * none, and when it was asked last is no state. */
void cpu_pause(struct cpu *cpu)
{
    performance_take_turn(cpu, cpu->activity == ACTIVITY_RUNNING ? cpu->time->now : PAUSED_ASLEEP);
}

void cpu_resume(struct cpu *cpu)
{
    if (cpu->shadow_tick == cpu->paused_at) cpu->shadow_tick = cpu->time->now;
    if (cpu->debug_shadow_tick == cpu->paused_at) cpu->debug_shadow_tick = cpu->time->now;
    if (cpu->io_tick == cpu->paused_at) cpu->io_tick = cpu->time->now;
    performance_take_turn(cpu, UINT64_MAX);
}

void cpu_turns_passed(struct cpu *cpu, u64 tick) { performance_turns_passed(cpu, tick); }

/* "Start-up IPI": heard only by a processor that waits for it; the vector is the page at which it begins, in real mode. */
void cpu_start_up(struct cpu *cpu, u8 vector)
{
    struct segment *cs = &cpu->seg[CPU_SEG_CS];

    if (cpu->init_pending && !cpu->smm) {
        cpu->init_pending = false;
        cpu_initialize(cpu);
    }
    if (cpu->activity != ACTIVITY_WAITING_START) return;
    cs->selector = (u16)(vector << 8);
    cs->base = (u64)vector << 12;
    segment_derive(cpu, CPU_SEG_CS);
    cpu->rip = cpu->trace_rip = cpu->next_rip = 0;
    cpu_set_activity(cpu, ACTIVITY_RUNNING);
    mode_derive(cpu);
}

bool processors_monitor(const struct cpu *cpu, const struct physical_page *page)
{
    const struct cpu *c = cpu;

    do {
        if (c->monitored == page) return true;
        c = c->next;
    } while (c != cpu);
    return false;
}

void processors_store(struct cpu *cpu, const struct physical_page *page, u64 pa, unsigned size_bytes)
{
    struct cpu *c = cpu;

    do {
        if (c->monitored == page) monitor_store(c, pa, size_bytes);
        c = c->next;
    } while (c != cpu);
}
