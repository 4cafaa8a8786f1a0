/* The panes without a window: their text, a picture of them, keys and clicks by name.           doc: panes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devices/chip/vga_picture.h"
#include "gui/automation/commands.h"
#include "gui/panes/parts.h"
#include "gui/window/placement.h"

/* --- as a picture --- */

static bool draw_screen(struct panes *p, struct canvas *canvas)
{
    struct cells_region at = p->cells.screen;
    struct vga_frame *frame = at.width > 0 && at.height > 0 ? calloc(1, sizeof *frame) : NULL;
    int width = at.width * CANVAS_GLYPH_WIDTH, height = at.height * CANVAS_GLYPH_HEIGHT;

    if (!frame) return at.width <= 0;
    machine_picture(p->session->machine, frame);
    struct placement to = place_shape(width, height, (int)frame->shape_x, (int)frame->shape_y);
    canvas_fill(canvas, at.x * CANVAS_GLYPH_WIDTH, at.y * CANVAS_GLYPH_HEIGHT, width, height, frame->border);
    canvas_picture(canvas, at.x * CANVAS_GLYPH_WIDTH + to.x, at.y * CANVAS_GLYPH_HEIGHT + to.y, to.width, to.height, frame->pixel, frame->width, frame->height);
    free(frame);
    return true;
}

bool panes_write_png(struct panes *p, const struct cells_region *part, const char *path, struct error *err)
{
    const struct cells *c = panes_cells(p);
    struct canvas canvas;

    if (!canvas_open(&canvas, c->columns * CANVAS_GLYPH_WIDTH, c->rows * CANVAS_GLYPH_HEIGHT, cell_color_rgb(COLOR_PAPER))) return fail(err, "%s: no memory for a picture", path);
    cells_draw(c, &canvas, 1);
    struct cells_region at = part ? *part : (struct cells_region){ 0, 0, c->columns, c->rows };
    bool done = draw_screen(p, &canvas) || fail(err, "%s: no memory for a picture", path);
    done = done && canvas_write_part(&canvas, at.x * CANVAS_GLYPH_WIDTH, at.y * CANVAS_GLYPH_HEIGHT, at.width * CANVAS_GLYPH_WIDTH, at.height * CANVAS_GLYPH_HEIGHT, path, err);
    canvas_close(&canvas);
    return done;
}

/* --- panes WHAT --- */

static bool take_size(struct panes *p, const char *text, struct error *err)
{
    unsigned width, height;
    char rest;

    if (sscanf(text, "%ux%u%c", &width, &height, &rest) != 2 || width < 320 || width > CELLS_MOST_COLUMNS * CANVAS_GLYPH_WIDTH || height < 240 || height > CELLS_MOST_ROWS * CANVAS_GLYPH_HEIGHT)
        return fail(err, "panes: \"%s\" is no size: 320x240 to %ux%u dots, as 1280x800", text, CELLS_MOST_COLUMNS * CANVAS_GLYPH_WIDTH, CELLS_MOST_ROWS * CANVAS_GLYPH_HEIGHT);
    panes_resize(p, width / CANVAS_GLYPH_WIDTH, height / CANVAS_GLYPH_HEIGHT);
    return true;
}

static bool do_png(struct panes *p, const char *at, struct error *err)
{
    const struct panes_layout *l = &p->layout;
    const struct { const char *name; const struct cells_region *at; } pane[] = {
        { "screen", &l->screen }, { "registers", &l->registers }, { "code", &l->code }, { "stack", &l->stack }, { "commands", &l->command }, { "tab", &l->tab },
    };
    char path[1024], word[32];

    if (!next_argument(&at, path, sizeof path)) return fail(err, "into which file? e.g. panes png debugger.png 1280x800, panes png code.png code");
    while (next_argument(&at, word, sizeof word)) {
        for (unsigned i = 0; i < ARRAY_COUNT(pane); i++)
            if (!strcmp(word, pane[i].name)) return panes_write_png(p, pane[i].at, path, err);
        if (!take_size(p, word, err)) return false;
    }
    return panes_write_png(p, NULL, path, err);
}

static bool do_size(struct panes *p, const char *at, struct error *err)
{
    char size[32] = "";
    next_argument(&at, size, sizeof size);
    return take_size(p, size, err);
}

