#ifndef ORRERY_CHIP_SPD_24C02_H
#define ORRERY_CHIP_SPD_24C02_H
#include "cpu/base/state.h"

enum { SPD_BYTES = 256 };

#define SPD_24C02_STATE(ONE, MANY) \
    /*    type  name              unit  min   max  meaning                                */ \
    MANY(u8,   byte, SPD_BYTES,   "",    0, 0xff, "contents")                                \
    ONE (u8,   at,                "",    0, 0xff, "address of the byte that is read next")   \
    ONE (bool, addressed,         "",    0,    1, "the next byte written is an address")

struct spd_24c02 {
    STATE_MEMBERS(SPD_24C02_STATE)
};

extern const struct state_layout spd_24c02_state;

/* Of an EDO module of so many MiB, a power of two up to 1024. */
void spd_24c02_init(struct spd_24c02 *p, unsigned module_mib);
/* As a slave on an I2C bus. */
void spd_24c02_start(void *chip, bool read);
bool spd_24c02_write(void *chip, u8 byte);
u8 spd_24c02_read(void *chip);
const char *spd_24c02_invariant(const struct spd_24c02 *p);

#endif
