#ifndef ORRERY_RUN_FLAGS_H
#define ORRERY_RUN_FLAGS_H
/* Lazy arithmetic flags, computed when somebody asks.                                      doc: flags
 * Results and first operands stand zero-extended.  What is formed of them here may be wrong above the operation's top bit. */
#include "cpu/run/processor.h"

/* Of the four values that say it all: kind (with the width above it), result, first operand, flags kept. */
#define LAZY u32 kind, u64 r, u64 a, u32 kept
#define LAZY_PASS kind, r, a, kept

static inline unsigned lazy_bits(u32 kind) { return kind >> 8; }
static inline unsigned lazy_kind(u32 kind) { return kind & 0xff; }
/* The operation's top bit of a value. */
static inline bool lazy_top(u32 kind, u64 value) { return value >> (lazy_bits(kind) - 1) & 1; }
static inline s64 lazy_signed(u32 kind, u64 value) { return (s64)(value << (64 - lazy_bits(kind))); }

static inline bool lazy_zf(LAZY)
{
    (void)a;
    return unlikely(lazy_kind(kind) == FLAG_FULL) ? (kept & EFLAGS_ZF) != 0 : r == 0;
}

static inline bool lazy_sf(LAZY)
{
    (void)a;
    return unlikely(lazy_kind(kind) == FLAG_FULL) ? (kept & EFLAGS_SF) != 0 : lazy_top(kind, r);
}

static inline bool lazy_pf(LAZY)
{
    (void)a;
    if (unlikely(lazy_kind(kind) == FLAG_FULL)) return kept & EFLAGS_PF;
    bool turned = lazy_kind(kind) == FLAG_RAW && kept & EFLAGS_PF;
    return !__builtin_parity((unsigned)(r & 0xff)) != turned;
}

static inline bool lazy_cf(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_SUB: return r > a;
    case FLAG_ADD: return r < a;
    case FLAG_LOGIC: return false;
    case FLAG_ADC1: return r <= a;
    case FLAG_SBB1: return r >= a;
    case FLAG_SHL: case FLAG_SHR: return a & 1;
    default: return kept & EFLAGS_CF;
    }
}

/* The second operand, recovered: result = first + second (+ 1), or first - second (- 1). */
static inline u64 lazy_second(u32 kind, u64 r, u64 a)
{
    switch (lazy_kind(kind)) {
    case FLAG_ADD: return r - a;
    case FLAG_ADC1: return r - a - 1;
    case FLAG_SUB: return a - r;
    case FLAG_SBB1: return a - r - 1;
    default: return 1;           /* INC, DEC */
    }
}

/* Of a shift by more than 1 it is undefined: that of its last step.  A right shift's is the change of its top bit. */
static inline bool lazy_of(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_SUB: case FLAG_SBB1: case FLAG_DEC: return lazy_top(kind, (a ^ lazy_second(kind, r, a)) & (a ^ r));
    case FLAG_ADD: case FLAG_ADC1: case FLAG_INC: return lazy_top(kind, (a ^ r) & (lazy_second(kind, r, a) ^ r));
    case FLAG_LOGIC: return false;
    case FLAG_SHL: return lazy_top(kind, r) != (a & 1);
    case FLAG_SHR: return lazy_top(kind, r ^ r << 1);
    default: return kept & EFLAGS_OF;
    }
}

static inline bool lazy_af(LAZY)
{
    switch (lazy_kind(kind)) {
    case FLAG_LOGIC: return false;
    case FLAG_SHL: case FLAG_SHR: return kept & FLAG_SHIFT_AF;
    case FLAG_RAW: case FLAG_FULL: return kept & EFLAGS_AF;
    default: return (a ^ lazy_second(kind, r, a) ^ r) >> 4 & 1;
    }
}

static inline u32 lazy_all(LAZY)
{
    return (lazy_cf(LAZY_PASS) ? EFLAGS_CF : 0) | (lazy_pf(LAZY_PASS) ? EFLAGS_PF : 0) | (lazy_af(LAZY_PASS) ? EFLAGS_AF : 0) |
           (lazy_zf(LAZY_PASS) ? EFLAGS_ZF : 0) | (lazy_sf(LAZY_PASS) ? EFLAGS_SF : 0) | (lazy_of(LAZY_PASS) ? EFLAGS_OF : 0);
}

/* Any flags but ZF with SF as a result of 32 bits, 0 or 1 with the sign, and kept bits, of kind FLAG_RAW. */
static inline u64 lazy_raw_result(u32 eflags) { return eflags & EFLAGS_ZF ? 0 : (u64)(eflags & EFLAGS_SF) << 24 | 1; }
static inline u32 lazy_raw_kept(u32 eflags)
{
    return (eflags & (EFLAGS_CF | EFLAGS_OF | EFLAGS_AF | EFLAGS_PF)) ^ (eflags & EFLAGS_ZF ? EFLAGS_PF : 0);
}

/* CF, OF and AF as kept bits: with the kind that lazy_kept_kind gives and the same result they say what the old four values said. */
static inline u32 lazy_kept(LAZY)
{
    if (lazy_kind(kind) >= FLAG_RAW) return kept & EFLAGS_ARITHMETIC;
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
    if (lazy_kind(kind) == FLAG_SUB) return lazy_signed(kind, a) < lazy_signed(kind, a - r);
    return lazy_sf(LAZY_PASS) != lazy_of(LAZY_PASS);
}

static inline bool lazy_le(LAZY)
{
    if (lazy_kind(kind) == FLAG_SUB) return lazy_signed(kind, a) <= lazy_signed(kind, a - r);
    return lazy_zf(LAZY_PASS) || lazy_sf(LAZY_PASS) != lazy_of(LAZY_PASS);
}

/* The processor's four values.  AF after a shift is a constant of the model, and joins the kept flags here. */
#define LAZY_OF(cpu) (cpu)->flag_kind, (cpu)->flag_result, (cpu)->flag_first, ((cpu)->flag_kept | (cpu)->shift_af)
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
