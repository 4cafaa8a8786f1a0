#ifndef ORRERY_MEMORY_SEGMENT_H
#define ORRERY_MEMORY_SEGMENT_H
/* Descriptors as they lie in memory, and what a selector finds.                            doc: segments */
#include "cpu/system/system.h"

struct descriptor {
    u64 raw;             /* the eight bytes */
    u64 la;              /* where they lie */
};

u32 descriptor_base(const struct descriptor *d);
u32 descriptor_limit(const struct descriptor *d);        /* last offset, granularity applied */
u16 descriptor_rights(const struct descriptor *d);

/* Looks a selector up.  False only after a page fault; *in_limit says whether the table reaches that far. */
bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d, bool *present, bool *in_limit);
/* The same, raising `past_limit` with the selector as error code. */
bool descriptor_fetch(struct cpu *cpu, u16 selector, struct descriptor *d, enum reason past_limit);
bool descriptor_set_accessed(struct cpu *cpu, struct descriptor *d);

void segment_set(struct cpu *cpu, unsigned seg, u16 selector, const struct descriptor *d);
void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector);

/* The reasons differ by who loads SS: MOV (#GP), a gate's stack switch (#TS), a return (#GP). */
struct stack_reasons {
    enum reason rpl, type, dpl;
};
bool stack_segment_check(struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl, const struct stack_reasons *why);

#endif
