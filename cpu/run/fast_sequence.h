/* Handlers that do two to six records: one jump by address instead of as many as there are records, and the flags' kind is known
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

/* A capital letter names a slot, the small one says that it is this one again: the compiler need not ask the record for it, nor memory for what
 * it has just put there. */
struct letters { unsigned a, b, c, d, e, f, g, h; };
#define SLOT__(own) (own)
#define SLOT_A(own) (letters.a = (own))
#define SLOT_B(own) (letters.b = (own))
#define SLOT_C(own) (letters.c = (own))
#define SLOT_D(own) (letters.d = (own))
#define SLOT_E(own) (letters.e = (own))
#define SLOT_F(own) (letters.f = (own))
#define SLOT_G(own) (letters.g = (own))
#define SLOT_H(own) (letters.h = (own))
#define SLOT_a(own) letters.a
#define SLOT_b(own) letters.b
#define SLOT_c(own) letters.c
#define SLOT_d(own) letters.d
#define SLOT_e(own) letters.e
#define SLOT_f(own) letters.f
#define SLOT_g(own) letters.g
#define SLOT_h(own) letters.h

#define DO(form, D, S, B, X) \
    do { \
        struct slots own_ = slots_of(rec), slots_ = { .d = SLOT_##D(own_.d), .s = SLOT_##S(own_.s), .b = SLOT_##B(own_.b), .x = SLOT_##X(own_.x) }; \
        struct step s_; \
        enum step_end end_ = step_##form(FAST_ARGUMENTS, slots_, &s_); \
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
#define BEGIN(name) \
    static FAST_HANDLER name(FAST_PARAMETERS) \
    { \
        struct letters letters = { 0 };
#define END \
        (void)letters; \
        JUMP((fast_handler *)rec->fast); \
    }
#define PAIR(...) BEGIN(PAIR_NAME(__VA_ARGS__)) DO_2(__VA_ARGS__) END
#define TRIPLE(...) BEGIN(TRIPLE_NAME(__VA_ARGS__)) DO_3(__VA_ARGS__) END
#define QUAD(...) BEGIN(QUAD_NAME(__VA_ARGS__)) DO_4(__VA_ARGS__) END
#define QUINT(...) BEGIN(QUINT_NAME(__VA_ARGS__)) DO_5(__VA_ARGS__) END
#define SEXT(...) BEGIN(SEXT_NAME(__VA_ARGS__)) DO_6(__VA_ARGS__) END
#define DO_1(a, d, s, b, x) DO(a, d, s, b, x);
#define DO_2(a, d, s, b, x, ...) DO(a, d, s, b, x); DO_1(__VA_ARGS__)
#define DO_3(a, d, s, b, x, ...) DO(a, d, s, b, x); DO_2(__VA_ARGS__)
#define DO_4(a, d, s, b, x, ...) DO(a, d, s, b, x); DO_3(__VA_ARGS__)
#define DO_5(a, d, s, b, x, ...) DO(a, d, s, b, x); DO_4(__VA_ARGS__)
#define DO_6(a, d, s, b, x, ...) DO(a, d, s, b, x); DO_5(__VA_ARGS__)
#include SEQUENCES
#undef PAIR
#undef TRIPLE
#undef QUAD
#undef QUINT
#undef SEXT

#define ROW(handler, ...) { .fast = (const void *)handler, .step = { __VA_ARGS__ } },
#define PAIR(...) ROW(PAIR_NAME(__VA_ARGS__), ROW_2(__VA_ARGS__))
#define TRIPLE(...) ROW(TRIPLE_NAME(__VA_ARGS__), ROW_3(__VA_ARGS__))
#define QUAD(...) ROW(QUAD_NAME(__VA_ARGS__), ROW_4(__VA_ARGS__))
#define QUINT(...) ROW(QUINT_NAME(__VA_ARGS__), ROW_5(__VA_ARGS__))
#define SEXT(...) ROW(SEXT_NAME(__VA_ARGS__), ROW_6(__VA_ARGS__))
#define ROW_1(a, d, s, b, x) { STEP_##a, { #d[0], #s[0], #b[0], #x[0] } }
#define ROW_2(a, d, s, b, x, ...) ROW_1(a, d, s, b, x), ROW_1(__VA_ARGS__)
#define ROW_3(a, d, s, b, x, ...) ROW_1(a, d, s, b, x), ROW_2(__VA_ARGS__)
#define ROW_4(a, d, s, b, x, ...) ROW_1(a, d, s, b, x), ROW_3(__VA_ARGS__)
#define ROW_5(a, d, s, b, x, ...) ROW_1(a, d, s, b, x), ROW_4(__VA_ARGS__)
#define ROW_6(a, d, s, b, x, ...) ROW_1(a, d, s, b, x), ROW_5(__VA_ARGS__)
