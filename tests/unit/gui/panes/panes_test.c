/* The debugger's panes: what stands where, and what keys and clicks do.                        doc: panes */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/panes/parts.h"

enum { CODE = 0x1000, STACK = 0x2000, GDTR = 0x3000, GDT = 0x3010 };
enum { F4 = 0x3d, F5 = 0x3e, F6 = 0x3f, F9 = 0x42, F10 = 0x43, F11 = 0x44, ENTER = 0x28, ESC = 0x29, TABULATOR = 0x2b, PAGE_DOWN = 0x4e, UP = 0x52, DOWN = 0x51, KEY_OF_G = 0x0a };

/* 1000 call 1010h   1003 mov bx,1234h   1006 lgdt [3000h]   100b jmp $   1010 inc ax   1011 ret */
static const u8 program[] = { 0xe8, 0x0d, 0x00, 0xbb, 0x34, 0x12, 0x0f, 0x01, 0x16, 0x00, 0x30, 0xeb, 0xfe, 0x90, 0x90, 0x90, 0x40, 0xc3 };
/* limit 17h, base 3010h; null, flat code, flat data */
static const u8 gdtr[] = { 0x17, 0, 0x10, 0x30, 0, 0 }, gdt[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0 };

static struct session session;
static struct panes *p;
static struct error err;

static void make_with(struct session *s, u32 processors)
{
    struct machine_config config;

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.cpu_count = processors;
    *s = (struct session){ .machine = machine_create(&config, &err), .ticks_left = UINT64_MAX, .symbols = symbols_open() };
    cr_assert(s->machine, "%s", err.text);
    machine_poke(s->machine, CODE, program, sizeof program);
    machine_poke(s->machine, GDTR, gdtr, sizeof gdtr);
    machine_poke(s->machine, GDT, gdt, sizeof gdt);
    struct cpu *cpu = machine_cpu(s->machine);
    cr_assert(cpu_set_register(cpu, "cs", 0, &err) && cpu_set_register(cpu, "rip", CODE, &err) && cpu_set_register(cpu, "eflags", 2, &err) && cpu_set_register(cpu, "esp", STACK, &err) &&
              cpu_set_register(cpu, "eax", 0, &err), "%s", err.text);
}

static void make(struct session *s) { make_with(s, 1); }

static void drop(struct session *s)
{
    session_end(s, &err);
    symbols_free(s->symbols);
    machine_destroy(s->machine);
}

static void setup(void)
{
    make(&session);
    p = panes_open(&session);
}
static void done(void) { drop(&session); }
TestSuite(panes, .init = setup, .fini = done);
TestSuite(panes_layout);

/* --- looking --- */

static char line[CELLS_MOST_COLUMNS + 1];

/* The cell where a text begins, within a region; false: it is not there. */
static bool find(struct cells_region in, const char *text, int *column, int *row)
{
    const struct cells *c = panes_cells(p);

    for (*row = in.y; *row < in.y + in.height; ++*row) {
        cells_row(c, (unsigned)*row, line);
        for (const char *at = line; (at = strstr(at, text)); at++) {
            *column = (int)(at - line);
            if (*column >= in.x && *column < in.x + in.width) return true;
        }
    }
    return false;
}

static struct cells_region everything(void) { return (struct cells_region){ 0, 0, p->cells.columns, p->cells.rows }; }

static void shows(struct cells_region in, const char *text)
{
    int x, y;

    if (find(in, text, &x, &y)) return;
    for (y = in.y; y < in.y + in.height; y++) {
        cells_row(&p->cells, (unsigned)y, line);
        fprintf(stderr, "%s\n", line);
    }
    cr_expect(false, "\"%s\" is not there", text);
}
static void hides(struct cells_region in, const char *text)
{
    int x, y;
    cr_expect(!find(in, text, &x, &y), "\"%s\" is there", text);
}

static const struct cell *cell_of(struct cells_region in, const char *text, int behind)
{
    int x, y;
    cr_assert(find(in, text, &x, &y), "\"%s\" is not there", text);
    return &p->cells.at[y * p->cells.columns + x + behind];
}

static void key(u8 usage, unsigned modifiers)
{
    panes_cells(p);
    panes_key(p, usage, modifiers);
    while (panes_act(p)) continue;
}

