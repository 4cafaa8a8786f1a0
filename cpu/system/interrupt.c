/* Interrupts and exceptions.  SDM vol. 3A, "Interrupt and Exception Handling".               doc: interrupts */
#include "cpu/system/interrupt.h"

#include "cpu/memory/access.h"

struct event_source {
    u8 vector;
    bool software;           /* INT n, INT3, INTO: the gate's DPL counts, EXT stays 0 */
    bool has_error_code;
    u32 error_code;
    u64 return_rip;
    u32 eflags;              /* image to push */
};

enum { GATE_TASK = 5, GATE_INTERRUPT_16 = 6, GATE_TRAP_16 = 7, GATE_INTERRUPT_32 = 14, GATE_TRAP_32 = 15 };

/* --- inner stacks --- */

bool inner_stack_open(struct cpu *cpu, unsigned cpl, struct inner_stack *stack)
{
    static const struct stack_reasons why = { REASON_TSS_SS_RPL, REASON_TSS_SS_TYPE, REASON_TSS_SS_DPL };
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    bool wide = rights_type(tss->rights) & 8;
    u32 at = wide ? 4 + cpl * 8 : 2 + cpl * 4, pointer_bytes = wide ? 4 : 2;
    u64 sp, selector;

    if (at + pointer_bytes + 1 > tss->limit)
        return FAULT(cpu, TSS_STACK_OUTSIDE, .selector = tss->selector, .limit = tss->limit, .cpl = (u8)cpl);
    if (!system_read(cpu, tss->base + at, pointer_bytes, &sp)) return false;
    if (!system_read(cpu, tss->base + at + pointer_bytes, 2, &selector)) return false;
    if (!(selector & ~3ull)) return FAULT(cpu, TSS_SS_NULL, .selector = (u16)selector, .cpl = (u8)cpl);
    if (!descriptor_fetch(cpu, (u16)selector, &stack->d, REASON_TSS_SS_PAST_LIMIT)) return false;
    if (!stack_segment_check(cpu, (u16)selector, &stack->d, cpl, &why)) return false;
    stack->ss = (struct segment){ .selector = (u16)selector, .base = descriptor_base(&stack->d), .limit = descriptor_limit(&stack->d),
                                  .rights = descriptor_rights(&stack->d), .usable = true };
    segment_derive(&stack->ss);
    stack->mask = stack->ss.rights & RIGHTS_DB ? 0xffffffff : 0xffff;
    stack->sp = sp & stack->mask;
    return true;
}

bool inner_stack_room(struct cpu *cpu, const struct inner_stack *stack, unsigned bytes)
{
    u64 low = (stack->sp - bytes) & stack->mask;
    if (low >= stack->ss.write_first && low + bytes - 1 <= stack->ss.write_last) return true;
    return FAULT(cpu, NEW_STACK_TOO_SMALL, .selector = stack->ss.selector, .ea = stack->sp, .size = (u8)bytes);
}

bool inner_stack_push(struct cpu *cpu, struct inner_stack *stack, u64 value, unsigned size)
{
    u64 sp = (stack->sp - size) & stack->mask;
    if (!system_write(cpu, (u32)(stack->ss.base + sp), size, value)) return false;
    stack->sp = sp;
    return true;
}

bool inner_stack_enter(struct cpu *cpu, struct inner_stack *stack, unsigned cpl)
{
    if (!descriptor_set_accessed(cpu, &stack->d)) return false;
    segment_set(cpu, CPU_SEG_SS, stack->ss.selector, &stack->d);
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~stack->mask) | stack->sp;
    cpu->cpl = (u8)cpl;
    return true;
}

bool load_code_segment(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned cpl)
{
    if (!descriptor_set_accessed(cpu, d)) return false;
    segment_set(cpu, CPU_SEG_CS, (u16)((selector & ~3u) | cpl), d);
    cpu->cpl = (u8)cpl;
    return true;
}

/* --- real mode --- */

/* SDM vol. 3B, "Interrupt and Exception Handling" in real-address mode: no error code, no rights. */
static bool deliver_real(struct cpu *cpu, const struct event_source *e)
{
    u64 vector, sp = cpu->gpr[RSP], mask = cpu->stack_mask;
    u16 frame[] = { (u16)e->return_rip, cpu->seg[CPU_SEG_CS].selector, (u16)e->eflags };

    if (e->vector * 4u + 3 > cpu->idtr_limit)
        return FAULT(cpu, IDT_PAST_LIMIT, .vector = e->vector, .limit = cpu->idtr_limit, .selector = (u16)(e->vector * 8), .idt = true);
    if (!system_read(cpu, cpu->idtr_base + e->vector * 4u, 4, &vector)) return false;
    for (int i = 2; i >= 0; i--) {
        sp = (sp & ~mask) | ((sp - 2) & mask);
        if (!store(cpu, CPU_SEG_SS, sp & mask, 2, frame[i])) return false;
    }
    cpu->gpr[RSP] = sp;
    cpu_set_eflags(cpu, cpu_eflags(cpu) & ~(u32)(EFLAGS_IF | EFLAGS_TF | EFLAGS_AC | EFLAGS_RF));
    segment_set_real(cpu, CPU_SEG_CS, (u16)(vector >> 16));
    cpu->rip = cpu->next_rip = vector & 0xffff;
    return true;
}

