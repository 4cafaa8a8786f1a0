/* Far JMP, CALL, RET, IRET.  SDM vol. 2, "Operation" of each; vol. 3A, "Privilege Level Checking When Transferring Program
 * Control Between Code Segments".                                                          doc: system */
#include "cpu/memory/access.h"
#include "cpu/system/interrupt.h"

enum { TYPE_TSS_16 = 1, TYPE_LDT = 2, TYPE_CALL_GATE_16 = 4, TYPE_TASK_GATE = 5, TYPE_TSS_32 = 9, TYPE_CALL_GATE_32 = 12 };

static struct fault_facts facts_of(const struct cpu *cpu, u16 selector, const struct descriptor *d)
{
    unsigned rights = descriptor_rights(d);
    return (struct fault_facts){ .selector = selector, .rpl = selector & 3, .dpl = (u8)rights_dpl(rights), .cpl = cpu->cpl,
                                 .type = (u8)rights_type(rights), .entry = d->raw, .entry_pa = d->la };
}

static bool real_transfer(struct cpu *cpu, u16 selector, u64 offset)
{
    if (offset > 0xffff && offset > cpu->seg[CPU_SEG_CS].limit)
        return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = cpu->seg[CPU_SEG_CS].limit);
    segment_set_real(cpu, CPU_SEG_CS, selector);
    cpu->next_rip = offset;
    return true;
}

