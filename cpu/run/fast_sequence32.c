#define CODE 32
#define SEQUENCES "cpu/run/sequences32.inc"
#include "cpu/run/fast_sequence.h"

const struct sequence fast_sequences32[] = {
#include SEQUENCES
};
const unsigned fast_sequences32_count = ARRAY_COUNT(fast_sequences32);
