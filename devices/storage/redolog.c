#include "devices/storage/redolog.h"

/* Bochs's redolog, version 2 (and 1 to read).                                             doc: disk-images
 *
 *     0 +---------+ magic, type, subtype, version, sizes
 *   512 +---------+ catalogue: 32 bits an extent, its place or FFFFFFFFh
 *       +---------+ place 0: a bitmap, bit n of byte m is sector 8m + n of the extent; then the extent's sectors
 *       +---------+ place 1 ...
 *
 * Source: Bochs Developers Guide, "Harddisk Images based on redologs".
 * Bits and places of new sectors are kept back until a flush has made the sectors safe: a cut never shows a place whose
 * sectors are not there, and what the layer below holds is never hidden by less than what replaces it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/fat_time.h"
#include "devices/storage/page_table.h"

enum { HEADER_BYTES = 512, TYPE_AT = 32, SUBTYPE_AT = 48, VERSION_AT = 64, HEADER_SIZE_AT = 68, ENTRIES_AT = 72, BITMAP_AT = 76, EXTENT_AT = 80,
       TIMESTAMP_AT = 84, DISK_AT = 88, DISK_AT_V1 = 84, VERSION_1 = 0x10000, VERSION_2 = 0x20000 };
enum { ENTRIES_MOST = 1 << 22, BITMAP_MOST = 1 << 14, BITMAPS_PENDING_MOST = PAGES_PENDING_MOST };

static const char magic[] = "Bochs Virtual HD Image", type[] = "Redolog", growing[] = "Growing", undoable[] = "Undoable", volatile_[] = "Volatile";

struct redolog {
    struct image_layer layer;
    struct page_table catalogue;
    u32 extent_sectors, bitmap_bytes;
    u64 data_at, place_bytes, bitmap_room;       /* of a place: bitmap, rounded up to sectors, and extent */
    bool forgotten;                              /* at the end: nothing of it has to be in the file but sectors */
    u8 **bitmap;                                 /* by entry of the catalogue; NULL: not read yet */
    u32 pending[BITMAPS_PENDING_MOST], pending_count;    /* entries whose bitmap in the file is an older one */
};

static struct redolog *of(struct image_layer *layer) { return (struct redolog *)layer; }

/* --- header --- */

struct shape {
    u32 entries, bitmap_bytes, timestamp;
    u64 disk_bytes;
};

/* "Parameters": catalogue and bitmap double by turns until the disk fits. */
static struct shape shape_for(u64 disk_bytes)
{
    struct shape s = { .entries = 512, .bitmap_bytes = 1, .disk_bytes = disk_bytes };

    for (bool bitmap = true; (u64)s.entries * s.bitmap_bytes * 8 * SECTOR_BYTES < disk_bytes; bitmap = !bitmap) {
        if (bitmap) s.bitmap_bytes *= 2;
        else s.entries *= 2;
    }
    return s;
}

static void put_header(u8 *h, const struct shape *s, const char *subtype)
{
    memset(h, 0, HEADER_BYTES);
    memcpy(h, magic, sizeof magic);
    memcpy(h + TYPE_AT, type, sizeof type);
    strcpy((char *)h + SUBTYPE_AT, subtype);
    put32(h + VERSION_AT, VERSION_2);
    put32(h + HEADER_SIZE_AT, HEADER_BYTES);
    put32(h + ENTRIES_AT, s->entries);
    put32(h + BITMAP_AT, s->bitmap_bytes);
    put32(h + EXTENT_AT, s->bitmap_bytes * 8 * SECTOR_BYTES);
    put32(h + TIMESTAMP_AT, s->timestamp);
    put64(h + DISK_AT, s->disk_bytes);
}

