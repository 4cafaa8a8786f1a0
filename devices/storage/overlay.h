#ifndef ORRERY_STORAGE_OVERLAY_H
#define ORRERY_STORAGE_OVERLAY_H
/* Our own copy-on-write layer in a file: what was written over a base that stays as it is.           doc: overlay */
#include "devices/storage/image_formats.h"

/* source->journal names the base. */
bool overlay_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err);
struct image_layer *overlay_open_file(struct image_file *file, const struct image_source *source, struct error *err);      /* without its base */
struct image_layer *overlay_open(const struct image_source *source, struct error *err);

/* The base that its header names: its path, as seen from here (to be freed), and its form.  NULL: it has none. */
char *overlay_base(struct image_layer *layer, const struct image_kind **kind);

#endif
