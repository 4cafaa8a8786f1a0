/* The second of two: it follows as far as the first has told, and when the first is gone it is the machine.       doc: migration
 * Until then it is in the past, as time travel has it: what comes in is what the first had, nothing goes out.  What it writes to disks is held in memory;
 * the first writes them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"
#include "devices/board/mirror.h"

enum { PATIENCE_S = 1 };

static u64 tick_now(void *context) { return ((struct mirror *)context)->machine->clock.time.now; }

struct following {
    struct machine *machine;
    struct arrival *arrival;
    struct mirror *mirror;
    struct machine_arrival *how;
    u64 checks;
    bool ended;
};

static void say(const struct following *f, const char *format, u64 tick, const char *more)
{
    char text[1400];

    snprintf(text, sizeof text, format, (unsigned long long)tick, more);
    if (f->how->tell) f->how->tell(f->how->context, text);
}

/* --- what the first says --- */

static bool take_entries(struct following *f, struct error *err)
{
    char *rest = (char *)f->arrival->peer.in.section.raw, *line;

    for (unsigned number = 1; (line = strsep(&rest, "\n")) && *line; number++)
        if (!journal_take_line(&f->machine->journal, "journal of the first", number, line, err)) return false;
    return true;
}

static bool differs(struct following *f, const char *where, struct error *err)
{
    struct error unheard = { 0 };

    peer_tell(&f->arrival->peer, "differs", where, &unheard);
    return fail(err, "the second is not what the first is: %s", where);
}

static bool run_to(struct following *f, u64 tick, struct error *err)
{
    struct machine *m = f->machine;
    char where[700];
    struct machine_stop stop = { .kind = MACHINE_TICKS };

    if (tick > tick_now(f->mirror)) stop = machine_run(m, tick - tick_now(f->mirror));
    journal_forget_applied(m);
    if (stop.kind == MACHINE_TICKS) return true;
    snprintf(where, sizeof where, "it stopped at tick %llu, where the first ran on: %s", (unsigned long long)tick_now(f->mirror), stop.text);
    return differs(f, where, err);
}

static bool acknowledge(struct following *f, u64 tick)
{
    struct error unheard = { 0 };
    u8 bytes[8];

    put64(bytes, tick);
    f->arrival->peer.out.err = &unheard;
    return snapshot_write_section(&f->arrival->peer.out, "at", "", bytes, sizeof bytes) || f->arrival->peer.gone;
}

/* What the first has written need not be held; a medium that was taken out since has all of it. */
static bool drop_held(struct following *f, u64 tick, struct error *err)
{
    struct mirror *mi = f->mirror;
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(f->machine, i, &name, &image); i++)
        if (image) ok &= disk_image_drop_held(image, tick, err);
    for (unsigned n = 0; n < mi->outs;) {
        if (mi->out[n].tick > tick) {
            n++;
            continue;
        }
        disk_image_depart(mi->out[n].image);
        disk_image_close(mi->out[n].image);
        mi->out[n] = mi->out[--mi->outs];
    }
    return ok;
}

static bool compare(struct following *f, struct error *err)
{
    const struct snapshot_section *s = &f->arrival->peer.in.section;
    char where[1000];
    size_t size;
    u8 *here = mirror_check_bytes(f->machine, &size);
    bool same = here && s->raw_bytes == size && !memcmp(here, s->raw, size);

    f->checks++;
    if (!same && here && s->raw_bytes == size) mirror_tell_difference(f->machine, here, s->raw, size, where, sizeof where);
    else snprintf(where, sizeof where, "the host has no memory to compare, or the first has another state");
    free(here);
    return same || differs(f, where, err);
}

static bool obey(struct following *f, struct error *err)
{
    struct peer *p = &f->arrival->peer;
    const struct snapshot_section *s = &p->in.section;
    u64 tick = s->raw_bytes == 8 ? get64(s->raw) : 0;

    if (peer_heard(p, "journal")) return take_entries(f, err);
    if (peer_heard(p, "files")) return arrival_take_files(f->arrival, err);
    if (peer_heard(p, "ran") && s->raw_bytes == 8) return run_to(f, tick, err) && (acknowledge(f, tick) || fail(err, "the first cannot be spoken to"));
    if (peer_heard(p, "held") && s->raw_bytes == 8) return drop_held(f, tick, err);
    if (peer_heard(p, "check")) return compare(f, err);
    f->ended = peer_heard(p, "bye");
    return f->ended || fail(err, "the first says \"%s\", which is not known", s->kind);
}

