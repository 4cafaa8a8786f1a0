#ifndef ORRERY_STORAGE_MEMORY_LAYER_H
#define ORRERY_STORAGE_MEMORY_LAYER_H
/* Written sectors kept in memory: sparse, bounded, walked in ascending order.           doc: disk-images */
#include "cpu/base/page_tree.h"
#include "devices/storage/image_layer.h"

/* A layer over `below`, which belongs to it; `name` stands before what it has to say.  NULL: no memory. */
struct image_layer *memory_layer_create(struct image_layer *below, const char *name, u64 limit_bytes);

void memory_layer_limit(struct image_layer *layer, u64 limit_bytes);
u64 memory_layer_most(struct image_layer *layer);
u64 memory_layer_bytes(struct image_layer *layer);       /* memory it takes */

/* Calls back for every sector held, ascending. */
void memory_layer_each(const struct image_layer *layer, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context);

u64 memory_layer_store_bytes(struct image_layer *layer); /* with what others share of earlier contents */
/* All that it holds, by blocks of eight sectors: to be shared with whoever wants to keep it, and to be given back what it was. */
struct page_tree *memory_layer_contents(struct image_layer *layer);
void memory_layer_replace(struct image_layer *layer, const struct page_tree *contents);

void memory_layer_drop(struct image_layer *layer, u64 block);             /* of eight sectors: it holds it no more */

/* A disk made of `size` bytes that outlive it and are never written.  NULL: no memory, or no whole sectors. */
struct image_layer *memory_disk_open(const u8 *bytes, u64 size);

#endif
