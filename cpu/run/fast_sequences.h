#ifndef ORRERY_RUN_FAST_SEQUENCES_H
#define ORRERY_RUN_FAST_SEQUENCES_H
/* Which records one handler does together.                                                  doc: fast */
#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"

/* What a record is as a step of a sequence: a form, without memory (plain), the same without its flags (quiet), with memory by a base or an
 * index, or a direct branch to another page (far). */
enum step_class {
    STEP_NONE,
#define STEP(form, w, kind) STEP_##form##_##w##_##kind,
#include "cpu/run/sequence_steps.inc"
#undef STEP
    STEP_CLASSES
};
_Static_assert(STEP_CLASSES <= 256, "a step's class is a byte");

/* A comparison with each of the conditional branches that may stand behind it. */
#define COMPARISON(compare) COMPARISON_OF(compare, CODE)
#define COMPARISON_OF(compare, code) COMPARISON_OF_(compare, code)
#define COMPARISON_OF_(compare, code) \
    PAIR(compare, JB_J_##code##_plain, 0) PAIR(compare, JNB_J_##code##_plain, 0) PAIR(compare, JZ_J_##code##_plain, 0) PAIR(compare, JNZ_J_##code##_plain, 0) \
    PAIR(compare, JBE_J_##code##_plain, 0) PAIR(compare, JNBE_J_##code##_plain, 0) PAIR(compare, JS_J_##code##_plain, 0) PAIR(compare, JNS_J_##code##_plain, 0) \
    PAIR(compare, JL_J_##code##_plain, 0) PAIR(compare, JNL_J_##code##_plain, 0) PAIR(compare, JLE_J_##code##_plain, 0) PAIR(compare, JNLE_J_##code##_plain, 0)

/* Which slots of a record are the destination of an earlier one: d, s, b, x of struct record. */
enum {
    WIRE_0 = 0, WIRE_d = 1, WIRE_s = 2, WIRE_ds = 3, WIRE_b = 4, WIRE_db = 5, WIRE_sb = 6, WIRE_dsb = 7,
    WIRE_x = 8, WIRE_dx = 9, WIRE_sx = 10, WIRE_bx = 12, WIRE_dbx = 13, WIRE_sbx = 14,
};
enum { FIRST_TO_SECOND, SECOND_TO_THIRD, FIRST_TO_THIRD };

struct sequence {
    u8 steps[3];                 /* enum step_class; a pair has no third */
    u8 wires[3];                 /* FIRST_TO_SECOND ...: what the handler rests on */
    const void *handler;
};
extern const struct sequence fast_sequences32[], fast_sequences64[];
extern const unsigned fast_sequences32_count, fast_sequences64_count;

/* The sequences by their steps. */
struct sequence_index;
struct sequence_index *sequence_index_create(void);
void sequence_index_destroy(struct sequence_index *index);

/* Gives the records of a trace the handlers of sequences, so that as few handlers as can be run through it.  The last of its passes. */
void fast_join(const struct sequence_index *index, struct record *first, const struct record *end, u32 mode);

#endif
