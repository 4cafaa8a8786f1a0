/* From levels at exact moments to samples: nothing is lost, nothing is added but what a band of 24 kHz has room for. */
#include "tests/unit/devices/bench.h"
#include "tests/unit/devices/sound/tone.h"

static struct sound *sound;
static struct sound_input *in;
static struct recording heard;

static void setup(void)
{
    sound = calloc(1, sizeof *sound);
    sound_init(sound);
    in = sound_add_input(sound, false);
    recording_of(&heard, sound);
}

static void teardown(void)
{
    free(sound);
    free(heard.frame);
    heard = (struct recording){ 0 };
}
TestSuite(sound, .init = setup, .fini = teardown);

#define HZ(n) ((struct rate){ n, 1 })

Test(sound, a_level_that_stands_is_the_sample_whatever_the_moment_of_its_step)
{
    static const s32 levels[][2] = { { 12345, -321 }, { -32768, 32767 }, { 1, -1 }, { 0, 0 }, { 32767, 5 } };

    for (unsigned i = 0; i < ARRAY_COUNT(levels); i++) {
        u64 at = 1000003 * (i + 1);              /* a microsecond's clock: never on a sample */
        sound_level(in, HZ(1000000), at, levels[i][0], levels[i][1]);
        sound_advance(sound, HZ(1000000), at + 1000);
        cr_expect_eq(heard.frame[heard.frames - 1][0], levels[i][0], "level %u: %d", i, heard.frame[heard.frames - 1][0]);
        cr_expect_eq(heard.frame[heard.frames - 1][1], levels[i][1]);
    }
}

Test(sound, a_second_has_48000_samples)
{
    for (u64 ms = 1; ms <= 1000; ms++) sound_advance(sound, HZ(1000), ms);
    cr_expect_eq(heard.frames, 48000);
}

/* The step is half way up at its moment, seven samples late. */
Test(sound, a_step_is_where_it_was)
{
    for (unsigned part = 0; part < 100; part++) {
        u64 at = 480000 * (part + 1) + part;     /* hundredths of a sample */
        double place = 0;
        s32 level = part & 1 ? 0 : 10000;
        u64 before = heard.frames;
        sound_level(in, HZ(4800000), at, level, level);
        sound_advance(sound, HZ(4800000), at + 4800);
        for (u64 i = before; i < heard.frames; i++) place += part & 1 ? heard.frame[i][0] / 10000.0 : 1 - heard.frame[i][0] / 10000.0;
        cr_expect_float_eq((double)before + place - 7, at / 100.0 + 0.5, 0.05, "at %g it is at %g", at / 100.0, (double)before + place - 7);
    }
}

Test(sound, a_square_wave_above_the_band_leaves_its_mean_alone)
{
    for (u64 at = 0; at < 200000; at++) sound_level(in, HZ(100000), at, at & 1 ? 0 : 20000, 0);
    sound_advance(sound, HZ(100000), 200000);
    for (u64 i = 48000; i < 90000; i++) cr_assert(abs(heard.frame[i][0] - 10000) < 60, "sample %d", heard.frame[i][0]);
}

/* A square wave of 1 kHz has odd harmonics of 4 / (k pi), and nothing between them. */
Test(sound, a_square_wave_has_its_harmonics_and_no_others)
{
    for (u64 at = 0; at < 2000 * 2; at++) sound_level(in, HZ(2000), at, at & 1 ? -8000 : 8000, 0);
    sound_advance(sound, HZ(2000), 2000 * 2);
    for (unsigned k = 1; k <= 15; k += 2) {
        double want = 8000 * 4 / M_PI / k, got = tone(&heard, 0, 24000, 48000, 1000 * k);
        cr_expect_float_eq(got, want, want * 0.02, "harmonic %u: %g, not %g", k, got, want);
    }
    for (double hz = 1500; hz < 16000; hz += 1000) cr_expect_lt(tone(&heard, 0, 24000, 48000, hz), 8, "%g Hz", hz);
}

