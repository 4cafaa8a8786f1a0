/* Handlers that do two or three records: one jump by address instead of as many as there are records, and the flags' kind is known
 * between them.  Included by fast_sequence32.c and fast_sequence64.c, which say CODE, the bits of an address.            doc: fast
 * The rows of sequences32.inc and sequences64.inc name what ran most, one behind the other, in Linux and in programs of the usual kinds.
 * Each record keeps its own handler: a step that meets anything that is not plain leaves with the state as it is before that record. */
#include "cpu/run/fast_sequences.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"

#include "cpu/ops/words_fast.h"
#include "cpu/ops/words_step.h"

#define KIND plain
#define FLAT 64
#define INDEXED 0
#include "cpu/run/fast_sequence_kind.h"
#undef KIND
#undef FLAT

#define FLAT CODE
#define KIND memory
#include "cpu/run/fast_sequence_kind.h"
#undef KIND
#undef INDEXED

#define KIND indexed
#define INDEXED 1
#include "cpu/run/fast_sequence_kind.h"
#undef KIND
#undef INDEXED

#define KIND far
#define INDEXED 0
#define W CODE
#undef LINKED
#define LINKED FAR_LINKED
#include "cpu/ops/branch.inc"
#undef KIND
#undef W

#include "cpu/ops/words_without_flags.h"
#define KIND quiet
#include "cpu/ops/flag_setters.inc"
#undef KIND

/* --- the handlers --- */
static inline struct slots slots_of(const struct record *rec) { return (struct slots){ .d = rec->d, .s = rec->s, .b = rec->b, .x = rec->x }; }

/* Those that `wires` names are `to`: the compiler need not ask memory for what it has just put there. */
static inline __attribute__((always_inline, unused)) struct slots wired(struct slots own, unsigned wires, unsigned to)
{
    return (struct slots){ .d = wires & WIRE_d ? to : own.d, .s = wires & WIRE_s ? to : own.s, .b = wires & WIRE_b ? to : own.b, .x = wires & WIRE_x ? to : own.x };
}

#define DO(form, slots) \
    do { \
        struct step s_; \
        enum step_end end_ = step_##form(FAST_ARGUMENTS, slots, &s_); \
        rec = s_.to, budget = s_.budget, flag_result = s_.flag_result, flag_first = s_.flag_first, flag_kind = s_.flag_kind; \
        switch (end_) { \
        case STEP_NEXT: break; \
        case STEP_AWAY: JUMP((fast_handler *)rec->fast); \
        case STEP_BY_fast_slow: JUMP(fast_slow); \
        case STEP_BY_fast_miss_read: JUMP(fast_miss_read); \
        case STEP_BY_fast_miss_write: JUMP(fast_miss_write); \
        case STEP_BY_fast_miss_stack_read: JUMP(fast_miss_stack_read); \
        case STEP_BY_fast_miss_stack_write: JUMP(fast_miss_stack_write); \
        case STEP_BY_fast_keep_flags: JUMP(fast_keep_flags); \
        case STEP_BY_fast_transfer: JUMP(fast_transfer); \
        } \
    } while (0)
#define END JUMP((fast_handler *)rec->fast)
#define PAIR(a, b, ab) \
    static FAST_HANDLER pair_##a##_##b##_##ab(FAST_PARAMETERS) \
    { \
        struct slots first = slots_of(rec); \
        DO(a, first); \
        DO(b, wired(slots_of(rec), WIRE_##ab, first.d)); \
        END; \
    }
#define TRIPLE(a, b, c, ab, bc, ac) \
    static FAST_HANDLER triple_##a##_##b##_##c##_##ab##_##bc##_##ac(FAST_PARAMETERS) \
    { \
        struct slots first = slots_of(rec), second; \
        DO(a, first); \
        second = wired(slots_of(rec), WIRE_##ab, first.d); \
        DO(b, second); \
        DO(c, wired(wired(slots_of(rec), WIRE_##ac, first.d), WIRE_##bc, second.d)); \
        END; \
    }
#include SEQUENCES
#undef PAIR
#undef TRIPLE
