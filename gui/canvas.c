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

/* How much of source dot `n` lies between two places, all in 1/256 of a dot. */
static unsigned covered(unsigned n, u64 from, u64 to)
{
    u64 begin = (u64)n << 8, end = begin + 256;

    if (begin < from) begin = from;
    if (end > to) end = to;
    return end > begin ? (unsigned)(end - begin) : 0;
}

static u32 mean(const u32 *pixel, unsigned width, unsigned height, u64 left, u64 right, u64 top, u64 bottom)
{
    u64 sum[3] = { 0 }, weight = 0;

    if (right <= left) right = left + 1;
    if (bottom <= top) bottom = top + 1;
    for (unsigned y = (unsigned)(top >> 8); y < height && (u64)y << 8 < bottom; y++)
        for (unsigned x = (unsigned)(left >> 8); x < width && (u64)x << 8 < right; x++) {
            u64 w = (u64)covered(x, left, right) * covered(y, top, bottom);
            u32 v = pixel[(size_t)y * width + x];
            for (unsigned i = 0; i < 3; i++) sum[i] += w * (v >> 8 * i & 0xff);
            weight += w;
        }
    return weight ? (u32)(sum[2] / weight) << 16 | (u32)(sum[1] / weight) << 8 | (u32)(sum[0] / weight) : 0;
}

void canvas_picture(struct canvas *c, int x, int y, int width, int height, const u32 *pixel, unsigned from_width, unsigned from_height)
{
    for (int row = 0; row < height; row++)
        for (int at = 0; at < width; at++)
            canvas_fill(c, x + at, y + row, 1, 1, mean(pixel, from_width, from_height, ((u64)at << 8) * from_width / (u64)width, ((u64)(at + 1) << 8) * from_width / (u64)width,
                                                      ((u64)row << 8) * from_height / (u64)height, ((u64)(row + 1) << 8) * from_height / (u64)height));
}

bool canvas_write_part(const struct canvas *c, int x, int y, int width, int height, const char *path, struct error *err)
{
    struct canvas part;

    if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > (int)c->width || y + height > (int)c->height) return fail(err, "%s: that part of the picture is not there", path);
    if (!canvas_open(&part, (unsigned)width, (unsigned)height, 0)) return fail(err, "%s: no memory for a picture", path);
    for (int row = 0; row < height; row++) memcpy(part.pixel + (size_t)row * (unsigned)width, c->pixel + (size_t)(y + row) * c->width + x, (size_t)width * sizeof *part.pixel);
    bool done = canvas_write(&part, path, err);
    canvas_close(&part);
    return done;
}

bool canvas_write(const struct canvas *c, const char *path, struct error *err) { return screenshot_pixels(path, c->width, c->height, c->pixel, err); }
