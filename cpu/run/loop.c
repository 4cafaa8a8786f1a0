/* The processor's loop: what must be looked at between instructions, then a run of the exact instance.  doc: exact */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/decode/tables.h"
#include "cpu/decode/trace.h"
#include "cpu/run/breaks.h"
#include "cpu/run/fast.h"
#include "cpu/run/loop.h"
#include "cpu/run/mode.h"
#include "cpu/run/recorder.h"
#include "cpu/run/undefined.h"
#include "cpu/system/system.h"
#include "cpu/memory/access.h"

struct cpu *cpu_create(const struct cpu_model *model, struct cpu_time *time, const struct cpu_bus *bus,
                       struct physical_map *memory)
{
    struct error err = { 0 };
    struct cpu *cpu = allocated(calloc(1, sizeof *cpu));

    cpu->model = model;
    cpu->amd = model->vendor[0] == 'A';
    cpu->shift_af = undefined_shift_af(cpu);
    cpu->time = time;
    cpu->bus = *bus;
    cpu->memory = memory;
    cpu->traces = trace_cache_create();
    cpu->tables = decode_tables_create(model, &err);
    if (!cpu->tables) {                          /* a row without a body: ours, and every test would show it */
        cpu_destroy(cpu);
        return NULL;
    }
    cpu->a20 = true;
    cpu->next = cpu;
    cpu->paused_at = UINT64_MAX;
    tlb_create(cpu);
    cpu_reset(cpu);
    return cpu;
}

unsigned cpu_number(const struct cpu *cpu) { return cpu->number; }

void cpu_destroy(struct cpu *cpu)
{
    if (!cpu) return;
    decode_tables_destroy(cpu->tables);
    breaks_destroy(cpu);
    cpu_set_recorder(cpu, NULL, NULL);
    trace_cache_destroy(cpu->traces);
    free(cpu);
}

void cpu_set_exact(struct cpu *cpu, bool exact_only) { cpu->exact_only = exact_only; }

/* --- time --- */

/* The run is to end when now reaches `tick`, which lies behind the current instruction. */
static void end_slice_at(struct cpu *cpu, u64 tick)
{
    u64 earliest = cpu_now(cpu) + 1;
    if (tick < earliest) tick = earliest;
    if (tick >= cpu->slice_end) return;
    cpu->budget -= (s64)(cpu->slice_end - tick);
    cpu->slice_end = tick;
}

void cpu_sync_time(struct cpu *cpu)
{
    if (cpu->in_instruction) cpu->time->now = cpu_now(cpu);
}

/* Of a processor that stands still it is told to the board, by whose clock another one's instruction runs. */
void cpu_leave_after_instruction(struct cpu *cpu)
{
    if (cpu->in_instruction) end_slice_at(cpu, 0);
    else if (cpu->bus.woken) {
        for (struct cpu *c = cpu->next; c != cpu; c = c->next) cpu_sync_time(c);
        cpu->bus.woken(cpu->bus.board, cpu->number);
    }
}

void cpu_deadline_lowered(struct cpu *cpu)
{
    if (cpu->in_instruction) end_slice_at(cpu, cpu->time->deadline);
}

void cpu_request_stop(struct cpu *cpu)
{
    cpu->stop_requested = true;
    cpu_leave_after_instruction(cpu);
}

/* --- lines --- */

void cpu_set_line(struct cpu *cpu, enum cpu_line line, bool level)
{
    switch (line) {
    case CPU_LINE_INTR: apic_set_pin(cpu, 0, level); break;
    case CPU_LINE_NMI: apic_set_pin(cpu, 1, level); break;
    case CPU_LINE_SMI: if (level) smm_request(cpu); break;
    case CPU_LINE_INIT: cpu->init_pending |= level; break;
    case CPU_LINE_IGNNE: cpu->ignne = level; break;
    }
    cpu_leave_after_instruction(cpu);
}

/* --- between instructions, in the order of SDM vol. 3A, "Priority Among Simultaneous Exceptions and Interrupts" --- */

static bool interrupts_shadowed(const struct cpu *cpu)
{
    return cpu->time->now == cpu->shadow_tick;
}

static bool intr_acceptable(const struct cpu *cpu)
{
    return cpu->interrupt_request && cpu->rflags & EFLAGS_IF;
}

/* Takes what waits; true when the processor's state changed by it. */
static bool take_interrupt(struct cpu *cpu)
{
    if (cpu->smi_pending && !cpu->smm && cpu->activity != ACTIVITY_SHUTDOWN && !interrupts_shadowed(cpu)) {
        smm_enter(cpu);
        return true;
    }
    if (cpu->init_pending && !cpu->smm) {
        cpu->init_pending = false;
        cpu_initialize(cpu);
        return true;
    }
    if (interrupts_shadowed(cpu) || cpu->activity == ACTIVITY_WAITING_START) return false;
    if (cpu->nmi_pending && !cpu->nmi_blocked) {
        cpu->nmi_pending = false;
        cpu_set_activity(cpu, ACTIVITY_RUNNING);
        interrupt_nmi(cpu);
        return true;
    }
    if (cpu->activity != ACTIVITY_SHUTDOWN && intr_acceptable(cpu)) {
        cpu_set_activity(cpu, ACTIVITY_RUNNING);
        interrupt_external(cpu, apic_acknowledge(cpu));
        return true;
    }
    return false;
}

