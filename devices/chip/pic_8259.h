#ifndef ORRERY_CHIP_PIC_8259_H
#define ORRERY_CHIP_PIC_8259_H
#include "cpu/base/state.h"
#include "devices/board/wires.h"

#define PIC_8259_STATE(ONE, MANY) \
    /*    type  name          unit   min   max  meaning                                          */ \
    ONE (u8,   lines,         "bits",  0, 0xff, "levels of IR7..IR0 as they stand")                 \
    ONE (u8,   irr,           "bits",  0, 0xff, "IRR: requests that wait, bit n is IRn")            \
    ONE (u8,   isr,           "bits",  0, 0xff, "ISR: requests in service")                         \
    ONE (u8,   imr,           "bits",  0, 0xff, "IMR: requests masked by OCW1")                     \
    ONE (u8,   lowest,        "IR",    0,    7, "line of lowest priority, 7 after ICW1")            \
    ONE (u8,   icw_expected,  "",      0,    4, "ICW that A0 = 1 takes next; 0: OCW1")              \
    MANY(u8,   icw, 5,        "bits",  0, 0xff, "ICW1..ICW4 as last written, by number")            \
    ONE (u8,   elcr,          "bits",  0, 0xff, "lines that are level triggered (ELCR)")            \
    ONE (bool, special_mask,  "",      0,    1, "special mask mode, OCW3.SMM")                      \
    ONE (bool, read_isr,      "",      0,    1, "A0 = 0 reads ISR, OCW3.RIS")                       \
    ONE (bool, poll,          "",      0,    1, "the next read is a poll, OCW3.P")                  \
    ONE (bool, auto_rotate,   "",      0,    1, "rotate in automatic EOI mode")

struct pic_8259 {
    STATE_MEMBERS(PIC_8259_STATE)
    struct line *intr;                   /* wire */
    bool master;                         /* SP/EN: strapped by the board */
};

extern const struct state_layout pic_8259_state;

void pic_8259_init(struct pic_8259 *p, struct line *intr, bool master);
void pic_8259_reset(struct pic_8259 *p);
u8 pic_8259_read(void *chip, unsigned reg);
void pic_8259_write(void *chip, unsigned reg, u8 value);
u8 pic_8259_elcr_read(void *chip, unsigned reg);
void pic_8259_elcr_write(void *chip, unsigned reg, u8 value);
void pic_8259_set_ir(void *chip, unsigned n, bool level);      /* a line's listener */
/* INTA: the vector.  *cascade is the IR served (the board asks the slave when it hangs there). */
u8 pic_8259_acknowledge(struct pic_8259 *p, int *served);
const char *pic_8259_invariant(const struct pic_8259 *p);

#endif
