/* The local APIC's registers: a page of memory, or MSRs 800h on in x2APIC mode.     doc: local-apic
 * SDM vol. 3A, "Local APIC Register Address Map", "Local APIC Register Address Map Supported by
 * x2APIC", "x2APIC State Transitions".  Register n stands at base + 16 * n and is MSR 800h + n. */
#include "cpu/memory/access.h"
#include "cpu/system/local_apic.h"
#include "cpu/system/transfer.h"

enum {
    REG_ID = 0x02, REG_VERSION = 0x03, REG_TPR = 0x08, REG_APR = 0x09, REG_PPR = 0x0a,
    REG_EOI = 0x0b, REG_RRD = 0x0c, REG_LDR = 0x0d, REG_DFR = 0x0e, REG_SVR = 0x0f, REG_ISR = 0x10,
    REG_TMR = 0x18,
    REG_IRR = 0x20, REG_ESR = 0x28, REG_ICR = 0x30, REG_ICR_HIGH = 0x31, REG_LVT = 0x32,
    REG_INITIAL = 0x38, REG_CURRENT = 0x39, REG_DIVIDE = 0x3e, REG_SELF_IPI = 0x3f,
};
enum { SVR_FOCUS = 1 << 9 };

/* R_, W_: read and written in memory; MR, MW: by RDMSR and WRMSR. */
enum { R_ = 1, W_ = 2, MR = 4, MW = 8 };

struct register_row {
    u8 first, last, access;
    u32 writable;            /* bits that a write changes */
    u32 fixed;               /* bits that a write leaves alone; the rest is reserved */
};

static const struct register_row rows[] = {
    /* first              last          access              writable    fixed */
    { REG_ID,             REG_ID,       R_ | W_ | MR,       0xff000000, 0 },
    { REG_VERSION,        REG_VERSION,  R_ | MR,            0,          0 },
    { REG_TPR,            REG_TPR,      R_ | W_ | MR | MW,  0xff,       0 },
    { REG_APR,            REG_APR,      R_,                 0,          0 },
    { REG_PPR,            REG_PPR,      R_ | MR,            0,          0 },
    { REG_EOI,            REG_EOI,      W_ | MW,            0,          0 },
    { REG_RRD,            REG_RRD,      R_,                 0,          0 },
    { REG_LDR,            REG_LDR,      R_ | W_ | MR,       0xff000000, 0 },
    { REG_DFR,            REG_DFR,      R_ | W_,            0xf0000000, 0 },
    { REG_SVR,            REG_SVR,      R_ | W_ | MR | MW,  0x1ff,      0 },
    { REG_ISR,            REG_ESR - 1,  R_ | MR,            0,          0 },
    { REG_ESR,            REG_ESR,      R_ | W_ | MR | MW,  0,          0 },
    { REG_ICR,            REG_ICR,      R_ | W_ | MR | MW,  0xccfff,    0 },
    { REG_ICR_HIGH,       REG_ICR_HIGH, R_ | W_,            0xff000000, 0 },
    { REG_LVT + LVT_TIMER,       REG_LVT + LVT_TIMER,       R_ | W_ | MR | MW, 0x300ff, 0x1000 },
    { REG_LVT + LVT_THERMAL,     REG_LVT + LVT_PERFORMANCE, R_ | W_ | MR | MW, 0x107ff, 0x1000 },
    { REG_LVT + LVT_LINT0,       REG_LVT + LVT_LINT1,       R_ | W_ | MR | MW, 0x1a7ff, 0x5000 },
    { REG_LVT + LVT_ERROR,       REG_LVT + LVT_ERROR,       R_ | W_ | MR | MW, 0x100ff, 0x1000 },
    { REG_INITIAL,        REG_INITIAL,  R_ | W_ | MR | MW,  0xffffffff, 0 },
    { REG_CURRENT,        REG_CURRENT,  R_ | MR,            0,          0 },
    { REG_DIVIDE,         REG_DIVIDE,   R_ | W_ | MR | MW,  0x0b,       0 },
    { REG_SELF_IPI,       REG_SELF_IPI, MW,                 0xff,       0 },
};

static bool is_lvt(unsigned n)
{
    return n >= REG_LVT && n < REG_LVT + LVT_ENTRIES;
}

