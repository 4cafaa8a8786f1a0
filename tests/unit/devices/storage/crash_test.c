/* Power is cut while images are written: what a flush made safe is there, and every sector is one that the guest wrote. */
#include <signal.h>
#include <sys/wait.h>

#include "crash.h"

enum { DISK_SECTORS = 6000, GUEST_STEPS = 900, CUTS = 250 };

/* A guest's writes and flushes, each with the place in the log of the host where it ended. */
struct deed {
    u64 lba;
    u32 count, turn;                     /* count 0: a flush */
    unsigned begun, ended;
};

struct trial {
    const struct image_kind *kind;
    struct crash_disk *log;
    u8 *first;                           /* the disk before the recording */
    u64 first_size, data_at;
    struct deed deed[GUEST_STEPS];
    unsigned deeds;
};

static struct image_layer *open_on(const struct image_kind *kind, struct crash_disk *d, struct error *err)
{
    struct image_file *file = image_file_over(&crash_host, d, d->size);
    struct image_layer *layer = kind->open_file(file, NULL, err);
    if (!layer) image_file_close(file);
    return layer;
}

static void work(struct trial *t, struct image_layer *layer, u32 *seed)
{
    static u8 bytes[100 * SECTOR_BYTES];
    struct error err = { 0 };

    for (unsigned i = 0; i < GUEST_STEPS; i++) {
        struct deed *a = &t->deed[t->deeds++];
        bool hot = crash_random(seed) & 1;                   /* half of them where writes were before */
        *a = (struct deed){ .lba = crash_random(seed) % (hot ? 300 : DISK_SECTORS), .count = 1 + crash_random(seed) % (crash_random(seed) % 8 ? 8 : 100), .turn = i + 1 };
        if (a->count > DISK_SECTORS - a->lba) a->count = (u32)(DISK_SECTORS - a->lba);
        if (crash_random(seed) % 12 == 0) a->count = 0;
        a->begun = t->log->steps;
        for (u32 k = 0; k < a->count; k++) fill_sector(bytes + k * SECTOR_BYTES, a->lba + k, a->turn);
        cr_assert(a->count ? image_layer_write(layer, a->lba, a->count, bytes, &err) : image_layer_flush(layer, &err), "%s", err.text);
        a->ended = t->log->steps;
    }
}

/* Of each sector: what the last flush before the cut made safe, or something written later. */
static void judge(const struct trial *t, struct image_layer *layer, unsigned cut, unsigned number)
{
    unsigned flushed = 0;
    u8 bytes[SECTOR_BYTES];

    for (unsigned i = 0; i < t->deeds; i++)
        if (!t->deed[i].count && t->deed[i].ended <= cut) flushed = i + 1;
    for (u64 lba = 0; lba < DISK_SECTORS; lba++) {
        u32 safe = 0;
        got_sector(layer, lba, bytes);
        for (unsigned i = 0; i < flushed; i++)
            if (t->deed[i].count && lba - t->deed[i].lba < t->deed[i].count) safe = t->deed[i].turn;
        bool right = safe ? sector_is(bytes, lba, safe) : sector_is_zero(bytes);
        for (unsigned i = flushed; !right && i < t->deeds && t->deed[i].begun < cut; i++)
            right = lba - t->deed[i].lba < t->deed[i].count && sector_is(bytes, lba, t->deed[i].turn);
        cr_assert(right, "%s, cut %u at step %u: sector %llu is not what turn %u left (turn %u is there)", t->kind->name, number, cut, (unsigned long long)lba, safe, get32(bytes + 8));
    }
}

