/* Memory at flat 32-bit addresses with an index, by its scale. */
#define FLAT 32
#define INDEXED 1
#define SPECIAL_IS_SCALE
#include "cpu/run/fast_special_words.h"
#define ROW_OF scale
#define ROW_FORMS SPECIAL_MEMORY_BYTES(ROW_ENTRY, 8) SPECIAL_MEMORY_SETTERS(ROW_ENTRY, 8) ROW_BOTH(SPECIAL_MEMORY_SETTERS) ROW_BOTH(SPECIAL_MEMORY)
#define SPECIAL_ROWS 4
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_flat32x[4] = { row_scale0, row_scale1, row_scale2, row_scale3 };
