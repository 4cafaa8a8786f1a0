/* A compact disc of several tracks and sessions, from a CUE sheet and the files it names.    doc: disk-images
 * A block of the disc is CD_FRAME_SECTORS sectors of the image: see cd_disc.h.  Sources: ECMA-130; Microsoft, "Multimedia Programming Interface", "WAVE". */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/cd_sector.h"
#include "devices/storage/cue_sheet.h"
#include "devices/storage/image_formats.h"

enum { EXTENTS_MOST = 2 * CUE_INDEXES_MOST + 3 * CD_TRACKS_MOST };

/* Blocks that follow one another in one file, or are silent. */
struct extent {
    u32 lba, count;
    u64 offset;                  /* in its file */
    const struct cue_file *from; /* NULL: zeros */
    struct image_file *file;
    u16 sector_bytes;
    u8 mode;
};

struct opened {
    struct image_file *file;     /* NULL: not used */
    u64 first, bytes;            /* where its samples or sectors are in it */
};

struct cue {
    struct image_layer layer;
    struct cue_sheet sheet;
    struct cd_disc disc;
    struct opened opened[CUE_FILES_MOST];
    unsigned extents;
    struct extent extent[EXTENTS_MOST];  /* ascending, without a hole but between sessions */
};

static struct cue *of(struct image_layer *layer) { return (struct cue *)layer; }

/* --- reading --- */

static const struct extent *extent_at(const struct cue *c, u32 lba)
{
    for (unsigned n = 0; n < c->extents; n++)
        if (lba - c->extent[n].lba < c->extent[n].count && lba >= c->extent[n].lba) return &c->extent[n];
    return NULL;
}

/* Behind the 2352 bytes: what the subchannel says of the block. */
static void put_place(const struct cd_disc *disc, u32 lba, u8 *to)
{
    const struct cd_track *track = cd_disc_track_at(disc, lba);

    if (!track) return;
    to[0] = track->session, to[1] = track->number, to[2] = track->control, to[3] = cd_disc_index_at(disc, track, lba);
    memcpy(to + 4, track->isrc, CD_ISRC_CHARACTERS);
    memcpy(to + 4 + CD_ISRC_CHARACTERS, disc->catalogue, CD_CATALOGUE_DIGITS);
}

static void swap_bytes(u8 *bytes, unsigned count)
{
    for (unsigned i = 0; i + 1 < count; i += 2) {
        u8 high = bytes[i];
        bytes[i] = bytes[i + 1];
        bytes[i + 1] = high;
    }
}

/* What the file has of the block's 2352 bytes stands at their end, or in the middle of them. */
static bool read_main(const struct extent *e, u32 lba, u8 *frame, struct error *err)
{
    unsigned at = e->sector_bytes == CD_USER_BYTES ? CD_SYNC_BYTES + CD_HEADER_BYTES : CD_RAW_BYTES - e->sector_bytes;

    if (e->from && !image_file_read(e->file, e->offset + (u64)(lba - e->lba) * e->sector_bytes, e->sector_bytes, frame + at, err)) return false;
    if (e->mode == CD_AUDIO) {
        if (e->from && e->from->type == CUE_MOTOROLA) swap_bytes(frame, CD_RAW_BYTES);
        return true;
    }
    if (e->sector_bytes != CD_RAW_BYTES || !e->from) cd_sector_head(frame, lba, e->mode);
    frame[CD_FRAME_UNCODED] = e->mode == CD_MODE_1 && (e->sector_bytes == CD_USER_BYTES || !e->from);
    return true;
}

static bool read_frame(const struct cue *c, u32 lba, u8 *frame, struct error *err)
{
    const struct extent *e = extent_at(c, lba);

    memset(frame, 0, CD_FRAME_BYTES);
    put_place(&c->disc, lba, frame + CD_FRAME_PLACE);
    return !e || read_main(e, lba, frame, err);
}

static bool cue_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    u8 frame[CD_FRAME_BYTES];

    while (count) {
        u32 part = (u32)(lba % CD_FRAME_SECTORS), run = CD_FRAME_SECTORS - part < count ? CD_FRAME_SECTORS - part : count;
        if (!read_frame(of(layer), (u32)(lba / CD_FRAME_SECTORS), frame, err)) return false;
        memcpy(bytes, frame + part * SECTOR_BYTES, (size_t)run * SECTOR_BYTES);
        lba += run, count -= run, bytes += run * SECTOR_BYTES;
    }
    return true;
}

