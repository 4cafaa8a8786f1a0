#ifndef ORRERY_TESTS_ATA_FIXTURE_H
#define ORRERY_TESTS_ATA_FIXTURE_H
/* A cable with a disk of memory as device 0, a CD-ROM drive as device 1, and a host that polls. */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/chip/ata_channel.h"
#include "tests/unit/devices/bench.h"

enum { R_DATA, R_ERROR, R_COUNT, R_LOW, R_MID, R_HIGH, R_DEVICE, R_COMMAND, R_FEATURES = 1, R_STATUS = 7 };
enum { BSY = 0x80, DRDY = 0x40, DF = 0x20, DSC = 0x10, DRQ = 8, ERR = 1 };
enum { DISK_SECTORS = 4 * 4 * 20, DISC_BLOCKS = 600 };   /* 4 cylinders, 4 heads, 20 sectors */
enum { DISK = 0xa0, DISK_LBA = 0xe0, CD = 0xb0 };        /* device register */

struct cable {
    struct ata_channel ch;
    struct clock clock;
    struct line irq;
    unsigned edges;
    u8 *disk, *disc;
    struct disk_image *image[2];
    unsigned failures;
    bool helps;                          /* somebody makes room: the same is asked again */
};

/* Sector n begins with n. */
static inline u8 *numbered(u32 count, u32 size)
{
    u8 *bytes = malloc((size_t)count * size);
    for (u32 n = 0; n < count; n++) {
        memset(bytes + (size_t)n * size, (int)(n * 3), size);
        put32(bytes + (size_t)n * size, n);
    }
    return bytes;
}

static inline void check(struct cable *c)
{
    cr_assert_null(ata_channel_invariant(&c->ch), "%s", ata_channel_invariant(&c->ch));
}

static inline void wait_us(struct cable *c, u64 us)
{
    bench_run(&c->clock, us);
    check(c);
}

static inline u8 in(struct cable *c, unsigned reg) { return ata_channel_read(&c->ch, reg); }
static inline void out(struct cable *c, unsigned reg, u8 value) { ata_channel_write(&c->ch, reg, value); check(c); }
static inline u8 alt(struct cable *c) { return ata_channel_control_read(&c->ch, 0); }

/* Lets time pass until the selected device is not busy. */
static inline u8 ready(struct cable *c)
{
    for (unsigned i = 0; i < 100000 && alt(c) & BSY; i++) wait_us(c, 10);
    cr_assert_not(alt(c) & BSY, "busy for ever");
    return alt(c);
}

static inline bool failed(void *board, const char *sentence)
{
    struct cable *c = board;
    (void)sentence;
    c->failures++;
    c->clock.held = c->helps;
    return c->helps;
}

static inline struct cable *cable_empty(void)
{
    struct cable *c = calloc(1, sizeof *c);
    clock_init(&c->clock, BENCH_IPS);
    c->irq = (struct line){ .changed = bench_count, .listener = &c->edges };
    ata_channel_init(&c->ch, &c->clock, &c->irq, 0);
    return c;
}

static inline void attach_disk(struct cable *c, unsigned unit)
{
    c->disk = numbered(DISK_SECTORS, 512);
    c->image[0] = disk_image_open_memory(c->disk, DISK_SECTORS * 512);
    disk_image_on_failure(c->image[0], failed, c);
    ata_channel_attach_disk(&c->ch, unit, c->image[0], (struct disk_geometry){ 4, 4, 20 }, "TEST DISK");
}

static inline void attach_cd(struct cable *c, unsigned unit)
{
    c->disc = numbered(DISC_BLOCKS, 2048);
    c->image[1] = disk_image_open_memory(c->disc, DISC_BLOCKS * 2048);
    ata_channel_attach_cdrom(&c->ch, unit, c->image[1], "TEST CD");
}

static inline struct cable *cable_full(void)
{
    struct cable *c = cable_empty();
    attach_disk(c, 0);
    attach_cd(c, 1);
    wait_us(c, 10000);
    c->edges = 0;
    return c;
}

static inline void cable_done(struct cable **c)
{
    disk_image_close((*c)->image[0]);
    disk_image_close((*c)->image[1]);
    free((*c)->disk);
    free((*c)->disc);
    clock_free(&(*c)->clock);
    free(*c);
}
#define CABLE(c) __attribute__((cleanup(cable_done))) struct cable *c

/* Writes registers 1 (features) to 6 and the command. */
static inline void command(struct cable *c, u8 device, u8 features, u8 count, u8 low, u8 mid, u8 high, u8 code)
{
    out(c, R_DEVICE, device);
    out(c, R_FEATURES, features);
    out(c, R_COUNT, count);
    out(c, R_LOW, low);
    out(c, R_MID, mid);
    out(c, R_HIGH, high);
    out(c, R_COMMAND, code);
}

static inline void read_words(struct cable *c, u8 *bytes, u32 size)
{
    for (u32 i = 0; i < size; i += 2) put16(bytes + i, (u16)ata_channel_data_read(&c->ch, 0, 2));
    check(c);
}

static inline void write_words(struct cable *c, const u8 *bytes, u32 size)
{
    for (u32 i = 0; i < size; i += 2) ata_channel_data_write(&c->ch, 0, 2, get16(bytes + i));
    check(c);
}

#endif