static void cut_once(const struct trial *t, unsigned number, u32 *seed)
{
    struct crash_disk *d = calloc(1, sizeof *d);
    struct error err = { 0 };
    unsigned cut = crash_random(seed) % (t->log->steps + 1);

    crash_grow(d, t->first_size);
    memcpy(d->bytes, t->first, t->first_size);
    crash_cut(d, t->log, cut, t->data_at, seed);
    struct image_layer *layer = open_on(t->kind, d, &err);
    cr_assert(layer, "%s, cut %u: %s", t->kind->name, number, err.text);
    judge(t, layer, cut, number);
    put_sector(layer, DISK_SECTORS - 1, 77777);              /* and it goes on from there */
    cr_assert(image_layer_flush(layer, &err));
    image_layer_close(layer);
    layer = open_on(t->kind, d, &err);
    u8 bytes[SECTOR_BYTES];
    cr_assert(sector_is(got_sector(layer, DISK_SECTORS - 1, bytes), DISK_SECTORS - 1, 77777));
    image_layer_close(layer);
    crash_free(d);
}

static void cut_many(enum disk_mode mode, u64 data_at, unsigned seed)
{
    struct trial *t = calloc(1, sizeof *t);
    struct error err = { 0 };

    t->kind = image_kind_of(mode);
    t->data_at = data_at;
    t->log = calloc(1, sizeof *t->log);
    struct image_file *file = image_file_over(&crash_host, t->log, 0);
    cr_assert(t->kind->create(file, DISK_SECTORS, NULL, &err), "%s", err.text);
    image_file_close(file);
    t->first_size = t->log->size;
    t->first = memcpy(malloc(t->first_size), t->log->bytes, t->first_size);
    t->log->recording = true;
    struct image_layer *layer = open_on(t->kind, t->log, &err);
    work(t, layer, &seed);
    image_layer_close(layer);
    for (unsigned i = 0; i < CUTS; i++) cut_once(t, i, &seed);
    crash_free(t->log);
    free(t->first);
    free(t);
}

/* Headers and map may be torn at any byte, sectors of the disk are whole. */
Test(crash, an_overlay_keeps_what_was_flushed) { cut_many(DISK_OVERLAY, 2 * 4096 + 8192, 1); }
Test(crash, an_overlay_keeps_what_was_flushed_again) { cut_many(DISK_OVERLAY, 2 * 4096 + 8192, 2); }
Test(crash, an_overlay_keeps_what_was_flushed_a_third_time) { cut_many(DISK_OVERLAY, 2 * 4096 + 8192, 3); }
/* In the forms of Bochs a sector of the host's disk is whole too. */
Test(crash, a_growing_image_keeps_what_was_flushed) { cut_many(DISK_GROWING, 0, 4); }
Test(crash, a_sparse_image_keeps_what_was_flushed) { cut_many(DISK_SPARSE, 0, 5); }

/* --- the program is killed --- */

enum { KILLS = 20, ROUND_SECTORS = 40 };

/* Writes and flushes for ever; says each flush that ended. */
static void write_for_ever(struct image_layer *layer, int to)
{
    struct error err = { 0 };

    for (u32 turn = 1;; turn++) {
        u8 bytes[SECTOR_BYTES];
        for (u64 i = 0; i < ROUND_SECTORS; i++) {
            u64 lba = (i * 97 + turn) % DISK_SECTORS;
            fill_sector(bytes, lba, turn);
            if (!image_layer_write(layer, lba, 1, bytes, &err)) _exit(1);
        }
        if (!image_layer_flush(layer, &err) || write(to, &turn, sizeof turn) != sizeof turn) _exit(1);
    }
}

static void kill_once(struct folder_of_test *f, enum disk_mode mode, const char *path, useconds_t wait)
{
    int ends[2];
    u32 turn, last = 0;
    u8 bytes[SECTOR_BYTES];

    cr_assert_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        struct image_layer *layer = layer_of(f, mode, path, IMAGE_WRITABLE);
        if (layer) write_for_ever(layer, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &last, sizeof last), sizeof last, "%s", f->err.text);
    usleep(wait);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(ends[0], &turn, sizeof turn) == sizeof turn) last = turn;
    close(ends[0]);
    struct image_layer *layer = layer_of(f, mode, path, IMAGE_WRITABLE);
    cr_assert(layer, "%s", f->err.text);
    for (u64 i = 0; i < ROUND_SECTORS; i++) {
        u64 lba = (i * 97 + last) % DISK_SECTORS;
        u32 there = get32(got_sector(layer, lba, bytes) + 8);
        cr_assert(there >= last && sector_is(bytes, lba, there), "sector %llu has turn %u, turn %u was flushed", (unsigned long long)lba, there, last);
    }
    image_layer_close(layer);
}

