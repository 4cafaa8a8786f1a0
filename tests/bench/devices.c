/* devices [NAME]: what an access to a device costs; a line each: name, ns an access, ns a round beside an empty loop's.   doc: bench */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "devices/board/board.h"

#define FRAME_BUFFER 0xe0000000ull
enum { POST_TICKS = 20000000, CODE_AT = 0x10000, STACK_AT = 0x7000, DISK_BYTES = 1 << 20, REPEATS = 3, FRAMES = 500 };

#define LOOPS(X) \
    X(nothing, 20000000) X(out_post, 5000000) X(in_port_b, 5000000) X(in_status, 5000000) X(out_uart, 2000000) \
    X(text_store, 5000000) X(text_load, 5000000) X(text_stos, 5000) X(chain4_byte, 5000000) X(chain4_long, 5000000) X(chain4_stos, 500) \
    X(planar_0, 5000000) X(planar_0_masked, 5000000) X(planar_0_xor, 5000000) X(planar_1, 5000000) X(planar_2, 5000000) X(planar_3, 5000000) \
    X(planar_copy, 300) X(ata_sectors, 500) X(ata_multiple, 500) X(floppy, 1000)
#define X(name, rounds) extern const u8 bench_##name[], bench_##name##_end[]; extern const u32 bench_##name##_accesses;
LOOPS(X)
#undef X

static const struct loop {
    const char *name;
    const u8 *code, *end;
    const u32 *accesses;
    u32 rounds;
} loops[] = {
#define X(name, rounds) { #name, bench_##name, bench_##name##_end, &bench_##name##_accesses, rounds },
    LOOPS(X)
#undef X
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of the whole loop, without POST and the making of the machine. */
static double seconds_of(const struct loop *l, const char *disk)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.boot[0] = BOOT_DISK;                          /* there is nothing on it: POST waits for a key */
    config.boot[1] = config.boot[2] = BOOT_NONE;
    strcpy(config.floppy[0].path, DEMO_DISK);
    config.ata[0].device[0].type = ATA_DISK;
    strcpy(config.ata[0].device[0].path, disk);
    struct machine *m = machine_create(&config, &err);
    if (!m) {
        fputs(err.text, stderr);
        exit(2);
    }
    machine_run(m, POST_TICKS);
    machine_poke(m, CODE_AT, l->code, (size_t)(l->end - l->code));
    const struct { const char *name; u64 value; } set[] = {
        { "cs", CODE_AT >> 4 }, { "eip", 0 }, { "ss", 0 }, { "esp", STACK_AT }, { "ecx", l->rounds },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(set); i++) cpu_set_register(m->cpu, set[i].name, set[i].value, &err);
    double begin = now_s();
    struct machine_stop stop = machine_run(m, UINT64_MAX);
    double took = now_s() - begin;
    if (stop.kind != MACHINE_EXIT) {
        fprintf(stderr, "%s: %s\n", l->name, stop.text);
        exit(1);
    }
    machine_destroy(m);
    return took;
}

static void measure_loop(const struct loop *l, const char *disk)
{
    double best = 1e9;

    for (unsigned i = 0; i < REPEATS; i++) {
        double took = seconds_of(l, disk);
        if (took < best) best = took;
    }
    double accesses = (double)l->rounds * *l->accesses;
    printf("%-16s %9.2f ns   %9.1f M/s\n", l->name, best / accesses * 1e9, accesses / best / 1e6);
    fflush(stdout);
}

/* What the machine's thread pays for a picture of which `pages` have changed, and the display's thread for its pixels. */
static void measure_frames(struct machine *m, const char *name, unsigned pages)
{
    struct vga_picture *picture = calloc(1, sizeof *picture);
    struct vga_frame *frame = calloc(1, sizeof *frame);
    double taken = 0, drawn = 0;

    for (unsigned i = 0; i < FRAMES; i++) {
        u8 byte = (u8)i;
        for (unsigned p = 0; p < pages; p++) machine_poke(m, FRAME_BUFFER + p * 4096ull, &byte, 1);
        double begin = now_s();
        machine_take_picture(m, picture);
        double then = now_s();
        vga_render(picture, frame);
        taken += then - begin;
        drawn += now_s() - then;
    }
    printf("%-16s %9.2f us a frame, %.2f %% at 60 Hz; %.2f us to draw (the display's thread)\n", name, taken / FRAMES * 1e6, taken / FRAMES * 6000, drawn / FRAMES * 1e6);
    free(picture);
    free(frame);
}

/* The text screen as POST leaves it, and 1024x768 with 32 bits, of which nothing, a tenth or all is new in each frame. */
static void measure_picture(void)
{
    static const struct { u16 reg, value; } mode[] = { { DISPI_XRES, 1024 }, { DISPI_YRES, 768 }, { DISPI_BPP, 32 }, { DISPI_ENABLE, DISPI_ENABLED } };
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    strcpy(config.floppy[0].path, DEMO_DISK);
    struct machine *m = machine_create(&config, &err);
    machine_run(m, POST_TICKS);
    measure_frames(m, "picture, text", 0);
    for (unsigned i = 0; i < ARRAY_COUNT(mode); i++) {
        ports_write(m->ports, 0x1ce, 2, mode[i].reg);
        ports_write(m->ports, 0x1cf, 2, mode[i].value);
    }
    measure_frames(m, "picture, still", 0);
    measure_frames(m, "picture, a tenth", 77);
    measure_frames(m, "picture, all", 768);
    machine_destroy(m);
}

int main(int argc, char **argv)
{
    char disk[] = "/tmp/orrery-bench-XXXXXX";
    int fd = mkstemp(disk);

    if (fd < 0 || ftruncate(fd, DISK_BYTES)) return perror(disk), 2;
    close(fd);
    for (unsigned i = 0; i < ARRAY_COUNT(loops); i++)
        if (argc < 2 || !strcmp(argv[1], loops[i].name)) measure_loop(&loops[i], disk);
    if (argc < 2 || !strcmp(argv[1], "picture")) measure_picture();
    unlink(disk);
    return 0;
}
