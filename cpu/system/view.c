/* Reset, and what a debugger sees and sets.                                                doc: processor */
#include <string.h>
#include <strings.h>

#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/run/mode.h"
#include "cpu/system/system.h"

#define STATE_OWNER struct cpu
STATE_LAYOUT(cpu_layout, "cpu", CPU_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct segment
STATE_LAYOUT(segment_layout, "segment", SEGMENT_STATE);

/* SDM vol. 3A, "Processor State After Reset". */
void cpu_reset(struct cpu *cpu)
{
    bool a20 = cpu->a20;
    bool intr = cpu->intr, nmi_level = cpu->nmi_level;

    for (unsigned f = 0; f < cpu_layout.count; f++) {
        const struct state_field *field = &cpu_layout.fields[f];
        memset((u8 *)cpu + field->offset, 0, (size_t)field->stride * field->count);
    }
    cpu->a20 = a20;                          /* a line of the board, not of the processor */
    cpu->intr = intr;
    cpu->nmi_level = nmi_level;
    cpu->shadow_tick = cpu->debug_shadow_tick = UINT64_MAX;
    cpu->rip = 0xfff0;
    cpu->gpr[RDX] = (u64)cpu->model->family << 8 | (u64)cpu->model->model << 4 | cpu->model->stepping;
    cpu->cr0 = cpu->model->family >= 4 ? CR0_ET | CR0_CD | CR0_NW : 0;
    cpu->dr[6] = 0xffff0ff0;
    cpu->dr[7] = 0x400;
    cpu->idtr_limit = cpu->gdtr_limit = 0xffff;
    for (unsigned seg = 0; seg < CPU_SEGS; seg++) {
        u16 rights = seg == CPU_SEG_LDTR ? 0x82 : seg == CPU_SEG_TR ? 0x8b : 0x93;
        cpu->seg[seg] = (struct segment){ .limit = 0xffff, .rights = rights, .usable = true };
        segment_derive(&cpu->seg[seg]);
    }
    cpu->seg[CPU_SEG_CS].selector = 0xf000;
    cpu->seg[CPU_SEG_CS].base = 0xffff0000;
    cpu_set_eflags(cpu, EFLAGS_1);
    tlb_flush(cpu);
    mode_derive(cpu);
    cpu_leave_after_instruction(cpu);
}

void cpu_view(const struct cpu *cpu, struct cpu_view *view)
{
    *view = (struct cpu_view){
        .rip = cpu->rip, .rflags = cpu_eflags(cpu), .cr0 = cpu->cr0, .cr2 = cpu->cr2, .cr3 = cpu->cr3, .cr4 = cpu->cr4,
        .efer = cpu->efer, .gdtr_base = cpu->gdtr_base, .idtr_base = cpu->idtr_base, .gdtr_limit = cpu->gdtr_limit,
        .idtr_limit = cpu->idtr_limit, .cpl = cpu->cpl, .code_bits = cpu->mode & MODE_CODE32 ? 32 : 16,
        .halted = cpu->activity == ACTIVITY_HALTED, .shutdown = cpu->activity == ACTIVITY_SHUTDOWN,
        .never_written_fetch = cpu->never_written_fetch,
    };
    memcpy(view->gpr, cpu->gpr, sizeof view->gpr);
    memcpy(view->dr, cpu->dr, sizeof view->dr);
    for (unsigned i = 0; i < CPU_SEGS; i++) {
        const struct segment *s = &cpu->seg[i];
        view->seg[i] = (struct cpu_segment_view){ .selector = s->selector, .rights = s->rights, .base = s->base,
                                                  .limit = s->limit, .usable = s->usable };
    }
}

/* --- set by name --- */

static bool set_general(struct cpu *cpu, const char *name, u64 value)
{
    static const char *const word[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };
    static const char *const byte[] = { "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh" };

    for (unsigned n = 0; n < 8; n++) {
        if (strcasecmp(name, word[n]) == 0) cpu->gpr[n] = (cpu->gpr[n] & ~0xffffull) | (value & 0xffff);
        else if ((name[0] | 32) == 'e' && strcasecmp(name + 1, word[n]) == 0) cpu->gpr[n] = (u32)value;
        else if ((name[0] | 32) == 'r' && strcasecmp(name + 1, word[n]) == 0) cpu->gpr[n] = value;
        else if (strcasecmp(name, byte[n]) == 0) ((u8 *)&cpu->gpr[n & 3])[n >> 2] = (u8)value;
        else continue;
        return true;
    }
    return false;
}

static bool set_segment_register(struct cpu *cpu, const char *name, u64 value, struct error *err)
{
    static const char *const names[] = { "es", "cs", "ss", "ds", "fs", "gs" };

    for (unsigned seg = 0; seg < ARRAY_COUNT(names); seg++) {
        if (strcasecmp(name, names[seg])) continue;
        if (seg == CPU_SEG_CS && protected_mode(cpu)) return fail(err, "cs cannot be set in protected mode: use a far transfer of the guest");
        if (!segment_load(cpu, seg, (u16)value)) return fail(err, "%s = %04x: the descriptor does not allow that", name, (unsigned)value);
        return true;
    }
    return fail(err, "there is no register \"%s\"", name);
}

bool cpu_set_register(struct cpu *cpu, const char *name, u64 value, struct error *err)
{
    if (set_general(cpu, name, value)) return true;
    if (strcasecmp(name, "rip") == 0 || strcasecmp(name, "eip") == 0 || strcasecmp(name, "ip") == 0) {
        cpu->rip = (u32)value;
        return true;
    }
    if (strcasecmp(name, "eflags") == 0 || strcasecmp(name, "rflags") == 0) {
        cpu_set_eflags(cpu, ((u32)value & ~(u32)EFLAGS_VM) | (cpu->rflags & EFLAGS_VM));
        return true;
    }
    if (strcasecmp(name, "cr2") == 0) {
        cpu->cr2 = value;
        return true;
    }
    return set_segment_register(cpu, name, value, err);
}

unsigned cpu_state_parts(struct cpu *cpu, struct cpu_state_part *parts, unsigned room)
{
    static const char *const names[CPU_SEGS] = { "cpu0.es", "cpu0.cs", "cpu0.ss", "cpu0.ds", "cpu0.fs", "cpu0.gs", "cpu0.ldtr", "cpu0.tr" };
    unsigned count = 0;

    if (count < room) parts[count++] = (struct cpu_state_part){ "cpu0", &cpu_layout, cpu };
    for (unsigned seg = 0; seg < CPU_SEGS && count < room; seg++)
        parts[count++] = (struct cpu_state_part){ names[seg], &segment_layout, &cpu->seg[seg] };
    return count;
}
