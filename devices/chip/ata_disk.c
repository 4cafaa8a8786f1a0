/* ATA disk: the commands of a hard disk.                                        doc: ata
 * Source: T13 1410D (ATA/ATAPI-6), "Command descriptions"; X3T10 0948D (ATA-2) for CHS commands that 6 dropped. */
#include "devices/chip/ata_parts.h"

#include <string.h>

enum { FEATURE_WRITE_CACHE = 0x02, FEATURE_TRANSFER_MODE = 0x03, FEATURE_NO_LOOK_AHEAD = 0x55, FEATURE_KEEP = 0x66,
       FEATURE_NO_WRITE_CACHE = 0x82, FEATURE_LOOK_AHEAD = 0xaa, FEATURE_REVERT = 0xcc };
enum { CHS_SECTORS_MAX = 16514064 };     /* 16383 x 16 x 63 */

/* --- addresses --- */

static u32 cylinders_now(const struct ata_device *d)
{
    u64 reach = d->capacity < CHS_SECTORS_MAX ? d->capacity : CHS_SECTORS_MAX;
    u64 track = (u64)d->heads_now * d->sectors_now;
    return track ? (u32)(reach / track < 65535 ? reach / track : 65535) : 0;
}

/* False when the registers name no sector of the current translation. */
static bool chs_address(const struct ata_device *d, u64 *lba)
{
    u32 cylinder = d->lba_mid[0] | (u32)d->lba_high[0] << 8, head = d->device & 15, sector = d->lba_low[0];

    if (!sector || sector > d->sectors_now || head >= d->heads_now || cylinder >= cylinders_now(d)) return false;
    *lba = ((u64)cylinder * d->heads_now + head) * d->sectors_now + sector - 1;
    return true;
}

static bool address(struct ata_device *d, bool extended, u64 *lba)
{
    u64 low = d->lba_low[0] | (u64)d->lba_mid[0] << 8 | (u64)d->lba_high[0] << 16;

    if (!(d->device & DEVICE_LBA)) {
        d->addressing = ADDRESS_CHS;
        return chs_address(d, lba);
    }
    d->addressing = extended ? ADDRESS_LBA48 : ADDRESS_LBA28;
    if (extended) *lba = low | (u64)d->lba_low[1] << 24 | (u64)d->lba_mid[1] << 32 | (u64)d->lba_high[1] << 40;
    else *lba = low | (u64)(d->device & 15) << 24;
    return true;
}

static u32 asked_sectors(const struct ata_device *d, bool extended)
{
    u32 count = extended ? d->sector_count[0] | (u32)d->sector_count[1] << 8 : d->sector_count[0];
    return count ? count : extended ? 65536 : 256;
}

static void show_chs(struct ata_device *d, u64 lba)
{
    u32 track = d->heads_now * d->sectors_now;

    if (!track) return;
    u32 cylinder = (u32)(lba / track), rest = (u32)(lba % track);
    d->lba_mid[0] = (u8)cylinder, d->lba_high[0] = (u8)(cylinder >> 8);
    d->device = (u8)((d->device & 0xf0) | (rest / d->sectors_now & 15));
    d->lba_low[0] = (u8)(rest % d->sectors_now + 1);
}

static bool is_dma(u8 command)
{
    return command == 0x25 || command == 0x35 || (command >= 0xc8 && command <= 0xcb);
}

/* Registers follow the transfer: the sector, and how many are left. */
static void show_address(struct ata_device *d, u64 lba)
{
    d->sector_count[0] = (u8)d->sectors_left;
    if (d->addressing == ADDRESS_CHS) {
        show_chs(d, lba);
        return;
    }
    d->lba_low[0] = (u8)lba, d->lba_mid[0] = (u8)(lba >> 8), d->lba_high[0] = (u8)(lba >> 16);
    if (d->addressing == ADDRESS_LBA28) {
        d->device = (u8)((d->device & 0xf0) | (lba >> 24 & 15));
        return;
    }
    d->sector_count[1] = (u8)(d->sectors_left >> 8);
    d->lba_low[1] = (u8)(lba >> 24), d->lba_mid[1] = (u8)(lba >> 32), d->lba_high[1] = (u8)(lba >> 40);
}

