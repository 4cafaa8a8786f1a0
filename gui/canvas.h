#ifndef ORRERY_GUI_CANVAS_H
#define ORRERY_GUI_CANVAS_H
/* A picture that the host draws: rectangles and text of the VGA's font.                       doc: timeline */
#include "cpu/base/error.h"
#include "cpu/base/types.h"

struct canvas {
    unsigned width, height;
    u32 *pixel;                  /* 0RGB */
};
enum { CANVAS_GLYPH_WIDTH = 8, CANVAS_GLYPH_HEIGHT = 16 };

bool canvas_open(struct canvas *c, unsigned width, unsigned height, u32 color);
void canvas_close(struct canvas *c);
/* What lies outside is left out. */
void canvas_fill(struct canvas *c, int x, int y, int width, int height, u32 color);
void canvas_text(struct canvas *c, int x, int y, u32 color, const char *text);
/* A picture of 0RGB rows, as large as the rectangle: each dot is the mean of what it covers. */
void canvas_picture(struct canvas *c, int x, int y, int width, int height, const u32 *pixel, unsigned from_width, unsigned from_height);
/* Of a part of it. */
bool canvas_write_part(const struct canvas *c, int x, int y, int width, int height, const char *path, struct error *err);
bool canvas_write(const struct canvas *c, const char *path, struct error *err);          /* as PNG */

#endif
