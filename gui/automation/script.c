#include "gui/automation/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "gui/automation/commands.h"
#include "gui/automation/far_lines.h"
#include "gui/automation/prompt.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/tracing.h"
#include "gui/panes/panes.h"
#include "gui/debugger/travel.h"
#include "gui/screenshot.h"

enum { STATUS_USAGE = 2 };

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
            c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
        if (n + 1 < size) word[n++] = c;
    }
    if (quoted && **at) ++*at;
    word[n] = 0;
    return true;
}


bool session_ticks_of(const struct session *s, const char *text, u64 *ticks)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || value < 0 || value > 1e9) return false;
    if (strcmp(end, "ms") == 0) value /= 1000;
    else if (*end && strcmp(end, "s") != 0) return false;
    *ticks = (u64)(value * (double)machine_ips(s->machine));
    return true;
}

/* --- commands --- */

/* [TICKS|TIME] [if EXPRESSION]: without its being true nothing runs. */
static bool run_ticks(struct session *s, const char *at, struct error *err)
{
    char word[64], condition[512];
    u64 ticks = UINT64_MAX, holds = 1;

    while (next_argument(&at, word, sizeof word)) {
        char *end;
        if (!strcmp(word, "if")) {
            at += strspn(at, " \t\"");
            snprintf(condition, sizeof condition, "%.*s", (int)strcspn(at, "\""), at);
            if (!expression_value(s, condition, &holds, err)) return false;
            break;
        }
        ticks = strtoull(word, &end, 0);
        if (*end && !session_ticks_of(s, word, &ticks)) return fail(err, "\"%s\" is no number of ticks and no time", word);
    }
    if (holds) session_run(s, ticks);
    return true;
}

static bool screenshot(struct session *s, const char *at, struct error *err)
{
    char path[1024];
    if (!next_argument(&at, path, sizeof path)) return fail(err, "which file? e.g. screenshot screen.png");
    return screenshot_write(s->machine, path, err);
}

