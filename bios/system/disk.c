/* INT 13h: hard disks, and who serves which drive number.                                  doc: bios
 * Source: IBM PC AT Technical Reference, "Fixed Disk BIOS"; "BIOS Enhanced Disk Drive Specification" 1.1 and 3.0. */
#include "bios.h"

enum { OK, BAD_COMMAND = 1, NOT_FOUND = 4, NOT_A_DRIVE = 0xff };
enum { TRANSLATE_NONE, TRANSLATE_LBA, TRANSLATE_LARGE, TRANSLATE_RECHS };

/* --- geometry --- */

static void translate_large(u32 *cylinders, u32 *heads)
{
    while (*cylinders > 1024 && *heads <= 127) {
        *cylinders >>= 1;
        *heads <<= 1;
    }
}

/* LBA-assisted translation: 63 sectors, the fewest heads that keep cylinders below 1025. */
static void translate_lba(u64 total, u32 *cylinders, u32 *heads)
{
    u32 sectors = total > 0xffffffff ? 0xffffffff : (u32)total, wanted = sectors / 63 / 1024;

    *heads = wanted > 128 ? 255 : wanted > 64 ? 128 : wanted > 32 ? 64 : wanted > 16 ? 32 : 16;
    *cylinders = sectors / (*heads * 63);
}

static void set_geometry(unsigned drive)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    u32 cylinders = a->cylinders, heads = a->heads, sectors = a->sectors;

    a->translation = cmos_read(0x39) >> 2 * drive & 3;
    if (a->translation == TRANSLATE_LBA) {
        translate_lba(a->total, &cylinders, &heads);
        sectors = 63;
    } else if (a->translation == TRANSLATE_LARGE) {
        translate_large(&cylinders, &heads);
    } else if (a->translation == TRANSLATE_RECHS) {
        if (heads > 15) {
            heads = 15;
            cylinders = cylinders > 61439 ? 65535 : cylinders * 16 / 15;
        }
        translate_large(&cylinders, &heads);
    }
    a->logical_cylinders = (u16)(cylinders > 1024 ? 1024 : cylinders);
    a->logical_heads = (u8)heads;
    a->logical_sectors = (u8)sectors;
}

/* INT 41h and 46h.  A translated disk's table has the signature A0h, the physical geometry and a checksum: EDD, "Fixed
 * disk parameter table extension". */
static void fill_parameters(unsigned n, unsigned drive)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    volatile struct disk_parameters __seg_gs *p = &EBDA->disk[n];
    u16 at = (u16)(n ? 0x46 * 4 : 0x41 * 4);

    p->cylinders = a->logical_cylinders;
    p->heads = a->logical_heads;
    p->precompensation = 0xffff;
    p->control = a->heads > 8 ? 0xc8 : 0xc0;
    p->sectors = a->logical_sectors;
    p->landing = a->cylinders;
    if (a->translation) {
        p->reserved_3 = (u16)(0xa0 | a->sectors << 8);
        p->timeouts[0] = (u8)a->cylinders;
        p->timeouts[1] = (u8)(a->cylinders >> 8);
        p->timeouts[2] = a->heads;
        u8 sum = 0;
        for (unsigned i = 0; i < 15; i++) sum = (u8)(sum + ((const volatile u8 __seg_gs *)p)[i]);
        p->checksum = (u8)-sum;
    }
    far16_put(0, at, (u16)(0x3d + n * 16));
    far16_put(0, at + 2, BDA->ebda_segment);
}

void disk_post(void)
{
    u8 disks = 0, cds = 0;

    for (unsigned drive = 0; drive < 4; drive++) {
        volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
        if (a->kind == ATA_DISK) {
            set_geometry(drive);
            a->number = disks++;
            if (a->number < 2) fill_parameters(a->number, drive);
        } else if (a->kind == ATA_CD) a->number = cds++;
    }
    EBDA->disks = BDA->disk_count = disks;
    EBDA->cds = cds;
    BDA->disk_control = 0xc0;
}

/* --- finding the drive --- */

/* The ATA drive that INT 13h calls `dl`, 80h and up; NOT_A_DRIVE.  While a hard disk is emulated, it is 80h and the real
 * ones move up. */
