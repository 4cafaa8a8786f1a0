/* INT 10h in graphics modes: dots, characters, scrolling.                                   doc: vga-bios */
#include "vga.h"

enum { XOR = 0x80 };
enum { GC_SET_RESET, GC_ENABLE, GC_COMPARE, GC_ROTATE, GC_READ_MAP, GC_MODE, GC_MISC, GC_CARE, GC_MASK };
enum { ROTATE_XOR = 0x18, WRITE_COPIES = 1, ALL_PLANES = 0x0f };

static u16 planar_pitch(void) { return BDA->columns; }

/* Where a dot's byte is, and which bits of it: CGA modes have two banks, the others a row after the other. */
static u16 dot_offset(u16 x, u16 y, u8 page)
{
    switch (mode_kind()) {
    case KIND_CGA4: return (u16)((y >> 1) * 80 + (y & 1) * 0x2000 + (x >> 2));
    case KIND_CGA2: return (u16)((y >> 1) * 80 + (y & 1) * 0x2000 + (x >> 3));
    case KIND_LINEAR: return (u16)(y * 320 + x);
    default: return (u16)((page & 7) * BDA->page_bytes + y * planar_pitch() + (x >> 3));
    }
}

/* --- dots --- */

static void packed_dot_write(u16 at, u8 shift, u8 mask, u8 color)
{
    u8 old = peek8(0xb800, at), bits = (u8)((color & mask) << shift);
    poke8(0xb800, at, (u8)(color & XOR ? old ^ bits : (old & ~(mask << shift)) | bits));
}

static void planar_dot_write(u16 at, u8 mask, u8 color)
{
    graphics(GC_MASK, mask);
    graphics(GC_SET_RESET, color & ALL_PLANES);
    graphics(GC_ENABLE, ALL_PLANES);
    if (color & XOR) graphics(GC_ROTATE, ROTATE_XOR);
    (void)peek8(0xa000, at);
    poke8(0xa000, at, 0xff);
    graphics(GC_ROTATE, 0);
    graphics(GC_ENABLE, 0);
    graphics(GC_SET_RESET, 0);
    graphics(GC_MASK, 0xff);
}

void pixel_write(struct frame *f)
{
    u16 x = f->cx, y = f->dx, at = dot_offset(x, y, f->bh);

    switch (mode_kind()) {
    case KIND_TEXT: break;
    case KIND_CGA4: packed_dot_write(at, (u8)(2 * (3 - (x & 3))), 3, f->al); break;
    case KIND_CGA2: packed_dot_write(at, (u8)(7 - (x & 7)), 1, f->al); break;
    case KIND_PLANAR: planar_dot_write(at, (u8)(0x80 >> (x & 7)), f->al); break;
    case KIND_LINEAR: poke8(0xa000, at, f->al); break;
    }
}

static u8 planar_byte(u16 at, u8 plane)
{
    graphics(GC_READ_MAP, plane);
    return peek8(0xa000, at);
}

void pixel_read(struct frame *f)
{
    u16 x = f->cx, y = f->dx, at = dot_offset(x, y, f->bh);
    u8 color = 0;

    switch (mode_kind()) {
    case KIND_TEXT: return;
    case KIND_CGA4: color = peek8(0xb800, at) >> (2 * (3 - (x & 3))) & 3; break;
    case KIND_CGA2: color = peek8(0xb800, at) >> (7 - (x & 7)) & 1; break;
    case KIND_PLANAR:
        for (u8 plane = 0; plane < 4; plane++) color |= (u8)((planar_byte(at, plane) >> (7 - (x & 7)) & 1) << plane);
        break;
    case KIND_LINEAR: color = peek8(0xa000, at); break;
    }
    f->al = color;
}

/* --- characters --- */

/* Byte `line` of a character in the font that INT 43h names; CGA modes have the upper half at INT 1Fh. */
static u8 glyph_byte(u8 c, u8 line)
{
    bool upper = c >= 128 && (mode_kind() == KIND_CGA4 || mode_kind() == KIND_CGA2);
    u16 vector = upper ? 0x1f * 4 : 0x43 * 4, height = upper ? 8 : BDA->height;

    return peek8(peek16(0, vector + 2), (u16)(peek16(0, vector) + (c & (upper ? 127 : 255)) * height + line));
}

/* Eight dots, each spread to two bits. */
static u16 doubled(u8 dots)
{
    u16 v = 0;
    for (u8 i = 0; i < 8; i++) v = (u16)(v << 2 | (dots & 0x80 >> i ? 3 : 0));
    return v;
}

static void packed_row(u16 at, u8 dots, u8 color)
{
    if (mode_kind() == KIND_CGA2) {
        u8 bits = color & 1 ? dots : 0;
        poke8(0xb800, at, color & XOR ? peek8(0xb800, at) ^ bits : bits);
        return;
    }
    u16 bits = (u16)(doubled(dots) & (color & 3) * 0x5555);
    u8 left = (u8)(bits >> 8), right = (u8)bits;
    poke8(0xb800, at, color & XOR ? peek8(0xb800, at) ^ left : left);
    poke8(0xb800, (u16)(at + 1), color & XOR ? peek8(0xb800, (u16)(at + 1)) ^ right : right);
}

