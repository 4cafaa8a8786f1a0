/* GDB manual, appendix "GDB Remote Serial Protocol", "Packets", "General Query Packets".    doc: gdbstub */
#include "gui/gdbstub/stub_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"

typedef unsigned long long llu;

enum { EFAULT_OF_GDB = 14, EINVAL_OF_GDB = 22 };

/* --- answers --- */

void gdb_answer(struct gdb_stub *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(g->reply + g->reply_size, sizeof g->reply - g->reply_size, format, args);
    va_end(args);
    if (n > 0) g->reply_size += (size_t)n < sizeof g->reply - g->reply_size ? (size_t)n : sizeof g->reply - 1 - g->reply_size;
}

void gdb_refuse(struct gdb_stub *g, const struct error *err) { gdb_answer(g, "E.%.*s", (int)strcspn(err->text, "\n"), err->text); }

static void wrong(struct gdb_stub *g) { gdb_answer(g, "E%02x", EINVAL_OF_GDB); }

struct cpu *gdb_cpu(struct gdb_stub *g) { return machine_processor(g->session->machine, g->processor); }

void gdb_say(struct gdb_stub *g, const char *text, size_t size)
{
    enum { PIECE = 1024 };
    char hex[2 + 2 * PIECE] = "O";

    for (size_t at = 0; at < size; at += PIECE) {
        size_t n = size - at < PIECE ? size - at : PIECE;
        packet_put_bytes(hex + 1, (const u8 *)text + at, n);
        g->link.send(g->link.context, hex, 1 + 2 * n);
    }
}

/* --- registers --- */

static void read_registers(struct gdb_stub *g, const char *at, size_t size)
{
    u8 bytes[GDB_REGISTER_BYTES];
    char hex[2 * GDB_REGISTER_BYTES + 1];

    (void)at, (void)size;
    for (unsigned n = 0; n < gdb_register_count(g->architecture); n++) {
        packet_put_bytes(hex, bytes, gdb_register_get(gdb_cpu(g), g->architecture, n, bytes));
        gdb_answer(g, "%s", hex);
    }
}

static void read_register(struct gdb_stub *g, const char *at, size_t size)
{
    u8 bytes[GDB_REGISTER_BYTES];
    char hex[2 * GDB_REGISTER_BYTES + 1];
    u64 n;

    (void)size;
    if (!packet_number(&at, &n) || n >= gdb_register_count(g->architecture)) return wrong(g);
    packet_put_bytes(hex, bytes, gdb_register_get(gdb_cpu(g), g->architecture, (unsigned)n, bytes));
    gdb_answer(g, "%s", hex);
}

/* What stays as it is is not written: most registers of a G are the guest's own business. */
static bool write_one(struct gdb_stub *g, unsigned n, const u8 *bytes, struct error *err)
{
    u8 now[GDB_REGISTER_BYTES], wanted[GDB_REGISTER_BYTES] = { 0 };
    unsigned size = gdb_register_get(gdb_cpu(g), g->architecture, n, now);

    memcpy(wanted, bytes, size);
    return !memcmp(now, wanted, size) || gdb_register_set(g->session->machine, cpu_number(gdb_cpu(g)), g->architecture, n, wanted, err);
}

static void write_registers(struct gdb_stub *g, const char *at, size_t size)
{
    u8 bytes[GDB_REGISTERS_BYTES];
    size_t given = packet_take_bytes(at, bytes, sizeof bytes), used = 0;
    struct error err = { 0 };

    (void)size;
    for (unsigned n = 0; n < gdb_register_count(g->architecture); n++) {
        unsigned width = gdb_register_bytes(g->architecture, n);
        if (used + width > given) return wrong(g);
        write_one(g, n, bytes + used, &err);
        used += width;
    }
    if (err.count) gdb_refuse(g, &err);
    else gdb_answer(g, "OK");
}

static void write_register(struct gdb_stub *g, const char *at, size_t size)
{
    u8 bytes[GDB_REGISTER_BYTES];
    struct error err = { 0 };
    u64 n;

    (void)size;
    if (!packet_number(&at, &n) || n >= gdb_register_count(g->architecture) || *at++ != '=') return wrong(g);
    if (packet_take_bytes(at, bytes, sizeof bytes) < gdb_register_bytes(g->architecture, (unsigned)n)) return wrong(g);
    if (write_one(g, (unsigned)n, bytes, &err)) gdb_answer(g, "OK");
    else gdb_refuse(g, &err);
}

