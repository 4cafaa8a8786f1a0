/* Reading a snapshot: all of it into a checkpoint beside the machine, and only then into the machine.       doc: snapshots */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"
#include "devices/board/snapshot.h"

/* --- the configuration alone --- */

static bool is_its_configuration(const struct snapshot_reader *r, struct error *err)
{
    return snapshot_is_its_configuration(r) || image_file_fail(r->file, err, "its configuration is not the one it was made with");
}

bool machine_snapshot_config(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err)
{
    struct snapshot_reader r;
    bool ok = snapshot_open(&r, path, err) && snapshot_next(&r, err), found = ok && !strcmp(r.section.kind, "config");

    if (ok && !found) image_file_fail(r.file, err, "does not begin with its configuration");
    found = found && is_its_configuration(&r, err);
    char *rest = found ? (char *)r.section.raw : NULL, *line;
    while (rest && (line = strsep(&rest, "\n")))
        if (*line) take(context, line);
    if (!found) err->about_image = true;
    snapshot_close(&r);
    return found;
}

/* --- section by section --- */

/* The last part of a machine may be new to it. */
static bool is_perturb(const char *schema)
{
    static const char part[] = "perturb ";
    return !strncmp(schema, part, sizeof part - 1);
}

/* The first line in which two schemas differ, in words. */
static bool schemas_agree(struct restoring *r, char *text, struct error *err)
{
    char *ours = snapshot_schema(r->machine), *a = ours, *b = text;
    bool same = ours != NULL;

    while (same && (*a || *b)) {
        size_t n = strcspn(a, "\n"), k = strcspn(b, "\n");
        if (!*b && is_perturb(a)) {
            r->lacks_perturb = true;
            break;
        }
        same = n == k && !memcmp(a, b, n);
        if (!same && !n) fail(err, "snapshot: its state has \"%.*s\", which this machine does not have", (int)k, b);
        else if (!same && !k) fail(err, "snapshot: its state lacks \"%.*s\" of this machine", (int)n, a);
        else if (!same) fail(err, "snapshot: its state has \"%.*s\" where this machine has \"%.*s\": another configuration, or another version of this program", (int)k, b, (int)n, a);
        a += n + (a[n] == '\n');
        b += k + (b[k] == '\n');
    }
    if (!ours) fail(err, "snapshot: the host has no memory for it");
    free(ours);
    return same;
}

static bool put_page(void *context, const struct snapshot_page *page, struct error *err)
{
    struct restoring *r = context;
    const char *name = r->name;

    if (r->room && !(*r->room)--) return fail(err, "snapshot: section pages %s: more than such a machine can have stored", name);
    if (page->page >= r->pages) return fail(err, "snapshot: section pages %s: there is no page %llu", name, (unsigned long long)page->page);
    const struct page_copy *other = page->same ? page_tree_get(r->tree, page->same_as) : NULL;
    if (page->same && (page->same_as >= r->pages || !other)) return fail(err, "snapshot: section pages %s: page %llu is like one that is not there", name, (unsigned long long)page->page);
    if (page->same ? page_tree_alias(r->tree, page->page, page->same_as, page->held) : page_tree_put(r->tree, page->page, page->bytes, page->held)) return true;
    return fail(err, "snapshot: the host has no memory for it");
}

/* Which tree a section's pages belong to. */
static bool choose_tree(struct restoring *r, const char *name, struct error *err)
{
    struct checkpoint *c = r->checkpoint;
    const char *disk;
    struct disk_image *image;

    r->tree = NULL;
    r->room = NULL;
    if (!strcmp(name, "ram")) r->tree = &c->ram, r->pages = r->machine->ram_bytes / TREE_PAGE_BYTES;
    if (!strcmp(name, "video")) r->tree = &c->video, r->pages = r->machine->vga.memory_bytes / TREE_PAGE_BYTES;
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++)
        if (!strcmp(name, snapshot_text_names[n])) r->tree = &c->text[n], r->pages = CAPTURE_BYTES / TREE_PAGE_BYTES;
    for (unsigned i = 0; !r->tree && board_image_at(r->machine, i, &disk, &image); i++)
        if (image && disk_image_is_volatile(image) && !strcmp(name, disk)) r->tree = &c->disk[i], r->room = &r->disk_room[i], r->pages = (disk_image_sectors(image) + 7) / 8;
    return r->tree || fail(err, "snapshot: there is nothing named %s in this machine whose contents it has", name);
}

bool restoring_take(struct restoring *r, const struct snapshot_reader *reader, struct error *err)
{
    const struct snapshot_section *s = &reader->section;

    r->name = s->name;
    if (!strcmp(s->kind, "config")) return r->has_config = is_its_configuration(reader, err);
    if (!strcmp(s->kind, "schema")) return r->has_schema = schemas_agree(r, (char *)s->raw, err);
    if (!strcmp(s->kind, "media") && r->media) return fail(err, "snapshot: it has two lists of media");
    if (!strcmp(s->kind, "media")) return (r->media = strdup((char *)s->raw)) || fail(err, "snapshot: the host has no memory for it");
    if (!strcmp(s->kind, "pages")) return choose_tree(r, s->name, err) && snapshot_each_page(s, put_page, r, err);
    if (!strcmp(s->kind, "texts")) {
        if (s->raw_bytes != 8 * CHECKPOINT_TEXTS) return fail(err, "snapshot: section texts has another size than it must");
        for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) r->checkpoint->text_total[n] = get64(s->raw + 8 * n);
        return r->has_texts = true;
    }
    if (strcmp(s->kind, "state")) return fail(err, "snapshot: section \"%s\" is not known", s->kind);
    if (r->has_state) return fail(err, "snapshot: it has two states");
    r->checkpoint->state.bytes = malloc(s->raw_bytes + 1);
    if (!r->checkpoint->state.bytes) return fail(err, "snapshot: the host has no memory for it");
    memcpy(r->checkpoint->state.bytes, s->raw, s->raw_bytes);
    r->checkpoint->state.size = s->raw_bytes;
    r->checkpoint->state.room = s->raw_bytes + 1;
    return r->has_state = true;
}

