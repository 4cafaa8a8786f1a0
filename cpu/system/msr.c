/* Model-specific registers and the time-stamp counter.  SDM vol. 4, "MSRs in Pentium Processors",
 * "MSRs in the P6 Family Processors", "Architectural MSRs"; vol. 2, "RDMSR", "WRMSR", "RDTSC", "RDPMC".   doc: msr */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

enum msr {
    MSR_TSC = 0x10, MSR_APIC_BASE = 0x1b, MSR_TSC_ADJUST = 0x3b, MSR_MTRRCAP = 0xfe, MSR_MCG_CAP = 0x179, MSR_PAT = 0x277, MSR_TSC_DEADLINE = 0x6e0,
};
#define MSR_EFER 0xc0000080u
#define MSR_FS_BASE 0xc0000100u
#define MSR_GS_BASE 0xc0000101u
enum { MTRR_VARIABLE = 8, MC_BANKS = 6 };
/* a model without an APIC: base, and the enable bit of an APIC that is not there; BSP stays */
#define APIC_BASE_WRITABLE 0xffffff800ull

/* A tick is a cycle: no model has a counter of another rate. */
static u64 tsc(const struct cpu *cpu)
{
    u64 now = cpu->in_instruction ? cpu_now(cpu) : cpu->time->now;
    return now + (u64)cpu->tsc_offset;
}

static void set_edx_eax(struct cpu *cpu, u64 value)
{
    cpu->gpr[RAX] = (u32)value;
    cpu->gpr[RDX] = value >> 32;
}

/* --- registers that hold what is written --- */