/* --- memory, by linear addresses --- */

static bool range(const char **at, u64 *address, u64 *size)
{
    return packet_number(at, address) && *(*at)++ == ',' && packet_number(at, size);
}

static void read_memory(struct gdb_stub *g, const char *at, size_t unused)
{
    u8 bytes[PACKET_MOST / 2];
    char hex[PACKET_MOST + 1];
    u64 address, size;

    (void)unused;
    if (!range(&at, &address, &size)) return wrong(g);
    size_t got = cpu_peek_linear(gdb_cpu(g), address, bytes, size < sizeof bytes ? size : sizeof bytes);
    if (!got && size) {
        gdb_answer(g, "E%02x", EFAULT_OF_GDB);
        return;
    }
    packet_put_bytes(hex, bytes, got);
    gdb_answer(g, "%s", hex);
}

/* Through the guest's page tables, without their A and D bits, and whatever they say of writing. */
static void write_bytes(struct gdb_stub *g, u64 address, const u8 *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        u64 pa;
        if (!cpu_translate(gdb_cpu(g), address + i, &pa) || machine_poke(g->session->machine, pa, bytes + i, 1) != 1) {
            gdb_answer(g, "E%02x", EFAULT_OF_GDB);
            return;
        }
    }
    gdb_answer(g, "OK");
}

static void write_memory(struct gdb_stub *g, const char *at, size_t unused)
{
    u8 bytes[PACKET_MOST / 2];
    u64 address, size;

    (void)unused;
    if (!range(&at, &address, &size) || *at++ != ':' || size > sizeof bytes || packet_take_bytes(at, bytes, sizeof bytes) < size) return wrong(g);
    write_bytes(g, address, bytes, size);
}

static void write_binary(struct gdb_stub *g, const char *text, size_t length)
{
    const char *at = text;
    u64 address, size;

    if (!range(&at, &address, &size) || *at++ != ':' || size != length - (size_t)(at - text)) return wrong(g);
    write_bytes(g, address, (const u8 *)at, size);
}

/* --- threads: processors, numbered from 1 --- */

/* "0" and "-1" are any of them. */
static bool thread(struct gdb_stub *g, const char *at, unsigned any, unsigned *processor)
{
    const char *end = at;
    u64 n;

    *processor = any;
    if (!strcmp(at, "-1") || !strcmp(at, "0")) return true;
    if (!packet_number(&end, &n) || *end || !n || n > machine_processors(g->session->machine)) return false;
    *processor = (unsigned)n - 1;
    return true;
}

/* Hc is of the old s and c, which mean the processor whose turn it is. */
static void choose_thread(struct gdb_stub *g, const char *at, size_t size)
{
    unsigned n = g->stopped;
    bool known = size >= 2 && thread(g, at + 1, g->stopped, &n);

    if (known && *at == 'g') g->processor = n;
    gdb_answer(g, known ? "OK" : "E16");
}

static void thread_lives(struct gdb_stub *g, const char *at, size_t size)
{
    unsigned n;
    (void)size;
    if (thread(g, at, 0, &n)) gdb_answer(g, "OK");
    else wrong(g);
}

static void current_thread(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "QC%x", g->processor + 1);
}

static void threads(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    for (unsigned n = 0; n < machine_processors(g->session->machine); n++) gdb_answer(g, "%s%x", n ? "," : "m", n + 1);
}

static void no_more_threads(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "l");
}

static void thread_info(struct gdb_stub *g, const char *at, size_t size)
{
    struct cpu_view v;
    char text[128], hex[2 * sizeof text + 1];
    unsigned n;

    (void)size;
    if (!thread(g, at, 0, &n)) return wrong(g);
    const struct cpu *cpu = machine_processor(g->session->machine, n);
    cpu_view(cpu, &v);
    int length = snprintf(text, sizeof text, "processor %u, %s, CPL %u%s", n, cpu_mode_name(cpu_mode(cpu)), v.cpl, v.halted ? ", halted" : v.shutdown ? ", in shutdown" : "");
    packet_put_bytes(hex, (const u8 *)text, (size_t)length);
    gdb_answer(g, "%s", hex);
}

/* --- queries --- */

static void supported(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:memory-map:read+;swbreak+;hwbreak+;vContSupported+;ReverseStep+;ReverseContinue+", PACKET_MOST);
}

