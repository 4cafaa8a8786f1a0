/* MPU-401 as sound cards have it: its UART mode alone.                                      doc: sb16
 *   reg 0  data       write: a byte of MIDI, in UART mode      read: an acknowledge
 *       1  command    write: FFh reset, 3Fh enter UART mode; each acknowledged by FEh, but for a reset out of UART mode
 *          status     read: D7 (DSR) 0: a byte to read   D6 (DRR) 0: a byte may be written
 * A byte takes 320 us on the wire (31250 baud); one more waits behind it.
 * Source: Roland, "MPU-401 Technical Reference Manual".  Not modelled: the intelligent mode, MIDI input. */
#include "devices/chip/mpu_401.h"

enum { DATA = 0, COMMAND_RESET = 0xff, COMMAND_UART = 0x3f, ACKNOWLEDGE = 0xfe, NOTHING_TO_READ = 0x80, NO_ROOM = 0x40, WIRE_NS = 320000 };

#define STATE_OWNER struct mpu_401
STATE_LAYOUT_OF(mpu_401_state, "mpu_401", MPU_401_STATE, mpu_401_invariant);

static void set_answered(struct mpu_401 *u, bool answered)
{
    u->answered = answered;
    line_set(u->irq, answered);
}

static bool has_room(const struct mpu_401 *u)
{
    return u->sent_at <= clock_now(u->clock) + clock_ticks_of_ns(u->clock, WIRE_NS);
}

static void send(struct mpu_401 *u, u8 byte)
{
    u64 now = clock_now(u->clock);

    u->sent_at = (u->sent_at > now ? u->sent_at : now) + clock_ticks_of_ns(u->clock, WIRE_NS);
    if (u->midi.put) u->midi.put(u->midi.to, byte);
}

static void command(struct mpu_401 *u, u8 value)
{
    bool left_uart = u->uart && value == COMMAND_RESET;

    if (u->uart && value != COMMAND_RESET) return;
    u->uart = value == COMMAND_UART;
    if (!left_uart && (value == COMMAND_RESET || value == COMMAND_UART)) set_answered(u, true);
    if (left_uart) set_answered(u, false);
}

u8 mpu_401_read(void *chip, unsigned reg)
{
    struct mpu_401 *u = chip;

    if (reg != DATA) return (u8)(0x3f | (u->answered ? 0 : NOTHING_TO_READ) | (has_room(u) ? 0 : NO_ROOM));
    set_answered(u, false);
    return ACKNOWLEDGE;
}

/* A byte without room is lost. */
void mpu_401_write(void *chip, unsigned reg, u8 value)
{
    struct mpu_401 *u = chip;

    if (reg != DATA) command(u, value);
    else if (u->uart && has_room(u)) send(u, value);
}

void mpu_401_init(struct mpu_401 *u, struct clock *clock, struct line *irq)
{
    *u = (struct mpu_401){ .clock = clock, .irq = irq };
}

void mpu_401_reset(struct mpu_401 *u)
{
    u->uart = false;
    set_answered(u, false);
}

const char *mpu_401_invariant(const struct mpu_401 *u)
{
    if (u->irq && u->irq->level != u->answered) return "an answer that waits is requested";
    return u->sent_at > clock_now(u->clock) + 2 * clock_ticks_of_ns(u->clock, WIRE_NS) ? "no more than two bytes are on their way" : NULL;
}
