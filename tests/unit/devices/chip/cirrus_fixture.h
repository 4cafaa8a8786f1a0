#ifndef ORRERY_TESTS_CIRRUS_FIXTURE_H
#define ORRERY_TESTS_CIRRUS_FIXTURE_H
/* A CL-GD5446 of 4 MiB, unlocked, in a packed-pixel mode of 640x400 or as a test wants it. */
#include "tests/unit/devices/chip/vga_fixture.h"

struct cirrus_bench {
    struct vga_bench *b;
    struct vga *v;
    u8 *memory;
};

static inline void hidden_set(struct vga *v, u8 value)
{
    vga_port_read(v, P_DAC_WRITE);
    for (unsigned i = 0; i < 4; i++) vga_port_read(v, P_DAC_MASK);
    vga_port_write(v, P_DAC_MASK, value);
}

/* 640x400 lines of 640 dots of `sr7`'s depth. */
static inline struct cirrus_bench cirrus_new(u8 sr7, u8 hidden)
{
    struct cirrus_bench c = { .b = vga_new(NULL, 50000000), .memory = calloc(1, CIRRUS_MEMORY_BYTES) };
    static const u8 bytes[8] = { 1, 2, 3, 2, 4 };
    unsigned pitch = 640u * bytes[sr7 >> 1 & 7] / 8;

    c.v = &c.b->vga;
    c.v->memory = c.memory;
    c.v->memory_bytes = CIRRUS_MEMORY_BYTES;
    cirrus_init(&c.v->cirrus, true);
    vga_set_mode(c.v, &mode_13);
    index_set(c.v, P_SEQ, 6, 0x12);
    index_set(c.v, P_SEQ, 7, sr7);
    hidden_set(c.v, hidden);
    index_set(c.v, P_CRTC, 0x11, 0);
    index_set(c.v, P_CRTC, 9, 0x40);
    index_set(c.v, P_CRTC, 0x13, (u8)pitch);
    index_set(c.v, P_CRTC, 0x1b, pitch > 0xff ? 0x32 : 0x22);
    return c;
}

static inline void cirrus_free(struct cirrus_bench *c)
{
    free(c->memory);
    vga_free(c->b);
}

static inline void cirrus_see(struct cirrus_bench *c)
{
    memset(c->v->page_changed, true, CIRRUS_MEMORY_BYTES / VGA_PAGE_BYTES);          /* tests store behind the chip's back */
    vga_see(c->b);
}

/* A BitBLT as a driver sets it up, a register of several bytes at a time. */
static inline void gr(struct vga *v, unsigned index, unsigned bytes, u32 value)
{
    for (unsigned i = 0; i < bytes; i++) index_set(v, P_GC, index + i, (u8)(value >> 8 * i));
}

struct blt_setup {
    u32 width, height, dst, src, dst_pitch, src_pitch;
    u8 mode, rop, extensions, skip;
};

static inline void blt(struct vga *v, const struct blt_setup *s)
{
    gr(v, 0x20, 2, s->width - 1);
    gr(v, 0x22, 2, s->height - 1);
    gr(v, 0x24, 2, s->dst_pitch);
    gr(v, 0x26, 2, s->src_pitch);
    gr(v, 0x28, 3, s->dst);
    gr(v, 0x2c, 3, s->src);
    gr(v, 0x2f, 1, s->skip);
    gr(v, 0x30, 1, s->mode);
    gr(v, 0x32, 1, s->rop);
    gr(v, 0x33, 1, s->extensions);
    gr(v, 0x31, 1, 2);
}

#endif