/* A code segment reached directly: conforming ones need DPL <= CPL, others DPL = CPL and RPL <= CPL. */
static bool check_code(struct cpu *cpu, u16 selector, const struct descriptor *d, u64 offset)
{
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    struct fault_facts facts = facts_of(cpu, selector, d);
    bool admitted = rights & RIGHTS_CONFORMING ? dpl <= cpu->cpl : dpl == cpu->cpl && (selector & 3u) <= cpu->cpl;

    if (!admitted) return fault_raise(cpu, REASON_CS_PRIVILEGE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    if (offset > descriptor_limit(d)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(d));
    return true;
}

static bool check_gate(struct cpu *cpu, u16 selector, const struct descriptor *gate)
{
    struct fault_facts facts = facts_of(cpu, selector, gate);

    if (facts.dpl < cpu->cpl || facts.dpl < facts.rpl) return fault_raise(cpu, REASON_GATE_PRIVILEGE, facts);
    return descriptor_rights(gate) & RIGHTS_P || fault_raise(cpu, REASON_GATE_NOT_PRESENT, facts);
}

/* The code segment behind a call gate; a jump may not change level. */
static bool gate_target(struct cpu *cpu, const struct descriptor *gate, bool is_call, u16 *selector, u64 *offset, struct descriptor *code)
{
    *selector = (u16)bits(gate->raw, 31, 16);
    *offset = bits(gate->raw, 15, 0) | (rights_type(descriptor_rights(gate)) & 8 ? bits(gate->raw, 63, 48) << 16 : 0);
    if (!(*selector & ~3u)) return FAULT(cpu, CS_NULL, .value = *selector);
    if (!descriptor_fetch(cpu, *selector, code, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(code), dpl = rights_dpl(rights);
    struct fault_facts facts = facts_of(cpu, *selector, code);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts);
    bool conforming = rights & RIGHTS_CONFORMING;
    if (dpl > cpu->cpl || (!is_call && !conforming && dpl != cpu->cpl)) return fault_raise(cpu, REASON_CS_PRIVILEGE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    return true;
}

/* A task gate or TSS named by a far transfer. */
static bool to_task(struct cpu *cpu, u16 selector, const struct descriptor *d, bool is_call)
{
    unsigned type = rights_type(descriptor_rights(d));
    u16 tss = type == TYPE_TASK_GATE ? (u16)bits(d->raw, 31, 16) : selector;

    if (!check_gate(cpu, selector, d)) return false;
    return task_switch(cpu, tss, is_call ? TASK_CALL : TASK_JUMP, false, 0);
}

static bool push_return(struct cpu *cpu, unsigned opsize)
{
    u64 sp = cpu->gpr[RSP], mask = cpu->stack_mask;
    u64 frame[] = { cpu->seg[CPU_SEG_CS].selector, cpu->next_rip };

    for (unsigned i = 0; i < 2; i++) {
        sp = (sp & ~mask) | ((sp - opsize) & mask);
        if (!store(cpu, CPU_SEG_SS, sp & mask, opsize, frame[i])) return false;
    }
    cpu->gpr[RSP] = sp;
    return true;
}

static bool enter_code(struct cpu *cpu, u16 selector, struct descriptor *d, u64 offset)
{
    if (!load_code_segment(cpu, selector, d, cpu->cpl)) return false;
    mode_derive(cpu);
    cpu->next_rip = offset;
    return true;
}

bool far_jump(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize)
{
    struct descriptor d, code;
    (void)opsize;

    if (!protected_mode(cpu)) return real_transfer(cpu, selector, offset);
    if (!(selector & ~3u)) return FAULT(cpu, CS_NULL, .value = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&d), type = rights_type(rights);
    if (rights & RIGHTS_S) {
        if (!(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts_of(cpu, selector, &d));
        return check_code(cpu, selector, &d, offset) && enter_code(cpu, selector, &d, offset);
    }
    if (type == TYPE_TASK_GATE || type == TYPE_TSS_16 || type == TYPE_TSS_32) return to_task(cpu, selector, &d, false);
    if (type != TYPE_CALL_GATE_16 && type != TYPE_CALL_GATE_32) return fault_raise(cpu, REASON_SYSTEM_TYPE, facts_of(cpu, selector, &d));
    if (!check_gate(cpu, selector, &d) || !gate_target(cpu, &d, false, &selector, &offset, &code)) return false;
    if (offset > descriptor_limit(&code)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(&code));
    return enter_code(cpu, selector, &code, offset);
}

/* Call through a gate to an inner level: new stack, parameters copied from the old one. */
static bool call_inner(struct cpu *cpu, const struct descriptor *gate, u16 selector, u64 offset, struct descriptor *code, unsigned size)
{
    unsigned cpl = rights_dpl(descriptor_rights(code)), parameters = (unsigned)bits(gate->raw, 36, 32);
    u64 parameter[32], old_sp = cpu->gpr[RSP], old_ss = cpu->seg[CPU_SEG_SS].selector;
    struct inner_stack stack;

    if (!inner_stack_open(cpu, cpl, &stack) || !inner_stack_room(cpu, &stack, (4 + parameters) * size)) return false;
    if (offset > descriptor_limit(code)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(code));
    for (unsigned i = 0; i < parameters; i++)
        if (!load(cpu, CPU_SEG_SS, (old_sp + i * size) & cpu->stack_mask, size, &parameter[i])) return false;
    if (!inner_stack_push(cpu, &stack, old_ss, size) || !inner_stack_push(cpu, &stack, old_sp, size)) return false;
    for (unsigned i = parameters; i-- > 0;)
        if (!inner_stack_push(cpu, &stack, parameter[i], size)) return false;
    if (!inner_stack_push(cpu, &stack, cpu->seg[CPU_SEG_CS].selector, size)) return false;
    if (!inner_stack_push(cpu, &stack, cpu->next_rip, size)) return false;
    if (!inner_stack_enter(cpu, &stack, cpl) || !load_code_segment(cpu, selector, code, cpl)) return false;
    mode_derive(cpu);
    cpu->next_rip = offset;
    return true;
}

static bool call_gate(struct cpu *cpu, u16 selector, const struct descriptor *gate)
{
    unsigned size = rights_type(descriptor_rights(gate)) & 8 ? 4 : 2;
    struct descriptor code;
    u64 offset;

    if (!check_gate(cpu, selector, gate) || !gate_target(cpu, gate, true, &selector, &offset, &code)) return false;
    unsigned rights = descriptor_rights(&code);
    if (!(rights & RIGHTS_CONFORMING) && rights_dpl(rights) < cpu->cpl) return call_inner(cpu, gate, selector, offset, &code, size);
    if (offset > descriptor_limit(&code)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(&code));
    return push_return(cpu, size) && enter_code(cpu, selector, &code, offset);
}

bool far_call(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize)
{
    struct descriptor d;

    if (!protected_mode(cpu)) {
        if (offset > 0xffff && offset > cpu->seg[CPU_SEG_CS].limit)
            return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = cpu->seg[CPU_SEG_CS].limit);
        return push_return(cpu, opsize) && real_transfer(cpu, selector, offset);
    }
    if (!(selector & ~3u)) return FAULT(cpu, CS_NULL, .value = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&d), type = rights_type(rights);
    if (rights & RIGHTS_S) {
        if (!(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts_of(cpu, selector, &d));
        return check_code(cpu, selector, &d, offset) && push_return(cpu, opsize) && enter_code(cpu, selector, &d, offset);
    }
    if (type == TYPE_TASK_GATE || type == TYPE_TSS_16 || type == TYPE_TSS_32) return to_task(cpu, selector, &d, true);
    if (type == TYPE_CALL_GATE_16 || type == TYPE_CALL_GATE_32) return call_gate(cpu, selector, &d);
    return fault_raise(cpu, REASON_SYSTEM_TYPE, facts_of(cpu, selector, &d));
}

/* --- returns --- */

/* `count` words from the stack, ESP untouched. */
static bool peek_words(struct cpu *cpu, u64 *word, unsigned first, unsigned count, unsigned size)
{
    for (unsigned i = 0; i < count; i++)
        if (!load(cpu, CPU_SEG_SS, (cpu->gpr[RSP] + (first + i) * size) & cpu->stack_mask, size, &word[i])) return false;
    return true;
}

static void release(struct cpu *cpu, u64 bytes)
{
    u64 mask = cpu->stack_mask;
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~mask) | ((cpu->gpr[RSP] + bytes) & mask);
}

void drop_inner_segments(struct cpu *cpu)
{
    static const u8 data[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };

    for (unsigned i = 0; i < 4; i++) {
        const struct segment *s = &cpu->seg[data[i]];
        bool conforming = (s->rights & (RIGHTS_CODE | RIGHTS_CONFORMING)) == (RIGHTS_CODE | RIGHTS_CONFORMING);
        if (s->usable && !conforming && rights_dpl(s->rights) < cpu->cpl) segment_set_null(cpu, data[i], 0);
    }
}

/* The code segment that RET and IRET return to. */
static bool return_segment(struct cpu *cpu, u16 selector, u64 offset, struct descriptor *d)
{
    unsigned rpl = selector & 3;

    if (!(selector & ~3u)) return FAULT(cpu, CS_NULL, .value = selector);
    if (!descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    struct fault_facts facts = facts_of(cpu, selector, d);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, facts);
    if (rpl < cpu->cpl) return fault_raise(cpu, REASON_RETURN_TO_INNER, facts);
    if (rights & RIGHTS_CONFORMING ? dpl > rpl : dpl != rpl) return fault_raise(cpu, REASON_CS_PRIVILEGE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, facts);
    if (offset > descriptor_limit(d)) return FAULT(cpu, TARGET_PAST_LIMIT, .ea = offset, .limit = descriptor_limit(d));
    return true;
}

/* SS:ESP of the outer level, checked against the new CPL. */
static bool outer_stack(struct cpu *cpu, u16 selector, unsigned cpl, struct descriptor *d)
{
    static const struct stack_reasons why = { REASON_SS_RPL_NOT_CPL, REASON_SS_NOT_WRITABLE_DATA, REASON_SS_DPL_NOT_CPL };

    if (!(selector & ~3u)) return FAULT(cpu, SS_NULL, .value = selector);
    return descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT) && stack_segment_check(cpu, selector, d, cpl, &why) &&
           descriptor_set_accessed(cpu, d);
}

static void enter_outer(struct cpu *cpu, u16 ss, const struct descriptor *stack, u64 sp)
{
    segment_set(cpu, CPU_SEG_SS, ss, stack);
    u64 mask = cpu->seg[CPU_SEG_SS].rights & RIGHTS_DB ? 0xffffffff : 0xffff;
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~mask) | (sp & mask);
    drop_inner_segments(cpu);
    mode_derive(cpu);
}

bool far_return(struct cpu *cpu, unsigned opsize, u16 pop_bytes)
{
    struct descriptor code, stack;
    u64 word[2], outer[2];

    if (!peek_words(cpu, word, 0, 2, opsize)) return false;
    u16 selector = (u16)word[1];
    if (!protected_mode(cpu)) {
        if (!real_transfer(cpu, selector, word[0])) return false;
        release(cpu, 2 * opsize + pop_bytes);
        return true;
    }
    if (!return_segment(cpu, selector, word[0], &code)) return false;
    unsigned rpl = selector & 3;
    if (rpl == cpu->cpl) {
        if (!load_code_segment(cpu, selector, &code, rpl)) return false;
        release(cpu, 2 * opsize + pop_bytes);
    } else {
        u64 rsp = cpu->gpr[RSP];
        release(cpu, pop_bytes);
        bool read = peek_words(cpu, outer, 2, 2, opsize);
        cpu->gpr[RSP] = rsp;
        if (!read || !outer_stack(cpu, (u16)outer[1], rpl, &stack)) return false;
        if (!load_code_segment(cpu, selector, &code, rpl)) return false;
        enter_outer(cpu, (u16)outer[1], &stack, outer[0] + pop_bytes);
    }
    mode_derive(cpu);
    cpu->next_rip = word[0];
    return true;
}

/* Which EFLAGS bits IRET takes from the stack.  SDM vol. 2, "IRET/IRETD". */
static u32 iret_flags(const struct cpu *cpu, u32 image, unsigned opsize, unsigned old_cpl)
{
    u32 taken = EFLAGS_ARITHMETIC | EFLAGS_TF | EFLAGS_DF | EFLAGS_NT;

    if (opsize == 4) taken |= EFLAGS_RF | EFLAGS_AC | (cpu->model->has_cpuid ? EFLAGS_ID : 0);
    if (old_cpl <= iopl(cpu)) taken |= EFLAGS_IF;
    if (old_cpl == 0) taken |= EFLAGS_IOPL | (opsize == 4 ? EFLAGS_VIF | EFLAGS_VIP : 0);
    if (cpu->model->family < 4) taken &= ~(u32)EFLAGS_AC;
    return (cpu_eflags(cpu) & ~taken) | (image & taken);
}

static bool iret_real(struct cpu *cpu, unsigned opsize)
{
    u64 word[3];
    bool v86 = v86_mode(cpu);

    if (v86 && iopl(cpu) < 3) return FAULT(cpu, V86_NEEDS_IOPL3, .vector = 0);
    if (!peek_words(cpu, word, 0, 3, opsize)) return false;
    if (!real_transfer(cpu, (u16)word[1], word[0])) return false;
    release(cpu, 3 * opsize);
    u32 flags = iret_flags(cpu, (u32)word[2], opsize, v86 ? 3 : 0);
    if (v86) flags = (flags & ~(u32)EFLAGS_IOPL) | (cpu->rflags & EFLAGS_IOPL);
    cpu_set_eflags(cpu, flags);
    return true;
}

/* From level 0 into virtual-8086 mode: nine words on the stack. */
static bool iret_to_v86(struct cpu *cpu, const u64 *word)
{
    static const u8 order[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };
    u64 rest[6];

    if (!peek_words(cpu, rest, 3, 6, 4)) return false;
    cpu->rflags |= EFLAGS_VM;
    cpu->cpl = 3;
    cpu_set_eflags(cpu, (u32)word[2] & (0x3f7fd7 & ~0x8028));
    segment_set_real(cpu, CPU_SEG_CS, (u16)word[1]);
    segment_set_real(cpu, CPU_SEG_SS, (u16)rest[1]);
    for (unsigned i = 0; i < 4; i++) segment_set_real(cpu, order[i], (u16)rest[2 + i]);
    cpu->gpr[RSP] = (u32)rest[0];
    cpu->next_rip = word[0] & 0xffff;
    mode_derive(cpu);
    return true;
}

/* Back to the task in the back link.  SDM vol. 3A, "Task Linking". */
static bool iret_to_task(struct cpu *cpu)
{
    u64 link;
    if (!system_read(cpu, cpu->seg[CPU_SEG_TR].base, 2, &link)) return false;
    return task_switch(cpu, (u16)link, TASK_IRET, false, 0);
}

bool interrupt_return(struct cpu *cpu, unsigned opsize)
{
    struct descriptor code, stack;
    u64 word[3], outer[2];
    unsigned old_cpl = cpu->cpl;

    cpu->nmi_blocked = false;
    if (!protected_mode(cpu)) return iret_real(cpu, opsize);
    if (cpu->rflags & EFLAGS_NT) return iret_to_task(cpu);
    if (!peek_words(cpu, word, 0, 3, opsize)) return false;
    u16 selector = (u16)word[1];
    if (opsize == 4 && word[2] & EFLAGS_VM && cpu->cpl == 0) return iret_to_v86(cpu, word);
    if (!return_segment(cpu, selector, word[0], &code)) return false;
    unsigned rpl = selector & 3;
    bool outwards = rpl > cpu->cpl;
    if (outwards && (!peek_words(cpu, outer, 3, 2, opsize) || !outer_stack(cpu, (u16)outer[1], rpl, &stack))) return false;
    if (!load_code_segment(cpu, selector, &code, rpl)) return false;
    u32 flags = iret_flags(cpu, (u32)word[2], opsize, old_cpl);
    if (outwards) enter_outer(cpu, (u16)outer[1], &stack, outer[0]);
    else release(cpu, 3 * opsize);
    cpu_set_eflags(cpu, flags);
    mode_derive(cpu);
    cpu->next_rip = word[0];
    return true;
}
