/* IBM VGA: registers and memory.                                                doc: vga
 *   3C0/3C1 attribute   3C2 misc (w) status 0 (r)   3C4/5 sequencer   3C6-3C9 DAC   3CA/3CC feature, misc (r)
 *   3CE/F graphics controller   3B4/5 or 3D4/5 CRTC   3BA or 3DA status 1 (r) feature (w), by misc bit 0
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem".  Not modelled: vertical retrace interrupt, light
 * pen. */
#include "devices/chip/vga.h"

#include <string.h>

enum { MISC_COLOUR = 1, MISC_RAM = 2, SEQ_MAP_MASK = 2, SEQ_MEMORY_MODE = 4, MEMORY_ODD_EVEN_OFF = 4, MEMORY_CHAIN_4 = 8,
       GC_SET_RESET = 0, GC_ENABLE_SET_RESET = 1, GC_COMPARE = 2, GC_ROTATE = 3, GC_READ_MAP = 4, GC_MODE = 5, GC_MISC = 6,
       GC_DONT_CARE = 7, GC_BIT_MASK = 8, CRTC_PROTECT = 0x11, DAC_READ = 3 };

#define STATE_OWNER struct vga
STATE_LAYOUT(vga_state, "vga", VGA_STATE);

void vga_init(struct vga *v, struct clock *clock)
{
    memset(v, 0, sizeof *v);
    v->clock = clock;
    vga_reset(v);
}

void vga_reset(struct vga *v)
{
    memset(v->seq, 0, sizeof v->seq);
    memset(v->gc, 0, sizeof v->gc);
    memset(v->crtc, 0, sizeof v->crtc);
    memset(v->attr, 0, sizeof v->attr);
    v->misc = v->feature = v->attr_index = 0;
    v->attr_data_next = false;
    v->pel_mask = 0xff;
}

/* --- ports --- */

/* 3Bx answers in monochrome, 3Dx in colour addressing. */
static bool decoded(const struct vga *v, unsigned reg)
{
    if (reg < 0x10) return !(v->misc & MISC_COLOUR);
    if (reg >= 0x20) return v->misc & MISC_COLOUR;
    return true;
}

static u8 dac_data_read(struct vga *v)
{
    u8 value = v->dac[v->dac_read * 3 + v->dac_part];
    if (++v->dac_part == 3) {
        v->dac_part = 0;
        v->dac_read++;
    }
    return value;
}

static void dac_data_write(struct vga *v, u8 value)
{
    v->dac[v->dac_write * 3 + v->dac_part] = value & 0x3f;
    if (++v->dac_part == 3) {
        v->dac_part = 0;
        v->dac_write++;
    }
}

static u8 status_1(struct vga *v)
{
    v->attr_data_next = false;
    return (u8)((vga_display_disabled(v) ? 1 : 0) | (vga_in_vertical_retrace(v) ? 8 : 0));
}

