#define KIND far
#define FLAT 64
#include "cpu/run/fast_far.h"

const void *const fast_far64[OP_COUNT] = { CONDITIONS(FAR_CONDITION) FAR_ENTRY(JMP) FAR_ENTRY(CALL) };
