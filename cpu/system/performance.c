/* Performance counters: instructions retired and cycles not halted.                               doc: performance
 *
 *   tick: an instruction, a cycle ──┐
 *   not halted ─────────────────────┤ running[user] ──> counter ──overflow──> global status, LVT performance entry
 *   CPL 3 or not (OS, USR) ─────────┘
 *   event select, fixed control, global control
 *
 * Both events happen once a tick, so a counter that runs adds the ticks that passed: at a read, a write of any of these registers, HLT
 * and its end, and, where a counter looks at CPL, a change of CPL.  Nothing is asked between them.  Other events count 0. */
#include "cpu/system/performance.h"

#include "cpu/run/processor.h"
#include "cpu/system/system.h"

#define STATE_OWNER struct performance
STATE_LAYOUT(performance_layout, "performance", PERFORMANCE_STATE);
#undef STATE_OWNER

#define NEVER UINT64_MAX
#define SELECT_USER (1u << 16)
#define SELECT_OS (1u << 17)
#define SELECT_EDGE (1u << 18)
#define SELECT_INTERRUPT (1u << 20)
#define SELECT_ENABLED (1u << 22)
#define SELECT_INVERTED (1u << 23)

/* --- what this model has --- */

enum kind { KIND_NONE, KIND_PENTIUM, KIND_P6, KIND_ARCHITECTURAL, KIND_AMD };

static u32 leaf_10_eax(const struct cpu *cpu)
{
    for (unsigned i = 0; i < cpu->model->leaf_count; i++)
        if (cpu->model->leaves[i].leaf == 10) return cpu->model->leaves[i].eax;
    return 0;
}

/* The Pentium 4's are of another kind, which is not there. */
static enum kind kind_of(const struct cpu *cpu)
{
    if (!has(cpu, FEATURE_MSR)) return KIND_NONE;
    if (is_amd(cpu)) return KIND_AMD;
    if (cpu->model->family == 5) return KIND_PENTIUM;
    if (cpu->model->family != 6) return KIND_NONE;
    return leaf_10_eax(cpu) ? KIND_ARCHITECTURAL : KIND_P6;
}

static unsigned general_count(const struct cpu *cpu)
{
    switch (kind_of(cpu)) {
    case KIND_NONE: return 0;
    case KIND_PENTIUM: case KIND_P6: return 2;
    case KIND_ARCHITECTURAL: return leaf_10_eax(cpu) >> 8 & 0xff;
    default: return has(cpu, FEATURE_PERFCTR_CORE) ? 6 : 4;
    }
}

static unsigned fixed_count(const struct cpu *cpu) { return kind_of(cpu) == KIND_ARCHITECTURAL ? 3 : 0; }

static u64 width_mask(const struct cpu *cpu)
{
    unsigned width = kind_of(cpu) == KIND_ARCHITECTURAL ? leaf_10_eax(cpu) >> 16 & 0xff : kind_of(cpu) == KIND_AMD ? 48 : 40;
    return (1ull << width) - 1;
}

/* Bits of the global registers: general counters from 0 on, fixed ones from 32 on. */
static u64 global_bit(unsigned n)
{
    return 1ull << (n < COUNTERS_GENERAL ? n : 32 + n - COUNTERS_GENERAL);
}

static u64 global_bits(const struct cpu *cpu)
{
    return ((1ull << general_count(cpu)) - 1) | ((1ull << fixed_count(cpu)) - 1) << 32;
}

/* --- what a counter counts: pure functions of the state --- */

enum { COUNTS_OS = 1, COUNTS_USER = 2 };

/* Once a cycle: with a threshold above it never, with the comparison inverted always.  An edge never comes. */
static bool passes_mask(u64 select)
{
    unsigned threshold = select >> 24 & 0xff;

    if (select & SELECT_EDGE) return false;
    return !threshold || (1 >= threshold) != !!(select & SELECT_INVERTED);
}

/* "Architectural Performance Monitoring Events"; "P6 Family Processors"; BKDGs: CPU clocks not halted, retired instructions. */
static bool known_event(enum kind kind, u64 select)
{
    unsigned event = select & 0xff, unit = select >> 8 & 0xff;

    if (kind == KIND_AMD) return !(select >> 32 & 15) && (event == 0xc0 || event == 0x76);
    if (kind == KIND_P6) return event == 0xc0 || event == 0x79;
    return (event == 0xc0 && unit == 0) || (event == 0x3c && unit <= 1);
}

