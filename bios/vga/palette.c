/* INT 10h AH=0Bh and 10h: attribute controller and DAC.                                     doc: vga-bios */
#include "vga.h"

enum { OVERSCAN = 0x11, ATTRIBUTE_MODE = 0x10, COLOR_SELECT = 0x14, PALETTE_SOURCE = 0x20, MODE_BLINK = 8, MODE_16_PAGES = 0x80 };

static u16 status_port(void) { return (u16)(BDA->crtc + 6); }

/* The one port for index and data must not be used by an interrupt in between. */
static u16 interrupts_off(void) { u16 f; __asm__ volatile("pushfw\n\tpopw %0\n\tcli" : "=r"(f) : : "memory"); return f; }
static void interrupts_as(u16 f) { __asm__ volatile("pushw %0\n\tpopfw" : : "r"(f) : "memory", "cc"); }

void attribute_write(u8 index, u8 v)
{
    u16 interrupts = interrupts_off();
    (void)inb(status_port());                            /* the next write is an index */
    outb(PORT_ATTRIBUTE, index);
    outb(PORT_ATTRIBUTE, v);
    outb(PORT_ATTRIBUTE, PALETTE_SOURCE);
    interrupts_as(interrupts);
}

u8 attribute_read(u8 index)
{
    u16 interrupts = interrupts_off();
    (void)inb(status_port());
    outb(PORT_ATTRIBUTE, index | PALETTE_SOURCE);
    u8 v = inb(PORT_ATTRIBUTE + 1);
    (void)inb(status_port());
    interrupts_as(interrupts);
    return v;
}

void palette_remember(void)
{
    struct far_pointer to = save_pointer(SAVE_PALETTE);

    if (!to.offset && !to.segment) return;
    for (u8 i = 0; i < 17; i++) poke8(to.segment, (u16)(to.offset + i), attribute_read(i == 16 ? OVERSCAN : i));
}

void dac_write(u8 index, u8 red, u8 green, u8 blue)
{
    if (BDA->flags & FLAG_GRAY) red = green = blue = (u8)((30 * red + 59 * green + 11 * blue + 50) / 100);
    outb(PORT_DAC_WRITE, index);
    outb(PORT_DAC_DATA, red);
    outb(PORT_DAC_DATA, green);
    outb(PORT_DAC_DATA, blue);
}

static void dac_read(u8 index, u8 *rgb)
{
    outb(PORT_DAC_READ, index);
    for (u8 i = 0; i < 3; i++) rgb[i] = inb(PORT_DAC_DATA);
}

/* --- the colours that a mode starts with --- */

/* Bits 0-2 blue, green, red at two thirds; bits 3-5 the same at one third. */
static void ega_color(u8 n)
{
    u8 v[3];
    for (u8 i = 0; i < 3; i++) v[i] = (u8)((n >> i & 1 ? 0x2a : 0) + (n >> (i + 3) & 1 ? 0x15 : 0));
    dac_write(n, v[2], v[1], v[0]);
}

/* Bits 0-2 blue, green, red; bit 4 (bit 3 in mode 13h) bright.  Dark yellow is brown. */
static void cga_color(u8 index, u8 n, bool bright)
{
    u8 add = bright ? 0x15 : 0, green = (n & 2 ? 0x2a : 0);

    if ((n & 7) == 6 && !bright) green = 0x15;
    dac_write(index, (u8)((n & 4 ? 0x2a : 0) + add), (u8)(green + add), (u8)((n & 1 ? 0x2a : 0) + add));
}

/* Bit 3 is the signal, bit 4 brightness.  Brightness alone is dark, as on a monochrome adapter; what IBM's BIOS loads there is not in
 * its manuals, and a dump of a VGA's DAC in mode 7 would tell. */
static void mono_color(u8 n)
{
    u8 v = n & 8 ? (n & 0x10 ? 0x3f : 0x2a) : 0;
    dac_write(n, v, v, v);
}