static void click(struct cells_region in, const char *text, int behind)
{
    int x, y;

    cr_assert(find(in, text, &x, &y), "\"%s\" is not there", text);
    panes_click(p, x + behind, y);
    while (panes_act(p)) continue;
}

static void command(const char *text)
{
    panes_text(p, text);
    key(ENTER, 0);
}

static u64 rip(void)
{
    struct cpu_view v;
    cpu_view(machine_cpu(session.machine), &v);
    return v.rip;
}

/* --- registers, code, stack --- */

Test(panes, registers_are_shown_with_mode_and_privilege)
{
    shows(p->layout.registers, "Registers  real-address mode, CPL 0");
    shows(p->layout.registers, "eip 00001000  eflags 00000002");
    shows(p->layout.registers, "esp 00002000");
    shows(p->layout.registers, "id vip vif ac vm rf nt IOPL=0 of df if tf sf zf af pf cf");
    shows(p->layout.registers, "cs   0000 00000000 0000ffff");
}

Test(panes, a_click_on_the_title_shows_the_next_processor)
{
    drop(&session);
    make_with(&session, 2);
    p = panes_open(&session);
    shows(p->layout.registers, "processor 0 of 2");
    shows(p->layout.registers, "eip 00001000");
    click(p->layout.registers, "Registers", 0);
    shows(p->layout.registers, "processor 1 of 2");
    hides(p->layout.registers, "eip 00001000");
    click(p->layout.registers, "Registers", 0);
    shows(p->layout.registers, "processor 0 of 2");
}

Test(panes, nothing_is_marked_before_the_machine_has_run)
{
    for (unsigned i = 0; i < p->cells.columns * p->cells.rows; i++) cr_assert(panes_cells(p)->at[i].ink != COLOR_CHANGED);
}

Test(panes, f11_steps_into_a_call_and_marks_what_changed)
{
    key(F11, 0);
    cr_expect_eq(rip(), 0x1010);
    cr_expect_eq(cell_of(p->layout.registers, "eip 00001010", 4)->ink, COLOR_CHANGED);
    cr_expect_eq(cell_of(p->layout.registers, "esp 00001ffe", 4)->ink, COLOR_CHANGED);
    cr_expect_eq(cell_of(p->layout.registers, "eax 00000000", 4)->ink, COLOR_INK);
    cr_expect_eq(cell_of(p->layout.stack, "1003", 0)->ink, COLOR_CHANGED);
    key(F11, 0);
    cr_expect_eq(cell_of(p->layout.registers, "eax 00000001", 4)->ink, COLOR_CHANGED);
    cr_expect_eq(cell_of(p->layout.registers, "esp 00001ffe", 4)->ink, COLOR_INK, "a mark lasts for one run");
}

Test(panes, f10_steps_over_a_call)
{
    key(F10, 0);
    cr_expect_eq(rip(), 0x1003);
    shows(p->layout.registers, "eax 00000001");
}

Test(panes, shift_f11_runs_until_the_function_has_returned)
{
    key(F11, 0);
    key(F11, PANES_SHIFT);
    cr_expect_eq(rip(), 0x1003);
}

Test(panes, with_ctrl_the_keys_go_back)
{
    key(F11, PANES_CONTROL);
    shows(p->layout.command, "no past is kept");
    machine_poke(session.machine, CODE - 1, "\x90", 1);
    command("set eip = 0xfff");
    command("time-travel on");
    key(F11, 0);
    for (unsigned i = 0; i < 3; i++) key(F11, 0);
    cr_expect_eq(rip(), 0x1003);
    key(F11, PANES_CONTROL);
    cr_expect_eq(rip(), 0x1011);
    shows(p->layout.bar, "in the past");
    key(F11, 0);
    key(F10, PANES_CONTROL);
    cr_expect_eq(rip(), CODE, "over the call");
}

Test(panes, code_stands_around_the_next_instruction)
{
    shows(p->layout.code, "Code  0000:00001000, 16-bit");
    shows(p->layout.code, ">00001000 e80d00        call 0x1010");
    shows(p->layout.code, "00001003 bb3412        mov bx, 0x1234");
    cr_expect_eq(cell_of(p->layout.code, ">00001000", 0)->paper, COLOR_NEXT);
    key(F10, 0);
    shows(p->layout.code, ">00001003");
    hides(p->layout.code, ">00001000");
}

