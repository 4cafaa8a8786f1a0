#include "gui/panes/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bios/images.h"

static const u32 rgb[CELL_COLORS] = {
    [COLOR_PAPER] = 0x12161c, [COLOR_INK] = 0xd4d8dc, [COLOR_DIM] = 0x7c8894,
    [COLOR_TITLE] = 0x26323e, [COLOR_TITLE_INK] = 0xffffff, [COLOR_FOCUS] = 0x2a5a86,
    [COLOR_BUTTON] = 0x3a4856, [COLOR_FIELD] = 0x202a34,
    [COLOR_CHANGED] = 0xffd34d, [COLOR_ADDRESS] = 0x86b6e6, [COLOR_NAME] = 0x8fd694, [COLOR_WRONG] = 0xff7a70,
    [COLOR_NEXT] = 0x1f4f3a, [COLOR_CURSOR] = 0x2e3946, [COLOR_BREAK] = 0xa83232, [COLOR_BREAK_OFF] = 0x6a4a3a,
    [COLOR_RUNS] = 0x2c7040, [COLOR_STANDS] = 0x8a5a1a,
    [COLOR_MODES] = 0x8a6420, 0x96802a, 0x2f62a0, 0x2f7a6a, 0x3a4c9a,
    [COLOR_RINGS] = 0x8c3a3a, 0x8c5e32, 0x847a30, 0x3c7c48,
    [COLOR_SPACES] = 0x4a6a8a, 0x6a4a8a, 0x8a6a4a, 0x4a8a6a, 0x8a4a6a, 0x6a8a4a, 0x4a4a8a, 0x7a7a4a,
    [COLOR_MIXED] = 0x585858,
};

u32 cell_color_rgb(enum cell_color color) { return rgb[color < CELL_COLORS ? color : COLOR_INK]; }

static struct cell *cell_at(struct cells *c, struct cells_region in, int x, int y)
{
    int column = in.x + x, row = in.y + y;

    if (x < 0 || y < 0 || x >= in.width || y >= in.height || column < 0 || row < 0 || column >= c->columns || row >= c->rows) return NULL;
    return &c->at[row * c->columns + column];
}

void cells_fill(struct cells *c, struct cells_region at, enum cell_color paper)
{
    for (int y = 0; y < at.height; y++)
        for (int x = 0; x < at.width; x++) {
            struct cell *cell = cell_at(c, at, x, y);
            if (cell) *cell = (struct cell){ .glyph = ' ', .ink = COLOR_INK, .paper = (u8)paper };
        }
}

void cells_glyph(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, u8 glyph)
{
    struct cell *cell = cell_at(c, in, x, y);

    if (!cell) return;
    cell->glyph = glyph;
    cell->ink = (u8)ink;
}

int cells_text(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, const char *text)
{
    for (; *text; text++, x++) cells_glyph(c, in, x, y, ink, (u8)*text);
    return x;
}

int cells_print(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, const char *format, ...)
{
    char text[CELLS_MOST_COLUMNS + 1];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return cells_text(c, in, x, y, ink, text);
}

void cells_paper(struct cells *c, struct cells_region in, int x, int y, int width, enum cell_color paper)
{
    for (; width > 0; width--, x++) {
        struct cell *cell = cell_at(c, in, x, y);
        if (cell) cell->paper = (u8)paper;
    }
}

static char ascii_of(u8 glyph)
{
    switch (glyph) {
    case GLYPH_BREAK: return '*';
    case GLYPH_BREAK_OFF: return 'o';
    case GLYPH_NEXT: return '>';
    case GLYPH_LINE: return '|';
    case GLYPH_MORE: return '~';
    case GLYPH_BAR: return '#';
    default: return (char)(glyph >= 32 && glyph < 127 ? glyph : '?');
    }
}

void cells_row(const struct cells *c, unsigned row, char text[CELLS_MOST_COLUMNS + 1])
{
    unsigned n = 0;

    for (unsigned x = 0; x < c->columns; x++) {
        text[x] = ascii_of(c->at[row * c->columns + x].glyph);
        if (text[x] != ' ') n = x + 1;
    }
    text[n] = 0;
}

static void draw_cell(struct canvas *canvas, const struct cell *cell, unsigned x, unsigned y, unsigned times)
{
    const u8 *glyph = &vga_font_8x16[cell->glyph * CANVAS_GLYPH_HEIGHT];
    u32 color[2] = { cell_color_rgb(cell->paper), cell_color_rgb(cell->ink) };
    unsigned width = CANVAS_GLYPH_WIDTH * times, height = CANVAS_GLYPH_HEIGHT * times;

    if (x + width > canvas->width || y + height > canvas->height) return;
    for (unsigned row = 0; row < height; row++) {
        u32 *to = canvas->pixel + (size_t)(y + row) * canvas->width + x;
        u8 dots = glyph[row / times];
        for (unsigned dot = 0; dot < width; dot++) to[dot] = color[dots << dot / times >> 7 & 1];
    }
}

void cells_draw(const struct cells *c, struct canvas *canvas, unsigned times)
{
    for (unsigned row = 0; row < c->rows; row++)
        for (unsigned column = 0; column < c->columns; column++)
            draw_cell(canvas, &c->at[row * c->columns + column], column * CANVAS_GLYPH_WIDTH * times, row * CANVAS_GLYPH_HEIGHT * times, times);
}
