/* What the panes do: commands, breakpoints, going on and stopping.                              doc: panes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/disassemble.h"
#include "gui/panes/parts.h"
#include "gui/serve.h"

struct panes *panes_open(struct session *session)
{
    struct panes *p = calloc(1, sizeof *p);

    if (!p) return NULL;
    p->session = session;
    p->tab = TAB_MEMORY;
    p->a_line = 16;
    p->code_follows = p->stale = true;
    snprintf(p->memory, sizeof p->memory, "0");
    snprintf(p->page, sizeof p->page, "rip");
    panes_output_open(p);
    panes_resize(p, PANES_COLUMNS, PANES_ROWS);
    if (!p->out) panes_free(p), p = NULL;
    return session->panes = p;
}

void panes_free(struct panes *p)
{
    if (!p) return;
    panes_output_close(p);
    free(p);
}

void panes_resize(struct panes *p, unsigned columns, unsigned rows)
{
    p->cells.columns = (u16)(columns < 1 ? 1 : columns > CELLS_MOST_COLUMNS ? CELLS_MOST_COLUMNS : columns);
    p->cells.rows = (u16)(rows < 1 ? 1 : rows > CELLS_MOST_ROWS ? CELLS_MOST_ROWS : rows);
    p->layout = panes_layout(p->cells.columns, p->cells.rows);
    p->stale = true;
}

/* --- all of it --- */

static void tab_content(struct panes *p, struct cells_region at)
{
    static void (*const draw[TABS])(struct panes *, struct cells_region) = {
        [TAB_MEMORY] = panes_memory, [TAB_PAGE] = panes_page, [TAB_GDT] = panes_table, [TAB_LDT] = panes_table, [TAB_IDT] = panes_table,
        [TAB_DEVICES] = panes_devices, [TAB_TIMELINE] = panes_timeline, [TAB_BREAKS] = panes_breaks,
    };

    if (p->tab == TAB_REGISTERS) panes_registers(p, (struct cells_region){ at.x, at.y - 1, at.width, at.height + 1 });
    else if (p->tab == TAB_STACK) panes_stack(p, (struct cells_region){ at.x, at.y - 1, at.width, at.height + 1 });
    else if (p->tab == TAB_TSS) panes_printed(p, at, &p->scroll[TAB_TSS], "tss");
    else if (p->tab == TAB_FPU) panes_printed(p, at, &p->scroll[TAB_FPU], "fpu");
    else if (p->tab == TAB_SCREEN) p->cells.screen = at;
    else draw[p->tab](p, at);
}

static void screen_title(struct panes *p)
{
    if (p->layout.wide) panes_title(p, p->layout.screen, FOCUS_GUEST, p->focus == FOCUS_GUEST ? "Screen  has keys and mouse; Ctrl+Alt+D: the machine stands" : "Screen  (a click gives it keys and mouse)");
}

const struct cells *panes_cells(struct panes *p)
{
    struct cells *c = &p->cells;

    cpu_view(machine_cpu(p->session->machine), &p->view);
    p->spots = 0;
    c->shown = p->open;
    c->keys = p->open && p->focus != FOCUS_GUEST;
    c->screen = p->layout.wide ? panes_below(p->layout.screen) : (struct cells_region){ 0, 0, 0, 0 };
    cells_fill(c, (struct cells_region){ 0, 0, c->columns, c->rows }, COLOR_PAPER);
    screen_title(p);
    panes_frame(p);
    panes_code(p, p->layout.code);
    if (p->layout.wide) {
        panes_registers(p, p->layout.registers);
        panes_stack(p, p->layout.stack);
    }
    struct cells_region tab = cells_within(p->layout.tab, 1, 1);
    if (tab.height > 0) tab_content(p, tab);
    panes_output(p, p->layout.command);
    p->stale = false;
    p->drawn_tick = machine_tick(p->session->machine);
    return c;
}

/* --- what it was --- */

void panes_remember(struct panes *p)
{
    unsigned element;

    p->has_run = true;
    cpu_view(machine_cpu(p->session->machine), &p->was);
    memcpy(p->bytes.was, p->bytes.now, sizeof p->bytes.was);
    p->bytes.address_was = p->bytes.address;
    p->bytes.known_was = p->bytes.known;
    p->stack.address = panes_stack_pointer(&p->was, &element) - STACK_KEPT / 2;
    p->stack.known = (unsigned)machine_peek_linear(p->session->machine, p->stack.address, p->stack.was, STACK_KEPT);
    panes_devices_remember(p);
}

/* --- commands --- */

static void perform(struct panes *p, const char *line, bool (*act)(struct session *, const char *, struct error *))
{
    struct session *s = p->session;
    struct error err = { 0 };
    FILE *out = stdout;
    struct pager *pager = s->pager;
    bool coloured = s->coloured;

    fflush(out);
    stdout = p->out;
    s->pager = NULL;             /* the terminal's */
    s->coloured = false;
    if (!act(s, line, &err)) printf("%s", err.text);
    fflush(stdout);
    stdout = out;
    s->pager = pager;
    s->coloured = coloured;
    p->output_scroll = 0;
    p->stale = true;
}

