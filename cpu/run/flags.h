#ifndef ORRERY_RUN_FLAGS_H
#define ORRERY_RUN_FLAGS_H
/* Lazy arithmetic flags, computed when somebody asks.                                      doc: flags
 * Results and first operands stand shifted to the top of 64 bits, so that one formula serves 8 to 64 bits. */
#include "cpu/run/processor.h"

static inline unsigned flag_bits(const struct cpu *cpu) { return cpu->flag_kind >> 8; }
static inline unsigned flag_kind_of(const struct cpu *cpu) { return cpu->flag_kind & 0xff; }

static inline bool flag_zf(const struct cpu *cpu)
{
    return unlikely(flag_kind_of(cpu) == FLAG_FULL) ? (cpu->flag_kept & EFLAGS_ZF) != 0 : cpu->flag_result == 0;
}

static inline bool flag_sf(const struct cpu *cpu)
{
    return unlikely(flag_kind_of(cpu) == FLAG_FULL) ? (cpu->flag_kept & EFLAGS_SF) != 0 : cpu->flag_result >> 63;
}

static inline bool flag_pf(const struct cpu *cpu)
{
    if (unlikely(flag_kind_of(cpu) == FLAG_FULL)) return cpu->flag_kept & EFLAGS_PF;
    return !__builtin_parity((unsigned)(cpu->flag_result >> (64 - flag_bits(cpu)) & 0xff));
}

static inline bool flag_cf(const struct cpu *cpu)
{
    switch (flag_kind_of(cpu)) {
    case FLAG_SUB: return cpu->flag_result > cpu->flag_first;
    case FLAG_ADD: return cpu->flag_result < cpu->flag_first;
    case FLAG_LOGIC: return false;
    case FLAG_ADC1: return cpu->flag_result <= cpu->flag_first;
    case FLAG_SBB1: return cpu->flag_result >= cpu->flag_first;
    default: return cpu->flag_kept & EFLAGS_CF;
    }
}

/* The second operand, recovered: result = first + second (+ 1), or first - second (- 1). */
static inline u64 flag_second(const struct cpu *cpu)
{
    u64 one = 1ull << (64 - flag_bits(cpu));
    switch (flag_kind_of(cpu)) {
    case FLAG_ADD: return cpu->flag_result - cpu->flag_first;
    case FLAG_ADC1: return cpu->flag_result - cpu->flag_first - one;
    case FLAG_SUB: return cpu->flag_first - cpu->flag_result;
    case FLAG_SBB1: return cpu->flag_first - cpu->flag_result - one;
    default: return one;         /* INC, DEC */
    }
}

static inline bool flag_of(const struct cpu *cpu)
{
    u64 a = cpu->flag_first, r = cpu->flag_result;
    switch (flag_kind_of(cpu)) {
    case FLAG_SUB: case FLAG_SBB1: case FLAG_DEC: return ((a ^ flag_second(cpu)) & (a ^ r)) >> 63;
    case FLAG_ADD: case FLAG_ADC1: case FLAG_INC: return ((a ^ r) & (flag_second(cpu) ^ r)) >> 63;
    case FLAG_LOGIC: return false;
    default: return cpu->flag_kept & EFLAGS_OF;
    }
}

static inline bool flag_af(const struct cpu *cpu)
{
    switch (flag_kind_of(cpu)) {
    case FLAG_LOGIC: return false;
    case FLAG_RAW: case FLAG_FULL: return cpu->flag_kept & EFLAGS_AF;
    default: return (cpu->flag_first ^ flag_second(cpu) ^ cpu->flag_result) >> (64 - flag_bits(cpu) + 4) & 1;
    }
}

/* The twelve conditions of Jcc in opcode order, without the negated ones. */
static inline bool condition_be(const struct cpu *cpu) { return flag_cf(cpu) || flag_zf(cpu); }
static inline bool condition_l(const struct cpu *cpu) { return flag_sf(cpu) != flag_of(cpu); }
static inline bool condition_le(const struct cpu *cpu) { return flag_zf(cpu) || condition_l(cpu); }

#endif
