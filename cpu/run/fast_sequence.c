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

enum { INDEX_SLOTS = 1 << 12, MOST_SEQUENCES = INDEX_SLOTS };

/* The sequences of 32-bit or 64-bit code: those of the same steps one after the other, as they stand in their table. */
struct side {
    const struct sequence *sequences;
    u16 first[INDEX_SLOTS], next[MOST_SEQUENCES];       /* numbers from 1 on */
};
struct sequence_index {
    struct side of32, of64;
};

static u32 key_of(unsigned a, unsigned b, unsigned c) { return a | b << 8 | c << 16; }
static u32 key_of_row(const struct sequence *row) { return key_of(row->steps[0], row->steps[1], row->steps[2]); }

static unsigned slot_of(u32 key) { return (key * 0x9e3779b1u) >> 20; }
_Static_assert(INDEX_SLOTS == 1 << (32 - 20), "a hash is as wide as the index");

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

static unsigned wires_between(const struct record *from, const struct record *to)
{
    return (to->d == from->d ? WIRE_d : 0) | (to->s == from->d ? WIRE_s : 0) | (to->b == from->d ? WIRE_b : 0) | (to->x == from->d ? WIRE_x : 0);
}

/* A record of the trace that is joined, and the least number of handlers from it to the end. */
struct place {
    struct record *record;
    unsigned step, handlers;
};

/* The handler of the records that stand here, as many as the sequence has steps; NULL where there is none. */
static const void *sequence_at(const struct side *side, const struct place *at, unsigned steps)
{
    u32 key = key_of(at[0].step, at[1].step, steps == 3 ? at[2].step : STEP_NONE);
    unsigned wires[3];

    for (unsigned n = side->first[slot_of(key)]; n; n = side->next[n - 1]) {
        const struct sequence *row = &side->sequences[n - 1];
        if (key_of_row(row) != key) continue;
        wires[FIRST_TO_SECOND] = wires_between(at[0].record, at[1].record);
        wires[SECOND_TO_THIRD] = steps == 3 ? wires_between(at[1].record, at[2].record) : 0;
        wires[FIRST_TO_THIRD] = steps == 3 ? wires_between(at[0].record, at[2].record) : 0;
        unsigned missing = 0;
        for (unsigned i = 0; i < 3; i++) missing |= row->wires[i] & ~wires[i];
        if (!missing) return row->handler;
    }
    return NULL;
}

/* --- the fewest handlers --- */

/* From the trace's end: the least number of handlers from each record on. */
void fast_join(const struct sequence_index *index, struct record *first, const struct record *end, u32 mode)
{
    const struct side *side = mode & MODE_LONG64 ? &index->of64 : &index->of32;
    struct place at[TRACE_MAX_INSTRUCTIONS + 3];
    unsigned count = 0;

    if (!(mode & MODE_LONG64) && !fast_flat32_code(mode)) return;
    for (struct record *r = first; r < end; r++) {
        if (r->h == OP_LINK) continue;
        at[count].record = r;
        at[count++].step = step_of(r, mode);
    }
    for (unsigned i = 0; i < 3; i++) at[count + i].step = at[count + i].handlers = 0;
    for (unsigned i = count; i-- > 0;) {
        at[i].handlers = 1 + at[i + 1].handlers;
        for (unsigned steps = 2; steps <= 3 && at[i].step && at[i + 1].step && at[i + steps - 1].step; steps++) {
            const void *handler;
            if (1 + at[i + steps].handlers >= at[i].handlers || !(handler = sequence_at(side, &at[i], steps))) continue;
            at[i].record->fast = handler;
            at[i].handlers = 1 + at[i + steps].handlers;
        }
    }
}
