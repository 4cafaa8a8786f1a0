/* The rows of x87 and vector instructions as one table.                                     doc: oracle
 * Left out: what estimates (RCP, RSQRT), and XSAVE's kind, whose header tells of the system. */
#include "tests/oracle/generate_wide.h"

const struct wide_row wide_rows[] = {
#define ROW(bytes, name, fsw, ...) { bytes, name, { __VA_ARGS__ }, FORM_NONE, 0, fsw },
#include "tests/oracle/wide_rows_x87.inc"
#undef ROW
#define ROW(bytes, name, vex, ...) { bytes, name, { __VA_ARGS__ }, FORM_##vex, 0, 0 },
#define FLAGS_ROW(bytes, name, vex, flags, ...) { bytes, name, { __VA_ARGS__ }, vex, flags, 0 },
#include "tests/oracle/wide_rows_vector.inc"
};
const unsigned wide_row_count = ARRAY_COUNT(wide_rows);
