#ifndef ORRERY_PANES_CELLS_H
#define ORRERY_PANES_CELLS_H
/* Writing characters into a screen of them, and drawing it.                                   doc: panes */
#include "devices/cells.h"
#include "gui/canvas.h"

/* What a thing is says its colour. */
enum cell_color {
    COLOR_PAPER, COLOR_INK, COLOR_DIM,                   /* what is less important */
    COLOR_TITLE, COLOR_TITLE_INK, COLOR_FOCUS,           /* papers of title lines; the one that has the keys */
    COLOR_BUTTON, COLOR_FIELD,                           /* papers of what is clicked, and of what is typed into */
    COLOR_CHANGED, COLOR_ADDRESS, COLOR_NAME, COLOR_WRONG,       /* inks */
    COLOR_NEXT, COLOR_CURSOR, COLOR_BREAK, COLOR_BREAK_OFF,      /* papers of the next instruction, the chosen line, breakpoints */
    COLOR_RUNS, COLOR_STANDS,                            /* papers of the machine's state */
    COLOR_MODES,                                         /* of the timeline: five modes, four privileges, eight address spaces */
    COLOR_RINGS = COLOR_MODES + 5,
    COLOR_SPACES = COLOR_RINGS + 4,
    COLOR_MIXED = COLOR_SPACES + 8,                      /* several in one cell */
    CELL_COLORS
};
enum { GLYPH_BREAK = 7, GLYPH_BREAK_OFF = 9, GLYPH_NEXT = 16, GLYPH_LINE = 0xb3, GLYPH_BAR = 0xdb, GLYPH_MORE = 0xaf };

u32 cell_color_rgb(enum cell_color color);               /* 0RGB */

/* What lies outside of the region is left out: a text ends at its edge. */
void cells_fill(struct cells *c, struct cells_region at, enum cell_color paper);
/* x and y count from the region's corner; the paper stays what it was.  The column behind the text. */
int cells_text(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, const char *text);
int cells_print(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, const char *format, ...) __attribute__((format(printf, 6, 7)));
void cells_glyph(struct cells *c, struct cells_region in, int x, int y, enum cell_color ink, u8 glyph);
void cells_paper(struct cells *c, struct cells_region in, int x, int y, int width, enum cell_color paper);

static inline struct cells_region cells_within(struct cells_region r, int left, int top)
{
    return (struct cells_region){ r.x + left, r.y + top, r.width - left, r.height - top };
}
static inline bool cells_contains(struct cells_region r, int x, int y) { return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height; }

/* A row as ASCII: other glyphs as the nearest character, blanks at its end cut. */
void cells_row(const struct cells *c, unsigned row, char text[CELLS_MOST_COLUMNS + 1]);

/* Each cell of 8x16 dots, `times` as large; those that do not fit whole are left out. */
void cells_draw(const struct cells *c, struct canvas *canvas, unsigned times);

#endif
