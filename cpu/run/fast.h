#ifndef ORRERY_RUN_FAST_H
#define ORRERY_RUN_FAST_H
/* The fast instance: threaded code.  Each hot form is a function that ends by jumping to the next record's; whatever is not plain
 * goes to the exact instance before anything is committed.                                  doc: fast */
#include "cpu/decode/trace.h"

/* What handlers pass on, in registers: `budget`, the ticks that were left at the trace's first instruction beyond those of a longest
 * trace, and three of the lazy flags of struct cpu.  clang 19 can be told that a handler keeps no register for its caller: all of
 * them are free for it, and the TLB's address has one too. */
#define FAST_COMMON struct cpu *restrict cpu, struct record *rec, s64 budget, u64 flag_result, u64 flag_first, u64 flag_kind
#if defined(__clang__) && __has_attribute(preserve_none) && !defined(DISPATCH_LOOP)
#define FAST_HANDLER __attribute__((preserve_none)) void
#define FAST_PARAMETERS FAST_COMMON, struct tlb_entry *tlb
#define FAST_ARGUMENTS cpu, rec, budget, flag_result, flag_first, flag_kind, tlb
#define FAST_FIRST_ARGUMENTS(first, budget) cpu, first, budget, cpu->flag_result, cpu->flag_first, cpu->flag_kind, cpu->tlb
#define TLB tlb
#define FAST_PINS_TLB
#else
#define FAST_HANDLER void
#define FAST_PARAMETERS FAST_COMMON
#define FAST_ARGUMENTS cpu, rec, budget, flag_result, flag_first, flag_kind
#define FAST_FIRST_ARGUMENTS(first, budget) cpu, first, budget, cpu->flag_result, cpu->flag_first, cpu->flag_kind
#define TLB cpu->tlb
#endif
typedef FAST_HANDLER fast_handler(FAST_PARAMETERS);

/* JUMP goes to a handler.  Where the compiler makes no jump of it (DISPATCH=loop: debugging, sanitizers) the handler is noted and
 * called by fast_run when this one has returned. */
#if defined(DISPATCH_LOOP)
#define JUMP(handler) \
    do { \
        cpu->fast = (struct fast_state){ (const void *)(handler), rec, budget, flag_result, flag_first, (u32)flag_kind }; \
        return; \
    } while (0)
#elif defined(__clang__)
#define JUMP(handler) __attribute__((musttail)) return (handler)(FAST_ARGUMENTS)
#else
#define JUMP(handler) return (handler)(FAST_ARGUMENTS)
#endif
#define TAIL(handler) JUMP(handler)
#define GO TAIL((fast_handler *)rec->fast)

/* Runs from the first record of the trace at cpu->rip; cpu->budget is at least TRACE_MAX_INSTRUCTIONS, the trace one of the arena.
 * Ends as exact_run does when the budget is too small for one more trace, or the loop must look.  False: cpu->fault was raised. */
bool fast_run(struct cpu *cpu, struct trace *trace);

/* The instance that can: instructions outside RAM and ROM, and the last ones before the budget ends, are the exact one's. */
bool fast_or_exact(struct cpu *cpu, struct trace *trace);

/* One instruction at cpu->rip, at tick `now`, or the fetch of one: by its handler where it has one.  False when it faulted: cpu->fault is
 * not delivered.  A repeated string instruction may leave iterations.  For tests of single instructions. */
bool fast_instruction(struct cpu *cpu, u64 now);

/* The handler of a record in a trace of this mode. */
const void *fast_of(const struct record *record, u32 mode);
/* The same of a direct branch to another page, in 32-bit or 64-bit code; NULL where there is none. */
const void *fast_of_far(const struct record *record, u32 mode);
bool fast_is_near_call(const struct record *record);
bool fast_is_in(const struct record *record);

/* The same of a form whose flags need not be set; NULL where there is none. */
const void *fast_of_without_flags(const struct record *record, u32 mode);

/* What a record does with OF SF ZF AF PF CF: `writes` in any case, `touches` perhaps. */
struct flag_use {
    u16 reads, writes, touches;
};
struct opcode_row;
struct flag_use fast_flag_use(const struct record *record, const struct opcode_row *row);
/* Gives handlers without flags to those records of a trace whose flags are written anew before anything can see them: a reader, a fault,
 * the end of the trace. */
void fast_drop_flags(struct record *first, const struct record *end, const struct flag_use *use, u32 mode);
/* Gives handlers that know the kind of the flags to those records whose trace says it.  After fast_drop_flags. */
void fast_know_flags(struct record *first, const struct record *end, const struct flag_use *use, u32 mode);

/* Of the link behind a record. */
const void *fast_of_link(const struct record *before, u32 mode);

/* Stands before the handler of a trace's first record: leaves to the loop, or notes the trace and goes on. */
const void *fast_of_hook(bool stops);

/* --- handlers that others go on with --- */
fast_handler fast_slow;              /* this record in the exact instance, nothing of it is done yet */
fast_handler fast_miss_read, fast_miss_write;        /* this record again with the TLB filled, or fast_slow: cpu->miss_la is set */
fast_handler fast_miss_stack_read, fast_miss_stack_write;                            /* the same of the stack's page */
fast_handler fast_leave;             /* back to the loop: cpu->rip is right, budget counts from there */
fast_handler fast_transfer;          /* to cpu->rip, which is legal */
fast_handler fast_keep_flags;        /* this record again, CF, OF and AF as kept bits (FLAG_RAW) */

/* Which way a form reaches memory. */
enum fast_kind {
    FAST_FLAT32, FAST_FLAT32X,       /* flat segments, 32-bit addresses, without and with an index */
    FAST_FLAT64, FAST_FLAT64X,       /* 64-bit code and addresses, not by FS or GS */
    FAST_BASED64,                    /* the same by FS or GS, with an index or without */
    FAST_SEGMENT,                    /* everything else: segment checks */
    FAST_KINDS
};
/* 32-bit code whose segments change nothing. */
static inline bool fast_flat32_code(u32 mode)
{
    u32 needed = MODE_FLAT | MODE_STACK32 | MODE_LIMIT_4G | MODE_CODE32;
    return !(mode & MODE_LONG64) && (mode & needed) == needed;
}
enum fast_kind fast_kind_of(const struct record *record, u32 mode);
/* By enum op; NULL where the exact instance does it. */
extern const void *const fast_plain[], *const fast_flat32[], *const fast_flat32x[], *const fast_flat64[], *const fast_flat64x[], *const fast_based64[], *const fast_segment[];
extern const void *const fast_plain_mmx[], *const fast_flat32_mmx[], *const fast_flat32x_mmx[], *const fast_flat64_mmx[], *const fast_flat64x_mmx[], *const fast_segment_mmx[];
/* Readers of flags that know what kind they are of, because the trace says it. */
enum fast_known_kind { FAST_KNOWN_NOTHING, FAST_KNOWN_LOGIC, FAST_KNOWN_ADD, FAST_KNOWN_SUB, FAST_KNOWN_SHIFT, FAST_KNOWN_INC, FAST_KNOWN_DEC, FAST_KNOWN_KINDS };
extern const void *const *const fast_known[FAST_KNOWN_KINDS];
extern const void *const fast_far32[], *const fast_far64[];                  /* direct branches to another page */
extern const void *const fast_plain_nf[], *const fast_flat32_nf[], *const fast_flat32x_nf[], *const fast_flat64_nf[], *const fast_flat64x_nf[];

#endif
