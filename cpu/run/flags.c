#include "cpu/run/flags.h"

u32 cpu_eflags(const struct cpu *cpu)
{
    return (cpu->rflags & ~(u32)EFLAGS_ARITHMETIC) | lazy_all(LAZY_OF(cpu)) | EFLAGS_1;
}

/* As a result that says ZF, SF and PF, where one can: 0 has ZF and PF, 1 none, 3 PF; the top bit is SF. */
void cpu_set_arithmetic_flags(struct cpu *cpu, u32 eflags)
{
    bool zf = eflags & EFLAGS_ZF, sf = eflags & EFLAGS_SF, pf = eflags & EFLAGS_PF;

    cpu->flag_kept = eflags & EFLAGS_ARITHMETIC;
    cpu->flag_kind = FLAG_FULL | 32 << 8;
    if (zf && (sf || !pf)) return;
    cpu->flag_kind = FLAG_RAW | 32 << 8;
    cpu->flag_kept &= EFLAGS_CF | EFLAGS_OF | EFLAGS_AF;
    cpu->flag_result = zf ? 0 : (u64)sf << 63 | (pf ? 3ull : 1ull) << 32;
}

void cpu_set_eflags(struct cpu *cpu, u32 eflags)
{
    u32 changed = cpu->rflags ^ eflags;

    cpu_set_arithmetic_flags(cpu, eflags);
    cpu->rflags = (eflags & ~(u32)EFLAGS_ARITHMETIC) | EFLAGS_1;
    if (changed & (EFLAGS_VM | EFLAGS_AC)) mode_derive(cpu);
}

void cpu_settle(struct cpu *cpu)
{
    cpu_set_arithmetic_flags(cpu, cpu_eflags(cpu));
    cpu->flag_first = 0;
    if (lazy_kind(cpu->flag_kind) == FLAG_FULL) cpu->flag_result = 0;
}