/* --- media --- */

/* What was written through then may be volatile now: the contents are the same. */
static bool same_medium(const char *ours, const char *theirs, size_t length)
{
    size_t name = strcspn(ours, " ");

    if (!memcmp(ours, theirs, length)) return true;
    return name + 2 < length && !memcmp(ours, theirs, name) && !memcmp(ours + name, " 1 ", 3) && !memcmp(theirs + name, " 0 ", 3) &&
           !memcmp(ours + name + 2, theirs + name + 2, length - name - 2);
}

/* An image that the guest wrote to has to be what it was; one that is missing, or another one, cannot be the guest's. */
bool restoring_media_agree(struct restoring *r, bool in_files, struct error *err)
{
    char *ours = snapshot_media(r->machine, in_files), *a = ours, *b = r->media;
    bool same = ours != NULL;

    while (same && (*a || *b)) {
        size_t n = strcspn(a, "\n"), k = strcspn(b, "\n");
        const char *told = *b ? b : a, *path = told;
        same = n == k && same_medium(a, b, n);
        for (unsigned words = 0; words < 4 && *path && *path != '\n'; path++) words += *path == ' ';
        if (!same) fail(err, "%.*s: path=\"%.*s\": is not there, or not what it was when the snapshot was taken; %s", (int)strcspn(told, " \n"), told, (int)strcspn(path, "\n"), path, *b ? "bring it back" : "the snapshot has no such medium");
        a += n + (a[n] == '\n');
        b += k + (b[k] == '\n');
    }
    free(ours);
    return same;
}

/* --- all of it --- */

static bool begin_trees(struct restoring *r)
{
    struct checkpoint *c = r->checkpoint = calloc(1, sizeof *r->checkpoint);
    const char *name;
    struct disk_image *image;

    if (!c) return false;
    c->ram = page_tree_create(&r->store, r->machine->ram_bytes / TREE_PAGE_BYTES);
    c->video = page_tree_create(&r->store, r->machine->vga.memory_bytes / TREE_PAGE_BYTES);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) c->text[n] = page_tree_create(&r->store, CAPTURE_BYTES / TREE_PAGE_BYTES);
    for (unsigned i = 0; board_image_at(r->machine, i, &name, &image); i++) {
        if (!image) continue;
        struct page_tree now = disk_image_moment(image);
        c->disk[i] = (struct page_tree){ .store = now.store, .levels = now.levels };
        r->disk_room[i] = disk_image_volatile_most(image) / TREE_PAGE_BYTES;
        page_tree_free(&now);
    }
    return true;
}

bool restoring_begin(struct restoring *r, struct machine *m, struct error *err)
{
    *r = (struct restoring){ .machine = m };
    return begin_trees(r) || fail(err, "snapshot: the host has no memory for it");
}

void restoring_end(struct restoring *r)
{
    checkpoint_free(r->checkpoint);
    free(r->media);
    r->checkpoint = NULL;
    r->media = NULL;
}

bool restoring_is_whole(struct restoring *r, const char *path, struct error *err)
{
    const char *missing = !r->has_config ? "config" : !r->has_schema ? "schema" : !r->media ? "media" : !r->has_state ? "state" : !r->has_texts ? "texts" : NULL;

    if (missing) return fail(err, "snapshot: path=\"%s\": has no section %s", path, missing);
    if (r->lacks_perturb && !state_image_add_perturb(r->machine, &r->checkpoint->state)) return fail(err, "snapshot: the host has no memory for it");
    return state_image_possible(r->machine, &r->checkpoint->state, err);
}

static bool read_all(struct restoring *r, const char *path, struct error *err)
{
    struct snapshot_reader reader;
    bool ok = snapshot_open(&reader, path, err);

    while (ok && snapshot_next(&reader, err)) ok = restoring_take(r, &reader, err);
    ok = ok && reader.ended && !err->count && restoring_is_whole(r, path, err) && restoring_media_agree(r, true, err);
    snapshot_close(&reader);
    r->name = NULL;                                      /* it was the reader's */
    return ok;
}

static bool become(struct restoring *r, struct error *err)
{
    struct machine *m = r->machine;
    struct machine_history h = { 0 };
    struct memory_tracker tracker;

    machine_history(m, &h);
    machine_forget_history(m);
    bool ok = tracker_begin(&tracker, m) || fail(err, "snapshot: the host has no memory for it");
    if (ok) {
        checkpoint_put(&tracker, r->checkpoint);
        sounds_move(m, NULL);
    }
    tracker_end(&tracker);
    return ok && (!h.limit_bytes || machine_keep_history(m, h.limit_bytes, err));
}

bool machine_restore(struct machine *m, const char *path, struct error *err)
{
    struct restoring r;

    if (m->past) return fail(err, "%s: the machine is in the past; go to its present first", path);
    if (m->mirror) return fail(err, "%s: a machine that is mirrored restores nothing; `mirror off` ends that", path);
    if (m->journal.mode != JOURNAL_OFF) return fail(err, "%s: a session that is recorded or replayed goes its own way: it restores nothing", path);
    bool ok = restoring_begin(&r, m, err) && read_all(&r, path, err);
    if (!ok) err->about_image = true;
    ok = ok && become(&r, err);
    restoring_end(&r);
    return ok;
}
