/* Every command and spelling of Bochs's debugger is taken, or refused by a sentence about this machine; gdb's and QEMU's where they do not clash. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gui/automation/script.h"
#include "tests/unit/room.h"

static struct session s;
static char folder[TEST_ROOM], *said;
static size_t said_size;

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "we");
    cr_assert(f);
    fputs(text, f);
    fclose(f);
}

/* Real-mode code at 1000h: CALL, INT 80h, stores. */
static const u8 program[] = { 0xe8, 0x0d, 0x00, 0xcd, 0x80, 0xa3, 0x00, 0x20, 0x40, 0xeb, 0xf5, 0x90, 0x90, 0x90, 0x90, 0xcf, 0xc3 };

static void setup(void)
{
    struct machine_config config;
    struct error err = { 0 };

    test_room(folder);
    cr_assert(!chdir(folder));
    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.cpu_count = 2;
    s = (struct session){ .machine = machine_create(&config, &err), .symbols = symbols_open(), .ticks_left = UINT64_MAX, .attended = true };
    cr_assert(s.machine, "%s", err.text);
    machine_poke(s.machine, 0x80 * 4, "\x0f\x10\0\0", 4);
    machine_poke(s.machine, 0x1000, program, sizeof program);
    cpu_set_register(machine_cpu(s.machine), "cs", 0, &err);
    cpu_set_register(machine_cpu(s.machine), "rip", 0x1000, &err);
    cpu_set_register(machine_cpu(s.machine), "esp", 0x3000, &err);
    write_file("names", "1000 start\n1010 leaf\n");
    write_file("layout", "calc 6*7\n");
    write_file("bytes", "abc");
}

static void done(void)
{
    struct error err = { 0 };
    session_end(&s, &err);
    machine_destroy(s.machine);
    symbols_free(s.symbols);
    free(said);
    cr_assert(!chdir("/"));
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect(!system(command));
}
TestSuite(bochs_commands, .init = setup, .fini = done);

/* What it prints is in `said`. */
static bool obeyed(const char *line, struct error *err)
{
    FILE *out = stdout;

    free(said);
    stdout = open_memstream(&said, &said_size);
    bool ok = session_command(&s, line, err);
    fclose(stdout);
    stdout = out;
    s.over = false;
    return ok;
}

static void takes(const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error err = { 0 };
        cr_expect(obeyed(lines[i], &err), "%s: %s", lines[i], err.text);
    }
}

static void says(const char *line, const char *wanted)
{
    struct error err = { 0 };
    cr_expect(obeyed(line, &err), "%s: %s", line, err.text);
    cr_expect(strstr(said, wanted), "%s: \"%s\" is not in: %s", line, wanted, said);
}

static void refuses(const char *line, const char *why)
{
    struct error err = { 0 };
    cr_expect(!obeyed(line, &err), "%s is taken", line);
    cr_expect(strstr(err.text, why) && !strstr(err.text, "no command"), "%s: \"%s\" is not in: %s", line, why, err.text);
}

Test(bochs_commands, each_one_is_taken)
{
    static const char *const lines[] = {
        "vb 0:0x1005", "vbreak 0:0x1005 if \"eax == 5\"", "lb 0x1005", "lbreak 0x1005 if \"eax > 5\"", "b 0x1005", "pb 0x1005", "break *0x1005", "pbreak * 0x1005 if \"ebx == 1\"", "blist", "info break",
        "bpd 1", "bpe 1", "d 1", "del 2", "delete 3", "d 4", "d 5", "d 6", "d 7", "d 8", "c 5", "cont 5", "continue 5", "c if \"eax == 99\"", "s", "step", "s 2", "step 2", "s 0 2", "s all 2", "n", "next", "p",
        "rla 0x1000", "sb 10", "c", "sba 100000", "c", "modebp", "modebp", "watch", "watch r 0x2000", "watch read 0x2001 2", "watch w 0x2000 2", "watch write 0x2000", "watch continue", "watch stop",
        "unwatch 0x2000", "unwatch read 0x2001", "unwatch", "setmagicbps \"bx di\"", "clrmagicbps \"di\"", "clrmagicbps", "x /4bx 0x1000", "x /2hd 0x1000", "x /2wu 0x1000", "x /2go 0x1000", "x /t 0x1000",
        "x /4c 0x1000", "x /16m 0x1000", "x /2i 0x1000", "x /s 0x1000", "x 0x1000", "xp /4bx 0x1000", "setpmem 0x2000 4 0x11223344", "writemem \"memory\" 0x1000 16", "loadmem \"bytes\" 0x2100",
        "deref 0x2000 1", "crc 0x1000 0x1010", "print-string 0x2100", "print-stack", "print-stack 4", "bt", "bt 3", "where", "r", "reg", "regs", "registers", "fp", "fpu", "mmx", "sse", "xmm", "sreg",
        "dreg", "creg", "info cpu", "info eflags", "set eax = 5", "set ax = 5", "set $rip = 0x1000", "set eflags = 0x246", "set ds = 0", "cpu 1", "cpu 0", "set $cpu = 1", "set $cpu = 0", "info idt", "info ivt 0x10",
        "info ivt 1 2", "info gdt", "info tab", "page 0x1000", "tlb 0x1000", "info device", "info device \"pic\"", "info device \"pci\" \"dump=full\"", "info device \"vga\"", "info device \"pci2isa\"",
        "info device \"cmos\"", "info device \"dma\"", "info device \"pit\"", "info device \"hpet\"", "info device \"floppy\"", "info device \"ioapic\"", "show \"\"", "show \"cpu0\"", "show \"cpu0.rip\"",
        "show \"pic1\" xml", "u", "disasm", "u /4", "u 0x1000", "u 0x1000 0x1005", "u /2 0x1000", "u switch-mode", "u switch-mode", "u size = 32", "u size = 16", "u hex off", "u hex on", "set u off", "set u on",
        "set $auto_disassemble = 1", "trace on", "s 3", "trace off", "trace-reg on", "s", "trace-reg off", "trace-mem on", "s 3", "trace-mem off", "show", "show mode", "show int", "show softint", "show extint",
        "show iret", "show call", "s 9", "show all", "s 9", "show off", "show dbg_all", "show dbg_none", "ldsym \"names\"", "ldsym global \"names\" 0x1000", "slist", "slist \"st\"", "info symbols", "lb \"leaf\"", "d 1",
        "source \"layout\"", "addlyt \"layout\"", "lyt", "s", "remlyt", "if eax == 5", "? 1 + 1", "calc 1 + 1", "query pending", "take nmi", "take smi", "instrument", "instrument stop", "instrument start",
        "instrument print", "instrument reset", "instrument stop", "info linux", "ptime", "h", "help", "help x", "? 010", "? *0x2000", "? @0x2000", "? 0:0x1000", "? \"start\"", "? esp $ 0", "? 1 << 2 | 3 & ~1 ^ 5", "? -1 <= 2",
    };
    takes(lines, sizeof lines / sizeof *lines);
}

