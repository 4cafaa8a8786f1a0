/* ATAPI CD-ROM drive: audio.                                                             doc: atapi
 * What plays is a function of the clock: 75 blocks of 588 samples a second from the moment at which it began.  There is no event for it: commands look, and who listens
 * asks for the samples up to now.  Source: INCITS MMC-2, "PLAY AUDIO" and its kin; IEC 60908.  Not modelled: SCAN, SOTC, pre-emphasis. */
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/chip/atapi_parts.h"
#include "devices/storage/cd_sector.h"

enum { BLOCK_SAMPLES = 588, SAMPLE_BYTES = 4, LATEST = 44100 /* samples: who listens asks a hundred times a second */, CURRENT_POSITION = 0xffffffff };
#define RATE_CD ((struct rate){ 44100, 1 })

static u64 now(const struct ata_device *d) { return clock_cycles(d->channel->clock, RATE_CD); }
static u64 ends_at(const struct atapi_cdrom *cd) { return cd->audio_began + (u64)(cd->audio_end - cd->audio_from) * BLOCK_SAMPLES; }

/* --- what is heard --- */

static s32 of_port(const struct atapi_cdrom *cd, unsigned port, s32 left, s32 right)
{
    static const u8 selects[] = { 1, 2 };
    u8 channels = cd->port_channels[port];
    s32 sum = (channels & selects[0] ? left : 0) + (channels & selects[1] ? right : 0);

    if ((channels & 3) == 3) sum /= 2;
    return sum * cd->port_volume[port] / 255;
}

/* The samples of one block, from one of them to another. */
static void put_samples(struct ata_device *d, const u8 *frame, u64 cycle, unsigned from, unsigned to)
{
    const struct sound_wire *out = &d->cd_wires.sound;

    for (unsigned i = from; i < to; i++) {
        s16 left = (s16)get16(frame + i * SAMPLE_BYTES), right = (s16)get16(frame + i * SAMPLE_BYTES + 2);
        out->level(out->to, RATE_CD, cycle + i - from, of_port(&d->cd, 0, left, right), of_port(&d->cd, 1, left, right));
    }
}

/* A block that the host cannot read is silent. */
static void put_until(struct ata_device *d, u64 end)
{
    struct atapi_cdrom *cd = &d->cd;
    u8 frame[CD_FRAME_BYTES];

    while (cd->audio_heard < end) {
        u64 sample = cd->audio_heard - cd->audio_began;
        unsigned from = (unsigned)(sample % BLOCK_SAMPLES), rest = BLOCK_SAMPLES - from, count = end - cd->audio_heard < rest ? (unsigned)(end - cd->audio_heard) : rest;
        if (!d->image || !disk_image_read_frame(d->image, cd->audio_from + (u32)(sample / BLOCK_SAMPLES), frame)) memset(frame, 0, sizeof frame);
        put_samples(d, frame, cd->audio_heard, from, from + count);
        cd->audio_heard += count;
    }
}

bool atapi_cdrom_render(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;
    const struct sound_wire *out = &d->cd_wires.sound;
    u64 until = now(d);

    if (cd->audio != AUDIO_PLAYS || cd->audio_heard == ends_at(cd)) return false;
    bool goes_on = until < ends_at(cd);
    if (!goes_on) until = ends_at(cd);
    if (until <= cd->audio_heard) return goes_on;
    if (until - cd->audio_heard > LATEST) cd->audio_heard = until - LATEST;     /* nobody listened */
    if (out->level) put_until(d, until);
    cd->audio_heard = until;
    if (!goes_on && out->level) out->level(out->to, RATE_CD, until, 0, 0);
    return goes_on;
}

static void hush(struct ata_device *d)
{
    const struct sound_wire *out = &d->cd_wires.sound;

    if (atapi_cdrom_render(d) && out->level) out->level(out->to, RATE_CD, d->cd.audio_heard, 0, 0);
}

/* --- where it is --- */

void atapi_audio_look(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;

    if (cd->audio != AUDIO_PLAYS) return;
    if (now(d) < ends_at(cd)) {
        cd->position = cd->audio_from + (u32)((now(d) - cd->audio_began) / BLOCK_SAMPLES);
        return;
    }
    atapi_cdrom_render(d);
    cd->position = cd->audio_end - 1;
    cd->audio = cd->audio_meets_data ? AUDIO_ERROR : AUDIO_COMPLETED;
}

