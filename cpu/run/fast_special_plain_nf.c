/* Forms without memory whose flags nobody sees, by destination. */
#define FLAT 64
#define INDEXED 0
#define WITHOUT_FLAGS
#include "cpu/run/fast_special_words.h"
#define ROW_OF plain_nf
#define ROW_FORMS ROW_BOTH(SPECIAL_SETTERS)
#define SPECIAL_ROWS 16
#include "cpu/run/fast_special_rows.h"
const void *const *const fast_special_plain_nf[16] = {
    row_plain_nf0, row_plain_nf1, row_plain_nf2, row_plain_nf3, row_plain_nf4, row_plain_nf5, row_plain_nf6, row_plain_nf7, row_plain_nf8, row_plain_nf9, row_plain_nf10, row_plain_nf11, row_plain_nf12, row_plain_nf13, row_plain_nf14, row_plain_nf15,
};
