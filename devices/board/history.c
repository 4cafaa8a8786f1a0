/* Checkpoints, and the way back.                                                           doc: time-travel
 *
 *   first            checkpoints, thinner with age               present
 *     |---------|---------|-----|-----|--|--|--|-|-|-|-|-|----------|
 *                              ^ go to: the last checkpoint before it, and forward from there by the journal
 *
 * A machine that has gone back is in the past: what comes in is what came in then, the host's input waits, nothing goes out a second time.
 * Running on it comes to its present again, and is there as if it had never been away. */
#include "devices/board/history.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "devices/board/board.h"
#include "devices/board/checkpoint.h"

#ifdef HARD
enum { CHECKPOINTS_MOST = 8, LOOK_TICKS = 50000, SHARE = 1, LEAST_NS = 0, MOST_NS = 0 };
#else
/* Between two checkpoints lies SHARE times what the last one cost, but whoever steps back waits no longer than MOST_NS; asked every LOOK_TICKS. */
enum { CHECKPOINTS_MOST = 512, LOOK_TICKS = 1000000, SHARE = 50, LEAST_NS = 20000000, MOST_NS = 100000000 };
#endif

struct history {
    struct memory_tracker tracker;
    struct checkpoint *at[CHECKPOINTS_MOST];             /* ascending */
    unsigned count;
    struct checkpoint *present;                          /* as it was left; NULL: this is it */
    enum journal_mode present_mode;
    struct sounds_left *sounds;                          /* of the present */
    u64 limit_bytes, own_bytes;                          /* own: of checkpoints beside their trees */
    u64 look;                                            /* the tick at which the next one may be due */
    u64 last_ns, cost_ns;                                /* of the thread's time: when the last one was taken, what it cost */
};

static u64 thread_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static u64 now(const struct machine *m) { return m->clock.time.now; }

/* --- the list --- */

static u64 bytes_of(const struct machine *m)
{
    const struct history *h = m->history;
    u64 bytes = h->tracker.store.bytes + h->own_bytes + m->journal.bytes;
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at((struct machine *)m, i, &name, &image); i++)
        if (image) bytes += disk_image_past_bytes(image);
    for (unsigned n = 0; n < m->shelf.count; n++)
        if (m->shelf.medium[n].out) bytes += disk_image_past_bytes(m->shelf.medium[n].image);
    return bytes;
}

static void drop(struct history *h, unsigned n)
{
    h->own_bytes -= checkpoint_own_bytes(h->at[n]);
    checkpoint_free(h->at[n]);
    memmove(&h->at[n], &h->at[n + 1], (h->count - n - 1) * sizeof *h->at);
    h->count--;
}

/* The one whose going makes the least difference: the gap that it leaves, against how long ago it is. */
static unsigned least_wanted(const struct history *h, u64 tick)
{
    unsigned least = 1;
    double gap_of_least = 0;

    for (unsigned n = 1; n + 1 < h->count; n++) {
        double age = (double)(tick > h->at[n]->tick ? tick - h->at[n]->tick : h->at[n]->tick - tick) + 1;
        double gap = (double)(h->at[n + 1]->tick - h->at[n - 1]->tick) / age;
        if (n > 1 && gap >= gap_of_least) continue;
        least = n;
        gap_of_least = gap;
    }
    return least;
}

/* Of a disk that was in its drive at all of these moments; media that are changed are small. */
static void begin_disk_at_first(struct machine *m, unsigned drive, struct disk_image *image)
{
    struct history *h = m->history;
    struct page_tree *moment[CHECKPOINTS_MOST];

    for (unsigned n = 0; n < m->shelf.count; n++)
        if (m->shelf.medium[n].image == image) return;
    for (unsigned n = 0; n < h->count; n++) {
        if (h->at[n]->medium[drive] != image) return;
        moment[n] = &h->at[n]->disk[drive];
    }
    disk_image_past_begins_at(image, moment, h->count);
}

/* What disks held before the first checkpoint nobody will see again. */
static void begin_disks_at_first(struct machine *m)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; !m->past && board_image_at(m, i, &name, &image); i++)
        if (image) begin_disk_at_first(m, i, image);
}

/* Room for one more.  Thinning first; when few are left, the oldest goes. */
static void keep_within(struct machine *m)
{
    enum { FEW = 12 };
    struct history *h = m->history;

    while (h->count == CHECKPOINTS_MOST || (h->count > 1 && bytes_of(m) > h->limit_bytes)) {
        bool oldest = h->count <= FEW && h->count < CHECKPOINTS_MOST;
        drop(h, oldest ? 0 : least_wanted(h, now(m)));
        if (!oldest) continue;
        journal_drop_before(m, h->at[0]->journal_at);
        begin_disks_at_first(m);
    }
}

/* The last one at `tick` or before; count: none. */
static unsigned last_before(const struct history *h, u64 tick)
{
    unsigned n = h->count;

    while (n && h->at[n - 1]->tick > tick) n--;
    return n ? n - 1 : h->count;
}

