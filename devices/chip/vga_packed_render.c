/* Modes beyond the VGA's as pixels.                                                         doc: vga-dispi
 *   8 bits: through the DAC · 15: x1 R5 G5 B5 · 16: R5 G6 B5 · 24: B G R bytes · 32: B G R x · 4 bits: four planes */
#include "devices/chip/vga_layout.h"

#include <string.h>

static u32 from_555(unsigned v)
{
    unsigned r = v >> 10 & 31, g = v >> 5 & 31, b = v & 31;
    return (r << 3 | r >> 2) << 16 | (g << 3 | g >> 2) << 8 | (b << 3 | b >> 2);
}

static u32 from_565(unsigned v)
{
    unsigned r = v >> 11, g = v >> 5 & 63, b = v & 31;
    return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 | (b << 3 | b >> 2);
}

/* Colours of the 256, or 16, values of a dot. */
static void colours(const struct vga_picture *p, u32 *colour)
{
    for (unsigned i = 0; i < 256; i++) colour[i] = vga_dac_entry(&p->view, (u8)i & p->view.pel_mask);
    if (p->view.bpp != 4) return;
    for (u8 i = 0; i < 16; i++) colour[i] = vga_colour_of(p, i);
}

static void packed_line(const struct vga_view *v, const u8 *from, const u32 *colour, u32 *out)
{
    switch (v->bpp) {
    case 8: for (unsigned x = 0; x < v->width; x++) out[x] = colour[from[x]]; break;
    case 15: for (unsigned x = 0; x < v->width; x++) out[x] = from_555(from[2 * x] | from[2 * x + 1] << 8); break;
    case 16: for (unsigned x = 0; x < v->width; x++) out[x] = from_565(from[2 * x] | (unsigned)from[2 * x + 1] << 8); break;
    default: {
        unsigned step = v->bpp / 8;
        for (unsigned x = 0; x < v->width; x++, from += step) out[x] = (u32)from[2] << 16 | (u32)from[1] << 8 | from[0];
    }
    }
}

static void planar_line(const struct vga_picture *p, u32 line, const u32 *colour, u32 *out)
{
    for (unsigned i = 0; i < p->view.width; i++) {
        u32 x = p->view.x_offset + i, at = vga_quad_at(line * p->view.pitch + x / 8);
        unsigned n = 7 - (x & 7), dot = 0;
        for (unsigned plane = 0; plane < 4; plane++) dot |= (p->memory[at + plane] >> n & 1u) << plane;
        out[i] = colour[dot];
    }
}

/* A line that is in the frame already: its pages are what they were, and no cursor lies over it. */
static bool drawn(const struct vga_picture *p, const struct vga_frame *frame, unsigned y, u32 from, u32 bytes)
{
    u32 first = from / VGA_PAGE_BYTES, last = (from + bytes - 1) / VGA_PAGE_BYTES;

    if (from + bytes > p->view.memory_bytes || vga_cursor_covers(&p->view, y)) return false;
    return !memcmp(&p->stamp[first], &frame->stamp[first], (last - first + 1) * sizeof *p->stamp);
}

/* The bytes of a line: where they are, or copied together when they go on at the beginning of memory. */
static const u8 *line_bytes(const struct vga_picture *p, u32 from, u32 bytes, u8 *copy)
{
    u32 behind = p->view.memory_bytes - from;

    if (bytes <= behind) return &p->memory[from];
    memcpy(copy, &p->memory[from], behind);
    memcpy(copy + behind, p->memory, bytes - behind);
    return copy;
}

void vga_render_packed(const struct vga_picture *p, struct vga_frame *frame)
{
    const struct vga_view *v = &p->view;
    bool same = !memcmp(&frame->view, v, sizeof *v), tube = v->height < 480;     /* small modes fill a 4:3 screen */
    u32 colour[256], bytes = v->width * ((v->bpp + 7u) / 8);
    u8 copy[VGA_MAX_WIDTH * 4];

    frame->width = v->width;
    frame->height = v->height;
    frame->shape_x = tube ? 4 : v->width;
    frame->shape_y = tube ? 3 : v->height;
    frame->border = 0;
    colours(p, colour);
    for (unsigned y = 0; y < v->height; y++) {
        u32 from = (v->first + y * v->pitch) & (v->memory_bytes - 1), *out = &frame->pixel[(size_t)y * v->width];
        if (!v->shown) memset(out, 0, v->width * sizeof *out);
        else if (v->bpp == 4) planar_line(p, v->y_offset + y, colour, out);
        else if (!same || !drawn(p, frame, y, from, bytes)) {
            packed_line(v, line_bytes(p, from, bytes, copy), colour, out);
            vga_draw_cursor(p, y, out);
        }
    }
}
