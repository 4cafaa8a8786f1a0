/* The journal: what is recorded, what a replay takes, what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/machine.h"
#include "tests/unit/devices/board/room_fixture.h"

/* STI; a loop that counts into memory: input changes the keyboard controller's state and the 16550's. */
static const u8 code[] = { 0xb8, 0, 0, 0x8e, 0xd8, 0xff, 0x06, 0, 0x10, 0xeb, 0xfa };

/* The machine of the fixture with this program instead of a BIOS; its journal is r->path. */
static void put_program(struct room *r)
{
    static u8 rom[65536];
    static const u8 jump[] = { 0xea, 0x00, 0x00, 0x00, 0xf0 };

    memset(rom, 0xf4, sizeof rom);
    memcpy(rom, code, sizeof code);
    memcpy(rom + 0xfff0, jump, sizeof jump);
    FILE *f = fopen(r->other, "wb");
    cr_assert(f && fwrite(rom, 1, sizeof rom, f) == sizeof rom && fclose(f) == 0);
    r->config.memory_bytes = 2 << 20;
    r->config.ips = 1000000;
    r->config.gameport = true;
    r->config.gameport_sticks = 2;
    memset(r->config.floppy, 0, sizeof r->config.floppy);
    strcpy(r->config.system_rom.path, r->other);
}
#define PROGRAM_ROOM(r) ROOM(r); put_program(r)

static u64 a_session(struct machine *m)
{
    machine_run(m, 12345);
    machine_key(m, 4, true);
    machine_key(m, 4, false);
    machine_run(m, 7);
    machine_serial_send(m, 0, "hello", 5);
    machine_mouse(m, -3, 5, -1, 1);
    machine_joystick(m, 1, 255, 3, 2);
    machine_run(m, 50000);
    machine_type(m, "dir C:\n\"%s\"");
    machine_poke(m, 0x2000, "\x12\x34", 2);
    machine_run(m, 400000);
    machine_reset(m);
    machine_run(m, 1000);
    return machine_hash(m);
}

static u64 record(struct room *r)
{
    struct machine *m = machine_of(r);
    cr_assert(machine_record(m, r->path, "cpu: ips=1000000\nmemory: guest=2\n", NULL, &r->err), "%s", r->err.text);
    u64 hash = a_session(m);
    machine_destroy(m);
    return hash;
}

Test(journal, a_replay_in_other_slices_ends_with_the_recorded_hash)
{
    PROGRAM_ROOM(r);
    u64 hash = record(r), end, recorded, got;
    struct machine *m = machine_of(r);

    cr_assert(machine_replay(m, r->path, &end, &r->err), "%s", r->err.text);
    while (machine_tick(m) < end) machine_run(m, end - machine_tick(m) < 999 ? end - machine_tick(m) : 999);
    cr_expect(machine_replay_agrees(m, &recorded, &got), "recorded %llx, got %llx", (unsigned long long)recorded, (unsigned long long)got);
    cr_expect_eq(got, hash);
    machine_destroy(m);
}

Test(journal, a_replay_ignores_what_the_host_brings)
{
    PROGRAM_ROOM(r);
    u64 hash = record(r), end;
    struct machine *m = machine_of(r);

    cr_assert(machine_replay(m, r->path, &end, &r->err));
    machine_key(m, 20, true);
    machine_run(m, end / 2);
    machine_type(m, "x");
    machine_reset(m);
    machine_serial_send(m, 0, "y", 1);
    machine_run(m, end - machine_tick(m));
    cr_expect_eq(machine_hash(m), hash);
    machine_destroy(m);
}

static void count_lines(void *context, const char *directive)
{
    char *text = context;
    strcat(strcat(text, directive), ";");
}

Test(journal, the_configuration_stands_at_its_head)
{
    PROGRAM_ROOM(r);
    char text[256] = "";

    record(r);
    cr_expect(machine_journal_config(r->path, count_lines, text, &r->err));
    cr_expect_str_eq(text, "cpu: ips=1000000;memory: guest=2;");
}

Test(journal, a_file_that_exists_and_a_machine_that_ran_are_not_recorded)
{
    PROGRAM_ROOM(r);
    struct machine *m = machine_of(r);
    FILE *f = fopen(r->path, "w");

    fclose(f);
    cr_expect(!machine_record(m, r->path, "", NULL, &r->err));
    cr_expect(strstr(r->err.text, "exists already"), "%s", r->err.text);
    unlink(r->path);
    machine_run(m, 1);
    cr_expect(!machine_record(m, r->path, "", NULL, &r->err));
    cr_expect(strstr(r->err.text, "has not run"), "%s", r->err.text);
    machine_destroy(m);
}

static void refused(const char *entries, const char *words)
{
    PROGRAM_ROOM(r);
    struct machine *m = machine_of(r);
    FILE *f = fopen(r->path, "w");
    u64 end;

    fputs(entries, f);
    fclose(f);
    cr_expect(!machine_replay(m, r->path, &end, &r->err), "\"%s\" is taken", entries);
    cr_expect(strstr(r->err.text, words), "\"%s\" is not in: %s", words, r->err.text);
    machine_destroy(m);
}

Test(journal, what_is_no_journal_is_refused_with_its_line)
{
    refused("", "ends before its `start` line");
    refused("hello\nstart\n", ":1: is no journal");
    refused("orrery journal 1\n", "ends before its `start` line");
    refused("orrery journal 1\nimage floppya 12 /none\nstart\n", "this machine has none");
    refused("orrery journal 1\nimage floppyq 12 /none\nstart\n", "there is no such drive");
    refused("orrery journal 1\nstart\n5 key 4 1\n4 key 4 0\n", ":4: tick 4 comes after tick 5");
    refused("orrery journal 1\nstart\n5 key 4\n", ":3: \"5 key 4\" is no entry");
    refused("orrery journal 1\nstart\n5 keys 4 1\n", "is no entry");
    refused("orrery journal 1\nstart\n5 type 0 4\n", "is no entry");
    refused("orrery journal 1\nstart\n5 type 0 zz\n", "is no entry");
    refused("orrery journal 1\nstart\nkey 4 1\n", "is no entry");
    refused("orrery journal 1\nstart\n5 floppy 0 1\n", "is no entry");
    refused("orrery journal 1\nstart\n5 key 4 1", "cut off");
}

Test(journal, hostile_numbers_change_nothing_that_is_not_there)
{
    PROGRAM_ROOM(r);
    struct machine *m = machine_of(r);
    FILE *f = fopen(r->path, "w");
    u64 end;

    fputs("orrery journal 1\nstart\n1 key 99999 7\n1 serial 99 41\n1 floppy-out 9\n1 cd-out 9 9\n1 poke 18446744073709551615 4142\n"
          "1 line 0 41\n1 mouse 2147483647 -2147483648 -2147483648 255\n1 stick -1 70000 -1 4294967295\n9 floppy 7 0 /nowhere\n", f);
    fclose(f);
    cr_expect(machine_replay(m, r->path, &end, &r->err), "%s", r->err.text);
    cr_expect_eq(end, 9);
    struct machine_stop stop = machine_run(m, 20);
    cr_expect_eq(stop.kind, MACHINE_PANIC);
    cr_expect(strstr(stop.text, "replay:"), "%s", stop.text);
    machine_destroy(m);
}
