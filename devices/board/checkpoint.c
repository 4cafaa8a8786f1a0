#include "devices/board/checkpoint.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "devices/board/board.h"

/* Between these addresses boards map RAM, ROM and the VGA as registers say, so which page was stored to says little: contents are compared. */
enum { MOVABLE_FIRST = 0xa0000, MOVABLE_END = 0x100000, ALL_HELD = 0xff, TEXT_PAGES = CAPTURE_BYTES / TREE_PAGE_BYTES };
_Static_assert((int)CHECKPOINT_TEXTS == MACHINE_E9 + 1, "a text each of the serial lines and port E9");
_Static_assert((int)TREE_PAGE_BYTES == (int)PAGE_BYTES && (int)VGA_PAGE_BYTES == (int)PAGE_BYTES, "pages are pages");

/* --- which pages have changed --- */

static void pages_seen(struct machine *m, u64 pa, u64 end)
{
    for (unsigned n = 0; n < m->processors; n++) cpu_pages_drawn(m->processor[n].cpu, pa, end - pa);
}

static void follow_pages(struct machine *m, u64 pa, u64 end, bool follow)
{
    for (; pa < end; pa += PAGE_BYTES) {
        struct physical_page *page = physical_page_at(m->map, pa);
        page->shown = follow;
        page->changed = true;
    }
}

static bool look_at_ram(struct memory_tracker *t, u64 first, u64 end, bool all)
{
    struct machine *m = t->machine;

    for (u64 pa = first; pa < end; pa += PAGE_BYTES) {
        const struct physical_page *page = physical_page_at(m->map, pa);
        if (!page->changed && !all) {
#ifdef HARD
            const struct page_copy *copy = page_tree_get(&t->ram, pa / PAGE_BYTES);
            assert(copy ? !memcmp(copy->bytes, m->ram + pa, PAGE_BYTES) : !page->written);
#endif
            continue;
        }
        bool there = page->written || page_tree_get(&t->ram, pa / PAGE_BYTES);
        if (there && !page_tree_put(&t->ram, pa / PAGE_BYTES, m->ram + pa, ALL_HELD)) return false;
    }
    return true;
}

static bool look_at_video(struct memory_tracker *t)
{
    struct vga *v = &t->machine->vga;

    video_note_changes(t->machine);
    for (u32 n = 0; n < v->memory_bytes / VGA_PAGE_BYTES; n++) {
        if (t->video_stamp[n] == v->page_stamp[n]) {
#ifdef HARD
            const struct page_copy *copy = page_tree_get(&t->video, n);
            assert(copy ? !memcmp(copy->bytes, v->memory + n * VGA_PAGE_BYTES, VGA_PAGE_BYTES) : !v->memory[n * VGA_PAGE_BYTES]);
#endif
            continue;
        }
        if (!page_tree_put(&t->video, n, v->memory + n * VGA_PAGE_BYTES, ALL_HELD)) return false;
        t->video_stamp[n] = v->page_stamp[n];
    }
    return true;
}

static bool look_at_texts(struct memory_tracker *t)
{
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) {
        const struct capture *c = &t->machine->capture[n];
        if (c->total == t->text_total[n]) continue;
        for (unsigned page = 0; page < TEXT_PAGES; page++)
            if (!page_tree_put(&t->text[n], page, c->byte + page * TREE_PAGE_BYTES, ALL_HELD)) return false;
        t->text_total[n] = c->total;
    }
    return true;
}

/* What the trees hold is what memory holds. */
static bool look(struct memory_tracker *t)
{
    struct machine *m = t->machine;
    bool ok = look_at_ram(t, 0, MOVABLE_FIRST, false) && look_at_ram(t, MOVABLE_FIRST, MOVABLE_END, true) && look_at_ram(t, MOVABLE_END, m->ram_bytes, false);

    ok = ok && look_at_video(t) && look_at_texts(t);
    if (!ok) return false;
    pages_seen(m, 0, MOVABLE_FIRST);
    pages_seen(m, MOVABLE_END, m->ram_bytes);
    return true;
}

/* --- life --- */

