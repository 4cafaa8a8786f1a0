/* YMF262: timers, frequencies, levels, envelopes, waveforms, algorithms.  Yamaha YMF262 data sheet and YM3812 application manual. */
#include "devices/chip/opl3_parts.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/devices/sound/tone.h"

#include "devices/chip/opl3_tables.inc"

enum { HEARD = 1 << 20 };
static const double sample_hz = 14318180.0 / 288;
static struct clock bench;
static struct opl3_ymf262 opl;
static s32 heard[HEARD][2];      /* the level after each sample that changed it is repeated here: sample n of the chip */
static u64 first;                /* sample number of heard[0] */
static unsigned wakes;

static void on_level(void *to, struct rate rate, u64 cycle, s32 left, s32 right)
{
    (void)to, (void)rate;
    if (cycle - first >= HEARD) return;
    heard[cycle - first][0] = left;
    heard[cycle - first][1] = right;
}

static void on_wake(void *board) { (void)board; wakes++; }

static void setup(void)
{
    const struct opl3_wires wires = { .clock = &bench, .sound = { NULL, on_level }, .wake = on_wake };

    clock_init(&bench, 14318180);        /* 288 ticks a sample */
    opl3_ymf262_init(&opl, &wires);
    first = wakes = 0;
}

static void teardown(void)
{
    cr_expect_null(opl3_ymf262_invariant(&opl));
    clock_free(&bench);
}
TestSuite(opl3, .init = setup, .fini = teardown);

static void samples(u64 n) { bench_run(&bench, 288 * n); }

static void set(unsigned reg, u8 value)
{
    opl3_ymf262_write(&opl, reg >> 8 ? 2 : 0, (u8)reg);
    opl3_ymf262_write(&opl, 1, value);
}

/* Lets so many samples sound and keeps them. */
static void listen(u64 n)
{
    opl3_ymf262_render(&opl);
    memset(heard, 0, sizeof heard[0] * (n < HEARD ? n : HEARD));
    first = opl.rendered + 1;
    samples(n);
    opl3_ymf262_render(&opl);
}

static double strength(u64 count, double hz)
{
    double w = 2 * M_PI * hz / sample_hz, c = 2 * cos(w), before = 0, last = 0;

    for (u64 i = 0; i < count; i++) {
        double next = heard[i][0] + c * last - before;
        before = last;
        last = next;
    }
    return 2 * sqrt(last * last + before * before - c * last * before) / (double)count;
}

static unsigned rising_zeros(u64 count)
{
    unsigned n = 0;
    for (u64 i = 1; i < count; i++) n += heard[i - 1][0] < 0 && heard[i][0] >= 0;
    return n;
}

static s32 peak(u64 from, u64 to)
{
    s32 most = 0;
    for (u64 i = from; i < to; i++) most = abs(heard[i][0]) > most ? abs(heard[i][0]) : most;
    return most;
}

/* Operator 3 of array 0 is channel 0's carrier; its modulator never attacks.  At once, held, released at once. */
static void plain_carrier(void)
{
    set(0x40, 63), set(0x60, 0x0f), set(0x80, 0x0f), set(0x20, 0x21);
    set(0x43, 0), set(0x63, 0xff), set(0x83, 0x0f), set(0x23, 0x21);
    set(0xc0, 0x30);
}

static void key_on(unsigned f_number, unsigned block)
{
    set(0xa0, (u8)f_number);
    set(0xb0, (u8)(0x20 | block << 2 | f_number >> 8));
}

static void key_off(void) { set(0xb0, opl.reg[0xb0] & (u8)~0x20); }

/* --- tables --- */

Test(opl3, the_tables_are_a_sine_and_a_power)
{
    for (unsigned i = 0; i < 256; i++) {
        cr_expect_eq(log_sin[i], lround(-log2(sin((i + 0.5) * M_PI / 512)) * 256));
        cr_expect_eq(power[i], lround((pow(2, i / 256.0) - 1) * 1024));
    }
}

