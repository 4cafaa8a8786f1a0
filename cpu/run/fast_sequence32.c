#define CODE 32
#define SEQUENCES "cpu/run/sequences32.inc"
#include "cpu/run/fast_sequence.h"

const struct sequence fast_sequences32[] = {
#define PAIR(a, b) { { STEP_##a, STEP_##b, STEP_NONE }, (const void *)pair_##a##_##b },
#define TRIPLE(a, b, c) { { STEP_##a, STEP_##b, STEP_##c }, (const void *)triple_##a##_##b##_##c },
#include SEQUENCES
};
const unsigned fast_sequences32_count = ARRAY_COUNT(fast_sequences32);
