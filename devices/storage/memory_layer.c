/* Blocks of eight sectors in a tree.                                                        doc: disk-images
 * The order of a walk is that of the sectors, whatever the order of writing: so the state hash does not see it. */
#include "devices/storage/memory_layer.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BITS = 3, BLOCK_SECTORS = 1 << BLOCK_BITS };
#define BLOCKS_MOST (1ull << 38)         /* of the largest disk, 1 PiB */

struct memory_layer {
    struct image_layer layer;
    struct page_store store;
    struct page_tree tree;
    u64 limit, bytes;                    /* of the blocks that it holds now */
    char *name;                          /* of the disk, for messages */
};

static struct memory_layer *of(struct image_layer *layer) { return (struct memory_layer *)layer; }

static void memory_close(struct image_layer *layer)
{
    page_tree_free(&of(layer)->tree);
    free(of(layer)->name);
    free(layer);
}

void memory_layer_limit(struct image_layer *layer, u64 limit_bytes) { of(layer)->limit = limit_bytes; }
u64 memory_layer_most(struct image_layer *layer) { return of(layer)->limit; }
u64 memory_layer_bytes(struct image_layer *layer) { return of(layer)->bytes; }

/* The 512 bytes of a sector that was put, or NULL. */
static const u8 *get(const struct memory_layer *m, u64 lba)
{
    unsigned n = lba & (BLOCK_SECTORS - 1);
    const struct page_copy *block = page_tree_get(&m->tree, lba >> BLOCK_BITS);

    return block && block->held >> n & 1 ? block->bytes + n * SECTOR_BYTES : NULL;
}

/* False when it would outgrow its limit, or memory is short: nothing is changed then. */
static bool put(struct memory_layer *m, u64 lba, const u8 *bytes)
{
    unsigned n = lba & (BLOCK_SECTORS - 1);
    bool is_new = !page_tree_get(&m->tree, lba >> BLOCK_BITS);

    if (is_new && m->bytes + sizeof(struct page_copy) > m->limit) return false;
    struct page_copy *block = page_tree_edit(&m->tree, lba >> BLOCK_BITS);
    if (!block) return false;
    if (is_new) m->bytes += sizeof *block;
    memcpy(block->bytes + n * SECTOR_BYTES, bytes, SECTOR_BYTES);
    block->held |= (u8)(1 << n);
    return true;
}

static u32 memory_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    u32 run = 1;

    (void)err;
    *held = get(of(layer), lba);
    if (!of(layer)->bytes) return count;
    while (run < count && !get(of(layer), lba + run) == !*held) run++;
    return run;
}

static bool memory_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    (void)err;
    for (u32 i = 0; i < count; i++) memcpy(bytes + (size_t)i * SECTOR_BYTES, get(of(layer), lba + i), SECTOR_BYTES);
    return true;
}

static bool memory_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    for (u32 i = 0; i < count; i++)
        if (!put(of(layer), lba + i, bytes + (size_t)i * SECTOR_BYTES))
            return fail(err, "%s: writing failed: the memory for volatile writes is full; use mode=undoable, or a copy of the image with mode=flat", of(layer)->name);
    return true;
}

static const struct image_format memory_format = {
    .name = "volatile", .held = memory_held, .read = memory_read, .write = memory_write, .close = memory_close,
};

struct image_layer *memory_layer_create(struct image_layer *below, const char *name, u64 limit_bytes)
{
    struct memory_layer *m = calloc(1, sizeof *m);

    if (!m || !(m->name = strdup(name))) {
        free(m);
        return NULL;
    }
    m->limit = limit_bytes;
    m->tree = page_tree_create(&m->store, BLOCKS_MOST);
    m->layer = (struct image_layer){ .format = &memory_format, .below = below, .sectors = below->sectors };
    return &m->layer;
}

/* --- all of it, for the state --- */

struct walk {
    void (*sector)(void *context, u64 lba, const u8 *bytes);
    void *context;
};

static void walk_block(void *context, u64 page, const struct page_copy *block)
{
    const struct walk *walk = context;

    for (unsigned n = 0; n < BLOCK_SECTORS; n++)
        if (block->held >> n & 1) walk->sector(walk->context, (page << BLOCK_BITS) + n, block->bytes + n * SECTOR_BYTES);
}

void memory_layer_each(const struct image_layer *layer, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context)
{
    struct walk walk = { sector, context };
    page_tree_each(&((const struct memory_layer *)layer)->tree, walk_block, &walk);
}

u64 memory_layer_store_bytes(struct image_layer *layer) { return of(layer)->store.bytes; }
struct page_tree *memory_layer_contents(struct image_layer *layer) { return &of(layer)->tree; }

void memory_layer_replace(struct image_layer *layer, const struct page_tree *contents)
{
    page_tree_replace(&of(layer)->tree, contents);
    of(layer)->bytes = page_tree_count(contents) * sizeof(struct page_copy);
}

void memory_layer_drop(struct image_layer *layer, u64 block)
{
    if (!page_tree_get(&of(layer)->tree, block)) return;
    page_tree_drop(&of(layer)->tree, block);
    of(layer)->bytes -= sizeof(struct page_copy);
}

/* --- a block of memory as a disk --- */

struct memory_disk {
    struct image_layer layer;
    const u8 *bytes;
};

static bool disk_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    (void)err;
    memcpy(bytes, ((struct memory_disk *)layer)->bytes + lba * SECTOR_BYTES, (size_t)count * SECTOR_BYTES);
    return true;
}

static void disk_close(struct image_layer *layer) { free(layer); }

static const struct image_format disk_format = { .name = "memory", .read = disk_read, .close = disk_close };

struct image_layer *memory_disk_open(const u8 *bytes, u64 size)
{
    struct memory_disk *disk = size % SECTOR_BYTES || !size ? NULL : calloc(1, sizeof *disk);

    if (!disk) return NULL;
    disk->layer = (struct image_layer){ .format = &disk_format, .sectors = size / SECTOR_BYTES, .read_only = true };
    disk->bytes = bytes;
    return &disk->layer;
}
