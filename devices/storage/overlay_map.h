#ifndef ORRERY_STORAGE_OVERLAY_MAP_H
#define ORRERY_STORAGE_OVERLAY_MAP_H
/* The map of an overlay: for each cluster, which of its sectors are held, and where.     doc: overlay
 *
 * An entry is two slots of 32 bytes; a change goes into the one that is not in force, so that a write that is cut anywhere leaves the
 * other.   0 held, a bit a sector   8 place   12 epoch   16 turn   20 0   28 CRC-32C of the 28 bytes before it and the entry's number */
#include "devices/storage/image_file.h"

enum { CLUSTER_SECTORS = 64, OVERLAY_SLOT_BYTES = 32, OVERLAY_ENTRY_BYTES = 64 };

#ifdef HARD
enum { OVERLAY_PENDING_MOST = 2 };
#else
enum { OVERLAY_PENDING_MOST = 64 };      /* entries that may wait before the overlay flushes of its own accord */
#endif

struct overlay_entry {
    u64 held;                            /* bit n: sector n of the cluster is here; 0: nothing is, and place means nothing */
    u32 place, turn;
    u8 slot;                             /* in force in the file; the next change goes into the other */
    bool pending;                        /* newer than what the file has */
};

struct overlay_map {
    struct image_file *file;
    u64 at, entries;
    u32 epoch;                           /* slots of another one mean nothing */
    struct overlay_entry **page;         /* read when they are first asked for */
    u64 pending[OVERLAY_PENDING_MOST];
    unsigned pending_count;
};

bool overlay_map_init(struct overlay_map *map, struct image_file *file, u64 at, u64 entries, u32 epoch);        /* false: no memory */
void overlay_map_free(struct overlay_map *map);
void overlay_map_forget(struct overlay_map *map);        /* what was read, and what waits: the epoch is another one */

struct overlay_entry *overlay_map_at(struct overlay_map *map, u64 n, struct error *err);       /* NULL: it cannot be read */
/* The entry has changed.  There is room for one more as long as overlay_map_full says no. */
void overlay_map_changed(struct overlay_map *map, u64 n, struct overlay_entry *entry);
bool overlay_map_full(const struct overlay_map *map);
/* Writes what waits; it counts when the file is safe, and overlay_map_written was called. */
bool overlay_map_write(struct overlay_map *map, struct error *err);
void overlay_map_written(struct overlay_map *map);

/* Neither slot makes sense, and no cut can have left it so. */
bool overlay_map_damaged(struct overlay_map *map, u64 n);

#endif
