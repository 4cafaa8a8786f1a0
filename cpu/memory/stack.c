/* Push and pop through SS, with ESP committed last.  SDM vol. 1, "Procedure Stack".          doc: memory-access */
#include "cpu/memory/access.h"
#include "cpu/system/system.h"

bool stack_push(struct cpu *cpu, u64 value, unsigned size)
{
    u64 mask = cpu->stack_mask, sp = (cpu->gpr[RSP] - size) & mask;

    if (!store(cpu, CPU_SEG_SS, sp, size, value)) return false;
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~mask) | sp;
    return true;
}

bool stack_pop(struct cpu *cpu, u64 *value, unsigned size)
{
    u64 mask = cpu->stack_mask, sp = cpu->gpr[RSP] & mask;

    if (!load(cpu, CPU_SEG_SS, sp, size, value)) return false;
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~mask) | ((sp + size) & mask);
    return true;
}
