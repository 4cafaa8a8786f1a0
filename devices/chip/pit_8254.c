/* 8254 programmable interval timer.                                             doc: pit
 *           +--------+            A1 A0  0..2  counter: count by RW1 RW0 (low, high, low then high)
 *  A0 A1   >|        |> OUT0..2          3     write: control word SC1 SC0 RW1 RW0 M2 M1 M0 BCD
 *  D7..D0 <>|  8254  |< GATE0..2                      SC = 3: read-back (D5 = 0 count, D4 = 0 status, D3..D1 counters)
 *  CLK0..2 >|        |                                RW = 0: counter latch
 *           +--------+
 * Source: Intel 231164-005.  A counter is never stepped: count and OUT are functions of the cycles since it was loaded. */
#include "devices/chip/pit_8254.h"

#define STATE_OWNER struct pit_8254
STATE_LAYOUT_OF(pit_8254_state, "pit_8254", PIT_8254_STATE, pit_8254_invariant);

static unsigned mode_of(const struct pit_8254 *p, unsigned n)
{
    unsigned m = p->control[n] >> 1 & 7;
    return m > 5 ? m - 4 : m;                        /* 110 and 111 are modes 2 and 3 */
}

static bool periodic(unsigned mode) { return mode == 2 || mode == 3; }
static bool hardware_triggered(unsigned mode) { return mode == 1 || mode == 5; }

static u64 modulus(const struct pit_8254 *p, unsigned n)
{
    return p->control[n] & 1 ? 10000 : 65536;
}

/* The count that runs, in cycles. */
static u64 period(const struct pit_8254 *p, unsigned n)
{
    u16 r = p->initial[n];
    u64 v = p->control[n] & 1 ? (r >> 12) * 1000u + (r >> 8 & 15) * 100u + (r >> 4 & 15) * 10u + (r & 15) : r;
    return v ? v : modulus(p, n);
}

static bool counting(const struct pit_8254 *p, unsigned n)
{
    unsigned mode = mode_of(p, n);
    if (!p->loaded[n]) return false;
    return hardware_triggered(mode) ? p->triggered[n] : p->gate[n];
}

/* Cycles that the counting element has counted up to cycle `at`. */
static u64 elapsed_at(const struct pit_8254 *p, unsigned n, u64 at)
{
    return p->held[n] + (counting(p, n) && at > p->start[n] ? at - p->start[n] : 0);
}

static u64 elapsed(const struct pit_8254 *p, unsigned n) { return elapsed_at(p, n, clock_cycles(p->clock, RATE_PIT)); }

/* The counting element as it is read. */
static u16 count(const struct pit_8254 *p, unsigned n)
{
    u64 e = elapsed(p, n), length = period(p, n), v;

    switch (mode_of(p, n)) {
    case 2: v = length - e % length; break;
    case 3: v = (length & ~1ull) - 2 * (e % ((length + 1) / 2)); break;
    default: v = (length + modulus(p, n) - e % modulus(p, n)) % modulus(p, n); break;
    }
    v %= modulus(p, n);
    if (!(p->control[n] & 1)) return (u16)v;
    return (u16)(v / 1000 << 12 | v / 100 % 10 << 8 | v / 10 % 10 << 4 | v % 10);
}

bool pit_8254_out_at(const void *chip, unsigned n, u64 at)
{
    const struct pit_8254 *p = chip;
    u64 e = elapsed_at(p, n, at), length = period(p, n);
    unsigned mode = mode_of(p, n);

    if (!p->loaded[n]) return mode != 0;
    switch (mode) {
    case 0: return e >= length;
    case 1: return !p->triggered[n] || e >= length;
    case 2: return !p->gate[n] || e % length != length - 1;
    case 3: return !p->gate[n] || e % length < (length + 1) / 2;
    default: return e != length;                     /* 4, 5: low for one cycle */
    }
}

