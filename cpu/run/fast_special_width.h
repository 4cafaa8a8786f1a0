/* The bodies of one width of fast_special_row.h. */
#include "cpu/ops/arith.inc"
#include "cpu/ops/shift.inc"
#ifndef WITHOUT_FLAGS
#include "cpu/ops/move.inc"
#include "cpu/ops/stack.inc"
#endif
