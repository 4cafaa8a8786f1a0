/* A tree by LBA: five levels of 256 branches over leaves of eight sectors.              doc: disk-images
 * The order of a walk is that of the sectors, whatever the order of writing: so the state hash does not see it. */
#include "devices/storage/memory_layer.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = 5, BRANCH_BITS = 8, BRANCHES = 1 << BRANCH_BITS, LEAF_BITS = 3, LEAF_SECTORS = 1 << LEAF_BITS };

struct leaf {
    u8 held;                             /* bit n: sector n of the leaf was written */
    u8 bytes[LEAF_SECTORS][SECTOR_BYTES];
};

struct branch {
    void *below[BRANCHES];               /* branches; leaves under the last level */
};

struct memory_layer {
    struct image_layer layer;
    struct branch root;
    u64 limit, bytes;
    char *name;                          /* of the disk, for messages */
};

static struct memory_layer *of(struct image_layer *layer) { return (struct memory_layer *)layer; }

static void free_branch(struct branch *branch, unsigned level)
{
    for (unsigned i = 0; i < BRANCHES; i++) {
        if (level && branch->below[i]) free_branch(branch->below[i], level - 1);
        free(branch->below[i]);
    }
}

static void memory_close(struct image_layer *layer)
{
    free_branch(&of(layer)->root, LEVELS - 1);
    free(of(layer)->name);
    free(layer);
}

void memory_layer_limit(struct image_layer *layer, u64 limit_bytes) { of(layer)->limit = limit_bytes; }
u64 memory_layer_bytes(struct image_layer *layer) { return of(layer)->bytes; }

static unsigned branch_of(u64 lba, unsigned level)
{
    return lba >> (LEAF_BITS + level * BRANCH_BITS) & (BRANCHES - 1);
}

/* The 512 bytes of a sector that was put, or NULL. */
static const u8 *get(const struct memory_layer *m, u64 lba)
{
    const void *at = &m->root;
    unsigned n = lba & (LEAF_SECTORS - 1);

    for (unsigned level = LEVELS; level-- && at;)
        at = ((const struct branch *)at)->below[branch_of(lba, level)];
    const struct leaf *leaf = at;
    return leaf && leaf->held >> n & 1 ? leaf->bytes[n] : NULL;
}

static void *grow(struct memory_layer *m, size_t size)
{
    if (m->bytes + size > m->limit) return NULL;
    void *block = calloc(1, size);
    if (block) m->bytes += size;
    return block;
}

/* False when it would outgrow its limit, or memory is short: nothing is changed then. */
static bool put(struct memory_layer *m, u64 lba, const u8 *bytes)
{
    void *at = &m->root;
    unsigned n = lba & (LEAF_SECTORS - 1);

    for (unsigned level = LEVELS; level--;) {
        void **below = &((struct branch *)at)->below[branch_of(lba, level)];
        if (!*below) *below = grow(m, level ? sizeof(struct branch) : sizeof(struct leaf));
        if (!*below) return false;
        at = *below;
    }
    struct leaf *leaf = at;
    memcpy(leaf->bytes[n], bytes, SECTOR_BYTES);
    leaf->held |= (u8)(1 << n);
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
    m->layer = (struct image_layer){ .format = &memory_format, .below = below, .sectors = below->sectors };
    return &m->layer;
}

/* --- all of it, for the state --- */

static void walk_leaf(const struct leaf *leaf, u64 lba,
                      void (*sector)(void *context, u64 lba, const u8 *bytes), void *context)
{
    for (unsigned n = 0; n < LEAF_SECTORS; n++)
        if (leaf->held >> n & 1) sector(context, lba + n, leaf->bytes[n]);
}

static void walk(const struct branch *branch, unsigned level, u64 lba,
                 void (*sector)(void *context, u64 lba, const u8 *bytes), void *context)
{
    for (unsigned i = 0; i < BRANCHES; i++) {
        u64 first = lba + ((u64)i << (LEAF_BITS + level * BRANCH_BITS));
        if (!branch->below[i]) continue;
        if (level) walk(branch->below[i], level - 1, first, sector, context);
        else walk_leaf(branch->below[i], first, sector, context);
    }
}

void memory_layer_each(const struct image_layer *layer, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context)
{
    walk(&((const struct memory_layer *)layer)->root, LEVELS - 1, 0, sector, context);
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