static bool header_is_sound(const struct image_file *file, const u8 *h, struct shape *s, struct error *err)
{
    u32 version = get32(h + VERSION_AT);

    if (memcmp(h, magic, sizeof magic) || memcmp(h + TYPE_AT, type, sizeof type)) return image_file_fail(file, err, "is no redolog of Bochs: its first bytes are others");
    if (version != VERSION_1 && version != VERSION_2) return image_file_fail(file, err, "is a redolog of version %x, which is not known", version);
    *s = (struct shape){ .entries = get32(h + ENTRIES_AT), .bitmap_bytes = get32(h + BITMAP_AT) };
    s->disk_bytes = get64(h + (version == VERSION_1 ? DISK_AT_V1 : DISK_AT));
    if (version == VERSION_2) s->timestamp = get32(h + TIMESTAMP_AT);
    if (get32(h + HEADER_SIZE_AT) != HEADER_BYTES || !s->entries || s->entries > ENTRIES_MOST || !s->bitmap_bytes || s->bitmap_bytes > BITMAP_MOST ||
        get32(h + EXTENT_AT) != s->bitmap_bytes * 8 * SECTOR_BYTES)
        return image_file_fail(file, err, "is damaged: its header says %u entries, bitmaps of %u bytes, extents of %u", s->entries, s->bitmap_bytes, get32(h + EXTENT_AT));
    if (!s->disk_bytes || s->disk_bytes % SECTOR_BYTES || s->disk_bytes > (u64)s->entries * s->bitmap_bytes * 8 * SECTOR_BYTES)
        return image_file_fail(file, err, "is damaged: its header says a disk of %llu bytes", (unsigned long long)s->disk_bytes);
    return true;
}

static bool create(struct image_file *file, u64 sectors, const char *subtype, u32 timestamp, struct error *err)
{
    struct shape s = shape_for(sectors * SECTOR_BYTES);
    u8 header[HEADER_BYTES];

    if (s.entries > ENTRIES_MOST || s.bitmap_bytes > BITMAP_MOST) return image_file_fail(file, err, "is too large for this form; its disks have 128 TiB at most");
    s.timestamp = timestamp;
    put_header(header, &s, subtype);
    return page_table_create(file, HEADER_BYTES, s.entries, err) && image_file_write(file, 0, HEADER_BYTES, header, err);
}

bool redolog_growing_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err)
{
    (void)source;
    return create(file, sectors, growing, 0, err);
}

/* --- bitmaps --- */

static u64 offset_of(const struct redolog *r, u32 entry) { return r->data_at + r->catalogue.place[entry] * r->place_bytes; }

/* The bitmap of an extent that has a place; NULL: it cannot be read. */
static u8 *bitmap_of(struct redolog *r, u32 entry, struct error *err)
{
    if (r->bitmap[entry]) return r->bitmap[entry];
    u8 *bitmap = malloc(r->bitmap_bytes);
    if (!bitmap) {
        image_file_fail(r->layer.file, err, "out of memory");
        return NULL;
    }
    if (!image_file_read(r->layer.file, offset_of(r, entry), r->bitmap_bytes, bitmap, err)) {
        free(bitmap);
        return NULL;
    }
    return r->bitmap[entry] = bitmap;
}

static u32 redolog_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    struct redolog *r = of(layer);
    u32 entry = (u32)(lba / r->extent_sectors), sector = (u32)(lba % r->extent_sectors), run = 1;

    if (count > r->extent_sectors - sector) count = r->extent_sectors - sector;
    *held = false;
    if (r->catalogue.place[entry] == PAGE_ABSENT) return count;
    const u8 *bitmap = bitmap_of(r, entry, err);
    if (!bitmap) return 0;
    *held = bitmap[sector / 8] >> sector % 8 & 1;
    while (run < count && (bitmap[(sector + run) / 8] >> (sector + run) % 8 & 1) == *held) run++;
    return run;
}

/* --- sectors --- */

static u64 offset_of_sector(const struct redolog *r, u64 lba)
{
    return offset_of(r, (u32)(lba / r->extent_sectors)) + r->bitmap_room + lba % r->extent_sectors * SECTOR_BYTES;
}

/* A run that redolog_held gave: within one extent. */
static bool redolog_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    return image_file_read(layer->file, offset_of_sector(of(layer), lba), (size_t)count * SECTOR_BYTES, bytes, err);
}

static bool redolog_flush(struct image_layer *layer, struct error *err)
{
    struct redolog *r = of(layer);

    if (!image_file_sync(layer->file, err)) return false;
    if (!r->pending_count && !r->catalogue.pending_count) return true;
    for (u32 i = 0; i < r->pending_count; i++)
        if (!image_file_write(layer->file, offset_of(r, r->pending[i]), r->bitmap_bytes, r->bitmap[r->pending[i]], err)) return false;
    if (!page_table_write(&r->catalogue, layer->file, err) || !image_file_sync(layer->file, err)) return false;
    r->pending_count = 0;
    return true;
}

