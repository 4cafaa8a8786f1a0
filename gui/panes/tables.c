/* Descriptor tables, breakpoints, devices.                                                     doc: panes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/descriptors.h"
#include "gui/panes/parts.h"

/* --- GDT, LDT, IDT --- */

static enum descriptor_table table_of(enum panes_tab tab) { return tab == TAB_GDT ? TABLE_GDT : tab == TAB_LDT ? TABLE_LDT : TABLE_IDT; }

/* A click tells all of the entry, by desc or gate. */
static void put_entry(struct panes *p, struct cells_region at, int row, unsigned n, const char *text, u64 target)
{
    char command[32], name[SYMBOL_TEXT];
    bool gate = p->tab == TAB_IDT;
    unsigned number = gate ? n : n * 8 | (p->tab == TAB_LDT ? 4 : 0);
    int x = cells_print(&p->cells, at, 0, row, COLOR_ADDRESS, gate ? "%02x" : "%04x", number) + 2;

    x = cells_text(&p->cells, at, x, row, strcmp(text, "-") ? COLOR_INK : COLOR_DIM, text) + 2;
    if (target && symbols_in_code(p->session->symbols, target)) cells_text(&p->cells, at, x, row, COLOR_NAME, symbols_name(p->session->symbols, target, name));
    snprintf(command, sizeof command, gate ? "gate 0x%x" : "desc 0x%x", number);
    panes_spot(p, at, 0, row, at.width, SPOT_COMMAND, 0, command);
}

void panes_table(struct panes *p, struct cells_region at)
{
    struct cpu *cpu = machine_cpu(p->session->machine);
    enum descriptor_table table = table_of(p->tab);
    const struct cpu_view *v = &p->view;
    unsigned count = descriptor_count(cpu, table), taken;
    u64 base = p->tab == TAB_GDT ? v->gdtr_base : p->tab == TAB_LDT ? v->seg[CPU_SEG_LDTR].base : v->idtr_base, target = 0;
    bool real = !(v->cr0 & 1);
    char text[128];

    if (!count) {
        cells_text(&p->cells, at, 0, 0, COLOR_DIM, p->tab == TAB_LDT ? "LDTR is null: there is no local descriptor table" : "its limit leaves room for no entry");
        return;
    }
    cells_print(&p->cells, at, 0, 0, COLOR_DIM, "%u %s at linear %llx; %s", count, p->tab != TAB_IDT ? "entries" : real ? "vectors" : "gates", (llu)base,
                p->tab == TAB_IDT ? real ? "vector, handler" : "vector, handler, DPL, kind" : "selector, base, limit, DPL, kind");
    p->scroll[p->tab] = panes_clamp(p->scroll[p->tab], (int)count, at.height - 1);
    int row = 1;
    for (unsigned n = (unsigned)p->scroll[p->tab]; n < count && row < at.height; n += taken ? taken : 1, row++) {
        taken = descriptor_brief(cpu, table, n, text, &target);
        put_entry(p, at, row, n, taken ? text : "nothing is mapped there", taken ? target : 0);
    }
}

/* --- breakpoints and watchpoints --- */

static const char *const hint[] = {
    "F9, or a click on an address, sets one; a click on a number switches it.", "lb ADDRESS if CONDITION, watch, catch, tripwire set others; d N deletes.",
};

/* A row a line, those of `command` behind `row`: how many there are then. */
static int put_list(struct panes *p, struct cells_region at, int row, const char *command)
{
    char *text = panes_captured(p, command), *rest = text, *line;

    while (text && (line = strsep(&rest, "\n")) && rest) {
        unsigned number = (unsigned)strtoul(line, NULL, 10);
        cells_text(&p->cells, at, 0, row, strncmp(line, "Num ", 4) ? COLOR_INK : COLOR_DIM, line);
        if ((int)strlen(line) > at.width) cells_glyph(&p->cells, at, at.width - 1, row, COLOR_DIM, GLYPH_MORE);
        if (number && row < at.height) panes_spot(p, at, 0, row, 3, SPOT_ENABLE, number, NULL);
        row++;
    }
    free(text);
    return row;
}

void panes_breaks(struct panes *p, struct cells_region at)
{
    struct cells_region list = at, nowhere = { at.x, at.y, at.width, 0 };
    int *scroll = &p->scroll[TAB_BREAKS];

    for (unsigned i = 0; i < 2; i++) cells_text(&p->cells, at, 0, at.height - 2 + (int)i, COLOR_DIM, hint[i]);
    list.height -= 3;
    *scroll = panes_clamp(*scroll, put_list(p, nowhere, put_list(p, nowhere, 0, "blist"), "watch"), list.height);
    put_list(p, list, put_list(p, list, -*scroll, "blist"), "watch");
}

