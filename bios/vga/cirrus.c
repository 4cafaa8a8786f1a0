/* A CL-GD5446 in the display interface's words, so that VBE's functions are one.            doc: vga-bios
 * Source: Cirrus Logic, "CL-GD5446 Technical Reference Manual", "Extension Registers"; VESA Display Monitor Timing Standard for the modes at
 * 60 Hz.  Lines have at most 4088 bytes. */
#include "vbe.h"

enum { KEY = 0x06, MODE = 0x07, DDC = 0x08, VCLK_3 = 0x0e, CURSOR = 0x12, SCRATCH_2 = 0x14, MEMORY = 0x15, VCLK_3_DENOMINATOR = 0x1e };
enum { OFFSET = 0x09, WINDOW = 0x0b, WINDOW_16K = 0x20 };
enum { CR1A = 0x1a, CR1B = 0x1b, CR1D = 0x1d, ID = 0x27, ID_5446 = 0xb8, CR1B_PITCH_8 = 0x10, CR1B_EXTENDED = 0x22 };
enum { UNLOCKED = 0x12, PACKED_PIXELS = 0x01, MEMORY_64K = 64, PITCH_MOST = 4088, DDC_CLOCK_IN = 0x04, DDC_DATA_IN = 0x80, LINEAR_IN_SCRATCH = 1 };
enum { HALF_LINES = 4, TYPE_5446 = 0x39 };

/* Dots and lines: shown, retrace from and to, total. */
static const struct timing {
    u16 width, height, h_from, h_to, h_total, v_from, v_to, v_total;
    u8 misc, numerator, denominator;
} timings[] ROM_DATA = {
    { 640, 400, 656, 752, 800, 412, 414, 449, 0x6f, 0x66, 0x3b },
    { 640, 480, 656, 752, 800, 490, 492, 525, 0xef, 0x66, 0x3b },
    { 800, 600, 840, 968, 1056, 601, 605, 628, 0x2f, 0x51, 0x3a },
    { 1024, 768, 1048, 1184, 1344, 771, 777, 806, 0xef, 0x76, 0x34 },
    { 1280, 1024, 1328, 1440, 1688, 1025, 1028, 1066, 0x2f, 0x71, 0x1e },
};

static u8 seq_get(u8 index) { return indexed_read(PORT_SEQUENCER, index); }
static u8 crtc_get(u8 index) { return indexed_read(BDA->crtc, index); }

bool cirrus_present(void)
{
    u16 crtc_port = inb(PORT_MISC_READ) & 1 ? 0x3d4 : 0x3b4;

    sequencer(KEY, UNLOCKED);
    return seq_get(KEY) == UNLOCKED && indexed_read(crtc_port, ID) == ID_5446;
}

/* Four reads of the DAC mask, and the register behind it is there. */
static void open_hidden(void)
{
    (void)inb(PORT_DAC_WRITE);
    for (u8 i = 0; i < 4; i++) (void)inb(PORT_DAC_MASK);
}
static u8 hidden_get(void)
{
    open_hidden();
    return inb(PORT_DAC_MASK);
}
static void hidden_put(u8 v)
{
    open_hidden();
    outb(PORT_DAC_MASK, v);
}

/* --- modes --- */

static const struct timing *timing_of(u16 width, u16 height)
{
    for (unsigned i = 0; i < ARRAY_COUNT(timings); i++)
        if (rom16(&timings[i].width) == width && rom16(&timings[i].height) == height) return &timings[i];
    return 0;
}

bool cirrus_mode_possible(const struct vbe_mode *m)
{
    if (m->depth == 4 || !timing_of(m->width, m->height) || (m->depth > 16 && m->width > 1024)) return false;
    return vbe_line_bytes(m->width, m->depth) <= PITCH_MOST;
}

/* "CRT Controller"; vertical counts are halved for 1024 lines. */
static void put_timing(const struct timing *t)
{
    u8 h = (u8)(rom16(&t->width) / 8 - 1), h_blank = (u8)(rom16(&t->h_total) / 8 - 1), half = rom16(&t->height) > 1000;
    u16 v = (u16)((rom16(&t->height) >> half) - 1), total = (u16)((rom16(&t->v_total) >> half) - 2), from = rom16(&t->v_from) >> half;

    crtc(0x11, 0);
    crtc(0x00, (u8)(rom16(&t->h_total) / 8 - 5));
    crtc(0x01, h);
    crtc(0x02, (u8)(h + 1));
    crtc(0x03, (u8)(0x80 | (h_blank & 0x1f)));
    crtc(0x04, (u8)(rom16(&t->h_from) / 8));
    crtc(0x05, (u8)((h_blank & 0x20) << 2 | (rom16(&t->h_to) / 8 & 0x1f)));
    crtc(0x06, (u8)total);
    crtc(0x07, (u8)(0x10 | (total >> 8 & 1) | (v >> 7 & 2) | (from >> 6 & 4) | (v >> 5 & 8) | (total >> 4 & 0x20) | (v >> 3 & 0x40) | (from >> 2 & 0x80)));
    crtc(0x09, (u8)(0x40 | (v >> 4 & 0x20)));
    crtc(0x10, (u8)from);
    crtc(0x12, (u8)v);
    crtc(0x14, 0x40);
    crtc(0x15, (u8)v);
    crtc(0x16, (u8)(total + 1));
    crtc(0x17, half ? 0xa3 | HALF_LINES : 0xa3);
    crtc(0x18, 0xff);
    crtc(CR1A, (u8)(h_blank >> 2 & 0x30));
    crtc(0x11, (u8)(0x80 | 0x20 | (rom16(&t->v_to) >> half & 15)));
}

