/* The machine goes to another process: pages while it runs, the rest while it stands.      doc: migration
 * Until the other side has said that it holds everything nothing has happened here but a loss of time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "devices/board/board.h"
#include "devices/board/departure.h"
#include "devices/board/mirror.h"

/* Fewer pages than FEW are left, or they do not become fewer: it is time to stand.  It runs on in pieces of a hundredth of a virtual second. */
enum { FEW_PAGES = 256, ROUNDS_MOST = 10, PIECES_A_SECOND = 100 };

static u64 now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* --- what may go --- */

static bool disks_may_move(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) ok &= disk_image_may_move(image, err);
    return ok;
}

static bool may_go(struct machine *m, struct error *err)
{
    if (m->past) return fail(err, "the machine is in the past; go to its present first");
    if (m->mirror) return fail(err, "the machine is mirrored; `mirror off` ends that");
    if (m->journal.mode == JOURNAL_REPLAYS) return fail(err, "a replay is wherever its journal is: copy that");
    if (m->config.seat) return fail(err, "a machine that shares its clock with others does not go alone");
    return disks_may_move(m, err);
}

static bool flush_all(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_flush(image)) return fail(err, "%s: path=\"%s\": could not be flushed", name, disk_image_path(image));
    return true;
}

/* --- first words --- */

struct naming {
    struct peer *peer;
    FILE *list;
    bool too_many;
};

static void name_file(void *context, const struct image_file *file)
{
    struct naming *n = context;

    if (n->peer->outgoing_count == PEER_FILES) {
        n->too_many = true;
        return;
    }
    n->peer->outgoing[n->peer->outgoing_count++] = file->fd;
    fprintf(n->list, "%s %s\n", file->what, file->path);
}

bool departure_send_files(struct departure *d, struct error *err)
{
    char *text = NULL;
    size_t size;
    const char *name;
    struct disk_image *image;
    struct naming n = { .peer = &d->peer, .list = open_memstream(&text, &size) };

    for (unsigned i = 0; n.list && board_image_at(d->machine, i, &name, &image); i++)
        if (image) disk_image_each_file(image, name_file, &n);
    if (n.list) fclose(n.list);
    if (n.too_many) {
        free(text);
        return fail(err, "the machine's disks have more files than %d", PEER_FILES);
    }
    return snapshot_write_text(&d->peer.out, "files", text);
}

static bool send_journey(struct departure *d, const char *journey, struct error *err)
{
    char text[128];

    snprintf(text, sizeof text, "%s\n%s", journey, d->machine->config.volatile_media ? "volatile\n" : "");
    return peer_tell(&d->peer, "journey", text, err);
}

/* The machine stands until the other one is built: it reads the images as they are now. */
static bool introduce(struct departure *d, const char *config, const char *journey, struct error *err)
{
    struct snapshot_writer *w = &d->peer.out;

    d->peer.out.err = err;
    return snapshot_write_head(w, config) && snapshot_write_section(w, "config", "", config, strlen(config)) && send_journey(d, journey, err) &&
           snapshot_write_text(w, "media", snapshot_media(d->machine, false)) && departure_send_files(d, err) && snapshot_write_text(w, "schema", snapshot_schema(d->machine));
}

/* --- rounds --- */

static void run_a_piece(struct departure *d)
{
    u64 stood = now_ns() - d->ran_ns;

    if (stood > d->passage->longest_ns) d->passage->longest_ns = stood;
    struct machine_stop stop = d->passage->run(d->passage->context, d->machine->clock.ips / PIECES_A_SECOND + 1);

    d->stands = stop.kind != MACHINE_TICKS;
    d->called_off = stop.kind == MACHINE_REQUEST;
    d->ran_ns = now_ns();
}

/* As long as the section before it took, so that sending takes half of the time. */
static void run_on(void *context)
{
    struct departure *d = context;
    u64 begun = now_ns(), share = begun - d->sent_ns;

    if (d->passage->tell) d->passage->tell(d->passage->context, d->passage->rounds, d->peer.out.pages_done, d->peer.out.pages_all);
    while (!d->stands && now_ns() - begun < share) run_a_piece(d);
    if (d->called_off) d->peer.out.failed = true;
    d->sent_ns = now_ns();
}

/* Until the other side has put into its memory what was sent: that would be time in which nobody runs. */
static bool run_until_placed(struct departure *d, struct error *err)
{
    while (!d->stands && !peer_has_news(&d->peer)) run_a_piece(d);
    return peer_await(&d->peer, "round", err);
}

