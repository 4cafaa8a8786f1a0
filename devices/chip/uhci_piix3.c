/* 82371SB (PIIX3), function 2: USB host controller with two ports.                         doc: usb
 *   reg 0  USBCMD   7 MAXP  6 CF  5 SWDBG  4 FGR  3 EGSM  2 GRESET  1 HCRESET  0 RS        8  FRBASEADD   C  SOFMOD
 *       2  USBSTS   5 HCHALTED  4 process error  3 host error  2 resume  1 error  0 USBINT: a 1 clears all but HCHALTED
 *       4  USBINTR  3 short packet  2 IOC  1 resume  0 timeout, CRC      6  FRNUM
 *      10, 12  PORTSC  12 suspend  9 reset  8 low speed  6 resume  5..4 D-, D+  3 enable changed  2 enable  1 connect changed  0 connected
 *   C0 LEGSUP  15 A20PTS  13 USBPIRQDEN  12 USBIRQS  11..8 accesses of the keyboard's ports  7..0 what traps them
 * A frame is 11936 + SOFMOD bits of 12 MHz.  Its transactions happen at its beginning, what they report at its end; nothing happens while the
 * controller stands still.
 * Source: Intel, "Universal Host Controller Interface (UHCI) Design Guide" 1.1; Intel 290550-001, "USB Host Controller".
 * Not modelled: SMI by LEGSUP's traps (LEGSUP keeps what is written), SWDBG's single steps. */
#include "devices/chip/uhci_parts.h"

enum { USBCMD = 0, USBSTS = 2, USBINTR = 4, FRNUM = 6, FRBASEADD = 8, SOFMOD = 12, PORTSC = 16 };
enum { BASE = 0x20, LEGSUP = 0xc0, USBPIRQDEN = 0x20, USBIRQS = 0x10 };          /* of LEGSUP's upper byte */
enum { FRAME_BITS_LEAST = 11936, SOF_RESET = 64, CMD_KEPT = 0xf9, STS_CLEARED = 0x1f };
enum { PORT_KEPT = PORT_CONNECT_CHANGED | PORT_ENABLED | PORT_ENABLE_CHANGED | PORT_RESUME | PORT_RESET | PORT_SUSPEND,
       PORT_WRITTEN = PORT_ENABLED | PORT_RESUME | PORT_RESET | PORT_SUSPEND, PORT_CLEARED = PORT_CONNECT_CHANGED | PORT_ENABLE_CHANGED };
#define RATE_USB ((struct rate){ 12000000, 1 })

#define STATE_OWNER struct uhci_piix3
STATE_LAYOUT_OF(uhci_piix3_state, "uhci_piix3", UHCI_PIIX3_STATE, uhci_piix3_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x70208086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0005,     0          },     /* PCICMD */
    { 0x06, 2, 0x0280,     0,          0x3800     },     /* PCISTS */
    { 0x08, 4, 0x0c030001, 0,          0          },     /* RID, CLASSC: USB, UHCI */
    { 0x0d, 1, 0x00,       0xf0,       0          },     /* MLT */
    { 0x20, 4, 0x00000001, 0x0000ffe0, 0          },     /* USBBA */
    { 0x3c, 1, 0x00,       0xff,       0          },     /* INTLN */
    { 0x3d, 1, 0x04,       0,          0          },     /* INTPN: D */
    { 0x60, 1, 0x10,       0,          0          },     /* SBRNUM: release 1.0 */
    { 0x6a, 1, 0x00,       0x01,       0          },     /* MSTAT */
    { 0xc0, 2, 0x2000,     0x20bf,     0x8f00     },     /* LEGSUP */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

/* --- interrupts --- */

static bool asks(const struct uhci_piix3 *u)
{
    bool usbint = u->status & STS_USBINT && ((u->causes & CAUSE_IOC && u->enable & 4) || (u->causes & CAUSE_SHORT && u->enable & 8));

    return usbint || (u->status & STS_ERROR && u->enable & 1) || (u->status & STS_RESUME && u->enable & 2) ||
           u->status & (STS_HOST_ERROR | STS_PROCESS_ERROR);
}

static bool interrupts(const struct uhci_piix3 *u) { return asks(u) && u->config[LEGSUP + 1] & USBPIRQDEN; }
static void update(struct uhci_piix3 *u) { line_set(u->interrupt, interrupts(u)); }

/* --- ports --- */

static u16 port_read(const struct uhci_piix3 *u, unsigned n)
{
    const struct usb_device *d = u->device[n];
    u16 v = u->port[n] | PORT_ALWAYS;

    if (!d) return v;
    v |= PORT_CONNECTED | (d->kind->low_speed ? PORT_LOW_SPEED : 0);
    return v | (v & PORT_RESET ? 0 : d->kind->low_speed ? PORT_D_MINUS : PORT_D_PLUS);
}

