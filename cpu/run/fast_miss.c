/* A TLB miss of a handler: the walk, and the record again.                                    doc: fast
 * The handler has checked all that comes before the access, so the exact instance would do this very walk next.  Anything but a plain
 * fill is left to it. */
#include "cpu/run/fast.h"

#include "cpu/memory/access.h"

/* Once for each time a record runs: two operands that want the same entry would take it from each other for ever. */
static inline bool filled(struct cpu *cpu, const struct record *rec, s64 budget, unsigned access)
{
    bool again = cpu->missed == rec && cpu->missed_budget == budget;
    bool crosses = (cpu->miss_la ^ cpu->miss_last) >> 12;

    cpu->missed = rec;
    cpu->missed_budget = budget;
    return !again && !crosses && access_refill(cpu, cpu->miss_la, access);
}

FAST_HANDLER fast_miss_read(FAST_PARAMETERS)
{
    if (!filled(cpu, rec, budget, ACCESS_READ)) TAIL(fast_slow);
    GO;
}

FAST_HANDLER fast_miss_write(FAST_PARAMETERS)
{
    if (!filled(cpu, rec, budget, ACCESS_WRITE)) TAIL(fast_slow);
    GO;
}

/* The stack has come to another page, whose entry may be there. */
FAST_HANDLER fast_miss_stack_read(FAST_PARAMETERS)
{
    cpu->stack_entry = tlb_entry_of(cpu, cpu->miss_la);
    if (cpu->stack_entry->tag_read != cpu->miss_last) TAIL(fast_miss_read);
    GO;
}

FAST_HANDLER fast_miss_stack_write(FAST_PARAMETERS)
{
    cpu->stack_entry = tlb_entry_of(cpu, cpu->miss_la);
    if (cpu->stack_entry->tag_write != cpu->miss_last) TAIL(fast_miss_write);
    GO;
}
