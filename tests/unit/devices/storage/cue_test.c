/* CUE sheets: where their tracks lie on the disc, what each mistake is told, and what becomes of hostile ones. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "devices/storage/cd_sector.h"
#include "devices/storage/cue_sheet.h"
#include "devices/storage/disk_image.h"
#include "tests/unit/room.h"

enum { FILES = 4 };

/* a.bin to d.bin of so many bytes each, and a sheet. */
struct place {
    char folder[64];
    struct error err;
};

static void put(const struct place *p, const char *name, const void *bytes, size_t size)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size && !fclose(f));
}

static struct place place(const u32 *bytes)
{
    static const char *const names[FILES] = { "a.bin", "b.bin", "c c.bin", "d.wav" };
    struct place p = { 0 };

    test_room(p.folder);
    for (unsigned n = 0; n < FILES && bytes; n++) {
        if (!bytes[n]) continue;
        u8 *content = malloc(bytes[n]);
        for (u32 i = 0; i < bytes[n]; i++) content[i] = (u8)(i / 2048 + n + i * 7);
        put(&p, names[n], content, bytes[n]);
        free(content);
    }
    return p;
}

static void place_done(struct place *p)
{
    char line[128];
    snprintf(line, sizeof line, "rm -rf %s", p->folder);
    cr_expect_eq(system(line), 0);
}
#define PLACE(p, ...) __attribute__((cleanup(place_done))) struct place p = place((const u32[FILES]){ __VA_ARGS__ })

static struct disk_image *opened(struct place *p, const char *sheet, size_t size)
{
    char path[128];

    put(p, "disc.cue", sheet, size);
    snprintf(path, sizeof path, "%s/disc.cue", p->folder);
    return disk_image_open(path, "cd", IMAGE_READ_ONLY, CD_SECTOR_BYTES, &p->err);
}
#define OPEN(p, sheet) opened(&p, sheet, strlen(sheet))

Test(cue, tracks_of_one_file_follow_its_indexes)
{
    PLACE(p, 2352 * 1000);
    struct disk_image *image = OPEN(p, "REM GENRE \"odd\nFILE a.bin BINARY\r\n TRACK 01 MODE1/2352\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  INDEX 00 00:04:00\n  INDEX 01 00:06:00\n"
                                       " track 03 audio\n  pregap 00:01:00\n  index 01 00:08:00\n  postgap 00:00:10\n");
    cr_assert(image, "%s", p.err.text);
    const struct cd_disc *d = disk_image_disc(image);
    cr_assert_eq(d->tracks, 3);
    cr_assert_eq(d->sessions, 1);
    cr_expect_eq(d->track[0].start, 0);
    cr_expect_eq(d->track[0].end, 300);
    cr_expect_eq(d->track[0].control, CD_CONTROL_DATA);
    cr_expect_eq(d->track[1].pregap, 300);
    cr_expect_eq(d->track[1].start, 450);
    cr_expect_eq(d->track[1].end, 600);
    cr_expect_eq(d->track[2].pregap, 600);
    cr_expect_eq(d->track[2].start, 675);
    cr_expect_eq(d->track[2].end, 675 + 400 + 10);
    cr_expect_eq(d->session[0].lead_out, 1085);
    u8 frame[CD_FRAME_BYTES], wanted[2352];
    for (unsigned i = 0; i < 2352; i++) wanted[i] = (u8)((i + 600 * 2352) / 2048 + (i + 600 * 2352) * 7);
    cr_assert(disk_image_read_frame(image, 675, frame));
    cr_expect_eq(memcmp(frame, wanted, 2352), 0, "a gap that no file holds moves what follows");
    cr_assert(disk_image_read_frame(image, 620, frame));
    for (unsigned i = 0; i < 2352; i++) cr_expect_eq(frame[i], 0);
    disk_image_close(image);
}

