#include "cpu/run/flags.h"

u32 cpu_eflags(const struct cpu *cpu)
{
    return (cpu->rflags & ~(u32)EFLAGS_ARITHMETIC) | lazy_all(LAZY_OF(cpu)) | EFLAGS_1;
}

void cpu_set_arithmetic_flags(struct cpu *cpu, u32 eflags)
{
    if ((eflags & (EFLAGS_ZF | EFLAGS_SF)) == (EFLAGS_ZF | EFLAGS_SF)) {
        cpu->flag_kept = eflags & EFLAGS_ARITHMETIC;
        cpu->flag_kind = FLAG_FULL | 32 << 8;
        return;
    }
    cpu->flag_kept = lazy_raw_kept(eflags);
    cpu->flag_kind = FLAG_RAW | 32 << 8;
    cpu->flag_result = lazy_raw_result(eflags);
}

void cpu_set_eflags(struct cpu *cpu, u32 eflags)
{
    u32 changed = cpu->rflags ^ eflags;

    cpu_set_arithmetic_flags(cpu, eflags);
    cpu->rflags = (eflags & ~(u32)EFLAGS_ARITHMETIC) | EFLAGS_1;
    if (changed & (EFLAGS_VM | EFLAGS_AC)) mode_derive(cpu);
}

void cpu_clear_system_flags(struct cpu *cpu, u32 flags)
{
    u32 changed = cpu->rflags & flags;

    cpu->rflags &= ~flags;
    if (changed & (EFLAGS_VM | EFLAGS_AC)) mode_derive(cpu);
}

void cpu_settle(struct cpu *cpu)
{
    cpu_set_arithmetic_flags(cpu, cpu_eflags(cpu));
    cpu->flag_first = 0;
    if (lazy_kind(cpu->flag_kind) == FLAG_FULL) cpu->flag_result = 0;
}
