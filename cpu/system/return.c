/* Far RET and IRET.  SDM vol. 2, "RET", "IRET/IRETD", Operation.                     doc: system */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

/* The code segment to return to: never one of an inner level. */
static bool return_segment(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    unsigned rpl = selector_rpl(selector);

    cpu->procedure = PROCEDURE_FAR_RETURN;
    if (selector_is_null(selector)) return FAULT(cpu, CS_NULL, .value = selector);
    if (!descriptor_fetch(cpu, selector, d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE))
        return fault_raise(cpu, REASON_CS_NOT_CODE, descriptor_facts(selector, d));
    if (rpl < cpu->cpl) return fault_raise(cpu, REASON_RETURN_TO_INNER, descriptor_facts(selector, d));
    if (rights & RIGHTS_CONFORMING ? dpl > rpl : dpl != rpl)
        return fault_raise(cpu, REASON_RETURN_PRIVILEGE, descriptor_facts(selector, d));
    if (!code_width_legal(cpu, selector, d)) return false;
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_CS_NOT_PRESENT, descriptor_facts(selector, d));
    return descriptor_set_accessed(cpu, d);
}

/* After a change of level outwards: a data segment that the new CPL could not have loaded becomes
 * null. */
static void drop_inner_segments(struct cpu *cpu)
{
    static const u8 data[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };
    unsigned conforming_code = RIGHTS_CODE | RIGHTS_CONFORMING;

    for (unsigned i = 0; i < ARRAY_COUNT(data); i++) {
        const struct segment *s = &cpu->seg[data[i]];
        bool conforming = (s->rights & conforming_code) == conforming_code;
        if (s->usable && !conforming && rights_dpl(s->rights) < cpu->cpl)
            segment_set_null(cpu, data[i], 0);
    }
}

/* Where a return in protected mode goes. */
struct destination {
    u16 cs, ss;
    struct descriptor code, stack;
    u64 offset, sp;
    bool null_stack;
    bool outer;              /* the level changes */
    bool takes_stack;        /* ss, stack and sp are set: with the level, and by every IRET of 64-bit mode */
};

/* Returning to 64-bit code of level 0 to 2, SS may be null. */
static bool destination_stack(struct cpu *cpu, struct destination *to)
{
    unsigned cpl = selector_rpl(to->cs);
    bool to_64bit = long_mode(cpu) && descriptor_rights(&to->code) & RIGHTS_L;

    to->null_stack = to_64bit && cpl < 3 && selector_is_null(to->ss) && selector_rpl(to->ss) == cpl;
    return to->null_stack || stack_segment_fetch(cpu, to->ss, cpl, &stack_reasons_gp, &to->stack);
}

/* Checks the destination.  words holds offset and selector; an outer SP and SS lie outer_bytes
 * above the stack's top. */
static bool destination_open(struct cpu *cpu, const u64 *word, unsigned outer_bytes, unsigned size,
                             bool always_stack, struct destination *to)
{
    u64 outer[2];

    to->offset = word[0];
    to->cs = (u16)word[1];
    if (!return_segment(cpu, to->cs, &to->code)) return false;
    to->outer = selector_rpl(to->cs) > cpu->cpl;
    to->takes_stack = to->outer || always_stack;
    if (to->takes_stack) {
        if (!stack_peek(cpu, outer, outer_bytes, 2, size)) return false;
        to->sp = outer[0];
        to->ss = (u16)outer[1];
        if (!destination_stack(cpu, to)) return false;
    }
    return target_in_segment(cpu, to->offset, &to->code);
}

/* Commit; same_level_bytes leave the stack where the level stays, released_bytes the new one where
 * it changes. */
static void destination_enter(struct cpu *cpu, const struct destination *to,
                              unsigned same_level_bytes, unsigned released_bytes)
{
    code_segment_enter(cpu, to->cs, &to->code, selector_rpl(to->cs), to->offset);
    if (!to->takes_stack) {
        stack_release(cpu, same_level_bytes);
        return;
    }
    if (to->null_stack) segment_set_null(cpu, CPU_SEG_SS, to->ss);
    else segment_set(cpu, CPU_SEG_SS, to->ss, &to->stack);
    mode_derive(cpu);
    u64 mask = cpu->stack_mask;
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~mask) | ((to->sp + released_bytes) & mask);
    if (to->outer) drop_inner_segments(cpu);
}

static bool return_real(struct cpu *cpu, const u64 *word, unsigned bytes)
{
    u64 limit = v86_mode(cpu) ? 0xffff : cpu->seg[CPU_SEG_CS].limit;

    if (!target_within(cpu, word[0], limit)) return false;
    segment_set_real(cpu, CPU_SEG_CS, (u16)word[1]);
    cpu->next_rip = word[0];
    stack_release(cpu, bytes);
    return true;
}

