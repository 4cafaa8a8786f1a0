/* High precision event timer: a counter and three comparators.                             doc: hpet
 *   000  GCAP_ID    revision 1, three timers, 64 bits, legacy replacement; 63..32 femtoseconds a count
 *   010  GEN_CONF   0 ENABLE_CNF  1 LEG_RT_CNF: timer 0 for the interval timer, timer 1 for the real-time clock
 *   020  GINTR_STA  n: a level-triggered timer n has matched; a 1 clears it
 *   0F0  MAIN_CNT
 *   100 + 20h * n  Tn_CONF   1 level  2 INT_ENB  3 periodic  4 can be periodic  5 has 64 bits  6 VAL_SET  8 32MODE  13..9 route
 *                            63..32 inputs of the I/O APIC that it can be routed to
 *   108 + 20h * n  Tn_COMP
 * Source: IA-PC HPET Specification 1.0a.  Not modelled: FSB delivery (the capability says so). */
#include "devices/chip/hpet.h"

#include "cpu/base/bits.h"

enum { GCAP_ID = 0x000, GEN_CONF = 0x010, GINTR_STA = 0x020, MAIN_CNT = 0x0f0, TIMER_FIRST = 0x100, TIMER_STEP = 0x20, TIMER_COMPARATOR = 8 };
enum { ENABLE = 1, LEGACY = 2 };
enum { LEVEL = 2, INT_ENB = 4, PERIODIC = 8, CAN_PERIODIC = 0x10, HAS_64 = 0x20, VAL_SET = 0x40, MODE_32 = 0x100, ROUTE_SHIFT = 9, ROUTE = 0x3e00, CONFIG_MASK = 0x3f4e };
enum { TIMERS = HPET_TIMERS };
#define ROUTES 0x00f00000u               /* INTIN20..23 */
#define PERIOD_FS 69841279u              /* of 14.31818 MHz */
#define RATE_HPET ((struct rate){ 14318180, 1 })

#define STATE_OWNER struct hpet
STATE_LAYOUT_OF(hpet_state, "hpet", HPET_STATE, hpet_invariant);

/* --- pure functions of the state --- */

static u64 count(const struct hpet *h)
{
    return h->counter + (h->general & ENABLE ? clock_cycles(h->clock, RATE_HPET) : 0);
}

static u64 count_mask(const struct hpet *h, unsigned n) { return h->config[n] & MODE_32 ? UINT32_MAX : UINT64_MAX; }

/* Cycles until timer n matches; a match that is now comes again after a whole turn. */
static u64 distance(const struct hpet *h, unsigned n)
{
    u64 mask = count_mask(h, n), d = (h->comparator[n] - count(h)) & mask;
    return d ? d : mask == UINT64_MAX ? mask : mask + 1;
}

/* "LegacyReplacement Route": timers 0 and 1 leave their route then. */
static struct line *output(struct hpet *h, unsigned n)
{
    if (h->general & LEGACY && n < 2) return h->legacy[n];
    return &h->pin[(h->config[n] >> ROUTE_SHIFT & 31) % HPET_PINS];
}

static bool routed(const struct hpet *h, unsigned n)
{
    return (h->general & LEGACY && n < 2) || ROUTES >> (h->config[n] >> ROUTE_SHIFT & 31) & 1;
}

static bool drives(const struct hpet *h, unsigned n)
{
    return h->general & ENABLE && h->config[n] & INT_ENB && h->config[n] & LEVEL && h->status >> n & 1;
}

/* --- what time does --- */

/* The level of every line from the timers that are routed to it. */
static void update(struct hpet *h)
{
    for (unsigned pin = 0; pin < HPET_PINS; pin++) {
        bool level = false;
        for (unsigned n = 0; n < TIMERS; n++) level |= routed(h, n) && output(h, n) == &h->pin[pin] && drives(h, n);
        line_set(&h->pin[pin], level);
    }
    for (unsigned n = 0; n < 2; n++) line_set(h->legacy[n], h->general & LEGACY && drives(h, n));
}

static void await_match(struct hpet *h, unsigned n)
{
    u64 now = clock_cycles(h->clock, RATE_HPET), d = distance(h, n);

    if (!(h->general & ENABLE) || d > UINT64_MAX - now) clock_cancel(h->clock, &h->match[n]);
    else clock_at(h->clock, &h->match[n], clock_tick_of_cycle(h->clock, RATE_HPET, now + d));
}

static void await_all(struct hpet *h)
{
    for (unsigned n = 0; n < TIMERS; n++) await_match(h, n);
}

/* "Periodic Mode": the comparator goes on by the last value written to it; counts of one tick are taken in one step. */
static void go_on(struct hpet *h, unsigned n)
{
    u64 mask = count_mask(h, n), period = h->period[n] & mask, behind = (count(h) - h->comparator[n]) & mask;

    if (!(h->config[n] & PERIODIC) || !period) return;
    h->comparator[n] = (h->comparator[n] + period * (behind / period + 1)) & mask;
}

static void on_match(void *owner)
{
    struct hpet_timer *t = owner;
    struct hpet *h = t->hpet;
    unsigned n = t->n;

    if (h->config[n] & LEVEL) h->status |= (u8)(1u << n);
    else if (h->config[n] & INT_ENB && routed(h, n)) {
        struct line *line = output(h, n);
        bool level = line->level;
        line_set(line, !level);
        line_set(line, level);
    }
    update(h);
    go_on(h, n);
    await_match(h, n);
}

/* --- registers --- */

