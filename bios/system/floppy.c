/* Floppy disks: INT 13h for drives 0 and 1 (and INT 40h), INT 0Eh, the motor.              doc: bios
 * Source: IBM PC AT Technical Reference, "Diskette BIOS"; Intel 82077AA data sheet (290166). */
#include "bios.h"

enum { DOR = 0x3f2, MSR = 0x3f4, DATA = 0x3f5, CCR = 0x3f7, DIR = 0x3f7 };
enum { RQM = 0x80, DIO = 0x40, CHANGED = 0x80, INTERRUPTED = 0x80 };
enum { TYPE_360K = 1, TYPE_1200K, TYPE_720K, TYPE_1440K, TYPE_2880K };
enum { OK, BAD_COMMAND = 1, NO_ADDRESS_MARK = 2, PROTECTED = 3, NOT_FOUND = 4, MEDIA_CHANGED = 6, OVERRUN = 8,
       DMA_BOUNDARY = 9, UNKNOWN_MEDIA = 0x0c, BAD_CRC = 0x10, CONTROLLER = 0x20, SEEK_FAILED = 0x40, TIMEOUT = 0x80 };
/* 40:90: rate in bits 7..6, then double step, established, and what IBM calls the state. */
enum { DOUBLE_STEP = 0x20, ESTABLISHED = 0x10, RATE_500 = 0x00, RATE_300 = 0x40, RATE_250 = 0x80, RATE_1M = 0xc0 };
enum { READ = 0xe6, WRITE = 0xc5, FORMAT = 0x4d, READ_ID = 0x4a, RECALIBRATE = 7, SENSE_INTERRUPT = 8, SPECIFY = 3,
       SEEK = 0x0f };
enum { DMA_TO_MEMORY = 0x46, DMA_FROM_MEMORY = 0x4a, DMA_VERIFY = 0x42 };
enum { NO_CYLINDER = 0xff };

/* What a drive reads, in the order it is tried: 40:90's value and sectors a track.  Drives that spin 360 times a
 * minute see 250 kbit/s media at 300. */
static const struct { u8 type, state, sectors; } media[] ROM_DATA = {
    { TYPE_360K, RATE_250 | 3, 9 },
    { TYPE_1200K, RATE_500 | 5, 15 }, { TYPE_1200K, RATE_300 | DOUBLE_STEP | 4, 9 }, { TYPE_1200K, RATE_300 | 7, 9 },
    { TYPE_720K, RATE_250 | 7, 9 },
    { TYPE_1440K, RATE_500 | 7, 18 }, { TYPE_1440K, RATE_250 | 7, 9 },
    { TYPE_2880K, RATE_1M | 7, 36 }, { TYPE_2880K, RATE_500 | 7, 18 }, { TYPE_2880K, RATE_250 | 7, 9 },
};

static u8 drive_type(unsigned drive)
{
    u8 types = cmos_read(0x10);
    return drive > 1 ? 0 : drive ? types & 15 : types >> 4;
}

static u8 parameter(unsigned at)
{
    return far8(far16(0, 0x7a), (u16)(far16(0, 0x78) + at));
}

/* --- the controller --- */

void floppy_interrupt(struct frame *f)
{
    (void)f;
    BDA->floppy_calibrated |= INTERRUPTED;
    eoi();
    call_int(0x15, 0x9101, 0);
}

static bool wait_done(u32 ms)
{
    call_int(0x15, 0x9001, 0);
    bool done = wait_bda(0x3e, INTERRUPTED, ms);
    BDA->floppy_calibrated &= (u8)~INTERRUPTED;
    return done;
}

static bool wait_ready(u8 direction)
{
    for (unsigned i = 0; i < 0x4000; i++) {
        if ((inb(MSR) & (RQM | DIO)) == (RQM | direction)) return true;
        wait_refresh();
    }
    return false;
}

static bool send(u8 byte)
{
    if (!wait_ready(0)) return false;
    outb(DATA, byte);
    return true;
}

static bool send_all(const u8 *bytes, unsigned count)
{
    BDA->floppy_calibrated &= (u8)~INTERRUPTED;
    for (unsigned i = 0; i < count; i++)
        if (!send(bytes[i])) return false;
    return true;
}

