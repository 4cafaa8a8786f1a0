#ifndef ORRERY_CHIP_SB16_CT1745_H
#define ORRERY_CHIP_SB16_CT1745_H
#include "cpu/base/state.h"

enum { CT1745_REGISTERS = 256, CT1745_UNITY = 65536 };
enum { CT1745_VOICE, CT1745_FM, CT1745_SOURCES };

#define SB16_CT1745_STATE(ONE, MANY) \
    /*    type  name                  unit  min   max  meaning                        */ \
    ONE (u8,   index,                 "",     0, 0xff, "register that the data port is") \
    MANY(u8,   reg, CT1745_REGISTERS, "",     0, 0xff, "registers as written")

struct ct1745_wires {
    void *board;
    u8 (*interrupts)(void *board);       /* register 82h: bit 0 8-bit DMA and MIDI, 1 16-bit DMA, 2 MPU-401 */
    void (*changing)(void *board);       /* levels are about to change */
    void (*changed)(void *board);        /* levels, interrupts or DMA channels have changed */
};

struct sb16_ct1745 {
    STATE_MEMBERS(SB16_CT1745_STATE)
    struct ct1745_wires wires;
};

extern const struct state_layout sb16_ct1745_state;

void sb16_ct1745_init(struct sb16_ct1745 *x, const struct ct1745_wires *wires);
void sb16_ct1745_reset(struct sb16_ct1745 *x);           /* the bus's: interrupts and DMA channels too */
u8 sb16_ct1745_read(void *chip, unsigned reg);           /* 0 index, 1 data */
void sb16_ct1745_write(void *chip, unsigned reg, u8 value);
/* What a source's level is multiplied by on its way out, left 0, right 1; CT1745_UNITY is 1. */
s32 sb16_ct1745_gain(const struct sb16_ct1745 *x, unsigned source, unsigned channel);
u8 sb16_ct1745_interrupts(const struct sb16_ct1745 *x);  /* register 80h: bits 0 to 3 are requests 2, 5, 7, 10 */
u8 sb16_ct1745_dma(const struct sb16_ct1745 *x);         /* register 81h: bit n is channel n */
const char *sb16_ct1745_invariant(const struct sb16_ct1745 *x);

#endif
