/* Loads and stores of flat 64-bit addresses without an index, by register. */
#define FLAT 64
#define INDEXED 0
#include "cpu/run/fast_special_words.h"
#define SPECIAL_ROWS 16
#define ROW_OF load
#define ROW_FORMS ROW_BOTH(SPECIAL_LOADS) SPECIAL_STACK(ROW_ENTRY, 64)
#include "cpu/run/fast_special_rows.h"
#undef ROW_OF
#undef ROW_FORMS
#undef SLOT_OF_d
#define SLOT_OF_d rec->d
#define ROW_OF store
#define ROW_FORMS ROW_BOTH(SPECIAL_STORES)
#define SPECIAL_IS_SOURCE
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_load64[16] = {
    row_load0, row_load1, row_load2, row_load3, row_load4, row_load5, row_load6, row_load7, row_load8, row_load9, row_load10, row_load11, row_load12, row_load13, row_load14, row_load15,
};
const void *const *const fast_special_store64[16] = {
    row_store0, row_store1, row_store2, row_store3, row_store4, row_store5, row_store6, row_store7, row_store8, row_store9, row_store10, row_store11, row_store12, row_store13, row_store14, row_store15,
};
