/* CL-GD5446: the BitBLT engine.                                                             doc: vga-cirrus
 *   GR20/21 width - 1 in bytes   GR22/23 height - 1   GR24/25 GR26/27 pitches   GR28-2A destination   GR2C-2E source   GR2F left side skipped
 *   GR30  01 decrement  02 to the processor  04 from it  08 transparent  30 bytes a dot - 1  40 8x8 pattern  80 colour expansion
 *   GR31  01 r busy  02 start  04 reset  08 r in progress  20 processor's data in the upper half of the aperture  80 start by GR2A
 *   GR32  raster operation      GR33  01 doublewords a line of bits  02 transparent: zeros, not ones, are drawn  04 solid
 *   GR0 10 12 14 background, GR1 11 13 15 foreground   GR34/35 colour that is transparent   GR38/39 bits of it that do not count
 *
 *   source (memory, pattern, expanded bits, processor) -> raster operation with the destination -> what is not transparent
 *
 * A BitBLT is done when it is started, a line at a time, source before destination; one with the processor waits for it.  Every address wraps
 * in display memory.  Direction is that of plain copies: patterns and expanded bits go up.
 * Source: Cirrus Logic, "CL-GD5446 Technical Reference Manual", "BitBLT Engine".
 * Doubts: that transparency of plain dots compares the raster operation's result, and that GR33 bit 1 draws zeros in the background colour;
 * overlapping copies in the wrong direction within one line give what a whole line read first gives. */
#include "devices/chip/vga_cirrus_parts.h"

enum { MODE_DECREMENT = 0x01, MODE_TO_SYSTEM = 0x02, MODE_FROM_SYSTEM = 0x04, MODE_TRANSPARENT = 0x08, MODE_PATTERN = 0x40, MODE_EXPAND = 0x80,
       EXTENSION_DOUBLEWORDS = 0x01, EXTENSION_ZEROS = 0x02, EXTENSION_SOLID = 0x04, PATTERN_LINES = 8 };

/* What the registers ask for. */
struct blt {
    u32 width, height, dst_pitch, src_pitch;             /* bytes; pitches negative for a decrement */
    unsigned dot_bytes, skip;                            /* skip: bytes on the left that stay as they are */
    u8 mode, extensions, rop;
    s32 step;
};

/* A line on its way to its destination. */
struct line_bytes {
    u8 byte[CIRRUS_BLT_WIDTH_MOST];
    bool drawn[CIRRUS_BLT_WIDTH_MOST];
};

static u32 field(const struct vga_cirrus *c, unsigned at, unsigned bytes)
{
    u32 value = 0;
    for (unsigned i = 0; i < bytes; i++) value |= (u32)c->gc[at + i] << 8 * i;
    return value;
}

static bool is_plain_copy(const struct blt *b) { return !(b->mode & (MODE_PATTERN | MODE_EXPAND)); }
static bool is_solid(const struct blt *b) { return b->mode & MODE_PATTERN && b->mode & MODE_EXPAND && b->extensions & EXTENSION_SOLID; }

static struct blt blt_of(const struct vga_cirrus *c)
{
    struct blt b = {
        .width = field(c, GR20_WIDTH, 2) + 1,
        .height = field(c, GR22_HEIGHT, 2) + 1,
        .dst_pitch = field(c, GR24_DESTINATION_PITCH, 2),
        .src_pitch = field(c, GR26_SOURCE_PITCH, 2),
        .mode = c->gc[GR30_MODE],
        .dot_bytes = (c->gc[GR30_MODE] >> 4 & 3u) + 1,
        .extensions = c->gc[GR33_EXTENSIONS],
        .rop = c->gc[GR32_ROP],
        .step = 1,
    };
    /* "Left-side clipping": dots; with 24 bits a dot, bytes. */
    b.skip = is_plain_copy(&b) ? 0 : b.dot_bytes == 3 ? c->gc[GR2F_SKIP] & 31u : (c->gc[GR2F_SKIP] & 7u) * b.dot_bytes;
    if (is_plain_copy(&b) && b.mode & MODE_DECREMENT) {
        b.step = -1;
        b.dst_pitch = 0 - b.dst_pitch;
        b.src_pitch = 0 - b.src_pitch;
    }
    return b;
}

/* --- sources --- */