Test(panes, bytes_that_lead_past_the_next_instruction_are_no_instruction)
{
    for (unsigned i = 1; i < 80; i++) machine_poke(session.machine, CODE - i, i <= 4 ? "\x9a" : "\x90", 1);        /* call far has five bytes */
    shows(p->layout.code, ">00001000 e80d00        call 0x1010");
    shows(p->layout.code, "db 0x");
}

Test(panes, the_code_stays_while_the_next_instruction_walks_down)
{
    int x, before, after;

    find(p->layout.code, "00001003 bb", &x, &before);
    key(F10, 0);
    find(p->layout.code, "00001003 bb", &x, &after);
    cr_expect_eq(before, after);
}

Test(panes, the_stack_begins_at_its_pointer)
{
    shows(p->layout.stack, "Stack  0000:2000");
    key(F11, 0);
    shows(p->layout.stack, ">00001ffe 1003");
}

/* --- breakpoints --- */

Test(panes, a_click_on_an_address_sets_a_breakpoint_and_another_one_deletes_it)
{
    click(p->layout.code, "00001003", 2);
    cr_assert(panes_breakpoint(p, 0x1003));
    shows(p->layout.code, "* 00001003");
    cr_expect_eq(cell_of(p->layout.code, "00001003", 0)->paper, COLOR_BREAK);
    click(p->layout.code, "00001003", 2);
    cr_expect_not(panes_breakpoint(p, 0x1003));
    hides(p->layout.code, "* 00001003");
}

Test(panes, f9_sets_one_at_the_chosen_line_and_f5_runs_to_it)
{
    click(p->layout.code, "mov bx, 0x1234", 0);
    key(F9, 0);
    key(F5, 0);
    cr_expect_eq(rip(), 0x1003);
    shows(p->layout.command, "Breakpoint 1");
}

Test(panes, f4_runs_to_the_chosen_line)
{
    click(p->layout.code, "lgdt", 0);
    key(F4, 0);
    cr_expect_eq(rip(), 0x1006);
}

Test(panes, the_list_of_breakpoints_switches_them_off_and_on)
{
    command("lb 0x1003 if ax == 7");
    panes_show_tab(p, TAB_BREAKS);
    shows(p->layout.tab, "lbreakpoint    keep y   0x0000000000001003 0 if ax == 7");
    click(p->layout.tab, "  1 lbreakpoint", 2);
    shows(p->layout.tab, "lbreakpoint    keep n");
    shows(p->layout.code, "o 00001003");
}

/* --- memory and pages --- */

Test(panes, memory_follows_an_expression_and_pages_move_on)
{
    panes_show_tab(p, TAB_MEMORY);
    key(KEY_OF_G, PANES_CONTROL);
    for (unsigned i = 0; i < 8; i++) key(0x2a, 0);
    panes_text(p, "eip + 0x10");
    key(ENTER, 0);
    shows(p->layout.tab, "Address eip + 0x10");
    shows(p->layout.tab, "00001010  40 c3");
    key(F11, 0);
    shows(p->layout.tab, "00001020  00 00");
    key(PAGE_DOWN, 0);
    hides(p->layout.tab, "00001020  00 00");
    shows(p->layout.tab, "Address 0x1");
}

Test(panes, in_a_narrow_pane_memory_has_8_bytes_a_row)
{
    panes_resize(p, 150, 44);
    cr_assert(p->layout.wide);
    snprintf(p->memory, sizeof p->memory, "0x1000");
    panes_show_tab(p, TAB_MEMORY);
    shows(p->layout.tab, "00001000  e8 0d 00 bb 34 12 0f 01  ....4...");
    shows(p->layout.tab, "00001008  16 00 30 eb");
    shows(p->layout.registers, "ss   0000 00000000 0000ffff rw- 16");
}

Test(panes, bytes_that_changed_are_marked)
{
    panes_show_tab(p, TAB_MEMORY);
    snprintf(p->memory, sizeof p->memory, "0x1ff0");
    panes_cells(p);
    key(F11, 0);
    cr_expect_eq(cell_of(p->layout.tab, "03 10", 0)->ink, COLOR_CHANGED);
    cr_expect_eq(cell_of(p->layout.tab, "00001ff0  00", 10)->ink, COLOR_INK);
}