/* The result phase, to 40:42. */
static bool result(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!wait_ready(DIO)) return false;
        BDA->fdc_result[i] = inb(DATA);
    }
    return true;
}

static bool sense_interrupt(void)
{
    return send(SENSE_INTERRUPT) && result(2);
}

/* A reset makes both drives' heads unknown, and asks for SPECIFY anew. */
static bool reset(void)
{
    u8 dor = (u8)((BDA->floppy_motor & 3) << 4 | (BDA->floppy_motor >> 4 & 3) | 8);

    BDA->floppy_calibrated = 0;
    EBDA->floppy_specified = 0;
    outb(DOR, dor);
    wait_refresh();
    outb(DOR, dor | 4);
    if (!wait_done(500)) return false;
    for (unsigned i = 0; i < 4; i++)
        if (!sense_interrupt() || (BDA->fdc_result[0] & 0xf8) != 0xc0) return false;
    return true;
}

static bool specify(void)
{
    if (EBDA->floppy_specified) return true;
    EBDA->floppy_specified = 1;
    return send(SPECIFY) && send(parameter(0)) && send(parameter(1));
}

/* Selects the drive and turns its motor; the others keep theirs.  40:3F: bits 1..0 motors, 5..4 selected, 7 writing. */
static void select(unsigned drive, bool write)
{
    cli();
    bool turning = BDA->floppy_motor & (1 << drive);
    BDA->motor_ticks = 0xff;
    BDA->floppy_motor = (u8)((BDA->floppy_motor & 0x0f) | 1 << drive | drive << 4 | (write ? 0x80 : 0));
    outb(DOR, (u8)((BDA->floppy_motor & 3) << 4 | 0x0c | drive));
    sti();
    if (turning) return;
    if (!(call_int(0x15, 0x90fd, 0) & CALLED_CF)) wait_ms(parameter(10) * 125u);
}

void floppy_motor_tick(void)
{
    if (!BDA->motor_ticks || --BDA->motor_ticks) return;
    BDA->floppy_motor &= 0xf0;
    outb(DOR, 0x0c | (BDA->floppy_motor >> 4 & 3));
}

/* --- heads --- */

/* Twice: from track 79 outwards the first 79 pulses may not do. */
static u8 recalibrate(unsigned drive)
{
    for (unsigned i = 0; i < 2; i++) {
        u8 command[] = { RECALIBRATE, (u8)drive };
        if (!send_all(command, 2) || !wait_done(2000) || !sense_interrupt()) return TIMEOUT;
        if ((BDA->fdc_result[0] & 0xf0) != 0x20) continue;
        BDA->floppy_calibrated |= (u8)(1 << drive);
        BDA->cylinder[drive] = 0;
        return OK;
    }
    return SEEK_FAILED;
}

static u8 seek(unsigned drive, u8 cylinder, u8 head)
{
    if (!(BDA->floppy_calibrated & 1 << drive)) {
        u8 status = recalibrate(drive);
        if (status) return status;
    }
    u8 track = (u8)(BDA->media_state[drive] & DOUBLE_STEP ? cylinder * 2 : cylinder);
    if (BDA->cylinder[drive] == track) return OK;
    u8 command[] = { SEEK, (u8)(head << 2 | drive), track };
    BDA->cylinder[drive] = NO_CYLINDER;
    if (!send_all(command, 3) || !wait_done(2000) || !sense_interrupt()) return TIMEOUT;
    if ((BDA->fdc_result[0] & 0xe0) != 0x20 || BDA->fdc_result[1] != track) return SEEK_FAILED;
    BDA->cylinder[drive] = track;
    wait_ms(parameter(9));
    return OK;
}

/* --- media --- */

static u8 error_of_result(void)
{
    u8 st0 = BDA->fdc_result[0], st1 = BDA->fdc_result[1], st2 = BDA->fdc_result[2];

    if (!(st0 & 0xc0)) return OK;
    if (st1 & 0x80) return NOT_FOUND;
    if (st1 & 0x20) return BAD_CRC;
    if (st1 & 0x10) return OVERRUN;
    if (st1 & 0x04) return NOT_FOUND;
    if (st1 & 0x02) return PROTECTED;
    if (st1 & 0x01 || st2 & 0x01) return NO_ADDRESS_MARK;
    return CONTROLLER;
}

