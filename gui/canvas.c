#include "gui/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "bios/images.h"
#include "gui/screenshot.h"

bool canvas_open(struct canvas *c, unsigned width, unsigned height, u32 color)
{
    *c = (struct canvas){ .width = width, .height = height, .pixel = malloc((size_t)width * height * sizeof *c->pixel) };
    if (!c->pixel) return false;
    canvas_fill(c, 0, 0, (int)width, (int)height, color);
    return true;
}

void canvas_close(struct canvas *c)
{
    free(c->pixel);
    *c = (struct canvas){ 0 };
}

void canvas_fill(struct canvas *c, int x, int y, int width, int height, u32 color)
{
    int right = x + width, bottom = y + height;

    if (right > (int)c->width) right = (int)c->width;
    if (bottom > (int)c->height) bottom = (int)c->height;
    for (int row = y < 0 ? 0 : y; row < bottom; row++)
        for (int at = x < 0 ? 0 : x; at < right; at++) c->pixel[(size_t)row * c->width + (size_t)at] = color;
}

void canvas_text(struct canvas *c, int x, int y, u32 color, const char *text)
{
    for (; *text; text++, x += CANVAS_GLYPH_WIDTH) {
        const u8 *glyph = &vga_font_8x16[(u8)*text * CANVAS_GLYPH_HEIGHT];
        for (int row = 0; row < CANVAS_GLYPH_HEIGHT; row++)
            for (int dot = 0; dot < CANVAS_GLYPH_WIDTH; dot++)
                if (glyph[row] << dot & 0x80) canvas_fill(c, x + dot, y + row, 1, 1, color);
    }
}

bool canvas_write(const struct canvas *c, const char *path, struct error *err) { return screenshot_pixels(path, c->width, c->height, c->pixel, err); }
