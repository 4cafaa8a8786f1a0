/* INT 10h AH=01h..0Ah, 0Eh, 13h: cursor, pages, scrolling, characters.                    doc: vga-bios */
#include "vga.h"

enum { BELL = 7, BACKSPACE = 8, LINE_FEED = 10, CARRIAGE_RETURN = 13 };
enum { CURSOR_OFF = 0x20 };

static u8 rows(void) { return (u8)(BDA->rows_less_one + 1); }

static u16 page_offset(u8 page) { return (u16)((page & 7) * BDA->page_bytes); }

static u16 cell_offset(u8 page, u8 row, u8 column)
{
    return (u16)(page_offset(page) + (row * BDA->columns + column) * 2);
}

/* --- cursor --- */

/* A program says its shape in the 8 lines of a CGA character; on a taller one an underline stays an underline. */
static u16 emulated_shape(u16 shape)
{
    u8 start = (shape >> 8) & 0x1f, end = shape & 0x1f, height = (u8)BDA->height;

    if (BDA->info & INFO_NO_EMULATION || height <= 8 || shape & CURSOR_OFF << 8) return shape;
    if (start > 7 || end > 7 || end < start) return shape;
    if (end - start <= 1 && end >= 6) return (u16)((height - 3) << 8 | (height - 2));
    return (u16)((start * height / 8) << 8 | ((end + 1) * height / 8 - 1));
}

void cursor_shape_set(u16 shape)
{
    shape = mode_kind() == KIND_TEXT ? emulated_shape(shape) : shape;
    crtc(0x0a, (u8)(shape >> 8));
    crtc(0x0b, (u8)shape);
}

static void show_cursor(void)
{
    u16 at = BDA->cursor[BDA->page];
    u16 cell = (u16)(BDA->page_start / 2 + (at >> 8) * BDA->columns + (u8)at);

    crtc(0x0e, (u8)(cell >> 8));
    crtc(0x0f, (u8)cell);
}

void cursor_set(u8 page, u16 position)
{
    page &= 7;
    BDA->cursor[page] = position;
    if (page == BDA->page) show_cursor();
}

/* A page that the mode does not have changes nothing. */
void page_select(u8 page)
{
    if (page >= pages_of_mode()) return;
    BDA->page = page;
    BDA->page_start = page_offset(page);
    u16 start = mode_kind() == KIND_TEXT ? BDA->page_start / 2 : BDA->page_start;
    crtc(0x0c, (u8)(start >> 8));
    crtc(0x0d, (u8)start);
    show_cursor();
}

/* --- scrolling --- */

static void text_fill_row(u8 page, u8 row, u8 left, u8 right, u8 attribute)
{
    fill_words(video_segment(), cell_offset(page, row, left), (u16)(attribute << 8 | ' '), (u32)(right - left + 1));
}

static void text_scroll(bool up, u8 lines, u8 attribute, u16 from, u16 to, u8 page)
{
    u8 top = (u8)(from >> 8), bottom = (u8)(to >> 8), left = (u8)from, right = (u8)to, height = (u8)(bottom - top + 1);

    for (u8 i = 0; i < height; i++) {
        u8 row = up ? (u8)(top + i) : (u8)(bottom - i);
        if (i + lines >= height) text_fill_row(page, row, left, right, attribute);
        else {
            u16 source = cell_offset(page, (u8)(up ? row + lines : row - lines), left);
            copy_words(video_segment(), cell_offset(page, row, left), source, (u32)(right - left + 1));
        }
    }
}

/* The window's corners are brought into the screen; 0 lines, or more than it has, empty it. */
void scroll_window(bool up, u8 lines, u8 attribute, u16 from, u16 to, u8 page)
{
    if ((to >> 8) >= rows()) to = (u16)(BDA->rows_less_one << 8 | (u8)to);
    if ((u8)to >= BDA->columns) to = (u16)((to & 0xff00) | (BDA->columns - 1));
    if ((from >> 8) > (to >> 8) || (u8)from > (u8)to) return;
    u8 height = (u8)((to >> 8) - (from >> 8) + 1);
    if (lines == 0 || lines > height) lines = height;
    if (mode_kind() == KIND_TEXT) text_scroll(up, lines, attribute, from, to, page);
    else graphics_scroll(up, lines, attribute, from, to, page);
}

void scroll(struct frame *f, bool up)
{
    scroll_window(up, f->al, f->bh, f->cx, f->dx, BDA->page);
}

/* --- characters --- */

/* Character, and attribute above it in text modes. */
static u16 cell_read(u8 page, u8 row, u8 column)
{
    if (mode_kind() != KIND_TEXT) return glyph_find(column, row, page);
    return peek16(video_segment(), cell_offset(page, row, column));
}

