/* SYSENTER and SYSEXIT: flat segments without a look at descriptors.  SDM vol. 2, under their
 * names.                                                                             doc: system */
#include "cpu/system/transfer.h"

enum { TYPE_CODE_READ_ACCESSED = 11, TYPE_DATA_WRITE_ACCESSED = 3 };

static void set_flat(struct cpu *cpu, unsigned seg, u16 selector, unsigned type, unsigned dpl)
{
    unsigned rights = type | RIGHTS_S | dpl << 5 | RIGHTS_P | RIGHTS_DB | RIGHTS_G;

    cpu->seg[seg] = (struct segment){
        .selector = selector, .limit = 0xffffffff, .rights = (u16)rights, .usable = true,
    };
    segment_derive(&cpu->seg[seg]);
}

/* Both begin with the same checks. */
static bool code_selector(struct cpu *cpu, u16 *selector)
{
    *selector = cpu->sysenter_cs & 0xfffc;
    if (real_mode(cpu)) return FAULT(cpu, SYSENTER_IN_REAL_MODE, .value = 0);
    return *selector || FAULT(cpu, SYSENTER_CS_NULL, .value = 0);
}

static void enter(struct cpu *cpu, u16 cs, u16 ss, unsigned cpl, u64 rip, u64 rsp)
{
    set_flat(cpu, CPU_SEG_CS, cs, TYPE_CODE_READ_ACCESSED, cpl);
    set_flat(cpu, CPU_SEG_SS, ss, TYPE_DATA_WRITE_ACCESSED, cpl);
    cpu->cpl = (u8)cpl;
    cpu->gpr[RSP] = (u32)rsp;
    cpu->next_rip = (u32)rip;
    mode_derive(cpu);
}

bool sysenter(struct cpu *cpu)
{
    u16 cs;

    if (!code_selector(cpu, &cs)) return false;
    cpu_set_eflags(cpu, cpu_eflags(cpu) & ~(u32)(EFLAGS_VM | EFLAGS_IF | EFLAGS_RF));
    enter(cpu, cs, (u16)(cs + 8), 0, cpu->sysenter_eip, cpu->sysenter_esp);
    return true;
}

bool sysexit(struct cpu *cpu)
{
    u16 cs;

    if (!code_selector(cpu, &cs) || !require_cpl0(cpu)) return false;
    enter(cpu, (u16)((cs + 16) | 3), (u16)((cs + 24) | 3), 3, cpu->gpr[RDX], cpu->gpr[RCX]);
    return true;
}
