/* ATAPI CD-ROM drive with a disc of three tracks in two sessions.  Names are sentences of MMC-3, MMC-2 and ECMA-130. */
#include <stdio.h>
#include <unistd.h>

#include "devices/storage/cd_sector.h"
#include "tests/unit/devices/chip/atapi_fixture.h"
#include "tests/unit/room.h"

/* Track 1 data, track 2 audio with a pregap of a second and an index 2; a second session with a track of CD-ROM XA, of which every fourth sector is of form 2. */
enum { AUDIO_PREGAP = 300, AUDIO_START = 375, AUDIO_INDEX_2 = 450, FIRST_OUT = 500, XA_START = FIRST_OUT + 11400, XA_BLOCKS = 100, LAST_OUT = XA_START + XA_BLOCKS };

static const char sheet[] = "CATALOG 1234567890123\n"
                            "FILE \"data.bin\" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n"
                            "FILE \"sound.bin\" BINARY\n  TRACK 02 AUDIO\n    FLAGS DCP\n    ISRC GBAYE6800015\n    INDEX 00 00:00:00\n    INDEX 01 00:01:00\n    INDEX 02 00:02:00\n"
                            "REM SESSION 02\n"
                            "FILE \"xa.bin\" BINARY\n  TRACK 03 MODE2/2352\n    INDEX 01 00:00:00\n";

struct tracks {
    struct cable *c;
    char folder[64];
    u8 sound[200 * 2352], xa[XA_BLOCKS * 2352];
};

static void put(const struct tracks *t, const char *name, const void *bytes, size_t size)
{
    char path[100];

    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size && !fclose(f));
}

static void fill(struct tracks *t)
{
    u8 *data = numbered(AUDIO_PREGAP, 2048);

    for (unsigned i = 0; i < sizeof t->sound; i++) t->sound[i] = (u8)(i * 2654435761u >> 20);
    for (unsigned n = 0; n < XA_BLOCKS; n++) {
        u8 *raw = t->xa + n * 2352;
        for (unsigned i = 24; i < 2352; i++) raw[i] = (u8)(n + i);
        cd_sector_head(raw, XA_START + n, CD_MODE_2);
        raw[18] = raw[22] = n % 4 == 3 ? 0x20 : 0;
    }
    put(t, "data.bin", data, AUDIO_PREGAP * 2048), put(t, "sound.bin", t->sound, sizeof t->sound), put(t, "xa.bin", t->xa, sizeof t->xa);
    put(t, "disc.cue", sheet, sizeof sheet - 1);
    free(data);
}

static struct tracks *tracks(void)
{
    static const char *const names[] = { "data.bin", "sound.bin", "xa.bin", "disc.cue" };
    struct tracks *t = calloc(1, sizeof *t);
    struct error err = { 0 };
    char path[100];

    test_room(t->folder);
    fill(t);
    snprintf(path, sizeof path, "%s/disc.cue", t->folder);
    t->c = cable_empty();
    t->c->image[1] = disk_image_open(path, "cd", IMAGE_READ_ONLY, 2048, &err);
    cr_assert(t->c->image[1], "%s", err.text);
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++) snprintf(path, sizeof path, "%s/%s", t->folder, names[i]), unlink(path);
    rmdir(t->folder);
    ata_channel_attach_cdrom(&t->c->ch, 1, t->c->image[1], "TEST CD");
    wait_us(t->c, 10000);
    cr_assert_eq(sense(t->c), 0x062900);
    return t;
}

static void tracks_done(struct tracks **t)
{
    cable_done(&(*t)->c);
    free(*t);
}
#define TRACKS(t) __attribute__((cleanup(tracks_done))) struct tracks *t = tracks(); struct cable *c = t->c

#define LBA(n) (u8)((n) >> 24), (u8)((n) >> 16), (u8)((n) >> 8), (u8)(n)
static u32 msf(const u8 *p) { return cd_lba_of((struct cd_msf){ p[0], p[1], p[2] }); }

/* --- READ TOC --- */

