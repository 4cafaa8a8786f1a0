#include "gui/automation/script.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"
#include "gui/screenshot.h"
#include "gui/serve.h"
#include "gui/debugger/why.h"

enum { STATUS_PANIC = 1, STATUS_USAGE = 2, STATUS_EXPECT = 3, STATUS_TRIPLE_FAULT = 5, TEXT_BYTES = 65536, SCREEN = -1 };

int session_status_of(const struct machine_stop *stop)
{
    switch (stop->kind) {
    case MACHINE_EXIT: return stop->code;
    case MACHINE_TRIPLE_FAULT: return STATUS_TRIPLE_FAULT;
    case MACHINE_HALTED_FOREVER: case MACHINE_WILD: case MACHINE_FAULT_LOOP: case MACHINE_PANIC: case MACHINE_PAUSED: return STATUS_PANIC;
    default: return 0;
    }
}

static bool final(const struct machine_stop *stop)
{
    return stop->kind != MACHINE_TICKS && stop->kind != MACHINE_BREAK && stop->kind != MACHINE_REQUEST;
}

static void show_next(struct session *s)
{
    struct cpu_view v;
    u8 bytes[15];
    char text[128] = "(bad)", name[SYMBOL_TEXT];

    cpu_view(machine_cpu(s->machine), &v);
    u64 la = next_linear(&v);
    unsigned length = disassemble(bytes, machine_peek_linear(s->machine, la, bytes, sizeof bytes), v.rip, v.code_bits, text, sizeof text);
    printf("(0) [0x%012llx] %04x:%016llx (%s): %-40s ; ", (unsigned long long)la, v.seg[CPU_SEG_CS].selector, (unsigned long long)v.rip,
           *symbols_name(s->symbols, la, name) ? name : "unk. ctxt", text);
    for (unsigned i = 0; i < length; i++) printf("%02x", bytes[i]);
    putchar('\n');
    source_show_line(s, la);
}

void session_show_place(struct session *s)
{
    printf("Next at t=%llu\n", (unsigned long long)machine_tick(s->machine));
    show_next(s);
}

/* Up to the next stop that is to be seen. */
static struct machine_stop run_on(struct session *s, u64 ticks)
{
    struct machine_stop stop;
    u64 start = machine_tick(s->machine), done = 0;
    bool on;

    do {
        breakpoints_arm(&s->breakpoints, s->machine);
        stop = s->serve ? serve_run(s->serve, ticks - done) : machine_run(s->machine, ticks - done);
        on = stop.kind == MACHINE_BREAK && breakpoints_stopped(s);
        done = machine_tick(s->machine) - start;
    } while (on && done < ticks);
    if (on) stop.kind = MACHINE_TICKS;
    return stop;
}

struct machine_stop session_run(struct session *s, u64 ticks)
{
    u64 start = machine_tick(s->machine);
    if (s->over) return (struct machine_stop){ .kind = MACHINE_REQUEST };
    if (ticks > s->ticks_left) ticks = s->ticks_left;
    if (s->time_break > start && ticks > s->time_break - start) ticks = s->time_break - start;
    struct machine_stop stop = run_on(s, ticks);

    if (s->ticks_left != UINT64_MAX) s->ticks_left -= machine_tick(s->machine) - start;
    if (s->time_break && machine_tick(s->machine) >= s->time_break) {
        s->time_break = 0;
        puts("(0) Caught time breakpoint");
        stop.kind = stop.kind == MACHINE_TICKS ? MACHINE_BREAK : stop.kind;
    }
    if (stop.kind == MACHINE_BREAK) session_show_place(s);
    if (final(&stop)) {
        printf("orrery: %s\n", stop.text);
        if (stop.kind == MACHINE_TRIPLE_FAULT) why_triple_fault(machine_cpu(s->machine), s->symbols);
        snprintf(s->stop, sizeof s->stop, "%s", stop.text);
        s->over = !s->attended;
        s->status = session_status_of(&stop);
    } else if (s->ticks_left == 0) {
        printf("orrery: the run limit is reached at tick %llu\n", (unsigned long long)machine_tick(s->machine));
        s->over = true;
        s->status = STATUS_EXPECT;
    }
    return stop;
}

