/* Power is cut while images are written: what a flush made safe is there, and every sector is one that the guest wrote. */
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "crash.h"

enum { DISK_SECTORS = 6000, GUEST_STEPS = 900, CUTS_OF_A_GUEST = 500 };

/* How often: `make test-long` says more. */
static unsigned times(const char *variable, unsigned usual)
{
    const char *text = getenv(variable);
    return text ? (unsigned)atoi(text) : usual;
}

/* A guest's writes and flushes, each with the place in the log of the host where it ended. */
struct deed {
    u64 lba;
    u32 count, turn;                     /* count 0: a flush */
    unsigned begun, ended;
};

struct trial {
    const struct image_kind *kind;
    bool over_base;                      /* a disk of turn 0 lies below */
    struct crash_disk *log, *base;
    u8 *first;                           /* the disk before the recording */
    u64 first_size, data_at;
    struct deed deed[GUEST_STEPS];
    unsigned deeds;
};

static struct image_layer *layer_on(const struct image_kind *kind, struct crash_disk *d, struct error *err)
{
    struct image_file *file = image_file_over(&crash_host, d, d->size);
    struct image_layer *layer = kind->open_file(file, NULL, err);
    if (!layer) image_file_close(file);
    return layer;
}

static struct image_layer *open_on(const struct trial *t, struct crash_disk *d, struct error *err)
{
    struct image_layer *layer = layer_on(t->kind, d, err);
    if (layer && t->over_base) layer->below = layer_on(image_kind_of(DISK_FLAT), t->base, err);
    return layer;
}

/* A host that is full now and then: the same is asked again, as a machine that waited does. */
static void work(struct trial *t, struct image_layer *layer, u32 *seed)
{
    static u8 bytes[100 * SECTOR_BYTES];

    for (unsigned i = 0; i < GUEST_STEPS; i++) {
        struct deed *a = &t->deed[t->deeds++];
        struct error err = { 0 };
        bool hot = crash_random(seed) & 1;                   /* half of them where writes were before */
        *a = (struct deed){ .lba = crash_random(seed) % (hot ? 300 : DISK_SECTORS), .count = 1 + crash_random(seed) % (crash_random(seed) % 8 ? 8 : 100), .turn = i + 1 };
        if (a->count > DISK_SECTORS - a->lba) a->count = (u32)(DISK_SECTORS - a->lba);
        if (crash_random(seed) % 12 == 0) a->count = 0;
        a->begun = t->log->steps;
        for (u32 k = 0; k < a->count; k++) fill_sector(bytes + k * SECTOR_BYTES, a->lba + k, a->turn);
        while (!(a->count ? image_layer_write(layer, a->lba, a->count, bytes, &err) : image_layer_flush(layer, &err)))
            cr_assert(t->log->full && strstr(err.text, "No space left"), "%s", err.text);
        a->ended = t->log->steps;
    }
}

static bool is_as_at_first(const struct trial *t, const u8 *bytes, u64 lba) { return t->over_base ? sector_is(bytes, lba, 0) : sector_is_zero(bytes); }

/* Of each sector: what the last flush before the cut made safe, or something written later. */
static void judge(const struct trial *t, struct image_layer *layer, unsigned cut, unsigned number)
{
    static u32 safe[DISK_SECTORS];
    unsigned flushed = 0;
    u8 bytes[SECTOR_BYTES];

    memset(safe, 0, sizeof safe);
    for (unsigned i = 0; i < t->deeds; i++)
        if (!t->deed[i].count && t->deed[i].ended <= cut) flushed = i + 1;
    for (unsigned i = 0; i < flushed; i++)
        for (u32 k = 0; k < t->deed[i].count; k++) safe[t->deed[i].lba + k] = t->deed[i].turn;
    for (u64 lba = 0; lba < DISK_SECTORS; lba++) {
        got_sector(layer, lba, bytes);
        bool right = safe[lba] ? sector_is(bytes, lba, safe[lba]) : is_as_at_first(t, bytes, lba);
        for (unsigned i = flushed; !right && i < t->deeds && t->deed[i].begun < cut; i++)
            right = lba - t->deed[i].lba < t->deed[i].count && sector_is(bytes, lba, t->deed[i].turn);
        cr_assert(right, "%s, cut %u at step %u: sector %llu is not what turn %u left (turn %u is there)", t->kind->name, number, cut, (unsigned long long)lba, safe[lba],
                  get32(bytes + 8));
    }
}

