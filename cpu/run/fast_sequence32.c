#define CODE 32
#define SEQUENCES "cpu/run/sequences32.inc"
#include "cpu/run/fast_sequence.h"

const struct sequence fast_sequences32[] = {
#define PAIR(a, b, ab) { { STEP_##a, STEP_##b, STEP_NONE }, { WIRE_##ab }, (const void *)pair_##a##_##b##_##ab },
#define TRIPLE(a, b, c, ab, bc, ac) { { STEP_##a, STEP_##b, STEP_##c }, { WIRE_##ab, WIRE_##bc, WIRE_##ac }, (const void *)triple_##a##_##b##_##c##_##ab##_##bc##_##ac },
#include SEQUENCES
};
const unsigned fast_sequences32_count = ARRAY_COUNT(fast_sequences32);