static bool cue_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    (void)lba, (void)count, (void)bytes;
    return image_file_fail(layer->file, err, "a compact disc is only read");
}

static void cue_each_file(struct image_layer *layer, void (*one)(void *context, struct image_file *file), void *context)
{
    for (unsigned n = 0; n < of(layer)->sheet.files; n++)
        if (of(layer)->opened[n].file) one(context, of(layer)->opened[n].file);
}

static u64 cue_stored_bytes(struct image_layer *layer)
{
    u64 sum = image_file_stored_bytes(layer->file);
    for (unsigned n = 0; n < of(layer)->sheet.files; n++)
        if (of(layer)->opened[n].file) sum += image_file_stored_bytes(of(layer)->opened[n].file);
    return sum;
}

static void cue_close(struct image_layer *layer)
{
    for (unsigned n = 0; n < CUE_FILES_MOST; n++) image_file_close(of(layer)->opened[n].file);
    free(layer);
}

static const struct image_format cue_format = {
    .name = "CUE sheet", .read = cue_read, .write = cue_write, .close = cue_close, .stored_bytes = cue_stored_bytes, .each_file = cue_each_file,
};

/* --- the files that it names --- */

struct opening {
    struct cue *cue;
    const struct image_source *source;
    struct error *err;
};

static bool __attribute__((format(printf, 3, 4))) wrong(const struct opening *o, struct cue_place place, const char *format, ...)
{
    char sentence[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return fail(o->err, "%s:%u:%u: %s", o->source->path, place.line, place.column, sentence);
}

/* The chunks "fmt " and "data": PCM of two channels, 16 bits, 44100 Hz, as a compact disc has it. */
static bool find_samples(const struct opening *o, const struct cue_file *f, struct opened *opened)
{
    enum { PCM = 1, CHANNELS = 2, RATE = 44100, BITS = 16, FORMAT_BYTES = 16 };
    u64 size = opened->file->size_bytes, at = 12;
    u8 head[12], format[FORMAT_BYTES] = { 0 };

    if (size < sizeof head || !image_file_read(opened->file, 0, sizeof head, head, o->err) || memcmp(head, "RIFF", 4) || memcmp(head + 8, "WAVE", 4))
        return wrong(o, f->place, "\"%s\" is no WAVE file", f->name);
    for (unsigned n = 0; n < 64 && size - at >= 8; n++) {
        if (!image_file_read(opened->file, at, 8, head, o->err)) return false;
        u64 bytes = get32(head + 4), there = size - at - 8;
        at += 8;
        if (!memcmp(head, "data", 4)) {
            bool sound = get16(format) == PCM && get16(format + 2) == CHANNELS && get32(format + 4) == RATE && get16(format + 14) == BITS;
            opened->first = at;
            opened->bytes = bytes < there ? bytes : there;
            return sound || wrong(o, f->place, "\"%s\" is no sound of a compact disc: 44100 Hz, two channels, 16 bits, PCM; convert it", f->name);
        }
        if (!memcmp(head, "fmt ", 4) && bytes >= FORMAT_BYTES && there >= FORMAT_BYTES && !image_file_read(opened->file, at, FORMAT_BYTES, format, o->err)) return false;
        if (bytes + (bytes & 1) > there) break;
        at += bytes + (bytes & 1);
    }
    return wrong(o, f->place, "\"%s\" has no samples: no chunk \"data\"", f->name);
}

static bool open_one(const struct opening *o, unsigned n)
{
    const struct cue_file *f = &o->cue->sheet.file[n];
    struct opened *opened = &o->cue->opened[n];
    const char *slash = strrchr(o->source->path, '/');
    struct error why = { 0 };
    char *path = NULL;

    if (asprintf(&path, "%.*s%s", slash ? (int)(slash + 1 - o->source->path) : 0, o->source->path, f->name) < 0) return wrong(o, f->place, "out of memory");
    opened->file = image_source_file(o->source, path, IMAGE_READ_ONLY, &why);
    free(path);
    why.text[strcspn(why.text, "\n")] = 0;
    if (!opened->file) return wrong(o, f->place, "%s", why.text);
    opened->bytes = opened->file->size_bytes;
    return f->type != CUE_WAVE || find_samples(o, f, opened);
}

static bool open_all(const struct opening *o)
{
    bool used[CUE_FILES_MOST] = { false }, ok = true;

    for (unsigned n = 0; n < o->cue->sheet.indexes; n++) used[o->cue->sheet.index[n].file] = true;
    for (unsigned n = 0; n < o->cue->sheet.files; n++) ok &= !used[n] || open_one(o, n);
    return ok;
}

/* --- where its blocks are --- */

static void add_extent(struct cue *c, u32 *lba, u32 count, struct extent e)
{
    if (!count) return;
    e.lba = *lba;
    e.count = count;
    c->extent[c->extents++] = e;
    *lba += count;
}

static void add_silence(struct cue *c, u32 *lba, u32 count, const struct cue_track *t)
{
    add_extent(c, lba, count, (struct extent){ .sector_bytes = CD_RAW_BYTES, .mode = t->mode });
}

/* Where an index's first byte is: tracks of other sector sizes may lie before it in the same file. */
static u64 offset_of(const struct cue *c, unsigned track, unsigned index)
{
    const struct cue_index *at = &c->sheet.index[index];
    u64 offset = 0;
    u32 frames = 0;
    unsigned bytes = 0;

    for (unsigned t = 0; t <= track; t++) {
        const struct cue_track *of_track = &c->sheet.track[t];
        for (unsigned i = of_track->first_index; i < of_track->first_index + of_track->indexes && i <= index; i++) {
            const struct cue_index *x = &c->sheet.index[i];
            if (x->file != at->file) continue;
            offset += (u64)(x->frames - frames) * (bytes ? bytes : of_track->sector_bytes);
            frames = x->frames;
            bytes = of_track->sector_bytes;
        }
    }
    return offset;
}

/* Blocks from an index to the next one in its file, or to the file's end. */
static bool blocks_of(const struct opening *o, const struct cue_track *t, unsigned index, u64 offset, u32 *blocks)
{
    const struct cue_sheet *s = &o->cue->sheet;
    const struct cue_index *at = &s->index[index];
    const struct cue_file *f = &s->file[at->file];
    bool last = index + 1 == s->indexes || s->index[index + 1].file != at->file;
    u64 there = o->cue->opened[at->file].bytes, most = there > offset ? (there - offset) / t->sector_bytes : 0;

    if (f->type == CUE_WAVE && t->mode != CD_AUDIO) return wrong(o, t->place, "track %u holds data, and \"%s\" is sound", t->number, f->name);
    *blocks = last ? (u32)(most < CD_BLOCKS_MOST ? most : CD_BLOCKS_MOST) : s->index[index + 1].frames - at->frames;
    if (offset > there || *blocks > most) return wrong(o, offset > there || last ? at->place : at[1].place, "is outside of \"%s\", which has %llu bytes", f->name, (unsigned long long)there);
    u64 rest = last ? (there - offset) % t->sector_bytes : 0;
    if (rest && t->mode != CD_AUDIO) return wrong(o, at->place, "what \"%s\" has from here on is no multiple of %u bytes: it is truncated, or the track is of another type", f->name, t->sector_bytes);
    return true;
}

/* The session's place on the disc, and the pregap that every session begins with.  ECMA-130 has one session; its successors put 6750 blocks of lead-out behind the first one,
 * 2250 behind others, and 4500 of lead-in before the next.  The first session's pregap is before block 0. */
static void begin_session(struct cue *c, const struct cue_track *t, u32 *lba)
{
    struct cd_disc *d = &c->disc;
    u32 gap = t->pregap > CD_GAP ? t->pregap - CD_GAP : 0;

    if (d->sessions) {
        d->session[d->sessions - 1].lead_out = *lba;
        *lba += (d->sessions == 1 ? CD_FIRST_LEAD_OUT : CD_NEXT_LEAD_OUT) + CD_LEAD_IN;
        gap += CD_GAP;
    }
    d->session[d->sessions++] = (struct cd_session){ .first = t->number, .last = t->number };
    d->track[d->tracks].pregap = *lba;
    add_silence(c, lba, gap, t);
}

static bool lay_index(const struct opening *o, struct cd_track *track, unsigned n, unsigned index, u32 *lba)
{
    struct cue *c = o->cue;
    const struct cue_track *t = &c->sheet.track[n];
    const struct cue_index *x = &c->sheet.index[index];
    u64 offset = offset_of(c, n, index);
    u32 blocks = 0;

    if (!blocks_of(o, t, index, offset, &blocks)) return false;
    const struct extent begin = { .offset = c->opened[x->file].first, .from = &c->sheet.file[x->file], .file = c->opened[x->file].file, .sector_bytes = t->sector_bytes, .mode = t->mode };
    struct extent e = begin;
    e.offset += offset;
    if (!index || x[-1].file != x->file) add_extent(c, lba, x->frames, begin);   /* what a file has before its first index */
    if (x->number == 1) track->start = *lba;
    if (x->number > 1) c->disc.index[c->disc.indexes++] = (struct cd_index){ .track = t->number, .number = x->number, .lba = *lba };
    add_extent(c, lba, blocks, e);
    return *lba <= CD_BLOCKS_MOST || wrong(o, x->place, "the disc is longer than 99:59:74");
}

static bool lay_track(const struct opening *o, unsigned n, u32 *lba)
{
    struct cd_disc *d = &o->cue->disc;
    const struct cue_track *t = &o->cue->sheet.track[n];
    struct cd_track *track = &d->track[d->tracks];
    bool new_session = !n || t->session != o->cue->sheet.track[n - 1].session, ok = true;

    *track = (struct cd_track){ .number = t->number, .session = t->session, .control = t->control, .mode = t->mode, .pregap = *lba };
    memcpy(track->isrc, t->isrc, sizeof track->isrc);
    if (new_session) begin_session(o->cue, t, lba);
    else add_silence(o->cue, lba, t->pregap, t);
    for (unsigned i = 0; i < t->indexes && ok; i++) ok = lay_index(o, track, n, t->first_index + i, lba);
    add_silence(o->cue, lba, t->postgap, t);
    track->end = *lba;
    d->tracks++;
    d->session[d->sessions - 1].last = t->number;
    d->session[d->sessions - 1].lead_out = *lba;
    if (ok && track->start >= track->end) ok = wrong(o, t->place, "track %u has no blocks", t->number);
    return ok && (*lba <= CD_BLOCKS_MOST || wrong(o, t->place, "the disc is longer than 99:59:74"));
}

static bool lay_out(const struct opening *o)
{
    struct cue *c = o->cue;
    u32 lba = 0;

    memcpy(c->disc.catalogue, c->sheet.catalogue, sizeof c->disc.catalogue);
    for (unsigned n = 0; n < c->sheet.tracks; n++)
        if (!lay_track(o, n, &lba)) return false;
    c->layer.sectors = (u64)lba * CD_FRAME_SECTORS;
    return true;
}

/* --- opening --- */

static bool read_sheet(const struct opening *o, struct image_file *file)
{
    if (file->size_bytes > CUE_BYTES_MOST) return image_file_fail(file, o->err, "%llu bytes are no CUE sheet, which is a short text", (unsigned long long)file->size_bytes);
    size_t size = (size_t)file->size_bytes;
    char *text = calloc(1, size + 1);
    bool ok = text && image_file_read(file, 0, size, text, o->err) && cue_sheet_parse(&o->cue->sheet, o->source->path, text, size, o->err);

    if (!text) image_file_fail(file, o->err, "out of memory");
    free(text);
    return ok;
}

struct image_layer *cue_open(struct image_file *file, const struct image_source *source, struct error *err)
{
    struct cue *c = calloc(1, sizeof *c);
    const struct opening o = { .cue = c, .source = source, .err = err };

    if (!c) {
        image_file_fail(file, err, "out of memory");
        return NULL;
    }
    c->layer = (struct image_layer){ .format = &cue_format, .file = file, .read_only = true, .disc = &c->disc };
    if (read_sheet(&o, file) && open_all(&o) && lay_out(&o)) return &c->layer;
    cue_close(&c->layer);
    return NULL;
}
