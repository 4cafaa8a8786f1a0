/* CT1741: commands, blocks by DMA, their times and interrupts.  "Sound Blaster Series Hardware Programming Guide". */
#include "devices/chip/sb16_ct1741.h"
#include "tests/unit/devices/bench.h"

enum { RESET = 6, READ_DATA = 0x0a, WRITE = 0x0c, READ_STATUS = 0x0e, ACK_16 = 0x0f, CHANGES = 70000 };
static struct clock bench;
static struct sb16_ct1741 dsp;
static struct line irq[2];
static unsigned requests[2];

/* Memory behind a DMA channel, which stands still while `masked`. */
static struct channel { u8 memory[200000]; u32 at, size; bool masked; } channel[2];
static u8 sent[100];
static unsigned sent_size;
/* What has been heard: level and the tick from which on it is that. */
static struct { u64 tick; s32 left, right; } heard[CHANGES];
static unsigned changes, wakes;

static unsigned transfer(void *controller, unsigned n, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    struct channel *c = controller;

    (void)n;
    *tc = false;
    if (c->masked) return 0;
    for (unsigned i = 0; i < count; i++) {
        u8 *at = &c->memory[c->at++ % c->size];
        if (to_memory) *at = bytes[i];
        else bytes[i] = *at;
    }
    return count;
}

static void on_level(void *to, struct rate rate, u64 cycle, s32 left, s32 right)
{
    (void)to;
    cr_assert_lt(changes, CHANGES);
    heard[changes].tick = clock_tick_of_cycle(&bench, rate, cycle);
    heard[changes].left = left;
    heard[changes++].right = right;
}

static void on_wake(void *board) { (void)board; wakes++; }
static void on_midi(void *to, u8 byte) { (void)to; sent[sent_size++ % sizeof sent] = byte; }

static void setup(void)
{
    const struct sb16_wires wires = { .clock = &bench, .irq = { &irq[0], &irq[1] }, .dma = { { &channel[0], 0, transfer }, { &channel[1], 0, transfer } },
                                      .sound = { NULL, on_level }, .midi = { NULL, on_midi }, .wake = on_wake };

    clock_init(&bench, 1000000);         /* a microsecond a tick */
    memset(channel, 0, sizeof channel);
    channel[0].size = channel[1].size = sizeof channel[0].memory;
    for (unsigned t = 0; t < 2; t++) irq[t] = (struct line){ .changed = bench_count, .listener = &requests[t] }, requests[t] = 0;
    sb16_ct1741_init(&dsp, &wires);
    changes = wakes = sent_size = 0;
}

static void teardown(void)
{
    cr_expect_null(sb16_ct1741_invariant(&dsp));
    clock_free(&bench);
}
TestSuite(sb16_ct1741, .init = setup, .fini = teardown);

static void us(u64 n) { bench_run(&bench, n); sb16_ct1741_render(&dsp); }
static void write(u8 byte) { sb16_ct1741_write(&dsp, WRITE, byte); }
#define COMMAND(...) do { const u8 bytes_[] = { __VA_ARGS__ }; for (unsigned i_ = 0; i_ < sizeof bytes_; i_++) write(bytes_[i_]); } while (0)
static u8 read(unsigned reg) { return sb16_ct1741_read(&dsp, reg); }
static bool has_data(void) { return read(READ_STATUS) & 0x80; }

static u8 answer(void)
{
    us(10);
    cr_expect(has_data());
    return read(READ_DATA);
}

/* --- ports and small commands --- */

Test(sb16_ct1741, a_reset_answers_aah_after_100_microseconds)                    /* "Resetting the DSP" */
{
    sb16_ct1741_write(&dsp, RESET, 1);
    us(3);
    sb16_ct1741_write(&dsp, RESET, 0);
    cr_expect(!has_data());
    us(99);
    cr_expect(!has_data());
    us(1);
    cr_expect(has_data());
    cr_expect_eq(read(READ_DATA), 0xaa);
    cr_expect(!has_data());
    cr_expect_eq(read(READ_DATA), 0xaa, "the last byte stays");
}

Test(sb16_ct1741, the_write_port_is_busy_for_a_moment)
{
    cr_expect(!(read(WRITE) & 0x80));
    write(0xd1);
    cr_expect(read(WRITE) & 0x80);
    us(2);
    cr_expect(!(read(WRITE) & 0x80));
}

Test(sb16_ct1741, it_says_what_it_is)
{
    static const char text[] = "COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.";

    write(0xe1);
    cr_expect_eq(answer(), 4);
    cr_expect_eq(answer(), 5);
    COMMAND(0xe0, 0x5a);
    cr_expect_eq(answer(), 0xa5);
    write(0xe3);
    for (unsigned i = 0; i < sizeof text; i++) cr_expect_eq(answer(), (u8)text[i]);
    cr_expect(!has_data());
    COMMAND(0xe4, 0x99, 0xe8);
    cr_expect_eq(answer(), 0x99);
    write(0xd8);
    cr_expect_eq(answer(), 0);
    COMMAND(0xd1, 0xd8);
    cr_expect_eq(answer(), 0xff);
}

