#ifndef ORRERY_TESTS_VGA_FIXTURE_H
#define ORRERY_TESTS_VGA_FIXTURE_H
/* A VGA in a mode as IBM's parameter tables set it, programmed through its ports. */
#include <stdlib.h>
#include <string.h>

#include "devices/chip/vga_picture.h"
#include "devices/chip/vga_registers.h"

enum { P_ATTR = 0x10, P_MISC = 0x12, P_SEQ = 0x14, P_DAC_MASK = 0x16, P_DAC_READ = 0x17, P_DAC_WRITE = 0x18, P_DAC = 0x19,
       P_GC = 0x1e, P_CRTC = 0x24, P_STATUS = 0x2a };
enum { COLOUR_TEXT = 0x18000 };                          /* B8000h as an offset into the window */

struct vga_mode {
    const char *name;
    u8 misc, seq[5], crtc[25], gc[9], attr[21];
};

static const struct vga_mode mode_3 = { "3", 0x67, { 3, 0, 3, 0, 2 },
    { 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0, 0x4f, 0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff },
    { 0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff },
    { 0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0, 0x0f, 8, 0 } };
static const struct vga_mode mode_4 = { "4", 0x63, { 3, 9, 3, 0, 2 },
    { 0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0, 0xc1, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0, 0x96, 0xb9, 0xa2, 0xff },
    { 0, 0, 0, 0, 0, 0x30, 0x0f, 0, 0xff },
    { 0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 1, 0, 3, 0, 0 } };
static const struct vga_mode mode_6 = { "6", 0x63, { 3, 1, 1, 0, 6 },
    { 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0, 0xc1, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0, 0x96, 0xb9, 0xc2, 0xff },
    { 0, 0, 0, 0, 0, 0, 0x0d, 0, 0xff },
    { 0, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 1, 0, 1, 0, 0 } };
static const struct vga_mode mode_0d = { "0D", 0x63, { 3, 9, 0x0f, 0, 6 },
    { 0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0, 0x96, 0xb9, 0xe3, 0xff },
    { 0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff },
    { 0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 1, 0, 0x0f, 0, 0 } };
static const struct vga_mode mode_12 = { "12", 0xe3, { 3, 1, 0x0f, 0, 6 },
    { 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0x0b, 0x3e, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xea, 0x8c, 0xdf, 0x28, 0, 0xe7, 4, 0xe3, 0xff },
    { 0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff },
    { 0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 1, 0, 0x0f, 0, 0 } };
static const struct vga_mode mode_13 = { "13", 0x63, { 3, 1, 0x0f, 0, 0x0e },
    { 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0, 0x41, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x40, 0x96, 0xb9, 0xa3, 0xff },
    { 0, 0, 0, 0, 0, 0x40, 5, 0x0f, 0xff },
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0, 0x0f, 0, 0 } };
/* Mode 13h unchained: every byte of every plane is seen. */
static const struct vga_mode mode_x = { "X", 0x63, { 3, 1, 0x0f, 0, 6 },
    { 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0, 0x41, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0, 0x96, 0xb9, 0xe3, 0xff },
    { 0, 0, 0, 0, 0, 0x40, 5, 0x0f, 0xff },
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0, 0x0f, 0, 0 } };

static inline void index_set(struct vga *v, unsigned port, unsigned index, u8 value)
{
    vga_port_write(v, port, (u8)index);
    vga_port_write(v, port + 1, value);
}

static inline u8 index_get(struct vga *v, unsigned port, unsigned index)
{
    vga_port_write(v, port, (u8)index);
    return vga_port_read(v, port + 1);
}

static inline void attr_set(struct vga *v, unsigned index, u8 value)
{
    vga_port_read(v, P_STATUS);
    vga_port_write(v, P_ATTR, (u8)index);
    vga_port_write(v, P_ATTR, value);
}

/* An entry of the DAC with 6-bit components. */
static inline void dac_set(struct vga *v, u8 entry, u8 r, u8 g, u8 b)
{
    vga_port_write(v, P_DAC_WRITE, entry);
    vga_port_write(v, P_DAC, r);
    vga_port_write(v, P_DAC, g);
    vga_port_write(v, P_DAC, b);
}

