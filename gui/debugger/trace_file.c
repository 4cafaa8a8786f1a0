#include "gui/debugger/trace_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/executed.h"

typedef unsigned long long llu;

static const char HEADER[] = "ORRERY TRACE 1\n";         /* and its NUL: 16 bytes */
enum { STATUS_USAGE = 2 };

/* --- writing --- */

static void put_words(void *context, const u64 *words, size_t count)
{
    struct trace_file *t = context;
    t->failed |= fwrite(words, sizeof *words, count, t->file) != count;
}

bool trace_file_begin(struct trace_file *t, struct machine *machine, const char *path, struct error *err)
{
    if (t->file) return fail(err, "%s is being written; trace off ends it", t->path);
    snprintf(t->path, sizeof t->path, "%s", path);
    t->file = fopen(path, "wbe");
    if (!t->file) return fail(err, "%s: %s", path, strerror(errno));
    t->failed = fwrite(HEADER, sizeof HEADER, 1, t->file) != 1;
    t->cpu = machine_cpu(machine);
    cpu_set_recorder(t->cpu, put_words, t);
    return true;
}

bool trace_file_end(struct trace_file *t, struct error *err)
{
    if (!t->file) return true;
    cpu_set_recorder(t->cpu, NULL, NULL);
    bool whole = fclose(t->file) == 0 && !t->failed;
    t->file = NULL;
    return whole || fail(err, "%s: could not be written whole: %s", t->path, strerror(errno));
}

/* --- showing --- */

struct shown {
    const struct symbols *symbols;
    u64 from_tick, left;         /* what to show */
};

/* Outside real mode as in a flat model: a trace does not say where segments begin. */
static u64 code_base(const struct executed_code *c) { return c->real ? (u64)c->selector << 4 : 0; }

static void show_instruction(struct shown *s, u64 tick, u64 ticks, const struct executed_code *c, u32 at, unsigned length, const char *text)
{
    char name[SYMBOL_TEXT];

    if (tick + ticks <= s->from_tick || !s->left) return;
    s->left--;
    bool named = *symbols_name(s->symbols, code_base(c) + c->rip + at, name);
    printf("%llu %04x:%016llx: %s%s%s%-40s ; ", (llu)tick, c->selector, (llu)(c->rip + at), named ? "(" : "", name, named ? "): " : "", text);
    for (unsigned i = 0; i < length; i++) printf("%02x", c->bytes[at + i]);
    if (ticks > 1) printf(" ; %llu times", (llu)ticks);
    putchar('\n');
}

static void show_run(void *context, const struct executed_code *c, u64 from, u64 to)
{
    struct shown *s = context;
    u64 tick = from;
    char text[DISASSEMBLY_TEXT];

    if (to <= s->from_tick || !s->left) return;
    for (u32 at = 0; at < c->size && tick < to;) {
        unsigned length = disassemble_named(s->symbols, code_base(c), SYNTAX_INTEL, c->bytes + at, c->size - at, c->rip + at, c->bits, text);
        if (!length) snprintf(text, sizeof text, "(bad)"), length = c->size - at;
        u64 ticks = at + length >= c->size ? to - tick : 1;
        show_instruction(s, tick, ticks, c, at, length, text);
        tick += ticks;
        at += length;
    }
}

/* The program that wrote it may not have come to its end: what is there counts. */
static bool show_words(FILE *file, const char *path, struct shown *shown, struct error *err)
{
    static const size_t room = 2 * EXECUTED_PACKET_WORDS;
    u64 *word = allocated(malloc(room * sizeof *word));
    struct executed e = { .ran = show_run, .context = shown };
    size_t filled = 0, taken = 0, read;

    executed_open(&e);
    while (shown->left && taken != SIZE_MAX && (read = fread(word + filled, sizeof *word, room - filled, file)) > 0) {
        filled += read;
        taken = executed_take(&e, word, filled);
        if (taken == SIZE_MAX) break;
        memmove(word, word + taken, (filled - taken) * sizeof *word);
        filled -= taken;
    }
    executed_close(&e);
    free(word);
    return taken != SIZE_MAX || fail(err, "%s: damaged before byte %ld", path, ftell(file));
}

bool trace_file_show(const char *path, const struct symbols *symbols, u64 from_tick, u64 count, struct error *err)
{
    struct shown shown = { .symbols = symbols, .from_tick = from_tick, .left = count };
    char header[sizeof HEADER] = "";

    FILE *file = fopen(path, "rbe");
    if (!file) return fail(err, "%s: %s", path, strerror(errno));
    bool ok = fread(header, sizeof header, 1, file) == 1 && !memcmp(header, HEADER, sizeof HEADER);
    if (!ok) fail(err, "%s: is no trace; the command \"trace on FILE\" writes one", path);
    ok = ok && show_words(file, path, &shown, err);
    fclose(file);
    return ok;
}

static bool number_of(const char *text, u64 *value)
{
    char *end;
    *value = strtoull(text, &end, 0);
    return *text && !*end;
}

/* --symbols FILE at the end of the line, any number of them. */
static bool take_symbols(int *argc, char **argv, struct symbols *symbols, struct error *err)
{
    bool ok = true;

    for (; *argc >= 2 && !strcmp(argv[*argc - 2], "--symbols"); *argc -= 2) ok &= symbols_load(symbols, argv[*argc - 1], 0, err);
    return ok;
}

int trace_file_command(int argc, char **argv)
{
    struct error err = { 0 };
    struct symbols *symbols = symbols_open();
    u64 from = 0, count = UINT64_MAX;

    bool ok = take_symbols(&argc, argv, symbols, &err);
    bool said = argc >= 4 && argc <= 6 && !strcmp(argv[2], "show") && (argc < 5 || number_of(argv[4], &from)) && (argc < 6 || number_of(argv[5], &count));
    if (!said) fputs("orrery trace show FILE [FROM-TICK [COUNT]] [--symbols FILE]...\n", stderr);
    ok = ok && said && trace_file_show(argv[3], symbols, from, count, &err);
    symbols_free(symbols);
    if (err.count) fprintf(stderr, "orrery: %s", err.text);
    return ok ? 0 : STATUS_USAGE;
}
