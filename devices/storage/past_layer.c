#include "devices/storage/past_layer.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BITS = 3, BLOCK_SECTORS = 1 << BLOCK_BITS, ALL_HELD = 0xff };
#define BLOCKS_MOST (1ull << 38)

struct past_layer {
    struct image_layer layer;
    struct page_tree before;             /* blocks as they were before their first write; none that all moments have in `written` */
    struct page_tree written;            /* blocks as they are now: at present, or in what is shown */
    struct page_tree present;            /* while the past is shown: `written` as it was left */
    bool in_past;
};

static struct past_layer *of(struct image_layer *layer) { return (struct past_layer *)layer; }

static u64 block_of(u64 lba) { return lba >> BLOCK_BITS; }

/* Sectors of a block that lie on the disk. */
static u32 sectors_of_block(const struct image_layer *layer, u64 block)
{
    u64 left = layer->sectors - (block << BLOCK_BITS);
    return left < BLOCK_SECTORS ? (u32)left : BLOCK_SECTORS;
}

static const struct page_copy *kept(const struct past_layer *p, u64 block)
{
    const struct page_copy *copy = page_tree_get(&p->written, block);
    return copy ? copy : page_tree_get(&p->before, block);
}

/* --- as a layer --- */

static u32 past_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    struct past_layer *p = of(layer);
    u32 run = BLOCK_SECTORS - (u32)(lba & (BLOCK_SECTORS - 1));

    (void)err;
    *held = p->in_past && kept(p, block_of(lba));
    if (!p->in_past) return count;
    while (run < count && (kept(p, block_of(lba + run)) != NULL) == *held) run += BLOCK_SECTORS;
    return run < count ? run : count;
}

static bool past_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    (void)err;
    for (u32 i = 0; i < count; i++) {
        const struct page_copy *block = kept(of(layer), block_of(lba + i));
        memcpy(bytes + (size_t)i * SECTOR_BYTES, block->bytes + ((lba + i) & (BLOCK_SECTORS - 1)) * SECTOR_BYTES, SECTOR_BYTES);
    }
    return true;
}

/* The block can be written to, in `written`; what was there before is in `before`. */
static struct page_copy *open_block(struct past_layer *p, u64 block, struct error *err)
{
    struct image_layer *below = p->layer.below;
    u8 bytes[TREE_PAGE_BYTES] = { 0 };

    if (!kept(p, block)) {
        if (!image_layer_read(below, block << BLOCK_BITS, sectors_of_block(&p->layer, block), bytes, err)) return NULL;
        if (!page_tree_put(&p->before, block, bytes, ALL_HELD)) goto no_memory;
    }
    const struct page_copy *there = kept(p, block);
    bool is_new = !page_tree_get(&p->written, block);
    struct page_copy *copy = page_tree_edit(&p->written, block);
    if (!copy) goto no_memory;
    if (is_new) memcpy(copy->bytes, there->bytes, sizeof copy->bytes);
    copy->held = ALL_HELD;
    return copy;
no_memory:
    fail(err, "the host has no memory to keep what the disk was before; switch time travel off (time_travel: enabled=0)");
    return NULL;
}

static bool past_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    struct past_layer *p = of(layer);

    for (u64 block = block_of(lba); block <= block_of(lba + count - 1); block++)
        if (!open_block(p, block, err)) return false;
    if (!p->in_past && !image_layer_write(layer->below, lba, count, bytes, err)) return false;
    for (u32 i = 0; i < count; i++) {
        struct page_copy *copy = open_block(p, block_of(lba + i), err);
        if (!copy) return false;
        memcpy(copy->bytes + ((lba + i) & (BLOCK_SECTORS - 1)) * SECTOR_BYTES, bytes + (size_t)i * SECTOR_BYTES, SECTOR_BYTES);
    }
    return true;
}

static bool past_flush(struct image_layer *layer, struct error *err)
{
    return of(layer)->in_past || image_layer_flush(layer->below, err);
}

static void past_close(struct image_layer *layer)
{
    struct past_layer *p = of(layer);

    page_tree_free(&p->before);
    page_tree_free(&p->written);
    page_tree_free(&p->present);
    free(p);
}

static const struct image_format through = { .name = "past", .held = past_held, .read = past_read, .write = past_write, .flush = past_flush, .close = past_close };
static const struct image_format through_kept_back = { .name = "past", .keeps_back = true, .held = past_held, .read = past_read, .write = past_write,
                                                       .flush = past_flush, .close = past_close };

/* --- moments --- */

struct image_layer *past_layer_create(struct image_layer *below, struct page_store *store)
{
    struct past_layer *p = calloc(1, sizeof *p);

    if (!p) return NULL;
    p->layer = (struct image_layer){ .format = below->format->keeps_back ? &through_kept_back : &through, .below = below, .sectors = below->sectors,
                                     .read_only = below->read_only };
    p->before = page_tree_create(store, BLOCKS_MOST);
    p->written = page_tree_create(store, BLOCKS_MOST);
    p->present = page_tree_create(store, BLOCKS_MOST);
    return &p->layer;
}

