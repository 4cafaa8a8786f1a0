#ifndef ORRERY_SYSTEM_LOCAL_APIC_H
#define ORRERY_SYSTEM_LOCAL_APIC_H
/* The local APIC: what stands between the processor and whoever interrupts it.      doc: local-apic
 * SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)". */
#include "cpu/base/state.h"
#include "cpu/memory/physical.h"

/* Entries of the local vector table, in the order of their registers from 320h on. */
enum lvt_entry {
    LVT_TIMER, LVT_THERMAL, LVT_PERFORMANCE, LVT_LINT0, LVT_LINT1, LVT_ERROR, LVT_ENTRIES
};

/* "Local Vector Table" and the ICR share vector, delivery mode and trigger mode. */
#define LVT_VECTOR 0xffu
#define LVT_DELIVERY 0x700u
#define LVT_ACTIVE_LOW (1u << 13)
#define LVT_REMOTE_IRR (1u << 14)
#define LVT_LEVEL (1u << 15)
#define LVT_MASKED (1u << 16)
#define LVT_PERIODIC (1u << 17)
#define LVT_TSC_DEADLINE (1u << 18)
#define SVR_ENABLED (1u << 8)
#define SVR_NO_BROADCAST (1u << 12)
#define SVR_RESET 0xffu

enum delivery_mode {
    DELIVER_FIXED, DELIVER_LOWEST_PRIORITY, DELIVER_SMI, DELIVER_REMOTE_READ, DELIVER_NMI, DELIVER_INIT,
    DELIVER_START_UP, DELIVER_EXTINT,
};

/* "Error Status Register". */
enum {
    ESR_SEND_ACCEPT = 1 << 2, ESR_SEND_VECTOR = 1 << 5, ESR_RECEIVE_VECTOR = 1 << 6,
    ESR_REGISTER = 1 << 7,
};

/* IA32_APIC_BASE. */
#define APIC_BASE_BSP (1u << 8)
#define APIC_BASE_EXTENDED (1u << 10)
#define APIC_BASE_ENABLED (1u << 11)

#define LOCAL_APIC_STATE(ONE, MANY) \
    /*    type  name           count  unit     min         max  meaning                                            */ \
    ONE (u8,   id,                     "",      0,       0xff, "APIC ID")                                             \
    ONE (u8,   tpr,                    "",      0,       0xff, "task priority; its upper half is CR8")                \
    ONE (u8,   logical,            "bits",      0,       0xff, "logical APIC ID: LDR[31:24]")                         \
    ONE (u8,   destination_model,      "",      0,         15, "DFR[31:28]: 15 flat, 0 cluster")                      \
    ONE (u16,  svr,                "bits",      0,     0x13ff, "spurious-interrupt vector register: bit 8 enables")   \
    MANY(u32,  irr, 8,             "bits",      0, UINT32_MAX, "requests that wait, bit n is vector n")               \
    MANY(u32,  isr, 8,             "bits",      0, UINT32_MAX, "requests in service")                                 \
    MANY(u32,  tmr, 8,             "bits",      0, UINT32_MAX, "requests that came level-triggered")                  \
    ONE (bool, extint,                 "",      0,          1, "an ExtINT message has come: the 8259A has the vector")   \
    ONE (u8,   errors,             "bits",      0,       0xff, "errors since ESR was last written")                   \
    ONE (u8,   esr,                "bits",      0,       0xff, "error status register as software reads it")          \
    ONE (u32,  icr,                "bits",      0, UINT32_MAX, "interrupt command register, low half")                \
    ONE (u32,  destination,            "",      0, UINT32_MAX, "its high half; the ID in [31:24] but in x2APIC mode") \
    MANY(u32,  lvt, LVT_ENTRIES,   "bits",      0, UINT32_MAX, "timer, thermal, performance, LINT0, LINT1, error")    \
    ONE (u32,  initial_count,          "",      0, UINT32_MAX, "timer: initial count")                                \
    ONE (u8,   divide,             "bits",      0,       0x0b, "timer: divide configuration register")                \
    ONE (u32,  timer_count,            "",      0, UINT32_MAX, "timer: the count at timer_start")                     \
    ONE (u64,  timer_start,        "tick",      0, UINT64_MAX, "timer: when it last began to count")                  \
    ONE (u64,  timer_at,           "tick",      0, UINT64_MAX, "timer: when it ends; all ones: it stands")            \
    ONE (u64,  tsc_deadline,       "tick",      0, UINT64_MAX, "MSR 6E0h: TSC at which the timer ends, 0: none")

