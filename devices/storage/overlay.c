/* A tree by LBA: five levels of 256 branches over leaves of eight sectors.              doc: disk-images
 * The order of a walk is that of the sectors, whatever the order of writing: so the state hash does not see it. */
#include "devices/storage/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "devices/storage/disk_image.h"

enum { LEVELS = 5, BRANCH_BITS = 8, BRANCHES = 1 << BRANCH_BITS, LEAF_BITS = 3, LEAF_SECTORS = 1 << LEAF_BITS };

struct leaf {
    u8 held;                             /* bit n: sector n of the leaf was written */
    u8 bytes[LEAF_SECTORS][SECTOR_BYTES];
};

struct branch {
    void *below[BRANCHES];               /* branches; leaves under the last level */
};

struct overlay {
    struct branch root;
    u64 limit, bytes;
};

struct overlay *overlay_create(u64 limit_bytes)
{
    struct overlay *overlay = calloc(1, sizeof *overlay);
    if (overlay) overlay->limit = limit_bytes;
    return overlay;
}

static void free_branch(struct branch *branch, unsigned level)
{
    for (unsigned i = 0; i < BRANCHES; i++) {
        if (level && branch->below[i]) free_branch(branch->below[i], level - 1);
        free(branch->below[i]);
    }
}

void overlay_destroy(struct overlay *overlay)
{
    if (!overlay) return;
    free_branch(&overlay->root, LEVELS - 1);
    free(overlay);
}

void overlay_set_limit(struct overlay *overlay, u64 limit_bytes) { overlay->limit = limit_bytes; }
u64 overlay_bytes(const struct overlay *overlay) { return overlay->bytes; }

static unsigned branch_of(u64 lba, unsigned level)
{
    return lba >> (LEAF_BITS + level * BRANCH_BITS) & (BRANCHES - 1);
}

const u8 *overlay_get(const struct overlay *overlay, u64 lba)
{
    const void *at = &overlay->root;
    unsigned n = lba & (LEAF_SECTORS - 1);

    if (lba >= OVERLAY_SECTORS) return NULL;
    for (unsigned level = LEVELS; level-- && at;)
        at = ((const struct branch *)at)->below[branch_of(lba, level)];
    const struct leaf *leaf = at;
    return leaf && leaf->held >> n & 1 ? leaf->bytes[n] : NULL;
}

static void *grow(struct overlay *overlay, size_t size)
{
    if (overlay->bytes + size > overlay->limit) return NULL;
    void *block = calloc(1, size);
    if (block) overlay->bytes += size;
    return block;
}

bool overlay_put(struct overlay *overlay, u64 lba, const u8 *bytes)
{
    void *at = &overlay->root;
    unsigned n = lba & (LEAF_SECTORS - 1);

    if (lba >= OVERLAY_SECTORS) return false;
    for (unsigned level = LEVELS; level--;) {
        void **below = &((struct branch *)at)->below[branch_of(lba, level)];
        if (!*below) *below = grow(overlay, level ? sizeof(struct branch) : sizeof(struct leaf));
        if (!*below) return false;
        at = *below;
    }
    struct leaf *leaf = at;
    memcpy(leaf->bytes[n], bytes, SECTOR_BYTES);
    leaf->held |= (u8)(1 << n);
    return true;
}

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

void overlay_each(const struct overlay *overlay, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context)
{
    walk(&overlay->root, LEVELS - 1, 0, sector, context);
}
