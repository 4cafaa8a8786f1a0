/* 16550A UART.                                                                  doc: uart
 *   reg 0 RBR/THR (DLL)  1 IER (DLM)  2 IIR/FCR  3 LCR  4 MCR  5 LSR  6 MSR  7 SCR      DLAB = LCR bit 7
 * Source: National Semiconductor PC16550D.  CTS, DSR, DCD are on as by a null modem.  Not modelled: parity and framing errors
 * (the line makes none). */
#include "devices/chip/uart_16550.h"

enum { IER_RX = 1, IER_THRE = 2, IER_LINE = 4, IER_MODEM = 8, FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4, LCR_DLAB = 0x80,
       MCR_DTR = 1, MCR_RTS = 2, MCR_OUT2 = 8, MCR_LOOP = 16, LSR_DR = 1, LSR_OE = 2, LSR_THRE = 0x20, LSR_TEMT = 0x40, FIFO = 16 };

#define STATE_OWNER struct uart_16550
STATE_LAYOUT_OF(uart_16550_state, "uart_16550", UART_16550_STATE, uart_16550_invariant);

static struct ring receiver(struct uart_16550 *u) { return (struct ring){ u->receive, FIFO, &u->receive_head, &u->receive_used }; }
static struct ring transmitter(struct uart_16550 *u) { return (struct ring){ u->transmit, FIFO, &u->transmit_head, &u->transmit_used }; }
static unsigned depth(const struct uart_16550 *u) { return u->fcr & FCR_ENABLE ? FIFO : 1; }

static unsigned trigger(const struct uart_16550 *u)
{
    static const u8 level[] = { 1, 4, 8, 14 };
    return u->fcr & FCR_ENABLE ? level[u->fcr >> 6] : 1;
}

/* The interrupt of highest priority as IIR shows it; 1: none.  DS "Interrupt Identification Register". */
static u8 identification(const struct uart_16550 *u)
{
    if (u->ier & IER_LINE && u->lsr_errors) return 6;
    if (u->ier & IER_RX && u->receive_used >= trigger(u)) return 4;
    if (u->ier & IER_RX && u->timeout) return 12;
    if (u->ier & IER_THRE && u->thre_pending) return 2;
    if (u->ier & IER_MODEM && u->msr_delta) return 0;
    return 1;
}

static void update(struct uart_16550 *u)
{
    line_set(u->irq, identification(u) != 1 && u->mcr & MCR_OUT2 && !(u->mcr & MCR_LOOP));
}

/* In a loop the outputs are off.  DS "Modem Control Register". */
static void drive_modem(struct uart_16550 *u)
{
    bool loop = u->mcr & MCR_LOOP;
    if (u->modem_changed) u->modem_changed(u->modem, u->mcr & MCR_DTR && !loop, u->mcr & MCR_RTS && !loop);
}

/* Start, 5-8 data, parity, stop bits at 115200 / divisor. */
static u64 character_tick(const struct uart_16550 *u, unsigned characters)
{
    unsigned bits = 1 + 5 + (u->lcr & 3) + (u->lcr & 8 ? 1 : 0) + (u->lcr & 4 ? 2 : 1);
    struct rate baud = { 115200, u->divisor ? u->divisor : 65536 };
    return clock_tick_of_cycle(u->clock, baud, clock_cycles(u->clock, baud) + bits * characters);
}

static void start_sending(struct uart_16550 *u)
{
    if (u->shifting || !ring_get(transmitter(u), &u->shift)) return;
    u->shifting = true;
    if (u->transmit_used == 0) u->thre_pending = true;
    clock_at(u->clock, &u->sent, character_tick(u, 1));
}

static void on_sent(void *owner)
{
    struct uart_16550 *u = owner;

    u->shifting = false;
    if (u->mcr & MCR_LOOP) uart_16550_receive(u, u->shift);
    else if (u->out.put) u->out.put(u->out.to, u->shift);
    start_sending(u);
    update(u);
}

static void on_idle(void *owner)
{
    struct uart_16550 *u = owner;
    u->timeout = u->receive_used && u->fcr & FCR_ENABLE;
    update(u);
}

bool uart_16550_receive(struct uart_16550 *u, u8 byte)
{
    bool room = u->receive_used < depth(u);

    if (room) ring_put(receiver(u), byte);
    else u->lsr_errors |= LSR_OE;
    clock_at(u->clock, &u->idle, character_tick(u, 4));
    update(u);
    return room;
}

u64 uart_16550_next_character(const struct uart_16550 *u) { return character_tick(u, 1); }
bool uart_16550_ready(const struct uart_16550 *u) { return u->receive_used < depth(u) && !(u->mcr & MCR_LOOP); }

