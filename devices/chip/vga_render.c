/* The picture: text and graphics as the CRTC, attribute controller and DAC make it.          doc: vga */
#include "devices/chip/vga.h"

#include <string.h>

enum { GC_MODE = 5, GC_MISC = 6, ATTR_MODE = 0x10, ATTR_OVERSCAN = 0x11, ATTR_PLANES = 0x12, ATTR_PANNING = 0x13, ATTR_SELECT = 0x14,
       MODE_GRAPHICS = 1, MODE_LINE_GRAPHICS = 4, MODE_BLINK = 8, MODE_PAN_COMPATIBLE = 0x20, MODE_8BIT = 0x40, MODE_P54 = 0x80 };

/* What the registers say about the frame. */
struct layout {
    unsigned columns, lines, char_lines, char_dots, start, pitch, line_compare, scan_double;
    bool text, dot_double;
};

static struct layout layout_of(const struct vga *v)
{
    unsigned overflow = v->crtc[7];
    struct layout l = {
        .columns = v->crtc[1] + 1u,
        .lines = (v->crtc[0x12] | (overflow & 2) << 7 | (overflow & 0x40) << 3) + 1u,
        .char_lines = (v->crtc[9] & 31) + 1u,
        .char_dots = v->seq[1] & 1 ? 8 : 9,
        .start = (unsigned)v->crtc[0x0c] << 8 | v->crtc[0x0d],
        .pitch = v->crtc[0x13] * 2u,
        .line_compare = v->crtc[0x18] | (overflow & 0x10) << 4 | (v->crtc[9] & 0x40) << 3,
        .scan_double = v->crtc[9] & 0x80 ? 2 : 1,
        .text = !(v->gc[GC_MISC] & 1),
        .dot_double = v->seq[1] & 8,
    };
    return l;
}

static u32 dac_colour(const struct vga *v, u8 index)
{
    const u8 *c = &v->dac[(index & v->pel_mask) * 3];
    u32 r = c[0] << 2 | c[0] >> 4, g = c[1] << 2 | c[1] >> 4, b = c[2] << 2 | c[2] >> 4;
    return r << 16 | g << 8 | b;
}

/* Four bits through the palette to eight.  "Color Select Register". */
static u8 palette_index(const struct vga *v, u8 pixel)
{
    u8 p = v->attr[pixel & v->attr[ATTR_PLANES] & 15];
    if (v->attr[ATTR_MODE] & MODE_P54) p = (u8)((p & 15) | (v->attr[ATTR_SELECT] & 3) << 4);
    return (u8)((p & 0x3f) | (v->attr[ATTR_SELECT] & 0x0c) << 4);
}

/* Byte address of a display address: word and doubleword modes, and the two CGA row bits.  CRTC 14h, 17h. */
static u32 memory_address(const struct vga *v, u32 address, unsigned row)
{
    u8 mode = v->crtc[0x17];
    if (v->crtc[0x14] & 0x40) address = address << 2 | (address >> 14 & 3);
    else if (!(mode & 0x40)) address = address << 1 | (address >> (mode & 0x20 ? 15 : 13) & 1);
    if (!(mode & 1)) address = (address & ~(1u << 13)) | (row & 1) << 13;
    if (!(mode & 2)) address = (address & ~(1u << 14)) | (row >> 1 & 1) << 14;
    return address & (VGA_PLANE_BYTES - 1);
}

static u8 plane_byte(const struct vga *v, u32 address, unsigned plane)
{
    return v->vram[4 * (address & (VGA_PLANE_BYTES - 1)) + plane];
}

/* --- text --- */

/* Sequencer 03h: two of eight fonts in plane 2, 8 KiB each; attribute bit 3 chooses. */
static u32 font_address(const struct vga *v, bool second)
{
    unsigned s = v->seq[3], n = second ? (s >> 2 & 3) | (s >> 3 & 4) : (s & 3) | (s >> 2 & 4);
    return ((n & 3) << 14) | (n >> 2) << 13;
}

static bool cursor_here(const struct vga *v, u32 address, unsigned row)
{
    u32 at = (u32)v->crtc[0x0e] << 8 | v->crtc[0x0f];
    return address == at && !(v->crtc[0x0a] & 0x20) && row >= (v->crtc[0x0a] & 31u) && row <= (v->crtc[0x0b] & 31u) &&
           vga_frames(v) & 8;
}