/* NULL: reserved. */
static const struct register_row *row_of(const struct cpu *cpu, unsigned n)
{
    if (is_lvt(n) && !apic_has_entry(cpu, n - REG_LVT)) return NULL;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (n >= rows[i].first && n <= rows[i].last) return &rows[i];
    return NULL;
}

/* Bits that only some models, or one mode, have. */
static u32 writable(const struct cpu *cpu, const struct register_row *row)
{
    switch (row->first) {
    case REG_ID:                             /* newer ones keep theirs; the serial bus has 4 bits */
        if (has(cpu, FEATURE_X2APIC)) return 0;
        return apic_generation(cpu) == APIC_XAPIC ? row->writable : 0x0f000000;
    case REG_SVR:
        return row->writable | (apic_extended(cpu) ? 0 : SVR_FOCUS) |
               (has(cpu, FEATURE_X2APIC) ? SVR_NO_BROADCAST : 0);
    case REG_LVT + LVT_TIMER:
        return row->writable | (has(cpu, FEATURE_TSC_DEADLINE) ? LVT_TSC_DEADLINE : 0);
    default: return row->writable;
    }
}

/* --- read --- */

static u32 read(const struct cpu *cpu, unsigned n)
{
    const struct local_apic *a = &cpu->apic;

    if (is_lvt(n)) return a->lvt[n - REG_LVT];
    switch (n) {
    case REG_ID: return apic_extended(cpu) ? a->id : (u32)a->id << 24;
    case REG_VERSION: return apic_version(cpu);
    case REG_TPR: return a->tpr;
    case REG_APR: return apic_arbitration_priority(a);
    case REG_PPR: return apic_processor_priority(a);
    case REG_LDR: return apic_logical_id(cpu);
    case REG_DFR: return (u32)a->destination_model << 28 | 0x0fffffff;
    case REG_SVR: return a->svr;
    case REG_ESR: return a->esr;
    case REG_ICR: return a->icr;
    case REG_ICR_HIGH: return a->destination;
    case REG_INITIAL: return a->initial_count;
    case REG_CURRENT: return apic_timer_current(cpu);
    case REG_DIVIDE: return a->divide;
    }
    if (n >= REG_ISR && n < REG_TMR) return a->isr[n - REG_ISR];
    if (n >= REG_TMR && n < REG_IRR) return a->tmr[n - REG_TMR];
    if (n >= REG_IRR && n < REG_ESR) return a->irr[n - REG_IRR];
    return 0;                                /* RRD: nobody answers remote reads */
}

/* --- write: value has passed the mask --- */

static void write_esr(struct local_apic *a)
{
    a->esr = a->errors;
    a->errors = 0;
}

static void write_tpr(struct cpu *cpu, u8 value)
{
    cpu->apic.tpr = value;
    apic_update(cpu);
}

static void write(struct cpu *cpu, unsigned n, u32 value)
{
    struct local_apic *a = &cpu->apic;

    if (is_lvt(n)) {
        apic_lvt_write(cpu, (enum lvt_entry)(n - REG_LVT), value);
        return;
    }
    switch (n) {
    case REG_ID: if (!has(cpu, FEATURE_X2APIC)) a->id = (u8)(value >> 24); break;
    case REG_TPR: write_tpr(cpu, (u8)value); break;
    case REG_EOI: apic_end_of_interrupt(cpu); break;
    case REG_LDR: a->logical = (u8)(value >> 24); break;
    case REG_DFR: a->destination_model = (u8)(value >> 28); break;
    case REG_SVR: apic_svr_write(cpu, value); break;
    case REG_ESR: write_esr(a); break;
    case REG_ICR: a->icr = value; apic_send(cpu); break;
    case REG_ICR_HIGH: a->destination = value; break;
    case REG_INITIAL: apic_timer_set_initial(cpu, value); break;
    case REG_DIVIDE: apic_timer_set_divide(cpu, (u8)value); break;
    case REG_SELF_IPI: apic_send_self(cpu, (u8)value); break;
    }
}

/* --- as memory --- */

/* A register that does not exist is an error, but to the Pentium.  "Error Status Register", bit 7.
 * */
