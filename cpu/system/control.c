/* Control and test registers.  SDM vol. 3A, "Control Registers"; vol. 2, "MOV--Move to/from Control
 * Registers", "LMSW", "CLTS".                                             doc: control-registers */
#include "cpu/memory/access.h"
#include "cpu/system/transfer.h"

enum { CR3_PWT_PCD = 0x18 };

bool require_cpl0(struct cpu *cpu)
{
    return cpu->cpl == 0 || FAULT(cpu, PRIVILEGED, .value = 0);
}

/* CR4 bits of this model, each named by its CPUID feature; 0 where the register does not exist. */
static u32 cr4_known(const struct cpu *cpu)
{
    static const struct { u32 feature, bits; } row[] = {
        { CPUID_1_EDX_VME, CR4_VME | CR4_PVI }, { CPUID_1_EDX_TSC, CR4_TSD },
        { CPUID_1_EDX_DE, CR4_DE },             { CPUID_1_EDX_PSE, CR4_PSE },
        { CPUID_1_EDX_PGE, CR4_PGE },
    };
    u32 known = 0;

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        if (cpu->model->features_edx & row[i].feature) known |= row[i].bits;
    return known;
}

static bool control_exists(struct cpu *cpu, unsigned n)
{
    if (n == 0 || n == 2 || n == 3 || (n == 4 && cr4_known(cpu))) return true;
    return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
}

bool control_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (!control_exists(cpu, n) || !require_cpl0(cpu)) return false;
    *value = n == 0 ? cpu->cr0 : n == 2 ? cpu->cr2 : n == 3 ? cpu->cr3 : cpu->cr4;
    return true;
}

bool control_write(struct cpu *cpu, unsigned n, u64 value)
{
    return control_exists(cpu, n) && require_cpl0(cpu) && control_set(cpu, n, value);
}

/* From the 486 on ET is wired to 1, and NE, WP, AM, NW, CD exist; bits that do not exist ignore
 * what is written. */
static u64 cr0_writable(const struct cpu *cpu)
{
    u64 old = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG;
    return cpu->model->family < 4 ? old | CR0_ET : old | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;
}

static bool set_cr0(struct cpu *cpu, u64 value)
{
    u64 changed, wired = cpu->model->family < 4 ? 0 : CR0_ET;

    value &= cr0_writable(cpu);
    if (value & CR0_PG && !(value & CR0_PE)) return FAULT(cpu, CR0_PG_WITHOUT_PE, .value = value);
    if (value & CR0_NW && !(value & CR0_CD)) return FAULT(cpu, CR0_NW_WITHOUT_CD, .value = value);
    changed = cpu->cr0 ^ (value | wired);
    cpu->cr0 = value | wired;
    if (changed & (CR0_PG | CR0_WP | CR0_PE)) tlb_flush(cpu);
    mode_derive(cpu);
    return true;
}

static bool set_cr4(struct cpu *cpu, u64 value)
{
    if (value & ~(u64)cr4_known(cpu)) return FAULT(cpu, CR4_RESERVED, .value = value);
    cpu->cr4 = value;
    tlb_flush(cpu);
    return true;
}

bool control_set(struct cpu *cpu, unsigned n, u64 value)
{
    switch (n) {
    case 0: return set_cr0(cpu, value);
    case 2: cpu->cr2 = (u32)value; return true;
    case 3:
        cpu->cr3 = value & (0xfffff000 | (cpu->model->family < 4 ? 0 : CR3_PWT_PCD));
        tlb_flush_local(cpu);
        return true;
    case 4: return set_cr4(cpu, value);
    default: return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    }
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
