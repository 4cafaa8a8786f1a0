/* CUE sheets, and the sound that they name: what is where on the disc, and every frame of it that a drive may be asked for.  doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/image_info.h"
#include "cpu/base/bits.h"
#include "devices/storage/cd_sector.h"
#include "devices/storage/cue_sheet.h"
#include "devices/storage/disk_image.h"
#include "devices/storage/image_tool.h"
#include "tests/fuzz/numbers.h"
#include "tests/fuzz/targets.h"

enum { BIN_BYTES = 2352 * 400, WAV_BLOCKS = 8 };

static void die(const char *sentence)
{
    fprintf(stderr, "fuzz: cue: %s\n", sentence);
    abort();
}

/* --- what always holds of a disc --- */

static void check_tracks(const struct cd_disc *d)
{
    u32 at = 0;

    if (!d->tracks || d->tracks > CD_TRACKS_MOST || !d->sessions || d->sessions > d->tracks || d->indexes > CD_INDEXES_MOST) die("so many tracks, sessions or indexes are on no disc");
    for (unsigned n = 0; n < d->tracks; n++) {
        const struct cd_track *t = &d->track[n];
        if (t->number != d->track[0].number + n) die("a track has another number than the one after the one before it");
        if (t->pregap < at || t->start < t->pregap || t->end <= t->start) die("tracks lie over one another, or backwards");
        if (t->session < 1 || (n && t->session < t[-1].session)) die("a track's session comes before that of the track before it");
        if (cd_disc_track(d, t->number) != t || cd_disc_track_at(d, t->start) != t || cd_disc_track_at(d, t->end - 1) != t) die("a track is not found");
        at = t->end;
    }
    if (cd_disc_blocks(d) < at || cd_disc_blocks(d) > CD_BLOCKS_MOST) die("the disc ends before its last track, or after 99:59:74");
}

static void read_frame(struct disk_image *image, const struct cd_disc *d, u32 lba)
{
    u8 frame[CD_FRAME_BYTES], q[CD_Q_BYTES];
    const struct cd_track *t = cd_disc_track_at(d, lba);

    disk_image_read_frame(image, lba, frame);
    cd_disc_q(d, lba, q);
    if (t) cd_disc_index_at(d, t, lba);
    if (t && frame[CD_FRAME_PLACE + 1] != t->number) die("a frame says that it is of another track");
    if (frame[CD_FRAME_UNCODED]) cd_sector_complete(frame, lba);
}

/* Ends of everything, and some blocks between. */
static void look_at(struct disk_image *image)
{
    const struct cd_disc *d = disk_image_disc(image);
    u32 blocks = cd_disc_blocks(d);

    check_tracks(d);
    for (unsigned n = 0; n < d->tracks; n++) read_frame(image, d, d->track[n].pregap), read_frame(image, d, d->track[n].start), read_frame(image, d, d->track[n].end - 1);
    for (unsigned n = 0; n < d->indexes; n++) read_frame(image, d, d->index[n].lba);
    for (unsigned n = 0; n < 16; n++) read_frame(image, d, (u32)((u64)blocks * n / 16));
}

/* --- a sheet, a 0, and what is in d.wav --- */

void cue_take(const u8 *bytes, size_t size)
{
    const u8 *zero = memchr(bytes, 0, size);
    size_t sheet = zero ? (size_t)(zero - bytes) : size;
    struct error err = { 0 };

    room_put("disc.cue", bytes, sheet, 0);
    room_put("a.bin", "abc", 3, BIN_BYTES), room_put("b b.bin", "def", 3, 2048 * 40);
    room_put("d.wav", zero ? zero + 1 : bytes, zero ? size - sheet - 1 : 0, 0);
    struct disk_image *image = disk_image_open(in_room("disc.cue"), "cd", IMAGE_READ_ONLY, CD_USER_BYTES, &err);
    if (!image && !err.count) die("refused, and nothing is said");
    if (!image) return;
    if (disk_image_disc(image)) look_at(image);
    disk_image_close(image);
    struct image_source source = { .path = in_room("disc.cue"), .what = "image", .access = IMAGE_READ_ONLY, .unit_bytes = CD_USER_BYTES };
    struct image_layer *layer = image_open_any(&source, &err);
    if (!layer) die("what could be opened cannot be looked at");
    image_info_print(source.path, layer);
    image_layer_close(layer);
}

/* --- seeds --- */

static size_t put_wav(u8 *to)
{
    u32 bytes = WAV_BLOCKS * CD_RAW_BYTES;

    memcpy(to, "RIFF....WAVEjunk", 16), put32(to + 4, 48 + bytes), put32(to + 16, 3), memcpy(to + 20, "abc\0fmt ", 8), put32(to + 28, 16);
    put16(to + 32, 1), put16(to + 34, 2), put32(to + 36, 44100), put32(to + 40, 44100 * 4), put16(to + 44, 4), put16(to + 46, 16);
    memcpy(to + 48, "data", 4), put32(to + 52, bytes);
    memset(to + 56, 0x5a, bytes);
    return 56 + bytes;
}

void cue_seeds(target_seed give, void *context)
{
    static const char *const sheets[] = {
        ("REM GENRE \"odd\nCATALOG 1234567890123\nFILE a.bin BINARY\r\n TRACK 01 MODE1/2352\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  ISRC ABCDE1234567\n  FLAGS DCP PRE\n  INDEX 00 00:02:00\n  INDEX 01 00:03:00\n"
        "  INDEX 02 00:03:10\n track 03 audio\n  pregap 00:01:00\n  index 01 00:04:00\n  postgap 00:00:10\n"),
        "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nREM SESSION 02\nFILE \"b b.bin\" BINARY\nTRACK 02 MODE1/2048\nPREGAP 00:02:00\nINDEX 01 00:00:00\n",
        "FILE a.bin BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nINDEX 1 0:1:0\nTRACK 3 MODE2/2336\nINDEX 1 00:02:05\nTRACK 4 AUDIO\nINDEX 1 00:03:00\n",
        "FILE a.bin MOTOROLA\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:01:00\nFILE d.wav WAVE\nINDEX 01 00:00:00\n",
    };
    enum { MOST = 4096 };
    u8 *bytes = calloc(1, MOST + 56 + WAV_BLOCKS * CD_RAW_BYTES);

    for (unsigned n = 0; n < ARRAY_COUNT(sheets); n++) {
        size_t size = strlen(sheets[n]);
        memcpy(bytes, sheets[n], size + 1);
        give(context, bytes, strstr(sheets[n], "WAVE") ? size + 1 + put_wav(bytes + size + 1) : size);
    }
    free(bytes);
}

const char *const cue_words[] = { "FILE ", "TRACK ", "INDEX ", "PREGAP ", "POSTGAP ", "ISRC ", "CATALOG ", "FLAGS ", "REM SESSION ", "REM ", "a.bin", "\"b b.bin\"", "d.wav", " BINARY\n", " MOTOROLA\n", " WAVE\n", "AUDIO", "MODE1/2048", "MODE1/2352",
                                  "MODE2/2336", "MODE2/2352", "CDG", "00:00:00", "00:00:01", "99:59:74", "01", "02", "99", "DCP", "PRE", "4CH", "disc.cue", "..", "/", "RIFF", "WAVEfmt ", "data", "\n", NULL };