/* 6750 blocks of lead-out, 4500 of lead-in, 150 of pregap; 2250 of lead-out after the second. */
Test(cue, sessions_are_11400_and_6900_blocks_apart)
{
    PLACE(p, 2048 * 20, 2048 * 30, 2048 * 40);
    struct disk_image *image = OPEN(p, "FILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nREM SESSION 02\nFILE b.bin BINARY\nTRACK 02 MODE1/2048\nINDEX 01 00:00:00\n"
                                       "REM SESSION 03\nFILE \"c c.bin\" BINARY\nTRACK 03 MODE1/2048\nPREGAP 00:02:00\nINDEX 01 00:00:00\n");
    cr_assert(image, "%s", p.err.text);
    const struct cd_disc *d = disk_image_disc(image);
    cr_assert_eq(d->sessions, 3);
    cr_expect_eq(d->session[0].lead_out, 20);
    cr_expect_eq(d->track[1].start, 11420);
    cr_expect_eq(d->session[1].lead_out, 11450);
    cr_expect_eq(d->track[2].start, 11450 + 6900, "a PREGAP of two seconds is the one that every session has: %u", d->track[2].start);
    cr_expect_null(cd_disc_track_at(d, 20));
    cr_expect_eq(cd_disc_track_at(d, 11270), &d->track[1]);
    cr_expect_null(cd_disc_track_at(d, 11269));
    u8 frame[CD_FRAME_BYTES];
    cr_assert(disk_image_read_frame(image, 11421, frame));
    cr_expect_eq(frame[CD_FRAME_UNCODED], 1);
    cr_expect_eq(frame[CD_FRAME_PLACE] << 8 | frame[CD_FRAME_PLACE + 1], 0x0202);
    cr_expect_eq(frame[16], (u8)(1 + 1 + 2048 * 7));
    disk_image_close(image);
}

Test(cue, sector_sizes_may_change_within_a_file)
{
    PLACE(p, 2048 * 75 + 2352 * 80 + 2336 * 5);
    struct disk_image *image = OPEN(p, "FILE a.bin BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nINDEX 1 0:1:0\nTRACK 3 MODE2/2336\nINDEX 1 00:02:05\n");
    cr_assert(image, "%s", p.err.text);
    const struct cd_disc *d = disk_image_disc(image);
    u8 frame[CD_FRAME_BYTES];
    cr_expect_eq(d->track[1].start, 75);
    cr_expect_eq(d->track[2].start, 155);
    cr_expect_eq(d->track[2].end, 160);
    cr_assert(disk_image_read_frame(image, 159, frame));
    u32 at = 2048 * 75 + 2352 * 80 + 2336 * 4;
    for (unsigned i = 0; i < 2336; i++) cr_assert_eq(frame[16 + i], (u8)((at + i) / 2048 + (at + i) * 7));
    cr_expect_eq(frame[15], 2);
    cr_expect_eq(frame[12] << 16 | frame[13] << 8 | frame[14], 0x000409);
    disk_image_close(image);
}

/* Others write a track's pregap at the end of the file before it. */
Test(cue, a_tracks_pregap_may_be_in_another_file_and_bytes_may_be_swapped)
{
    PLACE(p, 2352 * 100, 2352 * 50);
    struct disk_image *image = OPEN(p, "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:01:00\nFILE b.bin MOTOROLA\nINDEX 01 00:00:00\n");
    cr_assert(image, "%s", p.err.text);
    const struct cd_disc *d = disk_image_disc(image);
    u8 frame[CD_FRAME_BYTES];
    cr_expect_eq(d->track[1].pregap, 75);
    cr_expect_eq(d->track[1].start, 100);
    cr_expect_eq(d->track[1].end, 150);
    cr_assert(disk_image_read_frame(image, 100, frame));
    cr_expect_eq(frame[0], (u8)(1 + 7));
    cr_expect_eq(frame[1], 1);
    disk_image_close(image);
}

static size_t wav(u8 *to, u32 frames, u32 rate, u16 bits_a_sample)
{
    u32 bytes = frames * 2352;
    memcpy(to, "RIFF....WAVEjunk", 16), put32(to + 16, 3), memcpy(to + 20, "abc\0fmt ", 8), put32(to + 28, 16);
    put16(to + 32, 1), put16(to + 34, 2), put32(to + 36, rate), put32(to + 40, rate * 4), put16(to + 44, 4), put16(to + 46, bits_a_sample);
    memcpy(to + 48, "data", 4), put32(to + 52, bytes);
    for (u32 i = 0; i < bytes; i++) to[56 + i] = (u8)(i * 3);
    put32(to + 4, 48 + bytes);
    return 56 + bytes;
}

