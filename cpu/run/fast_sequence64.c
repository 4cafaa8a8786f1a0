#define CODE 64
#define SEQUENCES "cpu/run/sequences64.inc"
#include "cpu/run/fast_sequence.h"

const struct sequence fast_sequences64[] = {
#define PAIR(a, b) { { STEP_##a, STEP_##b, STEP_NONE }, (const void *)pair_##a##_##b },
#define TRIPLE(a, b, c) { { STEP_##a, STEP_##b, STEP_##c }, (const void *)triple_##a##_##b##_##c },
#include SEQUENCES
};
const unsigned fast_sequences64_count = ARRAY_COUNT(fast_sequences64);
