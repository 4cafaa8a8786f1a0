/* The timeline as JSON and as a picture.                                                      doc: timeline */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/canvas.h"
#include "gui/debugger/timeline_parts.h"

typedef unsigned long long llu;

static const char *const lane_name[] = { "mode", "CPL", "CR3", "interrupts", "faults" };
enum { LANE_INTERRUPTS = TIMELINE_STATES, LANE_FAULTS, LANES };

static unsigned lane_of(enum cpu_break_kind kind) { return kind == CPU_CATCH_INTERRUPT || kind == CPU_CATCH_TASK ? LANE_INTERRUPTS : LANE_FAULTS; }

/* --- JSON: "Trace Event Format" --- */

struct json {
    FILE *file;
    const struct symbols *symbols;
    double us_a_tick;
    bool follows;
};

/* Names of programs and files may hold anything. */
static void put_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++) fprintf(f, *text == '"' || *text == '\\' ? "\\%c" : (u8)*text < 32 ? "\\u%04x" : "%c", (u8)*text);
    fputc('"', f);
}

static void begin_entry(struct json *j)
{
    fputs(j->follows ? ",\n" : "\n", j->file);
    j->follows = true;
}

static void put_stretch(void *context, unsigned processor, enum timeline_state state, u64 value, u64 from, u64 to)
{
    struct json *j = context;
    char text[64];

    begin_entry(j);
    fprintf(j->file, "{\"name\":\"%s\",\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f,\"args\":{\"from\":%llu,\"to\":%llu}}", timeline_state_text(state, value, text, sizeof text), processor,
            (unsigned)state, (double)from * j->us_a_tick, (double)(to - from) * j->us_a_tick, (llu)from, (llu)to);
}

static void put_moment(struct json *j, const struct timeline_event *e)
{
    char text[160], name[SYMBOL_TEXT];

    begin_entry(j);
    fprintf(j->file, "{\"name\":\"%s\",\"ph\":\"i\",\"s\":\"t\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"args\":{\"tick\":%llu,\"at\":\"%04x:%llx\",\"CPL\":%u", timeline_text(e, text, sizeof text), e->processor,
            lane_of(e->heard.kind), (double)e->heard.tick * j->us_a_tick, (llu)e->heard.tick, e->heard.cs, (llu)e->heard.rip, e->heard.cpl);
    if (*symbols_text(j->symbols, e->heard.la, name)) {
        fputs(",\"code\":", j->file);
        put_string(j->file, name);
    }
    fputs("}}", j->file);
}

bool timeline_write_json(const struct timeline *t, const struct symbols *symbols, const char *path, struct error *err)
{
    struct json j = { .file = fopen(path, "we"), .symbols = symbols, .us_a_tick = 1e6 / (double)t->ips };

    if (!j.file) return fail(err, "%s: %s", path, strerror(errno));
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", j.file);
    for (unsigned n = 0; n < t->processors; n++) {
        begin_entry(&j);
        fprintf(j.file, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%u,\"args\":{\"name\":\"processor %u\"}}", n, n);
        for (unsigned lane = 0; lane < LANES; lane++) {
            begin_entry(&j);
            fprintf(j.file, "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":\"%s\"}}", n, lane, lane_name[lane]);
        }
    }
    timeline_each_stretch(t, put_stretch, &j);
    for (u64 i = 0; i < timeline_kept(t); i++)
        if (timeline_state_of(timeline_at(t, i)->heard.kind) == TIMELINE_STATES) put_moment(&j, timeline_at(t, i));
    fputs("\n]}\n", j.file);
    bool whole = !ferror(j.file);
    return (fclose(j.file) == 0 && whole) || fail(err, "%s: %s", path, strerror(errno));
}

/* --- the picture --- */

enum { LEFT = 120, WIDTH = 1480, RIGHT = 24, LANE_HEIGHT = 32, LANE_GAP = 8, TOP = 40, PARTS = 8 };
static const u32 PAPER = 0xffffff, INK = 0x202020, PALE = 0xe8e8e8;

struct drawing {
    struct canvas canvas;
    u64 from, to;
};

static int column(const struct drawing *d, u64 tick)
{
    return LEFT + (int)((double)(tick - d->from) / (double)(d->to - d->from) * WIDTH);
}

