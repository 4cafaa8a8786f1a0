/* ATAPI CD-ROM drive: reading blocks.                                                    doc: atapi
 * Source: INCITS MMC-3, "READ (10)", "READ CD", "Sector types"; ECMA-130 for what raw sectors hold. */
#include <string.h>

#include "devices/chip/atapi_parts.h"
#include "devices/storage/cd_sector.h"

enum { PART_SYNC = 0x80, PART_SUBHEADER = 0x40, PART_HEADER = 0x20, PART_USER = 0x10, PART_EDC_ECC = 0x08, PART_MAIN = 0xf8, PART_C2 = 0x06, C2_BITS = 0x02, C2_AND_BLOCK = 0x04 };
enum { TYPE_ANY, TYPE_CD_DA, TYPE_MODE_1, TYPE_MODE_2, TYPE_FORM_1, TYPE_FORM_2, TYPE_BLOCK /* READ: 2048 bytes of data */ };
enum { SUBCHANNEL_NONE, SUBCHANNEL_RAW, SUBCHANNEL_Q, SUBCHANNEL_R_TO_W = 4, RAW_BYTES = 96, Q_BYTES = 16, C2_BYTES = 294, C2_AND_BLOCK_BYTES = 296 };

/* --- the parts of a sector --- */

static u8 type_of(const struct cd_track *track, const u8 *frame)
{
    enum { SUBMODE = 18, FORM_2 = 0x20 };

    if (track->mode == CD_AUDIO) return TYPE_CD_DA;
    if (track->mode == CD_MODE_1) return TYPE_MODE_1;
    return frame[SUBMODE] & FORM_2 ? TYPE_FORM_2 : TYPE_FORM_1;
}

/* Appends the parts chosen.  They follow one another on the disc, or the choice is illegal; a part that the type does not have is left out, and of CD-DA there is nothing but user data. */
static bool put_main(u8 **to, const u8 *frame, u8 type, u8 parts)
{
    static const struct { u8 part; u16 size[TYPE_FORM_2 + 1]; } rows[] = {
        /*                    CD-DA            mode 1            mode 2  form 1  form 2 */
        { PART_SYNC,      { 0,    0, CD_SYNC_BYTES,             12,      12,     12 } },
        { PART_HEADER,    { 0,    0, CD_HEADER_BYTES,            4,       4,      4 } },
        { PART_SUBHEADER, { 0,    0, 0,                          0,       8,      8 } },
        { PART_USER,      { 0, 2352, CD_USER_BYTES,           2336,    2048,   2328 } },
        { PART_EDC_ECC,   { 0,    0, CD_EDC_ECC_BYTES,           0,     280,      0 } },
    };
    unsigned end = 0;                                    /* of the last part that was taken, + 1 */

    if (type == TYPE_CD_DA && parts & PART_MAIN) parts = PART_USER;
    for (unsigned i = 0, at = 0; i < ARRAY_COUNT(rows); at += rows[i++].size[type]) {
        if (!(parts & rows[i].part) || !rows[i].size[type]) continue;
        if (end && end != at + 1) return false;
        memcpy(*to, frame + at, rows[i].size[type]);
        *to += rows[i].size[type];
        end = at + rows[i].size[type] + 1;
    }
    return true;
}

/* No byte of the image is in doubt. */
static u8 *put_c2(u8 *to, u8 parts)
{
    unsigned size = (parts & PART_C2) == C2_BITS ? C2_BYTES : (parts & PART_C2) == C2_AND_BLOCK ? C2_AND_BLOCK_BYTES : 0;

    memset(to, 0, size);
    return to + size;
}

