/* Control and test registers.  SDM vol. 3A, "Control Registers"; vol. 2, "MOV--Move to/from Control
 * Registers", "LMSW", "CLTS".                                             doc: control-registers */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

enum { CR3_PWT_PCD = 0x18 };

bool require_cpl0(struct cpu *cpu)
{
    return cpu->cpl == 0 || FAULT(cpu, PRIVILEGED, .value = 0);
}

/* CR4 bits of this model, each named by its CPUID feature; 0 where the register does not exist. */
u64 cr4_known(const struct cpu *cpu)
{
    static const struct { enum cpu_feature feature; u32 bits; } row[] = {
        { FEATURE_VME, CR4_VME | CR4_PVI }, { FEATURE_TSC, CR4_TSD },   { FEATURE_DE, CR4_DE },
        { FEATURE_PSE, CR4_PSE },           { FEATURE_PAE, CR4_PAE },   { FEATURE_MCE, CR4_MCE },
        { FEATURE_PGE, CR4_PGE },           { FEATURE_FXSR, CR4_OSFXSR }, { FEATURE_SSE, CR4_OSXMMEXCPT },
        { FEATURE_CMOV, CR4_PCE },          { FEATURE_UMIP, CR4_UMIP }, { FEATURE_FSGSBASE, CR4_FSGSBASE },
        { FEATURE_PCID, CR4_PCIDE },        { FEATURE_XSAVE, CR4_OSXSAVE }, { FEATURE_SMEP, CR4_SMEP },
        { FEATURE_SMAP, CR4_SMAP },
    };
    u64 known = 0;

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        if (has(cpu, row[i].feature)) known |= row[i].bits;
    return known;
}

static bool control_exists(struct cpu *cpu, unsigned n)
{
    if (n == 0 || n == 2 || n == 3 || (n == 4 && cr4_known(cpu)) || (n == 8 && (code_64bit(cpu) || has(cpu, FEATURE_CR8_LEGACY)))) return true;
    return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
}

bool control_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (!control_exists(cpu, n) || !require_cpl0(cpu)) return false;
    *value = n == 0 ? cpu->cr0 : n == 2 ? cpu->cr2 : n == 3 ? cpu->cr3 : n == 4 ? cpu->cr4 : apic_get_cr8(cpu);
    return true;
}

bool control_write(struct cpu *cpu, unsigned n, u64 value)
{
    return control_exists(cpu, n) && require_cpl0(cpu) && control_set(cpu, n, value);
}

/* From the 486 on ET is wired to 1, and NE, WP, AM, NW, CD exist; bits that do not exist ignore
 * what is written. */
u64 cr0_writable(const struct cpu *cpu)
{
    u64 old = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG;
    return cpu->model->family < 4 ? old | CR0_ET : old | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;
}

/* PG is about to rise with EFER.LME set.  SDM vol. 3A, "Initializing IA-32e Mode". */
static bool may_enter_long_mode(struct cpu *cpu, u64 value)
{
    if (!(cpu->cr4 & CR4_PAE)) return FAULT(cpu, LONG_MODE_NEEDS_PAE, .value = value);
    if (cpu->seg[CPU_SEG_CS].rights & RIGHTS_L) return FAULT(cpu, LONG_MODE_CS_L, .value = value);
    if (!(cpu->seg[CPU_SEG_TR].rights & TYPE_32)) return FAULT(cpu, LONG_MODE_TSS_16, .value = value);
    return true;
}

static bool may_change_paging(struct cpu *cpu, u64 value)
{
    bool on = value & CR0_PG;

    if (on == !!(cpu->cr0 & CR0_PG)) return true;
    if (!on && code_64bit(cpu)) return FAULT(cpu, CR0_PG_IN_64BIT, .value = value);
    if (!on && cpu->cr4 & CR4_PCIDE) return FAULT(cpu, CR0_PG_WITH_PCIDE, .value = value);
    if (on && cpu->efer & EFER_LME) return may_enter_long_mode(cpu, value);
    return !on || !(cpu->cr4 & CR4_PAE) || paging_load_pdptes(cpu, cpu->cr3);
}

static bool set_cr0(struct cpu *cpu, u64 value)
{
    u64 changed, wired = cpu->model->family < 4 ? 0 : CR0_ET;

    if (value >> 32) return FAULT(cpu, CONTROL_RESERVED, .rpl = 0, .value = value);
    u64 reserved = value & ~(cr0_writable(cpu) | CR0_ET);
    value &= cr0_writable(cpu);
    if (value & CR0_PG && !(value & CR0_PE)) return FAULT(cpu, CR0_PG_WITHOUT_PE, .value = value);
    if (value & CR0_NW && !(value & CR0_CD)) return FAULT(cpu, CR0_NW_WITHOUT_CD, .value = value);
    if (!may_change_paging(cpu, value)) return false;
    changed = cpu->cr0 ^ (value | wired);
    cpu->cr0 = value | wired;
    if (changed & CR0_PG && cpu->efer & EFER_LME) cpu->efer ^= EFER_LMA;
    if (changed & (CR0_PG | CR0_WP | CR0_PE)) tlb_flush(cpu);
    mode_derive(cpu);
    if (reserved) breaks_catch(cpu, CPU_CATCH_RESERVED, reserved, 1, CPU_RESERVED_IN_CR0);
    return true;
}

