/* What is in a snapshot, and how two differ; without a machine.                              doc: snapshots */
#include "config/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/board/snapshot.h"

enum { STATUS_DIFFER = 1, STATUS_USAGE = 2, STATUS_IMAGE = 4, TREES = 32 };

typedef unsigned long long llu;

/* A file as far as two of them are compared. */
struct contents {
    char *config, *schema, *media;
    u8 *state;
    size_t state_bytes;
    struct page_store store;
    struct named_tree {
        char name[SNAPSHOT_NAME + 1];
        struct page_tree tree;
    } tree[TREES];
    unsigned trees;
    struct page_tree *now;
    u64 stored_bytes;
};

#define PAGES_MOST (1ull << 38)

static struct page_tree *tree_named(struct contents *c, const char *name)
{
    for (unsigned n = 0; n < c->trees; n++)
        if (!strcmp(c->tree[n].name, name)) return &c->tree[n].tree;
    if (c->trees == TREES) return NULL;
    snprintf(c->tree[c->trees].name, sizeof c->tree->name, "%s", name);
    c->tree[c->trees].tree = page_tree_create(&c->store, PAGES_MOST);
    return &c->tree[c->trees++].tree;
}

static bool keep_page(void *context, const struct snapshot_page *page, struct error *err)
{
    struct contents *c = context;

    if (page->page >= PAGES_MOST || (page->same && (page->same_as >= PAGES_MOST || !page_tree_get(c->now, page->same_as)))) return fail(err, "snapshot: a page refers to none");
    return (page->same ? page_tree_alias(c->now, page->page, page->same_as, page->held) : page_tree_put(c->now, page->page, page->bytes, page->held)) ||
           fail(err, "snapshot: the host has no memory for it");
}

static bool keep_section(struct contents *c, struct snapshot_section *s, struct error *err)
{
    const struct { const char *kind; char **to; } texts[] = { { "config", &c->config }, { "schema", &c->schema }, { "media", &c->media } };

    c->stored_bytes += s->stored_bytes;
    for (unsigned i = 0; i < ARRAY_COUNT(texts); i++) {
        if (strcmp(s->kind, texts[i].kind) || *texts[i].to) continue;
        *texts[i].to = (char *)s->raw;
        s->raw = NULL;
        return true;
    }
    if (!strcmp(s->kind, "state") && !c->state) {
        c->state = s->raw;
        c->state_bytes = s->raw_bytes;
        s->raw = NULL;
        return true;
    }
    if (strcmp(s->kind, "pages")) return true;
    c->now = tree_named(c, s->name);
    return c->now ? snapshot_each_page(s, keep_page, c, err) : fail(err, "snapshot: it has more memories than any machine");
}

static bool read_contents(const char *path, struct contents *c, struct error *err)
{
    struct snapshot_reader r;
    bool ok = snapshot_open(&r, path, err);

    while (ok && snapshot_next(&r, err)) ok = keep_section(c, &r.section, err);
    ok = ok && !err->count && r.ended;
    if (ok && (!c->config || !c->schema || !c->media || !c->state)) ok = fail(err, "snapshot: path=\"%s\": has not all its sections", path);
    snapshot_close(&r);
    return ok;
}

static void free_contents(struct contents *c)
{
    for (unsigned n = 0; n < c->trees; n++) page_tree_free(&c->tree[n].tree);
    free(c->config);
    free(c->schema);
    free(c->media);
    free(c->state);
}

/* --- its state, field by field --- */

struct field {
    char part[64], name[64], type[8];
    unsigned count, bytes;       /* of an element */
    size_t at;
};

/* The next line of a schema; false at its end, or where it is none. */
static bool next_field(const char **line, struct field *f, size_t state_bytes)
{
    static const struct { const char *type; unsigned bytes; } types[] = { { "u8", 1 }, { "u16", 2 }, { "u32", 4 }, { "u64", 8 }, { "s8", 1 }, { "s16", 2 }, { "s32", 4 },
                                                                          { "s64", 8 }, { "bool", 1 }, { "event", 8 } };

    f->at += (size_t)f->count * f->bytes;
    f->bytes = 0;
    if (sscanf(*line, "%63s %63s %7s %u", f->part, f->name, f->type, &f->count) != 4) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(types); i++)
        if (!strcmp(f->type, types[i].type)) f->bytes = types[i].bytes;
    *line += strcspn(*line, "\n");
    *line += **line == '\n';
    return f->bytes && f->count <= state_bytes && f->at + (size_t)f->count * f->bytes <= state_bytes;
}

static u64 element(const u8 *state, const struct field *f, unsigned i)
{
    u64 value = 0;

    memcpy(&value, state + f->at + (size_t)i * f->bytes, f->bytes);
    return value;
}

