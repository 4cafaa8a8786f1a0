/* What stands around the panes: the bar, titles, tabs; and texts that commands print.          doc: panes */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/panes/parts.h"

const char *const panes_tab_name[TABS] = {
    [TAB_SCREEN] = "Screen", [TAB_REGISTERS] = "Registers", [TAB_STACK] = "Stack", [TAB_MEMORY] = "Memory", [TAB_PAGE] = "Pages", [TAB_GDT] = "GDT", [TAB_LDT] = "LDT", [TAB_IDT] = "IDT",
    [TAB_TSS] = "TSS", [TAB_DEVICES] = "Devices", [TAB_TIMELINE] = "Timeline", [TAB_BREAKS] = "Breaks", [TAB_FPU] = "FPU",
};

void panes_spot(struct panes *p, struct cells_region in, int x, int y, int width, enum spot_kind kind, u64 value, const char *text)
{
    if (p->spots == SPOTS || x < 0 || y < 0 || x >= in.width || y >= in.height) return;
    if (width > in.width - x) width = in.width - x;
    struct spot *s = &p->spot[p->spots++];
    *s = (struct spot){ .at = { in.x + x, in.y + y, width, 1 }, .kind = kind, .value = value };
    snprintf(s->text, sizeof s->text, "%s", text ? text : "");
}

void panes_title(struct panes *p, struct cells_region at, enum panes_focus focus, const char *format, ...)
{
    char text[CELLS_MOST_COLUMNS];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cells_paper(&p->cells, at, 0, 0, at.width, p->focus == focus ? COLOR_FOCUS : COLOR_TITLE);
    cells_text(&p->cells, at, 1, 0, COLOR_TITLE_INK, text);
}

struct cells_region panes_below(struct cells_region at) { return cells_within(at, 0, 1); }

/* --- the bar --- */

static int button(struct panes *p, int x, const char *text, u8 usage, unsigned modifiers)
{
    struct cells_region bar = p->layout.bar;
    int width = (int)strlen(text) + 2;

    cells_paper(&p->cells, bar, x, 0, width, COLOR_BUTTON);
    cells_text(&p->cells, bar, x + 1, 0, COLOR_TITLE_INK, text);
    panes_spot(p, bar, x, 0, width, SPOT_KEY, usage | modifiers << 8, NULL);
    return x + width + 1;
}

/* How it stands: by whom it is driven, why it stopped, or that it runs. */
static void bar_state(struct panes *p, int x)
{
    struct session *s = p->session;
    struct cells_region bar = p->layout.bar;
    char text[CELLS_MOST_COLUMNS];
    struct machine_history h;
    bool past = machine_history(s->machine, &h) && h.in_past;

    if (p->works) snprintf(text, sizeof text, " runs  tick %llu", (llu)machine_tick(s->machine));
    else if (p->driver) snprintf(text, sizeof text, " %s drives  tick %llu", p->driver, (llu)machine_tick(s->machine));
    else snprintf(text, sizeof text, " %s  tick %llu%s%.300s", past ? "in the past" : "stands", (llu)machine_tick(s->machine), s->stop[0] ? ": " : "", s->stop);
    cells_paper(&p->cells, bar, x, 0, bar.width - x, p->works || p->driver ? COLOR_RUNS : COLOR_STANDS);
    cells_text(&p->cells, bar, x, 0, COLOR_TITLE_INK, text);
}

static void bar(struct panes *p)
{
    static const struct { const char *text, *brief; u8 usage; unsigned modifiers; } buttons[] = {
        { "F5 go on", "F5", 0x3e, 0 }, { "F10 over", "F10", 0x43, 0 }, { "F11 into", "F11", 0x44, 0 }, { "Shift+F11 out", "S-F11", 0x44, PANES_SHIFT },
        { "Ctrl+F11 back", "C-F11", 0x44, PANES_CONTROL }, { "F4 to here", "F4", 0x3d, 0 }, { "F9 break", "F9", 0x42, 0 }, { "Pause", "||", 0x48, 0 },
    };
    int x = 0;

    cells_paper(&p->cells, p->layout.bar, 0, 0, p->layout.bar.width, COLOR_TITLE);
    for (unsigned i = 0; i < ARRAY_COUNT(buttons); i++) x = button(p, x, p->layout.wide ? buttons[i].text : buttons[i].brief, buttons[i].usage, buttons[i].modifiers);
    bar_state(p, x);
}

