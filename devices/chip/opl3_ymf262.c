/* YMF262 (OPL3) FM synthesizer; without its NEW bit a YM3812 (OPL2).                         doc: opl
 *            +--------+          A1 A0 = 0  write  address, register array 0        read  status: D7 IRQ  D6 FT1  D5 FT2
 *  A0 A1   >|        |> /IRQ             2  write  address, register array 1
 *  D7..D0 <>| YMF262 |                1, 3  write  data
 *  clock   >|        |> samples    01 test  02 03 timers  04 RST MT1 MT2 ST2 ST1  08 NTS  BD AM/VIB depth, rhythm  104 four-operator channels  105 NEW
 *            +--------+            20.. AM VIB EGT KSR MULT  40.. KSL TL  60.. AR DR  80.. SL RR  E0.. waveform   A0.. B0.. F-number, block, KON  C0.. FB CNT
 * Source: Yamaha YMF262 and YM3812 data sheets and the YM3812 application manual; "OPLx decapsulated" (Gambrell, Niemitalo) for the log-sine
 * and power tables and the arithmetic between them; NTS as measured: the manuals' tables of keyboard splits have changed places.
 * Everything is integer arithmetic, so that every host makes the same samples.  /IRQ leads nowhere on the boards that have the chip, so the
 * timers need no events: their flags are functions of the samples that have passed.  While no operator sounds nothing is computed: phases,
 * which a key starts at 0, and noise stand still.  Not modelled: test bits, CSM of the YM3812, which the YMF262 does not have; the second
 * array in OPL2 mode: writes to all but 105h are lost. */
#include "devices/chip/opl3_parts.h"

#include <string.h>

enum { CONTROL_RST = 0x80, CONTROL_MT1 = 0x40, CONTROL_ST1 = 1, FLAG_IRQ = 0x80, FLAG_FT1 = 0x40, KEY_CHANNEL = 1, KEY_RHYTHM = 2 };

#define STATE_OWNER struct opl3_ymf262
STATE_LAYOUT_OF(opl3_ymf262_state, "opl3_ymf262", OPL3_YMF262_STATE, opl3_ymf262_invariant);

static u64 now(const struct opl3_ymf262 *o) { return clock_cycles(o->wires.clock, RATE_OPL3); }

/* --- sound up to now --- */

bool opl3_ymf262_render(struct opl3_ymf262 *o)
{
    u64 end = now(o);
    s32 left = 0, right = 0;

    while (o->rendered < end && opl3_sounds(o)) {
        opl3_sample(o, &left, &right);
        if (o->wires.sound.level) o->wires.sound.level(o->wires.sound.to, RATE_OPL3, o->rendered, left, right);
    }
    if (o->rendered < end) {
        if (o->wires.sound.level) o->wires.sound.level(o->wires.sound.to, RATE_OPL3, o->rendered + 1, 0, 0);
        memset(o->output, 0, sizeof o->output);
        memset(o->before, 0, sizeof o->before);
        o->rendered = end;
    }
    return opl3_sounds(o);
}

/* --- timers: 4 and 16 samples a count --- */

static u64 timer_period(const struct opl3_ymf262 *o, unsigned t)
{
    return (256u - o->reg[R_TIMER_1 + t]) * (t ? 16u : 4u);
}

/* A running timer sets its flag when it overflows, unless the mask forbids it, and starts again from its preset. */
static void run_timers(struct opl3_ymf262 *o)
{
    for (unsigned t = 0; t < 2; t++) {
        if (!o->counts[t] || now(o) < o->overflow[t]) continue;
        if (!(o->reg[R_TIMER_CONTROL] & CONTROL_MT1 >> t)) o->flags |= (u8)(FLAG_FT1 >> t);
        o->overflow[t] += ((now(o) - o->overflow[t]) / timer_period(o, t) + 1) * timer_period(o, t);
    }
}

/* "Timer Control": RST clears the flags, and the other bits of that write are not looked at. */
static void write_timer_control(struct opl3_ymf262 *o, u8 value)
{
    if (value & CONTROL_RST) {
        o->flags = 0;
        return;
    }
    o->reg[R_TIMER_CONTROL] = value;
    for (unsigned t = 0; t < 2; t++) {
        bool starts = value & CONTROL_ST1 << t;
        if (starts && !o->counts[t]) o->overflow[t] = now(o) + timer_period(o, t);
        o->counts[t] = starts;
    }
}