/* --- arguments --- */

/* The next word or "quoted text" with \n \t \\ \" ; false at the end. */
bool next_argument(const char **at, char *word, size_t size)
{
    size_t n = 0;

    while (**at == ' ' || **at == '\t') ++*at;
    if (!**at) return false;
    bool quoted = **at == '"';
    *at += quoted;
    while (**at && (quoted ? **at != '"' : **at != ' ' && **at != '\t')) {
        char c = *(*at)++;
        if (quoted && c == '\\' && **at) {
            c = *(*at)++;
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if (n + 1 < size) word[n++] = c;
    }
    if (quoted && **at) ++*at;
    word[n] = 0;
    return true;
}

/* "30s", "500ms", "2.5" (seconds) as ticks. */
static bool ticks_of(const struct session *s, const char *text, u64 *ticks)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || value < 0 || value > 1e9) return false;
    if (strcmp(end, "ms") == 0) value /= 1000;
    else if (*end && strcmp(end, "s") != 0) return false;
    *ticks = (u64)(value * (double)machine_ips(s->machine));
    return true;
}

/* --- text of screen and serial lines --- */

static const char *text_of(struct session *s, int where, char *text)
{
    if (where == SCREEN) machine_screen_text(s->machine, text, TEXT_BYTES);
    else machine_serial_text(s->machine, (unsigned)where, text, TEXT_BYTES);
    return text;
}

static bool where_of(const char *name, int *where)
{
    static const struct { const char *name; int where; } known[] = { { "screen", SCREEN }, { "com1", 0 }, { "com2", 1 }, { "e9", MACHINE_E9 } };
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
        if (strcmp(name, known[i].name)) continue;
        *where = known[i].where;
        return true;
    }
    return false;
}

static bool text_arguments(struct session *s, const char *at, char *wanted, size_t size, u64 *ticks, int *where, struct error *err)
{
    char word[64];

    if (!next_argument(&at, wanted, size)) return fail(err, "which text? e.g. wait-text \"A:\\\\>\" 30s");
    while (next_argument(&at, word, sizeof word)) {
        if (strcmp(word, "--on") == 0) {
            if (!next_argument(&at, word, sizeof word) || !where_of(word, where)) return fail(err, "--on takes screen, com1, com2 or e9");
        } else if (!ticks_of(s, word, ticks)) {
            return fail(err, "\"%s\" is no time; write 30s or 500ms (virtual time)", word);
        }
    }
    return true;
}

static void show_missing(struct session *s, const char *wanted, const char *text)
{
    printf("orrery: \"%s\" did not appear by tick %llu; there is:\n%s", wanted, (unsigned long long)machine_tick(s->machine), text);
    s->over = true;
    s->status = STATUS_EXPECT;
}

static bool wait_text(struct session *s, const char *at, struct error *err)
{
    char wanted[512], *text = malloc(TEXT_BYTES);
    u64 limit = 60 * machine_ips(s->machine), step = machine_ips(s->machine) / 20;
    int where = SCREEN;
    bool ok = text_arguments(s, at, wanted, sizeof wanted, &limit, &where, err);
    u64 end = machine_tick(s->machine) + limit;

    while (ok && !s->over && !strstr(text_of(s, where, text), wanted)) {
        if (machine_tick(s->machine) >= end) show_missing(s, wanted, text);
        else if (session_run(s, step).kind == MACHINE_BREAK) break;
    }
    free(text);
    return ok;
}

