/* ATAPI CD-ROM drive: the disc, one session with one data track in mode 1.       doc: atapi
 * Source: INCITS MMC-3, the command descriptions; ECMA-130 for what raw sectors hold. */
#include <string.h>

#include "devices/chip/atapi_parts.h"
#include "devices/storage/cd_sector.h"

enum { IMAGE_SECTORS = CD_SECTOR_BYTES / SECTOR_BYTES, DATA_TRACK = 0x14, LEAD_OUT = 0xaa };
enum { PART_SYNC = 0x80, PART_HEADERS = 0x60, PART_HEADER = 0x20, PART_USER = 0x10, PART_EDC_ECC = 0x08 };

/* --- READ --- */

/* One block as the command wants it.  False: the host could not read. */
static bool put_block(struct ata_device *d, u32 lba, u8 *to)
{
    u8 raw[CD_RAW_BYTES];
    u8 parts = d->cd.block_parts;

    if (!disk_image_read(d->image, (u64)lba * IMAGE_SECTORS, IMAGE_SECTORS, raw + CD_SYNC_BYTES + CD_HEADER_BYTES)) return false;
    if (parts != PART_USER) cd_sector_complete(raw, lba);
    const struct {
        bool wanted;
        unsigned at, size;
    } part[] = {
        { parts & PART_SYNC, 0, CD_SYNC_BYTES },
        { parts & PART_HEADER, CD_SYNC_BYTES, CD_HEADER_BYTES },
        { parts & PART_USER, CD_SYNC_BYTES + CD_HEADER_BYTES, CD_USER_BYTES },
        { parts & PART_EDC_ECC, CD_SYNC_BYTES + CD_HEADER_BYTES + CD_USER_BYTES, CD_EDC_ECC_BYTES },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(part); i++) {
        if (!part[i].wanted) continue;
        memcpy(to, raw + part[i].at, part[i].size);
        to += part[i].size;
    }
    return true;
}