/* Bytes of a line of bits: each begins with a new byte, or doubleword. */
static u32 bit_line_bytes(const struct blt *b)
{
    u32 dots = b->width / b->dot_bytes;
    return b->extensions & EXTENSION_DOUBLEWORDS ? (dots + 31) / 32 * 4 : (dots + 7) / 8;
}

/* What the processor supplies for a line: bits, or bytes in whole doublewords. */
static u32 system_line_bytes(const struct blt *b) { return b->mode & MODE_EXPAND ? bit_line_bytes(b) : (b->width + 3) & ~3u; }

static void copied_line(const struct vga *v, const struct blt *b, const u8 *system, struct line_bytes *line)
{
    for (u32 i = 0; i < b->width; i++) {
        line->byte[i] = system ? system[i] : cirrus_byte(v, v->cirrus.blt_src + (u32)b->step * i);
        line->drawn[i] = true;
    }
}

/* The row that a line begins with is in the three lowest bits of the source address. */
static unsigned pattern_row(const struct vga_cirrus *c, const struct blt *b) { return (c->blt_src + b->height - c->blt_lines) & (PATTERN_LINES - 1); }

/* Eight dots a row; with 24 bits a dot a row has 32 bytes, 24 of which are dots. */
static void pattern_line(const struct vga *v, const struct blt *b, struct line_bytes *line)
{
    u32 dots = PATTERN_LINES * b->dot_bytes, row = b->dot_bytes == 3 ? 32 : dots, base = v->cirrus.blt_src & ~(PATTERN_LINES - 1u);

    for (u32 i = 0; i < b->width; i++) {
        line->byte[i] = cirrus_byte(v, base + pattern_row(&v->cirrus, b) * row + i % dots);
        line->drawn[i] = i >= b->skip;
    }
}

static u8 colour_byte(const struct vga_cirrus *c, bool foreground, unsigned n)
{
    return n ? c->gc[0x0e + 2 * n + foreground] : c->gc[foreground ? GR1 : GR0];
}

static bool source_bit(const struct vga *v, const struct blt *b, const u8 *system, u32 dot)
{
    const struct vga_cirrus *c = &v->cirrus;
    u8 bits;

    if (is_solid(b)) return true;
    if (b->mode & MODE_PATTERN) {
        bits = cirrus_byte(v, (c->blt_src & ~(PATTERN_LINES - 1u)) + pattern_row(c, b));
        dot &= 7;
    } else {
        bits = system ? system[dot / 8] : cirrus_byte(v, c->blt_src + dot / 8);
    }
    return bits >> (7 - dot % 8) & 1;
}

static void expanded_line(const struct vga *v, const struct blt *b, const u8 *system, struct line_bytes *line)
{
    bool transparent = b->mode & MODE_TRANSPARENT && !is_solid(b), drawn = !(b->extensions & EXTENSION_ZEROS);

    for (u32 i = 0; i < b->width / b->dot_bytes * b->dot_bytes; i++) {
        bool bit = source_bit(v, b, system, i / b->dot_bytes);
        line->byte[i] = colour_byte(&v->cirrus, bit, i % b->dot_bytes);
        line->drawn[i] = i >= b->skip && (!transparent || bit == drawn);
    }
    for (u32 i = b->width / b->dot_bytes * b->dot_bytes; i < b->width; i++) line->drawn[i] = false;
}

/* --- raster operations --- */

/* "BLT Raster Operation": the sixteen functions of source and destination; other codes leave the destination. */
static u8 combined(u8 rop, u8 s, u8 d)
{
    switch (rop) {
    case 0x00: return 0;
    case 0x90: return (u8)~(s | d);
    case 0x50: return (u8)(~s & d);
    case 0xd0: return (u8)~s;
    case 0x09: return (u8)(s & ~d);
    case 0x0b: return (u8)~d;
    case 0x59: return s ^ d;
    case 0xda: return (u8)(~s | ~d);
    case 0x05: return s & d;
    case 0x95: return (u8)~(s ^ d);
    case 0xd6: return (u8)(~s | d);
    case 0x0d: return s;
    case 0xad: return (u8)(s | ~d);
    case 0x6d: return s | d;
    case 0x0e: return 0xff;
    default: return d;
    }
}

