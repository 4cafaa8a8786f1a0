/* Mouse on a serial line, 1200 baud.                                                        doc: mouse
 *   Microsoft, 7 data bits   1 L R Y7 Y6 X7 X6   0 X5..X0   0 Y5..Y0      a middle button, or a wheel: and 0 M Z3..Z0
 *   Mouse Systems, 8         1 0 0 0 0 l m r     X   Y   X   Y            l m r: 0 pressed; the second pair is what came since the first
 * X grows to the right; Y downwards, with Mouse Systems upwards.  Fed by DTR and RTS: when they come on a Microsoft mouse sends "M",
 * one with a wheel "MZ".  Source: Microsoft Mouse Programmer's Reference, "Serial Mouse"; Mouse Systems M-1 data sheet.
 * Not modelled: the Plug and Play identification behind "M". */
#include "devices/chip/mouse_serial.h"

enum { FAR = 32767, AWAKE_MS = 14, PACKET_MS = 25, MIDDLE = 4 };

#define STATE_OWNER struct mouse_serial
STATE_LAYOUT_OF(mouse_serial_state, "mouse_serial", MOUSE_SERIAL_STATE, mouse_serial_invariant);

static int clamp(int v, int least, int most) { return v < least ? least : v > most ? most : v; }

static void in_ms(struct mouse_serial *m, unsigned ms)
{
    clock_at(m->clock, &m->sample, clock_now(m->clock) + clock_ticks_of_ns(m->clock, ms * 1000000ull));
}

static bool has_news(const struct mouse_serial *m)
{
    return m->dx || m->dy || (m->dz && m->kind == MOUSE_MICROSOFT_WHEEL) || m->buttons != m->sent_buttons;
}

/* --- packets --- */

/* Takes what of a movement fits eight bits. */
static u8 take(s32 *movement)
{
    int part = clamp(*movement, -128, 127);
    *movement -= part;
    return (u8)part;
}

static unsigned microsoft(struct mouse_serial *m, u8 *bytes)
{
    u8 x = take(&m->dx), y = take(&m->dy);
    int z = clamp(m->dz, -8, 7);
    bool middle = m->buttons & MIDDLE, wheel = m->kind == MOUSE_MICROSOFT_WHEEL;

    bytes[0] = (u8)(0x40 | (m->buttons & 1) << 5 | (m->buttons & 2) << 3 | y >> 6 << 2 | x >> 6);
    bytes[1] = x & 0x3f;
    bytes[2] = y & 0x3f;
    bytes[3] = (u8)((middle ? 0x10 : 0) | (z & 15));
    m->dz -= z;
    return wheel ? 4 : 3;
}

static unsigned mouse_systems(struct mouse_serial *m, u8 *bytes)
{
    unsigned pressed = (m->buttons & 1) << 2 | (m->buttons & 4) >> 1 | (m->buttons & 2) >> 1;
    s32 up = -m->dy;

    bytes[0] = (u8)(0x80 | (~pressed & 7));
    for (unsigned i = 1; i < 5; i += 2) {
        bytes[i] = take(&m->dx);
        bytes[i + 1] = take(&up);
    }
    m->dy = -up;
    return 5;
}

static void put_packet(struct mouse_serial *m)
{
    u8 bytes[5];
    unsigned size = m->kind == MOUSE_SYSTEMS ? mouse_systems(m, bytes) : microsoft(m, bytes);

    m->sent_buttons = m->buttons;
    m->line.put(m->line.to, bytes, size);
}

static void put_identification(struct mouse_serial *m)
{
    if (m->kind != MOUSE_SYSTEMS) m->line.put(m->line.to, (const u8 *)"MZ", m->kind == MOUSE_MICROSOFT_WHEEL ? 2 : 1);
}

static void schedule(struct mouse_serial *m)
{
    if (!m->powered || (!m->awakens && !has_news(m))) clock_cancel(m->clock, &m->sample);
    else if (m->sample.at == NEVER) in_ms(m, m->awakens ? AWAKE_MS : PACKET_MS);
}

static void on_sample(void *owner)
{
    struct mouse_serial *m = owner;

    if (m->awakens) put_identification(m);
    else if (has_news(m) && m->line.idle(m->line.to)) put_packet(m);
    m->awakens = false;
    schedule(m);
}

/* --- what comes in --- */

void mouse_serial_reset(struct mouse_serial *m)
{
    m->powered = m->awakens = false;
    m->dx = m->dy = m->dz = 0;
    m->sent_buttons = m->buttons;
    schedule(m);
}

void mouse_serial_init(struct mouse_serial *m, struct clock *clock, enum mouse_serial_kind kind, struct mouse_serial_line line)
{
    *m = (struct mouse_serial){ .kind = kind, .clock = clock, .line = line };
    clock_add(clock, &m->sample, on_sample, m);
    mouse_serial_reset(m);
}

void mouse_serial_modem(void *mouse, bool dtr, bool rts)
{
    struct mouse_serial *m = mouse;
    bool powered = dtr && rts;

    if (m->powered == powered) return;
    mouse_serial_reset(m);
    m->powered = m->awakens = powered;
    schedule(m);
}

void mouse_serial_move(struct mouse_serial *m, int dx, int dy, int dz, unsigned buttons)
{
    if (!m->powered) return;
    m->dx = clamp(m->dx + clamp(dx, -FAR, FAR), -FAR, FAR);
    m->dy = clamp(m->dy + clamp(dy, -FAR, FAR), -FAR, FAR);
    if (m->kind == MOUSE_MICROSOFT_WHEEL) m->dz = clamp(m->dz + clamp(dz, -FAR, FAR), -FAR, FAR);
    m->buttons = buttons & (m->kind == MOUSE_MICROSOFT ? 3 : 7);
    schedule(m);
}

const char *mouse_serial_invariant(const struct mouse_serial *m)
{
    if (m->kind == MOUSE_MICROSOFT && m->buttons & MIDDLE) return "a Microsoft mouse has two buttons";
    return !m->powered && m->sample.at != NEVER ? "a mouse without power is silent" : 0;
}
