/* YMF262: from registers to samples.  Phase generator, envelope generator, operator, channel, rhythm, in the order in which a sample is made.
 * Levels are attenuations in 3/16 dB; a sine is looked up as a logarithm, levels are added to it, and the sum is raised to a power: the chip
 * has no multiplier. */
#include "devices/chip/opl3_parts.h"

#include "cpu/base/bits.h"

#include "devices/chip/opl3_tables.inc"

enum { KEY_LEVEL_UNITS = 2, SUSTAIN_STEP = 16, SUSTAIN_LOWEST = 31 * 16, INSTANT = 60, PERIOD = 1024, TREMOLO_STEPS = 210, TREMOLO_SAMPLES = 64, VIBRATO_SAMPLES = 1024 };
/* Operators of rhythm mode: both of the bass drum's channel, and two in each of the next channels. */
enum { BASS_CHANNEL = 6, HIGH_HAT = 13, TOM_TOM = 14, SNARE_DRUM = 16, TOP_CYMBAL = 17 };

/* --- registers to operators --- */

/* The second half of a four-operator channel goes by the first half's frequency and key.  "Connection Select" */
static bool is_second_half(const struct opl3_ymf262 *o, unsigned channel)
{
    unsigned within = channel % 9;
    return opl3_new(o) && within >= 3 && within < 6 && o->reg[R_CONNECTION] >> (channel / 9 * 3 + within - 3) & 1;
}

unsigned opl3_tuned_by(const struct opl3_ymf262 *o, unsigned n)
{
    unsigned channel = opl3_channel_of(n);
    return opl3_channel_at(is_second_half(o, channel) ? channel - 3 : channel);
}

/* "Key Scale Level": the row of octave 7 in 3/8 dB, by the F-number's upper four bits; an octave lower is 3 dB less. */
static unsigned key_scale_level(unsigned f_number, unsigned block, unsigned ksl)
{
    static const u8 octave_7[] = { 0, 24, 32, 37, 40, 43, 45, 47, 48, 50, 51, 52, 53, 54, 55, 56 };
    int level = octave_7[f_number >> 6] - 8 * (7 - (int)block);

    if (level <= 0 || !ksl) return 0;
    return (unsigned)(ksl == 1 ? level * KEY_LEVEL_UNITS : ksl == 2 ? level : 2 * level * KEY_LEVEL_UNITS);
}

/* "Actual Rate = Rate value * 4 + Rof"; a rate of 0 stands still. */
static u8 actual_rate(unsigned value, unsigned offset)
{
    unsigned rate = 4 * value + offset;
    return (u8)(!value ? 0 : rate < 63 ? rate : 63);
}

static u32 phase_step(unsigned f_number, unsigned block, unsigned multiple)
{
    return (f_number << block >> 1) * multiple >> 1;
}

void opl3_derive_operator(struct opl3_ymf262 *o, unsigned n)
{
    static const u8 twice_multiple[] = { 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20, 24, 24, 30, 30 };
    struct opl3_operator *op = &o->operator[n];
    unsigned at = opl3_operator_at(n), tuning = opl3_tuned_by(o, n);
    u8 flags = o->reg[R_FLAGS + at], level = o->reg[R_LEVEL + at], attack_decay = o->reg[R_ATTACK_DECAY + at], sustain_release = o->reg[R_SUSTAIN_RELEASE + at];
    u8 high = o->reg[R_BLOCK + tuning];
    unsigned f_number = o->reg[R_FREQUENCY + tuning] | (high & 3u) << 8, block = high >> 2 & 7;
    unsigned key_code = block << 1 | bit(f_number, o->reg[R_NOTE_SELECT] & NOTE_SEL ? 8 : 9), offset = key_code >> (flags & FLAGS_KSR ? 0 : 2);

    op->multiple = twice_multiple[flags & 15];
    op->step = phase_step(f_number, block, op->multiple);
    op->tremolo = flags & FLAGS_AM;
    op->vibrato = flags & FLAGS_VIB;
    op->fixed_level = (u16)((level & 63u) << 2) + (u16)key_scale_level(f_number, block, level >> 6);
    op->sustain_level = sustain_release >> 4 == 15 ? SUSTAIN_LOWEST : (u16)((sustain_release >> 4) * SUSTAIN_STEP);
    op->rate[OPL3_ATTACK] = actual_rate(attack_decay >> 4, offset);
    op->rate[OPL3_DECAY] = actual_rate(attack_decay & 15, offset);
    op->rate[OPL3_RELEASE] = actual_rate(sustain_release & 15, offset);
    op->rate[OPL3_SUSTAIN] = flags & FLAGS_EGT ? 0 : op->rate[OPL3_RELEASE];
    op->waveform = o->reg[R_WAVEFORM + at] & (opl3_new(o) ? 7 : 3);
}

