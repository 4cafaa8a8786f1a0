/* Memory at flat 64-bit addresses with an index, by its scale, without flags. */
#define FLAT 64
#define INDEXED 1
#define WITHOUT_FLAGS
#define SPECIAL_IS_SCALE
#include "cpu/run/fast_special_words.h"
#define ROW_OF scale
#define ROW_FORMS SPECIAL_MEMORY_SETTERS(ROW_ENTRY, 8) ROW_BOTH(SPECIAL_MEMORY_SETTERS)
#define SPECIAL_ROWS 4
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_flat64x_nf[4] = { row_scale0, row_scale1, row_scale2, row_scale3 };
