#ifndef ORRERY_CHIP_SB16_PARTS_H
#define ORRERY_CHIP_SB16_PARTS_H
/* What the files of the CT1741 share: sb16_ct1741.c ports and commands, sb16_transfer.c sound and DMA. */
#include "devices/chip/sb16_ct1741.h"

/* What a command says of a transfer. */
struct sb16_job {
    bool auto_init, to_memory, silence, identifies, stereo, is_signed, fifo, wants_reference;
    u8 packing;
    u32 length;                  /* samples; bytes of packed ones */
};

/* sb16_transfer.c */
void sb16_start(struct sb16_ct1741 *d, unsigned t, const struct sb16_job *job);
void sb16_stop(struct sb16_ct1741 *d, unsigned t);
void sb16_pause(struct sb16_ct1741 *d, unsigned t, bool paused);
void sb16_direct(struct sb16_ct1741 *d, u8 sample);              /* 10h: a sample as it is written */
void sb16_interrupt(struct sb16_ct1741 *d, unsigned t, bool asserted);
void sb16_on_next(void *transfer);                               /* an event's function */

#endif
