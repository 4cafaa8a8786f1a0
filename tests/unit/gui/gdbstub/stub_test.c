/* GDB manual, "Packets": what the stub answers, and what it leaves as it was. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/gdbstub/stub.h"

enum { CODE = 0x1000, DATA = 0x2000 };

static struct session session;
static struct gdb_stub stub;
static struct error err;
static char answer[PACKET_MOST + 1], console[4096];
static bool interrupt;

/* O packets are the console's. */
static void keep(void *context, const char *text, size_t size)
{
    (void)context;
    if (text[0] == 'O' && size > 2) {
        size_t used = strlen(console);
        used += packet_take_bytes(text + 1, (u8 *)console + used, sizeof console - used - 1);
        console[used] = 0;
        return;
    }
    memcpy(answer, text, size);
    answer[size] = 0;
}

static bool interrupted(void *context)
{
    (void)context;
    return interrupt;
}

/* mov ax,[2000h]; inc ax; mov [2000h],ax; jmp back */
static const u8 program[] = { 0xa1, 0x00, 0x20, 0x40, 0xa3, 0x00, 0x20, 0xeb, 0xf7 };

static void setup(void)
{
    struct machine_config config;

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    session = (struct session){ .machine = machine_create(&config, &err), .ticks_left = UINT64_MAX };
    cr_assert(session.machine, "%s", err.text);
    machine_poke(session.machine, CODE, program, sizeof program);
    machine_poke(session.machine, DATA, "\0\0", 2);
    struct cpu *cpu = machine_cpu(session.machine);
    cr_assert(cpu_set_register(cpu, "cs", 0, &err) && cpu_set_register(cpu, "rip", CODE, &err) && cpu_set_register(cpu, "eflags", 2, &err), "%s", err.text);
    gdb_stub_begin(&stub, &session, &(struct gdb_link){ .send = keep, .interrupted = interrupted }, GDB_I386);
    interrupt = false;
    console[0] = 0;
}

static void done(void)
{
    session_end(&session, &err);
    machine_destroy(session.machine);
}
TestSuite(gdb_stub, .init = setup, .fini = done);

static const char *ask(const char *packet)
{
    answer[0] = '?';
    gdb_stub_packet(&stub, packet, strlen(packet));
    return answer;
}

#define ANSWERS(packet, wanted) cr_expect_str_eq(ask(packet), wanted, "%s: %s", packet, answer)

Test(gdb_stub, answers_as_the_manual_has_it)
{
    static const struct { const char *packet, *answer; } row[] = {
        { "?", "T05thread:1;" }, { "qAttached", "1" }, { "qC", "QC1" }, { "qfThreadInfo", "m1" }, { "qsThreadInfo", "l" }, { "QStartNoAckMode", "OK" },
        { "vCont?", "vCont;c;C;s;S;t;r" }, { "T1", "OK" }, { "T2", "E16" }, { "Hg0", "OK" }, { "Hg1", "OK" }, { "Hg2", "E16" }, { "Hc-1", "OK" }, { "H", "E16" },
        { "m1000,4", "a1002040" }, { "m1000,0", "" }, { "m1000", "E16" }, { "mx,4", "E16" }, { "M2000,2:1234", "OK" }, { "m2000,2", "1234" }, { "M2000,2:12", "E16" },
        { "X2000,2:ab", "OK" }, { "m2000,2", "6162" }, { "X2000,3:ab", "E16" }, { "p8", "00100000" }, { "p0", "00000000" }, { "P0=78563412", "OK" }, { "p0", "78563412" },
        { "P0=78", "E16" }, { "pff", "E16" }, { "P8=03100000", "OK" }, { "p8", "03100000" },
        { "Z0,1000,1", "OK" }, { "Z0,1000,1", "OK" }, { "z0,1000,1", "OK" }, { "z0,1000,1", "OK" }, { "Z5,1000,1", "E16" }, { "Z2,1000,0", "E16" }, { "Z0,1000", "E16" },
        { "vMustReplyEmpty", "" }, { "qOffsets", "" }, { "!", "" }, { "bs", "E.no past is kept: time_travel: enabled=1" }, { "bc", "E.no past is kept: time_travel: enabled=1" },
        { "qXfer:features:read:target.xml:ffff,10", "l" }, { "qXfer:features:read:other.xml:0,10", "" }, { "vCont;s:9", "E16" }, { "vCont;q", "E16" }, { "vCont;t", "T05thread:1;" },
        { "D", "OK" },
    };

    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) ANSWERS(row[i].packet, row[i].answer);
    cr_expect_eq(stub.state, GDB_DETACHED);
}

