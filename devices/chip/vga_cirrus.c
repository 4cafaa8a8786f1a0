/* Cirrus Logic CL-GD5446: the registers that extend the VGA's.                              doc: vga-cirrus
 *   SR6   key: xxx1x010 unlocks the others, and reads as 12h then, else as 0Fh
 *   SR7   packed pixels, bits a dot     SR8 the monitor's two wires     SRB-SRE, SR1B-SR1E VCLK0-3: 14.31818 MHz * N / D / P
 *   SRF   DRAM: 4 MiB                   SR10-SR13 hardware cursor       SR17 BitBLT registers in memory     SR9 SRA SR14 SR15 scratch
 *   GR9 GRA GRB  offsets and ways of the window (vga_cirrus_memory.c)   GR10-GR15, GR20-GR39 BitBLT (vga_cirrus_blt.c)
 *   CR1A CR1B CR1D  interlace, start and pitch beyond the VGA's bits    CR22 CR24 CR26 read back what the VGA hides    CR27 B8h: a GD5446
 *   HDR   the hidden DAC register: the access of the PEL mask after four reads of it
 * Source: Cirrus Logic, "CL-GD5446 Technical Reference Manual", chapters "Extension Registers" and "BitBLT Engine".
 * Not modelled: video window, V-Port and colour key, the memory clock, DPMS by sync lines, power-down of the DAC, its grey and 3-3-2 modes,
 * planes beyond 64 KiB and offsets into them.
 * A doubt: that a locked chip answers FFh in place of its extensions; a real card would settle it. */
#include "devices/chip/vga_cirrus_parts.h"
#include "devices/chip/vga_picture.h"
#include "devices/chip/vga_registers.h"

#include <string.h>

enum { FIRST_SR = 6, FIRST_GR = 9, FIRST_CR = 0x19, HDR_READS = 4, EXTRA_ENTRIES = 16, SRF_4_MIB = 0x98, BUS_IS_PCI = 0x20 };
enum { CR22_LATCH = 0x22, CR24_FLIP_FLOP = 0x24, CR25_PART = 0x25, CR26_ATTRIBUTE_INDEX = 0x26, CR27_ID = 0x27, ID_5446 = 0xb8 };
enum { HDR_EXTENDED = 0x80, HDR_ALL = 0x40, HDR_565 = 1 };

#define STATE_OWNER struct vga_cirrus
STATE_LAYOUT(vga_cirrus_state, "vga_cirrus", VGA_CIRRUS_STATE);

/* Bits that exist. */
static const u8 seq_bits[32] = {
    [SR7_MODE] = 0xff, [SR8_DDC] = 0x43, [0x09] = 0xff, [0x0a] = 0xff, [0x0b] = 0x7f, [0x0c] = 0x7f, [0x0d] = 0x7f, [0x0e] = 0x7f, [SRF_DRAM] = 0xff, [SR10_X] = 0xff,
    [SR11_Y] = 0xff, [SR12_CURSOR] = 0x87, [SR13_PATTERN] = 0x3f, [0x14] = 0xff, [SR15_SCRATCH] = 0xff, [0x16] = 0xff, [SR17_CONFIGURATION] = 0x47, [0x19] = 0xff,
    [0x1b] = 0x3f, [0x1c] = 0x3f, [0x1d] = 0x3f, [0x1e] = 0x3f, [SR1F_MCLK] = 0x7f,
};
static const u8 gc_bits[64] = {
    [GR0] = 0xff, [GR1] = 0xff, [GR5] = 0x7f, [0x09] = 0xff, [0x0a] = 0xff, [GRB_MODE] = 0x3f, [0x0e] = 0x06, [0x10] = 0xff, [0x11] = 0xff, [0x12] = 0xff, [0x13] = 0xff,
    [0x14] = 0xff, [0x15] = 0xff, [0x20] = 0xff, [0x21] = 0x1f, [0x22] = 0xff, [0x23] = 0x07, [0x24] = 0xff, [0x25] = 0x1f, [0x26] = 0xff, [0x27] = 0x1f, [0x28] = 0xff,
    [0x29] = 0xff, [0x2a] = 0x3f, [0x2c] = 0xff, [0x2d] = 0xff, [0x2e] = 0x3f, [0x2f] = 0x1f, [0x30] = 0xff, [GR31_START] = BLT_AUTOSTART | BLT_UPPER_HALF, [0x32] = 0xff,
    [0x33] = 0x07, [0x34] = 0xff, [0x35] = 0xff, [0x38] = 0xff, [0x39] = 0xff,
};
static const u8 crtc_bits[64] = { [0x19] = 0xff, [CR1A] = 0xff, [CR1B] = 0xff, [0x1c] = 0xff, [CR1D] = 0xff };

