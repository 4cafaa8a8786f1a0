/* IBM VGA: the registers.                                                                    doc: vga
 *   reg (from the first port of the monochrome block)
 *   04/05 24/25  CRTC index, data (monochrome, colour)       0A 2A  r input status 1, w feature control
 *   10  attribute index and data (w), index (r)   11  attribute data (r)
 *   12  w miscellaneous output, r input status 0  13  video subsystem enable
 *   14/15  sequencer    16 PEL mask  17 w DAC read address, r DAC state  18 DAC write address  19 DAC data
 *   1A  r feature control    1C  r miscellaneous output    1E/1F  graphics controller
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"; INMOS IMS G171 for the DAC.
 * Not modelled: light pen (CRTC 10h and 11h are always read as written), the monitor's sense lines (colour). */
#include "devices/chip/vga_core.h"
#include "devices/chip/vga_registers.h"

#include <string.h>

enum { DAC_READ_CYCLE = 3, DAC_WRITE_CYCLE = 0, SENSE_COLOUR = 0x10, STATUS_RETRACE_PENDING = 0x80, FEATURE_VSYNC = 8 };

#define STATE_OWNER struct vga
STATE_LAYOUT_OF(vga_state, "vga", VGA_STATE, vga_invariant);

/* Bits that exist. */
static const u8 seq_bits[8] = { 0x03, 0x3d, 0x0f, 0x3f, 0x0e };
static const u8 gc_bits[16] = { 0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff };
static const u8 crtc_bits[32] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0x3f, 0x7f, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xef, 0xff,
};
static const u8 attr_bits[32] = {
    0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
    0xef, 0xff, 0x3f, 0x0f, 0x0f,
};

void vga_init(struct vga *v, struct clock *clock, u8 *memory, u32 memory_bytes)
{
    memset(v, 0, sizeof *v);
    v->clock = clock;
    v->memory = memory;
    v->memory_bytes = memory_bytes;
    v->dac_bits = 6;
    dispi_init(&v->dispi, false);
    cirrus_init(&v->cirrus, false);
    ddc_monitor_init(&v->monitor);
    clock_add(clock, &v->retrace, vga_on_retrace, v);
    vga_reset(v);
}

/* Memory and DAC keep what they hold. */
void vga_reset(struct vga *v)
{
    vga_timing_hold(v);
    memset(v->seq, 0, sizeof v->seq);
    memset(v->gc, 0, sizeof v->gc);
    memset(v->crtc, 0, sizeof v->crtc);
    memset(v->attr, 0, sizeof v->attr);
    v->seq_index = v->gc_index = v->crtc_index = v->attr_index = 0;
    v->misc = v->feature = v->dac_address = v->dac_part = v->dac_state = 0;
    v->attr_data_next = v->retrace_pending = false;
    v->enabled = true;
    v->pel_mask = 0xff;
    vga_set_dac_bits(v, 6);
    dispi_reset(&v->dispi);
    cirrus_reset(&v->cirrus);
    ddc_monitor_reset(&v->monitor);
    vga_timing_update(v);
    vga_window_update(v);
}

/* The low block answers in monochrome, the high one in colour addressing. */
static bool decoded(const struct vga *v, unsigned reg)
{
    if (reg == 0x13) return true;
    if (!v->enabled) return false;
    if (reg < 0x10) return !(v->misc & MISC_COLOUR);
    if (reg >= 0x20) return v->misc & MISC_COLOUR;
    return true;
}

/* --- DAC: one address, one colour value register.  DS "Microprocessor Interface" --- */

static u8 *dac_entry(struct vga *v)
{
    u8 *extra = cirrus_dac_entry(&v->cirrus, v->dac_address);
    return extra ? extra : &v->dac[v->dac_address * 3];
}

static void dac_fetch(struct vga *v)
{
    memcpy(v->dac_value, dac_entry(v), 3);
    v->dac_address++;
    v->dac_part = 0;
}

static void dac_read_address(struct vga *v, u8 value)
{
    v->dac_address = value;
    v->dac_state = DAC_READ_CYCLE;
    dac_fetch(v);
}

static void dac_write_address(struct vga *v, u8 value)
{
    v->dac_address = value;
    v->dac_state = DAC_WRITE_CYCLE;
    v->dac_part = 0;
}

static u8 dac_read(struct vga *v)
{
    u8 value = v->dac_value[v->dac_part];

    if (v->dac_part < 2) v->dac_part++;
    else dac_fetch(v);
    return value;
}

static void dac_write(struct vga *v, u8 value)
{
    v->dac_value[v->dac_part] = value & ((1 << v->dac_bits) - 1);
    if (v->dac_part < 2) {
        v->dac_part++;
        return;
    }
    memcpy(dac_entry(v), v->dac_value, 3);
    v->dac_address++;
    v->dac_part = 0;
}

static u8 component_of_width(u8 c, unsigned bits) { return bits == 8 ? (u8)(c << 2 | c >> 4) : c >> 2; }

