#ifndef ORRERY_RUN_SHIFT_H
#define ORRERY_RUN_SHIFT_H
/* Shifts and rotates with their flags: shift_SHL_8 .. shift_SHRD_64.
 * Each takes the value and the unmasked count; false when the masked count is 0: nothing changes then, flags included. */
#include "cpu/run/undefined.h"

#define SHIFT_W 8
#include "cpu/run/shift_width.inc"
#undef SHIFT_W
#define SHIFT_W 16
#include "cpu/run/shift_width.inc"
#undef SHIFT_W
#define SHIFT_W 32
#include "cpu/run/shift_width.inc"
#undef SHIFT_W
#define SHIFT_W 64
#include "cpu/run/shift_width.inc"
#undef SHIFT_W

#endif
