/* Repeated string instructions: element by element, and by the page where both sides are plain memory.
 * SDM vol. 2, "REP/REPE/REPZ/REPNE/REPNZ"; an iteration takes one tick.                     doc: operations */
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"

void string_advance(u64 *reg, s64 step, u64 mask)
{
    u64 v = *reg + (u64)step;
    *reg = mask == 0xffff ? (*reg & ~0xffffull) | (v & 0xffff) : v & mask;
}

void repeat_done(struct cpu *cpu, const struct record *rec, u64 iterations)
{
    string_advance(&cpu->gpr[RCX], -(s64)iterations, record_mask(cpu, rec));
    cpu->budget -= (s64)iterations;
}

static s64 step_of(const struct cpu *cpu, unsigned size)
{
    return cpu->rflags & EFLAGS_DF ? -(s64)size : (s64)size;
}

/* Ends a repeat: with iterations left the instruction runs again; with none it has taken at least a tick. */
static bool repeat_ends(struct cpu *cpu, const struct record *rec, u64 first_count)
{
    if (first_count == 0) cpu->budget--;
    else if (repeat_count(cpu, rec)) cpu->next_rip = cpu->rip;
    return true;
}

/* Elements that [offset, ...) can move in one piece upwards: within the page, the address size and the segment. */
static u64 plain_elements(const struct cpu *cpu, unsigned seg, u64 offset, u64 mask, unsigned size, bool write)
{
    const struct segment *s = &cpu->seg[seg];
    u64 first = write ? s->write_first : s->read_first, last = write ? s->write_last : s->read_last;
    u64 page = (PAGE_BYTES - (linear_of(cpu, seg, offset) & (PAGE_BYTES - 1))) / size;

    if (offset < first || offset > last) return 0;
    u64 room = (last < mask ? last : mask) - offset;
    if (room != UINT64_MAX) room++;
    return room / size < page ? room / size : page;
}

static u64 least(u64 a, u64 b) { return a < b ? a : b; }

/* As MOVS does it: upwards, so that a destination just above the source repeats a pattern. */
static void copy_upwards(u8 *to, const u8 *from, u64 bytes, unsigned size)
{
    if (to <= from || to >= from + bytes) {
        memmove(to, from, bytes);
        return;
    }
    for (u64 i = 0; i < bytes; i += size) memmove(to + i, from + i, size);
}

/* A piece of REP MOVS within one page each side; elements moved, 0 when it must go one by one. */
static u64 movs_piece(struct cpu *cpu, const struct record *rec, unsigned size, u64 wanted)
{
    u64 mask = record_mask(cpu, rec), si = cpu->gpr[RSI] & mask, di = cpu->gpr[RDI] & mask;
    u64 n = least(wanted, least(plain_elements(cpu, record_segment(rec), si, mask, size, false),
                                plain_elements(cpu, CPU_SEG_ES, di, mask, size, true)));
    if (n < 2 || cpu->rflags & EFLAGS_DF) return 0;
    const u8 *from = access_host(cpu, linear_of(cpu, record_segment(rec), si), (unsigned)(n * size), ACCESS_READ);
    u8 *to = from ? access_host(cpu, linear_of(cpu, CPU_SEG_ES, di), (unsigned)(n * size), ACCESS_WRITE) : NULL;
    if (!to) return 0;
    copy_upwards(to, from, n * size, size);
    string_advance(&cpu->gpr[RSI], (s64)(n * size), mask);
    string_advance(&cpu->gpr[RDI], (s64)(n * size), mask);
    return n;
}

bool rep_movs(struct cpu *cpu, const struct record *rec, unsigned size)
{
    u64 mask = record_mask(cpu, rec), first_count = repeat_count(cpu, rec), count, value;

    while ((count = repeat_count(cpu, rec)) && cpu->budget > 0) {
        u64 n = movs_piece(cpu, rec, size, least(count, (u64)cpu->budget));
        if (!n) {
            if (!load(cpu, record_segment(rec), cpu->gpr[RSI] & mask, size, &value)) return false;
            if (!store(cpu, CPU_SEG_ES, cpu->gpr[RDI] & mask, size, value)) return false;
            string_advance(&cpu->gpr[RSI], step_of(cpu, size), mask);
            string_advance(&cpu->gpr[RDI], step_of(cpu, size), mask);
            n = 1;
        }
        repeat_done(cpu, rec, n);
    }
    return repeat_ends(cpu, rec, first_count);
}

