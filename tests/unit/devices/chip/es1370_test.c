/* ES1370 and its codec: frames from memory at their rate, counts, interrupts, modes.  Ensoniq AudioPCI ES1370 and AKM AK4531 data sheets. */
#include <math.h>
#include <string.h>

#include "devices/chip/ak4531.h"
#include "devices/chip/es1370.h"
#include "tests/unit/devices/bench.h"

enum { CTRL = 0x00, STATUS = 0x04, UART = 0x08, PAGE = 0x0c, CODEC = 0x10, SCTRL = 0x20, DAC1_COUNT = 0x24, DAC2_COUNT = 0x28, ADC_COUNT = 0x2c, WINDOW = 0x30, CHANGES = 50000 };
enum { DAC1_EN = 0x40, DAC2_EN = 0x20, ADC_EN = 0x10, UART_EN = 8 };
enum { P1_FORMAT_SHIFT = 0, P2_FORMAT_SHIFT = 2, P1_INT = 0x100, P2_INT = 0x200, R1_INT = 0x400, P1_PAUSE = 0x800, P2_PAUSE = 0x1000, P1_STOP = 0x2000, P2_STOP = 0x4000 };

static struct clock bench;
static struct es1370 card;
static struct line irq;
static unsigned requests, wakes, sent_size, codec_writes;
static u8 memory[70000], sent[16], codec_at, codec_value;
static struct { u64 tick; s32 left, right; } heard[2][CHANGES];
static unsigned changes[2];

static void on_level(void *to, struct rate rate, u64 cycle, s32 left, s32 right)
{
    unsigned n = (unsigned)(size_t)to;

    cr_assert_lt(changes[n], CHANGES);
    heard[n][changes[n]].tick = clock_tick_of_cycle(&bench, rate, cycle);
    heard[n][changes[n]].left = left;
    heard[n][changes[n]++].right = right;
}

static void on_wake(void *board) { (void)board; wakes++; }
static void nothing(void *board) { (void)board; }
static void on_midi(void *to, u8 byte) { (void)to; sent[sent_size++ % sizeof sent] = byte; }
static void on_codec(void *chip, u8 at, u8 value) { (void)chip; codec_at = at; codec_value = value; codec_writes++; }
static void memory_read(void *board, u64 pa, u8 *bytes, unsigned size) { (void)board; cr_assert_leq(pa + size, sizeof memory); memcpy(bytes, memory + pa, size); }
static void memory_write(void *board, u64 pa, const u8 *bytes, unsigned size) { (void)board; cr_assert_leq(pa + size, sizeof memory); memcpy(memory + pa, bytes, size); }

static void setup(void)
{
    const struct es1370_wires wires = { .clock = &bench, .irq = &irq, .dac = { { (void *)0, on_level }, { (void *)1, on_level } }, .midi = { NULL, on_midi }, .codec_write = on_codec,
                                        .decode_changed = nothing, .memory_read = memory_read, .memory_write = memory_write, .wake = on_wake };

    clock_init(&bench, 1411200 * 4);
    irq = (struct line){ .changed = bench_count, .listener = &requests };
    es1370_init(&card, &wires);
    es1370_config_write(&card, PCI_COMMAND, COMMAND_IO | COMMAND_MASTER);
    requests = wakes = sent_size = codec_writes = changes[0] = changes[1] = 0;
    memset(memory, 0, sizeof memory);
}

static void teardown(void)
{
    cr_expect_null(es1370_invariant(&card));
    clock_free(&bench);
}
TestSuite(es1370, .init = setup, .fini = teardown);

static void out(unsigned reg, u32 value) { es1370_write_wide(&card, reg, 4, value); }
static u32 in(unsigned reg) { return es1370_read_wide(&card, reg, 4); }
static void run(u64 ticks) { bench_run(&bench, ticks); es1370_render(&card); }

/* A channel's buffer: page, first register of the window. */
static void buffer(unsigned page, unsigned at, u32 address, u32 longwords)
{
    out(PAGE, page);
    out(WINDOW + at, address);
    out(WINDOW + at + 4, longwords - 1);
}

static void ramp(unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) memory[i] = (u8)(i * 29 + 3);
}

static s16 word_at(unsigned at) { return (s16)(memory[at] | memory[at + 1] << 8); }

/* --- samples --- */

