#ifndef ORRERY_CHIP_FDC_82077_H
#define ORRERY_CHIP_FDC_82077_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/storage/disk_geometry.h"

enum { FDC_DRIVES = 2, FDC_CYLINDERS = 84, FDC_MARKS = FDC_DRIVES * FDC_CYLINDERS * 2 };

#define FDC_82077_STATE(ONE, MANY) \
    /*    type  name              unit     min         max  meaning                                          */ \
    ONE (u8,   dor,               "bits",    0,       0xff, "digital output register: motors, DMA gate, reset, select") \
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
    ONE (bool, poll_interrupt,    "",        0,          1, "INT: drive status changed or a seek ended")        \
    MANY(u8,   sense, 4,          "ST0",     0,       0xff, "what SENSE INTERRUPT STATUS has to tell of each drive; 0 nothing") \
    MANY(u8,   pcn, 4,            "cylinder", 0,      0xff, "present cylinder numbers")                         \
    ONE (u8,   srt_hut,           "bits",    0,       0xff, "SPECIFY: step rate and head unload time")          \
    ONE (u8,   hlt_nd,            "bits",    0,       0xff, "SPECIFY: head load time and non-DMA mode")         \
    ONE (u8,   config,            "bits",    0,       0x7f, "CONFIGURE: EIS EFIFO POLL FIFOTHR")                \
    ONE (u8,   pretrk,            "cylinder", 0,      0xff, "CONFIGURE: start of write precompensation")        \
    ONE (u8,   perpendicular,     "bits",    0,       0x3f, "PERPENDICULAR MODE: D3..D0 GAP WGATE")             \
    ONE (bool, locked,            "",        0,          1, "LOCK: a software reset leaves FIFO settings alone") \
    ONE (u8,   sc_eot,            "",        0,       0xff, "last EOT or SC, as DUMPREG shows it")              \
    ONE (u8,   step,              "",        0,          5, "step of the execution phase")                      \
    ONE (u8,   c,                 "",        0,       0xff, "cylinder of the ID looked for")                    \
    ONE (u8,   h,                 "",        0,       0xff, "head of the ID looked for")                        \
    ONE (u8,   r,                 "",        0,       0xff, "sector of the ID looked for")                      \
    ONE (u8,   hds,               "",        0,          1, "head selected")                                    \
    ONE (u8,   st1,               "bits",    0,       0xff, "status register 1 so far")                         \
    ONE (u8,   st2,               "bits",    0,       0xff, "status register 2 so far")                         \
    ONE (u16,  sectors_done,      "sectors", 0,     0xffff, "sectors this command has finished with")           \
    ONE (bool, terminal_count,    "",        0,          1, "TC came during this command")                      \
    ONE (bool, scan_hit,          "",        0,          1, "SCAN: bytes so far satisfy the condition")         \
    ONE (bool, scan_equal,        "",        0,          1, "SCAN: bytes so far are equal")                     \
    ONE (u8,   index_holes,       "",        0,          2, "index holes seen without the ID")                  \
    MANY(u8,   sector, 512,       "",        0,       0xff, "sector, or ID fields while formatting, on its way") \
    ONE (u16,  sector_at,         "bytes",   0,        512, "bytes of sector[] that have passed the head")      \
    ONE (u16,  sector_size,       "bytes",   0,        512, "bytes of sector[] to pass")                        \
    MANY(u8,   fifo, 16,          "",        0,       0xff, "data FIFO of the non-DMA mode")                    \
    ONE (u32,  fifo_head,         "",        0,         15, "next byte to leave the FIFO")                      \
    ONE (u32,  fifo_used,         "bytes",   0,         16, "bytes in the FIFO")                                \
    ONE (bool, fifo_request,      "",        0,          1, "RQM in the execution phase: the FIFO wants the host") \
    ONE (u64,  byte_cycle,        "byte time", 0, UINT64_MAX, "disk's byte clock at which sector[] began")      \
    ONE (u64,  head_loaded_until, "tick",    0, UINT64_MAX, "head unload time of SPECIFY ends")                 \
    MANY(u8,   steps_left, 4,     "pulses",  0,       0xff, "step pulses a seek still needs")                   \
    MANY(u8,   seek, 4,           "",        0,          3, "0 none, 1 out, 2 in, 3 recalibrate")               \
    MANY(u8,   drive_type, 2,     "CMOS code", 0,        5, "drives connected; 0 none")                         \
    MANY(u8,   head_at, 2,        "cylinder", 0,        83, "where the heads really stand")                     \
    MANY(bool, changed, 2,        "",        0,          1, "drive's disk change latch")                        \
    MANY(u8,   format, 2,         "",        0,         32, "format of the medium; 0 no medium")                \
    MANY(bool, write_protected, 2, "",       0,          1, "write protect tab of the medium")                  \
    MANY(u64,  marks, FDC_MARKS,  "bits",    0, UINT64_MAX, "per track: bit n: sector n+1 has a deleted data mark; bit 63: foreign format") \
    ONE (event, work,             "tick",    0, UINT64_MAX, "next step of the execution phase")                 \
    ONE (event, poll,             "tick",    0, UINT64_MAX, "drive polling after a reset")                      \
    MANY(event, pulse, 4,         "tick",    0, UINT64_MAX, "next step pulse of a seek")

struct fdc_82077 {
    STATE_MEMBERS(FDC_82077_STATE)
    struct clock *clock;
    struct line *irq;
    const struct dma_wire *dma;
    struct disk_image *image[FDC_DRIVES];                                   /* belong to the board */
    struct fdc_82077_drive { struct fdc_82077 *fdc; unsigned n; } owner[4]; /* wire: the drive a pulse belongs to */
};

extern const struct state_layout fdc_82077_state;

void fdc_82077_init(struct fdc_82077 *f, struct clock *clock, struct line *irq, const struct dma_wire *dma);
void fdc_82077_set_drive(struct fdc_82077 *f, unsigned drive, u8 type);     /* CMOS code, 0 = not there */
void fdc_82077_reset(struct fdc_82077 *f);                                  /* the RESET pin */

/* reg 2 DOR, 3 TDR, 4 MSR (read) DSR (write), 5 data, 7 DIR (read) CCR (write); 0, 1 and 6 are not driven: ones. */
u8 fdc_82077_read(void *chip, unsigned reg);
void fdc_82077_write(void *chip, unsigned reg, u8 value);

/* The image must have the size of a format and stays the board's.  An earlier medium is ejected first.
 * False when there is no such drive or no such format. */
bool fdc_82077_insert(struct fdc_82077 *f, unsigned drive, struct disk_image *image, bool write_protected);
struct disk_image *fdc_82077_eject(struct fdc_82077 *f, unsigned drive);    /* the image that was in, or NULL */

bool fdc_82077_motor(const struct fdc_82077 *f, unsigned drive);            /* for a light on the case */
const char *fdc_82077_invariant(const struct fdc_82077 *f);

#endif
