#include "cpu/run/fast_sequences.h"

#include <assert.h>
#include <stdlib.h>

#include "cpu/run/mode.h"

/* --- classes --- */

enum { KIND_plain, KIND_quiet, KIND_memory, KIND_indexed, KIND_far, STEP_KINDS };
static const u8 class_of[STEP_KINDS][OP_COUNT] = {
#define STEP(form, w, kind) [KIND_##kind][OP_##form##_##w] = STEP_##form##_##w##_##kind,
#include "cpu/run/sequence_steps.inc"
#undef STEP
};

/* A slot that is always 0 serves as index. */
static unsigned memory_class(const struct record *record, enum fast_kind kind)
{
    bool indexed = kind == FAST_FLAT32X || kind == FAST_FLAT64X;
    unsigned without = indexed ? STEP_NONE : class_of[KIND_memory][record->h];

    if (kind == FAST_BASED64 || kind == FAST_SEGMENT) return STEP_NONE;
    return without ? without : class_of[KIND_indexed][record->h];
}

static unsigned step_of(const struct record *record, u32 mode)
{
    if (record->fast == (const void *)fast_slow) return STEP_NONE;
    if (record->fast == fast_of_far(record, mode)) return class_of[KIND_far][record->h];
    if (!fast_plain[record->h]) return memory_class(record, fast_kind_of(record, mode));
    unsigned quiet = class_of[KIND_quiet][record->h];
    if (quiet && record->fast == fast_of_without_flags(record, mode)) return quiet;
    return class_of[KIND_plain][record->h];
}

/* --- sequences by their steps --- */

enum { INDEX_SLOTS = 4096 };
struct sequence_index {
    u32 key32[INDEX_SLOTS], key64[INDEX_SLOTS];
    const void *handler32[INDEX_SLOTS], *handler64[INDEX_SLOTS];
};

static u32 key_of(unsigned a, unsigned b, unsigned c) { return a | b << 8 | c << 16; }

static unsigned slot_of(u32 key) { return (key * 0x9e3779b1u) >> 20; }
_Static_assert(INDEX_SLOTS == 1 << (32 - 20), "a hash is as wide as the index");

static void enter(u32 *keys, const void **handlers, const struct sequence *sequences, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        u32 key = key_of(sequences[i].steps[0], sequences[i].steps[1], sequences[i].steps[2]);
        unsigned slot = slot_of(key);
        while (keys[slot]) slot = (slot + 1) % INDEX_SLOTS;
        keys[slot] = key;
        handlers[slot] = sequences[i].handler;
    }
}

struct sequence_index *sequence_index_create(void)
{
    struct sequence_index *index = calloc(1, sizeof *index);

    assert(fast_sequences32_count < INDEX_SLOTS / 2 && fast_sequences64_count < INDEX_SLOTS / 2);
    enter(index->key32, index->handler32, fast_sequences32, fast_sequences32_count);
    enter(index->key64, index->handler64, fast_sequences64, fast_sequences64_count);
    return index;
}

void sequence_index_destroy(struct sequence_index *index) { free(index); }

static const void *find(const u32 *keys, const void *const *handlers, u32 key)
{
    for (unsigned slot = slot_of(key); keys[slot]; slot = (slot + 1) % INDEX_SLOTS)
        if (keys[slot] == key) return handlers[slot];
    return NULL;
}

/* --- the fewest handlers --- */

/* From the trace's end: the least number of handlers from each record on. */
void fast_join(const struct sequence_index *index, struct record *first, const struct record *end, u32 mode)
{
    bool long64 = mode & MODE_LONG64;
    const u32 *keys = long64 ? index->key64 : index->key32;
    const void *const *handlers = long64 ? index->handler64 : index->handler32;
    struct { struct record *record; unsigned step, handlers; } at[TRACE_MAX_INSTRUCTIONS + 3];
    unsigned count = 0;

    if (!long64 && !fast_flat32_code(mode)) return;
    for (struct record *r = first; r < end; r++) {
        if (r->h == OP_LINK) continue;
        at[count].record = r;
        at[count++].step = step_of(r, mode);
    }
    for (unsigned i = 0; i < 3; i++) at[count + i].step = at[count + i].handlers = 0;
    for (unsigned i = count; i-- > 0;) {
        unsigned a = at[i].step, b = at[i + 1].step, c = at[i + 2].step;
        const void *handler;
        at[i].handlers = 1 + at[i + 1].handlers;
        if (!a || !b) continue;
        if (1 + at[i + 2].handlers < at[i].handlers && (handler = find(keys, handlers, key_of(a, b, STEP_NONE)))) {
            at[i].record->fast = handler;
            at[i].handlers = 1 + at[i + 2].handlers;
        }
        if (c && 1 + at[i + 3].handlers < at[i].handlers && (handler = find(keys, handlers, key_of(a, b, c)))) {
            at[i].record->fast = handler;
            at[i].handlers = 1 + at[i + 3].handlers;
        }
    }
}
