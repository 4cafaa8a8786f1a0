/* Where the panes lie.                                                                        doc: panes
 *
 *    +--------------- bar: what can be done, and how it stands ----------------+
 *    | the guest's screen, 4:3               | registers                       |
 *    |                                       +----------------------+----------+
 *    |                                       | code                 | stack    |
 *    +---------------------------------------+----------------------+----------+
 *    | commands and what they print          | tabs: memory, pages, tables ... |
 *    +---------------------------------------+---------------------------------+
 *
 * Where there is no room for all of it, code, tabs (with the screen, the registers and the stack among them) and commands lie one above the other. */
#include "gui/panes/parts.h"

enum { WIDE_COLUMNS = 150, WIDE_ROWS = 44, REGISTER_ROWS = 17, COMMAND_LEAST = 12, TAB_LEAST = 14, STACK_COLUMNS = 27 };

static struct cells_region region(int x, int y, int width, int height)
{
    return (struct cells_region){ x, y, width > 0 ? width : 0, height > 0 ? height : 0 };
}

/* Cells are twice as high as wide: 4:3 is 8 columns to 3 rows. */
static void lay_left(struct panes_layout *l, int width, int rows)
{
    int screen = width * 3 / 8, most = rows - 2 - COMMAND_LEAST;

    if (screen > most) screen = most;
    l->screen = region(0, 1, width, screen + 1);
    l->command = region(0, 2 + screen, width, rows - 2 - screen);
}

static void lay_right(struct panes_layout *l, int x, int width, int rows)
{
    int rest = rows - 1 - REGISTER_ROWS, tab = rest / 2 > TAB_LEAST ? rest / 2 : TAB_LEAST, stack = STACK_COLUMNS + (width > 100 ? (width - 100) / 3 : 0);

    l->registers = region(x, 1, width, REGISTER_ROWS);
    l->code = region(x, 1 + REGISTER_ROWS, width - stack - 1, rest - tab);
    l->stack = region(x + width - stack, 1 + REGISTER_ROWS, stack, rest - tab);
    l->tab = region(x, rows - tab, width, tab);
}

struct panes_layout panes_layout(unsigned columns, unsigned rows)
{
    struct panes_layout l = { .wide = columns >= WIDE_COLUMNS && rows >= WIDE_ROWS };
    int width = (int)columns, height = (int)rows;

    l.bar = region(0, 0, width, 1);
    if (l.wide) {
        lay_left(&l, width / 2, height);
        lay_right(&l, width / 2 + 1, width - width / 2 - 1, height);
        return l;
    }
    int rest = height - 1, code = rest * 3 / 10, command = rest / 4;
    l.code = region(0, 1, width, code);
    l.tab = region(0, 1 + code, width, rest - code - command);
    l.command = region(0, height - command, width, command);
    return l;
}