/* Legacy PAE paging reads its four registers again when what they depend on changes. */
static bool set_cr4(struct cpu *cpu, u64 value)
{
    u64 changed = cpu->cr4 ^ value;
    bool pcide_rises = changed & value & CR4_PCIDE;

    if (value & ~cr4_known(cpu)) return FAULT(cpu, CR4_RESERVED, .value = value);
    if (long_mode(cpu) && !(value & CR4_PAE)) return FAULT(cpu, CR4_PAE_IN_LONG_MODE, .value = value);
    if (pcide_rises && (!long_mode(cpu) || cpu->cr3 & 0xfff)) return FAULT(cpu, CR4_PCIDE, .value = value);
    if (cpu->cr0 & CR0_PG && !long_mode(cpu) && value & CR4_PAE && changed & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP) &&
        !paging_load_pdptes(cpu, cpu->cr3)) return false;
    cpu->cr4 = value;
    tlb_flush(cpu);
    mode_derive(cpu);
    return true;
}

/* Bit 63 of a MOV to CR3 asks to keep entries of the PCID: they may be kept, and are not. */
static bool set_cr3(struct cpu *cpu, u64 value)
{
    u64 low = cpu->model->family < 4 ? 0 : CR3_PWT_PCD, kept = 0xfffff000 | low;

    if (cpu->cr4 & CR4_PCIDE) value &= ~(1ull << 63);
    if (long_mode(cpu)) {
        if (value >> cpu->model->pa_bits) return FAULT(cpu, CONTROL_RESERVED, .rpl = 3, .value = value);
        kept = cpu->cr4 & CR4_PCIDE ? UINT64_MAX : ~0xfffull | low;
    } else if (cpu->cr0 & CR0_PG && cpu->cr4 & CR4_PAE) {
        if (!paging_load_pdptes(cpu, value)) return false;
    }
    if (cpu->cr4 & CR4_PAE && !long_mode(cpu)) kept |= 0xfe0;
    u64 before = cpu->cr3;
    cpu->cr3 = value & kept;
    tlb_flush_local(cpu);
    breaks_catch(cpu, CPU_CATCH_ADDRESS_SPACE, cpu->cr3, 1, before);
    if (value & ~kept) breaks_catch(cpu, CPU_CATCH_RESERVED, value & ~kept, 1, CPU_RESERVED_IN_CR3);
    return true;
}

bool control_set(struct cpu *cpu, unsigned n, u64 value)
{
    switch (n) {
    case 0: return set_cr0(cpu, value);
    case 2: cpu->cr2 = value; return true;
    case 3: return set_cr3(cpu, value);
    case 4: return set_cr4(cpu, value);
    case 8:
        if (value > 15) return FAULT(cpu, CONTROL_RESERVED, .rpl = 8, .value = value);
        apic_set_cr8(cpu, (u8)value);
        return true;
    default: return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    }
}

bool umip_allows(struct cpu *cpu)
{
    return cpu->cpl == 0 || !(cpu->cr4 & CR4_UMIP) || FAULT(cpu, UMIP, .value = 0);
}

/* LMSW writes PE MP EM TS and cannot clear PE. */
bool load_msw(struct cpu *cpu, u16 value)
{
    u64 low = CR0_MP | CR0_EM | CR0_TS;
    return set_cr0(cpu, (cpu->cr0 & ~low) | (value & (low | CR0_PE)));
}

bool clear_task_switched(struct cpu *cpu)
{
    cpu->cr0 &= ~(u64)CR0_TS;
    return true;
}

/* --- test registers: TR6 and TR7 of the 386, TR3..TR7 of the 486 --- */

static bool test_exists(struct cpu *cpu, unsigned n)
{
    unsigned family = cpu->model->family;

    if (n <= 7 && ((family == 3 && n >= 6) || (family == 4 && n >= 3))) return true;
    return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
}

/* They keep what is written: the caches that they would test are not modelled. */
bool test_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (!test_exists(cpu, n) || !require_cpl0(cpu)) return false;
    *value = cpu->tr[n];
    return true;
}

bool test_write(struct cpu *cpu, unsigned n, u64 value)
{
    if (!test_exists(cpu, n) || !require_cpl0(cpu)) return false;
    cpu->tr[n] = (u32)value;
    return true;
}
