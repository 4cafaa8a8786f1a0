#ifndef ORRERY_STORAGE_FLOPPY_FORMAT_H
#define ORRERY_STORAGE_FLOPPY_FORMAT_H
/* Floppy formats by the size of their image, and the drives they fit.                   doc: fdc */
#include "cpu/base/error.h"
#include "cpu/base/types.h"

enum floppy_rate { FLOPPY_500K, FLOPPY_300K, FLOPPY_250K, FLOPPY_1M };   /* as coded in the data rate registers */

/* CMOS codes of drives. */
enum floppy_drive { FLOPPY_NO_DRIVE, FLOPPY_DRIVE_360K, FLOPPY_DRIVE_1200K, FLOPPY_DRIVE_720K, FLOPPY_DRIVE_1440K,
                    FLOPPY_DRIVE_2880K, FLOPPY_DRIVES };

struct floppy_format {
    const char *name;                    /* "1.44M" */
    u8 cylinders, heads, sectors;
    u8 gap3;                             /* bytes between sectors */
    enum floppy_drive drive;             /* drive made for it */
    enum floppy_rate rate;               /* in that drive */
};

/* The format whose size this is; NULL when there is none. */
const struct floppy_format *floppy_format_of_size(u64 size_bytes);

/* The usual format of a drive, the one it was made for; NULL for no drive. */
const struct floppy_format *floppy_format_of_drive(enum floppy_drive drive);

/* Formats by number, for a chip's state: 1 and up.  NULL for 0 and past the end; the last number. */
const struct floppy_format *floppy_format_at(unsigned number);
unsigned floppy_format_number(const struct floppy_format *format);
unsigned floppy_format_last(void);

/* Always false: says which sizes an image can have. */
bool floppy_format_unknown(const char *what, const char *path, u64 size_bytes, struct error *err);

/* The medium goes into the drive and its tracks fit there. */
bool floppy_format_fits(const struct floppy_format *format, enum floppy_drive drive);

/* How a medium turns under the head of a drive. */
struct floppy_spin {
    enum floppy_rate rate;               /* at which the controller must listen */
    u32 byte_hz;                         /* bytes a second that pass the head */
    u32 track_bytes;                     /* from index hole to index hole */
    u32 slot_bytes;                      /* from one sector's first byte to the next one's */
    u8 steps;                            /* steps of the head from one cylinder of the medium to the next: 1 or 2 */
};
struct floppy_spin floppy_spin(const struct floppy_format *format, enum floppy_drive drive);

/* Cylinders a drive's head can reach. */
u8 floppy_drive_reach(enum floppy_drive drive);

#endif
