#ifndef ORRERY_STORAGE_REDOLOG_H
#define ORRERY_STORAGE_REDOLOG_H
/* Bochs's redolog: a disk of its own (growing), or what was written over another (undoable).         doc: disk-images */
#include "devices/storage/image_formats.h"

bool redolog_growing_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err);
struct image_layer *redolog_growing_open(struct image_file *file, const struct image_source *source, struct error *err);

/* The redolog of `source` (journal, or its path with .redolog) over `base`, which belongs to the result.  One that is not there is made when
 * the access is writable; without one a read-only access is the base itself. */
struct image_layer *redolog_undoable_open(struct image_layer *base, const struct image_source *source, struct error *err);

/* Over `base`, which belongs to the result, a redolog beside source->journal that has no name and is gone at the end. */
struct image_layer *redolog_volatile_open(struct image_layer *base, const struct image_source *source, struct error *err);

/* The same redolog without its base, which is about to be written: its date is no longer asked for.  When the base was written since the
 * redolog was made, only with force. */
struct image_layer *redolog_alone(const struct image_source *source, bool force, struct error *err);

#endif