static bool hash(struct session *s, const char *at, struct error *err)
{
    (void)at;
    (void)err;
    printf("tick %llu hash %016llx\n", (unsigned long long)machine_tick(s->machine), (unsigned long long)machine_hash(s->machine));
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

static bool help(struct session *s, const char *at, struct error *err), source(struct session *s, const char *at, struct error *err);
static bool run_lines(struct session *s, const char *path, FILE *in, struct error *err);

static const struct command {
    const char *names, *syntax, *meaning;
    bool (*act)(struct session *s, const char *arguments, struct error *err);
} commands[] = {
    { "c cont continue", "[TICKS|TIME] [if EXPRESSION]", "run, for ever or so long; with a condition that does not hold, not at all", run_ticks },
    { "wait", "TIME", "run for so long of virtual time", run_ticks },
    { "s step si stepi", "[N] | CPU N | all N", "run N instructions; until one processor, or each, has run N", debug_step },
    { "rs reverse-step reverse-stepi", "[N]", "back N instructions", debug_reverse_step },
    { "rn reverse-next reverse-nexti", "", "back one instruction; calls, interrupts and repeats whole", debug_reverse_next },
    { "rc reverse-continue", "", "back to the breakpoint, watchpoint or tripwire that was met last", debug_reverse_continue },
    { "goto", "TICK", "to a tick of the past", debug_go_to },
    { "last-write", "ADDRESS [BYTES]", "back to who changed bytes at a linear address last, instruction or device", debug_last_write },
    { "last-exec", "ADDRESS", "back to when the instruction at a linear address ran last", debug_last_exec },
    { "last-event", "[fault | int | mode | task | cr3 | cpl | irq]", "back to the last event of that kind; fault, int or mode without a word", debug_last_event },
    { "undo", "", "back to where the last run, step or journey began", debug_undo },
    { "present", "", "to the newest tick: the host's input counts again", debug_present },
    { "live", "", "make this moment the present; what came after it has never been", debug_live },
    { "save", "FILE [force]", "the whole machine into a file; force: in place of one that is there", debug_save },
    { "restore", "FILE", "the machine becomes what it was when the file was saved", debug_restore },
    { "migrate", "unix:PATH", "to the process that waits there (orrery --wait unix:PATH); it runs on meanwhile, and this one ends", debug_migrate },
    { "clone", "N [SCRIPT | COMMAND; COMMAND ...]", "N machines from this moment, a process each, with numbers, addresses and journals of their own; this one waits for them", debug_clone },
    { "mirror", "unix:PATH [SECONDS] | off", "the process that waits there follows as the second of two, goes on when this one is killed, and compares all state every so often", debug_mirror },
    { "time-travel", "[on [MIB] | off]", "keep the past, in so much memory; forget it; tell how far it reaches", debug_time_travel },
    { "stop", "", "where the machine stands", debug_stop },
    { "u disasm disassemble", "[/N] [FIRST [LAST]] | size = 16|32|64|0 | switch-mode | hex on|off", "disassemble at a linear address; as that code, not as CS says; in Intel's or AT&T's syntax; numbers in hexadecimal or decimal", debug_unassemble },
    { "lb lbreak hbreak", "ADDRESS [if EXPRESSION]", "break at a linear address", debug_linear_break },
    { "tb tbreak thbreak", "ADDRESS [if EXPRESSION]", "the same, once", debug_break_once },
    { "b break", "ADDRESS|SYMBOL|FILE:LINE [if EXPRESSION]", "break at a physical address, or at a symbol or source line", debug_break },
    { "pb pbreak", "ADDRESS [if EXPRESSION]", "break at a physical address", debug_physical_break },
    { "vb vbreak", "SELECTOR:OFFSET [if EXPRESSION]", "break at a virtual address", debug_virtual_break },
    { "sb", "TICKS", "stop so many ticks from now", debug_time_break },
    { "sba", "TICK", "stop at that tick", debug_time_break_at },
    { "catch", "fault | #XX | int [VECTOR] | triple | irq [LINE] | in|out|port PORT [COUNT] | rdmsr|wrmsr|msr [NUMBER] | mode | task [TSS] | cr3 [VALUE] | cpl [CPL] [if EXPRESSION]",
      "stop behind an exception, INT n or a device's interrupt, a triple fault, a line that rises, an access to ports or MSRs, a switch of mode, task, address space or privilege", debug_catch },
    { "modebp", "", "catch mode, and no more", debug_mode_break },
    { "vmexitbp", "", "refused: no CPU model has VM exits", debug_vm_exit_break },
    { "setmagicbps", "[\"REGISTERS\"]", "stop behind XCHG of a 16-bit register with itself: cx dx bx sp bp si di; bx without a name", debug_set_magic },
    { "clrmagicbps", "[\"REGISTERS\"]", "no more", debug_clear_magic },
    { "tripwire", "[NAME [ADDRESS BYTES]]", "stop at what is no fault and seldom meant; without a name: which there are", debug_tripwire },
    { "blist", "", "breakpoints", debug_list_breaks },
    { "d del delete", "N", "delete a breakpoint", debug_delete_break },
    { "bpe enable", "N", "enable a breakpoint", debug_enable_break },
    { "bpd disable", "N", "disable a breakpoint", debug_disable_break },
    { "condition", "N [EXPRESSION]", "the condition of a breakpoint, or none any more", debug_condition },
    { "ignore", "N COUNT", "let a breakpoint pass so often", debug_ignore },
    { "watch", "[r|w|v ADDRESS [BYTES] [if EXPRESSION] | stop | continue]", "stop behind a read, a write, a change of physical memory; or only say so; list", debug_watch },
    { "lwatch", "[r|w|v ADDRESS [BYTES] [if EXPRESSION]]", "the same by linear address, wherever it is mapped", debug_linear_watch },
    { "rwatch", "ADDRESS [BYTES] [if EXPRESSION]", "lwatch r", debug_read_watch },
    { "awatch", "ADDRESS [BYTES] [if EXPRESSION]", "lwatch r and lwatch w", debug_access_watch },
    { "unwatch", "[[read|write] ADDRESS]", "delete the watchpoints at an address, or all", debug_unwatch },
    { "trace", "on [FILE] | off", "each instruction as it runs; into a file, which \"orrery trace show FILE\" prints, a hundred times faster", debug_trace },
    { "trace-reg", "on | off", "registers before each instruction", debug_trace_registers },
    { "trace-mem", "on | off", "accesses to memory of each instruction", debug_trace_memory },
    { "show", "[int|softint|extint|iret|call|mode|task|fault|all|off|vga] | \"PART[.FIELD]\" [xml]", "what happens while the machine runs, a line each: a word switches; the picture, for whoever looks on; state by name", debug_show },
    { "profile", "on | off | [instructions] [N]", "count all that runs; the N functions or instructions that took most ticks", debug_profile },
    { "instrument", "[start|stop|reset|print [N]]", "profile, in the word that Bochs has for it", debug_instrument },
    { "coverage", "FILE", "what profile has counted: source lines as lcov reads them, or instructions", debug_coverage },
    { "timeline", "on | off | [N] | json FILE | png FILE", "modes, privilege, CR3, interrupts, faults, tasks: the newest N; for a trace viewer; as a picture", debug_timeline },
    { "finish", "", "run until the function returns", debug_finish },
    { "rla until advance", "ADDRESS", "run to a linear address", debug_run_to },
    { "n next p ni nexti", "", "run one instruction; calls, interrupts and repeats whole", debug_next },
    { "r reg regs registers", "", "general registers", debug_registers },
    { "sreg", "", "segment and table registers", debug_segments },
    { "creg", "", "control registers", debug_control },
    { "dreg", "", "debug registers", debug_debug_registers },
    { "fp fpu", "", "the x87 unit", debug_fpu },
    { "mmx", "", "MMX registers", debug_mmx },
    { "sse xmm", "", "XMM registers and MXCSR", debug_sse },
    { "ymm", "", "YMM registers and MXCSR", debug_ymm },
    { "zmm amx tile", "", "refused: no CPU model has AVX-512 or AMX", debug_wider_registers },
    { "x", "[/NUF] ADDRESS [BYTES]", "memory at a linear address: count, x d u o t c m, i: instructions, s: strings, b h w g", debug_examine_linear },
    { "xp", "[/NUF] ADDRESS [BYTES]", "the same at a physical address", debug_examine_physical },
    { "set", "REGISTER = EXPRESSION | $cpu = N | u on|off", "change a register; choose a processor; whether a stop shows the next instruction", debug_set },
    { "setpmem", "ADDRESS SIZE VALUE", "change 1, 2, 4 or 8 bytes of physical memory", debug_set_memory },
    { "memsave", "ADDRESS BYTES FILE", "linear memory into a file", debug_save_linear },
    { "pmemsave", "ADDRESS BYTES FILE", "physical memory into a file", debug_save_physical },
    { "writemem", "FILE ADDRESS BYTES", "linear memory into a file", debug_write_memory },
    { "page", "ADDRESS", "the page-table walk of a linear address", debug_page },
    { "loadmem", "FILE ADDRESS", "a file into linear memory", debug_load_memory },
    { "ldsym", "FILE [OFFSET]", "read symbols: an ELF program, System.map, nm's list, or lines ADDRESS NAME", debug_load_symbols },
    { "list", "[FILE:LINE | FUNCTION | *ADDRESS]", "source: ten lines around; the next ten", debug_list_source },
    { "slist", "[PREFIX]", "symbols", debug_list_symbols },
    { "deref", "ADDRESS DEPTH", "pointers that lead to pointers, from a linear address", debug_deref },
    { "crc", "FIRST LAST", "CRC-32 of physical memory", debug_crc },
    { "gva2gpa", "ADDRESS", "the physical address of a linear one", debug_translate },
    { "tlb", "ADDRESS", "whether the TLB knows a linear address", debug_tlb },
    { "print-string", "ADDRESS", "characters up to a NUL", debug_print_string },
    { "bt where backtrace", "[N]", "who called: by unwind tables, frame pointers, or what looks like return addresses (?)", debug_backtrace },
    { "print-stack", "[N]", "N elements of the stack", debug_stack },
    { "calc ? print", "[/F] EXPRESSION", "in hexadecimal and decimal; F: x d u o t c alone", debug_calculate },
    { "processor cpu", "[N]", "the processor that is shown and changed; the one whose turn it is", debug_processor },
    { "ptime", "", "the tick", debug_time },
    { "expect", "EXPRESSION", "status 3 unless it is true, e.g. expect eax == 5 && [0x500] != 0", debug_expect },
    { "wait-text", "\"TEXT\" [TIME] [--on screen|com1|com2|e9]", "run until the text is there; status 3 when it is not in time", automation_wait_text },
    { "expect-text", "\"TEXT\" [--on ...]", "status 3 unless the text is there now", automation_expect_text },
    { "type", "\"TEXT\"", "type on the keyboard; \\n is Enter", automation_type },
    { "key sendkey", "NAME[-NAME...]", "press keys together: F1, ctrl-alt-del", automation_key },
    { "mouse mouse_move", "[DX [DY [DZ]]] [left right middle fourth fifth]", "move the mouse right, down, its wheel towards you, with these buttons down", automation_mouse },
    { "joystick", "N X Y [1] [2]", "joystick 0 or 1: axes 0 to 255, buttons that are down", automation_joystick },
    { "point", "X Y [DZ] [left ...]", "point there with the USB tablet: 0 0 to 32767 32767 of the screen", automation_point },
    { "screenshot screendump", "FILE", "the picture as PNG", screenshot },
    { "print-screen", "", "the text screen", automation_print_screen },
    { "echo", "TEXT", "print it", debug_echo },
    { "if", "EXPRESSION [COMMAND]", "its value; run a command when it is not 0", debug_if },
    { "addlyt", "FILE", "run its commands at each stop", debug_add_layout },
    { "remlyt", "", "no more", debug_remove_layout },
    { "lyt", "", "run them now", debug_layout },
    { "query", "pending", "interrupts that wait", debug_query },
    { "take", "nmi | smi", "give it to the processor", debug_take },
    { "nmi", "", "take nmi", debug_nmi },
    { "doit", "N", "refused: a trial of Bochs's own source", debug_doit },
    { "load-param", "PART [DIRECTORY]", "refused: state saved by Bochs is not read", debug_load_parameters },
    { "panes", "[text | png FILE [WIDTHxHEIGHT] [PANE] | tab NAME | memory ADDRESS | pages ADDRESS | device NAME | key NAME | type \"TEXT\" | click COLUMN ROW | size WIDTHxHEIGHT]",
      "the debugger's panes as the window shows them: their text, a picture; what a person would do with them", panes_command },
    { "hash", "", "XXH3 of the whole state, with the tick", hash },
    { "info i", "device [NAME [\"dump=full\"]]|gdt|idt|ldt|tss|tab|eflags|cpu|break|symbols|linux|threads ...", "devices with meanings; tables [FIRST [LAST]]; registers; symbols ADDRESS: its name", debug_info },
    { "why", "[N | all | not [IRQ]]", "the newest fault, or the Nth before it: its instruction, checks, tables, chain; all: a line each; not: what keeps an interrupt away", debug_why },
    { "explain", "[OFFSET]", "the instruction at CS:OFFSET, or the next one, step by step: bytes, operands, accesses, flags", debug_explain },
    { "walk", "ADDRESS [CR3]", "the page walk of a linear address in words, and what the TLB says", debug_walk },
    { "map", "[png FILE]", "all that is mapped, with rights; as a picture", debug_map },
    { "desc", "SELECTOR", "a descriptor in words", debug_descriptor },
    { "gate", "VECTOR", "a gate of the IDT in words, with its handler's segment", debug_gate },
    { "tss", "", "the current task-state segment", debug_tss },
    { "reset system_reset", "", "the reset button", reset },
    { "q quit exit", "[STATUS]", "end", quit },
    { "source", "FILE", "run the commands of a file", source },
    { "h help", "[COMMAND]", "this list, or one line of it", help },
};

static bool named(const struct command *command, const char *word)
{
    size_t length = strlen(word);
    const char *at = command->names;

    while (at) {
        if (strncmp(at, word, length) == 0 && (at[length] == ' ' || !at[length])) return true;
        at = strchr(at, ' ');
        if (at) at++;
    }
    return false;
}

static bool help(struct session *s, const char *at, struct error *err)
{
    char word[64] = "";
    bool any = false;

    (void)s;
    next_argument(&at, word, sizeof word);
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++) {
        if (*word && !named(&commands[i], word)) continue;
        printf("%-22s %-42s %s\n", commands[i].names, commands[i].syntax, commands[i].meaning);
        any = true;
    }
    return any || fail(err, "there is no command \"%s\"", word);
}

