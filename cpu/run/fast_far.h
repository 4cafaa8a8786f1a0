/* Direct branches to another page.  Included by fast_far32.c and fast_far64.c.
 * doc: fast */
#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"
#include "cpu/ops/words_fast.h"
#include "cpu/ops/conditions.h"

#undef LINKED
#define LINKED FAR_LINKED
#define INDEXED 0
#define W FLAT
#include "cpu/ops/branch.inc"

#define FAR_ENTRY(form) [CAT(CAT(OP_##form##_J, _), W)] = (const void *)HANDLER(form##_J, W, KIND),
#define FAR_CONDITION(cc, condition) FAR_ENTRY(J##cc)