Test(atapi_tracks, format_0_of_the_toc_has_all_tracks_and_the_lead_out_of_the_last_session)
{
    static const struct { u8 adr_control, number; u32 lba; } rows[] = { { 0x14, 1, 0 }, { 0x12, 2, AUDIO_START }, { 0x14, 3, XA_START }, { 0x14, 0xaa, LAST_OUT } };
    u8 b[256];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0x43, 0, 0, 0, 0, 0, 0, 1, 0), 4 + 4 * 8);
    cr_expect_eq(b[2] << 8 | b[3], 0x0103);
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(b[4 + 8 * i + 1], rows[i].adr_control, "row %u: %x", i, b[4 + 8 * i + 1]);
        cr_expect_eq(b[4 + 8 * i + 2], rows[i].number);
        cr_expect_eq(be32(b + 4 + 8 * i + 4), rows[i].lba);
    }
    cr_assert_eq(PACKET(c, b, 0x43, 2, 0, 0, 0, 0, 3, 1, 0), 4 + 2 * 8, "from track 3 on");
    cr_expect_eq(msf(b + 4 + 5), XA_START);
    cr_expect_eq(PACKET(c, b, 0x43, 0, 0, 0, 0, 0, 4, 1, 0), -1 - 5);
}

Test(atapi_tracks, format_1_of_the_toc_has_the_first_track_of_the_last_session)
{
    u8 b[64];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0x43, 0, 1, 0, 0, 0, 0, 0, 64), 12);
    cr_expect_eq(b[2] << 8 | b[3], 0x0102);
    cr_expect_eq(b[6], 3);
    cr_expect_eq(be32(b + 8), XA_START);
}

Test(atapi_tracks, format_2_of_the_toc_has_the_lead_in_of_each_session)
{
    static const struct { u8 session, adr_control, point; u32 lba; } rows[] = {
        { 1, 0x14, 0xa0, 0 }, { 1, 0x12, 0xa1, 0 }, { 1, 0x12, 0xa2, FIRST_OUT }, { 1, 0x14, 1, 0 }, { 1, 0x12, 2, AUDIO_START }, { 1, 0x52, 0xb0, 0 },
        { 2, 0x14, 0xa0, 0 }, { 2, 0x14, 0xa1, 0 }, { 2, 0x14, 0xa2, LAST_OUT }, { 2, 0x14, 3, XA_START }, { 2, 0x54, 0xb0, 0 },
    };
    u8 b[512];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0x43, 2, 2, 0, 0, 0, 0, 2, 0), 4 + 11 * ARRAY_COUNT(rows));
    cr_expect_eq(b[2] << 8 | b[3], 0x0102);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const u8 *e = b + 4 + 11 * i;
        cr_expect_eq(e[0], rows[i].session, "row %u", i);
        cr_expect_eq(e[1], rows[i].adr_control, "row %u: %x", i, e[1]);
        cr_expect_eq(e[3], rows[i].point, "row %u", i);
        if (rows[i].lba || rows[i].point == 1) cr_expect_eq(msf(e + 8), rows[i].lba, "row %u", i);
    }
    cr_expect_eq(b[4 + 8], 1);
    cr_expect_eq(b[4 + 9], 0, "session 1 is CD-ROM");
    cr_expect_eq(b[4 + 11 + 8], 2);
    cr_expect_eq(b[4 + 66 + 9], 0x20, "session 2 is XA");
    cr_expect_eq(msf(b + 4 + 55 + 4), XA_START, "the next session's program area");
    cr_expect_eq(b[4 + 110 + 4] & b[4 + 110 + 5] & b[4 + 110 + 6], 0xff, "none follows");
    cr_assert_eq(PACKET(c, b, 0x43, 2, 2, 0, 0, 0, 2, 2, 0), 4 + 11 * 5, "from session 2 on");
    cr_expect_eq(PACKET(c, b, 0x43, 2, 2, 0, 0, 0, 3, 2, 0), -1 - 5);
    for (u8 format = 3; format < 6; format++) cr_expect_eq(PACKET(c, b, 0x43, 2, format, 0, 0, 0, 0, 2, 0), -1 - 5, "no PMA, ATIP, CD-TEXT");
    cr_expect_eq(sense(c), 0x052400);
}

/* --- reading --- */