void character_read(struct frame *f)
{
    u8 page = f->bh & 7;

    f->ax = cell_read(page, (u8)(BDA->cursor[page] >> 8), (u8)BDA->cursor[page]);
}

static void put_cell(u8 c, u8 attribute, bool with_attribute, u8 page, u8 row, u8 column)
{
    u16 at = cell_offset(page, row, column);

    if (mode_kind() != KIND_TEXT) glyph_draw(c, attribute, column, row, page);
    else if (with_attribute) poke16(video_segment(), at, (u16)(attribute << 8 | c));
    else poke8(video_segment(), at, c);
}

/* Runs over line ends in text modes; graphics characters stay on their line.  The cursor does not move. */
void characters_write(u8 c, u8 attribute, bool with_attribute, u8 page, u16 count)
{
    if (mode_kind() == KIND_LINEAR) page = 0;
    page &= 7;
    u8 row = (u8)(BDA->cursor[page] >> 8), column = (u8)BDA->cursor[page];

    while (count-- && row < rows()) {
        put_cell(c, attribute, with_attribute, page, row, column);
        if (++column < BDA->columns) continue;
        column = 0;
        row++;
    }
}

/* The speaker for a quarter of a second at 896 Hz; the timer's tick is the measure, with a bound where it stands still. */
static void bell(void)
{
    enum { BELL_COUNT = 1331, TICKS = 4, LOOKS = 400000 };
    u8 gate = inb(0x61), ticks = peek8(0x40, 0x6c);

    outb(0x43, 0xb6);
    outb(0x42, (u8)BELL_COUNT);
    outb(0x42, (u8)(BELL_COUNT >> 8));
    outb(0x61, gate | 3);
    for (u32 looks = 0; looks < LOOKS && (u8)(peek8(0x40, 0x6c) - ticks) < TICKS; looks++) (void)inb(0x61);
    outb(0x61, gate);
}

/* What a new line at the bottom is filled with: in text the attribute beside the cursor. */
static u8 new_line_attribute(u8 page, u8 row, u8 column)
{
    return mode_kind() == KIND_TEXT ? (u8)(peek16(video_segment(), cell_offset(page, row, column)) >> 8) : 0;
}

void teletype(u8 c, u8 attribute, u8 page, bool with_attribute)
{
    u8 row = (u8)(BDA->cursor[page] >> 8), column = (u8)BDA->cursor[page];

    switch (c) {
    case BELL: bell(); return;
    case BACKSPACE: column = (u8)(column - (column != 0)); break;
    case LINE_FEED: row++; break;
    case CARRIAGE_RETURN: column = 0; break;
    default:
        put_cell(c, attribute, with_attribute, page, row, column++);
        if (column < BDA->columns) break;
        column = 0;
        row++;
    }
    if (row >= rows()) {
        row = BDA->rows_less_one;
        scroll_window(true, 1, new_line_attribute(page, row, column), 0, (u16)(row << 8 | (BDA->columns - 1)), page);
    }
    cursor_set(page, (u16)(row << 8 | column));
}

/* AL bit 0: the cursor moves on; bit 1: the string has an attribute behind each character. */
void string_write(struct frame *f)
{
    u8 page = f->bh & 7;
    u16 before = BDA->cursor[page], at = f->bp;

    cursor_set(page, f->dx);
    for (u16 left = f->cx; left; left--) {
        u8 c = peek8(f->es, at++), attribute = f->al & 2 ? peek8(f->es, at++) : f->bl;
        teletype(c, attribute, page, true);
    }
    if (!(f->al & 1)) cursor_set(page, before);
}

/* --- print screen --- */

u16 call_int_17(u32 ax, u32 dx);

static bool printed(u8 c) { return !(call_int_17(c, 0) >> 8 & 0x29); }   /* no time-out, no error, paper */

/* INT 05h after AH=12h BL=20h: as many rows as there are.  0050:0000 is 1 meanwhile, then 0, or FFh after an error. */
void print_screen(void)
{
    bool good = true;

    if (peek8(0x50, 0) == 1) return;
    poke8(0x50, 0, 1);
    for (u16 row = 0; good && row < rows(); row++) {
        for (u16 column = 0; good && column < BDA->columns; column++) {
            u8 c = (u8)cell_read(BDA->page, (u8)row, (u8)column);
            good = printed(c ? c : ' ');
        }
        good = good && printed('\r') && printed('\n');
    }
    poke8(0x50, 0, good ? 0 : 0xff);
}