static void text_cell(const struct vga *v, const struct layout *l, u32 address, unsigned row, u32 *out)
{
    u32 at = memory_address(v, address, row);
    u8 code = plane_byte(v, at, 0), attribute = plane_byte(v, at, 1);
    bool blink = v->attr[ATTR_MODE] & MODE_BLINK;
    u8 glyph = plane_byte(v, font_address(v, attribute & 8) + code * 32u + row, 2);
    u8 fore = attribute & 15, back = attribute >> 4 & (blink ? 7 : 15);

    if (blink && attribute & 0x80 && vga_frames(v) & 16) fore = back;
    if (cursor_here(v, address, row)) glyph = 0xff;
    u32 on = dac_colour(v, palette_index(v, fore)), off = dac_colour(v, palette_index(v, back));
    for (unsigned x = 0; x < 8; x++) out[x] = glyph & 0x80 >> x ? on : off;
    bool line = (code & 0xe0) == 0xc0 && v->attr[ATTR_MODE] & MODE_LINE_GRAPHICS;
    if (l->char_dots == 9) out[8] = line && glyph & 1 ? on : off;
}

/* --- graphics --- */

static void planar_cell(const struct vga *v, u32 at, u32 *out)
{
    for (unsigned x = 0; x < 8; x++) {
        u8 pixel = 0;
        for (unsigned p = 0; p < 4; p++) pixel |= (u8)((plane_byte(v, at, p) >> (7 - x) & 1) << p);
        out[x] = dac_colour(v, palette_index(v, pixel));
    }
}

/* Shift register interleave: two bits a dot from planes 0/1, then 2/3. */
static void cga_cell(const struct vga *v, u32 at, u32 *out)
{
    u16 low = (u16)(plane_byte(v, at, 0) << 8 | plane_byte(v, at, 1)), high = (u16)(plane_byte(v, at, 2) << 8 | plane_byte(v, at, 3));
    for (unsigned x = 0; x < 8; x++)
        out[x] = dac_colour(v, palette_index(v, (u8)((low >> (14 - 2 * x) & 3) | (high >> (14 - 2 * x) & 3) << 2)));
}

static void byte_cell(const struct vga *v, u32 at, u32 *out)
{
    for (unsigned x = 0; x < 8; x++) out[x] = dac_colour(v, plane_byte(v, at, x / 2));
}

static void graphics_cell(const struct vga *v, u32 address, unsigned row, u32 *out)
{
    u32 at = memory_address(v, address, row);
    if (v->gc[GC_MODE] & 0x40) byte_cell(v, at, out);
    else if (v->gc[GC_MODE] & 0x20) cga_cell(v, at, out);
    else planar_cell(v, at, out);
}

/* --- the frame --- */

/* Which memory row and which line of it a scan line shows: start address, preset row scan, split screen, doubling. */
static u32 line_address(const struct vga *v, const struct layout *l, unsigned line, unsigned *row, bool *split)
{
    *split = line > l->line_compare;
    unsigned y = *split ? line - l->line_compare - 1 : line;
    unsigned scan = y / l->scan_double + (*split ? 0 : v->crtc[8] & 31u);
    *row = scan % l->char_lines;
    u32 first = *split ? 0 : l->start + (v->crtc[8] >> 5 & 3);
    return first + scan / l->char_lines * l->pitch;
}

static unsigned panning(const struct vga *v, const struct layout *l, bool split)
{
    unsigned pan = v->attr[ATTR_PANNING] & 15;
    if (split && v->attr[ATTR_MODE] & MODE_PAN_COMPATIBLE) return 0;
    if (l->char_dots == 9) return pan == 8 ? 0 : pan + 1 < 9 ? pan + 1 : 0;
    return v->gc[GC_MODE] & 0x40 ? pan & 7 & ~1u : pan & 7;
}

