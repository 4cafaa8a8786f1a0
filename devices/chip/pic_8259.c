/* 8259A programmable interrupt controller.                                      doc: pic
 *            +--------+            A0=0  write  ICW1 (D4=1), OCW2 (D4 D3 = 00), OCW3 (D4 D3 = 01)
 *  A0 RD WR >|        |> INT             read   IRR or ISR, as OCW3.RIS chose
 *   D7..D0 <>|  8259A |< INTA      A0=1  write  ICW2..4 while initialising, then OCW1 (the IMR)
 *  CAS0..2 <>|        |< IR0..7          read   IMR
 *            +--------+            After OCW3.P = 1 the next read is an acknowledge.
 * Source: Intel 231468-003; ELCR: Intel 82371SB.  Not modelled: MCS-80/85 mode, special fully nested mode's effect on a
 * slave's second request. */
#include "devices/chip/pic_8259.h"

enum { NONE = -1, SPURIOUS = 7 };
enum { ICW1_IC4 = 1, ICW1_SNGL = 2, ICW1_LTIM = 8, ICW1_D4 = 16, ICW4_AEOI = 2, OCW3_D3 = 8 };

#define STATE_OWNER struct pic_8259
STATE_LAYOUT_OF(pic_8259_state, "pic_8259", PIC_8259_STATE, pic_8259_invariant);

/* The request to put to the processor, or NONE.  DS "Fully Nested Mode", "Special Mask Mode". */
static int winner(const struct pic_8259 *p)
{
    u8 waiting = p->irr & (u8)~p->imr;
    u8 blocks = p->special_mask ? p->isr & (u8)~p->imr : p->isr;

    for (unsigned i = 1; i <= 8; i++) {              /* highest priority first */
        unsigned n = (p->lowest + i) & 7;
        if (blocks >> n & 1) return NONE;
        if (waiting >> n & 1) return (int)n;
    }
    return NONE;
}

static void update(struct pic_8259 *p)
{
    line_set(p->intr, winner(p) != NONE);
}

void pic_8259_init(struct pic_8259 *p, struct line *intr, bool master)
{
    *p = (struct pic_8259){ .intr = intr, .master = master, .lowest = 7 };
}

void pic_8259_reset(struct pic_8259 *p)
{
    *p = (struct pic_8259){ .intr = p->intr, .master = p->master, .lowest = 7, .lines = p->lines, .imr = 0xff };
    update(p);
}

static bool level_triggered(const struct pic_8259 *p, unsigned n)
{
    return p->icw[1] & ICW1_LTIM || p->elcr >> n & 1;
}

/* An edge sets IRR; IRR falls with the line: a request must stand until it is acknowledged. */
void pic_8259_set_ir(void *chip, unsigned n, bool level)
{
    struct pic_8259 *p = chip;
    u8 line = (u8)(1 << n);
    bool was = p->lines & line;

    p->lines = level ? p->lines | line : p->lines & (u8)~line;
    if (!level) p->irr &= (u8)~line;
    else if (!was || level_triggered(p, n)) p->irr |= line;
    update(p);
}

/* --- writes --- */

static void initialise(struct pic_8259 *p, u8 icw1)
{
    p->icw[1] = icw1;
    p->icw[4] = 0;
    p->imr = p->isr = 0;
    p->irr = icw1 & ICW1_LTIM ? p->lines : 0;        /* the edge sense is reset: a line must rise again */
    p->lowest = 7;
    p->special_mask = p->read_isr = p->poll = p->auto_rotate = false;
    p->icw_expected = 2;
}

static void take_icw(struct pic_8259 *p, u8 value)
{
    unsigned n = p->icw_expected;
    bool needs_3 = !(p->icw[1] & ICW1_SNGL), needs_4 = p->icw[1] & ICW1_IC4;

    p->icw[n] = value;
    if (n == 2 && needs_3) p->icw_expected = 3;
    else if (n < 4 && needs_4) p->icw_expected = 4;
    else p->icw_expected = 0;
}

static int highest_in_service(const struct pic_8259 *p)
{
    for (unsigned i = 1; i <= 8; i++) {
        unsigned n = (p->lowest + i) & 7;
        if (p->isr >> n & 1 && !(p->special_mask && p->imr >> n & 1)) return (int)n;
    }
    return NONE;
}

/* R SL EOI in bits 7..5, the level in 2..0.  DS "Operation Command Word 2". */
static void ocw2(struct pic_8259 *p, u8 value)
{
    bool rotate = value & 0x80, specific = value & 0x40, eoi = value & 0x20;
    int n = specific ? value & 7 : eoi ? highest_in_service(p) : NONE;

    if (!eoi && !specific) {
        p->auto_rotate = rotate;
        return;
    }
    if (n == NONE) return;
    if (eoi) p->isr &= (u8)~(1 << n);
    if (rotate) p->lowest = (u8)n;
}

static void ocw3(struct pic_8259 *p, u8 value)
{
    if (value & 0x40) p->special_mask = value & 0x20;
    if (value & 0x02) p->read_isr = value & 0x01;
    p->poll = value & 0x04;
}

void pic_8259_write(void *chip, unsigned reg, u8 value)
{
    struct pic_8259 *p = chip;

    if (reg & 1) {
        if (p->icw_expected) take_icw(p, value);
        else p->imr = value;
    } else if (value & ICW1_D4) {
        initialise(p, value);
    } else if (value & OCW3_D3) {
        ocw3(p, value);
    } else {
        ocw2(p, value);
    }
    update(p);
}

/* --- reads --- */

/* Puts a request in service.  DS "Interrupt Sequence"; without one it is IR7, and ISR stays. */
static int serve(struct pic_8259 *p)
{
    int n = winner(p);

    if (n == NONE) return NONE;
    if (!level_triggered(p, (unsigned)n)) p->irr &= (u8)~(1 << n);
    if (!(p->icw[4] & ICW4_AEOI)) p->isr |= (u8)(1 << n);
    else if (p->auto_rotate) p->lowest = (u8)n;
    line_set(p->intr, false);                        /* INT falls at INTA: what still waits makes a new edge */
    update(p);
    return n;
}

u8 pic_8259_acknowledge(struct pic_8259 *p, int *served)
{
    *served = serve(p);
    return (u8)((p->icw[2] & 0xf8) | (*served == NONE ? SPURIOUS : *served));
}

u8 pic_8259_read(void *chip, unsigned reg)
{
    struct pic_8259 *p = chip;

    if (p->poll) {
        p->poll = false;
        int n = serve(p);
        return n == NONE ? SPURIOUS : (u8)(0x80 | n);
    }
    if (reg & 1) return p->imr;
    return p->read_isr ? p->isr : p->irr;
}

u8 pic_8259_elcr_read(void *chip, unsigned reg)
{
    (void)reg;
    return ((struct pic_8259 *)chip)->elcr;
}

/* Timer, keyboard and cascade on the master, RTC and coprocessor on the slave stay edge triggered. */
void pic_8259_elcr_write(void *chip, unsigned reg, u8 value)
{
    struct pic_8259 *p = chip;
    (void)reg;
    p->elcr = value & (p->master ? 0xf8 : 0xde);
    update(p);
}

const char *pic_8259_invariant(const struct pic_8259 *p)
{
    if (p->lowest > 7) return "the lowest priority is one of eight lines";
    if (p->icw_expected == 1 || p->icw_expected > 4) return "after ICW1 come ICW2, ICW3, ICW4";
    if (p->intr && p->intr->level != (winner(p) != NONE)) return "INT is high exactly when a request wins";
    return 0;
}
