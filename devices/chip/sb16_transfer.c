/* CT1741: blocks of samples by DMA.  A transfer's clock is that of its rate: frame n sounds from cycle n on.  Without the FIFO bit a frame is
 * fetched when it sounds; with it sixteen are, and sound in their turn.  A block's interrupt comes when its last frame has sounded. */
#include "devices/chip/sb16_parts.h"

#include "cpu/base/bits.h"

static struct rate rate_of(const struct sb16_ct1741 *d, unsigned t) { return (struct rate){ d->num[t], d->den[t] }; }
static u64 cycle_now(const struct sb16_ct1741 *d, unsigned t) { return clock_cycles(d->wires.clock, rate_of(d, t)); }
static unsigned sample_bytes(unsigned t) { return t == SB16_16_BIT ? 2 : 1; }
static unsigned frame_bytes(const struct sb16_ct1741 *d, unsigned t) { return sample_bytes(t) << (d->stereo[t] ? 1 : 0); }

void sb16_interrupt(struct sb16_ct1741 *d, unsigned t, bool asserted)
{
    d->interrupt[t] = asserted;
    line_set(d->wires.irq[t], asserted);
}

/* --- levels out --- */

/* Both transfers drive one output. */
static void drive(struct sb16_ct1741 *d, unsigned t, struct rate rate, u64 cycle, s16 left, s16 right)
{
    d->level[2 * t] = left;
    d->level[2 * t + 1] = right;
    if (d->wires.sound.level) d->wires.sound.level(d->wires.sound.to, rate, cycle, d->level[0] + d->level[2], d->level[1] + d->level[3]);
}

static void hear(struct sb16_ct1741 *d, unsigned t)
{
    u64 now = cycle_now(d, t);

    if (d->paused[t]) return;
    for (; d->heard[t] < d->frames[t] && d->begun[t] + d->heard[t] <= now; d->heard[t]++) {
        const s16 *frame = &d->frame[(t * SB16_FIFO + d->heard[t]) * 2];
        drive(d, t, rate_of(d, t), d->begun[t] + d->heard[t], frame[0], frame[1]);
    }
}

bool sb16_ct1741_render(struct sb16_ct1741 *d)
{
    bool goes_on = false;

    for (unsigned t = 0; t < SB16_TRANSFERS; t++) {
        hear(d, t);
        goes_on |= d->running[t] && !d->paused[t];
    }
    return goes_on;
}

void sb16_direct(struct sb16_ct1741 *d, u8 sample)
{
    s16 level = (s16)((sample - 0x80) * 256);

    drive(d, SB16_8_BIT, (struct rate){ d->wires.clock->ips, 1 }, clock_now(d->wires.clock), level, level);
    d->wires.wake(d->wires.board);
}

/* --- samples in --- */

static void add_frame(struct sb16_ct1741 *d, unsigned t, s16 left, s16 right)
{
    if (d->frames[t] == SB16_FIFO) return;
    s16 *frame = &d->frame[(t * SB16_FIFO + d->frames[t]++) * 2];
    frame[0] = left;
    frame[1] = right;
}

static s16 sample_at(const struct sb16_ct1741 *d, unsigned t, const u8 *bytes)
{
    if (t == SB16_16_BIT) return (s16)(get16(bytes) ^ (d->is_signed[t] ? 0 : 0x8000));
    return (s16)((bytes[0] ^ (d->is_signed[t] ? 0 : 0x80)) << 8);
}

/* Creative's ADPCM: a sign and a magnitude in steps of 1 << step; large magnitudes make the step larger, 0 makes it smaller. */
static void unpack(struct sb16_ct1741 *d, unsigned t, unsigned code, unsigned width)
{
    unsigned magnitude = code & ((1u << (width - 1)) - 1), limit = 2 * width - 3, shift = d->step[t] + (width == 2 ? 2 : 0);
    int sample = d->reference[t] + (code >> (width - 1) ? -1 : 1) * (int)(magnitude << shift);
    s16 level;

    d->reference[t] = (u8)(sample < 0 ? 0 : sample > 255 ? 255 : sample);
    if (magnitude >= limit && d->step[t] < 3) d->step[t]++;
    else if (magnitude == 0 && d->step[t] > 0) d->step[t]--;
    level = (s16)((d->reference[t] ^ 0x80) << 8);
    add_frame(d, t, level, level);
}

static void unpack_byte(struct sb16_ct1741 *d, unsigned t, u8 byte)
{
    if (d->wants_reference[t]) {
        s16 level = (s16)((byte ^ 0x80) << 8);
        d->wants_reference[t] = false;
        d->reference[t] = byte;
        d->step[t] = 0;
        add_frame(d, t, level, level);
        return;
    }
    switch (d->packing[t]) {
    case SB16_4_BITS: unpack(d, t, byte >> 4, 4), unpack(d, t, byte & 15, 4); break;
    case SB16_2_6_BITS: unpack(d, t, byte >> 5, 3), unpack(d, t, byte >> 2 & 7, 3), unpack(d, t, byte & 3, 2); break;
    default: unpack(d, t, byte >> 6, 2), unpack(d, t, byte >> 4 & 3, 2), unpack(d, t, byte >> 2 & 3, 2), unpack(d, t, byte & 3, 2); break;
    }
}

