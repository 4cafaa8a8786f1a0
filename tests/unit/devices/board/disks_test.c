/* A machine whose host's disk fails: it waits, says so, and goes on as if nothing had been. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "devices/machine.h"
#include "devices/storage/image_tool.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

/* A boot sector: INT 13h writes sector 6 and tells its status to port E9h. */
static const u8 boot[] = {
    0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0,                  /* DS = ES = 0 */
    0xb8, 0x01, 0x03, 0xbb, 0x00, 0x7c,                  /* AX = 0301h, BX = 7C00h */
    0xb9, 0x06, 0x00, 0xba, 0x80, 0x00, 0xcd, 0x13,      /* CX = 6, DX = 80h */
    0x88, 0xe0, 0x04, '0', 0xe6, 0xe9, 0xeb, 0xfe,       /* AH + '0' to port E9h, and wait */
};
enum { DISK_BYTES = 64 * 512, TICKS = 50000000, FLOPPY_IPS = 5000000 };

static void make_disk(const char *path)
{
    static u8 disk[DISK_BYTES];
    memcpy(disk, boot, sizeof boot);
    disk[510] = 0x55, disk[511] = 0xaa;
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(disk, 1, sizeof disk, f) == sizeof disk && fclose(f) == 0);
}

static struct machine *machine_with(const char *path, enum disk_mode mode)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.ata[0].device[0].type = ATA_DISK;
    config.ata[0].device[0].mode = mode;
    snprintf(config.ata[0].device[0].path, CONFIG_PATH, "%s", path);
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    return m;
}

static void files_end_at(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(disks, a_machine_whose_hosts_disk_is_full_waits_and_the_guest_notices_nothing)
{
    char path[TEST_ROOM], said[16] = "";
    u64 hash[2];

    close(test_file(path));
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned full = 0; full < 2; full++) {
        make_disk(path);
        struct machine *m = machine_with(path, DISK_FLAT);
        if (full) files_end_at(2048);
        for (unsigned i = 0; full && i < 3; i++) {
            struct machine_stop stop = machine_run(m, TICKS - machine_tick(m));
            cr_expect_eq(stop.kind, MACHINE_PAUSED);
            cr_expect(strstr(stop.text, "ata0-master: path=") && strstr(stop.text, "writing failed: File too large"), "%s", stop.text);
            cr_expect_eq(machine_serial_text(m, MACHINE_E9, said, sizeof said), 0);
        }
        files_end_at(0);
        cr_expect_eq(machine_run(m, TICKS - machine_tick(m)).kind, MACHINE_TICKS);
        machine_serial_text(m, MACHINE_E9, said, sizeof said);
        cr_expect_str_eq(said, "0");
        hash[full] = machine_hash(m);
        machine_destroy(m);
        FILE *f = fopen(path, "rb");
        fseek(f, 5 * 512, SEEK_SET);
        cr_expect_eq(fgetc(f), 0x31, "it is on the disk");
        fclose(f);
    }
    cr_expect_eq(hash[0], hash[1]);
    unlink(path);
}

/* A floppy whose boot sector does what `boot` does with drive 0: function 2 reads, 3 writes. */
static void make_floppy(const char *path, u8 function)
{
    static u8 disk[1474560];

    memset(disk, 7, sizeof disk);
    memcpy(disk, boot, sizeof boot);
    disk[8] = function, disk[11] = 0x80, disk[16] = 0;   /* its buffer is at 8000h */
    disk[510] = 0x55, disk[511] = 0xaa;
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(disk, 1, sizeof disk, f) == sizeof disk && fclose(f) == 0);
}

static struct machine *machine_with_floppy(const char *path)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.ips = FLOPPY_IPS;
    snprintf(config.floppy[0].path, CONFIG_PATH, "%s", path);
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    return m;
}

/* The boot sector is in memory. */
static bool has_booted(struct machine *m)
{
    u8 bytes[4];
    return machine_peek(m, 0x7c00, bytes, sizeof bytes) == sizeof bytes && !memcmp(bytes, boot, sizeof bytes);
}

