/* AK4531 audio codec: the mixer behind an ES1370.                                           doc: es1370
 *   00 01 master    D7 mute  D4..D0 attenuation, 2 dB a step
 *   02 03 voice   04 05 FM   06 07 CD   08 09 line   0A 0B AUX   0C 0D mono   0E microphone    D7 mute  D4..D0 12 dB less 2 dB a step
 *   0F mono out    10 output switches: FM L R (D6 D5), line, CD, microphone   11 AUX, voice L R (D3 D2), mono   12..15 input switches
 *   16 D1 power down (0)  D0 reset (0)    17 clocks   18 A/D input   19 microphone gain
 * Source: AKM AK4531 data sheet; registers are written alone, over a serial line.  Voice (DAC2) and FM (DAC1) have something to be heard. */
#include "devices/chip/ak4531.h"

#include <string.h>

#include "devices/chip/attenuation.h"

enum { MASTER = 0x00, VOICE = 0x02, FM = 0x04, SWITCHES_1 = 0x10, SWITCHES_2 = 0x11, RESET = 0x16, MUTE = 0x80, LEVEL = 0x1f, GAIN_STEPS = 6, RST = 1 };

#define STATE_OWNER struct ak4531
STATE_LAYOUT_OF(ak4531_state, "ak4531", AK4531_STATE, ak4531_invariant);

s32 ak4531_gain(const struct ak4531 *a, unsigned source, unsigned channel)
{
    u8 own = a->reg[(source == AK4531_FM ? FM : VOICE) + channel], master = a->reg[MASTER + channel];
    bool open = source == AK4531_FM ? a->reg[SWITCHES_1] & (channel ? 0x20 : 0x40) : a->reg[SWITCHES_2] & (channel ? 0x04 : 0x08);
    unsigned steps = (own & LEVEL) + (master & LEVEL);

    if (!open || own & MUTE || master & MUTE) return 0;
    if (steps >= GAIN_STEPS) return (s32)attenuation_2db(steps - GAIN_STEPS);
    return (s32)((u64)ATTENUATION_UNITY * ATTENUATION_UNITY / attenuation_2db(GAIN_STEPS - steps));
}

/* Everything is muted; sources are at 0 dB behind that. */
static void set_defaults(struct ak4531 *a)
{
    memset(a->reg, 0, sizeof a->reg);
    for (unsigned at = MASTER; at < VOICE; at++) a->reg[at] = MUTE;
    for (unsigned at = VOICE; at <= 0x0e; at++) a->reg[at] = MUTE | GAIN_STEPS;
    a->reg[0x0f] = MUTE;
    a->reg[RESET] = 3;
}

void ak4531_write(void *chip, u8 at, u8 value)
{
    struct ak4531 *a = chip;

    if (at >= AK4531_REGISTERS) return;
    a->wires.changing(a->wires.board);
    if (at == RESET && !(value & RST)) set_defaults(a);
    a->reg[at] = value;
    a->wires.changed(a->wires.board);
}

void ak4531_init(struct ak4531 *a, const struct ak4531_wires *wires)
{
    a->wires = *wires;
    set_defaults(a);
}

void ak4531_reset(struct ak4531 *a)
{
    a->wires.changing(a->wires.board);
    set_defaults(a);
    a->wires.changed(a->wires.board);
}

const char *ak4531_invariant(const struct ak4531 *a)
{
    return state_out_of_range(&ak4531_state, a) ? "every field is in the range its list gives" : NULL;
}
