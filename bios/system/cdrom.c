/* CD-ROM: packets, INT 13h on drives E0h and up, and El Torito.                            doc: bios
 * Source: INF-8020i / MMC; "El Torito" Bootable CD-ROM Format Specification 1.0. */
#include "bios.h"
#include "boot.h"

enum { OK, BAD_COMMAND = 1, PROTECTED = 3, NOT_FOUND = 4, CHANGED = 6, FAILED = 0x20, NO_MEDIUM = 0x31, NOT_READY = 0xaa,
       LOCKED = 0xb1, EJECT_FAILED = 0xb5 };
enum { SCRATCH = 0x0800, BLOCK = 2048, FLOPPY_1200 = 1, FLOPPY_1440, FLOPPY_2880, HARD_DISK };
enum { KEY_NOT_READY = 2, KEY_UNIT_ATTENTION = 6, ASC_BECOMING_READY = 4, ASC_NO_MEDIUM = 0x3a };

/* --- packets --- */

struct sense { u8 key, asc; };

/* A packet whose answer goes to a local variable, which lies in the stack's segment. */
static u8 ask(unsigned drive, const u8 *packet, u8 *answer, u32 bytes)
{
    u16 segment;

    __asm__("movw %%ss,%0" : "=r"(segment));
    struct packet_data d = { .segment = segment, .offset = (u16)(u32)answer, .take = bytes };
    for (u32 i = 0; i < bytes; i++) answer[i] = 0;
    u8 status = ata_packet(drive, packet, &d);
    __asm__ volatile("" : : : "memory");
    return status;
}

static void request_sense(unsigned drive, struct sense *sense)
{
    u8 answer[18], packet[12] = { 0x03, 0, 0, 0, sizeof answer };

    (void)ask(drive, packet, answer, sizeof answer);
    sense->key = answer[2] & 15;
    sense->asc = answer[12];
}

/* Waits out a change of medium and a drive that spins up. */
u8 cd_ready(unsigned drive)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        u8 packet[12] = { 0 };
        struct packet_data nothing = { 0 };
        struct sense sense;

        u8 status = ata_packet(drive, packet, &nothing);
        if (status != NOT_READY) return status;
        request_sense(drive, &sense);
        if (sense.key == KEY_NOT_READY && sense.asc == ASC_NO_MEDIUM) return NO_MEDIUM;
        if (sense.key != KEY_UNIT_ATTENTION && sense.asc != ASC_BECOMING_READY) return NOT_READY;
        if (sense.asc == ASC_BECOMING_READY) wait_ms(500);
    }
    return NOT_READY;
}

/* `count` sectors of 2048 bytes from `lba`; what of them is kept stands in *d. */
u8 cd_read(unsigned drive, u32 lba, u32 count, struct packet_data *d)
{
    u8 packet[12] = { 0x28, 0, (u8)(lba >> 24), (u8)(lba >> 16), (u8)(lba >> 8), (u8)lba,
                      0, (u8)(count >> 8), (u8)count };
    struct packet_data again = *d;

    u8 status = ata_packet(drive, packet, d);
    if (status != NOT_READY) return status;
    status = cd_ready(drive);                       /* the reason was perhaps a change of medium */
    if (status) return status;
    *d = again;
    status = ata_packet(drive, packet, d);
    return status == NOT_READY ? NOT_FOUND : status;
}

static u8 capacity(unsigned drive, u32 *blocks)
{
    u8 answer[8], packet[12] = { 0x25 };

    u8 status = cd_ready(drive);
    if (!status) status = ask(drive, packet, answer, sizeof answer);
    if (status) return status;
    *blocks = ((u32)answer[0] << 24 | answer[1] << 16 | answer[2] << 8 | answer[3]) + 1;
    return OK;
}

/* --- drives E0h and up --- */

static unsigned cd_of(u8 dl)
{
    for (unsigned drive = 0; drive < 4; drive++)
        if (EBDA->ata[drive].kind == ATA_CD && EBDA->ata[drive].number == dl - 0xe0) return drive;
    return 0xff;
}

