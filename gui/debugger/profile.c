/* What was executed, counted: profile and coverage.                                           doc: profile */
#include "gui/debugger/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/executed.h"

typedef unsigned long long llu;

/* An instruction at a linear address. */
struct place {
    u64 la, ticks, times;        /* times 0: a free slot */
    u8 length;
};

/* What is counted of a run of instructions, before it is put under its addresses. */
enum { RUN_MOST = 64 };
struct tally {
    u16 count;                   /* instructions */
    u16 at[RUN_MOST + 1];        /* of each, and the end of the last */
    u64 ended[RUN_MOST + 1];     /* how often so many of them ran */
    u64 more;                    /* ticks of the last one beyond the first: a repeated instruction */
};

struct counted {                 /* of a processor */
    struct profile *profile;
    struct cpu *cpu;
    struct executed executed;
    struct tally **tally;        /* by number */
};

struct profile {
    struct machine *machine;
    struct counted *processor;
    unsigned processors;
    bool counting;
    struct place *place;         /* open addressing by la, or sorted while it is shown */
    size_t used, room;           /* room is a power of 2 */
    u64 ticks;                   /* of all places */
    u64 began, passed;           /* when; how long until it paused */
};

/* --- counts by address --- */

static size_t slot_of(const struct profile *p, u64 la)
{
    size_t i = (size_t)(la * 0x9e3779b97f4a7c15ull >> 20) & (p->room - 1);

    while (p->place[i].times && p->place[i].la != la) i = (i + 1) & (p->room - 1);
    return i;
}

static void grow(struct profile *p)
{
    struct place *before = p->place;
    size_t room = p->room;

    p->room = room ? 2 * room : 1 << 14;
    p->place = allocated(calloc(p->room, sizeof *p->place));
    for (size_t i = 0; i < room; i++)
        if (before[i].times) p->place[slot_of(p, before[i].la)] = before[i];
    free(before);
}

static void add(struct profile *p, u64 la, u8 length, u64 times, u64 ticks)
{
    if (2 * p->used >= p->room) grow(p);
    struct place *place = &p->place[slot_of(p, la)];
    p->used += !place->times;
    *place = (struct place){ .la = la, .length = length, .times = place->times + times, .ticks = place->ticks + ticks };
    p->ticks += ticks;
}

static u64 linear_base(const struct executed_code *code) { return code->real ? (u64)code->selector << 4 : 0; }

/* Under the addresses that the code has had so far. */
static void put_away(struct counted *c, u32 number)
{
    struct tally *t = c->tally[number];
    const struct executed_code *code = &c->executed.code[number];
    u64 times = 0;

    if (!t) return;
    for (unsigned i = t->count; i--;) {
        times += t->ended[i + 1];
        u64 more = i + 1u == t->count ? t->more : 0;
        if (times) add(c->profile, linear_base(code) + code->rip + t->at[i], (u8)(t->at[i + 1] - t->at[i]), times, times + more);
    }
    memset(t->ended, 0, sizeof t->ended);
    t->more = 0;
}

/* --- counting --- */

static struct tally *tally_of(struct counted *c, const struct executed_code *code)
{
    struct tally **t = &c->tally[executed_number(&c->executed, code)];
    char text[128];

    if (*t) return *t;
    *t = allocated(calloc(1, sizeof **t));
    for (u32 at = 0; at < code->size && (*t)->count < RUN_MOST;) {
        unsigned length = disassemble(code->bytes + at, code->size - at, 0, code->bits, text, sizeof text);
        at += length ? length : code->size - at;
        (*t)->at[++(*t)->count] = (u16)at;
    }
    return *t;
}

static void ran(void *context, const struct executed_code *code, u64 from, u64 to)
{
    struct tally *t = tally_of(context, code);
    u64 n = to - from;

    if (n <= t->count) {
        t->ended[n]++;
    } else {
        t->ended[t->count]++;
        t->more += n - t->count;
    }
}

static void changes(void *context, const struct executed_code *code)
{
    struct counted *c = context;
    u32 number = executed_number(&c->executed, code);

    put_away(c, number);
    free(c->tally[number]);
    c->tally[number] = NULL;
}

static void take_words(void *context, const u64 *words, size_t count) { executed_take(&((struct counted *)context)->executed, words, count); }