/* Everything counts as changed. */
static bool prepare(struct memory_tracker *t, struct machine *m)
{
    *t = (struct memory_tracker){ .machine = m, .video_stamp = allocated(calloc(m->vga.memory_bytes / VGA_PAGE_BYTES, sizeof *t->video_stamp)) };
    t->ram = page_tree_create(&t->store, m->ram_bytes / PAGE_BYTES);
    t->video = page_tree_create(&t->store, m->vga.memory_bytes / VGA_PAGE_BYTES);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) t->text[n] = page_tree_create(&t->store, TEXT_PAGES);
    follow_pages(m, 0, MOVABLE_FIRST, true);
    follow_pages(m, MOVABLE_END, m->ram_bytes, true);
    return t->video_stamp;
}

bool tracker_begin(struct memory_tracker *t, struct machine *m) { return prepare(t, m) && look(t); }

/* Whatever changes behind the look at its piece is found by the first checkpoint. */
bool tracker_begin_running(struct memory_tracker *t, struct machine *m, void (*meanwhile)(void *context), void *context)
{
    enum { PIECE = 4 << 20 };
    bool ok = prepare(t, m);

    for (u64 pa = MOVABLE_END; ok && pa < m->ram_bytes; pa += PIECE) {
        u64 end = m->ram_bytes - pa < PIECE ? m->ram_bytes : pa + PIECE;
        ok = look_at_ram(t, pa, end, false);
        pages_seen(m, pa, end);
        meanwhile(context);
    }
    return ok;
}

void tracker_end(struct memory_tracker *t)
{
    if (!t->machine) return;
    follow_pages(t->machine, 0, MOVABLE_FIRST, false);
    follow_pages(t->machine, MOVABLE_END, t->machine->ram_bytes, false);
    page_tree_free(&t->ram);
    page_tree_free(&t->video);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) page_tree_free(&t->text[n]);
    free(t->video_stamp);
    *t = (struct memory_tracker){ 0 };
}

/* --- taking --- */

static void take_disks(struct machine *m, struct checkpoint *c)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++) {
        c->medium[i] = image;
        if (image) c->disk[i] = disk_image_moment(image);
    }
    c->has_media = true;
    c->shelved = m->shelf.count;
    for (unsigned n = 0; n < c->shelved; n++) c->shelf[n] = disk_image_moment(m->shelf.medium[n].image);
}

static bool take_fault_logs(struct machine *m, struct checkpoint *c)
{
    c->fault_logs = malloc(m->processors * cpu_fault_log_bytes());
    for (unsigned n = 0; c->fault_logs && n < m->processors; n++) cpu_save_fault_log(m->processor[n].cpu, c->fault_logs + n * cpu_fault_log_bytes());
    return c->fault_logs;
}

struct checkpoint *checkpoint_take(struct memory_tracker *t)
{
    struct machine *m = t->machine;
    struct checkpoint *c = calloc(1, sizeof *c);

    if (!c) return NULL;
    c->tick = m->clock.time.now;
    c->journal_at = m->journal.at;
    if (!look(t) || !state_image_take(m, &c->state) || !take_fault_logs(m, c)) {
        checkpoint_free(c);
        return NULL;
    }
    take_disks(m, c);
    c->ram = page_tree_share(&t->ram);
    c->video = page_tree_share(&t->video);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) {
        c->text[n] = page_tree_share(&t->text[n]);
        c->text_total[n] = t->text_total[n];
    }
    return c;
}

void checkpoint_free(struct checkpoint *c)
{
    if (!c) return;
    state_image_free(&c->state);
    free(c->fault_logs);
    if (c->ram.store) page_tree_free(&c->ram), page_tree_free(&c->video);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) page_tree_free(&c->text[n]);
    for (unsigned n = 0; n < CHECKPOINT_DISKS; n++) page_tree_free(&c->disk[n]);
    for (unsigned n = 0; n < c->shelved; n++) page_tree_free(&c->shelf[n]);
    free(c);
}

u64 checkpoint_own_bytes(const struct checkpoint *c) { return sizeof *c + c->state.room; }

/* --- putting --- */

