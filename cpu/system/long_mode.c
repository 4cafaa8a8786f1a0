/* Gates of IA-32e mode: interrupts and calls on 64-bit stacks.  SDM vol. 3A, "Exception and Interrupt Handling in 64-bit
 * Mode", "Call Gates", "Stack Switching in IA-32e Mode".                                doc: long-mode
 *
 *    gate, 16 bytes   31:16 selector  15:0 offset 15:0  34:32 IST  43:40 type  46:45 DPL  47 P  63:48 offset 31:16
 *                     and in the upper half 31:0 offset 63:32
 *    TSS              +4 RSP0  +12 RSP1  +20 RSP2  +36 IST1 .. +84 IST7  +102 I/O map base */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/interrupt.h"
#include "cpu/system/transfer.h"

enum { TSS_RSP0 = 4, TSS_IST1 = 36 };

static u64 gate_offset(const struct descriptor *gate)
{
    return bits(gate->raw, 15, 0) | bits(gate->raw, 63, 48) << 16 | (gate->upper & 0xffffffff) << 32;
}

/* --- stacks --- */

/* A stack pointer of the TSS, at `at`. */
static bool tss_stack(struct cpu *cpu, unsigned at, u64 *rsp)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];

    cpu->procedure = PROCEDURE_INNER_STACK;
    if (at + 7 > tss->limit) return FAULT(cpu, TSS_STACK_OUTSIDE, .selector = tss->selector, .limit = tss->limit, .value = at);
    if (!system_read(cpu, tss->base + at, 8, rsp)) return false;
    return canonical(*rsp) || FAULT(cpu, STACK_NOT_CANONICAL, .la = *rsp, .size = 8);
}

/* Pushes quadwords below *rsp with the rights of the level that will own the stack. */
static bool push_words(struct cpu *cpu, unsigned cpl, u64 *rsp, const u64 *word, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        u64 at = *rsp - 8;
        if (!canonical(at)) return FAULT(cpu, STACK_NOT_CANONICAL, .la = at, .size = 8);
        if (!(cpl == 3 ? linear_write(cpu, CPU_SEG_SS, at, 8, word[i]) : system_write(cpu, at, 8, word[i]))) return false;
        *rsp = at;
    }
    return true;
}

/* Commit of an inner level: SS becomes a null selector with RPL = CPL. */
static void enter_level(struct cpu *cpu, u16 cs, const struct descriptor *code, unsigned cpl, bool inner, u64 rip, u64 rsp)
{
    code_segment_enter(cpu, cs, code, cpl, rip);
    if (inner) segment_set_null(cpu, CPU_SEG_SS, (u16)cpl);
    cpu->gpr[RSP] = rsp;
    if (inner) mode_derive(cpu);
    breaks_catch(cpu, CPU_CATCH_STACK, rsp, 1, cpu->seg[CPU_SEG_SS].selector);
}

/* --- code segments that a 64-bit gate may lead to --- */

static bool is_64bit_code(unsigned rights)
{
    return rights & RIGHTS_S && rights & RIGHTS_CODE && rights & RIGHTS_L && !(rights & RIGHTS_DB);
}

static bool gate_segment(struct cpu *cpu, u16 selector, struct descriptor *d, enum reason not_inner)
{
    if (!descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_CS_NOT_CODE, descriptor_facts(selector, d));
    if (rights_dpl(rights) > cpu->cpl) return fault_raise(cpu, not_inner, descriptor_facts(selector, d));
    if (!is_64bit_code(rights)) return fault_raise(cpu, REASON_GATE_NOT_64BIT, descriptor_facts(selector, d));
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, descriptor_facts(selector, d));
    return descriptor_set_accessed(cpu, d);
}

/* --- interrupts --- */

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
    if (e->vector * 16u + 15 > cpu->idtr_limit) return refuse_gate(cpu, REASON_IDT_PAST_LIMIT, e, gate);
    gate->la = cpu->idtr_base + e->vector * 16u;
    if (!system_read(cpu, gate->la, 8, &gate->raw) || !system_read(cpu, gate->la + 8, 8, &gate->upper)) return false;
    unsigned rights = descriptor_rights(gate), type = rights & (RIGHTS_S | 15);
    if (type != TYPE_INTERRUPT_GATE_32 && type != TYPE_TRAP_GATE_32) return refuse_gate(cpu, REASON_IDT_TYPE, e, gate);
    if (e->gate_dpl_counts && rights_dpl(rights) < cpu->cpl) return refuse_gate(cpu, REASON_IDT_DPL, e, gate);
    return rights & RIGHTS_P || refuse_gate(cpu, REASON_IDT_NOT_PRESENT, e, gate);
}