bool session_source(struct session *s, const char *path, struct error *err)
{
    enum { DEEPEST = 16 };

    if (s->depth == DEEPEST) return fail(err, "%s: files that run files are %d deep already", path, DEEPEST);
    FILE *f = fopen(path, "re");
    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    s->depth++;
    bool whole = run_lines(s, path, f, err);
    s->depth--;
    fclose(f);
    return whole;
}

static bool source(struct session *s, const char *at, struct error *err)
{
    char path[1024];
    return next_argument(&at, path, sizeof path) ? session_source(s, path, err) : fail(err, "which file? e.g. source boot.rc");
}

bool session_has_command(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if (*name && named(&commands[i], name)) return true;
    return false;
}

const char *session_command_names(unsigned i) { return i < ARRAY_COUNT(commands) ? commands[i].names : NULL; }

/* The machine goes on meanwhile. */
static bool runs(const struct command *command)
{
    bool (*const acts[])(struct session *, const char *, struct error *) = {
        run_ticks, debug_step, debug_next, debug_finish, debug_run_to, debug_reverse_step, debug_reverse_next, debug_reverse_continue, debug_go_to, debug_last_write,
        debug_last_exec, debug_last_event, debug_undo, debug_present, automation_wait_text, automation_type, automation_key, automation_mouse, automation_point, debug_migrate, debug_clone, debug_mirror,
    };

    for (unsigned i = 0; i < ARRAY_COUNT(acts); i++)
        if (command->act == acts[i]) return true;
    return false;
}