static void cut_once(const struct trial *t, unsigned number, u32 *seed)
{
    struct crash_disk *d = crash_copy(t->first, t->first_size);
    struct error err = { 0 };
    unsigned cut = crash_random(seed) % (t->log->steps + 1);

    crash_cut(d, t->log, t->log, cut, t->data_at, seed);
    struct image_layer *layer = open_on(t, d, &err);
    cr_assert(layer, "%s, cut %u: %s", t->kind->name, number, err.text);
    judge(t, layer, cut, number);
    put_sector(layer, DISK_SECTORS - 1, 77777);              /* and it goes on from there */
    cr_assert(image_layer_flush(layer, &err));
    image_layer_close(layer);
    layer = open_on(t, d, &err);
    u8 bytes[SECTOR_BYTES];
    cr_assert(sector_is(got_sector(layer, DISK_SECTORS - 1, bytes), DISK_SECTORS - 1, 77777));
    image_layer_close(layer);
    crash_free(d);
}

static struct crash_disk *disk_of_turn_0(void)
{
    struct crash_disk *d = calloc(1, sizeof *d);

    crash_grow(d, DISK_SECTORS * SECTOR_BYTES);
    for (u64 lba = 0; lba < DISK_SECTORS; lba++) fill_sector(d->bytes + lba * SECTOR_BYTES, lba, 0);
    return d;
}

/* An image that is made on an empty disk. */
static void create_on(const struct image_kind *kind, struct crash_disk *d)
{
    struct error err = { 0 };
    struct image_file *file = image_file_over(&crash_host, d, 0);

    cr_assert(kind->create(file, DISK_SECTORS, NULL, &err), "%s", err.text);
    image_file_close(file);
}

/* One guest, and many moments at which its host might lose power. */
static void cut_a_guest(enum disk_mode mode, bool over_base, u32 full, u64 data_at, unsigned cuts, u32 *seed)
{
    struct trial *t = calloc(1, sizeof *t);
    struct error err = { 0 };

    *t = (struct trial){ .kind = image_kind_of(mode), .over_base = over_base, .data_at = data_at, .log = calloc(1, sizeof *t->log), .base = disk_of_turn_0() };
    create_on(t->kind, t->log);
    t->first_size = t->log->size;
    t->first = memcpy(malloc(t->first_size), t->log->bytes, t->first_size);
    t->log->recording = true;
    t->log->full = full;
    t->log->seed = *seed;
    struct image_layer *layer = open_on(t, t->log, &err);
    work(t, layer, seed);
    t->log->recording = false;
    judge(t, layer, t->log->steps, 0);                       /* nobody cut anything */
    image_layer_close(layer);
    for (unsigned i = 0; i < cuts; i++) cut_once(t, i, seed);
    crash_free(t->log);
    crash_free(t->base);
    free(t->first);
    free(t);
}

static void cut_many(enum disk_mode mode, bool over_base, u32 full, u64 data_at, u32 seed)
{
    unsigned left = times("ORRERY_CUTS", 250);

    for (unsigned now; left; left -= now) {
        now = left < CUTS_OF_A_GUEST ? left : CUTS_OF_A_GUEST;
        cut_a_guest(mode, over_base, full, data_at, now, &seed);
    }
}

/* Headers and map may be torn at any byte, sectors of the disk are whole. */
enum { OVERLAY_DATA_AT = 2 * 4096 + 8192 };
Test(crash, an_overlay_keeps_what_was_flushed) { cut_many(DISK_OVERLAY, false, 0, OVERLAY_DATA_AT, 1); }
Test(crash, an_overlay_on_its_base_keeps_what_was_flushed) { cut_many(DISK_OVERLAY, true, 0, OVERLAY_DATA_AT, 2); }
Test(crash, an_overlay_on_a_host_that_is_full_now_and_then_does) { cut_many(DISK_OVERLAY, true, 20, OVERLAY_DATA_AT, 3); }
/* In the forms of Bochs, which have no sums, a sector of the host's disk is whole too. */
Test(crash, a_growing_image_keeps_what_was_flushed) { cut_many(DISK_GROWING, false, 0, 0, 4); }
Test(crash, a_growing_image_on_a_host_that_is_full_now_and_then_does) { cut_many(DISK_GROWING, false, 20, 0, 5); }
Test(crash, a_redolog_on_its_base_keeps_what_was_flushed) { cut_many(DISK_GROWING, true, 20, 0, 6); }
Test(crash, a_sparse_image_keeps_what_was_flushed) { cut_many(DISK_SPARSE, false, 0, 0, 7); }
Test(crash, a_sparse_image_on_another_keeps_what_was_flushed) { cut_many(DISK_SPARSE, true, 20, 0, 8); }
Test(crash, a_flat_image_keeps_what_was_flushed) { cut_many(DISK_FLAT, false, 20, 0, 9); }

