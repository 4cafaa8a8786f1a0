/* mode=sparse: pages that are there when something was written to them, in up to ten files.         doc: disk-images
 *
 *     0 +--------+ magic 02468ACEh, version, bytes of a page, pages of the disk, bytes of the disk
 *   256 +--------+ 32 bits a page: its place or FFFFFFFFh
 *       +--------+ at a multiple of a page: place 0, place 1 ...
 *
 * Path names the topmost file; the ones below have a last digit that counts down (Bochs user manual, "sparse").  The layout was
 * found by looking at what bximage writes.  A page that is new gets the rest of its sectors from below; its place is kept back until
 * a flush has made the page safe. */
#include "devices/storage/image_formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/page_table.h"

#define MAGIC 0x02468aceu
enum { HEADER_BYTES = 256, VERSION_AT = 4, PAGE_BYTES_AT = 8, PAGES_AT = 12, DISK_AT = 16, VERSION_1 = 1, VERSION_2 = 2 };
enum { PAGE_BYTES_USUAL = 32768, PAGE_BYTES_MOST = 1 << 22, PAGES_MOST = 1 << 24, LAYERS_MOST = 10 };

struct sparse {
    struct image_layer layer;
    struct page_table table;
    u32 page_sectors;
    u64 data_at;
    u8 *page;                            /* room for a new one */
};

static struct sparse *of(struct image_layer *layer) { return (struct sparse *)layer; }

static u64 data_at(u32 pages, u32 page_bytes)
{
    return (HEADER_BYTES + 4 * (u64)pages + page_bytes - 1) / page_bytes * page_bytes;
}

/* --- sectors --- */

static u64 offset_of_sector(const struct sparse *s, u64 lba)
{
    return s->data_at + (s->table.place[lba / s->page_sectors] * (u64)s->page_sectors + lba % s->page_sectors) * SECTOR_BYTES;
}

static u32 rest_of_page(const struct sparse *s, u64 lba, u32 count)
{
    u32 rest = s->page_sectors - (u32)(lba % s->page_sectors);
    return count < rest ? count : rest;
}

static u32 sparse_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    struct sparse *s = of(layer);

    (void)err;
    *held = s->table.place[lba / s->page_sectors] != PAGE_ABSENT;
    return rest_of_page(s, lba, count);
}

/* A run that sparse_held gave: within one page. */
static bool sparse_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    return image_file_read(layer->file, offset_of_sector(of(layer), lba), (size_t)count * SECTOR_BYTES, bytes, err);
}

static bool sparse_flush(struct image_layer *layer, struct error *err)
{
    struct sparse *s = of(layer);

    if (!image_file_sync(layer->file, err)) return false;
    return !s->table.pending_count || (page_table_write(&s->table, layer->file, err) && image_file_sync(layer->file, err));
}

/* A whole page at the end of the file: what is written now, around it what the disk had there. */
static bool add_page(struct sparse *s, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    u32 entry = (u32)(lba / s->page_sectors);
    u64 first = lba - lba % s->page_sectors;
    u32 there = s->layer.sectors - first < s->page_sectors ? (u32)(s->layer.sectors - first) : s->page_sectors;

    if (page_table_full(&s->table) && !sparse_flush(&s->layer, err)) return false;
    memset(s->page, 0, (size_t)s->page_sectors * SECTOR_BYTES);
    if (!image_layer_read(&s->layer, first, there, s->page, err)) return false;
    memcpy(s->page + (lba - first) * SECTOR_BYTES, bytes, (size_t)count * SECTOR_BYTES);
    u64 offset = s->data_at + s->table.next * (u64)s->page_sectors * SECTOR_BYTES;
    if (!image_file_write(s->layer.file, offset, (size_t)s->page_sectors * SECTOR_BYTES, s->page, err)) return false;
    page_table_add(&s->table, entry);
    return true;
}

static bool sparse_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    struct sparse *s = of(layer);

    for (u32 run; count; lba += run, count -= run, bytes += (size_t)run * SECTOR_BYTES) {
        run = rest_of_page(s, lba, count);
        bool there = s->table.place[lba / s->page_sectors] != PAGE_ABSENT;
        if (there ? !image_file_write(layer->file, offset_of_sector(s, lba), (size_t)run * SECTOR_BYTES, bytes, err) : !add_page(s, lba, run, bytes, err)) return false;
    }
    return true;
}

/* --- care --- */

static u64 sparse_stored_bytes(struct image_layer *layer) { return image_file_stored_bytes(layer->file); }

static u64 places_of(const struct sparse *s, const struct image_file *file)
{
    u64 page_bytes = (u64)s->page_sectors * SECTOR_BYTES;
    return file->size_bytes > s->data_at ? (file->size_bytes - s->data_at + page_bytes - 1) / page_bytes : 0;
}

static void sparse_check(struct image_layer *layer, struct image_findings *findings)
{
    struct sparse *s = of(layer);
    u64 used = 0, places = places_of(s, layer->file);

    for (u32 entry = 0; entry < s->table.entries; entry++) used += s->table.place[entry] != PAGE_ABSENT;
    for (; used < places; used++) image_findings_add(findings, &findings->leaks, "a page of the file is not in the table");
}

/* Whatever part of it a cut leaves, the layer below has the same sectors by now. */
static bool sparse_empty(struct image_layer *layer, struct error *err)
{
    struct sparse *s = of(layer);
    return page_table_clear(&s->table, layer->file, err) && image_file_sync(layer->file, err) && image_file_set_size(layer->file, s->data_at, err) &&
           image_file_sync(layer->file, err);
}