/* 24 hues round the colour wheel from blue, in three saturations, each in three intensities: entry 32 and up. */
static void hues(void)
{
    static const u8 level[9][5] ROM_DATA = {             /* from no colour to full */
        { 0x00, 0x10, 0x1f, 0x2f, 0x3f }, { 0x1f, 0x27, 0x2f, 0x37, 0x3f }, { 0x2d, 0x31, 0x36, 0x3a, 0x3f },
        { 0x00, 0x07, 0x0e, 0x15, 0x1c }, { 0x0e, 0x11, 0x15, 0x18, 0x1c }, { 0x14, 0x16, 0x18, 0x1a, 0x1c },
        { 0x00, 0x04, 0x08, 0x0c, 0x10 }, { 0x08, 0x0a, 0x0c, 0x0e, 0x10 }, { 0x0b, 0x0c, 0x0d, 0x0f, 0x10 },
    };
    static const u8 ramp[24] ROM_DATA = { 0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
    u8 index = 32;

    for (u8 row = 0; row < 9; row++)
        for (u8 hue = 0; hue < 24; hue++) {
            u8 red = rom8(&ramp[hue]), green = rom8(&ramp[(hue + 16) % 24]), blue = rom8(&ramp[(hue + 8) % 24]);
            dac_write(index++, rom8(&level[row][red]), rom8(&level[row][green]), rom8(&level[row][blue]));
        }
    for (u16 i = 248; i < 256; i++) dac_write((u8)i, 0, 0, 0);
}

static void load_256(void)
{
    static const u8 gray[16] ROM_DATA = { 0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f };

    for (u8 i = 0; i < 16; i++) cga_color(i, i, i & 8);
    for (u8 i = 0; i < 16; i++) dac_write((u8)(16 + i), rom8(&gray[i]), rom8(&gray[i]), rom8(&gray[i]));
    hues();
}

/* By row of the parameter table: modes of 200 lines have a CGA's colours, monochrome ones grays, the others an EGA's 64. */
void dac_load_default(unsigned entry)
{
    bool mono = entry == 7 || entry == 0x0f || entry == 0x11 || entry == 0x19, cga = entry <= 6 || entry == 0x0d || entry == 0x0e;

    if (entry == 0x1c) {
        load_256();
        return;
    }
    for (u8 i = 0; i < 64; i++) {
        if (mono) mono_color(i);
        else if (cga) cga_color(i, i, i & 0x10);
        else ega_color(i);
    }
    for (u16 i = 64; i < 256; i++) dac_write((u8)i, 0, 0, 0);
}

/* --- AH=0Bh --- */

void cga_palette_service(struct frame *f)
{
    u8 bright = f->bl & 0x10;

    if (f->bh == 0) {
        BDA->cga_palette = (u8)((BDA->cga_palette & ~0x1f) | (f->bl & 0x1f));
        u8 border = (u8)((f->bl & 7) | (f->bl & 8 ? 0x10 : 0));
        attribute_write(OVERSCAN, border);
        if (mode_kind() == KIND_TEXT) return;
        attribute_write(0, border);
    } else if (f->bh == 1) {
        BDA->cga_palette = (u8)((BDA->cga_palette & ~0x20) | (f->bl & 1 ? 0x20 : 0));
        bright = BDA->cga_palette & 0x10;
    } else return;
    for (u8 i = 1; i <= 3 && mode_kind() == KIND_CGA4; i++) attribute_write(i, (u8)(2 * i + (BDA->cga_palette & 0x20 ? 1 : 0) + bright));
    palette_remember();
}

/* --- AH=10h --- */

static void palette_block(struct frame *f, bool write)
{
    for (u8 i = 0; i < 17; i++) {
        u8 index = i == 16 ? OVERSCAN : i;
        if (write) attribute_write(index, peek8(f->es, (u16)(f->dx + i)));
        else poke8(f->es, (u16)(f->dx + i), attribute_read(index));
    }
}

static void dac_block(struct frame *f, bool write)
{
    u16 at = f->dx;

    for (u16 i = 0; i < f->cx && i < 256; i++, at += 3) {
        u8 rgb[3];
        if (write) {
            dac_write((u8)(f->bx + i), peek8(f->es, at), peek8(f->es, (u16)(at + 1)), peek8(f->es, (u16)(at + 2)));
            continue;
        }
        dac_read((u8)(f->bx + i), rgb);
        for (u8 k = 0; k < 3; k++) poke8(f->es, (u16)(at + k), rgb[k]);
    }
}

/* BL = 0: BH says 4 pages of 64 colours or 16 of 16; BL = 1: BH is the page. */
static void color_page_select(struct frame *f)
{
    u8 mode = attribute_read(ATTRIBUTE_MODE);

    if (f->bl == 0) attribute_write(ATTRIBUTE_MODE, (u8)((mode & ~MODE_16_PAGES) | (f->bh & 1 ? MODE_16_PAGES : 0)));
    else if (f->bl == 1) attribute_write(COLOR_SELECT, (u8)(mode & MODE_16_PAGES ? f->bh & 15 : (f->bh & 3) << 2));
}

static void color_page_read(struct frame *f)
{
    f->bl = attribute_read(ATTRIBUTE_MODE) >> 7;
    u8 select = attribute_read(COLOR_SELECT) & 15;
    f->bh = f->bl ? select : select >> 2;
}

static void gray_summing(u8 first, u16 count)
{
    u8 rgb[3], flags = BDA->flags;

    BDA->flags = flags | FLAG_GRAY;
    for (u16 i = 0; i < count && i < 256; i++) {
        dac_read((u8)(first + i), rgb);
        dac_write((u8)(first + i), rgb[0], rgb[1], rgb[2]);
    }
    BDA->flags = flags;
}

static void set_blink(bool blinks)
{
    u8 mode = attribute_read(ATTRIBUTE_MODE);
    attribute_write(ATTRIBUTE_MODE, (u8)(blinks ? mode | MODE_BLINK : mode & ~MODE_BLINK));
    BDA->cga_mode = (u8)((BDA->cga_mode & ~0x20) | (blinks ? 0x20 : 0));
}

static void dac_one(struct frame *f, bool write)
{
    u8 rgb[3];

    if (write) {
        dac_write(f->bl, f->dh, f->ch, f->cl);
        return;
    }
    dac_read(f->bl, rgb);
    f->dh = rgb[0];
    f->ch = rgb[1];
    f->cl = rgb[2];
}

void palette_service(struct frame *f)
{
    switch (f->al) {
    case 0x00: if (f->bl <= 0x14) attribute_write(f->bl, f->bh), palette_remember(); break;
    case 0x01: attribute_write(OVERSCAN, f->bh), palette_remember(); break;
    case 0x02: palette_block(f, true), palette_remember(); break;
    case 0x03: set_blink(f->bl & 1); break;
    case 0x07: if (f->bl <= 0x14) f->bh = attribute_read(f->bl); break;
    case 0x08: f->bh = attribute_read(OVERSCAN); break;
    case 0x09: palette_block(f, false); break;
    case 0x10: dac_one(f, true); break;
    case 0x12: dac_block(f, true); break;
    case 0x13: color_page_select(f); break;
    case 0x15: dac_one(f, false); break;
    case 0x17: dac_block(f, false); break;
    case 0x18: outb(PORT_DAC_MASK, f->bl); break;
    case 0x19: f->bl = inb(PORT_DAC_MASK); break;
    case 0x1a: color_page_read(f); break;
    case 0x1b: gray_summing(f->bl, f->cx); break;
    default: break;
    }
}