static u8 read_id(unsigned drive, u8 head)
{
    u8 command[] = { READ_ID, (u8)(head << 2 | drive) };

    if (!send_all(command, 2) || !wait_done(1000)) {
        reset();
        return TIMEOUT;
    }
    return result(7) ? error_of_result() : TIMEOUT;
}

static u8 rate_code(u8 state) { return state >> 6 == 3 ? 3 : state >> 6; }

/* Finds the rate at which the medium speaks.  Cylinder 2 tells a medium of 40 tracks from one of 80. */
static u8 try_medium(unsigned drive, u8 state)
{
    BDA->media_state[drive] = state;
    outb(CCR, rate_code(state));
    u8 status = seek(drive, 2, 0);
    if (!status) status = read_id(drive, 0);
    return !status && BDA->fdc_result[3] != 2 ? NOT_FOUND : status;
}

static u8 establish(unsigned drive)
{
    u8 type = drive_type(drive), status = UNKNOWN_MEDIA;

    if (BDA->media_state[drive] & ESTABLISHED) {
        outb(CCR, rate_code(BDA->media_state[drive]));
        return OK;
    }
    for (unsigned i = 0; i < ARRAY_COUNT(media); i++) {
        if (rom8(&media[i].type) != type) continue;
        status = try_medium(drive, rom8(&media[i].state));
        if (!status) {
            BDA->media_state[drive] |= ESTABLISHED;
            return OK;
        }
        if (status == TIMEOUT) break;
        if (!specify()) return TIMEOUT;
    }
    BDA->media_state[drive] = type == TYPE_360K ? RATE_250 : RATE_500;
    return status == TIMEOUT ? TIMEOUT : status == SEEK_FAILED ? SEEK_FAILED : UNKNOWN_MEDIA;
}

static u8 sectors_of_medium(unsigned drive)
{
    u8 type = drive_type(drive), state = BDA->media_state[drive] & (u8)~ESTABLISHED;

    for (unsigned i = 0; i < ARRAY_COUNT(media); i++)
        if (rom8(&media[i].type) == type && rom8(&media[i].state) == state) return rom8(&media[i].sectors);
    return 0;
}

/* The change line stays until a step pulse meets a medium: two seeks make sure of one. */
static u8 check_change(unsigned drive)
{
    if (drive_type(drive) == TYPE_360K || !(inb(DIR) & CHANGED)) return OK;
    bool known = BDA->media_state[drive] & ESTABLISHED;
    BDA->media_state[drive] = 0;
    BDA->floppy_calibrated &= (u8)~(1 << drive);
    if (!reset() || !specify()) return TIMEOUT;
    u8 status = recalibrate(drive);
    if (!status) status = seek(drive, 1, 0);
    if (!status) status = seek(drive, 0, 0);
    if (status) return status;
    if (inb(DIR) & CHANGED) return TIMEOUT;               /* no medium */
    return known ? MEDIA_CHANGED : OK;
}

static u8 prepare(unsigned drive, bool write)
{
    u8 dor = inb(DOR);

    if (!(dor & 4) && !reset()) return TIMEOUT;
    select(drive, write);
    if (!specify()) return TIMEOUT;
    u8 status = check_change(drive);
    return status ? status : establish(drive);
}

/* --- transfers --- */

static u8 set_dma(u8 mode, u16 segment, u16 offset, u32 bytes)
{
    u32 address = ((u32)segment << 4) + offset;

    if ((address & 0xffff) + bytes > 0x10000) return DMA_BOUNDARY;
    cli();
    outb(0x0a, 6);
    outb(0x0c, 0);
    outb(0x0b, mode);
    outb(0x04, (u8)address);
    outb(0x04, (u8)(address >> 8));
    outb(0x81, (u8)(address >> 16));
    outb(0x05, (u8)(bytes - 1));
    outb(0x05, (u8)((bytes - 1) >> 8));
    outb(0x0a, 2);
    sti();
    return OK;
}

/* EOT: what INT 1Eh says, when somebody has pointed it at his own table; else what the medium holds. */
static u8 last_sector(unsigned drive, u8 first)
{
    bool ours = far16(0, 0x7a) == 0xf000 && far16(0, 0x78) == 0xefc7;
    u8 last = ours ? sectors_of_medium(drive) : parameter(4);

    return last < first ? first : last;
}

