#ifndef ORRERY_CELLS_H
#define ORRERY_CELLS_H
/* A screen of characters that the machine's side writes for whoever looks on: the panes of the debugger.        doc: panes
 * Plain data: it goes through the mailbox. */
#include "cpu/base/types.h"

enum { CELLS_MOST_COLUMNS = 400, CELLS_MOST_ROWS = 150 };

struct cell {
    u8 glyph;                    /* code page 437, as in the VGA's font */
    u8 ink, paper;               /* enum cell_color of gui/panes/cells.h */
};

struct cells_region {
    int x, y, width, height;     /* in cells */
};

struct cells {
    bool shown;                  /* the debugger is open */
    bool keys;                   /* it wants the keys; else the guest has them */
    u16 columns, rows;
    struct cells_region screen;  /* where the guest's picture lies; of no width: nowhere */
    struct cell at[CELLS_MOST_ROWS * CELLS_MOST_COLUMNS];        /* rows of `columns` */
};

#endif
