/* 82077AA floppy disk controller, AT mode.                                      doc: fdc
 *   reg 2  DOR   MOTEN3..0 -DMAGATE -RESET DSEL1..0        reg 5  data: command, FIFO, result
 *   reg 3  TDR   tape select                               reg 7  read  DIR: DSKCHG in bit 7
 *   reg 4  read  MSR: RQM DIO NON_DMA CB DB3..0                   write CCR: data rate
 *          write DSR: S/W RESET, POWER DOWN, 0, PRECOMP2..0, DRATE1..0
 * A command has a command phase (bytes in), an execution phase (perhaps), a result phase (bytes out).
 * Source: Intel 290166.  Not modelled: PS/2 and Model 30 registers, tape, write precompensation, the media effects of PERPENDICULAR
 * MODE and gap lengths, interleave, marginal reads: a raw image has no flux.  In the DMA mode the bytes of a sector go over the
 * bus together, when the last of them has passed the head. */
#include "devices/chip/fdc_82077.h"

#include <string.h>

#include "cpu/base/ring.h"
#include "devices/chip/fdc_82077_parts.h"

enum { DSR_RESET = 0x80, DSR_POWER_DOWN = 0x40, DSR_PRECOMP = 0x1c };
enum { MSR_RQM = 0x80, MSR_DIO = 0x40, MSR_NON_DMA = 0x20, MSR_CB = 0x10 };
enum { POLL_NS = 250000, VERSION_82077 = 0x90 };

#define STATE_OWNER struct fdc_82077
STATE_LAYOUT_OF(fdc_82077_state, "fdc_82077", FDC_82077_STATE, fdc_82077_invariant);

/* --- pure functions of state --- */

static bool held(const struct fdc_82077 *f)
{
    return !(f->dor & DOR_NOT_RESET) || f->dsr & DSR_POWER_DOWN;
}

/* In AT mode -DMAGATE takes INT and DRQ off the bus. */
static bool interrupt(const struct fdc_82077 *f)
{
    bool serve = f->phase == PHASE_EXECUTION && fdc_non_dma(f) && f->fifo_request;
    return !held(f) && f->dor & DOR_DMAGATE && (f->result_interrupt || f->sense_interrupt || serve);
}

void fdc_update(struct fdc_82077 *f)
{
    line_set(f->irq, interrupt(f));
}

u64 fdc_unit_ns(const struct fdc_82077 *f)
{
    static const u32 unit_ns[] = { 1000000, 1666667, 2000000, 500000 };
    return unit_ns[f->rate & 3];
}

static u8 main_status(const struct fdc_82077 *f)
{
    u8 msr = 0;

    if (held(f)) return 0;
    for (unsigned n = 0; n < FDC_UNITS; n++)
        if (f->seek[n]) msr |= (u8)(1 << n);
    if (f->phase == PHASE_RESULT) return msr | MSR_RQM | MSR_DIO | MSR_CB;
    if (f->phase == PHASE_COMMAND) return (u8)(msr | MSR_RQM | (f->command_size ? MSR_CB : 0));
    msr |= MSR_CB;
    if (!fdc_non_dma(f)) return msr;
    return (u8)(msr | MSR_NON_DMA | (f->fifo_request ? MSR_RQM : 0) | (fdc_to_host(f) ? MSR_DIO : 0));
}

/* --- results --- */

static void end_command(struct fdc_82077 *f)
{
    f->phase = PHASE_COMMAND;
    f->command_size = 0;
    fdc_update(f);
}

void fdc_give_result(struct fdc_82077 *f, const u8 *bytes, unsigned size)
{
    size = size < sizeof f->result ? size : sizeof f->result;
    memcpy(f->result, bytes, size);
    f->result_size = (u8)size;
    f->result_at = 0;
    f->phase = PHASE_RESULT;
    fdc_update(f);
}

static void give_byte(struct fdc_82077 *f, u8 byte) { fdc_give_result(f, &byte, 1); }

/* --- commands without a disk --- */

