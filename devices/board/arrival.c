/* The machine that comes from another process.                                             doc: migration
 * What comes is another program's: every byte is looked at as a snapshot's is, and the machine here becomes it when all of it has been found possible. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cpu/base/bits.h"
#include "devices/board/arrival.h"
#include "devices/board/board.h"
#include "devices/board/mirror.h"

/* --- first words --- */

static bool hear_kind(struct arrival *a, const char *kind, struct error *err)
{
    return peer_hear(&a->peer, err) && (peer_heard(&a->peer, kind) || fail(err, "%s: section %s was to come, not %s", a->peer.file->path, kind, a->peer.in.section.kind));
}

/* Lines, which will be shown to people: without control characters. */
static bool hear_text(struct arrival *a, const char *kind, struct error *err)
{
    if (!hear_kind(a, kind, err)) return false;
    const struct snapshot_section *s = &a->peer.in.section;
    for (size_t i = 0; i < s->raw_bytes; i++)
        if ((s->raw[i] < ' ' && s->raw[i] != '\n') || s->raw[i] == 0x7f) return fail(err, "%s: section %s is no text", a->peer.file->path, kind);
    return true;
}

static bool keep_text(struct arrival *a, const char *kind, char **text, struct error *err)
{
    if (!hear_text(a, kind, err)) return false;
    *text = strdup((char *)a->peer.in.section.raw);
    return *text || fail(err, "%s: the host has no memory for it", a->peer.file->path);
}

static bool take_journey(struct arrival *a, struct error *err)
{
    if (!hear_text(a, "journey", err)) return false;
    char *rest = (char *)a->peer.in.section.raw, *line;
    bool known = false;

    while ((line = strsep(&rest, "\n"))) {
        if (!strcmp(line, "migrate")) known = true;
        if (!strcmp(line, "mirror")) known = a->mirrors = true;
        if (!strcmp(line, "volatile")) a->is_volatile = true;
    }
    return known || fail(err, "%s: neither a machine that moves nor one that is mirrored", a->peer.file->path);
}

/* A descriptor for each name. */
bool arrival_take_files(struct arrival *a, struct error *err)
{
    char *rest = (char *)a->peer.in.section.raw, *line;
    unsigned n = 0;
    bool ok = true;

    while (ok && (line = strsep(&rest, "\n")) && *line) {
        char *path = strchr(line, ' ');
        ok = path && n < a->peer.incoming_count;
        if (!ok) break;
        *path++ = 0;
        ok = image_heritage_add(&a->heritage, line, path, a->peer.incoming[n++]);
    }
    memmove(a->peer.incoming, a->peer.incoming + n, (a->peer.incoming_count - n) * sizeof *a->peer.incoming);
    a->peer.incoming_count -= n;
    return (ok && !a->peer.incoming_count) || fail(err, "%s: names of files and files do not fit", a->peer.file->path);
}

struct arrival *machine_await(const char *address, struct error *err)
{
    struct arrival *a = calloc(1, sizeof *a);

    if (!a || !peer_accept(&a->peer, address, err)) {
        free(a);
        return NULL;
    }
    bool ok = snapshot_read_head(&a->peer.in, err) && keep_text(a, "config", &a->config, err);
    ok = ok && (snapshot_is_its_configuration(&a->peer.in) || fail(err, "%s: its configuration is not the one it was made with", address));
    ok = ok && take_journey(a, err) && keep_text(a, "media", &a->media, err) && hear_text(a, "files", err) && arrival_take_files(a, err);
    if (ok) return a;
    err->about_image = true;
    arrival_refuse(a, err);
    arrival_free(a);
    return NULL;
}

void arrival_config(const struct arrival *a, void (*take)(void *context, const char *directive), void *context)
{
    char *text = strdup(a->config), *rest = text, *line;

    while (rest && (line = strsep(&rest, "\n")))
        if (*line) take(context, line);
    free(text);
}

void arrival_furnish(const struct arrival *a, struct machine_config *config)
{
    config->heritage = &a->heritage;
    config->volatile_media |= a->is_volatile;
}

/* The other side hears why, as far as it listens. */
void arrival_refuse(struct arrival *a, const struct error *err)
{
    struct error unheard = { 0 };

    if (!a->peer.gone) peer_tell(&a->peer, "refused", err->text, &unheard);
}

void arrival_free(struct arrival *a)
{
    if (!a) return;
    if (a->peer.file) peer_close(&a->peer);
    image_heritage_free(&a->heritage);
    free(a->config);
    free(a->media);
    free(a);
}

