/* The timeline as rows of coloured cells, and its newest events in words.                       doc: panes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/timeline_parts.h"
#include "gui/panes/parts.h"

enum { NAMES = 11, LANE_MOMENTS = TIMELINE_STATES, LANES };
static const char *const lane_name[LANES] = { "mode", "CPL", "CR3", "events" };

struct lanes {
    struct panes *p;
    struct cells_region at;      /* of the lanes alone, without their names */
    unsigned processor;
    u64 from, to;
};

static enum cell_color color_of(enum timeline_state state, u64 value)
{
    if (state == TIMELINE_MODE) return COLOR_MODES + value % CPU_MODES;
    if (state == TIMELINE_CPL) return COLOR_RINGS + (value & 3);
    return COLOR_SPACES + ((u32)((value >> 12) * 0x9e3779b1u) >> 29);
}

/* The column of a tick, the first one for what was earlier. */
static int column(const struct lanes *l, u64 tick)
{
    if (tick <= l->from) return 0;
    u128 at = (u128)(tick - l->from) * (unsigned)l->at.width / (l->to - l->from);
    return at < (unsigned)l->at.width ? (int)at : l->at.width;
}

/* A cell that several stretches share has a colour of its own. */
static void put_stretch(void *context, unsigned processor, enum timeline_state state, u64 value, u64 from, u64 to)
{
    struct lanes *l = context;
    struct cells *c = &l->p->cells;
    char text[64];

    if (processor != l->processor || to <= l->from || from >= l->to) return;
    int first = column(l, from), last = column(l, to > l->to ? l->to : to), width = last - first;
    for (int x = first; x <= last && x < l->at.width; x++) {
        struct cell *cell = &c->at[(l->at.y + (int)state) * c->columns + l->at.x + x];
        if (cell->paper != COLOR_PAPER) cell->paper = COLOR_MIXED, cell->glyph = ' ';
        else if (x < last || !width) cell->paper = (u8)color_of(state, value);
    }
    timeline_state_text(state, value, text, sizeof text);
    struct cells_region in = { l->at.x + first, l->at.y + (int)state, width - 1, 1 };
    if ((int)strlen(text) + 2 <= width) cells_text(c, in, 1, 0, COLOR_TITLE_INK, text);
}

/* Faults in red, interrupts and tasks in blue; where several fall into one cell, how many. */
static void put_moments(struct lanes *l, const struct timeline *t)
{
    unsigned interrupts[CELLS_MOST_COLUMNS] = { 0 }, faults[CELLS_MOST_COLUMNS] = { 0 };

    for (u64 i = timeline_kept(t); i-- > 0;) {
        const struct timeline_event *e = timeline_at(t, i);
        int x = column(l, e->heard.tick);
        if (e->heard.tick < l->from) break;
        if (e->processor != l->processor || timeline_state_of(e->heard.kind) != TIMELINE_STATES || x >= l->at.width) continue;
        if (e->heard.kind == CPU_CATCH_INTERRUPT || e->heard.kind == CPU_CATCH_TASK) interrupts[x]++;
        else faults[x]++;
    }
    for (int x = 0; x < l->at.width; x++) {
        unsigned n = interrupts[x] + faults[x];
        if (!n) continue;
        cells_paper(&l->p->cells, l->at, x, LANE_MOMENTS, 1, faults[x] ? COLOR_BREAK : COLOR_FOCUS);
        cells_glyph(&l->p->cells, l->at, x, LANE_MOMENTS, COLOR_TITLE_INK, n == 1 ? ' ' : n < 10 ? (u8)('0' + n) : '+');
    }
}

/* The newest at the bottom. */
static void put_events(struct panes *p, struct cells_region at, const struct timeline *t, unsigned processor)
{
    char text[160];
    u64 kept = timeline_kept(t), lines = kept < 100000 ? kept : 100000;

    int back = panes_clamp(-p->scroll[TAB_TIMELINE], (int)lines, at.height), row = (lines < (u64)at.height ? (int)lines : at.height) - 1;
    p->scroll[TAB_TIMELINE] = -back;
    for (u64 i = kept - (u64)back; i-- > 0 && row >= 0; row--) {
        const struct timeline_event *e = timeline_at(t, i);
        bool fault = e->heard.kind == CPU_CATCH_FAULT || e->heard.kind == CPU_CATCH_SHUTDOWN;
        int x = cells_print(&p->cells, at, 0, row, COLOR_DIM, "%12llu ", (llu)e->heard.tick);
        if (e->processor != processor) x = cells_print(&p->cells, at, x, row, COLOR_DIM, "(%u) ", e->processor);
        x = cells_print(&p->cells, at, x, row, COLOR_ADDRESS, "%04x:%0*llx ", e->heard.cs, e->heard.rip >> 32 ? 16 : 8, (llu)e->heard.rip);
        cells_text(&p->cells, at, x, row, fault ? COLOR_WRONG : COLOR_INK, timeline_text(e, text, sizeof text));
    }
}

static void put_head(struct panes *p, struct cells_region at, const struct lanes *l)
{
    double seconds = (double)(l->to - l->from) / (double)machine_ips(p->session->machine);
    double scale = seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1;
    int x = at.width - 10;

    cells_print(&p->cells, at, 0, 0, COLOR_DIM, "ticks %llu to %llu, %.3f %s of virtual time", (llu)l->from, (llu)l->to, seconds * scale, scale > 1e3 ? "us" : scale > 1 ? "ms" : "s");
    for (int i = 0; i < 2; i++) {
        cells_paper(&p->cells, at, x + i * 5, 0, 4, COLOR_BUTTON);
        cells_text(&p->cells, at, x + i * 5, 0, COLOR_TITLE_INK, i ? " <> " : " >< ");
        panes_spot(p, at, x + i * 5, 0, 4, SPOT_ZOOM, (u64)i, NULL);
    }
}

/* It listens from the first look on. */
static void begin(struct panes *p)
{
    struct error err = { 0 };

    if (p->timeline_begun || p->session->timeline) return;
    p->timeline_begun = true;
    session_look(p->session, "timeline on", &err);
}

void panes_timeline(struct panes *p, struct cells_region at)
{
    begin(p);
    const struct timeline *t = p->session->timeline;
    if (!t) {
        cells_text(&p->cells, at, 0, 0, COLOR_DIM, "nothing listens: timeline on");
        return;
    }
    struct lanes l = { .p = p, .at = { at.x + NAMES, at.y + 1, at.width - NAMES, LANES }, .processor = cpu_number(machine_cpu(p->session->machine)), .from = timeline_first(t), .to = timeline_end(t) };
    if (l.to == l.from) {
        cells_text(&p->cells, at, 0, 0, COLOR_DIM, "the timeline begins here, with what the machine goes through from now on");
        return;
    }
    if (p->span && l.to - l.from > p->span) l.from = l.to - p->span;
    put_head(p, at, &l);
    if (at.height <= LANES + 1 || l.at.width < 1) return;
    for (int i = 0; i < LANES; i++) cells_text(&p->cells, at, 0, i + 1, COLOR_DIM, lane_name[i]);
    timeline_each_stretch(t, put_stretch, &l);
    put_moments(&l, t);
    put_events(p, cells_within(at, 0, LANES + 2), t, l.processor);
}
