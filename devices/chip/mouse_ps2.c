/* PS/2 mouse with three buttons, or a wheel and five.                           doc: mouse
 * Bytes from the host: E6/E7 scaling, E8 resolution, E9 status, EA stream, EB read, EC/EE wrap, F0 remote, F2 identify,
 * F3 rate, F4/F5 reporting, F6 defaults, FE resend, FF reset; each is answered by FA.
 * Packet: YO XO YS XS 1 M R L, then X and Y movement.  Source: IBM PS/2 Hardware Interface Technical Reference, "Mouse".
 * Rates of 200, 100, 80 one after another make a wheel known: identification 3, a fourth byte with its movement.  Then 200, 200, 80
 * do so for five buttons: identification 4, fourth byte 0 0 B5 B4 Z3..Z0.  Source: Microsoft, "IntelliMouse Wheel Mouse" (PS/2
 * protocol) and "IntelliMouse Explorer". */
#include "devices/chip/mouse_ps2.h"

enum { ACK = 0xfa, RESEND = 0xfe, FAR = 32767, PLAIN = 0, WHEEL = 3, EXPLORER = 4, WHEEL_LEAST = -8, WHEEL_MOST = 7 };

#define STATE_OWNER struct mouse_ps2
STATE_LAYOUT_OF(mouse_ps2_state, "mouse_ps2", MOUSE_PS2_STATE, mouse_ps2_invariant);

static struct ring ring_of(struct mouse_ps2 *m)
{
    return (struct ring){ m->buffer, MOUSE_BUFFER, &m->head, &m->used };
}

static void answer(struct mouse_ps2 *m, u8 byte)
{
    ring_put(ring_of(m), byte);
    m->ready(m->controller);
}

static int clamp(int v, int least, int most) { return v < least ? least : v > most ? most : v; }

/* DS "Scaling": 2:1 in stream mode only. */
static int scaled(const struct mouse_ps2 *m, int v)
{
    static const u8 small[] = { 0, 1, 1, 3, 6, 9 };
    unsigned size = (unsigned)(v < 0 ? -v : v);
    if (!m->scaled || m->remote) return v;
    size = size < sizeof small ? small[size] : 2 * size;
    return v < 0 ? -(int)size : (int)size;
}

/* Movement beyond nine bits is cut and marked as overflowed. */
static void put_packet(struct mouse_ps2 *m)
{
    int x = scaled(m, m->dx), y = scaled(m, m->dy), cut_x = clamp(x, -256, 255), cut_y = clamp(y, -256, 255);
    int z = clamp(m->dz, WHEEL_LEAST, WHEEL_MOST);

    answer(m, (u8)(8 | (m->buttons & 7) | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0) | (x != cut_x ? 0x40 : 0) | (y != cut_y ? 0x80 : 0)));
    answer(m, (u8)cut_x);
    answer(m, (u8)cut_y);
    if (m->id == WHEEL) answer(m, (u8)z);
    if (m->id == EXPLORER) answer(m, (u8)((m->buttons & 0x18) << 1 | (z & 15)));
    m->dx = m->dy = 0;
    m->dz = m->id == PLAIN ? 0 : m->dz - z;
    m->sent_buttons = m->buttons;
}

/* A mouse in another mode neither says what its wheel does nor its outer buttons. */
static bool has_news(const struct mouse_ps2 *m)
{
    unsigned told = m->id == EXPLORER ? 31 : 7;
    return m->dx || m->dy || (m->dz && m->id != PLAIN) || (m->buttons & told) != (m->sent_buttons & told);
}

/* A sampling period after the last packet; the last byte of that one must have left. */
static void schedule(struct mouse_ps2 *m)
{
    if (!m->reporting || m->remote || !has_news(m)) clock_cancel(m->clock, &m->sample);
    else if (m->sample.at == NEVER)
        clock_at(m->clock, &m->sample, clock_now(m->clock) + clock_ticks_of_ns(m->clock, 1000000000ull / m->rate));
}

static void on_sample(void *owner)
{
    struct mouse_ps2 *m = owner;

    if (m->reporting && !m->remote && has_news(m) && !m->used) put_packet(m);
    schedule(m);
}

static void defaults(struct mouse_ps2 *m)
{
    m->rate = 100;
    m->resolution = 2;
    m->scaled = m->remote = m->wrap = m->reporting = false;
    m->dx = m->dy = m->dz = 0;
    schedule(m);
}

void mouse_ps2_reset(struct mouse_ps2 *m)
{
    m->head = m->used = 0;
    m->command = m->last_sent = 0;
    m->id = PLAIN;
    m->knock[0] = m->knock[1] = 0;
    defaults(m);
}