Test(sb16_ct1741, f2h_and_f3h_ask_for_an_interrupt_and_a_read_takes_it_away)
{
    write(0xf2);
    cr_expect(irq[0].level && !irq[1].level);
    (void)read(READ_STATUS);
    cr_expect(!irq[0].level);
    write(0xf3);
    (void)read(READ_STATUS);
    cr_expect(irq[1].level);
    (void)read(ACK_16);
    cr_expect(!irq[1].level);
}

Test(sb16_ct1741, an_unknown_command_is_ignored)
{
    COMMAND(0x01, 0xff, 0x60);
    us(10);
    cr_expect(!has_data());
    write(0xe1);
    cr_expect_eq(answer(), 4);
}

/* A snapshot may say anything: one that waits for parameters of no command is refused, and would not be followed. */
Test(sb16_ct1741, parameters_are_those_of_a_command)
{
    dsp.command = 0xff;
    dsp.wanted = 1;
    cr_expect_str_eq(sb16_ct1741_invariant(&dsp), "parameters are those of a command");
    sb16_ct1741_write(&dsp, 0x0c, 0x55);
    cr_expect_eq(dsp.wanted, 0);
    dsp.command = 0x14;
    dsp.wanted = 1;
    cr_expect_str_eq(sb16_ct1741_invariant(&dsp), "parameters are those of a command", "14h has two");
    dsp.wanted = 0;
}

Test(sb16_ct1741, e2h_writes_a_sum_to_memory)
{
    COMMAND(0xe2, 0x00);
    us(1000);
    cr_expect_eq(channel[0].memory[0], (u8)(0xaa + 0x96));
    COMMAND(0xe2, 0xff);
    us(1000);
    cr_expect_eq(channel[0].memory[1], (u8)(0xaa + 0x96 + (0xff ^ 0xa5)));
    cr_expect_eq(requests[0], 0, "no interrupt");
}

Test(sb16_ct1741, midi_goes_out_by_38h_and_in_uart_mode)
{
    COMMAND(0x38, 0x90, 0x38, 0x40);
    write(0x35);
    COMMAND(0x7f, 0xe1);
    cr_expect_eq(sent_size, 4);
    cr_expect_arr_eq(sent, "\x90\x40\x7f\xe1", 4);
    sb16_ct1741_write(&dsp, RESET, 1);
    sb16_ct1741_write(&dsp, RESET, 0);
    us(100);
    cr_expect_eq(read(READ_DATA), 0xaa, "a reset ends UART mode");
    write(0xe1);
    cr_expect_eq(answer(), 4);
}

/* --- levels --- */

Test(sb16_ct1741, a_direct_sample_is_a_level_at_once)                            /* 10h */
{
    us(1234);
    COMMAND(0x10, 0xff);
    us(10);
    COMMAND(0x10, 0x00);
    cr_assert_eq(changes, 2);
    cr_expect_eq(heard[0].left, 127 * 256);
    cr_expect_eq(heard[0].tick, 1234);
    cr_expect_eq(heard[1].right, -32768);
    cr_expect_eq(heard[1].tick, 1244);
    cr_expect_eq(wakes, 2);
}

static void ramp(unsigned t, u32 size)
{
    for (u32 i = 0; i < size; i++) channel[t].memory[i] = (u8)(i * 37 + 11);
}

/* Bytes of memory, as levels, one a period. */
Test(sb16_ct1741, a_block_is_heard_byte_by_byte_at_its_rate)                     /* 40h, 14h */
{
    ramp(0, 1000);
    COMMAND(0x40, 256 - 125);                            /* 8000 Hz */
    COMMAND(0x14, 999 & 0xff, 999 >> 8);
    us(1000 * 125);
    cr_expect_eq(requests[0], 0, "the last one still sounds");
    us(200);
    cr_expect_eq(requests[0], 1);
    cr_assert_eq(changes, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        cr_expect_eq(heard[i].left, ((i * 37 + 11) % 256 - 128) * 256, "sample %u", i);
        cr_expect_eq(heard[i].right, heard[i].left);
        cr_expect_eq(heard[i].tick, heard[0].tick + i * 125);
    }
    us(100000);
    cr_expect_eq(requests[0], 1, "one block");
    cr_expect_eq(channel[0].at, 1000);
    cr_expect(!sb16_ct1741_render(&dsp));
}