static bool expect_text(struct session *s, const char *at, struct error *err)
{
    char wanted[512], *text = malloc(TEXT_BYTES);
    u64 unused;
    int where = SCREEN;
    bool ok = text_arguments(s, at, wanted, sizeof wanted, &unused, &where, err);

    if (ok && !strstr(text_of(s, where, text), wanted)) show_missing(s, wanted, text);
    free(text);
    return ok;
}

/* --- commands --- */

static bool run_ticks(struct session *s, const char *at, struct error *err)
{
    char word[64];
    u64 ticks = UINT64_MAX;

    if (next_argument(&at, word, sizeof word)) {
        char *end;
        ticks = strtoull(word, &end, 0);
        if (*end && !ticks_of(s, word, &ticks)) return fail(err, "\"%s\" is no number of ticks and no time", word);
    }
    session_run(s, ticks);
    return true;
}

static bool step(struct session *s, const char *at, struct error *err)
{
    char word[64];
    u64 ticks = 1;

    (void)err;
    if (next_argument(&at, word, sizeof word)) ticks = strtoull(word, NULL, 0);
    if (session_run(s, ticks).kind == MACHINE_TICKS && !s->over) session_show_place(s);
    return true;
}

/* u [/N] [ADDRESS]: linear; from the instruction that runs next when no address is given. */
static bool unassemble(struct session *s, const char *at, struct error *err)
{
    char word[64], text[128], name[SYMBOL_TEXT];
    struct cpu_view v;
    u8 bytes[15];
    unsigned count = 10;

    cpu_view(machine_cpu(s->machine), &v);
    u64 la = next_linear(&v);
    while (*(at += strspn(at, " \t")) == '/' && next_argument(&at, word, sizeof word)) count = (unsigned)strtoul(word + 1, NULL, 0);
    if (*at && !expression_value(s, at, &la, err)) return false;
    for (unsigned i = 0; i < count && i < 1000; i++) {
        size_t n = machine_peek_linear(s->machine, la, bytes, sizeof bytes);
        if (!n) return fail(err, "nothing is mapped at linear 0x%llx", (unsigned long long)la);
        unsigned length = disassemble(bytes, n, la, v.code_bits, text, sizeof text);
        bool named = *symbols_name(s->symbols, la, name);
        printf("%016llx: %s%s%s%-40s ; ", (unsigned long long)la, named ? "(" : "", name, named ? "): " : "", length ? text : "(bad)");
        for (unsigned b = 0; b < (length ? length : 1); b++) printf("%02x", bytes[b]);
        putchar('\n');
        la += length ? length : 1;
    }
    return true;
}

static bool type_text(struct session *s, const char *at, struct error *err)
{
    char text[2048];

    if (!next_argument(&at, text, sizeof text)) return fail(err, "what? e.g. type \"dir\\n\"");
    if (!machine_type(s->machine, text)) return fail(err, "some characters of \"%s\" have no key on a US keyboard", text);
    while (machine_typing(s->machine) && !s->over) session_run(s, machine_ips(s->machine) / 100);
    return true;
}

/* USB HID usages of the keys that have names. */
static u8 key_of(const char *name)
{
    static const struct { const char *name; u8 usage; } keys[] = {
        { "enter", 0x28 }, { "esc", 0x29 }, { "backspace", 0x2a }, { "tab", 0x2b }, { "space", 0x2c }, { "insert", 0x49 }, { "home", 0x4a },
        { "pageup", 0x4b }, { "delete", 0x4c }, { "end", 0x4d }, { "pagedown", 0x4e }, { "right", 0x4f }, { "left", 0x50 }, { "down", 0x51 },
        { "up", 0x52 }, { "ctrl", 0xe0 }, { "shift", 0xe1 }, { "alt", 0xe2 }, { "del", 0x4c },
    };
    int n;

    if ((name[0] | 32) == 'f' && (n = atoi(name + 1)) >= 1 && n <= 12) return (u8)(0x39 + n);
    if (!name[1] && (name[0] | 32) >= 'a' && (name[0] | 32) <= 'z') return (u8)(4 + (name[0] | 32) - 'a');
    if (!name[1] && name[0] >= '1' && name[0] <= '9') return (u8)(0x1e + name[0] - '1');
    for (unsigned i = 0; i < ARRAY_COUNT(keys); i++)
        if (strcasecmp(name, keys[i].name) == 0) return keys[i].usage;
    return 0;
}

