/* The picture as pixels: what CRTC, attribute controller and DAC send to the monitor.        doc: vga
 * Source: IBM PS/2 reference, "CRT Controller", "Attribute Controller", "Video DAC".
 * Not modelled: shift load every 2nd or 4th character (the bytes are shown as they are fetched). */
#include "devices/chip/vga_layout.h"

#include <string.h>

struct vga_layout vga_layout_of(const struct vga_picture *p)
{
    const u8 *c = p->view.crtc;
    unsigned overflow = c[CRTC_OVERFLOW];

    return (struct vga_layout){
        .columns = c[CRTC_H_DISPLAY_END] + 1u,
        .lines = (c[CRTC_V_DISPLAY_END] | (overflow & 2) << 7 | (overflow & 0x40) << 3) + 1u,
        .char_lines = (c[CRTC_MAX_SCAN_LINE] & 31) + 1u,
        .char_dots = p->view.seq[SEQ_CLOCKING] & CLOCKING_8_DOTS ? 8 : 9,
        .start = (unsigned)c[CRTC_START_HIGH] << 8 | c[CRTC_START_LOW],
        .pitch = c[CRTC_OFFSET] * 2u,
        .line_compare = c[CRTC_LINE_COMPARE] | (overflow & 0x10) << 4 | (c[CRTC_MAX_SCAN_LINE] & 0x40) << 3,
        .scan_double = c[CRTC_MAX_SCAN_LINE] & SCAN_DOUBLE ? 2 : 1,
        .line_step = c[CRTC_MODE] & CRTC_MODE_HALF_LINES ? 2 : 1,
        .dot_step = p->view.seq[SEQ_CLOCKING] & CLOCKING_HALF ? 2 : 1,
        .text = !(p->view.gc[GC_MISC] & GC_MISC_GRAPHICS),
    };
}

/* CRTC "Underline Location" bit 6, "CRT Mode Control" bits 6, 5, 1 and 0. */
u32 vga_display_byte(const struct vga_picture *p, u32 address, unsigned row)
{
    u8 mode = p->view.crtc[CRTC_MODE];

    if (p->view.crtc[CRTC_UNDERLINE] & UNDERLINE_DOUBLEWORD) address = address << 2 | (address >> 14 & 3);
    else if (!(mode & CRTC_MODE_BYTE)) address = address << 1 | (address >> (mode & CRTC_MODE_WRAP_15 ? 15 : 13) & 1);
    if (!(mode & CRTC_MODE_ROW_0)) address = (address & ~(1u << 13)) | (row & 1) << 13;
    if (!(mode & CRTC_MODE_ROW_1)) address = (address & ~(1u << 14)) | (row >> 1 & 1) << 14;
    return address & (VGA_PLANE_BYTES - 1);
}

/* --- colours --- */

u32 vga_dac_entry(const struct vga_view *v, u8 entry)
{
    const u8 *c = &v->dac[entry * 3];
    if (v->dac_bits == 8) return (u32)c[0] << 16 | (u32)c[1] << 8 | c[2];
    u32 r = (u32)c[0] << 2 | c[0] >> 4, g = (u32)c[1] << 2 | c[1] >> 4, b = (u32)c[2] << 2 | c[2] >> 4;
    return r << 16 | g << 8 | b;
}

static u32 dac_colour(const struct vga_picture *p, u8 index) { return vga_dac_entry(&p->view, index & p->view.pel_mask); }

/* "Color Select Register". */
u32 vga_colour_of(const struct vga_picture *p, u8 pixel)
{
    u8 c = p->view.attr[pixel & p->view.attr[ATTR_PLANES] & 15];
    if (p->view.attr[ATTR_MODE] & ATTR_MODE_P54) c = (u8)((c & 15) | (p->view.attr[ATTR_SELECT] & 3) << 4);
    return dac_colour(p, (u8)((c & 0x3f) | (p->view.attr[ATTR_SELECT] & 0x0c) << 4));
}

bool vga_text_colours(const struct vga_picture *p, u8 attribute, u8 *fore, u8 *back)
{
    bool blink = p->view.attr[ATTR_MODE] & ATTR_MODE_BLINK;

    *fore = attribute & 15;
    *back = attribute >> 4 & (blink ? 7 : 15);
    return blink && attribute & 0x80 && !p->view.blink_phase;
}