/* --- tabs --- */

static bool has_place(const struct panes *p, unsigned tab) { return p->layout.wide && tab <= TAB_STACK; }

static void tabs(struct panes *p)
{
    struct cells_region at = p->layout.tab;
    int x = 0, needed = 0, gap;

    if (has_place(p, p->tab)) p->tab = TAB_MEMORY;
    for (unsigned t = 0; t < TABS; t++) needed += has_place(p, t) ? 0 : (int)strlen(panes_tab_name[t]) + 2;
    gap = needed <= at.width ? 2 : 1;
    cells_paper(&p->cells, at, 0, 0, at.width, COLOR_TITLE);
    for (unsigned t = 0; t < TABS; t++) {
        if (has_place(p, t)) continue;
        int width = (int)strlen(panes_tab_name[t]) + gap;
        if (t == p->tab) cells_paper(&p->cells, at, x, 0, width, p->focus == FOCUS_TAB || p->focus == FOCUS_FIELD ? COLOR_FOCUS : COLOR_BUTTON);
        cells_text(&p->cells, at, x + gap / 2, 0, t == p->tab ? COLOR_TITLE_INK : COLOR_ADDRESS, panes_tab_name[t]);
        panes_spot(p, at, x, 0, width, SPOT_TAB, t, NULL);
        x += width;
    }
}

static void line(struct panes *p, int x, int y, int height)
{
    struct cells_region all = { 0, 0, p->cells.columns, p->cells.rows };

    for (; height > 0; height--, y++) {
        cells_paper(&p->cells, all, x, y, 1, COLOR_PAPER);
        cells_glyph(&p->cells, all, x, y, COLOR_BUTTON, GLYPH_LINE);
    }
}

void panes_frame(struct panes *p)
{
    const struct panes_layout *l = &p->layout;

    bar(p);
    tabs(p);
    if (!l->wide) return;
    line(p, l->registers.x - 1, 1, p->cells.rows - 1);
    line(p, l->stack.x - 1, l->stack.y, l->stack.height);
}

/* --- texts --- */

int panes_clamp(int scroll, int lines, int rows)
{
    if (scroll > lines - rows) scroll = lines - rows;
    return scroll < 0 ? 0 : scroll;
}

int panes_fit(const char *text, int length, int room)
{
    enum { NEAR = 24 };

    if (length <= room) return length;
    if (room < 1) return 1;
    for (int n = room; n > 0 && n > room - NEAR; n--)
        if (text[n] == ' ') return n + 1;
    return room;
}

int panes_indent(const char *line, int width)
{
    int indent = (int)strspn(line, " ") + 2;
    return indent < width / 3 ? indent : width / 3;
}

/* The lines of a text; those that are longer than the pane is wide go on below. */
static int put_lines(struct panes *p, struct cells_region at, int first, const char *text)
{
    int row = 0;

    for (const char *begin = text; *begin;) {
        int length = (int)strcspn(begin, "\n"), done = 0;
        do {
            int indent = done ? panes_indent(begin, at.width) : 0, n = panes_fit(begin + done, length - done, at.width - indent);
            if (row >= first && row - first < at.height) cells_print(&p->cells, at, indent, row - first, COLOR_INK, "%.*s", n, begin + done);
            done += n;
            row++;
        } while (done < length);
        begin += length + (begin[length] == '\n');
    }
    return row;
}

char *panes_captured(struct panes *p, const char *command)
{
    struct error err = { 0 };
    char *text = NULL;
    size_t size;
    FILE *out = stdout, *memory = open_memstream(&text, &size);

    if (!memory) return NULL;
    stdout = memory;
    if (!session_look(p->session, command, &err)) printf("%s", err.text);
    stdout = out;
    fclose(memory);
    return text;
}

void panes_printed(struct panes *p, struct cells_region at, int *scroll, const char *command)
{
    char *text = panes_captured(p, command);

    if (!text) return;
    int lines = put_lines(p, (struct cells_region){ at.x, at.y, at.width, 0 }, 0, text);
    *scroll = panes_clamp(*scroll, lines, at.height);
    put_lines(p, at, *scroll, text);
    free(text);
}