static bool take(struct machine *m)
{
    struct history *h = m->history;
    unsigned before = last_before(h, now(m));

    if (before != h->count && h->at[before]->tick == now(m)) return true;
    keep_within(m);
    before = last_before(h, now(m));
    unsigned place = before == h->count ? 0 : before + 1;
    u64 start = thread_ns();
    struct checkpoint *c = checkpoint_take(&h->tracker);
    if (!c) return false;
    memmove(&h->at[place + 1], &h->at[place], (h->count - place) * sizeof *h->at);
    h->at[place] = c;
    h->count++;
    h->own_bytes += checkpoint_own_bytes(c);
    h->last_ns = thread_ns();
    h->cost_ns = h->last_ns - start;
    return true;
}

/* --- while the machine runs --- */

static bool due(const struct history *h)
{
    u64 span = h->cost_ns * SHARE;

    span = span < LEAST_NS ? LEAST_NS : span > MOST_NS ? MOST_NS : span;
    return thread_ns() - h->last_ns >= span;
}

struct memory_tracker *history_tracker(struct machine *m) { return m->history ? &m->history->tracker : NULL; }

static void come_to_present(struct machine *m);

u64 history_next_tick(const struct machine *m)
{
    const struct history *h = m->history;

    if (!h) return NEVER;
    return m->past && h->present->tick < h->look ? h->present->tick : h->look;
}

void history_see(struct machine *m)
{
    struct history *h = m->history;

    if (m->past && now(m) >= h->present->tick) {
        journal_apply_due(m);                            /* what came in at that tick, before it was left */
        come_to_present(m);
    }
    if (now(m) < h->look) return;
    h->look = now(m) + LOOK_TICKS;
    if (due(h) && !take(m)) h->last_ns = thread_ns();
}

/* --- beginning and end --- */

/* Those in drives, and those on the shelf. */
static bool each_medium(struct machine *m, bool (*one)(struct machine *m, struct disk_image *image, const char *name, struct error *err), struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; ok && board_image_at(m, i, &name, &image); i++)
        if (image) ok = one(m, image, name, err);
    for (unsigned n = 0; ok && n < m->shelf.count; n++) {
        bool in_drive = false;
        for (unsigned i = 0; board_image_at(m, i, &name, &image); i++) in_drive |= image == m->shelf.medium[n].image;
        if (!in_drive) ok = one(m, m->shelf.medium[n].image, m->shelf.medium[n].path, err);
    }
    return ok;
}

static bool each_disk(struct machine *m, bool (*one)(struct machine *m, struct disk_image *image, const char *name, struct error *err), struct error *err)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !one(m, image, name, err)) return false;
    return true;
}

static bool keep_disk(struct machine *m, struct disk_image *image, const char *name, struct error *err)
{
    return disk_image_keep_past(image, &m->history->tracker.store) ||
           fail(err, "%s: path=\"%s\": volatile writes in a file have no past; leave journal= away", name, disk_image_path(image));
}

static bool forget_disk(struct machine *m, struct disk_image *image, const char *name, struct error *err)
{
    (void)m, (void)name, (void)err;
    disk_image_forget_past(image);
    return true;
}

static void drop_all(struct history *h)
{
    while (h->count) drop(h, h->count - 1);
}

void machine_forget_history(struct machine *m)
{
    struct history *h = m->history;

    if (!h) return;
    if (m->past) {
        checkpoint_put(&h->tracker, h->present);
        come_to_present(m);
    }
    drop_all(h);
    each_medium(m, forget_disk, NULL);
    shelf_clear(m);
    tracker_end(&h->tracker);
    journal_keep(m, false);
    free(h);
    m->history = NULL;
}

bool machine_keep_history(struct machine *m, u64 limit_bytes, struct error *err)
{
    machine_forget_history(m);
    struct history *h = m->history = calloc(1, sizeof *h);
    if (!h) return fail(err, "time_travel: the host has no memory for it");
    h->limit_bytes = limit_bytes;
    h->look = now(m) + LOOK_TICKS;
    bool ok = each_disk(m, keep_disk, err);

    journal_keep(m, true);
    if (ok && (!tracker_begin(&h->tracker, m) || !take(m))) ok = fail(err, "time_travel: the host has no memory for it");
    if (!ok) machine_forget_history(m);
    return ok;
}

bool history_takes_in(struct machine *m, unsigned drive, struct disk_image *image, const char *path, enum disk_image_mode mode)
{
    if (!m->history || m->past) return true;
    return shelf_takes_in(m, drive, image, path, mode) && disk_image_keep_past(image, &m->history->tracker.store);
}

bool history_takes_out(struct machine *m, unsigned drive, struct disk_image *image)
{
    return m->history && (m->past || shelf_takes_out(m, drive, image));
}

void history_medium_changed(struct machine *m)
{
    struct error err = { 0 };
    u64 limit = m->history ? m->history->limit_bytes : 0;

    if (!m->history || m->past) return;
    machine_keep_history(m, limit, &err);
}

/* --- to another moment --- */