Test(panes, an_address_that_is_none_says_why)
{
    snprintf(p->memory, sizeof p->memory, "nowhere");
    panes_show_tab(p, TAB_MEMORY);
    shows(p->layout.tab, "nowhere");
    cr_expect_eq(cell_of(p->layout.tab, "column", 0)->ink, COLOR_WRONG);
}

Test(panes, a_click_on_a_byte_offers_to_change_it)
{
    snprintf(p->memory, sizeof p->memory, "0x1010");
    click(p->layout.tab, "40 c3", 3);
    cr_expect_str_eq(p->command.text, "setpmem 0x1011 1 0xc3");
}

Test(panes, a_page_walk_stands_in_words)
{
    snprintf(p->page, sizeof p->page, "0x1000");
    panes_show_tab(p, TAB_PAGE);
    shows(p->layout.tab, "CR0.PG = 0: linear 00001000 is physical 00001000");
}

/* --- tables, devices, timeline --- */

Test(panes, descriptors_stand_in_a_row_each)
{
    click(p->layout.code, "jmp", 0);
    key(F4, 0);
    panes_show_tab(p, TAB_GDT);
    shows(p->layout.tab, "3 entries at linear 3010");
    shows(p->layout.tab, "0008  00000000 ffffffff  DPL 0  code r-x 32-bit");
    shows(p->layout.tab, "0010  00000000 ffffffff  DPL 0  data rw- 32-bit");
    click(p->layout.tab, "0008", 0);
    shows(p->layout.command, "GDT[1], selector 0008 (RPL 0), at linear 00003018");
    panes_show_tab(p, TAB_LDT);
    shows(p->layout.tab, "LDTR is null");
    machine_poke(session.machine, 0x21 * 4, "\x34\x12\x00\xf0", 4);
    panes_show_tab(p, TAB_IDT);
    p->scroll[TAB_IDT] = 0x20;
    shows(p->layout.tab, "21  f000:1234");
}

Test(panes, a_device_is_chosen_by_a_click)
{
    panes_show_tab(p, TAB_DEVICES);
    click(p->layout.tab, " pic1", 1);
    shows(p->layout.tab, "irr ");
    shows(p->layout.tab, "requests that wait");
}

Test(panes, the_timeline_begins_when_it_is_looked_at)
{
    panes_show_tab(p, TAB_TIMELINE);
    shows(p->layout.tab, "the timeline begins here");
    key(F10, 0);
    shows(p->layout.tab, "real-address mode");
    shows(p->layout.tab, "CPL 0");
}

/* --- the command line --- */

Test(panes, everything_that_the_prompt_can_is_typed_below)
{
    command("calc 2+2");
    shows(p->layout.command, "> calc 2+2");
    shows(p->layout.command, "0x4 4");
    command("nonsense");
    shows(p->layout.command, "there is no command \"nonsense\"");
    key(UP, 0);
    key(UP, 0);
    cr_expect_str_eq(p->command.text, "calc 2+2");
}

Test(panes, a_terminal_s_colours_are_not_for_the_window)
{
    session.coloured = true;
    key(F11, 0);
    shows(p->layout.command, "Next at t=1");
    hides(p->layout.command, "[1m");
    cr_expect(session.coloured);
}

Test(panes, enter_alone_steps_again)
{
    command("s");
    key(ENTER, 0);
    cr_expect_eq(rip(), 0x1011);
}

Test(panes, the_tabulator_completes)
{
    panes_text(p, "info dev");
    key(TABULATOR, 0);
    cr_expect_str_eq(p->command.text, "info device ");
}

Test(panes, a_register_that_is_clicked_can_be_set)
{
    click(p->layout.registers, "ebx ", 0);
    cr_expect_eq(strncmp(p->command.text, "set ebx = 0x", 12), 0, "%s", p->command.text);
}

Test(panes, while_somebody_else_drives_nothing_runs)
{
    panes_driven_by(p, "the script");
    key(F11, 0);
    cr_expect_eq(rip(), CODE);
    shows(p->layout.command, "the script lets the machine run");
    command("calc 3*3");
    shows(p->layout.command, "0x9 9");
}

/* --- the debugger and the guest --- */

