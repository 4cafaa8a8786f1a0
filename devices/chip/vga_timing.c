/* Where the beam stands: from the CRTC's totals and the dot clock, on the tick clock.        doc: vga-timing
 *
 *            shown            | blank | retrace | blank      line_dots = (H Total + 5) characters
 *   0 ......................  H Display End + 1
 *   lines: the same downwards with V Total + 2, V Display End + 1, V Retrace Start and End (4 bits of the line)
 *
 * Nothing is stepped: a read computes the position.  Only a change of timing sets a new reference (raster_*).
 * Source: IBM PS/2 reference, "CRT Controller Registers".  Not modelled: an external dot clock (it runs at 25.175 MHz),
 * a stopped sequencer (the beam goes on). */
#include "devices/chip/vga_core.h"
#include "devices/chip/vga_registers.h"

struct raster {
    u64 line_dots, lines, shown_dots, shown_lines, retrace_first, retrace_lines;
    u64 dot_num, dot_den;        /* dots a second */
};

static unsigned nine_bits(const struct vga *v, unsigned reg, unsigned bit_8, unsigned bit_9)
{
    u8 overflow = v->crtc[CRTC_OVERFLOW];
    return v->crtc[reg] | (overflow >> bit_8 & 1u) << 8 | (overflow >> bit_9 & 1u) << 9;
}

static struct raster raster_of(const struct vga *v)
{
    unsigned char_dots = v->seq[SEQ_CLOCKING] & CLOCKING_8_DOTS ? 8 : 9;
    unsigned step = v->crtc[CRTC_MODE] & CRTC_MODE_HALF_LINES ? 2 : 1;      /* lines a count of the vertical counter */
    unsigned retrace = nine_bits(v, CRTC_V_RETRACE_START, 2, 7), length = (v->crtc[CRTC_V_RETRACE_END] - retrace) & 15;
    u64 clock = (v->misc & 0xc) == MISC_CLOCK_28 ? 28322000 : 25175000, divisor = 1;

    if (v->cirrus.present) cirrus_dot_clock(&v->cirrus, v->misc >> 2, &clock, &divisor);

    return (struct raster){
        .line_dots = (v->crtc[CRTC_H_TOTAL] + 5ull) * char_dots,
        .lines = (nine_bits(v, CRTC_V_TOTAL, 0, 5) + 2ull) * step,
        .shown_dots = (v->crtc[CRTC_H_DISPLAY_END] + 1ull) * char_dots,
        .shown_lines = (nine_bits(v, CRTC_V_DISPLAY_END, 1, 6) + 1ull) * step,
        .retrace_first = (u64)retrace * step,
        .retrace_lines = (length ? length : 16ull) * step,
        .dot_num = clock,
        .dot_den = divisor * (v->seq[SEQ_CLOCKING] & CLOCKING_HALF ? 2 : 1),
    };
}

static u64 frame_dots(const struct raster *r) { return r->line_dots * r->lines; }

/* Dots since the first dot of the frame that raster_dot lies in. */
static u64 dots(const struct vga *v, const struct raster *r)
{
    u128 ticks = clock_now(v->clock) - v->raster_tick;
    return v->raster_dot + (u64)(ticks * r->dot_num / ((u128)r->dot_den * v->clock->ips));
}

u64 vga_frames(const struct vga *v)
{
    struct raster r = raster_of(v);
    return v->raster_frame + dots(v, &r) / frame_dots(&r);
}

bool vga_in_vertical_retrace(const struct vga *v)
{
    struct raster r = raster_of(v);
    u64 line = dots(v, &r) % frame_dots(&r) / r.line_dots;
    return line >= r.retrace_first && line < r.retrace_first + r.retrace_lines;
}

bool vga_display_disabled(const struct vga *v)
{
    struct raster r = raster_of(v);
    u64 dot = dots(v, &r) % frame_dots(&r);
    return dot / r.line_dots >= r.shown_lines || dot % r.line_dots >= r.shown_dots;
}

/* --- a change of timing --- */

void vga_timing_hold(struct vga *v)
{
    struct raster r = raster_of(v);
    u64 d = dots(v, &r);

    v->raster_frame += d / frame_dots(&r);
    v->raster_dot = d % frame_dots(&r);
    v->raster_tick = clock_now(v->clock);
}

/* First tick at which `dot` dots have passed since the reference. */
static u64 tick_of_dot(const struct vga *v, const struct raster *r, u64 dot)
{
    u128 ticks = ((u128)(dot - v->raster_dot) * r->dot_den * v->clock->ips + r->dot_num - 1) / r->dot_num;
    return ticks < NEVER - v->raster_tick ? v->raster_tick + (u64)ticks : NEVER;
}

/* The latch is set as a retrace begins, unless CRTC 11h bit 4 holds it clear; bit 5 keeps it from the line. */
static void schedule(struct vga *v)
{
    struct raster r = raster_of(v);
    u64 frame = frame_dots(&r), first = r.retrace_first * r.line_dots, passed = dots(v, &r);

    if (v->retrace_pending || !(v->crtc[CRTC_V_RETRACE_END] & RETRACE_HOLD_OFF) || r.retrace_first >= r.lines) {
        clock_cancel(v->clock, &v->retrace);
        return;
    }
    u64 next = passed / frame * frame + first;
    if (next <= passed) next += frame;
    clock_at(v->clock, &v->retrace, tick_of_dot(v, &r, next));
}

static void update_interrupt(struct vga *v)
{
    line_set(v->irq, v->retrace_pending && !(v->crtc[CRTC_V_RETRACE_END] & RETRACE_MASKED));
}

void vga_timing_update(struct vga *v)
{
    struct raster r = raster_of(v);

    v->raster_dot %= frame_dots(&r);
    if (!(v->crtc[CRTC_V_RETRACE_END] & RETRACE_HOLD_OFF)) v->retrace_pending = false;
    schedule(v);
    update_interrupt(v);
}

void vga_on_retrace(void *owner)
{
    struct vga *v = owner;
    v->retrace_pending = true;
    update_interrupt(v);
}
