/* Delivery of interrupts and exceptions.  SDM vol. 3A, "Interrupt and Exception Handling"; vol. 2,
 * "INT n/INTO/INT3", Operation; vol. 3B, "Interrupt and Exception Handling in Virtual-8086
 * Mode".                                                                         doc: interrupts */
#include "cpu/system/interrupt.h"

#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

/* --- through the interrupt vector table: real mode, and V86 mode by redirection --- */

/* Pushes FLAGS, CS, IP and takes the vector's far pointer. */
static bool enter_8086_handler(struct cpu *cpu, const struct event *e, u64 table)
{
    const u64 frame[] = { e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip };
    u64 pointer;

    if (!system_read(cpu, table + e->vector * 4u, 4, &pointer)) return false;
    if (!stack_push_words(cpu, frame, ARRAY_COUNT(frame), 2)) return false;
    segment_set_real(cpu, CPU_SEG_CS, (u16)(pointer >> 16));
    cpu->rip = cpu->next_rip = pointer & 0xffff;
    return true;
}

static bool deliver_real(struct cpu *cpu, const struct event *e)
{
    if (e->vector * 4u + 3 > cpu->idtr_limit)
        return FAULT(cpu, IDT_PAST_LIMIT, .vector = e->vector, .limit = cpu->idtr_limit,
                     .selector = (u16)(e->vector * 8), .idt = true);
    if (!enter_8086_handler(cpu, e, cpu->idtr_base)) return false;
    cpu_clear_system_flags(cpu, EFLAGS_IF | EFLAGS_TF | EFLAGS_AC | EFLAGS_RF);
    return true;
}

/* --- through the IDT --- */

static bool is_idt_gate(unsigned s_and_type)
{
    return s_and_type == TYPE_TASK_GATE ||
           s_and_type == TYPE_INTERRUPT_GATE_16 || s_and_type == TYPE_TRAP_GATE_16 ||
           s_and_type == TYPE_INTERRUPT_GATE_32 || s_and_type == TYPE_TRAP_GATE_32;
}

static bool refuse_gate(struct cpu *cpu, enum reason reason, const struct event *e, const struct descriptor *gate)
{
    return fault_raise(cpu, reason, (struct fault_facts){
        .vector = e->vector, .limit = cpu->idtr_limit, .selector = (u16)(e->vector * 8), .idt = true,
        .entry = gate->raw, .dpl = (u8)rights_dpl(descriptor_rights(gate)),
    });
}

static bool gate_fetch(struct cpu *cpu, const struct event *e, struct descriptor *gate)
{
    gate->raw = 0;
    if (e->vector * 8u + 7 > cpu->idtr_limit) return refuse_gate(cpu, REASON_IDT_PAST_LIMIT, e, gate);
    gate->la = (u32)(cpu->idtr_base + e->vector * 8u);
    if (!system_read(cpu, gate->la, 8, &gate->raw)) return false;
    unsigned rights = descriptor_rights(gate);
    if (!is_idt_gate(rights & (RIGHTS_S | 15))) return refuse_gate(cpu, REASON_IDT_TYPE, e, gate);
    if (e->gate_dpl_counts && rights_dpl(rights) < cpu->cpl) return refuse_gate(cpu, REASON_IDT_DPL, e, gate);
    if (!(rights & RIGHTS_P)) return refuse_gate(cpu, REASON_IDT_NOT_PRESENT, e, gate);
    return true;
}

static bool refuse_handler(struct cpu *cpu, enum reason reason, u8 vector, u16 selector, const struct descriptor *d)
{
    struct fault_facts facts = descriptor_facts(selector, d);
    facts.vector = vector;
    return fault_raise(cpu, reason, facts);
}

