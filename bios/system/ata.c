/* ATA drives: detection, sectors, packets, by PIO.                                         doc: bios
 * Source: ATA/ATAPI-6 (T13 1410D), "Device signatures", "PIO data-in command protocol", "PACKET command protocol". */
#include "bios.h"

enum { DATA, ERROR, COUNT, LOW, MID, HIGH, DEVICE, STATUS };
enum { BSY = 0x80, DRDY = 0x40, DF = 0x20, DRQ = 0x08, ERR = 0x01 };
enum { SRST = 4, LBA = 0x40, LIMIT = 2048, MOST_SECTORS = 128 };
enum { FAILED = 0x20, TIMEOUT = 0x80, NOT_READY = 0xaa };

static u16 port_of(unsigned drive) { return drive < 2 ? 0x1f0 : 0x170; }
static u16 control_of(unsigned drive) { return drive < 2 ? 0x3f6 : 0x376; }

/* Not busy any more: asleep until the drive's interrupt where that can be. */
static bool wait_idle(unsigned drive, u32 ms)
{
    u16 control = control_of(drive);
    u32 limit = ms * 1000, gone = 0;

    for (unsigned i = 0; i < 16; i++) {
        if (!(inb(control) & BSY)) return true;
        wait_refresh();
    }
    for (;;) {
        cli();
        if (!(inb(control) & BSY) || gone >= limit) break;
        gone += pass_time();
    }
    sti();
    return !(inb(control) & BSY);
}

static bool select(unsigned drive, u8 more)
{
    if (!wait_idle(drive, 5000)) return false;
    outb(control_of(drive), 0);                              /* somebody may have turned the interrupt off */
    outb(port_of(drive) + DEVICE, (u8)(0xa0 | more | (drive & 1) << 4));
    for (unsigned i = 0; i < 4; i++) (void)inb(control_of(drive));
    return wait_idle(drive, 5000);
}

/* ERR's reasons as INT 13h names them. */
static u8 error_status(u8 error)
{
    if (error & 0x80) return 0x0a;
    if (error & 0x40) return 0x10;
    if (error & 0x10) return 0x04;
    if (error & 0x02) return 0x40;
    if (error & 0x01) return 0x02;
    return FAILED;
}

/* The state after a command or a block: 0, or an INT 13h status. */
static u8 check(unsigned drive, bool data)
{
    if (!wait_idle(drive, 10000)) return TIMEOUT;
    u8 status = inb(port_of(drive) + STATUS);
    if (status & DF) return FAILED;
    if (status & ERR) return error_status(inb(port_of(drive) + ERROR));
    return data && !(status & DRQ) ? FAILED : 0;
}

/* --- sectors --- */

static void put_lba48(u16 port, u64 lba, u32 count)
{
    outb(port + COUNT, (u8)(count >> 8));
    outb(port + LOW, (u8)(lba >> 24));
    outb(port + MID, (u8)(lba >> 32));
    outb(port + HIGH, (u8)(lba >> 40));
    outb(port + COUNT, (u8)count);
    outb(port + LOW, (u8)lba);
    outb(port + MID, (u8)(lba >> 8));
    outb(port + HIGH, (u8)(lba >> 16));
}

/* A drive without LBA gets the sector by its own cylinders and heads. */
static bool put_chs(unsigned drive, u32 lba, u32 count)
{
    u16 port = port_of(drive);
    u32 spt = EBDA->ata[drive].sectors, heads = EBDA->ata[drive].heads;
    u32 track = lba / spt, cylinder = track / heads;

    if (!select(drive, (u8)(track % heads))) return false;
    outb(port + COUNT, (u8)count);
    outb(port + LOW, (u8)(lba % spt + 1));
    outb(port + MID, (u8)cylinder);
    outb(port + HIGH, (u8)(cylinder >> 8));
    return true;
}