static bool send_round(struct departure *d, const struct checkpoint *c, const struct checkpoint *since, struct error *err)
{
    d->peer.out.err = err;
    d->peer.out.meanwhile = run_on;
    d->peer.out.context = d;
    d->sent_ns = now_ns();
    bool ok = snapshot_write_pages(&d->peer.out, c, since) && peer_tell(&d->peer, "round", "", err);
    d->peer.out.meanwhile = NULL;
    d->passage->rounds++;
    ok = ok && run_until_placed(d, err);
    if (d->called_off) return fail(err, "called off");
    return ok;
}

/* Checkpoints until little is left; *last is the moment at which the machine stands, *before what has been sent already. */
static bool send_while_it_runs(struct departure *d, struct checkpoint **last, struct checkpoint **before, struct error *err)
{
    u64 fewest = UINT64_MAX;
    bool ok = true;

    for (;;) {
        *last = checkpoint_take(d->tracker);
        if (!*last) return fail(err, "the host has no memory for it");
        u64 left = snapshot_pages(d->machine, *last, *before);
        bool enough = *before && (d->stands || left <= FEW_PAGES || left >= fewest || d->passage->rounds == ROUNDS_MOST);
        if (enough) return true;
        if (*before) fewest = left;
        ok = send_round(d, *last, *before, err) && flush_all(d->machine, err);
        checkpoint_free(*before);
        *before = *last;
        *last = NULL;
        if (!ok) return false;
    }
}

/* --- all of it --- */

static void run_between_pieces(void *context)
{
    struct departure *d = context;
    if (!d->waits && !d->stands) run_a_piece(d);
}

/* What the machine holds is looked at while the other one is built. */
static bool prepare(struct departure *d, struct error *err)
{
    d->tracker = history_tracker(d->machine);
    if (!d->tracker) {
        d->tracker = &d->own;
        if (!tracker_begin_running(&d->own, d->machine, run_between_pieces, d)) return fail(err, "the host has no memory for it");
    }
    while (!d->waits && !d->stands && !peer_has_news(&d->peer)) run_a_piece(d);
    if (d->called_off) return fail(err, "called off");
    return peer_await(&d->peer, "ready", err);
}

static bool images_are_read_anew(struct machine *m)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_may_be_read_meanwhile(image)) return true;
    return false;
}

bool departure_begin(struct departure *d, struct machine *m, const char *address, const char *config, const char *journey, struct machine_passage *passage, struct error *err)
{
    *d = (struct departure){ .machine = m, .passage = passage, .ran_ns = now_ns() };
    passage->rounds = 0;
    passage->longest_ns = 0;
    if (!may_go(m, err) || !flush_all(m, err) || !peer_connect(&d->peer, address, m, err)) return false;
    d->waits = images_are_read_anew(m);
    return introduce(d, config, journey, err) && prepare(d, err);
}

bool departure_send(struct departure *d, struct error *err)
{
    struct checkpoint *last = NULL, *before = NULL;
    bool ok = send_while_it_runs(d, &last, &before, err);

    d->peer.out.err = err;
    ok = ok && flush_all(d->machine, err) && snapshot_write_pages(&d->peer.out, last, before) && snapshot_write_state(&d->peer.out, last) && snapshot_write_end(&d->peer.out);
    checkpoint_free(last);
    checkpoint_free(before);
    peer_be_patient(&d->peer);                           /* who holds everything must not be left in doubt */
    ok = ok && peer_await(&d->peer, "holds", err);
    d->passage->pause_ns = now_ns() - d->ran_ns;
    d->passage->bytes = d->peer.out.at;
    return ok;
}

void departure_end(struct departure *d)
{
    if (d->tracker == &d->own) tracker_end(&d->own);
    if (d->peer.file) peer_close(&d->peer);
}

static void leave_disks(struct machine *m)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) disk_image_depart(image);
}

bool machine_migrate(struct machine *m, const char *address, const char *config, struct machine_passage *passage, struct error *err)
{
    struct departure d;
    struct error unheard = { 0 };
    bool ok = departure_begin(&d, m, address, config, "migrate", passage, err) && departure_send(&d, err);

    if (ok) {
        leave_disks(m);
        board_stop(m, MACHINE_GONE, 0, "the machine has gone to %s", address);
        peer_tell(&d.peer, "go", "", &unheard);          /* when it is not heard, the end of this process is */
    }
    departure_end(&d);
    return ok;
}