/* What one command of the controller does: with MT it goes on from head 0 to head 1, and no further. */
struct piece { u8 drive, cylinder, head, sector, count; u16 segment, offset; };

static u8 transfer_piece(const struct piece *p, u8 command, u8 dma_mode)
{
    u8 status = set_dma(dma_mode, p->segment, p->offset, p->count * 512u);
    if (!status) status = seek(p->drive, p->cylinder, p->head);
    if (status) return status;
    u8 bytes[] = { command, (u8)((p->head & 1) << 2 | p->drive), p->cylinder, p->head, p->sector,
                   parameter(3), last_sector(p->drive, p->sector), parameter(5), parameter(6) };
    if (!send_all(bytes, 9) || !wait_done(3000) || !result(7)) {
        reset();
        return TIMEOUT;
    }
    return error_of_result();
}

/* Sectors that went over, from where the controller says it stopped. */
static u8 sectors_done(const struct piece *p, u8 status)
{
    if (!status) return p->count;
    if (status == TIMEOUT || status == SEEK_FAILED || status == DMA_BOUNDARY) return 0;       /* nothing began */
    int tracks = (BDA->fdc_result[3] - p->cylinder) * 2 + (BDA->fdc_result[4] - p->head);
    int done = tracks * last_sector(p->drive, p->sector) + BDA->fdc_result[5] - p->sector;
    return (u8)(done < 0 || done > p->count ? 0 : done);
}

/* The sectors from here to the end of the cylinder. */
static u8 rest_of_cylinder(const struct piece *p)
{
    u8 last = last_sector(p->drive, p->sector);
    return (u8)((p->head & 1 ? 1 : 2) * last - (p->sector - 1));
}

/* A request that goes past the end of a cylinder is served by several commands; IBM's ends there with an error. */
static u8 transfer_pieces(struct frame *f, u8 command, u8 dma_mode, u8 *done)
{
    struct piece p = { .drive = f->dl, .cylinder = f->ch, .head = f->dh, .sector = f->cl, .segment = f->es, .offset = f->bx };
    u8 wanted = f->al, status = OK;

    if (((((u32)f->es << 4) + f->bx) & 0xffff) + wanted * 512u > 0x10000) return DMA_BOUNDARY;
    while (!status && *done < wanted) {
        u8 left = (u8)(wanted - *done), rest = rest_of_cylinder(&p);
        p.count = left < rest ? left : rest;
        status = transfer_piece(&p, command, dma_mode);
        *done = (u8)(*done + sectors_done(&p, status));
        p.segment = (u16)(p.segment + p.count * 32);
        p.cylinder++;
        p.head = 0;
        p.sector = 1;
    }
    return status;
}

static u8 transfer(struct frame *f)
{
    u8 command = f->ah == 3 ? WRITE : READ, done = 0;
    u8 mode = f->ah == 3 ? DMA_FROM_MEMORY : f->ah == 4 ? DMA_VERIFY : DMA_TO_MEMORY;

    u8 status = f->al && f->cl ? prepare(f->dl, command != READ) : BAD_COMMAND;
    if (!status) status = transfer_pieces(f, command, mode, &done);
    f->al = done;
    return status;
}

static u8 format_track(struct frame *f)
{
    unsigned drive = f->dl;
    u8 sectors = parameter(4);
    u8 status = prepare(drive, true);

    if (status == UNKNOWN_MEDIA || status == NO_ADDRESS_MARK) status = OK;      /* blank: 17h or 18h says what it is to be */
    if (!status) status = set_dma(DMA_FROM_MEMORY, f->es, f->bx, sectors * 4u);
    if (!status) outb(CCR, rate_code(BDA->media_state[drive]));
    if (!status) status = seek(drive, f->ch, f->dh);
    if (status) return status;
    u8 bytes[] = { FORMAT, (u8)((f->dh & 1) << 2 | drive), parameter(3), sectors, parameter(7), parameter(8) };
    if (!send_all(bytes, 6) || !wait_done(3000) || !result(7)) {
        reset();
        return TIMEOUT;
    }
    return error_of_result();
}

/* --- the other services --- */

