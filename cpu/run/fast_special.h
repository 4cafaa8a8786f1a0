#ifndef ORRERY_RUN_FAST_SPECIAL_H
#define ORRERY_RUN_FAST_SPECIAL_H
/* The forms that run most, once more for what their record says: the register that they write or store, or the scale of their index.
 * One load less for a register, three instructions for a scale.                             doc: fast */
#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"

/* Rows of tables.  X(form, width). */
#define SPECIAL_SETTERS(X, w) \
    X(ADD_R_R, w) X(ADD_R_I, w) X(SUB_R_R, w) X(SUB_R_I, w) X(AND_R_R, w) X(AND_R_I, w) X(OR_R_R, w) X(OR_R_I, w) X(XOR_R_R, w) X(XOR_R_I, w) \
    X(INC_R, w) X(DEC_R, w) X(SHL_R_I, w) X(SHR_R_I, w) X(SAR_R_I, w) X(ROL_R_I, w) X(ROR_R_I, w)
#define SPECIAL_PLAIN(X, w) SPECIAL_SETTERS(X, w) X(MOV_R_R, w) X(MOV_R_I, w) X(MOV_R_V, w) X(MOVZXB_R_R, w) X(CMP_R_R, w) X(CMP_R_I, w) X(TEST_R_R, w)
#define SPECIAL_LOADS(X, w) X(MOV_R_M, w) X(LEA_R_M, w) X(MOVZXB_R_M, w) X(MOVSXB_R_M, w) X(MOVZXW_R_M, w)
#define SPECIAL_STACK(X, w) X(PUSH_R, w) X(POP_R, w)
#define SPECIAL_STORES(X, w) X(MOV_M_R, w)
#define SPECIAL_MEMORY_SETTERS(X, w) \
    X(ADD_R_M, w) X(SUB_R_M, w) X(AND_R_M, w) X(OR_R_M, w) X(XOR_R_M, w) X(ADD_M_R, w) X(SUB_M_R, w) X(ADD_M_I, w) X(SUB_M_I, w) X(INC_M, w) X(DEC_M, w)
#define SPECIAL_MEMORY_BYTES(X, w) X(MOV_R_M, w) X(MOV_M_R, w) X(MOV_M_I, w) X(CMP_R_M, w) X(CMP_M_R, w) X(CMP_M_I, w)
#define SPECIAL_MEMORY(X, w) SPECIAL_MEMORY_BYTES(X, w) X(LEA_R_M, w) X(MOVZXB_R_M, w) X(MOVSXB_R_M, w) X(MOVZXW_R_M, w)
#define SPECIAL_ALL(X, w) SPECIAL_PLAIN(X, w) SPECIAL_STACK(X, w) SPECIAL_MEMORY_SETTERS(X, w) SPECIAL_MEMORY(X, w)

/* Columns: the first is that of everything else. */
enum special {
    SPECIAL_NONE,
#define SPECIAL_NAME(form, w) SPECIAL_##form##_##w,
    SPECIAL_MEMORY_BYTES(SPECIAL_NAME, 8) SPECIAL_MEMORY_SETTERS(SPECIAL_NAME, 8) SPECIAL_ALL(SPECIAL_NAME, 32) SPECIAL_ALL(SPECIAL_NAME, 64)
#undef SPECIAL_NAME
    SPECIALS
};

/* By register, or by scale of the index; rows have NULL where there is nothing special. */
extern const void *const *const fast_special_plain[16], *const *const fast_special_plain_nf[16];
extern const void *const *const fast_special_load32[16], *const *const fast_special_load64[16];
extern const void *const *const fast_special_store32[16], *const *const fast_special_store64[16];
extern const void *const *const fast_special_flat32x[4], *const *const fast_special_flat64x[4];
extern const void *const *const fast_special_flat32x_nf[4], *const *const fast_special_flat64x_nf[4];

/* The special handler of a record, with flags or without; NULL where there is none. */
const void *fast_special_of(const struct record *record, enum fast_kind kind, bool without_flags);

#endif