u8 vga_port_read(void *chip, unsigned reg)
{
    struct vga *v = chip;

    if (!decoded(v, reg)) return 0xff;
    switch (reg) {
    case 0x10: return v->attr_index;
    case 0x11: return v->attr[v->attr_index & 31];
    case 0x12: return 0x10;                          /* switch sense: a colour monitor */
    case 0x14: return v->seq_index;
    case 0x15: return v->seq[v->seq_index];
    case 0x16: return v->pel_mask;
    case 0x17: return v->dac_state;
    case 0x18: return v->dac_write;
    case 0x19: return dac_data_read(v);
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

static void attribute_write(struct vga *v, u8 value)
{
    if (!v->attr_data_next) v->attr_index = value & 0x3f;
    else if ((v->attr_index & 31) >= 16 || !(v->attr_index & 0x20)) v->attr[v->attr_index & 31] = value & 0x3f;
    v->attr_data_next = !v->attr_data_next;
}

/* Registers 0-7 are protected by bit 7 of 11h, but for the line compare bit of 7. */
static void crtc_write(struct vga *v, u8 value)
{
    if (v->crtc_index < 8 && v->crtc[CRTC_PROTECT] & 0x80) {
        if (v->crtc_index == 7) v->crtc[7] = (u8)((v->crtc[7] & ~0x10) | (value & 0x10));
        return;
    }
    v->crtc[v->crtc_index] = value;
}

void vga_port_write(void *chip, unsigned reg, u8 value)
{
    struct vga *v = chip;

    if (!decoded(v, reg)) return;
    switch (reg) {
    case 0x10: attribute_write(v, value); break;
    case 0x12: v->misc = value; break;
    case 0x14: v->seq_index = value & 7; break;
    case 0x15: v->seq[v->seq_index] = value; break;
    case 0x16: v->pel_mask = value; break;
    case 0x17: v->dac_read = value; v->dac_part = 0; v->dac_state = DAC_READ; break;
    case 0x18: v->dac_write = value; v->dac_part = 0; v->dac_state = 0; break;
    case 0x19: dac_data_write(v, value); break;
    case 0x1e: v->gc_index = value & 15; break;
    case 0x1f: v->gc[v->gc_index] = value; break;
    case 0x04: case 0x24: v->crtc_index = value & 31; break;
    case 0x05: case 0x25: crtc_write(v, value); break;
    case 0x0a: case 0x2a: v->feature = value; break;
    default: break;
    }
}

/* --- memory --- */

/* GC_MISC memory map select: 128 K and 64 K at A0000, 32 K at B0000 and B8000. */
static bool window(const struct vga *v, u32 *offset)
{
    static const struct { u32 first, size; } map[] = { { 0, 0x20000 }, { 0, 0x10000 }, { 0x10000, 0x8000 }, { 0x18000, 0x8000 } };
    unsigned select = v->gc[GC_MISC] >> 2 & 3;

    if (!(v->misc & MISC_RAM) || *offset < map[select].first || *offset - map[select].first >= map[select].size) return false;
    *offset -= map[select].first;
    return true;
}

static bool chained(const struct vga *v) { return v->seq[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4; }
static bool odd_even(const struct vga *v) { return !(v->seq[SEQ_MEMORY_MODE] & MEMORY_ODD_EVEN_OFF); }

u8 vga_memory_read(struct vga *v, u32 offset)
{
    unsigned plane = v->gc[GC_READ_MAP] & 3;

    if (!window(v, &offset)) return 0xff;
    if (chained(v)) {
        plane = offset & 3;
        offset &= ~3u;
    } else if (v->gc[GC_MODE] & 0x10) {
        plane = (plane & 2) | (offset & 1);
        offset &= ~1u;
    }
    offset &= VGA_PLANE_BYTES - 1;
    memcpy(v->latch, &v->vram[4 * offset], 4);
    if (!(v->gc[GC_MODE] & 8)) return v->latch[plane];
    u8 differs = 0;                                  /* read mode 1: colour compare */
    for (unsigned p = 0; p < 4; p++)
        if (v->gc[GC_DONT_CARE] >> p & 1) differs |= v->latch[p] ^ (v->gc[GC_COMPARE] >> p & 1 ? 0xff : 0);
    return (u8)~differs;
}

/* The value for one plane before the bit mask. */
static u8 combined(const struct vga *v, unsigned p, u8 value)
{
    u8 latch = v->latch[p];
    switch (v->gc[GC_ROTATE] >> 3 & 3) {
    case 1: return value & latch;
    case 2: return value | latch;
    case 3: return value ^ latch;
    default: return value;
    }
}

static u8 expanded(u8 nibble, unsigned p) { return nibble >> p & 1 ? 0xff : 0; }

static u8 written(const struct vga *v, unsigned p, u8 value)
{
    unsigned rotate = v->gc[GC_ROTATE] & 7;
    u8 rotated = (u8)(value >> rotate | value << (8 - rotate)), mask = v->gc[GC_BIT_MASK], data;

    switch (v->gc[GC_MODE] & 3) {
    case 1: return v->latch[p];
    case 2: data = combined(v, p, expanded(value, p)); break;
    case 3:
        mask &= rotated;
        data = combined(v, p, expanded(v->gc[GC_SET_RESET], p));
        break;
    default:
        data = combined(v, p, v->gc[GC_ENABLE_SET_RESET] >> p & 1 ? expanded(v->gc[GC_SET_RESET], p) : rotated);
    }
    return (u8)((data & mask) | (v->latch[p] & ~mask));
}

void vga_memory_write(struct vga *v, u32 offset, u8 value)
{
    u8 planes = v->seq[SEQ_MAP_MASK] & 15;

    if (!window(v, &offset)) return;
    if (chained(v)) {
        planes &= (u8)(1 << (offset & 3));
        offset &= ~3u;
    } else if (odd_even(v)) {
        planes &= offset & 1 ? 0x0a : 0x05;
        offset &= ~1u;
    }
    offset &= VGA_PLANE_BYTES - 1;
    for (unsigned p = 0; p < 4; p++)
        if (planes >> p & 1) v->vram[4 * offset + p] = written(v, p, value);
}

const char *vga_invariant(const struct vga *v)
{
    if (v->seq_index > 7 || v->gc_index > 15 || v->crtc_index > 31 || v->attr_index > 0x3f) return "indices stay within their registers";
    if (v->dac_part > 2) return "a DAC entry has three components";
    return 0;
}
