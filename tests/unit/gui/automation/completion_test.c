/* What the prompt offers behind the tabulator.                                                doc: automation */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gui/automation/completion.h"

static struct session session;

static void setup(void)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    session = (struct session){ .machine = machine_create(&config, &err) };
    cr_assert(session.machine, "%s", err.text);
}
static void done(void) { machine_destroy(session.machine); }
TestSuite(completion, .init = setup, .fini = done);

static struct completion of(const char *line, char **list)
{
    size_t size;
    FILE *f = open_memstream(list, &size);
    struct completion c = completion_of(&session, line, f);
    fclose(f);
    return c;
}

static const struct {
    const char *line, *more;
    bool one;
} cases[] = {
    { "screens", "hot ", true }, { "pag", "e ", true }, { "wa", "", false }, { "zzz", "", false },
    { "info dev", "ice ", true }, { "info device pi", "", false }, { "info device cmo", "s ", true }, { "i gd", "t ", true },
    { "calc 2*ea", "x ", true }, { "x /4wx rs", "", false }, { "help unw", "atch ", true },
};

Test(completion, what_all_candidates_go_on_with_is_put_in)
{
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *list;
        struct completion c = of(cases[i].line, &list);
        cr_expect_str_eq(c.more, cases[i].more, "%s: \"%s\"", cases[i].line, c.more);
        cr_expect_eq(c.candidates == 1, cases[i].one, "%s: %u candidates", cases[i].line, c.candidates);
        free(list);
    }
}

Test(completion, candidates_are_listed)
{
    char *list;
    cr_expect_eq(of("info device pi", &list).candidates, 3);
    cr_expect_str_eq(list, "pic1  pic2  pit  \n");
    free(list);
}