/* --- text --- */

/* "Character Map Select": two of eight fonts in plane 2, 8 KiB each; attribute bit 3 chooses. */
static u32 font_address(const struct vga_picture *p, bool a)
{
    unsigned s = p->view.seq[SEQ_CHARACTER_MAP], n = a ? (s >> 2 & 3) | (s >> 3 & 4) : (s & 3) | (s >> 2 & 4);
    return (n & 3) << 14 | n >> 2 << 13;
}

/* "Cursor Start", "Cursor End": the skew moves it right. */
static bool cursor_here(const struct vga_picture *p, u32 address, unsigned row)
{
    const u8 *c = p->view.crtc;
    u32 at = ((u32)c[CRTC_CURSOR_HIGH] << 8 | c[CRTC_CURSOR_LOW]) + (c[CRTC_CURSOR_END] >> 5 & 3);

    return p->view.cursor_phase && !(c[CRTC_CURSOR_START] & CURSOR_OFF) && (address & 0xffff) == (at & 0xffff) &&
           row >= (c[CRTC_CURSOR_START] & 31u) && row <= (c[CRTC_CURSOR_END] & 31u);
}

static void text_cell(const struct vga_picture *p, const struct vga_layout *l, u32 address, unsigned row, u32 *out)
{
    u32 at = vga_display_byte(p, address, row);
    u8 code = vga_plane_byte(p, at, 0), attribute = vga_plane_byte(p, at, 1), fore, back;
    bool dark = vga_text_colours(p, attribute, &fore, &back);
    bool under = (attribute & 0x77) == 1 && row == (p->view.crtc[CRTC_UNDERLINE] & 31u);
    u8 glyph = under ? 0xff : vga_plane_byte(p, font_address(p, attribute & 8) + code * 32u + row, 2);
    bool ninth = ((code & 0xe0) == 0xc0 && p->view.attr[ATTR_MODE] & ATTR_MODE_LINE_GRAPHICS && glyph & 1) || under;

    if (dark) {
        glyph = 0;
        ninth = false;
    }
    if (cursor_here(p, address, row)) {
        glyph = 0xff;
        ninth = true;
    }
    u32 on = vga_colour_of(p, fore), off = vga_colour_of(p, back);
    for (unsigned x = 0; x < 8; x++) out[x] = glyph & 0x80 >> x ? on : off;
    if (l->char_dots == 9) out[8] = ninth ? on : off;
}

/* --- graphics --- */

static void planar_cell(const struct vga_picture *p, u32 at, const u32 *colour, u32 *out)
{
    const u8 *b = &p->memory[vga_quad_at(at)];
    for (unsigned x = 0; x < 8; x++) {
        unsigned n = 7 - x;
        out[x] = colour[(b[0] >> n & 1) | (b[1] >> n & 1) << 1 | (b[2] >> n & 1) << 2 | (b[3] >> n & 1) << 3];
    }
}

/* "Shift Register Mode": two bits a dot from planes 0 then 1, and two more from planes 2 and 3. */
static void interleaved_cell(const struct vga_picture *p, u32 at, const u32 *colour, u32 *out)
{
    const u8 *b = &p->memory[vga_quad_at(at)];
    unsigned low = (unsigned)b[0] << 8 | b[1], high = (unsigned)b[2] << 8 | b[3];
    for (unsigned x = 0; x < 8; x++) out[x] = colour[(low >> (14 - 2 * x) & 3) | (high >> (14 - 2 * x) & 3) << 2];
}

/* 256 colours: a byte lasts two dots. */
static void byte_cell(const struct vga_picture *p, u32 at, u32 *out)
{
    for (unsigned x = 0; x < 8; x++) out[x] = dac_colour(p, p->memory[vga_quad_at(at) + x / 2]);
}

static void graphics_cell(const struct vga_picture *p, u32 at, const u32 *colour, u32 *out)
{
    if (p->view.gc[GC_MODE] & GC_MODE_256) byte_cell(p, at, out);
    else if (p->view.gc[GC_MODE] & GC_MODE_INTERLEAVE) interleaved_cell(p, at, colour, out);
    else planar_cell(p, at, colour, out);
}