/* --- timers --- */

static u8 status(void) { return opl3_ymf262_read(&opl, 0); }

Test(opl3, timer_1_counts_80_microseconds_a_count)                               /* "Timer 1" */
{
    set(2, 0xff), set(4, 0x01);
    samples(3);
    cr_expect_eq(status(), 0);
    samples(1);
    cr_expect_eq(status(), 0xc0, "4 samples are 80.46 us");
    set(4, 0x80);
    cr_expect_eq(status(), 0);
    samples(4);
    cr_expect_eq(status(), 0xc0, "it has started again from its preset");
}

Test(opl3, timer_2_counts_320_microseconds_a_count)                              /* "Timer 2" */
{
    set(3, 0xf0), set(4, 0x02);
    samples(16 * 16 - 1);
    cr_expect_eq(status(), 0);
    samples(1);
    cr_expect_eq(status(), 0xa0);
}

Test(opl3, a_masked_timer_sets_no_flag)                                          /* "MT1, MT2" */
{
    set(2, 0xff), set(3, 0xff), set(4, 0x43);
    samples(1000);
    cr_expect_eq(status(), 0xa0);
    set(4, 0x60);
    set(4, 0x80);
    samples(1000);
    cr_expect_eq(status(), 0, "both stand");
}

Test(opl3, a_new_preset_counts_from_the_next_overflow_on)
{
    set(2, 0xf0), set(4, 0x01);                          /* 64 samples */
    samples(10);
    set(2, 0xff);
    samples(53);
    cr_expect_eq(status(), 0);
    samples(1);
    cr_expect_eq(status(), 0xc0);
    set(4, 0x80);
    samples(4);
    cr_expect_eq(status(), 0xc0);
}

Test(opl3, a_program_that_looks_for_an_adlib_finds_one)
{
    set(4, 0x60), set(4, 0x80);
    u8 before = status();
    set(2, 0xff), set(4, 0x21);
    samples(5);                                          /* 100 us */
    u8 after = status();
    set(4, 0x60), set(4, 0x80);
    cr_expect_eq(before & 0xe0, 0);
    cr_expect_eq(after & 0xe0, 0xc0);
    cr_expect_eq(after & 6, 0, "an OPL3: those bits are 6 in an OPL2");
}

/* --- frequency --- */

