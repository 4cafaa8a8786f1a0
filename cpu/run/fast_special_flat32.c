/* Loads and stores of flat 32-bit addresses without an index, by register. */
#define FLAT 32
#define INDEXED 0
#include "cpu/run/fast_special_words.h"
#define SPECIAL_ROWS 8
#define ROW_OF load
#define ROW_FORMS ROW_BOTH(SPECIAL_LOADS) SPECIAL_STACK(ROW_ENTRY, 32)
#include "cpu/run/fast_special_rows.h"
#undef ROW_OF
#undef ROW_FORMS
#undef SLOT_OF_d
#define SLOT_OF_d rec->d
#define ROW_OF store
#define ROW_FORMS ROW_BOTH(SPECIAL_STORES)
#define SPECIAL_IS_SOURCE
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_load32[16] = {
    row_load0, row_load1, row_load2, row_load3, row_load4, row_load5, row_load6, row_load7,
};
const void *const *const fast_special_store32[16] = {
    row_store0, row_store1, row_store2, row_store3, row_store4, row_store5, row_store6, row_store7,
};
