#ifndef ORRERY_FLOAT_X87_H
#define ORRERY_FLOAT_X87_H
/* The x87 FPU's state.  SDM vol. 1, "x87 FPU Execution Environment".                          doc: x87 */
#include "cpu/base/state.h"
#include "cpu/float/float.h"

/* A register as FLD and FSTP have it, and MMX: its significand.  EACH names a member of each of the eight. */
#define X87_STATE(ONE, EACH) \
    /*    type  name                    unit  min         max  meaning                                                  */ \
    ONE (u16, control,              "bits",    0,     0xffff, "control word: masks [5:0], PC [9:8], RC [11:10], X 12")     \
    ONE (u16, status,               "bits",    0,     0xffff, "status word: flags [5:0] SF 6 ES 7 C0-2 [10:8] TOP [13:11] C3 14 B 15") \
    ONE (u8,  in_use,               "bits",    0,       0xff, "physical register n is not empty: the abridged tag word")  \
    EACH(u64, significand,              "",    0, UINT64_MAX, "R0..R7, MM0..MM7")                                         \
    EACH(u16, sign_exponent,            "",    0,     0xffff, "R0..R7: sign 15, biased exponent [14:0]")                  \
    ONE (u16, fop,                      "",    0,      0x7ff, "opcode of the last non-control instruction, 11 bits")      \
    ONE (u64, fip,                      "",    0, UINT64_MAX, "its offset in CS")                                         \
    ONE (u16, fcs,                      "",    0,     0xffff, "its CS")                                                   \
    ONE (u64, fdp,                      "",    0, UINT64_MAX, "offset of its memory operand")                             \
    ONE (u16, fds,                      "",    0,     0xffff, "segment of its memory operand")

#define X87_NO_MEMBER(...)
#define X87_REGISTER_MEMBER(type, name, unit, min, max, meaning) STATE_C_##type name;
struct x87 {
    struct x87_register {
        X87_STATE(X87_NO_MEMBER, X87_REGISTER_MEMBER)
    } __attribute__((aligned(16))) r[8];
    X87_STATE(STATE_MEMBER_ONE, X87_NO_MEMBER)
};
extern const struct state_layout x87_layout;

#endif