/* P is 1 in pauses; R to W are zeros.  Raw: bit 7 of a byte is P's, bit 6 Q's. */
static u8 *put_subchannel(u8 *to, const struct cd_disc *disc, const struct cd_track *track, u32 lba, u8 selected)
{
    bool pause = lba < track->start;
    u8 q[Q_BYTES] = { 0 };

    cd_disc_q(disc, lba, q);
    if (selected == SUBCHANNEL_Q) {
        q[15] = pause ? 0x80 : 0;
        memcpy(to, q, Q_BYTES);
        return to + Q_BYTES;
    }
    if (selected == SUBCHANNEL_NONE) return to;
    for (unsigned n = 0; n < RAW_BYTES; n++) to[n] = selected == SUBCHANNEL_RAW ? (u8)((pause ? 0x80 : 0) | (q[n / 8] >> (7 - n % 8) & 1) << 6) : 0;
    return to + RAW_BYTES;
}

/* --- blocks --- */

enum outcome { READ_WELL, HOST_FAILED, NOT_ON_DISC, OTHER_TYPE, ILLEGAL_CHOICE };

/* READ: mode 1, or form 1 of mode 2. */
static bool is_wanted(u8 type, u8 wanted) { return wanted == TYPE_ANY || wanted == type || (wanted == TYPE_BLOCK && (type == TYPE_MODE_1 || type == TYPE_FORM_1)); }

/* One block as the command wants it; all of a command's have the size of its first. */
static enum outcome put_block(struct ata_device *d, u32 lba, u8 *to)
{
    struct atapi_cdrom *cd = &d->cd;
    const struct cd_disc *disc = disk_image_disc(d->image);
    const struct cd_track *track = cd_disc_track_at(disc, lba);
    u8 frame[CD_FRAME_BYTES], *end = to;

    if (!track) return NOT_ON_DISC;
    if (!disk_image_read_frame(d->image, lba, frame)) return HOST_FAILED;
    u8 type = type_of(track, frame);
    if (!is_wanted(type, cd->block_type)) return OTHER_TYPE;
    if (frame[CD_FRAME_UNCODED] && (cd->block_parts & PART_MAIN) != PART_USER) cd_sector_complete(frame, lba);
    if (!put_main(&end, frame, type, cd->block_parts)) return ILLEGAL_CHOICE;
    end = put_subchannel(put_c2(end, cd->block_parts), disc, track, lba, cd->block_subchannel);
    if (cd->block_bytes && cd->block_bytes != end - to) return OTHER_TYPE;
    cd->block_bytes = (u16)(end - to);
    return READ_WELL;
}

static void check_block(struct ata_device *d, enum outcome outcome, u32 lba)
{
    switch (outcome) {
    case HOST_FAILED: atapi_check(d, SENSE_MEDIUM_ERROR, ASC_UNRECOVERED_READ, 0); break;
    case NOT_ON_DISC: atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0); break;
    case OTHER_TYPE: atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_ILLEGAL_MODE, 0); break;
    default: atapi_illegal_field(d); break;
    }
    d->cd.sense_lba = lba;
}

bool atapi_stage_blocks(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;
    u32 n = 0;

    cd->staged = 0;
    for (; cd->blocks_left && cd->staged + (cd->block_bytes ? cd->block_bytes : ATAPI_BLOCK_MOST) <= ATAPI_BYTE_LIMIT; n++) {
        enum outcome outcome = cd->lba < cd->disc_sectors ? put_block(d, cd->lba, d->buffer + cd->staged) : NOT_ON_DISC;
        if (outcome == HOST_FAILED && ata_tries_again(d)) {
            cd->lba -= n, cd->blocks_left += n, cd->staged = 0;
            return false;
        }
        if (outcome != READ_WELL && n) break;            /* what was read goes to the host first */
        if (outcome != READ_WELL) {
            check_block(d, outcome, cd->lba);
            return false;
        }
        if (!cd->block_bytes) {                          /* nothing of this type was chosen */
            atapi_ok(d);
            return false;
        }
        cd->staged += cd->block_bytes;
        cd->lba++;
        cd->blocks_left--;
    }
    cd->position = cd->lba ? cd->lba - 1 : 0;
    return true;
}

