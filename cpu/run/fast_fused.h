/* A comparison and the conditional branch behind it in one handler: the condition is asked of the operands themselves.  doc: fast
 * Included once for 32-bit and once for 64-bit code (FLAT), for memory without an index.  The flags are set as ever. */
#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"

#include "cpu/ops/words_fast.h"

/* The branch is the next record, with its link behind it; its width is that of the code. */
#define BRANCH_IF(c) \
    do { \
        bool taken_ = (c); \
        rec++; \
        if (taken_) { \
            if (unlikely(budget < rec->count)) SLOW; \
            budget -= rec->count; \
            CODE_WORD rip_ = (CODE_WORD)cpu->trace_rip + (CODE_WORD)(s64)LINK->delta; \
            memcpy(&cpu->trace_rip, &rip_, sizeof rip_); \
            rec = LINK->target; \
            GO; \
        } \
        ON(2); \
    } while (0)
#if FLAT == 32
#define CODE_WORD u32
#else
#define CODE_WORD u64
#endif

#define CMP_CONDITIONS(X) \
    X(B, a < b) X(NB, a >= b) X(Z, a == b) X(NZ, a != b) X(BE, a <= b) X(NBE, a > b) X(S, (sw)(a - b) < 0) X(NS, (sw)(a - b) >= 0) \
    X(L, (sw)a < (sw)b) X(NL, (sw)a >= (sw)b) X(LE, (sw)a <= (sw)b) X(NLE, (sw)a > (sw)b)
#define TEST_CONDITIONS(X) \
    X(Z, r == 0) X(NZ, r != 0) X(BE, r == 0) X(NBE, r != 0) X(S, (sw)r < 0) X(NS, (sw)r >= 0) X(L, (sw)r < 0) X(NL, (sw)r >= 0) \
    X(LE, (sw)r <= 0) X(NLE, (sw)r > 0)

#define FUSED_(name, cc, w) fused_##name##_##cc##_##w
#define FUSED(name, cc, w) FUSED_(name, cc, w)
#define CMP_BODY(name, cc, condition, ...) \
    static FAST_HANDLER FUSED(name, cc, W)(FAST_PARAMETERS) { uw a, b; __VA_ARGS__; FL(SUB, a, a - b); BRANCH_IF(condition); }
#define TEST_BODY(name, cc, condition, ...) \
    static FAST_HANDLER FUSED(name, cc, W)(FAST_PARAMETERS) { uw a, b, r; __VA_ARGS__; r = a & b; FL(LOGIC, a, r); BRANCH_IF(condition); }

#define CMP_R_R(cc, condition) CMP_BODY(CMP_R_R, cc, condition, a = R(d), b = R(s))
#define CMP_R_I(cc, condition) CMP_BODY(CMP_R_I, cc, condition, a = R(d), b = IMM)
#define CMP_R_M(cc, condition) CMP_BODY(CMP_R_M, cc, condition, LD(b, EA); a = R(d))
#define CMP_M_R(cc, condition) CMP_BODY(CMP_M_R, cc, condition, LD(a, EA); b = R(s))
#define CMP_M_I(cc, condition) CMP_BODY(CMP_M_I, cc, condition, LD(a, EA); b = IMM)
#define TEST_R_R(cc, condition) TEST_BODY(TEST_R_R, cc, condition, a = R(d), b = R(s))
#define TEST_R_I(cc, condition) TEST_BODY(TEST_R_I, cc, condition, a = R(d), b = IMM)
#define TEST_M_I(cc, condition) TEST_BODY(TEST_M_I, cc, condition, LD(a, EA); b = IMM)

#define W 8
#include "cpu/run/fast_fused_width.h"
#undef W
#define W 32
#include "cpu/run/fast_fused_width.h"
#undef W
#if FLAT == 64
#define W 64
#include "cpu/run/fast_fused_width.h"
#undef W
#endif

/* By condition, as Jcc's opcodes number them. */
enum { CC_O, CC_NO, CC_B, CC_NB, CC_Z, CC_NZ, CC_BE, CC_NBE, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_NL, CC_LE, CC_NLE };
#define CMP_ROW(name, w) \
    [OP_##name##_##w] = { \
        [CC_B] = (const void *)fused_##name##_B_##w, [CC_NB] = (const void *)fused_##name##_NB_##w, [CC_Z] = (const void *)fused_##name##_Z_##w, \
        [CC_NZ] = (const void *)fused_##name##_NZ_##w, [CC_BE] = (const void *)fused_##name##_BE_##w, [CC_NBE] = (const void *)fused_##name##_NBE_##w, \
        [CC_S] = (const void *)fused_##name##_S_##w, [CC_NS] = (const void *)fused_##name##_NS_##w, [CC_L] = (const void *)fused_##name##_L_##w, \
        [CC_NL] = (const void *)fused_##name##_NL_##w, [CC_LE] = (const void *)fused_##name##_LE_##w, [CC_NLE] = (const void *)fused_##name##_NLE_##w, \
    },
#define TEST_ROW(name, w) \
    [OP_##name##_##w] = { \
        [CC_Z] = (const void *)fused_##name##_Z_##w, [CC_NZ] = (const void *)fused_##name##_NZ_##w, [CC_BE] = (const void *)fused_##name##_BE_##w, \
        [CC_NBE] = (const void *)fused_##name##_NBE_##w, [CC_S] = (const void *)fused_##name##_S_##w, [CC_NS] = (const void *)fused_##name##_NS_##w, \
        [CC_L] = (const void *)fused_##name##_L_##w, [CC_NL] = (const void *)fused_##name##_NL_##w, [CC_LE] = (const void *)fused_##name##_LE_##w, \
        [CC_NLE] = (const void *)fused_##name##_NLE_##w, \
    },
#define ROWS(w) \
    CMP_ROW(CMP_R_R, w) CMP_ROW(CMP_R_I, w) CMP_ROW(CMP_R_M, w) CMP_ROW(CMP_M_R, w) CMP_ROW(CMP_M_I, w) \
    TEST_ROW(TEST_R_R, w) TEST_ROW(TEST_R_I, w) TEST_ROW(TEST_M_I, w)