static void failed_at(struct ata_device *d, u8 error)
{
    show_address(d, d->lba);
    ata_failed(d, error);
}

/* --- transfers --- */

/* Takes address and count from the registers.  False after the command has failed. */
static bool begin(struct ata_device *d, bool extended, u32 block)
{
    d->power = ATA_POWER_ACTIVE;
    if ((extended && !(d->device & DEVICE_LBA)) || !block) {
        ata_failed(d, ERROR_ABRT);
        return false;
    }
    if (!address(d, extended, &d->lba)) {
        ata_failed(d, ERROR_IDNF);
        return false;
    }
    d->sectors_left = asked_sectors(d, extended);
    d->block = block;
    return true;
}

/* Sectors of the next block that the disk has; the first that it has not is IDNF. */
static u32 next_block(struct ata_device *d)
{
    u64 there = d->lba < d->capacity ? d->capacity - d->lba : 0;
    u32 n = d->sectors_left < d->block ? d->sectors_left : d->block;
    return there < n ? (u32)there : n;
}

static void moved(struct ata_device *d, u32 sectors)
{
    d->lba += sectors;
    d->sectors_left -= sectors;
    show_address(d, d->lba - 1);
}

/* The host's disk failed, and the board waits for somebody to help it: the step stays due at this tick. */
bool ata_tries_again(struct ata_device *d)
{
    if (!disk_image_try_again(d->image)) return false;
    clock_at(d->channel->clock, &d->work, clock_now(d->channel->clock));
    return true;
}

static void read_block(struct ata_device *d)
{
    u32 n = next_block(d);

    if (!n) {
        failed_at(d, ERROR_IDNF);
    } else if (!disk_image_read(d->image, d->lba, n, d->buffer)) {
        if (!ata_tries_again(d)) failed_at(d, ERROR_UNC);
    } else {
        moved(d, n);
        d->buffer_at = 0;
        if (is_dma(d->command)) ata_ask_master(d, ATA_DMA_IN, n * SECTOR_BYTES);
        else ata_ask_host(d, ATA_DATA_IN, n * SECTOR_BYTES, true);
    }
}

/* DRQ for the next block to write; the first comes without an interrupt. */
static void ask_block(struct ata_device *d, bool interrupt)
{
    d->block_now = next_block(d);
    d->buffer_at = 0;
    if (!d->block_now) failed_at(d, ERROR_IDNF);
    else if (is_dma(d->command)) ata_ask_master(d, ATA_DMA_OUT, d->block_now * SECTOR_BYTES);
    else ata_ask_host(d, ATA_DATA_OUT, d->block_now * SECTOR_BYTES, interrupt);
}

/* Without a write cache the command ends when the sectors are safe. */
static void write_block(struct ata_device *d)
{
    if (d->command == 0xe8) {                            /* WRITE BUFFER: the bytes stay in the buffer */
        ata_done(d);
    } else if (disk_image_read_only(d->image)) {
        failed_at(d, ERROR_ABRT);
    } else if (!disk_image_write(d->image, d->lba, d->block_now, d->buffer)) {
        if (ata_tries_again(d)) return;
        show_address(d, d->lba);
        ata_fault(d);
    } else {
        moved(d, d->block_now);
        if (d->sectors_left) ask_block(d, true);
        else if (d->write_cache) ata_done(d);
        else ata_busy(d, ATA_FLUSH, ATA_FLUSH_NS);
    }
}

static void flush_now(struct ata_device *d)
{
    if (disk_image_flush(d->image)) ata_done(d);
    else if (!ata_tries_again(d)) ata_fault(d);
}

