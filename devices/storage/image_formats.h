#ifndef ORRERY_STORAGE_IMAGE_FORMATS_H
#define ORRERY_STORAGE_IMAGE_FORMATS_H
/* The forms that images have, a file each.                                               doc: disk-images */
#include "devices/machine_config.h"
#include "devices/storage/image_heritage.h"
#include "devices/storage/image_layer.h"

/* What a configuration or a command line says of an image. */
struct image_source {
    const char *path;            /* of the image, or of the folder of mode=vvfat */
    const char *what;            /* the setting that names it, for messages */
    const char *journal;         /* undoable: the redolog; overlay that is created: the base; "" or NULL: by its path */
    enum disk_image_mode access;
    unsigned unit_bytes;         /* of which a flat image is a multiple: 512, or 2048 for a CD; 0: 512 */
    const char *writeback;       /* vvfat: the folder for what the guest changes, when the image is closed; "" or NULL: none */
    bool floppy;                 /* vvfat: of 1.44 MB */
    bool surely_flat;            /* whatever its first bytes are */
    bool without_base;           /* the file alone, to look at it */
    u64 wanted_sectors;          /* mode=vvfat: the disk's size, 0 for what the folder needs */
    const struct image_heritage *heritage;       /* files that were open before; NULL: none */
};

/* A file that an image is made of. */
static inline struct image_file *image_source_file(const struct image_source *source, const char *path, enum disk_image_mode access, struct error *err)
{
    return image_heritage_open(source->heritage, path, source->what, access, err);
}

/* open: the file belongs to the layer when it is not NULL.  create: makes an empty disk of a new file. */
struct image_layer *flat_open(struct image_file *file, const struct image_source *source, struct error *err);
bool flat_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err);
bool flat_lengthen(struct image_layer *layer, u64 sectors);              /* the medium is longer than its file, which grows when it is written there */

struct image_layer *cue_open(struct image_file *file, const struct image_source *source, struct error *err);               /* the file is the sheet */

struct image_layer *concat_open(const struct image_source *source, struct error *err);

struct image_layer *sparse_open(const struct image_source *source, struct error *err);                              /* with those below it */
struct image_layer *sparse_open_file(struct image_file *file, const struct image_source *source, struct error *err);       /* alone */
bool sparse_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err);

/* --- the table --- */

struct image_kind {
    enum disk_mode mode;
    const char *name;            /* as mode= and --format spell it */
    const char *magic;           /* first bytes of its files; NULL: none */
    struct image_layer *(*open)(const struct image_source *source, struct error *err);               /* files and layers of its own */
    struct image_layer *(*open_file)(struct image_file *file, const struct image_source *source, struct error *err);     /* of one file */
    bool (*create)(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err);          /* NULL: it is not made here */
    const char *meaning;
};

const struct image_kind *image_kind_of(enum disk_mode mode);
const struct image_kind *image_kind_named(const char *name);             /* NULL: there is none */
const struct image_kind *image_kind_at(unsigned index);                  /* NULL past the end */
const struct image_kind *image_kind_with_prefix(const char **path);      /* of "growing:PATH", which becomes PATH; NULL: there is none */
/* What a file is by its first bytes; flat when they say nothing. */
const struct image_kind *image_kind_of_file(struct image_file *file);

struct image_layer *image_open(enum disk_mode mode, const struct image_source *source, struct error *err);
/* By the path's prefix, or by the first bytes of the file. */
struct image_layer *image_open_any(const struct image_source *source, struct error *err);

#endif
