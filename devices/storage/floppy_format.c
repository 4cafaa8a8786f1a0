#include "devices/storage/floppy_format.h"

#include <string.h>

/* Formats: IBM System 34 MFM, 512 bytes a sector.  Sources: ECMA-70, ECMA-99, ECMA-100, ECMA-125; data sheets of drives. */
static const struct floppy_format formats[] = {
    /* name   cylinders heads sectors gap3  drive                rate */
    { "160K",  40,      1,     8,     80,  FLOPPY_DRIVE_360K,   FLOPPY_250K },
    { "180K",  40,      1,     9,     80,  FLOPPY_DRIVE_360K,   FLOPPY_250K },
    { "320K",  40,      2,     8,     80,  FLOPPY_DRIVE_360K,   FLOPPY_250K },
    { "360K",  40,      2,     9,     80,  FLOPPY_DRIVE_360K,   FLOPPY_250K },
    { "400K",  40,      2,    10,     36,  FLOPPY_DRIVE_360K,   FLOPPY_250K },
    { "640K",  80,      2,     8,     80,  FLOPPY_DRIVE_720K,   FLOPPY_250K },
    { "720K",  80,      2,     9,     80,  FLOPPY_DRIVE_720K,   FLOPPY_250K },
    { "800K",  80,      2,    10,     36,  FLOPPY_DRIVE_720K,   FLOPPY_250K },
    { "1.2M",  80,      2,    15,     84,  FLOPPY_DRIVE_1200K,  FLOPPY_500K },
    { "1.44M", 80,      2,    18,    108,  FLOPPY_DRIVE_1440K,  FLOPPY_500K },
    { "1.6M",  80,      2,    20,     40,  FLOPPY_DRIVE_1440K,  FLOPPY_500K },
    { "1.68M", 80,      2,    21,     12,  FLOPPY_DRIVE_1440K,  FLOPPY_500K },
    { "1.72M", 82,      2,    21,     12,  FLOPPY_DRIVE_1440K,  FLOPPY_500K },
    { "1.74M", 83,      2,    21,     12,  FLOPPY_DRIVE_1440K,  FLOPPY_500K },
    { "2.88M", 80,      2,    36,     83,  FLOPPY_DRIVE_2880K,  FLOPPY_1M },
};

/* What a drive can do.  A 360K drive's tracks are twice as wide as those of a 1.2M drive. */
static const struct drive {
    u8 reach;                            /* cylinders */
    bool wide, five_inch, rate[4];       /* rate: 500 300 250 1000, after the spindle's speed */
    u16 rpm;
} drives[FLOPPY_DRIVES] = {
    [FLOPPY_DRIVE_360K]  = { 42, true,  true,  { 0, 0, 1, 0 }, 300 },
    [FLOPPY_DRIVE_1200K] = { 84, false, true,  { 1, 1, 0, 0 }, 360 },
    [FLOPPY_DRIVE_720K]  = { 84, false, false, { 0, 0, 1, 0 }, 300 },
    [FLOPPY_DRIVE_1440K] = { 84, false, false, { 1, 0, 1, 0 }, 300 },
    [FLOPPY_DRIVE_2880K] = { 84, false, false, { 1, 0, 1, 1 }, 300 },
};

/* Bytes a second by rate code. */
static const u32 byte_hz[] = { 62500, 37500, 31250, 125000 };

enum { SLOT_FIXED = 574, SLOT_GAP2_1M = 19, TRACK_FIXED = 146, BYTES = 512 };

const struct floppy_format *floppy_format_of_size(u64 size_bytes)
{
    for (unsigned i = 0; i < ARRAY_COUNT(formats); i++) {
        const struct floppy_format *f = &formats[i];
        if ((u64)f->cylinders * f->heads * f->sectors * BYTES == size_bytes) return f;
    }
    return NULL;
}

const struct floppy_format *floppy_format_of_drive(enum floppy_drive drive)
{
    static const char *const usual[FLOPPY_DRIVES] = { "", "360K", "1.2M", "720K", "1.44M", "2.88M" };

    for (unsigned i = 0; drive < FLOPPY_DRIVES && i < ARRAY_COUNT(formats); i++)
        if (strcmp(formats[i].name, usual[drive]) == 0) return &formats[i];
    return NULL;
}

const struct floppy_format *floppy_format_at(unsigned number)
{
    return number && number <= ARRAY_COUNT(formats) ? &formats[number - 1] : NULL;
}

unsigned floppy_format_number(const struct floppy_format *format) { return (unsigned)(format - formats) + 1; }
unsigned floppy_format_last(void) { return ARRAY_COUNT(formats); }

bool floppy_format_unknown(const char *what, const char *path, u64 size_bytes, struct error *err)
{
    return fail(err, "%s: path=\"%s\": %llu bytes are the size of no floppy format; known are 160K 180K 320K 360K 400K 640K "
                "720K 800K 1.2M (1228800 bytes) 1.44M (1474560) 1.6M 1.68M (1720320) 1.72M (1763328) 1.74M 2.88M (2949120)",
                what, path, (unsigned long long)size_bytes);
}

/* Double density turns faster in a 1.2M drive. */
static enum floppy_rate rate_in(const struct floppy_format *format, enum floppy_drive drive)
{
    return drive == FLOPPY_DRIVE_1200K && format->rate == FLOPPY_250K ? FLOPPY_300K : format->rate;
}

struct floppy_spin floppy_spin(const struct floppy_format *format, enum floppy_drive drive)
{
    enum floppy_rate rate = rate_in(format, drive);
    const struct drive *d = &drives[drive];

    return (struct floppy_spin){
        .rate = rate,
        .byte_hz = byte_hz[rate],
        .track_bytes = d->rpm ? byte_hz[rate] * 60 / d->rpm : 0,
        .slot_bytes = SLOT_FIXED + format->gap3 + (rate == FLOPPY_1M ? SLOT_GAP2_1M : 0),
        .steps = drives[format->drive].wide && d->five_inch && !d->wide ? 2 : 1,
    };
}

bool floppy_format_fits(const struct floppy_format *format, enum floppy_drive drive)
{
    if (drive == FLOPPY_NO_DRIVE || drive >= FLOPPY_DRIVES) return false;
    struct floppy_spin spin = floppy_spin(format, drive);
    return drives[drive].rate[spin.rate] && format->cylinders * spin.steps <= drives[drive].reach &&
           TRACK_FIXED + format->sectors * spin.slot_bytes <= spin.track_bytes;
}

u8 floppy_drive_reach(enum floppy_drive drive) { return drive < FLOPPY_DRIVES ? drives[drive].reach : 0; }