/* One sample's DMA cycles; false: nobody answers the request.  A recording hears nothing. */
static bool fetch_sample(struct sb16_ct1741 *d, unsigned t)
{
    const struct dma_wire *dma = &d->wires.dma[t];
    u8 bytes[2] = { 0, 0 }, *at = &d->gathered[4 * t];
    unsigned size = sample_bytes(t);
    bool tc;

    if (d->identifies[t]) bytes[0] = d->id_sum;
    else if (d->to_memory[t] && !d->is_signed[t]) bytes[size - 1] = 0x80;
    if (!dma->transfer || dma->transfer(dma->controller, dma->channel, bytes, size, d->to_memory[t], &tc) < size) return false;
    d->left[t]--;
    if (d->packing[t] != SB16_UNPACKED) {
        unpack_byte(d, t, bytes[0]);
        return true;
    }
    for (unsigned i = 0; i < size; i++) at[d->gathered_size[t]++] = bytes[i];
    if (d->gathered_size[t] < frame_bytes(d, t)) return true;
    d->gathered_size[t] = 0;
    if (d->to_memory[t]) add_frame(d, t, 0, 0);
    else add_frame(d, t, sample_at(d, t, at), sample_at(d, t, at + (d->stereo[t] ? size : 0)));
    return true;
}

/* As many frames as are fetched at once; at least one, if it is there. */
static void fetch(struct sb16_ct1741 *d, unsigned t)
{
    unsigned depth = d->fifo[t] ? SB16_FIFO : 1;

    d->frames[t] = d->heard[t] = 0;
    if (d->silence[t]) {
        d->left[t]--;
        add_frame(d, t, 0, 0);
        return;
    }
    while (d->left[t] && d->frames[t] < depth && fetch_sample(d, t)) {}
}

/* --- blocks --- */

static void schedule(struct sb16_ct1741 *d, unsigned t, u64 cycle)
{
    clock_at(d->wires.clock, &d->next[t], clock_tick_of_cycle(d->wires.clock, rate_of(d, t), cycle));
}

static void block_ended(struct sb16_ct1741 *d, unsigned t)
{
    if (!d->identifies[t]) sb16_interrupt(d, t, true);
    d->left[t] = d->length[t];
    d->running[t] = d->auto_init[t];
}

void sb16_on_next(void *transfer)
{
    struct sb16_transfer *owner = transfer;
    struct sb16_ct1741 *d = owner->dsp;
    unsigned t = owner->n;

    hear(d, t);
    d->begun[t] = cycle_now(d, t);
    if (!d->left[t]) block_ended(d, t);
    d->frames[t] = d->heard[t] = 0;
    if (!d->running[t]) return;
    fetch(d, t);
    hear(d, t);
    schedule(d, t, d->begun[t] + (d->frames[t] ? d->frames[t] : 1));
}

void sb16_stop(struct sb16_ct1741 *d, unsigned t)
{
    hear(d, t);
    d->running[t] = d->paused[t] = false;
    d->frames[t] = d->heard[t] = d->gathered_size[t] = 0;
    clock_cancel(d->wires.clock, &d->next[t]);
}

void sb16_start(struct sb16_ct1741 *d, unsigned t, const struct sb16_job *job)
{
    sb16_stop(d, t);
    d->running[t] = true;
    d->auto_init[t] = job->auto_init;
    d->to_memory[t] = job->to_memory;
    d->silence[t] = job->silence;
    d->identifies[t] = job->identifies;
    d->stereo[t] = job->stereo;
    d->is_signed[t] = job->is_signed;
    d->fifo[t] = job->fifo;
    d->packing[t] = job->packing;
    d->wants_reference[t] = job->wants_reference;
    d->length[t] = d->left[t] = job->length;
    d->num[t] = d->rate_num;
    d->den[t] = d->rate_den * (d->rate_of_bytes && job->stereo ? 2 : 1);
    schedule(d, t, cycle_now(d, t) + 1);
    d->wires.wake(d->wires.board);
}

/* What has been fetched and not yet sounded does so when the transfer goes on. */
void sb16_pause(struct sb16_ct1741 *d, unsigned t, bool paused)
{
    if (!d->running[t] || d->paused[t] == paused) return;
    hear(d, t);
    d->paused[t] = paused;
    if (paused) {
        clock_cancel(d->wires.clock, &d->next[t]);
        return;
    }
    d->begun[t] = cycle_now(d, t) + 1 - d->heard[t];
    schedule(d, t, d->begun[t] + d->frames[t]);
    d->wires.wake(d->wires.board);
}
