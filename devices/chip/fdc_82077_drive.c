/* The drives at the floppy controller: heads, motors, media, step pulses.       doc: fdc
 * The drive that hears step pulses and gives data is the one DOR selects; the drive number in a command chooses the
 * controller's own registers (PCN, ST0) only. */
#include "devices/chip/fdc_82077_parts.h"

#include <string.h>

enum { PARKED_AT = 1 };          /* cylinder under the heads at power-on: a RECALIBRATE has a step to make */
enum { NO_STEP_NS = 16000 };     /* a seek that has nothing to do */

#define MARK_FOREIGN (1ull << 63)

bool fdc_selected(const struct fdc_82077 *f, unsigned *drive)
{
    *drive = f->dor & 3;
    return *drive < FDC_DRIVES && f->drive_type[*drive];
}

bool fdc_82077_motor(const struct fdc_82077 *f, unsigned drive)
{
    return drive < FDC_DRIVES && f->drive_type[drive] && f->dor >> (4 + drive) & 1;
}

bool fdc_track_0(const struct fdc_82077 *f)
{
    unsigned drive;
    return fdc_selected(f, &drive) && f->head_at[drive] == 0;
}

bool fdc_protected(const struct fdc_82077 *f)
{
    unsigned drive;
    return fdc_selected(f, &drive) && f->format[drive] && f->write_protected[drive];
}

/* A 360 K drive has no disk change line. */
bool fdc_change_line(const struct fdc_82077 *f)
{
    unsigned drive;
    return fdc_selected(f, &drive) && f->drive_type[drive] != FLOPPY_DRIVE_360K && f->changed[drive];
}

struct rate fdc_byte_rate(const struct track *t) { return (struct rate){ t->spin.byte_hz, 1 }; }

struct track fdc_track(struct fdc_82077 *f)
{
    struct track t = { .head = f->hds };

    if (!fdc_selected(f, &t.drive)) return t;
    t.format = floppy_format_at(f->format[t.drive]);
    if (!t.format) return t;
    t.turns = fdc_82077_motor(f, t.drive);
    t.spin = floppy_spin(t.format, f->drive_type[t.drive]);
    t.cylinder = f->head_at[t.drive] / t.spin.steps;
    t.stored = f->head_at[t.drive] % t.spin.steps == 0 && t.cylinder < t.format->cylinders && t.head < t.format->heads;
    t.marks = &f->marks[(t.drive * FDC_CYLINDERS + t.cylinder) * 2 + t.head];
    t.listened = f->command[0] & COMMAND_MFM && (t.spin.rate == f->rate || f->forgiving);
    t.legible = t.stored && t.listened && !(*t.marks & MARK_FOREIGN);
    return t;
}

/* --- seeks --- */

/* DS "SPECIFY", step rate. */
static u64 step_ticks(const struct fdc_82077 *f)
{
    unsigned units = f->forgiving ? 1 : 16 - (f->srt_hut >> 4);
    return clock_ticks_of_ns(f->clock, units * fdc_unit_ns(f));
}

/* One step pulse.  It also resets the disk change latch of a drive that has a medium. */
static void step_heads(struct fdc_82077 *f, bool in)
{
    unsigned drive;

    if (!fdc_selected(f, &drive)) return;
    if (in && f->head_at[drive] + 1 < floppy_drive_reach(f->drive_type[drive])) f->head_at[drive]++;
    if (!in && f->head_at[drive]) f->head_at[drive]--;
    if (f->format[drive]) f->changed[drive] = false;
}

static void end_seek(struct fdc_82077 *f, unsigned n, u8 st0)
{
    f->seek[n] = SEEK_NONE;
    f->steps_left[n] = 0;
    if (f->phase == PHASE_EXECUTION && f->step == STEP_SEEK && fdc_unit(f) == n) {
        fdc_seek_arrived(f);
        return;
    }
    f->sense[n] = (u8)(st0 | f->seek_head[n] << 2 | n);
    f->sense_interrupt = true;
    fdc_update(f);
}

static void pulse(struct fdc_82077 *f, unsigned n)
{
    bool in = f->seek[n] == SEEK_IN;

    step_heads(f, in);
    if (f->seek[n] != SEEK_RECALIBRATE) f->pcn[n] = (u8)(f->pcn[n] + (in ? 1 : -1));
    f->steps_left[n]--;
    clock_at(f->clock, &f->pulse[n], clock_now(f->clock) + step_ticks(f));
}

/* A step time has passed.  DS "RECALIBRATE": track 0 within 79 pulses, or SE and EC are set. */
void fdc_on_pulse(void *owner)
{
    struct fdc_82077_unit *unit = owner;
    struct fdc_82077 *f = unit->fdc;
    unsigned n = unit->n;

    if (f->seek[n] == SEEK_NONE) return;
    bool recalibrate = f->seek[n] == SEEK_RECALIBRATE, home = recalibrate && fdc_track_0(f);
    if (f->steps_left[n] && !home) {
        pulse(f, n);
        return;
    }
    if (recalibrate) f->pcn[n] = 0;
    end_seek(f, n, recalibrate && !home ? ST0_ABNORMAL | ST0_SE | ST0_EC : ST0_SE);
}

void fdc_start_seek(struct fdc_82077 *f, unsigned unit, enum seek direction, unsigned steps)
{
    f->sense[unit] = 0;
    f->seek[unit] = direction;
    f->steps_left[unit] = (u8)steps;
    if (steps && !(direction == SEEK_RECALIBRATE && fdc_track_0(f))) pulse(f, unit);
    else clock_at(f->clock, &f->pulse[unit], clock_now(f->clock) + clock_ticks_of_ns(f->clock, NO_STEP_NS));
}

void fdc_stop_seeks(struct fdc_82077 *f)
{
    for (unsigned n = 0; n < FDC_UNITS; n++) {
        clock_cancel(f->clock, &f->pulse[n]);
        f->seek[n] = SEEK_NONE;
        f->steps_left[n] = 0;
    }
}

/* --- drives and media --- */

void fdc_82077_attach(struct fdc_82077 *f, unsigned drive, enum floppy_drive type)
{
    if (drive >= FDC_DRIVES || type >= FLOPPY_DRIVES) return;
    f->drive_type[drive] = (u8)type;
    f->head_at[drive] = PARKED_AT;
    f->changed[drive] = true;
}

bool fdc_82077_insert(struct fdc_82077 *f, unsigned drive, struct disk_image *image, bool write_protected)
{
    const struct floppy_format *format = floppy_format_of_size(disk_image_sectors(image) * SECTOR_BYTES);

    if (drive >= FDC_DRIVES || !format || !floppy_format_fits(format, f->drive_type[drive])) return false;
    fdc_82077_eject(f, drive);
    f->image[drive] = image;
    f->format[drive] = (u8)floppy_format_number(format);
    f->write_protected[drive] = write_protected || disk_image_read_only(image);
    fdc_turning_changed(f);
    return true;
}

struct disk_image *fdc_82077_eject(struct fdc_82077 *f, unsigned drive)
{
    unsigned selected;

    if (drive >= FDC_DRIVES || !f->format[drive]) return NULL;
    struct disk_image *image = f->image[drive];
    f->image[drive] = NULL;
    f->format[drive] = 0;
    f->write_protected[drive] = false;
    f->changed[drive] = true;
    memset(&f->marks[drive * FDC_CYLINDERS * 2], 0, FDC_CYLINDERS * 2 * sizeof f->marks[0]);
    if (fdc_selected(f, &selected) && selected == drive) fdc_medium_gone(f);
    return image;
}