static bool start(unsigned drive, u64 lba, u32 count, u8 command)
{
    static const u8 code[] ROM_DATA = { 0x20, 0x30, 0x40 }, code48[] ROM_DATA = { 0x24, 0x34, 0x42 };
    u16 port = port_of(drive);
    u8 mode = EBDA->ata[drive].addressing;                     /* 0 CHS, 1 LBA, 2 LBA with 48 bits */

    if (mode == 0) {
        if (!put_chs(drive, (u32)lba, count)) return false;
    } else if (mode == 2 && lba + count > 0x0fffffff) {
        if (!select(drive, LBA)) return false;
        put_lba48(port, lba, count);
        outb(port + STATUS, rom8(&code48[command]));
        return true;
    } else {
        if (!select(drive, (u8)(LBA | (lba >> 24 & 15)))) return false;
        outb(port + COUNT, (u8)count);
        outb(port + LOW, (u8)lba);
        outb(port + MID, (u8)(lba >> 8));
        outb(port + HIGH, (u8)(lba >> 16));
    }
    outb(port + STATUS, rom8(&code[command]));
    return true;
}

static void normalise(u16 *segment, u16 *offset)
{
    *segment = (u16)(*segment + (*offset >> 4));
    *offset &= 15;
}

static u8 run(unsigned drive, struct disk_request *r, u32 count)
{
    u16 port = port_of(drive);
    u8 status;

    if (!start(drive, r->lba + r->done, count, r->command)) return TIMEOUT;
    if (r->command == DISK_VERIFY) {
        status = check(drive, false);
        if (!status) r->done += count;
        return status;
    }
    for (u32 i = 0; i < count; i++) {
        status = check(drive, true);
        if (status) return status;
        normalise(&r->segment, &r->offset);
        if (r->command == DISK_READ) far_insw(r->segment, r->offset, port, 256);
        else far_outsw(r->segment, r->offset, port, 256);
        r->segment = (u16)(r->segment + 32);
        r->done++;
    }
    return r->command == DISK_WRITE ? check(drive, false) : 0;
}

u8 ata_transfer(unsigned drive, struct disk_request *r)
{
    u8 status = 0;

    r->done = 0;
    while (!status && r->done < r->count) {
        u32 left = r->count - r->done;
        status = run(drive, r, left < MOST_SECTORS ? left : MOST_SECTORS);
    }
    return status;
}

/* --- packets --- */

static void drop(u16 port, u32 bytes)
{
    for (; bytes; bytes -= bytes > 1 ? 2 : 1) (void)inw(port);
}

/* One block of the data phase; all lengths are even. */
static void take_block(u16 port, u32 bytes, struct packet_data *d)
{
    u32 skipped = d->skip < bytes ? d->skip : bytes;
    drop(port, skipped);
    d->skip -= skipped;
    u32 taken = bytes - skipped < d->take ? bytes - skipped : d->take;
    if (taken) {
        normalise(&d->segment, &d->offset);
        far_insw(d->segment, d->offset, port, (u16)(taken / 2));
        d->offset = (u16)(d->offset + taken);
        d->take -= taken;
        d->taken += taken;
    }
    drop(port, bytes - skipped - taken);
}

/* 0; NOT_READY with the sense key in the error register's upper half; or another INT 13h status. */
u8 ata_packet(unsigned drive, const u8 *packet, struct packet_data *d)
{
    u16 port = port_of(drive);

    d->taken = 0;
    if (!select(drive, 0)) return TIMEOUT;
    outb(port + ERROR, 0);
    outb(port + MID, (u8)LIMIT);
    outb(port + HIGH, LIMIT >> 8);
    outb(port + STATUS, 0xa0);
    u8 status = check(drive, true);
    if (status) return status;
    for (unsigned i = 0; i < 12; i += 2) outw(port, (u16)(packet[i] | packet[i + 1] << 8));
    for (;;) {
        if (!wait_idle(drive, 10000)) return TIMEOUT;
        status = inb(port + STATUS);
        if (status & (ERR | DF)) return NOT_READY;
        if (!(status & DRQ)) return 0;
        take_block(port, inb(port + MID) | (u32)inb(port + HIGH) << 8, d);
    }
}

