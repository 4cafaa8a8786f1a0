#ifndef ORRERY_GUI_MACHINE_PICTURE_H
#define ORRERY_GUI_MACHINE_PICTURE_H
/* The picture of a machine's display, through the machine's door.                          doc: display */
#include "devices/chip/vga_picture.h"
#include "devices/machine.h"

static inline bool machine_take_picture(struct machine *machine, struct vga_picture *picture)
{
    const void *vga;
    if (machine_device_state(machine, "vga", &vga) != &vga_state) return false;
    vga_take_picture(vga, picture);
    return true;
}

#endif