struct profile *profile_begin(struct machine *machine)
{
    struct profile *p = allocated(calloc(1, sizeof *p));

    *p = (struct profile){ .machine = machine, .processors = machine_processors(machine), .counting = true, .began = machine_tick(machine) };
    p->processor = allocated(calloc(p->processors, sizeof *p->processor));
    grow(p);
    for (unsigned n = 0; n < p->processors; n++) {
        struct counted *c = &p->processor[n];
        *c = (struct counted){ .profile = p, .cpu = machine_processor(machine, n), .tally = allocated(calloc(EXECUTED_NUMBERS, sizeof *c->tally)) };
        c->executed = (struct executed){ .ran = ran, .changes = changes, .context = c };
        executed_open(&c->executed);
        cpu_set_recorder(c->cpu, take_words, c);
    }
    return p;
}

void profile_pause(struct profile *p)
{
    if (!p->counting) return;
    p->counting = false;
    p->passed = machine_tick(p->machine) - p->began;
    for (unsigned n = 0; n < p->processors; n++) {
        struct counted *c = &p->processor[n];
        cpu_set_recorder(c->cpu, NULL, NULL);
        for (u32 i = 0; i < EXECUTED_NUMBERS; i++) {
            put_away(c, i);
            free(c->tally[i]);
        }
        free(c->tally);
        executed_close(&c->executed);
    }
}

void profile_free(struct profile *p)
{
    if (!p) return;
    profile_pause(p);
    free(p->processor);
    free(p->place);
    free(p);
}

/* --- showing --- */

static int by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->la < y->la ? -1 : x->la > y->la;
}

static int by_ticks(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->ticks > y->ticks ? -1 : x->ticks < y->ticks ? 1 : by_address(a, b);
}

/* The places there are, as a list that the caller frees; what is still counted is in it. */
static struct place *places(struct profile *p, size_t *count)
{
    for (unsigned n = 0; p->counting && n < p->processors; n++) {
        struct counted *c = &p->processor[n];
        cpu_set_recorder(c->cpu, NULL, NULL);            /* says what it has kept back */
        cpu_set_recorder(c->cpu, take_words, c);
        for (u32 i = 0; i < EXECUTED_NUMBERS; i++) put_away(c, i);
    }
    struct place *list = allocated(malloc((p->used + 1) * sizeof *list));
    *count = 0;
    for (size_t i = 0; i < p->room; i++)
        if (p->place[i].times) list[(*count)++] = p->place[i];
    qsort(list, *count, sizeof *list, by_address);
    return list;
}

/* Code that belongs together: a function, or what lies side by side without a name. */
struct stretch {
    struct place sum;            /* la: of its first byte */
    u64 end;
    const char *name;
};

static int by_stretch_ticks(const void *a, const void *b) { return by_ticks(&((const struct stretch *)a)->sum, &((const struct stretch *)b)->sum); }

static size_t gather(const struct place *list, size_t count, const struct symbols *symbols, struct stretch *stretch)
{
    size_t n = 0;
    u64 offset;

    for (size_t i = 0; i < count; i++) {
        const struct place *at = &list[i];
        const char *name = symbols_at(symbols, at->la, &offset);
        bool same = n && stretch[n - 1].name == name && (name || stretch[n - 1].end == at->la);
        if (!same) stretch[n++] = (struct stretch){ .sum.la = name ? at->la - offset : at->la, .name = name };
        struct stretch *s = &stretch[n - 1];
        s->sum.ticks += at->ticks;
        s->sum.times += at->times;
        s->end = at->la + at->length;
    }
    return n;
}

static double percent(u64 part, u64 all) { return all ? 100.0 * (double)part / (double)all : 0; }

/* Its name, and where its first line is. */
static void put_function(const struct symbols *symbols, const struct stretch *s)
{
    struct symbol_line line;
    bool known = symbols_line(symbols, s->sum.la, &line);
    const char *slash = known ? strrchr(line.file, '/') : NULL;

    printf(" %s", s->name);
    if (known) printf(" (%s:%u)", slash ? slash + 1 : line.file, line.line);
    putchar('\n');
}