/* --- interrupts: INT 76h and 77h --- */

static void disk_interrupt(u16 status_port)
{
    (void)inb(status_port);
    eoi_slave();
    call_int(0x15, 0x9100, 0);
}

void disk_interrupt_0(struct frame *f)
{
    (void)f;
    BDA->hd_done = 0xff;
    disk_interrupt(0x3f6);
}

void disk_interrupt_1(struct frame *f)
{
    (void)f;
    disk_interrupt(0x376);
}

/* --- POST --- */

struct identity { u16 cylinders, heads, sectors, capabilities, features; u32 lba28; u64 lba48; };

static void read_identity(u16 port, struct identity *id)
{
    for (unsigned i = 0; i < 256; i++) {
        u16 word = inw(port);
        switch (i) {
        case 1: id->cylinders = word; break;
        case 3: id->heads = word; break;
        case 6: id->sectors = word; break;
        case 49: id->capabilities = word; break;
        case 60: id->lba28 = word; break;
        case 61: id->lba28 |= (u32)word << 16; break;
        case 83: id->features = word; break;
        case 100: id->lba48 = word; break;
        case 101: id->lba48 |= (u64)word << 16; break;
        case 102: id->lba48 |= (u64)word << 32; break;
        default: break;
        }
    }
}

static bool identify(unsigned drive, u8 command, struct identity *id)
{
    if (!select(drive, 0)) return false;
    outb(port_of(drive) + STATUS, command);
    if (check(drive, true)) return false;
    read_identity(port_of(drive), id);
    return true;
}

static void found_disk(unsigned drive)
{
    struct identity id;

    if (!identify(drive, 0xec, &id) || !id.sectors || id.sectors > 63 || !id.heads || id.heads > 16) return;
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    bool lba = id.capabilities & 0x200, wide = lba && (id.features & 0xc400) == 0x4400 && id.lba48;
    a->kind = ATA_DISK;
    a->addressing = wide ? 2 : lba;
    a->cylinders = id.cylinders;
    a->heads = (u8)id.heads;
    a->sectors = (u8)id.sectors;
    a->total = wide ? id.lba48 : lba ? id.lba28 : (u32)id.cylinders * id.heads * id.sectors;
}

static void found_cd(unsigned drive)
{
    struct identity id;

    if (identify(drive, 0xa1, &id)) EBDA->ata[drive].kind = ATA_CD;
}

/* The signature that a reset left: ATAPI devices answer 14h, EBh. */
static void probe(unsigned drive)
{
    u16 port = port_of(drive);

    outb(port + DEVICE, (u8)(0xa0 | (drive & 1) << 4));
    for (unsigned i = 0; i < 4; i++) (void)inb(control_of(drive));
    u8 status = inb(control_of(drive));
    if (status == 0xff || (drive & 1 && !status && inb(port + MID) != 0x14)) return;
    if (!wait_idle(drive, 5000)) return;
    u8 mid = inb(port + MID), high = inb(port + HIGH);
    if (mid == 0x14 && high == 0xeb) found_cd(drive);
    else if (!mid && !high && inb(control_of(drive)) & DRDY) found_disk(drive);
}

static void reset_channel(unsigned first)
{
    outb(control_of(first), SRST);
    wait_refresh();
    outb(control_of(first), 0);
    for (unsigned i = 0; i < 140; i++) wait_refresh();       /* 2 ms */
    if (inb(control_of(first)) != 0xff) (void)wait_idle(first, 31000);
}

void ata_post(void)
{
    for (unsigned drive = 0; drive < 4; drive++) {
        if (!(drive & 1)) reset_channel(drive);
        probe(drive);
    }
    outb(0xa1, inb(0xa1) & 0x3f);
}
