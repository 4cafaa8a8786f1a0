/* Which mouse there is, and where its movement goes.                                       doc: mouse */
#include "devices/board/board.h"

static bool is_serial(enum mouse_type type) { return type >= MOUSE_TYPE_SERIAL; }

static bool line_idle(void *to)
{
    const struct machine *m = to;
    return !m->com_input[m->serial_mouse_port].used;
}

static void line_put(void *to, const u8 *bytes, unsigned size)
{
    struct machine *m = to;
    com_input_put(m, m->serial_mouse_port, bytes, size);
}

static enum mouse_serial_kind kind_of(enum mouse_type type)
{
    return type == MOUSE_TYPE_SERIAL_MSYS ? MOUSE_SYSTEMS : type == MOUSE_TYPE_SERIAL_WHEEL ? MOUSE_MICROSOFT_WHEEL : MOUSE_MICROSOFT;
}

bool mice_build(struct machine *m, struct error *err)
{
    enum mouse_type type = m->config.mouse;
    unsigned n = 0;

    m->mouse.wheel = type == MOUSE_TYPE_IMPS2;
    if (type != MOUSE_TYPE_PS2 && type != MOUSE_TYPE_IMPS2) m->kbc.aux = (struct kbc_8042_device){ .device = NULL };
    while (n < MACHINE_COMS && !(m->config.com[n].enabled && m->config.com[n].mode == COM_MOUSE)) n++;
    m->serial_mouse_port = n;
    if (n == MACHINE_COMS) return !is_serial(type) || fail(err, "mouse: type=serial needs a port: com1: enabled=1, mode=mouse");
    if (!is_serial(type)) return fail(err, "com%u: mode=mouse needs a serial mouse: mouse: type=serial, serial_wheel or serial_msys", n + 1);
    mouse_serial_init(&m->serial_mouse, &m->clock, kind_of(type), (struct mouse_serial_line){ m, line_idle, line_put });
    m->com[n].modem = &m->serial_mouse;
    m->com[n].modem_changed = mouse_serial_modem;
    return true;
}

void mice_reset(struct machine *m)
{
    mouse_ps2_reset(&m->mouse);
    if (m->serial_mouse_port < MACHINE_COMS) mouse_serial_reset(&m->serial_mouse);
}

void input_mouse(struct machine *m, int dx, int dy, int dz, unsigned buttons)
{
    if (usb_takes_movement(m, dx, dy, dz, buttons)) return;
    if (m->serial_mouse_port < MACHINE_COMS) mouse_serial_move(&m->serial_mouse, dx, dy, dz, buttons);
    else if (m->config.mouse != MOUSE_TYPE_NONE) mouse_ps2_move(&m->mouse, dx, dy, dz, buttons);
}
