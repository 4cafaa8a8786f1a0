#ifndef ORRERY_RUN_UNDEFINED_H
#define ORRERY_RUN_UNDEFINED_H
/* Flags and results that the manual leaves open, as each family of models decides them.     doc: undefined
 * AMD's are measured on the maker's own processor by tests/oracle; Intel's are those of the P6 and its successors. */
#include "cpu/run/flags.h"

/* AF after a shift by more than 0. */
static inline u32 undefined_shift_af(const struct cpu *cpu) { return is_amd(cpu) ? FLAG_SHIFT_AF : 0; }

static inline u32 parity_flag(u64 v) { return __builtin_parity((unsigned)v & 0xff) ? 0 : EFLAGS_PF; }

/* SHLD and SHRD of a word by 16 and more: what moves in behind the source.  A ring of both operands, or the source twice; then CF
 * and OF of a count above 16 are those of the destination alone. */
static inline u16 undefined_double_shift_fill(const struct cpu *cpu, u16 value, u16 fill) { return is_amd(cpu) ? fill : value; }

/* All flags after DIV and IDIV, of AMD's models; Intel's keep them. */
static inline u32 undefined_quotient_flags(u32 before) { return (before & (EFLAGS_CF | EFLAGS_OF)) | EFLAGS_AF; }

/* All flags after BSF and BSR, of AMD's models: ZF says whether the source was 0, PF is that of the index, or of 0.  Intel's tell SF
 * and PF of the source. */
static inline u32 undefined_scan_flags(u64 source, unsigned index) { return (source ? 0 : EFLAGS_ZF) | parity_flag(index); }

/* DAA, DAS, AAA, AAS: do undefined flags follow the sum, its overflow told?  AAD: does it flag CF, AF and OF of its addition? */
static inline bool undefined_adjust_overflow(const struct cpu *cpu) { return is_amd(cpu); }

/* OF SF AF PF that LZCNT and TZCNT keep. */
static inline u32 undefined_count_kept(const struct cpu *cpu)
{
    return is_amd(cpu) ? EFLAGS_OF : EFLAGS_OF | EFLAGS_SF | EFLAGS_AF | EFLAGS_PF;
}

/* All flags after BEXTR, of AMD's models; Intel's tell SF and PF of the result. */
static inline u32 undefined_field_flags(u64 result) { return EFLAGS_AF | (result ? 0 : EFLAGS_ZF) | parity_flag(result); }

struct decoded;
struct trace;
/* What an instruction leaves undefined, for its trace; 0: nothing. */
u32 undefined_of(const struct decoded *decoded);
/* fast_or_exact, for a processor with cpu->undefined. */
bool undefined_run(struct cpu *cpu, struct trace *trace);

#endif
