/* Reset, and the lists of state.  SDM vol. 3A, "Processor State After Reset".     doc: processor */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/system/system.h"

#define STATE_OWNER struct cpu
STATE_LAYOUT(cpu_layout, "cpu", CPU_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct segment
STATE_LAYOUT(segment_layout, "segment", SEGMENT_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct x87
#define X87_REGISTER_ROW(type, name, unit, min, max, meaning) \
    { #name, unit, meaning, STATE_##type, 8, offsetof(struct x87, r[0].name), sizeof(struct x87_register), true, (u64)(min), (u64)(max) },
static const struct state_field x87_fields[] = { X87_STATE(STATE_ROW_ONE, X87_REGISTER_ROW) };
const struct state_layout x87_layout = { "x87", x87_fields, ARRAY_COUNT(x87_fields), NULL };
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
        bool cs = seg == CPU_SEG_CS;
        cpu->seg[seg] = (struct segment){
            .selector = cs ? 0xf000 : 0, .base = cs ? 0xffff0000 : 0, .limit = 0xffff, .rights = rights, .usable = true,
        };
        segment_derive(cpu, seg);
    }
}

/* Extended fields stand above the old ones.  SDM vol. 2, "CPUID", "Version Information". */
u32 cpu_signature(const struct cpu_model *m)
{
    u32 family = m->family < 15 ? m->family : 15, extended = m->family - family;
    return extended << 20 | (m->model & 0xf0u) << 12 | family << 8 | (m->model & 15u) << 4 | m->stepping;
}

/* Between instructions, or from a device that an OUT reaches: what is left of the OUT then changes
 * nothing. */
void cpu_reset(struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    bool a20 = cpu->a20, intr = cpu->intr, nmi_level = cpu->nmi_level;
    bool smm = cpu->smm;
    u64 seed = cpu->random_seed, paused_at = cpu->paused_at;

    clear_state(cpu);
    cpu->a20 = a20;                          /* lines belong to the board */
    cpu->intr = intr;
    cpu->nmi_level = nmi_level;
    cpu->random_seed = seed;
    cpu->paused_at = paused_at;
    cpu->shadow_tick = cpu->debug_shadow_tick = cpu->io_tick = UINT64_MAX;
    cpu->tsc_offset = -(s64)(cpu->in_instruction ? cpu_now(cpu) : cpu->time->now);
    cpu->rip = cpu->trace_rip = cpu->next_rip = 0xfff0;
    cpu->page = 4096;
    cpu->pat = 0x0007040600070406;
    cpu->xcr0 = XCR0_X87;
    cpu->mxcsr = 0x1f80;
    cpu->misc_enable = 1 | (m->family == 6 ? 1 << 7 : 0) | 3 << 11 | (has(cpu, FEATURE_MONITOR) ? 1 << 18 : 0);   /* counters, neither BTS nor PEBS */
    cpu->hardware_config = is_amd(cpu) && m->family > 15 ? 1 << 24 : 0;      /* the TSC counts at the rate of P0 */
    monitor_disarm(cpu);
    /* RESET, not FNINIT: SDM vol. 3A, table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT" */
    cpu->x87 = (struct x87){ .control = 0x40, .in_use = 0xff };
    cpu->gpr[RDX] = cpu_signature(m);
    cpu->cr0 = m->family >= 4 ? CR0_ET | CR0_CD | CR0_NW : 0;
    cpu->dr[6] = 0xffff0ff0;
    cpu->dr[7] = 0x400;
    cpu->idtr_limit = cpu->gdtr_limit = 0xffff;
    /* a boot processor, whose APIC is on where there is one */
    cpu->apic_base = has(cpu, FEATURE_APIC) ? 0xfee00900 : m->family >= 6 ? 0xfee00100 : 0;
    if (cpu->number) {                       /* the others wait for a start-up message */
        cpu->apic_base &= ~(u64)APIC_BASE_BSP;
        cpu->activity = ACTIVITY_WAITING_START;
    }
    performance_reset(cpu);
    apic_reset(cpu);
    cpu->apic.id = (u8)cpu->number;
    smm_reset(cpu, smm);
    reset_segments(cpu);
    cpu_set_eflags(cpu, EFLAGS_1);
    tlb_flush(cpu);
    mode_derive(cpu);
    cpu_leave_after_instruction(cpu);
}

/* What INIT leaves alone, besides CR0.CD and NW and the APIC's base and ID. */
static const struct { u16 offset, bytes; } kept_over_init[] = {
#define KEPT(member) { offsetof(struct cpu, member), sizeof ((struct cpu *)0)->member }
    KEPT(x87), KEPT(ymm), KEPT(mxcsr), KEPT(xcr0), KEPT(xss), KEPT(tsc_offset), KEPT(tsc_adjust), KEPT(apic_base), KEPT(sysenter_cs), KEPT(sysenter_esp),
    KEPT(sysenter_eip), KEPT(kernel_gs_base), KEPT(star), KEPT(lstar), KEPT(cstar), KEPT(sfmask), KEPT(tsc_aux), KEPT(pat),
    KEPT(mtrr_default), KEPT(mtrr_variable), KEPT(mtrr_fixed), KEPT(machine_check), KEPT(debugctl), KEPT(hardware_config), KEPT(northbridge_config), KEPT(sleep_control), KEPT(power_control), KEPT(misc_enable),
    KEPT(random_count), KEPT(smbase),
#undef KEPT
};

/* INIT: a reset that leaves the caches' control bits, the time-stamp counter, the FPU and vector registers and the MSRs alone.  Processors
 * before the Pentium have no INIT: the board's pulse reaches their RESET.  SDM vol. 3A, "Processor States Following Power-up, Reset, or INIT". */
void cpu_initialize(struct cpu *cpu)
{
    u64 cache = cpu->cr0 & (CR0_CD | CR0_NW);
    u8 apic_id = cpu->apic.id, kept[4096], *at = kept;
    performance_settle(cpu);
    struct performance counters = cpu->performance;

    for (unsigned i = 0; i < ARRAY_COUNT(kept_over_init); at += kept_over_init[i++].bytes)
        memcpy(at, (u8 *)cpu + kept_over_init[i].offset, kept_over_init[i].bytes);
    assert(at <= kept + sizeof kept);
    cpu_reset(cpu);
    if (cpu->model->family < 5) return;
    at = kept;
    for (unsigned i = 0; i < ARRAY_COUNT(kept_over_init); at += kept_over_init[i++].bytes)
        memcpy((u8 *)cpu + kept_over_init[i].offset, at, kept_over_init[i].bytes);
    cpu->cr0 = (cpu->cr0 & ~(u64)(CR0_CD | CR0_NW)) | cache;
    cpu->apic.id = apic_id;
    cpu->performance = counters;
    performance_derive(cpu);
    apic_derive(cpu);
}

/* "cpu0.es": the name belongs to the processor. */
static const char *part_name(struct cpu *cpu, unsigned part, const char *suffix)
{
    snprintf(cpu->part_name[part], sizeof cpu->part_name[part], "cpu%u%s", cpu->number, suffix);
    return cpu->part_name[part];
}

unsigned cpu_state_parts(struct cpu *cpu, struct cpu_state_part *parts, unsigned room)
{
    static const char *const segment[CPU_SEGS] = { ".es", ".cs", ".ss", ".ds", ".fs", ".gs", ".ldtr", ".tr" };
    struct cpu_state_part all[16];
    unsigned count = 0;
#define PART(suffix, layout, instance) all[count] = (struct cpu_state_part){ part_name(cpu, count, suffix), layout, instance }, count++

    PART("", &cpu_layout, cpu);
    PART(".x87", &x87_layout, &cpu->x87);
    for (unsigned seg = 0; seg < CPU_SEGS; seg++) PART(segment[seg], &segment_layout, &cpu->seg[seg]);
    if (has(cpu, FEATURE_MSR)) PART(".performance", &performance_layout, &cpu->performance);
    if (has(cpu, FEATURE_APIC)) PART(".apic", &local_apic_layout, &cpu->apic);
#undef PART
    if (count > room) count = room;
    memcpy(parts, all, count * sizeof *parts);
    return count;
}