void profile_show(struct profile *p, const struct symbols *symbols, unsigned most)
{
    size_t count;
    struct place *list = places(p, &count);
    struct stretch *stretch = allocated(malloc((count + 1) * sizeof *stretch));
    size_t stretches = gather(list, count, symbols, stretch);
    u64 sum = 0;

    qsort(stretch, stretches, sizeof *stretch, by_stretch_ticks);
    printf("%14s %6s %6s  code\n", "ticks", "%", "sum %");
    for (size_t i = 0; i < stretches && i < most; i++) {
        const struct stretch *s = &stretch[i];
        sum += s->sum.ticks;
        printf("%14llu %6.2f %6.2f  %016llx", (llu)s->sum.ticks, percent(s->sum.ticks, p->ticks), percent(sum, p->ticks), (llu)s->sum.la);
        if (s->name) put_function(symbols, s);
        else printf("-%016llx\n", (llu)s->end - 1);
    }
    u64 passed = p->counting ? machine_tick(p->machine) - p->began : p->passed;
    printf("%14llu ticks at %zu instructions; %llu more passed while nothing ran\n", (llu)p->ticks, count, (llu)(passed - p->ticks));
    free(stretch);
    free(list);
}

void profile_show_instructions(struct profile *p, const struct symbols *symbols, unsigned most)
{
    char name[SYMBOL_TEXT];
    size_t count;
    struct place *list = places(p, &count);

    qsort(list, count, sizeof *list, by_ticks);
    printf("%14s %14s %6s  instruction\n", "ticks", "times", "%");
    for (size_t i = 0; i < count && i < most; i++)
        printf("%14llu %14llu %6.2f  %016llx %s\n", (llu)list[i].ticks, (llu)list[i].times, percent(list[i].ticks, p->ticks), (llu)list[i].la, symbols_text(symbols, list[i].la, name));
    free(list);
}

/* --- coverage --- */

struct line {
    const char *file;
    unsigned line;
    u64 times;
};

static int by_line(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int files = strcmp(x->file, y->file);
    return files ? files : x->line < y->line ? -1 : x->line > y->line;
}

/* A line was reached as often as its instruction that ran most. */
static size_t lines_of(const struct place *list, size_t count, const struct symbols *symbols, struct line *lines)
{
    struct symbol_line at;
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < count; i++)
        if (symbols_line(symbols, list[i].la, &at)) lines[n++] = (struct line){ at.file, at.line, list[i].times };
    qsort(lines, n, sizeof *lines, by_line);
    for (size_t i = 0; i < n; i++) {
        if (!kept || by_line(&lines[kept - 1], &lines[i])) lines[kept++] = lines[i];
        else if (lines[kept - 1].times < lines[i].times) lines[kept - 1].times = lines[i].times;
    }
    return kept;
}

/* The tracefile of geninfo(1). */
static void write_lcov(FILE *f, const struct line *lines, size_t count)
{
    for (size_t i = 0, n; i < count; i += n) {
        fprintf(f, "TN:\nSF:%s\n", lines[i].file);
        for (n = 0; i + n < count && !strcmp(lines[i].file, lines[i + n].file); n++) fprintf(f, "DA:%u,%llu\n", lines[i + n].line, (llu)lines[i + n].times);
        fprintf(f, "LH:%zu\nLF:%zu\nend_of_record\n", n, n);
    }
}

bool profile_write_coverage(struct profile *p, const struct symbols *symbols, const char *path, struct error *err)
{
    char name[SYMBOL_TEXT];
    size_t count;
    FILE *f = fopen(path, "we");

    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    struct place *list = places(p, &count);
    struct line *lines = allocated(malloc((count + 1) * sizeof *lines));
    size_t known = lines_of(list, count, symbols, lines);
    if (known) write_lcov(f, lines, known);
    for (size_t i = 0; !known && i < count; i++) fprintf(f, "%016llx %u %llu %s\n", (llu)list[i].la, list[i].length, (llu)list[i].times, symbols_text(symbols, list[i].la, name));
    if (known) printf("%s: %zu source lines, as lcov and genhtml read them\n", path, known);
    else printf("%s: %zu instructions: address, bytes, how often; no source lines are known\n", path, count);
    free(lines);
    free(list);
    return fclose(f) == 0 || fail(err, "%s: %s", path, strerror(errno));
}
