/* ATAPI CD-ROM drive: what it says of itself.                                     doc: atapi
 * Source: INCITS MMC-3 "Mode pages", "Features and profiles", "GET EVENT/STATUS NOTIFICATION"; SPC-2 "INQUIRY". */
#include <string.h>

#include "devices/chip/atapi_parts.h"

void atapi_inquiry(struct ata_device *d)
{
    u8 *b = d->buffer;
    size_t length = strlen(d->model);

    if (d->cd.packet[1] & 1 || d->cd.packet[2]) {        /* vital product data: there are none */
        atapi_illegal_field(d);
        return;
    }
    memset(b, 0, 36);
    b[0] = 5;                                            /* CD-ROM */
    b[1] = 0x80;                                         /* removable */
    b[3] = 0x21;                                         /* ATAPI, response format 1 */
    b[4] = 31;
    memset(b + 8, ' ', 28);
    memcpy(b + 8, "ORRERY", 6);
    memcpy(b + 16, d->model, length < 16 ? length : 16);
    memcpy(b + 32, "1.0", 3);
    atapi_answer(d, 36, d->cd.packet[4]);
}

/* --- MODE SENSE, MODE SELECT --- */

enum { SPEED_KB = 706, CURRENT = 0, CHANGEABLE = 1, DEFAULTS = 2, SAVED = 3 };  /* 706 KB/s: fourfold */
enum { PAGE_AUDIO = 0x0e, PAGE_CAPABILITIES = 0x2a, PAGE_ALL = 0x3f, PORT_0 = 8 /* channels, volume; port 1 follows */ };

/* The pages, by their numbers; first byte code, second the length that follows. */
static const u8 page_recovery[] = { 0x01, 6, 0, 5 };                     /* 5 retries */
static const u8 page_device[] = { 0x0d, 6, 0, 3, 0, 60, 0, 75 };         /* inactivity timer; 60 S units an M, 75 F units an S */
static const u8 page_audio[] = { PAGE_AUDIO, 14, 4, 0, 0, 0, 0, 75, 1, 255, 2, 255 };
static const u8 page_capabilities[] = {
    PAGE_CAPABILITIES, 18, 0, 0,                      /* no CD-R, no CD-RW */
    0x71, 0x73,                          /* audio play, mode 2 of both forms, sessions; CD-DA exactly, C2 pointers, ISRC, catalogue number */
    0x29, 0x03,                          /* tray, eject, lock; bit 1 (locked) is put in.  Volume and muting a channel */
    SPEED_KB >> 8, SPEED_KB & 255, 1, 0, /* fastest; 256 volume levels */
    0, 128, SPEED_KB >> 8, SPEED_KB & 255,                               /* buffer of 128 KB; speed now */
    0, 0, 0, 0,
};

static const struct page {
    const u8 *bytes;
    unsigned given;                      /* the rest is zeros */
} pages[] = {
    { page_recovery, sizeof page_recovery },
    { page_device, sizeof page_device },
    { page_audio, sizeof page_audio },
    { page_capabilities, sizeof page_capabilities },
};

static unsigned size_of(const struct page *page) { return page->bytes[1] + 2u; }

/* Of the audio page the channels and the volume of two ports can be changed, of others nothing. */
static void put_page(const struct ata_device *d, u8 *to, const struct page *page, u8 control)
{
    static const u8 changeable[] = { 0x0f, 0xff, 0x0f, 0xff };

    memset(to, 0, size_of(page));
    memcpy(to, page->bytes, control == CHANGEABLE ? 2 : page->given);
    if (to[0] == PAGE_CAPABILITIES && control == CURRENT && d->cd.locked) to[6] |= 2;
    if (to[0] != PAGE_AUDIO) return;
    if (control == CHANGEABLE) memcpy(to + PORT_0, changeable, sizeof changeable);
    for (unsigned n = 0; n < 2 && control == CURRENT; n++) to[PORT_0 + 2 * n] = d->cd.port_channels[n], to[PORT_0 + 2 * n + 1] = d->cd.port_volume[n];
}

/* Appends what fits a page code.  Returns the end. */
static u8 *put_pages(const struct ata_device *d, u8 *to, u8 code, u8 control)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pages); i++) {
        if (code != PAGE_ALL && code != pages[i].bytes[0]) continue;
        put_page(d, to, &pages[i], control);
        to += size_of(&pages[i]);
    }
    return to;
}

