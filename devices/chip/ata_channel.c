/* ATA channel: the cable, the registers of two devices, PIO and DMA.                  doc: ata
 *   reg 0 data (16 or 32 bits)        4 LBA 15..8, cylinder low
 *       1 read error, write features  5 LBA 23..16, cylinder high
 *       2 sector count                6 device: 1 LBA 1 DEV, LBA 27..24 or head
 *       3 LBA 7..0, sector number     7 read status BSY DRDY DF DSC DRQ CORR IDX ERR, write command
 *   control: read alternate status, write device control HOB 0 0 0 0 SRST nIEN 0
 * Registers 1..5 are two deep for 48-bit commands; HOB shows the older value.  Both devices hear every register write; the
 * one that DEV selects answers.  Source: T13 1410D (ATA/ATAPI-6).  Not modelled: overlap, CRC of Ultra DMA. */
#include "devices/chip/ata_channel.h"

#include <stdio.h>
#include <string.h>

#include "devices/chip/ata_parts.h"

enum { CONTROL_HOB = 0x80, CONTROL_SRST = 4, CONTROL_NIEN = 2 };
enum { COMMAND_DEVICE_RESET = 0x08, COMMAND_DIAGNOSTIC = 0x90 };
enum { RESET_NS = 2000000, DIAGNOSTIC_NS = 1000000, DEVICE_RESET_NS = 100000 };
enum { FLOATING = 0x7f };        /* nobody drives the bus: DD7 is pulled down, the others up */

