/* The first of two: it runs, tells what comes in and how far it is, and keeps from the disks what the second could not repeat.          doc: migration */
#include "devices/board/mirror.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"

#ifdef HARD
enum { LOOK_TICKS = 20000, MARK_NS = 0, WAITING_MOST = 1, ENTRIES_ROOM = 64 };
#else
/* The second is told every MARK_NS how far the first is, and is at most so many marks behind. */
enum { LOOK_TICKS = 500000, MARK_NS = 2000000, WAITING_MOST = 8, ENTRIES_ROOM = 65536 };
#endif

static u64 now(const struct machine *m) { return m->clock.time.now; }

static u64 wall_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* --- disks --- */

static bool each_image(struct machine *m, bool (*one)(struct disk_image *image, void *context), void *context)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) ok &= one(image, context);
    return ok;
}

static bool hold(struct disk_image *image, void *wires) { return disk_image_hold(image, wires); }

bool mirror_hold_disks(struct mirror *mi) { return each_image(mi->machine, hold, &mi->wires); }

static bool hold_no_more(struct disk_image *image, void *context)
{
    (void)context;
    disk_image_hold_no_more(image);
    return true;
}

void mirror_hold_no_more(struct machine *m) { each_image(m, hold_no_more, NULL); }

struct letting_go {
    u64 tick;
    struct error *err;
};

static bool write_held(struct disk_image *image, void *context)
{
    struct letting_go *l = context;
    return disk_image_write_held(image, l->tick, l->err);
}

static bool write_all(struct machine *m, u64 tick, struct error *err)
{
    struct letting_go l = { tick, err };
    return each_image(m, write_held, &l);
}

/* --- the other side --- */

static void lose(struct mirror *mi, const char *why)
{
    char text[1200];

    if (mi->gone) return;
    mi->gone = true;
    snprintf(text, sizeof text, "the mirror is gone at tick %llu: %.1000s", (unsigned long long)now(mi->machine), why);
    if (mi->how.lost) mi->how.lost(mi->how.context, text);
}

/* False: there is no other side any more. */
static bool tell(struct mirror *mi, const char *kind, const void *bytes, size_t size)
{
    if (mi->gone) return false;
    mi->err = (struct error){ 0 };
    mi->departure.peer.out.err = &mi->err;
    if (snapshot_write_section(&mi->departure.peer.out, kind, "", bytes, size)) return true;
    lose(mi, mi->departure.peer.gone ? "its process has ended" : mi->err.text);
    return false;
}

static bool tell_tick(struct mirror *mi, const char *kind, u64 tick)
{
    u8 bytes[8];

    put64(bytes, tick);
    return tell(mi, kind, bytes, sizeof bytes);
}

static void hear(struct mirror *mi)
{
    struct peer *p = &mi->departure.peer;
    char words[1024] = "";
    const struct snapshot_section *s = &p->in.section;

    mi->err = (struct error){ 0 };
    if (!peer_hear(p, &mi->err)) {
        lose(mi, p->gone ? "its process has ended" : mi->err.text);
        return;
    }
    if (peer_heard(p, "at") && s->raw_bytes == 8 && get64(s->raw) <= mi->marked && get64(s->raw) >= mi->acknowledged && mi->waiting) {
        mi->acknowledged = get64(s->raw);
        mi->waiting--;
        return;
    }
    peer_words(p, words, sizeof words);
    lose(mi, peer_heard(p, "differs") || peer_heard(p, "refused") ? words : "what it says makes no sense");
}

/* What the second has, or can only do again as it was done here. */
static bool let_go_acknowledged(struct mirror *mi, struct error *err)
{
    u64 tick = mi->gone ? now(mi->machine) : mi->acknowledged;

    if (tick <= mi->let_go && !mi->gone) return true;
    if (!write_all(mi->machine, tick, err)) return false;
    mi->let_go = tick;
    tell_tick(mi, "held", tick);
    return true;
}

/* --- what comes in --- */

static void send_entries(struct mirror *mi)
{
    if (!mi->entries_size) return;
    tell(mi, "journal", mi->entries, mi->entries_size);
    mi->entries_size = 0;
}

bool mirror_listens(const struct machine *m) { return m->mirror && !m->mirror->is_second; }

/* The second opens a medium by the descriptors that the first has. */
static void send_media(struct mirror *mi)
{
    send_entries(mi);
    mi->err = (struct error){ 0 };
    mi->departure.peer.out.err = &mi->err;
    if (!departure_send_files(&mi->departure, &mi->err)) lose(mi, mi->err.text);
}

