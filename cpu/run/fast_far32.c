#define KIND far
#define FLAT 32
#include "cpu/run/fast_far.h"

const void *const fast_far32[OP_COUNT] = { CONDITIONS(FAR_CONDITION) FAR_ENTRY(JMP) FAR_ENTRY(CALL) };
