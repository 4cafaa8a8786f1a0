/* The bodies of fast_known.c for one kind. */
#define W 8
#include "cpu/ops/move.inc"
#undef W
#define W 32
#include "cpu/ops/arith.inc"
#include "cpu/ops/move.inc"
#include "cpu/ops/branch.inc"
#undef W
#define W 64
#include "cpu/ops/arith.inc"
#include "cpu/ops/move.inc"
#include "cpu/ops/branch.inc"
#undef W
