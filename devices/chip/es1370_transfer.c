/* ES1370: frames from and to memory.  A channel's clock is that of its rate: frame n sounds from cycle n on.  Sixteen frames are fetched at
 * once, never more than there are to the next interrupt, which comes when the last one has sounded. */
#include "devices/chip/es1370_parts.h"

#include "cpu/base/bits.h"

enum { PCLK_HZ = 1411200, DAC1_HZ = 11025 };

/* WTSRSEL: 5512, 11025, 22050, 44100 Hz; PCLKDIV: 1411200 / (n + 2), for DAC2 and the ADC. */
struct rate es1370_rate(const struct es1370 *e, unsigned c)
{
    if (c == ES1370_DAC1) return (struct rate){ DAC1_HZ << bits(e->ctrl, 13, 12), 2 };
    return (struct rate){ PCLK_HZ, bits(e->ctrl, 28, 16) + 2 };
}

static u64 cycle_now(const struct es1370 *e, unsigned c) { return clock_cycles(e->wires.clock, es1370_rate(e, c)); }
static unsigned format(const struct es1370 *e, unsigned c) { return e->sctrl >> 2 * c & 3; }
static unsigned frame_bytes(const struct es1370 *e, unsigned c) { return (format(e, c) & SCTRL_STEREO ? 2u : 1u) * (format(e, c) & SCTRL_16_BIT ? 2u : 1u); }
static bool masters(const struct es1370 *e) { return e->config[PCI_COMMAND] & COMMAND_MASTER; }

bool es1370_runs(const struct es1370 *e, unsigned c)
{
    bool paused = c != ES1370_ADC && e->sctrl & (u32)SCTRL_P1_PAUSE << c;
    return e->ctrl & CTRL_DAC1_EN >> c && !paused && !e->ended[c];
}

static void drive(struct es1370 *e, unsigned c, u64 cycle, s16 left, s16 right)
{
    if (c != ES1370_ADC && e->wires.dac[c].level) e->wires.dac[c].level(e->wires.dac[c].to, es1370_rate(e, c), cycle, left, right);
}

void es1370_hear(struct es1370 *e, unsigned c)
{
    u64 now = cycle_now(e, c);

    if (!es1370_runs(e, c)) return;
    for (; e->heard[c] < e->frames[c] && e->begun[c] + e->heard[c] <= now; e->heard[c]++) {
        const s16 *frame = &e->frame[(c * ES1370_FIFO + e->heard[c]) * 2];
        drive(e, c, e->begun[c] + e->heard[c], frame[0], frame[1]);
    }
}

bool es1370_render(struct es1370 *e)
{
    bool goes_on = false;

    for (unsigned c = 0; c < ES1370_CHANNELS; c++) {
        es1370_hear(e, c);
        goes_on |= es1370_runs(e, c);
    }
    return goes_on;
}

/* --- frames --- */

static s16 sample_at(unsigned format, const u8 *bytes)
{
    return (s16)(format & SCTRL_16_BIT ? get16(bytes) : (bytes[0] ^ 0x80) << 8);
}

/* A buffer is whole longwords, and a frame never lies across its end. */
static void one_frame(struct es1370 *e, unsigned c)
{
    static const u8 silence[2][4] = { { 0x80, 0x80, 0x80, 0x80 }, { 0, 0, 0, 0 } };
    unsigned size = frame_bytes(e, c), kind = format(e, c);
    u32 at = e->position[c] & ~(u32)(size - 1);
    s16 *frame = &e->frame[(c * ES1370_FIFO + e->frames[c]++) * 2];
    u8 bytes[4];

    e->position[c] = (at + size) % (4 * (e->size[c] + 1u));
    if (c == ES1370_ADC) {
        e->wires.memory_write(e->wires.board, e->buffer[c] + (u64)at, silence[kind & SCTRL_16_BIT ? 1 : 0], size);
        return;
    }
    e->wires.memory_read(e->wires.board, e->buffer[c] + (u64)at, bytes, size);
    frame[0] = sample_at(kind, bytes);
    frame[1] = sample_at(kind, bytes + (kind & SCTRL_STEREO ? size / 2 : 0));
}

static void schedule(struct es1370 *e, unsigned c, u64 cycle)
{
    clock_at(e->wires.clock, &e->next[c], clock_tick_of_cycle(e->wires.clock, es1370_rate(e, c), cycle));
}

static void count_ended(struct es1370 *e, unsigned c)
{
    e->left[c] = e->count[c] + 1u;
    e->interrupt[c] |= (e->sctrl & SCTRL_P1_INTR_EN << c) != 0;
    e->ended[c] = e->sctrl & SCTRL_P1_LOOPSEL << c;
    es1370_update(e);
}

void es1370_on_next(void *channel)
{
    struct es1370_channel *owner = channel;
    struct es1370 *e = owner->chip;
    unsigned c = owner->n;

    es1370_hear(e, c);
    e->begun[c] = cycle_now(e, c);
    e->frames[c] = e->heard[c] = 0;
    if (!e->left[c]) count_ended(e, c);
    if (!es1370_runs(e, c)) return;
    for (; masters(e) && e->left[c] && e->frames[c] < ES1370_FIFO; e->left[c]--) one_frame(e, c);
    es1370_hear(e, c);
    schedule(e, c, e->begun[c] + (e->frames[c] ? e->frames[c] : 1));
}

/* --- registers that say how --- */

/* DACx_EN, ADC_EN have risen: counting begins. */
void es1370_enable(struct es1370 *e, unsigned c)
{
    e->left[c] = e->count[c] + 1u;
    e->ended[c] = false;
    e->frames[c] = e->heard[c] = 0;
}

/* They have fallen: a converter drives nothing. */
void es1370_disable(struct es1370 *e, unsigned c)
{
    drive(e, c, cycle_now(e, c), 0, 0);
}

/* What has been fetched sounds at the rate that is now. */
void es1370_follow(struct es1370 *e, unsigned c, bool ran, struct rate before)
{
    struct rate rate = es1370_rate(e, c);
    bool runs = es1370_runs(e, c);

    if (runs && ran && rate.num == before.num && rate.den == before.den) return;
    if (runs) {
        e->begun[c] = cycle_now(e, c) + 1 - e->heard[c];
        schedule(e, c, cycle_now(e, c) + 1 + (e->frames[c] - e->heard[c]));
        if (!ran) e->wires.wake(e->wires.board);
        return;
    }
    clock_cancel(e->wires.clock, &e->next[c]);
    if (ran) e->wires.wake(e->wires.board);
}
