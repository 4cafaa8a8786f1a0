/* Writing a snapshot: sections one after the other, the name at last.                       doc: snapshots */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"
#include "devices/board/snapshot.h"

enum { COMPRESSION = 1, SEEN_BITS = 16 };

struct writing {
    struct machine *machine;
    struct image_file *file;
    u64 at, hashes;
    u8 *raw, *stored;
    size_t stored_room;
    u64 pages_done, pages_all;
    const struct snapshot_progress *progress;
    struct error *err;
    bool failed;
    /* the tree that is written */
    const struct page_tree *tree;
    const char *name;
    u32 count;
    u8 *contents;                /* where the next page's go */
    u64 *seen;                   /* by hash: a page with such contents + 1; 0: none */
};

static bool write_head(struct writing *w, const char *config)
{
    u8 head[SNAPSHOT_HEAD] = { 0 };

    memcpy(head, SNAPSHOT_MAGIC, 16);
    put32(head + 16, SNAPSHOT_VERSION);
    put64(head + 24, XXH3_64bits(config, strlen(config)));
    w->at = SNAPSHOT_HEAD;
    return image_file_write(w->file, 0, sizeof head, head, w->err);
}

static bool write_section_head(struct writing *w, const char *kind, const char *name, u64 raw_bytes, u64 stored_bytes, u64 hash)
{
    u8 head[SNAPSHOT_SECTION] = { 0 }, two[16];

    memcpy(head, kind, strlen(kind));
    memcpy(head + 16, name, strlen(name));
    put64(head + 40, raw_bytes);
    put64(head + 48, stored_bytes);
    put64(head + 56, hash);
    if (!image_file_write(w->file, w->at, sizeof head, head, w->err)) return false;
    w->at += sizeof head;
    put64(two, w->hashes);
    put64(two + 8, XXH3_64bits(head, sizeof head));
    w->hashes = XXH3_64bits(two, sizeof two);
    return true;
}

static bool write_section(struct writing *w, const char *kind, const char *name, const void *raw, size_t raw_bytes)
{
    size_t room = ZSTD_compressBound(raw_bytes);

    if (room > w->stored_room) {
        free(w->stored);
        w->stored = malloc(room);
        w->stored_room = w->stored ? room : 0;
    }
    size_t stored = w->stored ? ZSTD_compress(w->stored, room, raw, raw_bytes, COMPRESSION) : 0;
    if (!w->stored || ZSTD_isError(stored)) return image_file_fail(w->file, w->err, "the host has no memory for it");
    if (!write_section_head(w, kind, name, raw_bytes, stored, XXH3_64bits(w->stored, stored)) || !image_file_write(w->file, w->at, stored, w->stored, w->err)) return false;
    w->at += stored;
    return true;
}

/* --- pages --- */

static void write_pages(struct writing *w)
{
    if (!w->count || w->failed) return;
    /* contents begin where all entries of a full section end: entries of a shorter one move up to them */
    size_t entries = (size_t)w->count * SNAPSHOT_ENTRY, gap = (size_t)(SNAPSHOT_PAGES - w->count) * SNAPSHOT_ENTRY;
    u8 *first = w->raw + gap;
    memmove(first + 4, w->raw + 4, entries);
    put32(first, w->count);
    w->failed = !write_section(w, "pages", w->name, first, (size_t)(w->contents - first));
    w->pages_done += w->count;
    w->count = 0;
    w->contents = w->raw + 4 + SNAPSHOT_PAGES * SNAPSHOT_ENTRY;
    if (w->progress && w->progress->tell) w->progress->tell(w->progress->context, w->pages_done, w->pages_all);
}

/* Another page of the tree that has the same contents and was written already. */
static bool seen_before(struct writing *w, u64 page, const u8 *bytes, u64 *other)
{
    u64 *place = &w->seen[XXH3_64bits(bytes, TREE_PAGE_BYTES) >> (64 - SEEN_BITS)];
    const struct page_copy *there = *place ? page_tree_get(w->tree, *place - 1) : NULL;

    *other = *place - 1;
    if (there && !memcmp(there->bytes, bytes, TREE_PAGE_BYTES)) return true;
    *place = page + 1;
    return false;
}

