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

const void *const *const fast_known[FAST_KNOWN_KINDS] = {
    [FAST_KNOWN_LOGIC] = of_logic, [FAST_KNOWN_ADD] = of_add, [FAST_KNOWN_SUB] = of_sub, [FAST_KNOWN_SHIFT] = of_shift, [FAST_KNOWN_INC] = of_inc, [FAST_KNOWN_DEC] = of_dec,
};
