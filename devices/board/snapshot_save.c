/* Writing a snapshot: sections one after the other, the name at last.                       doc: snapshots */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"
#include "devices/board/snapshot.h"

enum { COMPRESSION = 1, SEEN_BITS = 16 };

bool snapshot_write_head(struct snapshot_writer *w, const char *config)
{
    u8 head[SNAPSHOT_HEAD] = { 0 };

    memcpy(head, SNAPSHOT_MAGIC, 16);
    put32(head + 16, SNAPSHOT_VERSION);
    put64(head + 24, XXH3_64bits(config, strlen(config)));
    w->at = SNAPSHOT_HEAD;
    return image_file_write(w->file, 0, sizeof head, head, w->err);
}

static bool write_section_head(struct snapshot_writer *w, const char *kind, const char *name, u64 raw_bytes, u64 stored_bytes, u64 hash)
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

bool snapshot_write_section(struct snapshot_writer *w, const char *kind, const char *name, const void *raw, size_t raw_bytes)
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

static void write_pages(struct snapshot_writer *w)
{
    if (!w->count || w->failed) return;
    /* contents begin where all entries of a full section end: entries of a shorter one move up to them */
    size_t entries = (size_t)w->count * SNAPSHOT_ENTRY, gap = (size_t)(SNAPSHOT_PAGES - w->count) * SNAPSHOT_ENTRY;
    u8 *first = w->raw + gap;
    memmove(first + 4, w->raw + 4, entries);
    put32(first, w->count);
    w->failed = !snapshot_write_section(w, "pages", w->name, first, (size_t)(w->contents - first));
    w->pages_done += w->count;
    w->count = 0;
    w->contents = w->raw + 4 + SNAPSHOT_PAGES * SNAPSHOT_ENTRY;
    if (w->progress && w->progress->tell) w->progress->tell(w->progress->context, w->pages_done, w->pages_all);
    if (w->meanwhile && !w->failed) w->meanwhile(w->context);
}

/* Another page of the tree that has the same contents and was written already. */
static bool seen_before(struct snapshot_writer *w, u64 page, const u8 *bytes, u64 *other)
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
    struct snapshot_writer *w = context;
    u64 other;

    if (w->failed) return;
    u8 *entry = w->raw + 4 + (size_t)w->count++ * SNAPSHOT_ENTRY;
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

/* Nothing that is in a tree goes from it while the machine runs. */
static void add_changed(void *context, u64 page, const struct page_copy *now, const struct page_copy *then)
{
    (void)then;
    if (now) add_page(context, page, now);
}

static bool write_tree(struct snapshot_writer *w, const char *name, const struct page_tree *tree, const struct page_tree *since)
{
    w->tree = tree;
    w->name = name;
    w->count = 0;
    w->contents = w->raw + 4 + SNAPSHOT_PAGES * SNAPSHOT_ENTRY;
    memset(w->seen, 0, sizeof *w->seen << SEEN_BITS);            /* a page that is named was written since: whoever reads has it as it is */
    if (since) page_tree_differences(tree, since, add_changed, w);
    else page_tree_each(tree, add_page, w);
    write_pages(w);
    return !w->failed;
}

/* --- all trees of a checkpoint --- */

struct each_tree {
    const char *name;
    const struct page_tree *tree, *since;
};

/* The n-th; false behind the last. */
static bool tree_at(struct machine *m, unsigned n, const struct checkpoint *c, const struct checkpoint *since, struct each_tree *t)
{
    struct disk_image *image = NULL;

    if (n < 2) {
        *t = n ? (struct each_tree){ "video", &c->video, since ? &since->video : NULL } : (struct each_tree){ "ram", &c->ram, since ? &since->ram : NULL };
        return true;
    }
    n -= 2;
    if (n < CHECKPOINT_TEXTS) {
        *t = (struct each_tree){ snapshot_text_names[n], &c->text[n], since ? &since->text[n] : NULL };
        return true;
    }
    n -= CHECKPOINT_TEXTS;
    *t = (struct each_tree){ .tree = NULL };
    if (!board_image_at(m, n, &t->name, &image)) return false;
    if (image && disk_image_is_volatile(image)) t->tree = &c->disk[n], t->since = since ? &since->disk[n] : NULL;
    return true;
}

