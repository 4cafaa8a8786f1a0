/* Inputs for parsers: one of a target's seeds with some changes.  doc: fuzz */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/findings.h"
#include "tests/fuzz/hostile.h"

enum { SEEDS_MOST = 64, INPUT_MOST = 1 << 20, CHANGES_MOST = 12 };

static struct { const struct fuzz_target *of; unsigned count; struct { u8 *bytes; size_t size; } seed[SEEDS_MOST]; } known;

static void take_seed(void *context, const void *bytes, size_t size)
{
    (void)context;
    if (known.count == SEEDS_MOST) return;
    known.seed[known.count].bytes = malloc(size + 1);
    known.seed[known.count].size = size;
    memcpy(known.seed[known.count++].bytes, bytes, size);
}

static void know_seeds(const struct fuzz_target *t)
{
    if (known.of == t) return;
    while (known.count) free(known.seed[--known.count].bytes);
    known.of = t;
    if (t->seeds) t->seeds(take_seed, NULL);
    if (!known.count) take_seed(NULL, "", 0);
}

struct text {
    u8 *bytes;
    size_t size;
};

/* Bytes take the place of `gone` others. */
static void replace(struct text *x, size_t at, size_t gone, const void *bytes, size_t size)
{
    if (x->size + size > INPUT_MOST) return;
    if (gone > x->size - at) gone = x->size - at;
    u8 *copy = malloc(size + 1);
    memcpy(copy, bytes, size);
    x->bytes = realloc(x->bytes, x->size + size + 1);
    memmove(x->bytes + at + size, x->bytes + at + gone, x->size - at - gone);
    memcpy(x->bytes + at, copy, size);
    x->size += size - gone;
    free(copy);
}

static size_t a_place(const struct text *x) { return x->size ? pick(pick(3) ? (u32)x->size + 1 : x->size < 512 ? (u32)x->size + 1 : 512) : 0; }

static void put_word(struct text *x, const struct fuzz_target *t)
{
    unsigned words = 0;

    while (t->words && t->words[words]) words++;
    if (!words) return;
    const char *word = t->words[pick(words)];
    replace(x, a_place(x), pick(3) ? 0 : pick(12), word, strlen(word));
}

/* A number of some width that lies where something happens. */
static void put_number(struct text *x)
{
    static const u64 numbers[] = { 0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x200, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, UINT64_MAX };
    u64 number = ONE_OF(numbers) + (pick(3) ? 0 : (u64)pick(8) - 4);
    unsigned bytes = 1u << pick(4);

    replace(x, a_place(x), bytes, &number, bytes);
}

/* A number of a header that is there, some times as large, or a power of two less or more: what else the header says of sizes no longer fits, and nothing but a comparison shows it. */
static void scale_number(struct text *x)
{
    static const unsigned many[] = { 2, 3, 16, 256, 512, 4096, 65536 };
    unsigned bytes = 1u << (1 + pick(3));
    size_t places = (x->size < 512 ? x->size : 512) / bytes, skew = x->size && pick(2), at = 0;
    u64 number = 0;

    for (unsigned tries = 0; places && tries < 16 && !number; tries++) {
        at = pick((u32)places) * bytes + skew;       /* an image's first byte says which form it is */
        if (at + bytes <= x->size) memcpy(&number, x->bytes + at, bytes);
    }
    if (!number) return;
    u64 step = 1ull << pick(8 * bytes);
    number = pick(2) ? number * ONE_OF(many) : pick(2) ? number + step : number - step;
    memcpy(x->bytes + at, &number, bytes);
}

/* A piece of this or another seed: twice, elsewhere, or gone. */
static void move_piece(struct text *x)
{
    unsigned k = pick(known.count);
    size_t from = pick((u32)known.seed[k].size + 1), size = pick(pick(4) ? 64 : 4096);

    if (size > known.seed[k].size - from) size = known.seed[k].size - from;
    replace(x, a_place(x), pick(2) ? 0 : size, known.seed[k].bytes + from, size);
}

static void change(struct text *x, const struct fuzz_target *t)
{
    size_t at = a_place(x);
    u8 byte;

    switch (pick(11)) {
    case 0: put_number(x); break;
    case 10: scale_number(x); break;
    case 1: put_word(x, t); break;
    case 2: move_piece(x); break;
    case 3: replace(x, at, pick(pick(4) ? 16 : 2048), "", 0); break;
    case 4: byte = (u8)pick(256), replace(x, at, pick(2), &byte, 1); break;
    case 5: if (pick(4) == 0) x->size = at; break;
    default: if (at < x->size) x->bytes[at] ^= (u8)(1u << pick(8)); break;
    }
}

u8 *mutated_input(const struct fuzz_target *t, u64 seed, size_t *size)
{
    know_seeds(t);
    hostile_seed(seed);
    unsigned k = pick(known.count);
    struct text x = { .bytes = malloc(known.seed[k].size + 1), .size = known.seed[k].size };

    memcpy(x.bytes, known.seed[k].bytes, x.size);
    for (unsigned changes = pick(CHANGES_MOST); changes; changes--) change(&x, t);
    *size = x.size;
    return x.bytes;
}