void vga_set_dac_bits(struct vga *v, unsigned bits)
{
    if (v->dac_bits == bits) return;
    v->dac_bits = (u8)bits;
    for (unsigned i = 0; i < sizeof v->dac; i++) v->dac[i] = component_of_width(v->dac[i], bits);
    for (unsigned i = 0; i < sizeof v->dac_value; i++) v->dac_value[i] = component_of_width(v->dac_value[i], bits);
}

/* --- reads --- */

static u8 status_0(const struct vga *v)
{
    return SENSE_COLOUR | (v->retrace_pending ? STATUS_RETRACE_PENDING : 0);
}

/* Reading it sets the attribute flip-flop to "index". */
static u8 status_1(struct vga *v)
{
    v->attr_data_next = false;
    return (u8)((vga_display_disabled(v) ? 1 : 0) | (vga_in_vertical_retrace(v) ? 8 : 0));
}

u8 vga_port_read(void *chip, unsigned reg)
{
    struct vga *v = chip;
    u8 value;

    if (!decoded(v, reg)) return 0xff;
    if (v->cirrus.present && cirrus_port_read(v, reg, &value)) return value;
    switch (reg) {
    case 0x10: return v->attr_index;
    case 0x11: return v->attr[v->attr_index & 31];
    case 0x12: return status_0(v);
    case 0x13: return v->enabled;
    case 0x14: return v->seq_index;
    case 0x15: return v->seq[v->seq_index];
    case 0x16: return v->pel_mask;
    case 0x17: return v->dac_state;
    case 0x18: return v->dac_address;
    case 0x19: return dac_read(v);
    case 0x1a: return v->feature;
    case 0x1c: return v->misc;
    case 0x1e: return v->gc_index;
    case 0x1f: return v->gc[v->gc_index];
    case 0x04: case 0x24: return v->crtc_index;
    case 0x05: case 0x25: return v->crtc[v->crtc_index];
    case 0x0a: case 0x2a: return status_1(v);
    default: return 0xff;
    }
}

/* --- writes --- */

/* The palette takes values only while the display does not use it (PAS = 0). */
static void attribute_write(struct vga *v, u8 value)
{
    unsigned i = v->attr_index & 31;

    if (!v->attr_data_next) v->attr_index = value & 0x3f;
    else if (i >= 16 || !(v->attr_index & ATTR_PAS)) v->attr[i] = value & attr_bits[i];
    v->attr_data_next = !v->attr_data_next;
}

static void timed_write(struct vga *v, u8 *target, u8 value)
{
    if (*target == value) return;
    vga_timing_hold(v);
    *target = value;
    vga_timing_update(v);
}

/* 00h-07h are protected by 11h bit 7, but for line compare's bit in 07h. */
static void crtc_write(struct vga *v, u8 value)
{
    unsigned i = v->crtc_index;

    value &= crtc_bits[i];
    if (i <= CRTC_OVERFLOW && v->crtc[CRTC_V_RETRACE_END] & CRTC_PROTECTED) {
        if (i != CRTC_OVERFLOW) return;
        value = (u8)((v->crtc[i] & ~0x10) | (value & 0x10));
    }
    timed_write(v, &v->crtc[i], value);
}

void vga_port_write(void *chip, unsigned reg, u8 value)
{
    struct vga *v = chip;

    if (!decoded(v, reg)) return;
    if (v->cirrus.present && cirrus_port_write(v, reg, value)) return;
    switch (reg) {
    case 0x10: attribute_write(v, value); break;
    case 0x12: timed_write(v, &v->misc, value); break;
    case 0x13: v->enabled = value & 1; break;
    case 0x14: v->seq_index = value & 7; break;
    case 0x15: timed_write(v, &v->seq[v->seq_index], value & seq_bits[v->seq_index]); break;
    case 0x16: v->pel_mask = value; break;
    case 0x17: dac_read_address(v, value); break;
    case 0x18: dac_write_address(v, value); break;
    case 0x19: dac_write(v, value); break;
    case 0x1e: v->gc_index = value & 15; break;
    case 0x1f: v->gc[v->gc_index] = value & gc_bits[v->gc_index]; break;
    case 0x04: case 0x24: v->crtc_index = value & 31; break;
    case 0x05: case 0x25: crtc_write(v, value); break;
    case 0x0a: case 0x2a: v->feature = value & FEATURE_VSYNC; break;
    default: break;
    }
    if (reg >= 0x12 && reg <= 0x1f) vga_window_update(v);
}

const char *vga_invariant(const struct vga *v)
{
    if (v->seq_index > 7 || v->gc_index > 15 || v->crtc_index > 31 || v->attr_index > 0x3f)
        return "indices stay within their registers";
    if (v->dac_part > 2) return "a DAC entry has three components";
    for (unsigned i = 0; i < sizeof v->dac; i++)
        if (v->dac[i] >> v->dac_bits) return "a DAC component has as many bits as the DAC";
    if (v->retrace_pending && !(v->crtc[CRTC_V_RETRACE_END] & RETRACE_HOLD_OFF))
        return "the retrace latch is clear while CRTC 11h holds it clear";
    if (v->raster_tick > clock_now(v->clock)) return "the beam's reference lies in the past";
    return v->cirrus.present ? cirrus_invariant(v) : dispi_invariant(v);
}