static void invalid(struct fdc_82077 *f) { give_byte(f, ST0_INVALID); }
static void version(struct fdc_82077 *f) { give_byte(f, VERSION_82077); }

static void specify(struct fdc_82077 *f)
{
    f->srt_hut = f->command[1];
    f->hlt_nd = f->command[2];
    end_command(f);
}

/* DS "CONFIGURE".  Polling that is switched off before it was due does not happen. */
static void configure(struct fdc_82077 *f)
{
    f->config = f->command[2] & 0x7f;
    f->pretrk = f->command[3];
    if (f->config & CONFIG_POLL) clock_cancel(f->clock, &f->poll);
    end_command(f);
}

static void lock(struct fdc_82077 *f)
{
    f->locked = f->command[0] >> 7;
    give_byte(f, (u8)(f->locked << 4));
}

/* DS "PERPENDICULAR MODE": D3..D0 change only together with OW. */
static void perpendicular(struct fdc_82077 *f)
{
    u8 drives = f->command[1] & 0x80 ? f->command[1] & 0x3c : f->perpendicular & 0x3c;
    f->perpendicular = drives | (f->command[1] & 3);
    end_command(f);
}

static void dumpreg(struct fdc_82077 *f)
{
    u8 result[10] = { f->pcn[0], f->pcn[1], f->pcn[2], f->pcn[3], f->srt_hut, f->hlt_nd, f->sc_eot,
                      (u8)(f->locked << 7 | f->perpendicular), f->config, f->pretrk };
    fdc_give_result(f, result, sizeof result);
}

static void sense_drive(struct fdc_82077 *f)
{
    u8 st3 = (u8)(0x28 | (f->command[1] & 7));           /* bits 5 and 3 are always one */

    if (fdc_protected(f)) st3 |= 0x40;
    if (fdc_track_0(f)) st3 |= 0x10;
    give_byte(f, st3);
}

/* Drives are told of in their order.  INT falls with the first; it rises again when another drive's seek has ended. */
static void sense_interrupt(struct fdc_82077 *f)
{
    unsigned n = 0;
    bool more = false;

    while (n < FDC_UNITS && !f->sense[n]) n++;
    if (n == FDC_UNITS) {
        invalid(f);
        return;
    }
    u8 result[2] = { f->sense[n], f->pcn[n] };
    f->sense[n] = 0;
    for (n = 0; n < FDC_UNITS; n++) more |= f->sense[n] & ST0_SE;
    f->sense_interrupt = false;
    fdc_update(f);
    f->sense_interrupt = more;
    fdc_give_result(f, result, sizeof result);
}

static void recalibrate(struct fdc_82077 *f)
{
    f->seek_head[fdc_unit(f)] = 0;
    fdc_start_seek(f, fdc_unit(f), SEEK_RECALIBRATE, 79);
    end_command(f);
}

static void seek(struct fdc_82077 *f)
{
    u8 from = f->pcn[fdc_unit(f)], to = f->command[2];

    f->seek_head[fdc_unit(f)] = f->command[1] >> 2 & 1;
    if (to < from) fdc_start_seek(f, fdc_unit(f), SEEK_OUT, from - to);
    else fdc_start_seek(f, fdc_unit(f), SEEK_IN, to - from);
    end_command(f);
}

static void relative_seek(struct fdc_82077 *f)
{
    f->seek_head[fdc_unit(f)] = f->command[1] >> 2 & 1;
    fdc_start_seek(f, fdc_unit(f), f->command[0] & 0x40 ? SEEK_IN : SEEK_OUT, f->command[2]);
    end_command(f);
}

/* --- the command phase: DS "Command Set Summary" --- */

