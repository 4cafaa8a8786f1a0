/* Far JMP and CALL.  SDM vol. 2, "JMP", "CALL", Operation; vol. 3A, "Privilege Level Checking When
 * Transferring Program Control Between Code Segments".                               doc: system */
#include "cpu/memory/access.h"
#include "cpu/system/transfer.h"

bool target_within(struct cpu *cpu, u64 offset, u64 limit)
{
    return offset <= limit || FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = (u32)limit);
}

bool target_in_segment(struct cpu *cpu, u64 offset, const struct descriptor *d)
{
    if (!long_mode(cpu) || !(descriptor_rights(d) & RIGHTS_L)) return target_within(cpu, offset, descriptor_limit(d));
    return canonical(offset) || FAULT(cpu, BRANCH_NOT_CANONICAL, .la = offset);
}

bool code_width_legal(struct cpu *cpu, u16 selector, const struct descriptor *d)
{
    unsigned both = RIGHTS_L | RIGHTS_DB;
    if (!long_mode(cpu) || (descriptor_rights(d) & both) != both) return true;
    return fault_raise(cpu, REASON_CS_L_AND_D, descriptor_facts(selector, d));
}

/* CS as it is: nothing that is derived from it changes. */
static bool in_segment_already(const struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl)
{
    const struct segment *cs = &cpu->seg[CPU_SEG_CS];
    return cs->selector == selector && cs->usable && cpu->cpl == cpl && cs->rights == descriptor_rights(d) &&
           cs->limit == descriptor_limit(d) && cs->base == descriptor_base(d);
}

void code_segment_enter(struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl,
                        u64 offset)
{
    cpu->next_rip = offset;
    procedure_done(cpu);
    selector = (u16)((selector & ~3u) | cpl);
    if (in_segment_already(cpu, selector, d, cpl)) return;
    segment_set(cpu, CPU_SEG_CS, selector, d);
    cpu->cpl = (u8)cpl;
    mode_derive(cpu);
}

/* CS:offset to return to. */
static bool push_return(struct cpu *cpu, unsigned size)
{
    const u64 frame[] = { cpu->seg[CPU_SEG_CS].selector, cpu->next_rip };
    return stack_push_words(cpu, frame, ARRAY_COUNT(frame), size);
}

/* --- real and V86 mode --- */

static bool transfer_real(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize, bool is_call)
{
    u64 limit = v86_mode(cpu) ? 0xffff : cpu->seg[CPU_SEG_CS].limit;

    if (is_call && !stack_room(cpu, 2, opsize)) return false;
    if (!target_within(cpu, offset, limit)) return false;
    if (is_call && !push_return(cpu, opsize)) return false;
    segment_set_real(cpu, CPU_SEG_CS, selector);
    cpu->next_rip = offset;
    return true;
}

/* --- to a code segment --- */

/* Conforming segments admit CPL >= DPL, others CPL = DPL and RPL <= CPL; the level does not
 * change. */
