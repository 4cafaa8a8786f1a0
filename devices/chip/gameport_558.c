/* Game control adapter: four one-shots (a 558) and four buttons.                            doc: gameport
 *   reg 0  write  starts the one-shots
 *          read   D7..D4 buttons, 0 while down: B2 B1 A2 A1    D3..D0 one-shots, 1 while they last: BY BX AY AX
 * A one-shot lasts 24.2 us and 0.011 us an ohm of its potentiometer, 0 to 100 kohm.  Without one it never ends.
 * Source: IBM Personal Computer Options and Adapters Technical Reference, "Game Control Adapter". */
#include "devices/chip/gameport_558.h"

enum { SHORTEST_NS = 24200, LONGEST_NS = SHORTEST_NS + 1100000 };

#define STATE_OWNER struct gameport_558
STATE_LAYOUT_OF(gameport_558_state, "gameport_558", GAMEPORT_558_STATE, gameport_558_invariant);

u8 gameport_558_read(void *chip, unsigned reg)
{
    const struct gameport_558 *g = chip;
    u8 value = (u8)((g->pressed ^ 15) << 4);

    (void)reg;
    for (unsigned n = 0; n < GAMEPORT_AXES; n++)
        if (clock_now(g->clock) < g->ends[n]) value |= (u8)(1 << n);
    return value;
}

void gameport_558_write(void *chip, unsigned reg, u8 value)
{
    struct gameport_558 *g = chip;

    (void)reg, (void)value;
    for (unsigned n = 0; n < GAMEPORT_AXES; n++) {
        u64 ns = SHORTEST_NS + g->axis[n] * (u64)(LONGEST_NS - SHORTEST_NS) / 255;
        g->ends[n] = n / 2 < g->sticks ? clock_now(g->clock) + clock_ticks_of_ns(g->clock, ns) : NEVER;
    }
}

void gameport_558_move(struct gameport_558 *g, unsigned stick, u8 x, u8 y, unsigned buttons)
{
    if (stick >= g->sticks) return;
    g->axis[2 * stick] = x;
    g->axis[2 * stick + 1] = y;
    g->pressed = (u8)((g->pressed & ~(3u << 2 * stick)) | (buttons & 3) << 2 * stick);
}

void gameport_558_init(struct gameport_558 *g, struct clock *clock, unsigned sticks)
{
    *g = (struct gameport_558){ .clock = clock, .sticks = (u8)sticks };
    for (unsigned n = 0; n < GAMEPORT_AXES; n++) g->axis[n] = GAMEPORT_CENTRE;
}

const char *gameport_558_invariant(const struct gameport_558 *g)
{
    if (state_out_of_range(&gameport_558_state, g)) return "every field is in the range its list gives";
    return g->pressed >> 2 * g->sticks ? "a stick that is not there has no buttons" : NULL;
}
