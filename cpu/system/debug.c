/* Debug registers and what they raise.  SDM vol. 3B, "Debug Registers", "Debug Exceptions".
 *                                                                              doc: debug-registers
 *
 *   DR0..3  linear (or, for RW = 10, port) addresses     DR6  B0..B3 [3:0]  BD 13  BS 14  BT 15
 *   DR7     Ln Gn [7:0]  GD 13  then for each n  RWn [17+4n:16+4n]  LENn [19+4n:18+4n]  */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

enum { DR6_WRITABLE = 0xe00f, DR7_ONES = 1 << 10 };
#define DR6_ONES 0xffff0ff0u
#define DR7_WRITABLE 0xffff23ffu
enum { RW_EXECUTE, RW_WRITE, RW_IO, RW_READ_WRITE };

static bool enabled(const struct cpu *cpu, unsigned n)
{
    return bits(cpu->dr[7], 2 * n + 1, 2 * n);
}

static unsigned kind(const struct cpu *cpu, unsigned n)
{
    return (unsigned)bits(cpu->dr[7], 17 + 4 * n, 16 + 4 * n);
}

/* LEN = 10 is undefined before long mode; later processors take it for 8 bytes. */
static unsigned length(const struct cpu *cpu, unsigned n)
{
    static const u8 bytes[] = { 1, 2, 8, 4 };
    return bytes[bits(cpu->dr[7], 19 + 4 * n, 18 + 4 * n)];
}

/* DR4 and DR5 are other names of DR6 and DR7 until CR4.DE takes them away. */
static bool debug_open(struct cpu *cpu, unsigned *n)
{
    bool alias = *n == 4 || *n == 5;

    if (*n > 7 || (alias && cpu->cr4 & CR4_DE)) return FAULT(cpu, NO_SUCH_REGISTER, .value = *n);
    if (alias) *n += 2;
    if (!require_cpl0(cpu)) return false;
    if (!(cpu->dr[7] & DR7_GD)) return true;
    cpu->dr[6] |= DR6_BD;
    return FAULT(cpu, DEBUG_GENERAL_DETECT, .value = *n);
}

bool debug_read(struct cpu *cpu, unsigned n, u64 *value)
{
    if (!debug_open(cpu, &n)) return false;
    *value = cpu->dr[n];
    return true;
}

bool debug_write(struct cpu *cpu, unsigned n, u64 value)
{
    if (!debug_open(cpu, &n)) return false;
    if (n >= 6 && value >> 32) return FAULT(cpu, CONTROL_RESERVED, .rpl = (u8)n, .value = value);
    if (n == 6) value = (value & DR6_WRITABLE) | DR6_ONES;
    u64 reserved = n == 7 ? value & ~(u64)(DR7_WRITABLE | DR7_ONES) : 0;
    if (n == 7) value = (value & DR7_WRITABLE) | DR7_ONES;
    if (reserved) breaks_catch(cpu, CPU_CATCH_RESERVED, reserved, 1, CPU_RESERVED_IN_DR7);
    cpu->dr[n & 7] = value;
    if (n != 6) tlb_flush(cpu);              /* watched pages have no tags: others get them back */
    return true;
}

/* --- conditions --- */

/* Breakpoints that [address, address + size) meets.  Once an enabled one is met, DR6 reports the
 * disabled ones too. */
static u32 matches(const struct cpu *cpu, u64 address, unsigned size, unsigned kinds)
{
    u32 hit = 0;
    bool any = false;

    for (unsigned n = 0; n < 4; n++) {
        u64 bytes = length(cpu, n), first = cpu->dr[n] & ~(bytes - 1);
        if (!(kinds >> kind(cpu, n) & 1) || address + size <= first || first + bytes <= address)
            continue;
        hit |= 1u << n;
        any |= enabled(cpu, n);
    }
    return any ? hit : 0;
}

/* B0..B3 say what was met last; the other bits of DR6 stay until software clears them. */
static void set_dr6(struct cpu *cpu, u32 conditions)
{
    cpu->dr[6] = (cpu->dr[6] & ~15ull) | conditions;
}

/* Of breakpoints on execution the address counts alone.  None is seen right behind a load of SS. */
bool debug_check_fetch(struct cpu *cpu)
{
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip);
    u32 hit = 0;
    bool any = false;

    if (cpu->rflags & EFLAGS_RF || cpu->time->now == cpu->debug_shadow_tick) return true;
    for (unsigned n = 0; n < 4; n++) {
        if (kind(cpu, n) != RW_EXECUTE || cpu->dr[n] != la) continue;
        hit |= 1u << n;
        any |= enabled(cpu, n);
    }
    if (!any) return true;
    set_dr6(cpu, hit);
    return FAULT(cpu, DEBUG_FETCH, .la = la, .value = (u64)__builtin_ctz(hit));
}

static void note(struct cpu *cpu, u32 hit)
{
    if (!hit) return;
    cpu->debug_pending |= hit;
    cpu_leave_after_instruction(cpu);
}

void debug_note_data(struct cpu *cpu, u64 la, unsigned size, bool write)
{
    if (!(cpu->dr[7] & 0xff)) return;
    note(cpu, matches(cpu, la, size, 1u << RW_READ_WRITE | (write ? 1u << RW_WRITE : 0)));
}

void debug_note_io(struct cpu *cpu, u16 port, unsigned size)
{
    if (cpu->dr[7] & 0xff && cpu->cr4 & CR4_DE) note(cpu, matches(cpu, port, size, 1u << RW_IO));
}

bool debug_page_watched(const struct cpu *cpu, u64 la)
{
    for (unsigned n = 0; n < 4; n++) {
        bool on_data = kind(cpu, n) == RW_WRITE || kind(cpu, n) == RW_READ_WRITE;
        if (enabled(cpu, n) && on_data && cpu->dr[n] >> 12 == la >> 12) return true;
    }
    return false;
}

bool debug_raise_trap(struct cpu *cpu, bool single_step)
{
    u32 conditions = cpu->debug_pending | (single_step ? DR6_BS : 0);

    cpu->debug_pending = 0;
    set_dr6(cpu, conditions);
    return FAULT(cpu, DEBUG_TRAP, .value = conditions);
}