static bool direct(struct cpu *cpu, u16 selector, struct descriptor *d, u64 offset, unsigned opsize,
                   bool is_call)
{
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    struct fault_facts facts = descriptor_facts(selector, d);
    bool conforming = rights & RIGHTS_CONFORMING;
    bool admitted = conforming ? dpl <= cpu->cpl
                               : dpl == cpu->cpl && selector_rpl(selector) <= cpu->cpl;

    if (!(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts);
    if (!admitted) return fault_raise(cpu, REASON_CS_PRIVILEGE, facts);
    if (!code_width_legal(cpu, selector, d)) return false;
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    if (is_call && !stack_room(cpu, 2, opsize)) return false;
    if (!target_in_segment(cpu, offset, d)) return false;
    if (!descriptor_set_accessed(cpu, d) || (is_call && !push_return(cpu, opsize))) return false;
    code_segment_enter(cpu, selector, d, cpu->cpl, offset);
    return true;
}

/* --- through a call gate --- */

/* Who may use a gate or a TSS: CPL and RPL at most its DPL. */
static bool may_use(struct cpu *cpu, u16 selector, const struct descriptor *d)
{
    struct fault_facts facts = descriptor_facts(selector, d);

    cpu->procedure = PROCEDURE_GATE;
    if (facts.dpl < cpu->cpl || facts.dpl < facts.rpl)
        return fault_raise(cpu, REASON_GATE_PRIVILEGE, facts);
    return true;
}

static bool gate_present(struct cpu *cpu, u16 selector, const struct descriptor *gate)
{
    return descriptor_rights(gate) & RIGHTS_P ||
           fault_raise(cpu, REASON_GATE_NOT_PRESENT, descriptor_facts(selector, gate));
}

/* What a call gate leads to. */
struct gate_target {
    u16 selector;
    u64 offset;
    struct descriptor code;
    unsigned size, parameters;   /* bytes of a word; words to copy */
    bool inner;                  /* the level changes */
};

/* A jump may not change the level: it needs DPL = CPL of a nonconforming segment. */
static bool gate_open(struct cpu *cpu, const struct descriptor *gate, bool is_call,
                      struct gate_target *t)
{
    t->size = descriptor_rights(gate) & TYPE_32 ? 4 : 2;
    t->parameters = (unsigned)bits(gate->raw, 36, 32);
    t->selector = (u16)bits(gate->raw, 31, 16);
    t->offset = bits(gate->raw, 15, 0) | (t->size == 4 ? bits(gate->raw, 63, 48) << 16 : 0);
    if (selector_is_null(t->selector)) return FAULT(cpu, CS_NULL, .value = t->selector);
    if (!descriptor_fetch(cpu, t->selector, &t->code, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&t->code), dpl = rights_dpl(rights);
    struct fault_facts facts = descriptor_facts(t->selector, &t->code);
    bool conforming = rights & RIGHTS_CONFORMING;
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE))
        return fault_raise(cpu, REASON_CS_NOT_CODE, facts);
    if (dpl > cpu->cpl || (!is_call && !conforming && dpl != cpu->cpl))
        return fault_raise(cpu, REASON_CS_PRIVILEGE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    t->inner = !conforming && dpl < cpu->cpl;
    return descriptor_set_accessed(cpu, &t->code);
}

/* SDM vol. 2, "CALL", MORE-PRIVILEGE: a new stack, to which the old one's parameters are copied. */
static bool call_inner(struct cpu *cpu, const struct gate_target *t)
{
    unsigned cpl = rights_dpl(descriptor_rights(&t->code));
    const u64 old_stack[] = { cpu->seg[CPU_SEG_SS].selector, cpu->gpr[RSP] };
    const u64 frame[] = { cpu->seg[CPU_SEG_CS].selector, cpu->next_rip };
    u64 parameter[32];
    struct inner_stack stack;

    if (!inner_stack_open(cpu, cpl, &stack)) return false;
    if (!inner_stack_room(cpu, &stack, (4 + t->parameters) * t->size)) return false;
    if (!target_within(cpu, t->offset, descriptor_limit(&t->code))) return false;
    /* the last one first, as it was pushed first */
    for (unsigned i = 0; i < t->parameters; i++)
        if (!stack_peek(cpu, &parameter[i], (t->parameters - 1 - i) * t->size, 1, t->size))
            return false;
    if (!inner_stack_push(cpu, &stack, old_stack, 2, t->size)) return false;
    if (!inner_stack_push(cpu, &stack, parameter, t->parameters, t->size)) return false;
    if (!inner_stack_push(cpu, &stack, frame, 2, t->size)) return false;
    inner_stack_enter(cpu, &stack);
    code_segment_enter(cpu, t->selector, &t->code, cpl, t->offset);
    return true;
}

static bool through_gate(struct cpu *cpu, u16 selector, struct descriptor *gate, bool is_call)
{
    struct gate_target t;

    if (!may_use(cpu, selector, gate) || !gate_present(cpu, selector, gate)) return false;
    if (long_mode(cpu)) return through_gate_long_mode(cpu, selector, gate, is_call);
    if (!gate_open(cpu, gate, is_call, &t)) return false;
    if (t.inner) return call_inner(cpu, &t);
    if (is_call && !stack_room(cpu, 2, t.size)) return false;
    if (!target_within(cpu, t.offset, descriptor_limit(&t.code))) return false;
    if (is_call && !push_return(cpu, t.size)) return false;
    code_segment_enter(cpu, t.selector, &t.code, cpu->cpl, t.offset);
    return true;
}

/* --- all of protected mode --- */

static bool transfer_protected(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize,
                               bool is_call)
{
    enum task_switch_by by = is_call ? TASK_CALL : TASK_JUMP;
    struct descriptor d;

    cpu->procedure = PROCEDURE_FAR_TRANSFER;
    if (selector_is_null(selector)) return FAULT(cpu, CS_NULL, .value = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&d);
    if (rights & RIGHTS_S) return direct(cpu, selector, &d, offset, opsize, is_call);
    if (long_mode(cpu) && rights_type(rights) != TYPE_CALL_GATE_32)
        return fault_raise(cpu, REASON_SYSTEM_TYPE, descriptor_facts(selector, &d));
    switch (rights_type(rights)) {
    case TYPE_CALL_GATE_16: case TYPE_CALL_GATE_32:
        return through_gate(cpu, selector, &d, is_call);
    case TYPE_TASK_GATE:
        return may_use(cpu, selector, &d) && gate_present(cpu, selector, &d) &&
               task_switch(cpu, (u16)bits(d.raw, 31, 16), by);
    case TYPE_TSS_16: case TYPE_TSS_32:
        return may_use(cpu, selector, &d) && task_switch(cpu, selector, by);
    default:
        return fault_raise(cpu, REASON_SYSTEM_TYPE, descriptor_facts(selector, &d));
    }
}

bool far_jump(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize)
{
    return protected_mode(cpu) ? transfer_protected(cpu, selector, offset, opsize, false)
                               : transfer_real(cpu, selector, offset, opsize, false);
}

bool far_call(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize)
{
    return protected_mode(cpu) ? transfer_protected(cpu, selector, offset, opsize, true)
                               : transfer_real(cpu, selector, offset, opsize, true);
}