/* --- the frame --- */

/* One line of the screen: the display address of its first character and the row within the character. */
struct scan {
    u32 address;
    unsigned row;
    bool split;                  /* below line compare */
};

static struct scan scan_of(const struct vga_picture *p, const struct vga_layout *l, unsigned line)
{
    u8 preset = p->view.crtc[CRTC_PRESET_ROW];
    bool split = line > l->line_compare, still = split && p->view.attr[ATTR_MODE] & ATTR_MODE_PAN_TOP;
    unsigned y = split ? line - l->line_compare - 1 : line;
    unsigned scan = y / l->scan_double + (split ? 0 : preset & 31u);
    u32 first = (split ? 0 : l->start) + (still ? 0 : preset >> 5 & 3);

    return (struct scan){ first + scan / l->char_lines * l->pitch, scan % l->char_lines, split };
}

/* Dots that leave on the left.  "PEL Panning Register": with nine dots 8 means none, 0 means one. */
static unsigned panning(const struct vga_picture *p, const struct vga_layout *l, bool split)
{
    unsigned pan = p->view.attr[ATTR_PANNING] & 15;

    if (split && p->view.attr[ATTR_MODE] & ATTR_MODE_PAN_TOP) return 0;
    if (l->text && l->char_dots == 9) return pan < 8 ? pan + 1 : 0;
    return p->view.gc[GC_MODE] & GC_MODE_256 ? pan & 6 : pan & 7;
}

static unsigned count_by(const struct vga_picture *p)
{
    if (p->view.crtc[CRTC_UNDERLINE] & UNDERLINE_COUNT_BY_4) return 4;
    return p->view.crtc[CRTC_MODE] & CRTC_MODE_COUNT_BY_2 ? 2 : 1;
}

static void draw_line(const struct vga_picture *p, const struct vga_layout *l, const u32 *colour, unsigned line, u32 *out, unsigned width)
{
    u32 cells[(256 + 2) * 9];
    struct scan s = scan_of(p, l, line);
    unsigned dots = l->text ? l->char_dots : 8, step = count_by(p), pan = panning(p, l, s.split);

    for (unsigned c = 0; c <= l->columns; c++) {
        u32 address = s.address + c / step;
        if (l->text) text_cell(p, l, address, s.row, &cells[c * dots]);
        else graphics_cell(p, vga_display_byte(p, address, s.row), colour, &cells[c * dots]);
    }
    for (unsigned x = 0; x < width; x++) out[x] = cells[pan + x / l->dot_step];
}

static unsigned at_most(unsigned value, unsigned most) { return value < most ? value : most; }

static void render_vga(const struct vga_picture *p, struct vga_frame *frame)
{
    struct vga_layout l = vga_layout_of(p);
    u32 colour[16];

    for (u8 i = 0; i < 16; i++) colour[i] = vga_colour_of(p, i);
    frame->width = at_most(l.columns * (l.text ? l.char_dots : 8) * l.dot_step, VGA_MAX_WIDTH);
    frame->height = at_most(l.lines * l.line_step, VGA_MAX_HEIGHT);
    frame->shape_x = 4;
    frame->shape_y = 3;
    frame->border = p->view.shown ? dac_colour(p, p->view.attr[ATTR_OVERSCAN]) : 0;
    if (!p->view.shown) {
        memset(frame->pixel, 0, (size_t)frame->width * frame->height * sizeof *frame->pixel);
        return;
    }
    for (unsigned y = 0; y < frame->height; y++)
        draw_line(p, &l, colour, y / l.line_step, &frame->pixel[(size_t)y * frame->width], frame->width);
}

void vga_render(const struct vga_picture *p, struct vga_frame *frame)
{
    struct vga_pages seen = vga_pages_seen(&p->view);
    bool same = !memcmp(&frame->view, &p->view, sizeof p->view);

    if (same && !memcmp(&frame->stamp[seen.first], &p->stamp[seen.first], seen.count * sizeof *p->stamp)) return;
    if (p->view.bpp) vga_render_packed(p, frame);
    else render_vga(p, frame);
    memcpy(&frame->view, &p->view, sizeof p->view);
    memcpy(frame->stamp, p->stamp, sizeof p->stamp);
}