static u8 bytes_of(u8 depth) { return (u8)((depth + 7) / 8); }

static void put_pitch(u16 bytes)
{
    crtc(0x13, (u8)(bytes / 8));
    crtc(CR1B, (u8)((crtc_get(CR1B) & ~CR1B_PITCH_8) | (bytes / 8 > 0xff ? CR1B_PITCH_8 : 0)));
}
static u16 pitch(void) { return (u16)((crtc_get(0x13) | (crtc_get(CR1B) & CR1B_PITCH_8) << 4) * 8); }

/* A window of 64 KiB by steps of 16. */
static void put_bank(u16 bank) { graphics(OFFSET, (u8)(bank << 2)); }

static void clear(void)
{
    for (u16 bank = 0; bank < MEMORY_64K; bank++) {
        put_bank(bank);
        fill_words(0xa000, 0, 0, 0x8000);
    }
    put_bank(0);
}

/* After the VGA's registers as in mode 13h. */
void cirrus_mode_begin(const struct vbe_mode *m, u16 flags)
{
    const struct timing *t = timing_of(m->width, m->height);
    u8 depth = m->depth;

    outb(PORT_MISC_WRITE, rom8(&t->misc));               /* VCLK3 */
    sequencer(VCLK_3, rom8(&t->numerator));
    sequencer(VCLK_3_DENOMINATOR, rom8(&t->denominator));
    put_timing(t);
    sequencer(MODE, depth == 8 ? 0x11 : depth == 24 ? 0x15 : depth == 32 ? 0x19 : 0x17);
    hidden_put(depth == 8 ? 0 : depth == 15 ? 0xf0 : depth == 16 ? 0xe1 : 0xe5);
    outb(PORT_DAC_MASK, 0xff);
    sequencer(SCRATCH_2, flags & DISPI_LFB_ENABLED ? LINEAR_IN_SCRATCH : 0);
    graphics(WINDOW, WINDOW_16K);
    put_bank(0);
    crtc(CR1B, CR1B_EXTENDED);
    crtc(CR1D, 0);
    crtc(0x0c, 0);
    crtc(0x0d, 0);
    put_pitch((u16)(m->width * bytes_of(depth)));
    if (!(flags & DISPI_NOCLEARMEM)) clear();
}

void cirrus_leave(void)
{
    sequencer(MODE, 0);
    sequencer(CURSOR, 0);
    hidden_put(0);
    graphics(WINDOW, 0);
    put_bank(0);
    crtc(CR1A, 0);
    crtc(CR1B, 0);
    crtc(CR1D, 0);
}

void cirrus_post(void)
{
    if (!cirrus_present()) return;
    sequencer(MEMORY, 4);                                /* where drivers look for the number of MiB */
    sequencer(MODE, 0);
    sequencer(CURSOR, 0);
}

/* --- registers of the display interface --- */

static u8 depth_now(void)
{
    static const u8 of_mode[8] ROM_DATA = { 8, 16, 24, 16, 32, 8, 8, 8 };
    u8 depth = rom8(&of_mode[seq_get(MODE) >> 1 & 7]);
    return depth == 16 && (hidden_get() & 15) != 1 ? 15 : depth;
}

static u16 height_now(void)
{
    u8 overflow = crtc_get(0x07);
    u16 lines = (u16)((crtc_get(0x12) | (overflow & 2) << 7 | (overflow & 0x40) << 3) + 1);
    return crtc_get(0x17) & HALF_LINES ? (u16)(lines * 2) : lines;
}

static u32 start(void)
{
    u8 b = crtc_get(CR1B);
    return ((u32)crtc_get(0x0d) | (u32)crtc_get(0x0c) << 8 | (u32)(b & 1) << 16 | (u32)(b >> 2 & 3) << 17 | (u32)(crtc_get(CR1D) >> 7) << 19) * 4;
}

