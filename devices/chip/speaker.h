#ifndef ORRERY_CHIP_SPEAKER_H
#define ORRERY_CHIP_SPEAKER_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { SPEAKER_LEVEL = 16384 };          /* of the cone while current flows */

#define SPEAKER_STATE(ONE, MANY) \
    /*    type  name      unit     min         max  meaning                                             */ \
    ONE (bool, data,     "",         0,          1, "the gate before the amplifier lets the timer's output through") \
    ONE (u64,  rendered, "cycle",    0, UINT64_MAX, "heard up to this cycle of the timer's clock")

/* The timer whose output drives it: what that is at a cycle, and when it changes next (NEVER: it does not). */
struct speaker_timer {
    const void *timer;
    unsigned n;
    bool (*out_at)(const void *timer, unsigned n, u64 cycle);
    u64 (*edge_after)(const void *timer, unsigned n, u64 cycle);
};

struct speaker_wires {
    struct clock *clock;
    struct rate rate;            /* the timer's clock */
    struct speaker_timer timer;
    struct sound_wire sound;
    void *board;
    void (*wake)(void *board);   /* something is to be heard: speaker_render is wanted from time to time */
};

struct speaker {
    STATE_MEMBERS(SPEAKER_STATE)
    struct speaker_wires wires;
};

extern const struct state_layout speaker_state;

void speaker_init(struct speaker *s, const struct speaker_wires *wires);
void speaker_reset(struct speaker *s);
void speaker_set_data(struct speaker *s, bool data);
void speaker_timer_changing(struct speaker *s, u64 cycle);       /* up to this cycle the timer's output is what it says */
bool speaker_render(struct speaker *s);                          /* up to now; false: nothing changes until somebody changes it */
const char *speaker_invariant(const struct speaker *s);

#endif
