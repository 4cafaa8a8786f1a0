/* IDENTIFY DEVICE and IDENTIFY PACKET DEVICE.                                   doc: ata
 * Source: T13 1410D (ATA/ATAPI-6), "IDENTIFY DEVICE", "IDENTIFY PACKET DEVICE": word by word. */
#include <string.h>

#include "devices/chip/ata_parts.h"

static void put_word(struct ata_device *d, unsigned n, u32 value) { put16(d->buffer + 2 * n, (u16)value); }

static void put_words(struct ata_device *d, unsigned n, u64 value, unsigned words)
{
    for (unsigned i = 0; i < words; i++) put_word(d, n + i, (u16)(value >> 16 * i));
}

/* ATA strings: padded with blanks, the first character of a word in its high byte. */
static void put_string(struct ata_device *d, unsigned n, unsigned words, const char *text)
{
    size_t length = strlen(text);

    for (unsigned i = 0; i < words * 2; i++) d->buffer[2 * n + (i ^ 1)] = i < length ? (u8)text[i] : ' ';
}

static void put_names(struct ata_device *d)
{
    put_string(d, 10, 10, d->serial);
    put_string(d, 23, 4, "1.0");
    put_string(d, 27, 20, d->model);
}

static void put_pio(struct ata_device *d)
{
    put_word(d, 64, 3);                                  /* PIO modes 3 and 4 */
    put_word(d, 67, 120);                                /* cycle times in ns */
    put_word(d, 68, 120);
}

/* Words 49, 53, 63 and 88: what moves data, and the DMA mode that was chosen. */
static void put_dma(struct ata_device *d, u32 valid)
{
    bool dma = d->channel->dma.transfer;

    put_word(d, 49, dma ? 0x0b00 : 0x0a00);              /* LBA, IORDY, DMA */
    put_word(d, 53, dma ? valid | 4 : valid);            /* 88 is valid */
    if (!dma) return;
    put_word(d, 63, 7 | (u32)d->dma.multiword << 8);     /* multiword modes 0 to 2 */
    put_word(d, 65, 120);                                /* cycle times in ns */
    put_word(d, 66, 120);
    put_word(d, 88, 7 | (u32)d->dma.ultra << 8);         /* Ultra modes 0 to 2 */
}

/* The sum of all bytes is 0. */
static void put_integrity(struct ata_device *d)
{
    u8 sum = 0xa5;

    d->buffer[510] = 0xa5;
    for (unsigned i = 0; i < 510; i++) sum += d->buffer[i];
    d->buffer[511] = (u8)-sum;
}

/* Words 1, 3 to 6 and 54..58: translations by default and now. */
static void put_geometry(struct ata_device *d)
{
    u64 reach = d->capacity < 16514064 ? d->capacity : 16514064;
    u32 track = d->heads_now * d->sectors_now;
    u32 cylinders = track ? (u32)(reach / track < 65535 ? reach / track : 65535) : 0;

    put_word(d, 1, d->cylinders < 16383 ? d->cylinders : 16383);
    put_word(d, 3, d->heads);
    put_word(d, 4, d->sectors * SECTOR_BYTES);           /* ATA-1: bytes of a track and of a sector.  Retired since, but */
    put_word(d, 5, SECTOR_BYTES);                        /* firmware of the nineties takes its transfer length from here */
    put_word(d, 6, d->sectors);
    put_word(d, 54, cylinders);
    put_word(d, 55, d->heads_now);
    put_word(d, 56, d->sectors_now);
    put_words(d, 57, (u64)cylinders * track, 2);
}

void ata_identify_disk(struct ata_device *d)
{
    enum { NOP_READ_WRITE_BUFFER = 0x7000, FLUSHES_LBA48 = 0x3400 };
    u32 on = (d->look_ahead ? 0x40 : 0) | (d->write_cache ? 0x20 : 0);

    memset(d->buffer, 0, SECTOR_BYTES);
    put_word(d, 0, 0x0040);                              /* not removable */
    put_geometry(d);
    put_names(d);
    put_word(d, 47, 0x8000 | ATA_MULTIPLE_MAX);
    put_word(d, 50, 0x4000);
    put_word(d, 51, 0x0200);                             /* PIO mode 2 at least */
    put_dma(d, 3);                                       /* 54..58 and 64..70 are valid */
    if (d->multiple) put_word(d, 59, 0x0100 | d->multiple);
    put_words(d, 60, d->capacity < 0x10000000 ? d->capacity : 0x0fffffff, 2);
    put_pio(d);
    put_word(d, 80, 0x007e);                             /* ATA-1 to ATA/ATAPI-6 */
    put_word(d, 82, NOP_READ_WRITE_BUFFER | 0x68);       /* look-ahead, write cache, power management */
    put_word(d, 83, 0x4000 | FLUSHES_LBA48);
    put_word(d, 84, 0x4000);
    put_word(d, 85, NOP_READ_WRITE_BUFFER | on | 8);
    put_word(d, 86, FLUSHES_LBA48);
    put_word(d, 87, 0x4000);
    put_word(d, 93, d->unit ? 0x4b00 : 0x400b);          /* hardware reset result; device 1 says 75..8 */
    put_words(d, 100, d->capacity, 4);
    put_integrity(d);
}

void ata_identify_cdrom(struct ata_device *d)
{
    enum { NOP_RESET_PACKET = 0x4210 };

    memset(d->buffer, 0, SECTOR_BYTES);
    put_word(d, 0, 0x85c0);                              /* packet, CD-ROM, removable, DRQ in 50 us, 12 bytes */
    put_names(d);
    put_word(d, 50, 0x4000);
    put_word(d, 51, 0x0200);
    put_dma(d, 2);                                       /* 64..70 are valid */
    put_pio(d);
    put_word(d, 80, 0x0070);                             /* ATA/ATAPI-4 to 6 */
    put_word(d, 82, NOP_RESET_PACKET | 8);
    put_word(d, 83, 0x4000);
    put_word(d, 84, 0x4000);
    put_word(d, 85, NOP_RESET_PACKET | 8);
    put_word(d, 87, 0x4000);
    put_word(d, 93, d->unit ? 0x4b00 : 0x400b);
    put_integrity(d);
}
