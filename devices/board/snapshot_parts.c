/* What a snapshot says of the machine it was taken of, and the file as sections.            doc: snapshots */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"
#include "devices/board/snapshot.h"

/* --- the machine in words --- */

const char *const snapshot_text_names[CHECKPOINT_TEXTS] = { "com1", "com2", "com3", "com4", "e9" };

char *snapshot_schema(const struct machine *m)
{
    static const char *const type[] = { "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool", "event" };
    const struct state_layout *layout;
    const char *name;
    char *text = NULL;
    size_t size, at;
    FILE *f = open_memstream(&text, &size);

    for (unsigned n = 0; f && (layout = state_image_part(m, n, &name, &at)); n++)
        for (u32 i = 0; i < layout->count; i++) fprintf(f, "%s %s %s %u\n", name, layout->fields[i].name, type[layout->fields[i].type], layout->fields[i].count);
    if (f) fclose(f);
    return text;
}

#define HASHED_BYTES (1ull << 30)        /* of an image at most */

char *snapshot_media(struct machine *m, bool in_files)
{
    const char *name;
    struct disk_image *image;
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    for (unsigned i = 0; f && board_image_at(m, i, &name, &image); i++) {
        if (!image) continue;
        u64 hash = in_files || !disk_image_has_file(image) ? disk_image_hash(image, false, HASHED_BYTES) : 0;
        fprintf(f, "%s %d %" PRIu64 " %016" PRIx64 " %s\n", name, disk_image_is_volatile(image), (uint64_t)disk_image_sectors(image), (uint64_t)hash, disk_image_path(image));
    }
    if (f) fclose(f);
    return text;
}

/* --- reading --- */

bool snapshot_open(struct snapshot_reader *r, const char *path, struct error *err)
{
    *r = (struct snapshot_reader){ .file = image_file_open(path, "snapshot", IMAGE_READ_ONLY, err) };
    return r->file && snapshot_read_head(r, err);
}

bool snapshot_read_head(struct snapshot_reader *r, struct error *err)
{
    u8 head[SNAPSHOT_HEAD];

    if (r->file->size_bytes < SNAPSHOT_HEAD || !image_file_read(r->file, 0, sizeof head, head, err) || memcmp(head, SNAPSHOT_MAGIC, 16))
        return image_file_fail(r->file, err, "is no snapshot of this program");
    r->at = SNAPSHOT_HEAD;
    r->config_hash = get64(head + 24);
    u32 version = get32(head + 16);
    if (version != SNAPSHOT_VERSION || get32(head + 20))
        return image_file_fail(r->file, err, "is a snapshot of version %u; this program reads version %d", version, SNAPSHOT_VERSION);
    return true;
}

bool snapshot_is_its_configuration(const struct snapshot_reader *r) { return XXH3_64bits(r->section.raw, r->section.raw_bytes) == r->config_hash; }

/* What a section calls itself is shown to people; behind it are zeros. */
static bool is_a_name(const u8 *text, size_t size)
{
    size_t n = 0;

    while (n < size && text[n] >= '!' && text[n] <= '~') n++;
    while (n < size && !text[n]) n++;
    return n == size;
}

static bool unpack(struct snapshot_reader *r, const u8 *stored, struct error *err)
{
    struct snapshot_section *s = &r->section;

    s->raw = malloc(s->raw_bytes + 1);
    if (!s->raw) return image_file_fail(r->file, err, "the host has no memory for section %s %s", s->kind, s->name);
    size_t got = ZSTD_decompress(s->raw, s->raw_bytes, stored, (size_t)s->stored_bytes);
    s->raw[s->raw_bytes] = 0;
    return got == s->raw_bytes || image_file_fail(r->file, err, "section %s %s cannot be unpacked", s->kind, s->name);
}