Test(cue, wave_files_hold_audio)
{
    static u8 bytes[56 + 30 * 2352];
    const char *sheet = "FILE d.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    PLACE(p, 0);
    put(&p, "d.wav", bytes, wav(bytes, 30, 44100, 16));
    struct disk_image *image = OPEN(p, sheet);
    cr_assert(image, "%s", p.err.text);
    u8 frame[CD_FRAME_BYTES];
    cr_expect_eq(cd_disc_blocks(disk_image_disc(image)), 30);
    cr_assert(disk_image_read_frame(image, 29, frame));
    cr_expect_eq(memcmp(frame, bytes + 56 + 29 * 2352, 2352), 0);
    disk_image_close(image);
    put(&p, "d.wav", bytes, wav(bytes, 30, 48000, 16));
    cr_expect_null(OPEN(p, sheet));
    cr_expect(strstr(p.err.text, "disc.cue:1:6: \"d.wav\" is no sound of a compact disc: 44100 Hz"), "%s", p.err.text);
}

/* --- what is wrong --- */

#define GOOD "FILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n"

Test(cue, every_mistake_is_told_with_its_line_and_column)
{
    static const struct { const char *sheet, *sentence; } rows[] = {
        { "", "disc.cue: has no track" },
        { "FIEL a.bin BINARY\n", "disc.cue:1:1: unknown word \"FIEL\"; a sheet has FILE, TRACK" },
        { "TRACK 01 AUDIO\n", "disc.cue:1:1: a FILE line comes before" },
        { "FILE a.bin\n", "disc.cue:1:1: FILE \"NAME\" TYPE" },
        { "FILE \"a.bin BINARY\n", "disc.cue:1:6: a quote without its end" },
        { "FILE a.bin MP3\n", "disc.cue:1:12: files of type MP3 cannot be read" },
        { "FILE ../a.bin BINARY\n", "disc.cue:1:6: \"../a.bin\": files lie in the sheet's own folder" },
        { "FILE /etc/passwd BINARY\n", "files lie in the sheet's own folder" },
        { "FILE C:\\x.bin BINARY\n", "files lie in the sheet's own folder" },
        { "FILE .. BINARY\n", "files lie in the sheet's own folder" },
        { "FILE nothing.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", "disc.cue:1:6: cd: path=\"" },
        { "FILE a.bin BINARY\nTRACK 00 AUDIO\n", "disc.cue:2:1: TRACK NUMBER TYPE" },
        { "FILE a.bin BINARY\nTRACK 01 MODE3\n", "disc.cue:2:10: tracks of type MODE3 are not there" },
        { GOOD "TRACK 03 AUDIO\n", "disc.cue:4:7: track 3 follows track 1" },
        { "FILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 02 00:00:00\n", "disc.cue:3:7: the first index of a track" },
        { GOOD "INDEX 03 00:00:00\n", "disc.cue:4:7: index 03 follows index 01" },
        { GOOD "INDEX 02 00:60:00\n", "disc.cue:4:10: \"00:60:00\" is no time" },
        { GOOD "INDEX 02 00:00:75\n", "is no time" },
        { GOOD "INDEX 02 99999999999:00:00\n", "is no time" },
        { GOOD "INDEX 02 00:05:00\n", "disc.cue:4:1: is outside of \"a.bin\", which has 204800 bytes" },
        { "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:10\nINDEX 01 00:00:05\n", "disc.cue:4:10: is before the index of line 3" },
        { "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:00\n", "disc.cue:2:1: track 1 has no INDEX 01" },
        { "INDEX 01 00:00:00\n", "disc.cue:1:1: INDEX belongs to a track" },
        { GOOD "PREGAP 00:02:00\n", "disc.cue:4:1: PREGAP stands before" },
        { "FILE a.bin BINARY\nTRACK 01 AUDIO\nPOSTGAP 00:02:00\n", "POSTGAP stands after" },
        { GOOD "FLAGS DCP LOUD\n", "disc.cue:4:11: \"LOUD\" is no flag" },
        { "CATALOG 12345\n" GOOD, "disc.cue:1:1: CATALOG NUMBER: thirteen digits" },
        { GOOD "ISRC 123\n", "disc.cue:4:1: ISRC CODE" },
        { "REM SESSION 02\n" GOOD, "disc.cue:1:13: session 2 comes where session 1" },
        { GOOD "REM SESSION 03\n", "session 3 comes where" },
        { "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n", "disc.cue:3:1: what \"a.bin\" has from here on is no multiple of 2352" },
        { "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n", "disc.cue:2:1: track 1 has no blocks" },
        { "FILE a.bin BINARY\nTRACK 01 AUDIO\nPREGAP 99:59:74\nINDEX 01 00:00:00\n", "the disc is longer than 99:59:74" },
        { "FILE a.bin WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", "disc.cue:1:6: \"a.bin\" is no WAVE file" },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        PLACE(p, 204800);
        struct disk_image *image = OPEN(p, rows[i].sheet);
        cr_expect_null(image, "row %u", i);
        cr_expect(strstr(p.err.text, rows[i].sentence), "row %u: %s", i, p.err.text);
        disk_image_close(image);
    }
    PLACE(p, 204800);
    cr_expect_null(OPEN(p, "FIEL\nTRACK 01 AUDIO\nFLAGS X\n"));
    cr_expect_eq(p.err.count, 4, "all of one pass: %s", p.err.text);
    cr_expect_null(opened(&p, GOOD "\0", sizeof GOOD));
    cr_expect(strstr(p.err.text, "a CUE sheet is a text"));
}

