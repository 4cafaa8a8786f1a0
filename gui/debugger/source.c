#include "gui/debugger/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/automation/script.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

enum { AROUND = 5, LINES = 10 };

/* Below `directory`, by as much of the end of the path as is there. */
static FILE *open_below(const char *directory, const char *path)
{
    char name[2 * 1024 + 2];
    FILE *f = NULL;

    for (const char *at = path; at && !f; at = strchr(at, '/')) {
        at += *at == '/';
        snprintf(name, sizeof name, "%s/%s", directory, at);
        f = fopen(name, "re");
    }
    return f;
}

static FILE *open_source(const struct session *s, const char *path)
{
    const struct machine_config *c = machine_configuration(s->machine);
    FILE *f = fopen(path, "re");

    for (unsigned i = 0; !f && i < c->symbol_files; i++)
        if (c->symbols[i].source[0]) f = open_below(c->symbols[i].source, path);
    return f;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

unsigned source_show(const struct session *s, const char *path, unsigned first, unsigned last)
{
    FILE *f = open_source(s, path);
    char *line = NULL;
    size_t room = 0;
    unsigned shown = 0;

    for (unsigned n = 1; f && n <= last && getline(&line, &room, f) >= 0; n++) {
        if (n < first) continue;
        line[strcspn(line, "\r\n")] = 0;
        printf("%s:%u\t%s\n", base_name(path), n, line);
        shown++;
    }
    free(line);
    if (f) fclose(f);
    return shown;
}

const char *source_text(const struct session *s, const char *path, unsigned number, char *text, size_t size)
{
    FILE *f = open_source(s, path);
    char *line = NULL;
    size_t room = 0;

    *text = 0;
    for (unsigned n = 1; f && n <= number && getline(&line, &room, f) >= 0; n++)
        if (n == number) {
            const char *begin = line + strspn(line, " \t");
            snprintf(text, size, "%.*s", (int)strcspn(begin, "\r\n"), begin);
        }
    free(line);
    if (f) fclose(f);
    return text;
}

void source_show_line(const struct session *s, u64 address)
{
    struct symbol_line line;

    if (!symbols_line(s->symbols, address, &line)) return;
    if (!source_show(s, line.file, line.line, line.line)) printf("%s:%u\n", base_name(line.file), line.line);
}

/* --- list --- */

static bool list_from(struct session *s, unsigned first, struct error *err)
{
    unsigned shown = source_show(s, s->listed.file, first, first + LINES - 1);

    s->listed.next = first + shown;
    if (shown) return true;
    FILE *f = open_source(s, s->listed.file);
    if (f) fclose(f);
    return f ? fail(err, "%s has no line %u", s->listed.file, first) : fail(err, "%s is not there; symbols: source=DIR says where the sources are", s->listed.file);
}

bool source_list(struct session *s, const char *at, struct error *err)
{
    struct cpu_view v;
    struct symbol_line line;
    u64 address;

    at += strspn(at, " \t");
    at += *at == '*';
    cpu_view(machine_cpu(s->machine), &v);
    address = next_linear(&v);
    if (!*at && s->listed.file[0]) return list_from(s, s->listed.next, err);
    if (*at && !expression_value(s, at, &address, err)) return false;
    if (!symbols_line(s->symbols, address, &line)) return fail(err, "of 0x%llx no source line is known", (unsigned long long)address);
    snprintf(s->listed.file, sizeof s->listed.file, "%s", line.file);
    return list_from(s, line.line > AROUND ? line.line - AROUND : 1, err);
}

bool debug_list_source(struct session *s, const char *at, struct error *err) { return source_list(s, at, err); }