static const struct register_row *addressed(struct cpu *cpu, unsigned n)
{
    const struct register_row *row = row_of(cpu, n);

    if (row && row->access & (R_ | W_)) return row;
    if (apic_generation(cpu) != APIC_PENTIUM) apic_error(cpu, ESR_REGISTER);
    return NULL;
}

/* Registers are 32 bits wide in steps of 16 bytes and want accesses of that size; anything else is
 * the model's own affair.  Here other reads see the register's four bytes and zeros behind them,
 * other writes are lost. */
u64 apic_mmio_read(struct cpu *cpu, u64 pa, unsigned size)
{
    unsigned n = (unsigned)bits(pa, 11, 4), at = pa & 15;
    const struct register_row *row = addressed(cpu, n);

    if (!row || !(row->access & R_) || at > 3) return 0;
    return low_bits((u64)read(cpu, n) >> 8 * at, size * 8);
}

void apic_mmio_write(struct cpu *cpu, u64 pa, unsigned size, u64 value)
{
    unsigned n = (unsigned)bits(pa, 11, 4);
    const struct register_row *row = addressed(cpu, n);

    if (row && row->access & W_ && !(pa & 15) && size >= 4)
        write(cpu, n, (u32)value & writable(cpu, row));
}

/* --- as MSRs --- */

static const struct register_row *opened(struct cpu *cpu, u32 number, unsigned access)
{
    const struct register_row *row = number < 0x840 ? row_of(cpu, number - 0x800) : NULL;

    if (row && row->access & access && apic_extended(cpu)) return row;
    FAULT(cpu, MSR_UNKNOWN, .value = number);
    return NULL;
}

bool apic_msr_read(struct cpu *cpu, u32 number, u64 *value)
{
    if (!opened(cpu, number, MR)) return false;
    *value = read(cpu, number - 0x800);
    if (number == 0x800 + REG_ICR) *value |= (u64)cpu->apic.destination << 32;
    return true;
}

/* The ICR alone is 64 bits wide. */
bool apic_msr_write(struct cpu *cpu, u32 number, u64 value)
{
    const struct register_row *row = opened(cpu, number, MW);

    if (!row) return false;
    bool icr = row->first == REG_ICR;
    u64 known = writable(cpu, row) | row->fixed | (icr ? ~0ull << 32 : 0);
    if (value & ~known) return FAULT(cpu, X2APIC_RESERVED, .ea = number, .value = value);
    if (icr) cpu->apic.destination = (u32)(value >> 32);
    write(cpu, number - 0x800, (u32)value & writable(cpu, row));
    return true;
}

/* --- IA32_APIC_BASE --- */

/* "x2APIC State Transitions": x2APIC mode is entered from xAPIC mode and left by disabling alone.
 * */
static bool transition_allowed(const struct cpu *cpu, u64 value)
{
    bool enabled = value & APIC_BASE_ENABLED, extended = value & APIC_BASE_EXTENDED;

    if (extended) return enabled && cpu->apic_base & APIC_BASE_ENABLED;
    return !enabled || !apic_extended(cpu);
}

static u64 base_reserved(const struct cpu *cpu)
{
    u64 known = ((1ull << cpu->model->pa_bits) - 1) & ~0xfffull;
    known |= APIC_BASE_ENABLED | APIC_BASE_BSP;
    if (has(cpu, FEATURE_X2APIC)) known |= APIC_BASE_EXTENDED;
    return ~known;
}

/* Disabling forgets everything; the BSP flag stays what it is.  The ICR's high half has another
 * meaning in x2APIC mode and does not survive the change. */
bool apic_set_base(struct cpu *cpu, u64 value)
{
    bool was_extended = apic_extended(cpu);

    if (value & base_reserved(cpu)) return FAULT(cpu, APIC_BASE_RESERVED, .value = value);
    if (!transition_allowed(cpu, value))
        return FAULT(cpu, APIC_BASE_TRANSITION, .value = value, .entry = cpu->apic_base);
    cpu->apic_base = (value & ~(u64)APIC_BASE_BSP) | (cpu->apic_base & APIC_BASE_BSP);
    if (!apic_enabled(cpu)) apic_reset(cpu);
    else if (apic_extended(cpu) && !was_extended) cpu->apic.destination = 0;
    apic_derive(cpu);
    tlb_flush(cpu);
    return true;
}
