/* What gdb or a person may send to the debugger of a small machine, right, nearly right and wrong.  A sanitizer is the judge, the stub's list of breakpoints,
 * which must go with it, and where the panes of the window may be clicked.      doc: fuzz */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gui/gdbstub/stub.h"
#include "gui/panes/parts.h"
#include "tests/fuzz/hostile.h"
#include "tests/fuzz/kept.h"
#include "tests/fuzz/targets.h"

enum { PROCESSORS = 2, CODE = 0x1000, LINES = 12, SEEDS = 40, FILE_MOST = 64 << 20 };

/* Commands print, and may write files of any name. */
void quiet_begin(void)
{
    int nothing = open("/dev/null", O_WRONLY);

    fflush(stdout);
    dup2(nothing, 1);
    close(nothing);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ FILE_MOST, FILE_MOST });
    if (chdir(in_room("."))) perror(in_room(".")), exit(2);
}

/* --- a machine --- */

/* 16-bit code that stores, loads, faults and interrupts. */
static const u8 program[] = { 0xa1, 0x00, 0x20, 0x40, 0xa3, 0x00, 0x20, 0xcd, 0x80, 0x0f, 0x0b, 0xd9, 0xe8, 0xeb, 0xf1 };

static struct machine *machine_of(unsigned processors)
{
    static struct kept_machine kept[PROCESSORS + 1];
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 1 << 20;
    config.vga.memory_mib = 4;
    config.cpu_count = processors;
    struct machine *m = kept_begin(&kept[processors], &config, &err);
    if (!m) fputs(err.text, stderr), abort();
    return m;
}

static void begin(struct session *s, unsigned processors)
{
    struct error err = { 0 };
    u8 vectors[1024];

    *s = (struct session){ .machine = machine_of(processors), .symbols = symbols_open(), .ticks_left = UINT64_MAX, .attended = true };
    for (unsigned i = 0; i < sizeof vectors; i += 4) memcpy(vectors + i, "\x0d\x10\0\0", 4);     /* all lead to the jump back */
    machine_poke(s->machine, 0, vectors, sizeof vectors);
    machine_poke(s->machine, CODE, program, sizeof program);
    machine_choose_processor(s->machine, processors);
    struct cpu *cpu = machine_cpu(s->machine);
    cpu_set_register(cpu, "cs", 0, &err);
    cpu_set_register(cpu, "rip", CODE, &err);
}

static void end(struct session *s)
{
    struct error err = { 0 };

    session_end(s, &err);
    symbols_free(s->symbols);
}

/* --- packets --- */

static void put_number(char *text)
{
    static const char *const interesting[] = { "0", "1", "2", "4", "1000", "1003", "2000", "7fffffff", "ffffffff", "ffffffffffffffff", "fffffffffffff000", "10000000000000000", "-1", "" };

    if (pick(3)) strcat(text, ONE_OF(interesting));
    else sprintf(text + strlen(text), "%x", pick(1 << 20));
}

static void put_digits(char *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++) sprintf(text + strlen(text), "%02x", pick(256));
}

/* A template: n a number, h digits, anything else itself. */
static size_t make_packet(char *text)
{
    static const char *const forms[] = {
        "?", "g", "Gh", "G", "pn", "Pn=h", "mn,n", "Mn,n:h", "Xn,n:h", "Zn,n,n", "Z0,n,1", "Z2,n,2", "Z4,n,n", "zn,n,n", "z0,n,1", "c", "Cn", "s", "Sn", "vCont?", "vCont;c", "vCont;s:n",
        "vCont;rn,n:n", "vCont;Cn;s:n", "vCont;n:n;c:-1;t:n", "Hgn", "Hcn", "Tn", "qC", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo,n", "qSupported:n;h", "qAttached:n", "qOffsets",
        "qXfer:features:read:target.xml:n,n", "qXfer:memory-map:read::n,n", "qRcmd,h", "qRcmd,63616c632031", "qRcmd,62742031", "qRcmd,626c697374", "bs", "bc", "QStartNoAckMode", "vn", "qn", "h",
    };
    const char *form = ONE_OF(forms);

    text[0] = 0;
    for (; *form; form++) {
        if (*form == 'n') put_number(text);
        else if (*form == 'h') put_digits(text, pick(8) ? pick(20) : pick(800));
        else sprintf(text + strlen(text), "%c", *form);
    }
    size_t size = strlen(text);
    while (size && !pick(6)) text[pick((u32)size)] = (char)(1 + pick(255));
    return size;
}

static void swallow(void *context, const char *text, size_t size)
{
    (void)context;
    if (size > PACKET_MOST || memchr(text, 0, size)) fprintf(stderr, "an answer of %zu bytes\n", size), abort();
}

