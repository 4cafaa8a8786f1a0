/* mode=flat: all sectors of the disk, one after the other.                                doc: disk-images */
#define _GNU_SOURCE                      /* SEEK_DATA */
#include "devices/storage/image_formats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool flat_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    u64 offset = lba * SECTOR_BYTES, size = (u64)count * SECTOR_BYTES;
    u64 end = layer->file->size_bytes;
    u64 there = offset >= end ? 0 : end - offset < size ? end - offset : size;

    memset(bytes + there, 0, size - there);              /* a medium that is longer than its file: see flat_lengthen */
    return image_file_read(layer->file, offset, there, bytes, err);
}

static bool flat_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    return image_file_write(layer->file, lba * SECTOR_BYTES, (size_t)count * SECTOR_BYTES, bytes, err);
}

static bool flat_flush(struct image_layer *layer, struct error *err) { return image_file_sync(layer->file, err); }
static u64 flat_stored_bytes(struct image_layer *layer) { return image_file_stored_bytes(layer->file); }
static void flat_close(struct image_layer *layer) { free(layer); }

/* Holes of the file are zeros. */
static u64 flat_next_data(struct image_layer *layer, u64 lba)
{
    off_t at = layer->file->fd < 0 ? -1 : lseek(layer->file->fd, (off_t)(lba * SECTOR_BYTES), SEEK_DATA);

    if (at < 0) return errno == ENXIO && layer->file->fd >= 0 ? layer->sectors : lba;
    u64 data = (u64)at / SECTOR_BYTES;
    return data < lba ? lba : data;
}

static const struct image_format flat_format = {
    .name = "flat", .read = flat_read, .write = flat_write, .flush = flat_flush, .close = flat_close,
    .stored_bytes = flat_stored_bytes, .next_data = flat_next_data,
};

static bool size_is_sound(struct image_file *file, unsigned unit_bytes, struct error *err)
{
    u64 size = file->size_bytes;

    if (!size) return image_file_fail(file, err, "is empty; remove it and create an image with: orrery image create %s SIZE", file->path);
    if (size % unit_bytes && unit_bytes == CD_SECTOR_BYTES && size % 2352 == 0)
        return image_file_fail(file, err, "holds raw CD sectors of 2352 bytes; its CUE sheet says what they are: path=NAME.cue.  Without one write a sheet of three lines: "
                               "FILE \"%s\" BINARY, TRACK 01 MODE1/2352, INDEX 01 00:00:00", strrchr(file->path, '/') ? strrchr(file->path, '/') + 1 : file->path);
    if (size % unit_bytes)
        return image_file_fail(file, err, "%llu bytes are no multiple of %u: the file is truncated, or not a raw image", (unsigned long long)size, unit_bytes);
    return size / SECTOR_BYTES <= IMAGE_SECTORS_MOST || image_file_fail(file, err, "is larger than 1 PiB");
}

struct image_layer *flat_open(struct image_file *file, const struct image_source *source, struct error *err)
{
    struct image_layer *layer = NULL;
    unsigned unit_bytes = source && source->unit_bytes ? source->unit_bytes : SECTOR_BYTES;

    if (!size_is_sound(file, unit_bytes, err)) return NULL;
    layer = calloc(1, sizeof *layer);
    if (layer) *layer = (struct image_layer){ .format = &flat_format, .file = file, .sectors = file->size_bytes / SECTOR_BYTES, .read_only = file->read_only };
    else image_file_fail(file, err, "out of memory");
    return layer;
}

bool flat_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err)
{
    (void)source;
    return image_file_set_size(file, sectors * SECTOR_BYTES, err);
}

bool flat_lengthen(struct image_layer *layer, u64 sectors)
{
    if (layer->format != &flat_format || sectors <= layer->sectors) return false;
    layer->sectors = sectors;
    return true;
}