/* Who has it: a feature, or a family (from .. to, of Intel or of any vendor). */
enum msr_rule { KEEPS, INTEL_KEEPS, INTEL_READS_ZERO, CORE2_READS_ZERO, AMD_KEEPS, AMD_READS_ZERO, READS_ZERO, CANONICAL_ONLY, READ_ONLY_ZERO };
struct msr_row {
    u32 first, last;
    enum cpu_feature feature;        /* FPU where the family alone decides */
    u8 least_family;
    u16 offset;                      /* of the u64 in struct cpu; elements follow each other */
    u64 writable;                    /* other bits are reserved: #GP */
    enum msr_rule rule;
};
#define AT(member) offsetof(struct cpu, member)
#define ANY FEATURE_MSR
static const struct msr_row rows[] = {
    /* first      last        feature           family  where                    writable             rule */
    { 0x00,       0x01,       ANY,               5,     0,                       UINT64_MAX,          READS_ZERO },   /* P5_MC_ADDR, P5_MC_TYPE */
    { 0x17,       0x17,       ANY,               6,     0,                       0,                   READ_ONLY_ZERO }, /* PLATFORM_ID */
    { 0x2a,       0x2a,       ANY,               6,     0,                       UINT64_MAX,          READS_ZERO },   /* EBL_CR_POWERON */
    { 0x40,       0x43,       FEATURE_SSSE3,     6,     0,                       UINT64_MAX,          CORE2_READS_ZERO },  /* branches' sources .. */
    { 0x60,       0x63,       FEATURE_SSSE3,     6,     0,                       UINT64_MAX,          CORE2_READS_ZERO },  /* .. and targets: none is recorded */
    { 0x79,       0x79,       ANY,               6,     0,                       UINT64_MAX,          READS_ZERO },   /* BIOS_UPDT_TRIG */
    { 0x8b,       0x8b,       ANY,               6,     0,                       UINT64_MAX,          READS_ZERO },   /* BIOS_SIGN_ID */
    { 0xe2,       0xe2,       FEATURE_POPCNT,    6,     AT(sleep_control),       UINT64_MAX,          INTEL_KEEPS },  /* PKG_CST_CONFIG_CONTROL */
    { 0x174,      0x174,      FEATURE_SEP,       6,     AT(sysenter_cs),         0xffffffff,          KEEPS },
    { 0x175,      0x175,      FEATURE_SEP,       6,     AT(sysenter_esp),        UINT64_MAX,          CANONICAL_ONLY },
    { 0x176,      0x176,      FEATURE_SEP,       6,     AT(sysenter_eip),        UINT64_MAX,          CANONICAL_ONLY },
    { 0x17a,      0x17b,      FEATURE_MCA,       6,     AT(machine_check[30]),   UINT64_MAX,          KEEPS },        /* MCG_STATUS, MCG_CTL */
    { 0x1a0,      0x1a0,      FEATURE_SSE2,      6,     AT(misc_enable),         UINT64_MAX,          KEEPS },        /* MISC_ENABLE */
    { 0x1c8,      0x1c8,      FEATURE_POPCNT,    6,     0,                       0x1ff,               INTEL_READS_ZERO },  /* LBR_SELECT */
    { 0x1c9,      0x1c9,      FEATURE_SSSE3,     6,     0,                       UINT64_MAX,          INTEL_READS_ZERO },  /* LASTBRANCH_TOS */
    { 0x1d9,      0x1d9,      ANY,               6,     AT(debugctl),            0x3,                 KEEPS },        /* DEBUGCTL: LBR, BTF as written */
    { 0x1db,      0x1de,      ANY,               6,     0,                       UINT64_MAX,          INTEL_READS_ZERO },  /* last branch, last exception */
    { 0x1fc,      0x1fc,      FEATURE_POPCNT,    6,     AT(power_control),       UINT64_MAX,          INTEL_KEEPS },  /* POWER_CTL */
    { 0x200,      0x20f,      FEATURE_MTRR,      6,     AT(mtrr_variable[0]),    UINT64_MAX,          KEEPS },
    { 0x250,      0x250,      FEATURE_MTRR,      6,     AT(mtrr_fixed[0]),       UINT64_MAX,          KEEPS },
    { 0x258,      0x259,      FEATURE_MTRR,      6,     AT(mtrr_fixed[1]),       UINT64_MAX,          KEEPS },
    { 0x268,      0x26f,      FEATURE_MTRR,      6,     AT(mtrr_fixed[3]),       UINT64_MAX,          KEEPS },
    { MSR_PAT,    MSR_PAT,    FEATURE_PAT,       6,     AT(pat),                 UINT64_MAX,          KEEPS },
    { 0x2ff,      0x2ff,      FEATURE_MTRR,      6,     AT(mtrr_default),        0xcff,               KEEPS },
    { 0x400,      0x400 + 4 * MC_BANKS - 1, FEATURE_MCA, 6, AT(machine_check[0]), UINT64_MAX,         KEEPS },        /* MCn_CTL STATUS ADDR MISC */
    { 0x680,      0x68f,      FEATURE_POPCNT,    6,     0,                       UINT64_MAX,          INTEL_READS_ZERO },  /* branches' sources and targets */
    { 0x6c0,      0x6cf,      FEATURE_POPCNT,    6,     0,                       UINT64_MAX,          INTEL_READS_ZERO },
    { 0xda0,      0xda0,      FEATURE_XSAVES,    6,     AT(xss),                 0,                   KEEPS },
    { 0xc0010010, 0xc0010010, ANY,              15,     0,                       UINT64_MAX,          AMD_READS_ZERO },    /* SYSCFG */
    { 0xc0010015, 0xc0010015, ANY,              15,     AT(hardware_config),     UINT64_MAX,          AMD_KEEPS },         /* HWCR */
    { 0xc001001f, 0xc001001f, ANY,              15,     AT(northbridge_config),  UINT64_MAX,          AMD_KEEPS },         /* NB_CFG */
    { 0xc0000081, 0xc0000081, FEATURE_SYSCALL,   5,     AT(star),                UINT64_MAX,          KEEPS },
    { 0xc0000082, 0xc0000082, FEATURE_LM,        6,     AT(lstar),               UINT64_MAX,          CANONICAL_ONLY },
    { 0xc0000083, 0xc0000083, FEATURE_LM,        6,     AT(cstar),               UINT64_MAX,          CANONICAL_ONLY },
    { 0xc0000084, 0xc0000084, FEATURE_SYSCALL,   6,     AT(sfmask),              0xffffffff,          KEEPS },
    { 0xc0000102, 0xc0000102, FEATURE_LM,        6,     AT(kernel_gs_base),      UINT64_MAX,          CANONICAL_ONLY },
    { 0xc0000103, 0xc0000103, FEATURE_RDTSCP,    6,     AT(tsc_aux),             0xffffffff,          KEEPS },
};

static const struct msr_row *row_of(const struct cpu *cpu, u32 number)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct msr_row *row = &rows[i];
        if (number < row->first || number > row->last) continue;
        if (row->rule >= INTEL_KEEPS && row->rule <= CORE2_READS_ZERO && is_amd(cpu)) return NULL;
        if ((row->rule == AMD_KEEPS || row->rule == AMD_READS_ZERO) && !is_amd(cpu)) return NULL;
        if (row->rule == CORE2_READS_ZERO && has(cpu, FEATURE_POPCNT)) return NULL;
        return has(cpu, row->feature) && cpu->model->family >= row->least_family ? row : NULL;
    }
    return NULL;
}