static void put_ram_page(void *context, u64 n, const struct page_copy *now, const struct page_copy *wanted)
{
    struct machine *m = context;
    u64 pa = n * PAGE_BYTES;
    struct physical_page *page = physical_page_at(m->map, pa);

    (void)now;
    cpu_memory_written(m->cpu, pa, PAGE_BYTES);
    if (wanted) memcpy(m->ram + pa, wanted->bytes, PAGE_BYTES);
    else memset(m->ram + pa, 0, PAGE_BYTES);
    page->written = wanted != NULL;
    page->changed = false;
}

static void put_video_page(void *context, u64 n, const struct page_copy *now, const struct page_copy *wanted)
{
    struct machine *m = context;
    u8 *at = m->vga.memory + n * VGA_PAGE_BYTES;

    (void)now;
    if (wanted) memcpy(at, wanted->bytes, VGA_PAGE_BYTES);
    else memset(at, 0, VGA_PAGE_BYTES);
    m->vga.page_changed[n] = true;
}

static void put_text_page(struct capture *c, unsigned n, const struct page_copy *wanted)
{
    if (wanted) memcpy(c->byte + n * TREE_PAGE_BYTES, wanted->bytes, TREE_PAGE_BYTES);
}

/* Pages that were stored to since the trees were brought up to date, and those whose trees differ.  It takes no memory: there is always a way back. */
void checkpoint_put_memory(struct memory_tracker *t, const struct checkpoint *c)
{
    struct machine *m = t->machine;

    for (u64 pa = 0; pa < m->ram_bytes; pa += PAGE_BYTES) {
        const struct physical_page *page = physical_page_at(m->map, pa);
        const struct page_copy *wanted = page_tree_get(&c->ram, pa / PAGE_BYTES);
        bool movable = pa >= MOVABLE_FIRST && pa < MOVABLE_END && (page->written || wanted);
        if (page->changed || movable) put_ram_page(m, pa / PAGE_BYTES, NULL, wanted);
    }
    page_tree_differences(&t->ram, &c->ram, put_ram_page, m);
    page_tree_replace(&t->ram, &c->ram);
    video_note_changes(m);
    for (u32 n = 0; n < m->vga.memory_bytes / VGA_PAGE_BYTES; n++)
        if (t->video_stamp[n] != m->vga.page_stamp[n]) put_video_page(m, n, NULL, page_tree_get(&c->video, n));
    page_tree_differences(&t->video, &c->video, put_video_page, m);
    page_tree_replace(&t->video, &c->video);
    video_note_changes(m);
    memcpy(t->video_stamp, m->vga.page_stamp, m->vga.memory_bytes / VGA_PAGE_BYTES * sizeof *t->video_stamp);
    for (unsigned n = 0; n < CHECKPOINT_TEXTS; n++) {
        for (unsigned page = 0; m->capture[n].total != c->text_total[n] && page < TEXT_PAGES; page++) put_text_page(&m->capture[n], page, page_tree_get(&c->text[n], page));
        page_tree_replace(&t->text[n], &c->text[n]);
        m->capture[n].total = t->text_total[n] = c->text_total[n];
    }
}

/* The media of then in their drives; one that was not known yet was not written to. */
static void put_media(struct machine *m, const struct checkpoint *c)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        struct disk_image *image = m->shelf.medium[n].image;
        struct page_tree none = disk_image_nothing_written(image);
        disk_image_show(image, n < c->shelved ? &c->shelf[n] : &none);
    }
    for (unsigned i = 0; i < CHECKPOINT_DISKS; i++) shelf_put_into_drive(m, i, c->medium[i]);
}

void checkpoint_put(struct memory_tracker *t, const struct checkpoint *c)
{
    struct machine *m = t->machine;
    const char *name;
    struct disk_image *image;

    checkpoint_put_memory(t, c);
    if (c->has_media) put_media(m, c);
    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) disk_image_show(image, &c->disk[i]);
    state_image_put(m, &c->state);
    for (unsigned n = 0; c->fault_logs && n < m->processors; n++) cpu_load_fault_log(m->processor[n].cpu, c->fault_logs + n * cpu_fault_log_bytes());
    m->journal.at = c->journal_at;
}
