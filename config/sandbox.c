/* The row of the sandbox.                                                                     doc: sandbox */
#include "config/sandbox.h"

#include <stdio.h>
#include <string.h>

#include "devices/host/sandbox.h"

static const char *const levels[] = { [SANDBOX_OFF] = "off", [SANDBOX_STANDARD] = "standard", [SANDBOX_STRICT] = "strict" };

static bool take_level(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    for (unsigned i = 0; i < ARRAY_COUNT(levels); i++) {
        if (strcmp(g->value, levels[i])) continue;
        c->sandbox.level = (u8)i;
        c->sandbox.asked = true;
        return true;
    }
    return bad_value(g, "off, standard or strict");
}

bool sandbox_level_word(const struct given *g, struct machine_config *c, void *base)
{
    struct given word = *g;

    word.value = g->name;
    return take_level(&word, c, base);
}

static bool take_allowed(const struct given *g, struct machine_config *c, void *base)
{
    size_t used = strlen(c->sandbox.allow);

    (void)base;
    int added = snprintf(c->sandbox.allow + used, sizeof c->sandbox.allow - used, "%s\n", g->value);
    if (added > 0 && used + (size_t)added < sizeof c->sandbox.allow) return true;
    c->sandbox.allow[used] = 0;
    return bad_value(g, "fewer paths");
}

const struct parameter sandbox_row[] = {
    { "level", TYPE_CUSTOM, .take = take_level, .meaning = "off, standard, or strict, which leaves nothing out" },
    { "allow", TYPE_CUSTOM, .take = take_allowed, .meaning = "a path or address that may be opened though nothing else names it; again for more" },
    { .name = NULL },
};
