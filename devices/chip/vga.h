#ifndef ORRERY_CHIP_VGA_H
#define ORRERY_CHIP_VGA_H
/* The VGA for a board that asks the chip itself: a picture is taken and used at once.        doc: vga */
#include "devices/chip/vga_picture.h"

static inline void vga_render_now(const struct vga *v, struct vga_frame *frame)
{
    struct vga_picture picture;
    vga_take_picture(v, &picture);
    vga_render(&picture, frame);
}

static inline size_t vga_text_now(const struct vga *v, char *text, size_t size)
{
    struct vga_picture picture;
    vga_take_picture(v, &picture);
    return vga_text(&picture, text, size);
}

#endif
