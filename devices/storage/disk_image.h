#ifndef ORRERY_STORAGE_DISK_IMAGE_H
#define ORRERY_STORAGE_DISK_IMAGE_H
/* A raw image: sectors in a host file, or a copy of built-in bytes.                        doc: disk-images */
#include "cpu/base/error.h"

enum { SECTOR_BYTES = 512 };

struct disk_image;

/* Opens and locks (OFD) a file of whole sectors.  An unwritable file opens read-only when it may (read_only_ok).
 * who: for messages, "floppya".  NULL: err says what is wrong and what to do. */
struct disk_image *disk_image_open(const char *who, const char *path, bool read_only, bool read_only_ok, unsigned sector_bytes, struct error *err);
/* A private copy of `size` bytes. */
struct disk_image *disk_image_open_memory(const u8 *bytes, u64 size);
void disk_image_close(struct disk_image *image);

u64 disk_image_bytes(const struct disk_image *image);
bool disk_image_read_only(const struct disk_image *image);
/* Whole ranges inside the image only; false on a host error or a range outside. */
bool disk_image_read(struct disk_image *image, u64 offset, void *bytes, u64 size);
bool disk_image_write(struct disk_image *image, u64 offset, const void *bytes, u64 size);
bool disk_image_flush(struct disk_image *image);         /* fdatasync has succeeded */

/* `orrery image create`: a file of zeros; an existing one is never overwritten. */
bool image_create_raw(const char *path, u64 size_bytes, struct error *err);

#endif
