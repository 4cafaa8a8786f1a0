/* usb_uhci: what is plugged into which port.                                               doc: configuration */
#include "config/usb.h"

#include "devices/storage/image_formats.h"

#include <stddef.h>
#include <string.h>

static const char *const kinds[] = { "none", "keyboard", "mouse", "tablet", "disk" };

static struct usb_port_config *port_of(const struct given *g, void *base)
{
    unsigned n = (unsigned)(g->name[strlen(g->name) - 1] - '1');
    return &((struct usb_config *)base)->port[n % CONFIG_USB_PORTS];
}

static bool port(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const others[] = { "cdrom", "floppy", "hub", "keypad", "printer" };

    (void)c;
    if (!g->value[0]) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++)
        if (!strcmp(g->value, kinds[i])) return port_of(g, base)->kind = (enum usb_kind_config)i, true;
    for (unsigned i = 0; i < ARRAY_COUNT(others); i++)
        if (!strcmp(g->value, others[i])) return note(g, "this USB device is not there; the port stays empty");
    return bad_value(g, "keyboard, mouse, tablet, disk or none");
}

/* "path:growing:usb.img": the form of an image may stand before its name. */
static bool path(const struct given *g, struct usb_port_config *p, const char *value)
{
    struct given image = *g;
    const struct image_kind *kind = image_kind_with_prefix(&value);

    if (kind) p->mode = kind->mode;
    image.value = value;
    return store_text(&image, p->path, sizeof p->path);
}

/* "speed:low, path:usb.img": a list with commas. */
static bool options(const struct given *g, struct machine_config *c, void *base)
{
    struct usb_port_config *p = port_of(g, base);
    char list[CONFIG_PATH];
    bool flag;

    (void)c;
    if (!store_text(g, list, sizeof list)) return false;
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
        word += strspn(word, " ");
        char *value = strchr(word, ':');
        if (!value) return bad_value(g, "options as in \"path:usb.img\"");
        *value++ = 0;
        if (!strcmp(word, "path")) {
            if (!path(g, p, value)) return false;
        } else if (!strcmp(word, "write_protected")) {
            if (!parse_bool(value, &flag)) return bad_value(g, "write_protected:0 or write_protected:1");
            p->read_only = flag;
        } else if (!strcmp(word, "speed")) {
            if (strcmp(value, "low") && strcmp(value, "full")) return note(g, "the controller has low and full speed; each device its own");
        } else if (!note(g, "these options are not there")) return false;
    }
    return true;
}

const struct parameter usb_uhci[] = {
    { "enabled", TYPE_BOOL, .offset = offsetof(struct usb_config, enabled), .size = sizeof(bool), .meaning = "the controller is there (function 2 of the PIIX3)" },
    { "port1", TYPE_CUSTOM, .take = port, .meaning = "what is plugged in: keyboard, mouse, tablet (the pointer goes where it is, without capture), disk, none" },
    { "options1", TYPE_CUSTOM, .take = options, .meaning = "of a disk \"path:FILE\", or \"path:FORM:FILE\" with a form of ata0-master: mode=, and \"write_protected:1\"" },
    { "port2", TYPE_CUSTOM, .take = port }, { "options2", TYPE_CUSTOM, .take = options },
    { .name = NULL },
};

void usb_write(const struct machine_config *c, FILE *to)
{
    if (!c->usb.enabled) return;
    fprintf(to, "usb_uhci: enabled=1");
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        const struct usb_port_config *p = &c->usb.port[n];
        if (p->kind == CONFIG_USB_NONE) continue;
        fprintf(to, ", port%u=%s", n + 1, kinds[p->kind]);
        if (p->path[0]) fprintf(to, ", options%u=\"path:%s:%s, write_protected:%d\"", n + 1, image_kind_of(p->mode)->name, p->path, p->read_only);
    }
    fputc('\n', to);
}
