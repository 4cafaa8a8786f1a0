/* Memory, and how an address becomes a physical one.                                           doc: panes */
#include <stdio.h>
#include <string.h>

#include "gui/debugger/expression.h"
#include "gui/panes/parts.h"

/* The address that is typed into; where the text is no address, why not.  It is asked anew each time, so that registers in it are followed. */
static bool field(struct panes *p, struct cells_region at, int x, char *text, const char *tail, u64 *address)
{
    struct error err = { 0 };
    bool edited = p->focus == FOCUS_FIELD;
    const char *shown = edited ? p->field.text : text;
    int width = (int)strlen(shown) + 2 < 30 ? 30 : (int)strlen(shown) + 2, begin = x;

    cells_paper(&p->cells, at, x, 0, width, COLOR_FIELD);
    cells_text(&p->cells, at, x, 0, edited ? COLOR_TITLE_INK : COLOR_INK, shown);
    if (edited) cells_paper(&p->cells, at, x + (int)p->field.cursor, 0, 1, COLOR_FOCUS);
    panes_spot(p, at, begin, 0, width, SPOT_FIELD, 0, NULL);
    cells_text(&p->cells, at, x + width + 1, 0, COLOR_DIM, tail);
    if (expression_value(p->session, text, address, &err)) return true;
    err.text[strcspn(err.text, "\n")] = 0;
    cells_text(&p->cells, at, 0, 2, COLOR_WRONG, err.text);
    return false;
}

/* --- memory --- */

static size_t peek(struct panes *p, u64 address, u8 *bytes, size_t size)
{
    return p->physical ? machine_peek(p->session->machine, address, bytes, size) : machine_peek_linear(p->session->machine, address, bytes, size);
}

/* Bytes up to what is not mapped; lines behind that are asked one by one. */
static void read_bytes(struct panes *p, u64 address, unsigned count, bool *known)
{
    for (unsigned i = 0; i < count; i += p->a_line) {
        size_t n = peek(p, address + i, p->bytes.now + i, p->a_line);
        for (unsigned k = 0; k < p->a_line; k++) known[i + k] = p->physical || k < n;
    }
    p->bytes.address = address;
    p->bytes.known = count;
}

static bool byte_changed(const struct panes *p, unsigned i)
{
    u64 offset = p->bytes.address + i - p->bytes.address_was;
    return p->has_run && offset < p->bytes.known_was && p->bytes.was[offset] != p->bytes.now[i];
}

/* A click on a byte offers to change it: setpmem wants its physical address. */
static void byte_spot(struct panes *p, struct cells_region at, int x, int row, unsigned i)
{
    u64 address = p->bytes.address + i, pa = address;
    char text[64];

    if (!p->physical && !cpu_translate(machine_cpu(p->session->machine), address, &pa)) return;
    snprintf(text, sizeof text, "setpmem 0x%llx 1 0x%02x", (llu)pa, p->bytes.now[i]);
    panes_spot(p, at, x, row, 2, SPOT_EDIT, 0, text);
}

static void put_bytes(struct panes *p, struct cells_region at, int row, unsigned first, const bool *known)
{
    u64 address = p->bytes.address + first, low = address & 0xffffffffffff;       /* in a narrow pane the upper 16 bits, which repeat bit 47, are left out */
    bool narrow = address >> 32 && at.width < 16 + 2 + (int)p->a_line * 4 + 2;
    int x = cells_print(&p->cells, at, 0, row, COLOR_ADDRESS, "%0*llx", narrow ? 12 : address >> 32 ? 16 : 8, (llu)(narrow ? low : address)) + (narrow ? 1 : 2);
    int text = x + (int)p->a_line * 3;

    for (unsigned i = first; i < first + p->a_line; i++) {
        enum cell_color ink = byte_changed(p, i) ? COLOR_CHANGED : COLOR_INK;
        bool shown = known[i] && p->bytes.now[i] >= 32 && p->bytes.now[i] < 127;
        int column = x + (int)(i - first) * 3 + (i - first >= 8);
        if (known[i]) cells_print(&p->cells, at, column, row, ink, "%02x", p->bytes.now[i]);
        else cells_text(&p->cells, at, column, row, COLOR_DIM, "--");
        if (known[i]) byte_spot(p, at, column, row, i);
        cells_glyph(&p->cells, at, text + (int)(i - first) + 1, row, shown ? ink : COLOR_DIM, shown ? p->bytes.now[i] : known[i] ? '.' : ' ');
    }
}

void panes_memory(struct panes *p, struct cells_region at)
{
    const char *space = p->physical ? "physical" : "linear";
    bool known[MEMORY_SHOWN] = { false };
    u64 address;
    int x = cells_text(&p->cells, at, 0, 0, COLOR_DIM, "Address ");

    bool right = field(p, at, x, p->memory, "", &address);
    int end = at.width - (int)strlen(space) - 2;
    cells_paper(&p->cells, at, end, 0, (int)strlen(space) + 2, COLOR_BUTTON);
    cells_text(&p->cells, at, end + 1, 0, COLOR_TITLE_INK, space);
    panes_spot(p, at, end, 0, (int)strlen(space) + 2, SPOT_PHYSICAL, 0, NULL);
    if (!right) return;
    int rows = at.height - 1;
    p->a_line = at.width >= (address >> 32 ? 12 + 1 : 8 + 2) + 16 * 4 + 1 ? 16 : 8;
    if (rows > MEMORY_SHOWN / 16) rows = MEMORY_SHOWN / 16;
    if (rows < 1) return;
    read_bytes(p, address, (unsigned)rows * p->a_line, known);
    for (int row = 0; row < rows; row++) put_bytes(p, at, row + 1, (unsigned)row * p->a_line, known);
}

void panes_memory_move(struct panes *p, s64 bytes)
{
    struct error err = { 0 };
    u64 address;

    if (expression_value(p->session, p->memory, &address, &err)) snprintf(p->memory, sizeof p->memory, "0x%llx", (llu)(address + (u64)bytes));
}

/* --- page walks --- */

void panes_page(struct panes *p, struct cells_region at)
{
    char command[64];
    u64 address;
    int x = cells_text(&p->cells, at, 0, 0, COLOR_DIM, "Linear address ");

    if (!field(p, at, x, p->page, "", &address)) return;
    snprintf(command, sizeof command, "walk 0x%llx", (llu)address);
    panes_printed(p, cells_within(at, 0, 2), &p->scroll[TAB_PAGE], command);
}