static u64 *kept_at(struct cpu *cpu, const struct msr_row *row, u32 number)
{
    return (u64 *)((u8 *)cpu + row->offset) + (number - row->first);
}

/* --- registers with a meaning --- */

/* Eight variable ranges, fixed ranges, write combining. */
static u64 mtrr_capabilities(void)
{
    return MTRR_VARIABLE | 1 << 8 | 1 << 10;
}

static bool has_special(const struct cpu *cpu, u32 number)
{
    switch (number) {
    case MSR_TSC: return has(cpu, FEATURE_TSC);
    case MSR_TSC_ADJUST: return has(cpu, FEATURE_TSC_ADJUST);
    case MSR_APIC_BASE: return cpu->model->family >= 6;
    case MSR_TSC_DEADLINE: return has(cpu, FEATURE_TSC_DEADLINE);
    case MSR_MTRRCAP: return has(cpu, FEATURE_MTRR);
    case MSR_MCG_CAP: return has(cpu, FEATURE_MCA);
    case MSR_EFER: return has(cpu, FEATURE_LM) || has(cpu, FEATURE_NX) || has(cpu, FEATURE_SYSCALL);
    case MSR_FS_BASE: case MSR_GS_BASE: return has(cpu, FEATURE_LM);
    default: return false;
    }
}

static u64 read_special(const struct cpu *cpu, u32 number)
{
    switch (number) {
    case MSR_TSC: return tsc(cpu);
    case MSR_TSC_ADJUST: return cpu->tsc_adjust;
    case MSR_APIC_BASE: return cpu->apic_base;
    case MSR_TSC_DEADLINE: return cpu->apic.tsc_deadline;
    case MSR_MTRRCAP: return mtrr_capabilities();
    case MSR_MCG_CAP: return MC_BANKS | 1 << 8;
    case MSR_EFER: return cpu->efer;
    case MSR_FS_BASE: return cpu->seg[CPU_SEG_FS].base;
    default: return cpu->seg[CPU_SEG_GS].base;
    }
}

/* SDM vol. 4, "IA32_EFER"; LMA is the processor's. */
u64 efer_known(const struct cpu *cpu)
{
    return (has(cpu, FEATURE_SYSCALL) ? EFER_SCE : 0) | (has(cpu, FEATURE_LM) ? EFER_LME | EFER_LMA : 0) |
           (has(cpu, FEATURE_NX) ? EFER_NXE : 0) | (has(cpu, FEATURE_FFXSR) ? EFER_FFXSR : 0);
}

static bool write_efer(struct cpu *cpu, u64 value)
{
    if (value & ~efer_known(cpu)) return FAULT(cpu, EFER_RESERVED, .value = value);
    if ((value ^ cpu->efer) & EFER_LME && cpu->cr0 & CR0_PG) return FAULT(cpu, EFER_LME_WHILE_PAGING, .value = value);
    if ((value ^ cpu->efer) & EFER_NXE) tlb_flush(cpu);
    cpu->efer = (value & ~(u64)EFER_LMA) | (cpu->efer & EFER_LMA);
    return true;
}

static bool write_base(struct cpu *cpu, unsigned seg, u64 base)
{
    if (!canonical(base)) return FAULT(cpu, TABLE_BASE_NOT_CANONICAL, .la = base);
    cpu->seg[seg].base = base;
    segment_derive(cpu, seg);
    return true;
}

static bool refuse(struct cpu *cpu, u32 number, u64 value)
{
    return FAULT(cpu, MSR_RESERVED, .ea = number, .value = value);
}

/* IA32_TSC_ADJUST holds the sum of what was added to the counter, by either register. */
static void move_tsc(struct cpu *cpu, u64 by)
{
    cpu->tsc_offset += (s64)by;
    cpu->tsc_adjust += by;
    apic_timer_follow_tsc(cpu);
}

