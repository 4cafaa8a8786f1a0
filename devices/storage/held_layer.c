#include "devices/storage/held_layer.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/memory_layer.h"

enum { BLOCK_BITS = 3, BLOCK_SECTORS = 1 << BLOCK_BITS, TICKS_A_PAGE = TREE_PAGE_BYTES / 8, ALL_HELD = 0xff };
#define BLOCKS_MOST (1ull << 38)
#define SECOND_MOST (1ull << 30)         /* of whoever never lets go: the limit of all volatile writes */

struct held_layer {
    struct image_layer layer;
    struct image_layer *memory;          /* a memory_layer: what is held; its below is ours */
    struct page_store store;
    struct page_tree ticks;              /* of each block's last write, eight bytes a block */
    const struct held_wires *wires;
};

static struct held_layer *of(struct image_layer *layer) { return (struct held_layer *)layer; }

/* --- ticks of blocks --- */

static u64 tick_of(const struct held_layer *h, u64 block)
{
    const struct page_copy *page = page_tree_get(&h->ticks, block / TICKS_A_PAGE);
    return page ? get64(page->bytes + 8 * (block % TICKS_A_PAGE)) : 0;
}

static bool note_tick(struct held_layer *h, u64 block, u64 tick)
{
    struct page_copy *page = page_tree_edit(&h->ticks, block / TICKS_A_PAGE);

    if (!page) return false;
    page->held = ALL_HELD;
    put64(page->bytes + 8 * (block % TICKS_A_PAGE), tick);
    return true;
}

/* --- as a layer --- */

static u32 held_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    struct image_layer *memory = of(layer)->memory;
    return memory->format->held(memory, lba, count, held, err);
}

static bool held_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    struct image_layer *memory = of(layer)->memory;
    return memory->format->read(memory, lba, count, bytes, err);
}

static bool held_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    struct held_layer *h = of(layer);
    u64 tick = h->wires->tick(h->wires->context);

    if (h->wires->let_through && held_layer_bytes(layer) > HELD_MOST && !h->wires->let_through(h->wires->context, err)) return false;
    if (!h->memory->format->write(h->memory, lba, count, bytes, err)) return false;
    for (u64 block = lba >> BLOCK_BITS; block <= (lba + count - 1) >> BLOCK_BITS; block++)
        if (!note_tick(h, block, tick)) return fail(err, "the host has no memory to hold what is written to a mirrored disk");
    return true;
}

/* The second's disk is the first's: what it flushes is held. */
static bool held_flush(struct image_layer *layer, struct error *err)
{
    struct held_layer *h = of(layer);

    if (!h->wires->let_through) return true;
    return h->wires->let_through(h->wires->context, err) && image_layer_flush(layer->below, err);
}

static void held_close(struct image_layer *layer)
{
    struct held_layer *h = of(layer);

    h->memory->below = NULL;             /* closed with this layer, by whoever closes it */
    image_layer_close(h->memory);
    page_tree_free(&h->ticks);
    free(h);
}

static const struct image_format held_format = { .name = "held", .held = held_held, .read = held_read, .write = held_write, .flush = held_flush, .close = held_close };

struct image_layer *held_layer_create(struct image_layer *below, const char *name, const struct held_wires *wires)
{
    struct held_layer *h = calloc(1, sizeof *h);

    if (!h || !(h->memory = memory_layer_create(below, name, SECOND_MOST))) {
        free(h);
        return NULL;
    }
    h->ticks = page_tree_create(&h->store, BLOCKS_MOST / TICKS_A_PAGE);
    h->wires = wires;
    h->layer = (struct image_layer){ .format = &held_format, .below = below, .sectors = below->sectors, .read_only = below->read_only };
    return &h->layer;
}

struct image_layer *held_layer_remove(struct image_layer *layer)
{
    struct image_layer *below = layer->below;

    held_close(layer);
    return below;
}

/* --- letting go --- */

struct going {
    struct held_layer *held;
    u64 tick;
    u64 *block;
    size_t count, room;
    bool failed;
};

static void choose(void *context, u64 block, const struct page_copy *copy)
{
    struct going *g = context;

    (void)copy;
    if (g->failed || tick_of(g->held, block) > g->tick) return;
    if (g->count == g->room) {
        size_t room = g->room ? 2 * g->room : 64;
        u64 *more = realloc(g->block, room * sizeof *more);
        g->failed = !more;
        if (!more) return;
        g->block = more;
        g->room = room;
    }
    g->block[g->count++] = block;
}

/* The sectors of a block that are held, in runs. */
static bool write_block(struct held_layer *h, u64 block, struct error *err)
{
    const struct page_copy *copy = page_tree_get(memory_layer_contents(h->memory), block);

    for (u32 first = 0, n; first < BLOCK_SECTORS; first += n) {
        for (n = 0; first + n < BLOCK_SECTORS && copy->held >> (first + n) & 1; n++) { }
        if (n && !image_layer_write(h->layer.below, (block << BLOCK_BITS) + first, n, copy->bytes + first * SECTOR_BYTES, err)) return false;
        n += !n;
    }
    return true;
}

static bool let_go(struct image_layer *layer, u64 tick, bool write, struct error *err)
{
    struct going g = { .held = of(layer), .tick = tick };
    bool ok = true;

    page_tree_each(memory_layer_contents(g.held->memory), choose, &g);
    if (g.failed) ok = fail(err, "the host has no memory to let go of what is held");
    for (size_t i = 0; ok && i < g.count; i++) {
        ok = !write || write_block(g.held, g.block[i], err);
        if (ok) memory_layer_drop(g.held->memory, g.block[i]);
    }
    free(g.block);
    return ok;
}

bool held_layer_write(struct image_layer *layer, u64 tick, struct error *err) { return let_go(layer, tick, true, err); }

bool held_layer_drop(struct image_layer *layer, u64 tick, struct error *err)
{
    return (!layer->below->file || image_file_find_size(layer->below->file, err)) && let_go(layer, tick, false, err);
}

u64 held_layer_bytes(struct image_layer *layer) { return memory_layer_bytes(of(layer)->memory); }