static u8 extended_read(struct frame *f, unsigned drive, bool keep)
{
    u16 count = far16(f->ds, f->si + 2);
    u32 lba = far32(f->ds, f->si + 8);
    struct packet_data d = { .segment = far16(f->ds, f->si + 6), .offset = far16(f->ds, f->si + 4) };

    if (far8(f->ds, f->si) < 16 || far32(f->ds, f->si + 12)) return BAD_COMMAND;
    if (!count) return OK;
    if (keep) d.take = count * (u32)BLOCK;
    u8 status = cd_read(drive, lba, count, &d);
    if (status && keep) far16_put(f->ds, f->si + 2, (u16)(d.taken / BLOCK));
    return status;
}

static u8 parameters(struct frame *f, unsigned drive)
{
    u16 size = far16(f->ds, f->si), at = f->si;
    u32 blocks = 0;

    if (size < 26) return BAD_COMMAND;
    u8 status = capacity(drive, &blocks);
    size = size >= 30 ? 30 : 26;
    far16_put(f->ds, at, size);
    far16_put(f->ds, at + 2, status ? 0x74 : 0x34);          /* removable, change line, can be locked; no medium */
    for (unsigned i = 4; i < 16; i += 4) far32_put(f->ds, (u16)(at + i), 0xffffffff);
    far32_put(f->ds, at + 16, status ? 0xffffffff : blocks);
    far32_put(f->ds, at + 20, status ? 0xffffffff : 0);
    far16_put(f->ds, at + 24, BLOCK);
    if (size >= 30) far32_put(f->ds, at + 26, 0xffffffff);
    return OK;
}

static u8 simple(unsigned drive, u8 code, u8 byte4)
{
    u8 packet[12] = { code, 0, 0, 0, byte4 };
    struct packet_data nothing = { 0 };
    u8 status = ata_packet(drive, packet, &nothing);

    return status == NOT_READY ? EJECT_FAILED : status;
}

/* 45h: 0 lock, 1 unlock, 2 status. */
static u8 lock(struct frame *f, unsigned drive)
{
    u8 service = f->al;

    if (service > 2) return BAD_COMMAND;
    if (service < 2) {
        u8 status = simple(drive, 0x1e, service == 0);
        if (status) return status;
        EBDA->ata[drive].locked = service == 0;
    }
    f->al = EBDA->ata[drive].locked;
    return OK;
}

static u8 eject(unsigned drive)
{
    if (EBDA->ata[drive].locked) return LOCKED;
    return simple(drive, 0x1b, 2);
}

static u8 changed(unsigned drive)
{
    u8 packet[12] = { 0 };
    struct packet_data nothing = { 0 };
    struct sense sense;

    if (ata_packet(drive, packet, &nothing) != NOT_READY) return OK;
    request_sense(drive, &sense);
    return sense.key == KEY_UNIT_ATTENTION || sense.asc == ASC_NO_MEDIUM ? CHANGED : OK;
}

static u8 cd_drive(struct frame *f, unsigned drive)
{
    switch (f->ah) {
    case 0x00: case 0x09: case 0x0c: case 0x0d: case 0x10: case 0x11: case 0x14: return OK;
    case 0x03: case 0x05: case 0x43: return PROTECTED;
    case 0x41:
        if (f->bx != 0x55aa) return BAD_COMMAND;
        f->bx = 0xaa55;
        f->cx = 7;                         /* access by packet, locking and ejecting, EDD */
        return OK;
    case 0x42: return extended_read(f, drive, true);
    case 0x44: return extended_read(f, drive, false);
    case 0x45: return lock(f, drive);
    case 0x46: return eject(drive);
    case 0x47: return OK;
    case 0x48: return parameters(f, drive);
    case 0x49: return changed(drive);
    default: return BAD_COMMAND;
    }
}

/* --- the emulated drive --- */

