/* Standard parallel port with a printer that never runs out of paper.                       doc: parallel
 *   reg 0  data latch, read back
 *       1  status, read: bit 7 BUSY (inverted on the way: 0 while busy)  6 ACK (0 while it lasts)  5 PAPER END  4 SELECT  3 ERROR (1 none)
 *       2  control: bit 0 STROBE  1 AUTOFD  2 INIT (0 resets the printer)  3 SELECT IN  4 interrupt at the end of ACK  5 DIRECTION
 * A rising edge of STROBE (written 0, then 1) hands the data latch to the printer, which is busy for 10 us and then acknowledges.
 * Source: IBM AT Technical Reference, "Parallel port"; IEEE 1284 compatibility mode.  Not modelled: EPP, ECP, input by data lines. */
#include "devices/chip/parallel_spp.h"

enum { STROBE = 1, INIT = 4, IRQ_ENABLE = 16, CONTROL_MASK = 0x3f };
enum { NOT_BUSY = 0x80, NOT_ACK = 0x40, SELECTED = 0x10, NO_ERROR = 8, PAPER_NS = 10000 };

#define STATE_OWNER struct parallel_spp
STATE_LAYOUT_OF(parallel_spp_state, "parallel_spp", PARALLEL_SPP_STATE, parallel_spp_invariant);

/* The acknowledge pulse is shorter than an instruction: its edge is all that can be seen. */
static void on_taken(void *owner)
{
    struct parallel_spp *p = owner;

    p->busy = false;
    if (!(p->control & IRQ_ENABLE)) return;
    line_set(p->irq, true);
    line_set(p->irq, false);
}

void parallel_spp_init(struct parallel_spp *p, struct clock *clock, struct line *irq, struct byte_sink printer)
{
    p->clock = clock;
    p->irq = irq;
    p->printer = printer;
    clock_add(clock, &p->taken, on_taken, p);
}

void parallel_spp_reset(struct parallel_spp *p)
{
    p->data = 0;
    p->control = INIT;
    p->busy = false;
    clock_cancel(p->clock, &p->taken);
}

static void write_control(struct parallel_spp *p, u8 value)
{
    bool strobed = value & ~p->control & STROBE;

    p->control = value & CONTROL_MASK;
    if (!strobed || p->busy || !(p->control & INIT)) return;
    if (p->printer.put) p->printer.put(p->printer.to, p->data);
    p->busy = true;
    clock_at(p->clock, &p->taken, clock_now(p->clock) + clock_ticks_of_ns(p->clock, PAPER_NS));
}

u8 parallel_spp_read(void *chip, unsigned reg)
{
    const struct parallel_spp *p = chip;

    if (reg == 0) return p->data;
    if (reg == 1) return (u8)((p->busy ? 0 : NOT_BUSY) | NOT_ACK | SELECTED | NO_ERROR | 7);
    return p->control | 0xc0;
}

void parallel_spp_write(void *chip, unsigned reg, u8 value)
{
    struct parallel_spp *p = chip;

    if (reg == 0) p->data = value;
    else if (reg == 2) write_control(p, value);
}

const char *parallel_spp_invariant(const struct parallel_spp *p)
{
    return p->busy != (p->taken.at != NEVER) ? "a busy printer will have taken its byte" : NULL;
}
