/* The speaker on counter 2 of an 8254: what is heard, from port writes to samples. */
#include "devices/chip/pit_8254.h"
#include "devices/chip/speaker.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/devices/sound/tone.h"

static struct clock bench;
static struct pit_8254 pit;
static struct speaker speaker;
static struct sound *sound;
static struct recording heard;
static unsigned wakes;

static void on_wake(void *board) { (void)board; wakes++; }
static void on_changing(void *listener, unsigned n, u64 cycle) { if (n == 2) speaker_timer_changing(listener, cycle); }

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    pit_8254_init(&pit, &bench, NULL, NULL, NULL);
    sound = calloc(1, sizeof *sound);
    sound_init(sound);
    recording_of(&heard, sound);
    const struct speaker_wires wires = { .clock = &bench, .rate = RATE_PIT, .timer = { &pit, 2, pit_8254_out_at, pit_8254_edge_after }, .wake = on_wake,
                                         .sound = { sound_add_input(sound, true), sound_level } };
    speaker_init(&speaker, &wires);
    pit.changing = on_changing;
    pit.listener = &speaker;
    wakes = 0;
}

static void teardown(void)
{
    clock_free(&bench);
    free(sound);
    free(heard.frame);
    heard = (struct recording){ 0 };
}
TestSuite(speaker, .init = setup, .fini = teardown);

static void program(unsigned mode, u16 count)
{
    pit_8254_write(&pit, 3, (u8)(0xb0 | mode << 1));
    pit_8254_write(&pit, 2, (u8)count);
    pit_8254_write(&pit, 2, (u8)(count >> 8));
}

static void port_61h(unsigned value)
{
    speaker_set_data(&speaker, value & 2);
    pit_8254_set_gate(&pit, 2, value & 1);
}

/* As a board does: a look every 10 ms. */
static bool run_ms(unsigned ms)
{
    bool goes_on = false;
    for (unsigned i = 0; i < ms / 10; i++) {
        bench_run(&bench, 10000);
        goes_on = speaker_render(&speaker);
        sound_advance(sound, (struct rate){ BENCH_IPS, 1 }, bench.time.now);
    }
    cr_expect_null(speaker_invariant(&speaker));
    return goes_on;
}

Test(speaker, a_divisor_of_2711_is_440_hertz)
{
    program(3, 2711);                                    /* 1193181.67 / 2711 = 440.13 */
    port_61h(3);
    cr_expect(run_ms(2000));
    double got = tone(&heard, 0, 24000, 48000, 1193181.67 / 2711);
    cr_expect_float_eq(got, SPEAKER_LEVEL / 2 * 4 / M_PI, 100, "%g", got);
    cr_expect_lt(tone(&heard, 0, 24000, 48000, 1193181.67 / 2711 * 1.5), 20);
}

Test(speaker, both_bits_of_port_61h_must_be_set)
{
    for (unsigned bits = 0; bits < 3; bits++) {
        program(3, 2711);
        port_61h(bits);
        run_ms(1000);
        cr_expect_lt(tone(&heard, 0, heard.frames - 24000, 24000, 440.13), 1, "bits %u", bits);
    }
}

Test(speaker, it_goes_quiet_when_a_bit_is_cleared)
{
    program(3, 1000);
    port_61h(3);
    run_ms(100);
    port_61h(0);
    cr_expect(!run_ms(500));
    cr_expect_eq(heard.frame[heard.frames - 1][0], 0);
}

/* Loudness by the width of pulses: one-shots of mode 0, restarted at a rate above hearing. */
Test(speaker, pulses_of_mode_0_make_a_level_of_their_width)
{
    port_61h(3);
    pit_8254_write(&pit, 3, 0x90);                       /* low byte alone, mode 0 */
    for (unsigned i = 0; i < 16000; i++) {
        double wave = sin(2 * M_PI * 500 * i / 16000);
        pit_8254_write(&pit, 2, (u8)(37 + 30 * wave));   /* of 74.6 cycles */
        bench_run(&bench, 62 + (i & 1));
        if (i % 100 == 0) speaker_render(&speaker);
    }
    speaker_render(&speaker);
    sound_advance(sound, (struct rate){ BENCH_IPS, 1 }, bench.time.now);
    double got = tone(&heard, 0, 4800, 38400, 500);
    cr_expect_float_eq(got, SPEAKER_LEVEL * 30 / 74.6, 350, "%g", got);
}

Test(speaker, the_data_bit_alone_moves_the_cone)
{
    pit_8254_write(&pit, 3, 0xb6);                      /* mode 3: OUT is high until a count is written */
    for (unsigned i = 0; i < 2000; i++) {                /* 1 kHz */
        port_61h(i & 1 ? 2 : 0);
        bench_run(&bench, 500);
        if (i % 10 == 0) speaker_render(&speaker);
    }
    sound_advance(sound, (struct rate){ BENCH_IPS, 1 }, bench.time.now);
    double got = tone(&heard, 0, 4800, 38400, 1000);
    cr_expect_float_eq(got, SPEAKER_LEVEL / 2 * 4 / M_PI, 100, "%g", got);
}

Test(speaker, a_tone_above_hearing_is_no_tone)
{
    program(3, 20);                                      /* 59.7 kHz */
    port_61h(3);
    run_ms(1000);
    for (u64 i = 24000; i < heard.frames; i++) cr_assert(abs(heard.frame[i][0]) < 20);
}

/* The new count is taken at the period's end: no glitch between two tones. */
Test(speaker, a_new_count_is_heard_from_the_periods_end_on)
{
    program(3, 2000);
    port_61h(3);
    run_ms(500);
    u64 middle = heard.frames;
    pit_8254_write(&pit, 2, 1000 & 0xff);
    pit_8254_write(&pit, 2, 1000 >> 8);
    run_ms(500);
    cr_expect_float_eq(tone(&heard, 0, 4800, 19200, 1193181.67 / 2000), SPEAKER_LEVEL / 2 * 4 / M_PI, 150);
    cr_expect_float_eq(tone(&heard, 0, middle + 480, 19200, 1193181.67 / 1000), SPEAKER_LEVEL / 2 * 4 / M_PI, 150);
}

Test(speaker, a_board_is_woken_by_what_may_be_heard_alone)
{
    program(3, 2711);
    pit_8254_set_gate(&pit, 2, true);
    cr_expect_eq(wakes, 0, "its data bit is clear");
    speaker_set_data(&speaker, true);
    cr_expect_eq(wakes, 1);
    cr_expect(speaker_render(&speaker));
    program(0, 100);
    cr_expect_gt(wakes, 1);
    run_ms(10);
    cr_expect(!speaker_render(&speaker), "a one-shot that is over");
}
