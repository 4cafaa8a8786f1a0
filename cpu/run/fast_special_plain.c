/* Forms without memory, by destination. */
#define FLAT 64
#define INDEXED 0
#include "cpu/run/fast_special_words.h"
#define ROW_OF plain
#define ROW_FORMS ROW_BOTH(SPECIAL_PLAIN)
#define SPECIAL_ROWS 16
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_plain[16] = {
    row_plain0, row_plain1, row_plain2, row_plain3, row_plain4, row_plain5, row_plain6, row_plain7, row_plain8, row_plain9, row_plain10, row_plain11, row_plain12, row_plain13, row_plain14, row_plain15,
};
