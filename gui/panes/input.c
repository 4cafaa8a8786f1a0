/* Keys, characters, clicks.                                                                    doc: panes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/automation/completion.h"
#include "gui/debugger/disassemble.h"
#include "gui/panes/parts.h"

/* USB HID usages. */
enum {
    KEY_C = 0x06, KEY_G = 0x0a, KEY_U = 0x18, KEY_ENTER = 0x28, KEY_ESC = 0x29, KEY_BACKSPACE = 0x2a, KEY_TAB = 0x2b, KEY_F1 = 0x3a, KEY_PAUSE = 0x48, KEY_HOME = 0x4a, KEY_PAGE_UP = 0x4b,
    KEY_DELETE = 0x4c, KEY_END = 0x4d, KEY_PAGE_DOWN = 0x4e, KEY_RIGHT = 0x4f, KEY_LEFT = 0x50, KEY_DOWN = 0x51, KEY_UP = 0x52, KEY_KEYPAD_ENTER = 0x58,
};
#define KEY_F(n) (KEY_F1 + (n) - 1)

static bool tab_is_shown(const struct panes *p, unsigned tab) { return !p->layout.wide || tab > TAB_STACK; }

/* --- lines that are typed --- */

static struct edit *edited(struct panes *p) { return p->focus == FOCUS_FIELD ? &p->field : &p->command; }

static void insert(struct edit *e, const char *text)
{
    size_t used = strlen(e->text), n = strlen(text);

    if (used + n >= sizeof e->text) return;
    memmove(e->text + e->cursor + n, e->text + e->cursor, used - e->cursor + 1);
    memcpy(e->text + e->cursor, text, n);
    e->cursor += (unsigned)n;
}

static void set(struct edit *e, const char *text)
{
    snprintf(e->text, sizeof e->text, "%s", text);
    e->cursor = (unsigned)strlen(e->text);
}

static void erase(struct edit *e, unsigned at)
{
    if (e->text[at]) memmove(e->text + at, e->text + at + 1, strlen(e->text + at));
}

static bool edit_key(struct edit *e, u8 usage)
{
    switch (usage) {
    case KEY_BACKSPACE:
        if (e->cursor) erase(e, --e->cursor);
        return true;
    case KEY_DELETE: erase(e, e->cursor); return true;
    case KEY_LEFT: e->cursor -= e->cursor > 0; return true;
    case KEY_RIGHT: e->cursor += e->text[e->cursor] != 0; return true;
    case KEY_HOME: e->cursor = 0; return true;
    case KEY_END: e->cursor = (unsigned)strlen(e->text); return true;
    default: return false;
    }
}

static void recall(struct panes *p, int further)
{
    unsigned kept = p->remembered < HISTORY_LINES ? p->remembered : HISTORY_LINES;

    if (further > 0 && p->recalled < kept) p->recalled++;
    if (further < 0 && p->recalled) p->recalled--;
    set(&p->command, p->recalled ? p->history[(p->remembered - p->recalled) % HISTORY_LINES] : "");
}

/* What all candidates go on with; when that adds nothing they are listed. */
static void complete(struct panes *p)
{
    char before[EDIT_ROOM], *list = NULL;
    size_t size;

    snprintf(before, sizeof before, "%.*s", (int)p->command.cursor, p->command.text);
    FILE *f = open_memstream(&list, &size);
    if (!f) return;
    struct completion c = completion_of(p->session, before, f);
    fclose(f);
    if (*c.more) insert(&p->command, c.more);
    else if (c.candidates > 1) panes_say(p, "%s", list);
    free(list);
}

void panes_edit_field(struct panes *p)
{
    if (p->tab != TAB_PAGE) p->tab = TAB_MEMORY;
    p->focus = FOCUS_FIELD;
    set(&p->field, p->tab == TAB_PAGE ? p->page : p->memory);
}

static void end_field(struct panes *p, bool take)
{
    if (take && p->field.text[strspn(p->field.text, " ")]) snprintf(p->tab == TAB_PAGE ? p->page : p->memory, EDIT_ROOM, "%s", p->field.text);
    p->focus = FOCUS_TAB;
}