Test(atapi_tracks, read_of_an_audio_track_is_illegal_mode_for_this_track)
{
    u8 b[2048];
    TRACKS(t);
    cr_expect_eq(PACKET(c, b, 0x28, 0, LBA(AUDIO_START), 0, 0, 1), -1 - 5);
    cr_expect_eq(sense(c), 0x056400);
    cr_assert_eq(PACKET(c, b, 0x28, 0, LBA(AUDIO_PREGAP - 1), 0, 0, 1), 2048);
    cr_expect_eq(get32(b), AUDIO_PREGAP - 1);
    cr_assert_eq(PACKET(c, b, 0x28, 0, LBA(XA_START + 5), 0, 0, 1), 2048);
    cr_expect_eq(memcmp(b, t->xa + 5 * 2352 + 24, 2048), 0, "form 1 behind its subheader");
    cr_expect_eq(PACKET(c, b, 0x28, 0, LBA(XA_START + 3), 0, 0, 1), -1 - 5, "form 2");
    cr_expect_eq(sense(c), 0x056400);
}

Test(atapi_tracks, what_lies_between_two_sessions_cannot_be_read)
{
    u8 b[4096];
    TRACKS(t);
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(FIRST_OUT), 0, 0, 1, 0xf8), -1 - 5);
    cr_expect_eq(sense(c), 0x052100);
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(FIRST_OUT + 11249), 0, 0, 1, 0xf8), -1 - 5);
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(FIRST_OUT + 11250), 0, 0, 1, 0xf8), 2352, "the pregap of a session is 150 blocks");
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(LAST_OUT), 0, 0, 1, 0xf8), -1 - 5);
    cr_assert_eq(PACKET(c, b, 0x25), 8);
    cr_expect_eq(be32(b), LAST_OUT - 1);
}

/* Linux gives CDROMREADAUDIO this: expected type CD-DA, user data. */
Test(atapi_tracks, read_cd_gives_the_samples_of_an_audio_track)
{
    static u8 b[60 * 2352];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0xbe, 1 << 2, LBA(AUDIO_PREGAP + 10), 0, 0, 60, 0xf8), (int)sizeof b);
    cr_expect_eq(memcmp(b, t->sound + 10 * 2352, sizeof b), 0);
    cr_assert_eq(PACKET(c, b, 0xb9, 1 << 2, 0, 0, 7, 0, 0, 7, 2, 0x10), 2 * 2352, "00:07:00 is block 375");
    cr_expect_eq(memcmp(b, t->sound + 75 * 2352, 2 * 2352), 0);
}

Test(atapi_tracks, the_expected_sector_type_must_be_the_tracks)
{
    static const struct { u32 lba; u8 type; u8 parts; int bytes; } rows[] = {
        { 0, 2, 0x10, 2048 }, { 0, 1, 0x10, -6 }, { 0, 3, 0x10, -6 }, { 0, 4, 0x10, -6 },
        { AUDIO_START, 1, 0x10, 2352 }, { AUDIO_START, 2, 0x10, -6 }, { AUDIO_START, 0, 0xf8, 2352 }, { AUDIO_START, 0, 0x20, 2352 }, { AUDIO_START, 0, 0x00, 0 },
        { XA_START, 4, 0x10, 2048 }, { XA_START, 5, 0x10, -6 }, { XA_START, 0, 0x50, 2056 }, { XA_START, 0, 0x18, 2328 }, { XA_START, 0, 0x30, -6 }, { XA_START, 0, 0x60, 12 },
        { XA_START + 3, 5, 0x10, 2328 }, { XA_START + 3, 4, 0x10, -6 }, { XA_START + 3, 0, 0x50, 2336 }, { XA_START + 3, 0, 0xf8, 2352 }, { XA_START, 6, 0x10, -6 },
    };
    u8 b[2744];
    TRACKS(t);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_eq(PACKET(c, b, 0xbe, (u8)(rows[i].type << 2), LBA(rows[i].lba), 0, 0, 1, rows[i].parts), rows[i].bytes, "row %u", i);
    cr_assert_eq(PACKET(c, b, 0xbe, 0, LBA(XA_START + 3), 0, 0, 1, 0xf8), 2352);
    cr_expect_eq(memcmp(b, t->xa + 3 * 2352, 2352), 0);
}

