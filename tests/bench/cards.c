/* cards [NAME...]: what network cards and a disk's bus master move, driven by loops that do nothing else (cards_guest.S).       doc: bench
 * A line each: name, MB/s of the host's time, MB/s of virtual time, instructions of the loop and ns of the host a frame or a read, and what limits it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "devices/board/board.h"

enum { POST_TICKS = 20000000, CODE_AT = 0x10000, STACK_AT = 0x7000, COUNTED_AT = 0x600, REPEATS = 3 };
enum { FRAME_BYTES = 1514, RING_FRAMES = 63, READ_BYTES = 131072, DISK_BYTES = 64 << 20, WIRE_BYTES = FRAME_BYTES + 24 };
#define NS_AN_INSTRUCTION 4.0            /* of a loop with little else than port I/O and stores */

#define LOOPS(X) \
    /* name          rounds  units a round  bytes a unit  wire, Mbit/s */ \
    X(ne2000_send,    10000, 1,             FRAME_BYTES,    10)           \
    X(ne2000_receive, 10000, 1,             FRAME_BYTES,    10)           \
    X(e1000_send,      2000, RING_FRAMES,   FRAME_BYTES,  1000)           \
    X(e1000_receive, 100000, 1,             FRAME_BYTES,  1000)           \
    X(ata_dma_read,    8000, 1,             READ_BYTES,      0)           \
    X(ata_dma_write,   2000, 1,             READ_BYTES,      0)
#define X(name, ...) extern const u8 bench_##name[], bench_##name##_end[];
LOOPS(X)
#undef X

static const struct loop {
    const char *name;
    const u8 *code, *end;
    u32 rounds, units, bytes, mbit;
} loops[] = {
#define X(name, rounds, units, bytes, mbit) { #name, bench_##name, bench_##name##_end, rounds, units, bytes, mbit },
    LOOPS(X)
#undef X
};

struct result {
    double seconds, virtual_seconds;
    u64 instructions;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The cable's other end: it counts what comes and always has a frame of the longest kind. */
struct far_end {
    u64 swallowed;
    u8 frame[FRAME_BYTES];
};

static void swallow(void *self, const u8 *frame, unsigned size)
{
    (void)frame, (void)size;
    ((struct far_end *)self)->swallowed++;
}

static unsigned give(void *self, u8 *frame)
{
    memcpy(frame, ((struct far_end *)self)->frame, FRAME_BYTES);
    return FRAME_BYTES;
}

static struct machine *build(const struct loop *l, const char *disk)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    strcpy(config.cpu_model, "p3_katmai");               /* it counts its instructions */
    config.boot[0] = BOOT_DISK;                          /* there is nothing on it: POST waits for a key */
    config.boot[1] = config.boot[2] = BOOT_NONE;
    config.ata[0].device[0].type = ATA_DISK;
    strcpy(config.ata[0].device[0].path, disk);
    config.ne2k[0] = (struct nic_config){ .present = !strncmp(l->name, "ne", 2), .ioaddr = 0x300, .irq = 5 };
    config.e1000[0] = (struct nic_config){ .present = !strncmp(l->name, "e1", 2) };
    struct machine *m = machine_create(&config, &err);
    if (!m) {
        fputs(err.text, stderr);
        exit(2);
    }
    return m;
}

static struct result run(const struct loop *l, const char *disk)
{
    struct machine *m = build(l, disk);
    struct network *net = m->config.ne2k[0].present ? &m->ne2k[0].network : &m->e1000[0].network;
    bool receives = strstr(l->name, "receive");
    struct error err = { 0 };
    struct far_end far = { .frame = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
    u8 counted[8];

    machine_run(m, POST_TICKS);
    machine_poke(m, CODE_AT, l->code, (size_t)(l->end - l->code));
    const struct { const char *name; u64 value; } set[] = {
        { "cs", CODE_AT >> 4 }, { "eip", 0 }, { "ss", 0 }, { "esp", STACK_AT }, { "ecx", l->rounds },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(set); i++) cpu_set_register(m->cpu, set[i].name, set[i].value, &err);
    if (l->mbit) {
        net->backend = (struct network_backend){ .self = &far, .send = swallow, .next = receives ? give : NULL };
        network_wake(net);
    }
    u64 first = machine_tick(m);
    double begin = now_s();
    struct machine_stop stop = machine_run(m, UINT64_MAX);
    struct result r = { .seconds = now_s() - begin, .virtual_seconds = (double)(machine_tick(m) - first) / (double)machine_ips(m) };
    if (stop.kind != MACHINE_EXIT || (l->mbit && !receives && far.swallowed != (u64)l->rounds * l->units)) {
        fprintf(stderr, "%s: %s; %llu frames sent\n", l->name, stop.text, (unsigned long long)far.swallowed);
        exit(1);
    }
    machine_peek(m, COUNTED_AT, counted, sizeof counted);
    r.instructions = get64(counted);
    machine_destroy(m);
    return r;
}

static void measure(const struct loop *l, const char *disk)
{
    double units = (double)l->rounds * l->units, mb = units * l->bytes / 1e6, wire;
    struct result best = { .seconds = 1e9 };

    for (unsigned i = 0; i < REPEATS; i++) {
        struct result r = run(l, disk);
        if (r.seconds < best.seconds) best = r;
    }
    wire = l->mbit ? (double)l->bytes / WIRE_BYTES * l->mbit / 8 : 0;
    double instructions = (double)best.instructions / units, ns = best.seconds / units * 1e9;
    const char *host = instructions * NS_AN_INSTRUCTION > ns / 2 ? "the loop's instructions" : l->mbit ? "card and cable" : "disk and copying";
    printf("%-15s %8.1f MB/s  %7.2f virtual MB/s  %6.0f instructions  %8.0f ns  %s%s\n", l->name, mb / best.seconds, mb / best.virtual_seconds, instructions, ns, host,
           wire && mb / best.virtual_seconds > wire * 0.9 ? "; in virtual time the wire" : "");
    fflush(stdout);
}

/* An image with something in it. */
static void fill(int fd)
{
    u8 block[65536];

    for (unsigned at = 0; at < DISK_BYTES; at += sizeof block) {
        memset(block, (int)(at >> 16) + 1, sizeof block);
        if (write(fd, block, sizeof block) != sizeof block) {
            perror("bench-cards");
            exit(2);
        }
    }
    close(fd);
}

/* All of them without a word. */
static bool is_wanted(const char *name, char **words)
{
    bool found = !*words;

    for (; *words; words++) found |= !strncmp(*words, name, strlen(*words));
    return found;
}

int main(int argc, char **argv)
{
    char disk[] = "/tmp/orrery-bench-XXXXXX";
    int fd = mkstemp(disk);

    (void)argc;
    if (fd < 0) return perror(disk), 2;
    fill(fd);
    for (unsigned i = 0; i < ARRAY_COUNT(loops); i++)
        if (is_wanted(loops[i].name, argv + 1)) measure(&loops[i], disk);
    unlink(disk);
    return 0;
}