static u8 parameters(struct frame *f)
{
    u8 type = drive_type(f->dl);
    static const u8 last_cylinder[] ROM_DATA = { 0, 39, 79, 79, 79, 79 }, sectors[] ROM_DATA = { 0, 9, 15, 9, 18, 36 };

    f->ax = f->bx = f->cx = 0;
    f->dx = (u16)((BDA->equipment & 1 ? (BDA->equipment >> 6 & 3) + 1 : 0));
    if (!type || type >= ARRAY_COUNT(sectors)) {
        f->es = f->di = 0;
        return OK;
    }
    f->bl = type;
    f->ch = rom8(&last_cylinder[type]);
    f->cl = rom8(&sectors[type]);
    f->dh = 1;
    f->es = far16(0, 0x7a);
    f->di = far16(0, 0x78);
    return OK;
}

/* 17h: 1 360K in 360K, 2 360K in 1.2M, 3 1.2M in 1.2M, 4 720K in 720K. */
static u8 set_type(struct frame *f)
{
    static const u8 states[] ROM_DATA = { 0, RATE_250 | 3, RATE_300 | DOUBLE_STEP | 4, RATE_500 | 5, RATE_250 | 7 };

    if (!f->al || f->al >= ARRAY_COUNT(states)) return BAD_COMMAND;
    select(f->dl, false);
    u8 status = specify() ? check_change(f->dl) : TIMEOUT;
    if (status && status != MEDIA_CHANGED) return status;
    BDA->media_state[f->dl] = rom8(&states[f->al]) | ESTABLISHED;
    return OK;
}

/* 18h: cylinders and sectors of the disk to come; ES:DI the table to use with it. */
static u8 set_media(struct frame *f)
{
    u8 type = drive_type(f->dl), sectors = f->cl & 63;
    u16 last = (u16)(f->ch | (f->cl & 0xc0) << 2);

    for (unsigned i = 0; i < ARRAY_COUNT(media); i++) {
        u8 state = rom8(&media[i].state);
        bool forty = rom8(&media[i].type) == TYPE_360K || state & DOUBLE_STEP;
        if (rom8(&media[i].type) != type || rom8(&media[i].sectors) != sectors || last != (forty ? 39 : 79)) continue;
        select(f->dl, false);
        u8 status = specify() ? check_change(f->dl) : TIMEOUT;
        if (status && status != MEDIA_CHANGED) return status;
        BDA->media_state[f->dl] = state | ESTABLISHED;
        f->es = far16(0, 0x7a);
        f->di = far16(0, 0x78);
        return OK;
    }
    return UNKNOWN_MEDIA;
}

static u8 kind(struct frame *f)
{
    u8 type = drive_type(f->dl);
    f->ah = (u8)(type == 0 ? 0 : type == TYPE_360K ? 1 : 2);
    return OK;
}

static u8 change_line(struct frame *f)
{
    if (drive_type(f->dl) == TYPE_360K) return MEDIA_CHANGED;
    select(f->dl, false);
    return inb(DIR) & CHANGED ? MEDIA_CHANGED : OK;
}

void floppy_service(struct frame *f)
{
    u8 service = f->ah, status = OK;

    sti();
    if (service == 0x15) {
        kind(f);
        set_carry(f, false);
        return;
    }
    if (service == 1) status = BDA->floppy_status;
    else if (service == 8) status = f->dl > 1 ? BAD_COMMAND : parameters(f);
    else if (service == 0 && f->dl < 2) status = reset() ? OK : CONTROLLER;
    else if (f->dl > 1 || !drive_type(f->dl)) status = service > 5 && service < 0x15 ? BAD_COMMAND : TIMEOUT;
    else switch (service) {
        case 2: case 3: case 4: status = transfer(f); break;
        case 5: status = format_track(f); break;
        case 0x16: status = change_line(f); break;
        case 0x17: status = set_type(f); break;
        case 0x18: status = set_media(f); break;
        default: status = BAD_COMMAND; break;
    }
    if (status == TIMEOUT) EBDA->floppy_specified = 0;
    BDA->motor_ticks = parameter(2);
    BDA->floppy_status = status;
    f->ah = status;
    set_carry(f, status);
}

void floppy_post(void)
{
    BDA->floppy_info = 0x77;
    if (!drive_type(0) && !drive_type(1)) return;
    outb(0x21, inb(0x21) & (u8)~0x40);
    if (!reset()) say(T("Floppy controller error\n"));
}
