/* Bytes from outside go into a UART as a line of its speed would bring them.            doc: serial-line
 * A full receiver makes them wait: the far end is taken to honour RTS, so nothing is lost to an overrun. */
#include "cpu/base/ring.h"
#include "devices/board/board.h"

#define STATE_OWNER struct com_input
STATE_LAYOUT(com_input_state, "com_input", COM_INPUT_STATE);

static struct ring queue(struct com_input *in)
{
    return (struct ring){ in->bytes, COM_QUEUE, &in->head, &in->used };
}

static void schedule(struct com_input *in)
{
    struct clock *clock = &in->machine->clock;

    if (!in->used) clock_cancel(clock, &in->arrives);
    else clock_at(clock, &in->arrives, uart_16550_next_character(&in->machine->com[in->n]));
}

static void on_arrives(void *owner)
{
    struct com_input *in = owner;
    struct uart_16550 *uart = &in->machine->com[in->n];
    u8 byte;

    if (uart_16550_ready(uart) && ring_get(queue(in), &byte)) uart_16550_receive(uart, byte);
    schedule(in);
}

void com_input_init(struct machine *m, unsigned n)
{
    struct com_input *in = &m->com_input[n];

    in->machine = m;
    in->n = n;
    clock_add(&m->clock, &in->arrives, on_arrives, in);
}

void com_input_reset(struct com_input *in)
{
    in->head = in->used = 0;
    schedule(in);
}

static size_t take(struct com_input *in, const u8 *bytes, size_t size)
{
    size_t taken = 0;

    while (taken < size && ring_put(queue(in), bytes[taken])) taken++;
    if (taken && in->arrives.at == NEVER) schedule(in);
    return taken;
}

/* A port with a mouse has no other end. */
size_t com_input_take(struct machine *m, unsigned n, const void *bytes, size_t size)
{
    if (n >= MACHINE_COMS || !m->config.com[n].enabled || m->config.com[n].mode == COM_MOUSE) return 0;
    return take(&m->com_input[n], bytes, size);
}

void com_input_put(struct machine *m, unsigned n, const u8 *bytes, size_t size) { take(&m->com_input[n], bytes, size); }