/* --- devices --- */

enum { NAME_COLUMNS = 17, VALUES = 17, MEANING = 26 };

static const struct state_layout *chosen(struct panes *p, const void **instance)
{
    const char *name = machine_device_name(p->session->machine, p->device);
    return name ? machine_device_state(p->session->machine, name, instance) : NULL;
}

void panes_devices_remember(struct panes *p)
{
    const void *instance;
    const struct state_layout *layout = chosen(p, &instance);

    p->fields.known = layout;
    p->fields.device = p->device;
    for (u32 f = 0; layout && f < layout->count && f < FIELDS; f++)
        for (u32 i = 0; i < layout->fields[f].count && i < ELEMENTS; i++) p->fields.value[f][i] = state_get(&layout->fields[f], instance, i);
}

static int list_devices(struct panes *p, struct cells_region at)
{
    int count = 0, scroll = p->scroll[TAB_SCREEN];       /* of the list: the screen has none of its own */
    struct cells_region list = at;

    while (machine_device_name(p->session->machine, (unsigned)count)) count++;
    if ((int)p->device < scroll) scroll = (int)p->device;
    if ((int)p->device >= scroll + at.height) scroll = (int)p->device - at.height + 1;
    p->scroll[TAB_SCREEN] = scroll = panes_clamp(scroll, count, at.height);
    if (list.width > NAME_COLUMNS) list.width = NAME_COLUMNS;
    for (int row = 0; row < at.height && scroll + row < count; row++) {
        unsigned n = (unsigned)(scroll + row);
        if (n == p->device) cells_paper(&p->cells, list, 0, row, NAME_COLUMNS, COLOR_FOCUS);
        cells_print(&p->cells, list, 1, row, n == p->device ? COLOR_TITLE_INK : COLOR_ADDRESS, "%.16s", machine_device_name(p->session->machine, n));
        panes_spot(p, list, 0, row, NAME_COLUMNS, SPOT_DEVICE, n, NULL);
    }
    return count;
}

/* In rows as wide as there is room behind the values. */
static int put_meaning(struct panes *p, struct cells_region at, int row, const struct state_field *field)
{
    char text[256];
    int rows = 0;

    snprintf(text, sizeof text, "%s%s%s", field->meaning, *field->unit ? ", " : "", field->unit);
    int length = (int)strlen(text), done = 0;
    do {
        int n = panes_fit(text + done, length - done, at.width - MEANING);
        cells_print(&p->cells, at, MEANING, row + rows++, COLOR_DIM, "%.*s", n, text + done);
        done += n;
    } while (done < length);
    return rows;
}

/* Name, values, meaning; those that do not fit go to the next row.  Rows taken. */
static int put_field(struct panes *p, struct cells_region at, int row, const struct state_field *field, u32 number, const void *instance)
{
    bool marked = p->has_run && p->fields.known && p->fields.device == p->device && number < FIELDS;
    int x = cells_print(&p->cells, at, 0, row, COLOR_DIM, "%-16s ", field->name), rows = 1;

    for (u32 i = 0; i < field->count && i < ELEMENTS; i++) {
        u64 value = state_get(field, instance, i);
        char text[24];
        snprintf(text, sizeof text, "%llx ", (llu)value);
        if (x + (int)strlen(text) > at.width) x = VALUES, row++, rows++;
        x = cells_text(&p->cells, at, x, row, marked && p->fields.value[number][i] != value ? COLOR_CHANGED : COLOR_INK, text);
    }
    if (field->count > ELEMENTS) x = cells_text(&p->cells, at, x, row, COLOR_DIM, ".. ");
    if (x > MEANING) row++, rows++;
    return rows - 1 + put_meaning(p, at, row, field);
}

void panes_devices(struct panes *p, struct cells_region at)
{
    const void *instance;
    struct cells_region fields = cells_within(at, NAME_COLUMNS + 1, 0), nowhere = { fields.x, fields.y, fields.width, 0 };
    int rows = 0, row = 0;

    list_devices(p, at);
    const struct state_layout *layout = chosen(p, &instance);
    if (!layout) return;
    for (u32 f = 0; f < layout->count; f++) rows += put_field(p, nowhere, 0, &layout->fields[f], f, instance);
    p->scroll[TAB_DEVICES] = panes_clamp(p->scroll[TAB_DEVICES], rows, at.height);
    row = -p->scroll[TAB_DEVICES];
    for (u32 f = 0; f < layout->count && row < at.height; f++) row += put_field(p, fields, row, &layout->fields[f], f, instance);
}
