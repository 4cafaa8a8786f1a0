/* The steps of one width; included by cpu/run/fast_sequence.h. */
#include "cpu/ops/arith.inc"
#include "cpu/ops/shift.inc"
#include "cpu/ops/move.inc"
#if W != 8
#include "cpu/ops/muldiv.inc"
#include "cpu/ops/stack.inc"
#include "cpu/ops/branch.inc"
#endif
