/* A machine whose ROM is a few bytes of code: how it stops, and what it says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/machine.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static struct machine_config config;
static struct error err;

/* A machine that runs `code` at F000:0000 from reset on. */
static struct machine *machine_with(const u8 *code, size_t size)
{
    static u8 rom[65536];
    char path[64];
    static const u8 jump[] = { 0xea, 0x00, 0x00, 0x00, 0xf0 };

    memset(rom, 0xf4, sizeof rom);
    memcpy(rom, code, size);
    memcpy(rom + 0xfff0, jump, sizeof jump);
    snprintf(path, sizeof path, "%s/rom-%d", test_place(), (int)getpid());
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(rom, 1, sizeof rom, f) == sizeof rom && fclose(f) == 0);
    strcpy(config.system_rom.path, path);
    struct machine *m = machine_create(&config, &err);
    unlink(path);
    cr_assert(m, "%s", err.text);
    return m;
}
#define MACHINE(...) machine_with((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void setup(void)
{
    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.ips = 1000000;
    config.reset_on_triple_fault = false;
    memset(config.floppy, 0, sizeof config.floppy);
    config.vga_rom.path[0] = 0;
}
TestSuite(machine, .init = setup);

static void expect_stop(struct machine *m, enum machine_stop_kind kind, const char *word)
{
    struct machine_stop stop = machine_run(m, 10 * config.ips), again = machine_run(m, 1);
    cr_expect_eq(stop.kind, kind, "kind %d: %s", stop.kind, stop.text);
    cr_expect(strstr(stop.text, word), "\"%s\" does not say \"%s\"", stop.text, word);
    cr_expect_eq(again.kind, kind, "a frozen machine stays frozen");
    machine_destroy(m);
}

Test(machine, hlt_with_interrupts_off_is_said_at_once)
{
    expect_stop(MACHINE(0xfa, 0xf4), MACHINE_HALTED_FOREVER, "f000:");
}

Test(machine, a_system_rom_of_4_mib_is_whole_below_4_gib)
{
    enum { BYTES = 4 << 20, STEP = 4096 };
    char path[64];
    u32 number;

    snprintf(path, sizeof path, "%s/rom-%d", test_place(), (int)getpid());
    FILE *f = fopen(path, "wb");
    cr_assert(f);
    for (u32 i = 0; i < BYTES; i += sizeof i) cr_assert_eq(fwrite(&i, sizeof i, 1, f), 1);
    fclose(f);
    strcpy(config.system_rom.path, path);
    struct machine *m = machine_create(&config, &err);
    unlink(path);
    cr_assert(m, "%s", err.text);
    for (u32 i = 0; i < BYTES; i += STEP) {
        cr_assert_eq(machine_peek(m, 0x100000000ull - BYTES + i, &number, sizeof number), sizeof number);
        cr_assert_eq(number, i, "at %x", i);
    }
    machine_peek(m, 0xffffc, &number, sizeof number);
    cr_expect_eq(number, BYTES - 4u, "its end below 1 MiB");
    machine_destroy(m);
}

Test(machine, execution_in_memory_that_was_never_written_is_said)
{
    /* jmp 8000:0000; zeros are ADD [BX+SI], AL */
    expect_stop(MACHINE(0xea, 0x00, 0x00, 0x00, 0x80), MACHINE_WILD, "ever written");
}

Test(machine, a_loop_of_faults_is_said_with_the_fault)
{
    /* the handler of #UD is an IRET: mov word [18h], 100h; mov word [1Ah], 0F000h; UD2 */
    u8 code[0x101] = { 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x70, 0xc7, 0x06, 0x18, 0x00, 0x00, 0x01, 0xc7, 0x06, 0x1a, 0x00,
                       0x00, 0xf0, 0x0f, 0x0b, [0x100] = 0xcf };
    expect_stop(machine_with(code, sizeof code), MACHINE_FAULT_LOOP, "fault");
}

Test(machine, a_triple_fault_freezes_it_when_no_reset_is_asked_for)
{
    /* lidt [zeros]; int3: no gate, no gate for #GP, none for #DF */
    u8 code[0x210] = { 0x2e, 0x0f, 0x01, 0x1e, 0x00, 0x02, 0xcc, 0xeb, 0xfe };
    expect_stop(machine_with(code, sizeof code), MACHINE_TRIPLE_FAULT, "triple fault");
}

Test(machine, the_debug_exit_port_ends_with_an_odd_status)
{
    struct machine *m = MACHINE(0xb0, 0x05, 0xe6, 0xf4, 0xeb, 0xfe);
    struct machine_stop stop = machine_run(m, 1000);
    cr_expect_eq(stop.kind, MACHINE_EXIT);
    cr_expect_eq(stop.code, 11);
    machine_destroy(m);
}

