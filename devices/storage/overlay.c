#include "devices/storage/overlay.h"

/* Copy-on-write over a base, crash-consistent.                                            doc: overlay
 *
 *     0 +--------+ header, and 4096 further another: the valid one with the higher generation counts
 *  8192 +--------+ map: an entry a cluster of 64 sectors
 *       +--------+ data: clusters by their place
 *
 *   0 magic   16 version   20 sectors of a cluster   24 generation   32 sectors of the disk   40 epoch   44 entry bytes   48 map's offset
 *  56 data's offset   64 base: time of the last change   72 base: sectors   80 base: form   96 length of its path   100 CRC-32C of the 4096 bytes
 *  with this field zero   104 path of the base, as seen from the folder of the overlay
 * A flush makes the data safe, then writes the map, then makes that safe.  Emptying is one header with another epoch. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cpu/base/bits.h"
#include "devices/storage/crc32c.h"
#include "devices/storage/overlay_map.h"

enum { HEADER_BYTES = 4096, VERSION_AT = 16, CLUSTER_AT = 20, GENERATION_AT = 24, SECTORS_AT = 32, EPOCH_AT = 40, ENTRY_AT = 44, MAP_AT = 48, DATA_AT = 56,
       BASE_TIME_AT = 64, BASE_SECTORS_AT = 72, BASE_FORM_AT = 80, PATH_LENGTH_AT = 96, CRC_AT = 100, PATH_AT = 104, VERSION = 1 };
enum { CLUSTER_BYTES = CLUSTER_SECTORS * SECTOR_BYTES, FORM_ROOM = 16, PATH_MOST = HEADER_BYTES - PATH_AT - 1 };
#define SECTORS_MOST (1ull << 35)        /* 16 TiB */

static const u8 magic[16] = "Orrery overlay\n";

struct overlay {
    struct image_layer layer;
    struct overlay_map map;
    u64 data_at;
    u32 next;                            /* place */
    unsigned header;                     /* the one that counts: 0 or 1 */
    u8 head[HEADER_BYTES];
};

static struct overlay *of(struct image_layer *layer) { return (struct overlay *)layer; }

/* --- header --- */

static u32 crc_of_header(const u8 *head)
{
    static const u8 zero[4];
    u32 crc = crc32c(0, head, CRC_AT);
    crc = crc32c(crc, zero, sizeof zero);
    return crc32c(crc, head + CRC_AT + 4, HEADER_BYTES - CRC_AT - 4);
}

static bool header_is_whole(const u8 *head)
{
    return !memcmp(head, magic, sizeof magic) && get32(head + CRC_AT) == crc_of_header(head);
}

/* The next generation goes over the header that does not count. */
static bool write_header(struct overlay *o, struct error *err)
{
    unsigned other = !o->header;

    put64(o->head + GENERATION_AT, get64(o->head + GENERATION_AT) + 1);
    put32(o->head + CRC_AT, crc_of_header(o->head));
    if (!image_file_write(o->layer.file, (u64)other * HEADER_BYTES, HEADER_BYTES, o->head, err) || !image_file_sync(o->layer.file, err)) return false;
    o->header = other;
    return true;
}

static bool read_header(struct overlay *o, struct image_file *file, struct error *err)
{
    u8 head[2][HEADER_BYTES];

    if (file->size_bytes < sizeof head) return image_file_fail(file, err, "is no overlay: it is too short");
    if (!image_file_read(file, 0, sizeof head, head, err)) return false;
    bool whole[2] = { header_is_whole(head[0]), header_is_whole(head[1]) };
    if (!whole[0] && !whole[1]) return image_file_fail(file, err, "is no overlay, or both copies of its header are damaged");
    o->header = whole[1] && (!whole[0] || get64(head[1] + GENERATION_AT) > get64(head[0] + GENERATION_AT));
    memcpy(o->head, head[o->header], HEADER_BYTES);
    return true;
}

static u64 entries_of(u64 sectors) { return (sectors + CLUSTER_SECTORS - 1) / CLUSTER_SECTORS; }
static u64 data_offset(u64 sectors) { return (2 * HEADER_BYTES + entries_of(sectors) * OVERLAY_ENTRY_BYTES + HEADER_BYTES - 1) / HEADER_BYTES * HEADER_BYTES; }