Test(es1370, dac2_plays_16_bit_stereo_frame_by_frame)                            /* PCLKDIV: 1411200 / (n + 2) */
{
    ramp(4000);
    buffer(0x0c, 8, 0, 1000);
    out(DAC2_COUNT, 499);
    out(SCTRL, 3 << P2_FORMAT_SHIFT | P2_INT);
    out(CTRL, 30 << 16 | DAC2_EN);                       /* 44100 Hz: 128 ticks a frame */
    run(128 * 500);
    cr_expect_eq(requests, 0);
    run(128 * 2);
    cr_expect_eq(requests, 1);
    cr_expect_eq(in(STATUS) & 0x80000007, 0x80000002);
    cr_assert_geq(changes[1], 500);
    for (unsigned i = 0; i < 500; i++) {
        cr_expect_eq(heard[1][i].left, word_at(4 * i), "frame %u", i);
        cr_expect_eq(heard[1][i].right, word_at(4 * i + 2));
        cr_expect_eq(heard[1][i].tick, heard[1][0].tick + 128 * i);
    }
}

Test(es1370, dac1_has_four_rates)                                                /* WTSRSEL */
{
    static const double hz[] = { 5512.5, 11025, 22050, 44100 };

    for (unsigned sel = 0; sel < 4; sel++) {
        changes[0] = 0;
        memset(memory, 0x80, 400);
        for (unsigned i = 0; i < 100; i++) memory[i] = (u8)i;
        buffer(0x0c, 0, 0, 25);
        out(DAC1_COUNT, 0xffff);
        out(SCTRL, 0);
        out(CTRL, sel << 12 | DAC1_EN);
        run((u64)(bench.ips / hz[sel] * 50.5));
        out(CTRL, 0);
        cr_assert_geq(changes[0], 49);
        cr_expect_float_eq((double)(heard[0][48].tick - heard[0][0].tick), 48 * (double)bench.ips / hz[sel], 1.01, "rate %u", sel);
        cr_expect_eq(heard[0][10].left, (10 - 128) * 256, "8 bits are unsigned");
        cr_expect_eq(heard[0][10].right, heard[0][10].left, "mono is on both sides");
    }
}

Test(es1370, a_buffer_begins_again_at_its_end)
{
    ramp(16);
    buffer(0x0c, 8, 0, 4);
    out(DAC2_COUNT, 99);
    out(SCTRL, 2 << P2_FORMAT_SHIFT);                    /* 16-bit mono */
    out(CTRL, 30 << 16 | DAC2_EN);
    run(128 * 40);
    for (unsigned i = 0; i < 30; i++) cr_expect_eq(heard[1][i].left, word_at(2 * i % 16), "frame %u", i);
}

Test(es1370, the_size_register_says_where_it_is)
{
    buffer(0x0c, 8, 0, 1000);
    out(DAC2_COUNT, 999);
    out(SCTRL, 3 << P2_FORMAT_SHIFT);
    out(CTRL, 30 << 16 | DAC2_EN);
    run(128 * 100);
    u32 at = in(WINDOW + 12) >> 16;
    cr_expect(at >= 99 && at <= 116, "%u", at);
    cr_expect_eq(in(WINDOW + 12) & 0xffff, 999);
    u32 left = in(DAC2_COUNT) >> 16;
    cr_expect(left >= 999 - 116 && left <= 999 - 98, "%u", left);
    out(WINDOW + 12, 999);
    cr_expect_eq(in(WINDOW + 12) >> 16, 0, "a write sets it");
}

Test(es1370, an_interrupt_comes_every_count_frames_and_goes_with_its_enable)     /* P2_INTR_EN */
{
    buffer(0x0c, 8, 0, 1000);
    out(DAC2_COUNT, 99);
    out(SCTRL, 3 << P2_FORMAT_SHIFT | P2_INT);
    out(CTRL, 30 << 16 | DAC2_EN);
    u64 last = 0;
    for (unsigned i = 1; i <= 5; i++) {
        while (!irq.level) run(8);
        if (last) cr_expect_float_eq((double)(bench.time.now - last), 128 * 100, 9, "interrupt %u", i);
        last = bench.time.now;
        out(SCTRL, 3 << P2_FORMAT_SHIFT);
        cr_expect(!irq.level);
        out(SCTRL, 3 << P2_FORMAT_SHIFT | P2_INT);
        cr_expect(!irq.level);
    }
}

