#define FLAT 64
#define INDEXED 0
#define KIND fused64
#include "cpu/run/fast_fused.h"

const void *const fast_fused64[OP_COUNT][16] = { ROWS(8) ROWS(32) ROWS(64) };