static bool read_stored(struct snapshot_reader *r, struct error *err)
{
    struct snapshot_section *s = &r->section;
    u8 *stored = malloc((size_t)s->stored_bytes + 1);

    if (!stored) return image_file_fail(r->file, err, "the host has no memory for section %s %s", s->kind, s->name);
    bool ok = image_file_read(r->file, r->at, (size_t)s->stored_bytes, stored, err);
    if (ok && XXH3_64bits(stored, (size_t)s->stored_bytes) != s->hash) ok = image_file_fail(r->file, err, "section %s %s at byte %llu is damaged", s->kind, s->name, (unsigned long long)r->at);
    ok = ok && unpack(r, stored, err);
    free(stored);
    return ok;
}

bool snapshot_next(struct snapshot_reader *r, struct error *err)
{
    struct snapshot_section *s = &r->section;
    u8 head[SNAPSHOT_SECTION], two[16];

    free(s->raw);
    s->raw = NULL;
    if (r->ended) return false;
    if (r->file->size_bytes - r->at < SNAPSHOT_SECTION) return image_file_fail(r->file, err, "ends in the middle");
    if (!image_file_read(r->file, r->at, sizeof head, head, err)) return false;
    memcpy(s->kind, head, SNAPSHOT_KIND);
    memcpy(s->name, head + 16, SNAPSHOT_NAME);
    if (!is_a_name(head, SNAPSHOT_KIND) || !is_a_name(head + SNAPSHOT_KIND, SNAPSHOT_NAME)) return image_file_fail(r->file, err, "the section at byte %llu has no name", (unsigned long long)r->at);
    u64 raw_bytes = get64(head + 40);
    s->stored_bytes = get64(head + 48);
    s->hash = get64(head + 56);
    r->at += SNAPSHOT_SECTION;
    if (!strcmp(s->kind, "end")) {
        r->ended = true;
        if (raw_bytes || s->stored_bytes || s->hash != r->hashes || memcmp(s->name, (u8[SNAPSHOT_NAME]){ 0 }, SNAPSHOT_NAME)) return image_file_fail(r->file, err, "its end is not that of its beginning");
        return r->stream || r->at == r->file->size_bytes ? false : image_file_fail(r->file, err, "goes on behind its end");
    }
    bool too_long = raw_bytes > SNAPSHOT_RAW_MOST || s->stored_bytes > ZSTD_compressBound(SNAPSHOT_RAW_MOST) || s->stored_bytes > r->file->size_bytes - r->at;
    if (too_long) return image_file_fail(r->file, err, "section %s %s is longer than it can be", s->kind, s->name);
    s->raw_bytes = (size_t)raw_bytes;
    if (!read_stored(r, err)) return false;
    r->at += s->stored_bytes;
    put64(two, r->hashes);
    put64(two + 8, XXH3_64bits(head, sizeof head));
    r->hashes = XXH3_64bits(two, sizeof two);
    return true;
}

void snapshot_close(struct snapshot_reader *r)
{
    free(r->section.raw);
    image_file_close(r->file);
    *r = (struct snapshot_reader){ 0 };
}

bool snapshot_each_page(const struct snapshot_section *s, bool (*one)(void *context, const struct snapshot_page *page, struct error *err), void *context, struct error *err)
{
    u32 count = s->raw_bytes >= 4 ? get32(s->raw) : UINT32_MAX;
    const u8 *entry = s->raw + 4, *end = s->raw + s->raw_bytes;

    if (count > SNAPSHOT_PAGES || s->raw_bytes < 4 + (size_t)count * SNAPSHOT_ENTRY) return fail(err, "snapshot: section pages %s has no list of pages", s->name);
    const u8 *bytes = entry + (size_t)count * SNAPSHOT_ENTRY;
    for (u32 i = 0; i < count; i++, entry += SNAPSHOT_ENTRY) {
        struct snapshot_page page = { .page = get64(entry), .held = entry[8], .same = entry[9], .same_as = get64(entry + 10) };
        if (!page.same) {
            if (end - bytes < TREE_PAGE_BYTES) return fail(err, "snapshot: section pages %s is too short", s->name);
            page.bytes = bytes;
            bytes += TREE_PAGE_BYTES;
        }
        if (!one(context, &page, err)) return false;
    }
    return bytes == end || fail(err, "snapshot: section pages %s is too long", s->name);
}