Test(es1370, stop_mode_ends_with_the_count)                                      /* P1_LOOPSEL */
{
    ramp(400);
    buffer(0x0c, 0, 0, 100);
    out(DAC1_COUNT, 49);
    out(SCTRL, 3 << P1_FORMAT_SHIFT | P1_INT | P1_STOP);
    out(CTRL, 3 << 12 | DAC1_EN);
    run(128 * 200);
    cr_expect_eq(requests, 1);
    cr_expect_eq(changes[0], 50);
    cr_expect(!es1370_render(&card));
    out(CTRL, 0);
    out(CTRL, 3 << 12 | DAC1_EN);
    run(128 * 10);
    cr_expect(es1370_render(&card), "a new enable starts it again");
}

Test(es1370, a_pause_keeps_what_has_been_fetched)                                /* P2_PAUSE */
{
    ramp(2000);
    buffer(0x0c, 8, 0, 500);
    out(DAC2_COUNT, 499);
    out(SCTRL, 3 << P2_FORMAT_SHIFT);
    out(CTRL, 30 << 16 | DAC2_EN);
    run(128 * 37);
    out(SCTRL, 3 << P2_FORMAT_SHIFT | P2_PAUSE);
    unsigned then = changes[1];
    run(128 * 1000);
    cr_expect_eq(changes[1], then);
    out(SCTRL, 3 << P2_FORMAT_SHIFT);
    run(128 * 100);
    for (unsigned i = 0; i < 130; i++) cr_expect_eq(heard[1][i].left, word_at(4 * i), "frame %u", i);
}

Test(es1370, a_write_that_changes_nothing_of_a_channel_does_not_move_its_clock)
{
    buffer(0x0c, 8, 0, 500);
    ramp(2000);
    out(DAC2_COUNT, 499);
    out(SCTRL, 3 << P2_FORMAT_SHIFT);
    out(CTRL, 30 << 16 | DAC2_EN);
    for (unsigned i = 0; i < 300; i++) {
        run(101);
        out(SCTRL, 3 << P2_FORMAT_SHIFT | (i & 1 ? P1_INT : 0));
    }
    for (unsigned i = 1; i < 200; i++) cr_expect_eq(heard[1][i].tick, heard[1][0].tick + 128 * i);
}

Test(es1370, both_converters_play_at_once)
{
    ramp(2000);
    buffer(0x0c, 0, 0, 100);
    buffer(0x0c, 8, 1000, 100);
    out(DAC1_COUNT, 999), out(DAC2_COUNT, 999);
    out(SCTRL, 3 << P1_FORMAT_SHIFT | 3 << P2_FORMAT_SHIFT);
    out(CTRL, 30 << 16 | 3 << 12 | DAC1_EN | DAC2_EN);
    run(128 * 50);
    cr_expect_eq(heard[0][20].left, word_at(80));
    cr_expect_eq(heard[1][20].left, word_at(1080));
    out(CTRL, 30 << 16 | 3 << 12 | DAC1_EN);
    cr_expect_eq(heard[1][changes[1] - 1].left, 0, "one without EN drives nothing");
}

Test(es1370, a_recording_is_silence)
{
    memset(memory, 0x55, 400);
    buffer(0x0d, 0, 100, 50);
    out(ADC_COUNT, 49);
    out(SCTRL, 3 << 4 | R1_INT);
    out(CTRL, 30 << 16 | ADC_EN);
    run(128 * 52);
    cr_expect_eq(requests, 1);
    cr_expect_eq(in(STATUS) & 7, 1);
    for (unsigned i = 100; i < 300; i++) cr_expect_eq(memory[i], 0);
    cr_expect_eq(memory[99], 0x55);
}

Test(es1370, without_leave_to_master_nothing_is_fetched)
{
    es1370_config_write(&card, PCI_COMMAND, COMMAND_IO);
    ramp(100);
    buffer(0x0c, 8, 0, 25);
    out(SCTRL, 3 << P2_FORMAT_SHIFT);
    out(CTRL, 30 << 16 | DAC2_EN);
    run(128 * 50);
    cr_expect_eq(changes[1], 0);
    es1370_config_write(&card, PCI_COMMAND, COMMAND_IO | COMMAND_MASTER);
    run(128 * 5);
    cr_expect_gt(changes[1], 0);
}

/* --- registers --- */

