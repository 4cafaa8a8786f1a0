/* Reset, and the lists of state.  SDM vol. 3A, "Processor State After Reset".     doc: processor */
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/system/system.h"

#define STATE_OWNER struct cpu
STATE_LAYOUT(cpu_layout, "cpu", CPU_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct segment
STATE_LAYOUT(segment_layout, "segment", SEGMENT_STATE);
#undef STATE_OWNER

/* all present, level 0 */
enum { RIGHTS_DATA = 0x93, RIGHTS_LDT = 0x82, RIGHTS_BUSY_TSS = 0x8b };

static void clear_state(struct cpu *cpu)
{
    for (unsigned i = 0; i < cpu_layout.count; i++) {
        const struct state_field *field = &cpu_layout.fields[i];
        memset((u8 *)cpu + field->offset, 0, (size_t)field->stride * field->count);
    }
}

static void reset_segments(struct cpu *cpu)
{
    for (unsigned seg = 0; seg < CPU_SEGS; seg++) {
        u16 rights = seg == CPU_SEG_LDTR ? RIGHTS_LDT :
                     seg == CPU_SEG_TR   ? RIGHTS_BUSY_TSS : RIGHTS_DATA;
        cpu->seg[seg] = (struct segment){ .limit = 0xffff, .rights = rights, .usable = true };
        segment_derive(&cpu->seg[seg]);
    }
    cpu->seg[CPU_SEG_CS].selector = 0xf000;
    cpu->seg[CPU_SEG_CS].base = 0xffff0000;
}

/* Between instructions, or from a device that an OUT reaches: what is left of the OUT then changes
 * nothing. */
void cpu_reset(struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    bool a20 = cpu->a20, intr = cpu->intr, nmi_level = cpu->nmi_level;

    clear_state(cpu);
    cpu->a20 = a20;                          /* lines belong to the board */
    cpu->intr = intr;
    cpu->nmi_level = nmi_level;
    cpu->shadow_tick = cpu->debug_shadow_tick = UINT64_MAX;
    cpu->tsc_offset = -(s64)(cpu->in_instruction ? cpu_now(cpu) : cpu->time->now);
    cpu->rip = cpu->next_rip = 0xfff0;
    cpu->gpr[RDX] = (u64)m->family << 8 | (u64)m->model << 4 | m->stepping;
    cpu->cr0 = m->family >= 4 ? CR0_ET | CR0_CD | CR0_NW : 0;
    cpu->dr[6] = 0xffff0ff0;
    cpu->dr[7] = 0x400;
    cpu->idtr_limit = cpu->gdtr_limit = 0xffff;
    /* a boot processor whose APIC is off */
    cpu->apic_base = m->family >= 6 ? 0xfee00100 : 0;
    reset_segments(cpu);
    cpu_set_eflags(cpu, EFLAGS_1);
    tlb_flush(cpu);
    mode_derive(cpu);
    cpu_leave_after_instruction(cpu);
}

/* INIT: a reset that leaves the caches' control bits, the time-stamp counter and the MSRs alone.  Processors before the
 * Pentium have no INIT: the board's pulse reaches their RESET.  SDM vol. 3A, "Processor States Following Power-up, Reset, or INIT". */
void cpu_initialize(struct cpu *cpu)
{
    u64 kept = cpu->cr0 & (CR0_CD | CR0_NW), apic_base = cpu->apic_base;
    u64 sysenter[] = { cpu->sysenter_cs, cpu->sysenter_esp, cpu->sysenter_eip };
    s64 tsc_offset = cpu->tsc_offset;

    cpu_reset(cpu);
    if (cpu->model->family < 5) return;
    cpu->cr0 = (cpu->cr0 & ~(u64)(CR0_CD | CR0_NW)) | kept;
    cpu->apic_base = apic_base;
    cpu->sysenter_cs = sysenter[0];
    cpu->sysenter_esp = sysenter[1];
    cpu->sysenter_eip = sysenter[2];
    cpu->tsc_offset = tsc_offset;
}

unsigned cpu_state_parts(struct cpu *cpu, struct cpu_state_part *parts, unsigned room)
{
    static const char *const names[CPU_SEGS] = {
        "cpu0.es", "cpu0.cs", "cpu0.ss", "cpu0.ds", "cpu0.fs", "cpu0.gs", "cpu0.ldtr", "cpu0.tr",
    };
    unsigned count = 0;

    if (count < room) parts[count++] = (struct cpu_state_part){ "cpu0", &cpu_layout, cpu };
    for (unsigned seg = 0; seg < CPU_SEGS && count < room; seg++)
        parts[count++] = (struct cpu_state_part){ names[seg], &segment_layout, &cpu->seg[seg] };
    return count;
}
