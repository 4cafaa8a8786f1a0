#include "devices/sound/sound.h"

#include <string.h>

/* A step between two samples is spread over the 16 around it: a step without what lies above half the sample rate.
 *
 * Row p: how much a step at p/32 of the way from sample 7 to sample 8 rises between two samples: the integral of
 * sin(0.9 pi x) / (pi x) under a Kaiser window (7 samples to either side, beta 7) over the sample before each, scaled so that a row's sum
 * is 32768.  Row 32 is row 0 one sample later.  Between two rows is a straight line.
 * tests/unit/devices/sound/sound_test.c computes the rows again. */
enum { PHASES = 32, FRACTION_BITS = 8, UNITS = PHASES << FRACTION_BITS, ONE_BITS = 15, LATE_BITS = 9 };
static const s16 kernel[PHASES + 1][SOUND_TAPS] = {
#include "devices/sound/sound_kernel.inc"
};
_Static_assert((SOUND_ROOM & (SOUND_ROOM - 1)) == 0, "sample numbers wrap by a mask");

void sound_init(struct sound *sound)
{
    memset(sound, 0, sizeof *sound);
}

struct sound_input *sound_add_input(struct sound *sound, bool without_dc)
{
    if (sound->inputs == SOUND_INPUTS) return NULL;
    struct sound_input *in = &sound->input[sound->inputs++];
    in->sound = sound;
    in->without_dc = without_dc;
    in->gain[0] = in->gain[1] = SOUND_UNITY;
    return in;
}

/* A moment in UNITS a sample. */
static u64 moment(struct rate rate, u64 cycle)
{
    return (u64)((u128)cycle * rate.den * ((u64)SOUND_HZ * UNITS) / rate.num);
}

/* --- samples out --- */

static void put(struct sound *sound, const s16 *frames, unsigned count)
{
    for (unsigned i = 0; i < SOUND_OUTPUTS; i++)
        if (sound->output[i].put) sound->output[i].put(sound->output[i].to, frames, count);
}

static void put_silence(struct sound *sound, u64 count)
{
    for (unsigned i = 0; i < SOUND_OUTPUTS; i++)
        if (sound->output[i].silence) sound->output[i].silence(sound->output[i].to, count);
}

/* Nothing is to come and nothing stands: the same as far as anybody looks. */
static bool silent(const struct sound *sound)
{
    for (unsigned i = 0; i < sound->inputs; i++) {
        const struct sound_input *in = &sound->input[i];
        if (in->until > sound->next || in->sum[0] || in->sum[1]) return false;
    }
    return true;
}

/* A high-pass of the first order at 15 Hz; what is left of less than half a unit is nothing. */
static s64 without_dc(s64 sum)
{
    s64 rest = sum - sum / (1 << LATE_BITS);
    return rest < 1 << (ONE_BITS - 1) && rest > -(1 << (ONE_BITS - 1)) ? 0 : rest;
}

static s64 next_of(struct sound_input *in, unsigned channel, u64 sample)
{
    s64 *sum = &in->sum[channel];

    if (in->without_dc) *sum = without_dc(*sum);
    if (sample < in->until) {
        s64 *delta = &in->delta[sample & (SOUND_ROOM - 1)][channel];
        *sum += *delta;
        *delta = 0;
    }
    return *sum;
}

static s16 clipped(s64 value)
{
    s64 sample = (value + (1 << (ONE_BITS - 1))) >> ONE_BITS;
    return (s16)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

static void advance_to(struct sound *sound, u64 end)
{
    enum { PIECE = 256 };
    s16 frames[PIECE][2];

    while (sound->next < end) {
        unsigned n = 0;
        if (silent(sound)) {
            put_silence(sound, end - sound->next);
            sound->next = end;
            return;
        }
        for (; n < PIECE && sound->next < end; n++, sound->next++) {
            for (unsigned channel = 0; channel < 2; channel++) {
                s64 mixed = 0;
                for (unsigned i = 0; i < sound->inputs; i++) mixed += next_of(&sound->input[i], channel, sound->next);
                frames[n][channel] = clipped(mixed);
            }
        }
        put(sound, frames[0], n);
    }
}

void sound_advance(struct sound *sound, struct rate rate, u64 cycle)
{
    advance_to(sound, moment(rate, cycle) / UNITS);
}

/* --- levels in --- */

/* Tap i of a step at a moment: what the two rows around it say. */
static s64 tap(u64 at, unsigned i)
{
    unsigned phase = (unsigned)(at % UNITS) >> FRACTION_BITS, part = at & ((1 << FRACTION_BITS) - 1);
    return kernel[phase][i] * ((1 << FRACTION_BITS) - (s64)part) + kernel[phase + 1][i] * (s64)part;
}

/* Adds a step to the samples around `at`.  Rounding goes to the tap in the middle, so that all of them are the step exactly. */
static void add_step(struct sound_input *in, unsigned channel, u64 at, s32 step)
{
    u64 first = at / UNITS;
    s64 left = (s64)step * (1 << ONE_BITS);

    for (unsigned i = 0; i < SOUND_TAPS; i++) {
        if (i == SOUND_TAPS / 2) continue;
        s64 part = step * tap(at, i) / (1 << FRACTION_BITS);
        in->delta[(first + i) & (SOUND_ROOM - 1)][channel] += part;
        left -= part;
    }
    in->delta[(first + SOUND_TAPS / 2) & (SOUND_ROOM - 1)][channel] += left;
}

/* Puts the change between what is heard and raw times gain into the samples to come.  A source that has been quiet for long finds the
 * samples before it still to be put out. */
static void change(struct sound_input *in, u64 at)
{
    if (at / UNITS + SOUND_TAPS >= in->sound->next + SOUND_ROOM) advance_to(in->sound, at / UNITS);
    if (at / UNITS < in->sound->next) at = in->sound->next * UNITS;
    for (unsigned channel = 0; channel < 2; channel++) {
        s32 level = (s32)((s64)in->raw[channel] * in->gain[channel] / SOUND_UNITY);
        if (level == in->level[channel]) continue;
        add_step(in, channel, at, level - in->level[channel]);
        in->level[channel] = level;
        if (in->until < at / UNITS + SOUND_TAPS) in->until = at / UNITS + SOUND_TAPS;
    }
}

void sound_level(void *input, struct rate rate, u64 cycle, s32 left, s32 right)
{
    struct sound_input *in = input;

    if (in->raw[0] == left && in->raw[1] == right) return;
    in->raw[0] = left;
    in->raw[1] = right;
    change(in, moment(rate, cycle));
}

void sound_gain(struct sound_input *in, struct rate rate, u64 cycle, s32 left, s32 right)
{
    in->gain[0] = left;
    in->gain[1] = right;
    change(in, moment(rate, cycle));
}

void sound_move(struct sound *sound, struct rate rate, u64 cycle)
{
    sound->next = moment(rate, cycle) / UNITS;
    for (unsigned i = 0; i < sound->inputs; i++) {
        struct sound_input *in = &sound->input[i];
        memset(in->delta, 0, sizeof in->delta);
        in->until = sound->next;
        for (unsigned channel = 0; channel < 2; channel++) in->sum[channel] = in->without_dc ? 0 : (s64)in->level[channel] * (1 << ONE_BITS);
    }
}