static bool do_text(struct panes *p, const char *at, struct error *err)
{
    char row[CELLS_MOST_COLUMNS + 1];
    const struct cells *c = panes_cells(p);

    (void)at, (void)err;
    for (unsigned y = 0; y < c->rows; y++) {
        cells_row(c, y, row);
        puts(row);
    }
    return true;
}

/* What a key asks for is done before the next command, unless this one is itself a pane's. */
static bool do_key(struct panes *p, const char *at, struct error *err)
{
    char word[64], *rest = word, *name;
    unsigned modifiers = 0;
    u8 usage = 0;

    if (!next_argument(&at, word, sizeof word)) return fail(err, "which key? e.g. panes key F10, panes key shift-F11");
    while ((name = strsep(&rest, "-"))) {
        if (!strcasecmp(name, "shift")) modifiers |= PANES_SHIFT;
        else if (!strcasecmp(name, "ctrl")) modifiers |= PANES_CONTROL;
        else if (!(usage = automation_key_of(name))) return fail(err, "there is no key \"%s\"", name);
    }
    panes_cells(p);
    panes_key(p, usage, modifiers);
    while (panes_act(p)) continue;
    return true;
}

static bool do_type(struct panes *p, const char *at, struct error *err)
{
    char text[EDIT_ROOM];

    if (!next_argument(&at, text, sizeof text)) return fail(err, "what? e.g. panes type \"x /4wx esp\"; panes key enter");
    panes_text(p, text);
    return true;
}

static bool do_click(struct panes *p, const char *at, struct error *err)
{
    char word[2][16];

    for (unsigned i = 0; i < 2; i++)
        if (!next_argument(&at, word[i], sizeof word[i])) return fail(err, "panes click COLUMN ROW, from 0 0 in the upper left corner");
    panes_cells(p);
    panes_click(p, atoi(word[0]), atoi(word[1]));
    while (panes_act(p)) continue;
    return true;
}

static bool do_tab(struct panes *p, const char *at, struct error *err)
{
    char name[16] = "";

    next_argument(&at, name, sizeof name);
    for (unsigned t = 0; t < TABS; t++)
        if (!strcasecmp(name, panes_tab_name[t])) return panes_show_tab(p, t), true;
    return fail(err, "panes: there is no tab \"%s\": Memory, Pages, GDT, LDT, IDT, TSS, Devices, Timeline, Breaks, FPU", name);
}

static bool do_memory(struct panes *p, const char *at, struct error *err)
{
    if (!*at) return fail(err, "which address? e.g. panes memory esp");
    snprintf(p->memory, sizeof p->memory, "%s", at);
    panes_show_tab(p, TAB_MEMORY);
    return true;
}

static bool do_pages(struct panes *p, const char *at, struct error *err)
{
    if (!*at) return fail(err, "which address? e.g. panes pages rip");
    snprintf(p->page, sizeof p->page, "%s", at);
    panes_show_tab(p, TAB_PAGE);
    return true;
}

static bool do_device(struct panes *p, const char *at, struct error *err)
{
    char name[64] = "";
    const char *found;

    next_argument(&at, name, sizeof name);
    for (unsigned n = 0; (found = machine_device_name(p->session->machine, n)); n++) {
        if (strcmp(found, name)) continue;
        p->device = n;
        panes_show_tab(p, TAB_DEVICES);
        return true;
    }
    return fail(err, "there is no device \"%s\"; info device lists them", name);
}

bool panes_command(struct session *s, const char *at, struct error *err)
{
    static const struct { const char *name; bool (*act)(struct panes *, const char *, struct error *); } row[] = {
        { "text", do_text }, { "png", do_png }, { "size", do_size }, { "tab", do_tab }, { "memory", do_memory }, { "pages", do_pages }, { "device", do_device }, { "key", do_key }, { "type", do_type },
        { "click", do_click },
    };
    char what[16] = "text";
    struct panes *p = s->panes ? s->panes : panes_open(s);

    if (!p) return fail(err, "panes: no memory");
    next_argument(&at, what, sizeof what);
    at += strspn(at, " \t");
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        if (!strcmp(what, row[i].name)) return row[i].act(p, at, err);
    return fail(err, "panes %s: text, png FILE [WIDTHxHEIGHT] [PANE], size WIDTHxHEIGHT, tab NAME, memory ADDRESS, pages ADDRESS, device NAME, key NAME, type \"TEXT\", click COLUMN ROW", what);
}