static void tell_field(const struct contents *a, const struct contents *b, const struct field *f)
{
    enum { SHOWN = 4 };
    unsigned shown = 0, differ = 0;

    for (unsigned i = 0; i < f->count; i++) {
        u64 x = element(a->state, f, i), y = element(b->state, f, i);
        if (x == y) continue;
        if (++differ > SHOWN) continue;
        shown++;
        if (f->count > 1) printf("%s.%s[%u]: %llx -> %llx\n", f->part, f->name, i, (llu)x, (llu)y);
        else printf("%s.%s: %llx -> %llx\n", f->part, f->name, (llu)x, (llu)y);
    }
    if (differ > shown) printf("%s.%s: %u more elements differ\n", f->part, f->name, differ - shown);
}

static bool tell_states(const struct contents *a, const struct contents *b)
{
    struct field f = { .count = 0 };
    const char *line = a->schema;
    bool same = true;

    while (next_field(&line, &f, a->state_bytes < b->state_bytes ? a->state_bytes : b->state_bytes)) {
        if (!memcmp(a->state + f.at, b->state + f.at, (size_t)f.count * f.bytes)) continue;
        same = false;
        tell_field(a, b, &f);
    }
    return same;
}

/* --- its pages --- */

struct page_count {
    const char *name;
    u64 differ, first_page, run;
    unsigned told;
};

static void tell_run(struct page_count *p)
{
    enum { TOLD = 16 };

    if (p->run && p->told++ < TOLD)
        printf("%s %llxh..%llxh\n", p->name, (llu)p->first_page * TREE_PAGE_BYTES, (llu)(p->first_page + p->run) * TREE_PAGE_BYTES - 1);
    else if (p->run && p->told == TOLD + 1) printf("%s ...\n", p->name);
    p->run = 0;
}

static void count_page(void *context, u64 page, const struct page_copy *a, const struct page_copy *b)
{
    struct page_count *p = context;

    if (a && b && a->held == b->held && !memcmp(a->bytes, b->bytes, TREE_PAGE_BYTES)) return;
    if (p->run && page != p->first_page + p->run) tell_run(p);
    if (!p->run) p->first_page = page;
    p->run++;
    p->differ++;
}

static bool tell_pages(struct contents *a, struct contents *b)
{
    bool same = true;

    for (unsigned n = 0; n < b->trees; n++) tree_named(a, b->tree[n].name);
    for (unsigned n = 0; n < a->trees; n++) {
        struct page_count count = { .name = a->tree[n].name };
        struct page_tree *other = tree_named(b, a->tree[n].name);
        if (other) page_tree_differences(&a->tree[n].tree, other, count_page, &count);
        tell_run(&count);
        if (count.differ) printf("%s: %llu pages differ\n", count.name, (llu)count.differ);
        same &= !count.differ;
    }
    return same;
}

/* --- the commands --- */

static int info(const char *path)
{
    struct contents c = { 0 };
    struct error err = { 0 };
    struct field f = { .count = 0 };
    bool ok = read_contents(path, &c, &err);
    const char *line = c.schema;

    if (!ok) fputs(err.text, stderr);
    if (ok && next_field(&line, &f, c.state_bytes)) printf("tick %llu\n", (llu)element(c.state, &f, 0));
    if (ok) printf("%s\nimages: name, volatile, sectors, hash, path\n%s\n%zu bytes of state\n", c.config, c.media, c.state_bytes);
    for (unsigned n = 0; ok && n < c.trees; n++) printf("%s: %llu pages\n", c.tree[n].name, (llu)page_tree_count(&c.tree[n].tree));
    if (ok) printf("%llu KiB in the file\n", (llu)c.stored_bytes >> 10);
    free_contents(&c);
    return ok ? 0 : STATUS_IMAGE;
}

static int diff(const char *first, const char *second)
{
    struct contents a = { 0 }, b = { 0 };
    struct error err = { 0 };
    bool ok = read_contents(first, &a, &err) && read_contents(second, &b, &err), same = ok;

    if (!ok) fputs(err.text, stderr);
    if (ok && strcmp(a.config, b.config)) same = false, puts("the configurations differ");
    if (ok && strcmp(a.media, b.media)) same = false, puts("the images differ");
    if (ok && strcmp(a.schema, b.schema)) same = false, puts("their states consist of different fields: only pages are compared");
    else if (ok) same &= tell_states(&a, &b);
    if (ok) same &= tell_pages(&a, &b);
    if (ok && same) puts("the same");
    free_contents(&a);
    free_contents(&b);
    return !ok ? STATUS_IMAGE : same ? 0 : STATUS_DIFFER;
}

int snapshot_command(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[2], "info")) return info(argv[3]);
    if (argc == 5 && !strcmp(argv[2], "diff")) return diff(argv[3], argv[4]);
    fputs("orrery snapshot info FILE | diff FILE FILE\n", stderr);
    return STATUS_USAGE;
}
