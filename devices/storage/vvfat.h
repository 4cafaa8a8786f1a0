#ifndef ORRERY_STORAGE_VVFAT_H
#define ORRERY_STORAGE_VVFAT_H
/* A folder of the host as a disk with a FAT partition, or a floppy.                      doc: vvfat */
#include "devices/storage/image_formats.h"

/* source->path is the folder, wanted_sectors the disk's size, 0: 504 MiB, or what the folder needs. */
struct image_layer *vvfat_open(const struct image_source *source, struct error *err);

/* How a guest made its partition, from the boot sector. */
struct fat_shape {
    unsigned bits;                       /* 12, 16 or 32 of an entry of the FAT */
    u32 cluster_sectors, reserved, fats, fat_sectors, root_entries;
    u32 clusters;                        /* numbers 2 .. clusters + 1 */
    u32 root_cluster;                    /* of FAT32 */
    u64 first, fat_at, root_at, data_at; /* sectors of the disk: the volume, its FAT, root directory, cluster 2 */
    u64 sectors;                         /* of the volume */
};

/* Reads it from a boot sector; false: it is none that makes sense on a disk of that size. */
bool fat_shape_read(struct fat_shape *shape, const u8 *boot, u64 first, u64 disk_sectors);

/* What a guest changed goes into `folder`, which is made when it is not there: files that are new or other than they were.  What it deleted
 * is said, and stays.  say: lines for the person.  False: err says why not all of it could be written. */
bool vvfat_write_back(struct image_layer *written, struct image_layer *vvfat, const char *folder,
                      void (*say)(void *context, const char *sentence), void *context, struct error *err);

#endif