static void no_acks(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    g->no_acks = true;
    gdb_answer(g, "OK");
}

static void attached(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "1");
}

static void offsets(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    gdb_answer(g, "%s", g->offsets);
}

/* offset,length of a document: m and more is left, or l and it is the end. */
static void transfer(struct gdb_stub *g, const char *at, const char *document)
{
    u64 offset, size, all = strlen(document);

    if (!range(&at, &offset, &size)) return wrong(g);
    if (offset > all) offset = all;
    if (size > PACKET_MOST / 2) size = PACKET_MOST / 2;
    bool last = all - offset <= size;
    gdb_answer(g, "%c%.*s", last ? 'l' : 'm', (int)(last ? all - offset : size), document + offset);
}

static void description(struct gdb_stub *g, const char *at, size_t size)
{
    char *text = gdb_description(g->architecture);
    (void)size;
    transfer(g, at, text);
    free(text);
}

/* Any linear address may be mapped: gdb is to try. */
static void memory_map(struct gdb_stub *g, const char *at, size_t size)
{
    (void)size;
    transfer(g, at, g->architecture == GDB_X86_64 ? "<memory-map><memory type=\"ram\" start=\"0\" length=\"0xffffffffffffffff\"/></memory-map>"
                                                  : "<memory-map><memory type=\"ram\" start=\"0\" length=\"0x100000000\"/></memory-map>");
}

static void detach(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    g->state = GDB_DETACHED;
    gdb_answer(g, "OK");
}

static void kill_machine(struct gdb_stub *g, const char *at, size_t size)
{
    (void)at, (void)size;
    g->state = GDB_KILLED;
    g->session->over = true;
    gdb_answer(g, "OK");
}

/* --- which packet --- */

static const struct {
    const char *begins;
    bool whole;                  /* nothing else may stand behind it */
    gdb_packet *take;
} packets[] = {
    { "?", true, gdb_last_stop }, { "g", true, read_registers }, { "G", false, write_registers }, { "p", false, read_register }, { "P", false, write_register },
    { "m", false, read_memory }, { "M", false, write_memory }, { "X", false, write_binary }, { "Z", false, gdb_insert_break }, { "z", false, gdb_remove_break },
    { "c", false, gdb_continue }, { "C", false, gdb_continue }, { "s", false, gdb_step }, { "S", false, gdb_step }, { "vCont?", true, gdb_resume_kinds }, { "vCont", false, gdb_resume },
    { "H", false, choose_thread }, { "T", false, thread_lives }, { "qC", true, current_thread }, { "qfThreadInfo", true, threads }, { "qsThreadInfo", true, no_more_threads },
    { "qThreadExtraInfo,", false, thread_info }, { "qSupported", false, supported }, { "QStartNoAckMode", true, no_acks }, { "qAttached", false, attached }, { "qOffsets", true, offsets },
    { "qXfer:features:read:target.xml:", false, description }, { "qXfer:memory-map:read::", false, memory_map }, { "qRcmd,", false, gdb_command },
    { "D", false, detach }, { "k", true, kill_machine }, { "vKill", false, kill_machine }, { "bs", true, gdb_step_back }, { "bc", true, gdb_continue_back },
};

/* A packet that is not known is answered by an empty one. */
void gdb_stub_packet(struct gdb_stub *g, const char *text, size_t size)
{
    g->reply_size = 0;
    g->reply[0] = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(packets); i++) {
        size_t n = strlen(packets[i].begins);
        if (size < n || memcmp(text, packets[i].begins, n) || (packets[i].whole && size != n)) continue;
        packets[i].take(g, text + n, size - n);
        break;
    }
    g->link.send(g->link.context, g->reply, g->reply_size);
}

void gdb_stub_begin(struct gdb_stub *g, struct session *session, const struct gdb_link *link, enum gdb_architecture architecture)
{
    machine_choose_processor(session->machine, CPU_NONE);
    unsigned n = cpu_number(machine_cpu(session->machine));
    *g = (struct gdb_stub){ .session = session, .link = *link, .architecture = architecture, .offsets = "", .processor = n, .stopped = n, .slice_ticks = machine_ips(session->machine) / 50 };
    snprintf(g->stop, sizeof g->stop, "T05thread:%x;", n + 1);
}

void gdb_stub_end(struct gdb_stub *g) { gdb_remove_breaks(g); }