/* "Control and Event Select Register (CESR)": [5:0] event, [8:6] 1 at CPL 0 to 2, 2 at CPL 3, 3 at any; + 4: clocks. */
static unsigned pentium_counts(u64 cesr, unsigned n)
{
    if (n > 1) return 0;
    unsigned select = (unsigned)(cesr >> 16 * n), control = select >> 6 & 7;
    bool counted = control & 4 || (select & 0x3f) == 0x16;           /* 16h: instructions executed */
    return counted ? control & 3 : 0;
}

static unsigned general_counts(const struct cpu *cpu, unsigned n)
{
    const struct performance *p = &cpu->performance;
    enum kind kind = kind_of(cpu);
    u64 select = p->select[n], enable = p->select[kind == KIND_P6 ? 0 : n];      /* the P6's first one enables both */

    if (kind == KIND_PENTIUM) return pentium_counts(p->select[0], n);
    if (!(enable & SELECT_ENABLED) || !known_event(kind, select) || !passes_mask(select)) return 0;
    if (kind == KIND_ARCHITECTURAL && !(p->global_control & global_bit(n))) return 0;
    return (select & SELECT_OS ? COUNTS_OS : 0) | (select & SELECT_USER ? COUNTS_USER : 0);
}

/* Instructions retired, core cycles, reference cycles: all of them ticks. */
static unsigned fixed_counts(const struct performance *p, unsigned n)
{
    if (!(p->global_control & global_bit(n))) return 0;
    return (unsigned)(p->fixed_control >> 4 * (n - COUNTERS_GENERAL)) & 3;
}

static bool interrupts(const struct cpu *cpu, unsigned n)
{
    const struct performance *p = &cpu->performance;

    if (!apic_enabled(cpu) || !apic_has_entry(cpu, LVT_PERFORMANCE)) return false;
    if (n >= COUNTERS_GENERAL) return p->fixed_control >> (4 * (n - COUNTERS_GENERAL) + 3) & 1;
    return p->select[n] & SELECT_INTERRUPT;
}

/* --- time --- */

static u64 this_tick(const struct cpu *cpu) { return cpu->in_instruction ? cpu_now(cpu) : cpu->time->now; }

/* What an instruction changes holds from the next one on. */
static u64 next_tick(const struct cpu *cpu) { return this_tick(cpu) + cpu->in_instruction; }

static u16 running(const struct cpu *cpu)
{
    return cpu->activity == ACTIVITY_RUNNING && cpu->paused_at == UINT64_MAX ? cpu->performance.running[cpu->performance.user] : 0;
}

/* "Local Vector Table": the entry masks itself when it has sent its interrupt; AMD's do not. */
static void interrupt_software_of(struct cpu *cpu)
{
    apic_local(cpu, LVT_PERFORMANCE);
    if (!is_amd(cpu)) cpu->apic.lvt[LVT_PERFORMANCE] |= LVT_MASKED;
}

/* Counts the ticks from p->until to `tick`. */
static void count_to(struct cpu *cpu, u64 tick)
{
    struct performance *p = &cpu->performance;
    u64 passed = tick > p->until ? tick - p->until : 0, mask = width_mask(cpu);
    bool asked = false;

    for (unsigned n = 0; n < COUNTERS; n++) {
        if (!(running(cpu) >> n & 1)) continue;
        bool overflow = p->counter[n] + passed > mask;
        p->counter[n] = (p->counter[n] + passed) & mask;
        if (!overflow) continue;
        p->global_status |= global_bit(n);
        asked |= interrupts(cpu, n);
    }
    p->until += passed;
    if (asked) interrupt_software_of(cpu);
}

void performance_settle(struct cpu *cpu)
{
    count_to(cpu, next_tick(cpu));
    cpu->performance.until = next_tick(cpu);
}

static void expect_overflow(struct cpu *cpu)
{
    struct performance *p = &cpu->performance;
    u64 earliest = NEVER;

    for (unsigned n = 0; n < COUNTERS; n++) {
        u64 at = p->until + width_mask(cpu) + 1 - p->counter[n];
        if (running(cpu) >> n & 1 && interrupts(cpu, n) && at < earliest) earliest = at;
    }
    if (earliest == p->overflow_at) return;
    p->overflow_at = earliest;
    cpu_ask_for_call(cpu);
}