static bool header_is_sound(const struct overlay *o, const struct image_file *file, struct error *err)
{
    const u8 *h = o->head;
    u64 sectors = get64(h + SECTORS_AT);

    if (get32(h + VERSION_AT) != VERSION) return image_file_fail(file, err, "is an overlay of version %u; this program knows %u", get32(h + VERSION_AT), VERSION);
    if (!sectors || sectors > SECTORS_MOST || get32(h + CLUSTER_AT) != CLUSTER_SECTORS || get32(h + ENTRY_AT) != OVERLAY_ENTRY_BYTES ||
        get64(h + MAP_AT) != 2 * HEADER_BYTES || get64(h + DATA_AT) != data_offset(sectors) || get32(h + PATH_LENGTH_AT) > PATH_MOST || h[BASE_FORM_AT + FORM_ROOM - 1])
        return image_file_fail(file, err, "is damaged: its header contradicts itself");
    return get64(h + DATA_AT) <= file->size_bytes || image_file_fail(file, err, "is damaged: it ends within its map");
}

/* --- sectors --- */

static u64 offset_of(const struct overlay *o, const struct overlay_entry *entry, u64 lba)
{
    return o->data_at + entry->place * (u64)CLUSTER_BYTES + lba % CLUSTER_SECTORS * SECTOR_BYTES;
}

static u32 rest_of_cluster(u64 lba, u32 count)
{
    u32 rest = CLUSTER_SECTORS - (u32)(lba % CLUSTER_SECTORS);
    return count < rest ? count : rest;
}

static u32 overlay_held(struct image_layer *layer, u64 lba, u32 count, bool *held, struct error *err)
{
    struct overlay_entry *entry = overlay_map_at(&of(layer)->map, lba / CLUSTER_SECTORS, err);
    unsigned sector = lba % CLUSTER_SECTORS, run = 1;

    if (!entry) return 0;
    count = rest_of_cluster(lba, count);
    *held = entry->held >> sector & 1;
    while (run < count && (entry->held >> (sector + run) & 1) == *held) run++;
    if (!*held || entry->place < of(layer)->next) return run;
    image_file_fail(layer->file, err, "is damaged: cluster %llu is said to be at place %u, the file has %u", (unsigned long long)(lba / CLUSTER_SECTORS), entry->place, of(layer)->next);
    return 0;
}

/* A run that overlay_held gave: within one cluster. */
static bool overlay_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    const struct overlay_entry *entry = overlay_map_at(&of(layer)->map, lba / CLUSTER_SECTORS, err);
    return entry && image_file_read(layer->file, offset_of(of(layer), entry, lba), (size_t)count * SECTOR_BYTES, bytes, err);
}

static bool overlay_flush(struct image_layer *layer, struct error *err)
{
    struct overlay *o = of(layer);

    if (!image_file_sync(layer->file, err)) return false;
    if (!o->map.pending_count) return true;
    if (!overlay_map_write(&o->map, err) || !image_file_sync(layer->file, err)) return false;
    overlay_map_written(&o->map);
    return true;
}

/* Up to the end of a cluster.  The entry changes when its data is written, and reaches the file with the next flush. */
static bool write_in_cluster(struct overlay *o, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    u64 n = lba / CLUSTER_SECTORS, sectors = (count == 64 ? ~0ull : (1ull << count) - 1) << lba % CLUSTER_SECTORS;
    struct overlay_entry *entry = overlay_map_at(&o->map, n, err);

    if (!entry) return false;
    if (entry->held && entry->place >= o->next) return image_file_fail(o->layer.file, err, "is damaged: cluster %llu is outside the file", (unsigned long long)n);
    bool is_new = !entry->held;
    if (is_new && o->next == UINT32_MAX) return image_file_fail(o->layer.file, err, "is full");
    if (is_new) entry->place = o->next;
    if (!image_file_write(o->layer.file, offset_of(o, entry, lba), (size_t)count * SECTOR_BYTES, bytes, err)) return false;
    o->next += is_new;
    if ((entry->held | sectors) == entry->held) return true;
    entry->held |= sectors;
    overlay_map_changed(&o->map, n, entry);
    return true;
}

static bool overlay_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    for (u32 run; count; lba += run, count -= run, bytes += (size_t)run * SECTOR_BYTES) {
        run = rest_of_cluster(lba, count);
        if (overlay_map_full(&of(layer)->map) && !overlay_flush(layer, err)) return false;
        if (!write_in_cluster(of(layer), lba, run, bytes, err)) return false;
    }
    return true;
}

