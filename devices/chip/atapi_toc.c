/* ATAPI CD-ROM drive: what is where on the disc, and where the head is.                  doc: atapi
 * Source: INCITS MMC-3, "READ TOC/PMA/ATIP", "READ SUB-CHANNEL", "READ DISC INFORMATION", "READ TRACK INFORMATION". */
#include <string.h>

#include "devices/chip/atapi_parts.h"
#include "devices/storage/cd_sector.h"

enum { LEAD_OUT = 0xaa, ADR_POSITION = 1, ADR_NEXT_SESSION = 5, TYPE_CD_DA_OR_ROM = 0, TYPE_XA = 0x20 };

static const struct cd_disc *disc_of(const struct ata_device *d) { return disk_image_disc(d->image); }

/* As it stands in answers: ADR in the upper half, CONTROL in the lower one. */
static u8 adr_control(u8 adr, u8 control) { return (u8)(adr << 4 | control); }

void atapi_put_address(u8 *to, u32 lba, bool as_msf)
{
    struct cd_msf msf = cd_msf_of(lba);

    if (!as_msf) {
        put_be32(to, lba);
        return;
    }
    to[0] = 0, to[1] = msf.minute, to[2] = msf.second, to[3] = msf.frame;
}

/* The same within a track: from its index 1 on, negative before it; as a time, how far it is from there. */
static void put_relative(u8 *to, u32 start, u32 lba, bool as_msf)
{
    u32 away = lba < start ? start - lba : lba - start;

    put_be32(to, lba - start);
    if (as_msf) to[0] = 0, to[1] = (u8)(away / 75 / 60), to[2] = (u8)(away / 75 % 60), to[3] = (u8)(away % 75);
}

/* --- READ TOC/PMA/ATIP --- */

static u8 *put_track(u8 *to, u8 control, u8 track, u32 lba, bool as_msf)
{
    to[0] = 0, to[1] = adr_control(ADR_POSITION, control), to[2] = track, to[3] = 0;
    atapi_put_address(to + 4, lba, as_msf);
    return to + 8;
}

/* Format 0: tracks from the one asked for, and the last session's lead-out. */
static u8 *put_toc(const struct cd_disc *disc, u8 *to, u8 from, bool as_msf)
{
    const struct cd_track *last = &disc->track[disc->tracks - 1];

    if (from > last->number && from != LEAD_OUT) return NULL;
    to[0] = disc->track[0].number, to[1] = last->number;
    to += 2;
    for (unsigned n = 0; n < disc->tracks; n++)
        if (disc->track[n].number >= from) to = put_track(to, disc->track[n].control, disc->track[n].number, disc->track[n].start, as_msf);
    return put_track(to, last->control, LEAD_OUT, cd_disc_blocks(disc), as_msf);
}

/* Format 1: the first track of the last session. */
static u8 *put_sessions(const struct cd_disc *disc, u8 *to, bool as_msf)
{
    const struct cd_track *first = cd_disc_track(disc, disc->session[disc->sessions - 1].first);

    to[0] = 1, to[1] = (u8)disc->sessions;
    return put_track(to + 2, first->control, first->number, first->start, as_msf);
}

static u8 *put_raw_entry(u8 *to, u8 session, u8 adr_and_control, u8 point, struct cd_msf p)
{
    const u8 entry[11] = { session, adr_and_control, 0, point, 0, 0, 0, 0, p.minute, p.second, p.frame };
    memcpy(to, entry, sizeof entry);
    return to + sizeof entry;
}