Test(sb16_ct1741, blocks_follow_each_other_until_they_are_told_to_stop)          /* 48h, 1Ch, DAh */
{
    channel[0].size = 500;
    COMMAND(0x40, 256 - 100);                            /* 10 kHz */
    COMMAND(0x48, 249 & 0xff, 0);
    write(0x1c);
    us(25000 + 200);
    cr_expect_eq(requests[0], 1);
    (void)read(READ_STATUS);
    us(25000);
    cr_expect_eq(requests[0], 2);
    (void)read(READ_STATUS);
    write(0xda);
    us(25000);
    cr_expect_eq(requests[0], 3, "this block to its end");
    (void)read(READ_STATUS);
    us(100000);
    cr_expect_eq(requests[0], 3);
    cr_expect_eq(channel[0].at, 750);
}

Test(sb16_ct1741, a_pause_leaves_the_block_where_it_was)                         /* D0h, D4h */
{
    ramp(0, 100);
    COMMAND(0x40, 256 - 100);
    COMMAND(0x14, 99, 0);
    us(5050);
    write(0xd0);
    unsigned then = changes;
    us(100000);
    cr_expect_eq(changes, then);
    cr_expect_eq(requests[0], 0);
    write(0xd4);
    us(5200);
    cr_expect_eq(requests[0], 1);
    cr_assert_eq(changes, 100);
    for (unsigned i = 0; i < 100; i++) cr_expect_eq(heard[i].left, ((i * 37 + 11) % 256 - 128) * 256);
}

Test(sb16_ct1741, sixteen_bit_stereo_is_left_and_right_by_turns)                 /* 41h, B6h: auto-init, FIFO; 30h: stereo, signed */
{
    for (unsigned i = 0; i < 4000; i++) {
        s16 left = (s16)(i * 300), right = (s16)(-7 * (int)i);
        memcpy(&channel[1].memory[4 * i], &left, 2);
        memcpy(&channel[1].memory[4 * i + 2], &right, 2);
    }
    COMMAND(0x41, 20000 >> 8, 20000 & 0xff);
    COMMAND(0xb6, 0x30, 1999 & 0xff, 1999 >> 8);         /* 2000 samples: 1000 frames: 50 ms */
    us(50000 - 50);
    cr_expect_eq(requests[1], 0);
    us(200);
    cr_expect_eq(requests[1], 1);
    (void)read(ACK_16);
    us(50000);
    cr_expect_eq(requests[1], 2);
    write(0xd9);
    us(100000);
    cr_expect_eq(requests[1], 2, "asked for once more, and not acknowledged");
    cr_assert_eq(changes, 3000);
    for (unsigned i = 0; i < 3000; i++) {
        cr_expect_eq(heard[i].left, (s16)(i * 300));
        cr_expect_eq(heard[i].right, (s16)(-7 * (int)i));
        cr_expect_eq(heard[i].tick, heard[0].tick + i * 50);
    }
}

Test(sb16_ct1741, the_fifo_fetches_sixteen_frames_at_a_time)
{
    COMMAND(0x41, 10000 >> 8, 10000 & 0xff);
    COMMAND(0xc2, 0x00, 99, 0);
    us(150);
    cr_expect_eq(channel[0].at, 16);
    us(1500);
    cr_expect_eq(channel[0].at, 16);
    us(100);
    cr_expect_eq(channel[0].at, 32);
    COMMAND(0xc0, 0x00, 99, 0);
    us(1040);
    cr_expect_eq(channel[0].at, 32 + 10, "without it each at its time");
}

Test(sb16_ct1741, a_time_constant_is_shared_by_two_channels)                     /* "65536 - 256000000 / (channels * rate)" */
{
    COMMAND(0x40, 256 - 50);                             /* 20000 bytes a second */
    COMMAND(0xc0, 0x20, 199, 0);                         /* 100 frames: 10 ms */
    us(9900);
    cr_expect_eq(requests[0], 0);
    us(400);
    cr_expect_eq(requests[0], 1);
    cr_expect_eq(changes, 100);
}

Test(sb16_ct1741, two_transfers_run_side_by_side)
{
    ramp(0, 100);
    COMMAND(0x41, 10000 >> 8, 10000 & 0xff);
    COMMAND(0xb8, 0x10, 49, 0);                          /* recording, 16 bits */
    COMMAND(0xc0, 0x00, 99, 0);
    memset(channel[1].memory, 0x55, 200);
    us(12000);
    cr_expect_eq(requests[0], 1);
    cr_expect_eq(requests[1], 1);
    cr_expect_eq(channel[1].at, 100);
    for (unsigned i = 0; i < 100; i++) cr_expect_eq(channel[1].memory[i], 0, "silence");
    cr_expect_eq(channel[1].memory[100], 0x55);
}