void mirror_note(struct machine *m, const char *text)
{
    struct mirror *mi = m->mirror;
    size_t size = strlen(text) + 24;

    if (mi->gone) return;
    if (!strncmp(text, "floppy ", 7) || !strncmp(text, "cd ", 3)) send_media(mi);
    if (size > mi->entries_room - mi->entries_size) send_entries(mi);
    if (size > mi->entries_room) {
        char *more = realloc(mi->entries, size);
        if (!more) {
            lose(mi, "the host has no memory for what comes in");
            return;
        }
        mi->entries = more;
        mi->entries_room = size;
    }
    mi->entries_size += (size_t)sprintf(mi->entries + mi->entries_size, "%" PRIu64 " %s\n", (uint64_t)now(m), text);
}

void mirror_medium_in(struct machine *m)
{
    if (m->mirror) mirror_hold_disks(m->mirror);
}

void mirror_close_medium(struct machine *m, struct disk_image *image)
{
    if (image && m->mirror && m->mirror->is_second) {
        second_close_medium(m->mirror, image, now(m));
        return;
    }
    if (image && m->mirror && disk_image_flush(image)) disk_image_rest(image);           /* the second still has it open: the lock must not stay with it */
    disk_image_close(image);
}

/* --- how far it is --- */

/* Instruction `tick` - 1 has run, and the events of `tick` have happened. */
static void mark(struct mirror *mi, u64 tick)
{
    send_entries(mi);
    if (tick <= mi->marked) return;
    mi->marked_ns = wall_ns();
    mi->marked = tick;
    mi->waiting += tell_tick(mi, "ran", tick);
}

static u64 tick_before(const struct machine *m) { return now(m) ? now(m) - 1 : 0; }

/* What this tick's events do is decided when the second is at the tick before. */
static void wait_for_second(struct mirror *mi)
{
    mark(mi, tick_before(mi->machine));
    while (!mi->gone && mi->waiting) hear(mi);
}

static bool let_through(void *context, struct error *err)
{
    struct mirror *mi = context;
    u64 tick = now(mi->machine);

    wait_for_second(mi);
    if (!write_all(mi->machine, tick, err)) return false;
    mi->let_go = mi->acknowledged;
    tell_tick(mi, "held", mi->acknowledged);
    return true;
}

static void check(struct mirror *mi)
{
    size_t size;
    u8 *bytes = mirror_check_bytes(mi->machine, &size);

    if (bytes) tell(mi, "check", bytes, size);
    free(bytes);
    mi->checked_ns = wall_ns();
}

u64 mirror_next_tick(const struct machine *m) { return m->mirror && !m->mirror->is_second && !m->past ? m->mirror->look : NEVER; }

static void end(struct machine *m)
{
    struct mirror *mi = m->mirror;

    mirror_hold_no_more(m);
    departure_end(&mi->departure);
    free(mi->entries);
    free(mi);
    m->mirror = NULL;
}

void mirror_ran(struct machine *m, const struct machine_stop *stop, bool returns)
{
    struct mirror *mi = m->mirror;
    struct error err = { 0 };
    bool whole = stop->kind == MACHINE_TICKS;            /* else events of this tick may be to come */

    if (!mi || mi->is_second || m->past) return;
    mi->look = now(m) + LOOK_TICKS;
    u64 passed = wall_ns() - mi->marked_ns;
    if (!mi->gone && (returns || passed >= MARK_NS)) {
        mark(mi, whole ? now(m) : tick_before(m));
        while (!mi->gone && mi->waiting && (mi->waiting > WAITING_MOST || peer_has_news(&mi->departure.peer))) hear(mi);
        if (whole && mi->how.check_ns && wall_ns() - mi->checked_ns >= mi->how.check_ns) check(mi);
    }
    if (!let_go_acknowledged(mi, &err)) {
        err.text[strcspn(err.text, "\n")] = 0;
        board_pause(m, err.text);
    } else if (mi->gone) end(m);
}

/* --- beginning and end --- */

static u64 tick_now(void *context) { return now(((struct mirror *)context)->machine); }

static bool disks_may_be_mirrored(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_may_be_read_meanwhile(image))
            ok = fail(err, "%s: path=\"%s\": of images that are written a mirror takes flat ones alone; mode=volatile is mirrored too", name, disk_image_path(image));
    return ok;
}

static struct mirror *create(struct machine *m, const struct machine_mirroring *how)
{
    struct mirror *mi = calloc(1, sizeof *mi);

    if (!mi) return NULL;
    mi->machine = m;
    mi->how = *how;
    mi->wires = (struct held_wires){ .context = mi, .tick = tick_now, .let_through = let_through };
    mi->entries_room = ENTRIES_ROOM;
    mi->entries = malloc(mi->entries_room);
    if (mi->entries) return mi;
    free(mi);
    return NULL;
}