/* VCLK0-3 are 25.180, 28.325, 41.165 and 36.082 MHz. */
void cirrus_reset(struct vga_cirrus *c)
{
    static const u8 numerator[4] = { 0x66, 0x5b, 0x45, 0x7e }, denominator[4] = { 0x3b, 0x2f, 0x30, 0x33 };

    *c = (struct vga_cirrus){ .present = c->present };
    c->seq[SR2] = 0xff;
    c->seq[SR6_KEY] = LOCKED;
    c->seq[SRF_DRAM] = SRF_4_MIB;
    c->seq[SR17_CONFIGURATION] = BUS_IS_PCI;
    memcpy(&c->seq[SRB_VCLK], numerator, sizeof numerator);
    memcpy(&c->seq[SR1B_VCLK], denominator, sizeof denominator);
}

void cirrus_init(struct vga_cirrus *c, bool present)
{
    c->present = present;
    cirrus_reset(c);
}

bool cirrus_shows(const struct vga_cirrus *c) { return c->present && c->seq[SR7_MODE] & SR7_PACKED; }

static bool unlocked(const struct vga_cirrus *c) { return c->seq[SR6_KEY] == KEY; }

/* "VCLK Numerator", "VCLK Denominator and Post-Scalar".  A divisor of 0 is no clock: it is taken for 1. */
void cirrus_dot_clock(const struct vga_cirrus *c, unsigned select, u64 *numerator, u64 *denominator)
{
    u64 n = c->seq[SRB_VCLK + (select & 3)], d = c->seq[SR1B_VCLK + (select & 3)] >> 1, halved = c->seq[SR1B_VCLK + (select & 3)] & 1;

    *numerator = 157500000 * (n ? n : 1);                /* 14.31818 MHz = 157.5 MHz / 11 */
    *denominator = 11 * (d ? d : 1) * (halved ? 2 : 1);
}

/* --- sequencer --- */

/* The index's bits 7-5 are the position's bits 2-0. */
static u16 cursor_place(const struct vga_cirrus *c, u8 value) { return (u16)(value << 3 | c->seq_index >> 5); }

static u8 ddc_lines(const struct vga *v)
{
    return (u8)((ddc_monitor_clock(&v->monitor) ? DDC_CLOCK_IN : 0) | (ddc_monitor_data(&v->monitor) ? DDC_DATA_IN : 0));
}

static bool seq_read(const struct vga *v, u8 *value)
{
    const struct vga_cirrus *c = &v->cirrus;
    unsigned index = c->seq_index & 31;

    if (index < FIRST_SR) return false;
    if (index == SR6_KEY) *value = c->seq[SR6_KEY];
    else if (!unlocked(c)) *value = 0xff;
    else if (index == SR8_DDC) *value = (u8)(c->seq[SR8_DDC] | ddc_lines(v));
    else *value = c->seq[index];
    return true;
}

static bool seq_write(struct vga *v, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;
    unsigned index = c->seq_index & 31;

    if (index == SR2) c->seq[SR2] = value;               /* and the VGA takes its four bits */
    if (index < FIRST_SR) return false;
    if (index == SR6_KEY) {
        c->seq[SR6_KEY] = (value & 0x17) == KEY ? KEY : LOCKED;
        return true;
    }
    if (!unlocked(c)) return true;
    vga_timing_hold(v);                                  /* a clock may become another one */
    c->seq[index] = (u8)((c->seq[index] & ~seq_bits[index]) | (value & seq_bits[index]));
    if (index == SR10_X) c->cursor_x = cursor_place(c, value);
    if (index == SR11_Y) c->cursor_y = cursor_place(c, value);
    if (index == SR8_DDC) ddc_monitor_drive(&v->monitor, value & DDC_CLOCK_OUT, value & DDC_DATA_OUT);
    vga_timing_update(v);
    vga_window_update(v);
    return true;
}

/* --- graphics controller --- */

u8 cirrus_gc_read(const struct vga *v, unsigned index)
{
    const struct vga_cirrus *c = &v->cirrus;

    if (index == GR31_START) return (u8)(c->gc[GR31_START] | (c->blt_lines ? BLT_BUSY | BLT_START | BLT_PROGRESS : 0));
    return c->gc[index & 63];
}

