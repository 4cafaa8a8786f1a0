#ifndef ORRERY_MEMORY_SEGMENT_H
#define ORRERY_MEMORY_SEGMENT_H
/* Descriptors as they lie in memory, segment registers, and the stack a word at a time.
 *                                                                                  doc: segments */
#include "cpu/system/system.h"

struct descriptor {
    u64 raw;             /* the eight bytes */
    u64 upper;           /* of a 16-byte system descriptor of long mode: the next eight */
    u64 la;              /* where they lie */
};

static inline u64 descriptor_base(const struct descriptor *d)
{
    return bits(d->raw, 39, 16) | bits(d->raw, 63, 56) << 24 | d->upper << 32;
}

/* The last offset, granularity applied. */
static inline u32 descriptor_limit(const struct descriptor *d)
{
    u32 limit = (u32)(bits(d->raw, 15, 0) | bits(d->raw, 51, 48) << 16);
    return bit(d->raw, 55) ? limit << 12 | 0xfff : limit;
}

static inline u16 descriptor_rights(const struct descriptor *d)
{
    return (u16)(bits(d->raw, 47, 40) | bits(d->raw, 55, 52) << 12);
}

/* What a fault tells of it: selector, RPL, DPL, type, the bytes and their place. */
struct fault_facts descriptor_facts(u16 selector, const struct descriptor *d);

/* index 0 of the GDT, any RPL */
static inline bool selector_is_null(u16 selector) { return selector < 4; }
static inline unsigned selector_rpl(u16 selector) { return selector & 3; }

/* Looks a selector up.  False only after a page fault; *in_limit says whether the table reaches
 * that far. */
bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d, bool *in_limit);
/* The same, raising `past_limit` with the selector as error code. */
bool descriptor_fetch(struct cpu *cpu, u16 selector, struct descriptor *d, enum reason past_limit);
/* Long mode: reads the upper half of a system descriptor; #GP unless it lies within the table and has type 0. */
bool descriptor_fetch_upper(struct cpu *cpu, u16 selector, struct descriptor *d);
/* Sets the accessed bit, in memory too where it was clear. */
bool descriptor_set_accessed(struct cpu *cpu, struct descriptor *d);

/* Access ranges of a segment that is in no register yet, as legacy modes have them. */
void segment_ranges(struct segment *s);
void segment_set(struct cpu *cpu, unsigned seg, u16 selector, const struct descriptor *d);
void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector);

/* The reasons differ by who loads SS: MOV and returns (#GP), a stack or task switch (#TS). */
struct stack_reasons {
    enum reason null, past_limit, rpl, type, dpl;
};
extern const struct stack_reasons stack_reasons_gp, stack_reasons_ts;
/* Fetches and checks the descriptor that SS is to take at `cpl`; its accessed bit is set. */
bool null_stack_allowed(const struct cpu *cpu, u16 selector, unsigned cpl);
bool stack_segment_fetch(struct cpu *cpu, u16 selector, unsigned cpl,
                         const struct stack_reasons *why, struct descriptor *d);

/* --- the current stack: cpu/memory/stack.c --- */
/* #SS unless `count` pushes would stay within the segment. */
bool stack_room(struct cpu *cpu, unsigned count, unsigned size_bytes);
/* Pushes word[0] first; ESP moves when all are stored. */
bool stack_push_words(struct cpu *cpu, const u64 *word, unsigned count, unsigned size_bytes);
/* Reads words from `offset_bytes` above the top, without popping them; stack_release pops. */
bool stack_peek(struct cpu *cpu, u64 *word, unsigned offset_bytes, unsigned count,
                unsigned size_bytes);
void stack_release(struct cpu *cpu, unsigned bytes);

#endif
