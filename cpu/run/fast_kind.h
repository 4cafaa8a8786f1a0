/* The handlers of one way to memory, and their table.  Included once by each fast_*.c, which says KIND, FLAT and INDEXED; the
 * compiler drops handlers that no table names. */
#include "cpu/decode/tables.h"
#include "cpu/run/fast_units.h"
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"
#include "cpu/run/shift.h"
#include "cpu/run/vector.h"
#include "cpu/float/x87_ops.h"

#include "cpu/ops/words_fast.h"
#ifdef WITHOUT_FLAGS
#include "cpu/ops/words_without_flags.h"
#include "cpu/ops/flag_setters.inc"
#else
#include "cpu/ops/hot.inc"
#endif

#define TABLE_OF_(kind) fast_##kind
#define TABLE_OF(kind) TABLE_OF_(kind)
#define ENTRY_(name, kind) [OP_##name] = (const void *)fast_##name##_##kind,
#define ENTRY(name, kind) ENTRY_(name, kind)
#ifdef FORMS_WITHOUT_MEMORY
#define FAST_PLAIN(name, width) ENTRY(name, KIND)
#define FAST_MEMORY(name, width)
#else
#define FAST_PLAIN(name, width)
#define FAST_MEMORY(name, width) MEMORY_##width(name)
#define MEMORY_8(name) ENTRY(name, KIND)
#define MEMORY_16(name) ENTRY(name, KIND)
#define MEMORY_32(name) ENTRY(name, KIND)
#define MEMORY_ANY(name) ENTRY(name, KIND)
#if FLAT == 32
#define MEMORY_64(name)
#else
#define MEMORY_64(name) ENTRY(name, KIND)
#endif
#endif
const void *const TABLE_OF(KIND)[OP_COUNT] = {
#ifdef WITHOUT_FLAGS
#include "flag_setters_forms.h"
#else
#include "hot_forms.h"
#endif
};

#ifndef WITHOUT_FLAGS
/* The same names once more, of MMX. */
#define MMX_KIND_(kind) kind##_mmx
#define MMX_KIND(kind) MMX_KIND_(kind)
#undef OP_UNSIZED
#define OP_UNSIZED(name) static __attribute__((unused)) FAST_HANDLER HANDLER_UNSIZED(name, MMX_KIND(KIND))(FAST_PARAMETERS)
#undef ENTRY
#undef ENTRY_
#define ENTRY_(name, kind) [OP_##name - FAST_VECTOR_FIRST] = (const void *)fast_##name##_##kind,
#define MMX_ENTRY(name, kind) ENTRY_(name, kind)
#define ENTRY(name, kind) MMX_ENTRY(name, MMX_KIND(kind))
#if defined(__x86_64__)
#include "cpu/ops/fast_mmx.inc"
#endif
const void *const TABLE_OF(MMX_KIND(KIND))[FAST_VECTOR_FORMS] = {
#include "mmx_forms.h"
};
#endif