bool far_return(struct cpu *cpu, unsigned opsize, u16 pop_bytes)
{
    unsigned bytes = 2 * opsize + pop_bytes;
    struct destination to;
    u64 word[2];

    if (!stack_peek(cpu, word, 0, 2, opsize)) return false;
    if (!protected_mode(cpu)) return return_real(cpu, word, bytes);
    if (!destination_open(cpu, word, bytes, opsize, false, &to)) return false;
    destination_enter(cpu, &to, bytes, pop_bytes);
    return true;
}

/* --- IRET --- */

/* Takes from the image what CPL and IOPL before the return allow; the arithmetic flags in any case. */
static void iret_flags(struct cpu *cpu, u32 image, u32 taken)
{
    cpu_set_eflags(cpu, (cpu->rflags & ~taken) | (image & taken));
}

/* RF comes with a 32-bit image: that is how a debugger steps over its breakpoint. */
static u32 iret_taken(const struct cpu *cpu, unsigned opsize)
{
    return eflags_popped(cpu, opsize) | (opsize >= 4 ? EFLAGS_RF : 0);
}

static bool iret_real(struct cpu *cpu, unsigned opsize)
{
    u64 word[3];

    if (!stack_peek(cpu, word, 0, 3, opsize)) return false;
    u32 taken = iret_taken(cpu, opsize);
    if (!return_real(cpu, word, 3 * opsize)) return false;
    iret_flags(cpu, (u32)word[2], taken);
    return true;
}

/* IOPL 3 returns as real mode does; below it VIF stands for IF, or the monitor is asked. */
static bool iret_v86(struct cpu *cpu, unsigned opsize)
{
    u64 word[3];

    if (iopl(cpu) == 3) return iret_real(cpu, opsize);
    if (!(cpu->cr4 & CR4_VME) || opsize != 2)
        return FAULT(cpu, V86_NEEDS_IOPL3, .value = iopl(cpu));
    if (!stack_peek(cpu, word, 0, 3, opsize)) return false;
    if (!target_within(cpu, word[0], 0xffff) || !pop_virtual_flags(cpu, (u32)word[2], opsize))
        return false;
    return return_real(cpu, word, 3 * opsize);
}

/* RETURN-TO-VIRTUAL-8086-MODE: EIP CS EFLAGS ESP SS ES DS FS GS, from level 0. */
static bool iret_to_v86(struct cpu *cpu)
{
    static const u8 data[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };
    u64 word[9];

    if (!stack_peek(cpu, word, 0, 9, 4)) return false;
    if (!target_within(cpu, word[0], 0xffff)) return false;
    cpu->cpl = 3;
    cpu_set_eflags(cpu, (u32)word[2] & eflags_known(cpu));
    segment_set_real(cpu, CPU_SEG_CS, (u16)word[1]);
    segment_set_real(cpu, CPU_SEG_SS, (u16)word[4]);
    for (unsigned i = 0; i < ARRAY_COUNT(data); i++)
        segment_set_real(cpu, data[i], (u16)word[5 + i]);
    cpu->gpr[RSP] = word[3];
    cpu->next_rip = word[0];
    mode_derive(cpu);
    check_virtual_interrupt(cpu);
    return true;
}

/* Back to the task whose TSS the current one's back link names.  SDM vol. 3A, "Task Linking". */
static bool iret_to_task(struct cpu *cpu)
{
    u64 link;

    if (!system_read(cpu, cpu->seg[CPU_SEG_TR].base, 2, &link)) return false;
    return task_switch(cpu, (u16)link, TASK_IRET);
}

static bool iret_protected(struct cpu *cpu, unsigned opsize)
{
    struct destination to;
    u64 word[3];

    if (cpu->rflags & EFLAGS_NT && long_mode(cpu)) return FAULT(cpu, IRET_NT_IN_LONG_MODE, .value = 0);
    if (cpu->rflags & EFLAGS_NT) return iret_to_task(cpu);
    if (!stack_peek(cpu, word, 0, 3, opsize)) return false;
    if (opsize == 4 && word[2] & EFLAGS_VM && cpu->cpl == 0 && !long_mode(cpu)) return iret_to_v86(cpu);
    if (!destination_open(cpu, word, 3 * opsize, opsize, code_64bit(cpu), &to)) return false;
    u32 taken = iret_taken(cpu, opsize);
    if (opsize >= 4 && cpu->cpl == 0) taken |= eflags_known(cpu) & (EFLAGS_VIF | EFLAGS_VIP);
    destination_enter(cpu, &to, 3 * opsize, 0);
    iret_flags(cpu, (u32)word[2], taken);
    return true;
}

/* NMIs may come again whatever becomes of the IRET.  SDM vol. 3A, "Handling Multiple NMIs". */
bool interrupt_return(struct cpu *cpu, unsigned opsize)
{
    cpu->nmi_blocked = false;
    bool done = v86_mode(cpu) ? iret_v86(cpu, opsize) : real_mode(cpu) ? iret_real(cpu, opsize) : iret_protected(cpu, opsize);
    if (done) breaks_catch(cpu, CPU_CATCH_RETURN, cpu->seg[CPU_SEG_CS].selector, 1, 0);
    return done;
}
