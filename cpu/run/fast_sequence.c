#include "cpu/base/allocated.h"
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

enum { INDEX_BITS = 13, INDEX_SLOTS = 1 << INDEX_BITS, MOST_SEQUENCES = INDEX_SLOTS };

/* The sequences of 32-bit or 64-bit code: those of the same steps one after the other, as they stand in their table. */
struct side {
    const struct sequence *sequences;
    u16 first[INDEX_SLOTS], next[MOST_SEQUENCES];       /* numbers from 1 on */
};
struct sequence_index {
    struct side of32, of64;
};

/* A byte a step. */
static u64 key_of_row(const struct sequence *row)
{
    u64 key = 0;

    for (unsigned i = 0; i < SEQUENCE_STEPS; i++) key |= (u64)row->step[i].of << 8 * i;
    return key;
}

static unsigned slot_of(u64 key) { return (unsigned)(key * 0x9e3779b97f4a7c15u >> (64 - INDEX_BITS)); }

static void enter(struct side *side, const struct sequence *sequences, unsigned count)
{
    assert(count < MOST_SEQUENCES);
    side->sequences = sequences;
    for (unsigned i = 0; i < count; i++) {
        u16 *at = &side->first[slot_of(key_of_row(&sequences[i]))];
        while (*at) at = &side->next[*at - 1];
        *at = (u16)(i + 1);
    }
}

struct sequence_index *sequence_index_create(void)
{
    struct sequence_index *index = allocated(calloc(1, sizeof *index));

    enter(&index->of32, fast_sequences32, fast_sequences32_count);
    enter(&index->of64, fast_sequences64, fast_sequences64_count);
    return index;
}

void sequence_index_destroy(struct sequence_index *index) { free(index); }

/* A record of the trace that is joined, and the least number of handlers from it to the end. */
struct place {
    struct record *record;
    unsigned step, handlers;
};

/* Whether the records' slots are what the row's letters say. */
static bool spells(const struct sequence *row, const struct place *at, unsigned steps)
{
    u8 letters['z' - 'a' + 1];

    for (unsigned i = 0; i < steps; i++) {
        const struct record *r = at[i].record;
        const u8 slots[STEP_SLOTS] = { r->d, r->s, r->b, r->x };
        for (unsigned k = 0; k < STEP_SLOTS; k++) {
            char letter = row->step[i].slots[k];
            if (letter >= 'A' && letter <= 'Z') letters[letter - 'A'] = slots[k];
            else if (letter >= 'a' && letters[letter - 'a'] != slots[k]) return false;
        }
    }
    return true;
}

/* The handler of the records that stand here, whose steps' key this is; NULL where there is none. */
static const void *sequence_at(const struct side *side, const struct place *at, unsigned steps, u64 key)
{
    for (unsigned n = side->first[slot_of(key)]; n; n = side->next[n - 1]) {
        const struct sequence *row = &side->sequences[n - 1];
        if (key_of_row(row) == key && spells(row, at, steps)) return row->fast;
    }
    return NULL;
}

/* --- the fewest handlers --- */

/* From the trace's end: the least number of handlers from each record on. */
void fast_join(const struct sequence_index *index, struct record *first, const struct record *end, u32 mode)
{
    const struct side *side = mode & MODE_LONG64 ? &index->of64 : &index->of32;
    struct place at[TRACE_MAX_INSTRUCTIONS + SEQUENCE_STEPS];
    unsigned count = 0;

    if (!(mode & MODE_LONG64) && !fast_flat32_code(mode)) return;
    for (struct record *r = first; r < end; r++) {
        if (r->h == OP_LINK) continue;
        at[count].record = r;
        at[count++].step = step_of(r, mode);
    }
    for (unsigned i = 0; i < SEQUENCE_STEPS; i++) at[count + i].step = at[count + i].handlers = 0;
    for (unsigned i = count; i-- > 0;) {
        u64 key = at[i].step;
        at[i].handlers = 1 + at[i + 1].handlers;
        for (unsigned steps = 2; at[i].step && steps <= SEQUENCE_STEPS && at[i + steps - 1].step; steps++) {
            const void *handler;
            key |= (u64)at[i + steps - 1].step << 8 * (steps - 1);
            if (1 + at[i + steps].handlers >= at[i].handlers || !(handler = sequence_at(side, &at[i], steps, key))) continue;
            at[i].record->fast = handler;
            at[i].handlers = 1 + at[i + steps].handlers;
        }
    }
}
