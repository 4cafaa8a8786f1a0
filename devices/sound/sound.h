#ifndef ORRERY_SOUND_SOUND_H
#define ORRERY_SOUND_SOUND_H
/* From levels that change at exact moments of virtual time to samples: 48000 frames of two channels a virtual second.   doc: sound
 * Nothing here is the machine's state: what a guest can hear, it cannot read. */
#include "devices/board/clock.h"

enum { SOUND_HZ = 48000, SOUND_TAPS = 16, SOUND_ROOM = 2048, SOUND_UNITY = 65536 };

/* An analogue signal on its way to the output.  Levels are in units of a sample. */
struct sound_input {
    struct sound *sound;
    bool without_dc;             /* a capacitor in its way: what stands still is not heard */
    s32 raw[2], gain[2];         /* the source's level; SOUND_UNITY is 1 */
    s32 level[2];                /* raw times gain, as it was last put into delta */
    s64 delta[SOUND_ROOM][2];    /* changes of samples to come, a ring by sample number */
    u64 until;                   /* samples from this one on have no delta yet */
    s64 sum[2];                  /* of all changes so far */
};

/* Where frames go: two samples each, left and right. */
struct sound_output {
    void *to;
    void (*put)(void *to, const s16 *frames, unsigned count);        /* NULL: nowhere */
    void (*silence)(void *to, u64 count);                            /* as many frames of zeros */
};

enum { SOUND_INPUTS = 10, SOUND_OUTPUTS = 2 };

struct sound {
    struct sound_input input[SOUND_INPUTS];
    unsigned inputs;
    struct sound_output output[SOUND_OUTPUTS];
    u64 next;                    /* sample that is put out next */
};

void sound_init(struct sound *sound);
struct sound_input *sound_add_input(struct sound *sound, bool without_dc);      /* NULL: no room */

/* The level is this one from cycle `cycle` of a clock on.  Moments of one input never go back. */
void sound_level(void *input, struct rate rate, u64 cycle, s32 left, s32 right);         /* a sound_wire's function */
/* How loud the level is from then on: SOUND_UNITY as it is. */
void sound_gain(struct sound_input *input, struct rate rate, u64 cycle, s32 left, s32 right);

/* The clock is at another moment: nothing of before it is put out, what stands goes on. */
void sound_move(struct sound *sound, struct rate rate, u64 cycle);

/* All levels up to this moment are known: puts out the samples that are final. */
void sound_advance(struct sound *sound, struct rate rate, u64 cycle);

#endif
