/* bench IMAGE: the guest kernels on this machine; a line each: name, instructions, seconds.    doc: bench
 * Ticks are instructions (and iterations of repeated string instructions), taken when the guest writes a line to port E9. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "devices/machine.h"

struct bench {
    struct machine *machine;
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
        b->begin_tick = machine_tick(b->machine);
        b->begin_s = now_s();
    } else if (sscanf(b->line, "GK END %31s", name) == 1) {
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

int main(int argc, char **argv)
{
    struct machine_config config;
    struct error err = { 0 };
    struct bench b = { 0 };

    if (argc != 2) return fputs("bench IMAGE\n", stderr), 2;
    machine_config_defaults(&config);
    config.memory_bytes = 64ull << 20;
    config.boot[0] = BOOT_DISK;
    config.ata[0].device[0].type = ATA_DISK;
    config.ata[0].device[0].volatile_writes = true;
    snprintf(config.ata[0].device[0].path, sizeof config.ata[0].device[0].path, "%s", argv[1]);
    b.machine = machine_create(&config, &err);
    if (!b.machine) return fputs(err.text, stderr), 2;
    machine_on_e9(b.machine, on_byte, &b);
    struct machine_stop stop = machine_run(b.machine, UINT64_MAX);
    printf("# %s\n", stop.text);
    machine_destroy(b.machine);
    return stop.kind == MACHINE_EXIT && stop.code == 1 ? 0 : 1;
}
