#include "gui/terminal/terminal.h"

#include <stdio.h>
#include <string.h>

enum { UPPER_HALF = 0x2580, LONGEST_CELL = 64 };

static unsigned at_most(unsigned value, unsigned most) { return value < most ? value : most; }

/* --- the picture as cells --- */

static void text_screen(const struct vga_text_screen *t, struct terminal_screen *s)
{
    for (unsigned y = 0; y < s->rows; y++) {
        for (unsigned x = 0; x < s->columns; x++) {
            const struct vga_cell *c = &t->cell[y * t->columns + x];
            s->cell[y * s->columns + x] = (struct terminal_cell){ c->unicode, c->fore, c->back };
        }
    }
    s->cursor = t->cursor_visible && t->cursor_column < s->columns && t->cursor_row < s->rows;
    s->cursor_column = t->cursor_column;
    s->cursor_row = t->cursor_row;
}

/* Mean colour of the frame's dots under place (x, y) of a grid of columns x rows. */
static u32 mean(const struct vga_frame *f, unsigned x, unsigned y, unsigned columns, unsigned rows)
{
    unsigned x0 = x * f->width / columns, x1 = (x + 1) * f->width / columns, n = 0;
    unsigned y0 = y * f->height / rows, y1 = (y + 1) * f->height / rows;
    u32 r = 0, g = 0, b = 0;

    if (x1 <= x0) x1 = x0 + 1;
    if (y1 <= y0) y1 = y0 + 1;
    for (unsigned j = y0; j < y1; j++) {
        for (unsigned i = x0; i < x1; i++, n++) {
            u32 p = f->pixel[j * f->width + i];
            r += p >> 16 & 255;
            g += p >> 8 & 255;
            b += p & 255;
        }
    }
    return r / n << 16 | g / n << 8 | b / n;
}

static void graphics_screen(const struct vga_frame *f, struct terminal_screen *s)
{
    s->cursor = false;
    for (unsigned y = 0; y < s->rows; y++)
        for (unsigned x = 0; x < s->columns; x++)
            s->cell[y * s->columns + x] = (struct terminal_cell){
                .unicode = UPPER_HALF, .fore = mean(f, x, 2 * y, s->columns, 2 * s->rows),
                .back = mean(f, x, 2 * y + 1, s->columns, 2 * s->rows),
            };
}

/* A place is as wide as half its height: 4:3 in half blocks is 8 columns to 3 rows. */
static void fit_4_3(unsigned columns, unsigned rows, struct terminal_screen *s)
{
    s->columns = at_most(columns, rows * 8 / 3);
    s->rows = at_most(rows, s->columns * 3 / 8);
    if (!s->columns) s->columns = 1;
    if (!s->rows) s->rows = 1;
}

void terminal_screen_of(const struct vga_picture *picture, struct vga_frame *frame, struct vga_text_screen *text,
                        unsigned columns, unsigned rows, struct terminal_screen *s)
{
    columns = at_most(columns, TERMINAL_COLUMNS);
    rows = at_most(rows, TERMINAL_ROWS);
    vga_text_cells(picture, text);
    if (text->text) {
        s->columns = at_most(columns, text->columns);
        s->rows = at_most(rows, text->rows);
        text_screen(text, s);
        return;
    }
    vga_render(picture, frame);
    fit_4_3(columns, rows, s);
    graphics_screen(frame, s);
}

/* --- escapes --- */

struct pen {
    char *out;
    size_t used, room;
    unsigned column, row;        /* where the terminal's cursor stands */
    u32 fore, back;
    bool coloured, placed;
};

static void put(struct pen *p, const char *text, size_t size)
{
    if (p->used + size > p->room) return;
    memcpy(p->out + p->used, text, size);
    p->used += size;
}

static void put_colours(struct pen *p, const struct terminal_cell *c)
{
    char text[LONGEST_CELL];

    if (p->coloured && p->fore == c->fore && p->back == c->back) return;
    int n = snprintf(text, sizeof text, "\x1b[38;2;%u;%u;%um\x1b[48;2;%u;%u;%um", c->fore >> 16 & 255, c->fore >> 8 & 255, c->fore & 255,
                     c->back >> 16 & 255, c->back >> 8 & 255, c->back & 255);
    put(p, text, (size_t)n);
    p->fore = c->fore;
    p->back = c->back;
    p->coloured = true;
}

static void put_place(struct pen *p, unsigned column, unsigned row)
{
    char text[LONGEST_CELL];

    if (p->placed && p->column == column && p->row == row) return;
    put(p, text, (size_t)snprintf(text, sizeof text, "\x1b[%u;%uH", row + 1, column + 1));
    p->column = column;
    p->row = row;
    p->placed = true;
}

static void put_cell(struct pen *p, const struct terminal_cell *c)
{
    char text[4];
    put(p, text, utf8_put(text, c->unicode));
    p->column++;
}

static bool same_cell(const struct terminal_cell *a, const struct terminal_cell *b)
{
    return a->unicode == b->unicode && a->fore == b->fore && a->back == b->back;
}

size_t terminal_changes(const struct terminal_screen *before, const struct terminal_screen *now, char *out, size_t room)
{
    struct pen p = { .out = out, .room = room };
    bool anew = !before || before->columns != now->columns || before->rows != now->rows;

    if (anew) put(&p, "\x1b[0m\x1b[2J", 8);
    put(&p, "\x1b[?25l", 6);
    for (unsigned y = 0; y < now->rows; y++) {
        for (unsigned x = 0; x < now->columns; x++) {
            const struct terminal_cell *c = &now->cell[y * now->columns + x];
            if (!anew && same_cell(c, &before->cell[y * now->columns + x])) continue;
            put_place(&p, x, y);
            put_colours(&p, c);
            put_cell(&p, c);
        }
    }
    if (now->cursor) {
        put_place(&p, now->cursor_column, now->cursor_row);
        put(&p, "\x1b[?25h", 6);
    }
    return p.used;
}