static void planar_row(u16 at, u8 dots, u8 color)
{
    if (color & XOR) graphics(GC_ROTATE, ROTATE_XOR);
    else {
        sequencer(2, (u8)(~color & ALL_PLANES));
        poke8(0xa000, at, 0);
    }
    sequencer(2, color & ALL_PLANES);
    (void)peek8(0xa000, at);
    poke8(0xa000, at, dots);
    graphics(GC_ROTATE, 0);
    sequencer(2, ALL_PLANES);
}

static void linear_row(u16 at, u8 dots, u8 color)
{
    for (u8 i = 0; i < 8; i++) poke8(0xa000, (u16)(at + i), dots & 0x80 >> i ? color : 0);
}

void glyph_draw(u8 c, u8 color, u8 column, u8 row, u8 page)
{
    for (u8 line = 0; line < (u8)BDA->height; line++) {
        u16 at = dot_offset((u16)(column * 8), (u16)(row * BDA->height + line), page);
        u8 dots = glyph_byte(c, line);
        if (mode_kind() == KIND_PLANAR) planar_row(at, dots, color);
        else if (mode_kind() == KIND_LINEAR) linear_row(at, dots, color);
        else packed_row(at, dots, color);
    }
}

/* The dots of a cell's line that are not of colour 0. */
static u8 lit_dots(u16 at)
{
    u8 dots = 0;

    switch (mode_kind()) {
    case KIND_CGA2: return peek8(0xb800, at);
    case KIND_PLANAR:
        for (u8 plane = 0; plane < 4; plane++) dots |= planar_byte(at, plane);
        return dots;
    case KIND_CGA4:
        for (u8 i = 0; i < 8; i++) dots = (u8)(dots << 1 | ((peek8(0xb800, (u16)(at + (i >> 2))) >> 2 * (3 - (i & 3)) & 3) != 0));
        return dots;
    default:
        for (u8 i = 0; i < 8; i++) dots = (u8)(dots << 1 | (peek8(0xa000, (u16)(at + i)) != 0));
        return dots;
    }
}

/* The character whose picture stands there, 0 when there is none. */
u8 glyph_find(u8 column, u8 row, u8 page)
{
    u8 dots[32], height = (u8)BDA->height & 31;

    for (u8 line = 0; line < height; line++) dots[line] = lit_dots(dot_offset((u16)(column * 8), (u16)(row * height + line), page));
    for (u16 c = 0; c < 256; c++) {
        u8 line = 0;
        while (line < height && glyph_byte((u8)c, line) == dots[line]) line++;
        if (line == height) return (u8)c;
    }
    return 0;
}

/* --- scrolling --- */

static void fill_bytes(u16 segment, u16 at, u8 value, u16 bytes)
{
    for (; bytes; bytes--) poke8(segment, at++, value);
}

/* The byte that fills a line with a colour; planes take it from set/reset. */
static u8 fill_of(u8 color)
{
    switch (mode_kind()) {
    case KIND_CGA2: return (color & 1) * 0xff;
    case KIND_CGA4: return (color & 3) * 0x55;
    case KIND_LINEAR: return color;
    default: return 0xff;
    }
}

static void scroll_line(u16 to, u16 from, u16 bytes, bool copies, u8 color)
{
    u16 segment = video_segment();

    if (copies) copy_bytes(segment, to, from, bytes);
    else fill_bytes(segment, to, fill_of(color), bytes);
}

void graphics_scroll(bool up, u8 lines, u8 color, u16 from, u16 to, u8 page)
{
    u16 height = BDA->height, first = (u16)((from >> 8) * height), by = (u16)(lines * height);
    u16 count = (u16)(((to >> 8) - (from >> 8) + 1) * height);
    u16 x = (u16)((u8)from * 8), columns = (u16)((u8)to - (u8)from + 1);
    u16 bytes = (u16)(mode_kind() == KIND_LINEAR ? columns * 8 : mode_kind() == KIND_CGA4 ? columns * 2 : columns);
    bool planar = mode_kind() == KIND_PLANAR;

    for (u16 i = 0; i < count; i++) {
        u16 line = (u16)(up ? first + i : first + count - 1 - i), source = (u16)(up ? line + by : line - by);
        bool copies = i + by < count;
        if (planar) {
            graphics(GC_MODE, copies ? WRITE_COPIES : 0);
            graphics(GC_ENABLE, copies ? 0 : ALL_PLANES);
            graphics(GC_SET_RESET, copies ? 0 : color & ALL_PLANES);
        }
        scroll_line(dot_offset(x, line, page), dot_offset(x, source, page), bytes, copies, color);
    }
    if (!planar) return;
    graphics(GC_MODE, 0);
    graphics(GC_ENABLE, 0);
    graphics(GC_SET_RESET, 0);
}