/* Something asks for a look at every instruction boundary. */
static bool single_instruction(const struct cpu *cpu)
{
    return cpu->rflags & EFLAGS_TF || debug_fetch_armed(cpu) ||
           (interrupts_shadowed(cpu) && (cpu->interrupt_request || cpu->nmi_pending || cpu->smi_pending)) || cpu->debug_shadow_tick == cpu->time->now;
}

static void start_slice(struct cpu *cpu)
{
    cpu->slice_end = single_instruction(cpu) ? cpu->time->now + 1 : cpu->time->deadline;
    if (unlikely(cpu->recorder)) {
        u64 most = recorder_begin_slice(cpu);
        if (cpu->slice_end - cpu->time->now > most) cpu->slice_end = cpu->time->now + most;
    }
    cpu->budget = (s64)(cpu->slice_end - cpu->time->now);
}

/* #DB traps of the instruction that has just ended. */
static void take_debug_traps(struct cpu *cpu, bool stepped)
{
    if (!stepped && !cpu->debug_pending) return;
    if (cpu->time->now == cpu->debug_shadow_tick) {
        if (stepped) cpu->debug_pending |= 1u << 14;     /* DR6.BS, held over the boundary behind MOV SS */
        return;
    }
    debug_raise_trap(cpu, stepped);
    exception_deliver(cpu);
}

/* One run of an instance, from here to the end of the slice or whatever ends it sooner. */
static void run_slice(struct cpu *cpu)
{
    bool stepping = cpu->rflags & EFLAGS_TF;
    bool done = false;

    start_slice(cpu);
    cpu->in_instruction = true;
    if (!debug_fetch_armed(cpu) || debug_check_fetch(cpu)) {
        cpu->rflags &= ~(u32)EFLAGS_RF;
        struct trace *trace = trace_find(cpu);
        if (trace) done = unlikely(cpu->undefined) ? undefined_run(cpu, trace) : fast_or_exact(cpu, trace);
        else cpu->budget--;
    } else {
        cpu->budget--;
    }
    cpu->time->now = cpu_now(cpu);
    cpu->in_instruction = false;
    if (unlikely(cpu->recorder)) recorder_end_slice(cpu);
    if (!done) exception_deliver(cpu);
    else take_debug_traps(cpu, stepping && !cpu->software_interrupt);
    cpu->software_interrupt = false;
}

/* Whether the loop, coming round, would not simply go on with the present slice: a device that an instruction reached may have set a
 * nearer deadline, too. */
static bool something_waits(const struct cpu *cpu)
{
    return cpu->time->deadline < cpu->slice_end || cpu->stop_requested || cpu->activity != ACTIVITY_RUNNING || cpu->init_pending || cpu->smi_pending || cpu->nmi_pending || intr_acceptable(cpu) ||
           cpu->rflags & EFLAGS_TF || debug_fetch_armed(cpu) || cpu->debug_pending || breaks_wait(cpu) || cpu->recorder;
}

bool loop_goes_on(struct cpu *cpu, bool faulted)
{
    if (something_waits(cpu)) return false;
    cpu->software_interrupt = false;
    if (faulted) {
        cpu->time->now = cpu_now(cpu);
        cpu->in_instruction = false;
        exception_deliver(cpu);
        start_slice(cpu);
        cpu->in_instruction = true;
        if (something_waits(cpu)) {
            cpu->budget = 0;
            cpu->slice_end = cpu->time->now;
            return true;
        }
    }
    cpu->rflags &= ~(u32)EFLAGS_RF;
    return true;
}

enum cpu_stop cpu_run(struct cpu *cpu)
{
    cpu->steady_port = 0;
    for (;;) {
        cpu->trace_rip = cpu->rip;
        if (cpu->breaks && breaks_hit(cpu)) return CPU_STOP_BREAK;
        if (cpu->stop_requested) {
            cpu->stop_requested = false;
            return CPU_STOP_REQUEST;
        }
        if (cpu->time->now >= cpu->time->deadline) return CPU_STOP_DEADLINE;
        if (take_interrupt(cpu)) {
            cpu->time->now += cpu->interrupt_taken;  /* two in a row take a tick: a line that stays high cannot stop time */
            cpu->interrupt_taken = true;
            continue;
        }
        if (cpu->activity == ACTIVITY_SHUTDOWN) return CPU_STOP_SHUTDOWN;
        if (cpu->activity == ACTIVITY_HALTED || cpu->activity == ACTIVITY_WAITING_START) return CPU_STOP_HALTED;
        if (cpu->activity == ACTIVITY_WAITING && !monitor_interrupted(cpu)) return CPU_STOP_HALTED;
        if (cpu->breaks && breaks_here(cpu)) return CPU_STOP_BREAK;
        cpu->interrupt_taken = false;
        run_slice(cpu);
    }
}