void opl3_key(struct opl3_ymf262 *o, unsigned n, u8 key, bool down)
{
    u8 before = o->keys[n];

    o->keys[n] = down ? before | key : before & (u8)~key;
    if (!before && o->keys[n]) {
        o->stage[n] = OPL3_ATTACK;
        o->phase[n] = 0;
    }
    if (before && !o->keys[n]) o->stage[n] = OPL3_RELEASE;
}

static bool operator_sounds(const struct opl3_ymf262 *o, unsigned n)
{
    return o->level[n] < OPL3_SILENT || (o->stage[n] == OPL3_ATTACK && o->operator[n].rate[OPL3_ATTACK]);
}

/* Array 1 is not there without NEW. */
bool opl3_sounds(const struct opl3_ymf262 *o)
{
    for (unsigned n = 0; n < (opl3_new(o) ? OPL3_OPERATORS : OPL3_OPERATORS / 2); n++)
        if (operator_sounds(o, n)) return true;
    return false;
}

/* --- envelope generator --- */

/* Steps that a rate makes at a sample.  Rate 48 makes 4 in 8 samples, and 5, 6, 7 as its lower bits say; every 4 less is half as many. */
static unsigned steps_of(unsigned rate, u64 sample)
{
    static const u8 pattern[] = { 0xaa, 0xba, 0xee, 0xfe };              /* bit n: a step at sample n of 8 */
    unsigned octave = rate >> 2, steps = 0;

    if (octave == 15) return 4;
    if (octave <= 12) {
        unsigned slower = 12 - octave;
        return !(sample & ((1u << slower) - 1)) && pattern[rate & 3] >> (sample >> slower & 7) & 1;
    }
    unsigned faster = octave - 12;
    for (unsigned i = 0; i < 1u << faster; i++) steps += pattern[rate & 3] >> (((sample << faster) + i) & 7) & 1;
    return steps;
}

static void attack(struct opl3_ymf262 *o, unsigned n, unsigned rate)
{
    int level = o->level[n];

    level = rate >= INSTANT ? 0 : level + (~level * (int)steps_of(rate, o->rendered) >> 3);
    o->level[n] = (u16)(level > 0 ? level : 0);
    if (level <= 0) o->stage[n] = OPL3_DECAY;
}

static void envelope(struct opl3_ymf262 *o, unsigned n)
{
    if (o->stage[n] == OPL3_DECAY && o->level[n] >= o->operator[n].sustain_level) o->stage[n] = OPL3_SUSTAIN;
    unsigned rate = o->operator[n].rate[o->stage[n]];

    if (!rate) return;
    if (o->stage[n] == OPL3_ATTACK) {
        attack(o, n, rate);
        return;
    }
    unsigned level = o->level[n] + steps_of(rate, o->rendered);
    o->level[n] = (u16)(level < OPL3_SILENT ? level : OPL3_SILENT);
}

/* "Depth (AM-VIB/RHYTHM)": a triangle of 3.7 Hz, 1 or 4.8 dB. */
static unsigned tremolo(const struct opl3_ymf262 *o)
{
    unsigned at = (unsigned)(o->rendered / TREMOLO_SAMPLES % TREMOLO_STEPS), rising = at < TREMOLO_STEPS / 2 ? at : TREMOLO_STEPS - at;
    return rising >> (o->reg[R_RHYTHM] & RHYTHM_DAM ? 2 : 4);
}

static unsigned attenuation(const struct opl3_ymf262 *o, unsigned n)
{
    const struct opl3_operator *op = &o->operator[n];
    unsigned sum = o->level[n] + op->fixed_level + (op->tremolo ? tremolo(o) : 0u);
    return sum < OPL3_SILENT ? sum : OPL3_SILENT;
}

/* --- phase generator --- */