struct local_apic {
    STATE_MEMBERS(LOCAL_APIC_STATE)

    /* --- derived --- */
    u64 registers_pa;            /* where the registers lie, UINT64_MAX: nowhere */
    struct physical_page page;   /* that page as the TLB sees it: no memory */
};

extern const struct state_layout local_apic_layout;

struct cpu;

/* --- whole: cpu/system/local_apic.c --- */
void apic_reset(struct cpu *cpu);                        /* power-up or RESET, and IA32_APIC_BASE[11] = 0 */
/* After a change of state from outside: the derived members, the board's timer, cpu->interrupt_request. */
void apic_derive(struct cpu *cpu);
bool apic_enabled(const struct cpu *cpu);                /* it is there, and IA32_APIC_BASE[11] = 1 */
bool apic_extended(const struct cpu *cpu);               /* x2APIC mode */

/* --- interrupts in and out --- */
void apic_set_pin(struct cpu *cpu, unsigned lint, bool level);           /* 0: INTR, 1: NMI; also without an APIC */
/* A message has arrived, from a bus or from within.  False: it is not accepted. */
bool apic_accept(struct cpu *cpu, enum delivery_mode mode, u8 vector, bool level_triggered);
u8 apic_acknowledge(struct cpu *cpu);                    /* the vector of cpu->interrupt_request, now in service */
u8 apic_get_cr8(const struct cpu *cpu);                  /* TPR[7:4] */
void apic_set_cr8(struct cpu *cpu, u8 value);

void cpu_start_up(struct cpu *cpu, u8 vector);           /* a start-up message: cpu/system/processors.c */

/* --- registers: cpu/system/local_apic_registers.c --- */
u64 apic_mmio_read(struct cpu *cpu, u64 pa, unsigned size_bytes);
void apic_mmio_write(struct cpu *cpu, u64 pa, unsigned size_bytes, u64 value);
/* False after #GP.  MSRs 800h-BFFh belong to x2APIC mode. */
static inline bool apic_owns_msr(u32 number) { return number >= 0x800 && number <= 0xbff; }
bool apic_msr_read(struct cpu *cpu, u32 number, u64 *value);
bool apic_msr_write(struct cpu *cpu, u32 number, u64 value);
bool apic_set_base(struct cpu *cpu, u64 value);          /* WRMSR IA32_APIC_BASE */

/* --- timer: cpu/system/local_apic_timer.c --- */
u32 apic_timer_current(const struct cpu *cpu);
void apic_timer_set_initial(struct cpu *cpu, u32 count);
void apic_timer_set_divide(struct cpu *cpu, u8 divide);
void apic_timer_set_mode(struct cpu *cpu, u32 lvt);      /* the LVT entry's new value */
void apic_timer_set_deadline(struct cpu *cpu, u64 tsc);
void apic_timer_follow_tsc(struct cpu *cpu);             /* the TSC has been written */
void apic_timer_stop(struct cpu *cpu);
void cpu_ask_for_call(struct cpu *cpu);                  /* of cpu_timer, at the next tick that wants it */

/* --- between these files --- */
bool apic_has_entry(const struct cpu *cpu, unsigned entry);
u32 apic_logical_id(const struct cpu *cpu);              /* LDR */
unsigned apic_processor_priority(const struct local_apic *a);
unsigned apic_arbitration_priority(const struct local_apic *a);
void apic_end_of_interrupt(struct cpu *cpu);
void apic_send(struct cpu *cpu);                         /* what ICR and destination say */
void apic_send_self(struct cpu *cpu, u8 vector);
void apic_local(struct cpu *cpu, enum lvt_entry entry);  /* a source of the local vector table fires */
void apic_lvt_write(struct cpu *cpu, enum lvt_entry entry, u32 value);
void apic_svr_write(struct cpu *cpu, u32 value);
void apic_error(struct cpu *cpu, u8 bit);
void apic_update(struct cpu *cpu);                       /* what the processor sees, after any change */

/* Which kind it is.  The first two speak over the serial APIC bus. */
enum apic_generation { APIC_PENTIUM, APIC_P6, APIC_XAPIC };
enum apic_generation apic_generation(const struct cpu *cpu);
u32 apic_version(const struct cpu *cpu);

#endif
