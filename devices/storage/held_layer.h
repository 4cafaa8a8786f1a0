#ifndef ORRERY_STORAGE_HELD_LAYER_H
#define ORRERY_STORAGE_HELD_LAYER_H
/* Writes of a mirrored machine that wait in memory: in the first until the second has come as far, in the second for the day when the first is gone.
 *                                                                                           doc: migration */
#include "devices/storage/image_layer.h"

enum { HELD_MOST = 64 << 20 };           /* bytes; more is let go of as a flush does it */

struct held_wires {
    void *context;
    u64 (*tick)(void *context);          /* now */
    /* Everything up to now is to reach the layers below, of this disk and all others: held_layer_write.  NULL: never from here. */
    bool (*let_through)(void *context, struct error *err);
};

/* Over `below`, which belongs to it from now on.  The wires outlive it.  NULL: no memory. */
struct image_layer *held_layer_create(struct image_layer *below, const char *name, const struct held_wires *wires);
/* Takes it off again; `below` is given back, and what was still held is lost. */
struct image_layer *held_layer_remove(struct image_layer *layer);

/* Blocks whose last write was at this tick or before: they go to the layer below, and are held no more.  False: err says what failed; they stay. */
bool held_layer_write(struct image_layer *layer, u64 tick, struct error *err);
/* Somebody else has written them to the file. */
bool held_layer_drop(struct image_layer *layer, u64 tick, struct error *err);
u64 held_layer_bytes(struct image_layer *layer);

#endif
