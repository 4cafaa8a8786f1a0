#ifndef ORRERY_CHIP_VGA_LAYOUT_H
#define ORRERY_CHIP_VGA_LAYOUT_H
/* What the CRTC makes of a picture's registers, shared by pixels (vga_render.c) and text (vga_text.c).   doc: vga */
#include "devices/chip/vga_picture.h"
#include "devices/chip/vga_registers.h"

struct vga_layout {
    unsigned columns, lines, char_lines, char_dots, start, pitch, line_compare, scan_double, line_step, dot_step;
    bool text;
};

struct vga_layout vga_layout_of(const struct vga_picture *p);

/* Byte address in a plane of a display address: byte, word or doubleword, and the two row bits. */
u32 vga_display_byte(const struct vga_picture *p, u32 address, unsigned row);

static inline u8 vga_plane_byte(const struct vga_picture *p, u32 at, unsigned plane)
{
    return p->memory[vga_quad_at(at & (VGA_PLANE_BYTES - 1)) + plane];
}

/* An entry of the DAC, XRGB, whatever the mask is. */
u32 vga_dac_entry(const struct vga_view *view, u8 entry);

/* vga_cirrus_cursor.c */
bool vga_cursor_covers(const struct vga_view *view, unsigned y);
void vga_draw_cursor(const struct vga_picture *picture, unsigned y, u32 *line);

/* vga_packed_render.c: a mode beyond the VGA's. */
void vga_render_packed(const struct vga_picture *picture, struct vga_frame *frame);

/* Four bits through the attribute controller and the DAC. */
u32 vga_colour_of(const struct vga_picture *p, u8 pixel);

/* Foreground and background of a character, blinking considered: true when it is dark now. */
bool vga_text_colours(const struct vga_picture *p, u8 attribute, u8 *fore, u8 *back);

#endif