static bool enough(void *context)
{
    (void)context;
    return true;                 /* a run is one slice */
}

static void check_breaks(const struct session *s)
{
    for (unsigned i = 0; i < s->breakpoints.room; i++)
        if (s->breakpoints.entry[i].used) fprintf(stderr, "breakpoint %u outlives gdb\n", i + 1), abort();
}

/* First one byte: which machine, which architecture, how long a run is; then packets, a line each, or, after a blank, a frame as it is. */
void packets_take(const u8 *bytes, size_t size)
{
    static struct gdb_stub stub;
    static struct packet_reader reader;
    struct session s;
    u8 kind = size ? *bytes : 0;
    char *frame = malloc(2 * size + 8);

    begin(&s, 1 + (kind & 1));
    memset(&reader, 0, sizeof reader);
    gdb_stub_begin(&stub, &s, &(struct gdb_link){ .send = swallow, .interrupted = enough }, (enum gdb_architecture)((kind >> 1) % GDB_ARCHITECTURES));
    stub.slice_ticks = 1 + kind * 8;
    for (size_t at = 1, next; at < size; at = next + 1) {
        const u8 *end = memchr(bytes + at, '\n', size - at);
        next = end ? (size_t)(end - bytes) : size;
        bool framed = bytes[at] == ' ';
        size_t n = framed ? next - at - 1 : packet_frame((const char *)bytes + at, next - at, frame);
        if (framed) memcpy(frame, bytes + at + 1, n);
        for (size_t i = 0; i < n; i++)
            if (packet_take(&reader, (u8)frame[i]) == PACKET_WHOLE) gdb_stub_packet(&stub, reader.text, reader.size);
        s.over = false;
    }
    gdb_stub_end(&stub);
    check_breaks(&s);
    end(&s);
    free(frame);
}

/* A script of the templates above, changed a little. */
static void give_lines(target_seed give, void *context, u64 seed, bool is_packets, void (*make)(char *line, size_t room))
{
    char text[LINES * 8192], line[8192];
    size_t size = 0;

    hostile_seed(seed);
    if (is_packets) text[size++] = (char)pick(256);
    for (unsigned n = 0; n < LINES; n++) {
        make(line, sizeof line);
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\n", line);
    }
    give(context, text, size);
}

static void make_packet_line(char *line, size_t room)
{
    (void)room;
    make_packet(line);
}

void packets_seeds(target_seed give, void *context)
{
    for (u64 seed = 1; seed <= SEEDS; seed++) give_lines(give, context, seed, true, make_packet_line);
}

const char *const packets_words[] = { "vCont;s:1;c", "qXfer:features:read:target.xml:", "qRcmd,", "Z0,", "z2,", "Z4,1000,4", "m1000,100", "M2000,4:", "X2000,3:", "P8=", "Hg", "T1", "QStartNoAckMode", "qSupported:", " $g#67", " $", "\x03", "}", "#", "ffffffffffffffff", NULL };

/* --- commands --- */

/* Those that write files of the host are left out; words of what a command may take stand in one list for all. */
static const char *const names[] = {
    "c", "s", "n", "u", "lb", "b", "pb", "vb", "sb", "sba", "catch", "blist", "d", "bpe", "bpd", "watch", "lwatch", "unwatch", "r", "sreg", "creg", "dreg", "x", "xp", "set", "setpmem", "page",
    "print-string", "bt", "print-stack", "calc", "processor", "ptime", "info", "why", "explain", "walk", "map", "desc", "gate", "tss", "ldsym", "slist", "list", "help", "modebp", "fpu", "mmx",
    "sse", "ymm", "hash", "loadmem", "finish", "rla", "expect", "frobnicate", "", "cpu", "zmm", "tb", "condition", "ignore", "rwatch", "awatch", "trace-reg", "trace-mem", "show", "instrument",
    "profile", "timeline", "tripwire", "addlyt", "remlyt", "lyt", "if", "echo", "query", "take", "nmi", "doit", "restore", "gva2gpa", "stop", "deref", "crc", "tlb", "setmagicbps", "clrmagicbps", "x/4wx", "print/t",
};
const char *const commands_words[] = {
    "0", "1", "0x1000", "0x2000", "-1", "0xffffffffffffffff", "eax", "$rip", "tick", "0:0x1000", "cs:ip", "[0x2000]", "@0x2000", "byte", "(", ")", "+", "*", "/", "%", "<<", "&&", "==", "!", "~",
    "=", "if", "r", "w", "v", "stop", "continue", "/4wx", "/2i", "/s", "/99999999x", "/bm", "int", "fault", "#PF", "#ZZ", "in", "out", "msr", "mode", "task", "triple", "irq", "gdt", "ldt", "idt",
    "tss", "tab", "cpu", "device", "pic1", "break", "symbols", "\"", "\"eax\"", "main.c:1", "\"a/b.c\":7", "not", "all", "/dev/null", "/nowhere", "global", "100", "64", "16", "eip", "st0", "off", "on", "call", "mode", "softint", "$ 2", "\"cpu0\"", "\"pic1.irr\"", "xml", "pending", "nmi", "smi", "read", "write", "line", "linux", "threads", "status", "pic", "u", "hex", "size", "$cpu", "*0x1000",
    "port", "memory", "code", "flags", "stack", "eoi", "unwritten", NULL,
};

