/* Debug registers.  SDM vol. 3B, "Debug Registers", "Debug Exceptions".                      doc: debug-registers */
#include "cpu/memory/access.h"
#include "cpu/system/system.h"

enum { DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_ONES = 0xffff0ff0, DR7_GD = 1 << 13, DR7_ONES = 1 << 10 };
enum { RW_EXECUTE, RW_WRITE, RW_IO, RW_READ_WRITE };

static bool enabled(const struct cpu *cpu, unsigned n) { return cpu->dr[7] >> (2 * n) & 3; }
static unsigned kind(const struct cpu *cpu, unsigned n) { return cpu->dr[7] >> (16 + 4 * n) & 3; }
static unsigned length(const struct cpu *cpu, unsigned n)
{
    static const u8 bytes[] = { 1, 2, 8, 4 };
    return bytes[cpu->dr[7] >> (18 + 4 * n) & 3];
}

static bool debug_number(struct cpu *cpu, unsigned *n)
{
    if (*n == 4 || *n == 5) {
        if (cpu->cr4 & CR4_DE) return FAULT(cpu, NO_SUCH_REGISTER, .value = *n);
        *n += 2;
    }
    if (!require_cpl0(cpu)) return false;
    if (!(cpu->dr[7] & DR7_GD)) return true;
    cpu->dr[7] &= ~(u64)DR7_GD;
    cpu->dr[6] |= DR6_BD;
    return FAULT(cpu, DEBUG_GENERAL_DETECT, .value = *n);
}

bool debug_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (!debug_number(cpu, &n)) return false;
    *value = cpu->dr[n];
    return true;
}

bool debug_write(struct cpu *cpu, unsigned n, u64 value)
{
    if (!debug_number(cpu, &n)) return false;
    if (n == 6) value = (value & 0xe00f) | DR6_ONES;
    if (n == 7) value = (value & 0xffff2bff) | DR7_ONES;
    cpu->dr[n] = value;
    tlb_flush(cpu);                          /* watched pages never get tags */
    return true;
}

/* All matching breakpoints report, enabled or not, once an enabled one does. */
bool debug_check_fetch(struct cpu *cpu)
{
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip);
    u32 hit = 0;
    bool any = false;

    if (cpu->rflags & EFLAGS_RF) return true;
    for (unsigned n = 0; n < 4; n++) {
        if (kind(cpu, n) != RW_EXECUTE || (u32)cpu->dr[n] != (u32)la) continue;
        hit |= 1u << n;
        any |= enabled(cpu, n);
    }
    if (!any) return true;
    cpu->dr[6] = (cpu->dr[6] & ~15ull) | hit;
    return FAULT(cpu, DEBUG_FETCH, .la = la, .value = (u64)__builtin_ctz(hit));
}

static void note(struct cpu *cpu, u64 address, unsigned size, bool io, bool write)
{
    u32 hit = 0;
    bool any = false;

    for (unsigned n = 0; n < 4; n++) {
        unsigned k = kind(cpu, n);
        bool fits = io ? k == RW_IO && cpu->cr4 & CR4_DE : k == RW_READ_WRITE || (k == RW_WRITE && write);
        u64 first = cpu->dr[n] & ~(u64)(length(cpu, n) - 1);
        if (!fits || address + size <= first || first + length(cpu, n) <= address) continue;
        hit |= 1u << n;
        any |= enabled(cpu, n);
    }
    if (!any) return;
    cpu->debug_pending |= hit;
    cpu_leave_after_instruction(cpu);
}

void debug_note_data(struct cpu *cpu, u64 la, unsigned size, bool write)
{
    if (cpu->dr[7] & 0xff) note(cpu, la, size, false, write);
}

void debug_note_io(struct cpu *cpu, u16 port, unsigned size)
{
    if (cpu->dr[7] & 0xff) note(cpu, port, size, true, true);
}

bool debug_page_watched(const struct cpu *cpu, u64 la)
{
    for (unsigned n = 0; n < 4; n++)
        if (enabled(cpu, n) && kind(cpu, n) != RW_EXECUTE && kind(cpu, n) != RW_IO && cpu->dr[n] >> 12 == la >> 12) return true;
    return false;
}

bool debug_raise_trap(struct cpu *cpu, bool single_step)
{
    u32 conditions = cpu->debug_pending | (single_step ? DR6_BS : 0);
    cpu->debug_pending = 0;
    cpu->dr[6] = (cpu->dr[6] & ~15ull) | conditions;
    return FAULT(cpu, DEBUG_TRAP, .value = conditions);
}
