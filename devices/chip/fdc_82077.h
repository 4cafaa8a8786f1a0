#ifndef ORRERY_CHIP_FDC_82077_H
#define ORRERY_CHIP_FDC_82077_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/storage/disk_image.h"
#include "devices/storage/floppy_format.h"

enum { FDC_DRIVES = 2, FDC_UNITS = 4, FDC_CYLINDERS = 84, FDC_MARKS = FDC_DRIVES * FDC_CYLINDERS * 2, FDC_FIFO = 16 };

#define FDC_82077_STATE(ONE, MANY) \
    /*    type  name              unit     min         max  meaning                                          */ \
    ONE (u8,   dor,               "bits",    0,       0xff, "digital output register: motors, DMA gate, -RESET, select") \
    ONE (u8,   tdr,               "bits",    0,          3, "tape drive register")                              \
    ONE (u8,   dsr,               "bits",    0,       0x7c, "data rate select register without its rate")       \
    ONE (u8,   rate,              "code",    0,          3, "data rate, from DSR or CCR: 500, 300, 250, 1000 kbit/s") \
    ONE (u8,   phase,             "",        0,          2, "0 command, 1 execution, 2 result")                 \
    MANY(u8,   command, 9,        "",        0,       0xff, "bytes of the command as written")                  \
    ONE (u8,   command_size,      "bytes",   0,          9, "bytes of the command so far")                      \
    MANY(u8,   result, 10,        "",        0,       0xff, "bytes of the result phase")                        \
    ONE (u8,   result_size,       "bytes",   0,         10, "bytes the result has")                             \
    ONE (u8,   result_at,         "bytes",   0,         10, "bytes of the result already read")                 \
    ONE (bool, result_interrupt,  "",        0,          1, "INT: the execution phase ended, no result byte was read") \
    ONE (bool, sense_interrupt,   "",        0,          1, "INT: drive status changed or a seek ended")        \
    MANY(u8,   sense, FDC_UNITS,  "ST0",     0,       0xff, "what SENSE INTERRUPT STATUS has to tell of each drive; 0 nothing") \
    MANY(u8,   pcn, FDC_UNITS,    "cylinder", 0,      0xff, "present cylinder numbers")                         \
    ONE (u8,   srt_hut,           "bits",    0,       0xff, "SPECIFY: step rate and head unload time")          \
    ONE (u8,   hlt_nd,            "bits",    0,       0xff, "SPECIFY: head load time and non-DMA mode")         \
    ONE (u8,   config,            "bits",    0,       0x7f, "CONFIGURE: EIS EFIFO POLL FIFOTHR")                \
    ONE (u8,   pretrk,            "cylinder", 0,      0xff, "CONFIGURE: start of write precompensation")        \
    ONE (u8,   perpendicular,     "bits",    0,       0x3f, "PERPENDICULAR MODE: D3..D0 GAP WGATE")             \
    ONE (bool, locked,            "",        0,          1, "LOCK: a software reset leaves FIFO settings alone") \
    ONE (u8,   sc_eot,            "",        0,       0xff, "last EOT or SC, as DUMPREG shows it")              \
    ONE (u8,   step,              "",        0,         10, "step of the execution phase, enum fdc_step")       \
    ONE (u8,   c,                 "",        0,       0xff, "cylinder of the ID looked for")                    \
    ONE (u8,   h,                 "",        0,       0xff, "head of the ID looked for")                        \
    ONE (u8,   r,                 "",        0,       0xff, "sector of the ID looked for")                      \
    ONE (u8,   hds,               "",        0,          1, "head selected")                                    \
    ONE (u8,   st1,               "bits",    0,       0xff, "status register 1 so far")                         \
    ONE (u8,   st2,               "bits",    0,       0xff, "status register 2 so far")                         \
    ONE (u8,   end_st0,           "bits",    0,       0xff, "ST0 to end with when the host has emptied the FIFO") \
    ONE (u16,  sectors_done,      "sectors", 0,     0xffff, "sectors this command has finished with")           \
    ONE (bool, terminal_count,    "",        0,          1, "TC came during this command")                      \
    ONE (u64,  formatted,         "bits",    0, UINT64_MAX, "FORMAT TRACK: bit n: sector n+1 has been laid down") \
    MANY(u8,   sector, SECTOR_BYTES, "",     0,       0xff, "sector, or ID field while formatting, on its way") \
    ONE (u16,  sector_at,         "bytes",   0, SECTOR_BYTES, "bytes of sector[] that have passed the head")    \
    ONE (u16,  sector_size,       "bytes",   0, SECTOR_BYTES, "bytes of sector[] to pass")                      \
    MANY(u8,   fifo, FDC_FIFO,    "",        0,       0xff, "data FIFO of the non-DMA mode")                    \
    ONE (u32,  fifo_head,         "",        0, FDC_FIFO - 1, "next byte to leave the FIFO")                    \
    ONE (u32,  fifo_used,         "bytes",   0,   FDC_FIFO, "bytes in the FIFO")                                \
    ONE (bool, fifo_request,      "",        0,          1, "RQM of the execution phase: the FIFO wants the host") \
    ONE (u64,  field_cycle,       "byte times", 0, UINT64_MAX, "disk's byte clock at which sector[] began")     \
    ONE (u64,  head_loaded_until, "tick",    0, UINT64_MAX, "head unload time of SPECIFY ends")                 \
    MANY(u8,   steps_left, FDC_UNITS, "pulses", 0,    0xff, "step pulses a seek still needs")                   \
    MANY(u8,   seek, FDC_UNITS,   "",        0,          3, "0 none, 1 out, 2 in, 3 recalibrate")               \
    MANY(u8,   seek_head, FDC_UNITS, "",     0,          1, "HDS of the seek, for its ST0")                     \
    MANY(u8,   drive_type, FDC_DRIVES, "CMOS code", 0,   5, "drives connected; 0 none")                         \
    MANY(u8,   head_at, FDC_DRIVES, "cylinder", 0, FDC_CYLINDERS - 1, "where the heads really stand")           \
    MANY(bool, changed, FDC_DRIVES, "",      0,          1, "drive's disk change latch")                        \
    MANY(u8,   format, FDC_DRIVES, "",       0,         32, "format of the medium by number; 0 no medium")      \
    MANY(bool, write_protected, FDC_DRIVES, "", 0,       1, "write protect tab of the medium")                  \
    MANY(u64,  marks, FDC_MARKS,  "bits",    0, UINT64_MAX, "per track: bit n: sector n+1 has a deleted data mark; bit 63: foreign format") \
    ONE (event, work,             "tick",    0, UINT64_MAX, "next step of the execution phase")                 \
    ONE (event, poll,             "tick",    0, UINT64_MAX, "drive polling after a reset")                      \
    MANY(event, pulse, FDC_UNITS, "tick",    0, UINT64_MAX, "next step pulse of a seek, or its end")