void atapi_pages_reset(struct ata_device *d)
{
    for (unsigned n = 0; n < 2; n++) d->cd.port_channels[n] = page_audio[PORT_0 + 2 * n], d->cd.port_volume[n] = page_audio[PORT_0 + 2 * n + 1];
}

/* 70h: no disc, 71h: tray open; of 120 mm with data 01h, audio 02h, both 03h, both in sessions 04h. */
static u8 medium_type(const struct ata_device *d)
{
    bool data = false, audio = false;

    if (d->cd.tray_open) return 0x71;
    if (!atapi_has_disc(d)) return 0x70;
    const struct cd_disc *disc = disk_image_disc(d->image);
    for (unsigned n = 0; n < disc->tracks; n++) data |= disc->track[n].mode != CD_AUDIO, audio |= disc->track[n].mode == CD_AUDIO;
    if (data && audio) return disc->sessions > 1 ? 0x04 : 0x03;
    return audio ? 0x02 : 0x01;
}

static void mode_sense(struct ata_device *d, unsigned header, u32 allocated)
{
    u8 control = d->cd.packet[2] >> 6, code = d->cd.packet[2] & 0x3f, *b = d->buffer;

    if (control == SAVED) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_SAVING_NOT_SUPPORTED, 0);
        return;
    }
    memset(b, 0, header);
    u8 *end = put_pages(d, b + header, code, control);
    u32 size = (u32)(end - b);
    if (size == header) {
        atapi_illegal_field(d);
        return;
    }
    if (header == 4) {
        b[0] = (u8)(size - 1);
        b[1] = medium_type(d);
    } else {
        put_be16(b, size - 2);
        b[2] = medium_type(d);
    }
    atapi_answer(d, size, allocated);
}

void atapi_mode_sense_6(struct ata_device *d) { mode_sense(d, 4, d->cd.packet[4]); }
void atapi_mode_sense_10(struct ata_device *d) { mode_sense(d, 8, be16(d->cd.packet + 7)); }

/* The host's list: header, block descriptor, pages.  MMC-3 "MODE SELECT": SP asks to save, which this drive cannot. */
static void mode_select(struct ata_device *d, u32 bytes)
{
    enum { SAVE_PAGES = 1, MOST = 512 };

    if (d->cd.packet[1] & SAVE_PAGES || bytes > MOST) atapi_illegal_field(d);
    else if (!bytes) atapi_ok(d);
    else atapi_take(d, bytes);
}

void atapi_mode_select_6(struct ata_device *d) { mode_select(d, d->cd.packet[4]); }
void atapi_mode_select_10(struct ata_device *d) { mode_select(d, be16(d->cd.packet + 7)); }

static const struct page *page_with(u8 code)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pages); i++)
        if (pages[i].bytes[0] == (code & PAGE_ALL)) return &pages[i];
    return NULL;
}

/* What cannot be changed must be as it is; only of the audio page something can. */
static bool page_fits(const struct ata_device *d, const struct page *page, const u8 *sent)
{
    u8 now[64], changeable[64];

    put_page(d, now, page, CURRENT);
    put_page(d, changeable, page, CHANGEABLE);
    for (unsigned i = 2; i < size_of(page); i++)
        if ((sent[i] ^ now[i]) & ~changeable[i]) return false;
    return true;
}

static void set_ports(struct ata_device *d, const u8 *page)
{
    atapi_cdrom_render(d);
    for (unsigned n = 0; n < 2; n++) d->cd.port_channels[n] = page[PORT_0 + 2 * n] & 15, d->cd.port_volume[n] = page[PORT_0 + 2 * n + 1];
}

/* All pages are looked at before one of them is taken. */
void atapi_mode_select_take(struct ata_device *d)
{
    const u8 *b = d->buffer, *audio = NULL;
    bool ten = d->cd.packet[0] == 0x55;
    u32 size = ten ? be16(d->cd.packet + 7) : d->cd.packet[4], header = ten ? 8 : 4;
    u32 at = header + (size < header ? 0 : ten ? be16(b + 6) : b[3]);

    while (at < size) {
        const struct page *page = page_with(b[at]);
        if (page && at + 2 <= size && b[at + 1] == page->bytes[1] && at + size_of(page) <= size && page_fits(d, page, b + at)) {
            if (page->bytes[0] == PAGE_AUDIO) audio = b + at;
            at += size_of(page);
            continue;
        }
        atapi_check(d, SENSE_ILLEGAL_REQUEST, page && at + size_of(page) > size ? ASC_LIST_LENGTH : ASC_INVALID_PARAMETER, 0);
        return;
    }
    if (at > size) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_LIST_LENGTH, 0);
        return;
    }
    if (audio) set_ports(d, audio);
    atapi_ok(d);
}