static unsigned drive_of(u8 dl)
{
    u8 number = (u8)(dl - 0x80);

    if (EBDA->emulation.active && EBDA->emulation.drive == 0x80) number--;
    for (unsigned drive = 0; drive < 4; drive++)
        if (EBDA->ata[drive].kind == ATA_DISK && EBDA->ata[drive].number == number) return drive;
    return NOT_A_DRIVE;
}

void disk_finish(struct frame *f, u8 status)
{
    BDA->disk_status = status;
    f->ah = status;
    set_carry(f, status);
}

/* --- by cylinder, head and sector --- */

static u8 transfer(struct frame *f, unsigned drive, u8 command)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    u32 cylinder = f->ch | (f->cl & 0xc0u) << 2, sector = f->cl & 63;
    struct disk_request r = { .count = f->al, .segment = f->es, .offset = f->bx, .command = command };

    f->al = 0;
    if (!sector || sector > a->logical_sectors || f->dh >= a->logical_heads || cylinder >= a->logical_cylinders)
        return BAD_COMMAND;
    if (!r.count) return BAD_COMMAND;
    r.lba = (cylinder * a->logical_heads + f->dh) * a->logical_sectors + sector - 1;
    if (r.lba + r.count > a->total) return NOT_FOUND;
    u8 status = ata_transfer(drive, &r);
    f->al = (u8)r.done;
    return status;
}

static u8 parameters(struct frame *f, unsigned drive)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    u16 last = (u16)(a->logical_cylinders - 1);

    f->al = 0;
    f->ch = (u8)last;
    f->cl = (u8)((last >> 2 & 0xc0) | a->logical_sectors);
    f->dh = (u8)(a->logical_heads - 1);
    f->dl = (u8)(EBDA->disks + (EBDA->emulation.active && EBDA->emulation.drive == 0x80));
    return OK;
}

static void type(struct frame *f, unsigned drive)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    u32 sectors = (u32)a->logical_cylinders * a->logical_heads * a->logical_sectors;

    disk_finish(f, OK);
    f->ah = 3;
    f->cx = (u16)(sectors >> 16);
    f->dx = (u16)sectors;
}

/* --- Enhanced Disk Drive services --- */

struct address_packet { u8 size; u16 count, offset, segment; u32 lba_low, lba_high; };

static bool read_address_packet(const struct frame *f, struct address_packet *p)
{
    p->size = far8(f->ds, f->si);
    p->count = far16(f->ds, f->si + 2);
    p->offset = far16(f->ds, f->si + 4);
    p->segment = far16(f->ds, f->si + 6);
    p->lba_low = far32(f->ds, f->si + 8);
    p->lba_high = far32(f->ds, f->si + 12);
    return p->size >= 16 && !(p->segment == 0xffff && p->offset == 0xffff);
}

static u8 extended_transfer(struct frame *f, unsigned drive, u8 command)
{
    struct address_packet p;

    if (!read_address_packet(f, &p)) return BAD_COMMAND;
    struct disk_request r = { .lba = (u64)p.lba_high << 32 | p.lba_low, .count = p.count, .segment = p.segment,
                              .offset = p.offset, .command = command };
    u64 total = EBDA->ata[drive].total;
    u8 status = r.lba > total || r.count > total - r.lba ? NOT_FOUND : ata_transfer(drive, &r);
    if (status && command != DISK_VERIFY) far16_put(f->ds, f->si + 2, (u16)r.done);
    return status;
}

static u8 extended_seek(struct frame *f, unsigned drive)
{
    struct address_packet p;

    if (!read_address_packet(f, &p)) return BAD_COMMAND;
    return ((u64)p.lba_high << 32 | p.lba_low) < EBDA->ata[drive].total ? OK : NOT_FOUND;
}

/* EDD 3.0, "Get drive parameters": 26 bytes, 30 with the (absent) configuration pointer, 66 with the device path. */
static void put_path(u16 segment, u16 at, unsigned drive)
{
    static const char bus[] ROM_DATA = "ISA ATA     ";
    u8 sum = 0;

    far16_put(segment, at, 0xbedd);
    far8_put(segment, at + 2, 36);
    for (unsigned i = 3; i < 36; i++) far8_put(segment, (u16)(at + i), 0);
    for (unsigned i = 0; i < 12; i++) far8_put(segment, (u16)(at + 6 + i), rom8(&bus[i]));
    far16_put(segment, at + 18, drive < 2 ? 0x1f0 : 0x170);
    far8_put(segment, at + 26, drive & 1);
    for (unsigned i = 0; i < 35; i++) sum = (u8)(sum + far8(segment, (u16)(at + i)));
    far8_put(segment, at + 35, (u8)-sum);
}

