#include "cpu/run/fast_special.h"

static const u8 special_of[OP_COUNT] = {
#define SPECIAL_ROW(form, w) [OP_##form##_##w] = SPECIAL_##form##_##w,
    SPECIAL_MEMORY_BYTES(SPECIAL_ROW, 8) SPECIAL_MEMORY_SETTERS(SPECIAL_ROW, 8) SPECIAL_ALL(SPECIAL_ROW, 32) SPECIAL_ALL(SPECIAL_ROW, 64)
#undef SPECIAL_ROW
};
_Static_assert(SPECIALS <= 256, "columns are named by a byte");

static const void *in_row(const void *const *row, unsigned column) { return row ? row[column] : NULL; }

/* A register's slot is 8 times its number. */
const void *fast_special_of(const struct record *record, enum fast_kind kind, bool without_flags)
{
    unsigned column = special_of[record->h], d = record->d / 8 & 15, s = record->s / 8 & 15, scale = record_scale(record);
    const void *handler;

    if (!column) return NULL;
    if (fast_plain[record->h]) return in_row(without_flags ? fast_special_plain_nf[d] : fast_special_plain[d], column);
    switch (kind) {
    case FAST_FLAT32X: return in_row(without_flags ? fast_special_flat32x_nf[scale] : fast_special_flat32x[scale], column);
    case FAST_FLAT64X: return in_row(without_flags ? fast_special_flat64x_nf[scale] : fast_special_flat64x[scale], column);
    case FAST_FLAT32: handler = in_row(fast_special_load32[d], column); return handler ? handler : in_row(fast_special_store32[s], column);
    case FAST_FLAT64: handler = in_row(fast_special_load64[d], column); return handler ? handler : in_row(fast_special_store64[s], column);
    default: return NULL;
    }
}