static bool write_special(struct cpu *cpu, u32 number, u64 value)
{
    switch (number) {
    case MSR_TSC: move_tsc(cpu, value - tsc(cpu)); return true;
    case MSR_TSC_ADJUST: move_tsc(cpu, value - cpu->tsc_adjust); return true;
    case MSR_TSC_DEADLINE: apic_timer_set_deadline(cpu, value); return true;
    case MSR_APIC_BASE:
        if (has(cpu, FEATURE_APIC)) return apic_set_base(cpu, value);
        cpu->apic_base = (cpu->apic_base & ~APIC_BASE_WRITABLE) | (value & APIC_BASE_WRITABLE);
        return true;
    case MSR_EFER: return write_efer(cpu, value);
    case MSR_FS_BASE: return write_base(cpu, CPU_SEG_FS, value);
    case MSR_GS_BASE: return write_base(cpu, CPU_SEG_GS, value);
    default: return refuse(cpu, number, value);
    }
}

/* Memory types: 0 UC, 1 WC, 4 WT, 5 WP, 6 WB, and of the PAT 7 UC-. */
static bool types_legal(u64 value, bool pat)
{
    for (unsigned i = 0; i < 8; i++) {
        unsigned type = value >> 8 * i & 0xff;
        if (type > 7 || type == 2 || type == 3 || (type == 7 && !pat)) return false;
    }
    return true;
}

static bool value_legal(const struct cpu *cpu, const struct msr_row *row, u32 number, u64 value)
{
    if (value & ~row->writable) return false;
    if (row->rule == READ_ONLY_ZERO) return false;
    if (row->rule == CANONICAL_ONLY) return !has(cpu, FEATURE_LM) || canonical(value);
    if (number == MSR_PAT || (number >= 0x250 && number <= 0x26f)) return types_legal(value, number == MSR_PAT);
    if (number >= 0x200 && number <= 0x20f) return !(value >> cpu->model->pa_bits) && !(number & 1 ? value & 0x7ff : value & 0xf00);
    return true;
}

static bool read_numbered(struct cpu *cpu, u32 number)
{
    const struct msr_row *row = row_of(cpu, number);
    u64 value;

    if (!require_cpl0(cpu)) return false;
    if (apic_owns_msr(number)) {
        if (!apic_msr_read(cpu, number, &value)) return false;
        set_edx_eax(cpu, value);
    } else if (performance_owns_msr(cpu, number)) set_edx_eax(cpu, performance_msr_read(cpu, number));
    else if (has_special(cpu, number)) set_edx_eax(cpu, read_special(cpu, number));
    else if (!row) return FAULT(cpu, MSR_UNKNOWN, .value = number);
    else set_edx_eax(cpu, row->offset ? *kept_at(cpu, row, number) : 0);
    return true;
}

static bool write_numbered(struct cpu *cpu, u32 number, u64 value)
{
    const struct msr_row *row = row_of(cpu, number);

    if (!require_cpl0(cpu)) return false;
    if (apic_owns_msr(number)) return apic_msr_write(cpu, number, value);
    if (performance_owns_msr(cpu, number)) return performance_msr_write(cpu, number, value);
    if (has_special(cpu, number)) return write_special(cpu, number, value);
    if (!row) return FAULT(cpu, MSR_UNKNOWN, .value = number);
    if (!value_legal(cpu, row, number, value)) return refuse(cpu, number, value);
    if (row->offset) *kept_at(cpu, row, number) = value;
    return true;
}

static u64 edx_eax(const struct cpu *cpu) { return (u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX]; }

bool msr_read(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!read_numbered(cpu, number)) return false;
    breaks_catch(cpu, CPU_CATCH_MSR_READ, number, 1, edx_eax(cpu));
    return true;
}

bool msr_write(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!write_numbered(cpu, number, edx_eax(cpu))) return false;
    breaks_catch(cpu, CPU_CATCH_MSR_WRITE, number, 1, edx_eax(cpu));
    return true;
}

/* --- counters --- */

static bool may_read_tsc(struct cpu *cpu)
{
    return !(cpu->cr4 & CR4_TSD && cpu->cpl) || FAULT(cpu, TSC_DISABLED, .value = 0);
}

bool read_tsc(struct cpu *cpu)
{
    if (!may_read_tsc(cpu)) return false;
    set_edx_eax(cpu, tsc(cpu));
    return true;
}

bool read_tscp(struct cpu *cpu)
{
    if (!read_tsc(cpu)) return false;
    cpu->gpr[RCX] = (u32)cpu->tsc_aux;
    return true;
}

bool read_pmc(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];
    u64 value;

    if ((cpu->cpl && !(cpu->cr4 & CR4_PCE)) || !performance_read(cpu, number, &value)) return FAULT(cpu, PMC_DISABLED, .value = number);
    set_edx_eax(cpu, value);
    return true;
}