/* --- the power goes during a commit --- */

/* What an upper layer of this form holds goes into its base; sectors of the base may not be torn. */
static void cut_commits(enum disk_mode mode, u64 data_at, u32 seed)
{
    unsigned cuts = times("ORRERY_CUTS", 250);
    const struct image_kind *flat = image_kind_of(DISK_FLAT);
    struct crash_disk *top = calloc(1, sizeof *top), *base = disk_of_turn_0();
    struct trial *t = calloc(1, sizeof *t);
    struct error err = { 0 };
    u8 bytes[SECTOR_BYTES];

    *t = (struct trial){ .kind = image_kind_of(mode), .log = top };
    create_on(t->kind, top);
    struct image_layer *layer = layer_on(t->kind, top, &err), *below = layer_on(flat, base, &err);
    layer->below = below;
    for (u64 lba = 0; lba < DISK_SECTORS; lba += 3) put_sector(layer, lba, 9);
    cr_assert(image_layer_flush(layer, &err));
    layer->below = NULL;
    struct crash_disk *first_top = crash_copy(top->bytes, top->size), *first_base = crash_copy(base->bytes, base->size);
    base->log = top;
    top->recording = true;
    cr_assert(image_commit_layers(layer, below, NULL, &err), "%s", err.text);
    top->recording = false;
    image_layer_close(layer), image_layer_close(below);
    for (unsigned i = 0; i < cuts; i++) {
        bool late = crash_random(&seed) & 1;                 /* the upper layer is emptied in the last few steps */
        unsigned cut = late ? top->steps - crash_random(&seed) % 20 : crash_random(&seed) % (top->steps + 1);
        struct crash_disk *left_top = crash_copy(first_top->bytes, first_top->size), *left_base = crash_copy(first_base->bytes, first_base->size);
        crash_cut(left_top, top, top, cut, data_at, &seed);
        crash_cut(left_base, base, top, cut, 0, &seed);
        for (unsigned again = 0; again < 2; again++) {       /* as it was found, and after the commit was run once more */
            layer = layer_on(t->kind, left_top, &err);
            cr_assert(layer, "cut %u of %u: %s", cut, top->steps, err.text);
            layer->below = layer_on(flat, left_base, &err);
            for (u64 lba = 0; lba < DISK_SECTORS; lba++)
                cr_assert(sector_is(got_sector(again ? layer->below : layer, lba, bytes), lba, lba % 3 ? 0 : 9), "cut %u of %u, %u: sector %llu", cut, top->steps, again,
                          (unsigned long long)lba);
            below = layer->below;
            layer->below = NULL;
            if (!again) cr_assert(image_commit_layers(layer, below, NULL, &err), "%s", err.text);
            image_layer_close(layer), image_layer_close(below);
        }
        crash_free(left_top), crash_free(left_base);
    }
    crash_free(top), crash_free(base), crash_free(first_top), crash_free(first_base);
    free(t);
}

Test(crash, a_commit_of_an_overlay_may_be_cut_anywhere) { cut_commits(DISK_OVERLAY, OVERLAY_DATA_AT, 11); }
Test(crash, a_commit_of_a_sparse_image_may_be_cut_anywhere) { cut_commits(DISK_SPARSE, 0, 12); }

/* --- the program is killed --- */

enum { ROUND_SECTORS = 40, BASE_TURN = 0xba5e };

/* Where the sectors of a round lie. */
static u64 lba_of(u64 i, u32 turn) { return (i * 97 + turn) % DISK_SECTORS; }

/* Writes and flushes for ever; says each flush that ended. */
static void write_for_ever(struct image_layer *layer, int to)
{
    struct error err = { 0 };

    for (u32 turn = 1;; turn++) {
        u8 bytes[SECTOR_BYTES];
        for (u64 i = 0; i < ROUND_SECTORS; i++) {
            fill_sector(bytes, lba_of(i, turn), turn);
            if (!image_layer_write(layer, lba_of(i, turn), 1, bytes, &err)) _exit(1);
        }
        if (!image_layer_flush(layer, &err) || write(to, &turn, sizeof turn) != sizeof turn) _exit(1);
    }
}