static void derive_running(struct cpu *cpu)
{
    struct performance *p = &cpu->performance;

    p->running[0] = p->running[1] = 0;
    for (unsigned n = 0; n < COUNTERS; n++) {
        unsigned counts = n >= COUNTERS_GENERAL ? fixed_counts(p, n) : general_counts(cpu, n);
        p->running[0] |= (u16)(!!(counts & COUNTS_OS) << n);
        p->running[1] |= (u16)(!!(counts & COUNTS_USER) << n);
    }
    p->counts = p->running[0] | p->running[1];
    p->counts_by_cpl = p->running[0] != p->running[1];
    if (p->counts_by_cpl) p->user = cpu->cpl == 3;       /* else it is what it was: a machine that is restored is as it was saved */
}

void performance_derive(struct cpu *cpu)
{
    derive_running(cpu);
    expect_overflow(cpu);
}

void performance_reset(struct cpu *cpu)
{
    cpu->performance = (struct performance){ .overflow_at = NEVER };
    if (kind_of(cpu) == KIND_ARCHITECTURAL) cpu->performance.global_control = (1ull << general_count(cpu)) - 1;
    performance_derive(cpu);
}

void cpu_set_activity(struct cpu *cpu, u8 activity)
{
    if (cpu->activity == activity) return;
    if (cpu->performance.counts) performance_settle(cpu);
    cpu->activity = activity;
    if (cpu->performance.counts) expect_overflow(cpu);
}

/* Others' turns are none of its time. */
void performance_take_turn(struct cpu *cpu, u64 paused_at)
{
    if (cpu->performance.counts) performance_settle(cpu);
    cpu->paused_at = paused_at;
    if (cpu->performance.counts) expect_overflow(cpu);
}

/* What performance_take_turn leaves behind when it comes twice at that tick. */
void performance_turns_passed(struct cpu *cpu, u64 tick)
{
    if (!cpu->performance.counts || tick <= cpu->performance.until) return;
    count_to(cpu, tick);
    cpu->performance.until = tick;
}

void performance_cpl_changed(struct cpu *cpu)
{
    if (cpu->performance.user == (cpu->cpl == 3)) return;
    performance_settle(cpu);
    cpu->performance.user = cpu->cpl == 3;
    expect_overflow(cpu);
}

void performance_timer(struct cpu *cpu)
{
    if (cpu->performance.overflow_at > cpu->time->now) return;
    count_to(cpu, cpu->time->now);
    expect_overflow(cpu);
}

/* --- registers --- */

enum role { ROLE_NONE, ROLE_COUNTER, ROLE_SELECT, ROLE_FIXED_CONTROL, ROLE_STATUS, ROLE_CONTROL, ROLE_OVERFLOW_CONTROL };
struct place {
    enum role role;
    unsigned n;
};

static const struct register_row {
    enum kind kind;
    u32 first;
    unsigned stride;         /* from one to the next */
    enum role role;
    unsigned n, count;       /* general counters: as many as the model has */
} rows[] = {
    { KIND_PENTIUM,       0x11,       1, ROLE_SELECT,           0, 1 },                /* CESR */
    { KIND_PENTIUM,       0x12,       1, ROLE_COUNTER,          0, COUNTERS_GENERAL }, /* CTR0, CTR1 */
    { KIND_P6,            0xc1,       1, ROLE_COUNTER,          0, COUNTERS_GENERAL },
    { KIND_P6,            0x186,      1, ROLE_SELECT,           0, COUNTERS_GENERAL },
    { KIND_ARCHITECTURAL, 0xc1,       1, ROLE_COUNTER,          0, COUNTERS_GENERAL }, /* IA32_PMCn */
    { KIND_ARCHITECTURAL, 0x186,      1, ROLE_SELECT,           0, COUNTERS_GENERAL }, /* IA32_PERFEVTSELn */
    { KIND_ARCHITECTURAL, 0x309,      1, ROLE_COUNTER,          COUNTERS_GENERAL, COUNTERS_FIXED },
    { KIND_ARCHITECTURAL, 0x38d,      1, ROLE_FIXED_CONTROL,    0, 1 },
    { KIND_ARCHITECTURAL, 0x38e,      1, ROLE_STATUS,           0, 1 },
    { KIND_ARCHITECTURAL, 0x38f,      1, ROLE_CONTROL,          0, 1 },
    { KIND_ARCHITECTURAL, 0x390,      1, ROLE_OVERFLOW_CONTROL, 0, 1 },
    { KIND_AMD,           0xc0010000, 1, ROLE_SELECT,           0, 4 },
    { KIND_AMD,           0xc0010004, 1, ROLE_COUNTER,          0, 4 },
    { KIND_AMD,           0xc0010200, 2, ROLE_SELECT,           0, COUNTERS_GENERAL }, /* PerfCtrExtCore: the first four are the ones above */
    { KIND_AMD,           0xc0010201, 2, ROLE_COUNTER,          0, COUNTERS_GENERAL },
};