static u8 emulated_read(struct frame *f, bool keep)
{
    volatile struct cd_emulation __seg_gs *e = &EBDA->emulation;
    u32 cylinder = f->ch | (f->cl & 0xc0u) << 2, sector = f->cl & 63, count = f->al;

    f->al = 0;
    if (!sector || sector > e->sectors || f->dh >= e->heads || cylinder >= e->cylinders || !count) return BAD_COMMAND;
    u32 first = (cylinder * e->heads + f->dh) * e->sectors + sector - 1;
    u32 skip = (first & 3) * 512, bytes = count * 512;
    struct packet_data d = { .segment = f->es, .offset = f->bx, .skip = skip, .take = keep ? bytes : 0 };
    u8 status = cd_read(e->cd, e->image + first / 4, (skip + bytes + BLOCK - 1) / BLOCK, &d);
    f->al = (u8)(status ? d.taken / 512 : count);
    return status;
}

static u8 emulated_parameters(struct frame *f)
{
    volatile struct cd_emulation __seg_gs *e = &EBDA->emulation;
    u16 last = (u16)(e->cylinders - 1);

    f->ax = 0;
    f->ch = (u8)last;
    f->cl = (u8)((last >> 2 & 0xc0) | e->sectors);
    f->dh = (u8)(e->heads - 1);
    if (e->drive & 0x80) {
        f->dl = (u8)(EBDA->disks + 1);
        return OK;
    }
    f->dl = (u8)(((BDA->equipment >> 6) & 3) + 1);
    f->bx = e->media == FLOPPY_1200 ? 2 : e->media == FLOPPY_1440 ? 4 : 5;
    f->es = far16(0, 0x7a);
    f->di = far16(0, 0x78);
    return OK;
}

static u8 emulated_type(struct frame *f)
{
    volatile struct cd_emulation __seg_gs *e = &EBDA->emulation;
    u32 sectors = (u32)e->cylinders * e->heads * e->sectors;

    if (!(e->drive & 0x80)) {
        f->ah = 1;
        return OK;
    }
    f->ah = 3;
    f->cx = (u16)(sectors >> 16);
    f->dx = (u16)sectors;
    return OK;
}

static u8 emulated_drive(struct frame *f)
{
    switch (f->ah) {
    case 0x00: case 0x09: case 0x0c: case 0x0d: case 0x10: case 0x11: case 0x14: case 0x16: return OK;
    case 0x02: return emulated_read(f, true);
    case 0x03: case 0x05: return PROTECTED;
    case 0x04: return emulated_read(f, false);
    case 0x08: return emulated_parameters(f);
    default: return BAD_COMMAND;
    }
}

/* --- 4Ah to 4Dh --- */

/* The specification packet at DS:SI. */
static void put_packet(const struct frame *f)
{
    volatile struct cd_emulation __seg_gs *e = &EBDA->emulation;
    u16 s = f->ds, at = f->si, last = (u16)(e->cylinders - 1);

    far8_put(s, at, 0x13);
    far8_put(s, at + 1, e->media);
    far8_put(s, at + 2, e->drive);
    far8_put(s, at + 3, e->cd >> 1);
    far32_put(s, at + 4, e->image);
    far16_put(s, at + 8, e->cd & 1);
    far16_put(s, at + 10, 0);
    far16_put(s, at + 12, e->load_segment);
    far16_put(s, at + 14, e->load_sectors);
    far8_put(s, at + 16, e->media ? (u8)last : 0);
    far8_put(s, at + 17, e->media ? (u8)((last >> 2 & 0xc0) | e->sectors) : 0);
    far8_put(s, at + 18, e->media ? (u8)(e->heads - 1) : 0);
}

static void set_emulated_geometry(u8 media, u16 cylinders, u8 heads, u8 sectors)
{
    EBDA->emulation.media = media;
    EBDA->emulation.cylinders = cylinders;
    EBDA->emulation.heads = heads;
    EBDA->emulation.sectors = sectors;
}

/* A hard disk's image says its geometry at the end of its first partition. */
static bool hard_disk_geometry(u16 segment)
{
    u8 head = far8(segment, 0x1be + 5), sector = far8(segment, 0x1be + 6), cylinder = far8(segment, 0x1be + 7);

    if (far16(segment, 0x1fe) != 0xaa55 || !(sector & 63) || head == 0xff) return false;
    set_emulated_geometry(HARD_DISK, (u16)((cylinder | (sector & 0xc0) << 2) + 1), (u8)(head + 1), sector & 63);
    return true;
}