/* --- protected mode --- */

static bool gate_fetch(struct cpu *cpu, const struct event_source *e, u64 *gate)
{
    struct fault_facts facts = { .vector = e->vector, .limit = cpu->idtr_limit, .selector = (u16)(e->vector * 8), .idt = true };

    if (e->vector * 8u + 7 > cpu->idtr_limit) return fault_raise(cpu, REASON_IDT_PAST_LIMIT, facts);
    if (!system_read(cpu, cpu->idtr_base + e->vector * 8u, 8, gate)) return false;
    unsigned rights = (unsigned)bits(*gate, 47, 40), type = rights & 31;
    facts.entry = *gate;
    facts.dpl = (u8)rights_dpl(rights);
    if (type != GATE_TASK && type != GATE_INTERRUPT_16 && type != GATE_TRAP_16 && type != GATE_INTERRUPT_32 && type != GATE_TRAP_32)
        return fault_raise(cpu, REASON_IDT_TYPE, facts);
    if (e->software && rights_dpl(rights) < cpu->cpl) return fault_raise(cpu, REASON_IDT_DPL, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_IDT_NOT_PRESENT, facts);
    return true;
}

/* The handler's code segment, checked. */
static bool handler_segment(struct cpu *cpu, u8 vector, u16 selector, struct descriptor *d)
{
    if (!(selector & ~3u)) return FAULT(cpu, HANDLER_CS_NULL, .vector = vector);
    if (!descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    struct fault_facts facts = { .selector = selector, .dpl = (u8)dpl, .cpl = cpu->cpl, .type = (u8)rights_type(rights), .entry = d->raw, .entry_pa = d->la };
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts);
    if (dpl > cpu->cpl) return fault_raise(cpu, REASON_HANDLER_NOT_INNER, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    if (v86_mode(cpu) && (dpl != 0 || rights & RIGHTS_CONFORMING)) return fault_raise(cpu, REASON_HANDLER_NOT_INNER, facts);
    return true;
}

/* Frame on the stack of an inner level; the data segments of V86 mode go first and become null. */
static bool push_inner_frame(struct cpu *cpu, const struct event_source *e, unsigned cpl, unsigned size)
{
    static const u8 v86_order[] = { CPU_SEG_GS, CPU_SEG_FS, CPU_SEG_DS, CPU_SEG_ES };
    struct inner_stack stack;
    bool v86 = v86_mode(cpu);
    unsigned words = (v86 ? 9 : 5) + e->has_error_code;

    if (!inner_stack_open(cpu, cpl, &stack) || !inner_stack_room(cpu, &stack, words * size)) return false;
    for (unsigned i = 0; v86 && i < 4; i++)
        if (!inner_stack_push(cpu, &stack, cpu->seg[v86_order[i]].selector, size)) return false;
    u64 frame[] = { cpu->seg[CPU_SEG_SS].selector, cpu->gpr[RSP], e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip, e->error_code };
    for (unsigned i = 0; i < 5u + e->has_error_code; i++)
        if (!inner_stack_push(cpu, &stack, frame[i], size)) return false;
    if (!inner_stack_enter(cpu, &stack, cpl)) return false;
    for (unsigned i = 0; v86 && i < 4; i++) segment_set_null(cpu, v86_order[i], 0);
    return true;
}

static bool push_same_level_frame(struct cpu *cpu, const struct event_source *e, unsigned size)
{
    u64 frame[] = { e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip, e->error_code };
    u64 sp = cpu->gpr[RSP], mask = cpu->stack_mask;

    for (unsigned i = 0; i < 3u + e->has_error_code; i++) {
        sp = (sp & ~mask) | ((sp - size) & mask);
        if (!store(cpu, CPU_SEG_SS, sp & mask, size, frame[i])) return false;
    }
    cpu->gpr[RSP] = sp;
    return true;
}

static bool deliver_protected(struct cpu *cpu, const struct event_source *e)
{
    struct descriptor code;
    u64 gate;

    if (!gate_fetch(cpu, e, &gate)) return false;
    unsigned type = (unsigned)bits(gate, 43, 40);
    u16 selector = (u16)bits(gate, 31, 16);
    if (type == GATE_TASK) {
        cpu->next_rip = e->return_rip;       /* what the outgoing TSS keeps */
        if (!task_switch(cpu, selector, TASK_INTERRUPT, e->has_error_code, e->error_code)) return false;
        cpu->rip = cpu->next_rip;
        return true;
    }
    if (!handler_segment(cpu, e->vector, selector, &code)) return false;
    unsigned rights = descriptor_rights(&code), dpl = rights_dpl(rights);
    bool inner = !(rights & RIGHTS_CONFORMING) && dpl < cpu->cpl;
    unsigned size = type & 8 ? 4 : 2, cpl = inner ? dpl : cpu->cpl;
    u64 offset = bits(gate, 15, 0) | (size == 4 ? bits(gate, 63, 48) << 16 : 0);
    if (offset > descriptor_limit(&code)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(&code));
    if (inner ? !push_inner_frame(cpu, e, cpl, size) : !push_same_level_frame(cpu, e, size)) return false;
    if (!load_code_segment(cpu, selector, &code, cpl)) return false;
    u32 cleared = EFLAGS_TF | EFLAGS_NT | EFLAGS_VM | EFLAGS_RF | (type & 1 ? 0 : EFLAGS_IF);
    cpu_set_eflags(cpu, cpu_eflags(cpu) & ~cleared);
    mode_derive(cpu);
    cpu->rip = cpu->next_rip = offset;
    return true;
}

static bool deliver(struct cpu *cpu, const struct event_source *e)
{
    cpu->external_event = !e->software;
    bool done = real_mode(cpu) ? deliver_real(cpu, e) : deliver_protected(cpu, e);
    cpu->external_event = false;
    return done;
}

bool interrupt_software(struct cpu *cpu, u8 vector)
{
    if (v86_mode(cpu) && iopl(cpu) < 3) return FAULT(cpu, V86_NEEDS_IOPL3, .vector = vector);
    return interrupt_trap(cpu, vector);
}

bool interrupt_trap(struct cpu *cpu, u8 vector)
{
    struct event_source e = { .vector = vector, .software = true, .return_rip = cpu->next_rip, .eflags = cpu_eflags(cpu) };
    return deliver(cpu, &e);
}

static void deliver_at_boundary(struct cpu *cpu, u8 vector)
{
    struct event_source e = { .vector = vector, .return_rip = cpu->rip, .eflags = cpu_eflags(cpu) };
    if (!deliver(cpu, &e)) exception_deliver(cpu);
}

void interrupt_external(struct cpu *cpu, u8 vector)
{
    deliver_at_boundary(cpu, vector);
}

void interrupt_nmi(struct cpu *cpu)
{
    cpu->nmi_blocked = true;
    deliver_at_boundary(cpu, VECTOR_NMI);
}

/* --- exceptions --- */

static bool contributory(unsigned vector)
{
    return vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

/* SDM vol. 3A, table "Conditions for Generating a Double Fault". */
static bool makes_double_fault(unsigned first, unsigned second)
{
    if (first == VECTOR_PF) return second == VECTOR_PF || contributory(second);
    return contributory(first) && contributory(second);
}

/* Faults push RF = 1 so that the instruction restarts past its breakpoint; traps do not.  "RF Flag". */
static u32 pushed_flags(const struct cpu *cpu, const struct fault *f)
{
    bool trap = f->reason == REASON_DEBUG_TRAP || f->reason == REASON_BREAKPOINT;
    return cpu_eflags(cpu) | (trap ? 0 : EFLAGS_RF);
}

void exception_deliver(struct cpu *cpu)
{
    for (unsigned nesting = 0;; nesting++) {
        struct fault f = cpu->fault;
        fault_log_add(cpu, &f, nesting);
        struct event_source e = { .vector = f.vector, .has_error_code = f.has_error_code && !real_mode(cpu),
                                  .error_code = f.error_code, .return_rip = cpu->rip, .eflags = pushed_flags(cpu, &f) };
        if (deliver(cpu, &e)) return;
        if (f.vector == VECTOR_DF) {
            fault_log_add(cpu, &cpu->fault, nesting + 1);
            cpu->activity = ACTIVITY_SHUTDOWN;
            return;
        }
        if (makes_double_fault(f.vector, cpu->fault.vector)) {
            fault_log_add(cpu, &cpu->fault, nesting + 1);
            FAULT(cpu, DOUBLE_FAULT, .vector = f.vector);
            cpu->fault.error_code = 0;
        }
    }
}
