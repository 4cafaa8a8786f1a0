#ifndef ORRERY_CHIP_OPL3_PARTS_H
#define ORRERY_CHIP_OPL3_PARTS_H
/* What the files of the YMF262 share: opl3_ymf262.c registers and timers, opl3_synthesis.c sound. */
#include "devices/chip/opl3_ymf262.h"

enum { ARRAY_1 = 0x100 };
/* Registers, of array 0 unless they say.  20h to 95h and E0h to F5h are per operator, A0h to C8h per channel. */
enum { R_TIMER_1 = 0x02, R_TIMER_2 = 0x03, R_TIMER_CONTROL = 0x04, R_CONNECTION = 0x104, R_NEW = 0x105, R_NOTE_SELECT = 0x08, R_FLAGS = 0x20, R_LEVEL = 0x40, R_ATTACK_DECAY = 0x60,
       R_SUSTAIN_RELEASE = 0x80, R_FREQUENCY = 0xa0, R_BLOCK = 0xb0, R_RHYTHM = 0xbd, R_FEEDBACK = 0xc0, R_WAVEFORM = 0xe0 };
enum { BLOCK_KON = 0x20, RHYTHM_DAM = 0x80, RHYTHM_DVB = 0x40, RHYTHM_RYT = 0x20, NOTE_SEL = 0x40, FLAGS_AM = 0x80, FLAGS_VIB = 0x40, FLAGS_EGT = 0x20, FLAGS_KSR = 0x10 };

static inline bool opl3_new(const struct opl3_ymf262 *o) { return o->reg[R_NEW] & 1; }
static inline bool opl3_rhythm(const struct opl3_ymf262 *o) { return o->reg[R_RHYTHM] & RHYTHM_RYT; }

/* Channel c's first operator; its second one is three further.  Offset of an operator's and a channel's registers. */
static inline unsigned opl3_first(unsigned channel) { return channel / 9 * 18 + channel % 9 / 3 * 6 + channel % 3; }
static inline unsigned opl3_channel_of(unsigned n) { return n / 18 * 9 + n % 18 / 6 * 3 + n % 3; }
static inline unsigned opl3_operator_at(unsigned n) { return n / 18 * ARRAY_1 + n % 18 / 6 * 8 + n % 6; }
static inline unsigned opl3_channel_at(unsigned channel) { return channel / 9 * ARRAY_1 + channel % 9; }

/* opl3_synthesis.c */
unsigned opl3_tuned_by(const struct opl3_ymf262 *o, unsigned n);  /* the channel registers with its F-number and key */
void opl3_derive_operator(struct opl3_ymf262 *o, unsigned n);
void opl3_key(struct opl3_ymf262 *o, unsigned n, u8 key, bool down);
bool opl3_sounds(const struct opl3_ymf262 *o);                   /* any operator */
void opl3_sample(struct opl3_ymf262 *o, s32 *left, s32 *right);

#endif