bool machine_mirror(struct machine *m, const char *address, const char *config, struct machine_passage *passage, const struct machine_mirroring *how, struct error *err)
{
    struct mirror *mi = create(m, how);
    bool ok = (mi || fail(err, "the host has no memory for it")) && disks_may_be_mirrored(m, err);

    if (!mi) return false;
    ok = ok && departure_begin(&mi->departure, m, address, config, "mirror", passage, err);
    mi->gone = true;                                     /* until the other side holds everything, held writes are let through */
    ok = ok && (mirror_hold_disks(mi) || fail(err, "the host has no memory for it")) && departure_send(&mi->departure, err);
    if (mi->departure.tracker == &mi->departure.own) tracker_end(&mi->departure.own);
    m->mirror = mi;
    if (!ok) {
        struct error late = { 0 };
        if (!write_all(m, now(m), &late)) board_pause(m, late.text);
        end(m);
        return false;
    }
    mi->gone = false;
    mi->departure.tracker = NULL;
    mi->departure.passage = NULL;
    mi->marked = mi->acknowledged = mi->let_go = now(m);
    mi->look = now(m) + LOOK_TICKS;
    mi->marked_ns = mi->checked_ns = wall_ns();
    return true;
}

bool machine_is_mirrored(const struct machine *m) { return mirror_listens(m) && !m->mirror->gone; }

/* The second goes when everything is in the files. */
void machine_end_mirror(struct machine *m)
{
    struct error err = { 0 };
    struct mirror *mi = m->mirror;

    if (!mirror_listens(m)) return;
    wait_for_second(mi);
    if (!mi->gone && mi->how.check_ns && !m->past && mi->marked == now(m)) check(mi);
    if (!write_all(m, NEVER, &err)) fprintf(stderr, "orrery: %s", err.text);
    tell_tick(mi, "held", mi->marked);
    tell(mi, "bye", "", 0);
    end(m);
}

/* --- comparing --- */

static void hash_bytes(void *context, const void *bytes, size_t size) { XXH3_64bits_update(context, bytes, size); }

/* Behind the parts come lines and translations. */
static size_t parts_end(const struct machine *m)
{
    const struct state_layout *layout;
    const char *name;
    size_t at = 0, end = 0;

    for (unsigned n = 0; (layout = state_image_part(m, n, &name, &at)); n++) end = at + state_bytes(layout);
    return end;
}

enum { CHECK_TICK = 0, CHECK_RAM = 8, CHECK_VIDEO = 16, CHECK_DISKS = 24, CHECK_STATE = 32 };

u8 *mirror_check_bytes(struct machine *m, size_t *size)
{
    struct state_image image = { 0 };
    XXH3_state_t *state = XXH3_createState();
    size_t end = parts_end(m);
    u8 *bytes = malloc(CHECK_STATE + end);

    *size = CHECK_STATE + end;
    if (bytes && state && state_image_take(m, &image)) {
        XXH3_64bits_reset(state);
        board_disks_each_byte(m, hash_bytes, state);
        put64(bytes + CHECK_TICK, now(m));
        put64(bytes + CHECK_RAM, XXH3_64bits(m->ram, m->ram_bytes));
        put64(bytes + CHECK_VIDEO, XXH3_64bits(m->video.memory, m->video.bytes));
        put64(bytes + CHECK_DISKS, XXH3_64bits_digest(state));
        memcpy(bytes + CHECK_STATE, image.bytes, end);
    } else {
        free(bytes);
        bytes = NULL;
    }
    state_image_free(&image);
    XXH3_freeState(state);
    return bytes;
}

void mirror_tell_difference(struct machine *m, const u8 *here, const u8 *there, size_t size, char *text, size_t room)
{
    static const struct { unsigned at; const char *what; } sums[] = { { CHECK_RAM, "memory" }, { CHECK_VIDEO, "the display's memory" }, { CHECK_DISKS, "volatile writes" } };
    const struct state_layout *layout;
    const char *name;
    size_t used = (size_t)snprintf(text, room, "tick %llu:", (unsigned long long)get64(here)), at;

    for (unsigned i = 0; i < ARRAY_COUNT(sums) && used < room; i++)
        if (get64(here + sums[i].at) != get64(there + sums[i].at)) used += (size_t)snprintf(text + used, room - used, " %s;", sums[i].what);
    for (unsigned n = 0; (layout = state_image_part(m, n, &name, &at)); n++) {
        at += CHECK_STATE;
        for (u32 f = 0; f < layout->count && used < room; f++) {
            size_t bytes = state_field_bytes(&layout->fields[f]);
            if (at + bytes <= size && memcmp(here + at, there + at, bytes)) used += (size_t)snprintf(text + used, room - used, " %s.%s;", name, layout->fields[f].name);
            at += bytes;
        }
    }
}
