#ifndef ORRERY_STORAGE_IMAGE_TOOL_H
#define ORRERY_STORAGE_IMAGE_TOOL_H
/* Images made, copied and joined, whole or not at all.                                   doc: disk-images */
#include "devices/storage/image_formats.h"

/* Who hears how far it is. */
struct image_progress {
    void (*at)(void *context, u64 sectors_done, u64 sectors);
    void *context;
};

/* What is asked of a new image. */
struct image_wish {
    const struct image_kind *kind;
    const char *path;
    u64 sectors;                 /* 0: as many as what it is made of */
    const char *base;            /* of an overlay; NULL: none */
    bool force;                  /* what is at the path may be replaced */
};

bool image_create(const struct image_wish *wish, struct error *err);

/* All sectors of `from`; those past its end are zeros, those past the new end are left out. */
bool image_convert(struct image_layer *from, const struct image_wish *wish, const struct image_progress *progress, struct error *err);

/* What an overlay holds goes into its base, or a redolog into the image at `path`; then it holds nothing.  A run that was cut off can be run
 * again.  journal: the redolog, NULL for its usual name.  force: also when the image was written since. */
bool image_commit(const char *path, const char *journal, bool force, const struct image_progress *progress, struct error *err);

/* The same of two layers that were opened already: `top` lies over `base`, and holds nothing then. */
bool image_commit_layers(struct image_layer *top, struct image_layer *base, const struct image_progress *progress, struct error *err);

/* Another size for an image, in place where its form is a plain file, else by a copy that takes its name.  Only with force it becomes
 * smaller. */
bool image_resize(const char *path, u64 sectors, bool force, const struct image_progress *progress, struct error *err);

#endif
