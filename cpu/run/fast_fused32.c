#define FLAT 32
#define INDEXED 0
#define KIND fused32
#include "cpu/run/fast_fused.h"

const void *const fast_fused32[OP_COUNT][16] = { ROWS(8) ROWS(32) };
