/* IBM VGA: four planes of 64 KiB behind the graphics controller.                             doc: vga
 *
 *   CPU byte -> rotate / set-reset / ALU with the latches / bit mask -> planes chosen by the map mask
 *   planes -> latches (all four) -> the plane of the read map, or the colour compare
 *
 * Source: IBM PS/2 reference, "Graphics Controller Registers", "Sequencer Registers".
 * Not modelled: what reads of chain-4 leave in the latches while stores are plain (below): no program is known to use it.
 * A doubt: in odd/even mode the lowest address bit of a plane is 0 here whatever the page bit of the miscellaneous output
 * register says (all of IBM's modes set it); a real card would settle it. */
#include "devices/chip/vga_core.h"
#include "devices/chip/vga_registers.h"

#include <string.h>

enum { WINDOW_64K = 1, PLAIN_MAP_MASK = 15 };

static bool answers(const struct vga *v) { return v->enabled && v->misc & MISC_RAM; }

/* Memory map select: 128 K and 64 K at the start, 32 K for monochrome, 32 K for colour text. */
bool vga_window_offset(const struct vga *v, u32 *offset)
{
    static const struct { u32 first, size; } map[] = {
        { 0, 0x20000 }, { 0, 0x10000 }, { 0x10000, 0x8000 }, { 0x18000, 0x8000 },
    };
    unsigned select = v->gc[GC_MISC] >> 2 & 3;

    if (!answers(v)) return false;
    if (*offset < map[select].first || *offset - map[select].first >= map[select].size) return false;
    *offset -= map[select].first;
    return true;
}

/* Offset in a plane in odd/even mode: bit 0 chose the planes; in the 128 K window bit 16 takes its place. */
static u32 odd_even_offset(u32 offset) { return (offset & 0xfffe) | (offset >> 16 & 1); }

/* The planes are longer than a window in modes of the display interface: a bank is 64 KiB of each. */
static u32 plane_offset(const struct vga *v, u32 offset)
{
    u32 bank = dispi_shows_planar(&v->dispi) ? v->dispi.bank : 0;
    return bank * VGA_PLANE_BYTES | (offset & (VGA_PLANE_BYTES - 1));
}

static u8 *planes_at(struct vga *v, u32 offset) { return &v->memory[vga_quad_at(plane_offset(v, offset))]; }

static u8 *planes_to_write(struct vga *v, u32 offset)
{
    u32 at = vga_quad_at(plane_offset(v, offset));
    v->page_changed[at / VGA_PAGE_BYTES] = true;
    return &v->memory[at];
}

/* Packed pixels of the display interface: bytes of a bank as they are; NULL: none there. */
static u8 *bank_at(struct vga *v, u32 offset)
{
    return answers(v) && offset < DISPI_BANK_BYTES ? &v->memory[v->dispi.bank * DISPI_BANK_BYTES + offset] : NULL;
}

/* --- read --- */

/* Read mode 1: a bit is 1 where the pixel has the colour, planes of "don't care" apart. */
static u8 colour_compare(const struct vga *v)
{
    u8 differs = 0;
    for (unsigned p = 0; p < 4; p++)
        if (v->gc[GC_DONT_CARE] >> p & 1) differs |= v->latch[p] ^ (v->gc[GC_COMPARE] >> p & 1 ? 0xff : 0);
    return (u8)~differs;
}