Test(opl3, a_note_has_the_frequency_of_its_f_number_and_block)                   /* fmus = F-number * fsam * 2^(block - 20) */
{
    static const struct { unsigned f_number, block, multiple; double factor; } notes[] = {
        { 580, 4, 1, 1 }, { 580, 5, 1, 1 }, { 1023, 7, 1, 1 }, { 345, 2, 1, 1 }, { 580, 3, 0, 0.5 }, { 580, 3, 7, 7 }, { 580, 3, 11, 10 }, { 580, 3, 13, 12 }, { 580, 3, 15, 15 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(notes); i++) {
        double hz = notes[i].f_number * sample_hz * pow(2, notes[i].block - 20.0) * notes[i].factor;
        u64 count = (u64)(sample_hz * 2);
        plain_carrier();
        set(0x23, (u8)(0x20 | notes[i].multiple));
        key_on(notes[i].f_number, notes[i].block);
        listen(count);
        cr_expect_float_eq(strength(count, hz), 4084, 15, "note %u of %g Hz has %g", i, hz, strength(count, hz));
        cr_expect_float_eq(rising_zeros(count) / 2.0, hz, 1);
        key_off();
        samples(1000);
    }
}

Test(opl3, a_sine_is_one)
{
    u64 count = (u64)sample_hz;
    plain_carrier();
    key_on(580, 4);                                      /* 440 Hz */
    listen(count);
    double hz = 580 * sample_hz * pow(2, -16);
    for (unsigned k = 2; k < 20; k++) cr_expect_lt(strength(count, hz * k), 8, "harmonic %u: %g", k, strength(count, hz * k));
}

/* The period of vibrato is 8192 samples, its depth 7 or 14 cents. */
Test(opl3, vibrato_is_as_deep_as_dvb_says)                                       /* "AM/VIB depth" */
{
    for (unsigned deep = 0; deep < 2; deep++) {
        plain_carrier();
        set(0xbd, deep ? 0x40 : 0);
        set(0x23, 0x61);
        key_on(512, 5);
        opl3_ymf262_render(&opl);
        u32 least = ~0u, most = 0;
        for (unsigned i = 0; i < 8192; i++) {
            u32 before = opl.phase[3];
            samples(1);
            opl3_ymf262_render(&opl);
            u32 step = (opl.phase[3] - before) & 0x7ffff;
            least = step < least ? step : least;
            most = step > most ? step : most;
        }
        double cents = 1200 * log2((double)most / least) / 2;
        cr_expect_float_eq(cents, deep ? 13.5 : 6.8, 1, "%g cents", cents);
        key_off();
        samples(1000);
    }
}

/* --- levels --- */

static double carrier_db(void)
{
    listen(4000);
    return 20 * log10(peak(0, 4000) / 4084.0);
}

Test(opl3, total_level_is_3_4_db_a_step)                                         /* "TL" */
{
    for (unsigned tl = 0; tl < 64; tl += 7) {
        plain_carrier();
        set(0x43, (u8)tl);
        key_on(580, 4);
        double db = carrier_db();
        cr_expect_float_eq(db, -0.75 * tl, tl < 40 ? 0.1 : 1.5, "TL %u: %g dB", tl, db);
        key_off();
        samples(1000);
    }
}

Test(opl3, key_scale_level_falls_by_octave)                                      /* "KSL": 3 dB/oct, 1.5 dB/oct, 6 dB/oct */
{
    static const struct { u8 ksl; unsigned f_number, block; double db; } rows[] = {
        { 0, 1023, 7, 0 },       { 1, 1023, 7, 21 },     { 1, 1023, 6, 18 },    { 1, 512, 7, 18 },   { 1, 64, 7, 9 },
        { 1, 448, 3, 5.625 },    { 1, 256, 1, 0 },       { 2, 1023, 7, 10.5 },  { 3, 1023, 4, 24 },  { 3, 63, 7, 0 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        plain_carrier();
        set(0x43, (u8)(rows[i].ksl << 6));
        key_on(rows[i].f_number, rows[i].block);
        opl3_ymf262_render(&opl);
        cr_expect_float_eq(opl.operator[3].fixed_level * 0.1875, rows[i].db, 0.001, "row %u: %g dB", i, opl.operator[3].fixed_level * 0.1875);
        key_off();
        samples(1000);
    }
}

/* 3.7 Hz: 210 steps of 64 samples; 1 dB, or 4.8 with DAM. */
Test(opl3, tremolo_is_as_deep_as_dam_says)
{
    for (unsigned deep = 0; deep < 2; deep++) {
        plain_carrier();
        set(0xbd, deep ? 0x80 : 0);
        set(0x23, 0xa1);
        key_on(1023, 5);
        listen(13440);
        s32 least = 5000, most = 0;
        for (unsigned i = 0; i < 13440; i += 64) {
            s32 p = peak(i, i + 64);
            least = p < least ? p : least;
            most = p > most ? p : most;
        }
        double db = 20 * log10((double)most / least);
        cr_expect_float_eq(db, deep ? 4.8 : 1, 0.25, "%g dB", db);
        key_off();
        samples(1000);
    }
}

/* --- envelope --- */

/* Samples until the level is at most, or at least, so much. */
static u64 until(unsigned level, bool falls)
{
    u64 n = 0;
    for (; n < 4000000 && (falls ? opl.level[3] > level : opl.level[3] < level); n++) {
        samples(1);
        opl3_ymf262_render(&opl);
    }
    return n;
}

static double ms(u64 n) { return (double)n * 1000 / sample_hz; }

/* The manual's table of 10 to 90 % times, at rates 4, 17, 30, 43 and 56. */
Test(opl3, attack_takes_the_time_of_its_rate)                                    /* "Attack Rate" */
{
    static const struct { u8 rate; double ms; } rows[] = { { 4, 92.67 * 16 }, { 8, 92.67 * 8 }, { 20, 92.67 }, { 32, 11.58 }, { 48, 0.72 } };

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        plain_carrier();
        set(0x63, (u8)(rows[i].rate / 4 << 4));
        key_on(1, 0);
        until(107, true);                                /* -20 dB: 10 % */
        double got = ms(until(5, true));                 /* -0.9 dB: 90 % */
        cr_expect_float_eq(got, rows[i].ms, rows[i].ms * 0.06 + 0.05, "rate %u: %g ms, not %g", rows[i].rate, got, rows[i].ms);
        set(0x83, 0x0f);
        key_off();
        samples(1000);
    }
}

Test(opl3, decay_takes_the_time_of_its_rate)                                     /* "Decay Rate" */
{
    static const struct { u8 rate; double ms; } rows[] = { { 4, 8212.48 }, { 16, 1026.56 }, { 32, 64.16 }, { 52, 2.01 } };

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        plain_carrier();
        set(0x63, (u8)(0xf0 | rows[i].rate / 4));
        set(0x83, 0xff);
        key_on(1, 0);
        until(0, true);
        until(5, false);                                 /* -0.9 dB: 90 % */
        double got = ms(until(107, false));              /* -20 dB: 10 % */
        cr_expect_float_eq(got, rows[i].ms, rows[i].ms * 0.03 + 0.05, "rate %u: %g ms, not %g", rows[i].rate, got, rows[i].ms);
        key_off();
        samples(1000);
    }
}

