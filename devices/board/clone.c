/* One of several machines that come from one state: what is its own, and what it leaves to the one that it comes from.      doc: clones */
#include <string.h>

#include "devices/board/board.h"

unsigned machine_clone_number(const struct machine *m) { return m->clone; }

void machine_become_clone(struct machine *m, unsigned number)
{
    m->clone = number;
    for (unsigned n = 0; n < m->processors; n++) cpu_reseed(m->processor[n].cpu, number);
    networks_readdress(m, number);
    perturb_reseed(m, number);
}

/* --- what cannot be divided --- */

static bool modes_divide(const struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned i = 0; i < 2 * CONFIG_ATA_CHANNELS; i++) {
        const struct ata_device_config *d = &m->config.ata[i >> 1].device[i & 1];
        if (d->type == ATA_DISK && disk_mode_is_served(d->mode)) ok = fail(err, "%s: path=\"%s\": clones cannot share the program that serves it; convert it: orrery image convert", board_ata_name(i >> 1, i & 1), d->path);
    }
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        const struct usb_port_config *p = &m->config.usb.port[n];
        if (m->config.usb.enabled && p->kind == CONFIG_USB_DISK && disk_mode_is_served(p->mode)) ok = fail(err, "%s: path=\"%s\": clones cannot share the program that serves it; convert it: orrery image convert", usb_port_name(n), p->path);
    }
    return ok;
}

bool machine_may_be_cloned(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = modes_divide(m, err);

    if (m->mirror) ok = fail(err, "clone: a mirror follows this machine step by step, and would wait for it meanwhile");
    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_divides(image, m->past))
            ok = fail(err, m->past ? "%s: path=\"%s\": is written through, so its file is that of the present and not of this moment: clone there, or take mode=volatile" :
                                     "%s: path=\"%s\": volatile writes in a file cannot be shared; leave journal= away", name, disk_image_path(image));
    return ok;
}

/* --- before --- */

bool machine_before_clones(struct machine *m, bool recorded, const char *snapshot, struct error *err)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_flush(image)) return fail(err, "%s: path=\"%s\": what was written cannot be flushed", name, disk_image_path(image));
    return !recorded || journal_prepare(m, snapshot, err);
}

/* --- in the clone --- */

bool machine_leave_host(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;
    bool ok = true;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) ok &= disk_image_part(image, err);
    for (unsigned n = 0; n <= MACHINE_E9; n++) serial_line_init(&m->capture[n].line);
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) serial_line_init(&m->printer[n].line);
    networks_leave_host(m);
    sounds_leave_host(m);
    machine_on_e9(m, NULL, NULL);
    journal_leave(m);
    m->history = NULL;                                   /* its memory is shared as long as nobody touches it */
    m->past = false;
    m->config.volatile_media = true;                     /* of disks that are inserted from now on */
    return ok;
}

void machine_end_recording(struct machine *m) { journal_close(m); }