/* A sine of 7 kHz at 49716 samples a second comes out as one, and its mirror images below half the rate do not. */
Test(sound, a_rate_becomes_another_one_without_images)
{
    for (u64 at = 0; at < 49716 * 2; at++) sound_level(in, HZ(49716), at, (s32)lround(10000 * sin(2 * M_PI * 7000 * (double)at / 49716)), 0);
    sound_advance(sound, HZ(49716), 49716 * 2);
    double droop = sin(M_PI * 7000 / 49716) / (M_PI * 7000 / 49716);
    cr_expect_float_eq(tone(&heard, 0, 24000, 48000, 7000), 10000 * droop, 100);
    cr_expect_lt(tone(&heard, 0, 24000, 48000, 49716 - 48000 + 7000), 30);
    cr_expect_lt(tone(&heard, 0, 24000, 48000, 48000 - (49716 - 7000)), 60);
}

Test(sound, inputs_are_added_and_clipped)
{
    struct sound_input *other = sound_add_input(sound, false);

    sound_level(in, HZ(48000), 10, 20000, 100);
    sound_level(other, HZ(48000), 10, 20000, -300);
    sound_advance(sound, HZ(48000), 100);
    cr_expect_eq(heard.frame[99][0], 32767);
    cr_expect_eq(heard.frame[99][1], -200);
}

Test(sound, a_gain_acts_on_the_level_that_stands)
{
    sound_level(in, HZ(48000), 10, 20000, 20000);
    sound_gain(in, HZ(48000), 100, SOUND_UNITY / 2, 0);
    sound_advance(sound, HZ(48000), 200);
    cr_expect_eq(heard.frame[90][0], 20000);
    cr_expect_eq(heard.frame[199][0], 10000);
    cr_expect_eq(heard.frame[199][1], 0);
}

/* 1 / (2 pi 512 samples) = 15 Hz: after 512 samples 1 / e is left. */
Test(sound, what_stands_still_passes_no_capacitor)
{
    struct sound_input *ac = sound_add_input(sound, true);

    sound_level(ac, HZ(48000), 0, 10000, 10000);
    sound_advance(sound, HZ(48000), 96000);
    cr_expect_float_eq(heard.frame[7 + 512][0], 10000 / M_E, 40);
    cr_expect_eq(heard.frame[95999][0], 0);
}

/* sin(0.9 pi x) / (pi x) under a Kaiser window: beta 7, seven samples to either side. */
static double impulse(double x)
{
    double w = x / 7, bessel = 0, term = 1;

    for (unsigned k = 1; fabs(w) < 1 && k < 60; k++) {
        bessel += term;
        term *= 7 * sqrt(1 - w * w) / 2 / k * (7 * sqrt(1 - w * w) / 2 / k);
    }
    return (fabs(x) < 1e-9 ? 0.9 : sin(0.9 * M_PI * x) / (M_PI * x)) * bessel;
}

Test(sound, the_kernel_is_what_its_comment_says)
{
    for (unsigned p = 0; p <= 32; p++) {
        double at[SOUND_TAPS], sum = 0;
        for (unsigned i = 0; i < SOUND_TAPS; i++) {
            at[i] = 0;
            for (unsigned part = 0; part < 200; part++) at[i] += impulse((double)i - 8 - p / 32.0 + (part + 0.5) / 200);
            sum += at[i];
        }
        /* one step, at a moment of row p; row 32 is row 0 a sample later */
        struct recording row = { 0 };
        struct sound *s = calloc(1, sizeof *s);
        sound_init(s);
        recording_of(&row, s);
        sound_level(sound_add_input(s, false), HZ(48000 * 32), 32 * 20 + p, 30000, 0);
        sound_advance(s, HZ(48000), 60);
        for (unsigned i = 0, first = p == 32 ? 21 : 20; i < SOUND_TAPS - (p == 32); i++) {
            double got = (row.frame[first + i][0] - row.frame[first + i - 1][0]) / 30000.0, want = at[p == 32 ? i + 1 : i] / sum;
            cr_expect_float_eq(got, want, 0.0003, "row %u tap %u: %g, not %g", p, i, got, want);
        }
        free(row.frame);
        free(s);
    }
}