struct image_layer *past_layer_remove(struct image_layer *layer)
{
    struct image_layer *below = layer->below;

    past_layer_return(layer);
    past_close(layer);
    return below;
}

struct page_tree *past_layer_moment(struct image_layer *layer) { return &of(layer)->written; }

void past_layer_show(struct image_layer *layer, const struct page_tree *moment)
{
    struct past_layer *p = of(layer);

    if (!p->in_past) page_tree_replace(&p->present, &p->written);
    p->in_past = true;
    page_tree_replace(&p->written, moment);
}

void past_layer_return(struct image_layer *layer)
{
    struct past_layer *p = of(layer);

    if (!p->in_past) return;
    p->in_past = false;
    page_tree_replace(&p->written, &p->present);
    page_tree_free(&p->present);
}

/* --- what no moment asks for any more --- */

struct sorting {
    struct past_layer *past;
    const struct page_tree *first;
    struct page_tree *into;
    u64 count;
    bool failed;
};

static void count_one(void *context, u64 block, const struct page_copy *then, const struct page_copy *now)
{
    (void)block, (void)then, (void)now;
    ((struct sorting *)context)->count++;
}

/* Blocks that were written since the first moment: as they were at that time. */
static void keep_changed(void *context, u64 block, const struct page_copy *first, const struct page_copy *now)
{
    struct sorting *s = context;

    (void)now;
    if (first && !page_tree_put_copy(s->into, block, first)) s->failed = true;
}

static void keep_step(void *context, u64 block, const struct page_copy *from, const struct page_copy *to)
{
    struct sorting *s = context;

    (void)from;
    if (!page_tree_put_copy(s->into, block, to)) s->failed = true;
}

/* What was there before a block's first write is asked for by moments that lie before that. */
static void keep_before(void *context, u64 block, const struct page_copy *copy)
{
    struct sorting *s = context;

    if (page_tree_get(s->first, block) || !page_tree_get(&s->past->written, block)) return;
    if (!page_tree_put_copy(s->into, block, copy)) s->failed = true;
}

/* All anew, without the blocks that are the same in all moments and at present: those the layer below has.  From one moment to the next goes what differs, so that they share
 * what they shared. */
static bool sort(struct past_layer *p, struct page_tree *const *moment, unsigned count, struct page_tree *fresh, struct page_tree *before)
{
    struct sorting s = { .past = p, .into = before, .first = moment[0] };

    *before = page_tree_create(p->written.store, BLOCKS_MOST);
    page_tree_each(&p->before, keep_before, &s);
    s.into = &fresh[0];
    fresh[0] = page_tree_create(p->written.store, BLOCKS_MOST);
    page_tree_differences(moment[0], &p->written, keep_changed, &s);
    for (unsigned n = 1; n <= count; n++) {
        fresh[n] = page_tree_share(&fresh[n - 1]);
        s.into = &fresh[n];
        page_tree_differences(moment[n - 1], n < count ? moment[n] : &p->written, keep_step, &s);
    }
    return !s.failed;
}

/* A quarter of what it holds at least: most calls find little. */
static bool is_worth_it(struct past_layer *p, const struct page_tree *first)
{
    enum { LITTLE = 64 };
    struct sorting changed = { .past = p };
    u64 all = page_tree_count(&p->written);

    page_tree_differences(first, &p->written, count_one, &changed);
    u64 useless = page_tree_count(&p->before) + page_tree_count(first) - changed.count;
    return useless >= LITTLE && useless >= all / 4;
}

void past_layer_begins_at(struct image_layer *layer, struct page_tree *const *moment, unsigned count)
{
    struct past_layer *p = of(layer);
    struct page_tree before = { 0 }, *fresh;

    if (p->in_past || !is_worth_it(p, moment[0]) || !(fresh = calloc(count + 1, sizeof *fresh))) return;
    if (sort(p, moment, count, fresh, &before)) {
        for (unsigned n = 0; n <= count; n++) page_tree_replace(n < count ? moment[n] : &p->written, &fresh[n]);
        page_tree_replace(&p->before, &before);
    }
    for (unsigned n = 0; n <= count; n++) page_tree_free(&fresh[n]);
    page_tree_free(&before);
    free(fresh);
}

struct writing {
    struct past_layer *past;
    struct error *err;
    bool failed;
};

/* A block of which the layer below has something else than what is shown. */
static void write_block(void *context, u64 block, const struct page_copy *shown, const struct page_copy *present)
{
    struct writing *w = context;
    const struct page_copy *copy = shown ? shown : page_tree_get(&w->past->before, block);

    (void)present;
    if (w->failed) return;
    w->failed = !image_layer_write(w->past->layer.below, block << BLOCK_BITS, sectors_of_block(&w->past->layer, block), copy->bytes, w->err);
}

bool past_layer_take_over(struct image_layer *layer, struct error *err)
{
    struct past_layer *p = of(layer);
    struct writing w = { .past = p, .err = err };

    if (!p->in_past) return true;
    page_tree_differences(&p->written, &p->present, write_block, &w);
    if (w.failed) return false;
    p->in_past = false;
    page_tree_free(&p->present);
    return true;
}