static u8 extended_parameters(struct frame *f, unsigned drive)
{
    volatile struct ata_drive __seg_gs *a = &EBDA->ata[drive];
    u16 size = far16(f->ds, f->si), segment = f->ds, at = f->si;
    u64 total = a->total;

    if (size < 26) return BAD_COMMAND;
    size = size >= 66 ? 66 : size >= 30 ? 30 : 26;
    far16_put(segment, at, size);
    far16_put(segment, at + 2, total > 15482880 ? 0 : 2);          /* bit 1: cylinders, heads and sectors are meant */
    far32_put(segment, at + 4, total > 15482880 ? 16383 : a->cylinders);
    far32_put(segment, at + 8, total > 15482880 ? 16 : a->heads);
    far32_put(segment, at + 12, total > 15482880 ? 63 : a->sectors);
    far32_put(segment, at + 16, (u32)total);
    far32_put(segment, at + 20, (u32)(total >> 32));
    far16_put(segment, at + 24, 512);
    if (size >= 30) far32_put(segment, at + 26, 0xffffffff);
    if (size >= 66) put_path(segment, at + 30, drive);
    return OK;
}

/* 41h answers in registers, not with a status. */
static void extensions(struct frame *f)
{
    if (f->bx != 0x55aa) {
        disk_finish(f, BAD_COMMAND);
        return;
    }
    disk_finish(f, OK);
    f->ah = 0x30;
    f->bx = 0xaa55;
    f->cx = 5;                             /* access by packet; EDD */
}

/* --- INT 13h --- */

/* 05h, 09h, 0Ch, 0Dh, 10h, 11h, 14h, 4Eh: a drive of this kind formats, seeks, recalibrates and tests by itself. */
static u8 hard_disk(struct frame *f, unsigned drive)
{
    switch (f->ah) {
    case 0x00: case 0x0d: case 0x09: case 0x0c: case 0x10: case 0x11: case 0x14: case 0x4e: case 0x05: return OK;
    case 0x02: return transfer(f, drive, DISK_READ);
    case 0x03: return transfer(f, drive, DISK_WRITE);
    case 0x04: return transfer(f, drive, DISK_VERIFY);
    case 0x08: return parameters(f, drive);
    case 0x42: return extended_transfer(f, drive, DISK_READ);
    case 0x43: return f->al > 2 ? BAD_COMMAND : extended_transfer(f, drive, DISK_WRITE);
    case 0x44: return extended_transfer(f, drive, DISK_VERIFY);
    case 0x47: return extended_seek(f, drive);
    case 0x48: return extended_parameters(f, drive);
    default: return BAD_COMMAND;
    }
}

/* Floppies go through INT 40h, as IBM's fixed disk BIOS sends them.  An emulated drive A: makes the real one B:. */
static void floppy(struct frame *f)
{
    u8 dl = f->dl;
    u16 flags = f->flags, segment = f->ds;
    bool moved = EBDA->emulation.active && EBDA->emulation.drive == 0;
    u8 service = f->ah;

    if (moved) f->dl--;
    call_int_frame(0x40, f);
    f->flags = (u16)((flags & ~FLAG_CF) | (f->flags & FLAG_CF));
    f->ds = segment;
    if (service != 8) f->dl = dl;
}

void disk_service(struct frame *f)
{
    sti();
    if (cd_service(f)) return;
    if (f->dl < 0x80) {
        floppy(f);
        return;
    }
    unsigned drive = drive_of(f->dl);
    if (f->ah == 0x01) {
        f->al = BDA->disk_status;
        f->ah = 0;
        set_carry(f, false);
    } else if (f->ah == 0x15 && drive == NOT_A_DRIVE) {
        f->ax = f->cx = f->dx = 0;
        set_carry(f, false);
    } else if (drive == NOT_A_DRIVE) disk_finish(f, BAD_COMMAND);
    else if (f->ah == 0x15) type(f, drive);
    else if (f->ah == 0x41) extensions(f);
    else disk_finish(f, hard_disk(f, drive));
}