static const struct command {
    u8 mask, code, bytes;
    void (*start)(struct fdc_82077 *f);
} commands[] = {
    { 0x1f, READ_DATA,          9, fdc_execute },
    { 0x1f, READ_DELETED,       9, fdc_execute },
    { 0x3f, WRITE_DATA,         9, fdc_execute },
    { 0x3f, WRITE_DELETED,      9, fdc_execute },
    { 0x9f, READ_TRACK,         9, fdc_execute },
    { 0x1f, VERIFY,             9, fdc_execute },
    { 0xff, 0x10,               1, version },
    { 0xbf, FORMAT_TRACK,       6, fdc_execute },
    { 0x1f, SCAN_EQUAL,         9, fdc_execute },
    { 0x1f, SCAN_LOW_OR_EQUAL,  9, fdc_execute },
    { 0x1f, SCAN_HIGH_OR_EQUAL, 9, fdc_execute },
    { 0xff, 0x07,               2, recalibrate },
    { 0xff, 0x08,               1, sense_interrupt },
    { 0xff, 0x03,               3, specify },
    { 0xff, 0x04,               2, sense_drive },
    { 0xff, 0x13,               4, configure },
    { 0xff, 0x0f,               3, seek },
    { 0xbf, 0x8f,               3, relative_seek },
    { 0xff, 0x0e,               1, dumpreg },
    { 0xbf, READ_ID,            2, fdc_execute },
    { 0xff, 0x12,               2, perpendicular },
    { 0x7f, 0x14,               1, lock },
};

static const struct command *command_of(u8 code)
{
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if ((code & commands[i].mask) == commands[i].code) return &commands[i];
    return NULL;
}

static void command_byte(struct fdc_82077 *f, u8 value)
{
    f->command[f->command_size++] = value;
    const struct command *command = command_of(f->command[0]);
    if (!command) invalid(f);
    else if (f->command_size >= command->bytes) command->start(f);
}

static void data_write(struct fdc_82077 *f, u8 value)
{
    if (held(f)) return;
    if (f->phase == PHASE_EXECUTION) fdc_fifo_write(f, value);
    else if (f->phase == PHASE_COMMAND && f->command_size < sizeof f->command) command_byte(f, value);
}

static u8 data_read(struct fdc_82077 *f)
{
    if (held(f)) return 0;
    if (f->phase == PHASE_EXECUTION) return fdc_fifo_read(f);
    if (f->phase != PHASE_RESULT || f->result_at >= f->result_size) return 0;
    u8 value = f->result[f->result_at++];
    f->result_interrupt = false;
    if (f->result_at == f->result_size) end_command(f);
    else fdc_update(f);
    return value;
}

/* --- reset --- */

/* What any reset ends: the command, seeks, interrupts.  DS "Reset": registers of SPECIFY stay. */
static void stop_everything(struct fdc_82077 *f)
{
    clock_cancel(f->clock, &f->work);
    clock_cancel(f->clock, &f->poll);
    fdc_stop_seeks(f);
    f->phase = PHASE_COMMAND;
    f->step = STEP_NONE;
    f->command_size = f->result_size = f->result_at = 0;
    f->result_interrupt = f->sense_interrupt = f->fifo_request = false;
    f->fifo_head = f->fifo_used = 0;
    memset(f->sense, 0, sizeof f->sense);
    memset(f->pcn, 0, sizeof f->pcn);
}

/* Defaults: EIS off, FIFO off, polling on, threshold one byte.  DS "CONFIGURE", "LOCK", "PERPENDICULAR MODE". */
static void default_settings(struct fdc_82077 *f)
{
    if (f->locked) {
        f->config &= (u8)~(CONFIG_EIS | CONFIG_POLL);
    } else {
        f->config = CONFIG_EFIFO;
        f->pretrk = 0;
    }
    f->perpendicular &= 0x3c;
}

static void come_out_of_reset(struct fdc_82077 *f)
{
    clock_at(f->clock, &f->poll, clock_now(f->clock) + clock_ticks_of_ns(f->clock, POLL_NS));
}

/* DS "Polling": the first pass after a reset finds that every drive has changed its ready state. */
static void on_poll(void *owner)
{
    struct fdc_82077 *f = owner;

    for (unsigned n = 0; n < FDC_UNITS; n++) f->sense[n] = (u8)(ST0_READY_CHANGED | n);
    f->sense_interrupt = true;
    fdc_update(f);
}