static bool is_pending(const struct redolog *r, u32 entry)
{
    for (u32 i = 0; i < r->pending_count; i++)
        if (r->pending[i] == entry) return true;
    return false;
}

/* Room for one more bitmap and one more place among those that wait for a flush. */
static bool make_room(struct redolog *r, struct error *err)
{
    if (r->forgotten) r->pending_count = r->catalogue.pending_count = 0;
    if (r->pending_count < BITMAPS_PENDING_MOST && !page_table_full(&r->catalogue)) return true;
    return redolog_flush(&r->layer, err);
}

/* A place at the end of the file: its bitmap reads as zeros there. */
static bool add_extent(struct redolog *r, u32 entry, struct error *err)
{
    u8 *bitmap = calloc(1, r->bitmap_bytes);

    if (!bitmap) return image_file_fail(r->layer.file, err, "out of memory");
    if (!image_file_set_size(r->layer.file, r->data_at + ((u64)r->catalogue.next + 1) * r->place_bytes, err)) {
        free(bitmap);
        return false;
    }
    free(r->bitmap[entry]);
    r->bitmap[entry] = bitmap;
    page_table_add(&r->catalogue, entry);
    return true;
}

static void mark_held(struct redolog *r, u32 entry, u32 sector, u32 count)
{
    bool changed = false;

    for (u32 n = sector; n < sector + count; n++) {
        u8 *byte = &r->bitmap[entry][n / 8], bit = (u8)(1 << n % 8);
        changed |= !(*byte & bit);
        *byte |= bit;
    }
    if (changed && !is_pending(r, entry)) r->pending[r->pending_count++] = entry;
}

static bool redolog_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    struct redolog *r = of(layer);

    for (u32 run; count; lba += run, count -= run, bytes += (size_t)run * SECTOR_BYTES) {
        u32 entry = (u32)(lba / r->extent_sectors), sector = (u32)(lba % r->extent_sectors);
        run = count < r->extent_sectors - sector ? count : r->extent_sectors - sector;
        if (!make_room(r, err)) return false;
        if (r->catalogue.place[entry] == PAGE_ABSENT ? !add_extent(r, entry, err) : !bitmap_of(r, entry, err)) return false;
        if (!image_file_write(layer->file, offset_of_sector(r, lba), (size_t)run * SECTOR_BYTES, bytes, err)) return false;
        mark_held(r, entry, sector, run);
    }
    return true;
}

/* --- care --- */

static u64 redolog_stored_bytes(struct image_layer *layer) { return image_file_stored_bytes(layer->file); }

static void redolog_check(struct image_layer *layer, struct image_findings *findings)
{
    struct redolog *r = of(layer);
    u64 places = layer->file->size_bytes > r->data_at ? (layer->file->size_bytes - r->data_at + r->place_bytes - 1) / r->place_bytes : 0, used = 0;

    for (u32 entry = 0; entry < r->catalogue.entries; entry++) {
        u64 first = (u64)entry * r->extent_sectors;
        struct error err = { 0 };
        if (r->catalogue.place[entry] == PAGE_ABSENT) continue;
        used++;
        if (first >= layer->sectors) image_findings_add(findings, &findings->errors, "extent %u is behind the end of the disk", entry);
        else if (!bitmap_of(r, entry, &err)) image_findings_add(findings, &findings->errors, "the bitmap of extent %u cannot be read", entry);
    }
    for (; used < places; used++) image_findings_add(findings, &findings->leaks, "a place of the file is not in the catalogue");
}

static bool set_timestamp(struct image_file *file, u32 timestamp, struct error *err)
{
    u8 bytes[4];
    put32(bytes, timestamp);
    return image_file_write(file, TIMESTAMP_AT, sizeof bytes, bytes, err) && image_file_sync(file, err);
}

/* Whatever part of it a cut leaves, the layer below has the same sectors by now. */
static bool redolog_empty(struct image_layer *layer, struct error *err)
{
    struct redolog *r = of(layer);

    for (u32 entry = 0; entry < r->catalogue.entries; entry++) {
        free(r->bitmap[entry]);
        r->bitmap[entry] = NULL;
    }
    r->pending_count = 0;
    return page_table_clear(&r->catalogue, layer->file, err) && image_file_sync(layer->file, err) && image_file_set_size(layer->file, r->data_at, err) &&
           image_file_sync(layer->file, err);
}