Test(atapi_tracks, blocks_before_one_of_another_type_go_to_the_host)
{
    static u8 b[10 * 2352];
    TRACKS(t);
    command(c, CD, 0, 0, 0, 0xfe, 0xff, 0xa0);
    ready(c);
    write_words(c, (u8[12]){ 0x28, 0, LBA(AUDIO_PREGAP - 4), 0, 0, 8 }, 12);
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ);
    cr_expect_eq(in(c, R_MID) | in(c, R_HIGH) << 8, 4 * 2048);
    read_words(c, b, 4 * 2048);
    cr_expect_eq(get32(b + 3 * 2048), AUDIO_PREGAP - 1);
    cr_expect_eq(ready(c) & (DRQ | ERR), ERR);
    cr_expect_eq(sense(c), 0x056400);
}

/* ECMA-130 "Q-channel", mode 1, and its CRC: what is left after division by the polynomial is that of the inverted parity. */
static u16 rest_of(const u8 *q)
{
    u16 crc = 0;
    for (unsigned n = 0; n < 96; n++) {
        bool feed = (crc >> 15 & 1) ^ (q[n / 8] >> (7 - n % 8) & 1);
        crc = (u16)(crc << 1 ^ (feed ? 0x1021 : 0));
    }
    return crc;
}

Test(atapi_tracks, the_q_channel_says_where_a_block_is)
{
    static const struct { u32 lba; u8 q[10]; bool pause; } rows[] = {
        { 0, { 0x41, 0x01, 0x01, 0, 0, 0, 0, 0x00, 0x02, 0x00 }, false },
        { 80, { 0x41, 0x01, 0x01, 0, 0x01, 0x05, 0, 0x00, 0x03, 0x05 }, false },
        { AUDIO_PREGAP + 1, { 0x21, 0x02, 0x00, 0, 0, 0x74, 0, 0x00, 0x06, 0x01 }, true },
        { AUDIO_INDEX_2, { 0x21, 0x02, 0x02, 0, 0x01, 0, 0, 0x00, 0x08, 0x00 }, false },
        { XA_START, { 0x41, 0x03, 0x01, 0, 0, 0, 0, 0x02, 0x40, 0x50 }, false },
    };
    u8 b[2744];
    TRACKS(t);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        cr_assert_eq(PACKET(c, b, 0xbe, 0, LBA(rows[i].lba), 0, 0, 1, 0, 2), 16, "row %u", i);
        cr_expect_eq(memcmp(b, rows[i].q, 10), 0, "row %u: %02x %02x %02x %02x:%02x:%02x %02x:%02x:%02x", i, b[0], b[1], b[2], b[3], b[4], b[5], b[7], b[8], b[9]);
        cr_expect_eq(rest_of(b), 0x1d0f, "row %u: %x", i, rest_of(b));
        cr_expect_eq(b[15], rows[i].pause ? 0x80 : 0);
        u8 q[16] = { 0 }, raw[2352 + 96];
        memcpy(q, b, 12);
        cr_assert_eq(PACKET(c, raw, 0xbe, 0, LBA(rows[i].lba), 0, 0, 1, 0xf8, 1), 2352 + 96);
        for (unsigned n = 0; n < 96; n++) {
            cr_expect_eq(raw[2352 + n] >> 7, rows[i].pause);
            cr_expect_eq(raw[2352 + n] >> 6 & 1, q[n / 8] >> (7 - n % 8) & 1);
            cr_expect_eq(raw[2352 + n] & 0x3f, 0);
        }
    }
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(0), 0, 0, 1, 0xf8 | 2, 4), 2352 + 294 + 96);
    cr_expect_eq(PACKET(c, b, 0xbe, 0, LBA(0), 0, 0, 1, 0xf8, 3), -1 - 5);
}

/* --- information --- */

