#ifndef ORRERY_CHIP_AK4531_H
#define ORRERY_CHIP_AK4531_H
#include "cpu/base/state.h"

enum { AK4531_REGISTERS = 32 };
enum { AK4531_VOICE, AK4531_FM, AK4531_SOURCES };

#define AK4531_STATE(ONE, MANY) \
    /*    type  name                  unit  min   max  meaning                */ \
    MANY(u8,   reg, AK4531_REGISTERS, "",     0, 0xff, "registers as written")

struct ak4531_wires {
    void *board;
    void (*changing)(void *board);       /* levels are about to change */
    void (*changed)(void *board);
};

struct ak4531 {
    STATE_MEMBERS(AK4531_STATE)
    struct ak4531_wires wires;
};

extern const struct state_layout ak4531_state;

void ak4531_init(struct ak4531 *a, const struct ak4531_wires *wires);
void ak4531_reset(struct ak4531 *a);
void ak4531_write(void *chip, u8 at, u8 value);
/* What a source's level is multiplied by on its way out, left 0, right 1; 65536 is 1. */
s32 ak4531_gain(const struct ak4531 *a, unsigned source, unsigned channel);
const char *ak4531_invariant(const struct ak4531 *a);

#endif