bool snapshot_write_pages(struct snapshot_writer *w, const struct checkpoint *c, const struct checkpoint *since)
{
    struct each_tree t;
    bool ok = true;

    w->pages_done = 0;
    w->pages_all = snapshot_pages(w->machine, c, since);
    for (unsigned n = 0; ok && tree_at(w->machine, n, c, since, &t); n++)
        if (t.tree) ok = write_tree(w, t.name, t.tree, t.since);
    return ok;
}

static void count_changed(void *context, u64 page, const struct page_copy *now, const struct page_copy *then)
{
    (void)page, (void)then;
    *(u64 *)context += now != NULL;
}

u64 snapshot_pages(struct machine *m, const struct checkpoint *c, const struct checkpoint *since)
{
    struct each_tree t;
    u64 count = 0;

    for (unsigned n = 0; tree_at(m, n, c, since, &t); n++) {
        if (!t.tree) continue;
        if (t.since) page_tree_differences(t.tree, t.since, count_changed, &count);
        else count += page_tree_count(t.tree);
    }
    return count;
}

/* --- the rest --- */

bool snapshot_write_text(struct snapshot_writer *w, const char *kind, char *text)
{
    bool ok = text ? snapshot_write_section(w, kind, "", text, strlen(text)) : image_file_fail(w->file, w->err, "the host has no memory for it");

    free(text);
    return ok;
}

bool snapshot_write_state(struct snapshot_writer *w, const struct checkpoint *c)
{
    u8 totals[8 * CHECKPOINT_TEXTS];

    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) put64(totals + 8 * n, c->text_total[n]);
    return snapshot_write_section(w, "state", "", c->state.bytes, c->state.size) && snapshot_write_section(w, "texts", "", totals, sizeof totals);
}

bool snapshot_write_end(struct snapshot_writer *w) { return write_section_head(w, "end", "", 0, 0, w->hashes); }

bool snapshot_writer_begin(struct snapshot_writer *w, struct machine *m, struct image_file *file, struct error *err)
{
    *w = (struct snapshot_writer){ .machine = m, .file = file, .err = err };
    w->raw = malloc(4 + SNAPSHOT_PAGES * (size_t)(SNAPSHOT_ENTRY + TREE_PAGE_BYTES));
    w->seen = malloc(sizeof *w->seen << SEEN_BITS);
    return (w->raw && w->seen) || fail(err, "snapshot: the host has no memory for it");
}

void snapshot_writer_end(struct snapshot_writer *w)
{
    free(w->raw);
    free(w->seen);
    free(w->stored);
    w->raw = w->stored = NULL;
    w->seen = NULL;
}

/* --- into a file --- */

static bool write_all(struct snapshot_writer *w, const struct checkpoint *c, const char *config)
{
    return snapshot_write_head(w, config) && snapshot_write_section(w, "config", "", config, strlen(config)) && snapshot_write_text(w, "schema", snapshot_schema(w->machine)) &&
           snapshot_write_text(w, "media", snapshot_media(w->machine, true)) && snapshot_write_state(w, c) && snapshot_write_pages(w, c, NULL) && snapshot_write_end(w);
}

static bool save(struct machine *m, const struct checkpoint *c, const char *path, const char *config, bool force, const struct snapshot_progress *progress, struct error *err)
{
    struct snapshot_writer w = { 0 };
    struct image_file *file = image_file_create(path, "snapshot", force, err);
    bool ok = file && snapshot_writer_begin(&w, m, file, err);

    w.progress = progress;
    ok = ok && write_all(&w, c, config) && image_file_publish(file, force, err);
    image_file_close(file);
    snapshot_writer_end(&w);
    return ok;
}

/* Writes that lie in a file without a name are in no checkpoint. */
static bool disks_are_in_memory(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && disk_image_is_volatile(image) && !disk_image_may_move(image, err)) return false;
    return true;
}

bool machine_save(struct machine *m, const char *path, const char *config, bool force, const struct snapshot_progress *progress, struct error *err)
{
    struct memory_tracker own, *tracker = history_tracker(m);

    if (!disks_are_in_memory(m, err)) return false;
    bool begun = tracker || tracker_begin(&own, m);
    if (!tracker) tracker = &own;
    struct checkpoint *c = begun ? checkpoint_take(tracker) : NULL;
    bool ok = c ? save(m, c, path, config, force, progress, err) : fail(err, "snapshot: the host has no memory for it");
    checkpoint_free(c);
    if (tracker == &own) tracker_end(&own);
    return ok;
}
