/* One row of a table of fast_special.h: the handlers whose register or scale is N.  Included by fast_special_rows.h; ROW_OF names the table,
 * SPECIAL_IS_SCALE, SPECIAL_IS_SOURCE or nothing says what N is. */
#define KIND CAT(ROW_OF, N)
#if defined(SPECIAL_IS_SCALE)
#undef SCALE
#define SCALE N
#elif defined(SPECIAL_IS_SOURCE)
#undef SLOT_OF_s
#define SLOT_OF_s (N * 8)
#else
#undef SLOT_OF_d
#define SLOT_OF_d (N * 8)
#endif

#if defined(SPECIAL_IS_SCALE)
#define W 8
#include "cpu/ops/arith.inc"
#ifndef WITHOUT_FLAGS
#include "cpu/ops/move.inc"
#endif
#undef W
#endif
#define W 32
#include "cpu/run/fast_special_width.h"
#undef W
#if FLAT == 64
#define W 64
#include "cpu/run/fast_special_width.h"
#undef W
#endif
static const void *const CAT(row_, KIND)[SPECIALS] = { ROW_FORMS };
#undef KIND