Test(opl3, the_lower_bits_of_a_rate_make_5_6_and_7_of_4)
{
    u64 took[4];

    for (unsigned rof = 0; rof < 4; rof++) {
        plain_carrier();
        set(0x63, 0xf8);
        set(0x83, 0xff);
        set(0x23, 0x31);                                 /* KSR: Rof is the key code */
        key_on(rof & 1 ? 512 : 1, rof >> 1);
        until(0, true);
        until(8, false);
        took[rof] = until(488, false);
        key_off();
        samples(1000);
    }
    for (unsigned rof = 1; rof < 4; rof++) cr_expect_float_eq((double)took[0] / (double)took[rof], (4 + rof) / 4.0, 0.01);
}

Test(opl3, key_scale_rate_counts_a_quarter_without_ksr)                          /* "KSR" */
{
    plain_carrier();
    key_on(512, 7);
    opl3_ymf262_render(&opl);
    set(0x63, 0x44);
    cr_expect_eq(opl.operator[3].rate[OPL3_DECAY], 16 + 3);
    set(0x23, 0x31);
    cr_expect_eq(opl.operator[3].rate[OPL3_DECAY], 16 + 15);
    key_on(256, 7);
    cr_expect_eq(opl.operator[3].rate[OPL3_DECAY], 16 + 14);
    set(0x08, 0x40);
    cr_expect_eq(opl.operator[3].rate[OPL3_DECAY], 16 + 15, "NTS: the second bit of the F-number");
}

Test(opl3, a_held_note_stays_at_its_sustain_level)                               /* "EGT", "SL": 3 dB a step, 15 is 93 dB */
{
    plain_carrier();
    set(0x63, 0xfc);
    set(0x83, 0x5f);
    key_on(580, 4);
    samples(20000);
    opl3_ymf262_render(&opl);
    cr_expect_eq(opl.level[3], 5 * 16);
    cr_expect_eq(opl.stage[3], OPL3_SUSTAIN);
    set(0x83, 0xff);
    cr_expect_eq(opl.operator[3].sustain_level, 31 * 16);
    key_off();
    samples(1000);
    opl3_ymf262_render(&opl);
    cr_expect_eq(opl.level[3], OPL3_SILENT);
}

