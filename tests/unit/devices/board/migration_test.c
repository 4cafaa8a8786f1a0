/* A machine that goes to another process. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/board/board.h"
#include "devices/board/mirror.h"
#include "devices/board/passage.h"
#include "tests/unit/devices/board/room_fixture.h"

static void ignore(void *context, const char *directive) { (void)context, (void)directive; }

/* What the other process has to say at its end. */
struct report {
    bool arrived;
    u64 tick, hash, hash_later;
    u8 sector;
    char why[400];
};

static void live_there(struct room *r, struct report *report)
{
    struct error err = { 0 };
    struct machine_arrival how = { 0 };
    struct arrival *a = machine_await(r->address, &err);
    struct machine *m = NULL;

    if (a) {
        arrival_config(a, ignore, NULL);
        arrival_furnish(a, &r->config);
        m = machine_create(&r->config, &err);
    }
    report->arrived = m && machine_arrive(m, a, &how, &err);
    snprintf(report->why, sizeof report->why, "%.300s", err.text);
    if (report->arrived) {
        u8 sector[512] = { 0 };
        report->tick = machine_tick(m);
        if (how.ended) {
            machine_destroy(m);
            arrival_free(a);
            return;
        }
        report->hash = machine_hash(m);
        machine_run(m, 5000000);
        report->hash_later = machine_hash(m);
        if (m->ata_image[0][0]) {
            disk_image_read(m->ata_image[0][0], 9, 1, sector);
            report->sector = sector[0];
            sector[0] = 77;
            disk_image_write(m->ata_image[0][0], 10, 1, sector);
            disk_image_flush(m->ata_image[0][0]);
        }
    }
    machine_destroy(m);
    arrival_free(a);
}

/* Another process that waits; the pipe tells its report. */
static pid_t wait_there(struct room *r, int *pipe_end)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        struct report report = { 0 };
        live_there(r, &report);
        if (write(ends[1], &report, sizeof report) < 0) _exit(1);
        _exit(0);
    }
    close(ends[1]);
    *pipe_end = ends[0];
    for (unsigned i = 0; i < 1000 && access(r->address + 5, F_OK); i++) usleep(10000);
    return child;
}

static struct report report_of(pid_t child, int pipe_end)
{
    struct report report = { 0 };

    cr_assert_eq(read(pipe_end, &report, sizeof report), sizeof report);
    waitpid(child, NULL, 0);
    close(pipe_end);
    return report;
}

static struct machine_stop run_on(void *machine, u64 ticks) { return machine_run(machine, ticks); }

static bool migrate(struct machine *m, struct room *r)
{
    struct machine_passage passage = { .run = run_on, .context = m };
    return machine_migrate(m, r->address, "cpu: model=pentium\n", &passage, &r->err);
}

Test(migration, the_other_process_has_what_would_have_been_here, .timeout = 60)
{
    ROOM(r);
    int end;
    pid_t there = wait_there(r, &end);
    struct machine *m = machine_of(r);

    machine_run(m, 12345678);
    cr_assert(migrate(m, r), "%s", r->err.text);
    struct report report = report_of(there, end);
    cr_assert(report.arrived, "%s", report.why);
    cr_expect_eq(machine_run(m, 1).kind, MACHINE_GONE, "it is frozen here");
    machine_destroy(m);
    m = machine_of(r);
    machine_run(m, report.tick);
    cr_expect_eq(machine_hash(m), report.hash);
    machine_run(m, 5000000);
    cr_expect_eq(machine_hash(m), report.hash_later);
    machine_destroy(m);
}

Test(migration, who_cannot_be_it_says_why_and_the_machine_goes_on, .timeout = 60)
{
    ROOM(r);
    int end;

    r->config.sb16.enabled = true;
    pid_t there = wait_there(r, &end);
    r->config.sb16.enabled = false;
    struct machine *m = machine_of(r), *other = machine_of(r);
    machine_run(m, 1000000);
    cr_expect_not(migrate(m, r));
    cr_expect(strstr(r->err.text, "refuses: ") && strstr(r->err.text, "sb16"), "%s", r->err.text);
    cr_expect_not(report_of(there, end).arrived);
    machine_run(m, 1000000);
    machine_run(other, machine_tick(m));
    cr_expect_eq(machine_hash(m), machine_hash(other));
    machine_destroy(m);
    machine_destroy(other);
}

static void make_image(const char *path)
{
    u8 *bytes = calloc(1, 1 << 20);
    FILE *f = fopen(path, "wb");

    cr_assert(f && fwrite(bytes, 1, 1 << 20, f) == 1 << 20 && fclose(f) == 0);
    free(bytes);
}

