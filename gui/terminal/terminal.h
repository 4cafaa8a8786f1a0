#ifndef ORRERY_TERMINAL_TERMINAL_H
#define ORRERY_TERMINAL_TERMINAL_H
/* The display on a terminal, shared by its files: terminal.c life, terminal_keys.c bytes to keys, terminal_draw.c cells.
 *                                                                                           doc: display */
#include "gui/display.h"

enum { TERMINAL_COLUMNS = 256, TERMINAL_ROWS = 128 };

/* What stands on the terminal: a character with two colours a place. */
struct terminal_cell {
    u16 unicode;
    u32 fore, back;
};
struct terminal_screen {
    unsigned columns, rows;
    bool cursor;
    unsigned cursor_column, cursor_row;
    struct terminal_cell cell[TERMINAL_COLUMNS * TERMINAL_ROWS];     /* rows of `columns` */
};

/* A key with its modifiers, as a byte sequence of a terminal means it. */
struct terminal_key {
    u8 usage;                    /* USB HID; 0: the bytes mean no key */
    bool shift, control, alt;
};

/* terminal_keys.c: takes one key from the first bytes; how many bytes it took, 0 when a sequence is not whole yet. */
size_t terminal_key(const u8 *bytes, size_t size, struct terminal_key *key);

/* terminal_draw.c: the picture in at most columns x rows places: text as text, graphics as half blocks. */
void terminal_screen_of(const struct vga_picture *picture, struct vga_frame *frame, struct vga_text_screen *text,
                        unsigned columns, unsigned rows, struct terminal_screen *screen);
/* Escapes that make `now` of `before` (NULL: of anything). Bytes written; never more than room. */
size_t terminal_changes(const struct terminal_screen *before, const struct terminal_screen *now, char *out, size_t room);

#endif