Test(bochs_commands, what_has_no_meaning_here_says_why)
{
    refuses("vmexitbp", "no VM exit");
    refuses("ymm", "this CPU model has no AVX");
    refuses("zmm", "AVX-512");
    refuses("amx", "AMX");
    refuses("tile 0", "tile");
    refuses("doit 1", "Bochs's own source");
    refuses("restore \"cpu0\" \"/save\"", "not read");
    refuses("take irq", "why not");
    refuses("take dma 1", "at its own tick");
    refuses("info ldt", "LDT");
    refuses("info tss", "task-state");
    refuses("show vga", "nobody looks on");
    refuses("info device \"voodoo\"", "no device \"voodoo\"");
    refuses("lyt", "addlyt");
}

Test(bochs_commands, those_of_gdb_and_qemu_are_taken_where_they_do_not_clash)
{
    static const char *const lines[] = {
        "hbreak 0x1003", "tbreak *0x1003", "thbreak 0x1003", "tb 0x1003", "disable 1", "enable 1", "condition 1 eax == 7", "condition 1", "ignore 1 3", "info b", "info breakpoints", "info watchpoints",
        "delete 1", "rwatch 0x2000 4", "awatch 0x2000", "unwatch", "x/4wx 0x1000", "x/i 0x1000", "xp/2x 0x1000", "u/2", "print/x 17", "print/t 5", "print 5", "backtrace", "info registers", "info r", "i r", "info threads",
        "info symbol 0x1000", "echo hello", "advance 0x1000", "until 0x1000", "stepi", "nexti", "ni", "si", "info cpus", "info mem", "info tlb", "info pic", "info lapic", "info status", "info version", "info irq", "stop",
        "memsave 0x1000 16 \"linear\"", "pmemsave 0x1000 16 physical", "gva2gpa 0x1000", "nmi", "mouse_move 1 2", "sendkey a", "system_reset",
    };
    struct error err = { 0 };
    obeyed("ldsym names", &err);
    takes(lines, sizeof lines / sizeof *lines);
}

Test(bochs_commands, a_told_run_says_each_instruction_and_the_handlers_first)
{
    says("trace on", "");
    says("s 4", "(0).[0] [0x000000001000] 0000:0000000000001000 (unk. ctxt): call 0x1010");
    cr_expect(strstr(said, "(0).[3] [0x00000000100f]"), "%s", said);
    says("trace off", "");
    says("s", "Next at t=5\n");
    cr_expect(!strstr(said, ".["), "%s", said);
}

Test(bochs_commands, an_iret_is_shown_where_it_returns_to)
{
    says("show iret", "shown: iret");
    says("s 4", "0000:0000000000001005 CPL 0 iret to CS 0000");
    says("show iret", "shown: nothing");
}

Test(bochs_commands, ignored_and_once)
{
    says("lb 0x1005", "");
    says("ignore 1 1", "");
    says("c", "Breakpoint 1");
    says("blist", "keep y   0x0000000000001005 2");
    says("d 1", "");
    says("tbreak 0x1005", "");
    says("blist", "del  y");
    says("c", "Breakpoint 1");
    says("blist", "Hits\n");
    cr_expect(!strstr(said, "lbreakpoint"), "%s", said);
}

Test(bochs_commands, pointers_are_followed)
{
    says("setpmem 0x2000 4 0x2010", "");
    says("setpmem 0x2010 4 0x1234", "");
    says("? 0x2000 $ 2", "0x1234 4660");
    says("? 0x2000 $ 1 + 1", "0x2011");
    says("x 0x2010 $cpu + 2", "0x00002010: 34 12");
}

Test(bochs_commands, a_layout_is_run_at_each_stop)
{
    says("addlyt layout", "");
    says("s", "0x2a 42");
    says("remlyt", "");
    says("s", "Next at");
    cr_expect(!strstr(said, "0x2a 42"), "%s", said);
    says("set u off", "");
    says("s", "Next at t=3\n");
    cr_expect(!strstr(said, "unk. ctxt"), "%s", said);
}

Test(bochs_commands, an_nmi_is_taken)
{
    says("setpmem 8 4 0x100f", "");
    says("take nmi", "Delivering NMI to cpu0");
    says("query pending", "cpu0: pending NMI");
    says("catch int 2", "");
    says("show all", "shown: mode softint extint iret call task fault");
    says("s 1", "");
    says("expect eip == 0x1000", "");
}
