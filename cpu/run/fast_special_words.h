/* What every fast_special_*.c needs. */
#include "cpu/run/fast_special.h"
#include "cpu/run/fast_units.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"

#include "cpu/ops/words_fast.h"
#ifdef WITHOUT_FLAGS
#include "cpu/ops/words_without_flags.h"
#endif
#define ROW_ENTRY(form, w) [SPECIAL_##form##_##w] = (const void *)HANDLER(form, w, KIND),
#if FLAT == 64
#define ROW_BOTH(GROUP) GROUP(ROW_ENTRY, 32) GROUP(ROW_ENTRY, 64)
#else
#define ROW_BOTH(GROUP) GROUP(ROW_ENTRY, 32)
#endif
