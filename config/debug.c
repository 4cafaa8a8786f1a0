/* symbols: what a debugger knows of the guest's program; gdbstub: where another debugger comes in; debugger: the window's.     doc: symbols */
#include "config/debug.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define AT(member) .offset = offsetof(struct machine_config, member), .size = sizeof(((struct machine_config *)0)->member)
#define END_ROW { .name = NULL }

/* Nothing stands before it in its line. */
static bool is_first(const struct given *g)
{
    for (unsigned i = 1; i < g->index; i++)
        if (*g->line->word[i]) return false;
    return true;
}

/* A line is an entry of its own. */
static struct symbol_config *entry(const struct given *g, struct machine_config *c)
{
    bool begins = is_first(g) || !c->symbol_files;       /* what stands before it may be no parameter at all */

    if (begins && c->symbol_files == CONFIG_SYMBOLS) return bad_value(g, "16 lines at most"), NULL;
    if (begins) c->symbol_files++;
    return &c->symbols[c->symbol_files - 1];
}

static bool symbol_file(const struct given *g, struct machine_config *c, void *base)
{
    struct symbol_config *s = entry(g, c);
    (void)base;
    return s && store_text(g, s->path, sizeof s->path);
}

static bool symbol_base(const struct given *g, struct machine_config *c, void *base)
{
    struct symbol_config *s = entry(g, c);
    (void)base;
    return s && (parse_number(g->value, 0, UINT64_MAX, &s->base) || bad_value(g, "a number that every address of the file is moved by"));
}

static bool symbol_source(const struct given *g, struct machine_config *c, void *base)
{
    struct symbol_config *s = entry(g, c);
    (void)base;
    return s && store_text(g, s->source, sizeof s->source);
}

bool debug_symbol_path(const struct given *g, struct machine_config *c, void *base)
{
    struct given value = *g;
    value.value = g->name;
    return symbol_file(&value, c, base);
}

const struct parameter debug_symbols[] = {
    { "file", TYPE_CUSTOM, .take = symbol_file, .meaning = "ELF program, System.map, list of nm, or lines ADDRESS NAME" },
    { "base", TYPE_CUSTOM, .take = symbol_base, .meaning = "added to its addresses" },
    { "offset", TYPE_CUSTOM, .take = symbol_base, .meaning = "the same" },
    { "source", TYPE_CUSTOM, .take = symbol_source, .meaning = "directory below which the compiler's source files are looked for" },
    END_ROW,
};

/* --- gdbstub --- */

/* A socket alone is no port: that one is said besides when it is wanted. */
static bool gdb_socket(const struct given *g, struct machine_config *c, void *base)
{
    bool port = false;

    (void)base;
    for (unsigned i = 1; i < g->line->count; i++) port |= !strncmp(g->line->word[i], "port", 4);
    if (!port) c->gdbstub.port = 0;
    return store_text(g, c->gdbstub.socket, sizeof c->gdbstub.socket);
}

static const char *const architectures[] = { [GDBSTUB_AUTO] = "auto", [GDBSTUB_I8086] = "i8086", [GDBSTUB_I386] = "i386", [GDBSTUB_X86_64] = "x86-64", NULL };

const struct parameter debug_gdbstub[] = {
    { "enabled", TYPE_BOOL, AT(gdbstub.enabled), .meaning = "gdb may come" },
    { "port", TYPE_NUMBER, AT(gdbstub.port), .least = 1, .most = 65535, .meaning = "port of the loopback interface: target remote localhost:1234" },
    { "socket", TYPE_CUSTOM, .take = gdb_socket, .meaning = "a Unix socket: target remote PATH; without port= no port is opened" },
    { "wait", TYPE_BOOL, AT(gdbstub.wait), .meaning = "the machine begins when gdb has come" },
    { "arch", TYPE_ENUM, AT(gdbstub.arch), .names = architectures, .meaning = "what gdb is told: auto (x86-64 for a 64-bit program of kernel: or symbols:, else by the mode when it comes), i8086, i386, x86-64" },
    { "text_base", TYPE_NUMBER, AT(gdbstub.text_base), .most = UINT64_MAX, .meaning = "how far code was moved" },
    { "data_base", TYPE_NUMBER, AT(gdbstub.data_base), .most = UINT64_MAX, .meaning = "how far data was moved" },
    { "bss_base", TYPE_NUMBER, AT(gdbstub.bss_base), .most = UINT64_MAX, .meaning = "how far zeros were moved" },
    END_ROW,
};

/* --- time_travel --- */

static const char *const when[] = { [TIME_TRAVEL_AUTO] = "auto", [TIME_TRAVEL_OFF] = "0", [TIME_TRAVEL_ON] = "1", NULL };

const struct parameter debug_time_travel_row[] = {
    { "enabled", TYPE_ENUM, AT(time_travel.mode), .names = when, .meaning = "1, 0, or auto: where there is a prompt or gdb" },
    { "memory", TYPE_NUMBER, AT(time_travel.memory_mib), .least = 16, .most = 1 << 20, .meaning = "MiB for it; what is older than fits is forgotten" },
    END_ROW,
};

/* --- the panes in the window --- */

static bool panes(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (!strcmp(g->value, "globalini")) return c->debugger_panes = true;
    return parse_bool(g->value, &c->debugger_panes) || bad_value(g, "0, 1 or globalini");
}

bool debug_display_options(const struct given *g, struct machine_config *c, void *base)
{
    char copy[256], *rest = copy, *word;

    (void)base;
    snprintf(copy, sizeof copy, "%s", g->value);
    while ((word = strsep(&rest, ", ")))
        if (!strcmp(word, "gui_debug")) c->debugger_panes = true;
    return true;
}

const struct parameter debug_window[] = {
    { "gui", TYPE_CUSTOM, .take = panes, .meaning = "the window opens with the debugger beside the guest's screen, and the machine stands; 0, 1, or globalini, which is 1" },
    { "log", TYPE_TEXT, AT(debugger_log), .meaning = "a file for its commands and what they print; -: none" }, END_ROW,
};