/* Dots of the transparent colour are not drawn; there are such dots of 8 and of 16 bits. */
static void drop_transparent(const struct vga_cirrus *c, const struct blt *b, struct line_bytes *line)
{
    unsigned size = b->dot_bytes;

    if (!(b->mode & MODE_TRANSPARENT) || b->mode & MODE_EXPAND || size > 2) return;
    for (u32 i = 0; i + size <= b->width; i += size) {
        bool same = true;
        for (unsigned n = 0; n < size; n++) {
            unsigned at = b->step < 0 ? size - 1 - n : n;
            same &= !((line->byte[i + n] ^ c->gc[GR34_KEY + at]) & ~c->gc[GR38_KEY_MASK + at]);
        }
        for (unsigned n = 0; same && n < size; n++) line->drawn[i + n] = false;
    }
}

static void draw(struct vga *v, const struct blt *b, struct line_bytes *line)
{
    u32 to = v->cirrus.blt_dst;

    for (u32 i = 0; i < b->width; i++) line->byte[i] = combined(b->rop, line->byte[i], cirrus_byte(v, to + (u32)b->step * i));
    drop_transparent(&v->cirrus, b, line);
    for (u32 i = 0; i < b->width; i++)
        if (line->drawn[i]) cirrus_put_byte(v, to + (u32)b->step * i, line->byte[i]);
}

/* --- lines --- */

static void next_line(struct vga_cirrus *c, const struct blt *b)
{
    c->blt_dst += b->dst_pitch;
    if (is_plain_copy(b)) c->blt_src += b->src_pitch;
    else if (!(b->mode & MODE_PATTERN)) c->blt_src += bit_line_bytes(b);
    c->blt_used = 0;
    c->blt_lines--;
}

static void one_line(struct vga *v, const struct blt *b, const u8 *system)
{
    struct line_bytes line;

    if (b->mode & MODE_EXPAND) expanded_line(v, b, system, &line);
    else if (b->mode & MODE_PATTERN) pattern_line(v, b, &line);
    else copied_line(v, b, system, &line);
    draw(v, b, &line);
    next_line(&v->cirrus, b);
}

bool cirrus_blt_waits(const struct vga_cirrus *c) { return c->blt_lines; }

void cirrus_blt_reset(struct vga_cirrus *c) { c->blt_lines = c->blt_used = 0; }

/* A pattern is in display memory, whatever the mode says of the processor. */
void cirrus_blt_start(struct vga *v)
{
    struct vga_cirrus *c = &v->cirrus;
    struct blt b = blt_of(c);
    bool from_system = b.mode & MODE_FROM_SYSTEM && !(b.mode & MODE_PATTERN), to_system = b.mode & MODE_TO_SYSTEM;

    if (from_system && to_system) return;
    c->blt_lines = (u16)b.height;
    c->blt_dst = field(c, GR28_DESTINATION, 3);
    c->blt_src = field(c, GR2C_SOURCE, 3);
    c->blt_used = 0;
    c->blt_reads = to_system;
    while (!from_system && !to_system && c->blt_lines) one_line(v, &b, NULL);
}

/* --- with the processor: what of a store is beyond the last line is lost --- */

static void byte_in(struct vga *v, u8 value)
{
    struct vga_cirrus *c = &v->cirrus;
    struct blt b = blt_of(c);

    if (c->blt_used < sizeof c->blt_line) c->blt_line[c->blt_used++] = value;
    if (c->blt_used >= system_line_bytes(&b)) one_line(v, &b, c->blt_line);
}

static u8 byte_out(struct vga *v)
{
    struct vga_cirrus *c = &v->cirrus;
    struct blt b = blt_of(c);
    u8 value = c->blt_used < b.width ? cirrus_byte(v, c->blt_src + (u32)b.step * c->blt_used) : 0;

    if (++c->blt_used >= ((b.width + 3) & ~3u)) next_line(c, &b);
    return value;
}

void cirrus_blt_store(struct vga *v, unsigned size, u64 value)
{
    for (unsigned i = 0; i < size && v->cirrus.blt_lines && !v->cirrus.blt_reads; i++) byte_in(v, (u8)(value >> 8 * i));
    vga_window_update(v);
}

u64 cirrus_blt_load(struct vga *v, unsigned size)
{
    u64 value = 0;

    for (unsigned i = 0; i < size && v->cirrus.blt_lines && v->cirrus.blt_reads; i++) value |= (u64)byte_out(v) << 8 * i;
    vga_window_update(v);
    return value;
}
