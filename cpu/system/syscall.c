/* SYSCALL, SYSRET, SWAPGS, the FS and GS bases, CLAC, STAC, INVPCID.  SDM vol. 2, under their names; AMD APM vol. 3 for
 * SYSCALL and SYSRET in legacy mode.                                                     doc: long-mode */
#include "cpu/memory/access.h"
#include "cpu/system/transfer.h"

/* STAR: 31:0 EIP of legacy SYSCALL, 47:32 CS of SYSCALL (SS is 8 more), 63:48 CS of SYSRET (SS 8 more, 64-bit CS 16). */

/* Intel's processors have the pair in 64-bit mode alone. */
static bool syscall_exists(struct cpu *cpu)
{
    if (cpu->efer & EFER_SCE && (code_64bit(cpu) || (is_amd(cpu) && !real_mode(cpu) && !v86_mode(cpu)))) return true;
    return FAULT(cpu, SYSCALL_DISABLED, .value = cpu->efer);
}

bool syscall_enter(struct cpu *cpu)
{
    u16 cs = (u16)bits(cpu->star, 47, 32) & 0xfffc;
    u32 flags = cpu_eflags(cpu);

    if (!syscall_exists(cpu)) return false;
    cpu->gpr[RCX] = long_mode(cpu) ? cpu->next_rip : (u32)cpu->next_rip;
    if (long_mode(cpu)) cpu->gpr[R11] = flags & ~(u32)EFLAGS_RF;
    u64 target = !long_mode(cpu) ? (u32)cpu->star : code_64bit(cpu) ? cpu->lstar : cpu->cstar;
    u32 cleared = long_mode(cpu) ? (u32)cpu->sfmask | EFLAGS_RF : EFLAGS_IF | EFLAGS_RF | EFLAGS_VM;
    cpu_set_eflags(cpu, flags & ~cleared);
    segment_set_flat(cpu, CPU_SEG_CS, cs, 0, long_mode(cpu) ? 64 : 32);
    segment_set_flat(cpu, CPU_SEG_SS, (u16)(cs + 8), 0, 0);
    cpu->cpl = 0;
    cpu->next_rip = target;
    mode_derive(cpu);
    return true;
}

/* SYSRET leaves SS's hidden part flat: Intel's processors load it, AMD's keep all but selector and DPL. */
bool syscall_return(struct cpu *cpu, bool to_64bit)
{
    u16 base = (u16)bits(cpu->star, 63, 48);
    u16 cs = (u16)((to_64bit ? base + 16 : base) | 3);

    if (!syscall_exists(cpu)) return false;
    if (!protected_mode(cpu) || cpu->cpl) return FAULT(cpu, SYSRET_NOT_PROTECTED, .value = 0);
    if (to_64bit && !is_amd(cpu) && !canonical(cpu->gpr[RCX])) return FAULT(cpu, SYSRET_TARGET, .la = cpu->gpr[RCX]);
    if (long_mode(cpu)) {
        u32 kept = eflags_known(cpu) & ~(u32)(EFLAGS_RF | EFLAGS_VM);
        cpu_set_eflags(cpu, (u32)cpu->gpr[R11] & kept);
    } else {
        cpu_set_eflags(cpu, cpu_eflags(cpu) | EFLAGS_IF);
    }
    segment_set_flat(cpu, CPU_SEG_CS, cs, 3, to_64bit ? 64 : 32);
    segment_set_flat(cpu, CPU_SEG_SS, (u16)((base + 8) | 3), 3, 0);
    cpu->cpl = 3;
    cpu->next_rip = to_64bit ? cpu->gpr[RCX] : (u32)cpu->gpr[RCX];
    mode_derive(cpu);
    return true;
}

static void set_base(struct cpu *cpu, unsigned seg, u64 base)
{
    cpu->seg[seg].base = base;
    segment_derive(cpu, seg);
}

bool swap_gs(struct cpu *cpu)
{
    u64 base = cpu->seg[CPU_SEG_GS].base;

    if (!require_cpl0(cpu)) return false;
    set_base(cpu, CPU_SEG_GS, cpu->kernel_gs_base);
    cpu->kernel_gs_base = base;
    return true;
}

bool fsgsbase_open(struct cpu *cpu)
{
    return cpu->cr4 & CR4_FSGSBASE || FAULT(cpu, FSGSBASE_DISABLED, .value = 0);
}

bool fsgsbase_write(struct cpu *cpu, unsigned seg, u64 base)
{
    if (!fsgsbase_open(cpu)) return false;
    if (!canonical(base)) return FAULT(cpu, TABLE_BASE_NOT_CANONICAL, .la = base);
    set_base(cpu, seg, base);
    return true;
}

bool set_access_flag(struct cpu *cpu, bool value)
{
    if (cpu->cpl) return FAULT(cpu, SMAP_INSTRUCTION, .value = value);
    cpu->rflags = (cpu->rflags & ~(u32)EFLAGS_AC) | (value ? EFLAGS_AC : 0);
    mode_derive(cpu);
    return true;
}

/* Types 0 address, 1 context, 2 all, 3 all but global.  The TLB knows no PCIDs: what is dropped is at least what is asked for. */
bool invalidate_pcid(struct cpu *cpu, u64 type, unsigned seg, u64 ea)
{
    u64 pcid, la;

    if (!require_cpl0(cpu)) return false;
    if (!load(cpu, seg, ea, 8, &pcid) || !load(cpu, seg, ea + 8, 8, &la)) return false;
    bool pcid_off = !(cpu->cr4 & CR4_PCIDE) && type < 2 && pcid;
    if (type > 3 || pcid >> 12 || pcid_off || (type == 0 && !canonical(la))) return FAULT(cpu, INVPCID_BAD, .value = type);
    if (type == 0) tlb_flush_page(cpu, la);
    else if (type == 2) tlb_flush(cpu);
    else tlb_flush_local(cpu);
    return true;
}