/* The 64 colours of the EGA's rgbRGB pins, as IBM's BIOS loads them; the rest a ramp. */
static inline void dac_as_ega(struct vga *v)
{
    for (unsigned i = 0; i < 64; i++)
        dac_set(v, (u8)i, (u8)((i >> 2 & 1) * 42 + (i >> 5 & 1) * 21), (u8)((i >> 1 & 1) * 42 + (i >> 4 & 1) * 21), (u8)((i & 1) * 42 + (i >> 3 & 1) * 21));
    for (unsigned i = 64; i < 256; i++) dac_set(v, (u8)i, (u8)(i & 63), (u8)(i >> 2 & 63), (u8)(63 - (i & 63)));
}

static inline void vga_set_mode(struct vga *v, const struct vga_mode *m)
{
    vga_port_write(v, P_MISC, m->misc);
    for (unsigned i = 0; i < 5; i++) index_set(v, P_SEQ, i, m->seq[i]);
    index_set(v, P_CRTC, 0x11, 0);
    for (unsigned i = 0; i < 25; i++) index_set(v, P_CRTC, i, m->crtc[i]);
    for (unsigned i = 0; i < 9; i++) index_set(v, P_GC, i, m->gc[i]);
    for (unsigned i = 0; i < 21; i++) attr_set(v, i, m->attr[i]);
    vga_port_read(v, P_STATUS);
    vga_port_write(v, P_ATTR, ATTR_PAS);
    dac_as_ega(v);
}

/* A clock of `ips` and a VGA in a mode; freed by vga_free. */
struct vga_bench {
    struct clock clock;
    struct line irq;
    struct vga vga;
    u8 memory[VGA_MEMORY_LEAST];
    struct vga_picture picture;
    struct vga_frame frame;
    struct vga_text_screen screen;
};

static inline struct vga_bench *vga_new(const struct vga_mode *mode, u64 ips)
{
    struct vga_bench *b = calloc(1, sizeof *b);

    clock_init(&b->clock, ips);
    vga_init(&b->vga, &b->clock, b->memory, sizeof b->memory);
    b->vga.irq = &b->irq;
    if (mode) vga_set_mode(&b->vga, mode);
    return b;
}

static inline void vga_free(struct vga_bench *b)
{
    clock_free(&b->clock);
    free(b);
}

static inline void vga_see(struct vga_bench *b)
{
    vga_take_picture(&b->vga, &b->picture);
    vga_render(&b->picture, &b->frame);
}

/* A byte of a plane behind the chip's back. */
static inline u8 plane_get(const struct vga_bench *b, unsigned plane, u32 offset) { return b->memory[vga_quad_at(offset) + plane]; }
static inline void plane_set(struct vga_bench *b, unsigned plane, u32 offset, u8 value)
{
    b->memory[vga_quad_at(offset) + plane] = value;
    b->vga.page_changed[vga_quad_at(offset) / VGA_PAGE_BYTES] = true;
}

static inline u32 dot(const struct vga_bench *b, unsigned x, unsigned y) { return b->frame.pixel[y * b->frame.width + x]; }

/* Glyph `code` of font 0: `rows` bytes, written as a BIOS does, to plane 2 at A0000h. */
static inline void font_set(struct vga *v, u8 code, const u8 *rows, unsigned count)
{
    index_set(v, P_SEQ, SEQ_MAP_MASK, 4);
    index_set(v, P_SEQ, SEQ_MEMORY_MODE, 6);
    index_set(v, P_GC, GC_MODE, 0);
    index_set(v, P_GC, GC_MISC, 4);
    for (unsigned i = 0; i < count; i++) vga_memory_write(v, code * 32u + i, rows[i]);
    index_set(v, P_SEQ, SEQ_MAP_MASK, 3);
    index_set(v, P_SEQ, SEQ_MEMORY_MODE, 2);
    index_set(v, P_GC, GC_MODE, 0x10);
    index_set(v, P_GC, GC_MISC, 0x0e);
}

static inline void put_text(struct vga *v, unsigned column, unsigned row, u8 attribute, const char *text)
{
    u32 at = COLOUR_TEXT + 2 * (row * 80 + column);

    for (; *text; text++, at += 2) {
        vga_memory_write(v, at, (u8)*text);
        vga_memory_write(v, at + 1, attribute);
    }
}

#endif
