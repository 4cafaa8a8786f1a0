#ifndef ORRERY_TESTS_FDC_FIXTURE_H
#define ORRERY_TESTS_FDC_FIXTURE_H
/* A floppy controller on a bench: a clock that is turned by hand, 64 KiB of DMA memory, disks of memory. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/chip/fdc_82077.h"

enum { BENCH_IPS = 1000000, BENCH_MEMORY = 65536 };
enum { DOR = 2, TDR, MSR, DATA, DIR = 7, DSR = 4, CCR = 7 };
enum { MOTOR_A = 0x1c, MOTOR_B = 0x2d };                 /* DOR: motor, DMA gate, no reset, select */
enum { RQM = 0x80, DIO = 0x40, NON_DMA = 0x20, CB = 0x10 };

struct bench {
    struct fdc_82077 fdc;
    struct clock clock;
    struct line irq;
    unsigned edges;                      /* rising edges of INT */
    u8 memory[BENCH_MEMORY];
    u32 dma_at, dma_left;                /* the 8237 channel: next address, bytes up to TC; 0 = masked */
    u8 *disk[FDC_DRIVES];
    u8 result[10];
    unsigned results;
};

static inline void on_irq(void *listener, unsigned n, bool level)
{
    (void)n;
    if (level) ((struct bench *)listener)->edges++;
}

static inline unsigned bench_dma(void *controller, unsigned channel, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    struct bench *b = controller;
    unsigned n = count < b->dma_left ? count : b->dma_left;

    cr_assert_eq(channel, 2);
    cr_assert(b->dma_at + n <= BENCH_MEMORY);
    if (to_memory) memcpy(b->memory + b->dma_at, bytes, n);
    else memcpy(bytes, b->memory + b->dma_at, n);
    b->dma_at += n;
    b->dma_left -= n;
    *tc = n && !b->dma_left;
    return n;
}

/* Lets time pass until `tick`. */
static inline void run_to(struct bench *b, u64 tick)
{
    while (b->clock.time.deadline <= tick) {
        b->clock.time.now = b->clock.time.deadline > b->clock.time.now ? b->clock.time.deadline : b->clock.time.now;
        clock_fire_due(&b->clock);
        cr_assert_null(fdc_82077_invariant(&b->fdc), "%s", fdc_82077_invariant(&b->fdc));
    }
    b->clock.time.now = tick;
}
static inline void run_ms(struct bench *b, u64 ms) { run_to(b, b->clock.time.now + ms * BENCH_IPS / 1000); }

/* Until INT rises, at most `ms`; false when it does not. */
static inline bool wait_int(struct bench *b, u64 ms)
{
    u64 end = b->clock.time.now + ms * BENCH_IPS / 1000;
    while (!b->irq.level && b->clock.time.deadline <= end) run_to(b, b->clock.time.deadline);
    if (!b->irq.level) run_to(b, end);
    return b->irq.level;
}

static inline u8 in(struct bench *b, unsigned reg) { return fdc_82077_read(&b->fdc, reg); }
static inline void out(struct bench *b, unsigned reg, u8 value) { fdc_82077_write(&b->fdc, reg, value); }

/* A disk of its own for a drive: sector n is filled with the low byte of n, its first two bytes are n. */
static inline void put_disk(struct bench *b, unsigned drive, u64 size)
{
    free(b->disk[drive]);
    b->disk[drive] = malloc(size);
    for (u64 n = 0; n < size / 512; n++) {
        memset(b->disk[drive] + n * 512, (int)n, 512);
        put16(b->disk[drive] + n * 512, (u16)n);
    }
    disk_image_close(fdc_82077_eject(&b->fdc, drive));
    cr_assert(fdc_82077_insert(&b->fdc, drive, disk_image_open_memory(b->disk[drive], size), false));
}

static inline struct bench *bench_empty(void)
{
    struct bench *b = calloc(1, sizeof *b);
    clock_init(&b->clock, BENCH_IPS);
    b->irq = (struct line){ .changed = on_irq, .listener = b };
    fdc_82077_init(&b->fdc, &b->clock, &b->irq, (struct dma_wire){ b, 2, bench_dma });
    return b;
}

/* Sends a command's bytes; gathers nothing. */
#define COMMAND(b, ...) send(b, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))
static inline void send(struct bench *b, const u8 *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(in(b, MSR) & (RQM | DIO), RQM, "byte %zu of command %02x", i, bytes[0]);
        out(b, DATA, bytes[i]);
        cr_assert_null(fdc_82077_invariant(&b->fdc), "%s", fdc_82077_invariant(&b->fdc));
    }
}

static inline unsigned fetch(struct bench *b)
{
    for (b->results = 0; (in(b, MSR) & (RQM | DIO)) == (RQM | DIO) && b->results < 10;) b->result[b->results++] = in(b, DATA);
    return b->results;
}

/* SENSE INTERRUPT STATUS: ST0 << 8 | PCN, or 80h alone. */
static inline unsigned sense(struct bench *b)
{
    COMMAND(b, 8);
    return fetch(b) == 2 ? (unsigned)(b->result[0] << 8 | b->result[1]) : b->result[0];
}

/* As after a BIOS: out of reset, sensed, 3 ms steps, DMA, 500 kbit/s, drive A recalibrated and its motor on. */
static inline struct bench *bench_booted(enum floppy_drive type, u64 disk)
{
    struct bench *b = bench_empty();
    fdc_82077_attach(&b->fdc, 0, type);
    if (disk) put_disk(b, 0, disk);
    out(b, DOR, 0x0c);
    cr_assert(wait_int(b, 10));
    for (unsigned n = 0; n < 4; n++) sense(b);
    COMMAND(b, 3, 0xd1, 0x02);
    out(b, DOR, MOTOR_A);
    out(b, CCR, FLOPPY_500K);
    COMMAND(b, 7, 0);
    cr_assert(wait_int(b, 1000));
    cr_assert_eq(sense(b), 0x2000);
    b->edges = 0;
    return b;
}

static inline void bench_done(struct bench **b)
{
    for (unsigned n = 0; n < FDC_DRIVES; n++) {
        disk_image_close(fdc_82077_eject(&(*b)->fdc, n));
        free((*b)->disk[n]);
    }
    clock_free(&(*b)->clock);
    free(*b);
}
#define BENCH(b) __attribute__((cleanup(bench_done))) struct bench *b

static inline void dma(struct bench *b, u32 at, u32 bytes)
{
    b->dma_at = at;
    b->dma_left = bytes;
}

/* Runs a command that ends with the usual seven bytes, and expects ST0 ST1 ST2 C H R N. */
#define EXPECT_RESULT(b, ...) expect_result(b, (const u8[7]){ __VA_ARGS__ }, __LINE__)
static inline void expect_result(struct bench *b, const u8 *expected, int line)
{
    cr_assert(wait_int(b, 2000), "line %d: the command does not end", line);
    cr_assert_eq(fetch(b), 7, "line %d: %u result bytes", line, b->results);
    for (unsigned i = 0; i < 7; i++)
        cr_expect_eq(b->result[i], expected[i], "line %d: result byte %u is %02x, not %02x", line, i, b->result[i], expected[i]);
    cr_expect_not(b->irq.level, "line %d: INT falls with the first result byte", line);
}

enum { K1440 = 1474560, K720 = 737280, K360 = 368640, K1200 = 1228800, K160 = 163840, K2880 = 2949120, K1680 = 1720320 };

#endif