static void write_dor(struct fdc_82077 *f, u8 value)
{
    u8 old = f->dor;

    f->dor = value;
    if (~value & old & DOR_NOT_RESET) {
        f->dsr &= (u8)~DSR_POWER_DOWN;
        stop_everything(f);
        default_settings(f);
    } else if (value & ~old & DOR_NOT_RESET) {
        come_out_of_reset(f);
    }
    fdc_turning_changed(f);
    fdc_update(f);
}

/* Power down ends with a reset only. */
static void write_dsr(struct fdc_82077 *f, u8 value)
{
    u8 down = value & DSR_RESET ? 0 : f->dsr & DSR_POWER_DOWN;

    f->rate = value & 3;
    f->dsr = (value & (DSR_POWER_DOWN | DSR_PRECOMP)) | down;
    if (value & (DSR_RESET | DSR_POWER_DOWN)) stop_everything(f);
    if (value & DSR_RESET) {
        default_settings(f);
        if (!held(f)) come_out_of_reset(f);
    }
    fdc_update(f);
}

void fdc_82077_write(void *chip, unsigned reg, u8 value)
{
    struct fdc_82077 *f = chip;

    switch (reg & 7) {
    case 2: write_dor(f, value); break;
    case 3: f->tdr = value & 3; break;
    case 4: write_dsr(f, value); break;
    case 5: data_write(f, value); break;
    case 7: f->rate = value & 3; break;
    default: break;
    }
}

u8 fdc_82077_read(void *chip, unsigned reg)
{
    struct fdc_82077 *f = chip;

    switch (reg & 7) {
    case 2: return f->dor;
    case 3: return f->tdr | 0xfc;
    case 4: return main_status(f);
    case 5: return data_read(f);
    case 7: return fdc_change_line(f) ? 0xff : 0x7f;
    default: return 0xff;
    }
}

void fdc_82077_reset(struct fdc_82077 *f)
{
    f->dor = f->tdr = f->dsr = 0;
    f->rate = FLOPPY_250K;
    f->srt_hut = f->hlt_nd = f->sc_eot = f->perpendicular = 0;
    f->locked = false;
    stop_everything(f);
    default_settings(f);
    fdc_update(f);
}

void fdc_82077_init(struct fdc_82077 *f, struct clock *clock, struct line *irq, struct dma_wire dma)
{
    *f = (struct fdc_82077){ .clock = clock, .irq = irq, .dma = dma };
    clock_add(clock, &f->work, fdc_on_work, f);
    clock_add(clock, &f->poll, on_poll, f);
    for (unsigned n = 0; n < FDC_UNITS; n++) {
        f->unit[n] = (struct fdc_82077_unit){ f, n };
        clock_add(clock, &f->pulse[n], fdc_on_pulse, &f->unit[n]);
    }
    fdc_82077_reset(f);
}

const char *fdc_82077_invariant(const struct fdc_82077 *f)
{
    if (state_out_of_range(&fdc_82077_state, f)) return "every field is in the range its list gives";
    if (f->result_at > f->result_size) return "no more result bytes are read than there are";
    if (f->sector_at > f->sector_size) return "no more bytes of a sector pass than it has";
    if (f->phase == PHASE_EXECUTION && !f->step) return "the execution phase is at some step";
    if (f->phase == PHASE_RESULT && f->result_at == f->result_size) return "a result phase has bytes left";
    if (held(f) && f->phase != PHASE_COMMAND) return "a controller in reset runs no command";
    for (unsigned n = 0; n < FDC_DRIVES; n++) {
        if (f->format[n] && !floppy_format_at(f->format[n])) return "a medium has a known format";
        if (f->format[n] && !f->image[n]) return "a medium has an image";
        if (f->format[n] && !f->drive_type[n]) return "a medium is in a drive";
    }
    return NULL;
}