static int row(unsigned processor, unsigned lane) { return TOP + (int)(processor * (LANES * (LANE_HEIGHT + LANE_GAP) + LANE_GAP) + lane * (LANE_HEIGHT + LANE_GAP)); }

/* Each mode and privilege has a colour; so has, by chance, each address space. */
static u32 color_of(enum timeline_state state, u64 value)
{
    static const u32 modes[CPU_MODES] = { 0xc8a060, 0xd8c070, 0x6090c8, 0x70b0a0, 0x5070b0 }, rings[] = { 0xb05050, 0xb08050, 0xb0a050, 0x60a860 };
    u32 hash = (u32)((value >> 12) * 0x9e3779b1u);

    if (state == TIMELINE_MODE) return modes[value % CPU_MODES];
    if (state == TIMELINE_CPL) return rings[value & 3];
    return (0x60 + (hash >> 8 & 0x7f)) << 16 | (0x60 + (hash >> 16 & 0x7f)) << 8 | (0x60 + (hash >> 24 & 0x7f));
}

static void draw_stretch(void *context, unsigned processor, enum timeline_state state, u64 value, u64 from, u64 to)
{
    struct drawing *d = context;
    char text[64];
    int x = column(d, from), width = column(d, to) - x;

    timeline_state_text(state, value, text, sizeof text);
    canvas_fill(&d->canvas, x, row(processor, state), width ? width : 1, LANE_HEIGHT, color_of(state, value));
    if (width > (int)(strlen(text) + 1) * CANVAS_GLYPH_WIDTH) canvas_text(&d->canvas, x + 4, row(processor, state) + 8, PAPER, text);
}

static void draw_moment(struct drawing *d, const struct timeline_event *e)
{
    static const u32 colors[] = { 0x3060c0, 0x30a0a0, 0x8050b0, 0xc06030, 0x507020, 0xb03070 };
    bool fault = lane_of(e->heard.kind) == LANE_FAULTS;

    canvas_fill(&d->canvas, column(d, e->heard.tick), row(e->processor, lane_of(e->heard.kind)), 1, LANE_HEIGHT, fault ? 0xc00000 : colors[e->heard.number % ARRAY_COUNT(colors)]);
}

static void draw_axis(struct drawing *d, u64 ips)
{
    char text[64];

    for (unsigned i = 0; i <= PARTS; i++) {
        u64 tick = d->from + (d->to - d->from) / PARTS * i;
        int x = LEFT + (int)(i * WIDTH / PARTS);
        canvas_fill(&d->canvas, x, TOP - 6, 1, (int)d->canvas.height - TOP, PALE);
        snprintf(text, sizeof text, "%.6f s", (double)tick / (double)ips);
        if (i < PARTS) canvas_text(&d->canvas, x + 4, 4, INK, text);
        snprintf(text, sizeof text, "%llu", (llu)tick);
        if (i < PARTS) canvas_text(&d->canvas, x + 4, 18, INK, text);
    }
}

static void draw_lanes(struct drawing *d, unsigned processor)
{
    char text[32];

    for (unsigned lane = 0; lane < LANES; lane++) {
        snprintf(text, sizeof text, "(%u) %s", processor, lane_name[lane]);
        canvas_text(&d->canvas, 4, row(processor, lane) + 8, INK, text);
        canvas_fill(&d->canvas, LEFT, row(processor, lane) + LANE_HEIGHT, WIDTH, 1, PALE);
    }
}

bool timeline_write_png(const struct timeline *t, const char *path, struct error *err)
{
    struct drawing d = { .from = timeline_first(t), .to = timeline_end(t) };

    if (d.to == d.from) return fail(err, "no time has passed since timeline on");
    if (!canvas_open(&d.canvas, LEFT + WIDTH + RIGHT, (unsigned)row(t->processors, 0), PAPER)) return fail(err, "%s: no memory for a picture", path);
    draw_axis(&d, t->ips);
    for (unsigned n = 0; n < t->processors; n++) draw_lanes(&d, n);
    timeline_each_stretch(t, draw_stretch, &d);
    for (u64 i = 0; i < timeline_kept(t); i++)
        if (timeline_state_of(timeline_at(t, i)->heard.kind) == TIMELINE_STATES) draw_moment(&d, timeline_at(t, i));
    bool done = canvas_write(&d.canvas, path, err);
    canvas_close(&d.canvas);
    return done;
}
