#ifndef ORRERY_CHIP_ES1370_PARTS_H
#define ORRERY_CHIP_ES1370_PARTS_H
/* What the files of the ES1370 share: es1370.c registers, es1370_transfer.c samples. */
#include "devices/chip/es1370.h"

enum { CTRL_DAC1_EN = 0x40, CTRL_DAC2_EN = 0x20, CTRL_ADC_EN = 0x10, CTRL_UART_EN = 0x08 };
/* SCTRL, a field for each channel: two bits of format (0 stereo, 1 16 bits), interrupt enable, pause (not the ADC's), stop mode. */
enum { SCTRL_STEREO = 1, SCTRL_16_BIT = 2, SCTRL_P1_INTR_EN = 0x100, SCTRL_P1_PAUSE = 0x800, SCTRL_P1_LOOPSEL = 0x2000 };

/* es1370_transfer.c */
bool es1370_runs(const struct es1370 *e, unsigned c);
void es1370_hear(struct es1370 *e, unsigned c);          /* up to now, before a register that says how changes */
void es1370_follow(struct es1370 *e, unsigned c, bool ran, struct rate before);          /* and after it */
struct rate es1370_rate(const struct es1370 *e, unsigned c);
void es1370_enable(struct es1370 *e, unsigned c);
void es1370_disable(struct es1370 *e, unsigned c);
void es1370_on_next(void *channel);
/* es1370.c */
void es1370_update(struct es1370 *e);                    /* INTA# from state */

#endif
