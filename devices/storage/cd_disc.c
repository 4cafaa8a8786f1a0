/* Sources: ECMA-130, "Tracks", "Q-channel"; IEC 60908; INCITS MMC-3, "CD media structure". */
#include "devices/storage/cd_disc.h"

#include <string.h>

#include "devices/storage/cd_sector.h"

void cd_disc_of_blocks(struct cd_disc *disc, u32 blocks)
{
    memset(disc, 0, sizeof *disc);
    disc->tracks = disc->sessions = 1;
    disc->track[0] = (struct cd_track){ .number = 1, .session = 1, .control = CD_CONTROL_DATA, .mode = CD_MODE_1, .end = blocks };
    disc->session[0] = (struct cd_session){ .first = 1, .last = 1, .lead_out = blocks };
}

u32 cd_disc_blocks(const struct cd_disc *disc) { return disc->sessions ? disc->session[disc->sessions - 1].lead_out : 0; }

const struct cd_track *cd_disc_track(const struct cd_disc *disc, unsigned number)
{
    unsigned first = disc->tracks ? disc->track[0].number : 1;
    return number >= first && number - first < disc->tracks ? &disc->track[number - first] : NULL;
}

const struct cd_track *cd_disc_track_at(const struct cd_disc *disc, u32 lba)
{
    for (unsigned n = 0; n < disc->tracks; n++)
        if (lba >= disc->track[n].pregap && lba < disc->track[n].end) return &disc->track[n];
    return NULL;
}

u8 cd_disc_index_at(const struct cd_disc *disc, const struct cd_track *track, u32 lba)
{
    u8 number = lba >= track->start;

    for (unsigned n = 0; n < disc->indexes; n++) {
        const struct cd_index *index = &disc->index[n];
        if (index->track == track->number && lba >= index->lba) number = index->number;
    }
    return number;
}

/* --- the Q channel --- */

static u8 bcd(unsigned v) { return (u8)(v / 10 % 10 << 4 | v % 10); }

static void put_msf(u8 *to, u32 frames)
{
    to[0] = bcd(frames / CD_FRAMES_A_SECOND / 60), to[1] = bcd(frames / CD_FRAMES_A_SECOND % 60), to[2] = bcd(frames % CD_FRAMES_A_SECOND);
}

/* x^16 + x^12 + x^5 + 1, most significant bit first; its parity bits are inverted on the disc. */
static u16 crc_of(const u8 *bytes, unsigned count)
{
    u16 crc = 0;

    for (unsigned i = 0; i < count; i++) {
        crc ^= (u16)(bytes[i] << 8);
        for (unsigned k = 0; k < 8; k++) crc = (u16)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return (u16)~crc;
}

/* In a pregap the time of the track counts down to 0. */
void cd_disc_q(const struct cd_disc *disc, u32 lba, u8 *q)
{
    enum { ADR_POSITION = 1, CRC_AT = 10, LEAD_OUT = 0xaa };
    const struct cd_track *track = cd_disc_track_at(disc, lba);

    memset(q, 0, CD_Q_BYTES);
    if (track) {
        q[0] = (u8)(track->control << 4 | ADR_POSITION);
        q[1] = bcd(track->number);
        q[2] = bcd(cd_disc_index_at(disc, track, lba));
        put_msf(q + 3, lba < track->start ? track->start - lba : lba - track->start);
    } else {
        q[0] = ADR_POSITION;
        q[1] = LEAD_OUT;
        q[2] = 1;
    }
    put_msf(q + 7, lba + CD_GAP);
    u16 crc = crc_of(q, CRC_AT);
    q[CRC_AT] = (u8)(crc >> 8), q[CRC_AT + 1] = (u8)crc;
}