static void redolog_close(struct image_layer *layer)
{
    struct redolog *r = of(layer);

    for (u32 entry = 0; r->bitmap && entry < r->catalogue.entries; entry++) free(r->bitmap[entry]);
    free(r->bitmap);
    page_table_free(&r->catalogue);
    free(r);
}

static const struct image_format growing_format = {
    .name = "growing", .keeps_back = true, .held = redolog_held, .read = redolog_read, .write = redolog_write, .flush = redolog_flush, .close = redolog_close,
    .stored_bytes = redolog_stored_bytes, .check = redolog_check,
};

static const struct image_format undoable_format = {
    .name = "undoable", .keeps_back = true, .held = redolog_held, .read = redolog_read, .write = redolog_write, .flush = redolog_flush, .close = redolog_close,
    .stored_bytes = redolog_stored_bytes, .check = redolog_check, .empty = redolog_empty,
};

static const struct image_format volatile_format = {
    .name = "volatile", .held = redolog_held, .read = redolog_read, .write = redolog_write, .close = redolog_close, .stored_bytes = redolog_stored_bytes,
};

/* --- opening --- */

/* Places that the catalogue does not have come from a run that was cut off: the next ones must be zeros. */
static bool cut_leaks(struct redolog *r, struct error *err)
{
    u64 end = r->data_at + r->catalogue.next * r->place_bytes;
    return r->layer.read_only || r->layer.file->size_bytes <= end || image_file_set_size(r->layer.file, end, err);
}