/* "BLT Start/Status Register".  The start bit falls when the BitBLT is done: here at once, unless it waits for the processor. */
static void start_write(struct vga *v, u8 value)
{
    if (value & BLT_RESET) cirrus_blt_reset(&v->cirrus);
    else if (value & BLT_START && !v->cirrus.blt_lines) cirrus_blt_start(v);
}

void cirrus_gc_write(struct vga *v, unsigned index, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;

    index &= 63;
    c->gc[index] = value & gc_bits[index];
    if (index <= GR1) v->gc[index] = value & 0x0f;
    if (index == GR31_START) start_write(v, value);
    if (index == GR2A_DESTINATION && c->gc[GR31_START] & BLT_AUTOSTART && !c->blt_lines) cirrus_blt_start(v);
    vga_window_update(v);
}

static bool gc_read(const struct vga *v, u8 *value)
{
    const struct vga_cirrus *c = &v->cirrus;
    unsigned index = c->gc_index;
    bool wide = c->gc[GRB_MODE] & GRB_EXTENDED && (index <= GR1 || index == GR5);

    if (index < FIRST_GR && !wide) return false;
    *value = unlocked(c) ? cirrus_gc_read(v, index) : 0xff;
    return true;
}

static bool gc_write(struct vga *v, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;
    unsigned index = c->gc_index;

    if (index < FIRST_GR) {
        c->gc[index] = value & gc_bits[index];           /* the bits that the VGA has not; it takes its own */
        return false;
    }
    if (unlocked(c)) cirrus_gc_write(v, index, value);
    return true;
}

/* --- CRT controller --- */

static bool crtc_read(const struct vga *v, u8 *value)
{
    const struct vga_cirrus *c = &v->cirrus;

    if (c->crtc_index < FIRST_CR) return false;
    switch (unlocked(c) ? c->crtc_index : 0) {
    case 0: *value = 0xff; break;
    case CR22_LATCH: *value = v->latch[v->gc[GC_READ_MAP] & 3]; break;
    case CR24_FLIP_FLOP: *value = v->attr_data_next ? 0x80 : 0; break;
    case CR25_PART: *value = 0; break;
    case CR26_ATTRIBUTE_INDEX: *value = v->attr_index; break;
    case CR27_ID: *value = ID_5446; break;
    default: *value = c->crtc[c->crtc_index];
    }
    return true;
}

static bool crtc_write(struct vga *v, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;

    if (c->crtc_index < FIRST_CR) return false;
    if (unlocked(c)) c->crtc[c->crtc_index] = value & crtc_bits[c->crtc_index];
    return true;
}

/* --- DAC --- */

u8 *cirrus_dac_entry(struct vga_cirrus *c, u8 address)
{
    return c->present && c->seq[SR12_CURSOR] & SR12_DAC ? &c->dac[address % EXTRA_ENTRIES * 3] : NULL;
}

static bool mask_read(struct vga_cirrus *c, u8 *value)
{
    if (c->mask_reads < HDR_READS) return c->mask_reads++, false;
    c->mask_reads = 0;
    *value = c->hidden;
    return true;
}

static bool mask_write(struct vga_cirrus *c, u8 value)
{
    bool is_hidden = c->mask_reads == HDR_READS;

    c->mask_reads = 0;
    if (is_hidden) c->hidden = value;
    return is_hidden;
}

/* --- ports, by the core's numbers --- */

bool cirrus_port_read(struct vga *v, unsigned reg, u8 *value)
{
    struct vga_cirrus *c = &v->cirrus;

    if (reg != 0x16) c->mask_reads = 0;
    switch (reg) {
    case 0x04: case 0x24: *value = c->crtc_index; return true;
    case 0x05: case 0x25: return crtc_read(v, value);
    case 0x14: *value = c->seq_index; return true;
    case 0x15: return seq_read(v, value);
    case 0x16: return mask_read(c, value);
    case 0x1e: *value = c->gc_index; return true;
    case 0x1f: return gc_read(v, value);
    default: return false;
    }
}

bool cirrus_port_write(struct vga *v, unsigned reg, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;

    if (reg == 0x16) return mask_write(c, value);
    c->mask_reads = 0;
    switch (reg) {
    case 0x04: case 0x24: c->crtc_index = value & 0x3f; return false;
    case 0x05: case 0x25: return crtc_write(v, value);
    case 0x14: c->seq_index = value; return false;
    case 0x15: return seq_write(v, value);
    case 0x1e: c->gc_index = value & 0x3f; return false;
    case 0x1f: return gc_write(v, value);
    default: return false;
    }
}