/* READ VERIFY: the sectors are there and the host can read them; some of them a step. */
static void verify(struct ata_device *d)
{
    for (unsigned i = 0; i < 16 && d->sectors_left; i++) {
        u32 n = next_block(d);
        if (!n || !disk_image_read(d->image, d->lba, n, d->buffer)) {
            if (!n || !ata_tries_again(d)) failed_at(d, n ? ERROR_UNC : ERROR_IDNF);
            return;
        }
        moved(d, n);
    }
    if (d->sectors_left) ata_busy(d, ATA_FINISH, ATA_SECTOR_NS);
    else ata_done(d);
}

/* A block of a DMA command is made of many sectors. */
static u64 block_ns(struct ata_device *d)
{
    u32 n = is_dma(d->command) ? next_block(d) : 1;
    return (u64)(n ? n : 1) * ATA_SECTOR_NS;
}

static bool is_verify(u8 command) { return command >= 0x40 && command <= 0x42; }

void ata_disk_step(struct ata_device *d)
{
    switch (d->step) {
    case ATA_READ_BLOCK: read_block(d); break;
    case ATA_ASK_BLOCK: ask_block(d, false); break;
    case ATA_WRITE_BLOCK: write_block(d); break;
    case ATA_FLUSH: flush_now(d); break;
    case ATA_FINISH:
        if (is_verify(d->command)) verify(d);
        else ata_done(d);
        break;
    default: ata_failed(d, ERROR_ABRT); break;
    }
}

void ata_disk_block_moved(struct ata_device *d)
{
    if (d->step == ATA_DATA_OUT || d->step == ATA_DMA_OUT) {
        ata_busy(d, ATA_WRITE_BLOCK, ATA_COMMAND_NS);
    } else if (d->sectors_left) {
        ata_busy(d, ATA_READ_BLOCK, block_ns(d));
    } else if (d->step == ATA_DMA_IN) {
        ata_busy(d, ATA_FINISH, ATA_SECTOR_NS);          /* INTRQ follows the last word */
    } else {
        d->step = ATA_IDLE;                              /* the last block of a read ends without an interrupt */
    }
}

/* --- commands --- */

static void start_read(struct ata_device *d, bool extended, u32 block)
{
    if (begin(d, extended, block)) ata_busy(d, ATA_READ_BLOCK, ATA_COMMAND_NS);
}

static void start_write(struct ata_device *d, bool extended, u32 block)
{
    if (begin(d, extended, block)) ata_busy(d, ATA_ASK_BLOCK, ATA_SECTOR_NS);
}

/* DMA wants a bus master on the board. */
static u32 dma_block(const struct ata_device *d) { return d->channel->dma.transfer ? ATA_DMA_SECTORS : 0; }

static void start_verify(struct ata_device *d, bool extended)
{
    if (begin(d, extended, ATA_MULTIPLE_MAX)) ata_busy(d, ATA_FINISH, ATA_COMMAND_NS);
}

static void read_sectors(struct ata_device *d) { start_read(d, false, 1); }
static void read_sectors_ext(struct ata_device *d) { start_read(d, true, 1); }
static void read_multiple(struct ata_device *d) { start_read(d, false, d->multiple); }
static void read_multiple_ext(struct ata_device *d) { start_read(d, true, d->multiple); }
static void write_sectors(struct ata_device *d) { start_write(d, false, 1); }
static void write_sectors_ext(struct ata_device *d) { start_write(d, true, 1); }
static void write_multiple(struct ata_device *d) { start_write(d, false, d->multiple); }
static void write_multiple_ext(struct ata_device *d) { start_write(d, true, d->multiple); }
static void read_dma(struct ata_device *d) { start_read(d, false, dma_block(d)); }
static void read_dma_ext(struct ata_device *d) { start_read(d, true, dma_block(d)); }
static void write_dma(struct ata_device *d) { start_write(d, false, dma_block(d)); }
static void write_dma_ext(struct ata_device *d) { start_write(d, true, dma_block(d)); }
static void verify_sectors(struct ata_device *d) { start_verify(d, false); }
static void verify_sectors_ext(struct ata_device *d) { start_verify(d, true); }