Test(disks, a_floppy_that_the_host_cannot_read_or_write_makes_the_machine_wait)
{
    enum { END = 4 * FLOPPY_IPS };
    char path[TEST_ROOM], said[16] = "";
    u64 hash[2];

    close(test_file(path));
    signal(SIGXFSZ, SIG_IGN);
    for (u8 function = 2; function <= 3; function++) {
        for (unsigned fails = 0; fails < 2; fails++) {
            make_floppy(path, function);
            struct machine *m = machine_with_floppy(path);
            while (fails && !has_booted(m)) machine_run(m, 1000);
            if (fails && function == 2) cr_assert_eq(truncate(path, 512), 0);
            if (fails && function == 3) files_end_at(2048);
            for (unsigned i = 0; fails && i < 3; i++) {
                struct machine_stop stop = machine_run(m, END - machine_tick(m));
                cr_expect_eq(stop.kind, MACHINE_PAUSED, "%s", stop.text);
                cr_expect(strstr(stop.text, "floppya: path="), "%s", stop.text);
            }
            files_end_at(0);
            if (fails && function == 2) make_floppy(path, function);
            struct machine_stop stop = machine_run(m, END - machine_tick(m));
            cr_expect_eq(stop.kind, MACHINE_TICKS, "function %u: %s", function, stop.text);
            machine_serial_text(m, MACHINE_E9, said, sizeof said);
            cr_expect_str_eq(said, "0");
            hash[fails] = machine_hash(m);
            machine_destroy(m);
        }
        cr_expect_eq(hash[0], hash[1], "function %u", function);
    }
    unlink(path);
}

/* Sector 5 of the disk as somebody would find it after a kill: in a copy of the file. */
static u8 found_in_a_copy(const char *path, const char *copy, enum disk_mode mode)
{
    char command[256];
    u8 bytes[512] = { 0xff };
    struct error err = { 0 };
    struct image_source source = { .path = copy, .what = "copy", .access = IMAGE_READ_ONLY };

    snprintf(command, sizeof command, "cp %s %s", path, copy);
    cr_assert_eq(system(command), 0);
    struct image_layer *layer = image_open(mode, &source, &err);
    cr_assert(layer && image_layer_read(layer, 5, 1, bytes, &err), "%s", err.text);
    image_layer_close(layer);
    return bytes[0];
}

Test(disks, what_a_guest_that_never_flushes_wrote_is_in_the_file_a_second_later)
{
    static const enum disk_mode modes[] = { DISK_GROWING, DISK_OVERLAY };
    char dir[TEST_ROOM], path[64], copy[64], said[16];

    test_room(dir);
    snprintf(path, sizeof path, "%s/disk", dir);
    snprintf(copy, sizeof copy, "%s/copy", dir);
    for (unsigned i = 0; i < 2; i++) {
        struct error err = { 0 };
        u8 sector[512] = { 0 };
        struct image_source source = { .path = path, .what = "disk", .access = IMAGE_WRITABLE };
        struct image_wish wish = { .kind = image_kind_of(modes[i]), .path = path, .sectors = 20160, .force = true };
        cr_assert(image_create(&wish, &err), "%s", err.text);
        struct image_layer *layer = image_open(modes[i], &source, &err);
        memcpy(sector, boot, sizeof boot);
        sector[510] = 0x55, sector[511] = 0xaa;
        cr_assert(layer && image_layer_write(layer, 0, 1, sector, &err) && image_layer_flush(layer, &err));
        image_layer_close(layer);
        struct machine *m = machine_with(path, modes[i]);
        while (!machine_serial_text(m, MACHINE_E9, said, sizeof said)) cr_assert_eq(machine_run(m, 10000).kind, MACHINE_TICKS);
        cr_expect_eq(found_in_a_copy(path, copy, modes[i]), 0);
        machine_run(m, 60000000);
        cr_expect_eq(found_in_a_copy(path, copy, modes[i]), 0x31);
        machine_destroy(m);
    }
    cr_expect_eq(unlink(path) + unlink(copy) + rmdir(dir), 0);
}
