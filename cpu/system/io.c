/* Who may use a port.  SDM vol. 1, "I/O Privilege Level", "I/O Permission Bit Map".  doc: system */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

enum { TSS_IO_MAP = 102 };

static bool within_iopl(const struct cpu *cpu) { return real_mode(cpu) || (!v86_mode(cpu) && cpu->cpl <= iopl(cpu)); }

bool io_unchecked(const struct cpu *cpu)
{
    bool caught = breaks_catch_some(cpu, CPU_CATCH_IN) || breaks_catch_some(cpu, CPU_CATCH_OUT);
    return within_iopl(cpu) && !(cpu->dr[7] & 0xff && cpu->cr4 & CR4_DE) && !caught;
}

/* Two bytes of the map are always read, so that one access covers any port; that is why a byte of
 * ones must follow it. */
bool io_allowed(struct cpu *cpu, u16 port, unsigned size)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    struct fault_facts facts = { .value = port, .size = (u8)size, .limit = tss->limit };
    u64 map, permission;

    if (within_iopl(cpu)) return true;
    if (!(tss->rights & TYPE_32)) return fault_raise(cpu, REASON_IO_NO_32_BIT_TSS, facts);
    if (tss->limit < TSS_32_LEAST_LIMIT) return fault_raise(cpu, REASON_IO_BITMAP_OUTSIDE, facts);
    if (!system_read(cpu, tss->base + TSS_IO_MAP, 2, &map)) return false;
    u64 at = map + port / 8;
    if (at + 1 > tss->limit) return fault_raise(cpu, REASON_IO_BITMAP_OUTSIDE, facts);
    if (!system_read(cpu, tss->base + at, 2, &permission)) return false;
    if (permission >> (port & 7) & ((1u << size) - 1))
        return fault_raise(cpu, REASON_IO_PERMISSION, facts);
    return true;
}
