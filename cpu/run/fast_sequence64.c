#define CODE 64
#define SEQUENCES "cpu/run/sequences64.inc"
#include "cpu/run/fast_sequence.h"

const struct sequence fast_sequences64[] = {
#include SEQUENCES
};
const unsigned fast_sequences64_count = ARRAY_COUNT(fast_sequences64);