/* Eight bytes of RDRAND: xor ax, ax; mov ds, ax; rdrand eax; mov [1000h], eax; rdrand eax; mov [1004h], eax; hlt */
static u64 drawn_with_seed(u64 seed, bool reset)
{
    u64 drawn = 0;

    strcpy(config.cpu_model, "corei7_haswell");
    config.rdrand_seed = seed;
    struct machine *m = MACHINE(0x31, 0xc0, 0x8e, 0xd8, 0x66, 0x0f, 0xc7, 0xf0, 0x66, 0xa3, 0x00, 0x10, 0x66, 0x0f, 0xc7, 0xf0, 0x66, 0xa3, 0x04, 0x10, 0xf4);
    if (reset) {
        machine_run(m, 3);
        machine_reset(m);
    }
    machine_run(m, 100);
    cr_expect_eq(machine_peek(m, 0x1000, &drawn, 8), 8);
    machine_destroy(m);
    return drawn;
}

Test(machine, random_numbers_follow_from_the_seed_of_the_configuration)
{
    u64 first = drawn_with_seed(0, false);
    cr_expect_eq((u32)first, (u32)0xe220a8397b1dcdafull, "SplitMix64 of 0 begins so");
    cr_expect_eq(drawn_with_seed(0, false), first);
    cr_expect_eq(drawn_with_seed(0, true), first, "a reset keeps the seed");
    cr_expect_neq(drawn_with_seed(1, false), first);
    cr_expect_eq(drawn_with_seed(1, true), drawn_with_seed(1, false));
    cr_expect_neq(drawn_with_seed(UINT64_MAX, false), drawn_with_seed(1, false));
}

Test(machine, two_machines_with_one_configuration_have_one_hash_at_one_tick)
{
    /* a loop that reads the timer and writes it to memory */
    static const u8 code[] = { 0x31, 0xdb, 0xe4, 0x40, 0x88, 0x07, 0x43, 0xeb, 0xf9 };
    struct machine *a = machine_with(code, sizeof code), *b = machine_with(code, sizeof code);
    machine_run(a, 100000);
    for (unsigned i = 0; i < 100; i++) machine_run(b, 1000);     /* slices must not show */
    u64 hash = machine_hash(a);
    cr_expect_eq(machine_tick(a), machine_tick(b));
    cr_expect_eq(hash, machine_hash(b));
    machine_run(a, 1);
    cr_expect_neq(hash, machine_hash(a));
    machine_destroy(a);
    machine_destroy(b);
}

Test(machine, bytes_sent_to_a_serial_port_reach_the_guest)
{
    /* wait for LSR.DR, read, write back, for ever */
    struct machine *m = MACHINE(0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xf8, 0xba, 0xf8, 0x03, 0xec, 0xee, 0xeb, 0xf1);
    char text[16];
    cr_expect_eq(machine_serial_send(m, 0, "abc", 3), 3);
    machine_run(m, config.ips / 10);
    machine_serial_text(m, 0, text, sizeof text);
    cr_expect_str_eq(text, "abc");
    machine_destroy(m);
}

/* A port access reschedules an event while the processor runs; the run still ends where it was told to. */
Test(machine, a_run_ends_at_its_tick_whatever_the_guest_programs_meanwhile)
{
    struct machine *m = MACHINE(0xb0, 0x34, 0xe6, 0x43, 0xb0, 0xff, 0xe6, 0x40, 0xe6, 0x40, 0xe4, 0x61, 0xe6, 0x61, 0xeb, 0xf0);
    for (unsigned i = 1; i <= 1000; i++) {
        machine_run(m, 7);
        cr_assert_eq(machine_tick(m), 7 * i, "at tick %llu after %u runs of 7", (unsigned long long)machine_tick(m), i);
    }
    machine_destroy(m);
}

Test(machine, one_in_a_hurry_ends_a_run_behind_an_access_to_a_device_and_the_guest_notices_nothing)
{
    _Atomic bool hurry = false;
    struct machine *plain = MACHINE(0xe4, 0x61, 0x40, 0xe6, 0x61, 0xeb, 0xf9), *m = MACHINE(0xe4, 0x61, 0x40, 0xe6, 0x61, 0xeb, 0xf9);      /* in, inc ax, out, again */
    unsigned pieces = 0;

    machine_run(plain, 1000);
    machine_hurry_by(m, &hurry);
    machine_run(m, 100);
    cr_expect_eq(machine_tick(m), 100, "nobody is in a hurry yet");
    hurry = true;
    for (; machine_tick(m) < 1000; pieces++) {
        struct machine_stop stop = machine_run(m, 1000 - machine_tick(m));
        cr_assert_eq(stop.kind, MACHINE_TICKS);
    }
    cr_expect_gt(pieces, 400, "%u pieces", pieces);
    cr_expect_eq(machine_hash(m), machine_hash(plain));
    machine_destroy(plain);
    machine_destroy(m);
}
