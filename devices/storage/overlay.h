#ifndef ORRERY_STORAGE_OVERLAY_H
#define ORRERY_STORAGE_OVERLAY_H
/* Written sectors kept in memory: sparse, bounded, walked in ascending order.           doc: disk-images */
#include "cpu/base/types.h"

/* Sectors at and above this cannot be held; images are smaller (1 PiB). */
#define OVERLAY_SECTORS (1ull << 41)

struct overlay;

struct overlay *overlay_create(u64 limit_bytes);         /* NULL: no memory */
void overlay_destroy(struct overlay *overlay);
void overlay_set_limit(struct overlay *overlay, u64 limit_bytes);
u64 overlay_bytes(const struct overlay *overlay);        /* memory it takes */

/* The 512 bytes of a sector that was put, or NULL. */
const u8 *overlay_get(const struct overlay *overlay, u64 lba);

/* False when it would outgrow its limit, or memory is short: nothing is changed then. */
bool overlay_put(struct overlay *overlay, u64 lba, const u8 *bytes);

/* Calls back for every sector held, ascending. */
void overlay_each(const struct overlay *overlay, void (*sector)(void *context, u64 lba, const u8 *bytes), void *context);

#endif
