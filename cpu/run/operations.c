#include "cpu/run/operations.h"

#include "cpu/run/undefined.h"

static void set_sp(struct cpu *cpu, u64 value)
{
    cpu->gpr[RSP] = (cpu->gpr[RSP] & ~cpu->stack_mask) | (value & cpu->stack_mask);
}

static void set_register(struct cpu *cpu, unsigned n, u64 value, unsigned size_bytes)
{
    if (size_bytes == 2) cpu->gpr[n] = (cpu->gpr[n] & ~0xffffull) | (value & 0xffff);
    else cpu->gpr[n] = size_bytes == 4 ? (u32)value : value;
}

/* With a 32-bit operand only 16 bits are written, as all processors since the P6 do; SDM vol. 2, "PUSH". */
bool push_selector(struct cpu *cpu, u16 selector, unsigned size_bytes)
{
    u64 sp = (cpu->gpr[RSP] - size_bytes) & cpu->stack_mask;
    if (!store(cpu, CPU_SEG_SS, sp, 2, selector)) return false;
    set_sp(cpu, sp);
    return true;
}

/* The interrupt shadow of a load of SS.  SDM vol. 3A, "Masking Exceptions and Interrupts When Switching Stacks". */
static void shadow_after_ss(struct cpu *cpu)
{
    cpu->shadow_tick = cpu->debug_shadow_tick = cpu_now(cpu) + 1;
}

bool pop_segment(struct cpu *cpu, unsigned seg, unsigned size_bytes)
{
    u64 selector, sp = cpu->gpr[RSP];

    /* a 32-bit POP moves ESP by 4 and reads the low word; the selector load comes before ESP changes, POP SS included */
    if (!load(cpu, CPU_SEG_SS, sp & cpu->stack_mask, 2, &selector)) return false;
    u64 mask = cpu->stack_mask;
    if (!segment_load(cpu, seg, (u16)selector)) return false;
    cpu->gpr[RSP] = (sp & ~mask) | ((sp + size_bytes) & mask);
    if (seg == CPU_SEG_SS) shadow_after_ss(cpu);
    return true;
}

bool segment_register_exists(struct cpu *cpu, unsigned seg)
{
    if (seg == CPU_SEG_CS || seg > CPU_SEG_GS) return FAULT(cpu, BAD_SEGMENT_REGISTER, .value = seg);
    return true;
}

bool move_to_segment(struct cpu *cpu, unsigned seg, u16 selector)
{
    if (!segment_register_exists(cpu, seg) || !segment_load(cpu, seg, selector)) return false;
    if (seg == CPU_SEG_SS) shadow_after_ss(cpu);
    return true;
}

bool push_all(struct cpu *cpu, unsigned size_bytes)
{
    u64 sp = cpu->gpr[RSP];

    for (unsigned n = RAX; n <= RDI; n++) {
        sp = (sp - size_bytes) & cpu->stack_mask;
        if (!store(cpu, CPU_SEG_SS, sp, size_bytes, cpu->gpr[n])) return false;
    }
    set_sp(cpu, sp);
    return true;
}

bool pop_all(struct cpu *cpu, unsigned size_bytes)
{
    u64 value[8], sp = cpu->gpr[RSP];

    for (int n = RDI; n >= RAX; n--) {
        if (!load(cpu, CPU_SEG_SS, sp & cpu->stack_mask, size_bytes, &value[n])) return false;
        sp += size_bytes;
    }
    for (unsigned n = RAX; n <= RDI; n++)
        if (n != RSP) set_register(cpu, n, value[n], size_bytes);
    set_sp(cpu, sp);
    return true;
}

/* SDM vol. 2, "ENTER", Operation. */
bool enter_frame(struct cpu *cpu, unsigned size_bytes, u16 frame_bytes, u8 level)
{
    u64 mask = cpu->stack_mask;
    u64 sp = (cpu->gpr[RSP] - size_bytes) & mask, bp = cpu->gpr[RBP], value;

    level &= 31;
    if (!store(cpu, CPU_SEG_SS, sp, size_bytes, bp)) return false;
    u64 frame = (cpu->gpr[RSP] & ~mask) | sp;       /* EBP takes all of ESP even where the stack uses SP */
    for (unsigned i = 1; i < level; i++) {
        bp -= size_bytes;
        sp = (sp - size_bytes) & mask;
        if (!load(cpu, CPU_SEG_SS, bp & mask, size_bytes, &value)) return false;
        if (!store(cpu, CPU_SEG_SS, sp, size_bytes, value)) return false;
    }
    if (level) {
        sp = (sp - size_bytes) & mask;
        if (!store(cpu, CPU_SEG_SS, sp, size_bytes, frame)) return false;
    }
    sp = (sp - frame_bytes) & mask;
    /* the new stack top must be writable: the instruction faults here, not the next push */
    if (!segment_may_write(cpu, CPU_SEG_SS, sp, size_bytes)) return segment_violation(cpu, CPU_SEG_SS, sp, size_bytes, ACCESS_WRITE);
    if (!access_probe_write(cpu, CPU_SEG_SS, linear_of(cpu, CPU_SEG_SS, sp), size_bytes)) return false;
    set_register(cpu, RBP, frame, size_bytes);
    set_sp(cpu, sp);
    return true;
}