void panes_text(struct panes *p, const char *utf8)
{
    char one[2] = "";

    p->stale = true;
    if (p->focus == FOCUS_GUEST) return;
    for (; *utf8; utf8++) {
        one[0] = *utf8;
        if (one[0] >= ' ' && one[0] < 127) insert(edited(p), one);
    }
}

/* --- what is scrolled --- */

void panes_show_tab(struct panes *p, enum panes_tab tab)
{
    p->tab = tab;
    if (p->focus == FOCUS_FIELD) p->focus = FOCUS_TAB;
    p->stale = true;
}

static void next_tab(struct panes *p, unsigned step)
{
    unsigned t = p->tab;

    do t = (t + step) % TABS;
    while (!tab_is_shown(p, t));
    panes_show_tab(p, t);
    p->focus = FOCUS_TAB;
}

static void scroll_tab(struct panes *p, int lines)
{
    if (p->tab == TAB_MEMORY) panes_memory_move(p, (s64)lines * p->a_line);
    else if (p->tab == TAB_STACK) p->stack_scroll += lines;
    else p->scroll[p->tab] += lines;
}

static void scroll(struct panes *p, enum panes_focus what, int lines)
{
    switch (what) {
    case FOCUS_CODE: panes_code_move(p, lines); break;
    case FOCUS_STACK: p->stack_scroll += lines; break;
    case FOCUS_TAB: case FOCUS_FIELD: scroll_tab(p, lines); break;
    default: p->output_scroll -= lines; break;
    }
}

static int rows_of(const struct panes *p)
{
    const struct panes_layout *l = &p->layout;
    int height = p->focus == FOCUS_CODE ? l->code.height : p->focus == FOCUS_STACK ? l->stack.height : p->focus == FOCUS_COMMAND ? l->command.height - 1 : l->tab.height - 1;

    return height > 3 ? height - 2 : 1;
}

/* Up, down and by pages: the focused pane's, the command line's history else. */
static bool scroll_key(struct panes *p, u8 usage, unsigned modifiers)
{
    switch (usage) {
    case KEY_UP: case KEY_DOWN:
        if (p->focus == FOCUS_COMMAND && !(modifiers & PANES_CONTROL)) recall(p, usage == KEY_UP ? 1 : -1);
        else scroll(p, p->focus, usage == KEY_UP ? -1 : 1);
        return true;
    case KEY_PAGE_UP: scroll(p, p->focus, -rows_of(p)); return true;
    case KEY_PAGE_DOWN: scroll(p, p->focus, rows_of(p)); return true;
    case KEY_END:
        if (p->focus != FOCUS_COMMAND || !p->output_scroll) return false;
        p->output_scroll = 0;
        return true;
    default: return false;
    }
}

/* --- keys --- */

static void run_to_cursor(struct panes *p)
{
    char line[64];
    snprintf(line, sizeof line, "rla 0x%llx", (llu)p->code_cursor);
    panes_ask(p, line);
}

static void back(struct panes *p)
{
    if (p->focus == FOCUS_FIELD) {
        end_field(p, false);
        return;
    }
    if (p->focus == FOCUS_COMMAND) p->command = (struct edit){ 0 };
    p->focus = FOCUS_COMMAND;
    p->code_follows = true;
    p->stack_scroll = p->output_scroll = 0;
}

static void function_key(struct panes *p, unsigned n, unsigned modifiers)
{
    bool shift = modifiers & PANES_SHIFT, backwards = modifiers & PANES_CONTROL;

    switch (n) {
    case 4: run_to_cursor(p); break;
    case 5: panes_ask(p, backwards ? "rc" : "c"); break;
    case 6: next_tab(p, shift ? TABS - 1 : 1); break;
    case 9: panes_toggle(p, p->code_cursor); break;
    case 10: panes_ask(p, backwards ? "rn" : "n"); break;
    case 11: panes_ask(p, backwards ? "rs" : shift ? "finish" : "s"); break;
    default: break;
    }
}

static void control_key(struct panes *p, u8 usage)
{
    if (usage == KEY_G) panes_edit_field(p);
    else if (usage == KEY_U) *edited(p) = (struct edit){ 0 };
    else if (usage == KEY_C && (p->runs || p->works)) panes_break(p);
    else if (usage == KEY_C) p->command = (struct edit){ 0 };
}