/* --- care --- */

static u64 overlay_stored_bytes(struct image_layer *layer) { return image_file_stored_bytes(layer->file); }

static void check_entry(struct overlay *o, u64 n, u8 *used, u32 *count, struct image_findings *f)
{
    struct error err = { 0 };
    const struct overlay_entry *entry = overlay_map_at(&o->map, n, &err);
    unsigned long long number = n;

    if (!entry) image_findings_add(f, &f->errors, "entry %llu of the map cannot be read", number);
    else if (!entry->held && overlay_map_damaged(&o->map, n)) image_findings_add(f, &f->errors, "both slots of entry %llu of the map are damaged", number);
    if (!entry || !entry->held) return;
    if (entry->place >= o->next) image_findings_add(f, &f->errors, "cluster %llu is said to be at place %u, the file has %u", number, entry->place, o->next);
    else if (used[entry->place / 8] >> entry->place % 8 & 1) image_findings_add(f, &f->errors, "cluster %llu shares place %u with another one", number, entry->place);
    else {
        used[entry->place / 8] |= (u8)(1 << entry->place % 8);
        ++*count;
    }
}

static void overlay_check(struct image_layer *layer, struct image_findings *findings)
{
    struct overlay *o = of(layer);
    u8 *used = calloc(1, (size_t)o->next / 8 + 1);
    u32 count = 0;

    for (u64 n = 0; used && n < o->map.entries; n++) check_entry(o, n, used, &count, findings);
    for (; used && count < o->next; count++) image_findings_add(findings, &findings->leaks, "a cluster of the file is not in the map");
    free(used);
}

/* In one step: entries of another epoch mean nothing.  Then the room is given back. */
static bool overlay_empty(struct image_layer *layer, struct error *err)
{
    struct overlay *o = of(layer);

    put32(o->head + EPOCH_AT, get32(o->head + EPOCH_AT) + 1);
    if (!write_header(o, err)) return false;
    overlay_map_forget(&o->map);
    o->map.epoch++;
    o->next = 0;
    return image_file_set_size(layer->file, o->data_at, err) && image_file_sync(layer->file, err);
}

static void overlay_close(struct image_layer *layer)
{
    overlay_map_free(&of(layer)->map);
    free(layer);
}

static const struct image_format overlay_format = {
    .name = "overlay", .keeps_back = true, .held = overlay_held, .read = overlay_read, .write = overlay_write, .flush = overlay_flush, .close = overlay_close,
    .stored_bytes = overlay_stored_bytes, .check = overlay_check, .empty = overlay_empty,
};

/* --- files --- */

static bool load(struct overlay *o, struct image_file *file, struct error *err)
{
    if (!read_header(o, file, err) || !header_is_sound(o, file, err)) return false;
    o->layer = (struct image_layer){ .format = &overlay_format, .file = file, .sectors = get64(o->head + SECTORS_AT), .read_only = file->read_only };
    o->data_at = get64(o->head + DATA_AT);
    u64 places = (file->size_bytes - o->data_at + CLUSTER_BYTES - 1) / CLUSTER_BYTES;
    o->next = places < UINT32_MAX ? (u32)places : UINT32_MAX;
    return overlay_map_init(&o->map, file, 2 * HEADER_BYTES, entries_of(o->layer.sectors), get32(o->head + EPOCH_AT)) || image_file_fail(file, err, "out of memory");
}

struct image_layer *overlay_open_file(struct image_file *file, const struct image_source *source, struct error *err)
{
    struct overlay *o = calloc(1, sizeof *o);

    (void)source;
    if (!o) image_file_fail(file, err, "out of memory");
    else if (load(o, file, err)) return &o->layer;
    else overlay_close(&o->layer);
    return NULL;
}

/* --- the base --- */

char *overlay_base(struct image_layer *layer, const struct image_kind **kind)
{
    const u8 *head = of(layer)->head;
    u32 length = get32(head + PATH_LENGTH_AT);
    const char *own = layer->file->path, *slash = strrchr(own, '/');
    char *path = NULL;

    *kind = image_kind_named((const char *)head + BASE_FORM_AT);
    if (!length || !*kind) return NULL;
    int folder = head[PATH_AT] != '/' && slash ? (int)(slash - own) + 1 : 0;
    if (asprintf(&path, "%.*s%.*s", folder, own, (int)length, (const char *)head + PATH_AT) < 0) return NULL;
    return path;
}