Test(atapi_tracks, read_sub_channel_gives_catalogue_number_and_isrc)
{
    u8 b[64];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0x42, 0, 0x40, 2, 0, 0, 0, 0, 64), 24);
    cr_expect_eq(b[8], 0x80);
    cr_expect_eq(memcmp(b + 9, "1234567890123", 14), 0);
    cr_assert_eq(PACKET(c, b, 0x42, 0, 0x40, 3, 0, 0, 2, 0, 64), 24);
    cr_expect_eq(b[5] << 8 | b[6], 0x1202);
    cr_expect_eq(b[8], 0x80);
    cr_expect_eq(memcmp(b + 9, "GBAYE6800015", 13), 0);
    cr_assert_eq(PACKET(c, b, 0x42, 0, 0x40, 3, 0, 0, 1, 0, 64), 24);
    cr_expect_eq(b[8], 0, "track 1 has none");
    cr_expect_eq(PACKET(c, b, 0x42, 0, 0x40, 3, 0, 0, 9, 0, 64), -1 - 5);
}

Test(atapi_tracks, information_about_the_disc_and_its_tracks)
{
    static const struct { u8 kind; u32 address; u8 track, session, control, mode; u32 start, size; } rows[] = {
        { 0, 10, 1, 1, 4, 1, 0, AUDIO_PREGAP }, { 1, 2, 2, 1, 2, 0xf, AUDIO_START, FIRST_OUT - AUDIO_START }, { 2, 2, 3, 2, 4, 2, XA_START, XA_BLOCKS },
    };
    u8 b[64];
    TRACKS(t);
    cr_assert_eq(PACKET(c, b, 0x51, 0, 0, 0, 0, 0, 0, 0, 64), 34);
    cr_expect_eq(b[3] << 24 | b[4] << 16 | b[5] << 8 | b[6], 0x01020303);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        cr_assert_eq(PACKET(c, b, 0x52, rows[i].kind, LBA(rows[i].address), 0, 0, 64), 36);
        cr_expect_eq(b[2], rows[i].track);
        cr_expect_eq(b[3], rows[i].session);
        cr_expect_eq(b[5], rows[i].control);
        cr_expect_eq(b[6], rows[i].mode);
        cr_expect_eq(be32(b + 8), rows[i].start);
        cr_expect_eq(be32(b + 24), rows[i].size);
    }
    cr_expect_eq(PACKET(c, b, 0x52, 0, LBA(FIRST_OUT + 5), 0, 0, 64), -1 - 5);
    cr_expect_eq(PACKET(c, b, 0x52, 1, LBA(4), 0, 0, 64), -1 - 5);
    cr_expect_eq(PACKET(c, b, 0x52, 2, LBA(3), 0, 0, 64), -1 - 5);
    cr_assert_eq(PACKET(c, b, 0x44, 0, LBA(XA_START), 0, 0, 64), 8);
    cr_expect_eq(b[0], 2);
    cr_expect_eq(PACKET(c, b, 0x44, 0, LBA(AUDIO_START), 0, 0, 64), -1 - 5);
    cr_expect_eq(sense(c), 0x056400);
    cr_assert_eq(PACKET(c, b, 0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 64), 24);
    cr_expect_eq(b[2], 4, "data and audio in sessions");
}

/* --- audio --- */

struct where { u8 status, index; u32 lba; };

static struct where where(struct cable *c)
{
    u8 b[64];
    cr_assert_eq(PACKET(c, b, 0x42, 0, 0x40, 1, 0, 0, 0, 0, 64), 16);
    return (struct where){ b[1], b[7], be32(b + 8) };
}

Test(atapi_audio, a_play_advances_75_blocks_a_second_and_ends_once)
{
    u8 b[64];
    TRACKS(t);
    cr_expect_eq(where(c).status, 0x15);
    cr_assert_eq(PACKET(c, b, 0x45, 0, LBA(AUDIO_START), 0, 0, 100), 0);
    cr_assert_eq(PACKET(c, b, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8), 8);
    cr_expect_eq(b[1], 0x20, "MECHANISM STATUS: playing");
    for (unsigned tenths = 1; tenths < 13; tenths++) {
        wait_us(c, 100000);
        struct where w = where(c);
        cr_expect_eq(w.status, 0x11);
        cr_expect(w.lba >= AUDIO_START + tenths * 15 / 2 && w.lba <= AUDIO_START + tenths * 15 / 2 + 3, "after %u tenths at %u", tenths, w.lba);
        cr_expect_eq(w.index, w.lba < AUDIO_INDEX_2 ? 1 : 2);
    }
    wait_us(c, 200000);
    cr_expect_eq(where(c).status, 0x13, "completed");
    cr_expect_eq(where(c).status, 0x15, "told once");
    cr_expect_eq(where(c).lba, AUDIO_START + 99);
}