static void kill_many(enum disk_mode mode, unsigned seed)
{
    for (unsigned i = 0; i < KILLS; i++) {
        FOLDER(f);
        const char *path = in(f, "disk");
        if (mode == DISK_UNDOABLE) put_bytes(path, "", 0, DISK_SECTORS * SECTOR_BYTES);
        else cr_assert(made(f, mode, path, DISK_SECTORS), "%s", f->err.text);
        kill_once(f, mode, path, crash_random(&seed) % 20000);
    }
}

Test(crash, an_overlay_survives_a_kill) { kill_many(DISK_OVERLAY, 1); }
Test(crash, a_growing_image_survives_a_kill) { kill_many(DISK_GROWING, 2); }
Test(crash, an_undoable_image_survives_a_kill) { kill_many(DISK_UNDOABLE, 3); }
Test(crash, a_flat_image_survives_a_kill)
{
    u32 seed = 4;
    for (unsigned i = 0; i < 5; i++) {
        FOLDER(f);
        put_bytes(in(f, "disk"), "", 0, DISK_SECTORS * SECTOR_BYTES);
        kill_once(f, DISK_FLAT, in(f, "disk"), crash_random(&seed) % 10000);
    }
}

/* A commit that is killed is run again: then the base has everything, and meanwhile the two together showed it. */
Test(crash, a_commit_that_is_killed_is_run_again)
{
    u32 seed = 7;

    for (unsigned i = 0; i < KILLS; i++) {
        FOLDER(f);
        const char *base = in(f, "base");
        bool is_overlay = i & 1;
        char named[200];
        u8 bytes[SECTOR_BYTES];
        struct image_wish wish = { .kind = image_kind_of(DISK_OVERLAY), .path = in(f, "overlay"), .base = base };
        put_bytes(base, "", 0, DISK_SECTORS * SECTOR_BYTES);
        if (is_overlay) cr_assert(image_create(&wish, &f->err), "%s", f->err.text);
        snprintf(named, sizeof named, "overlay:%s", wish.path);
        struct image_layer *layer = layer_of(f, is_overlay ? DISK_OVERLAY : DISK_UNDOABLE, is_overlay ? wish.path : base, IMAGE_WRITABLE);
        cr_assert(layer, "%s", f->err.text);
        for (u64 lba = 1; lba < DISK_SECTORS; lba += 2) put_sector(layer, lba, 9);
        cr_assert(image_layer_flush(layer, &f->err));
        image_layer_close(layer);
        fflush(NULL);
        pid_t child = fork();
        if (!child) _exit(!image_commit(is_overlay ? named : base, NULL, false, NULL, &f->err));
        usleep(crash_random(&seed) % 15000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        layer = layer_of(f, is_overlay ? DISK_OVERLAY : DISK_UNDOABLE, is_overlay ? wish.path : base, IMAGE_READ_ONLY);
        cr_assert(layer, "%s", f->err.text);
        for (u64 lba = 0; lba < DISK_SECTORS; lba++) {
            got_sector(layer, lba, bytes);
            cr_assert(lba % 2 ? sector_is(bytes, lba, 9) : sector_is_zero(bytes), "kill %u, sector %llu", i, (unsigned long long)lba);
        }
        image_layer_close(layer);
        cr_assert(image_commit(is_overlay ? named : base, NULL, false, NULL, &f->err), "%s", f->err.text);
        layer = layer_of(f, DISK_FLAT, base, IMAGE_READ_ONLY);
        for (u64 lba = 1; lba < DISK_SECTORS; lba += 2) cr_assert(sector_is(got_sector(layer, lba, bytes), lba, 9));
        image_layer_close(layer);
    }
}