/* Where the frame goes: an IST stack, that of the inner level, or the present one; aligned to 16 bytes. */
static bool handler_stack(struct cpu *cpu, unsigned ist, unsigned cpl, bool inner, u64 *rsp)
{
    *rsp = cpu->gpr[RSP];
    if (ist && !tss_stack(cpu, TSS_IST1 + 8 * (ist - 1), rsp)) return false;
    if (!ist && inner && !tss_stack(cpu, TSS_RSP0 + 8 * cpl, rsp)) return false;
    *rsp &= ~15ull;
    return true;
}

bool deliver_long_mode(struct cpu *cpu, struct event *e)
{
    const u64 frame[] = {
        cpu->seg[CPU_SEG_SS].selector, cpu->gpr[RSP], e->eflags, cpu->seg[CPU_SEG_CS].selector, e->return_rip, e->error_code,
    };
    struct descriptor gate, code;
    u64 rsp;

    if (!gate_fetch(cpu, e, &gate)) return false;
    u16 selector = (u16)bits(gate.raw, 31, 16);
    if (selector_is_null(selector)) return FAULT(cpu, HANDLER_CS_NULL, .vector = e->vector);
    if (!gate_segment(cpu, selector, &code, REASON_HANDLER_NOT_INNER)) return false;
    unsigned rights = descriptor_rights(&code);
    unsigned cpl = rights & RIGHTS_CONFORMING ? cpu->cpl : rights_dpl(rights);
    bool inner = cpl < cpu->cpl, trap_gate = rights_type(descriptor_rights(&gate)) & 1;
    if (!handler_stack(cpu, (unsigned)bits(gate.raw, 34, 32), cpl, inner, &rsp)) return false;
    if (!canonical(gate_offset(&gate))) return FAULT(cpu, BRANCH_NOT_CANONICAL, .la = gate_offset(&gate));
    if (!push_words(cpu, cpl, &rsp, frame, 5u + e->has_error_code)) return false;
    enter_level(cpu, selector, &code, cpl, inner, gate_offset(&gate), rsp);
    u32 cleared = EFLAGS_TF | EFLAGS_NT | EFLAGS_VM | EFLAGS_RF | (trap_gate ? 0 : EFLAGS_IF);
    cpu_clear_system_flags(cpu, cleared);
    cpu->rip = cpu->next_rip;
    return true;
}

/* --- far JMP and CALL through a call gate --- */

bool through_gate_long_mode(struct cpu *cpu, u16 selector, struct descriptor *gate, bool is_call)
{
    struct descriptor code;
    u64 rsp = cpu->gpr[RSP];

    if (!descriptor_fetch_upper(cpu, selector, gate)) return false;
    u16 cs = (u16)bits(gate->raw, 31, 16);
    if (selector_is_null(cs)) return FAULT(cpu, CS_NULL, .value = cs);
    if (!gate_segment(cpu, cs, &code, REASON_CS_PRIVILEGE)) return false;
    unsigned rights = descriptor_rights(&code), dpl = rights_dpl(rights);
    bool conforming = rights & RIGHTS_CONFORMING, inner = is_call && !conforming && dpl < cpu->cpl;
    if (!is_call && !conforming && dpl != cpu->cpl) return fault_raise(cpu, REASON_CS_PRIVILEGE, descriptor_facts(cs, &code));
    if (!canonical(gate_offset(gate))) return FAULT(cpu, BRANCH_NOT_CANONICAL, .la = gate_offset(gate));
    unsigned cpl = inner ? dpl : cpu->cpl;
    const u64 frame[] = { cpu->seg[CPU_SEG_SS].selector, cpu->gpr[RSP], cpu->seg[CPU_SEG_CS].selector, cpu->next_rip };
    if (inner && !tss_stack(cpu, TSS_RSP0 + 8 * cpl, &rsp)) return false;
    if (is_call && !push_words(cpu, cpl, &rsp, inner ? frame : frame + 2, inner ? 4 : 2)) return false;
    enter_level(cpu, cs, &code, cpl, inner, gate_offset(gate), rsp);
    return true;
}
