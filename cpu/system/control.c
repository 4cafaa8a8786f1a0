/* Control and test registers, and the flags that privilege guards.  SDM vol. 3A, "Control Registers"; vol. 2, "POPF", "PUSHF",
 * "CLI", "STI".                                                                            doc: system */
#include "cpu/memory/access.h"
#include "cpu/system/interrupt.h"

bool require_cpl0(struct cpu *cpu)
{
    return cpu->cpl == 0 || FAULT(cpu, PRIVILEGED, .cpl = cpu->cpl);
}

bool control_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (n == 1 || n > 4 || (n == 4 && cpu->model->family < 5)) return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    if (!require_cpl0(cpu)) return false;
    *value = n == 0 ? cpu->cr0 : n == 2 ? cpu->cr2 : n == 3 ? cpu->cr3 : cpu->cr4;
    return true;
}

/* ET is hard-wired to 1 from the 486 on; WP, AM, NE exist from there too. */
static u64 cr0_writable(const struct cpu *cpu)
{
    u64 old = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG;
    return cpu->model->family < 4 ? old | CR0_ET : old | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;
}

static bool write_cr0(struct cpu *cpu, u64 value)
{
    u64 old = cpu->cr0;

    if (value & CR0_PG && !(value & CR0_PE)) return FAULT(cpu, CR0_PG_WITHOUT_PE, .value = value);
    if (cpu->model->family >= 4 && value & CR0_NW && !(value & CR0_CD)) return FAULT(cpu, CR0_NW_WITHOUT_CD, .value = value);
    cpu->cr0 = (value & cr0_writable(cpu)) | (cpu->model->family >= 4 ? CR0_ET : 0);
    if ((old ^ cpu->cr0) & (CR0_PG | CR0_WP | CR0_PE)) tlb_flush(cpu);
    mode_derive(cpu);
    return true;
}

static u64 cr4_known(const struct cpu *cpu)
{
    u32 f = cpu->model->features_edx;
    return (f & CPUID_1_EDX_TSC ? CR4_TSD : 0) | (f & CPUID_1_EDX_DE ? CR4_DE : 0) | (f & CPUID_1_EDX_PSE ? CR4_PSE : 0) |
           (f & CPUID_1_EDX_PGE ? CR4_PGE : 0);
}

bool control_write(struct cpu *cpu, unsigned n, u64 value)
{
    if (n == 1 || n > 4 || (n == 4 && cpu->model->family < 5)) return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    if (!require_cpl0(cpu)) return false;
    if (n == 0) return write_cr0(cpu, value);
    if (n == 2) cpu->cr2 = value;
    if (n == 3) cpu->cr3 = value & 0xfffff018;
    if (n == 4) {
        if (value & ~cr4_known(cpu)) return FAULT(cpu, CR4_RESERVED, .value = value);
        cpu->cr4 = value;
    }
    if (n >= 3) tlb_flush(cpu);
    return true;
}

/* LMSW writes PE MP EM TS and cannot clear PE. */
bool load_msw(struct cpu *cpu, u16 value)
{
    u64 low = CR0_MP | CR0_EM | CR0_TS;
    return write_cr0(cpu, (cpu->cr0 & ~low) | (value & low) | (value & CR0_PE));
}

bool clear_task_switched(struct cpu *cpu)
{
    cpu->cr0 &= ~(u64)CR0_TS;
    return true;
}

/* TR3..TR7 keep what is written: the test of cache and TLB that they drive has no effect that a program can see otherwise. */
bool test_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (n < 3) return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    if (!require_cpl0(cpu)) return false;
    *value = cpu->tr[n];
    return true;
}

bool test_write(struct cpu *cpu, unsigned n, u64 value)
{
    if (n < 3) return FAULT(cpu, NO_SUCH_REGISTER, .value = n);
    if (!require_cpl0(cpu)) return false;
    cpu->tr[n] = value;
    return true;
}

/* --- EFLAGS --- */

bool pop_flags(struct cpu *cpu, u32 value, unsigned opsize)
{
    u32 taken = EFLAGS_ARITHMETIC | EFLAGS_TF | EFLAGS_DF | EFLAGS_NT;

    if (v86_mode(cpu) && iopl(cpu) < 3) return FAULT(cpu, V86_NEEDS_IOPL3, .value = value);
    if (opsize == 4 && cpu->model->family >= 4) taken |= EFLAGS_AC | (cpu->model->has_cpuid ? EFLAGS_ID : 0);
    if (cpu->cpl <= iopl(cpu)) taken |= EFLAGS_IF;
    if (cpu->cpl == 0) taken |= EFLAGS_IOPL;
    cpu_set_eflags(cpu, ((cpu_eflags(cpu) & ~taken) | (value & taken)) & ~(u32)EFLAGS_RF);
    return true;
}

bool push_flags_value(struct cpu *cpu, unsigned opsize, u32 *value)
{
    (void)opsize;
    if (v86_mode(cpu) && iopl(cpu) < 3) return FAULT(cpu, V86_NEEDS_IOPL3, .value = 0);
    *value = cpu_eflags(cpu) & ~(u32)(EFLAGS_VM | EFLAGS_RF);
    return true;
}

static bool may_change_if(struct cpu *cpu)
{
    return real_mode(cpu) || cpu->cpl <= iopl(cpu) || FAULT(cpu, IOPL_TOO_LOW, .cpl = cpu->cpl, .value = iopl(cpu));
}

bool clear_interrupt_flag(struct cpu *cpu)
{
    if (!may_change_if(cpu)) return false;
    cpu->rflags &= ~(u32)EFLAGS_IF;
    return true;
}

bool set_interrupt_flag(struct cpu *cpu)
{
    if (!may_change_if(cpu)) return false;
    cpu->rflags |= EFLAGS_IF;
    return true;
}

/* --- ports: SDM vol. 1, "I/O Privilege Level", "I/O Permission Bit Map" --- */

bool io_allowed(struct cpu *cpu, u16 port, unsigned size)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    struct fault_facts facts = { .value = port, .size = (u8)size, .limit = tss->limit };
    u64 map, permission;

    if (real_mode(cpu) || (!v86_mode(cpu) && cpu->cpl <= iopl(cpu))) return true;
    if (!(rights_type(tss->rights) & 8) || tss->limit < 103) return fault_raise(cpu, REASON_IO_BITMAP_OUTSIDE, facts);
    if (!system_read(cpu, tss->base + 102, 2, &map)) return false;
    u64 at = map + port / 8;
    if (at + 1 > tss->limit) return fault_raise(cpu, REASON_IO_BITMAP_OUTSIDE, facts);
    if (!system_read(cpu, tss->base + at, 2, &permission)) return false;
    if (permission >> (port & 7) & ((1u << size) - 1)) return fault_raise(cpu, REASON_IO_PERMISSION, facts);
    return true;
}