void uart_16550_init(struct uart_16550 *u, struct clock *clock, struct line *irq, struct byte_sink out)
{
    *u = (struct uart_16550){ .clock = clock, .irq = irq, .out = out, .divisor = 12 };
    clock_add(clock, &u->sent, on_sent, u);
    clock_add(clock, &u->idle, on_idle, u);
}

void uart_16550_reset(struct uart_16550 *u)
{
    u->ier = u->fcr = u->lcr = u->mcr = u->lsr_errors = u->msr_delta = 0;
    u->receive_used = u->transmit_used = 0;
    u->shifting = u->thre_pending = u->timeout = false;
    clock_cancel(u->clock, &u->sent);
    clock_cancel(u->clock, &u->idle);
    drive_modem(u);
    update(u);
}

static u8 read_data(struct uart_16550 *u)
{
    u8 byte = 0;

    ring_get(receiver(u), &byte);
    u->timeout = false;
    if (u->receive_used) clock_at(u->clock, &u->idle, character_tick(u, 4));
    return byte;
}

static u8 modem_status(const struct uart_16550 *u)
{
    if (!(u->mcr & MCR_LOOP)) return (u8)(0xb0 | u->msr_delta);
    /* loopback: RTS -> CTS, DTR -> DSR, OUT1 -> RI, OUT2 -> DCD */
    return (u8)((u->mcr & 2) << 3 | (u->mcr & 1) << 5 | (u->mcr & 4) << 4 | (u->mcr & 8) << 4 | u->msr_delta);
}

u8 uart_16550_read(void *chip, unsigned reg)
{
    struct uart_16550 *u = chip;
    u8 v = 0;

    switch (reg & 7) {
    case 0: v = u->lcr & LCR_DLAB ? (u8)u->divisor : read_data(u); break;
    case 1: v = u->lcr & LCR_DLAB ? (u8)(u->divisor >> 8) : u->ier; break;
    case 2:
        v = identification(u);
        if (v == 2) u->thre_pending = false;
        v |= u->fcr & FCR_ENABLE ? 0xc0 : 0;
        break;
    case 3: v = u->lcr; break;
    case 4: v = u->mcr; break;
    case 5:
        v = (u8)((u->receive_used ? LSR_DR : 0) | u->lsr_errors | (u->transmit_used ? 0 : LSR_THRE) | (u->transmit_used || u->shifting ? 0 : LSR_TEMT));
        u->lsr_errors = 0;
        break;
    case 6:
        v = modem_status(u);
        u->msr_delta = 0;
        break;
    default: v = u->scr;
    }
    update(u);
    return v;
}

/* The Line and Modem Status Registers when what reading clears is clear, and what nothing but a write changes. */
bool uart_16550_steady(const void *chip, unsigned reg)
{
    const struct uart_16550 *u = chip;

    switch (reg & 7) {
    case 5: return !u->lsr_errors;
    case 6: return !u->msr_delta;
    case 3: case 4: case 7: return true;
    default: return false;
    }
}

static void write_fcr(struct uart_16550 *u, u8 value)
{
    if ((u->fcr ^ value) & FCR_ENABLE || value & FCR_CLEAR_RX) {
        u->receive_used = 0;
        u->timeout = false;
        clock_cancel(u->clock, &u->idle);
    }
    if ((u->fcr ^ value) & FCR_ENABLE || value & FCR_CLEAR_TX) u->transmit_used = 0;
    u->fcr = value & 0xc9;
}

static void write_data(struct uart_16550 *u, u8 value)
{
    if (u->transmit_used < depth(u)) ring_put(transmitter(u), value);
    u->thre_pending = false;
    start_sending(u);
}

void uart_16550_write(void *chip, unsigned reg, u8 value)
{
    struct uart_16550 *u = chip;

    switch (reg & 7) {
    case 0:
        if (u->lcr & LCR_DLAB) u->divisor = (u16)((u->divisor & 0xff00) | value);
        else write_data(u, value);
        break;
    case 1:
        if (u->lcr & LCR_DLAB) {
            u->divisor = (u16)((u->divisor & 0x00ff) | value << 8);
            break;
        }
        if (value & ~u->ier & IER_THRE && u->transmit_used == 0) u->thre_pending = true;
        u->ier = value & 0x0f;
        break;
    case 2: write_fcr(u, value); break;
    case 3: u->lcr = value; break;
    case 4: u->mcr = value & 0x1f; drive_modem(u); break;
    case 7: u->scr = value; break;
    default: break;
    }
    update(u);
}

const char *uart_16550_invariant(const struct uart_16550 *u)
{
    if (u->receive_used > FIFO || u->transmit_used > FIFO || u->receive_head >= FIFO || u->transmit_head >= FIFO) return "FIFO indices stay within them";
    return 0;
}