bool pit_8254_out(const struct pit_8254 *p, unsigned n) { return pit_8254_out_at(p, n, clock_cycles(p->clock, RATE_PIT)); }

/* Cycles from cycle `at` until OUT may change; 0: never. */
static u64 until_change(const struct pit_8254 *p, unsigned n, u64 at)
{
    u64 e = elapsed_at(p, n, at), length = period(p, n);

    if (!counting(p, n)) return 0;
    switch (mode_of(p, n)) {
    case 2: return e % length < length - 1 ? length - 1 - e % length : 1;
    case 3: return e % length < (length + 1) / 2 ? (length + 1) / 2 - e % length : length - e % length;
    case 0: case 1: return e < length ? length - e : 0;
    default: return e < length ? length - e : e == length ? 1 : 0;
    }
}

u64 pit_8254_edge_after(const void *chip, unsigned n, u64 at)
{
    const struct pit_8254 *p = chip;
    u64 cycles = until_change(p, n, at);
    return cycles ? (p->start[n] > at ? p->start[n] : at) + cycles : NEVER;
}

/* Whoever follows OUT follows it up to here before it becomes another function of time. */
static void changing(struct pit_8254 *p, unsigned n, u64 at)
{
    if (p->changing) p->changing(p->listener, n, at);
}

/* Modes 2 and 3 end the running period before they take a new count. */
static void take_new_count(struct pit_8254 *p, unsigned n)
{
    if (!p->switch_at[n] || clock_cycles(p->clock, RATE_PIT) < p->switch_at[n]) return;
    changing(p, n, p->switch_at[n]);
    p->initial[n] = p->reload[n];
    p->start[n] = p->switch_at[n];
    p->switch_at[n] = 0;
}

/* OUT from state, and the event at its next change.  Where OUT leads nowhere only a count that waits for its period's end needs one. */
static void update(struct pit_8254 *p, unsigned n)
{
    take_new_count(p, n);
    u64 edge = pit_8254_edge_after(p, n, clock_cycles(p->clock, RATE_PIT));

    if (p->out[n]) line_set(p->out[n], pit_8254_out(p, n));
    if (edge == NEVER || (!p->out[n] && !p->switch_at[n])) clock_cancel(p->clock, &p->change[n]);
    else clock_at(p->clock, &p->change[n], clock_tick_of_cycle(p->clock, RATE_PIT, edge));
}

static void on_change(void *owner)
{
    struct pit_8254_event *e = owner;
    update(e->pit, e->n);
}

void pit_8254_init(struct pit_8254 *p, struct clock *clock, struct line *out0, struct line *out1, struct line *out2)
{
    *p = (struct pit_8254){ .clock = clock, .out = { out0, out1, out2 }, .gate = { true, true, false } };
    for (unsigned n = 0; n < 3; n++) {
        p->owner[n] = (struct pit_8254_event){ p, n };
        clock_add(clock, &p->change[n], on_change, &p->owner[n]);
    }
}

/* The part has no reset pin: it keeps its state. */
void pit_8254_reset(struct pit_8254 *p)
{
    for (unsigned n = 0; n < 3; n++) update(p, n);
}

/* --- writes --- */

static void load(struct pit_8254 *p, unsigned n, u16 value)
{
    bool runs = periodic(mode_of(p, n)) && counting(p, n);

    changing(p, n, clock_cycles(p->clock, RATE_PIT));
    p->reload[n] = value;
    p->loaded[n] = true;
    if (hardware_triggered(mode_of(p, n))) return;           /* the next trigger takes it */
    if (runs) {
        p->switch_at[n] = p->start[n] + (elapsed(p, n) / period(p, n) + 1) * period(p, n);
        update(p, n);
        return;
    }
    p->initial[n] = value;
    p->held[n] = 0;
    p->start[n] = clock_cycles(p->clock, RATE_PIT) + 1;      /* the next CLK moves CR to CE */
    update(p, n);
}