static void finish_soon(struct ata_device *d) { ata_busy(d, ATA_FINISH, ATA_COMMAND_NS); }
static void flush(struct ata_device *d) { ata_busy(d, ATA_FLUSH, ATA_FLUSH_NS); }

static void seek(struct ata_device *d)
{
    u64 lba;

    if (address(d, false, &lba) && lba < d->capacity) finish_soon(d);
    else ata_failed(d, ERROR_IDNF);
}

static void recalibrate(struct ata_device *d) { finish_soon(d); }

static void initialize_parameters(struct ata_device *d)
{
    if (!d->sector_count[0]) {
        d->heads_now = d->sectors_now = 0;
        ata_failed(d, ERROR_ABRT);
        return;
    }
    d->sectors_now = d->sector_count[0];
    d->heads_now = (d->device & 15) + 1u;
    finish_soon(d);
}

/* "SET MULTIPLE MODE": a power of two up to what IDENTIFY word 47 says; 0 switches it off. */
static void set_multiple(struct ata_device *d)
{
    u8 n = d->sector_count[0];

    if (n > ATA_MULTIPLE_MAX || n & (n - 1)) {
        d->multiple = 0;
        ata_failed(d, ERROR_ABRT);
        return;
    }
    d->multiple = n;
    finish_soon(d);
}

static void read_buffer(struct ata_device *d)
{
    d->sectors_left = 0;
    ata_ask_host(d, ATA_DATA_IN, SECTOR_BYTES, true);
}

static void write_buffer(struct ata_device *d)
{
    d->sectors_left = 0;
    ata_ask_host(d, ATA_DATA_OUT, SECTOR_BYTES, false);
}

static void identify(struct ata_device *d)
{
    ata_identify_disk(d);
    read_buffer(d);
}

static void read_native_max(struct ata_device *d)
{
    u64 last = d->capacity - 1;

    d->addressing = ADDRESS_LBA28;
    d->sectors_left = d->sector_count[0];
    show_address(d, last < 0x0fffffff ? last : 0x0fffffff);
    finish_soon(d);
}

static void read_native_max_ext(struct ata_device *d)
{
    d->addressing = ADDRESS_LBA48;
    d->sectors_left = d->sector_count[0] | (u32)d->sector_count[1] << 8;
    show_address(d, d->capacity - 1);
    finish_soon(d);
}

/* PIO default, default without IORDY, or flow control modes 0 to 4; with a bus master multiword DMA 0 to 2, Ultra DMA 0 to 2: one
 * DMA mode at a time. */
bool ata_set_transfer_mode(struct ata_device *d, u8 mode)
{
    bool multiword = mode >= 0x20 && mode <= 0x22, ultra = mode >= 0x40 && mode <= 0x42;

    if (mode <= 1 || (mode >= 8 && mode <= 12)) return true;
    if ((!multiword && !ultra) || !d->channel->dma.transfer) return false;
    d->dma.multiword = multiword ? (u8)(1 << (mode & 7)) : 0;
    d->dma.ultra = ultra ? (u8)(1 << (mode & 7)) : 0;
    return true;
}

static void set_features(struct ata_device *d)
{
    bool known = true;

    switch (d->features[0]) {
    case FEATURE_WRITE_CACHE: d->write_cache = true; break;
    case FEATURE_NO_WRITE_CACHE: d->write_cache = false; break;
    case FEATURE_LOOK_AHEAD: d->look_ahead = true; break;
    case FEATURE_NO_LOOK_AHEAD: d->look_ahead = false; break;
    case FEATURE_KEEP: d->keep_settings = true; break;
    case FEATURE_REVERT: d->keep_settings = false; break;
    case FEATURE_TRANSFER_MODE: known = ata_set_transfer_mode(d, d->sector_count[0]); break;
    default: known = false; break;
    }
    if (!known) ata_failed(d, ERROR_ABRT);
    else if (d->features[0] == FEATURE_NO_WRITE_CACHE) flush(d);
    else finish_soon(d);
}