/* --- media that were taken out --- */

void second_close_medium(struct mirror *mi, struct disk_image *image, u64 tick)
{
    if (mi->outs < MEDIA_OUT_MOST) mi->out[mi->outs++] = (struct medium_out){ image, tick };
    else board_stop(mi->machine, MACHINE_PANIC, 0, "more than %d media were taken out between two words of the first", MEDIA_OUT_MOST);
}

/* --- the first is gone --- */

static bool write_image(struct following *f, struct disk_image *image)
{
    struct error err = { 0 };

    if (disk_image_write_held(image, NEVER, &err)) return true;
    err.text[strcspn(err.text, "\n")] = 0;
    say(f, "tick %llu: what the guest has written cannot be put on its disk, and is tried again: %.1000s", tick_now(f->mirror), err.text);
    sleep(PATIENCE_S);
    return false;
}

/* Nothing else holds it: there is no going on without. */
static void write_disks(struct following *f)
{
    struct mirror *mi = f->mirror;
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(f->machine, i, &name, &image); i++)
        while (image && !write_image(f, image)) { }
    for (unsigned n = 0; n < mi->outs; n++) {
        while (!write_image(f, mi->out[n].image)) { }
        disk_image_close(mi->out[n].image);
    }
    mi->outs = 0;
    mirror_hold_no_more(f->machine);
}

static void take_over(struct following *f)
{
    struct machine *m = f->machine;
    u64 known = journal_last_tick(m);

    if (known > tick_now(f->mirror)) machine_run(m, known - tick_now(f->mirror));         /* the first was there when that came in */
    journal_cut(m);
    m->journal.mode = JOURNAL_OFF;
    m->journal.follows = false;
    write_disks(f);
    m->past = false;
    m->mirror = NULL;
    disks_settle_later(m);
    sounds_move(m, NULL);
    f->how->tick = tick_now(f->mirror);
    say(f, "tick %llu: the first is gone, and this is the machine%s", f->how->tick, "");
}

/* --- all of it --- */

static bool follow(struct following *f, struct error *err)
{
    struct peer *p = &f->arrival->peer;
    struct error at_the_end = { 0 };

    peer_be_patient(p);
    p->in.ended = false;
    say(f, "tick %llu: the second of two, following%s", tick_now(f->mirror), "");
    bool told = peer_tell(p, "holds", "", &at_the_end);
    while (told && peer_hear(p, &at_the_end)) {
        if (!obey(f, err)) return false;
        if (f->ended) return true;
    }
    if (!p->gone) return fail(err, "%s", at_the_end.text);
    take_over(f);
    return true;
}

static void free_mirror(struct mirror *mi)
{
    for (unsigned n = 0; n < mi->outs; n++) {
        disk_image_depart(mi->out[n].image);
        disk_image_close(mi->out[n].image);
    }
    free(mi);
}

/* This machine ends without having been it: its disks are the first's. */
static void leave_disks(struct machine *m)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) disk_image_depart(image);
    mirror_hold_no_more(m);
}

bool second_follow(struct machine *m, struct arrival *a, struct machine_arrival *how, struct error *err)
{
    struct following f = { .machine = m, .arrival = a, .how = how, .mirror = calloc(1, sizeof *f.mirror) };

    if (!f.mirror) return fail(err, "the host has no memory for it");
    f.mirror->machine = m;
    f.mirror->is_second = true;
    f.mirror->wires = (struct held_wires){ .context = f.mirror, .tick = tick_now };
    m->mirror = f.mirror;
    m->past = true;
    m->journal.mode = JOURNAL_REPLAYS;
    m->journal.follows = true;
    bool ok = (mirror_hold_disks(f.mirror) || fail(err, "the host has no memory for it")) && follow(&f, err);
    if (!ok || f.ended) {
        leave_disks(m);
        if (f.ended) say(&f, "tick %llu: the first has ended, and so does this one; %s", tick_now(f.mirror), f.checks ? "all comparisons were equal" : "nothing was compared");
    }
    m->mirror = NULL;
    how->ended = f.ended;
    free_mirror(f.mirror);
    return ok;
}