Test(opl3, a_note_that_is_not_held_goes_on_falling_by_its_release_rate)
{
    plain_carrier();
    set(0x23, 0x01);
    set(0x63, 0xff);
    set(0x83, 0x18);
    key_on(1, 0);                                        /* no Rof: a step in 32 samples */
    samples(100);
    opl3_ymf262_render(&opl);
    cr_expect_eq(opl.stage[3], OPL3_SUSTAIN);
    u64 n = until(OPL3_SILENT, false);
    cr_expect_float_eq(ms(n), 493 * ms(32), 2, "%g ms, not %g", ms(n), 493 * ms(32));
}

Test(opl3, an_attack_rate_of_0_makes_no_sound)
{
    plain_carrier();
    set(0x63, 0x0f);
    key_on(580, 4);
    listen(10000);
    cr_expect_eq(peak(0, 10000), 0);
    cr_expect(!opl3_ymf262_render(&opl));
}

/* --- waveforms --- */

/* A period of 1024 samples: F-number 128 at block 3 moves the phase by 512 of 2^19. */
static void period_of(unsigned waveform)
{
    plain_carrier();
    set(0x105, 1);
    set(0xc0, 0x30);
    set(0xe3, (u8)waveform);
    set(0x23, 0x21);
    key_on(128, 3);
    listen(1024);
}

Test(opl3, waveforms_are_those_of_the_manual)                                    /* "Wave Select" */
{
    for (unsigned form = 0; form < 8; form++) {
        period_of(form);
        for (unsigned i = 2; i < 1022; i++) {
            double x = (i + 0.5) / 1024, sine = sin(2 * M_PI * x), want = 0;
            switch (form) {
            case 0: want = sine; break;
            case 1: want = sine > 0 ? sine : 0; break;
            case 2: want = fabs(sine); break;
            case 3: want = fmod(x, 0.5) < 0.25 ? fabs(sine) : 0; break;
            case 4: want = x < 0.5 ? sin(4 * M_PI * x) : 0; break;
            case 5: want = x < 0.5 ? fabs(sin(4 * M_PI * x)) : 0; break;
            case 6: want = x < 0.5 ? 1 : -1; break;
            default: want = x < 0.5 ? pow(2, -32 * x) : -pow(2, -32 * (1 - x)); break;
            }
            bool edge = i % 256 < 3 || i % 256 > 252;            /* the place of a corner may be a sample off */
            if (!edge) cr_expect_float_eq(heard[i][0], want * 4084, 60, "form %u at %u: %d, not %g", form, i, heard[i][0], want * 4084);
        }
        key_off();
        samples(1000);
    }
}

Test(opl3, without_new_there_are_four_waveforms)
{
    plain_carrier();
    set(0xe3, 7);
    cr_expect_eq(opl.operator[3].waveform, 3);
    set(0x105, 1);
    cr_expect_eq(opl.operator[3].waveform, 7);
}

/* --- channels --- */

static void sound_both(u8 connection)
{
    plain_carrier();
    set(0x40, 0), set(0x60, 0xff);
    set(0xc0, connection);
    set(0x20, 0x22);                                     /* the modulator an octave above */
    key_on(580, 4);
}