static u64 stos_piece(struct cpu *cpu, const struct record *rec, unsigned size, u64 wanted)
{
    u64 mask = record_mask(cpu, rec), di = cpu->gpr[RDI] & mask, value = cpu->gpr[RAX];
    u64 n = least(wanted, plain_elements(cpu, CPU_SEG_ES, di, mask, size, true));
    if (n < 2 || cpu->rflags & EFLAGS_DF) return 0;
    u8 *to = access_host(cpu, linear_of(cpu, CPU_SEG_ES, di), (unsigned)(n * size), ACCESS_WRITE);
    if (!to) return 0;
    if (size == 1) memset(to, (int)(u8)value, n);
    else for (u64 i = 0; i < n; i++) memcpy(to + i * size, &value, size);
    string_advance(&cpu->gpr[RDI], (s64)(n * size), mask);
    return n;
}

bool rep_stos(struct cpu *cpu, const struct record *rec, unsigned size)
{
    u64 mask = record_mask(cpu, rec), first_count = repeat_count(cpu, rec), count;

    while ((count = repeat_count(cpu, rec)) && cpu->budget > 0) {
        u64 n = stos_piece(cpu, rec, size, least(count, (u64)cpu->budget));
        if (!n) {
            if (!store(cpu, CPU_SEG_ES, cpu->gpr[RDI] & mask, size, cpu->gpr[RAX])) return false;
            string_advance(&cpu->gpr[RDI], step_of(cpu, size), mask);
            n = 1;
        }
        repeat_done(cpu, rec, n);
    }
    return repeat_ends(cpu, rec, first_count);
}

bool rep_lods(struct cpu *cpu, const struct record *rec, unsigned size)
{
    u64 mask = record_mask(cpu, rec), first_count = repeat_count(cpu, rec), value;

    while (repeat_count(cpu, rec) && cpu->budget > 0) {
        if (!load(cpu, record_segment(rec), cpu->gpr[RSI] & mask, size, &value)) return false;
        if (size >= 4) cpu->gpr[RAX] = value;
        else memcpy(&cpu->gpr[RAX], &value, size);
        string_advance(&cpu->gpr[RSI], step_of(cpu, size), mask);
        repeat_done(cpu, rec, 1);
    }
    return repeat_ends(cpu, rec, first_count);
}

/* Flags of a - b, as CMP sets them. */
static void compare_flags(struct cpu *cpu, u64 a, u64 b, unsigned size)
{
    unsigned shift = 64 - size * 8;
    cpu->flag_first = a << shift;
    cpu->flag_result = (a - b) << shift;
    cpu->flag_kind = FLAG_SUB | (size * 8) << 8;
}

bool rep_cmps(struct cpu *cpu, const struct record *rec, unsigned size, bool while_equal)
{
    u64 mask = record_mask(cpu, rec), first_count = repeat_count(cpu, rec), a, b;

    while (repeat_count(cpu, rec) && cpu->budget > 0) {
        if (!load(cpu, record_segment(rec), cpu->gpr[RSI] & mask, size, &a)) return false;
        if (!load(cpu, CPU_SEG_ES, cpu->gpr[RDI] & mask, size, &b)) return false;
        string_advance(&cpu->gpr[RSI], step_of(cpu, size), mask);
        string_advance(&cpu->gpr[RDI], step_of(cpu, size), mask);
        compare_flags(cpu, a, b, size);
        repeat_done(cpu, rec, 1);
        if ((a == b) != while_equal) return true;
    }
    return repeat_ends(cpu, rec, first_count);
}

bool rep_scas(struct cpu *cpu, const struct record *rec, unsigned size, bool while_equal)
{
    u64 mask = record_mask(cpu, rec), first_count = repeat_count(cpu, rec), b;
    u64 a = low_bits(cpu->gpr[RAX], size * 8);

    while (repeat_count(cpu, rec) && cpu->budget > 0) {
        if (!load(cpu, CPU_SEG_ES, cpu->gpr[RDI] & mask, size, &b)) return false;
        string_advance(&cpu->gpr[RDI], step_of(cpu, size), mask);
        compare_flags(cpu, a, b, size);
        repeat_done(cpu, rec, 1);
        if ((a == b) != while_equal) return true;
    }
    return repeat_ends(cpu, rec, first_count);
}
