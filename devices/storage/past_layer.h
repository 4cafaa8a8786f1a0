#ifndef ORRERY_STORAGE_PAST_LAYER_H
#define ORRERY_STORAGE_PAST_LAYER_H
/* An image that is written through, and can be seen as it was.                              doc: time-travel
 * At present what is written goes to the layer below, and the past keeps what was there before.  In the past the layer below is left
 * as it is: what is read comes from what was kept, what is written stays in memory. */
#include "cpu/base/page_tree.h"
#include "devices/storage/image_layer.h"

/* Over `below`, which belongs to it from now on.  NULL: no memory. */
struct image_layer *past_layer_create(struct image_layer *below, struct page_store *store);
/* Takes it off again, at present; `below` is given back. */
struct image_layer *past_layer_remove(struct image_layer *layer);

/* What was written up to now, since the layer is there. */
struct page_tree *past_layer_moment(struct image_layer *layer);
/* Shows what was there at a moment; its contents are shared. */
void past_layer_show(struct image_layer *layer, const struct page_tree *moment);
/* The layer below again, which is as it was left.  What was written in the past is forgotten. */
void past_layer_return(struct image_layer *layer);
/* What is shown becomes the present: the layer below is written.  False: err says what failed; what is shown stays shown. */
bool past_layer_take_over(struct image_layer *layer, struct error *err);

/* The past begins at the first of `count` moments of the layer from now on, which are all that there are, ascending: memory for what was before, and for blocks that are the same in
 * all of them, is given back.  At present. */
void past_layer_begins_at(struct image_layer *layer, struct page_tree *const *moment, unsigned count);

#endif
