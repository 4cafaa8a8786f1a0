#ifndef ORRERY_SYSTEM_PERFORMANCE_H
#define ORRERY_SYSTEM_PERFORMANCE_H
/* Performance counters.                                                                    doc: performance
 * SDM vol. 3B, "Performance Monitoring"; APM vol. 2, "Performance Monitoring Counters". */
#include "cpu/base/state.h"

enum { COUNTERS_GENERAL = 6, COUNTERS_FIXED = 3, COUNTERS = COUNTERS_GENERAL + COUNTERS_FIXED };

/* Counter n below COUNTERS_GENERAL is a general one, the others are fixed. */
#define PERFORMANCE_STATE(ONE, MANY) \
    /*    type  name                       count  unit     min         max  meaning                                       */ \
    MANY(u64, counter, COUNTERS,             "events",      0, UINT64_MAX, "general and fixed counters, as of `until`")    \
    MANY(u64, select, COUNTERS_GENERAL,        "bits",      0, UINT64_MAX, "event selects; the Pentium's CESR is the first") \
    ONE (u64, fixed_control,                   "bits",      0,      0xfff, "IA32_FIXED_CTR_CTRL")                          \
    ONE (u64, global_control,                  "bits",      0, UINT64_MAX, "IA32_PERF_GLOBAL_CTRL")                        \
    ONE (u64, global_status,                   "bits",      0, UINT64_MAX, "IA32_PERF_GLOBAL_STATUS")                      \
    ONE (u64, until,                           "tick",      0, UINT64_MAX, "ticks before this one have been counted")      \
    ONE (bool, user,                               "",      0,          1, "ticks from it on are those of CPL 3")          \
    ONE (u64, overflow_at,                     "tick",      0, UINT64_MAX, "when a counter's overflow interrupts; all ones: no such")

struct performance {
    STATE_MEMBERS(PERFORMANCE_STATE)

    /* --- derived --- */
    u16 running[2];              /* counters that count, bit n is counter n: at CPL 0 to 2, at CPL 3 */
    bool counts;                 /* one of them does */
    bool counts_by_cpl;          /* one of them at CPL 3, or not at CPL 3, alone */
};

extern const struct state_layout performance_layout;

struct cpu;

void performance_reset(struct cpu *cpu);
void performance_settle(struct cpu *cpu);                /* counts up to this moment */
void performance_derive(struct cpu *cpu);                /* after a change of state from outside */
/* HLT, MWAIT, shutdown, and the way back to running: nothing counts while the processor does not run. */
void cpu_set_activity(struct cpu *cpu, u8 activity);
void performance_take_turn(struct cpu *cpu, u64 paused_at);
void performance_turns_passed(struct cpu *cpu, u64 tick);        /* the last of those that it gave away and got back at once */
void performance_cpl_changed(struct cpu *cpu);           /* called where counts_by_cpl */
void performance_timer(struct cpu *cpu);                 /* cpu_timer */

/* False: no such register in this model. */
bool performance_owns_msr(const struct cpu *cpu, u32 number);
u64 performance_msr_read(struct cpu *cpu, u32 number);
bool performance_msr_write(struct cpu *cpu, u32 number, u64 value);      /* false after #GP */
bool performance_read(struct cpu *cpu, u32 number, u64 *value);          /* RDPMC; false: no such counter */

#endif
