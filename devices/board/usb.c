/* The USB host controller on the board, and what is plugged into its ports.                doc: usb */
#include "devices/board/board.h"
#include "devices/storage/disk_image.h"

enum { PIRQ_OF_USB = 3 };

static void on_interrupt(void *listener, unsigned n, bool level)
{
    (void)level;
    pci_pirq_changed(listener, n);
}

static void on_decode_changed(void *board) { usb_place(board); }

static void plug(struct machine *m, unsigned n)
{
    static const enum usb_hid_kind hid[] = { [CONFIG_USB_KEYBOARD] = USB_KEYBOARD, [CONFIG_USB_MOUSE] = USB_MOUSE, [CONFIG_USB_TABLET] = USB_TABLET };
    struct usb_port *port = &m->pci.usb[n];
    enum usb_kind_config kind = m->config.usb.port[n].kind;

    if (kind == CONFIG_USB_NONE || kind == CONFIG_USB_DISK) return;
    usb_hid_init(&port->hid, hid[kind], &m->clock);
    port->device = &port->hid.device;
    uhci_piix3_plug(&m->pci.uhci, n, port->device);
}

const char *usb_port_name(unsigned port) { return port ? "usb.port2" : "usb.port1"; }

/* A stick, once its image is open. */
void usb_attach_disk(struct machine *m, unsigned n, struct disk_image *image)
{
    struct usb_port *port = &m->pci.usb[n];

    port->image = image;
    usb_storage_init(&port->storage, image, m->config.usb.port[n].read_only || disk_image_read_only(image));
    port->device = &port->storage.device;
    uhci_piix3_plug(&m->pci.uhci, n, port->device);
}

void usb_init(struct machine *m)
{
    const struct uhci_wires wires = { .board = m, .decode_changed = on_decode_changed, .memory_read = memory_dma_read, .memory_write = memory_dma_write };

    if (!m->config.usb.enabled) return;
    m->pci.usb_interrupt = (struct line){ .changed = on_interrupt, .listener = m, .n = PIRQ_OF_USB };
    uhci_piix3_init(&m->pci.uhci, &m->clock, &m->pci.usb_interrupt, &wires);
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) plug(m, n);
}

static u8 byte_read(void *chip, unsigned reg) { return (u8)uhci_piix3_read(chip, reg, 1); }
static void byte_write(void *chip, unsigned reg, u8 value) { uhci_piix3_write(chip, reg, 1, value); }

bool usb_build(struct machine *m, struct error *err)
{
    static const struct port_wide words = { .read = uhci_piix3_read, .write = uhci_piix3_write };
    const struct port_range ports = { 0, UHCI_IO_PORTS - 1, "usb", &m->pci.uhci, byte_read, byte_write, &words };
    const struct pci_function function = { 1, 2, "PIIX3 USB", &m->pci.uhci, uhci_piix3_config_read, uhci_piix3_config_write };

    if (!m->config.usb.enabled) return true;
    return pci_bus_add(&m->pci.bus, &function) && ports_add_movable(m->ports, &ports, &m->pci.usb_ports, err);
}

void usb_place(struct machine *m)
{
    u16 base;

    if (!m->config.usb.enabled) return;
    bool decoded = uhci_piix3_base(&m->pci.uhci, &base);
    ports_place(m->ports, m->pci.usb_ports, base, decoded);
}

void usb_reset(struct machine *m)
{
    if (m->config.usb.enabled) uhci_piix3_reset(&m->pci.uhci);
}

void usb_each_part(struct machine *m, void (*add)(struct machine *m, const char *name, const struct state_layout *layout, void *instance))
{
    static const char *const hid[] = { "usb.port1.hid", "usb.port2.hid" }, *const storage[] = { "usb.port1.disk", "usb.port2.disk" };

    if (!m->config.usb.enabled) return;
    add(m, "usb", &uhci_piix3_state, &m->pci.uhci);
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        if (!m->pci.usb[n].device) continue;
        add(m, usb_port_name(n), &usb_device_state, m->pci.usb[n].device);
        if (m->pci.usb[n].image) add(m, storage[n], &usb_storage_state, &m->pci.usb[n].storage);
        else add(m, hid[n], &usb_hid_state, &m->pci.usb[n].hid);
    }
}

/* --- input --- */

static struct usb_hid *hid_in_use(struct machine *m, enum usb_hid_kind kind)
{
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        struct usb_port *port = &m->pci.usb[n];
        if (port->device == &port->hid.device && port->hid.kind == kind && port->device->configuration) return &port->hid;
    }
    return NULL;
}

bool usb_takes_key(struct machine *m, u8 usage, bool down)
{
    struct usb_hid *keyboard = hid_in_use(m, USB_KEYBOARD);
    if (keyboard) usb_hid_key(keyboard, usage, down);
    return keyboard;
}

bool usb_takes_movement(struct machine *m, int dx, int dy, int dz, unsigned buttons)
{
    struct usb_hid *mouse = hid_in_use(m, USB_MOUSE);
    if (mouse) usb_hid_move(mouse, dx, dy, dz, buttons);
    return mouse;
}

bool usb_has_tablet(struct machine *m) { return hid_in_use(m, USB_TABLET); }

bool usb_takes_point(struct machine *m, unsigned x, unsigned y, int dz, unsigned buttons)
{
    struct usb_hid *tablet = hid_in_use(m, USB_TABLET);
    if (tablet) usb_hid_point(tablet, x, y, dz, buttons);
    return tablet;
}