/* --- media: what is in the drives there --- */

/* The path that the list has for a drive; its length in *length.  NULL: nothing is in it. */
static const char *path_in(const char *media, const char *name, size_t *length)
{
    for (const char *line = media; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t n = strlen(name);
        if (strncmp(line, name, n) || line[n] != ' ') continue;
        const char *path = line;
        for (unsigned words = 0; words < 4 && *path && *path != '\n'; path++) words += *path == ' ';
        *length = strcspn(path, "\n");
        return path;
    }
    return NULL;
}

static bool change_medium(struct machine *m, unsigned drive, const char *path, struct error *err)
{
    unsigned channel = (drive - FDC_DRIVES) >> 1, unit = (drive - FDC_DRIVES) & 1;

    if (path && !strcmp(path, "builtin")) path = DEMO_DISK;
    if (drive < CONFIG_FLOPPIES) return path ? disks_floppy_insert(m, drive, path, false, err) : (disks_floppy_eject(m, drive), true);
    return path ? disks_cd_insert(m, channel, unit, path, err) : (disks_cd_eject(m, channel, unit), true);
}

static bool change_media(struct machine *m, const char *media, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; ok && board_image_at(m, i, &name, &image); i++) {
        size_t length = 0;
        const char *there = drive_is_removable(m, i) ? path_in(media, name, &length) : NULL;
        if (!drive_is_removable(m, i) || (!there && !image)) continue;
        if (there && image && strlen(disk_image_path(image)) == length && !strncmp(disk_image_path(image), there, length)) continue;
        char *path = there ? strndup(there, length) : NULL;
        ok = change_medium(m, i, path, err);
        free(path);
    }
    return ok;
}

/* --- the machine --- */

static bool compare(struct arrival *a, struct restoring *r, struct error *err)
{
    if (a->mirrors && r->machine->config.volatile_media && !a->is_volatile) return fail(err, "a mirror writes to its disks when the first is gone: it cannot record");
    r->has_config = true;
    r->media = strdup(a->media);
    if (!r->media) return fail(err, "the host has no memory for it");
    return restoring_media_agree(r, false, err) && hear_kind(a, "schema", err) && restoring_take(r, &a->peer.in, err) && peer_tell(&a->peer, "ready", "", err);
}

/* Pages as they come go into this machine's memory: it is nobody's yet. */
static bool take_all(struct arrival *a, struct restoring *r, struct memory_tracker *t, struct error *err)
{
    for (;;) {
        if (!peer_hear(&a->peer, err)) return false;
        if (a->peer.in.ended) return true;
        if (peer_heard(&a->peer, "round")) {
            checkpoint_put_memory(t, r->checkpoint);
            if (!peer_tell(&a->peer, "round", "", err)) return false;
        } else if (!restoring_take(r, &a->peer.in, err)) return false;
    }
}

static bool reopen_disks(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) ok &= disk_image_reopen(image, err);
    return ok;
}

static bool become(struct arrival *a, struct machine *m, struct error *err)
{
    struct restoring r;
    struct memory_tracker t = { 0 };
    bool ok = change_media(m, a->media, err) && restoring_begin(&r, m, err);

    if (!ok) return false;
    ok = compare(a, &r, err) && (tracker_begin(&t, m) || fail(err, "the host has no memory for it"));
    ok = ok && take_all(a, &r, &t, err) && restoring_is_whole(&r, a->peer.file->path, err) && reopen_disks(m, err);
    if (ok) {
        checkpoint_put(&t, r.checkpoint);
        sounds_move(m, NULL);
    }
    tracker_end(&t);
    restoring_end(&r);
    return ok;
}

/* Whoever sent all of it goes on by itself only when this end is closed: so the end of the other is as good as its word. */
static bool hear_go(struct arrival *a, struct error *err)
{
    struct error at_the_end = { 0 };

    peer_be_patient(&a->peer);
    a->peer.in.ended = false;
    if ((peer_tell(&a->peer, "holds", "", &at_the_end) && peer_await(&a->peer, "go", &at_the_end)) || a->peer.gone) return true;
    return fail(err, "%s", at_the_end.text);
}

bool machine_arrive(struct machine *m, struct arrival *a, struct machine_arrival *how, struct error *err)
{
    bool ok = become(a, m, err);

    how->tick = m->clock.time.now;
    how->mirrors = a->mirrors;
    if (!ok) {
        err->about_image = true;
        arrival_refuse(a, err);
        return false;
    }
    return a->mirrors ? second_follow(m, a, how, err) : hear_go(a, err);
}