/* Every sector: what the last flush that was told made safe, what some later round wrote, or what was there before. */
static void expect_rounds(struct image_layer *layer, u32 last, bool over_base)
{
    static u32 safe[DISK_SECTORS];
    u8 bytes[SECTOR_BYTES];

    memset(safe, 0, sizeof safe);
    for (u32 turn = 1; turn <= last; turn++)
        for (u64 i = 0; i < ROUND_SECTORS; i++) safe[lba_of(i, turn)] = turn;
    for (u64 lba = 0; lba < DISK_SECTORS; lba++) {
        u32 there = get32(got_sector(layer, lba, bytes) + 8);
        bool first = over_base ? sector_is(bytes, lba, BASE_TURN) : sector_is_zero(bytes);
        cr_assert(first ? !safe[lba] : there >= safe[lba] && sector_is(bytes, lba, there), "sector %llu has turn %u, turn %u was flushed", (unsigned long long)lba, there, safe[lba]);
    }
}

static void count_files(const char *folder, unsigned wanted)
{
    unsigned files = 0;
    DIR *list = opendir(folder);

    for (const struct dirent *e; (e = readdir(list));) files += e->d_name[0] != '.' || e->d_name[1];
    closedir(list);
    cr_assert_eq(files - 1, wanted, "%u files where %u are to be", files - 1, wanted);           /* and ".." */
}