/* Power commands, each with the code it had in ATA-1. */
static const struct power {
    u8 code, old_code, power;
} power_commands[] = {
    { 0xe0, 0x94, ATA_POWER_STANDBY }, { 0xe1, 0x95, ATA_POWER_IDLE }, { 0xe2, 0x96, ATA_POWER_STANDBY },
    { 0xe3, 0x97, ATA_POWER_IDLE },    { 0xe6, 0x99, ATA_POWER_ASLEEP },
};

enum { CHECK_POWER = 0xe5, CHECK_POWER_OLD = 0x98 };

bool ata_is_power_command(u8 command) { return (command >= 0xe0 && command <= 0xe6 && command != 0xe4) || (command >= 0x94 && command <= 0x99); }

/* STANDBY and IDLE with a time act at once when it is 0 and never by themselves here: their timer is at least 5 s away and
 * nothing but CHECK POWER MODE would show it. */
void ata_power_command(struct ata_device *d, u8 command)
{
    if (command == CHECK_POWER || command == CHECK_POWER_OLD) d->sector_count[0] = d->power;
    for (unsigned i = 0; i < ARRAY_COUNT(power_commands); i++)
        if (command == power_commands[i].code || command == power_commands[i].old_code) d->power = power_commands[i].power;
    finish_soon(d);
}

static void power(struct ata_device *d) { ata_power_command(d, d->command); }

static const struct command {
    u8 first, last;
    void (*start)(struct ata_device *d);
} commands[] = {
    { 0x10, 0x1f, recalibrate },          { 0x20, 0x21, read_sectors },       { 0x24, 0x24, read_sectors_ext },
    { 0x25, 0x25, read_dma_ext },         { 0x27, 0x27, read_native_max_ext }, { 0x29, 0x29, read_multiple_ext },
    { 0x30, 0x31, write_sectors },        { 0x34, 0x34, write_sectors_ext },  { 0x35, 0x35, write_dma_ext },
    { 0x39, 0x39, write_multiple_ext },   { 0x3c, 0x3c, write_sectors },
    { 0x40, 0x41, verify_sectors },       { 0x42, 0x42, verify_sectors_ext }, { 0x70, 0x7f, seek },
    { 0x91, 0x91, initialize_parameters }, { 0x94, 0x99, power },             { 0xc4, 0xc4, read_multiple },
    { 0xc5, 0xc5, write_multiple },       { 0xc6, 0xc6, set_multiple },       { 0xc8, 0xc9, read_dma },
    { 0xca, 0xcb, write_dma },            { 0xe0, 0xe3, power },
    { 0xe4, 0xe4, read_buffer },          { 0xe5, 0xe6, power },              { 0xe7, 0xe7, flush },
    { 0xe8, 0xe8, write_buffer },         { 0xea, 0xea, flush },              { 0xec, 0xec, identify },
    { 0xef, 0xef, set_features },         { 0xf8, 0xf8, read_native_max },
};

/* NOP and all that this disk does not know end in ABRT. */
void ata_disk_command(struct ata_device *d, u8 command)
{
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++) {
        if (command < commands[i].first || command > commands[i].last) continue;
        commands[i].start(d);
        return;
    }
    ata_failed(d, ERROR_ABRT);
}

/* "Set features": a software reset reverts to defaults unless that was switched off. */
void ata_disk_reset(struct ata_device *d, bool hard)
{
    d->power = ATA_POWER_ACTIVE;
    if (hard) d->dma = (struct ata_dma){ 0 };
    if (!hard && d->keep_settings) return;
    d->multiple = 0;
    d->write_cache = d->look_ahead = true;
    d->keep_settings = false;
    if (!hard) return;
    d->heads_now = d->heads;
    d->sectors_now = d->sectors;
}