/* The first 512-byte sectors of the boot image, to segment:0, below the extended BIOS data area. */
static u8 load_image(unsigned drive, u32 image, u32 sectors, u16 segment)
{
    if (((u32)segment << 4) + sectors * 512 > (u32)BDA->ebda_segment << 4) return FAILED;
    struct packet_data d = { .segment = segment, .take = sectors * 512 };
    return cd_read(drive, image, (sectors + 3) / 4, &d);
}

/* Sets up what is emulated; the image's first sector is at SCRATCH when it is a hard disk. */
static enum boot_reason emulate(unsigned drive, u8 media, u32 image)
{
    volatile struct cd_emulation __seg_gs *e = &EBDA->emulation;

    e->cd = (u8)drive;
    e->image = image;
    e->drive = media == 0 ? (u8)(0xe0 + EBDA->ata[drive].number) : media == HARD_DISK ? 0x80 : 0;
    switch (media) {
    case 0: e->media = 0; break;
    case FLOPPY_1200: set_emulated_geometry(media, 80, 2, 15); break;
    case FLOPPY_1440: set_emulated_geometry(media, 80, 2, 18); break;
    case FLOPPY_2880: set_emulated_geometry(media, 80, 2, 36); break;
    case HARD_DISK:
        if (load_image(drive, image, 1, SCRATCH)) return BOOT_READ_ERROR;
        if (!hard_disk_geometry(SCRATCH)) return BOOT_BAD_IMAGE;
        break;
    default: return BOOT_BAD_IMAGE;
    }
    e->active = media != 0;
    if (e->active && !e->drive) {                   /* one floppy drive more */
        unsigned floppies = BDA->equipment & 1 ? (BDA->equipment >> 6 & 3) + 1 : 0;
        BDA->equipment = (u16)((BDA->equipment & ~0xc0) | 1 | (floppies & 3) << 6);
    }
    return BOOT_FINE;
}

void cd_end_emulation(void)
{
    if (EBDA->emulation.active && !EBDA->emulation.drive) {
        unsigned others = BDA->equipment >> 6 & 3;
        BDA->equipment &= (u16)~0xc1;
        if (others) BDA->equipment |= (u16)(1 | (others - 1) << 6);
    }
    EBDA->emulation.active = 0;
}

/* 4Ah and 4Ch: the packet at DS:SI says what to emulate. */
static u8 start_emulation(struct frame *f, bool boot)
{
    u16 segment = far16(f->ds, f->si + 12), sectors = far16(f->ds, f->si + 14);
    u8 drive = (u8)((far8(f->ds, f->si + 3) & 1) << 1 | (far16(f->ds, f->si + 8) & 1));

    if (EBDA->ata[drive].kind != ATA_CD) return BAD_COMMAND;
    cd_end_emulation();
    if (emulate(drive, far8(f->ds, f->si + 1) & 15, far32(f->ds, f->si + 4))) return BAD_COMMAND;
    EBDA->emulation.load_segment = segment;
    EBDA->emulation.load_sectors = sectors;
    if (!boot) return OK;
    u16 to = segment ? segment : 0x7c0;
    if (load_image(drive, EBDA->emulation.image, sectors ? sectors : 1, to)) return FAILED;
    EBDA->stack_used = 0;
    boot_jump(to, 0, EBDA->emulation.drive);
}

/* 4Dh: sectors of the boot catalogue. */
static u8 catalogue(struct frame *f, unsigned drive)
{
    struct packet_data d = { .segment = SCRATCH };
    u32 at = EBDA->catalogue;

    d.take = far8(f->ds, f->si + 1) * (u32)BLOCK;
    d.offset = far16(f->ds, f->si + 2);
    d.segment = far16(f->ds, f->si + 4);
    if (!at) return BAD_COMMAND;
    return cd_read(drive, at + far16(f->ds, f->si + 6), d.take / BLOCK, &d);
}

