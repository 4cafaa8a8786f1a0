/* 82077AA floppy disk controller.                                               doc: fdc
 *   reg 2  DOR  motors 7..4, DMA gate 3, -RESET 2, drive 1..0      4  read MSR (RQM DIO NONDMA BUSY DRV3..0), write DSR
 *       5  FIFO: command, result bytes                              7  read DIR (bit 7 disk change), write CCR (rate)
 * Source: Intel 290166-007.  A sector moves by DMA in one piece when its last byte has passed under the head.
 * Not modelled: transfers without DMA (refused: abnormal termination), a wrong data rate, SCAN commands, copy protection (raw sectors only). */
#include "devices/chip/fdc_82077.h"

#include <string.h>

enum { PHASE_COMMAND, PHASE_EXECUTION, PHASE_RESULT, PHASE_RESET };
enum { DOR_NOT_RESET = 4, DOR_DMA = 8, MSR_RQM = 0x80, MSR_DIO = 0x40, MSR_BUSY = 0x10, ST0_ABNORMAL = 0x40, ST0_INVALID = 0x80,
       ST0_SEEK_END = 0x20, ST0_EQUIPMENT = 0x10, ST0_NOT_READY = 0x08, ST1_NO_DATA = 4, ST1_MISSING_AM = 1, ST1_NOT_WRITABLE = 2,
       ST1_END_OF_CYLINDER = 0x80, ST1_OVERRUN = 0x10 };
enum { SPECIFY = 0x03, SENSE_DRIVE = 0x04, WRITE_DATA = 0x05, READ_DATA = 0x06, RECALIBRATE = 0x07, SENSE_INTERRUPT = 0x08,
       WRITE_DELETED = 0x09, READ_ID = 0x0a, READ_DELETED = 0x0c, FORMAT_TRACK = 0x0d, DUMPREG = 0x0e, SEEK = 0x0f, VERSION = 0x10,
       PERPENDICULAR = 0x12, CONFIGURE = 0x13, LOCK = 0x14, VERIFY = 0x16, READ_TRACK = 0x02 };

#define STATE_OWNER struct fdc_82077
STATE_LAYOUT(fdc_82077_state, "fdc_82077", FDC_82077_STATE);

bool fdc_geometry_of_size(u64 bytes, struct fdc_geometry *g)
{
    static const struct { u16 kib; struct fdc_geometry g; } known[] = {
        { 160, { 40, 1, 8, 2 } },   { 180, { 40, 1, 9, 2 } },   { 320, { 40, 2, 8, 2 } },   { 360, { 40, 2, 9, 2 } },
        { 720, { 80, 2, 9, 2 } },   { 1200, { 80, 2, 15, 0 } }, { 1440, { 80, 2, 18, 0 } }, { 1680, { 80, 2, 21, 0 } },
        { 1722, { 82, 2, 21, 0 } }, { 2880, { 80, 2, 36, 3 } },
    };
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (bytes != known[i].kib * 1024u) continue;
        *g = known[i].g;
        return true;
    }
    return false;
}

static unsigned opcode(const struct fdc_82077 *f) { return f->command[0] & 0x1f; }
static unsigned drive(const struct fdc_82077 *f) { return f->command[1] & 3; }

static void set_interrupt(struct fdc_82077 *f, bool level)
{
    f->interrupt = level;
    line_set(f->irq, f->interrupt && f->dor & DOR_DMA);
}

static void to_command(struct fdc_82077 *f)
{
    f->phase = PHASE_COMMAND;
    f->command_used = f->result_size = f->result_read = 0;
}

static void to_result(struct fdc_82077 *f, const u8 *bytes, unsigned count, bool interrupt)
{
    memcpy(f->result, bytes, count);
    f->result_size = (u8)count;
    f->result_read = 0;
    f->phase = PHASE_RESULT;
    if (interrupt) set_interrupt(f, true);
}

static void after_ns(struct fdc_82077 *f, u64 nanoseconds)
{
    clock_at(f->clock, &f->step, clock_now(f->clock) + clock_ticks_of_ns(f->clock, nanoseconds));
}

