/* The stack of an inner privilege level.  SDM vol. 3A, "Stack Switching".               doc: system
 *
 *    32-bit TSS   +4 ESP0  +8 SS0  +12 ESP1  +16 SS1  +20 ESP2  +24 SS2
 *    16-bit TSS   +2 SP0   +4 SS0   +6 SP1    +8 SS1  +10 SP2   +12 SS2  */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

bool inner_stack_open(struct cpu *cpu, unsigned cpl, struct inner_stack *stack)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    unsigned size = tss->rights & TYPE_32 ? 4 : 2;
    u32 at = size + cpl * 2 * size;
    u64 sp, selector;

    cpu->procedure = PROCEDURE_INNER_STACK;
    if (at + size + 1 > tss->limit)
        return FAULT(cpu, TSS_STACK_OUTSIDE, .selector = tss->selector, .limit = tss->limit,
                     .value = cpl);
    if (!system_read(cpu, tss->base + at, size, &sp)) return false;
    if (!system_read(cpu, tss->base + at + size, 2, &selector)) return false;
    if (!stack_segment_fetch(cpu, (u16)selector, cpl, &stack_reasons_ts, &stack->d)) return false;
    stack->selector = (u16)selector;
    stack->cpl = (u8)cpl;
    stack->segment = (struct segment){
        .base = descriptor_base(&stack->d), .limit = descriptor_limit(&stack->d),
        .rights = descriptor_rights(&stack->d), .usable = true,
    };
    segment_ranges(&stack->segment);
    stack->mask = stack->segment.rights & RIGHTS_DB ? 0xffffffff : 0xffff;
    stack->sp = sp & stack->mask;
    return true;
}

bool inner_stack_room(struct cpu *cpu, const struct inner_stack *stack, unsigned bytes)
{
    u64 low = (stack->sp - bytes) & stack->mask;

    if (low >= stack->segment.write_first && low + bytes - 1 <= stack->segment.write_last)
        return true;
    return FAULT(cpu, NEW_STACK_TOO_SMALL, .selector = stack->selector, .ea = stack->sp,
                 .size = (u8)bytes,
                 .limit = stack->segment.limit);
}

bool inner_stack_push(struct cpu *cpu, struct inner_stack *stack, const u64 *word, unsigned count,
                      unsigned size)
{
    for (unsigned i = 0; i < count; i++) {
        u64 sp = (stack->sp - size) & stack->mask;
        if (!system_write(cpu, stack->segment.base + sp, size, word[i])) return false;
        stack->sp = sp;
    }
    return true;
}

void inner_stack_enter(struct cpu *cpu, const struct inner_stack *stack)
{
    segment_set(cpu, CPU_SEG_SS, stack->selector, &stack->d);
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~stack->mask) | stack->sp;
    cpu->cpl = stack->cpl;
    breaks_catch(cpu, CPU_CATCH_STACK, stack->segment.base + stack->sp, 1, stack->selector);
}
