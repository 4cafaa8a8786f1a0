/* MSRs, TSC, CPUID, SYSENTER.  SDM vol. 4; vol. 2, "CPUID", "RDTSC", "SYSENTER", "SYSEXIT".   doc: system */
#include <string.h>

#include "cpu/system/interrupt.h"

enum { MSR_TSC = 0x10, MSR_APIC_BASE = 0x1b, MSR_BIOS_SIGN_ID = 0x8b, MSR_SYSENTER_CS = 0x174, MSR_SYSENTER_ESP = 0x175,
       MSR_SYSENTER_EIP = 0x176 };

/* A tick is a cycle unless the model says otherwise. */
static u64 tsc(const struct cpu *cpu)
{
    return cpu_now(cpu) + (u64)cpu->tsc_offset;
}

static u64 *sysenter_msr(struct cpu *cpu, u32 number)
{
    if (!(cpu->model->features_edx & CPUID_1_EDX_SEP)) return NULL;
    switch (number) {
    case MSR_SYSENTER_CS: return &cpu->sysenter_cs;
    case MSR_SYSENTER_ESP: return &cpu->sysenter_esp;
    case MSR_SYSENTER_EIP: return &cpu->sysenter_eip;
    default: return NULL;
    }
}

static void set_edx_eax(struct cpu *cpu, u64 value)
{
    cpu->gpr[RAX] = (u32)value;
    cpu->gpr[RDX] = value >> 32;
}

bool msr_read(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];
    u64 *reg = sysenter_msr(cpu, number);

    if (!require_cpl0(cpu)) return false;
    if (reg) set_edx_eax(cpu, *reg);
    else if (number == MSR_TSC) set_edx_eax(cpu, tsc(cpu));
    else if (number == MSR_BIOS_SIGN_ID && cpu->model->family == 6) set_edx_eax(cpu, 0);     /* no microcode update was loaded */
    else return FAULT(cpu, MSR_UNKNOWN, .value = number);
    return true;
}

bool msr_write(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];
    u64 value = (u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX], *reg = sysenter_msr(cpu, number);

    if (!require_cpl0(cpu)) return false;
    if (reg) *reg = value;
    else if (number == MSR_TSC) cpu->tsc_offset = (s64)(value - cpu_now(cpu));
    else if (number != MSR_BIOS_SIGN_ID || cpu->model->family != 6) return FAULT(cpu, MSR_UNKNOWN, .value = number);
    return true;
}

bool read_tsc(struct cpu *cpu)
{
    if (cpu->cr4 & CR4_TSD && cpu->cpl) return FAULT(cpu, TSC_DISABLED, .cpl = cpu->cpl);
    set_edx_eax(cpu, tsc(cpu));
    return true;
}

void cpuid(struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    u32 leaf = (u32)cpu->gpr[RAX], last = m->family >= 6 ? 2 : 1;
    u32 a = 0, b = 0, c = 0, d = 0;

    if (leaf > last) leaf = last;            /* "If a value is greater than the maximum, the highest basic leaf is returned" */
    if (leaf == 0) {
        a = last;
        b = get32((const u8 *)m->vendor);
        d = get32((const u8 *)m->vendor + 4);
        c = get32((const u8 *)m->vendor + 8);
    } else if (leaf == 1) {
        a = (u32)(m->family << 8 | m->model << 4 | m->stepping);
        d = m->features_edx;
    } else {
        a = 1;                               /* one query; no cache or TLB descriptor is given */
    }
    cpu->gpr[RAX] = a;
    cpu->gpr[RBX] = b;
    cpu->gpr[RCX] = c;
    cpu->gpr[RDX] = d;
}

/* Flat segments as the two instructions load them, without looking at descriptors. */
static void set_flat(struct cpu *cpu, unsigned seg, u16 selector, unsigned type, unsigned dpl)
{
    cpu->seg[seg] = (struct segment){ .selector = selector, .limit = 0xffffffff, .usable = true,
                                      .rights = (u16)(type | RIGHTS_S | RIGHTS_P | dpl << 5 | RIGHTS_DB | RIGHTS_G) };
    segment_derive(&cpu->seg[seg]);
}

bool sysenter(struct cpu *cpu)
{
    u16 cs = (u16)cpu->sysenter_cs & 0xfffc;

    if (real_mode(cpu) || !cs) return FAULT(cpu, SYSENTER_CS_NULL, .value = cs);
    cpu_set_eflags(cpu, cpu_eflags(cpu) & ~(u32)(EFLAGS_VM | EFLAGS_IF | EFLAGS_RF));
    set_flat(cpu, CPU_SEG_CS, cs, 11, 0);
    set_flat(cpu, CPU_SEG_SS, (u16)(cs + 8), 3, 0);
    cpu->cpl = 0;
    cpu->gpr[RSP] = (u32)cpu->sysenter_esp;
    cpu->next_rip = (u32)cpu->sysenter_eip;
    mode_derive(cpu);
    return true;
}

bool sysexit(struct cpu *cpu)
{
    u16 cs = (u16)cpu->sysenter_cs & 0xfffc;

    if (real_mode(cpu) || !cs) return FAULT(cpu, SYSENTER_CS_NULL, .value = cs);
    if (!require_cpl0(cpu)) return false;
    set_flat(cpu, CPU_SEG_CS, (u16)((cs + 16) | 3), 11, 3);
    set_flat(cpu, CPU_SEG_SS, (u16)((cs + 24) | 3), 3, 3);
    cpu->cpl = 3;
    cpu->gpr[RSP] = (u32)cpu->gpr[RCX];
    cpu->next_rip = (u32)cpu->gpr[RDX];
    mode_derive(cpu);
    return true;
}