Test(atapi_audio, a_pause_holds_the_place)
{
    u8 b[64];
    TRACKS(t);
    cr_expect_eq(PACKET(c, b, 0x4b, 0, 0, 0, 0, 0, 0, 0, 0), -1 - 5);
    cr_expect_eq(sense(c), 0x052c00, "nothing plays");
    cr_assert_eq(PACKET(c, b, 0x47, 0, 0, 0, 7, 0, 0, 8, 50), 0, "00:07:00 to 00:08:50");
    wait_us(c, 500000);
    cr_assert_eq(PACKET(c, b, 0x4b, 0, 0, 0, 0, 0, 0, 0, 0), 0);
    struct where paused = where(c);
    cr_expect_eq(paused.status, 0x12);
    cr_expect(paused.lba > AUDIO_START + 35 && paused.lba < AUDIO_START + 40);
    wait_us(c, 5000000);
    cr_expect_eq(where(c).lba, paused.lba);
    cr_assert_eq(PACKET(c, b, 0x4b, 0, 0, 0, 0, 0, 0, 0, 1), 0);
    wait_us(c, 1000000);
    struct where again = where(c);
    cr_expect_eq(again.status, 0x11);
    cr_expect(again.lba >= paused.lba + 74 && again.lba <= paused.lba + 77);
    cr_assert_eq(PACKET(c, b, 0x4e), 0);
    cr_expect_eq(where(c).status, 0x15);
}

Test(atapi_audio, data_tracks_do_not_play)
{
    u8 b[2048];
    TRACKS(t);
    cr_expect_eq(PACKET(c, b, 0x45, 0, LBA(0), 0, 0, 10), -1 - 5);
    cr_expect_eq(sense(c), 0x056400);
    cr_expect_eq(PACKET(c, b, 0xa5, 0, LBA(AUDIO_START), LBA(LAST_OUT)), -1 - 5);
    cr_expect_eq(sense(c), 0x052100);
    cr_assert_eq(PACKET(c, b, 0xa5, 0, LBA(FIRST_OUT - 10), LBA(11405)), 0, "over the end of the track");
    wait_us(c, 200000);
    cr_expect_eq(where(c).status, 0x14, "stopped by an error");
    cr_assert_eq(PACKET(c, b, 0x48, 0, 0, 0, 2, 2, 0, 2, 2), 0, "track 2, index 2");
    cr_expect_eq(where(c).lba, AUDIO_INDEX_2);
    cr_assert_eq(PACKET(c, b, 0x28, 0, LBA(5), 0, 0, 1), 2048);
    cr_expect_eq(where(c).status, 0x15, "a read ends it");
    cr_assert_eq(PACKET(c, b, 0x45, 0, LBA(AUDIO_START), 0, 0, 100), 0);
    ata_channel_cd_eject(&c->ch, 1);
    cr_expect_eq(c->ch.device[1].cd.audio, 0);
}

/* --- the output, and its volume --- */

enum { HEARD_MOST = 20000 };
static struct heard { u64 cycle; s32 left, right; } heard[HEARD_MOST];
static unsigned heard_count;

static void hear(void *to, struct rate rate, u64 cycle, s32 left, s32 right)
{
    (void)to;
    cr_assert_eq(rate.num / rate.den, 44100);
    if (heard_count < HEARD_MOST) heard[heard_count++] = (struct heard){ cycle, left, right };
}

/* MODE SELECT (10) of one page; 0, or -1 - sense key. */
static int select_page(struct cable *c, const u8 *page, u8 size, u32 limit)
{
    u8 list[64] = { 0 };

    memcpy(list + 8, page, size);
    command(c, CD, 0, 0, 0, (u8)limit, (u8)(limit >> 8), 0xa0);
    ready(c);
    write_words(c, (u8[12]){ 0x55, 0x10, 0, 0, 0, 0, 0, 0, (u8)(8 + size) }, 12);
    for (u32 at = 0; ready(c) & DRQ;) {
        u32 n = in(c, R_MID) | (u32)in(c, R_HIGH) << 8;
        cr_assert_eq(in(c, R_COUNT) & 3, 0, "data of the host");
        cr_assert(n && n <= limit && at + n <= 8u + size);
        write_words(c, list + at, n);
        at += n;
    }
    return alt(c) & ERR ? -1 - (in(c, R_ERROR) >> 4) : 0;
}

