#include "gui/debugger/trace_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/disassemble.h"

typedef unsigned long long llu;

static const char HEADER[] = "ORRERY TRACE 1\n";         /* and its NUL: 16 bytes */
enum { NUMBERS = 1 << 20, STATUS_USAGE = 2 };

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
    cpu_set_recorder(machine_cpu(machine), put_words, t);
    return true;
}

bool trace_file_end(struct trace_file *t, struct machine *machine, struct error *err)
{
    if (!t->file) return true;
    cpu_set_recorder(machine_cpu(machine), NULL, NULL);
    bool whole = fclose(t->file) == 0 && !t->failed;
    t->file = NULL;
    return whole || fail(err, "%s: could not be written whole: %s", t->path, strerror(errno));
}

/* --- showing --- */

struct code {
    u8 *bytes;                   /* of a run of instructions; NULL: not said yet */
    u32 size, bits;
    u64 rip;
    u16 selector;
};

struct reader {
    FILE *file;
    const char *path;
    struct error *err;
    struct code *code;           /* by number */
    u64 from_tick, left;         /* what to show */
    u64 tick;                    /* the last one that was told */
    struct code *running;        /* begun at `tick`, and not over; NULL: nothing */
    bool rip_follows;            /* of the next entry */
    u64 rip;
    u16 selector;
};

static bool damaged(struct reader *r)
{
    return fail(r->err, "%s: damaged at byte %ld", r->path, ftell(r->file));
}

/* The program that wrote it did not come to its end: what is there counts. */
static bool cut_short(struct reader *r)
{
    r->left = 0;
    return true;
}

static bool word(struct reader *r, u64 *value)
{
    return fread(value, sizeof *value, 1, r->file) == 1;
}

static void show_instruction(struct reader *r, u64 tick, u64 ticks, const struct code *c, u32 at, unsigned length, const char *text)
{
    if (tick + ticks <= r->from_tick || !r->left) return;
    r->left--;
    printf("%llu %04x:%016llx: %-40s ; ", (llu)tick, c->selector, (llu)(c->rip + at), text);
    for (unsigned i = 0; i < length; i++) printf("%02x", c->bytes[at + i]);
    if (ticks > 1) printf(" ; %llu times", (llu)ticks);
    putchar('\n');
}

/* What ran from r->tick to `end`: an instruction a tick, and all that is left for the last, which may be a repeated one. */
static void show_running(struct reader *r, u64 end)
{
    const struct code *c = r->running;
    u64 tick = r->tick;
    char text[128];

    if (!c || end <= r->from_tick || !r->left) return;
    for (u32 at = 0; at < c->size && tick < end;) {
        unsigned length = disassemble(c->bytes + at, c->size - at, c->rip + at, c->bits, text, sizeof text);
        if (!length) snprintf(text, sizeof text, "(bad)"), length = c->size - at;
        u64 ticks = at + length >= c->size ? end - tick : 1;
        show_instruction(r, tick, ticks, c, at, length, text);
        tick += ticks;
        at += length;
    }
}

/* A tick by its lower half: never before the last one. */
static u64 whole_tick(const struct reader *r, u32 low)
{
    u64 tick = (r->tick & ~0xffffffffull) | low;
    return tick < r->tick ? tick + (1ull << 32) : tick;
}

static bool read_code(struct reader *r, u32 number)
{
    u64 sizes;

    if (!word(r, &sizes)) return cut_short(r);
    if (number >= NUMBERS || (u32)sizes > 4096) return damaged(r);
    struct code *c = &r->code[number];
    u32 room = ((u32)sizes + 7) & ~7u;
    free(c->bytes);
    *c = (struct code){ .bytes = malloc(room + 1), .size = (u32)sizes, .bits = (u32)(sizes >> 32) };
    return fread(c->bytes, 1, room, r->file) == room || cut_short(r);
}

static bool read_entry(struct reader *r, u32 number, u32 low)
{
    u64 tick = whole_tick(r, low);

    if (number >= NUMBERS || !r->code[number].bytes) return damaged(r);
    show_running(r, tick);
    r->running = &r->code[number];
    r->tick = tick;
    if (r->rip_follows) r->running->rip = r->rip, r->running->selector = r->selector;
    r->rip_follows = false;
    return true;
}

static bool read_word(struct reader *r, u64 value)
{
    u32 kind = (u32)value, argument = (u32)(value >> 32);

    switch (kind) {
    case CPU_RECORD_CODE: return read_code(r, argument);
    case CPU_RECORD_TICK: return word(r, &r->tick) || cut_short(r);
    case CPU_RECORD_RIP:
        r->rip_follows = true;
        r->selector = (u16)argument;
        return word(r, &r->rip) || cut_short(r);
    case CPU_RECORD_END: {
        u64 tick = whole_tick(r, argument);
        show_running(r, tick);
        r->running = NULL;
        r->tick = tick;
        return true;
    }
    default: return read_entry(r, kind, argument);
    }
}

bool trace_file_show(const char *path, u64 from_tick, u64 count, struct error *err)
{
    struct reader r = { .path = path, .err = err, .from_tick = from_tick, .left = count };
    char header[sizeof HEADER] = "";
    u64 value;

    r.file = fopen(path, "rbe");
    if (!r.file) return fail(err, "%s: %s", path, strerror(errno));
    bool ok = fread(header, sizeof header, 1, r.file) == 1 && !memcmp(header, HEADER, sizeof HEADER);
    if (!ok) fail(err, "%s: is no trace; the command \"trace on FILE\" writes one", path);
    r.code = calloc(NUMBERS, sizeof *r.code);
    while (ok && r.left && word(&r, &value)) ok = read_word(&r, value);
    for (unsigned i = 0; i < NUMBERS; i++) free(r.code[i].bytes);
    free(r.code);
    fclose(r.file);
    return ok;
}

static bool number_of(const char *text, u64 *value)
{
    char *end;
    *value = strtoull(text, &end, 0);
    return *text && !*end;
}

int trace_file_command(int argc, char **argv)
{
    struct error err = { 0 };
    u64 from = 0, count = UINT64_MAX;

    bool said = argc >= 4 && argc <= 6 && !strcmp(argv[2], "show");
    if (!said || (argc > 4 && !number_of(argv[4], &from)) || (argc > 5 && !number_of(argv[5], &count))) {
        fputs("orrery trace show FILE [FROM-TICK [COUNT]]\n", stderr);
        return STATUS_USAGE;
    }
    if (trace_file_show(argv[3], from, count, &err)) return 0;
    fprintf(stderr, "orrery: %s", err.text);
    return STATUS_USAGE;
}
