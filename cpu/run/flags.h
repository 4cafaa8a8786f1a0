#ifndef ORRERY_RUN_FLAGS_H
#define ORRERY_RUN_FLAGS_H
/* Lazy arithmetic flags, computed when somebody asks.                                      doc: flags
 * Results and first operands stand shifted to the top of 64 bits, so that one formula serves 8 to 64 bits. */
#include "cpu/run/processor.h"

/* Of the four values that say it all: kind (with the width above it), result, first operand, flags kept. */
#define LAZY u32 kind, u64 r, u64 a, u32 kept
#define LAZY_PASS kind, r, a, kept

static inline unsigned lazy_bits(u32 kind) { return kind >> 8; }
static inline unsigned lazy_kind(u32 kind) { return kind & 0xff; }

static inline bool lazy_zf(LAZY)
{
    (void)a;
    return unlikely(lazy_kind(kind) == FLAG_FULL) ? (kept & EFLAGS_ZF) != 0 : r == 0;
}

static inline bool lazy_sf(LAZY)
{
    (void)a;
    return unlikely(lazy_kind(kind) == FLAG_FULL) ? (kept & EFLAGS_SF) != 0 : r >> 63;
}

static inline bool lazy_pf(LAZY)
{
    (void)a;
    if (unlikely(lazy_kind(kind) == FLAG_FULL)) return kept & EFLAGS_PF;
    bool turned = lazy_kind(kind) == FLAG_RAW && kept & EFLAGS_PF;
    return !__builtin_parity((unsigned)(r >> (64 - lazy_bits(kind)) & 0xff)) != turned;
}

static inline bool lazy_cf(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_SUB: return r > a;
    case FLAG_ADD: return r < a;
    case FLAG_LOGIC: return false;
    case FLAG_ADC1: return r <= a;
    case FLAG_SBB1: return r >= a;
    default: return kept & EFLAGS_CF;
    }
}

/* The second operand, recovered: result = first + second (+ 1), or first - second (- 1). */
static inline u64 lazy_second(u32 kind, u64 r, u64 a)
{
    u64 one = 1ull << (64 - lazy_bits(kind));
    switch (lazy_kind(kind)) {
    case FLAG_ADD: return r - a;
    case FLAG_ADC1: return r - a - one;
    case FLAG_SUB: return a - r;
    case FLAG_SBB1: return a - r - one;
    default: return one;         /* INC, DEC */
    }
}

static inline bool lazy_of(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_SUB: case FLAG_SBB1: case FLAG_DEC: return ((a ^ lazy_second(kind, r, a)) & (a ^ r)) >> 63;
    case FLAG_ADD: case FLAG_ADC1: case FLAG_INC: return ((a ^ r) & (lazy_second(kind, r, a) ^ r)) >> 63;
    case FLAG_LOGIC: return false;
    default: return kept & EFLAGS_OF;
    }
}

static inline bool lazy_af(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_LOGIC: return false;
    case FLAG_RAW: case FLAG_FULL: return kept & EFLAGS_AF;
    default: return (a ^ lazy_second(kind, r, a) ^ r) >> (64 - lazy_bits(kind) + 4) & 1;
    }
}

static inline u32 lazy_all(LAZY)
{
    return (lazy_cf(LAZY_PASS) ? EFLAGS_CF : 0) | (lazy_pf(LAZY_PASS) ? EFLAGS_PF : 0) | (lazy_af(LAZY_PASS) ? EFLAGS_AF : 0) |
           (lazy_zf(LAZY_PASS) ? EFLAGS_ZF : 0) | (lazy_sf(LAZY_PASS) ? EFLAGS_SF : 0) | (lazy_of(LAZY_PASS) ? EFLAGS_OF : 0);
}

/* Any flags but ZF with SF as a result of 32 bits, 0 or 1 with the sign, and kept bits, of kind FLAG_RAW. */
static inline u64 lazy_raw_result(u32 eflags) { return eflags & EFLAGS_ZF ? 0 : (u64)(eflags & EFLAGS_SF) << 56 | 1ull << 32; }
static inline u32 lazy_raw_kept(u32 eflags)
{
    return (eflags & (EFLAGS_CF | EFLAGS_OF | EFLAGS_AF | EFLAGS_PF)) ^ (eflags & EFLAGS_ZF ? EFLAGS_PF : 0);
}

/* CF, OF and AF as kept bits: with the kind that lazy_kept_kind gives and the same result they say what the old four values said. */
static inline u32 lazy_kept(LAZY)
{
    if (lazy_kind(kind) >= FLAG_RAW) return kept;
    return (lazy_cf(LAZY_PASS) ? EFLAGS_CF : 0) | (lazy_of(LAZY_PASS) ? EFLAGS_OF : 0) | (lazy_af(LAZY_PASS) ? EFLAGS_AF : 0);
}
static inline u32 lazy_kept_kind(u32 kind) { return lazy_kind(kind) >= FLAG_RAW ? kind : FLAG_RAW | lazy_bits(kind) << 8; }

/* Conditions of Jcc that ask for more than a flag; after a subtraction they compare its operands. */
static inline bool lazy_be(LAZY)
{
    if (lazy_kind(kind) == FLAG_SUB) return a - r >= a;
    return lazy_cf(LAZY_PASS) || lazy_zf(LAZY_PASS);
}

static inline bool lazy_l(LAZY)
{
    if (lazy_kind(kind) == FLAG_SUB) return (s64)a < (s64)(a - r);
    return lazy_sf(LAZY_PASS) != lazy_of(LAZY_PASS);
}

static inline bool lazy_le(LAZY)
{
    if (lazy_kind(kind) == FLAG_SUB) return (s64)a <= (s64)(a - r);
    return lazy_zf(LAZY_PASS) || lazy_sf(LAZY_PASS) != lazy_of(LAZY_PASS);
}

#define LAZY_OF(cpu) (cpu)->flag_kind, (cpu)->flag_result, (cpu)->flag_first, (cpu)->flag_kept
static inline unsigned flag_bits(const struct cpu *cpu) { return lazy_bits(cpu->flag_kind); }
static inline bool flag_zf(const struct cpu *cpu) { return lazy_zf(LAZY_OF(cpu)); }
static inline bool flag_sf(const struct cpu *cpu) { return lazy_sf(LAZY_OF(cpu)); }
static inline bool flag_pf(const struct cpu *cpu) { return lazy_pf(LAZY_OF(cpu)); }
static inline bool flag_cf(const struct cpu *cpu) { return lazy_cf(LAZY_OF(cpu)); }
static inline bool flag_of(const struct cpu *cpu) { return lazy_of(LAZY_OF(cpu)); }
static inline bool flag_af(const struct cpu *cpu) { return lazy_af(LAZY_OF(cpu)); }

static inline bool condition_be(const struct cpu *cpu) { return lazy_be(LAZY_OF(cpu)); }
static inline bool condition_l(const struct cpu *cpu) { return lazy_l(LAZY_OF(cpu)); }
static inline bool condition_le(const struct cpu *cpu) { return lazy_le(LAZY_OF(cpu)); }

/* Changes CF and OF, as far as `which` names them, to those of `bits`; the other flags stay. */
static inline void flag_change(struct cpu *cpu, u32 which, u32 bits)
{
    cpu->flag_kept = (lazy_kept(LAZY_OF(cpu)) & ~which) | bits;
    cpu->flag_kind = lazy_kept_kind(cpu->flag_kind);
}

#endif