bool atapi_stage_blocks(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;
    u32 room = cd->block_bytes ? ATAPI_BYTE_LIMIT / cd->block_bytes : 0;
    u32 n = cd->blocks_left < room ? cd->blocks_left : room;

    cd->staged = 0;
    for (u32 i = 0; i < n; i++) {
        bool there = cd->lba < cd->disc_sectors;
        if (!there || !put_block(d, cd->lba, d->buffer + cd->staged)) {
            u32 lba = cd->lba;
            if (there && ata_tries_again(d)) {
                cd->lba -= i, cd->blocks_left += i, cd->staged = 0;
                return false;
            }
            if (there) atapi_check(d, SENSE_MEDIUM_ERROR, ASC_UNRECOVERED_READ, 0);
            else atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
            cd->sense_lba = lba;
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
static void read_blocks(struct ata_device *d, u32 lba, u32 count, u8 parts, u32 block_bytes)
{
    struct atapi_cdrom *cd = &d->cd;

    if (!atapi_ready(d)) return;
    if ((u64)lba + count > cd->disc_sectors) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
        cd->sense_lba = lba;
        return;
    }
    if (!count || !block_bytes) {
        atapi_ok(d);
        return;
    }
    if (!cd->byte_limit && !atapi_by_dma(d)) {
        ata_failed(d, ERROR_ABRT);
        return;
    }
    cd->stopped = false;
    cd->lba = lba;
    cd->blocks_left = count;
    cd->block_parts = parts;
    cd->block_bytes = (u16)block_bytes;
    cd->staged = d->buffer_at = 0;
    ata_busy(d, ATA_READ_BLOCK, (lba == cd->position + 1 ? 1 : 10) * (u64)ATA_FLUSH_NS);
}

void atapi_read_10(struct ata_device *d)
{
    read_blocks(d, be32(d->cd.packet + 2), be16(d->cd.packet + 7), PART_USER, CD_USER_BYTES);
}

void atapi_read_12(struct ata_device *d)
{
    read_blocks(d, be32(d->cd.packet + 2), be32(d->cd.packet + 6), PART_USER, CD_USER_BYTES);
}

/* MMC-3 "READ CD": what byte 9 chooses of a mode 1 sector.  Mode 1 has no subheader; C2 and subchannels are not there. */
static void read_parts(struct ata_device *d, u32 lba, u32 count)
{
    const u8 *p = d->cd.packet;
    u8 parts = p[9] & 0xf8, type = bits(p[1], 4, 2);
    u32 bytes = (parts & PART_SYNC ? CD_SYNC_BYTES : 0) + (parts & PART_HEADER ? CD_HEADER_BYTES : 0) +
                (parts & PART_USER ? CD_USER_BYTES : 0) + (parts & PART_EDC_ECC ? CD_EDC_ECC_BYTES : 0);

    if (p[9] & 6 || p[10] & 7) {
        atapi_illegal_field(d);
    } else if (type != 0 && type != 2) {
        if (atapi_ready(d)) atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_ILLEGAL_MODE, 0);
    } else {
        read_blocks(d, lba, count, parts, bytes);
    }
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
    d->cd.position = lba;
    atapi_ok(d);
}

/* --- what is on the disc --- */

void atapi_read_capacity(struct ata_device *d)
{
    if (!atapi_ready(d)) return;
    put_be32(d->buffer, d->cd.disc_sectors - 1);
    put_be32(d->buffer + 4, CD_SECTOR_BYTES);
    atapi_answer(d, 8, 8);
}

/* An address of four bytes, as LBA or 0 M S F. */
static void put_address(u8 *to, u32 lba, bool as_msf)
{
    struct cd_msf msf = cd_msf_of(lba);

    if (!as_msf) {
        put_be32(to, lba);
        return;
    }
    to[0] = 0, to[1] = msf.minute, to[2] = msf.second, to[3] = msf.frame;
}

/* The same within track 1: without the two seconds before it. */
static void put_relative(u8 *to, u32 lba, bool as_msf)
{
    put_be32(to, lba);
    if (as_msf) to[0] = 0, to[1] = (u8)(lba / 75 / 60), to[2] = (u8)(lba / 75 % 60), to[3] = (u8)(lba % 75);
}

void atapi_read_header(struct ata_device *d)
{
    u32 lba = be32(d->cd.packet + 2);

    if (!atapi_ready(d)) return;
    if (lba >= d->cd.disc_sectors) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE, 0);
        return;
    }
    memset(d->buffer, 0, 8);
    d->buffer[0] = 1;                                    /* mode 1 */
    put_address(d->buffer + 4, lba, d->cd.packet[1] & 2);
    atapi_answer(d, 8, be16(d->cd.packet + 7));
}

/* --- READ TOC/PMA/ATIP --- */

static u8 *put_track(u8 *to, u8 track, u32 lba, bool as_msf)
{
    to[0] = 0, to[1] = DATA_TRACK, to[2] = track, to[3] = 0;
    put_address(to + 4, lba, as_msf);
    return to + 8;
}

/* Format 0: tracks from the one asked for, and the lead-out. */
static u8 *put_toc(struct ata_device *d, u8 *to, bool as_msf)
{
    u8 from = d->cd.packet[6];

    if (from > 1 && from != LEAD_OUT) return NULL;
    to[0] = to[1] = 1;                                   /* first and last track */
    to += 2;
    if (from <= 1) to = put_track(to, 1, 0, as_msf);
    return put_track(to, LEAD_OUT, d->cd.disc_sectors, as_msf);
}

/* Format 1: the first track of the last session. */
static u8 *put_sessions(u8 *to, bool as_msf)
{
    to[0] = to[1] = 1;
    return put_track(to + 2, 1, 0, as_msf);
}