u8 vga_memory_read(void *chip, u32 offset)
{
    struct vga *v = chip;
    unsigned plane = v->gc[GC_READ_MAP] & 3;
    u64 value;

    if (v->cirrus.present && cirrus_window_read(v, offset, 1, &value)) return (u8)value;
    if (dispi_shows_packed(&v->dispi)) return bank_at(v, offset) ? *bank_at(v, offset) : 0xff;
    if (!vga_window_offset(v, &offset)) return 0xff;
    if (v->seq[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4) {
        plane = offset & 3;
        offset &= ~3u;
    } else if (v->gc[GC_MODE] & GC_MODE_ODD_EVEN) {
        plane = (plane & 2) | (offset & 1);
        offset = odd_even_offset(offset);
    }
    memcpy(v->latch, planes_at(v, offset), 4);
    return v->gc[GC_MODE] & GC_MODE_READ_1 ? colour_compare(v) : v->latch[plane];
}

/* --- write: all four planes at once, a byte of a word each --- */

/* Bit p of a nibble as byte p: FFh or 00h. */
static u32 planes_of(unsigned nibble)
{
    static const u8 bytes[16][4] = {
        { 0x00, 0x00, 0x00, 0x00 }, { 0xff, 0x00, 0x00, 0x00 }, { 0x00, 0xff, 0x00, 0x00 }, { 0xff, 0xff, 0x00, 0x00 },
        { 0x00, 0x00, 0xff, 0x00 }, { 0xff, 0x00, 0xff, 0x00 }, { 0x00, 0xff, 0xff, 0x00 }, { 0xff, 0xff, 0xff, 0x00 },
        { 0x00, 0x00, 0x00, 0xff }, { 0xff, 0x00, 0x00, 0xff }, { 0x00, 0xff, 0x00, 0xff }, { 0xff, 0xff, 0x00, 0xff },
        { 0x00, 0x00, 0xff, 0xff }, { 0xff, 0x00, 0xff, 0xff }, { 0x00, 0xff, 0xff, 0xff }, { 0xff, 0xff, 0xff, 0xff },
    };
    u32 planes;
    memcpy(&planes, bytes[nibble & 15], 4);
    return planes;
}

static u32 on_every_plane(u8 value) { return value * 0x01010101u; }

static u32 alu(const struct vga *v, u32 value, u32 latch)
{
    switch (v->gc[GC_ROTATE] >> 3 & 3) {
    case 1: return value & latch;
    case 2: return value | latch;
    case 3: return value ^ latch;
    default: return value;
    }
}

static u8 rotated(const struct vga *v, u8 value)
{
    unsigned n = v->gc[GC_ROTATE] & 7;
    return (u8)(value >> n | value << (8 - n));
}

/* What the planes become.  IBM reference, "Graphics Mode Register", write modes. */
static u32 written(const struct vga *v, u8 value)
{
    u32 mask = on_every_plane(v->gc[GC_BIT_MASK]), set_reset = planes_of(v->gc[GC_SET_RESET]), latch, result;

    memcpy(&latch, v->latch, 4);
    switch (v->gc[GC_MODE] & 3) {
    case 1: return latch;
    case 2: result = planes_of(value); break;
    case 3:
        mask &= on_every_plane(rotated(v, value));
        result = set_reset;
        break;
    default: {
        u32 enabled = planes_of(v->gc[GC_ENABLE_SET_RESET]);
        result = (set_reset & enabled) | (on_every_plane(rotated(v, value)) & ~enabled);
    }
    }
    return (alu(v, result, latch) & mask) | (latch & ~mask);
}

static void put_planes(u8 *at, u32 value, u8 planes)
{
    u32 old, chosen = planes_of(planes);

    memcpy(&old, at, 4);
    value = (value & chosen) | (old & ~chosen);
    memcpy(at, &value, 4);
}

/* Nothing between CPU and planes: write mode 0, no rotation, no ALU, no set/reset, all bits. */
static bool plain(const struct vga *v)
{
    return !(v->gc[GC_MODE] & 3) && !v->gc[GC_ROTATE] && !v->gc[GC_ENABLE_SET_RESET] && v->gc[GC_BIT_MASK] == 0xff;
}

static void bank_write(struct vga *v, u32 offset, u8 value)
{
    u8 *at = bank_at(v, offset);

    if (!at) return;
    v->page_changed[(at - v->memory) / VGA_PAGE_BYTES] = true;
    *at = value;
}

void vga_memory_write(void *chip, u32 offset, u8 value)
{
    struct vga *v = chip;
    u8 planes = v->seq[SEQ_MAP_MASK] & 15;

    if (v->cirrus.present && cirrus_window_write(v, offset, 1, value)) return;
    if (dispi_shows_packed(&v->dispi)) {
        bank_write(v, offset, value);
        return;
    }
    if (!vga_window_offset(v, &offset)) return;
    if (v->seq[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4) {
        planes &= (u8)(1 << (offset & 3));
        offset &= ~3u;
    } else if (!(v->seq[SEQ_MEMORY_MODE] & MEMORY_ODD_EVEN_OFF)) {
        planes &= offset & 1 ? 0x0a : 0x05;
        offset = odd_even_offset(offset);
    }
    put_planes(planes_to_write(v, offset), plain(v) ? on_every_plane(value) : written(v, value), planes);
}

/* --- packed pixels: byte `at` is plane at mod 4 of the four at its place --- */

u8 vga_packed_read(struct vga *v, u32 at)
{
    memcpy(v->latch, &v->memory[at & ~3u], 4);
    return v->gc[GC_MODE] & GC_MODE_READ_1 ? colour_compare(v) : v->latch[at & 3];
}

void vga_packed_write(struct vga *v, u32 at, u8 value)
{
    v->page_changed[at / VGA_PAGE_BYTES] = true;
    put_planes(&v->memory[at & ~3u], plain(v) ? on_every_plane(value) : written(v, value), v->seq[SEQ_MAP_MASK] & (1 << (at & 3)));
}

/* --- several bytes --- */

/* Chain-4, aligned, inside the window: the four bytes of one offset, in order. */
static bool whole_quad(const struct vga *v, u32 *offset)
{
    return !(*offset & 3) && v->seq[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4 && vga_window_offset(v, offset);
}

/* Odd/even, aligned, inside the window: character and attribute, planes 0 and 1 of one offset. */
static bool whole_cell(const struct vga *v, u32 *offset)
{
    return !(*offset & 1) && !(v->seq[SEQ_MEMORY_MODE] & (MEMORY_CHAIN_4 | MEMORY_ODD_EVEN_OFF)) && vga_window_offset(v, offset);
}

u64 vga_memory_read_wide(void *chip, u32 offset, unsigned size)
{
    struct vga *v = chip;
    u64 value = 0;
    u32 quad = offset;
    bool packed = dispi_shows_packed(&v->dispi);

    if (v->cirrus.present && cirrus_window_read(v, offset, size, &value)) return value;
    if (!packed && size == 4 && !(v->gc[GC_MODE] & GC_MODE_READ_1) && whole_quad(v, &quad)) {
        memcpy(v->latch, planes_at(v, quad), 4);
        return v->latch[0] | (u32)v->latch[1] << 8 | (u32)v->latch[2] << 16 | (u32)v->latch[3] << 24;
    }
    for (unsigned i = 0; i < size && i < 8; i++) value |= (u64)vga_memory_read(v, offset + i) << 8 * i;
    return value;
}

void vga_memory_write_wide(void *chip, u32 offset, unsigned size, u64 value)
{
    struct vga *v = chip;
    u32 at = offset;
    bool as_it_is = plain(v) && !dispi_shows_packed(&v->dispi);

    if (v->cirrus.present && cirrus_window_write(v, offset, size, value)) return;
    if (size == 2 && as_it_is && v->seq[SEQ_MAP_MASK] == 3 && whole_cell(v, &at)) {
        u8 *cell = planes_to_write(v, odd_even_offset(at));
        cell[0] = (u8)value, cell[1] = (u8)(value >> 8);
        return;
    }
    if (size == 4 && as_it_is && v->seq[SEQ_MAP_MASK] == 15 && whole_quad(v, &at)) {
        u8 *quad = planes_to_write(v, at & ~3u);
        for (unsigned p = 0; p < 4; p++) quad[p] = (u8)(value >> 8 * p);
        return;
    }
    for (unsigned i = 0; i < size && i < 8; i++) vga_memory_write(v, offset + i, (u8)(value >> 8 * i));
}

/* --- where the processor may store past the chip --- */

/* Packed pixels are plain memory, and so is chain-4 where nothing changes the bytes: the latches then stay as they are. */
static u8 *window_now(struct vga *v)
{
    bool chained = v->seq[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4, whole = v->seq[SEQ_MAP_MASK] == PLAIN_MAP_MASK;

    if (dispi_shows_packed(&v->dispi)) return bank_at(v, 0);
    if (!answers(v) || dispi_shows(&v->dispi) || !whole || !plain(v) || v->gc[GC_MODE] & GC_MODE_READ_1) return NULL;
    if ((v->gc[GC_MISC] >> 2 & 3) != WINDOW_64K) return NULL;
    if (cirrus_shows(&v->cirrus)) return cirrus_window(v);
    return chained && !v->cirrus.blt_lines ? v->memory : NULL;           /* a BitBLT may wait for what is stored there */
}

void vga_window_update(struct vga *v)
{
    u8 *now = window_now(v);
    u32 linear = v->cirrus.present ? cirrus_linear_bytes(v) : v->memory_bytes;

    if (now == v->window && linear == v->linear_bytes) return;
    v->window = now;
    v->linear_bytes = linear;
    if (v->window_changed) v->window_changed(v->board);
}
