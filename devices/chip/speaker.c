/* Loudspeaker of a PC with the gate and the amplifier before it.                            doc: sound
 *               +-----+    +-----------+
 *  timer's OUT >|     |    |           |
 *               | AND |--->| amplifier |---> cone: drawn in while both inputs are high
 *        DATA  >|     |    |           |
 *               +-----+    +-----------+
 * Source: IBM AT Technical Reference, "Speaker".  The output is looked at when it is about to become another function of time, and from time
 * to time: its edges until then are at exact cycles, and there is no event for any of them.  Not modelled: the cone's own resonances. */
#include "devices/chip/speaker.h"

#include <string.h>

enum { FASTEST = 32 };           /* cycles: a period that is shorter (above 37 kHz) only draws the cone half in */

#define STATE_OWNER struct speaker
STATE_LAYOUT_OF(speaker_state, "speaker", SPEAKER_STATE, speaker_invariant);

static bool out_at(const struct speaker *s, u64 cycle) { return s->wires.timer.out_at(s->wires.timer.timer, s->wires.timer.n, cycle); }
static u64 edge_after(const struct speaker *s, u64 cycle) { return s->wires.timer.edge_after(s->wires.timer.timer, s->wires.timer.n, cycle); }

static void set_cone(struct speaker *s, u64 cycle, s32 level)
{
    if (s->wires.sound.level) s->wires.sound.level(s->wires.sound.to, s->wires.rate, cycle, level, level);
}

/* The mean of an output that goes up and down too fast to follow; false: the cone can follow it. */
static bool mean_after(const struct speaker *s, u64 cycle, s32 *level)
{
    u64 first = edge_after(s, cycle), second = first == NEVER ? NEVER : edge_after(s, first), third = second == NEVER ? NEVER : edge_after(s, second);

    if (third == NEVER || third - first >= FASTEST) return false;
    u64 high = out_at(s, first) ? second - first : third - second;
    *level = (s32)(SPEAKER_LEVEL * high / (third - first));
    return true;
}

static void render_to(struct speaker *s, u64 end)
{
    s32 mean;

    if (end <= s->rendered) return;
    if (!s->data) set_cone(s, s->rendered, 0);
    else if (mean_after(s, s->rendered, &mean)) set_cone(s, s->rendered, mean);
    else
        for (u64 at = s->rendered; at <= end; at = edge_after(s, at)) set_cone(s, at, out_at(s, at) ? SPEAKER_LEVEL : 0);
    s->rendered = end;
}

bool speaker_render(struct speaker *s)
{
    render_to(s, clock_cycles(s->wires.clock, s->wires.rate));
    return s->data && edge_after(s, s->rendered) != NEVER;
}

void speaker_timer_changing(struct speaker *s, u64 cycle)
{
    render_to(s, cycle);
    if (s->data) s->wires.wake(s->wires.board);
}

void speaker_set_data(struct speaker *s, bool data)
{
    if (s->data == data) return;
    speaker_render(s);
    s->data = data;
    s->wires.wake(s->wires.board);
}

void speaker_init(struct speaker *s, const struct speaker_wires *wires)
{
    memset(s, 0, sizeof *s);
    s->wires = *wires;
}

void speaker_reset(struct speaker *s) { speaker_set_data(s, false); }

const char *speaker_invariant(const struct speaker *s)
{
    return s->rendered > clock_cycles(s->wires.clock, s->wires.rate) ? "nothing of the future has been heard" : NULL;
}