static void sparse_close(struct image_layer *layer)
{
    page_table_free(&of(layer)->table);
    free(of(layer)->page);
    free(layer);
}

static const struct image_format sparse_format = {
    .name = "sparse", .keeps_back = true, .held = sparse_held, .read = sparse_read, .write = sparse_write, .flush = sparse_flush, .close = sparse_close,
    .stored_bytes = sparse_stored_bytes, .check = sparse_check, .empty = sparse_empty,
};

/* --- files --- */

bool sparse_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err)
{
    u8 header[HEADER_BYTES] = { 0 };
    u32 page_bytes = PAGE_BYTES_USUAL;
    u64 bytes = sectors * SECTOR_BYTES;

    (void)source;
    while (bytes / page_bytes >= PAGES_MOST && page_bytes < PAGE_BYTES_MOST) page_bytes *= 2;
    u64 pages = (bytes + page_bytes - 1) / page_bytes;
    if (pages > PAGES_MOST) return image_file_fail(file, err, "is too large for this form; its disks have 64 TiB at most");
    put32(header, MAGIC);
    put32(header + VERSION_AT, VERSION_2);
    put32(header + PAGE_BYTES_AT, page_bytes);
    put32(header + PAGES_AT, (u32)pages);
    put64(header + DISK_AT, bytes);
    return image_file_set_size(file, data_at((u32)pages, page_bytes), err) && page_table_create(file, HEADER_BYTES, (u32)pages, err) &&
           image_file_write(file, 0, HEADER_BYTES, header, err);
}

static bool load(struct sparse *s, struct image_file *file, struct error *err)
{
    u8 h[HEADER_BYTES];

    if (file->size_bytes < HEADER_BYTES) return image_file_fail(file, err, "is no sparse image of Bochs: it is too short");
    if (!image_file_read(file, 0, HEADER_BYTES, h, err)) return false;
    u32 version = get32(h + VERSION_AT), page_bytes = get32(h + PAGE_BYTES_AT), pages = get32(h + PAGES_AT);
    if (get32(h) != MAGIC) return image_file_fail(file, err, "is no sparse image of Bochs: its first bytes are others");
    if (version != VERSION_1 && version != VERSION_2) return image_file_fail(file, err, "is a sparse image of version %u, which is not known", version);
    u64 bytes = version == VERSION_1 ? (u64)pages * page_bytes : get64(h + DISK_AT);
    if (page_bytes < SECTOR_BYTES || page_bytes > PAGE_BYTES_MOST || page_bytes & (page_bytes - 1) || !pages || pages > PAGES_MOST)
        return image_file_fail(file, err, "is damaged: its header says %u pages of %u bytes", pages, page_bytes);
    if (!bytes || bytes % SECTOR_BYTES || bytes > (u64)pages * page_bytes)
        return image_file_fail(file, err, "is damaged: its header says a disk of %llu bytes", (unsigned long long)bytes);
    s->layer.sectors = bytes / SECTOR_BYTES;
    s->layer.read_only = file->read_only;
    s->page_sectors = page_bytes / SECTOR_BYTES;
    s->data_at = data_at(pages, page_bytes);
    s->layer.file = file;
    s->page = malloc(page_bytes);
    if (!s->page) return image_file_fail(file, err, "out of memory");
    return page_table_load(&s->table, file, HEADER_BYTES, pages, places_of(s, file), err);
}

struct image_layer *sparse_open_file(struct image_file *file, const struct image_source *source, struct error *err)
{
    struct sparse *s = calloc(1, sizeof *s);

    (void)source;
    if (!s) image_file_fail(file, err, "out of memory");
    else if (load(s, file, err)) {
        s->layer.format = &sparse_format;
        return &s->layer;
    } else sparse_close(&s->layer);
    return NULL;
}

static struct image_layer *open_one(const char *path, const struct image_source *source, enum disk_image_mode access, struct error *err)
{
    struct image_file *file = image_source_file(source, path, access, err);
    struct image_layer *layer = file ? sparse_open_file(file, source, err) : NULL;

    if (!layer) image_file_close(file);
    return layer;
}

/* The files below the topmost one, as far as they are there. */
static bool open_below(struct image_layer *top, char *path, const struct image_source *source, struct error *err)
{
    char *last = path + strlen(path) - 1;
    struct image_layer *layer = top;

    for (unsigned n = 1; n < LAYERS_MOST && isdigit((unsigned char)*last) && *last > '0'; n++, layer = layer->below) {
        --*last;
        if (access(path, F_OK)) return true;
        layer->below = open_one(path, source, IMAGE_READ_ONLY, err);
        if (!layer->below) return false;
        if (layer->below->sectors != top->sectors)
            return image_file_fail(layer->below->file, err, "has %llu sectors, the layer above it %llu", (unsigned long long)layer->below->sectors, (unsigned long long)top->sectors);
    }
    return true;
}

struct image_layer *sparse_open(const struct image_source *source, struct error *err)
{
    struct image_layer *top = open_one(source->path, source, source->access, err);
    char *path = top ? strdup(source->path) : NULL;
    bool ok = top && path && open_below(top, path, source, err);

    free(path);
    if (ok) return top;
    image_layer_close(top);
    return NULL;
}
