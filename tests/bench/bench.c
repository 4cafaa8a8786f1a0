/* bench IMAGE: the guest kernels on this machine; a line each: name, instructions, seconds.    doc: bench
 * bench IMAGE KERNEL WARM TICKS: only so many ticks of one kernel, WARM ticks after its beginning; callgrind counts those alone.
 * Ticks are instructions (and iterations of repeated string instructions), taken when the guest writes a line to port E9. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

#include "devices/machine.h"

struct bench {
    struct machine *machine;
    const char *slice;           /* the kernel to stop at, or NULL */
    char line[128];
    size_t used;
    u64 begin_tick;
    double begin_s;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_line(struct bench *b)
{
    char name[32];

    if (sscanf(b->line, "GK BEGIN %31s", name) == 1) {
        if (b->slice && !strcmp(name, b->slice)) machine_request_stop(b->machine);
        b->begin_tick = machine_tick(b->machine);
        b->begin_s = now_s();
    } else if (sscanf(b->line, "GK END %31s", name) == 1 && !b->slice) {
        printf("%s %llu %.4f %s\n", name, (unsigned long long)(machine_tick(b->machine) - b->begin_tick), now_s() - b->begin_s,
               strstr(b->line, " BAD") ? "BAD" : "OK");
        fflush(stdout);
    }
}

static void on_byte(void *context, u8 byte)
{
    struct bench *b = context;

    if (byte == '\n') {
        b->line[b->used] = 0;
        on_line(b);
        b->used = 0;
    } else if (b->used + 1 < sizeof b->line) {
        b->line[b->used++] = (char)byte;
    }
}

static struct machine *machine_with(const char *disk, struct error *err)
{
    struct machine_config config;

    machine_config_defaults(&config);
    config.memory_bytes = 64ull << 20;
    config.boot[0] = BOOT_DISK;
    config.ata[0].device[0].type = ATA_DISK;
    config.ata[0].device[0].mode = DISK_VOLATILE;
    snprintf(config.ata[0].device[0].path, sizeof config.ata[0].device[0].path, "%s", disk);
    return machine_create(&config, err);
}

/* Prints how many ticks have run while callgrind looked. */
static bool run_slice(struct bench *b, u64 warm, u64 ticks)
{
    if (machine_run(b->machine, UINT64_MAX).kind != MACHINE_REQUEST) return false;       /* there is no such kernel */
    machine_run(b->machine, warm);
    u64 begin = machine_tick(b->machine);
    CALLGRIND_START_INSTRUMENTATION;
    machine_run(b->machine, ticks);
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("%s %llu\n", b->slice, (unsigned long long)(machine_tick(b->machine) - begin));
    return true;
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    struct bench b = { 0 };

    if (argc != 2 && argc != 5) return fputs("bench IMAGE [KERNEL WARM TICKS]\n", stderr), 2;
    b.machine = machine_with(argv[1], &err);
    if (!b.machine) return fputs(err.text, stderr), 2;
    machine_on_e9(b.machine, on_byte, &b);
    bool ok;
    if (argc == 5) {
        b.slice = argv[2];
        ok = run_slice(&b, strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
    } else {
        struct machine_stop stop = machine_run(b.machine, UINT64_MAX);
        printf("# %s\n", stop.text);
        ok = stop.kind == MACHINE_EXIT && stop.code == 1;
    }
    machine_destroy(b.machine);
    return !ok;
}
