#ifndef ORRERY_TESTS_LOCAL_APIC_BENCH_H
#define ORRERY_TESTS_LOCAL_APIC_BENCH_H
/* A processor with a local APIC, and its registers by name. */
#include "tests/unit/cpu/fixture.h"

#define APIC_PA 0xfee00000u
enum {
    ID = 0x20, VERSION = 0x30, TPR = 0x80, APR = 0x90, PPR = 0xa0, EOI = 0xb0, LDR = 0xd0, DFR = 0xe0, SVR = 0xf0,
    ISR = 0x100, TMR = 0x180, IRR = 0x200, ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310, LVT_T = 0x320, LVT_TH = 0x330,
    LVT_P = 0x340, LINT0 = 0x350, LINT1 = 0x360, LVT_E = 0x370, INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0,
};
enum { SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18, BY_1 = 0xb };
enum { MSR_BASE = 0x1b, MSR_DEADLINE = 0x6e0, MSR_ICR = 0x830 };
#define EDX(name) (1u << FEATURE_##name % 32)

static inline struct cpu_model with_apic(const char *name, u32 edx, u32 ecx)
{
    struct cpu_model model = *cpu_model_find(name);
    model.features[WORD_1_EDX] |= EDX(APIC) | edx;
    model.features[WORD_1_ECX] |= ecx;
    return model;
}

/* Protected mode with interrupts on, handlers that halt, code that idles; the APIC as after RESET. */
static inline struct pc *pc_started(const struct cpu_model *model)
{
    struct pc *pc = pc_create_of(model);
    enter_protected(pc, 0);
    memset(pc->ram + CODE, 0x90, 0x1000);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF);
    return pc;
}

static inline void put(struct pc *pc, unsigned reg, u32 value) { apic_mmio_write(pc->cpu, APIC_PA + reg, 4, value); }
static inline u32 get(struct pc *pc, unsigned reg) { return (u32)apic_mmio_read(pc->cpu, APIC_PA + reg, 4); }
static inline bool bit_of(struct pc *pc, unsigned set, unsigned vector) { return get(pc, set + vector / 32 * 16) >> (vector & 31) & 1; }
static inline void set_interrupts(struct pc *pc, bool on) { cpu_set_eflags(pc->cpu, EFLAGS_1 | (on ? EFLAGS_IF : 0)); }
static inline void self(struct pc *pc, u8 vector) { put(pc, ICR, SELF | vector); }

/* A P6 whose APIC software has enabled. */
#define APIC(pc)                                                                                  \
    const struct cpu_model pc##_model = with_apic("p6_nofpu", 0, 0);                              \
    PC(pc) = pc_started(&pc##_model);                                                             \
    put(pc, SVR, 0x1ff)
#define NEWER(pc)                                                                                 \
    const struct cpu_model pc##_model = with_apic("p6_nofpu", EDX(ACPI), EDX(X2APIC) | EDX(TSC_DEADLINE)); \
    PC(pc) = pc_started(&pc##_model);                                                             \
    put(pc, SVR, 0x1ff)

static inline bool wrmsr(struct pc *pc, u32 number, u64 value)
{
    u64 faults = pc->cpu->fault_log.count;
    set_interrupts(pc, false);
    pc->cpu->rip = CODE;
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = (u32)value;
    pc->cpu->gpr[RDX] = value >> 32;
    RUN(pc, 0x0f, 0x30);
    return pc->cpu->fault_log.count == faults;
}

static inline bool rdmsr(struct pc *pc, u32 number, u64 *value)
{
    u64 faults = pc->cpu->fault_log.count;
    set_interrupts(pc, false);
    pc->cpu->rip = CODE;
    pc->cpu->gpr[RCX] = number;
    RUN(pc, 0x0f, 0x32);
    *value = pc->cpu->gpr[RDX] << 32 | pc->cpu->gpr[RAX];
    return pc->cpu->fault_log.count == faults;
}

static inline u64 rdmsr_ok(struct pc *pc, u32 number)
{
    u64 value = 0;
    cr_expect(rdmsr(pc, number, &value), "%s", told(pc));
    return value;
}

#endif
