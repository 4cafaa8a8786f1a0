#include "config/bochsrc.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/table.h"
#include "cpu/base/allocated.h"

enum { INCLUDE_DEPTH = 8 };

/* --- values --- */

bool parse_number(const char *text, u64 least, u64 most, u64 *value)
{
    char *end;

    errno = 0;
    u64 v = strtoull(text, &end, 0), unit = *end == 'K' ? 1000 : *end == 'M' ? 1000000 : *end == 'G' ? 1000000000 : 1;
    if (unit > 1) end++;
    if (end == text || *end || errno || text[0] == '-' || v > UINT64_MAX / unit || v * unit < least || v * unit > most) return false;
    *value = v * unit;
    return true;
}

bool parse_bool(const char *text, bool *value)
{
    *value = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    return *value || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

bool bad_value(const struct given *g, const char *wanted)
{
    if (!g->parameter) return fail(g->place->err, "%s:%u: %s: \"%s\"; it takes %s", g->place->where, g->column, g->directive->name, g->name, wanted);
    return fail(g->place->err, "%s:%u: %s: %s=%s; it takes %s", g->place->where, g->column, g->directive->name, g->name, g->value, wanted);
}

bool note(const struct given *g, const char *text)
{
    fail(g->place->notes, "%s: %s: %s", g->place->where, g->directive->name, text);
    return true;
}

bool store_text(const struct given *g, char *to, size_t room)
{
    if (strlen(g->value) >= room)
        return fail(g->place->err, "%s:%u: %s: %s has more than %zu bytes", g->place->where, g->column, g->directive->name, g->name, room - 1);
    strcpy(to, g->value);
    return true;
}

/* Little-endian hosts and big-endian ones: by the member's own width. */
static void store_number(const struct parameter *p, void *base, u64 value)
{
    void *to = (char *)base + p->offset;

    switch (p->size) {
    case 1: *(u8 *)to = (u8)value; break;
    case 2: *(u16 *)to = (u16)value; break;
    case 4: *(u32 *)to = (u32)value; break;
    default: *(u64 *)to = value; break;
    }
}

bool take_name(const struct given *g, void *base)
{
    const char *near = NULL;
    char all[256] = "";

    for (unsigned i = 0; g->parameter->names[i]; i++) {
        if (strcmp(g->value, g->parameter->names[i]) == 0) return store_number(g->parameter, base, i), true;
        near = nearest(g->value, near, g->parameter->names[i]);
        strcat(strcat(all, i ? " " : ""), g->parameter->names[i]);
    }
    if (!near) return bad_value(g, all);
    return fail(g->place->err, "%s:%u: %s: %s=%s; it takes %s; did you mean %s?", g->place->where, g->column, g->directive->name, g->name, g->value, all, near);
}

static bool take(const struct given *g, struct machine_config *c, void *base)
{
    const struct parameter *p = g->parameter;
    char wanted[64];
    bool on;
    u64 v;

    switch (p->type) {
    case TYPE_BOOL:
        if (!parse_bool(g->value, &on)) return bad_value(g, "0 or 1");
        *(bool *)((char *)base + p->offset) = on;
        return true;
    case TYPE_NUMBER:
        snprintf(wanted, sizeof wanted, "%llu to %llu", (unsigned long long)p->least, (unsigned long long)p->most);
        if (!parse_number(g->value, p->least, p->most, &v)) return bad_value(g, wanted);
        store_number(p, base, v);
        return true;
    case TYPE_ENUM: return take_name(g, base);
    case TYPE_TEXT: return store_text(g, (char *)base + p->offset, p->size);
    case TYPE_CUSTOM: return p->take(g, c, base);
    default: return true;
    }
}

/* --- directives --- */

static bool unknown_parameter(const struct given *g)
{
    const char *near = NULL;
    char all[512] = "";

    for (const struct parameter *p = g->directive->parameters; p && p->name; p++) {
        near = nearest(g->name, near, p->name);
        if (p->meaning && strlen(all) + strlen(p->name) + 2 < sizeof all) strcat(strcat(all, " "), p->name);
    }
    if (near) return fail(g->place->err, "%s:%u: %s: unknown parameter \"%s\"; did you mean \"%s\"?", g->place->where, g->column, g->directive->name, g->name, near);
    return fail(g->place->err, "%s:%u: %s: unknown parameter \"%s\"; it takes:%s", g->place->where, g->column, g->directive->name, g->name, all[0] ? all : " nothing of that kind");
}

static bool take_parameter(struct given *g, struct machine_config *c, bool equals)
{
    void *base = (char *)c + g->directive->base;

    for (const struct parameter *p = g->directive->parameters; equals && p && p->name; p++) {
        if (strcmp(p->name, g->name)) continue;
        g->parameter = p;
        return take(g, c, base);
    }
    /* DEVICE=ACTION of the log's directives; anything, where a directive takes anything */
    if (equals && g->directive->parameters && g->directive->parameters[0].name && !strcmp(g->directive->parameters[0].name, "action"))
        return g->parameter = g->directive->parameters, take(g, c, base);
    if (g->directive->positional && (!equals || g->directive->kind != ACTS)) return g->directive->positional(g, c, base);
    return unknown_parameter(g);
}

static bool switched_off(const struct tokens *t)
{
    for (unsigned i = 1; i < t->count; i++)
        if (!strcmp(t->word[i], "enabled=0") || !strcmp(t->word[i], "enabled=false") || !strcmp(t->word[i], "type=none") || !strcmp(t->word[i], "0")) return true;
    return false;
}

/* False: the guest would see that it is not there. */
static bool say_kind(const struct given *g, const struct tokens *t)
{
    const struct directive *d = g->directive;
    char text[256];

    if (d->kind == ABSENT && !switched_off(t))
        return fail(g->place->err, "%s: %s: this part is not there, and a guest would miss it; for a machine without it take the line away, or switch it off: enabled=0", g->place->where, d->name);
    if (d->kind == ACCEPTED && d->note && !switched_off(t)) note(g, d->note);
    if (d->kind != LEGACY) return true;
    snprintf(text, sizeof text, "an old form; today's spelling is %s", d->note);
    return note(g, text);
}

static bool take_directive(const struct directive *d, struct tokens *t, const struct place *p, struct machine_config *c)
{
    struct given line = { .place = p, .directive = d };
    bool ok = say_kind(&line, t);

    for (unsigned i = 1; i < t->count; i++) {
        char *equals = strchr(t->word[i], '=');
        struct given g = { .place = p, .line = t, .directive = d, .name = t->word[i], .value = equals ? equals + 1 : "", .column = t->column[i], .index = i };
        if (!*t->word[i]) continue;
        if (equals && (d->parameters || d->kind != ACTS)) *equals = 0;
        ok &= take_parameter(&g, c, equals && (d->parameters || d->kind != ACTS));
    }
    return ok;
}

static bool unknown_directive(const struct place *p, const struct tokens *t)
{
    const char *near = NULL;

    for (const struct directive *d = directive_table; d->name; d++) near = nearest(t->word[0], near, d->name);
    if (near) return fail(p->err, "%s:%u: unknown directive \"%s\"; did you mean \"%s\"?", p->where, t->column[0], t->word[0], near);
    return fail(p->err, "%s:%u: unknown directive \"%s\"; orrery --help lists them", p->where, t->column[0], t->word[0]);
}

bool bochsrc_directive(const char *where, const char *text, struct machine_config *config, struct error *err, struct error *notes)
{
    struct place p = { where, err, notes };
    struct tokens t;

    if (!tokenize(text, &t, &p)) return false;
    if (t.count == 0) return true;
    for (const struct directive *d = directive_table; d->name; d++)
        if (strcmp(t.word[0], d->name) == 0) return take_directive(d, &t, &p, config);
    return unknown_directive(&p, &t);
}

/* --- files --- */

struct reading {
    struct machine_config *config;
    struct error *err, *notes;
    struct { dev_t device; ino_t inode; } open[INCLUDE_DEPTH];   /* files that are being read, outermost first */
    unsigned depth;
};

static bool read_file(struct reading *r, const char *path, const char *from);

/* A relative name is looked for where we are, as Bochs does, and then beside the file that includes it. */
static bool include(struct reading *r, const char *where, const char *rest, const char *includer)
{
    char name[1024], beside[2200], copy[1024];
    size_t n = strcspn(rest + strspn(rest, " \t\""), "\"\r\n");

    snprintf(name, sizeof name, "%.*s", (int)n, rest + strspn(rest, " \t\""));
    while (n && n < sizeof name && (name[n - 1] == ' ' || name[n - 1] == '\t')) name[--n] = 0;
    if (!name[0]) return fail(r->err, "%s: #include wants a file", where);
    struct stat st;
    snprintf(copy, sizeof copy, "%s", includer);
    snprintf(beside, sizeof beside, "%s/%s", dirname(copy), name);
    return read_file(r, name[0] == '/' || stat(name, &st) == 0 ? name : beside, where);
}

static bool take_line(struct reading *r, const char *path, unsigned number, const char *line)
{
    char where[1100];

    snprintf(where, sizeof where, "%s:%u", path, number);
    if (strncmp(line, "#include", 8) == 0) return include(r, where, line + 8, path);
    return bochsrc_directive(where, line, r->config, r->err, r->notes);
}

static bool readable(struct reading *r, FILE *f, const char *path, const char *from)
{
    struct stat st;

    if (!f) return from ? fail(r->err, "%s: #include %s: %s", from, path, strerror(errno)) : fail(r->err, "%s: %s", path, strerror(errno));
    if (fstat(fileno(f), &st) || S_ISDIR(st.st_mode)) return fail(r->err, "%s: is a directory; name a configuration file", path);
    for (unsigned i = 0; i < r->depth; i++)
        if (r->open[i].device == st.st_dev && r->open[i].inode == st.st_ino) return fail(r->err, "%s: #include %s: the file includes itself", from, path);
    if (r->depth == INCLUDE_DEPTH) return fail(r->err, "%s: #include %s: files include each other more than %d deep", from, path, INCLUDE_DEPTH);
    r->open[r->depth].device = st.st_dev;
    r->open[r->depth].inode = st.st_ino;
    return true;
}

/* Lines that end in a backslash go on in the next one; a finding names the first of them. */
static bool read_lines(struct reading *r, FILE *f, const char *path)
{
    char *part = NULL, *line = NULL;
    size_t room = 0, length = 0;
    ssize_t got;
    bool ok = true;

    for (unsigned number = 1, first = 1; (got = getline(&part, &room, f)) >= 0; number++) {
        if (memchr(part, 0, (size_t)got)) {
            ok = fail(r->err, "%s:%u: holds a NUL byte: is this a configuration?", path, number);
            break;
        }
        size_t n = strcspn(part, "\r\n");
        bool more = n && part[n - 1] == '\\';
        n -= more;
        line = allocated(realloc(line, length + n + 1));
        memcpy(line + length, part, n);
        line[length += n] = 0;
        if (more) continue;
        ok &= take_line(r, path, first, line);
        length = 0;
        first = number + 1;
    }
    free(part);
    free(line);
    return ok;
}

static bool read_file(struct reading *r, const char *path, const char *from)
{
    FILE *f = fopen(path, "re");
    bool ok = readable(r, f, path, from);

    if (ok) {
        r->depth++;
        ok = read_lines(r, f, path);
        r->depth--;
    }
    if (f) fclose(f);
    return ok;
}

bool bochsrc_read(const char *path, struct machine_config *config, struct error *err, struct error *notes)
{
    struct reading r = { .config = config, .err = err, .notes = notes };
    return read_file(&r, path, NULL);
}

/* --- what the table tells a person --- */

void bochsrc_help(void)
{
    for (const struct directive *d = directive_table; d->name; d++)
        if (d->kind == ACTS) printf("  %-22s %s\n", d->name, d->meaning);
    fputs("Understood besides, with a note where they change nothing:\n ", stdout);
    for (const struct directive *d = directive_table; d->name; d++)
        if (d->kind != ACTS) printf(" %s", d->name);
    putchar('\n');
}

bool bochsrc_help_directive(const char *name)
{
    for (const struct directive *d = directive_table; d->name; d++) {
        if (strcmp(d->name, name)) continue;
        printf("%s: %s\n", d->name, d->kind == LEGACY ? d->note : d->meaning);
        for (const struct parameter *p = d->parameters; p && p->name; p++)
            if (p->meaning) printf("  %-22s %s\n", p->name, p->meaning);
        return true;
    }
    return false;
}

void bochsrc_help_devices(void)
{
    for (const struct directive *d = directive_table; d->name; d++) {
        if (!d->device) continue;
        printf("%-14s %s: %s\n%15s", d->name, d->device, d->meaning, "");
        for (const struct parameter *p = d->parameters; p && p->name; p++)
            if (p->type != TYPE_ACCEPTED) printf("%s ", p->name);
        putchar('\n');
        if (d->sample) printf("%15s%s: %s\n", "", d->name, d->sample + (d->sample[0] == '#'));
    }
}

void bochsrc_sample(void)
{
    puts("# Orrery's configuration, in Bochs's syntax; `orrery --sample` prints this file, `orrery --help DIRECTIVE` says more.\n"
         "# orrery -f bochsrc.sample, or a directive on the command line: orrery 'memory: guest=64'");
    for (const struct directive *d = directive_table; d->name; d++) {
        if (!d->sample) continue;
        bool off = d->sample[0] == '#';
        printf("\n# %s\n%s%s: %s\n", d->meaning, off ? "#" : "", d->name, d->sample + off);
    }
}

bool bochsrc_takes(const char *directive, const char *parameter)
{
    for (const struct directive *d = directive_table; d->name; d++)
        for (const struct parameter *p = d->parameters; p && p->name; p++)
            if (!strcmp(d->name, directive) && !strcmp(p->name, parameter)) return true;
    return false;
}