Test(es1370, registers_can_be_reached_by_their_bytes)
{
    out(CTRL, 0x12345678 & ~0x78u);
    es1370_write(&card, CTRL + 2, 0xab);
    cr_expect_eq(in(CTRL), (0x12ab5678 & ~0x78u));
    cr_expect_eq(es1370_read(&card, CTRL + 3), 0x12);
    es1370_write_wide(&card, DAC1_COUNT, 2, 0xbeef);
    cr_expect_eq(in(DAC1_COUNT) & 0xffff, 0xbeef);
}

Test(es1370, pages_are_memory_unless_they_are_a_channels)
{
    for (unsigned page = 0; page < 16; page++)
        for (unsigned n = 0; n < 4; n++) out(PAGE, page), out(WINDOW + 4 * n, page * 256 + n);
    for (unsigned page = 0; page < 16; page++)
        for (unsigned n = 0; n < 4; n++) {
            out(PAGE, page);
            cr_expect_eq(in(WINDOW + 4 * n), page * 256 + n, "page %u word %u", page, n);
        }
    cr_expect_eq(card.buffer[ES1370_DAC1], 0xc00);
    cr_expect_eq(card.size[ES1370_DAC2], 0xc03);
    cr_expect_eq(card.buffer[ES1370_ADC], 0xd00);
}

Test(es1370, the_codec_takes_a_register_and_its_value)
{
    es1370_write_wide(&card, CODEC, 2, 0x0206);
    cr_expect_eq(codec_at, 2);
    cr_expect_eq(codec_value, 6);
    cr_expect(in(STATUS) & 0x400, "busy");
    run(bench.ips / 50000 + 1);
    cr_expect(!(in(STATUS) & 0x400));
    es1370_write(&card, CODEC, 0x11);
    cr_expect_eq(codec_writes, 1, "the upper byte completes it");
    es1370_write(&card, CODEC + 1, 0x03);
    cr_expect_eq(codec_at, 3);
    cr_expect_eq(codec_value, 0x11);
}

Test(es1370, midi_goes_out_a_byte_in_320_microseconds)
{
    out(CTRL, UART_EN);
    es1370_write(&card, UART + 1, 0x20);                 /* TXINTEN */
    cr_expect(irq.level, "ready");
    es1370_write(&card, UART, 0x90);
    cr_expect_eq(sent_size, 1);
    cr_expect(!irq.level);
    cr_expect(!(es1370_read(&card, UART + 1) & 2));
    run(bench.ips / 3000);
    cr_expect(irq.level);
    cr_expect(es1370_read(&card, UART + 1) & 2);
    out(CTRL, 0);
    cr_expect(!irq.level);
}

/* --- the codec --- */

static void unit(void *board) { (void)board; }

Test(ak4531, volumes_are_2_db_a_step_and_a_source_has_12_db_more)
{
    struct ak4531 codec;
    const struct ak4531_wires wires = { .changing = unit, .changed = unit };

    ak4531_init(&codec, &wires);
    cr_expect_eq(ak4531_gain(&codec, AK4531_VOICE, 0), 0, "muted after a reset");
    ak4531_write(&codec, 0x00, 0), ak4531_write(&codec, 0x02, 6);
    cr_expect_eq(ak4531_gain(&codec, AK4531_VOICE, 0), 0, "its switch is open");
    ak4531_write(&codec, 0x11, 0x08);
    cr_expect_eq(ak4531_gain(&codec, AK4531_VOICE, 0), 65536);
    cr_expect_eq(ak4531_gain(&codec, AK4531_VOICE, 1), 0);
    for (unsigned n = 0; n < 32; n++) {
        ak4531_write(&codec, 0x02, (u8)n), ak4531_write(&codec, 0x00, 3);
        double want = 65536 * pow(10, (12 - 2.0 * n - 6) / 20);
        cr_expect_float_eq(ak4531_gain(&codec, AK4531_VOICE, 0), want, want * 0.0001 + 0.51, "%u: %d, not %g", n, ak4531_gain(&codec, AK4531_VOICE, 0), want);
    }
    ak4531_write(&codec, 0x01, 0), ak4531_write(&codec, 0x05, 6), ak4531_write(&codec, 0x10, 0x20);
    cr_expect_eq(ak4531_gain(&codec, AK4531_FM, 1), 65536);
    ak4531_write(&codec, 0x16, 0);
    cr_expect_eq(ak4531_gain(&codec, AK4531_FM, 1), 0, "a reset");
    ak4531_write(&codec, 0x99, 1);
    cr_expect_null(ak4531_invariant(&codec));
}