static struct place place_of(const struct cpu *cpu, u32 number)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct register_row *row = &rows[i];
        u32 at = number - row->first;
        unsigned count = row->count == COUNTERS_GENERAL ? general_count(cpu) : row->count;
        if (row->kind != kind_of(cpu) || at >= count * row->stride || at % row->stride) continue;
        if (row->stride == 2 && !has(cpu, FEATURE_PERFCTR_CORE)) continue;
        return (struct place){ row->role, row->n + at / row->stride };
    }
    return (struct place){ ROLE_NONE, 0 };
}

bool performance_owns_msr(const struct cpu *cpu, u32 number)
{
    return place_of(cpu, number).role != ROLE_NONE;
}

u64 performance_msr_read(struct cpu *cpu, u32 number)
{
    const struct performance *p = &cpu->performance;
    struct place at = place_of(cpu, number);

    if (p->counts) count_to(cpu, this_tick(cpu));
    switch (at.role) {
    case ROLE_COUNTER: return p->counter[at.n];
    case ROLE_SELECT: return p->select[at.n];
    case ROLE_FIXED_CONTROL: return p->fixed_control;
    case ROLE_STATUS: return p->global_status;
    case ROLE_CONTROL: return p->global_control;
    default: return 0;
    }
}

/* A write of a general counter of Intel's extends 32 bits by their sign; others hold all bits. */
static u64 counter_value(const struct cpu *cpu, unsigned n, u64 value)
{
    bool narrow = n < COUNTERS_GENERAL && (kind_of(cpu) == KIND_P6 || kind_of(cpu) == KIND_ARCHITECTURAL);
    return (narrow ? (u64)(s64)(s32)value : value) & width_mask(cpu);
}

/* Bits that may be written: the rest is reserved. */
static u64 writable(const struct cpu *cpu, struct place at)
{
    switch (at.role) {
    case ROLE_COUNTER: return UINT64_MAX;
    case ROLE_SELECT: return kind_of(cpu) == KIND_PENTIUM ? 0x03ff03ff : kind_of(cpu) == KIND_AMD ? 0x30fffffffffull : 0xffffffff;
    case ROLE_FIXED_CONTROL: return (leaf_10_eax(cpu) & 0xff) >= 3 ? 0xfff : 0xbbb;      /* AnyThread came with version 3 */
    case ROLE_CONTROL: return global_bits(cpu);
    case ROLE_OVERFLOW_CONTROL: return global_bits(cpu) | 3ull << 62;
    default: return 0;
    }
}

bool performance_msr_write(struct cpu *cpu, u32 number, u64 value)
{
    struct performance *p = &cpu->performance;
    struct place at = place_of(cpu, number);

    if (at.role == ROLE_STATUS || value & ~writable(cpu, at)) return FAULT(cpu, MSR_RESERVED, .ea = number, .value = value);
    performance_settle(cpu);
    switch (at.role) {
    case ROLE_COUNTER: p->counter[at.n] = counter_value(cpu, at.n, value); break;
    case ROLE_SELECT: p->select[at.n] = value; break;
    case ROLE_FIXED_CONTROL: p->fixed_control = value; break;
    case ROLE_CONTROL: p->global_control = value; break;
    default: p->global_status &= ~value; break;
    }
    performance_derive(cpu);
    return true;
}

/* Bit 30 names fixed counters. */
bool performance_read(struct cpu *cpu, u32 number, u64 *value)
{
    bool fixed = number >> 30 & 1 && fixed_count(cpu);
    unsigned n = fixed ? number & ~(1u << 30) : number;

    if (n >= (fixed ? fixed_count(cpu) : general_count(cpu))) return false;
    if (cpu->performance.counts) count_to(cpu, this_tick(cpu));
    *value = cpu->performance.counter[n + (fixed ? COUNTERS_GENERAL : 0)];
    return true;
}
