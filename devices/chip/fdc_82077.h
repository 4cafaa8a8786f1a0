#ifndef ORRERY_CHIP_FDC_82077_H
#define ORRERY_CHIP_FDC_82077_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/storage/disk_image.h"

enum { FDC_DRIVES = 4, FDC_FIFO = 16 };

#define FDC_82077_STATE(ONE, MANY) \
    /*    type  name                  unit     min         max  meaning                                            */ \
    ONE (u8,   dor,                   "bits",    0,       0xff, "digital output register: motors, DMA gate, -RESET, drive") \
    ONE (u8,   rate,                  "",        0,          3, "data rate: 500, 300, 250, 1000 kb/s")                \
    ONE (u8,   phase,                 "",        0,          3, "0 command, 1 execution, 2 result, 3 held in reset")    \
    MANY(u8,   command, FDC_FIFO,     "",        0,       0xff, "command bytes taken so far")                         \
    ONE (u8,   command_used,          "",        0,         16, "how many")                                           \
    MANY(u8,   result, FDC_FIFO,      "",        0,       0xff, "result bytes")                                       \
    ONE (u8,   result_size,           "",        0,         16, "how many there are")                                 \
    ONE (u8,   result_read,           "",        0,         16, "how many have been read")                            \
    ONE (bool, interrupt,             "",        0,          1, "INT pin")                                            \
    ONE (u8,   reset_sense,           "",        0,          4, "SENSE INTERRUPTs still due after a reset")            \
    ONE (u8,   sense_st0,             "bits",    0,       0xff, "ST0 of a seek that ended")                           \
    ONE (bool, sense_due,             "",        0,          1, "a seek ended, not yet sensed")                       \
    MANY(u8,   cylinder, FDC_DRIVES,  "",        0,       0xff, "PCN: where the controller believes the head is")      \
    MANY(bool, changed, FDC_DRIVES,   "",        0,          1, "disk change line")                                   \
    ONE (u8,   specify_1,             "bits",    0,       0xff, "SPECIFY: SRT, HUT")                                  \
    ONE (u8,   specify_2,             "bits",    0,       0xff, "SPECIFY: HLT, ND")                                   \
    ONE (u8,   configure,             "bits",    0,       0xff, "CONFIGURE: EIS EFIFO POLL FIFOTHR")                  \
    ONE (u8,   pretrack,              "",        0,       0xff, "CONFIGURE: precompensation start")                   \
    ONE (u8,   perpendicular,         "bits",    0,       0xff, "PERPENDICULAR MODE")                                 \
    ONE (bool, locked,                "",        0,          1, "LOCK: a software reset keeps CONFIGURE")             \
    ONE (u8,   sector,                "",        0,       0xff, "execution: sector in work, ID byte R")               \
    ONE (u8,   head,                  "",        0,          1, "execution: head in work")                            \
    ONE (u8,   track,                 "",        0,       0xff, "execution: cylinder in work, ID byte C")             \
    ONE (event, step,                 "tick",    0, UINT64_MAX, "the next thing the execution phase does")

struct fdc_geometry {
    u8 cylinders, heads, sectors;
    u8 rate;                     /* the data rate at which this medium can be read */
};

struct fdc_82077 {
    STATE_MEMBERS(FDC_82077_STATE)
    struct clock *clock;
    struct line *irq;
    struct dma_wire dma;
    struct disk_image *medium[FDC_DRIVES];
    struct fdc_geometry geometry[FDC_DRIVES];
    bool present[FDC_DRIVES], write_protected[FDC_DRIVES];
};

extern const struct state_layout fdc_82077_state;

void fdc_82077_init(struct fdc_82077 *f, struct clock *clock, struct line *irq, struct dma_wire dma);
void fdc_82077_reset(struct fdc_82077 *f);
/* Geometry of a raw image by its size; false when no floppy has that size. */
bool fdc_geometry_of_size(u64 bytes, struct fdc_geometry *g);
void fdc_82077_attach(struct fdc_82077 *f, unsigned drive);               /* a drive without a medium */
void fdc_82077_insert(struct fdc_82077 *f, unsigned drive, struct disk_image *medium, const struct fdc_geometry *g, bool write_protected);
struct disk_image *fdc_82077_eject(struct fdc_82077 *f, unsigned drive);  /* the medium, or NULL */
u8 fdc_82077_read(void *chip, unsigned reg);
void fdc_82077_write(void *chip, unsigned reg, u8 value);
const char *fdc_82077_invariant(const struct fdc_82077 *f);

#endif
