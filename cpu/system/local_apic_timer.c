/* The local APIC's timer.  SDM vol. 3A, "APIC Timer", "TSC-Deadline Mode".        doc: local-apic
 * Its input is one count a tick, divided by 1 to 128.  It asks the board to be called at the tick
 * at which it ends, and computes the count of any other moment. */
#include "cpu/run/processor.h"
#include "cpu/system/local_apic.h"

enum { NEVER_COUNTED = 0 };
#define STANDS UINT64_MAX

static u64 now_of(const struct cpu *cpu)
{
    return cpu->in_instruction ? cpu_now(cpu) : cpu->time->now;
}

static void end_at(struct cpu *cpu, u64 tick)
{
    cpu->apic.timer_at = tick;
    cpu_ask_for_call(cpu);
}

/* The board has one event for the processor: the earlier one of the timer's end and a counter's overflow. */
void cpu_ask_for_call(struct cpu *cpu)
{
    u64 timer = cpu->apic.timer_at, overflow = cpu->performance.overflow_at;

    if (!cpu->bus.call_at) return;
    cpu->bus.call_at(cpu->bus.board, cpu->number, timer < overflow ? timer : overflow);
    cpu_deadline_lowered(cpu);
}

void apic_timer_stop(struct cpu *cpu)
{
    cpu->apic.timer_count = NEVER_COUNTED;
    cpu->apic.tsc_deadline = 0;
    end_at(cpu, STANDS);
}

/* "Divide Configuration Register": bits 3, 1, 0; 0 is 2, 6 is 128, 7 is 1. */
static u64 divisor(const struct local_apic *a)
{
    unsigned code = (a->divide >> 1 & 4) | (a->divide & 3);
    return code == 7 ? 1 : 2u << code;
}

static bool by_tsc(const struct local_apic *a)
{
    return a->lvt[LVT_TIMER] & LVT_TSC_DEADLINE;
}

static void count_from(struct cpu *cpu, u64 tick, u32 count)
{
    struct local_apic *a = &cpu->apic;

    a->timer_start = tick;
    a->timer_count = count;
    end_at(cpu, count ? tick + count * divisor(a) : STANDS);
}

u32 apic_timer_current(const struct cpu *cpu)
{
    const struct local_apic *a = &cpu->apic;
    u64 now = now_of(cpu);

    if (by_tsc(a) || now >= a->timer_at || a->timer_at == STANDS) return 0;
    return a->timer_count - (u32)((now - a->timer_start) / divisor(a));
}

/* A count of 0 stops it. */
void apic_timer_set_initial(struct cpu *cpu, u32 count)
{
    if (by_tsc(&cpu->apic)) return;
    cpu->apic.initial_count = count;
    count_from(cpu, now_of(cpu), count);
}

/* What is left counts on at the new rate. */
void apic_timer_set_divide(struct cpu *cpu, u8 divide)
{
    u32 left = apic_timer_current(cpu);

    cpu->apic.divide = divide;
    if (!by_tsc(&cpu->apic)) count_from(cpu, now_of(cpu), left);
}

/* Into TSC-deadline mode and out of it the timer is disarmed; between one-shot and periodic it
 * counts on. */
void apic_timer_set_mode(struct cpu *cpu, u32 lvt)
{
    if ((cpu->apic.lvt[LVT_TIMER] ^ lvt) & LVT_TSC_DEADLINE) apic_timer_stop(cpu);
}

/* --- by the time-stamp counter --- */

static void expire(struct cpu *cpu)
{
    struct local_apic *a = &cpu->apic;
    u64 ended = a->timer_at;

    if (!by_tsc(a) && a->lvt[LVT_TIMER] & LVT_PERIODIC) count_from(cpu, ended, a->initial_count);
    else apic_timer_stop(cpu);
    apic_local(cpu, LVT_TIMER);
}

void apic_timer_follow_tsc(struct cpu *cpu)
{
    struct local_apic *a = &cpu->apic;
    u64 now = now_of(cpu), tsc = now + (u64)cpu->tsc_offset;

    if (!a->tsc_deadline) return;
    if (a->tsc_deadline <= tsc) {
        expire(cpu);
        return;
    }
    u64 wait = a->tsc_deadline - tsc;
    end_at(cpu, wait < STANDS - now ? now + wait : STANDS);
}

void apic_timer_set_deadline(struct cpu *cpu, u64 tsc)
{
    if (!by_tsc(&cpu->apic)) return;
    apic_timer_stop(cpu);
    cpu->apic.tsc_deadline = tsc;
    apic_timer_follow_tsc(cpu);
}

void cpu_timer(struct cpu *cpu)
{
    if (cpu->apic.timer_at <= cpu->time->now) expire(cpu);
    performance_timer(cpu);
    cpu_ask_for_call(cpu);
}