/* Checks the range and starts the first stage; the rest is the transport's. */
static void read_blocks(struct ata_device *d, u32 lba, u32 count, u8 type, u8 parts, u8 subchannel)
{
    struct atapi_cdrom *cd = &d->cd;

    if (!atapi_ready(d)) return;
    if ((u64)lba + count > cd->disc_sectors) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
        cd->sense_lba = lba;
        return;
    }
    if (!count || (!parts && !subchannel)) {
        atapi_ok(d);
        return;
    }
    if (!cd->byte_limit && !atapi_by_dma(d)) {
        ata_failed(d, ERROR_ABRT);
        return;
    }
    atapi_audio_stop(d);
    cd->stopped = false;
    cd->lba = lba;
    cd->blocks_left = count;
    cd->block_type = type;
    cd->block_parts = parts;
    cd->block_subchannel = subchannel;
    cd->block_bytes = 0;
    cd->staged = d->buffer_at = 0;
    ata_busy(d, ATA_READ_BLOCK, (lba == cd->position + 1 ? 1 : 10) * (u64)ATA_FLUSH_NS);
}

void atapi_read_10(struct ata_device *d)
{
    read_blocks(d, be32(d->cd.packet + 2), be16(d->cd.packet + 7), TYPE_BLOCK, PART_USER, SUBCHANNEL_NONE);
}

void atapi_read_12(struct ata_device *d)
{
    read_blocks(d, be32(d->cd.packet + 2), be32(d->cd.packet + 6), TYPE_BLOCK, PART_USER, SUBCHANNEL_NONE);
}

/* MMC-3 "READ CD": byte 1 says which type is expected, byte 9 which parts and C2 errors, byte 10 which subchannel. */
static void read_parts(struct ata_device *d, u32 lba, u32 count)
{
    const u8 *p = d->cd.packet;
    u8 type = (u8)bits(p[1], 4, 2), c2 = p[9] & PART_C2, subchannel = p[10] & 7;

    if (type > TYPE_FORM_2 || c2 == PART_C2 || (subchannel > SUBCHANNEL_Q && subchannel != SUBCHANNEL_R_TO_W)) atapi_illegal_field(d);
    else read_blocks(d, lba, count, type, p[9] & (PART_MAIN | PART_C2), subchannel);
}

void atapi_read_cd(struct ata_device *d) { read_parts(d, be32(d->cd.packet + 2), be24(d->cd.packet + 6)); }

void atapi_read_cd_msf(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u32 first = cd_lba_of((struct cd_msf){ p[3], p[4], p[5] }), end = cd_lba_of((struct cd_msf){ p[6], p[7], p[8] });

    if (end < first) atapi_illegal_field(d);
    else read_parts(d, first, end - first);
}

void atapi_seek(struct ata_device *d)
{
    u32 lba = be32(d->cd.packet + 2);

    if (!atapi_ready(d)) return;
    if (lba >= d->cd.disc_sectors) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
        return;
    }
    atapi_audio_stop(d);
    d->cd.position = lba;
    atapi_ok(d);
}

void atapi_read_capacity(struct ata_device *d)
{
    if (!atapi_ready(d)) return;
    put_be32(d->buffer, d->cd.disc_sectors - 1);
    put_be32(d->buffer + 4, CD_SECTOR_BYTES);
    atapi_answer(d, 8, 8);
}

void atapi_read_header(struct ata_device *d)
{
    u32 lba = be32(d->cd.packet + 2);

    if (!atapi_ready(d)) return;
    const struct cd_track *track = cd_disc_track_at(disk_image_disc(d->image), lba);
    if (!track || track->mode == CD_AUDIO) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, track ? ASC_ILLEGAL_MODE : ASC_LBA_OUT_OF_RANGE, 0);
        return;
    }
    memset(d->buffer, 0, 8);
    d->buffer[0] = track->mode == CD_MODE_1 ? 1 : 2;
    atapi_put_address(d->buffer + 4, lba, d->cd.packet[1] & 2);
    atapi_answer(d, 8, be16(d->cd.packet + 7));
}
