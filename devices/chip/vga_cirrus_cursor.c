/* CL-GD5446: the hardware cursor over a picture.                                            doc: vga-cirrus
 *   32 dots: 32 rows of 4 bytes of plane 0, then of plane 1      64 dots: 64 rows, each 8 bytes of plane 0 and 8 of plane 1
 *   plane 1, plane 0:  0 0 what is below   0 1 its complement   1 0 background   1 1 foreground
 * Source: Cirrus Logic, "CL-GD5446 Technical Reference Manual", "Hardware Cursor". */
#include "devices/chip/vga_layout.h"

bool vga_cursor_covers(const struct vga_view *v, unsigned y) { return v->cursor_dots && y >= v->cursor_y && y - v->cursor_y < v->cursor_dots; }

static bool pattern_bit(const struct vga_picture *p, unsigned x, unsigned row, unsigned plane)
{
    bool large = p->view.cursor_dots == 64;
    u32 at = p->view.cursor_at + (large ? row * 16 + plane * 8 : plane * 128 + row * 4) + x / 8;
    return p->memory[at & (p->view.memory_bytes - 1)] >> (7 - x % 8) & 1;
}

void vga_draw_cursor(const struct vga_picture *p, unsigned y, u32 *out)
{
    const struct vga_view *v = &p->view;

    if (!vga_cursor_covers(v, y)) return;
    for (unsigned i = 0; i < v->cursor_dots && v->cursor_x + i < v->width; i++) {
        u32 *dot = &out[v->cursor_x + i];
        bool low = pattern_bit(p, i, y - v->cursor_y, 0), high = pattern_bit(p, i, y - v->cursor_y, 1);
        if (high) *dot = v->cursor_colour[low];
        else if (low) *dot ^= 0xffffff;
    }
}
