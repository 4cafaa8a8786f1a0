/* symbols: what a debugger knows of the guest's program.                                    doc: symbols */
#include "config/debug.h"

#define END_ROW { .name = NULL }

/* A line is an entry of its own. */
static struct symbol_config *entry(const struct given *g, struct machine_config *c)
{
    if (g->index == 1 && c->symbol_files == CONFIG_SYMBOLS) return bad_value(g, "16 lines at most"), NULL;
    if (g->index == 1) c->symbol_files++;
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