/* "ctrl-alt-del": pressed in order, released in reverse, 50 ms of virtual time apart. */
static bool press_key(struct session *s, const char *at, struct error *err)
{
    char word[128], *rest = word, *name;
    u8 usage[8];
    unsigned n = 0;

    if (!next_argument(&at, word, sizeof word)) return fail(err, "which key? e.g. key F1, key ctrl-alt-del");
    while ((name = strsep(&rest, "-")) && n < ARRAY_COUNT(usage)) {
        usage[n] = key_of(name);
        if (!usage[n++]) return fail(err, "there is no key \"%s\"", name);
    }
    for (unsigned i = 0; i < n; i++) machine_key(s->machine, usage[i], true), session_run(s, machine_ips(s->machine) / 20);
    while (n--) machine_key(s->machine, usage[n], false), session_run(s, machine_ips(s->machine) / 20);
    return true;
}

enum { POINTER_NUMBERS = 3 };

/* "10 -5 left": up to three numbers of at most 32767, and the buttons that are down until the next one says otherwise. */
static bool read_pointer(const char *at, int *moved, unsigned *buttons, struct error *err)
{
    static const struct { const char *name; unsigned bit; } button[] = { { "left", 1 }, { "right", 2 }, { "middle", 4 }, { "fourth", 8 }, { "fifth", 16 } };
    unsigned n = 0;
    char word[32];

    while (next_argument(&at, word, sizeof word)) {
        char *end;
        unsigned i = 0;
        long v = strtol(word, &end, 10);
        if (end != word && !*end && n < POINTER_NUMBERS && v >= -32767 && v <= 32767) {
            moved[n++] = (int)v;
            continue;
        }
        while (i < ARRAY_COUNT(button) && strcasecmp(word, button[i].name)) i++;
        if (i == ARRAY_COUNT(button)) return fail(err, "\"%s\" is no movement and no button; e.g. mouse 10 -5, mouse 0 0 -1 left", word);
        *buttons |= button[i].bit;
    }
    return true;
}

static bool move_mouse(struct session *s, const char *at, struct error *err)
{
    int moved[POINTER_NUMBERS] = { 0 };
    unsigned buttons = 0;

    if (!read_pointer(at, moved, &buttons, err)) return false;
    machine_mouse(s->machine, moved[0], moved[1], moved[2], buttons);
    session_run(s, machine_ips(s->machine) / 20);
    return true;
}

/* "joystick 0 255 128 1": where the first stick is, and that its first button is down. */
static bool move_joystick(struct session *s, const char *at, struct error *err)
{
    static const char usage[] = "which stick, where, which buttons? e.g. joystick 0 128 255 1";
    unsigned number[3] = { 0 }, buttons = 0, n = 0;
    char word[32], *end;

    for (; next_argument(&at, word, sizeof word); n++) {
        unsigned long v = strtoul(word, &end, 10);
        if (end == word || *end || v > (n == 0 ? 1 : n < 3 ? 255 : 2) || (n >= 3 && !v)) return fail(err, "\"%s\": %s", word, usage);
        if (n < 3) number[n] = (unsigned)v;
        else buttons |= (unsigned)v;
    }
    if (n < 3) return fail(err, "%s", usage);
    machine_joystick(s->machine, number[0], number[1], number[2], buttons);
    return true;
}

