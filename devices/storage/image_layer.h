#ifndef ORRERY_STORAGE_IMAGE_LAYER_H
#define ORRERY_STORAGE_IMAGE_LAYER_H
/* A disk as a stack of layers: each gives the sectors that it holds, the one below it the others.     doc: disk-images */
#include "devices/storage/image_file.h"

enum { SECTOR_BYTES = 512, CD_SECTOR_BYTES = 2048 };

/* Images have fewer sectors: 1 PiB. */
#define IMAGE_SECTORS_MOST (1ull << 41)

struct cd_disc;
struct image_layer;

/* What `orrery image check` finds: a line each. */
struct image_findings {
    void (*say)(void *context, const char *sentence);
    void *context;
    unsigned errors;             /* sectors of the disk are lost or wrong */
    unsigned leaks;              /* room of the file that nothing refers to */
};

/* What a form of images does.  All of it stays inside the disk: ranges were checked.  False: err says what failed. */
struct image_format {
    const char *name;            /* as mode= spells it */
    bool keeps_back;             /* what points to new sectors reaches the file with a flush */
    /* How many sectors from lba on, at most count and at least one, are alike held or not held by this layer; 0: it is
     * damaged.  NULL: it holds all. */
    u32 (*held)(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err);
    bool (*read)(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err);      /* held ones only */
    bool (*write)(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err);
    bool (*flush)(struct image_layer *layer, struct error *err);         /* true: all that was written is safe; NULL: it always is */
    void (*close)(struct image_layer *layer);                            /* itself; those below are closed after it */
    u64 (*stored_bytes)(struct image_layer *layer);                      /* what it takes of the host's disk; NULL: nothing */
    void (*check)(struct image_layer *layer, struct image_findings *findings);       /* NULL: nothing but sectors can be wrong */
    /* Holds nothing from now on, at once or not at all: all of it has gone into the layer below.  NULL: it cannot. */
    bool (*empty)(struct image_layer *layer, struct error *err);
    /* Where data may begin, from lba on: sectors before it are zeros.  NULL: there. */
    u64 (*next_data)(struct image_layer *layer, u64 lba);
    /* Files of the host beside layer->file.  NULL: there are none. */
    void (*each_file)(struct image_layer *layer, void (*one)(void *context, struct image_file *file), void *context);
};

struct image_layer {
    const struct image_format *format;
    struct image_layer *below;   /* belongs to this one; NULL: what is not held reads as zeros */
    struct image_file *file;     /* belongs to this one; NULL: none, or several */
    u64 sectors;
    bool read_only;
    const struct cd_disc *disc;  /* its tracks, of which a block is CD_FRAME_SECTORS sectors; NULL: it is no such disc */
    const char *notice;          /* for the person who opens it; NULL: nothing to say */
};

bool image_layer_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err);
bool image_layer_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err);
bool image_layer_flush(struct image_layer *layer, struct error *err);
void image_layer_each_file(struct image_layer *layer, void (*one)(void *context, struct image_file *file), void *context);   /* of all layers */
u64 image_layer_stored_bytes(struct image_layer *layer);                 /* of this layer alone */
void image_layer_close(struct image_layer *layer);                       /* and all below; NULL is allowed */

void image_findings_add(struct image_findings *findings, unsigned *counter, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