u8 opl3_ymf262_read(void *chip, unsigned reg)
{
    struct opl3_ymf262 *o = chip;

    (void)reg;
    run_timers(o);
    return (u8)(o->flags | (o->flags ? FLAG_IRQ : 0));
}

/* --- registers --- */

static void press_keys(struct opl3_ymf262 *o)
{
    static const u8 drum[][2] = { { 13, 0x01 }, { 17, 0x02 }, { 14, 0x04 }, { 16, 0x08 }, { 12, 0x10 }, { 15, 0x10 } };      /* operator, bit of BDh */

    for (unsigned n = 0; n < OPL3_OPERATORS; n++) opl3_key(o, n, KEY_CHANNEL, o->reg[R_BLOCK + opl3_tuned_by(o, n)] & BLOCK_KON);
    for (unsigned i = 0; i < ARRAY_COUNT(drum); i++) opl3_key(o, drum[i][0], KEY_RHYTHM, opl3_rhythm(o) && o->reg[R_RHYTHM] & drum[i][1]);
}

void opl3_ymf262_derive(struct opl3_ymf262 *o)
{
    for (unsigned n = 0; n < OPL3_OPERATORS; n++) opl3_derive_operator(o, n);
}

static bool of_an_operator(unsigned address)
{
    unsigned at = address & 0xff;
    return (at >= R_FLAGS && at < R_FREQUENCY) || at >= R_WAVEFORM;
}

/* A register of an operator changes that one; any other one may change many. */
static void register_written(struct opl3_ymf262 *o, unsigned address)
{
    unsigned at = address & 0x1f, n = address / ARRAY_1 * 18 + at / 8 * 6 + at % 8;

    if (!of_an_operator(address)) {
        opl3_ymf262_derive(o);
        press_keys(o);
    } else if (at < 0x18 && at % 8 < 6) {
        opl3_derive_operator(o, n);
    }
    if (opl3_sounds(o)) o->wires.wake(o->wires.board);
}

static void write_data(struct opl3_ymf262 *o, u8 value)
{
    if (o->address & ARRAY_1 && !opl3_new(o) && o->address != R_NEW) return;
    run_timers(o);
    if (o->address == R_TIMER_CONTROL) {
        write_timer_control(o, value);
        return;
    }
    opl3_ymf262_render(o);
    o->reg[o->address] = value;
    register_written(o, o->address);
}

void opl3_ymf262_write(void *chip, unsigned reg, u8 value)
{
    struct opl3_ymf262 *o = chip;

    if (reg & 1) write_data(o, value);
    else o->address = (u16)(value | (reg & 2 ? ARRAY_1 : 0));
}

/* --- life --- */

static void initialize(struct opl3_ymf262 *o)
{
    memset(o->reg, 0, sizeof o->reg);
    o->address = 0;
    o->flags = 0;
    o->counts[0] = o->counts[1] = false;
    for (unsigned n = 0; n < OPL3_OPERATORS; n++) {
        o->level[n] = OPL3_SILENT;
        o->stage[n] = OPL3_RELEASE;
        o->keys[n] = 0;
    }
    opl3_ymf262_derive(o);
}

void opl3_ymf262_init(struct opl3_ymf262 *o, const struct opl3_wires *wires)
{
    memset(o, 0, sizeof *o);
    o->wires = *wires;
    o->noise = 1;
    initialize(o);
}

void opl3_ymf262_reset(struct opl3_ymf262 *o)
{
    opl3_ymf262_render(o);
    initialize(o);
    o->wires.wake(o->wires.board);           /* what sounded ends */
}

const char *opl3_ymf262_invariant(const struct opl3_ymf262 *o)
{
    if (state_out_of_range(&opl3_ymf262_state, o)) return "every field is in the range its list gives";
    if (o->rendered > now(o)) return "no sample of the future has been made";
    for (unsigned n = 0; n < OPL3_OPERATORS; n++)
        if (o->keys[n] && o->stage[n] == OPL3_RELEASE) return "an operator whose key is down is not released";
    return NULL;
}