/* "point 16384 16384": of a screen that is 32767 wide and high. */
static bool point(struct session *s, const char *at, struct error *err)
{
    int to[POINTER_NUMBERS] = { 0 };
    unsigned buttons = 0;

    if (!read_pointer(at, to, &buttons, err)) return false;
    if (to[0] < 0 || to[1] < 0) return fail(err, "the screen begins at 0 0, in the upper left corner");
    if (!machine_points(s->machine)) return fail(err, "the guest uses no tablet: usb_uhci: enabled=1, port1=tablet, and a driver");
    machine_point(s->machine, (unsigned)to[0], (unsigned)to[1], to[2], buttons);
    session_run(s, machine_ips(s->machine) / 20);
    return true;
}

static bool screenshot(struct session *s, const char *at, struct error *err)
{
    char path[1024];
    if (!next_argument(&at, path, sizeof path)) return fail(err, "which file? e.g. screenshot screen.png");
    return screenshot_write(s->machine, path, err);
}

static bool print_screen(struct session *s, const char *at, struct error *err)
{
    char *text = malloc(TEXT_BYTES);
    (void)at;
    (void)err;
    fputs(text_of(s, SCREEN, text), stdout);
    free(text);
    return true;
}

static bool hash(struct session *s, const char *at, struct error *err)
{
    (void)at;
    (void)err;
    printf("tick %llu hash %016llx\n", (unsigned long long)machine_tick(s->machine), (unsigned long long)machine_hash(s->machine));
    return true;
}

static bool info(struct session *s, const char *at, struct error *err)
{
    enum { SHOWN = 16 };
    char word[64] = "";
    const void *instance;

    next_argument(&at, word, sizeof word);
    if (strcmp(word, "device")) return debug_info(s, word, at, err);
    if (!next_argument(&at, word, sizeof word)) {
        for (unsigned i = 0; machine_device_name(s->machine, i); i++) puts(machine_device_name(s->machine, i));
        return true;
    }
    const struct state_layout *layout = machine_device_state(s->machine, word, &instance);
    if (!layout) return fail(err, "there is no device \"%s\"; info device lists them", word);
    for (u32 f = 0; f < layout->count; f++) {
        const struct state_field *field = &layout->fields[f];
        printf("%-18s", field->name);
        for (u32 i = 0; i < field->count && i < SHOWN; i++) printf(" %llx", (unsigned long long)state_get(field, instance, i));
        printf("%s  %s%s%s\n", field->count > SHOWN ? " .." : "", field->meaning, *field->unit ? ", " : "", field->unit);
    }
    return true;
}

static bool reset(struct session *s, const char *at, struct error *err)
{
    (void)at;
    (void)err;
    machine_reset(s->machine);
    return true;
}

static bool quit(struct session *s, const char *at, struct error *err)
{
    char word[16];
    (void)err;
    s->over = true;
    s->status = next_argument(&at, word, sizeof word) ? atoi(word) & 0xff : 0;
    return true;
}

static bool help(struct session *s, const char *at, struct error *err);

