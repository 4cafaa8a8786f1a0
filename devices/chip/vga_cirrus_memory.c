/* CL-GD5446: display memory behind the window at A0000h and in the linear aperture.         doc: vga-cirrus
 *   GRB   01 two windows of 32 KiB, GR9 and GRA      02 eight dots a byte   04 extended write modes   08 eight latches
 *         10 those dots are words                    20 offsets are multiples of 16 KiB, not 4
 *   GR5   write mode 4: ones are drawn in the foreground colour; 5: zeros too, in the background colour; SR2 says which of the eight dots
 *   SR17  04 the BitBLT registers are at B8000h, or (40) the last 256 bytes of display memory in the aperture
 * Source: Cirrus Logic, "CL-GD5446 Technical Reference Manual", "Extended Write Modes and Addressing Modes".
 * Not modelled: apertures that swap bytes; beyond memory the aperture reads as ones. */
#include "devices/chip/vga_cirrus_parts.h"
#include "devices/chip/vga_registers.h"

enum { MMIO_WINDOW = 0x18000, UPPER_HALF = CIRRUS_APERTURE_BYTES / 2, DOTS = 8 };

/* BitBLT registers in memory, by their offsets. */
static const u8 mmio_gc[CIRRUS_MMIO_BYTES] = {
    [0x00] = GR0, 0x10, 0x12, 0x14, GR1, 0x11, 0x13, 0x15, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a,
    [0x14] = 0x2c, 0x2d, 0x2e, 0x2f, 0x30, [0x1a] = 0x32, 0x33, 0x34, 0x35, [0x20] = 0x38, 0x39, [0x40] = GR31_START,
};

u8 cirrus_mmio_read(struct vga *v, u32 at)
{
    at &= CIRRUS_MMIO_BYTES - 1;
    return mmio_gc[at] || !at ? cirrus_gc_read(v, mmio_gc[at]) : 0xff;
}

void cirrus_mmio_write(struct vga *v, u32 at, u8 value)
{
    at &= CIRRUS_MMIO_BYTES - 1;
    if (mmio_gc[at] || !at) cirrus_gc_write(v, mmio_gc[at], value);
}

static u64 registers_read(struct vga *v, u32 at, unsigned size)
{
    u64 value = 0;
    for (unsigned i = 0; i < size && i < 8; i++) value |= (u64)cirrus_mmio_read(v, at + i) << 8 * i;
    return value;
}

static void registers_write(struct vga *v, u32 at, unsigned size, u64 value)
{
    for (unsigned i = 0; i < size && i < 8; i++) cirrus_mmio_write(v, at + i, (u8)(value >> 8 * i));
}

/* --- a byte of display memory --- */

static void put_dot(struct vga *v, u32 at, bool foreground)
{
    const struct vga_cirrus *c = &v->cirrus;

    cirrus_put_byte(v, at, c->gc[foreground ? GR1 : GR0]);
    if (c->gc[GRB_MODE] & GRB_WORDS) cirrus_put_byte(v, at + 1, c->gc[foreground ? GR11 : GR11 - 1]);
}

/* Write modes 4 and 5: a bit a dot, the highest first. */
static void put_dots(struct vga *v, u32 at, u8 bits, bool background)
{
    unsigned size = v->cirrus.gc[GRB_MODE] & GRB_WORDS ? 2 : 1;

    for (unsigned n = 0; n < DOTS; n++) {
        bool bit = bits & 0x80 >> n;
        if (v->cirrus.seq[SR2] & 0x80 >> n && (bit || background)) put_dot(v, at + n * size, bit);
    }
}

static void put_latches(struct vga *v, u32 at)
{
    for (unsigned n = 0; n < DOTS; n++)
        if (v->cirrus.seq[SR2] & 0x80 >> n) cirrus_put_byte(v, at + n, v->cirrus.latch[n]);
}

/* "BY8 Addressing": the processor's byte is eight dots, of one or two bytes. */
static u32 dots_at(const struct vga_cirrus *c, u32 at)
{
    if (!(c->gc[GRB_MODE] & GRB_BY_8)) return at;
    return at << (c->gc[GRB_MODE] & GRB_WORDS ? 4 : 3);
}

static void store(struct vga *v, u32 at, u8 value)
{
    const struct vga_cirrus *c = &v->cirrus;
    unsigned mode = c->gc[GR5] & 7;

    at = dots_at(c, at);
    if (c->gc[GRB_MODE] & GRB_EXTENDED && (mode == 4 || mode == 5)) put_dots(v, at, value, mode == 5);
    else if (c->gc[GRB_MODE] & GRB_LATCHES_8 && mode == 1) put_latches(v, at);
    else vga_packed_write(v, at & (v->memory_bytes - 1), value);
}

static u8 load(struct vga *v, u32 at)
{
    struct vga_cirrus *c = &v->cirrus;

    at = dots_at(c, at);
    for (unsigned n = 0; c->gc[GRB_MODE] & GRB_LATCHES_8 && n < DOTS; n++) c->latch[n] = cirrus_byte(v, at + n);
    return vga_packed_read(v, at & (v->memory_bytes - 1));
}

