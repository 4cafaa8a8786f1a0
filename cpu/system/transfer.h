#ifndef ORRERY_SYSTEM_TRANSFER_H
#define ORRERY_SYSTEM_TRANSFER_H
/* What far transfers, interrupts and task switches share.                               doc: system
 * Every transfer has two halves: checks and stores, which may fault and leave the processor as it
 * was, and a commit, which cannot fail. */
#include "cpu/memory/segment.h"

enum system_type {
    TYPE_TSS_16 = 1, TYPE_LDT = 2, TYPE_CALL_GATE_16 = 4, TYPE_TASK_GATE = 5,
    TYPE_INTERRUPT_GATE_16 = 6,
    TYPE_TRAP_GATE_16 = 7, TYPE_TSS_32 = 9, TYPE_CALL_GATE_32 = 12, TYPE_INTERRUPT_GATE_32 = 14,
    TYPE_TRAP_GATE_32 = 15,
    TYPE_BUSY = 2 /* of a TSS */, TYPE_32 = 8,
};
/* The last byte of all fields: SDM vol. 3A, "Task-State Segment (TSS)", "16-Bit Task-State Segment (TSS)". */
enum { TSS_16_LEAST_LIMIT = 43, TSS_32_LEAST_LIMIT = 103 };

/* DR6. */
enum { DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_BT = 1 << 15 };
enum { DR7_GD = 1 << 13 };

void fault_log_add(struct cpu *cpu, struct fault *fault, unsigned nesting);

/* A flat segment without a look at descriptors: code of 32 or 64 bits, or data when code_bits is 0 (cpu/system/sysenter.c). */
void segment_set_flat(struct cpu *cpu, unsigned seg, u16 selector, unsigned dpl, unsigned code_bits);

/* --- code segments: cpu/system/far.c --- */
/* False after #GP(0): the offset lies beyond the limit of the segment that is about to be
 * entered. */
bool target_within(struct cpu *cpu, u64 offset, u64 limit);
/* The same for a descriptor: of 64-bit code the offset must be canonical instead. */
bool target_in_segment(struct cpu *cpu, u64 offset, const struct descriptor *d);
/* Long mode: #GP(selector) of a code segment with both L and D. */
bool code_width_legal(struct cpu *cpu, u16 selector, const struct descriptor *d);
/* CALL and JMP through a 64-bit call gate whose privilege and presence are checked: cpu/system/long_mode.c. */
bool through_gate_long_mode(struct cpu *cpu, u16 selector, struct descriptor *gate, bool is_call);
/* Commit: CS at `cpl`, and next_rip.  Whoever changes SS too calls mode_derive. */
void code_segment_enter(struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl,
                        u64 offset);

/* --- the stack of an inner level, taken from the TSS: cpu/system/stack_switch.c --- */
struct inner_stack {
    u16 selector;
    u8 cpl;
    struct descriptor d;
    struct segment segment;
    u64 sp, mask;
};
bool inner_stack_open(struct cpu *cpu, unsigned cpl, struct inner_stack *stack);
bool inner_stack_room(struct cpu *cpu, const struct inner_stack *stack, unsigned bytes);
bool inner_stack_push(struct cpu *cpu, struct inner_stack *stack, const u64 *word, unsigned count,
                      unsigned size_bytes);
void inner_stack_enter(struct cpu *cpu, const struct inner_stack *stack);        /* commit */

/* --- tasks: cpu/system/task.c --- */
enum task_switch_by { TASK_JUMP, TASK_CALL, TASK_INTERRUPT, TASK_IRET };
struct task_state {
    u64 cr3, eip, eflags, gpr[8], selector[6], ldt;
    bool trap, wide;     /* T bit; 32-bit TSS */
};
/* The two halves of a switch.  The first saves the old task in its TSS; the processor stays as it
 * was. */
bool task_leave(struct cpu *cpu, u16 tss_selector, enum task_switch_by by,
                struct task_state *incoming);
/* The second is the commit; a fault that it raises is one of the new task, whose EIP cpu->rip is by
 * then. */
bool task_enter(struct cpu *cpu, const struct task_state *incoming, bool push_error,
                u32 error_code);
/* Both, for an instruction: a fault of the new task is delivered there. */
bool task_switch(struct cpu *cpu, u16 tss_selector, enum task_switch_by by);

/* --- EFLAGS: cpu/system/eflags.c --- */
u32 eflags_known(const struct cpu *cpu);                 /* the bits that this model has */
/* The bits that an image of this size, popped at the current CPL and IOPL, changes. */
u32 eflags_popped(const struct cpu *cpu, unsigned opsize);
/* IRET in virtual-8086 mode with IOPL < 3: by VIF where CR4.VME allows it, else #GP. */
bool pop_virtual_flags(struct cpu *cpu, u32 image, unsigned opsize);
/* After a transfer into V86 mode with VIF and VIP both set: #GP in the new place, which it then
 * delivers. */
void check_virtual_interrupt(struct cpu *cpu);

/* --- control registers without the checks of the instruction: cpu/system/control.c --- */
bool control_set(struct cpu *cpu, unsigned n, u64 value);
u64 cr0_writable(const struct cpu *cpu);                 /* the bits that this model has; ET is wired from the 486 on */
u64 cr4_known(const struct cpu *cpu);
u64 efer_known(const struct cpu *cpu);                   /* cpu/system/msr.c */

#endif
