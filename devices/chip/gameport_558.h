#ifndef ORRERY_CHIP_GAMEPORT_558_H
#define ORRERY_CHIP_GAMEPORT_558_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"

enum { GAMEPORT_STICKS = 2, GAMEPORT_AXES = 4, GAMEPORT_CENTRE = 128 };

#define GAMEPORT_558_STATE(ONE, MANY) \
    /*    type  name                  unit    min         max  meaning                                                     */ \
    ONE (u8,   sticks,                "",       0, GAMEPORT_STICKS, "joysticks that are plugged in")                         \
    MANY(u8,   axis, GAMEPORT_AXES,   "",       0,       0xff, "potentiometers: X and Y of each; 255 is 100 kohm")           \
    ONE (u8,   pressed,               "bits",   0,         15, "buttons that are down, two of each")                        \
    MANY(u64,  ends, GAMEPORT_AXES,   "tick",   0, UINT64_MAX, "a one-shot's pulse ends; never, where nothing is plugged in")

struct gameport_558 {
    STATE_MEMBERS(GAMEPORT_558_STATE)
    struct clock *clock;
};

extern const struct state_layout gameport_558_state;

void gameport_558_init(struct gameport_558 *g, struct clock *clock, unsigned sticks);
u8 gameport_558_read(void *chip, unsigned reg);
void gameport_558_write(void *chip, unsigned reg, u8 value);
/* Where a stick is, 0 left or up to 255; buttons: bits 0 and 1.  A stick that is not there does nothing. */
void gameport_558_move(struct gameport_558 *g, unsigned stick, u8 x, u8 y, unsigned buttons);
const char *gameport_558_invariant(const struct gameport_558 *g);

#endif