/* --- media --- */

void fdc_82077_attach(struct fdc_82077 *f, unsigned n) { f->present[n & 3] = f->changed[n & 3] = true; }

void fdc_82077_insert(struct fdc_82077 *f, unsigned n, struct disk_image *medium, const struct fdc_geometry *g, bool write_protected)
{
    n &= 3;
    f->medium[n] = medium;
    f->geometry[n] = *g;
    f->write_protected[n] = write_protected || disk_image_read_only(medium);
    f->present[n] = f->changed[n] = true;
}

struct disk_image *fdc_82077_eject(struct fdc_82077 *f, unsigned n)
{
    struct disk_image *medium = f->medium[n & 3];
    f->medium[n & 3] = NULL;
    f->changed[n & 3] = true;
    return medium;
}

/* --- execution --- */

/* C H R N as they stand when a data command ends. */
static void end_data(struct fdc_82077 *f, u8 st0, u8 st1, u8 st2)
{
    u8 result[7] = { (u8)(st0 | f->head << 2 | drive(f)), st1, st2, f->track, f->head, f->sector, f->command[5] };
    to_result(f, result, sizeof result, true);
}

static bool on_medium(const struct fdc_82077 *f)
{
    const struct fdc_geometry *g = &f->geometry[drive(f)];
    /* A raw image can be read at any data rate; firmware that never sets one (Bochs's BIOS) counts on it. */
    return f->medium[drive(f)] && f->cylinder[drive(f)] < g->cylinders && f->head < g->heads;
}

/* Where the sector with the ID in work lies; false when the track has no such ID. */
static bool find_sector(const struct fdc_82077 *f, u64 *offset)
{
    const struct fdc_geometry *g = &f->geometry[drive(f)];

    if (f->track != f->cylinder[drive(f)] || f->sector < 1 || f->sector > g->sectors || f->command[5] != 2) return false;
    *offset = (((u64)f->track * g->heads + f->head) * g->sectors + f->sector - 1) * SECTOR_BYTES;
    return true;
}

/* A sector at 500 kb/s takes 10.7 ms with its gaps; slower media in proportion. */
static u64 sector_ns(const struct fdc_82077 *f)
{
    unsigned sectors = f->geometry[drive(f)].sectors;
    return 200000000ull / (sectors ? sectors : 18);
}

/* The ID of the next sector: MT goes on at head 1.  False at the end of the cylinder. */
static bool next_sector(struct fdc_82077 *f)
{
    if (f->sector != f->command[6]) {                /* EOT */
        f->sector++;
        return true;
    }
    f->sector = 1;
    if (f->command[0] & 0x80 && f->head == 0) {
        f->head = 1;
        return true;
    }
    if (f->command[0] & 0x80) f->head = 0;
    f->track++;
    return false;
}

/* Moves one sector; false with ST1 when it cannot. */
static bool move_sector(struct fdc_82077 *f, u64 offset, bool *tc, u8 *st1)
{
    struct disk_image *medium = f->medium[drive(f)];
    u8 bytes[SECTOR_BYTES] = { 0 };
    bool write = opcode(f) == WRITE_DATA || opcode(f) == WRITE_DELETED;

    *st1 = ST1_NO_DATA;
    *tc = opcode(f) == VERIFY && f->sector == f->command[6];
    if (opcode(f) == VERIFY) return disk_image_read(medium, offset / SECTOR_BYTES, 1, bytes);
    if (!write && !disk_image_read(medium, offset / SECTOR_BYTES, 1, bytes)) return false;
    unsigned moved = f->dma.transfer(f->dma.controller, f->dma.channel, bytes, sizeof bytes, !write, tc);
    if (moved < sizeof bytes && !*tc) {
        *st1 = ST1_OVERRUN;                          /* DMA did not answer in time */
        return false;
    }
    return !write || disk_image_write(medium, offset / SECTOR_BYTES, 1, bytes);
}