Test(panes, the_guest_notices_nothing)
{
    struct session other;

    make(&other);
    for (unsigned i = 0; i < 200; i++) {
        panes_show_tab(p, TAB_MEMORY + i % (TABS - TAB_MEMORY));
        key(i % 3 ? F11 : DOWN, 0);
        panes_click(p, (int)(i * 37 % p->cells.columns), (int)(i * 11 % p->cells.rows));
        p->waits = 0;
    }
    u64 tick = machine_tick(session.machine);
    cr_assert(tick > 0);
    machine_run(other.machine, tick);
    cr_expect_eq(machine_hash(session.machine), machine_hash(other.machine));
    machine_run(other.machine, 100000);
    machine_run(session.machine, 100000);
    cr_expect_eq(machine_hash(session.machine), machine_hash(other.machine));
    drop(&other);
}

/* --- places --- */

static bool apart(struct cells_region a, struct cells_region b)
{
    return a.width <= 0 || b.width <= 0 || a.height <= 0 || b.height <= 0 || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

Test(panes_layout, panes_lie_beside_each_other_and_within_the_window)
{
    for (int columns = 1; columns <= CELLS_MOST_COLUMNS; columns++)
        for (int rows = 1; rows <= CELLS_MOST_ROWS; rows++) {
            struct panes_layout l = panes_layout((unsigned)columns, (unsigned)rows);
            struct cells_region r[] = { l.bar, l.screen, l.command, l.registers, l.code, l.stack, l.tab };
            for (unsigned i = 0; i < ARRAY_COUNT(r); i++) {
                cr_assert(r[i].x >= 0 && r[i].y >= 0 && r[i].x + r[i].width <= columns && r[i].y + r[i].height <= rows, "%d x %d: %u", columns, rows, i);
                for (unsigned k = 0; k < i; k++) cr_assert(apart(r[i], r[k]), "%d x %d: %u and %u", columns, rows, i, k);
            }
        }
}

Test(panes, any_size_is_drawn)
{
    static const unsigned size[][2] = { { 1, 1 }, { 5, 3 }, { 40, 15 }, { 80, 30 }, { 120, 45 }, { 139, 44 }, { 140, 44 }, { 240, 67 }, { 400, 150 }, { 1000, 1000 } };

    for (unsigned i = 0; i < ARRAY_COUNT(size); i++) {
        panes_resize(p, size[i][0], size[i][1]);
        for (unsigned tab = 0; tab < TABS; tab++) {
            panes_show_tab(p, tab);
            const struct cells *c = panes_cells(p);
            for (unsigned n = 0; n < p->spots; n++) {
                struct cells_region at = p->spot[n].at;
                cr_expect(at.x >= 0 && at.y >= 0 && at.x + at.width <= c->columns && at.y < c->rows, "%u x %u, tab %u: spot at %d,%d", c->columns, c->rows, tab, at.x, at.y);
            }
        }
    }
}

Test(panes, in_a_small_window_screen_registers_and_stack_are_tabs)
{
    panes_resize(p, 80, 30);
    panes_show_tab(p, TAB_SCREEN);
    panes_cells(p);
    cr_expect(p->cells.screen.width == 79 && p->cells.screen.height > 5);
    panes_show_tab(p, TAB_REGISTERS);
    shows(everything(), "eip 00001000");
    cr_expect_eq(p->cells.screen.width, 0);
    key(F6, 0);
    shows(everything(), "00002000 0000");
}

/* --- characters --- */

Test(panes, characters_are_drawn_by_the_vga_s_font_at_any_whole_size)
{
    struct canvas one, two;
    const struct cells *c = panes_cells(p);

    cr_assert(canvas_open(&one, c->columns * 8u, c->rows * 16u, 0) && canvas_open(&two, c->columns * 16u, c->rows * 32u, 0));
    cells_draw(c, &one, 1);
    cells_draw(c, &two, 2);
    unsigned ink = 0;
    for (unsigned y = 0; y < one.height; y++)
        for (unsigned x = 0; x < one.width; x++) {
            cr_assert_eq(one.pixel[y * one.width + x], two.pixel[2 * y * two.width + 2 * x], "%u,%u", x, y);
            cr_assert_eq(one.pixel[y * one.width + x], two.pixel[(2 * y + 1) * two.width + 2 * x + 1], "%u,%u", x, y);
            ink += one.pixel[y * one.width + x] == cell_color_rgb(COLOR_INK);
        }
    cr_expect_gt(ink, 1000);
    canvas_close(&one);
    canvas_close(&two);
}