bool branch_refused(struct cpu *cpu, u64 target)
{
    if (code_64bit(cpu)) return FAULT(cpu, BRANCH_NOT_CANONICAL, .la = target, .segment = CPU_SEG_CS);
    return FAULT(cpu, BRANCH_PAST_LIMIT, .segment = CPU_SEG_CS, .ea = target, .limit = cpu->seg[CPU_SEG_CS].limit);
}

bool load_far_pointer(struct cpu *cpu, const struct record *rec, unsigned offset_bytes, u64 *offset, u64 *selector)
{
    u64 ea = record_ea(cpu, rec);
    return load(cpu, record_segment(rec), ea, offset_bytes, offset) &&
           load(cpu, record_segment(rec), (ea + offset_bytes) & record_mask(cpu, rec), 2, selector);
}

/* All faults before the first byte: the operand is six or ten bytes in two stores. */
bool store_table_register(struct cpu *cpu, const struct record *rec, u16 limit, u64 base)
{
    u64 ea = record_ea(cpu, rec), high = (ea + 2) & record_mask(cpu, rec);
    unsigned bytes = code_64bit(cpu) ? 8 : 4;
    u64 unused;
    if (!umip_allows(cpu)) return false;
    return load_for_update(cpu, record_segment(rec), high, bytes, &unused) && store(cpu, record_segment(rec), ea, 2, limit) &&
           store(cpu, record_segment(rec), high, bytes, base);
}

/* A 16-bit operand size takes 24 bits of base.  SDM vol. 2, "LGDT/LIDT". */
bool load_table_register(struct cpu *cpu, const struct record *rec, unsigned opsize_bits, u16 *limit, u64 *base)
{
    u64 ea = record_ea(cpu, rec), new_limit, new_base;

    if (!require_cpl0(cpu)) return false;
    if (!load(cpu, record_segment(rec), ea, 2, &new_limit)) return false;
    if (!load(cpu, record_segment(rec), (ea + 2) & record_mask(cpu, rec), code_64bit(cpu) ? 8 : 4, &new_base)) return false;
    if (!canonical(new_base)) return FAULT(cpu, TABLE_BASE_NOT_CANONICAL, .la = new_base);
    *limit = (u16)new_limit;
    *base = opsize_bits == 16 && !code_64bit(cpu) ? new_base & 0xffffff : new_base;
    return true;
}

void cpu_set_result_flags8(struct cpu *cpu, u8 result)
{
    cpu->flag_kept = 0;
    cpu->flag_result = result;
    cpu->flag_kind = FLAG_RAW | 8 << 8;
}

/* a + b = sum, or a - b = sum: did the sign come out wrong? */
static bool overflows(u32 a, u32 b, u32 sum, bool subtract, unsigned bits)
{
    return ((a ^ sum) & (subtract ? a ^ b : b ^ sum)) >> (bits - 1) & 1;
}

/* SDM vol. 2, "DAA" and "DAS", Operation.  OF is undefined. */
void decimal_adjust(struct cpu *cpu, bool subtract)
{
    u8 old = (u8)cpu->gpr[RAX], correction = 0;
    bool old_cf = flag_cf(cpu), cf = false, af = false;

    if ((old & 15) > 9 || flag_af(cpu)) {
        cf = old_cf || (subtract ? old < 6 : old > 0xf9);
        correction = 6;
        af = true;
    }
    if (old > 0x99 || old_cf) {
        correction += 0x60;
        cf = true;
    } else if (!subtract) {
        cf = false;
    }
    u8 al = (u8)(subtract ? old - correction : old + correction);
    bool of = undefined_adjust_overflow(cpu) && overflows(old, correction, al, subtract, 8);
    cpu->gpr[RAX] = (cpu->gpr[RAX] & ~0xffull) | al;
    cpu_set_result_flags8(cpu, al);
    cpu->flag_kept = (cf ? EFLAGS_CF : 0) | (af ? EFLAGS_AF : 0) | (of ? EFLAGS_OF : 0);
}

/* SDM vol. 2, "AAA" and "AAS", Operation.  OF SF ZF PF are undefined: those of the sum in AX before its digit is cut out, or OF
 * clear and the others of AL. */
void ascii_adjust(struct cpu *cpu, bool subtract)
{
    u16 old = (u16)cpu->gpr[RAX];
    bool adjust = (old & 15) > 9 || flag_af(cpu);
    u16 correction = adjust ? 0x106 : 0, sum = (u16)(subtract ? old - correction : old + correction);

    cpu->gpr[RAX] = (cpu->gpr[RAX] & ~0xffffull) | (sum & 0xff0f);
    cpu_set_result_flags8(cpu, sum & 15);
    cpu->flag_kept = adjust ? EFLAGS_CF | EFLAGS_AF : 0;
    if (!undefined_adjust_overflow(cpu)) return;
    cpu_set_arithmetic_flags(cpu, cpu->flag_kept | parity_flag(sum) | (sum ? 0 : EFLAGS_ZF) | (sum >> 15 ? EFLAGS_SF : 0) |
                                      (overflows(old, correction, sum, subtract, 16) ? EFLAGS_OF : 0));
}

void cpu_reseed(struct cpu *cpu, u64 number) { cpu->random_seed ^= number * 0xd1342543de82ef95; }

void cpu_set_random_seed(struct cpu *cpu, u64 seed)
{
    cpu->random_seed = seed;
}

/* SplitMix64 of seed and count: the same guest draws the same numbers in every run. */
u64 draw_random(struct cpu *cpu)
{
    u64 z = cpu->random_seed + ++cpu->random_count * 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}