/* The handler's code segment: never one of an outer level, of level 0 when V86 mode is left. */
static bool handler_segment(struct cpu *cpu, u8 vector, u16 selector, struct descriptor *d)
{
    if (selector_is_null(selector)) return FAULT(cpu, HANDLER_CS_NULL, .vector = vector);
    if (!descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return refuse_handler(cpu, REASON_CS_NOT_CODE, vector, selector, d);
    if (dpl > cpu->cpl) return refuse_handler(cpu, REASON_HANDLER_NOT_INNER, vector, selector, d);
    if (!(rights & RIGHTS_P)) return refuse_handler(cpu, REASON_CS_NOT_PRESENT, vector, selector, d);
    if (v86_mode(cpu) && (dpl != 0 || rights & RIGHTS_CONFORMING))
        return refuse_handler(cpu, REASON_HANDLER_NOT_LEVEL_0, vector, selector, d);
    return descriptor_set_accessed(cpu, d);
}

/* Where a gate leads. */
struct handler {
    u16 selector;
    struct descriptor code;
    u64 offset;
    unsigned cpl, size;      /* level it runs at; bytes of a word of its frame */
};

/* Frame on the stack of an inner level; that of V86 mode begins with the data segments, which
 * become null. */
static bool enter_inner(struct cpu *cpu, const struct event *e, const struct handler *h)
{
    static const u8 v86_order[] = { CPU_SEG_GS, CPU_SEG_FS, CPU_SEG_DS, CPU_SEG_ES };
    const u64 frame[] = {
        cpu->seg[CPU_SEG_SS].selector, cpu->gpr[RSP],
        e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip, e->error_code,
    };
    unsigned words = 5u + e->has_error_code, v86_words = v86_mode(cpu) ? 4 : 0;
    u64 data[4];
    struct inner_stack stack;

    for (unsigned i = 0; i < 4; i++) data[i] = cpu->seg[v86_order[i]].selector;
    if (!inner_stack_open(cpu, h->cpl, &stack)) return false;
    if (!inner_stack_room(cpu, &stack, (v86_words + words) * h->size)) return false;
    if (!target_within(cpu, h->offset, descriptor_limit(&h->code))) return false;
    if (!inner_stack_push(cpu, &stack, data, v86_words, h->size)) return false;
    if (!inner_stack_push(cpu, &stack, frame, words, h->size)) return false;
    inner_stack_enter(cpu, &stack);
    for (unsigned i = 0; i < v86_words; i++) segment_set_null(cpu, v86_order[i], 0);
    return true;
}

static bool enter_same_level(struct cpu *cpu, const struct event *e, const struct handler *h)
{
    const u64 frame[] = { e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip, e->error_code };
    unsigned words = 3u + e->has_error_code;

    return stack_room(cpu, words, h->size) &&
           target_within(cpu, h->offset, descriptor_limit(&h->code)) &&
           stack_push_words(cpu, frame, words, h->size);
}

/* The flags of the outgoing task are those that a frame would hold: RF as the event asks for it. */
static bool enter_task(struct cpu *cpu, struct event *e, u16 tss_selector)
{
    u32 rflags = cpu->rflags;
    struct task_state incoming;

    cpu->rflags = (rflags & ~(u32)EFLAGS_RF) | (e->eflags & EFLAGS_RF);
    cpu->next_rip = e->return_rip;
    if (!task_leave(cpu, tss_selector, TASK_INTERRUPT, &incoming)) {
        cpu->rflags = rflags;
        return false;
    }
    e->entered_task = true;
    return task_enter(cpu, &incoming, e->has_error_code, e->error_code);
}

static bool deliver_protected(struct cpu *cpu, struct event *e)
{
    struct descriptor gate;
    struct handler h;

    if (!gate_fetch(cpu, e, &gate)) return false;
    unsigned type = rights_type(descriptor_rights(&gate));
    h.selector = (u16)bits(gate.raw, 31, 16);
    if (type == TYPE_TASK_GATE) return enter_task(cpu, e, h.selector);
    if (!handler_segment(cpu, e->vector, h.selector, &h.code)) return false;
    unsigned rights = descriptor_rights(&h.code);
    h.cpl = rights & RIGHTS_CONFORMING ? cpu->cpl : rights_dpl(rights);
    h.size = type & TYPE_32 ? 4 : 2;
    h.offset = bits(gate.raw, 15, 0) | (h.size == 4 ? bits(gate.raw, 63, 48) << 16 : 0);
    if (!(h.cpl < cpu->cpl ? enter_inner(cpu, e, &h) : enter_same_level(cpu, e, &h))) return false;
    code_segment_enter(cpu, h.selector, &h.code, h.cpl, h.offset);
    bool trap_gate = type & 1;
    u32 cleared = EFLAGS_TF | EFLAGS_NT | EFLAGS_VM | EFLAGS_RF | (trap_gate ? 0 : EFLAGS_IF);
    cpu_clear_system_flags(cpu, cleared);
    cpu->rip = cpu->next_rip;
    return true;
}

bool event_deliver(struct cpu *cpu, struct event *e)
{
    cpu->external_event = e->external;
    cpu->procedure = PROCEDURE_INTERRUPT;
    bool done = real_mode(cpu) ? deliver_real(cpu, e) : long_mode(cpu) ? deliver_long_mode(cpu, e) : deliver_protected(cpu, e);
    cpu->external_event = false;
    return done && procedure_done(cpu);
}

/* --- by an instruction --- */

/* Table "Software Interrupt Handling Methods While in Virtual-8086 Mode": a clear bit of the map
 * that lies below the I/O permission bit map sends INT n to the 8086 program's own handler.  A map
 * that is not there sends none. */
static bool redirected(struct cpu *cpu, u8 vector, bool *to_8086)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    u64 io_map, map;

    *to_8086 = false;
    if (!(tss->rights & TYPE_32) || tss->limit < 103) return true;
    if (!system_read(cpu, tss->base + 102, 2, &io_map)) return false;
    u64 at = io_map - 32 + vector / 8;
    if (io_map < 32 || at > tss->limit) return true;
    if (!system_read(cpu, tss->base + at, 1, &map)) return false;
    *to_8086 = !(map >> (vector & 7) & 1);
    return true;
}