void panes_look(struct panes *p, const char *command)
{
    panes_say(p, "> %s\n", command);
    perform(p, command, session_look);
    if (p->runs) breakpoints_arm(&p->session->breakpoints, p->session->machine);
    if (p->session->over && p->serve) serve_interrupt(p->serve);
}

static bool runs_freely(const char *line) { return line[0] == 'c' && (!line[1] || line[1] == ' ' || !strncmp(line, "cont", 4)); }

bool panes_act(struct panes *p)
{
    char line[EDIT_ROOM];
    u64 tick = machine_tick(p->session->machine);
    bool had_guest = p->focus == FOCUS_GUEST;

    if (!p->waits || p->driver || p->works) return false;
    memcpy(line, p->waiting[0], sizeof line);
    memmove(p->waiting[0], p->waiting[1], --p->waits * sizeof p->waiting[0]);
    p->session->stop[0] = 0;
    p->works = true;
    p->free_run = runs_freely(line);
    if (p->free_run && p->serve && !had_guest) p->focus = FOCUS_GUEST;
    perform(p, line, session_command);
    p->works = p->free_run = false;
    if (p->focus == FOCUS_GUEST) p->focus = FOCUS_COMMAND;
    if (machine_tick(p->session->machine) != tick) p->code_follows = true;
    return true;
}

void panes_ask(struct panes *p, const char *command)
{
    if (p->driver) panes_say(p, "%s lets the machine run; here it can be looked at\n", p->driver);
    else if (p->free_run || (p->runs && !p->works)) panes_say(p, "the machine runs; Pause stops it\n");
    else if (p->waits < WAITING) snprintf(p->waiting[p->waits++], EDIT_ROOM, "%s", command);
}

void panes_go_on(struct panes *p) { panes_ask(p, "c"); }

void panes_break(struct panes *p)
{
    p->waits = 0;
    if (p->driver) panes_say(p, "%s lets the machine run, and stops it\n", p->driver);
    else if (p->serve) serve_interrupt(p->serve);
}

static void keep_history(struct panes *p, const char *line)
{
    if (!p->remembered || strcmp(p->history[(p->remembered - 1) % HISTORY_LINES], line)) snprintf(p->history[p->remembered++ % HISTORY_LINES], EDIT_ROOM, "%s", line);
    p->recalled = 0;
}

/* Enter alone repeats what steps, as at the prompt. */
void panes_enter(struct panes *p)
{
    static const char *const steps[] = { "s", "si", "step", "stepi", "n", "ni", "p", "next", "nexti" };
    char line[EDIT_ROOM];
    const char *last = p->remembered ? p->history[(p->remembered - 1) % HISTORY_LINES] : "";

    snprintf(line, sizeof line, "%s", p->command.text + strspn(p->command.text, " "));
    for (unsigned i = 0; i < ARRAY_COUNT(steps) && !*line; i++)
        if (!strcmp(last, steps[i])) snprintf(line, sizeof line, "%s", last);
    p->command = (struct edit){ 0 };
    if (!*line) return;
    keep_history(p, line);
    if (p->runs || p->driver) {
        panes_look(p, line);
        return;
    }
    panes_say(p, "> %s\n", line);
    panes_ask(p, line);
}

/* --- breakpoints --- */

struct breakpoint *panes_breakpoint(struct panes *p, u64 la)
{
    struct breakpoints *b = &p->session->breakpoints;
    struct breakpoint *found = NULL;
    u64 pa = 0;
    bool mapped = cpu_translate(machine_cpu(p->session->machine), la, &pa);

    for (unsigned i = 0; i < b->room && !found; i++) {
        struct breakpoint *e = &b->entry[i];
        bool there = e->at.kind == CPU_BREAK_LINEAR ? e->at.address == la : e->at.kind == CPU_BREAK_PHYSICAL && mapped && e->at.address == pa;
        const struct cpu_segment_view *cs = &p->view.seg[CPU_SEG_CS];
        there |= e->at.kind == CPU_BREAK_VIRTUAL && e->at.selector == cs->selector && cs->base + e->at.address == la;
        if (e->used && there) found = e;
    }
    return found;
}

static void arm(struct panes *p)
{
    if (p->runs) breakpoints_arm(&p->session->breakpoints, p->session->machine);
    p->stale = true;
}

void panes_toggle(struct panes *p, u64 la)
{
    struct breakpoints *b = &p->session->breakpoints;
    struct breakpoint *there = panes_breakpoint(p, la), fresh = { .at = { .kind = CPU_BREAK_LINEAR, .address = la } };

    if (there) breakpoint_delete(b, (unsigned)(there - b->entry) + 1);
    else breakpoint_add(b, &fresh);
    arm(p);
}

void panes_enable(struct panes *p, unsigned number)
{
    struct breakpoints *b = &p->session->breakpoints;

    if (number - 1 < b->room) breakpoint_enable(b, number, !b->entry[number - 1].enabled);
    arm(p);
}