/* It changes the machine. */
static bool changes(const struct command *command)
{
    bool (*const acts[])(struct session *, const char *, struct error *) = {
        debug_set, debug_set_memory, debug_load_memory, reset, automation_type, automation_key, automation_mouse, automation_joystick, automation_point,
    };

    for (unsigned i = 0; i < ARRAY_COUNT(acts); i++)
        if (command->act == acts[i]) return true;
    return false;
}

bool session_command(struct session *s, const char *line, struct error *err)
{
    char word[64];

    while (*line == ' ' || *line == '\t') line++;
    if (!*line || *line == '#') return true;
    size_t slash = strcspn(line, "/ \t\"");             /* gdb's x/4wx, and Bochs's */
    if (slash && line[slash] == '/') snprintf(word, sizeof word, "%.*s", (int)slash, line), line += slash;
    else if (!next_argument(&line, word, sizeof word)) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++) {
        if (!named(&commands[i], word)) continue;
        if (s->stands && runs(&commands[i])) return fail(err, "%s: the machine would run meanwhile; let it go on in the debugger's own way", word);
        if (s->panes && runs(&commands[i])) panes_remember(s->panes);
        if (changes(&commands[i]) && travel_forbids(s, err)) return false;
        return commands[i].act(s, line, err);
    }
    return fail(err, "there is no command \"%s\"; help lists them", word);
}