static bool load(struct redolog *r, struct image_file *file, struct shape *s, const char *subtype, struct error *err)
{
    u8 header[HEADER_BYTES];

    if (file->size_bytes < HEADER_BYTES) return image_file_fail(file, err, "is no redolog of Bochs: it is too short");
    if (!image_file_read(file, 0, HEADER_BYTES, header, err) || !header_is_sound(file, header, s, err)) return false;
    if (strncmp((const char *)header + SUBTYPE_AT, subtype, 16))
        return image_file_fail(file, err, "is a redolog of the kind \"%.16s\", not \"%s\"", (const char *)header + SUBTYPE_AT, subtype);
    r->layer.sectors = s->disk_bytes / SECTOR_BYTES;
    r->layer.read_only = file->read_only;
    r->layer.file = file;
    r->bitmap_bytes = s->bitmap_bytes;
    r->extent_sectors = s->bitmap_bytes * 8;
    r->bitmap_room = (s->bitmap_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    r->place_bytes = r->bitmap_room + (u64)r->extent_sectors * SECTOR_BYTES;
    r->data_at = HEADER_BYTES + 4 * (u64)s->entries;
    u64 places = file->size_bytes > r->data_at ? (file->size_bytes - r->data_at + r->place_bytes - 1) / r->place_bytes : 0;
    if (!page_table_load(&r->catalogue, file, HEADER_BYTES, s->entries, places, err)) return false;
    r->bitmap = calloc(s->entries, sizeof *r->bitmap);
    return r->bitmap ? cut_leaks(r, err) : image_file_fail(file, err, "out of memory");
}

static struct redolog *redolog_open(struct image_file *file, const struct image_format *format, struct shape *s, const char *subtype, struct error *err)
{
    struct redolog *r = calloc(1, sizeof *r);

    if (!r) image_file_fail(file, err, "out of memory");
    else if (load(r, file, s, subtype, err)) {
        r->layer.format = format;
        return r;
    } else redolog_close(&r->layer);
    return NULL;
}

struct image_layer *redolog_growing_open(struct image_file *file, const struct image_source *source, struct error *err)
{
    struct shape s;
    struct redolog *r = redolog_open(file, &growing_format, &s, growing, err);

    (void)source;
    return r ? &r->layer : NULL;
}

/* --- undoable --- */

/* When the base was written last, as the redolog keeps it. */
static u32 timestamp_of(const char *path)
{
    struct stat st;
    struct tm date;
    return stat(path, &st) == 0 && localtime_r(&st.st_mtime, &date) ? fat_time(&date) : 0;
}

static void date_text(u32 t, char text[32])
{
    snprintf(text, 32, "%04u-%02u-%02u %02u:%02u:%02u", 1980 + (t >> 25), t >> 21 & 15, t >> 16 & 31, t >> 11 & 31, t >> 5 & 63, (t & 31) * 2);
}

/* Bochs compares too: over another base, what the redolog holds makes no disk.  0: it was not noted yet. */
static bool base_has_its_date(struct redolog *r, const struct shape *s, const struct image_source *source, const char *what_to_do, struct error *err)
{
    u32 now = timestamp_of(source->path);
    char then_text[32], now_text[32];

    date_text(s->timestamp, then_text);
    date_text(now, now_text);
    return !s->timestamp || s->timestamp == now ||
           image_file_fail(r->layer.file, err, "was made when %s was of %s; that was written since, at %s.  %s", source->path, then_text, now_text, what_to_do);
}

static bool base_is_the_same(struct redolog *r, const struct shape *s, const struct image_source *source, struct error *err)
{
    if (r->layer.sectors != r->layer.below->sectors)
        return image_file_fail(r->layer.file, err, "was made for a disk of %llu sectors, %s has %llu", (unsigned long long)r->layer.sectors, source->path,
                               (unsigned long long)r->layer.below->sectors);
    if (!base_has_its_date(r, s, source, "Bring the old image back, or remove the redolog and lose what it holds", err)) return false;
    return s->timestamp || r->layer.read_only || set_timestamp(r->layer.file, timestamp_of(source->path), err);
}

static struct image_file *redolog_file(const char *path, const struct image_source *source, u64 sectors, struct error *err)
{
    if (access(path, F_OK) == 0) return image_source_file(source, path, source->access, err);
    struct image_file *file = image_file_create(path, source->what, false, err);
    if (file && create(file, sectors, undoable, timestamp_of(source->path), err) && image_file_publish(file, false, err)) return file;
    image_file_close(file);
    return NULL;
}

static struct image_layer *over_base(const char *path, struct image_layer *base, const struct image_source *source, struct error *err)
{
    struct shape s;
    struct image_file *file = redolog_file(path, source, base->sectors, err);
    struct redolog *r = file ? redolog_open(file, &undoable_format, &s, undoable, err) : NULL;

    if (!r) {
        image_file_close(file);
        return NULL;
    }
    r->layer.below = base;
    if (base_is_the_same(r, &s, source, err)) return &r->layer;
    r->layer.below = NULL;
    image_layer_close(&r->layer);
    return NULL;
}

/* journal=, or beside the base; to be freed. */
static char *redolog_path(const struct image_source *source, struct error *err)
{
    char *path = NULL;
    bool named = source->journal && source->journal[0];

    if (asprintf(&path, "%s%s", named ? source->journal : source->path, named ? "" : ".redolog") >= 0) return path;
    fail(err, "%s: out of memory", source->what);
    return NULL;
}

struct image_layer *redolog_undoable_open(struct image_layer *base, const struct image_source *source, struct error *err)
{
    char *path = redolog_path(source, err);
    bool alone = path && source->access != IMAGE_WRITABLE && access(path, F_OK);
    struct image_layer *layer = alone ? base : path ? over_base(path, base, source, err) : NULL;

    free(path);
    return layer;
}

struct image_layer *redolog_volatile_open(struct image_layer *base, const struct image_source *source, struct error *err)
{
    struct shape s;
    struct image_file *file = image_file_create(source->journal, source->what, true, err);
    struct redolog *r = NULL;

    if (file) image_file_forget_name(file);
    if (file && create(file, base->sectors, volatile_, 0, err)) r = redolog_open(file, &volatile_format, &s, volatile_, err);
    if (!r) {
        image_file_close(file);
        return NULL;
    }
    r->forgotten = true;
    r->layer.below = base;
    return &r->layer;
}

struct image_layer *redolog_alone(const struct image_source *source, bool force, struct error *err)
{
    struct shape s;
    char *path = redolog_path(source, err);
    bool there = path && (access(path, F_OK) == 0 || fail(err, "%s: path=\"%s\": there is no such redolog, and nothing to commit", source->what, path));
    struct image_file *file = there ? image_file_open(path, source->what, source->access, err) : NULL;
    struct redolog *r = file ? redolog_open(file, &undoable_format, &s, undoable, err) : NULL;

    free(path);
    if (!r) {
        image_file_close(file);
        return NULL;
    }
    bool ok = !r->layer.read_only || image_file_fail(file, err, "cannot be written");
    ok = ok && (force || base_has_its_date(r, &s, source, "Commit it all the same with --force", err));
    if (ok && set_timestamp(file, 0, err)) return &r->layer;
    image_layer_close(&r->layer);
    return NULL;
}