struct fdc_82077 {
    STATE_MEMBERS(FDC_82077_STATE)
    struct clock *clock;
    struct line *irq;
    struct dma_wire dma;
    struct disk_image *image[FDC_DRIVES];                                           /* belong to the board */
    struct fdc_82077_unit { struct fdc_82077 *fdc; unsigned n; } unit[FDC_UNITS];   /* wire: whose pulse it is */
    bool forgiving;              /* strapped: media are found at any data rate, the heads go to the cylinder a command names,
                                  * and the sector wanted is the next to come.  No drive does that; Bochs's BIOS neither
                                  * sets rates and step times nor seeks, and would wait a turn for every sector. */
};

extern const struct state_layout fdc_82077_state;

void fdc_82077_init(struct fdc_82077 *f, struct clock *clock, struct line *irq, struct dma_wire dma);
void fdc_82077_attach(struct fdc_82077 *f, unsigned drive, enum floppy_drive type);    /* a drive without a medium */
void fdc_82077_reset(struct fdc_82077 *f);                                      /* the RESET pin */

/* reg 2 DOR, 3 TDR, 4 MSR (read) DSR (write), 5 data, 7 DIR (read) CCR (write); 0, 1 and 6 are not driven: ones. */
u8 fdc_82077_read(void *chip, unsigned reg);
void fdc_82077_write(void *chip, unsigned reg, u8 value);

/* The image stays the board's; a medium that was in is replaced (eject it first to close its image).
 * False when there is no such drive, or the image has no format that fits it (floppy_format_fits). */
bool fdc_82077_insert(struct fdc_82077 *f, unsigned drive, struct disk_image *image, bool write_protected);
struct disk_image *fdc_82077_eject(struct fdc_82077 *f, unsigned drive);        /* the image that was in, or NULL */

bool fdc_82077_motor(const struct fdc_82077 *f, unsigned drive);                /* for a light on the case */
const char *fdc_82077_invariant(const struct fdc_82077 *f);

#endif
