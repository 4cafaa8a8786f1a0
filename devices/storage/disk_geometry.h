#ifndef ORRERY_STORAGE_DISK_GEOMETRY_H
#define ORRERY_STORAGE_DISK_GEOMETRY_H
/* Cylinders, heads and sectors of hard disks and floppies.                              doc: disk-images */
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

/* --- floppies --- */

enum floppy_rate { FLOPPY_500K, FLOPPY_300K, FLOPPY_250K, FLOPPY_1M };   /* as coded in the data rate registers */

/* Floppy drives by CMOS code: 0 none, 1 360 K, 2 1.2 M, 3 720 K, 4 1.44 M, 5 2.88 M. */
struct floppy_format {
    const char *name;                    /* "1.44M" */
    u8 cylinders, heads, sectors;
    u8 gap3;                             /* bytes between sectors */
    u8 drive_type;                       /* drive made for it */
    bool five_inch;
    enum floppy_rate rate;               /* in a drive made for it */
};

/* The format whose size this is; NULL when there is none.  By number for a chip's state: 1 .. floppy_format_count. */
const struct floppy_format *floppy_format_of_size(u64 size_bytes);
unsigned floppy_format_number(const struct floppy_format *format);
const struct floppy_format *floppy_format_at(unsigned number);           /* NULL out of range */
unsigned floppy_format_count(void);

/* Says which sizes a floppy image can have.  Always false. */
bool floppy_format_unknown(const struct disk_image *image, const char *what, struct error *err);

#endif
