#ifndef ORRERY_SYSTEM_INTERRUPT_H
#define ORRERY_SYSTEM_INTERRUPT_H
/* Pieces that transfers, interrupts and tasks share.                                       doc: system */
#include "cpu/memory/segment.h"

void fault_log_add(struct cpu *cpu, struct fault *fault, unsigned nesting);

/* CS from a checked descriptor at the new CPL; SS and the mode key follow by mode_derive when all is loaded. */
bool load_code_segment(struct cpu *cpu, u16 selector, struct descriptor *d, unsigned cpl);

/* The stack of an inner level, from the TSS, while a frame is being built on it. */
struct inner_stack {
    struct segment ss;
    struct descriptor d;
    u64 sp, mask;
};
/* Reads and checks SS:ESP for `cpl` in the current TSS. */
bool inner_stack_open(struct cpu *cpu, unsigned cpl, struct inner_stack *stack);
bool inner_stack_room(struct cpu *cpu, const struct inner_stack *stack, unsigned bytes);
bool inner_stack_push(struct cpu *cpu, struct inner_stack *stack, u64 value, unsigned size_bytes);
/* Makes it the current stack at `cpl`. */
bool inner_stack_enter(struct cpu *cpu, struct inner_stack *stack, unsigned cpl);

/* After a change of level outwards: data segments that the new CPL may not hold become null. */
void drop_inner_segments(struct cpu *cpu);

#endif
