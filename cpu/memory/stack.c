/* Push and pop through SS, with ESP committed last.  SDM vol. 1, "Procedure Stack".
 *                                                                                doc: memory-access
 * Where SS.B = 0 only SP takes part, and wraps at 64 KiB; the upper half of ESP stays. */
#include "cpu/memory/segment.h"

#include "cpu/memory/access.h"

static u64 with_sp(const struct cpu *cpu, u64 sp)
{
    u64 mask = cpu->stack_mask;
    return (cpu->gpr[RSP] & ~mask) | (sp & mask);
}

/* The sizes apart, so that each access is of a size the compiler knows. */
bool stack_push(struct cpu *cpu, u64 value, unsigned size)
{
    u64 sp = (cpu->gpr[RSP] - size) & cpu->stack_mask;

    bool done = size == 8 ? store(cpu, CPU_SEG_SS, sp, 8, value)
              : size == 4 ? store(cpu, CPU_SEG_SS, sp, 4, value) : store(cpu, CPU_SEG_SS, sp, 2, value);
    if (!done) return false;
    cpu->gpr[RSP] = with_sp(cpu, sp);
    return true;
}

bool stack_pop(struct cpu *cpu, u64 *value, unsigned size)
{
    u64 sp = cpu->gpr[RSP] & cpu->stack_mask;

    bool done = size == 8 ? load(cpu, CPU_SEG_SS, sp, 8, value)
              : size == 4 ? load(cpu, CPU_SEG_SS, sp, 4, value) : load(cpu, CPU_SEG_SS, sp, 2, value);
    if (!done) return false;
    cpu->gpr[RSP] = with_sp(cpu, sp + size);
    return true;
}

/* The host address of [sp, sp + bytes) where a TLB tag and the segment allow all of it at once; NULL sends each word its own way. */
static u8 *words_host(struct cpu *cpu, u64 sp, unsigned bytes, bool write)
{
    bool allowed = write ? segment_may_write(cpu, CPU_SEG_SS, sp, bytes) : segment_may_read(cpu, CPU_SEG_SS, sp, bytes);
    u64 la = linear_of(cpu, CPU_SEG_SS, sp);
    const struct tlb_entry *t = tlb_entry_of(cpu, la);

    if (!allowed || sp > cpu->stack_mask - (bytes - 1)) return NULL;
    if ((write ? t->tag_write : t->tag_read) != page_of_last(la, bytes)) return NULL;
    return (u8 *)(uintptr_t)(t->addend + la);
}

bool stack_room(struct cpu *cpu, unsigned count, unsigned size)
{
    u64 sp = cpu->gpr[RSP];

    for (unsigned i = 1; i <= count; i++) {
        u64 at = (sp - i * size) & cpu->stack_mask;
        if (segment_may_write(cpu, CPU_SEG_SS, at, size)) continue;
        return segment_violation(cpu, CPU_SEG_SS, at, size, ACCESS_WRITE);
    }
    return true;
}

bool stack_push_words(struct cpu *cpu, const u64 *word, unsigned count, unsigned size)
{
    u64 sp = (cpu->gpr[RSP] - count * size) & cpu->stack_mask;
    u8 *host = words_host(cpu, sp, count * size, true);

    for (unsigned i = 0; i < count; i++) {
        unsigned above = (count - 1 - i) * size;
        if (host) copy_operand(host + above, &word[i], size);
        else if (!store(cpu, CPU_SEG_SS, (sp + above) & cpu->stack_mask, size, word[i])) return false;
    }
    cpu->gpr[RSP] = with_sp(cpu, sp);
    return true;
}

bool stack_peek(struct cpu *cpu, u64 *word, unsigned offset_bytes, unsigned count, unsigned size)
{
    u64 sp = (cpu->gpr[RSP] + offset_bytes) & cpu->stack_mask;
    const u8 *host = words_host(cpu, sp, count * size, false);

    for (unsigned i = 0; i < count; i++) {
        word[i] = 0;
        if (host) copy_operand(&word[i], host + i * size, size);
        else if (!load(cpu, CPU_SEG_SS, (sp + i * size) & cpu->stack_mask, size, &word[i])) return false;
    }
    return true;
}

void stack_release(struct cpu *cpu, unsigned bytes)
{
    cpu->gpr[RSP] = with_sp(cpu, cpu->gpr[RSP] + bytes);
}