static void put_start(u32 bytes)
{
    u32 at = bytes / 4;
    crtc(0x0c, (u8)(at >> 8));
    crtc(0x0d, (u8)at);
    crtc(CR1B, (u8)((crtc_get(CR1B) & ~0x0d) | (at >> 16 & 1) | (at >> 17 & 3) << 2));
    crtc(CR1D, (u8)((crtc_get(CR1D) & 0x7f) | (at >> 19 & 1) << 7));
}

u16 cirrus_get(u8 reg)
{
    u16 line = pitch(), x = (u16)(line ? start() % line / bytes_of(depth_now()) : 0);

    switch (reg) {
    case DISPI_XRES: return (u16)((crtc_get(0x01) + 1) * 8);
    case DISPI_YRES: return height_now();
    case DISPI_BPP: return depth_now();
    case DISPI_ENABLE:
        if (!(seq_get(MODE) & PACKED_PIXELS)) return 0;
        return DISPI_ENABLED | (seq_get(SCRATCH_2) & LINEAR_IN_SCRATCH ? DISPI_LFB_ENABLED : 0);
    case DISPI_BANK: return indexed_read(PORT_GRAPHICS, OFFSET) >> 2;
    case DISPI_VIRT_WIDTH: return line / bytes_of(depth_now());
    case DISPI_VIRT_HEIGHT: return (u16)(((u32)MEMORY_64K << 16) / line);
    case DISPI_X_OFFSET: return x;
    case DISPI_Y_OFFSET: return (u16)(line ? start() / line : 0);
    case DISPI_VIDEO_MEMORY_64K: return MEMORY_64K;
    case DISPI_DDC: return (u16)((seq_get(DDC) & DDC_CLOCK_IN ? DDC_CLOCK : 0) | (seq_get(DDC) & DDC_DATA_IN ? DDC_DATA : 0));
    default: return 0;
    }
}

/* What is not possible changes nothing, as there.  A line has whole eights of dots. */
void cirrus_put(u8 reg, u16 v)
{
    u8 bytes = bytes_of(depth_now());
    u16 x = cirrus_get(DISPI_X_OFFSET), y = cirrus_get(DISPI_Y_OFFSET), line = pitch();

    if (reg == DISPI_BANK && v < MEMORY_64K) put_bank(v);
    if (reg == DISPI_DDC) sequencer(DDC, (u8)v);
    if (reg == DISPI_VIRT_WIDTH) {
        u32 wanted = (((u32)v + 7) & ~7u) * bytes;
        if (v >= cirrus_get(DISPI_XRES) && wanted <= PITCH_MOST) put_pitch((u16)wanted);
    }
    if (reg != DISPI_X_OFFSET && reg != DISPI_Y_OFFSET) return;
    if (reg == DISPI_X_OFFSET) x = v;
    else y = v;
    u32 at = (u32)y * line + (u32)x * bytes;
    if (!(at & 3) && at + (u32)(height_now() - 1) * line + (u32)cirrus_get(DISPI_XRES) * bytes <= (u32)MEMORY_64K << 16) put_start(at);
}

/* --- 4F04h: what the VGA's own state does not have --- */

static const u8 kept_seq[] ROM_DATA = { MODE, VCLK_3, CURSOR, SCRATCH_2, VCLK_3_DENOMINATOR };
static const u8 kept_crtc[] ROM_DATA = { CR1A, CR1B, CR1D };
static const u8 kept_graphics[] ROM_DATA = { OFFSET, 0x0a, WINDOW };

static u16 pass(u16 segment, u16 at, bool saves, u16 port, const u8 *list, u8 count)
{
    for (u8 i = 0; i < count; i++, at++) {
        u8 index = rom8(&list[i]);
        if (saves) poke8(segment, at, indexed_read(port, index));
        else indexed_write(port, index, peek8(segment, at));
    }
    return at;
}

void cirrus_pass(u16 segment, u16 at, bool saves)
{
    at = pass(segment, at, saves, PORT_SEQUENCER, kept_seq, ARRAY_COUNT(kept_seq));
    at = pass(segment, at, saves, BDA->crtc, kept_crtc, ARRAY_COUNT(kept_crtc));
    at = pass(segment, at, saves, PORT_GRAPHICS, kept_graphics, ARRAY_COUNT(kept_graphics));
    if (saves) poke8(segment, at, hidden_get());
    else hidden_put(peek8(segment, at));
}

/* --- INT 10h AH=12h, BL=80h and up: Cirrus Logic's own.  Ralf Brown's Interrupt List --- */

bool cirrus_service(struct frame *f)
{
    if (f->bl < 0x80 || !cirrus_present()) return false;
    switch (f->bl) {
    case 0x80:                                           /* which chip; no revision */
        f->ax = TYPE_5446;
        f->bx = 0x80;
        return true;
    case 0x81: f->ax = 0x0100; return true;              /* version of the BIOS */
    case 0x82: f->al = 0; return true;                   /* of the chip */
    case 0x85: f->al = MEMORY_64K; return true;
    default: return false;
    }
}