void panes_key(struct panes *p, u8 usage, unsigned modifiers)
{
    p->stale = true;
    if (usage >= KEY_F(1) && usage <= KEY_F(12)) function_key(p, usage - KEY_F(1) + 1u, modifiers);
    else if (usage == KEY_PAUSE) panes_break(p);
    else if (modifiers & PANES_CONTROL && usage < KEY_ENTER) control_key(p, usage);
    else if (p->focus == FOCUS_GUEST || scroll_key(p, usage, modifiers)) return;
    else if (usage == KEY_ESC) back(p);
    else if (usage == KEY_TAB && p->focus != FOCUS_FIELD) complete(p);
    else if (usage == KEY_ENTER || usage == KEY_KEYPAD_ENTER) p->focus == FOCUS_FIELD ? end_field(p, true) : panes_enter(p);
    else edit_key(edited(p), usage);
}

/* --- clicks --- */

static enum panes_focus pane_at(const struct panes *p, int x, int y)
{
    const struct panes_layout *l = &p->layout;

    if (cells_contains(p->cells.screen, x, y)) return FOCUS_GUEST;
    if (cells_contains(l->code, x, y)) return FOCUS_CODE;
    if (cells_contains(l->stack, x, y)) return FOCUS_STACK;
    return cells_contains(l->tab, x, y) ? FOCUS_TAB : FOCUS_COMMAND;
}

static void zoom(struct panes *p, bool out)
{
    u64 least = 64, most = machine_tick(p->session->machine);

    if (!p->span) p->span = most;
    p->span = out ? p->span * 4 : p->span / 4;
    if (p->span < least) p->span = least;
    if (p->span >= most) p->span = 0;
}

static void next_processor(struct panes *p)
{
    unsigned count = machine_processors(p->session->machine);
    machine_choose_processor(p->session->machine, (cpu_number(machine_cpu(p->session->machine)) + 1) % count);
}

static void act_on(struct panes *p, const struct spot *s)
{
    switch (s->kind) {
    case SPOT_KEY: panes_key(p, (u8)s->value, (unsigned)(s->value >> 8)); break;
    case SPOT_TAB: panes_show_tab(p, (enum panes_tab)s->value); break;
    case SPOT_FIELD: panes_edit_field(p); break;
    case SPOT_PHYSICAL: p->physical = !p->physical; p->bytes.known = p->bytes.known_was = 0; break;
    case SPOT_DEVICE: p->device = (unsigned)s->value; p->scroll[TAB_DEVICES] = 0; break;
    case SPOT_ZOOM: zoom(p, s->value); break;
    case SPOT_PROCESSOR: next_processor(p); break;
    case SPOT_BREAKPOINT: panes_toggle(p, s->value); break;
    case SPOT_CODE: p->code_cursor = s->value; p->code_follows = s->value == next_linear(&p->view); break;
    case SPOT_ENABLE: panes_enable(p, (unsigned)s->value); break;
    case SPOT_COMMAND: panes_look(p, s->text); break;
    case SPOT_EDIT: p->focus = FOCUS_COMMAND; set(&p->command, s->text); break;
    }
}

void panes_click(struct panes *p, int x, int y)
{
    enum panes_focus focus = pane_at(p, x, y);

    p->stale = true;
    if (y) p->focus = focus;                     /* the bar takes no focus */
    for (unsigned i = p->spots; i-- > 0;) {
        if (!cells_contains(p->spot[i].at, x, y)) continue;
        struct spot s = p->spot[i];
        act_on(p, &s);
        return;
    }
}

void panes_wheel(struct panes *p, int x, int y, int towards)
{
    enum panes_focus focus = pane_at(p, x, y);
    int lines = towards > 8 ? 24 : towards < -8 ? -24 : towards * 3;

    p->stale = true;
    if (focus == FOCUS_TAB && p->tab == TAB_DEVICES && x < p->layout.tab.x + 18) {
        unsigned count = 0;
        while (machine_device_name(p->session->machine, count)) count++;
        int device = (int)p->device + towards;
        p->device = device < 0 ? 0 : (unsigned)device >= count ? count - 1 : (unsigned)device;
    } else {
        scroll(p, focus, lines);
    }
}
