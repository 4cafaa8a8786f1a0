/* Commands about the names of the guest's program.                                          doc: symbols */
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

/* ldsym [global] FILE [OFFSET]: as in Bochs, whose "global" is so here always. */
bool debug_load_symbols(struct session *s, const char *at, struct error *err)
{
    char path[1024];
    u64 base = 0;
    size_t before = symbols_count(s->symbols);

    bool named = next_argument(&at, path, sizeof path);
    if (named && !strcmp(path, "global")) named = next_argument(&at, path, sizeof path);
    if (!named) return fail(err, "ldsym FILE [OFFSET]");
    at += strspn(at, " \t");
    if (*at && !expression_value(s, at, &base, err)) return false;
    if (!symbols_load(s->symbols, path, base, err)) return false;
    printf("%zu symbols of %s\n", symbols_count(s->symbols) - before, path);
    return true;
}

bool debug_configured_symbols(struct session *s, struct error *err)
{
    const struct machine_config *c = machine_configuration(s->machine);
    struct error stripped = { 0 };
    bool ok = true;

    if (c->kernel.path[0] && symbols_in_program(c->kernel.path)) symbols_load(s->symbols, c->kernel.path, 0, &stripped);
    for (unsigned i = 0; i < c->symbol_files; i++) ok &= !c->symbols[i].path[0] || symbols_load(s->symbols, c->symbols[i].path, c->symbols[i].base, err);
    return ok;
}

static void list_one(void *context, u64 address, const char *name)
{
    (void)context;
    printf("%016llx: %s\n", (llu)address, name);
}

bool debug_list_symbols(struct session *s, const char *at, struct error *err)
{
    char prefix[256] = "";

    next_argument(&at, prefix, sizeof prefix);
    if (!symbols_count(s->symbols)) return fail(err, "there are no symbols; ldsym FILE reads them, as does symbols: file=FILE in the configuration");
    symbols_each(s->symbols, prefix, list_one, NULL);
    return true;
}

/* info symbols ADDRESS: what it is called; without one all names. */
bool debug_info_symbols(struct session *s, const char *at, struct error *err)
{
    char text[SYMBOL_TEXT];
    u64 address;

    at += strspn(at, " \t");
    if (!*at) return debug_list_symbols(s, at, err);
    if (!expression_value(s, at, &address, err)) return false;
    if (!*symbols_text(s->symbols, address, text)) return fail(err, "0x%llx belongs to no symbol", (llu)address);
    printf("%016llx: %s\n", (llu)address, text);
    return true;
}