void hpet_init(struct hpet *h, struct clock *clock, struct line *pin, void *board, void (*replacement_changed)(void *board, bool on))
{
    h->clock = clock;
    h->pin = pin;
    h->board = board;
    h->replacement_changed = replacement_changed;
    for (unsigned n = 0; n < TIMERS; n++) {
        h->timer[n] = (struct hpet_timer){ h, n };
        clock_add(clock, &h->match[n], on_match, &h->timer[n]);
    }
}

void hpet_reset(struct hpet *h)
{
    h->general = h->status = 0;
    h->counter = 0;
    for (unsigned n = 0; n < TIMERS; n++) {
        h->config[n] = 0;
        h->comparator[n] = UINT64_MAX;
        h->period[n] = 0;
    }
    await_all(h);
    update(h);
    h->replacement_changed(h->board, false);
}

static u64 read_register(const struct hpet *h, unsigned at)
{
    unsigned n = (at - TIMER_FIRST) / TIMER_STEP;

    switch (at) {
    case GCAP_ID: return 0x8086a001u | (TIMERS - 1) << 8 | (u64)PERIOD_FS << 32;
    case GEN_CONF: return h->general;
    case GINTR_STA: return h->status;
    case MAIN_CNT: return count(h);
    }
    if (at < TIMER_FIRST || n >= TIMERS) return 0;
    if ((at - TIMER_FIRST) % TIMER_STEP == 0) return (u64)ROUTES << 32 | CAN_PERIODIC | HAS_64 | (h->config[n] & ~(u32)VAL_SET);
    return (at - TIMER_FIRST) % TIMER_STEP == TIMER_COMPARATOR ? h->comparator[n] : 0;
}

u64 hpet_read(struct hpet *h, unsigned at, unsigned size)
{
    return low_bits(read_register(h, at & ~7u) >> 8 * (at & 7), size * 8);
}

/* The counter stands still while it is off, and goes on from there. */
static void write_general(struct hpet *h, u32 value)
{
    u64 now = count(h);
    bool replaced = h->general & LEGACY;

    h->general = value & (ENABLE | LEGACY);
    h->counter = h->general & ENABLE ? now - clock_cycles(h->clock, RATE_HPET) : now;
    await_all(h);
    if (replaced != !!(h->general & LEGACY)) h->replacement_changed(h->board, !replaced);
    update(h);
}

static void write_config(struct hpet *h, unsigned n, u32 value)
{
    u32 route = value >> ROUTE_SHIFT & 31;

    value &= CONFIG_MASK;
    if (!(ROUTES >> route & 1)) value = (value & ~(u32)ROUTE) | (h->config[n] & ROUTE);
    h->config[n] = value;
    h->comparator[n] &= count_mask(h, n);
    if (!(value & LEVEL)) h->status &= (u8)~(1u << n);
    await_match(h, n);
    update(h);
}

/* "Timer N Comparator Value Register", Tn_VAL_SET_CNF: of a periodic timer a write sets the period alone, unless that bit stands; it ends
 * with the write of the upper half, where there is one. */
static void write_comparator(struct hpet *h, unsigned n, u64 value, u64 written)
{
    u64 mask = count_mask(h, n);

    h->period[n] = ((h->period[n] & ~written) | (value & written)) & mask;
    if (!(h->config[n] & PERIODIC) || h->config[n] & VAL_SET) h->comparator[n] = ((h->comparator[n] & ~written) | (value & written)) & mask;
    if (h->config[n] & MODE_32 || written >> 32) h->config[n] &= ~(u32)VAL_SET;
    await_match(h, n);
}

static void write_counter(struct hpet *h, u64 value, u64 written)
{
    u64 now = (count(h) & ~written) | (value & written);

    h->counter = now - (h->general & ENABLE ? clock_cycles(h->clock, RATE_HPET) : 0);
    await_all(h);
}

/* "Register Access": doublewords and quadwords. */
void hpet_write(struct hpet *h, unsigned at, unsigned size, u64 value)
{
    unsigned shift = 8 * (at & 4), base = at & ~7u, n = (base - TIMER_FIRST) / TIMER_STEP;
    u64 written = size == 8 ? UINT64_MAX : (u64)UINT32_MAX << shift;

    if (size < 4 || at & 3 || (size == 8 && at & 7)) return;
    value <<= shift;
    if (base == MAIN_CNT) write_counter(h, value, written);
    else if (base >= TIMER_FIRST && n < TIMERS && (base - TIMER_FIRST) % TIMER_STEP == TIMER_COMPARATOR) write_comparator(h, n, value, written);
    else if (!(written & UINT32_MAX)) return;                /* upper halves that cannot be written */
    else if (base == GEN_CONF) write_general(h, (u32)value);
    else if (base == GINTR_STA) {
        h->status &= (u8)~value;
        update(h);
    } else if (base >= TIMER_FIRST && n < TIMERS && (base - TIMER_FIRST) % TIMER_STEP == 0) write_config(h, n, (u32)value);
}

const char *hpet_invariant(const struct hpet *h)
{
    for (unsigned n = 0; n < TIMERS; n++) {
        if (h->config[n] & ~(u32)CONFIG_MASK) return "reserved bits of a timer's configuration are 0";
        if (h->status >> n & 1 && !(h->config[n] & LEVEL)) return "the status is that of level-triggered timers";
        if (h->comparator[n] & ~count_mask(h, n)) return "a comparator of 32 bits has no upper half";
        if (!(h->general & ENABLE) && h->match[n].at != NEVER) return "a counter that stands matches nothing";
    }
    return state_out_of_range(&hpet_state, h) ? "every field is in the range its list gives" : NULL;
}