/* --- what is seen --- */

/* "Extended Sequencer Mode", bits 3-1; 16 bits are 5-5-5 or 5-6-5 as the HDR says. */
static u16 depth(const struct vga_cirrus *c)
{
    static const u8 bits[8] = { 8, 16, 24, 16, 32, 8, 8, 8 };
    unsigned n = bits[c->seq[SR7_MODE] >> 1 & 7];
    bool is_565 = (c->hidden & (HDR_EXTENDED | HDR_ALL)) == (HDR_EXTENDED | HDR_ALL) && (c->hidden & 15) == HDR_565;

    return (u16)(n == 16 && !is_565 ? 15 : n);
}

static u32 component(u8 six_bits) { return (u32)six_bits << 2 | six_bits >> 4; }
static u32 extra_colour(const struct vga_cirrus *c, unsigned entry)
{
    return component(c->dac[3 * entry]) << 16 | component(c->dac[3 * entry + 1]) << 8 | component(c->dac[3 * entry + 2]);
}

/* "Cursor Pattern Address": 256 or 1024 bytes each in the last 16 KiB. */
static void view_cursor(const struct vga *v, struct vga_view *view)
{
    const struct vga_cirrus *c = &v->cirrus;
    bool large = c->seq[SR12_CURSOR] & SR12_64;

    if (!(c->seq[SR12_CURSOR] & SR12_ON)) return;
    view->cursor_dots = large ? 64 : 32;
    view->cursor_x = c->cursor_x;
    view->cursor_y = c->cursor_y;
    view->cursor_at = v->memory_bytes - 0x4000 + (c->seq[SR13_PATTERN] & (large ? 0x3cu : 0x3fu)) * 256;
    view->cursor_colour[0] = extra_colour(c, 0);
    view->cursor_colour[1] = extra_colour(c, EXTRA_ENTRIES - 1);
}

static unsigned at_most(unsigned value, unsigned most) { return value < most ? value : most; }

/* CR1, CR12 and CR7, CR9 and CR17 as the VGA has them, in characters of eight dots; CR1B and CR1D have what start and pitch are longer by. */
void cirrus_view(const struct vga *v, struct vga_view *view)
{
    const struct vga_cirrus *c = &v->cirrus;
    const u8 *r = v->crtc;
    unsigned overflow = r[CRTC_OVERFLOW], lines = (r[CRTC_V_DISPLAY_END] | (overflow & 2) << 7 | (overflow & 0x40) << 3) + 1u;
    unsigned times = ((r[CRTC_MAX_SCAN_LINE] & 31u) + 1) * (r[CRTC_MAX_SCAN_LINE] & SCAN_DOUBLE ? 2 : 1);
    u32 start = r[CRTC_START_LOW] | (u32)r[CRTC_START_HIGH] << 8 | (c->crtc[CR1B] & 1u) << 16 | (c->crtc[CR1B] >> 2 & 3u) << 17 | (c->crtc[CR1D] >> 7 & 1u) << 19;

    if (r[CRTC_MODE] & CRTC_MODE_HALF_LINES) lines *= 2;
    if (c->crtc[CR1A] & CR1A_INTERLACED) lines *= 2;
    view->bpp = depth(c);
    view->width = (u16)((r[CRTC_H_DISPLAY_END] + 1u) * 8);
    view->height = (u16)at_most(lines >= times ? lines / times : 1, VGA_MAX_HEIGHT);
    view->pitch = (r[CRTC_OFFSET] | (c->crtc[CR1B] & 0x10u) << 4) * 8;
    view->first = start * 4 & (v->memory_bytes - 1);
    view_cursor(v, view);
}

const char *cirrus_invariant(const struct vga *v)
{
    const struct vga_cirrus *c = &v->cirrus;

    if (!c->present) return c->blt_lines || c->seq[SR7_MODE] ? "what is not there has no modes and no BitBLT" : NULL;
    for (unsigned i = 0; i < sizeof c->gc; i++)
        if (c->gc[i] & ~gc_bits[i] && i > 8) return "graphics registers have the bits that exist";
    if (c->blt_used > CIRRUS_BLT_WIDTH_MOST) return "a line of a BitBLT has at most 8192 bytes";
    return c->seq[SR6_KEY] == KEY || c->seq[SR6_KEY] == LOCKED ? NULL : "the key fits or it does not";
}