static void write_count(struct pit_8254 *p, unsigned n, u8 value)
{
    unsigned rw = p->control[n] >> 4;

    if (rw == 1) load(p, n, value);
    if (rw == 2) load(p, n, (u16)(value << 8));
    if (rw != 3) return;
    if (!p->high_next_write[n]) p->write_low[n] = value;
    else load(p, n, (u16)(value << 8 | p->write_low[n]));
    p->high_next_write[n] = !p->high_next_write[n];
}

static void latch_count(struct pit_8254 *p, unsigned n)
{
    if (p->latched[n]) return;
    p->latch[n] = count(p, n);
    p->latched[n] = true;
}

static void latch_status(struct pit_8254 *p, unsigned n)
{
    if (p->status_latched[n]) return;
    p->status_latch[n] = (u8)((pit_8254_out(p, n) ? 0x80 : 0) | (p->loaded[n] ? 0 : 0x40) | p->control[n]);
    p->status_latched[n] = true;
}

static void write_control(struct pit_8254 *p, u8 value)
{
    unsigned n = value >> 6;

    if (n == 3) {
        for (n = 0; n < 3; n++) {
            if (!(value >> (n + 1) & 1)) continue;
            if (!(value & 0x20)) latch_count(p, n);
            if (!(value & 0x10)) latch_status(p, n);
        }
        return;
    }
    if (!(value & 0x30)) {
        latch_count(p, n);
        return;
    }
    changing(p, n, clock_cycles(p->clock, RATE_PIT));
    p->control[n] = value & 0x3f;
    p->loaded[n] = p->triggered[n] = p->latched[n] = p->status_latched[n] = false;
    p->high_next_read[n] = p->high_next_write[n] = false;
    p->held[n] = p->switch_at[n] = 0;
    update(p, n);
}

void pit_8254_write(void *chip, unsigned reg, u8 value)
{
    if ((reg & 3) == 3) write_control(chip, value);
    else write_count(chip, reg & 3, value);
}

/* --- reads --- */

u8 pit_8254_read(void *chip, unsigned reg)
{
    struct pit_8254 *p = chip;
    unsigned n = reg & 3;

    if (n == 3) return 0xff;
    if (p->status_latched[n]) {
        p->status_latched[n] = false;
        return p->status_latch[n];
    }
    u16 v = p->latched[n] ? p->latch[n] : count(p, n);
    unsigned rw = p->control[n] >> 4;
    bool high = rw == 2 || (rw == 3 && p->high_next_read[n]);
    if (rw == 3) p->high_next_read[n] = !p->high_next_read[n];
    if (rw != 3 || high) p->latched[n] = false;
    return (u8)(high ? v >> 8 : v);
}

/* DS "Gate Pin Operations Summary". */
void pit_8254_set_gate(struct pit_8254 *p, unsigned n, bool level)
{
    unsigned mode = mode_of(p, n);

    if (p->gate[n] == level) return;
    changing(p, n, clock_cycles(p->clock, RATE_PIT));
    if (!level) {
        if (!hardware_triggered(mode)) p->held[n] = periodic(mode) ? 0 : elapsed(p, n);
        p->switch_at[n] = 0;
    } else {
        if (hardware_triggered(mode)) {
            p->held[n] = 0;
            p->triggered[n] = p->loaded[n];
        }
        if (hardware_triggered(mode) || periodic(mode)) p->initial[n] = p->reload[n];
        p->switch_at[n] = 0;
        p->start[n] = clock_cycles(p->clock, RATE_PIT) + 1;
    }
    p->gate[n] = level;
    update(p, n);
}

const char *pit_8254_invariant(const struct pit_8254 *p)
{
    for (unsigned n = 0; n < 3; n++) {
        if (p->control[n] > 0x3f) return "a control word has six bits";
        if (p->out[n] && p->out[n]->level != pit_8254_out(p, n)) return "OUT is what the counter says";
    }
    return 0;
}