#define STATE_OWNER struct ata_channel
STATE_LAYOUT_OF(ata_channel_state, "ata_channel", ATA_CHANNEL_STATE, ata_channel_invariant);
#undef STATE_OWNER
#define STATE_OWNER struct ata_device
STATE_LAYOUT(ata_device_state, "ata_device", ATA_DEVICE_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct ata_dma
STATE_LAYOUT(ata_dma_state, "ata_dma", ATA_DMA_STATE);

/* --- what the devices do --- */

void ata_update(struct ata_channel *ch)
{
    const struct ata_device *d = &ch->device[ch->selected];
    line_set(ch->irq, d->interrupt && !(ch->device_control & CONTROL_NIEN));
}

void ata_busy(struct ata_device *d, enum ata_step step, u64 ns)
{
    d->status = (u8)((d->status & (ATA_DRDY | ATA_DSC)) | ATA_BSY);
    d->step = (u8)step;
    clock_at(d->channel->clock, &d->work, clock_now(d->channel->clock) + clock_ticks_of_ns(d->channel->clock, ns));
}

void ata_ask_host(struct ata_device *d, enum ata_step step, u32 bytes, bool interrupt)
{
    u32 room = ATA_BUFFER_BYTES - d->buffer_at;

    d->buffer_end = d->buffer_at + (bytes < room ? bytes : room);
    d->status = (u8)((d->status & ~(ATA_BSY | ATA_ERR | ATA_DF)) | ATA_DRDY | ATA_DRQ);
    d->step = (u8)step;
    d->interrupt |= interrupt;
    ata_update(d->channel);
}

/* --- DMA: a device holds DMARQ while its step is ATA_DMA_IN or ATA_DMA_OUT --- */

static void block_moved(struct ata_device *d)
{
    d->status &= (u8)~ATA_DRQ;
    if (d->kind == ATA_KIND_DISK) ata_disk_block_moved(d);
    else atapi_cdrom_block_moved(d);
}

bool ata_moves_by_dma(const struct ata_device *d) { return d->step == ATA_DMA_IN || d->step == ATA_DMA_OUT; }

static void move_by_dma(struct ata_device *d)
{
    const struct ata_dma_wire *w = &d->channel->dma;

    d->buffer_at += w->transfer(w->master, w->channel, d->buffer + d->buffer_at, d->buffer_end - d->buffer_at, d->step == ATA_DMA_IN);
    if (d->buffer_at == d->buffer_end) block_moved(d);
}

void ata_ask_master(struct ata_device *d, enum ata_step step, u32 bytes)
{
    ata_ask_host(d, step, bytes, false);
    move_by_dma(d);
}

void ata_channel_dma_started(struct ata_channel *ch)
{
    for (unsigned n = 0; n < 2; n++)
        if (ch->device[n].status & ATA_DRQ && ata_moves_by_dma(&ch->device[n])) move_by_dma(&ch->device[n]);
}

static void end_command(struct ata_device *d, u8 status, u8 error)
{
    clock_cancel(d->channel->clock, &d->work);
    d->status = status;
    d->error = error;
    d->step = ATA_IDLE;
    d->interrupt = true;
    ata_update(d->channel);
}

void ata_done(struct ata_device *d) { end_command(d, ATA_DRDY | ATA_DSC, 0); }
void ata_failed(struct ata_device *d, u8 error) { end_command(d, ATA_DRDY | ATA_DSC | ATA_ERR, error); }
void ata_fault(struct ata_device *d) { end_command(d, ATA_DRDY | ATA_DSC | ATA_DF | ATA_ERR, ERROR_ABRT); }

/* "Device signatures": how a host tells the two kinds apart. */
void ata_signature(struct ata_device *d)
{
    bool packet = d->kind == ATA_KIND_CDROM;

    memset(d->features, 0, sizeof d->features);
    d->sector_count[0] = d->lba_low[0] = 1;
    d->lba_mid[0] = packet ? 0x14 : 0;
    d->lba_high[0] = packet ? 0xeb : 0;
    d->sector_count[1] = d->lba_low[1] = d->lba_mid[1] = d->lba_high[1] = 0;
    d->device &= DEVICE_DEV;
}

static void on_work(void *owner)
{
    struct ata_device *d = owner;

    if (!(d->status & ATA_BSY)) return;
    if (d->kind == ATA_KIND_DISK) ata_disk_step(d);
    else if (d->kind == ATA_KIND_CDROM) atapi_cdrom_step(d);
}

/* --- resets --- */

static void stop_device(struct ata_device *d)
{
    clock_cancel(d->channel->clock, &d->work);
    d->step = ATA_IDLE;
    d->interrupt = false;
    d->buffer_at = d->buffer_end = d->sectors_left = 0;
    if (d->kind != ATA_KIND_NONE) d->status = ATA_BSY;
}

static void begin_reset(struct ata_channel *ch, bool hard)
{
    for (unsigned n = 0; n < 2; n++) {
        struct ata_device *d = &ch->device[n];
        stop_device(d);
        if (d->kind == ATA_KIND_DISK) ata_disk_reset(d, hard);
        else if (d->kind == ATA_KIND_CDROM) atapi_cdrom_reset(d, hard);
    }
    ch->diagnostic = false;
    ata_update(ch);
}

static void end_reset_after(struct ata_channel *ch, u64 ns)
{
    clock_at(ch->clock, &ch->reset_end, clock_now(ch->clock) + clock_ticks_of_ns(ch->clock, ns));
}

/* A packet device stays not ready until its first packet command. */
static void come_up(struct ata_device *d)
{
    if (d->kind == ATA_KIND_NONE) return;
    d->device = 0;
    ata_signature(d);
    d->error = 1;                                        /* diagnostic code: no fault */
    d->status = d->kind == ATA_KIND_DISK ? ATA_DRDY | ATA_DSC : 0;
}

static void on_reset_end(void *owner)
{
    struct ata_channel *ch = owner;
    unsigned first = ch->device[0].kind == ATA_KIND_NONE;

    if (ch->device_control & CONTROL_SRST) return;
    for (unsigned n = 0; n < 2; n++) come_up(&ch->device[n]);
    ch->selected = 0;
    if (ch->diagnostic) ch->device[first].interrupt = true;
    ch->diagnostic = false;
    ata_update(ch);
}

/* "EXECUTE DEVICE DIAGNOSTIC": both devices, whichever is selected; device 0 answers. */
static void diagnose(struct ata_channel *ch)
{
    for (unsigned n = 0; n < 2; n++) stop_device(&ch->device[n]);
    ch->diagnostic = true;
    ata_update(ch);
    end_reset_after(ch, DIAGNOSTIC_NS);
}

/* "DEVICE RESET": the one command a busy packet device takes. */
static void device_reset(struct ata_device *d)
{
    stop_device(d);
    atapi_cdrom_reset(d, false);
    ata_busy(d, ATA_FINISH, DEVICE_RESET_NS);
    d->command = COMMAND_DEVICE_RESET;
}

/* --- writes --- */

static void write_command(struct ata_channel *ch, u8 value)
{
    struct ata_device *d = &ch->device[ch->selected];

    if (ch->reset_end.at != NEVER || d->kind == ATA_KIND_NONE) return;
    if (value == COMMAND_DEVICE_RESET && d->kind == ATA_KIND_CDROM) {
        device_reset(d);
        ata_update(ch);
        return;
    }
    if (d->status & ATA_BSY || d->power == ATA_POWER_ASLEEP) return;
    d->interrupt = false;
    if (value == COMMAND_DIAGNOSTIC) {
        diagnose(ch);
        return;
    }
    d->command = value;
    d->error = 0;
    d->status &= (u8)~(ATA_ERR | ATA_DF | ATA_DRQ);
    d->buffer_at = d->buffer_end = 0;
    ata_update(ch);
    if (d->kind == ATA_KIND_DISK) ata_disk_command(d, value);
    else atapi_cdrom_command(d, value);
}

static void push(u8 *deep, u8 value)
{
    deep[1] = deep[0];
    deep[0] = value;
}

/* A device that is busy or moves data does not listen. */
static void write_register(struct ata_device *d, unsigned reg, u8 value)
{
    if (d->kind == ATA_KIND_NONE || d->status & (ATA_BSY | ATA_DRQ)) return;
    switch (reg) {
    case 1: push(d->features, value); break;
    case 2: push(d->sector_count, value); break;
    case 3: push(d->lba_low, value); break;
    case 4: push(d->lba_mid, value); break;
    case 5: push(d->lba_high, value); break;
    case 6: d->device = value; break;
    default: break;
    }
}

void ata_channel_write(void *chip, unsigned reg, u8 value)
{
    struct ata_channel *ch = chip;

    reg &= 7;
    if (reg == 0) {
        ata_channel_data_write(ch, 0, 2, value);
        return;
    }
    ch->device_control &= (u8)~CONTROL_HOB;
    if (reg == 7) {
        write_command(ch, value);
        return;
    }
    if (reg == 6) ch->selected = value >> 4 & 1;
    for (unsigned n = 0; n < 2; n++) write_register(&ch->device[n], reg, value);
    ata_update(ch);
}

void ata_channel_control_write(void *chip, unsigned reg, u8 value)
{
    struct ata_channel *ch = chip;
    u8 old = ch->device_control;

    (void)reg;
    ch->device_control = value & (CONTROL_HOB | CONTROL_SRST | CONTROL_NIEN);
    if (value & ~old & CONTROL_SRST) {
        clock_cancel(ch->clock, &ch->reset_end);
        begin_reset(ch, false);
    } else if (old & ~value & CONTROL_SRST) {
        end_reset_after(ch, RESET_NS);
    }
    ata_update(ch);
}

/* --- reads --- */

/* The device that answers: the selected one, or device 0 for an absent device 1.  NULL: nobody. */
static struct ata_device *answers(struct ata_channel *ch)
{
    struct ata_device *d = &ch->device[ch->selected];

    if (d->kind == ATA_KIND_NONE) d = &ch->device[0];
    return d->kind == ATA_KIND_NONE ? NULL : d;
}

/* "Device 0 only configurations": for an absent device 1 the status is 00h. */
static u8 status(struct ata_channel *ch)
{
    const struct ata_device *d = answers(ch);

    if (!d) return FLOATING;
    return d->unit == ch->selected ? d->status : 0;
}

u8 ata_channel_control_read(void *chip, unsigned reg)
{
    (void)reg;
    return status(chip);
}

u8 ata_channel_read(void *chip, unsigned reg)
{
    struct ata_channel *ch = chip;
    struct ata_device *d = answers(ch);
    unsigned older = ch->device_control >> 7;

    if (!d) return FLOATING;
    switch (reg & 7) {
    case 0: return (u8)ata_channel_data_read(ch, 0, 2);
    case 1: return d->error;
    case 2: return d->sector_count[older];
    case 3: return d->lba_low[older];
    case 4: return d->lba_mid[older];
    case 5: return d->lba_high[older];
    case 6: return (u8)((d->device & ~DEVICE_DEV) | ch->selected << 4 | 0xa0);
    default: break;
    }
    if (d->unit == ch->selected) d->interrupt = false;   /* reading Status acknowledges INTRQ */
    ata_update(ch);
    return status(ch);
}

bool ata_channel_control_steady(const void *chip, unsigned reg)
{
    (void)chip, (void)reg;
    return true;
}

/* All but Data, and Status once INTRQ has been acknowledged. */
bool ata_channel_steady(const void *chip, unsigned reg)
{
    const struct ata_channel *ch = chip;
    return (reg & 7) == 7 ? !ch->device[ch->selected].interrupt : (reg & 7) != 0;
}

/* --- the data register --- */

static struct ata_device *data_device(struct ata_channel *ch, enum ata_step step)
{
    struct ata_device *d = &ch->device[ch->selected];
    bool moves = d->kind != ATA_KIND_NONE && d->status & ATA_DRQ && d->step == step && d->buffer_at < d->buffer_end;
    return moves ? d : NULL;
}

static u16 take_word(struct ata_channel *ch)
{
    struct ata_device *d = data_device(ch, ATA_DATA_IN);

    if (!d) return 0xffff;
    u16 word = d->buffer[d->buffer_at++];
    if (d->buffer_at < d->buffer_end) word |= (u16)(d->buffer[d->buffer_at++] << 8);
    if (d->buffer_at >= d->buffer_end) block_moved(d);
    return word;
}

static void give_word(struct ata_channel *ch, u16 word)
{
    struct ata_device *d = data_device(ch, ATA_DATA_OUT);

    if (!d) return;
    d->buffer[d->buffer_at++] = (u8)word;
    if (d->buffer_at < d->buffer_end) d->buffer[d->buffer_at++] = (u8)(word >> 8);
    if (d->buffer_at >= d->buffer_end) block_moved(d);
}

u32 ata_channel_data_read(void *chip, unsigned reg, unsigned size_bytes)
{
    u32 value = 0;

    if (reg) {                                           /* wide access to byte registers: a byte each, ones past the last */
        for (unsigned i = 0; i < size_bytes && i < 4; i++)
            value |= (u32)(reg + i < 8 ? ata_channel_read(chip, reg + i) : 0xff) << 8 * i;
        return value;
    }
    value = take_word(chip);
    if (size_bytes == 4) value |= (u32)take_word(chip) << 16;
    return value;
}

void ata_channel_data_write(void *chip, unsigned reg, unsigned size_bytes, u32 value)
{
    if (reg) {
        for (unsigned i = 0; i < size_bytes && reg + i < 8; i++) ata_channel_write(chip, reg + i, (u8)(value >> 8 * i));
        return;
    }
    give_word(chip, (u16)value);
    if (size_bytes == 4) give_word(chip, (u16)(value >> 16));
}

/* Accesses that leave at least a byte of the DRQ block. */
static u32 within_block(const struct ata_device *d, unsigned size_bytes, u32 count)
{
    u32 room = (d->buffer_end - d->buffer_at - 1) / size_bytes;
    return count < room ? count : room;
}

u32 ata_channel_block_read(void *chip, unsigned reg, unsigned size_bytes, u32 count, u8 *to)
{
    struct ata_device *d = reg ? NULL : data_device(chip, ATA_DATA_IN);
    u32 n = d ? within_block(d, size_bytes, count) : 0;

    if (!n) return 0;
    memcpy(to, d->buffer + d->buffer_at, n * size_bytes);
    d->buffer_at += n * size_bytes;
    return n;
}

u32 ata_channel_block_write(void *chip, unsigned reg, unsigned size_bytes, u32 count, const u8 *from)
{
    struct ata_device *d = reg ? NULL : data_device(chip, ATA_DATA_OUT);
    u32 n = d ? within_block(d, size_bytes, count) : 0;

    if (!n) return 0;
    memcpy(d->buffer + d->buffer_at, from, n * size_bytes);
    d->buffer_at += n * size_bytes;
    return n;
}

/* --- the board's side --- */

static void attach(struct ata_channel *ch, unsigned unit, enum ata_kind kind, struct disk_image *image, const char *model)
{
    struct ata_device *d = &ch->device[unit & 1];

    d->kind = (u8)kind;
    d->image = image;
    snprintf(d->model, sizeof d->model, "%s", model);
    snprintf(d->serial, sizeof d->serial, "OR%08u", ch->number * 2 + d->unit + 1);
    d->power = ATA_POWER_ACTIVE;
}

void ata_channel_attach_disk(struct ata_channel *ch, unsigned unit, struct disk_image *image, struct disk_geometry geometry,
                             const char *model)
{
    struct ata_device *d = &ch->device[unit & 1];

    attach(ch, unit, ATA_KIND_DISK, image, model);
    d->capacity = disk_image_sectors(image);
    d->cylinders = geometry.cylinders < 65535 ? geometry.cylinders : 65535;
    d->heads = geometry.heads < 16 ? geometry.heads : 16;
    d->sectors = geometry.sectors < 255 ? geometry.sectors : 255;
    ata_channel_reset(ch);
}

void ata_channel_attach_cdrom(struct ata_channel *ch, unsigned unit, struct disk_image *image, const char *model)
{
    attach(ch, unit, ATA_KIND_CDROM, NULL, model);
    if (image) ata_channel_cd_insert(ch, unit, image);
    ata_channel_reset(ch);
}

bool ata_channel_cd_insert(struct ata_channel *ch, unsigned unit, struct disk_image *image)
{
    struct ata_device *d = &ch->device[unit & 1];

    if (d->kind != ATA_KIND_CDROM) return false;
    if (d->image) atapi_cdrom_eject(d);
    d->image = image;
    atapi_cdrom_insert(d);
    return true;
}

struct disk_image *ata_channel_cd_eject(struct ata_channel *ch, unsigned unit)
{
    struct ata_device *d = &ch->device[unit & 1];
    struct disk_image *image = d->image;

    if (d->kind != ATA_KIND_CDROM) return NULL;
    atapi_cdrom_eject(d);
    d->image = NULL;
    return image;
}

void ata_channel_reset(struct ata_channel *ch)
{
    ch->device_control = 0;
    ch->selected = 0;
    begin_reset(ch, true);
    end_reset_after(ch, RESET_NS);
}

void ata_channel_init(struct ata_channel *ch, struct clock *clock, struct line *irq, unsigned number)
{
    memset(ch, 0, sizeof *ch);
    ch->clock = clock;
    ch->irq = irq;
    ch->number = number;
    clock_add(clock, &ch->reset_end, on_reset_end, ch);
    for (unsigned n = 0; n < 2; n++) {
        ch->device[n].channel = ch;
        ch->device[n].unit = n;
        clock_add(clock, &ch->device[n].work, on_work, &ch->device[n]);
    }
}

const char *ata_channel_invariant(const struct ata_channel *ch)
{
    if (state_out_of_range(&ata_channel_state, ch)) return "every field is in the range its list gives";
    for (unsigned n = 0; n < 2; n++) {
        const struct ata_device *d = &ch->device[n];
        if (state_out_of_range(&ata_device_state, d)) return "every field is in the range its list gives";
        if (d->buffer_at > d->buffer_end) return "the host is not past the end of its DRQ block";
        if (d->status & ATA_BSY && d->status & ATA_DRQ) return "BSY and DRQ are never set together";
        if (d->status & ATA_DRQ && d->step != ATA_DATA_IN && d->step != ATA_DATA_OUT && !ata_moves_by_dma(d)) return "DRQ means that data moves";
        if (d->status & ATA_BSY && d->work.at == NEVER && ch->reset_end.at == NEVER && !(ch->device_control & CONTROL_SRST))
            return "a busy device has something to end it";
        if (d->kind == ATA_KIND_DISK && !d->image) return "a disk has an image";
        if (d->kind == ATA_KIND_CDROM && atapi_cdrom_invariant(d)) return atapi_cdrom_invariant(d);
    }
    return NULL;
}
