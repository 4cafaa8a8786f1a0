/* mode=concat: the disk goes on from file to file.                                        doc: disk-images
 * The path is that of the first; the last character of each next one is one more (Bochs user manual, "concat"). */
#include "devices/storage/image_formats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PARTS_MOST = 64 };

struct concat {
    struct image_layer layer;
    unsigned parts;
    struct {
        struct image_file *file;
        u64 first;                       /* sector of the disk */
    } part[PARTS_MOST];
};

static struct concat *of(struct image_layer *layer) { return (struct concat *)layer; }

/* Sectors from lba on that are in one file. */
struct place {
    struct image_file *file;
    u64 offset;
    size_t bytes;
    u32 sectors;
};

static struct place place_at(const struct concat *c, u64 lba, u32 count)
{
    unsigned n = 0;

    while (n + 1 < c->parts && c->part[n + 1].first <= lba) n++;
    u64 end = n + 1 < c->parts ? c->part[n + 1].first : c->layer.sectors;
    u32 run = end - lba < count ? (u32)(end - lba) : count;
    return (struct place){ .file = c->part[n].file, .offset = (lba - c->part[n].first) * SECTOR_BYTES, .bytes = (size_t)run * SECTOR_BYTES, .sectors = run };
}

static bool concat_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    while (count) {
        struct place p = place_at(of(layer), lba, count);
        if (!image_file_read(p.file, p.offset, p.bytes, bytes, err)) return false;
        lba += p.sectors, count -= p.sectors, bytes += p.bytes;
    }
    return true;
}

static bool concat_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    while (count) {
        struct place p = place_at(of(layer), lba, count);
        if (!image_file_write(p.file, p.offset, p.bytes, bytes, err)) return false;
        lba += p.sectors, count -= p.sectors, bytes += p.bytes;
    }
    return true;
}

static bool concat_flush(struct image_layer *layer, struct error *err)
{
    bool ok = true;
    for (unsigned n = 0; n < of(layer)->parts; n++) ok &= image_file_sync(of(layer)->part[n].file, err);
    return ok;
}

static u64 concat_stored_bytes(struct image_layer *layer)
{
    u64 sum = 0;
    for (unsigned n = 0; n < of(layer)->parts; n++) sum += image_file_stored_bytes(of(layer)->part[n].file);
    return sum;
}

static void concat_close(struct image_layer *layer)
{
    for (unsigned n = 0; n < of(layer)->parts; n++) image_file_close(of(layer)->part[n].file);
    free(layer);
}

static const struct image_format concat_format = {
    .name = "concat", .read = concat_read, .write = concat_write, .flush = concat_flush, .close = concat_close, .stored_bytes = concat_stored_bytes,
};

static bool add_part(struct concat *c, const char *path, const struct image_source *source, struct error *err)
{
    struct image_file *file = image_source_file(source, path, source->access, err);

    if (!file) return false;
    c->part[c->parts].file = file;
    c->part[c->parts++].first = c->layer.sectors;
    c->layer.read_only |= file->read_only;
    if (!file->size_bytes || file->size_bytes % SECTOR_BYTES)
        return image_file_fail(file, err, "%llu bytes are no multiple of 512: a part of a concatenated disk has whole sectors", (unsigned long long)file->size_bytes);
    c->layer.sectors += file->size_bytes / SECTOR_BYTES;
    return c->layer.sectors <= IMAGE_SECTORS_MOST || image_file_fail(file, err, "is the part that makes the disk larger than 1 PiB");
}

static bool add_all_parts(struct concat *c, char *path, const struct image_source *source, struct error *err)
{
    char *last = path + strlen(path) - 1;

    do {
        if (c->parts == PARTS_MOST) return fail(err, "%s: path=\"%s\": has more than %d parts", source->what, source->path, PARTS_MOST);
        if (!add_part(c, path, source, err)) return false;
        ++*last;
    } while (*last > ' ' && *last < 0x7f && *last != '/' && access(path, F_OK) == 0);
    return true;
}

struct image_layer *concat_open(const struct image_source *source, struct error *err)
{
    struct concat *c = calloc(1, sizeof *c);
    char *path = source->path[0] ? strdup(source->path) : NULL;
    bool ok = c && path;

    if (!ok) fail(err, "%s: path=\"%s\": a concatenated disk needs the name of its first file", source->what, source->path);
    if (c) c->layer.format = &concat_format;
    ok = ok && add_all_parts(c, path, source, err);
    free(path);
    if (ok) return &c->layer;
    if (c) concat_close(&c->layer);
    return NULL;
}