/* Of every form that keeps something in memory: the other process reads what was written here, writes on, and the lock was never free. */
Test(migration, a_disk_goes_along_with_its_lock_and_what_it_kept_back, .timeout = 100)
{
    static const enum disk_mode modes[] = { DISK_FLAT, DISK_UNDOABLE };

    for (unsigned i = 0; i < ARRAY_COUNT(modes); i++) {
        ROOM(r);
        u8 sector[512] = { 42 };
        struct ata_device_config *d = &r->config.ata[0].device[0];
        int end;
        make_image(r->disk);
        d->type = ATA_DISK;
        d->mode = modes[i];
        strcpy(d->path, r->disk);
        strcpy(d->journal, r->base);
        pid_t there = wait_there(r, &end);
        struct machine *m = machine_of(r);
        cr_assert(disk_image_write(m->ata_image[0][0], 9, 1, sector));
        cr_assert(migrate(m, r), "%s", r->err.text);
        struct report report = report_of(there, end);
        cr_assert(report.arrived, "%s", report.why);
        cr_expect_eq(report.sector, 42, "form %u", i);
        machine_destroy(m);
        m = machine_of(r);
        cr_assert(disk_image_read(m->ata_image[0][0], 10, 1, sector));
        cr_expect_eq(sector[0], 77, "form %u", i);
        machine_destroy(m);
    }
}

Test(migration, volatile_writes_in_a_file_are_neither_saved_nor_sent)
{
    ROOM(r);
    struct ata_device_config *d = &r->config.ata[0].device[0];

    make_image(r->disk);
    d->type = ATA_DISK;
    d->mode = DISK_VOLATILE;
    strcpy(d->path, r->disk);
    strcpy(d->journal, r->base);
    struct machine *m = machine_of(r);
    cr_expect_not(migrate(m, r));
    cr_expect(strstr(r->err.text, "journal="), "%s", r->err.text);
    r->err = (struct error){ 0 };
    cr_expect_not(machine_save(m, r->base, "", true, NULL, &r->err));
    cr_expect(strstr(r->err.text, "journal="), "%s", r->err.text);
    machine_destroy(m);
}

/* --- a second that follows --- */

static void say_nothing(void *context, const char *sentence) { (void)context, (void)sentence; }

/* The first has the lock on what goes into its drive: the second opens it by the first's descriptor. */
Test(mirror, a_medium_that_goes_in_goes_into_the_seconds_drive_too, .timeout = 60)
{
    ROOM(r);
    struct machine_mirroring how = { .lost = say_nothing, .check_ns = 1 };
    int end;
    FILE *f = fopen(r->disk, "wb");

    cr_assert(f && fseek(f, 1474559, SEEK_SET) == 0 && fputc(1, f) == 1 && fclose(f) == 0);
    pid_t there = wait_there(r, &end);
    struct machine *m = machine_of(r);
    struct machine_passage passage = { .run = run_on, .context = m };
    machine_run(m, 12345678);
    cr_assert(machine_mirror(m, r->address, "", &passage, &how, &r->err), "%s", r->err.text);
    machine_run(m, 1000000);
    cr_assert(machine_floppy_insert(m, 0, r->disk, false, &r->err), "%s", r->err.text);
    machine_run(m, 1000000);
    machine_key(m, 4, true);
    machine_floppy_eject(m, 0);
    machine_run(m, 1000000);
    cr_assert(machine_floppy_insert(m, 0, r->disk, false, &r->err), "%s", r->err.text);
    machine_run(m, 1000000);
    cr_expect(machine_is_mirrored(m), "the second has found nothing that differs");
    machine_end_mirror(m);
    struct report report = report_of(there, end);
    cr_expect(report.arrived, "%s", report.why);
    cr_expect_eq(report.tick, machine_tick(m));
    machine_destroy(m);
}

Test(mirror, the_second_goes_on_with_what_it_has_heard, .timeout = 60)
{
    ROOM(r);
    struct machine_mirroring how = { .lost = say_nothing };
    struct ata_device_config *d = &r->config.ata[0].device[0];
    int end;

    make_image(r->disk);
    d->type = ATA_DISK;
    strcpy(d->path, r->disk);
    pid_t there = wait_there(r, &end);
    struct machine *m = machine_of(r), *alone;
    struct machine_passage passage = { .run = run_on, .context = m };
    machine_run(m, 1000000);
    cr_assert(machine_mirror(m, r->address, "", &passage, &how, &r->err), "%s", r->err.text);
    u64 begun = machine_tick(m);
    machine_run(m, 3000000);
    machine_key(m, 4, true);
    machine_run(m, 1000000);
    u64 tick = machine_tick(m);
    shutdown(m->mirror->departure.peer.fd, SHUT_RDWR);           /* as if this process were no more */
    struct report report = report_of(there, end);
    cr_assert(report.arrived, "%s", report.why);
    cr_expect_eq(report.tick, tick);
    machine_destroy(m);
    alone = machine_of(r);
    machine_run(alone, begun + 3000000);
    machine_key(alone, 4, true);
    machine_run(alone, 1000000);
    cr_expect_eq(machine_hash(alone), report.hash);
    u8 sector[512];
    cr_assert(disk_image_read(alone->ata_image[0][0], 10, 1, sector));
    cr_expect_eq(sector[0], 77, "what the second wrote when it was the machine");
    machine_destroy(alone);
}