/* Methods 5 (IOPL 3: IF is the program's own) and 6 (VIF stands for it). */
static bool interrupt_redirected(struct cpu *cpu, u8 vector)
{
    bool own_if = iopl(cpu) == 3;
    u32 flags = cpu_eflags(cpu);
    u32 virtual = (flags & ~(u32)EFLAGS_IF) | EFLAGS_IOPL | (flags & EFLAGS_VIF ? EFLAGS_IF : 0);
    struct event e = {
        .vector = vector, .return_rip = cpu->next_rip, .eflags = own_if ? flags : virtual,
    };

    if (!enter_8086_handler(cpu, &e, 0)) return false;
    cpu_set_eflags(cpu, flags & ~(u32)(EFLAGS_TF | EFLAGS_RF | (own_if ? EFLAGS_IF : EFLAGS_VIF)));
    return true;
}

/* INT1 alone is an event of the hardware: no DPL check, EXT set. */
static bool interrupt_trap(struct cpu *cpu, u8 vector)
{
    bool int1 = vector == VECTOR_DB;
    struct event e = {
        .vector = vector, .gate_dpl_counts = !int1, .external = int1, .return_rip = cpu->next_rip,
        .eflags = cpu_eflags(cpu) & ~(u32)EFLAGS_RF,
    };

    breaks_catch(cpu, CPU_CATCH_INTERRUPT, vector, 1, 1);
    if (event_deliver(cpu, &e)) return true;
    if (!e.entered_task) return false;
    exception_deliver(cpu);                  /* the fault is the new task's */
    cpu->next_rip = cpu->rip;
    return true;
}

bool interrupt_software(struct cpu *cpu, u8 vector)
{
    bool to_8086 = false;

    if (v86_mode(cpu)) {
        if (cpu->cr4 & CR4_VME && !redirected(cpu, vector, &to_8086)) return false;
        if (to_8086) return interrupt_redirected(cpu, vector);
        if (iopl(cpu) < 3) return FAULT(cpu, V86_NEEDS_IOPL3, .vector = vector);
    }
    return interrupt_trap(cpu, vector);
}

/* They are kept for `why` as faults are. */
bool interrupt_exception(struct cpu *cpu, u8 vector)
{
    if (vector == VECTOR_BP) FAULT(cpu, INT3_EXECUTED);
    else if (vector == VECTOR_OF) FAULT(cpu, INTO_EXECUTED);
    else FAULT(cpu, INT1_EXECUTED);
    struct fault f = cpu->fault;
    fault_log_add(cpu, &f, 0);
    cpu->fault_log.intended++;
    return interrupt_trap(cpu, vector);
}

/* --- at an instruction boundary --- */

static void deliver_at_boundary(struct cpu *cpu, u8 vector)
{
    struct event e = {
        .vector = vector, .external = true, .return_rip = cpu->rip, .eflags = cpu_eflags(cpu),
    };

    breaks_catch(cpu, CPU_CATCH_INTERRUPT, vector, 1, 0);
    if (!event_deliver(cpu, &e)) exception_deliver(cpu);
    else trap_after_task_switch(cpu);
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