Test(opl3, two_operators_are_in_series_or_side_by_side)                          /* "CNT" */
{
    u64 count = (u64)sample_hz;
    double hz = 580 * sample_hz * pow(2, -16);

    sound_both(0x31);
    listen(count);
    cr_expect_float_eq(strength(count, hz), 4084, 20);
    cr_expect_float_eq(strength(count, 2 * hz), 4084, 20);
    cr_expect_lt(strength(count, 3 * hz), 10);
    key_off();
    samples(1000);
    sound_both(0x30);
    set(0x40, 24);                                       /* -18 dB of 8 pi: an index of 3.16 */
    listen(count);
    double index = 4084.0 / 1024 * 2 * M_PI * pow(10, -18 / 20.0);
    double want = 4084 * fabs(jn(2, index) - jn(-3, index));      /* 1 + 2 x 2 and 1 - 2 x 3, which comes back as 5 */
    cr_expect_float_eq(strength(count, 5 * hz), want, 40, "side band 5: %g, not %g", strength(count, 5 * hz), want);
}

/* A sine that moves its own phase has harmonics 2 J_k(k index) / (k index). */
Test(opl3, feedback_makes_a_sine_a_saw)                                          /* "FB": pi/16, pi/8, pi/4, pi/2, ... */
{
    u64 count = (u64)sample_hz;
    double hz = 580 * sample_hz * pow(2, -16);

    for (unsigned fb = 0; fb < 5; fb++) {
        plain_carrier();
        set(0x40, 0), set(0x60, 0xff), set(0x63, 0x0f);
        set(0xc0, (u8)(0x31 | fb << 1));
        key_on(580, 4);
        listen(count);
        double index = fb ? M_PI / 32 * (1 << fb) : 1e-6;            /* pi / 16 to pi / 2 */
        double want = jn(2, 2 * index) / 2 / jn(1, index), got = strength(count, 2 * hz) / strength(count, hz);
        cr_expect_float_eq(got, want, 0.02, "FB %u: %g, not %g", fb, got, want);
        key_off();
        samples(1000);
    }
}

Test(opl3, four_operators_make_one_channel)                                      /* "Connection Select" */
{
    static const struct { u8 first, second; unsigned carriers; } rows[] = { { 0, 0, 1 }, { 0, 1, 2 }, { 1, 0, 2 }, { 1, 1, 3 } };
    static const u8 operator[] = { 0x00, 0x03, 0x08, 0x0b };

    set(0x105, 1), set(0x104, 1);
    for (unsigned row = 0; row < ARRAY_COUNT(rows); row++) {
        for (unsigned i = 0; i < 4; i++) set(0x40 + operator[i], 0), set(0x60 + operator[i], 0xff), set(0x80 + operator[i], 0x0f), set(0x20 + operator[i], 0x21);
        set(0xc0, 0x30 | rows[row].first), set(0xc3, 0x30 | rows[row].second);
        key_on(64, 3);
        for (unsigned i = 0; i < 4; i++) set(0xe0 + operator[i], 6);      /* squares: carriers can be counted by the peak */
        listen(20000);
        s32 p = peak(0, 20000);
        cr_expect_float_eq(p, 4084.0 * rows[row].carriers, rows[row].carriers * 2, "row %u: %d", row, p);
        key_off();
        samples(1000);
    }
    set(0xb3, 0x20 | 3 << 2);
    samples(10);
    opl3_ymf262_render(&opl);
    cr_expect_eq(opl.keys[opl3_first(3)], 0, "the second half has no key of its own");
    set(0x104, 0);
    cr_expect_eq(opl.keys[opl3_first(3)], 1, "until it is a channel of its own");
}

Test(opl3, channels_go_left_right_or_to_both_with_new)                           /* "CHA, CHB" */
{
    plain_carrier();
    key_on(580, 4);
    set(0xc0, 0);
    listen(1000);
    cr_expect_gt(peak(0, 1000), 4000, "OPL2 mode has one output");
    set(0x105, 1);
    listen(1000);
    cr_expect_eq(peak(0, 1000), 0);
    set(0xc0, 0x20);
    listen(1000);
    cr_expect_eq(peak(0, 1000), 0);
    s32 right = 0;
    for (unsigned i = 0; i < 1000; i++) right = heard[i][1] > right ? heard[i][1] : right;
    cr_expect_gt(right, 4000);
}

