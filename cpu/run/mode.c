#include "cpu/run/mode.h"

#include "cpu/run/processor.h"

void mode_derive(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[CPU_SEG_CS];
    bool checked = (cpu->cr0 & CR0_AM) && (cpu->rflags & EFLAGS_AC) && cpu->cpl == 3;
    bool stack32 = cpu->seg[CPU_SEG_SS].rights & RIGHTS_DB;

    cpu->stack_mask = stack32 ? 0xffffffff : 0xffff;
    cpu->tlb = cpu->tlb_set[checked ? TLB_NEVER : cpu->cpl == 3 ? TLB_USER : TLB_SUPERVISOR];
    cpu->mode = (cs->rights & RIGHTS_DB ? MODE_CODE32 : 0) | (stack32 ? MODE_STACK32 : 0) |
                (cs->limit == 0xffffffff ? MODE_LIMIT_4G : 0) | (cpu->cpl == 3 ? MODE_USER : 0) |
                (protected_mode(cpu) ? MODE_PROTECTED : 0);
}