static u8 emulation_services(struct frame *f)
{
    switch (f->ah) {
    case 0x4a: return start_emulation(f, false);
    case 0x4b:
        put_packet(f);
        if (f->al == 0) cd_end_emulation();
        return OK;
    case 0x4c: return start_emulation(f, true);
    default: return catalogue(f, EBDA->emulation.cd);
    }
}

/* Takes the services on CD drives and emulated ones; false: the drive is not one of these. */
bool cd_service(struct frame *f)
{
    bool emulated = EBDA->emulation.active && f->dl == EBDA->emulation.drive;
    unsigned drive = f->dl >= 0xe0 ? cd_of(f->dl) : 0xff;

    if (f->ah >= 0x4a && f->ah <= 0x4d && EBDA->cds && (emulated || drive != 0xff || f->dl == 0x7f)) {
        disk_finish(f, emulation_services(f));
    } else if (!emulated && drive == 0xff) return false;
    else if (f->ah == 0x01) {
        f->ah = BDA->disk_status;
        set_carry(f, f->ah);
    } else if (f->ah == 0x15 && emulated) {
        (void)emulated_type(f);
        set_carry(f, false);
    } else if (emulated) disk_finish(f, emulated_drive(f));
    else {
        u8 service = f->ah;
        disk_finish(f, cd_drive(f, drive));
        if (service == 0x41 && !f->ah) f->ah = 0x30;
    }
    return true;
}

/* --- booting: El Torito, "Booting Catalog" --- */

static bool rom_text_at(u16 segment, u16 offset, const char *text)
{
    for (char c; (c = (char)rom8(text)); text++, offset++)
        if (far8(segment, offset) != (u8)c) return false;
    return true;
}

static u8 read_block(unsigned drive, u32 lba)
{
    struct packet_data d = { .segment = SCRATCH, .take = BLOCK };
    return cd_read(drive, lba, 1, &d);
}

static bool valid_catalogue(void)
{
    u16 sum = 0;

    for (unsigned i = 0; i < 32; i += 2) sum = (u16)(sum + far16(SCRATCH, (u16)i));
    return far8(SCRATCH, 0) == 1 && far16(SCRATCH, 0x1e) == 0xaa55 && !sum;
}

static enum boot_reason boot_disc(unsigned drive)
{
    u8 status = cd_ready(drive);
    if (status == NO_MEDIUM) return BOOT_NO_MEDIUM;
    if (status || read_block(drive, 17)) return BOOT_READ_ERROR;
    if (far8(SCRATCH, 0) || !rom_text_at(SCRATCH, 1, T("CD001"))) return BOOT_NOT_BOOTABLE_CD;
    if (!rom_text_at(SCRATCH, 7, T("EL TORITO SPECIFICATION"))) return BOOT_NOT_BOOTABLE_CD;
    EBDA->catalogue = far32(SCRATCH, 0x47);
    if (read_block(drive, EBDA->catalogue)) return BOOT_READ_ERROR;
    if (!valid_catalogue() || far8(SCRATCH, 0x20) != 0x88) return BOOT_NOT_BOOTABLE_CD;
    u8 media = far8(SCRATCH, 0x21) & 15;
    u16 segment = far16(SCRATCH, 0x22), sectors = far16(SCRATCH, 0x26);
    u32 image = far32(SCRATCH, 0x28);
    if (!segment) segment = 0x7c0;
    if (!sectors) sectors = 1;
    enum boot_reason reason = emulate(drive, media, image);
    if (reason) return reason;
    EBDA->emulation.load_segment = segment;
    EBDA->emulation.load_sectors = sectors;
    if (load_image(drive, image, sectors, segment)) {
        cd_end_emulation();
        return BOOT_READ_ERROR;
    }
    if (segment == 0x7c0) boot_jump(0, 0x7c00, EBDA->emulation.drive);
    boot_jump(segment, 0, EBDA->emulation.drive);
}

/* Comes back with the reason of the last drive when none boots. */
u8 cd_boot(void)
{
    enum boot_reason reason = BOOT_NO_DRIVE;

    for (unsigned drive = 0; drive < 4; drive++)
        if (EBDA->ata[drive].kind == ATA_CD) reason = boot_disc(drive);
    return (u8)reason;
}
