#include "cpu/run/mode.h"

#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/system.h"

static u64 stack_mask_of(const struct cpu *cpu, bool code64)
{
    if (code64) return UINT64_MAX;
    return cpu->seg[CPU_SEG_SS].rights & RIGHTS_DB ? 0xffffffff : 0xffff;
}

/* In 64-bit mode the bases of ES CS SS DS count as 0 and no limit is looked at.  SDM vol. 3A, "Segmentation in IA-32e Mode". */
static void derive_segments(struct cpu *cpu, bool code64)
{
    if (cpu->segments_64bit == code64) return;
    cpu->segments_64bit = code64;
    for (unsigned seg = 0; seg < 6; seg++) segment_derive(cpu, seg);
}

static bool flat(const struct segment *s)
{
    return s->base == 0 && s->read_first == 0 && s->read_last == 0xffffffff && s->write_first == 0 && s->write_last == 0xffffffff;
}

void mode_derive_flat(struct cpu *cpu)
{
    bool all = !cpu->segments_64bit && flat(&cpu->seg[CPU_SEG_ES]) && flat(&cpu->seg[CPU_SEG_SS]) && flat(&cpu->seg[CPU_SEG_DS]);
    cpu->mode = (cpu->mode & ~(u32)MODE_FLAT) | (all ? MODE_FLAT : 0);
    targets_derive(cpu);
}

void mode_derive(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[CPU_SEG_CS];
    bool checked = (cpu->cr0 & CR0_AM) && (cpu->rflags & EFLAGS_AC) && cpu->cpl == 3;
    bool code64 = long_mode(cpu) && cs->rights & RIGHTS_L;

    if (unlikely(cpu->performance.counts_by_cpl)) performance_cpl_changed(cpu);
    cpu->stack_mask = stack_mask_of(cpu, code64);
    cpu->address_mask[0] = code64 ? UINT64_MAX : 0xffffffff;
    cpu->address_mask[1] = code64 ? 0xffffffff : 0xffff;
    cpu->linear_mask = code64 ? UINT64_MAX : 0xffffffff;
    cpu->target_bias = code64 ? 0x800000000000 : 0;
    cpu->target_last = code64 ? 0xffffffffffff : cs->limit;
    derive_segments(cpu, code64);
    cpu->tlb = cpu->tlb_set[checked ? TLB_NEVER : tlb_set_of_cpl(cpu)];
    cpu->stack_entry = tlb_entry_of(cpu, cpu->gpr[RSP]);
    cpu->mode = (cs->rights & RIGHTS_DB && !code64 ? MODE_CODE32 : 0) | (cpu->stack_mask == 0xffffffff ? MODE_STACK32 : 0) |
                (cs->limit == 0xffffffff || code64 ? MODE_LIMIT_4G : 0) | (cpu->cpl == 3 ? MODE_USER : 0) |
                (protected_mode(cpu) ? MODE_PROTECTED : 0) | (code64 ? MODE_LONG64 : 0) | (cs->limit == 0xffff ? MODE_LIMIT_64K : 0);
    mode_derive_flat(cpu);
    if (unlikely(cpu->breaks)) breaks_see_mode(cpu);
}