static void add_page(void *context, u64 page, const struct page_copy *copy)
{
    struct writing *w = context;
    u8 *entry = w->raw + 4 + (size_t)w->count++ * SNAPSHOT_ENTRY;
    u64 other;
    bool same = seen_before(w, page, copy->bytes, &other);

    put64(entry, page);
    entry[8] = copy->held;
    entry[9] = same;
    put64(entry + 10, same ? other : 0);
    if (!same) {
        memcpy(w->contents, copy->bytes, TREE_PAGE_BYTES);
        w->contents += TREE_PAGE_BYTES;
    }
    if (w->count == SNAPSHOT_PAGES) write_pages(w);
}

static bool write_tree(struct writing *w, const char *name, const struct page_tree *tree)
{
    w->tree = tree;
    w->name = name;
    memset(w->seen, 0, sizeof *w->seen << SEEN_BITS);
    page_tree_each(tree, add_page, w);
    write_pages(w);
    return !w->failed;
}

static bool write_memory(struct writing *w, const struct checkpoint *c)
{
    const char *name;
    struct disk_image *image;
    u8 totals[8 * CHECKPOINT_TEXTS];
    bool ok = write_tree(w, "ram", &c->ram) && write_tree(w, "video", &c->video);

    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) put64(totals + 8 * n, c->text_total[n]);
    ok = ok && write_section(w, "texts", "", totals, sizeof totals);
    for (unsigned n = 0; ok && n < CHECKPOINT_TEXTS; n++) ok = write_tree(w, snapshot_text_names[n], &c->text[n]);
    for (unsigned i = 0; ok && board_image_at(w->machine, i, &name, &image); i++)
        if (image && disk_image_is_volatile(image)) ok = write_tree(w, name, &c->disk[i]);
    return ok;
}

/* --- all of it --- */

static bool write_text(struct writing *w, const char *kind, char *text)
{
    bool ok = text ? write_section(w, kind, "", text, strlen(text)) : image_file_fail(w->file, w->err, "the host has no memory for it");

    free(text);
    return ok;
}

static bool write_all(struct writing *w, const struct checkpoint *c, const char *config)
{
    w->pages_all = page_tree_count(&c->ram) + page_tree_count(&c->video);
    w->contents = w->raw + 4 + SNAPSHOT_PAGES * SNAPSHOT_ENTRY;
    return write_head(w, config) && write_section(w, "config", "", config, strlen(config)) && write_text(w, "schema", snapshot_schema(w->machine)) &&
           write_text(w, "media", snapshot_media(w->machine)) && write_section(w, "state", "", c->state.bytes, c->state.size) && write_memory(w, c) &&
           write_section_head(w, "end", "", 0, 0, w->hashes);
}

static bool save(struct machine *m, const struct checkpoint *c, const char *path, const char *config, bool force, const struct snapshot_progress *progress, struct error *err)
{
    struct writing w = { .machine = m, .progress = progress, .err = err };

    w.raw = malloc(4 + SNAPSHOT_PAGES * (size_t)(SNAPSHOT_ENTRY + TREE_PAGE_BYTES));
    w.seen = malloc(sizeof *w.seen << SEEN_BITS);
    bool ok = (w.raw && w.seen) || fail(err, "snapshot: the host has no memory for it");
    w.file = ok ? image_file_create(path, "snapshot", force, err) : NULL;
    ok = w.file && write_all(&w, c, config) && image_file_publish(w.file, force, err);
    image_file_close(w.file);
    free(w.raw);
    free(w.seen);
    free(w.stored);
    return ok;
}

bool machine_save(struct machine *m, const char *path, const char *config, bool force, const struct snapshot_progress *progress, struct error *err)
{
    struct memory_tracker own, *tracker = history_tracker(m);
    bool begun = tracker || tracker_begin(&own, m);

    if (!tracker) tracker = &own;
    struct checkpoint *c = begun ? checkpoint_take(tracker) : NULL;
    bool ok = c ? save(m, c, path, config, force, progress, err) : fail(err, "snapshot: the host has no memory for it");
    checkpoint_free(c);
    if (tracker == &own) tracker_end(&own);
    return ok;
}
