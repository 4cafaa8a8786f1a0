#ifndef ORRERY_CHIP_OPL3_YMF262_H
#define ORRERY_CHIP_OPL3_YMF262_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { OPL3_REGISTERS = 512, OPL3_OPERATORS = 36, OPL3_CHANNELS = 18, OPL3_SILENT = 511 };
enum { OPL3_ATTACK, OPL3_DECAY, OPL3_SUSTAIN, OPL3_RELEASE };
#define RATE_OPL3 ((struct rate){ 14318180, 288 })              /* samples: 49715.9 Hz */

#define OPL3_YMF262_STATE(ONE, MANY) \
    /*    type  name                     unit      min         max  meaning                                                         */ \
    MANY(u8,   reg, OPL3_REGISTERS,      "",         0,       0xff, "both register arrays as written")                                 \
    ONE (u16,  address,                  "",         0,      0x1ff, "register that the data port writes; bit 8: of array 1")           \
    ONE (u8,   flags,                    "bits",     0,       0x60, "FT1 and FT2 of the status register")                              \
    MANY(bool, counts, 2,                "",         0,          1, "timers that run: ST1, ST2")                                       \
    MANY(u64,  overflow, 2,              "sample",   0, UINT64_MAX, "when a running timer overflows next")                             \
    ONE (u64,  rendered,                 "sample",   0, UINT64_MAX, "samples of all time that have been made")                         \
    ONE (u32,  noise,                    "bits",     1,   0x7fffff, "shift register of the noise generator")                           \
    MANY(u32,  phase, OPL3_OPERATORS,    "",         0,    0x7ffff, "phase of each operator, 2^19 a period")                           \
    MANY(u16,  level, OPL3_OPERATORS,    "3/16 dB",  0, OPL3_SILENT, "attenuation by the envelope")                                    \
    MANY(u8,   stage, OPL3_OPERATORS,    "",         0,          3, "of the envelope: attack, decay, sustain, release")                \
    MANY(u8,   keys, OPL3_OPERATORS,     "bits",     0,          3, "keys that hold it down: bit 0 its channel's, bit 1 rhythm's")     \
    MANY(s16,  output, OPL3_OPERATORS,   "",     -4085,       4084, "last output")                                                     \
    MANY(s16,  before, OPL3_OPERATORS,   "",     -4085,       4084, "the output before that")

/* What the registers say of an operator. */
struct opl3_operator {
    u32 step;                    /* of the phase, a sample; without vibrato */
    u16 fixed_level;             /* total level and key scale level */
    u16 sustain_level;
    u8 multiple;                 /* twice the multiple of the frequency */
    u8 rate[4];                  /* by stage, with key scale rate: 0 to 63; 0 stands still */
    u8 waveform;
    bool tremolo, vibrato;
};

struct opl3_wires {
    struct clock *clock;
    struct sound_wire sound;
    void *board;
    void (*wake)(void *board);   /* something is to be heard: opl3_ymf262_render is wanted from time to time */
};

struct opl3_ymf262 {
    STATE_MEMBERS(OPL3_YMF262_STATE)
    struct opl3_wires wires;
    /* derived */
    struct opl3_operator operator[OPL3_OPERATORS];
};

extern const struct state_layout opl3_ymf262_state;

void opl3_ymf262_init(struct opl3_ymf262 *o, const struct opl3_wires *wires);
void opl3_ymf262_reset(struct opl3_ymf262 *o);
u8 opl3_ymf262_read(void *chip, unsigned reg);           /* reg A1 A0 */
void opl3_ymf262_write(void *chip, unsigned reg, u8 value);
bool opl3_ymf262_render(struct opl3_ymf262 *o);          /* up to now; false: silent until somebody presses a key */
void opl3_ymf262_derive(struct opl3_ymf262 *opl);        /* registers have been given other values */
const char *opl3_ymf262_invariant(const struct opl3_ymf262 *o);

#endif