Test(atapi_audio, samples_leave_at_44100_a_second_as_loud_as_the_page_says)
{
    static const u8 half[16] = { 0x0e, 14, 4, 0, 0, 0, 0, 75, 2, 128, 0, 255 };  /* port 0: the right channel, half as loud; port 1: muted */
    u8 b[64];
    TRACKS(t);
    c->ch.device[1].cd_wires.sound = (struct sound_wire){ NULL, hear };
    heard_count = 0;
    cr_assert_eq(PACKET(c, b, 0x45, 0, LBA(AUDIO_START), 0, 0, 10), 0);
    for (unsigned i = 0; i < 20; i++) {
        wait_us(c, 10000);
        atapi_cdrom_render(&c->ch.device[1]);
    }
    cr_assert_eq(heard_count, 10 * 588 + 1, "%u", heard_count);
    for (unsigned i = 0; i < 10 * 588; i++) {
        const u8 *sample = t->sound + 75 * 2352 + 4 * i;
        cr_expect_eq(heard[i].cycle, heard[0].cycle + i);
        cr_expect_eq(heard[i].left, (s16)get16(sample));
        cr_expect_eq(heard[i].right, (s16)get16(sample + 2));
    }
    cr_expect_eq(heard[5880].left | heard[5880].right, 0, "then silence");
    cr_assert_eq(select_page(c, half, 16, 0xfffe), 0);
    heard_count = 0;
    cr_assert_eq(PACKET(c, b, 0x45, 0, LBA(AUDIO_START), 0, 0, 10), 0);
    wait_us(c, 100000);
    atapi_cdrom_render(&c->ch.device[1]);
    cr_assert_gt(heard_count, 4000);
    for (unsigned i = 0; i < 4000; i++) {
        cr_expect_eq(heard[i].left, (s16)get16(t->sound + 75 * 2352 + 4 * i + 2) * 128 / 255);
        cr_expect_eq(heard[i].right, 0);
    }
}

Test(atapi_audio, mode_select_takes_what_is_changeable_and_nothing_else)
{
    static const u8 ports[16] = { 0x0e, 14, 4, 0, 0, 0, 0, 75, 3, 17, 2, 34 }, other[16] = { 0x0e, 14, 4, 0, 0, 0, 0, 75, 3, 17, 2, 34, 1 }, retries[8] = { 1, 6, 0, 9 }, no_page[8] = { 0x3e, 6 };
    u8 b[64];
    TRACKS(t);
    cr_assert_eq(select_page(c, ports, 16, 6), 0, "in pieces of the byte count limit");
    cr_assert_eq(PACKET(c, b, 0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 64), 24);
    cr_expect_eq(memcmp(b + 8, ports, 16), 0);
    cr_expect_eq(select_page(c, other, 16, 0xfffe), -1 - 5);
    cr_expect_eq(sense(c), 0x052600);
    cr_expect_eq(select_page(c, retries, 8, 0xfffe), -1 - 5);
    cr_expect_eq(select_page(c, no_page, 8, 0xfffe), -1 - 5);
    cr_expect_eq(select_page(c, ports, 10, 0xfffe), -1 - 5);
    cr_expect_eq(sense(c), 0x051a00, "the list is too short");
    cr_assert_eq(PACKET(c, b, 0x5a, 0, 0x4e, 0, 0, 0, 0, 0, 64), 24);
    cr_expect_eq(be32(b + 8 + 8), 0x0fff0fff, "changeable: channels and volume of two ports");
    cr_expect_eq(PACKET(c, b, 0x55, 0x11, 0, 0, 0, 0, 0, 0, 24), -1 - 5, "pages cannot be saved");
    cr_expect_eq(sense(c), 0x052400);
}