static void draw_line(const struct vga *v, const struct layout *l, unsigned line, u32 *out, unsigned width)
{
    u32 cells[(256 + 1) * 9];
    unsigned row, dots = l->text ? l->char_dots : 8;
    bool split;
    u32 address = line_address(v, l, line, &row, &split);

    for (unsigned c = 0; c <= l->columns; c++) {
        if (l->text) text_cell(v, l, address + c, row, &cells[c * dots]);
        else graphics_cell(v, address + c, row, &cells[c * dots]);
    }
    memcpy(out, cells + panning(v, l, split), width * sizeof *out);
}

void vga_render(const struct vga *v, struct vga_frame *frame)
{
    struct layout l = layout_of(v);
    unsigned dots = l.text ? l.char_dots : 8, width = l.columns * dots;

    frame->width = width < VGA_MAX_WIDTH ? width : VGA_MAX_WIDTH;
    frame->height = l.lines < VGA_MAX_HEIGHT ? l.lines : VGA_MAX_HEIGHT;
    bool dark = !(v->attr_index & 0x20) || v->seq[1] & 0x20;         /* PAS off, screen off */
    if (dark) {
        memset(frame->pixel, 0, (size_t)frame->width * frame->height * sizeof *frame->pixel);
        return;
    }
    for (unsigned y = 0; y < frame->height; y++) draw_line(v, &l, y, &frame->pixel[y * frame->width], frame->width);
}

/* --- text for scripts --- */

/* Code page 437 to Unicode. */
static const u16 cp437_low[32] = {
    ' ', 0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022, 0x25d8, 0x25cb, 0x25d9, 0x2642, 0x2640, 0x266a, 0x266b, 0x263c,
    0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7, 0x25ac, 0x21a8, 0x2191, 0x2193, 0x2192, 0x2190, 0x221f, 0x2194, 0x25b2, 0x25bc,
};
static const u16 cp437_high[128] = {
    0xc7, 0xfc, 0xe9, 0xe2, 0xe4, 0xe0, 0xe5, 0xe7, 0xea, 0xeb, 0xe8, 0xef, 0xee, 0xec, 0xc4, 0xc5,
    0xc9, 0xe6, 0xc6, 0xf4, 0xf6, 0xf2, 0xfb, 0xf9, 0xff, 0xd6, 0xdc, 0xa2, 0xa3, 0xa5, 0x20a7, 0x192,
    0xe1, 0xed, 0xf3, 0xfa, 0xf1, 0xd1, 0xaa, 0xba, 0xbf, 0x2310, 0xac, 0xbd, 0xbc, 0xa1, 0xab, 0xbb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
    0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
    0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x3b1, 0xdf, 0x393, 0x3c0, 0x3a3, 0x3c3, 0xb5, 0x3c4, 0x3a6, 0x398, 0x3a9, 0x3b4, 0x221e, 0x3c6, 0x3b5, 0x2229,
    0x2261, 0xb1, 0x2265, 0x2264, 0x2320, 0x2321, 0xf7, 0x2248, 0xb0, 0x2219, 0xb7, 0x221a, 0x207f, 0xb2, 0x25a0, ' ',
};

static size_t put_utf8(char *at, u8 code)
{
    unsigned u = code < 32 ? cp437_low[code] : code < 127 ? code : code == 127 ? 0x2302 : cp437_high[code - 128];

    if (u < 0x80) {
        at[0] = (char)u;
        return 1;
    }
    if (u < 0x800) {
        at[0] = (char)(0xc0 | u >> 6);
        at[1] = (char)(0x80 | (u & 63));
        return 2;
    }
    at[0] = (char)(0xe0 | u >> 12);
    at[1] = (char)(0x80 | (u >> 6 & 63));
    at[2] = (char)(0x80 | (u & 63));
    return 3;
}

size_t vga_text(const struct vga *v, char *text, size_t size)
{
    struct layout l = layout_of(v);
    size_t used = 0;

    if (size) text[0] = 0;
    if (!l.text || !(v->attr_index & 0x20)) return 0;
    for (unsigned y = 0; y < l.lines / l.char_lines; y++) {
        size_t line = used;
        if (used + l.columns * 3 + 2 > size) break;
        for (unsigned x = 0; x < l.columns; x++)
            used += put_utf8(text + used, plane_byte(v, memory_address(v, l.start + y * l.pitch + x, 0), 0));
        while (used > line && text[used - 1] == ' ') used--;
        text[used++] = '\n';
        text[used] = 0;
    }
    return used;
}