/* POINT B0h: where the next session's program can begin, and the latest lead-out; FF:FF:FF: none follows. */
static u8 *put_next_session(const struct cd_disc *disc, u8 session, u8 control, u8 *to)
{
    bool last = session == disc->sessions;
    struct cd_msf next = last ? (struct cd_msf){ 0xff, 0xff, 0xff } : cd_msf_of(cd_disc_track(disc, disc->session[session].first)->start);
    struct cd_msf latest = { 79, 59, 74 };
    u8 *end = put_raw_entry(to, session, adr_control(ADR_NEXT_SESSION, control), 0xb0, latest);

    to[4] = next.minute, to[5] = next.second, to[6] = next.frame;
    to[7] = 1;                                           /* pointers of mode 5 */
    return end;
}

static bool has_xa(const struct cd_disc *disc, const struct cd_session *s)
{
    for (unsigned n = s->first; n <= s->last; n++)
        if (cd_disc_track(disc, n)->mode == CD_MODE_2) return true;
    return false;
}

/* The Q channel of one lead-in: first track, last track, lead-out, tracks, and on discs of several sessions the next one. */
static u8 *put_lead_in(const struct cd_disc *disc, u8 session, u8 *to)
{
    const struct cd_session *s = &disc->session[session - 1];
    u8 first = adr_control(ADR_POSITION, cd_disc_track(disc, s->first)->control), last = adr_control(ADR_POSITION, cd_disc_track(disc, s->last)->control);

    to = put_raw_entry(to, session, first, 0xa0, (struct cd_msf){ s->first, has_xa(disc, s) ? TYPE_XA : TYPE_CD_DA_OR_ROM, 0 });
    to = put_raw_entry(to, session, last, 0xa1, (struct cd_msf){ s->last, 0, 0 });
    to = put_raw_entry(to, session, last, 0xa2, cd_msf_of(s->lead_out));
    for (unsigned n = s->first; n <= s->last; n++) {
        const struct cd_track *t = cd_disc_track(disc, n);
        to = put_raw_entry(to, session, adr_control(ADR_POSITION, t->control), t->number, cd_msf_of(t->start));
    }
    return disc->sessions > 1 ? put_next_session(disc, session, cd_disc_track(disc, s->last)->control, to) : to;
}

/* Format 2: the lead-ins from a session on. */
static u8 *put_full_toc(const struct cd_disc *disc, u8 from, u8 *to)
{
    if (from > disc->sessions) return NULL;
    to[0] = 1, to[1] = (u8)disc->sessions;
    to += 2;
    for (unsigned n = from ? from : 1; n <= disc->sessions; n++) to = put_lead_in(disc, (u8)n, to);
    return to;
}

/* A pressed disc has no PMA (format 3) and no ATIP (4); of CD-TEXT (5) this drive knows nothing. */
void atapi_read_toc(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u8 format = p[2] & 15, *end = NULL, *to = d->buffer + 2;
    bool as_msf = p[1] & 2;

    if (!atapi_ready(d)) return;
    if (!format) format = p[9] >> 6;                     /* SFF-8020i has it in the last byte */
    if (format == 0) end = put_toc(disc_of(d), to, p[6], as_msf);
    else if (format == 1) end = put_sessions(disc_of(d), to, as_msf);
    else if (format == 2) end = put_full_toc(disc_of(d), p[6], to);
    if (!end) {
        atapi_illegal_field(d);
        return;
    }
    put_be16(d->buffer, (u32)(end - to));
    atapi_answer(d, (u32)(end - d->buffer), be16(p + 7));
}

/* --- READ SUB-CHANNEL --- */

/* Once completed or failed it is no longer told. */
static u8 told_audio_status(struct ata_device *d)
{
    u8 status = d->cd.audio;

    if (status == AUDIO_COMPLETED || status == AUDIO_ERROR) d->cd.audio = AUDIO_NONE;
    return status == AUDIO_NONE ? AUDIO_NO_STATUS : status;
}

static u32 put_position(struct ata_device *d, u8 *b, bool as_msf)
{
    u32 lba = d->cd.position;
    const struct cd_track *track = cd_disc_track_at(disc_of(d), lba);

    b[4] = 1;
    if (track) {
        b[5] = adr_control(ADR_POSITION, track->control), b[6] = track->number, b[7] = cd_disc_index_at(disc_of(d), track, lba);
        put_relative(b + 12, track->start, lba, as_msf);
    }
    atapi_put_address(b + 8, lba, as_msf);
    return 16;
}