static s64 changed_at(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : (s64)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Over another base, what the overlay holds makes no disk. */
static bool base_is_the_same(struct image_layer *layer, const char *path, struct error *err)
{
    const u8 *head = of(layer)->head;

    if (layer->below->sectors != get64(head + BASE_SECTORS_AT))
        return image_file_fail(layer->file, err, "was made over a disk of %llu sectors; %s has %llu", (unsigned long long)get64(head + BASE_SECTORS_AT), path,
                               (unsigned long long)layer->below->sectors);
    if (get64(head + BASE_TIME_AT) != (u64)changed_at(path))
        layer->notice = "the base was written, or copied, after the overlay was made: what the overlay does not hold may not fit";
    return true;
}

struct image_layer *overlay_open(const struct image_source *source, struct error *err)
{
    struct image_file *file = image_source_file(source, source->path, source->access, err);
    struct image_layer *layer = file ? overlay_open_file(file, source, err) : NULL;
    const struct image_kind *kind = NULL;
    char *path = layer ? overlay_base(layer, &kind) : NULL;
    struct image_source base = { .path = path, .what = source->what, .access = IMAGE_READ_ONLY, .heritage = source->heritage };
    bool ok = layer;

    if (!layer) image_file_close(file);
    if (ok && get32(of(layer)->head + PATH_LENGTH_AT)) {
        ok = path || image_file_fail(file, err, "names a base of the form \"%.16s\", which is not known", (const char *)of(layer)->head + BASE_FORM_AT);
        layer->below = ok ? image_open(kind->mode, &base, err) : NULL;
        ok = layer->below && base_is_the_same(layer, path, err);
    }
    free(path);
    if (ok) return layer;
    image_layer_close(layer);
    return NULL;
}

/* --- new ones --- */

/* Its name beside the overlay, or its whole path: both go together to another folder, or the base stays where it is. */
static char *path_from(const char *overlay, const char *base)
{
    const char *a = strrchr(overlay, '/'), *b = strrchr(base, '/');
    size_t folder = a ? (size_t)(a - overlay) + 1 : 0;

    if (folder == (b ? (size_t)(b - base) + 1 : 0) && !strncmp(overlay, base, folder)) return strdup(base + folder);
    return realpath(base, NULL);
}

static bool put_base(u8 *head, struct image_file *file, const char *named, struct error *err)
{
    struct image_source source = { .path = named, .what = file->what, .access = IMAGE_READ_ONLY };
    struct image_layer *base = image_open_any(&source, err);

    if (!base) return false;
    image_kind_with_prefix(&named);
    char *path = path_from(file->path, named);
    size_t length = path ? strlen(path) : 0;
    bool ok = length && length <= PATH_MOST;
    if (ok) {
        memcpy(head + PATH_AT, path, length);
        put32(head + PATH_LENGTH_AT, (u32)length);
        snprintf((char *)head + BASE_FORM_AT, FORM_ROOM, "%s", base->format->name);
        put64(head + BASE_SECTORS_AT, base->sectors);
        put64(head + BASE_TIME_AT, (u64)changed_at(named));
    } else image_file_fail(file, err, "the path of its base has more than %d characters, or cannot be found", PATH_MOST);
    free(path);
    image_layer_close(base);
    return ok;
}

bool overlay_create(struct image_file *file, u64 sectors, const struct image_source *source, struct error *err)
{
    u8 head[HEADER_BYTES] = { 0 };

    if (sectors > SECTORS_MOST) return image_file_fail(file, err, "is too large for this form; its disks have 16 TiB at most");
    memcpy(head, magic, sizeof magic);
    put32(head + VERSION_AT, VERSION);
    put32(head + CLUSTER_AT, CLUSTER_SECTORS);
    put64(head + GENERATION_AT, 1);
    put64(head + SECTORS_AT, sectors);
    put32(head + EPOCH_AT, 1);
    put32(head + ENTRY_AT, OVERLAY_ENTRY_BYTES);
    put64(head + MAP_AT, 2 * HEADER_BYTES);
    put64(head + DATA_AT, data_offset(sectors));
    if (source && source->journal && source->journal[0] && !put_base(head, file, source->journal, err)) return false;
    put32(head + CRC_AT, crc_of_header(head));
    return image_file_set_size(file, data_offset(sectors), err) && image_file_write(file, 0, HEADER_BYTES, head, err);
}