/* 6.1 Hz in eight places, 7 or 14 cents; as large as the F-number's upper three bits. */
static int vibrato(const struct opl3_ymf262 *o, unsigned f_number)
{
    unsigned place = o->rendered / VIBRATO_SAMPLES & 7;
    int delta = (int)(f_number >> 7);

    if (!(place & 3)) return 0;
    if (place & 1) delta >>= 1;
    if (!(o->reg[R_RHYTHM] & RHYTHM_DVB)) delta >>= 1;
    return place & 4 ? -delta : delta;
}

static void advance(struct opl3_ymf262 *o, unsigned n)
{
    u32 step = o->operator[n].step;

    if (o->operator[n].vibrato) {
        unsigned tuning = opl3_tuned_by(o, n), high = o->reg[R_BLOCK + tuning], f_number = o->reg[R_FREQUENCY + tuning] | (high & 3) << 8;
        step = phase_step((unsigned)((int)f_number + vibrato(o, f_number)), high >> 2 & 7, o->operator[n].multiple);
    }
    o->phase[n] = (o->phase[n] + step) & 0x7ffff;
}

static unsigned phase_of(const struct opl3_ymf262 *o, unsigned n) { return o->phase[n] >> 9; }

/* --- operator --- */

/* A quarter of the sine, there and back. */
static unsigned half_sine(unsigned phase) { return log_sin[phase & 256 ? 255 - (phase & 255) : phase & 255]; }

/* "Wave Select".  The logarithm of the waveform at a phase, in 1/256 of a halving; false where it is 0. */
static bool wave(unsigned form, unsigned phase, unsigned *logarithm, bool *negative)
{
    *negative = false;
    switch (form) {
    case 0: *negative = phase & 512; break;                                      /* sine */
    case 1: if (phase & 512) return false; break;                                /* its upper half */
    case 2: break;                                                               /* its magnitude */
    case 3: if (phase & 256) return false; break;                                /* the rising quarters of that */
    case 4: *negative = phase & 256; /* fall through */                          /* a period in the first half */
    case 5: if (phase & 512) return false; phase <<= 1; break;                   /* its magnitude */
    case 6: *negative = phase & 512; *logarithm = 0; return true;                /* square */
    default:                                                                     /* falls by half, and rises again below */
        *negative = phase & 512;
        *logarithm = (*negative ? 511 - (phase & 511) : phase) << 3;
        return true;
    }
    *logarithm = half_sine(phase);
    return true;
}

/* The power is of 12 bits; a negative one is its complement. */
static s16 operate(struct opl3_ymf262 *o, unsigned n, unsigned phase)
{
    unsigned logarithm, level = attenuation(o, n);
    bool negative;
    s16 out = 0;

    if (level < OPL3_SILENT && wave(o->operator[n].waveform, phase & (PERIOD - 1), &logarithm, &negative)) {
        logarithm += level << 3;
        out = (s16)(((power[~logarithm & 255] | 1024u) << 1) >> (logarithm >> 8));
        if (negative) out = (s16)~out;
    }
    o->before[n] = o->output[n];
    o->output[n] = out;
    return out;
}

/* "Feedback": the mean of the last two outputs, 0 or pi/16 to 4 pi. */
static int feedback(const struct opl3_ymf262 *o, unsigned channel, unsigned n)
{
    unsigned amount = o->reg[R_FEEDBACK + opl3_channel_at(channel)] >> 1 & 7;
    return amount ? (o->output[n] + o->before[n]) >> (9 - amount) : 0;
}

static s16 run_operator(struct opl3_ymf262 *o, unsigned n, int modulation)
{
    return operate(o, n, phase_of(o, n) + (unsigned)modulation);
}

/* --- channels --- */

static bool adds(const struct opl3_ymf262 *o, unsigned channel) { return o->reg[R_FEEDBACK + opl3_channel_at(channel)] & 1; }

static int two_operators(struct opl3_ymf262 *o, unsigned channel)
{
    unsigned first = opl3_first(channel);
    int one = run_operator(o, first, feedback(o, channel, first));

    return adds(o, channel) ? one + run_operator(o, first + 3, 0) : run_operator(o, first + 3, one);
}

