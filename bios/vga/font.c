/* INT 10h AH=11h: the character generator.                                                  doc: vga-bios */
#include "vga.h"

enum { EIGHT_DOTS = 1, PROTECT = 0x80 };                 /* of the clocking register; of the end of the vertical retrace */
enum { GLYPH_ROOM = 32 };                                /* bytes of plane 2 for a character */

u16 font_offset(u8 height)
{
    return (u16)(u32)(height == 8 ? font8x8 : height == 14 ? font8x14 : font8x16);
}

/* Plane 2 alone, at A0000h, a byte after the other; back to how a text mode has it. */
static void plane2(bool open)
{
    bool color = BDA->crtc == 0x3d4;

    sequencer(0, 1);
    sequencer(2, open ? 4 : 3);
    sequencer(4, open ? 7 : 3);
    sequencer(0, 3);
    graphics(4, open ? 2 : 0);
    graphics(5, open ? 0 : 0x10);
    graphics(6, open ? 4 : color ? 0x0e : 0x0a);
}

/* Block n of plane 2: four at every 16 KiB, four between them. */
static u16 block_offset(u8 block) { return (u16)((block & 3) * 0x4000 + (block & 4 ? 0x2000 : 0)); }

void font_load(u16 segment, u16 offset, u8 height, u16 first, u16 count, u8 block)
{
    u16 to = (u16)(block_offset(block) + (first & 255) * GLYPH_ROOM);

    plane2(true);
    for (u16 i = 0; i < count && (first & 255) + i < 256; i++, to += GLYPH_ROOM, offset += height)
        copy_in(0xa000, to, segment, offset, height < GLYPH_ROOM ? height : GLYPH_ROOM);
    plane2(false);
}

/* In cells of nine dots some glyphs are replaced: a list of code and rows that ends with 0. */
static void alternates_load(u8 height, u8 block)
{
    const u8 *at = height == 14 ? alternates9x14 : alternates9x16;

    for (u8 c; (c = rom8(at)); at += 1 + height) font_load(rom_segment(), (u16)(u32)(at + 1), height, c, 1, block);
}

static void rom_font_load(u8 height, u8 block)
{
    font_load(rom_segment(), font_offset(height), height, 0, 256, block);
    if (height != 8 && !(indexed_read(PORT_SEQUENCER, 1) & EIGHT_DOTS)) alternates_load(height, block);
}

void font_load_for_text(u8 height) { rom_font_load(height, 0); }

static void far_vector(u8 number, u16 offset, u16 segment)
{
    poke16(0, (u16)(number * 4), offset);
    poke16(0, (u16)(number * 4 + 2), segment);
}

void graphics_font_set(u16 segment, u16 offset) { far_vector(0x43, offset, segment); }

/* --- a text mode with another height of characters --- */

/* 350, 400 or 480, whatever part of them rows of another height filled before; half of it where lines are drawn twice. */
static u16 scan_lines(void)
{
    u8 overflow = indexed_read(BDA->crtc, 7);
    u16 last = (u16)(indexed_read(BDA->crtc, 0x12) | (overflow & 2) << 7 | (overflow & 0x40) << 3);
    u16 lines = last < 350 ? 350 : last < 400 ? 400 : 480;
    return indexed_read(BDA->crtc, 9) & 0x80 ? lines / 2 : lines;
}

static void set_height(u8 height)
{
    bool doubled = indexed_read(BDA->crtc, 9) & 0x80;
    u8 rows = (u8)(scan_lines() / height);
    u16 end = (u16)(rows * height * (doubled ? 2 : 1) - 1);
    u8 overflow = indexed_read(BDA->crtc, 7), retrace_end = indexed_read(BDA->crtc, 0x11);

    crtc(0x11, retrace_end & (u8)~PROTECT);
    crtc(9, (u8)((indexed_read(BDA->crtc, 9) & 0xe0) | (height - 1)));
    crtc(0x12, (u8)end);
    crtc(7, (u8)((overflow & ~0x42) | (end >> 7 & 2) | (end >> 3 & 0x40)));
    crtc(0x14, (u8)((indexed_read(BDA->crtc, 0x14) & 0xe0) | (BDA->mode == 7 ? height - 1 : 0x1f)));
    crtc(0x11, retrace_end);
    BDA->height = height;
    BDA->rows_less_one = (u8)(rows - 1);
    BDA->page_bytes = (u16)((rows * BDA->columns * 2 + 255) & ~255);
    cursor_shape_set(height <= 8 ? 0x0607 : BDA->cursor_shape);
}

/* --- fonts that a program gave through 40:A8h.  IBM BIOS Interface Technical Reference, "Video Save Pointer Table" --- */