static u32 put_catalogue(struct ata_device *d, u8 *b)
{
    const struct cd_disc *disc = disc_of(d);

    b[4] = 2;
    if (disc->catalogue[0]) b[8] = 0x80, memcpy(b + 9, disc->catalogue, CD_CATALOGUE_DIGITS);
    return 24;
}

static u32 put_isrc(struct ata_device *d, u8 *b)
{
    const struct cd_track *track = cd_disc_track(disc_of(d), d->cd.packet[6]);

    if (!track) return 0;
    b[4] = 3, b[5] = adr_control(ADR_POSITION, track->control), b[6] = track->number;
    if (track->isrc[0]) b[8] = 0x80, memcpy(b + 9, track->isrc, CD_ISRC_CHARACTERS);
    return 24;
}

void atapi_read_subchannel(struct ata_device *d)
{
    enum { SUB_Q = 0x40, HEADER = 4 };
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer;
    u32 size = HEADER;

    if (!atapi_ready(d)) return;
    memset(b, 0, 24);
    if (p[2] & SUB_Q) size = p[3] == 1 ? put_position(d, b, p[1] & 2) : p[3] == 2 ? put_catalogue(d, b) : p[3] == 3 ? put_isrc(d, b) : 0;
    if (!size) {
        atapi_illegal_field(d);
        return;
    }
    b[1] = told_audio_status(d);
    b[3] = (u8)(size - HEADER);
    atapi_answer(d, size, be16(p + 7));
}

/* --- READ DISC INFORMATION, READ TRACK INFORMATION --- */

void atapi_read_disc_information(struct ata_device *d)
{
    u8 *b = d->buffer;

    if (!atapi_ready(d)) return;
    const struct cd_disc *disc = disc_of(d);
    const struct cd_session *last = &disc->session[disc->sessions - 1];
    memset(b, 0, 34);
    put_be16(b, 32);
    b[2] = 0x0e;                                         /* complete disc, complete last session */
    b[3] = disc->track[0].number, b[4] = (u8)disc->sessions, b[5] = last->first, b[6] = last->last;
    b[7] = 0x20;                                         /* unrestricted use */
    b[8] = has_xa(disc, &disc->session[0]) ? TYPE_XA : TYPE_CD_DA_OR_ROM;
    memset(b + 16, 0xff, 8);                             /* no place for a further session */
    atapi_answer(d, 34, be16(d->cd.packet + 7));
}

/* By a block's address, a track's number, or a session's. */
static const struct cd_track *track_asked(const struct cd_disc *disc, u8 kind, u32 address)
{
    switch (kind) {
    case 0: return cd_disc_track_at(disc, address);
    case 1: return cd_disc_track(disc, address);
    case 2: return address && address <= disc->sessions ? cd_disc_track(disc, disc->session[address - 1].first) : NULL;
    default: return NULL;
    }
}

void atapi_read_track_information(struct ata_device *d)
{
    static const u8 data_mode[] = { [CD_AUDIO] = 0x0f, [CD_MODE_1] = 1, [CD_MODE_2] = 2 };
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer;

    if (!atapi_ready(d)) return;
    const struct cd_track *track = track_asked(disc_of(d), p[1] & 3, be32(p + 2));
    if (!track) {
        atapi_illegal_field(d);
        return;
    }
    memset(b, 0, 36);
    put_be16(b, 34);
    b[2] = track->number, b[3] = track->session;
    b[5] = track->control, b[6] = data_mode[track->mode];
    put_be32(b + 8, track->start);
    put_be32(b + 24, track->end - track->start);
    atapi_answer(d, 36, be16(p + 7));
}