static u8 *put_raw_entry(u8 *to, u8 point, u8 minute, u8 second, u8 frame)
{
    const u8 entry[11] = { 1, DATA_TRACK, 0, point, 0, 0, 0, 0, minute, second, frame };
    memcpy(to, entry, sizeof entry);
    return to + sizeof entry;
}

/* Format 2: the Q channel of the lead-in: first track, last track, lead-out, track 1. */
static u8 *put_full_toc(struct ata_device *d, u8 *to)
{
    struct cd_msf out = cd_msf_of(d->cd.disc_sectors), start = cd_msf_of(0);

    to[0] = to[1] = 1;                                   /* first and last session */
    to = put_raw_entry(to + 2, 0xa0, 1, 0, 0);
    to = put_raw_entry(to, 0xa1, 1, 0, 0);
    to = put_raw_entry(to, 0xa2, out.minute, out.second, out.frame);
    return put_raw_entry(to, 1, start.minute, start.second, start.frame);
}

void atapi_read_toc(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u8 format = p[2] & 15, *end = NULL, *to = d->buffer + 2;
    bool as_msf = p[1] & 2;

    if (!atapi_ready(d)) return;
    if (!format) format = p[9] >> 6;                     /* SFF-8020i has it in the last byte */
    if (format == 0) end = put_toc(d, to, as_msf);
    else if (format == 1) end = put_sessions(to, as_msf);
    else if (format == 2) end = put_full_toc(d, to);
    if (!end) {
        atapi_illegal_field(d);
        return;
    }
    put_be16(d->buffer, (u32)(end - to));
    atapi_answer(d, (u32)(end - d->buffer), be16(p + 7));
}

/* "READ SUB-CHANNEL": where the head is; there is no audio, no catalogue number, no ISRC. */
void atapi_read_subchannel(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    bool as_msf = p[1] & 2;
    u8 *b = d->buffer;

    if (!atapi_ready(d)) return;
    memset(b, 0, 24);
    b[1] = 0x15;                                         /* no audio status to return */
    if (!(p[2] & 0x40)) {
        atapi_answer(d, 4, be16(p + 7));
    } else if (p[3] == 1) {
        b[3] = 12, b[4] = 1, b[5] = DATA_TRACK, b[6] = 1, b[7] = 1;
        put_address(b + 8, d->cd.position, as_msf);
        put_relative(b + 12, d->cd.position, as_msf);
        atapi_answer(d, 16, be16(p + 7));
    } else if (p[3] == 2 || p[3] == 3) {
        b[3] = 20, b[4] = p[3];
        atapi_answer(d, 24, be16(p + 7));
    } else {
        atapi_illegal_field(d);
    }
}

void atapi_read_disc_information(struct ata_device *d)
{
    u8 *b = d->buffer;

    if (!atapi_ready(d)) return;
    memset(b, 0, 34);
    put_be16(b, 32);
    b[2] = 0x0e;                                         /* complete disc, complete last session */
    b[3] = b[4] = b[5] = b[6] = 1;                       /* first track, sessions, first and last track of the last one */
    b[7] = 0x20;                                         /* unrestricted use */
    memset(b + 16, 0xff, 8);                             /* no place for a further session */
    atapi_answer(d, 34, be16(d->cd.packet + 7));
}

void atapi_read_track_information(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u32 address = be32(p + 2);
    bool there = (p[1] & 3) == 0 ? address < d->cd.disc_sectors : address == 1;
    u8 *b = d->buffer;

    if (!atapi_ready(d)) return;
    if ((p[1] & 3) == 3 || !there) {
        atapi_illegal_field(d);
        return;
    }
    memset(b, 0, 36);
    put_be16(b, 34);
    b[2] = b[3] = 1;                                     /* track, session */
    b[5] = 4, b[6] = 1;                                  /* data track, mode 1 */
    put_be32(b + 24, d->cd.disc_sectors);
    atapi_answer(d, 36, be16(p + 7));
}