/* The list of modes at the end of an override holds the mode that is set; FFh ends it. */
static bool mode_listed(u16 segment, u16 at)
{
    for (u8 i = 0; i < 32; i++, at++) {
        u8 mode = peek8(segment, at);
        if (mode == 0xff) return false;
        if (mode == BDA->mode) return true;
    }
    return false;
}

/* Height, block, count, first, font, rows (FFh: as many as fit), modes. */
static void text_override(u16 segment, u16 at)
{
    u8 height = peek8(segment, at), rows = peek8(segment, (u16)(at + 10));

    if (!height || height > GLYPH_ROOM || !mode_listed(segment, (u16)(at + 11))) return;
    u16 count = peek16(segment, (u16)(at + 2)), first = peek16(segment, (u16)(at + 4)), offset = peek16(segment, (u16)(at + 6));
    font_load(peek16(segment, (u16)(at + 8)), offset, height, first, count, peek8(segment, (u16)(at + 1)));
    set_height(height);
    if (rows && rows <= BDA->rows_less_one) BDA->rows_less_one = (u8)(rows - 1);
}

/* Rows, height, font, modes. */
static void graphics_override(u16 segment, u16 at)
{
    u8 rows = peek8(segment, at);

    if (!mode_listed(segment, (u16)(at + 7))) return;
    graphics_font_set(peek16(segment, (u16)(at + 5)), peek16(segment, (u16)(at + 3)));
    BDA->height = peek16(segment, (u16)(at + 1));
    if (rows) BDA->rows_less_one = (u8)(rows - 1);
}

void font_overrides(void)
{
    bool text = mode_kind() == KIND_TEXT;
    struct far_pointer p = save_pointer(text ? SAVE_TEXT_FONT : SAVE_GRAPHICS_FONT);

    if (!p.segment && !p.offset) return;
    if (text) text_override(p.segment, p.offset);
    else graphics_override(p.segment, p.offset);
}

/* AL=00h..04h load; 10h..14h load and fit the mode to the height. */
static void text_font(struct frame *f)
{
    bool fits = f->al & 0x10;
    u8 height = (u8[]){ 0, 14, 8, 0, 16 }[f->al & 7];

    if ((f->al & 15) == 3) {
        sequencer(3, f->bl);
        return;
    }
    if ((f->al & 15) == 0) {
        height = f->bh;
        if (!height || height > GLYPH_ROOM) return;
        font_load(f->es, f->bp, height, f->dx, f->cx, f->bl);
    } else {
        rom_font_load(height, f->bl);
    }
    if (fits) set_height(height);
}

/* --- graphics characters --- */

/* BL: 0 DL rows, 1 14, 2 25, 3 43. */
static void graphics_rows(struct frame *f, u16 height)
{
    u8 rows = f->bl == 0 ? f->dl : f->bl == 1 ? 14 : f->bl == 3 ? 43 : 25;
    BDA->height = height;
    if (rows) BDA->rows_less_one = (u8)(rows - 1);
}

static void graphics_font(struct frame *f)
{
    static const u8 heights[5] ROM_DATA = { 0, 0, 14, 8, 16 };

    switch (f->al) {
    case 0x20: far_vector(0x1f, f->bp, f->es); return;
    case 0x21:
        graphics_font_set(f->es, f->bp);
        graphics_rows(f, f->cx);
        return;
    case 0x22: case 0x23: case 0x24: {
        u8 height = rom8(&heights[f->al & 15]);
        graphics_font_set(rom_segment(), font_offset(height));
        graphics_rows(f, height);
        return;
    }
    default: return;
    }
}

static void font_information(struct frame *f)
{
    u16 vector = f->bh == 0 ? 0x1f * 4 : 0x43 * 4;
    u16 at[8] = { 0, 0, (u16)(u32)font8x14, (u16)(u32)font8x8, (u16)((u32)font8x8 + 128 * 8), (u16)(u32)alternates9x14,
                  (u16)(u32)font8x16, (u16)(u32)alternates9x16 };

    if (f->bh > 7) return;
    f->bp = f->bh < 2 ? peek16(0, vector) : at[f->bh];
    f->es = f->bh < 2 ? peek16(0, (u16)(vector + 2)) : rom_segment();
    f->cx = BDA->height;
    f->dl = BDA->rows_less_one;
}

void font_service(struct frame *f)
{
    if (f->al == 0x30) font_information(f);
    else if (f->al >= 0x20) graphics_font(f);
    else if ((f->al & 15) <= 4 && mode_kind() == KIND_TEXT) text_font(f);
}