static void make_command(char *line, size_t size)
{
    snprintf(line, size, "%s", ONE_OF(names));
    for (unsigned n = pick(6); n; n--) snprintf(line + strlen(line), size - strlen(line), "%s%s", pick(5) ? " " : "", commands_words[pick(ARRAY_COUNT(commands_words) - 1)]);
    while (*line && !pick(8)) line[pick((u32)strlen(line))] = (char)(1 + pick(255));
}

/* A line each. */
void commands_take(const u8 *bytes, size_t size)
{
    struct session s;
    char *text = malloc(size + 1);

    memcpy(text, bytes, size);
    text[size] = 0;
    begin(&s, 1 + (size && *bytes & 1));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        struct error err = { 0 };
        s.ticks_left = 3000;
        if (strlen(line) < 512 && !session_command(&s, line, &err) && !err.count) fprintf(stderr, "\"%s\" fails without a word\n", line), abort();
        s.over = false;
    }
    end(&s);
    free(text);
}

static void make_command_line(char *line, size_t room) { make_command(line, room < 512 ? room : 512); }

void commands_seeds(target_seed give, void *context)
{
    for (u64 seed = 1; seed <= SEEDS; seed++) give_lines(give, context, seed, false, make_command_line);
}

/* --- panes --- */

/* What can be clicked lies within the window. */
static void check_spots(struct panes *p)
{
    const struct cells *c = panes_cells(p);

    for (unsigned i = 0; i < p->spots; i++) {
        struct cells_region at = p->spot[i].at;
        if (at.x < 0 || at.y < 0 || at.width < 0 || at.x + at.width > c->columns || at.y >= c->rows) fprintf(stderr, "a spot at %d,%d, %d wide\n", at.x, at.y, at.width), abort();
    }
}

/* Any key but the tabulator, which might complete the name of a command that writes files. */
static void do_something(struct panes *p)
{
    static const u8 keys[] = { 0x28, 0x29, 0x2a, 0x3d, 0x3e, 0x3f, 0x42, 0x43, 0x44, 0x48, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x0a, 0x18, 0x06 };
    char line[512];

    switch (pick(8)) {
    case 0: case 1: panes_key(p, ONE_OF(keys), pick(8)); break;
    case 2: case 3: panes_click(p, (int)pick(p->cells.columns + 2u) - 1, (int)pick(p->cells.rows + 2u) - 1); break;
    case 4: panes_wheel(p, (int)pick(p->cells.columns), (int)pick(p->cells.rows), (int)pick(9) - 4); break;
    case 5: panes_resize(p, 1 + pick(pick(4) ? 200 : 500), 1 + pick(pick(4) ? 60 : 200)); break;
    default:
        make_command(line, sizeof line);
        panes_text(p, line);
        if (pick(4)) panes_key(p, 0x28, 0);
        break;
    }
}

/* Any state that a debugger can give a processor is one that panes must show. */
static void change_register(struct cpu *cpu)
{
    static const char *const registers[] = { "eax", "rsp", "rbp", "rip", "eflags", "cs", "ss", "ds", "cr0", "cr2", "cr3", "cr4", "efer" };
    static const u64 values[] = { 0, 1, 0x11, 0x80000011, 0x20, 0x500, 0x100, 0x1000, 0x2000, 0xfffff000, 0xffff800000000000, 0x7fffffffffff, UINT64_MAX, 0xfffffffffffffff0 };
    struct error err = { 0 };

    cpu_set_register(cpu, ONE_OF(registers), pick(3) ? ONE_OF(values) : pick_wide(), &err);
}

unsigned long panes_play(const struct fuzz_target *t, unsigned long most)
{
    struct session s;
    unsigned long n;

    (void)t;
    begin(&s, 1 + pick(2));
    panes_open(&s);
    for (n = 0; n < most && !hostile_over(); n++) {
        hostile_at(n);
        if (!pick(20)) s.panes->driver = s.panes->driver ? NULL : "somebody";
        if (!pick(10)) change_register(machine_cpu(s.machine));
        do_something(s.panes);
        s.ticks_left = 3000;
        panes_act(s.panes);
        s.over = false;
        check_spots(s.panes);
    }
    end(&s);
    return n ? n : 1;
}