Test(sb16_ct1741, a_recording_of_unsigned_bytes_is_80h)                          /* 24h */
{
    COMMAND(0x40, 256 - 100);
    COMMAND(0x24, 9, 0);
    us(2000);
    for (unsigned i = 0; i < 10; i++) cr_expect_eq(channel[0].memory[i], 0x80);
    cr_expect_eq(channel[0].memory[10], 0);
    cr_expect_eq(requests[0], 1);
}

Test(sb16_ct1741, silence_lasts_as_long_as_its_samples)                          /* 80h */
{
    COMMAND(0x40, 256 - 100);
    COMMAND(0x80, 99, 0);
    us(10000);
    cr_expect_eq(requests[0], 0);
    us(200);
    cr_expect_eq(requests[0], 1);
    cr_expect_eq(channel[0].at, 0);
}

Test(sb16_ct1741, a_request_that_nobody_answers_waits)
{
    ramp(0, 10);
    channel[0].masked = true;
    COMMAND(0x40, 256 - 100);
    COMMAND(0x14, 9, 0);
    us(5000);
    cr_expect_eq(changes, 0);
    channel[0].masked = false;
    us(1200);
    cr_expect_eq(changes, 10);
    cr_expect_eq(requests[0], 1);
}

/* --- ADPCM: each packed sample is a sign and a magnitude in steps that grow and shrink --- */

static void expect_samples(const u8 *want, unsigned count)
{
    us(100000);
    cr_assert_eq(changes, count, "%u samples", changes);
    for (unsigned i = 0; i < count; i++) cr_expect_eq(heard[i].left / 256 + 128, want[i], "sample %u is %d, not %u", i, heard[i].left / 256 + 128, want[i]);
}

Test(sb16_ct1741, four_bits)                                                     /* 75h */
{
    static const u8 packed[] = { 0x80, 0x35, 0x5a, 0x00, 0xff, 0xff };
    /* +3; +5 (step 1); +5 * 2 (step 2); -2 * 4; 0 (step 1); 0 (step 0); -7 (1); -7 * 2 (2); -7 * 4 (3); -7 * 8 */
    static const u8 want[] = { 128, 131, 136, 146, 138, 138, 138, 131, 117, 89, 33 };

    memcpy(channel[0].memory, packed, sizeof packed);
    COMMAND(0x40, 256 - 100);
    COMMAND(0x75, sizeof packed - 1, 0);
    expect_samples(want, sizeof want);
    cr_expect_eq(requests[0], 1);
}

Test(sb16_ct1741, two_point_six_bits)                                            /* 77h: 3, 3 and 2 bits a byte */
{
    static const u8 packed[] = { 0x80, 3 << 5 | 3 << 2 | 1, 7 << 5 | 4 << 2 | 2 };
    /* +3 (1); +3 * 2 (2); two bits: +1 * 4 * 4 (3); -3 * 8; -0 (2); -0 (1) */
    static const u8 want[] = { 128, 131, 137, 153, 129, 129, 129 };

    memcpy(channel[0].memory, packed, sizeof packed);
    COMMAND(0x40, 256 - 100);
    COMMAND(0x77, sizeof packed - 1, 0);
    expect_samples(want, sizeof want);
}

Test(sb16_ct1741, two_bits)                                                      /* 17h */
{
    static const u8 packed[] = { 0x10, 0x55, 0xff, 0x0f };
    /* +4 +8 +16 +32 (step 3 now), -32 -32 then 0 at the bottom, then 0 0 and -1 in steps of 3 - 2 */
    static const u8 want[] = { 16, 20, 28, 44, 76, 44, 12, 0, 0, 0, 0, 0, 0 };

    memcpy(channel[0].memory, packed, sizeof packed);
    COMMAND(0x40, 256 - 100);
    COMMAND(0x17, sizeof packed - 1, 0);
    expect_samples(want, sizeof want);
}

/* --- limits --- */

Test(sb16_ct1741, rates_have_their_limits)
{
    COMMAND(0x41, 0xff, 0xff);
    cr_expect_eq(dsp.rate_num, 48000);
    COMMAND(0x41, 0, 1);
    cr_expect_eq(dsp.rate_num, 4000);
    COMMAND(0x40, 0xff);
    cr_expect_leq(dsp.rate_num / dsp.rate_den, 48000);
}

Test(sb16_ct1741, a_reset_ends_everything)
{
    COMMAND(0x48, 10, 0, 0x1c);
    COMMAND(0xb4, 0x10, 10, 0);
    us(5000);
    cr_expect_gt(requests[0] + requests[1], 0);
    sb16_ct1741_write(&dsp, RESET, 1);
    sb16_ct1741_write(&dsp, RESET, 0);
    cr_expect(!irq[0].level && !irq[1].level);
    unsigned then = channel[0].at;
    us(50000);
    cr_expect_eq(channel[0].at, then);
    cr_expect_eq(heard[changes - 1].left, 0);
}