Test(cue, raw_sectors_without_a_sheet_are_told_of_one)
{
    PLACE(p, 2352 * 3);
    char path[128];
    snprintf(path, sizeof path, "%s/a.bin", p.folder);
    cr_expect_null(disk_image_open(path, "cd", IMAGE_READ_ONLY, CD_SECTOR_BYTES, &p.err));
    cr_expect(strstr(p.err.text, "path=NAME.cue"), "%s", p.err.text);
    cr_expect(strstr(p.err.text, "FILE \"a.bin\" BINARY, TRACK 01 MODE1/2352"), "%s", p.err.text);
}

static u32 next(u32 *seed) { return *seed = *seed * 1664525 + 1013904223; }

/* Whatever it says: it is refused, or every block that its disc names can be asked for. */
Test(cue, hostile_sheets_are_refused_or_read)
{
    static const char seed_sheet[] = "CATALOG 1234567890123\nFILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nPREGAP 00:00:05\nINDEX 00 00:00:20\nINDEX 01 00:00:30\n"
                                     "REM SESSION 02\nFILE \"c c.bin\" BINARY\nTRACK 03 MODE2/2336\nFLAGS DCP\nINDEX 01 00:00:00\nPOSTGAP 00:00:09\n";
    static const char words[] = "00011122233456789: \"\n/.";
    u32 seed = 7;
    unsigned taken = 0;
    PLACE(p, 2048 * 20 + 2352 * 30, 2352 * 9, 2336 * 12);
    for (unsigned round = 0; round < 3000; round++) {
        char text[sizeof seed_sheet];
        memcpy(text, seed_sheet, sizeof text);
        for (unsigned n = next(&seed) >> 31; n < 2; n++) text[(next(&seed) >> 8) % (sizeof text - 1)] = round & 7 ? words[(next(&seed) >> 8) % (sizeof words - 1)] : (char)(next(&seed) >> 24);
        p.err = (struct error){ 0 };
        struct disk_image *image = opened(&p, text, sizeof text - 1);
        cr_expect(image || p.err.count, "it is told why");
        if (!image) continue;
        taken++;
        u8 frame[CD_FRAME_BYTES];
        u32 blocks = cd_disc_blocks(disk_image_disc(image));
        cr_assert_leq(blocks, CD_BLOCKS_MOST);
        for (unsigned i = 0; i < 40; i++) cr_expect(disk_image_read_frame(image, i < 4 ? blocks - 1 - i : next(&seed) % blocks, frame));
        disk_image_close(image);
    }
    cr_expect_gt(taken, 200, "%u", taken);
}
