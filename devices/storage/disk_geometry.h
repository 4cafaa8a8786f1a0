#ifndef ORRERY_STORAGE_DISK_GEOMETRY_H
#define ORRERY_STORAGE_DISK_GEOMETRY_H
/* Cylinders, heads and sectors of hard disks.                                           doc: disk-images */
#include "devices/machine_config.h"
#include "devices/storage/disk_image.h"

struct disk_geometry {
    u32 cylinders, heads, sectors;       /* sectors of a track, numbered from 1 */
};

/* The geometry a disk reports.  `asked` has zeros for what is to be found out: from the partition table when that names
 * one, else 16 heads x 63 sectors.  False: the asked values make no sense for this image; err says why. */
bool disk_geometry_find(struct disk_image *image, const char *what, struct disk_geometry asked,
                        struct disk_geometry *found, struct error *err);

/* TRANSLATION_AUTO made definite: what the partition table was made with, else by size. */
enum disk_translation disk_translation_find(struct disk_image *image, struct disk_geometry physical,
                                            enum disk_translation asked);

/* The geometry INT 13h shows for a physical one: at most 1024 cylinders, 255 heads, 63 sectors.  translation is
 * definite (not AUTO). */
struct disk_geometry disk_geometry_translated(struct disk_geometry physical, u64 sectors, enum disk_translation translation);

#endif