static bool leave_present(struct machine *m)
{
    struct history *h = m->history;

    h->present = checkpoint_take(&h->tracker);
    h->sounds = h->present ? sounds_leave(m) : NULL;
    if (!h->sounds) {
        checkpoint_free(h->present);
        h->present = NULL;
        return false;
    }
    h->present_mode = m->journal.mode;
    m->journal.mode = JOURNAL_REPLAYS;
    return m->past = true;
}

static bool return_disk(struct machine *m, struct disk_image *image, const char *name, struct error *err)
{
    (void)m, (void)name, (void)err;
    disk_image_return(image);
    return true;
}

static bool take_over_disk(struct machine *m, struct disk_image *image, const char *name, struct error *err)
{
    (void)m, (void)name;
    return disk_image_take_over(image, err);
}

/* The machine is what it was when it was left. */
static void come_to_present(struct machine *m)
{
    struct history *h = m->history;

    each_medium(m, return_disk, NULL);
    m->journal.mode = h->present_mode;
    m->past = false;
    disks_settle_later(m);
    sounds_return(m, h->sounds);
    h->sounds = NULL;
    checkpoint_free(h->present);
    h->present = NULL;
}

bool machine_take_over(struct machine *m, struct error *err)
{
    struct history *h = m->history;

    if (m->past && m->mirror) return fail(err, "the machine is mirrored: what has been cannot be undone; `mirror off` ends that");
    if (!m->past) {
        if (m->journal.mode != JOURNAL_REPLAYS) return true;
        journal_cut(m);
        m->journal.mode = JOURNAL_OFF;
        if (h) journal_keep(m, true);
        return true;
    }
    if (!shelf_lock(m, err) || !each_medium(m, take_over_disk, err)) return false;
    shelf_unlock(m);
    if (!journal_cut(m)) return fail(err, "the recorded journal cannot be shortened: its end would be of another session");
    while (h->count && h->at[h->count - 1]->tick > now(m)) drop(h, h->count - 1);
    m->journal.mode = h->present_mode == JOURNAL_REPLAYS ? JOURNAL_OFF : h->present_mode;
    journal_keep(m, true);
    m->past = false;
    h->look = now(m) + LOOK_TICKS;
    disks_settle_later(m);
    sounds_move(m, h->sounds);
    h->sounds = NULL;
    checkpoint_free(h->present);
    h->present = NULL;
    return true;
}

/* Checkpoints shortly before the tick that is wanted: whoever goes back a step will go back another. */
static struct machine_stop run_to(struct machine *m, u64 tick)
{
    static const u64 before[] = { 2000000, 200000, 20000, 2000 };
    struct machine_stop stop = { .kind = MACHINE_TICKS };

    for (unsigned i = 0; i < ARRAY_COUNT(before); i++) {
        if (tick < before[i] || now(m) + before[i] >= tick) continue;
        stop = machine_run(m, tick - before[i] - now(m));
        if (stop.kind != MACHINE_TICKS) return stop;
        take(m);
    }
    return now(m) < tick ? machine_run(m, tick - now(m)) : stop;
}

bool machine_go_to(struct machine *m, u64 tick, struct error *err)
{
    struct history *h = m->history;

    if (!h) return fail(err, "there is no past: time_travel: enabled=1 keeps it");
    u64 end = m->past ? h->present->tick : now(m);
    if (tick > end) return fail(err, "tick %llu is not to come back to: the present is tick %llu", (unsigned long long)tick, (unsigned long long)end);
    if (tick < h->at[0]->tick)
        return fail(err, "tick %llu is forgotten: the past begins at tick %llu; time_travel: memory= makes it longer", (unsigned long long)tick, (unsigned long long)h->at[0]->tick);
    if (tick == now(m)) return true;
    if (!shelf_is_sound(m, err)) return false;
    if (!m->past && !leave_present(m)) return fail(err, "time travel: the host has no memory for the present");
    if (tick == h->present->tick) {
        checkpoint_put(&h->tracker, h->present);
        come_to_present(m);
        return true;
    }
    unsigned n = last_before(h, tick);
    if (now(m) > tick || h->at[n]->tick > now(m)) checkpoint_put(&h->tracker, h->at[n]);
    struct machine_stop stop = run_to(m, tick);
    journal_apply_due(m);
    return now(m) == tick || fail(err, "the way to tick %llu ended at tick %llu: %.300s", (unsigned long long)tick, (unsigned long long)now(m), stop.text);
}

bool machine_history(const struct machine *m, struct machine_history *history)
{
    const struct history *h = m->history;

    if (!h) return false;
    *history = (struct machine_history){ .first = h->at[0]->tick, .present = m->past ? h->present->tick : now(m), .in_past = m->past, .checkpoints = h->count,
                                         .bytes = bytes_of(m), .limit_bytes = h->limit_bytes };
    return true;
}

u64 machine_checkpoint_before(const struct machine *m, u64 tick)
{
    unsigned n = m->history && tick ? last_before(m->history, tick - 1) : 0;
    return !m->history || !tick || n == m->history->count ? NEVER : m->history->at[n]->tick;
}
