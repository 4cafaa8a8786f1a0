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
    BRANCHES(compare, JB_J_##code##_plain, JNB_J_##code##_plain, JZ_J_##code##_plain, JNZ_J_##code##_plain) BRANCHES(compare, JBE_J_##code##_plain, JNBE_J_##code##_plain, JS_J_##code##_plain, JNS_J_##code##_plain) \
    BRANCHES(compare, JL_J_##code##_plain, JNL_J_##code##_plain, JLE_J_##code##_plain, JNLE_J_##code##_plain)
#define BRANCHES(compare, b1, b2, b3, b4) UNWIRED(compare, b1) UNWIRED(compare, b2) UNWIRED(compare, b3) UNWIRED(compare, b4)
#define UNWIRED(a, b) PAIR(a, _, _, _, _, b, _, _, _, _)

/* Handlers' names: steps and letters. */
#define PAIR_NAME(a, ad, as, ab, ax, b, bd, bs, bb, bx) pair_##a##_##b##_##ad##as##ab##ax##_##bd##bs##bb##bx
#define TRIPLE_NAME(a, ad, as, ab, ax, b, bd, bs, bb, bx, c, cd, cs, cb, cx) triple_##a##_##b##_##c##_##ad##as##ab##ax##_##bd##bs##bb##bx##_##cd##cs##cb##cx
#define QUAD_NAME(a, ad, as, ab, ax, b, bd, bs, bb, bx, c, cd, cs, cb, cx, d, dd, ds, db, dx) \
    quad_##a##_##b##_##c##_##d##_##ad##as##ab##ax##_##bd##bs##bb##bx##_##cd##cs##cb##cx##_##dd##ds##db##dx
#define QUINT_NAME(a, ad, as, ab, ax, b, bd, bs, bb, bx, c, cd, cs, cb, cx, d, dd, ds, db, dx, e, ed, es, eb, ex) \
    quint_##a##_##b##_##c##_##d##_##e##_##ad##as##ab##ax##_##bd##bs##bb##bx##_##cd##cs##cb##cx##_##dd##ds##db##dx##_##ed##es##eb##ex
#define SEXT_NAME(a, ad, as, ab, ax, b, bd, bs, bb, bx, c, cd, cs, cb, cx, d, dd, ds, db, dx, e, ed, es, eb, ex, f, fd, fs, fb, fx) \
    sext_##a##_##b##_##c##_##d##_##e##_##f##_##ad##as##ab##ax##_##bd##bs##bb##bx##_##cd##cs##cb##cx##_##dd##ds##db##dx##_##ed##es##eb##ex##_##fd##fs##fb##fx

/* Steps, and for each the slots d, s, b and x of its record: a capital letter names one, the small letter says that it must be the same again, `_` says nothing. */
enum { SEQUENCE_STEPS = 6, STEP_SLOTS = 4 };
struct sequence {
    const void *fast;
    struct {
        u8 of;                   /* enum step_class; STEP_NONE behind the last one */
        char slots[STEP_SLOTS];
    } step[SEQUENCE_STEPS];
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