static void do_data(struct fdc_82077 *f)
{
    bool write = opcode(f) == WRITE_DATA || opcode(f) == WRITE_DELETED, tc;
    u64 offset;
    u8 st1;

    if (write && f->medium[drive(f)] && f->write_protected[drive(f)]) end_data(f, ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
    else if (!on_medium(f)) end_data(f, ST0_ABNORMAL, ST1_MISSING_AM, 0);
    else if (!find_sector(f, &offset)) end_data(f, ST0_ABNORMAL, ST1_NO_DATA, f->track != f->cylinder[drive(f)] ? 0x10 : 0);
    else if (!move_sector(f, offset, &tc, &st1)) end_data(f, ST0_ABNORMAL, st1, 0);
    else if (!next_sector(f) && !tc) end_data(f, ST0_ABNORMAL, ST1_END_OF_CYLINDER, 0);
    else if (tc) end_data(f, 0, 0, 0);
    else after_ns(f, sector_ns(f));
}

/* READ ID gives the next ID under the head: as the disk turns, by the clock. */
static void do_read_id(struct fdc_82077 *f)
{
    const struct fdc_geometry *g = &f->geometry[drive(f)];

    f->command[5] = 2;
    f->track = f->cylinder[drive(f)];
    if (!on_medium(f)) {
        end_data(f, ST0_ABNORMAL, ST1_MISSING_AM, 0);
        return;
    }
    f->sector = (u8)(clock_now(f->clock) / clock_ticks_of_ns(f->clock, sector_ns(f)) % g->sectors + 1);
    end_data(f, 0, 0, 0);
}

/* One sector's ID by DMA (C H R N), its data filled with the filler byte. */
static void do_format(struct fdc_82077 *f)
{
    u8 id[4], filler[SECTOR_BYTES];
    bool tc;
    u64 offset;

    if (f->medium[drive(f)] && f->write_protected[drive(f)]) {
        end_data(f, ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
        return;
    }
    if (!on_medium(f) || f->dma.transfer(f->dma.controller, f->dma.channel, id, sizeof id, false, &tc) < sizeof id) {
        end_data(f, ST0_ABNORMAL, ST1_OVERRUN, 0);
        return;
    }
    f->track = id[0];
    f->sector = id[2];
    f->command[5] = id[3];
    memset(filler, f->command[4], sizeof filler);
    if (find_sector(f, &offset) && !disk_image_write(f->medium[drive(f)], offset / SECTOR_BYTES, 1, filler)) {
        end_data(f, ST0_ABNORMAL, ST1_NO_DATA, 0);
        return;
    }
    if (--f->command[3] == 0 || tc) end_data(f, 0, 0, 0);
    else after_ns(f, sector_ns(f));
}

static void end_seek(struct fdc_82077 *f)
{
    unsigned n = drive(f);
    bool recalibrate = opcode(f) == RECALIBRATE;

    f->cylinder[n] = recalibrate ? 0 : f->command[2];
    if (f->medium[n]) f->changed[n] = false;         /* a step pulse with a medium clears the change line */
    f->sense_st0 = (u8)(ST0_SEEK_END | n | (recalibrate ? 0 : f->command[1] & 4));
    if (recalibrate && !f->present[n]) f->sense_st0 |= ST0_ABNORMAL | ST0_EQUIPMENT;
    f->sense_due = true;
    to_command(f);
    set_interrupt(f, true);
}

static void on_step(void *owner)
{
    struct fdc_82077 *f = owner;

    if (f->phase == PHASE_RESET) {                   /* out of reset: four drives changed their ready lines */
        to_command(f);
        f->reset_sense = 4;
        set_interrupt(f, true);
        return;
    }
    if (f->phase != PHASE_EXECUTION) return;
    switch (opcode(f)) {
    case RECALIBRATE: case SEEK: end_seek(f); break;
    case READ_ID: do_read_id(f); break;
    case FORMAT_TRACK: do_format(f); break;
    default: do_data(f);
    }
}

/* --- commands --- */

static void sense_interrupt(struct fdc_82077 *f)
{
    u8 invalid = ST0_INVALID, result[2];

    set_interrupt(f, false);
    if (f->reset_sense) {
        unsigned n = 4u - f->reset_sense--;
        result[0] = (u8)(0xc0 | n);
        result[1] = f->cylinder[n];
    } else if (f->sense_due) {
        f->sense_due = false;
        result[0] = f->sense_st0;
        result[1] = f->cylinder[f->sense_st0 & 3];
    } else {
        to_result(f, &invalid, 1, false);
        return;
    }
    to_result(f, result, 2, false);
}

static void sense_drive(struct fdc_82077 *f)
{
    unsigned n = drive(f);
    u8 st3 = (u8)((f->command[1] & 7) | 0x28 | (f->cylinder[n] == 0 && f->present[n] ? 0x10 : 0) | (f->write_protected[n] ? 0x40 : 0));
    to_result(f, &st3, 1, false);
}

static void dump_registers(struct fdc_82077 *f)
{
    u8 r[10] = { f->cylinder[0], f->cylinder[1], f->cylinder[2], f->cylinder[3], f->specify_1, f->specify_2, f->sector,
                 (u8)((f->locked ? 0x80 : 0) | (f->perpendicular & 0x7f)), f->configure, f->pretrack };
    to_result(f, r, sizeof r, false);
}

static void start_data(struct fdc_82077 *f)
{
    f->phase = PHASE_EXECUTION;
    f->track = f->command[2];
    f->head = f->command[1] >> 2 & 1;
    f->sector = f->command[4];
    if (f->specify_2 & 1 && opcode(f) != READ_ID && opcode(f) != VERIFY) {
        end_data(f, ST0_ABNORMAL, ST1_OVERRUN, 0);   /* non-DMA mode: see the plate */
        return;
    }
    /* Implied seek even with EIS = 0: firmware that never seeks (Bochs's BIOS) counts on it, no other can tell. */
    if (opcode(f) != READ_ID && opcode(f) != FORMAT_TRACK) f->cylinder[drive(f)] = f->command[2];
    after_ns(f, sector_ns(f));
}

static void start_seek(struct fdc_82077 *f)
{
    unsigned n = drive(f), to = opcode(f) == SEEK ? f->command[2] : 0;
    unsigned steps = f->cylinder[n] > to ? f->cylinder[n] - to : to - f->cylinder[n];

    f->phase = PHASE_EXECUTION;
    after_ns(f, 1000000ull * (16 - (f->specify_1 >> 4)) * (steps + 1));      /* SRT at 500 kb/s */
}

static void execute(struct fdc_82077 *f)
{
    u8 byte;

    switch (opcode(f)) {
    case SPECIFY: f->specify_1 = f->command[1]; f->specify_2 = f->command[2]; to_command(f); break;
    case SENSE_DRIVE: sense_drive(f); break;
    case SENSE_INTERRUPT: sense_interrupt(f); break;
    case RECALIBRATE: case SEEK: start_seek(f); break;
    case WRITE_DATA: case READ_DATA: case WRITE_DELETED: case READ_DELETED: case READ_ID: case VERIFY: case READ_TRACK: case FORMAT_TRACK:
        start_data(f);
        break;
    case DUMPREG: dump_registers(f); break;
    case VERSION: byte = 0x90; to_result(f, &byte, 1, false); break;
    case PERPENDICULAR: f->perpendicular = f->command[1]; to_command(f); break;
    case CONFIGURE: f->configure = f->command[2]; f->pretrack = f->command[3]; to_command(f); break;
    case LOCK: f->locked = f->command[0] & 0x80; byte = f->locked ? 0x10 : 0; to_result(f, &byte, 1, false); break;
    default: byte = ST0_INVALID; to_result(f, &byte, 1, false);
    }
}

/* Bytes of a command, its opcode included.  DS "Command Set/Descriptions". */
static unsigned command_bytes(u8 first)
{
    switch (first & 0x1f) {
    case SPECIFY: case SEEK: return 3;
    case SENSE_DRIVE: case RECALIBRATE: case READ_ID: case PERPENDICULAR: return 2;
    case WRITE_DATA: case READ_DATA: case WRITE_DELETED: case READ_DELETED: case VERIFY: case READ_TRACK: return 9;
    case FORMAT_TRACK: return 6;
    case CONFIGURE: return 4;
    default: return 1;
    }
}

/* --- registers --- */

static void software_reset(struct fdc_82077 *f)
{
    clock_cancel(f->clock, &f->step);
    to_command(f);
    f->sense_due = false;
    f->reset_sense = 0;
    if (!f->locked) f->configure = f->pretrack = 0;
    f->phase = PHASE_RESET;
    set_interrupt(f, false);
}

void fdc_82077_init(struct fdc_82077 *f, struct clock *clock, struct line *irq, struct dma_wire dma)
{
    *f = (struct fdc_82077){ .clock = clock, .irq = irq, .dma = dma, .phase = PHASE_RESET };
    clock_add(clock, &f->step, on_step, f);
}

void fdc_82077_reset(struct fdc_82077 *f)
{
    f->dor = 0;
    f->rate = 2;
    f->locked = false;
    software_reset(f);
}

static void write_dor(struct fdc_82077 *f, u8 value)
{
    bool was = f->dor & DOR_NOT_RESET, is = value & DOR_NOT_RESET;

    f->dor = value;
    if (!is) software_reset(f);
    else if (!was) after_ns(f, 100000);
    set_interrupt(f, f->interrupt);
}

static void write_fifo(struct fdc_82077 *f, u8 value)
{
    if (f->phase != PHASE_COMMAND || f->command_used >= FDC_FIFO) return;
    f->command[f->command_used++] = value;
    if (f->command_used >= command_bytes(f->command[0])) execute(f);
}

static u8 read_fifo(struct fdc_82077 *f)
{
    if (f->phase != PHASE_RESULT) return 0xff;
    if (f->result_read == 0) set_interrupt(f, false);
    u8 v = f->result[f->result_read++ & (FDC_FIFO - 1)];
    if (f->result_read >= f->result_size) to_command(f);
    return v;
}

static u8 status(const struct fdc_82077 *f)
{
    switch (f->phase) {
    case PHASE_COMMAND: return MSR_RQM | (f->command_used ? MSR_BUSY : 0);
    case PHASE_RESULT: return MSR_RQM | MSR_DIO | MSR_BUSY;
    case PHASE_EXECUTION: return opcode(f) == SEEK || opcode(f) == RECALIBRATE ? (u8)(1 << drive(f)) : MSR_BUSY;
    default: return 0;
    }
}

u8 fdc_82077_read(void *chip, unsigned reg)
{
    struct fdc_82077 *f = chip;

    switch (reg) {
    case 2: return f->dor;
    case 3: return 0x20;                             /* TDR: no tape */
    case 4: return status(f);
    case 5: return read_fifo(f);
    case 7: return f->dor & (0x10 << (f->dor & 3)) && f->changed[f->dor & 3] ? 0x80 : 0;
    default: return 0xff;
    }
}

void fdc_82077_write(void *chip, unsigned reg, u8 value)
{
    struct fdc_82077 *f = chip;

    switch (reg) {
    case 2: write_dor(f, value); break;
    case 4:
        f->rate = value & 3;
        if (value & 0x80) {                          /* DSR software reset clears itself */
            software_reset(f);
            after_ns(f, 100000);
        }
        break;
    case 5: write_fifo(f, value); break;
    case 7: f->rate = value & 3; break;
    default: break;
    }
}

const char *fdc_82077_invariant(const struct fdc_82077 *f)
{
    if (f->command_used > FDC_FIFO || f->result_size > FDC_FIFO || f->result_read > f->result_size) return "FIFO indices stay within it";
    if (f->phase > PHASE_RESET || f->head > 1 || f->rate > 3) return "phase, head and rate are within their ranges";
    return 0;
}