static void port_write(struct uhci_piix3 *u, unsigned n, u16 value)
{
    u16 before = u->port[n], now = (u16)((before & ~PORT_WRITTEN) | (value & PORT_WRITTEN));

    now &= (u16)~(value & PORT_CLEARED);
    if (now & PORT_RESET || !u->device[n]) now &= (u16)~(PORT_ENABLED | PORT_RESUME | PORT_SUSPEND);
    if (now & ~before & PORT_RESET && u->device[n]) usb_device_bus_reset(u->device[n]);
    u->port[n] = now;
}

static void reset_ports(struct uhci_piix3 *u)
{
    for (unsigned n = 0; n < UHCI_PORTS; n++) {
        u->port[n] = u->device[n] ? PORT_CONNECT_CHANGED : 0;
        if (u->device[n]) usb_device_bus_reset(u->device[n]);
    }
}

struct usb_device *uhci_device_at(const struct uhci_piix3 *u, u8 address, bool low_speed)
{
    for (unsigned n = 0; n < UHCI_PORTS; n++) {
        struct usb_device *d = u->device[n];
        if (d && u->port[n] & PORT_ENABLED && !(u->port[n] & PORT_SUSPEND) && d->address == address && d->kind->low_speed == low_speed) return d;
    }
    return NULL;
}

/* "Resume": a device on a suspended port, or a suspended bus, wakes it. */
static void on_wake(void *controller, unsigned n)
{
    struct uhci_piix3 *u = controller;

    if (!(u->port[n] & PORT_SUSPEND) && !(u->command & CMD_EGSM)) return;
    u->port[n] |= PORT_RESUME;
    u->status |= STS_RESUME;
    if (u->command & CMD_EGSM) u->command |= CMD_FGR;
    update(u);
}

void uhci_piix3_plug(struct uhci_piix3 *u, unsigned port, struct usb_device *device)
{
    u->device[port] = device;
    u->port[port] = PORT_CONNECT_CHANGED;
    device->controller = u;
    device->wake = on_wake;
    device->port = port;
}

/* --- frames --- */

static u32 frame_bits(const struct uhci_piix3 *u) { return FRAME_BITS_LEAST + u->sof_modify; }

static void await_frame(struct uhci_piix3 *u) { clock_at(u->clock, &u->next_frame, clock_tick_of_cycle(u->clock, RATE_USB, u->frame_end)); }

static void end_frame(struct uhci_piix3 *u)
{
    u->causes |= u->due & (CAUSE_IOC | CAUSE_SHORT);
    if (u->due & (CAUSE_IOC | CAUSE_SHORT)) u->status |= STS_USBINT;
    if (u->due & CAUSE_ERROR) u->status |= STS_ERROR;
    u->due = 0;
    u->frame = (u->frame + 1) & 0x7ff;
    u->in_frame = false;
}

static void halt(struct uhci_piix3 *u, u16 why)
{
    u->command &= (u16)~CMD_RS;
    u->status |= STS_HALTED | why;
    clock_cancel(u->clock, &u->next_frame);
}

static void on_frame(void *owner)
{
    struct uhci_piix3 *u = owner;

    if (u->in_frame) end_frame(u);
    if (!(u->command & CMD_RS)) halt(u, 0);
    else if (!(u->config[PCI_COMMAND] & COMMAND_MASTER)) halt(u, STS_HOST_ERROR);
    else {
        u->in_frame = true;
        u->frame_end += frame_bits(u);
        await_frame(u);
        if (!(u->command & CMD_EGSM) && !uhci_frame(u, frame_bits(u))) halt(u, STS_PROCESS_ERROR);
    }
    update(u);
}

static void run(struct uhci_piix3 *u)
{
    u->status &= (u16)~STS_HALTED;
    if (u->next_frame.at != NEVER) return;
    u->in_frame = false;
    u->frame_end = clock_cycles(u->clock, RATE_USB) + 1;
    await_frame(u);
}

/* --- life --- */

static void host_reset(struct uhci_piix3 *u)
{
    clock_cancel(u->clock, &u->next_frame);
    u->command = u->enable = u->frame = 0;
    u->status = STS_HALTED;
    u->frame_list = 0;
    u->sof_modify = SOF_RESET;
    u->causes = u->due = 0;
    u->in_frame = false;
    u->frame_end = 0;
    reset_ports(u);
    update(u);
}

void uhci_piix3_init(struct uhci_piix3 *u, struct clock *clock, struct line *interrupt, const struct uhci_wires *wires)
{
    *u = (struct uhci_piix3){ .clock = clock, .interrupt = interrupt, .wires = *wires };
    clock_add(clock, &u->next_frame, on_frame, u);
    pci_config_reset(u->config, registers);
}