static const struct command {
    const char *names, *syntax, *meaning;
    bool (*act)(struct session *s, const char *arguments, struct error *err);
} commands[] = {
    { "c cont continue", "[TICKS|TIME]", "run, for ever or so long", run_ticks },
    { "wait", "TIME", "run for so long of virtual time", run_ticks },
    { "s step", "[N]", "run N instructions", step },
    { "u disasm", "[/N] [ADDRESS]", "disassemble at a linear address", unassemble },
    { "lb lbreak", "ADDRESS [if EXPRESSION]", "break at a linear address", debug_linear_break },
    { "b break", "ADDRESS|SYMBOL|FILE:LINE [if EXPRESSION]", "break at a physical address, or at a symbol or source line", debug_break },
    { "pb pbreak", "ADDRESS [if EXPRESSION]", "break at a physical address", debug_physical_break },
    { "vb vbreak", "SELECTOR:OFFSET [if EXPRESSION]", "break at a virtual address", debug_virtual_break },
    { "sb", "TICKS", "stop so many ticks from now", debug_time_break },
    { "sba", "TICK", "stop at that tick", debug_time_break_at },
    { "catch", "fault | #XX | int [VECTOR] | triple | irq [LINE] | in|out|port PORT [COUNT] | rdmsr|wrmsr|msr [NUMBER] | mode | task [TSS] [if EXPRESSION]",
      "stop behind an exception, INT n or a device's interrupt, a triple fault, a line that rises, an access to ports or MSRs, a switch of mode or task", debug_catch },
    { "modebp", "", "catch mode", debug_mode_break },
    { "vmexitbp", "", "refused: no CPU model has VM exits", debug_vm_exit_break },
    { "blist", "", "breakpoints", debug_list_breaks },
    { "d del delete", "N", "delete a breakpoint", debug_delete_break },
    { "bpe", "N", "enable a breakpoint", debug_enable_break },
    { "bpd", "N", "disable a breakpoint", debug_disable_break },
    { "watch", "[r|w|v ADDRESS [BYTES] [if EXPRESSION] | stop | continue]", "stop behind a read, a write, a change of physical memory; or only say so; list", debug_watch },
    { "lwatch", "[r|w|v ADDRESS [BYTES] [if EXPRESSION]]", "the same by linear address, wherever it is mapped", debug_linear_watch },
    { "unwatch", "[ADDRESS]", "delete the watchpoints at an address, or all", debug_unwatch },
    { "trace", "on FILE | off", "everything that is executed; \"orrery trace show FILE\" prints it", debug_trace },
    { "finish", "", "run until the function returns", debug_finish },
    { "rla until", "ADDRESS", "run to a linear address", debug_run_to },
    { "n next p", "", "run one instruction; calls, interrupts and repeats whole", debug_next },
    { "r reg regs registers", "", "general registers", debug_registers },
    { "sreg", "", "segment and table registers", debug_segments },
    { "creg", "", "control registers", debug_control },
    { "dreg", "", "debug registers", debug_debug_registers },
    { "x", "[/NUF] ADDRESS [BYTES]", "memory at a linear address: count, x d u o t c m, b h w g", debug_examine_linear },
    { "xp", "[/NUF] ADDRESS [BYTES]", "the same at a physical address", debug_examine_physical },
    { "set", "REGISTER = EXPRESSION", "change a register", debug_set },
    { "setpmem", "ADDRESS SIZE VALUE", "change 1, 2, 4 or 8 bytes of physical memory", debug_set_memory },
    { "writemem", "FILE ADDRESS BYTES", "linear memory into a file", debug_write_memory },
    { "page", "ADDRESS", "the page-table walk of a linear address", debug_page },
    { "loadmem", "FILE ADDRESS", "a file into linear memory", debug_load_memory },
    { "ldsym", "FILE [OFFSET]", "read symbols: an ELF program, System.map, nm's list, or lines ADDRESS NAME", debug_load_symbols },
    { "list", "[FILE:LINE | FUNCTION | *ADDRESS]", "source: ten lines around; the next ten", debug_list_source },
    { "slist", "[PREFIX]", "symbols", debug_list_symbols },
    { "print-string", "ADDRESS", "characters up to a NUL", debug_print_string },
    { "bt where", "[N]", "who called: by unwind tables, frame pointers, or what looks like return addresses (?)", debug_backtrace },
    { "print-stack", "[N]", "N elements of the stack", debug_stack },
    { "calc ?", "EXPRESSION", "in hexadecimal and decimal", debug_calculate },
    { "processor", "[N]", "the processor that is shown and changed; the one whose turn it is", debug_processor },
    { "ptime", "", "the tick", debug_time },
    { "expect", "EXPRESSION", "status 3 unless it is true, e.g. expect eax == 5 && [0x500] != 0", debug_expect },
    { "wait-text", "\"TEXT\" [TIME] [--on screen|com1|com2|e9]", "run until the text is there; status 3 when it is not in time", wait_text },
    { "expect-text", "\"TEXT\" [--on ...]", "status 3 unless the text is there now", expect_text },
    { "type", "\"TEXT\"", "type on the keyboard; \\n is Enter", type_text },
    { "key", "NAME[-NAME...]", "press keys together: F1, ctrl-alt-del", press_key },
    { "mouse", "[DX [DY [DZ]]] [left right middle fourth fifth]", "move the mouse right, down, its wheel towards you, with these buttons down", move_mouse },
    { "joystick", "N X Y [1] [2]", "joystick 0 or 1: axes 0 to 255, buttons that are down", move_joystick },
    { "point", "X Y [DZ] [left ...]", "point there with the USB tablet: 0 0 to 32767 32767 of the screen", point },
    { "screenshot", "FILE", "the picture as PNG", screenshot },
    { "print-screen", "", "the text screen", print_screen },
    { "hash", "", "XXH3 of the whole state, with the tick", hash },
    { "info", "device [NAME]|gdt|idt|ldt|tss|tab|eflags|cpu|break|symbols", "devices with meanings; tables [FIRST [LAST]]; registers; symbols ADDRESS: its name", info },
    { "why", "[N | all | not [IRQ]]", "the newest fault, or the Nth before it: its instruction, checks, tables, chain; all: a line each; not: what keeps an interrupt away", debug_why },
    { "explain", "[OFFSET]", "the instruction at CS:OFFSET, or the next one, step by step: bytes, operands, accesses, flags", debug_explain },
    { "walk", "ADDRESS [CR3]", "the page walk of a linear address in words, and what the TLB says", debug_walk },
    { "map", "", "all that is mapped, with rights", debug_map },
    { "desc", "SELECTOR", "a descriptor in words", debug_descriptor },
    { "gate", "VECTOR", "a gate of the IDT in words, with its handler's segment", debug_gate },
    { "tss", "", "the current task-state segment", debug_tss },
    { "reset", "", "the reset button", reset },
    { "q quit exit", "[STATUS]", "end", quit },
    { "h help", "", "this list", help },
};

