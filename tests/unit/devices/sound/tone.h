#ifndef TESTS_UNIT_DEVICES_SOUND_TONE_H
#define TESTS_UNIT_DEVICES_SOUND_TONE_H
/* What is in a piece of sound: an output that keeps frames, and the strength of one frequency. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "devices/sound/sound.h"

struct recording {
    s16 (*frame)[2];
    u64 frames, room;
};

static inline void recording_room(struct recording *r, u64 more)
{
    if (r->frames + more <= r->room) return;
    r->room = 2 * (r->frames + more);
    r->frame = realloc(r->frame, r->room * sizeof *r->frame);
}

static inline void recording_put(void *to, const s16 *frames, unsigned count)
{
    struct recording *r = to;
    recording_room(r, count);
    memcpy(r->frame + r->frames, frames, count * sizeof *r->frame);
    r->frames += count;
}

static inline void recording_silence(void *to, u64 count)
{
    struct recording *r = to;
    recording_room(r, count);
    memset(r->frame + r->frames, 0, count * sizeof *r->frame);
    r->frames += count;
}

static inline void recording_of(struct recording *r, struct sound *sound)
{
    free(r->frame);
    *r = (struct recording){ 0 };
    sound->output[0] = (struct sound_output){ r, recording_put, recording_silence };
}

/* Amplitude of the sine of so many Hz in frames first to first + count of a channel (Goertzel's algorithm), in units of a sample. */
static inline double tone(const struct recording *r, unsigned channel, u64 first, u64 count, double hz)
{
    double w = 2 * M_PI * hz / SOUND_HZ, c = 2 * cos(w), before = 0, last = 0;

    for (u64 i = first; i < first + count && i < r->frames; i++) {
        double now = r->frame[i][channel] + c * last - before;
        before = last;
        last = now;
    }
    return 2 * sqrt(last * last + before * before - c * last * before) / (double)count;
}

#endif