void mouse_ps2_init(struct mouse_ps2 *m, struct clock *clock, void *controller, void (*ready)(void *controller))
{
    *m = (struct mouse_ps2){ .clock = clock, .controller = controller, .ready = ready };
    clock_add(clock, &m->sample, on_sample, m);
    mouse_ps2_reset(m);
}

void mouse_ps2_move(struct mouse_ps2 *m, int dx, int dy, int dz, unsigned buttons)
{
    m->dx = clamp(m->dx + clamp(dx, -FAR, FAR), -FAR, FAR);
    m->dy = clamp(m->dy - clamp(dy, -FAR, FAR), -FAR, FAR);
    if (m->wheel && m->id != PLAIN) m->dz = clamp(m->dz + clamp(dz, -FAR, FAR), -FAR, FAR);
    m->buttons = buttons & (m->wheel ? 31 : 7);
    schedule(m);
}

static void put_status(struct mouse_ps2 *m)
{
    answer(m, (u8)((m->remote ? 0x40 : 0) | (m->reporting ? 0x20 : 0) | (m->scaled ? 0x10 : 0) | (m->buttons & 1 ? 4 : 0) |
                   (m->buttons & 4 ? 2 : 0) | (m->buttons & 2 ? 1 : 0)));
    answer(m, m->resolution);
    answer(m, m->rate);
}

/* Three rates in a row. */
static void knock(struct mouse_ps2 *m, u8 rate)
{
    bool ends = m->wheel && rate == 80 && m->knock[0] == 200;

    if (ends && m->knock[1] == 100 && m->id == PLAIN) m->id = WHEEL;
    if (ends && m->knock[1] == 200 && m->id == WHEEL) m->id = EXPLORER;
    m->knock[0] = m->knock[1];
    m->knock[1] = rate;
}

static void parameter(struct mouse_ps2 *m, u8 byte)
{
    u8 command = m->command;

    m->command = 0;
    if (command == 0xe8 ? byte > 3 : byte == 0) {
        answer(m, RESEND);
        return;
    }
    if (command == 0xe8) m->resolution = byte;
    else {
        m->rate = byte;
        knock(m, byte);
    }
    answer(m, ACK);
}

static void reset_by_command(struct mouse_ps2 *m)
{
    mouse_ps2_reset(m);
    answer(m, ACK);
    answer(m, 0xaa);                                 /* self-test passed */
    answer(m, 0x00);                                 /* identification */
}

static void command(struct mouse_ps2 *m, u8 byte)
{
    if (byte != 0xfe) m->head = m->used = 0;         /* a command ends what was being sent */
    if (byte != 0xfe && byte != 0xff) answer(m, ACK);
    switch (byte) {
    case 0xe6: case 0xe7: m->scaled = byte & 1; break;
    case 0xe8: case 0xf3: m->command = byte; break;
    case 0xe9: put_status(m); break;
    case 0xea: m->remote = false; break;
    case 0xeb: put_packet(m); break;
    case 0xec: m->wrap = false; break;
    case 0xee: m->wrap = true; break;
    case 0xf0: m->remote = true; break;
    case 0xf2: answer(m, m->id); break;
    case 0xf4: case 0xf5: m->reporting = !(byte & 1); break;
    case 0xf6: defaults(m); break;
    case 0xfe: answer(m, m->last_sent); break;
    case 0xff: reset_by_command(m); break;
    }
    schedule(m);
}

static bool known(u8 byte)
{
    return (byte >= 0xe6 && byte <= 0xec) || byte == 0xee || byte == 0xf0 || (byte >= 0xf2 && byte <= 0xf6) || byte >= 0xfe;
}

void mouse_ps2_receive(void *mouse, u8 byte)
{
    struct mouse_ps2 *m = mouse;

    if (m->wrap && byte != 0xec && byte != 0xff) answer(m, byte);
    else if (m->command) parameter(m, byte);
    else if (known(byte)) command(m, byte);
    else answer(m, RESEND);
}

bool mouse_ps2_send(void *mouse, u8 *byte)
{
    struct mouse_ps2 *m = mouse;

    if (!ring_get(ring_of(m), byte)) return false;
    if (*byte != RESEND) m->last_sent = *byte;
    return true;
}

bool mouse_ps2_waiting(const void *mouse)
{
    return ((const struct mouse_ps2 *)mouse)->used;
}

const char *mouse_ps2_invariant(const struct mouse_ps2 *m)
{
    if (m->head >= MOUSE_BUFFER || m->used > MOUSE_BUFFER) return "the buffer's indices stay within it";
    if (m->id != PLAIN && !m->wheel) return "a mouse without a wheel is of the plain kind";
    if (!m->rate || m->resolution > 3) return "a rate is not 0 and a resolution is one of four";
    return 0;
}
