#ifndef ORRERY_STORAGE_MEMORY_LAYER_H
#define ORRERY_STORAGE_MEMORY_LAYER_H
/* Written sectors kept in memory: sparse, bounded, walked in ascending order.           doc: disk-images */
#include "devices/storage/image_layer.h"

/* A layer over `below`, which belongs to it; `name` stands before what it has to say.  NULL: no memory. */
struct image_layer *memory_layer_create(struct image_layer *below, const char *name, u64 limit_bytes);

void memory_layer_limit(struct image_layer *layer, u64 limit_bytes);
u64 memory_layer_bytes(struct image_layer *layer);       /* memory it takes */

/* Calls back for every sector held, ascending. */
void memory_layer_each(const struct image_layer *layer, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context);

/* A disk made of `size` bytes that outlive it and are never written.  NULL: no memory, or no whole sectors. */
struct image_layer *memory_disk_open(const u8 *bytes, u64 size);

#endif
