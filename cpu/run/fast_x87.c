/* Handlers of x87 instructions on ST(i): one for each i, as the host's instructions are.      doc: fast */
#include "cpu/decode/tables.h"
#include "cpu/run/fast_units.h"

#if defined(__x86_64__)
#include "cpu/float/x87_ops.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"

#define FLAT 64
#include "cpu/ops/words_fast.h"
#include "cpu/ops/fast_x87_words.h"

#define KIND st0
#define I 0
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st1
#define I 1
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st2
#define I 2
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st3
#define I 3
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st4
#define I 4
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st5
#define I 5
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st6
#define I 6
#include "cpu/ops/fast_x87_stack.inc"
#undef KIND
#undef I
#define KIND st7
#define I 7
#include "cpu/ops/fast_x87_stack.inc"

#define FAST_PLAIN(name, width) \
    [OP_##name - FAST_X87_FIRST] = { \
        (const void *)fast_##name##_st0, (const void *)fast_##name##_st1, (const void *)fast_##name##_st2, (const void *)fast_##name##_st3, \
        (const void *)fast_##name##_st4, (const void *)fast_##name##_st5, (const void *)fast_##name##_st6, (const void *)fast_##name##_st7, \
    },
const void *const fast_x87_stack[FAST_X87_LAST - FAST_X87_FIRST + 1][8] = {
#include "x87_stack_forms.h"
};

#endif
