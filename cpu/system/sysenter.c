/* SYSENTER and SYSEXIT: flat segments without a look at descriptors.  SDM vol. 2, under their
 * names.                                                                             doc: system */
#include "cpu/system/transfer.h"

enum { TYPE_CODE_READ_ACCESSED = 11, TYPE_DATA_WRITE_ACCESSED = 3 };

void segment_set_flat(struct cpu *cpu, unsigned seg, u16 selector, unsigned dpl, unsigned code_bits)
{
    unsigned type = code_bits ? TYPE_CODE_READ_ACCESSED : TYPE_DATA_WRITE_ACCESSED;
    unsigned rights = type | RIGHTS_S | dpl << 5 | RIGHTS_P | (code_bits == 64 ? RIGHTS_L : RIGHTS_DB) | RIGHTS_G;

    cpu->seg[seg] = (struct segment){
        .selector = selector, .limit = 0xffffffff, .rights = (u16)rights, .usable = true,
    };
    segment_derive(cpu, seg);
}

/* Both begin with the same checks. */
static bool code_selector(struct cpu *cpu, u16 *selector)
{
    *selector = cpu->sysenter_cs & 0xfffc;
    if (real_mode(cpu)) return FAULT(cpu, SYSENTER_IN_REAL_MODE, .value = 0);
    return *selector || FAULT(cpu, SYSENTER_CS_NULL, .value = 0);
}

/* AMD's processors have the pair in legacy mode alone.  APM vol. 3, "SYSENTER", "SYSEXIT". */
static bool mode_allows(struct cpu *cpu)
{
    return !is_amd(cpu) || !long_mode(cpu) || FAULT(cpu, SYSENTER_IN_LONG_MODE, .value = 0);
}

static void enter(struct cpu *cpu, u16 cs, u16 ss, unsigned cpl, unsigned code_bits, u64 rip, u64 rsp)
{
    u64 mask = code_bits == 64 ? UINT64_MAX : 0xffffffff;

    segment_set_flat(cpu, CPU_SEG_CS, cs, cpl, code_bits);
    segment_set_flat(cpu, CPU_SEG_SS, ss, cpl, 0);
    cpu->cpl = (u8)cpl;
    cpu->gpr[RSP] = rsp & mask;
    cpu->next_rip = rip & mask;
    mode_derive(cpu);
}

bool sysenter(struct cpu *cpu)
{
    u16 cs;

    if (!mode_allows(cpu) || !code_selector(cpu, &cs)) return false;
    cpu_set_eflags(cpu, cpu_eflags(cpu) & ~(u32)(EFLAGS_VM | EFLAGS_IF | EFLAGS_RF));
    enter(cpu, cs, (u16)(cs + 8), 0, long_mode(cpu) ? 64 : 32, cpu->sysenter_eip, cpu->sysenter_esp);
    return true;
}

bool sysexit(struct cpu *cpu, bool to_64bit)
{
    u64 rip = cpu->gpr[RDX], rsp = cpu->gpr[RCX];
    u16 cs, offset = to_64bit ? 32 : 16;

    if (long_mode(cpu) && is_amd(cpu) && !require_cpl0(cpu)) return false;
    if (!mode_allows(cpu) || !code_selector(cpu, &cs) || !require_cpl0(cpu)) return false;
    if (to_64bit && !(canonical(rip) && canonical(rsp)))
        return FAULT(cpu, SYSRET_TARGET, .la = canonical(rip) ? rsp : rip);
    enter(cpu, (u16)((cs + offset) | 3), (u16)((cs + offset + 8) | 3), 3, to_64bit ? 64 : 32, rip, rsp);
    return true;
}