bool session_look(struct session *s, const char *line, struct error *err)
{
    s->stands = true;
    bool right = session_command(s, line, err);
    s->stands = false;
    return right;
}

bool session_end(struct session *s, struct error *err)
{
    panes_free(s->panes);
    s->panes = NULL;
    breakpoints_free(&s->breakpoints);
    tracing_free(s);
    profile_free(s->profile);
    timeline_free(s->timeline);
    return trace_file_end(&s->trace, err);
}

/* Up to the first line that is wrong: err says which. */
static bool run_lines(struct session *s, const char *path, FILE *in, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool right = true;

    for (unsigned number = 1; right && !s->over && getline(&line, &room, in) >= 0; number++) {
        struct error wrong = { 0 };
        line[strcspn(line, "\r\n")] = 0;
        right = session_command(s, line, &wrong) || (wrong.text[strcspn(wrong.text, "\n")] = 0, fail(err, "%s:%u: %s", path, number, wrong.text));
    }
    free(line);
    return right;
}

void session_script(struct session *s, const char *path, FILE *in)
{
    struct error err = { 0 };

    if (in == stdin && isatty(0)) {
        prompt(s);
        fflush(stdout);
        return;
    }
    FILE *lines = in == stdin && s->lines ? far_lines_open(s) : in;
    if (lines ? !run_lines(s, path, lines, &err) : !fail(&err, "%s: no memory", path)) {
        fputs(err.text, stderr);
        s->over = true;
        s->status = STATUS_USAGE;
    }
    if (lines && lines != in) fclose(lines);
    fflush(stdout);
}
