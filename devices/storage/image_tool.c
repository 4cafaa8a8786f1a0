#include "devices/storage/image_tool.h"

/* Copies are written under another name, made safe, then renamed.                         doc: disk-images */
#include <stdlib.h>
#include <string.h>

enum { PIECE_SECTORS = 2048, UNIT_SECTORS = 8 };

static const char what[] = "image";

static bool size_is_possible(const char *path, u64 sectors, struct error *err)
{
    if (sectors && sectors <= IMAGE_SECTORS_MOST) return true;
    return fail(err, "%s: path=\"%s\": %llu bytes: an image has at least 512 bytes, at most 1 PiB", what, path, (unsigned long long)sectors * SECTOR_BYTES);
}

/* The new file with an empty disk in it, not published. */
static struct image_file *begin(const struct image_wish *wish, u64 sectors, struct error *err)
{
    struct image_source source = { .path = wish->path, .what = what, .journal = wish->base, .access = IMAGE_WRITABLE };

    if (!wish->kind->create) {
        fail(err, "%s: path=\"%s\": mode=%s is not made here (qemu-img convert makes images of other programs from a flat one)", what, wish->path, wish->kind->name);
        return NULL;
    }
    if (!size_is_possible(wish->path, sectors, err)) return NULL;
    struct image_file *file = image_file_create(wish->path, what, wish->force, err);
    if (file && wish->kind->create(file, sectors, &source, err)) return file;
    image_file_close(file);
    return NULL;
}

/* As many as the base has, when nobody said how many. */
static u64 sectors_of_base(const struct image_wish *wish, struct error *err)
{
    struct image_source source = { .path = wish->base, .what = what, .access = IMAGE_READ_ONLY };
    struct image_layer *base = image_open_any(&source, err);
    u64 sectors = base ? base->sectors : 0;

    image_layer_close(base);
    return sectors;
}

bool image_create(const struct image_wish *wish, struct error *err)
{
    u64 sectors = wish->sectors || !wish->base ? wish->sectors : sectors_of_base(wish, err);
    if (!sectors && wish->base) return false;
    struct image_file *file = begin(wish, sectors, err);
    bool ok = file && image_file_publish(file, wish->force, err);

    image_file_close(file);
    return ok;
}

/* --- copying --- */

static bool is_zero(const u8 *bytes, size_t size)
{
    return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

/* What is not zero, in units: zeros are what a new image has. */
static bool write_piece(struct image_layer *to, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    for (u32 at = 0; at < count;) {
        u32 run = 0, unit = count - at < UNIT_SECTORS ? count - at : UNIT_SECTORS;
        if (is_zero(bytes + (size_t)at * SECTOR_BYTES, (size_t)unit * SECTOR_BYTES)) {
            at += unit;
            continue;
        }
        while (at + run < count && !is_zero(bytes + (size_t)(at + run) * SECTOR_BYTES, (size_t)unit * SECTOR_BYTES)) {
            run += unit;
            unit = count - at - run < UNIT_SECTORS ? count - at - run : UNIT_SECTORS;
        }
        if (!image_layer_write(to, lba + at, run, bytes + (size_t)at * SECTOR_BYTES, err)) return false;
        at += run;
    }
    return true;
}

/* Where the next sectors are that may be other than zeros, from lba on; the source's end when there are none. */
static u64 next_data(struct image_layer *from, u64 lba, struct error *err)
{
    if (from->format->next_data) return from->format->next_data(from, lba);
    while (from->format->held && !from->below && lba < from->sectors) {
        bool held = true;
        u32 most = from->sectors - lba < UINT32_MAX ? (u32)(from->sectors - lba) : UINT32_MAX;
        u32 run = from->format->held(from, lba, most, &held, err);
        if (!run || held) break;
        lba += run;
    }
    return lba;
}

static bool copy_sectors(struct image_layer *from, struct image_layer *to, const struct image_progress *progress, struct error *err)
{
    u64 end = from->sectors < to->sectors ? from->sectors : to->sectors;
    u8 *piece = malloc((size_t)PIECE_SECTORS * SECTOR_BYTES);
    bool ok = piece || fail(err, "%s: out of memory", what);

    for (u64 lba = 0; ok && lba < end;) {
        lba = next_data(from, lba, err);
        if (lba >= end) break;
        u32 count = end - lba < PIECE_SECTORS ? (u32)(end - lba) : PIECE_SECTORS;
        ok = image_layer_read(from, lba, count, piece, err) && write_piece(to, lba, count, piece, err);
        lba += count;
        if (progress && progress->at && lba < end) progress->at(progress->context, lba, end);
    }
    if (ok && progress && progress->at) progress->at(progress->context, end, end);
    free(piece);
    return ok;
}

bool image_convert(struct image_layer *from, const struct image_wish *wish, const struct image_progress *progress, struct error *err)
{
    struct image_source source = { .path = wish->path, .what = what, .access = IMAGE_WRITABLE };
    struct image_file *file = begin(wish, wish->sectors ? wish->sectors : from->sectors, err);
    struct image_layer *to = file ? wish->kind->open_file(file, &source, err) : NULL;

    if (!to) {
        image_file_close(file);
        return false;
    }
    bool ok = copy_sectors(from, to, progress, err) && image_layer_flush(to, err) && image_file_publish(file, wish->force, err);
    image_layer_close(to);
    return ok;
}

/* --- another size --- */

static bool resize_flat(struct image_file *file, u64 sectors, struct error *err)
{
    return image_file_set_size(file, sectors * SECTOR_BYTES, err) && image_file_sync(file, err);
}

/* A copy in the same form, which takes the name. */
static bool resize_by_copy(const struct image_kind *kind, const char *path, u64 sectors, const struct image_progress *progress, struct error *err)
{
    struct image_source source = { .path = path, .what = what, .access = IMAGE_READ_ONLY };
    struct image_wish wish = { .kind = kind, .path = path, .sectors = sectors, .force = true };
    struct image_layer *from = image_open(kind->mode, &source, err);
    bool ok = from && image_convert(from, &wish, progress, err);

    image_layer_close(from);
    return ok;
}

bool image_resize(const char *path, u64 sectors, bool force, const struct image_progress *progress, struct error *err)
{
    struct image_source source = { .path = path, .what = what, .access = IMAGE_WRITABLE };
    const struct image_kind *kind = NULL;
    struct image_layer *layer = image_open_any(&source, err);
    bool ok = layer && size_is_possible(path, sectors, err);

    if (!ok) {
        image_layer_close(layer);
        return false;
    }
    kind = image_kind_named(layer->format->name);
    u64 now = layer->sectors;
    if (layer->read_only || !layer->file || !kind->create) ok = fail(err, "%s: path=\"%s\": cannot be made larger or smaller", what, path);
    else if (kind->mode == DISK_OVERLAY) ok = fail(err, "%s: path=\"%s\": an overlay keeps its size; convert it, or make one of another size on the same base", what, path);
    else if (sectors < now && !force)
        ok = fail(err, "%s: path=\"%s\": has %llu bytes; what is past %llu would be lost: say so with --force", what, path, (unsigned long long)now * SECTOR_BYTES,
                  (unsigned long long)sectors * SECTOR_BYTES);
    else if (kind->mode == DISK_FLAT) ok = resize_flat(layer->file, sectors, err);
    bool copied = ok && kind->mode != DISK_FLAT && sectors != now;
    image_layer_close(layer);
    return copied ? resize_by_copy(kind, path, sectors, progress, err) : ok;
}
