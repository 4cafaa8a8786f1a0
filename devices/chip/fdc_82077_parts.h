#ifndef ORRERY_CHIP_FDC_82077_PARTS_H
#define ORRERY_CHIP_FDC_82077_PARTS_H
/* What the three files of the floppy controller share: registers and commands (fdc_82077.c), drives
 * (fdc_82077_drive.c), the execution phase of commands that touch the disk (fdc_82077_execute.c). */
#include "cpu/base/bits.h"
#include "devices/chip/fdc_82077.h"

enum { PHASE_COMMAND, PHASE_EXECUTION, PHASE_RESULT };
enum { DOR_DMAGATE = 8, DOR_NOT_RESET = 4, CONFIG_EIS = 0x40, CONFIG_EFIFO = 0x20, CONFIG_POLL = 0x10, HLT_ND_NON_DMA = 1 };
enum { COMMAND_MT = 0x80, COMMAND_MFM = 0x40, COMMAND_SK = 0x20 };
enum { ST0_ABNORMAL = 0x40, ST0_INVALID = 0x80, ST0_READY_CHANGED = 0xc0, ST0_SE = 0x20, ST0_EC = 0x10 };
enum { ST1_EN = 0x80, ST1_DE = 0x20, ST1_OR = 0x10, ST1_ND = 4, ST1_NW = 2, ST1_MA = 1 };
enum { ST2_CM = 0x40, ST2_DD = 0x20, ST2_WC = 0x10, ST2_SH = 8, ST2_SN = 4 };

/* Operation codes without MT, MFM and SK. */
enum { READ_TRACK = 2, WRITE_DATA = 5, READ_DATA = 6, WRITE_DELETED = 9, READ_ID = 10, READ_DELETED = 12, FORMAT_TRACK = 13,
       SCAN_EQUAL = 0x11, VERIFY = 0x16, SCAN_LOW_OR_EQUAL = 0x19, SCAN_HIGH_OR_EQUAL = 0x1d };

/* Steps of the execution phase. */
enum fdc_step {
    STEP_NONE,
    STEP_SEEK,           /* implied seek */
    STEP_HEAD,           /* head load time */
    STEP_INDEX,          /* waits for the index hole */
    STEP_ID,             /* waits for the ID field looked for */
    STEP_NO_ID,          /* waits for the second index hole: the ID is not on this track */
    STEP_SECTOR,         /* the data field passes */
    STEP_FORMAT,         /* sectors are laid down, and the gap up to the index hole */
    STEP_DRAIN,          /* the host empties the FIFO */
    STEP_SECTOR_AGAIN,   /* the sector has passed, and whoever keeps the image could not store or read it */
    STEP_FORMAT_AGAIN    /* the same of a sector that was laid down */
};

static inline u8 fdc_opcode(const struct fdc_82077 *f) { return f->command[0] & 0x1f; }
static inline unsigned fdc_unit(const struct fdc_82077 *f) { return f->command[1] & 3; }
static inline bool fdc_non_dma(const struct fdc_82077 *f) { return f->hlt_nd & HLT_ND_NON_DMA; }

/* --- fdc_82077.c --- */
void fdc_update(struct fdc_82077 *f);                    /* INT from state */
void fdc_give_result(struct fdc_82077 *f, const u8 *bytes, unsigned size);
u64 fdc_unit_ns(const struct fdc_82077 *f);              /* 1 ms at 500 kbit/s: what SRT, HLT and HUT count in */

/* --- fdc_82077_drive.c --- */
enum seek { SEEK_NONE, SEEK_OUT, SEEK_IN, SEEK_RECALIBRATE };

/* What turns under the selected head. */
struct track {
    bool turns;                          /* a medium is in and its motor runs */
    bool stored;                         /* the image has a place for this track */
    bool listened;                       /* the command listens, or writes, at the medium's rate and in its code */
    bool legible;                        /* both, and ID fields of the image's format are there */
    unsigned drive;                      /* valid when turns */
    const struct floppy_format *format;
    struct floppy_spin spin;
    u8 cylinder, head;                   /* of the medium */
    u64 *marks;
};
struct track fdc_track(struct fdc_82077 *f);
struct rate fdc_byte_rate(const struct track *t);
bool fdc_selected(const struct fdc_82077 *f, unsigned *drive);
void fdc_start_seek(struct fdc_82077 *f, unsigned unit, enum seek direction, unsigned steps);
void fdc_stop_seeks(struct fdc_82077 *f);
void fdc_on_pulse(void *unit);
bool fdc_track_0(const struct fdc_82077 *f);
bool fdc_protected(const struct fdc_82077 *f);
bool fdc_change_line(const struct fdc_82077 *f);

/* --- fdc_82077_execute.c --- */
void fdc_execute(struct fdc_82077 *f);                   /* a command that touches the disk is complete */
void fdc_seek_arrived(struct fdc_82077 *f);              /* the implied seek has ended */
void fdc_turning_changed(struct fdc_82077 *f);           /* a motor, the selection or a medium changed */
void fdc_medium_gone(struct fdc_82077 *f);               /* out of the selected drive */
void fdc_on_work(void *fdc);
void fdc_fifo_write(struct fdc_82077 *f, u8 value);
u8 fdc_fifo_read(struct fdc_82077 *f);
bool fdc_to_host(const struct fdc_82077 *f);             /* the command moves data to the host */

#endif