Test(opl3, the_second_array_is_not_there_without_new)
{
    set(0x123, 0x21);
    cr_expect_eq(opl.reg[0x123], 0);
    cr_expect_eq(opl.reg[0x023], 0);
    set(0x105, 1), set(0x123, 0x21);
    cr_expect_eq(opl.reg[0x123], 0x21);
}

Test(opl3, channels_of_the_second_array_sound)
{
    set(0x105, 1);
    set(0x140, 63), set(0x160, 0x0f), set(0x180, 0x0f), set(0x120, 0x21);
    set(0x143, 0), set(0x163, 0xff), set(0x183, 0x0f), set(0x123, 0x21);
    set(0x1c0, 0x30), set(0x1a0, 580 & 0xff), set(0x1b0, 0x20 | 4 << 2 | 580 >> 8);
    listen((u64)sample_hz);
    cr_expect_float_eq(strength((u64)sample_hz, 580 * sample_hz * pow(2, -16)), 4084, 20);
}

/* --- rhythm --- */

Test(opl3, drums_sound_by_the_bits_of_bd)                                        /* "Rhythm" */
{
    static const u8 operator[] = { 0x10, 0x11, 0x12, 0x13, 0x14, 0x15 };

    for (unsigned i = 0; i < 6; i++) set(0x20 + operator[i], 0x01), set(0x40 + operator[i], 0), set(0x60 + operator[i], 0xf6), set(0x80 + operator[i], 0x06);
    set(0xa6, 0x20), set(0xb6, 0x0a), set(0xa7, 0x50), set(0xb7, 0x09), set(0xa8, 0xc0), set(0xb8, 0x09);
    set(0xbd, 0x1f);
    listen(5000);
    cr_expect_eq(peak(0, 5000), 0, "without RYT they are no keys");
    for (unsigned drum = 0; drum < 5; drum++) {
        set(0xbd, 0x20);
        samples(100000);
        set(0xbd, (u8)(0x20 | 1 << drum));
        listen(5000);
        cr_expect_gt(peak(0, 5000), drum == 1 ? 5700 : 6000, "drum %u: %d", drum, peak(0, 5000));
        cr_expect(opl3_ymf262_render(&opl));
    }
    set(0xbd, 0x20);
    samples(200000);
    cr_expect(!opl3_ymf262_render(&opl), "drums die away");
}

Test(opl3, the_noise_has_2_23_minus_1_states)
{
    u32 noise = opl.noise;
    u64 n = 0;
    do noise = noise >> 1 | ((noise ^ noise >> 14) & 1) << 22, n++;
    while (noise != opl.noise && n < 10000000);
    cr_expect_eq(n, (1 << 23) - 1);
}

/* --- what it costs, and what it is the same of --- */

Test(opl3, a_silent_chip_computes_nothing_and_wakes_nobody)
{
    set(0x20, 0x21), set(0x40, 0);
    cr_expect_eq(wakes, 0);
    bench_run(&bench, 14318180ull * 3600 * 24);
    cr_expect(!opl3_ymf262_render(&opl), "a day at once");
    plain_carrier();
    key_on(580, 4);
    cr_expect_gt(wakes, 0);
}

/* When it is asked does not matter: one long piece is many short ones. */
Test(opl3, pieces_of_any_length_give_the_same_samples)
{
    static s32 once[30000][2];

    sound_both(0x3e);
    set(0x20, 0xe2);
    listen(30000);
    memcpy(once, heard, sizeof once);
    teardown();
    setup();
    sound_both(0x3e);
    set(0x20, 0xe2);
    opl3_ymf262_render(&opl);
    first = 1;
    for (u64 n = 1; opl.rendered < 30000; n = n * 7 % 1009) {
        samples(n < 30000 - opl.rendered ? n : 30000 - opl.rendered);
        opl3_ymf262_render(&opl);
    }
    cr_expect_eq(memcmp(once, heard, sizeof once), 0);
}
