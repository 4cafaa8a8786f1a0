#include "devices/storage/image_tool.h"

/* What was written over a base goes into it: first all sectors, made safe, then the upper layer is emptied.  Until then it still
 * covers them, so that a cut changes nothing of what the two show together.                doc: disk-images */
#include <stdlib.h>

#include "devices/storage/overlay.h"
#include "devices/storage/redolog.h"

enum { PIECE_SECTORS = 2048 };

static const char what[] = "image";

static bool copy_held(struct image_layer *from, struct image_layer *to, const struct image_progress *progress, struct error *err)
{
    u8 *piece = malloc((size_t)PIECE_SECTORS * SECTOR_BYTES);
    bool ok = piece || fail(err, "%s: out of memory", what);

    for (u64 lba = 0; ok && lba < from->sectors;) {
        bool held;
        u32 count = from->sectors - lba < PIECE_SECTORS ? (u32)(from->sectors - lba) : PIECE_SECTORS;
        u32 run = from->format->held(from, lba, count, &held, err);
        ok = run && (!held || (from->format->read(from, lba, run, piece, err) && image_layer_write(to, lba, run, piece, err)));
        lba += run;
        if (progress && progress->at) progress->at(progress->context, lba, from->sectors);
    }
    free(piece);
    return ok;
}

bool image_commit_layers(struct image_layer *top, struct image_layer *base, const struct image_progress *progress, struct error *err)
{
    return copy_held(top, base, progress, err) && image_layer_flush(base, err) && top->format->empty(top, err);
}

static bool commit_into(struct image_layer *top, const struct image_kind *kind, const char *base_path, const struct image_progress *progress, struct error *err)
{
    struct image_source source = { .path = base_path, .what = what, .access = IMAGE_WRITABLE };
    struct image_layer *base = kind ? image_open(kind->mode, &source, err) : image_open_any(&source, err);
    bool ok = base;

    if (ok && (base->read_only || !base->format->write)) ok = fail(err, "%s: path=\"%s\": cannot be written", what, base_path);
    if (ok && base->sectors < top->sectors)
        ok = fail(err, "%s: path=\"%s\": has %llu sectors, what is written over it %llu; make it larger with: orrery image resize", what, base_path, (unsigned long long)base->sectors,
                  (unsigned long long)top->sectors);
    ok = ok && image_commit_layers(top, base, progress, err);
    image_layer_close(base);
    return ok;
}

static bool commit_overlay(const char *path, const struct image_progress *progress, struct error *err)
{
    struct image_source source = { .path = path, .what = what, .access = IMAGE_WRITABLE };
    struct image_file *file = image_file_open(path, what, IMAGE_WRITABLE, err);
    struct image_layer *top = file ? overlay_open_file(file, &source, err) : NULL;
    const struct image_kind *kind = NULL;
    char *base = top ? overlay_base(top, &kind) : NULL;
    bool ok = top && (base || image_file_fail(file, err, "has no base to commit to"));

    if (!top) image_file_close(file);
    ok = ok && (!top->read_only || image_file_fail(file, err, "cannot be written"));
    ok = ok && commit_into(top, kind, base, progress, err);
    free(base);
    image_layer_close(top);
    return ok;
}

bool image_commit(const char *path, const char *journal, bool force, const struct image_progress *progress, struct error *err)
{
    const char *rest = path;
    const struct image_kind *kind = image_kind_with_prefix(&rest);

    if (kind && kind->mode == DISK_OVERLAY) return commit_overlay(rest, progress, err);
    if (kind && kind->mode == DISK_UNDOABLE) path = rest;
    struct image_source source = { .path = rest, .what = what, .journal = journal, .access = IMAGE_WRITABLE };
    struct image_layer *top = redolog_alone(&source, force, err);
    bool ok = top && commit_into(top, NULL, path, progress, err);

    image_layer_close(top);
    return ok;
}
