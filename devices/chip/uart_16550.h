#ifndef ORRERY_CHIP_UART_16550_H
#define ORRERY_CHIP_UART_16550_H
#include "cpu/base/ring.h"
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define UART_16550_STATE(ONE, MANY) \
    /*    type  name           unit     min         max  meaning                                          */ \
    MANY(u8,   receive, 16,    "",        0,       0xff, "receiver FIFO")                                    \
    ONE (u32,  receive_head,   "",        0,         15, "next byte to read")                                \
    ONE (u32,  receive_used,   "",        0,         16, "bytes that wait")                                  \
    MANY(u8,   transmit, 16,   "",        0,       0xff, "transmitter FIFO")                                 \
    ONE (u32,  transmit_head,  "",        0,         15, "next byte to send")                                \
    ONE (u32,  transmit_used,  "",        0,         16, "bytes that wait")                                  \
    ONE (bool, shifting,       "",        0,          1, "a byte is in the transmitter shift register")      \
    ONE (u8,   shift,          "",        0,       0xff, "that byte")                                        \
    ONE (u8,   ier,            "bits",    0,       0x0f, "interrupt enable")                                 \
    ONE (u8,   fcr,            "bits",    0,       0xff, "FIFO control")                                     \
    ONE (u8,   lcr,            "bits",    0,       0xff, "line control")                                     \
    ONE (u8,   mcr,            "bits",    0,       0x1f, "modem control")                                    \
    ONE (u8,   lsr_errors,     "bits",    0,       0x1e, "line status: OE PE FE BI")                         \
    ONE (u8,   msr_delta,      "bits",    0,       0x0f, "modem status deltas")                              \
    ONE (u8,   scr,            "",        0,       0xff, "scratch")                                          \
    ONE (u16,  divisor,        "",        0,     0xffff, "of 115200 baud")                                   \
    ONE (bool, thre_pending,   "",        0,          1, "THRE interrupt: until IIR is read or THR written") \
    ONE (bool, timeout,        "",        0,          1, "character timeout indication")                     \
    ONE (event, sent,          "tick",    0, UINT64_MAX, "the shift register is empty")                      \
    ONE (event, idle,          "tick",    0, UINT64_MAX, "receiver quiet for four characters")

struct uart_16550 {
    STATE_MEMBERS(UART_16550_STATE)
    struct clock *clock;
    struct line *irq;
    struct byte_sink out;
    void *modem;                 /* wire: DTR and RTS go to something that looks at them; NULL: nobody does */
    void (*modem_changed)(void *modem, bool dtr, bool rts);
};

extern const struct state_layout uart_16550_state;

void uart_16550_init(struct uart_16550 *u, struct clock *clock, struct line *irq, struct byte_sink out);
void uart_16550_reset(struct uart_16550 *u);
u8 uart_16550_read(void *chip, unsigned reg);
bool uart_16550_steady(const void *chip, unsigned reg);      /* as a board's I/O map asks: ports_promise */
void uart_16550_write(void *chip, unsigned reg, u8 value);
bool uart_16550_receive(struct uart_16550 *u, u8 byte);      /* from the line; false: overrun, the byte is lost */
u64 uart_16550_next_character(const struct uart_16550 *u);   /* tick at which a character that starts now has come */
bool uart_16550_ready(const struct uart_16550 *u);           /* room, and no loop: the far end may send */
const char *uart_16550_invariant(const struct uart_16550 *u);

#endif