/* --- GET CONFIGURATION --- */

enum { PROFILE_CD_ROM = 8, FEATURE_CURRENT = 1, FEATURE_PERSISTENT = 2 };

static const struct feature {
    u16 code;
    u8 flags;                            /* version and PERSISTENT; CURRENT: only with a disc unless persistent */
    u8 length;
    u8 bytes[8];
} features[] = {
    { 0x0000, FEATURE_PERSISTENT, 4, { 0, PROFILE_CD_ROM, 0, 0 } },                  /* profile list */
    { 0x0001, FEATURE_PERSISTENT, 4, { 0, 0, 0, 2 } },                               /* core: ATAPI */
    { 0x0003, FEATURE_PERSISTENT, 4, { 0x29, 0, 0, 0 } },                            /* removable medium: tray, eject, lock */
    { 0x0010, 0, 8, { 0, 0, 8, 0, 0, 1, 0, 0 } },                                    /* random readable: blocks of 2048 */
    { 0x001d, 0, 0, { 0 } },                                                         /* multi-read */
    { 0x001e, 8, 4, { 2, 0, 0, 0 } },                                                /* CD read: C2 errors */
    { 0x0100, FEATURE_PERSISTENT, 0, { 0 } },                                        /* power management */
    { 0x0103, 0, 4, { 3, 0, 1, 0 } },                                                /* audio: mute and volume a channel, 256 levels */
};

static u8 *put_feature(u8 *to, const struct feature *f, bool disc)
{
    bool current = f->flags & FEATURE_PERSISTENT || disc;

    put_be16(to, f->code);
    to[2] = (u8)(f->flags | (current ? FEATURE_CURRENT : 0));
    to[3] = f->length;
    memcpy(to + 4, f->bytes, f->length);
    if (f->code == 0 && disc) to[6] = 1;                 /* the profile is the current one */
    return to + 4 + f->length;
}

void atapi_get_configuration(struct ata_device *d)
{
    const u8 *p = d->cd.packet;
    u8 asked = p[1] & 3, *b = d->buffer, *to = b + 8;
    u32 from = be16(p + 2);
    bool disc = atapi_has_disc(d);

    if (asked == 3) {
        atapi_illegal_field(d);
        return;
    }
    memset(b, 0, 8);
    if (disc) put_be16(b + 6, PROFILE_CD_ROM);
    for (unsigned i = 0; i < ARRAY_COUNT(features); i++) {
        const struct feature *f = &features[i];
        bool current = f->flags & FEATURE_PERSISTENT || disc;
        if (asked == 2 ? f->code != from : f->code < from || (asked == 1 && !current)) continue;
        to = put_feature(to, f, disc);
    }
    put_be32(b, (u32)(to - b) - 4);
    atapi_answer(d, (u32)(to - b), be16(p + 7));
}

/* --- events and the mechanism --- */

/* Polled only.  The media class is the one there is; an event is told once. */
void atapi_get_event_status(struct ata_device *d)
{
    enum { POLLED = 1, CLASS_MEDIA = 4, NO_EVENT = 0x80 };
    const u8 *p = d->cd.packet;
    u8 *b = d->buffer;

    if (!(p[1] & POLLED)) {
        atapi_illegal_field(d);
        return;
    }
    memset(b, 0, 8);
    b[3] = 1 << CLASS_MEDIA;
    if (!(p[4] & 1 << CLASS_MEDIA)) {
        put_be16(b, 2);
        b[2] = NO_EVENT;
        atapi_answer(d, 4, be16(p + 7));
        return;
    }
    put_be16(b, 6);
    b[2] = CLASS_MEDIA;
    b[4] = d->cd.media_event;
    b[5] = (u8)((d->cd.tray_open ? 1 : 0) | (atapi_has_disc(d) ? 2 : 0));
    d->cd.media_event = EVENT_NONE;
    atapi_answer(d, 8, be16(p + 7));
}

void atapi_mechanism_status(struct ata_device *d)
{
    u8 *b = d->buffer;

    memset(b, 0, 8);
    b[1] = (u8)((d->cd.tray_open ? 0x10 : 0) | (d->cd.audio == AUDIO_PLAYS ? 0x20 : 0));     /* door open; playing */
    b[2] = (u8)(d->cd.position >> 16), b[3] = (u8)(d->cd.position >> 8), b[4] = (u8)d->cd.position;
    atapi_answer(d, 8, be16(d->cd.packet + 8));
}