static bool help(struct session *s, const char *at, struct error *err)
{
    (void)s;
    (void)at;
    (void)err;
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        printf("%-22s %-42s %s\n", commands[i].names, commands[i].syntax, commands[i].meaning);
    return true;
}

static bool named(const struct command *command, const char *word)
{
    size_t length = strlen(word);
    const char *at = command->names;

    while (at) {
        if (strncmp(at, word, length) == 0 && (at[length] == ' ' || !at[length])) return true;
        at = strchr(at, ' ');
        at += at != NULL;
    }
    return false;
}

bool session_command(struct session *s, const char *line, struct error *err)
{
    char word[64];

    while (*line == ' ' || *line == '\t') line++;
    if (!*line || *line == '#' || !next_argument(&line, word, sizeof word)) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if (named(&commands[i], word)) return commands[i].act(s, line, err);
    return fail(err, "there is no command \"%s\"; help lists them", word);
}

bool session_end(struct session *s, struct error *err)
{
    breakpoints_free(&s->breakpoints);
    return trace_file_end(&s->trace, s->machine, err);
}

void session_script(struct session *s, const char *path, FILE *in)
{
    char *line = NULL;
    size_t room = 0;
    bool prompt = in == stdin && isatty(0);

    for (unsigned number = 1; !s->over; number++) {
        struct error err = { 0 };
        if (prompt) printf("<orrery:%u> ", number), fflush(stdout);
        if (getline(&line, &room, in) < 0) break;
        line[strcspn(line, "\r\n")] = 0;
        if (session_command(s, line, &err)) continue;
        if (prompt) fputs(err.text, stdout);
        else fprintf(stderr, "%s:%u: %s", path, number, err.text);
        if (prompt) continue;
        s->over = true;
        s->status = STATUS_USAGE;
    }
    fflush(stdout);
    free(line);
}