void atapi_audio_stop(struct ata_device *d)
{
    atapi_audio_look(d);
    hush(d);
    d->cd.audio = AUDIO_NONE;
}

static void begin(struct ata_device *d)
{
    d->cd.audio = AUDIO_PLAYS;
    d->cd.audio_began = d->cd.audio_heard = now(d);
    if (d->cd_wires.wake) d->cd_wires.wake(d->cd_wires.board);
}

/* --- commands --- */

static bool is_audio(const struct cd_disc *disc, u32 lba)
{
    const struct cd_track *track = cd_disc_track_at(disc, lba);
    return track && track->mode == CD_AUDIO;
}

/* The first block from lba on that is no audio, at most `end`. */
static u32 audio_up_to(const struct cd_disc *disc, u32 lba, u32 end)
{
    while (lba < end && is_audio(disc, lba)) lba = cd_disc_track_at(disc, lba)->end;
    return lba < end ? lba : end;
}

static void play(struct ata_device *d, u32 from, u64 end)
{
    struct atapi_cdrom *cd = &d->cd;

    if (!atapi_ready(d)) return;
    const struct cd_disc *disc = disk_image_disc(d->image);
    if (from == CURRENT_POSITION) from = cd->position, end += from - (u64)CURRENT_POSITION;
    if (from >= cd->disc_sectors || end > cd->disc_sectors) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
    } else if (end < from) {
        atapi_illegal_field(d);
    } else if (end > from && !is_audio(disc, from)) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_ILLEGAL_MODE, 0);
    } else {
        atapi_audio_stop(d);
        cd->stopped = false;
        cd->position = from;
        if (end > from) {
            cd->audio_from = from;
            cd->audio_end = audio_up_to(disc, from, (u32)end);
            cd->audio_meets_data = cd->audio_end < end;
            begin(d);
        }
        atapi_ok(d);
    }
}

void atapi_play_10(struct ata_device *d)
{
    u32 from = be32(d->cd.packet + 2);
    play(d, from, (u64)from + be16(d->cd.packet + 7));
}

void atapi_play_12(struct ata_device *d)
{
    u32 from = be32(d->cd.packet + 2);
    play(d, from, (u64)from + be32(d->cd.packet + 6));
}

/* FF:FF:FF begins at the current position. */
void atapi_play_msf(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u32 end = cd_lba_of((struct cd_msf){ p[6], p[7], p[8] });

    if (be24(p + 3) == 0xffffff) play(d, d->cd.position, end);
    else play(d, cd_lba_of((struct cd_msf){ p[3], p[4], p[5] }), end);
}

/* The first block of an index, and after its last one; of a number that is not there, the nearest one below it. */
static u32 index_edge(const struct cd_disc *disc, const struct cd_track *track, u8 number, bool end)
{
    u32 lba = track->start;

    if (end) lba = track->end;
    for (unsigned n = 0; n < disc->indexes; n++) {
        const struct cd_index *index = &disc->index[n];
        if (index->track != track->number) continue;
        if (!end && index->number <= number) lba = index->lba;
        if (end && index->number > number && index->lba < lba) lba = index->lba;
    }
    return lba;
}

/* Of SCSI-2, "PLAY AUDIO TRACK INDEX". */
void atapi_play_track_index(struct ata_device *d)
{
    const u8 *p = d->cd.packet;

    if (!atapi_ready(d)) return;
    const struct cd_disc *disc = disk_image_disc(d->image);
    unsigned last = disc->track[disc->tracks - 1].number;
    const struct cd_track *from = cd_disc_track(disc, p[4]), *to = cd_disc_track(disc, p[7] < last ? p[7] : last);
    if (!from || !to) atapi_illegal_field(d);
    else play(d, index_edge(disc, from, p[5], false), index_edge(disc, to, p[8], true));
}

void atapi_pause_resume(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;
    bool resume = cd->packet[8] & 1;

    if (!atapi_ready(d)) return;
    if (cd->audio != AUDIO_PLAYS && cd->audio != AUDIO_PAUSE) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_SEQUENCE, 0);
        return;
    }
    if (resume && cd->audio == AUDIO_PAUSE) {
        begin(d);
    } else if (!resume && cd->audio == AUDIO_PLAYS) {
        hush(d);
        cd->audio_from = cd->position;
        cd->audio = AUDIO_PAUSE;
    }
    atapi_ok(d);
}

void atapi_stop_play(struct ata_device *d)
{
    atapi_audio_stop(d);
    atapi_ok(d);
}
