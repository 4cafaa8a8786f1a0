/* The steps of one kind, of every width; included by cpu/run/fast_sequence.h. */
#define W 8
#include "cpu/run/fast_sequence_width.h"
#undef W
#define W 16
#include "cpu/run/fast_sequence_width.h"
#undef W
#define W 32
#include "cpu/run/fast_sequence_width.h"
#undef W
#if CODE == 64
#define W 64
#include "cpu/run/fast_sequence_width.h"
#undef W
#endif