/* --- the window --- */

/* "Offset Register 0", "Offset Register 1". */
static u32 window_place(const struct vga_cirrus *c, u32 offset)
{
    u8 mode = c->gc[GRB_MODE];
    bool second = mode & GRB_DUAL && offset & 0x8000;

    if (mode & GRB_DUAL) offset &= 0x7fff;
    return ((u32)c->gc[second ? GRA_OFFSET_1 : GR9_OFFSET_0] << (mode & GRB_16K ? 14 : 12)) + offset;
}

static bool is_mmio_window(const struct vga_cirrus *c, u32 offset)
{
    return (c->seq[SR17_CONFIGURATION] & (SR17_MMIO | SR17_MMIO_LINEAR)) == SR17_MMIO && offset - MMIO_WINDOW < CIRRUS_MMIO_BYTES;
}

/* The processor's stores, or reads, are the BitBLT engine's.  "System Source Location". */
static bool engine_takes(const struct vga_cirrus *c, bool reads, bool upper_half)
{
    return cirrus_blt_waits(c) && c->blt_reads == reads && (upper_half || !(c->gc[GR31_START] & BLT_UPPER_HALF));
}

bool cirrus_window_read(struct vga *v, u32 offset, unsigned size, u64 *value)
{
    struct vga_cirrus *c = &v->cirrus;

    if (is_mmio_window(c, offset)) return *value = registers_read(v, offset, size), true;
    if (engine_takes(c, true, false)) return *value = cirrus_blt_load(v, size), true;
    if (!cirrus_shows(c)) return false;
    *value = 0;
    for (unsigned i = 0; i < size && i < 8; i++) {
        u32 at = offset + i;
        *value |= (u64)(vga_window_offset(v, &at) ? load(v, window_place(c, at)) : 0xff) << 8 * i;
    }
    return true;
}

bool cirrus_window_write(struct vga *v, u32 offset, unsigned size, u64 value)
{
    struct vga_cirrus *c = &v->cirrus;

    if (is_mmio_window(c, offset)) return registers_write(v, offset, size, value), true;
    if (engine_takes(c, false, false)) return cirrus_blt_store(v, size, value), true;
    if (!cirrus_shows(c)) return false;
    for (unsigned i = 0; i < size && i < 8; i++) {
        u32 at = offset + i;
        if (vga_window_offset(v, &at)) store(v, window_place(c, at), (u8)(value >> 8 * i));
    }
    return true;
}

/* --- the aperture --- */

u32 cirrus_linear_bytes(const struct vga *v)
{
    const struct vga_cirrus *c = &v->cirrus;
    bool registers = c->seq[SR17_CONFIGURATION] & SR17_MMIO && c->seq[SR17_CONFIGURATION] & SR17_MMIO_LINEAR;

    if (c->gc[GRB_MODE] & GRB_NOT_PLAIN || engine_takes(c, true, false) || engine_takes(c, false, false)) return 0;
    return registers ? v->memory_bytes - VGA_PAGE_BYTES : v->memory_bytes;
}

static bool is_mmio_linear(const struct vga *v, u32 at)
{
    return v->cirrus.seq[SR17_CONFIGURATION] & SR17_MMIO && v->cirrus.seq[SR17_CONFIGURATION] & SR17_MMIO_LINEAR && at - (v->memory_bytes - CIRRUS_MMIO_BYTES) < CIRRUS_MMIO_BYTES;
}

u64 cirrus_aperture_read(struct vga *v, u32 at, unsigned size)
{
    u64 value = 0;

    if (is_mmio_linear(v, at)) return registers_read(v, at, size);
    if (engine_takes(&v->cirrus, true, at >= UPPER_HALF)) return cirrus_blt_load(v, size);
    for (unsigned i = 0; i < size && i < 8; i++) value |= (u64)(at + i < v->memory_bytes ? load(v, at + i) : 0xff) << 8 * i;
    return value;
}

void cirrus_aperture_write(struct vga *v, u32 at, unsigned size, u64 value)
{
    if (is_mmio_linear(v, at)) registers_write(v, at, size, value);
    else if (engine_takes(&v->cirrus, false, at >= UPPER_HALF)) cirrus_blt_store(v, size, value);
    else
        for (unsigned i = 0; i < size && i < 8; i++)
            if (at + i < v->memory_bytes) store(v, at + i, (u8)(value >> 8 * i));
}

u8 *cirrus_window(const struct vga *v)
{
    const struct vga_cirrus *c = &v->cirrus;
    u32 at = window_place(c, 0);

    if (c->gc[GRB_MODE] & (GRB_NOT_PLAIN | GRB_DUAL) || engine_takes(c, true, false) || engine_takes(c, false, false)) return NULL;
    return at + VGA_PLANE_BYTES <= v->memory_bytes ? &v->memory[at] : NULL;
}