Test(gdb_stub, description_and_registers_agree)
{
    for (unsigned a = 0; a < GDB_ARCHITECTURES; a++) {
        char *text = gdb_description((enum gdb_architecture)a);
        unsigned named = 0;
        size_t digits = 0;
        stub.architecture = (enum gdb_architecture)a;
        for (const char *at = text; (at = strstr(at, "<reg ")); at++, named++) {
            unsigned bits = 0;
            sscanf(strstr(at, "bitsize="), "bitsize=\"%u", &bits);
            cr_expect_eq(bits, 8 * gdb_register_bytes((enum gdb_architecture)a, named), "register %u of %u", named, a);
            digits += bits / 4;
        }
        cr_expect_eq(named, gdb_register_count((enum gdb_architecture)a));
        cr_expect_eq(strlen(ask("g")), digits);
        free(text);
    }
}

Test(gdb_stub, the_description_comes_in_pieces)
{
    char *whole = gdb_description(GDB_I386), together[16384] = "", packet[64];

    for (size_t at = 0;; at += 0x100) {
        snprintf(packet, sizeof packet, "qXfer:features:read:target.xml:%zx,100", at);
        strcat(together, ask(packet) + 1);
        if (answer[0] == 'l') break;
        cr_assert_eq(answer[0], 'm');
    }
    cr_expect_str_eq(together, whole);
    free(whole);
}

Test(gdb_stub, a_breakpoint_stops_in_front_of_its_instruction)
{
    u8 byte;

    ANSWERS("Z0,1003,1", "OK");
    machine_peek(session.machine, CODE + 3, &byte, 1);
    cr_expect_eq(byte, 0x40, "memory is what it was");
    ANSWERS("c", "T05thread:1;swbreak:;");
    ANSWERS("p8", "03100000");
    ANSWERS("vCont;c", "T05thread:1;swbreak:;");
    cr_expect_eq(machine_tick(session.machine), 5);
    ANSWERS("z0,1003,1", "OK");
    ANSWERS("Z1,1007,1", "OK");
    ANSWERS("vCont;C05", "T05thread:1;hwbreak:;");
    cr_expect_str_eq(console, "", "gdb says itself where it stopped: %s", console);
}

Test(gdb_stub, watchpoints_say_what_was_used)
{
    ANSWERS("Z2,2000,2", "OK");
    ANSWERS("c", "T05thread:1;watch:2000;");
    ANSWERS("p8", "07100000");
    ANSWERS("z2,2000,2", "OK");
    ANSWERS("Z3,2001,1", "OK");
    ANSWERS("c", "T05thread:1;rwatch:2001;");
    ANSWERS("p8", "03100000");
    ANSWERS("z3,2001,1", "OK");
    ANSWERS("Z4,2000,1", "OK");
    ANSWERS("c", "T05thread:1;awatch:2000;");
    ANSWERS("c", "T05thread:1;awatch:2000;");
    ANSWERS("p8", "03100000");
}

Test(gdb_stub, steps_are_of_one_instruction_or_out_of_a_range)
{
    ANSWERS("s", "T05thread:1;");
    ANSWERS("p8", "03100000");
    ANSWERS("vCont;s:1;c", "T05thread:1;");
    ANSWERS("p8", "04100000");
    ANSWERS("vCont;r1003,1007:1", "T05thread:1;");
    ANSWERS("p8", "07100000");
    cr_expect_eq(machine_tick(session.machine), 3);
}

Test(gdb_stub, ctrl_c_stops_it)
{
    interrupt = true;
    ANSWERS("c", "T02thread:1;");
}

