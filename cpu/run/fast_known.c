/* Readers of flags that know what the flags' kind is, because the trace says it: no question at run time.      doc: fast
 * A row a kind.  A condition that a kind cannot tell without more questions is not in its row. */
#define FLAT 64
#define INDEXED 0
#include "cpu/run/fast_special_words.h"
#undef OPERATION
#undef KEEP_FLAGS
#define KEEP_FLAGS SLOW
#define OPERATION KNOWN

#define SIMPLE(X) X(B) X(NB) X(Z) X(NZ) X(S) X(NS)
#define UNSIGNED(X) X(BE) X(NBE)
#define SIGNED_CONDITIONS(X) X(L) X(NL) X(LE) X(NLE)
#define KNOWN_ENTRY(form, w) [OP_##form##_##w] = (const void *)HANDLER(form, w, KIND),
#define OF_CONDITION(cc) \
    KNOWN_ENTRY(J##cc##_J, 32) KNOWN_ENTRY(J##cc##_J, 64) KNOWN_ENTRY(SET##cc##_R, 8) KNOWN_ENTRY(CMOV##cc##_R_R, 32) KNOWN_ENTRY(CMOV##cc##_R_R, 64)
#define OF_CARRY(w) \
    KNOWN_ENTRY(INC_R, w) KNOWN_ENTRY(DEC_R, w) KNOWN_ENTRY(ADC_R_R, w) KNOWN_ENTRY(ADC_R_I, w) KNOWN_ENTRY(SBB_R_R, w) KNOWN_ENTRY(SBB_R_I, w)
#define OF_EVERY_KIND SIMPLE(OF_CONDITION) OF_CARRY(32) OF_CARRY(64)

#define KIND known_logic
#define KNOWN FLAG_LOGIC
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN
#define KIND known_add
#define KNOWN FLAG_ADD
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN
#define KIND known_sub
#define KNOWN FLAG_SUB
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN
#define KIND known_shift
#define KNOWN FLAG_SHR
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN
#define KIND known_inc
#define KNOWN FLAG_INC
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN
#define KIND known_dec
#define KNOWN FLAG_DEC
#include "cpu/run/fast_known_row.h"
#undef KIND
#undef KNOWN

#define KIND known_logic
static const void *const of_logic[OP_COUNT] = { OF_EVERY_KIND UNSIGNED(OF_CONDITION) SIGNED_CONDITIONS(OF_CONDITION) };
#undef KIND
#define KIND known_add
static const void *const of_add[OP_COUNT] = { OF_EVERY_KIND };
#undef KIND
#define KIND known_sub
static const void *const of_sub[OP_COUNT] = { OF_EVERY_KIND UNSIGNED(OF_CONDITION) SIGNED_CONDITIONS(OF_CONDITION) };
#undef KIND
#define KIND known_shift
static const void *const of_shift[OP_COUNT] = { OF_EVERY_KIND };
#undef KIND
#define KIND known_inc
static const void *const of_inc[OP_COUNT] = { OF_EVERY_KIND UNSIGNED(OF_CONDITION) };
#undef KIND
#define KIND known_dec
static const void *const of_dec[OP_COUNT] = { OF_EVERY_KIND UNSIGNED(OF_CONDITION) SIGNED_CONDITIONS(OF_CONDITION) };
#undef KIND

/* --- which kind an operation leaves --- */

enum known { KNOWN_NOTHING, KNOWN_LOGIC, KNOWN_ADD, KNOWN_SUB, KNOWN_SHIFT, KNOWN_INC, KNOWN_DEC };

#define ALL_FORMS(name, w, kind) \
    [OP_##name##_R_R_##w] = kind, [OP_##name##_R_I_##w] = kind, [OP_##name##_R_M_##w] = kind, [OP_##name##_M_R_##w] = kind, [OP_##name##_M_I_##w] = kind
#define ONE_OPERAND(name, w, kind) [OP_##name##_R_##w] = kind, [OP_##name##_M_##w] = kind
#define BY_CONSTANT(name, w) [OP_##name##_R_I_##w] = KNOWN_SHIFT, [OP_##name##_M_I_##w] = KNOWN_SHIFT
#define LEAVES(w) \
    ALL_FORMS(ADD, w, KNOWN_ADD), ALL_FORMS(SUB, w, KNOWN_SUB), ALL_FORMS(CMP, w, KNOWN_SUB), ALL_FORMS(AND, w, KNOWN_LOGIC), \
    ALL_FORMS(OR, w, KNOWN_LOGIC), ALL_FORMS(XOR, w, KNOWN_LOGIC), ALL_FORMS(TEST, w, KNOWN_LOGIC), ONE_OPERAND(NEG, w, KNOWN_SUB), \
    ONE_OPERAND(INC, w, KNOWN_INC), ONE_OPERAND(DEC, w, KNOWN_DEC), BY_CONSTANT(SHL, w), BY_CONSTANT(SHR, w), BY_CONSTANT(SAR, w)
static const u8 leaves[OP_COUNT] = { LEAVES(8), LEAVES(16), LEAVES(32), LEAVES(64) };

/* Conditions of more than CF, ZF, SF or PF may turn the flags into kept bits: then their kind is another. */
static bool may_keep(const struct flag_use *use)
{
    return use->reads & FLAGS_O || (use->reads & (FLAGS_C | FLAGS_Z)) == (FLAGS_C | FLAGS_Z);
}

/* What the record before left is seen by the handler of this one only where the trace runs through both: nothing enters between. */
void fast_know_flags(struct record *first, const struct record *end, const struct flag_use *use, u32 mode)
{
    static const void *const *const of[] = { NULL, of_logic, of_add, of_sub, of_shift, of_inc, of_dec };
    enum known known = KNOWN_NOTHING;

    for (struct record *r = first; r < end; r++) {
        const struct flag_use *u = &use[r - first];
        const void *handler = known ? of[known][r->h] : NULL;
        if (r->h == OP_LINK) continue;
        bool plain = handler && r->fast == fast_of(r, mode);
        if (plain) r->fast = handler;
        else if (may_keep(u)) known = KNOWN_NOTHING;
        if (!u->touches) continue;
        bool dropped = r->fast == fast_of_without_flags(r, mode);
        known = dropped || r->fast == (const void *)fast_slow ? KNOWN_NOTHING : (enum known)leaves[r->h];
    }
}