/* "Algorithm": the CNT bits of both halves. */
static int four_operators(struct opl3_ymf262 *o, unsigned channel)
{
    unsigned first = opl3_first(channel), third = opl3_first(channel + 3);
    bool a = adds(o, channel), b = adds(o, channel + 3);
    int one = run_operator(o, first, feedback(o, channel, first));
    int two = run_operator(o, first + 3, a ? 0 : one);
    int three = run_operator(o, third, b && !a ? 0 : two);
    int four = run_operator(o, third + 3, a && b ? 0 : three);

    if (a) return b ? one + three + four : one + four;
    return b ? two + four : four;
}

/* Snare drum, high hat and cymbal take their phases from those of the high hat and the cymbal, and from noise. */
static int rhythm(struct opl3_ymf262 *o, unsigned channel)
{
    unsigned hat = phase_of(o, HIGH_HAT), cymbal = phase_of(o, TOP_CYMBAL), noise = o->noise & 1;
    unsigned metal = bit(hat, 2) != bit(hat, 7) || bit(hat, 3) != bit(cymbal, 5) || bit(cymbal, 3) != bit(cymbal, 5);

    if (channel == BASS_CHANNEL) {
        unsigned first = opl3_first(channel);
        int one = run_operator(o, first, feedback(o, channel, first));
        return 2 * run_operator(o, first + 3, adds(o, channel) ? 0 : one);
    }
    if (channel == BASS_CHANNEL + 1)
        return 2 * (operate(o, HIGH_HAT, metal << 9 | (metal ^ noise ? 0xd0 : 0x34)) + operate(o, SNARE_DRUM, (2u * bit(hat, 8) + (bit(hat, 8) ^ noise)) << 8));
    return 2 * (run_operator(o, TOM_TOM, 0) + operate(o, TOP_CYMBAL, metal << 9 | 0x80));
}

static int channel_output(struct opl3_ymf262 *o, unsigned channel)
{
    if (opl3_rhythm(o) && channel >= BASS_CHANNEL && channel < BASS_CHANNEL + 3) return rhythm(o, channel);
    if (is_second_half(o, channel)) return 0;
    return channel % 9 < 3 && is_second_half(o, channel + 3) ? four_operators(o, channel) : two_operators(o, channel);
}

/* "Stereo": CHA is left, CHB is right; both without NEW. */
static void mix(const struct opl3_ymf262 *o, unsigned channel, int out, s32 *left, s32 *right)
{
    u8 to = opl3_new(o) ? o->reg[R_FEEDBACK + opl3_channel_at(channel)] : 0x30;

    if (to & 0x10) *left += out;
    if (to & 0x20) *right += out;
}

static s32 clipped(s32 sample) { return sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample; }

static bool own_operators_sound(const struct opl3_ymf262 *o, unsigned channel)
{
    return operator_sounds(o, opl3_first(channel)) || operator_sounds(o, opl3_first(channel) + 3);
}

/* An operator of it, or one that goes with them, as a phase or as the other half. */
static bool channel_sounds(const struct opl3_ymf262 *o, unsigned channel)
{
    bool drums = opl3_rhythm(o) && channel >= BASS_CHANNEL && channel < BASS_CHANNEL + 3;

    if (drums) return own_operators_sound(o, BASS_CHANNEL) || own_operators_sound(o, BASS_CHANNEL + 1) || own_operators_sound(o, BASS_CHANNEL + 2);
    if (is_second_half(o, channel)) return own_operators_sound(o, channel) || own_operators_sound(o, channel - 3);
    return own_operators_sound(o, channel) || (channel % 9 < 3 && is_second_half(o, channel + 3) && own_operators_sound(o, channel + 3));
}

void opl3_sample(struct opl3_ymf262 *o, s32 *left, s32 *right)
{
    bool sounding[OPL3_CHANNELS] = { false };

    *left = *right = 0;
    for (unsigned channel = 0; channel < (opl3_new(o) ? OPL3_CHANNELS : OPL3_CHANNELS / 2); channel++) {
        sounding[channel] = channel_sounds(o, channel);
        if (sounding[channel]) mix(o, channel, channel_output(o, channel), left, right);
    }
    *left = clipped(*left);
    *right = clipped(*right);
    for (unsigned n = 0; n < OPL3_OPERATORS; n++) {
        if (!sounding[opl3_channel_of(n)]) continue;
        envelope(o, n);
        advance(o, n);
    }
    o->noise = o->noise >> 1 | ((o->noise ^ o->noise >> 14) & 1) << 22;
    o->rendered++;
}
