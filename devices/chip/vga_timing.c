/* Where the beam stands: from the CRTC's totals and the dot clock, on the tick clock.        doc: vga */
#include "devices/chip/vga.h"

struct raster {
    u64 line_dots, lines, shown_lines, retrace_first, retrace_last, shown_dots;
    struct rate dots;
};

/* IBM reference, CRTC registers 00h-18h; a line is Horizontal Total + 5 characters. */
static struct raster raster_of(const struct vga *v)
{
    unsigned overflow = v->crtc[7], char_dots = v->seq[1] & 1 ? 8 : 9;
    struct raster r = {
        .line_dots = (v->crtc[0] + 5ull) * char_dots,
        .lines = (v->crtc[6] | (overflow & 1) << 8 | (overflow & 0x20) << 4) + 2ull,
        .shown_lines = (v->crtc[0x12] | (overflow & 2) << 7 | (overflow & 0x40) << 3) + 1ull,
        .retrace_first = v->crtc[0x10] | (overflow & 4) << 6 | (overflow & 0x80) << 2,
        .shown_dots = (v->crtc[1] + 1ull) * char_dots,
        .dots = { v->misc & 4 ? 28322000 : 25175000, v->seq[1] & 8 ? 2 : 1 },
    };
    r.retrace_last = r.retrace_first + ((v->crtc[0x11] - r.retrace_first) & 15);
    return r;
}

static u64 frame_dots(const struct raster *r) { return r->line_dots * r->lines; }

static u64 dot_in_frame(const struct vga *v, const struct raster *r)
{
    return clock_cycles(v->clock, r->dots) % frame_dots(r);
}

u64 vga_frames(const struct vga *v)
{
    struct raster r = raster_of(v);
    return clock_cycles(v->clock, r.dots) / frame_dots(&r);
}

bool vga_in_vertical_retrace(const struct vga *v)
{
    struct raster r = raster_of(v);
    u64 line = dot_in_frame(v, &r) / r.line_dots;
    return line >= r.retrace_first && line < r.retrace_last;
}

bool vga_display_disabled(const struct vga *v)
{
    struct raster r = raster_of(v);
    u64 dot = dot_in_frame(v, &r);
    return dot / r.line_dots >= r.shown_lines || dot % r.line_dots >= r.shown_dots;
}