void uhci_piix3_reset(struct uhci_piix3 *u)
{
    pci_config_reset(u->config, registers);
    host_reset(u);
    u->wires.decode_changed(u->wires.board);
}

/* --- registers --- */

u8 uhci_piix3_config_read(void *chip, unsigned at)
{
    const struct uhci_piix3 *u = chip;

    at &= 0xff;
    return at == LEGSUP + 1 && asks(u) ? u->config[at] | USBIRQS : u->config[at];
}

void uhci_piix3_config_write(void *chip, unsigned at, u8 value)
{
    struct uhci_piix3 *u = chip;

    pci_config_write(u->config, registers, at & 0xff, value);
    update(u);
    u->wires.decode_changed(u->wires.board);
}

bool uhci_piix3_base(const struct uhci_piix3 *u, u16 *base)
{
    u32 at;
    bool decoded = pci_config_base(u->config, BASE, &at);

    *base = (u16)at;
    return decoded;
}

static void write_command(struct uhci_piix3 *u, u16 value)
{
    u16 before = u->command;

    if (value & CMD_HCRESET) {
        host_reset(u);
        return;
    }
    u->command = value & (CMD_KEPT | CMD_GRESET);
    if (value & ~before & CMD_GRESET) {
        reset_ports(u);
        u->command &= (u16)~CMD_RS;
    }
    if (u->command & CMD_RS) run(u);
}

static u16 word_read(const struct uhci_piix3 *u, unsigned reg)
{
    switch (reg) {
    case USBCMD: return u->command;
    case USBSTS: return u->status;
    case USBINTR: return u->enable;
    case FRNUM: return u->frame;
    case FRBASEADD: return (u16)u->frame_list;
    case FRBASEADD + 2: return (u16)(u->frame_list >> 16);
    case SOFMOD: return u->sof_modify;
    case PORTSC: case PORTSC + 2: return port_read(u, (reg - PORTSC) / 2);
    default: return 0;
    }
}

static void word_write(struct uhci_piix3 *u, unsigned reg, u16 value)
{
    switch (reg) {
    case USBCMD: write_command(u, value); break;
    case USBSTS:
        u->status &= (u16)~(value & STS_CLEARED);
        if (value & STS_USBINT) u->causes = 0;
        break;
    case USBINTR: u->enable = value & 15; break;
    case FRNUM:
        if (u->status & STS_HALTED) u->frame = value & 0x7ff;
        break;
    case FRBASEADD: u->frame_list = (u->frame_list & 0xffff0000) | (value & 0xf000); break;
    case FRBASEADD + 2: u->frame_list = (u->frame_list & 0xffff) | (u32)value << 16; break;
    case SOFMOD: u->sof_modify = value & 0x7f; break;
    case PORTSC: case PORTSC + 2: port_write(u, (reg - PORTSC) / 2, value); break;
    default: break;
    }
    update(u);
}

u32 uhci_piix3_read(void *chip, unsigned reg, unsigned size)
{
    u32 value = (u32)word_read(chip, reg & ~1u) | (u32)word_read(chip, (reg & ~1u) + 2) << 16;
    return size == 4 ? value : value >> 8 * (reg & 1) & (size == 1 ? 0xff : 0xffff);
}

/* Registers are words; a byte that is written alone finds the other one as it is, or, where ones clear, as zeros. */
void uhci_piix3_write(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct uhci_piix3 *u = chip;
    unsigned at = reg & ~1u, shift = 8 * (reg & 1);

    if (size == 1) {
        u16 other = at == USBSTS ? 0 : (u16)(word_read(u, at) & ~(at >= PORTSC ? PORT_CLEARED : 0));
        value = (other & ~(0xffu << shift)) | value << shift;
    }
    word_write(u, at, (u16)value);
    if (size == 4) word_write(u, at + 2, (u16)(value >> 16));
}

const char *uhci_piix3_invariant(const struct uhci_piix3 *u)
{
    if (state_out_of_range(&uhci_piix3_state, u)) return "every field is in the range its list gives";
    if (u->next_frame.at == NEVER && u->command & CMD_RS) return "a frame is coming while the controller runs";
    for (unsigned n = 0; n < UHCI_PORTS; n++)
        if (u->port[n] & ~PORT_KEPT || (u->port[n] & PORT_ENABLED && !u->device[n])) return "a port is enabled where something is plugged in";
    if (u->interrupt && u->interrupt->level != interrupts(u)) return "the interrupt follows status, enables and USBPIRQDEN";
    return pci_config_valid(u->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