/* Ends a child at some moment. */
static void kill_at(pid_t child, useconds_t wait)
{
    usleep(wait);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void look_over(void *context, const char *sentence) { cr_log_info("%s: %s", (const char *)context, sentence); }

/* The image opens as if nothing had been, without a lock of the dead or anything else that is left. */
static void kill_once(struct folder_of_test *f, enum disk_mode mode, const char *path, unsigned files, useconds_t wait)
{
    int ends[2];
    u32 turn, last = 0;

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
    kill_at(child, wait);
    while (read(ends[0], &turn, sizeof turn) == sizeof turn) last = turn;
    close(ends[0]);
    count_files(f->path, files);
    struct image_layer *layer = layer_of(f, mode, path, IMAGE_WRITABLE);
    cr_assert(layer && !layer->read_only, "%s", f->err.text);
    expect_rounds(layer, last, mode == DISK_UNDOABLE);
    struct image_findings findings = { .say = look_over, .context = (void *)path };
    if (layer->format->check) layer->format->check(layer, &findings);
    cr_expect_eq(findings.errors, 0);
    image_layer_close(layer);
}

static void put_disk(const char *path, u64 first, u64 sectors, u32 turn)
{
    u8 *bytes = calloc(sectors, SECTOR_BYTES);

    for (u64 i = 0; turn && i < sectors; i++) fill_sector(bytes + i * SECTOR_BYTES, first + i, turn);
    put_bytes(path, bytes, sectors * SECTOR_BYTES, (off_t)(sectors * SECTOR_BYTES));
    free(bytes);
}

static void kill_many(enum disk_mode mode, u32 seed)
{
    for (unsigned i = 0, kills = times("ORRERY_KILLS", 20); i < kills; i++) {
        FOLDER(f);
        const char *path = in(f, "disk1");
        unsigned files = 1;
        if (mode == DISK_UNDOABLE) put_disk(path, 0, DISK_SECTORS, BASE_TURN), files = 2;
        else if (mode == DISK_FLAT) put_disk(path, 0, DISK_SECTORS, 0);
        else if (mode == DISK_CONCAT) {
            for (files = 0; files < 3; files++) put_disk(in(f, files == 0 ? "disk1" : files == 1 ? "disk2" : "disk3"), 0, DISK_SECTORS / 3, 0);
        } else cr_assert(made(f, mode, path, DISK_SECTORS), "%s", f->err.text);
        kill_once(f, mode, path, files, crash_random(&seed) % 20000);
    }
}

Test(crash, an_overlay_survives_a_kill) { kill_many(DISK_OVERLAY, 1); }
Test(crash, a_growing_image_survives_a_kill) { kill_many(DISK_GROWING, 2); }
Test(crash, an_undoable_image_survives_a_kill) { kill_many(DISK_UNDOABLE, 3); }
Test(crash, a_flat_image_survives_a_kill) { kill_many(DISK_FLAT, 4); }
Test(crash, a_concatenated_image_survives_a_kill) { kill_many(DISK_CONCAT, 5); }
Test(crash, a_sparse_image_survives_a_kill) { kill_many(DISK_SPARSE, 6); }

/* --- a tool is killed --- */

/* A commit that is killed is run again: then the base has everything, and meanwhile the two together showed it. */
Test(crash, a_commit_that_is_killed_is_run_again)
{
    u32 seed = 7;

    for (unsigned i = 0, kills = times("ORRERY_KILLS", 20); i < kills; i++) {
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
        kill_at(child, crash_random(&seed) % 15000);
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
        count_files(f->path, 2);
    }
}

/* What a child does with `path` until it is killed, and what is there then. */
enum tool { TOOL_CREATE, TOOL_CONVERT, TOOL_RESIZE };

static bool use_tool(enum tool tool, const char *from, const char *path, const struct image_kind *kind, struct error *err)
{
    struct image_source source = { .path = from, .what = "image", .access = IMAGE_READ_ONLY };
    struct image_wish wish = { .kind = kind, .path = path, .sectors = 2 * DISK_SECTORS, .force = true };
    struct image_layer *layer = tool == TOOL_CONVERT ? image_open_any(&source, err) : NULL;
    bool ok = tool == TOOL_CREATE ? image_create(&wish, err) : tool == TOOL_RESIZE ? image_resize(path, 2 * DISK_SECTORS, false, NULL, err) : image_convert(layer, &wish, NULL, err);

    image_layer_close(layer);
    return ok;
}

/* The old image, or the new one, whole. */
static void expect_old_or_new(struct folder_of_test *f, enum tool tool, const char *path)
{
    struct image_source source = { .path = path, .what = "image", .access = IMAGE_WRITABLE };
    struct image_layer *layer = image_open_any(&source, &f->err);
    u8 bytes[SECTOR_BYTES];

    cr_assert(layer, "%s", f->err.text);
    bool is_new = layer->sectors == 2 * DISK_SECTORS;
    cr_assert(is_new || layer->sectors == DISK_SECTORS);
    for (u64 lba = 0; lba < layer->sectors; lba++) {
        u32 turn = !is_new || tool == TOOL_RESIZE ? 1 : tool == TOOL_CONVERT ? 2 : 0;
        got_sector(layer, lba, bytes);
        cr_assert(turn && lba < DISK_SECTORS ? sector_is(bytes, lba, turn) : sector_is_zero(bytes), "%s image, sector %llu", is_new ? "new" : "old", (unsigned long long)lba);
    }
    image_layer_close(layer);
}

static void kill_tool(enum tool tool, enum disk_mode mode, u32 *seed)
{
    FOLDER(f);
    const char *path = in(f, "disk"), *from = in(f, "from");
    const struct image_kind *kind = image_kind_of(mode);

    cr_assert(made(f, mode, path, DISK_SECTORS), "%s", f->err.text);
    put_disk(from, 0, DISK_SECTORS, 2);
    struct image_layer *layer = layer_of(f, mode, path, IMAGE_WRITABLE);
    for (u64 lba = 0; lba < DISK_SECTORS; lba++) put_sector(layer, lba, 1);
    cr_assert(image_layer_flush(layer, &f->err));
    image_layer_close(layer);
    fflush(NULL);
    pid_t child = fork();
    if (!child) _exit(!use_tool(tool, from, path, kind, &f->err));
    kill_at(child, crash_random(seed) % 12000);
    expect_old_or_new(f, tool, path);
    cr_assert(use_tool(TOOL_CREATE, from, path, kind, &f->err), "%s", f->err.text);      /* and it tidies up */
    count_files(f->path, 2);
}

static void kill_tools(enum tool tool, u32 seed)
{
    static const enum disk_mode modes[] = { DISK_FLAT, DISK_GROWING, DISK_SPARSE };

    for (unsigned i = 0, kills = times("ORRERY_KILLS", 20); i < kills; i++) kill_tool(tool, modes[i % 3], &seed);
}

Test(crash, what_is_made_anew_is_the_old_or_the_new_after_a_kill) { kill_tools(TOOL_CREATE, 21); }
Test(crash, what_is_converted_is_the_old_or_the_new_after_a_kill) { kill_tools(TOOL_CONVERT, 22); }
Test(crash, what_is_resized_is_the_old_or_the_new_after_a_kill) { kill_tools(TOOL_RESIZE, 23); }