Test(gdb_stub, the_program_counter_is_a_linear_address)
{
    ANSWERS("P1c=00010000", "OK");                       /* this is fs: base 1000h */
    cr_assert(cpu_set_register(machine_cpu(session.machine), "cs", 0x100, &err) && cpu_set_register(machine_cpu(session.machine), "rip", 0x20, &err));
    ANSWERS("p8", "20100000");
    ANSWERS("P8=03100000", "OK");
    struct cpu_view v;
    cpu_view(machine_cpu(session.machine), &v);
    cr_expect_eq(v.rip, 3);
}

Test(gdb_stub, registers_of_x87_and_sse_are_read_and_written)
{
    stub.architecture = GDB_X86_64;
    ANSWERS("P18=000000000000008000c0", "OK");           /* st0: -2 */
    ANSWERS("p18", "000000000000008000c0");
    ANSWERS("P28=00112233445566778899aabbccddeeff", "OK");
    ANSWERS("p28", "00112233445566778899aabbccddeeff");
    ANSWERS("P38=ffffffff", "OK");                       /* MXCSR: reserved bits stay clear */
    ask("p38");
    cr_expect_str_eq(answer + 4, "0000", "%s", answer);
    ANSWERS("P20=3f030000", "OK");
    ANSWERS("p20", "7f030000");                          /* bit 6 of the control word is 1 */
}

Test(gdb_stub, monitor_runs_our_own_commands)
{
    ANSWERS("qRcmd,63616c6320312b31", "OK");             /* calc 1+1 */
    cr_expect_str_eq(console, "0x2 2\n");
    console[0] = 0;
    ANSWERS("qRcmd,63", "OK");                           /* c */
    cr_expect(strstr(console, "the machine would run"), "%s", console);
    console[0] = 0;
    ANSWERS("qRcmd,6361746368202355440a", "OK");         /* catch #UD */
    machine_poke(session.machine, CODE, "\x0f\x0b", 2);
    ANSWERS("c", "T04thread:1;");
    cr_expect(strstr(console, "Caught exception #UD"), "%s", console);
}

Test(gdb_stub, the_guest_does_not_see_it)
{
    ANSWERS("Z0,1003,1", "OK");
    ANSWERS("Z4,2000,2", "OK");
    for (unsigned i = 0; i < 10; i++) ask(i % 3 ? "c" : "vCont;s:1"), ask("g"), ask("m1000,100");
    u64 tick = machine_tick(session.machine), watched = machine_hash(session.machine);
    gdb_stub_end(&stub);
    done();
    setup();
    machine_run(session.machine, tick);
    cr_expect_eq(machine_tick(session.machine), tick);
    cr_expect_eq(machine_hash(session.machine), watched);
}

Test(gdb_stub, what_it_set_goes_with_it)
{
    ANSWERS("Z0,1003,1", "OK");
    ANSWERS("D", "OK");
    gdb_stub_end(&stub);
    cr_expect_eq(session_run(&session, 100).kind, MACHINE_TICKS);
}

Test(gdb_stub, kill_ends_the_machine)
{
    ask("k");
    cr_expect_eq(stub.state, GDB_KILLED);
    cr_expect(session.over);
}

Test(gdb_stub, processors_are_threads)
{
    struct machine_config config;
    char text[64] = "";

    done();
    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.cpu_count = 2;
    session = (struct session){ .machine = machine_create(&config, &err), .ticks_left = UINT64_MAX };
    cr_assert(session.machine, "%s", err.text);
    gdb_stub_begin(&stub, &session, &(struct gdb_link){ .send = keep, .interrupted = interrupted }, GDB_I386);
    ANSWERS("qfThreadInfo", "m1,2");
    ANSWERS("T2", "OK");
    ANSWERS("T3", "E16");
    ask("qThreadExtraInfo,2");
    packet_take_bytes(answer, (u8 *)text, sizeof text - 1);
    cr_expect(strstr(text, "processor 1, real-address mode"), "%s", text);
    ANSWERS("Hg2", "OK");
    ANSWERS("P0=02000000", "OK");
    ANSWERS("Hg1", "OK");
    ANSWERS("p0", "00000000");
    ANSWERS("vCont;s:1;c", "T05thread:1;");
    ANSWERS("Hg2", "OK");
    ANSWERS("p0", "02000000");
}
