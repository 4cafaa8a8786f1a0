/* The picture as text: cells, and lines of UTF-8 through code page 437.                      doc: vga */
#include "devices/chip/vga_layout.h"

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

u16 cp437_unicode(u8 code)
{
    if (code < 32) return cp437_low[code];
    if (code < 127) return code;
    return code == 127 ? 0x2302 : cp437_high[code - 128];
}

size_t utf8_put(char *at, u32 u)
{
    if (u < 0x80) {
        at[0] = (char)u;
        return 1;
    }
    if (u < 0x800) {
        at[0] = (char)(0xc0 | u >> 6);
        at[1] = (char)(0x80 | (u & 63));
        return 2;
    }
    at[0] = (char)(0xe0 | (u >> 12 & 15));
    at[1] = (char)(0x80 | (u >> 6 & 63));
    at[2] = (char)(0x80 | (u & 63));
    return 3;
}

/* Display address of the first character of text row y, split screen considered. */
static u32 row_address(const struct vga_picture *p, const struct vga_layout *l, unsigned y)
{
    unsigned line = y * l->char_lines * l->scan_double;

    if (line <= l->line_compare) return l->start + (p->view.crtc[CRTC_PRESET_ROW] >> 5 & 3) + y * l->pitch;
    return (line - l->line_compare - 1) / (l->char_lines * l->scan_double) * l->pitch;
}

static unsigned text_rows(const struct vga_layout *l)
{
    unsigned rows = l->lines / (l->char_lines * l->scan_double);
    return rows < 128 ? rows : 128;
}

size_t vga_text(const struct vga_picture *p, char *utf8, size_t size)
{
    struct vga_layout l = vga_layout_of(p);
    size_t used = 0;

    if (size) utf8[0] = 0;
    if (!l.text || !p->view.shown || p->view.bpp) return 0;
    for (unsigned y = 0; y < text_rows(&l); y++) {
        size_t line = used;
        u32 first = row_address(p, &l, y);
        if (used + l.columns * 3 + 2 > size) break;
        for (unsigned x = 0; x < l.columns; x++)
            used += utf8_put(utf8 + used, cp437_unicode(vga_plane_byte(p, vga_display_byte(p, first + x, 0), 0)));
        while (used > line && utf8[used - 1] == ' ') used--;
        utf8[used++] = '\n';
        utf8[used] = 0;
    }
    return used;
}

static void place_cursor(const struct vga_picture *p, u32 address, unsigned x, unsigned y, struct vga_text_screen *s)
{
    const u8 *c = p->view.crtc;
    u32 at = ((u32)c[CRTC_CURSOR_HIGH] << 8 | c[CRTC_CURSOR_LOW]) + (c[CRTC_CURSOR_END] >> 5 & 3);

    if ((address & 0xffff) != (at & 0xffff) || s->cursor_visible) return;
    if (c[CRTC_CURSOR_START] & CURSOR_OFF || (c[CRTC_CURSOR_START] & 31) > (c[CRTC_CURSOR_END] & 31)) return;
    s->cursor_visible = true;
    s->cursor_column = x;
    s->cursor_row = y;
}

void vga_text_cells(const struct vga_picture *p, struct vga_text_screen *s)
{
    struct vga_layout l = vga_layout_of(p);

    s->text = l.text && p->view.shown && !p->view.bpp;
    s->columns = l.columns;
    s->rows = text_rows(&l);
    s->cursor_visible = false;
    s->cursor_column = s->cursor_row = 0;
    if (!s->text) return;
    for (unsigned y = 0; y < s->rows; y++) {
        for (unsigned x = 0; x < s->columns; x++) {
            u32 address = row_address(p, &l, y) + x, at = vga_display_byte(p, address, 0);
            struct vga_cell *cell = &s->cell[y * s->columns + x];
            u8 fore, back;
            bool dark = vga_text_colours(p, vga_plane_byte(p, at, 1), &fore, &back);
            cell->unicode = dark ? ' ' : cp437_unicode(vga_plane_byte(p, at, 0));
            cell->fore = vga_colour_of(p, fore);
            cell->back = vga_colour_of(p, back);
            place_cursor(p, address, x, y, s);
        }
    }
}
