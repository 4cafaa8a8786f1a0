/* Model-specific registers and the time-stamp counter.  SDM vol. 4, "MSRs in Pentium Processors",
 * "MSRs in the P6 Family Processors"; vol. 2, "RDMSR", "WRMSR", "RDTSC".                doc: msr */
#include "cpu/system/transfer.h"

enum msr {
    MSR_P5_MC_ADDR = 0x00, MSR_P5_MC_TYPE = 0x01, MSR_TSC = 0x10, MSR_PLATFORM_ID = 0x17,
    MSR_APIC_BASE = 0x1b,
    MSR_EBL_CR_POWERON = 0x2a, MSR_BIOS_UPDT_TRIG = 0x79, MSR_BIOS_SIGN_ID = 0x8b,
    MSR_SYSENTER_CS = 0x174, MSR_SYSENTER_ESP = 0x175, MSR_SYSENTER_EIP = 0x176,
};
/* base, and the enable bit of an APIC that is not there; BSP stays */
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

static bool has_msr(const struct cpu *cpu, u32 number)
{
    bool p6 = cpu->model->family >= 6;

    switch (number) {
    case MSR_TSC: return cpu->model->features_edx & CPUID_1_EDX_TSC;
    case MSR_SYSENTER_CS: case MSR_SYSENTER_ESP: case MSR_SYSENTER_EIP:
        return cpu->model->features_edx & CPUID_1_EDX_SEP;
    case MSR_P5_MC_ADDR: case MSR_P5_MC_TYPE:
        return true;
    case MSR_PLATFORM_ID: case MSR_APIC_BASE: case MSR_EBL_CR_POWERON:
    case MSR_BIOS_UPDT_TRIG: case MSR_BIOS_SIGN_ID:
        return p6;
    default: return false;
    }
}

/* What is not listed here reads as 0: no machine check happened, no microcode update was loaded. */
static u64 read(const struct cpu *cpu, u32 number)
{
    switch (number) {
    case MSR_TSC: return tsc(cpu);
    case MSR_APIC_BASE: return cpu->apic_base;
    case MSR_SYSENTER_CS: return cpu->sysenter_cs;
    case MSR_SYSENTER_ESP: return cpu->sysenter_esp;
    case MSR_SYSENTER_EIP: return cpu->sysenter_eip;
    default: return 0;
    }
}

/* The registers that keep nothing take a write and forget it. */
static void write(struct cpu *cpu, u32 number, u64 value)
{
    switch (number) {
    case MSR_TSC: cpu->tsc_offset += (s64)(value - tsc(cpu)); break;
    case MSR_APIC_BASE:
        cpu->apic_base = (cpu->apic_base & ~APIC_BASE_WRITABLE) | (value & APIC_BASE_WRITABLE);
        break;
    case MSR_SYSENTER_CS: cpu->sysenter_cs = (u32)value; break;
    case MSR_SYSENTER_ESP: cpu->sysenter_esp = (u32)value; break;
    case MSR_SYSENTER_EIP: cpu->sysenter_eip = (u32)value; break;
    default: break;
    }
}

/* The P6 family's platform ID cannot be written. */
static bool msr_open(struct cpu *cpu, u32 number, bool to_write)
{
    if (!require_cpl0(cpu)) return false;
    if (has_msr(cpu, number) && !(to_write && number == MSR_PLATFORM_ID)) return true;
    return FAULT(cpu, MSR_UNKNOWN, .value = number);
}

bool msr_read(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!msr_open(cpu, number, false)) return false;
    set_edx_eax(cpu, read(cpu, number));
    return true;
}

bool msr_write(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!msr_open(cpu, number, true)) return false;
    write(cpu, number, (u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX]);
    return true;
}

bool read_tsc(struct cpu *cpu)
{
    if (cpu->cr4 & CR4_TSD && cpu->cpl) return FAULT(cpu, TSC_DISABLED, .value = 0);
    set_edx_eax(cpu, tsc(cpu));
    return true;
}
