/* INT 10h AH=12h, 1Ah, 1Bh, 1Ch: what can be chosen, what there is, and keeping all of it.  doc: vga-bios */
#include "vga.h"

/* --- AH=12h --- */

static void flag_set(u8 flag, bool on) { BDA->flags = (u8)(on ? BDA->flags | flag : BDA->flags & ~flag); }

/* AL: 0 200, 1 350, 2 400 lines for the text modes from the next mode set on. */
static void select_lines(struct frame *f)
{
    if (f->al > 2) return;
    flag_set(FLAG_200_LINES, f->al == 0);
    flag_set(FLAG_400_LINES, f->al == 2);
    BDA->switches = (u8)((BDA->switches & 0xf0) | (f->al == 0 ? 8 : 9));        /* as an EGA's, for 200 lines and for more */
    f->al = 0x12;
}

static void information(struct frame *f)
{
    f->bh = BDA->crtc == 0x3b4;
    f->bl = 3;                                           /* 256 KiB */
    f->ch = 0;
    f->cl = BDA->switches & 15;
}

static void addressing(bool on)
{
    u8 misc = inb(PORT_MISC_READ);
    outb(PORT_MISC_WRITE, (u8)(on ? misc | 2 : misc & ~2));
    outb(PORT_ENABLE, on);
}

extern const u8 int05_entry[];

/* AL=0 or 1 for all that switch; BL=35h, from one adapter to another, is not there. */
void alternate_service(struct frame *f)
{
    u8 choice = f->al;

    if (cirrus_service(f)) return;
    if (f->bl >= 0x31 && choice > 1) return;

    switch (f->bl) {
    case 0x10: information(f); return;
    case 0x20: set_vector(5, int05_entry); return;
    case 0x30: select_lines(f); return;
    case 0x31: flag_set(FLAG_NO_PALETTE, choice & 1); break;
    case 0x32: addressing(!(choice & 1)); break;
    case 0x33: flag_set(FLAG_GRAY, !(choice & 1)); break;
    case 0x34: BDA->info = (u8)(choice & 1 ? BDA->info | INFO_NO_EMULATION : BDA->info & ~INFO_NO_EMULATION); break;
    case 0x36: screen_off(choice & 1); break;
    default: return;
    }
    f->al = 0x12;
}

/* --- AH=1Ah, 1Bh --- */

/* Active display in the low byte, the other one in the high byte; FFFFh where 40:8A has no row. */
static u16 display_pair(void)
{
    u8 row = BDA->display;
    u16 pair = row < rom8(display_codes) ? rom16(display_codes + 4 + 2 * row) : 0xffff;
    return pair & 0xff ? pair : pair >> 8;
}

/* BX may name the pair either way round. */
static bool display_choose(u16 wanted)
{
    for (u8 row = 0; row < rom8(display_codes); row++) {
        u16 pair = rom16(display_codes + 4 + 2 * row);
        if (pair != wanted && (u16)(pair << 8 | pair >> 8) != wanted) continue;
        BDA->display = row;
        return true;
    }
    return false;
}

void display_service(struct frame *f)
{
    if (f->al > 1) return;
    if (f->al == 0) f->bx = display_pair();
    else if (!display_choose(f->bx)) return;
    f->al = 0x1a;
}

/* What this BIOS can do, in the order of IBM's "Static functionality table". */
static const u8 static_table[16] ROM_DATA = {
    0xff, 0xe0, 0x0f, 0, 0, 0, 0,                        /* modes 0-7, 0D-0F, 10-13 */
    0x07,                                                /* 200, 350, 400 lines */
    8, 2,                                                /* blocks there are, blocks shown at once */
    0xff, 0x0e, 0, 0,                                    /* all of the functions; 1Ch, blinking, colour pages, display codes */
    0x2e, 0,                                             /* save pointers: dynamic save area, both fonts, display codes */
};

static u16 colors_of_mode(void)
{
    u8 mode = BDA->mode;
    if (mode == 7 || mode == 0x0f) return 0;
    if (mode == 6 || mode == 0x11) return 2;
    return mode_kind() == KIND_LINEAR ? 256 : mode_kind() == KIND_CGA4 ? 4 : 16;
}

u8 pages_of_mode(void)
{
    u8 mode = BDA->mode;
    if (mode_kind() == KIND_TEXT || mode == 0x0d) return 8;
    return mode == 0x0e ? 4 : mode == 0x0f || mode == 0x10 ? 2 : 1;
}

/* 0: 200, 1: 350, 2: 400, 3: 480. */
static u8 lines_of_mode(void)
{
    u16 lines = (u16)((BDA->rows_less_one + 1) * BDA->height);
    return lines <= 200 ? 0 : lines <= 350 ? 1 : lines <= 400 ? 2 : 3;
}

/* Bit n: entry n of the save pointers is in use; bit 5, the display codes' table, always. */
static u8 save_pointer_bits(void)
{
    u8 bits = 0x20;

    for (u8 n = SAVE_PALETTE; n <= SAVE_GRAPHICS_FONT; n++) {
        struct far_pointer p = save_pointer(n);
        if (p.offset || p.segment) bits |= (u8)(1 << n);
    }
    return bits;
}

/* Every mode on every display, sums of gray, palette kept, cursor emulation, blinking. */
static u8 choices(void)
{
    u8 v = 1;

    if (BDA->flags & FLAG_GRAY) v |= 2;
    if (BDA->flags & FLAG_NO_PALETTE) v |= 8;
    if (!(BDA->info & INFO_NO_EMULATION)) v |= 0x10;
    if (attribute_read(0x10) & 8) v |= 0x20;
    return v;
}

void state_information(struct frame *f)
{
    u16 at = f->di;
    u8 map = indexed_read(PORT_SEQUENCER, 3);

    if (f->bx) return;
    for (u8 i = 0; i < 64; i++) poke8(f->es, (u16)(at + i), 0);
    poke16(f->es, at, (u16)(u32)static_table);
    poke16(f->es, (u16)(at + 2), rom_segment());
    for (u8 i = 0; i < 30; i++) poke8(f->es, (u16)(at + 4 + i), peek8(0x40, (u16)(0x49 + i)));
    poke8(f->es, (u16)(at + 0x22), (u8)(BDA->rows_less_one + 1));
    poke16(f->es, (u16)(at + 0x23), BDA->height);
    poke16(f->es, (u16)(at + 0x25), display_pair());
    poke16(f->es, (u16)(at + 0x27), colors_of_mode());
    poke8(f->es, (u16)(at + 0x29), pages_of_mode());
    poke8(f->es, (u16)(at + 0x2a), lines_of_mode());
    poke8(f->es, (u16)(at + 0x2b), (u8)((map & 3) | (map >> 2 & 4)));
    poke8(f->es, (u16)(at + 0x2c), (u8)((map >> 2 & 3) | (map >> 3 & 4)));
    poke8(f->es, (u16)(at + 0x2d), choices());
    poke8(f->es, (u16)(at + 0x31), 3);                   /* 256 KiB */
    poke8(f->es, (u16)(at + 0x32), save_pointer_bits());
    f->al = 0x1b;
}

/* --- AH=1Ch: CX bit 0 registers, bit 1 data area, bit 2 DAC --- */

enum { SAVE_REGISTERS = 1, SAVE_AREA = 2, SAVE_DAC = 4, REGISTER_BYTES = 128, AREA_BYTES = 64, DAC_BYTES = 832, BLOCK = 64 };

/* A place in the caller's buffer; each value is written there or read from there. */
struct cursor {
    u16 segment, at;
    bool saves;
};

static u8 pass8(struct cursor *c, u8 now)
{
    u8 v = now;
    if (c->saves) poke8(c->segment, c->at, now);
    else v = peek8(c->segment, c->at);
    c->at++;
    return v;
}

static void pass_indexed(struct cursor *c, u16 port, u8 count)
{
    for (u8 i = 0; i < count; i++) {
        u8 v = pass8(c, indexed_read(port, i));
        if (!c->saves) indexed_write(port, i, v);
    }
}

static void pass_registers(struct cursor *c)
{
    u8 misc = pass8(c, inb(PORT_MISC_READ)), mask = pass8(c, inb(PORT_DAC_MASK));

    if (!c->saves) {
        outb(PORT_MISC_WRITE, misc);
        outb(PORT_DAC_MASK, mask);
        BDA->crtc = misc & 1 ? 0x3d4 : 0x3b4;
        crtc(0x11, 0);
    }
    pass_indexed(c, PORT_SEQUENCER, 5);
    pass_indexed(c, BDA->crtc, 25);
    pass_indexed(c, PORT_GRAPHICS, 9);
    for (u8 i = 0; i < 21; i++) {
        u8 v = pass8(c, attribute_read(i));
        if (!c->saves) attribute_write(i, v);
    }
    (void)attribute_read(0);
}

static void pass_memory(struct cursor *c, u16 segment, u16 from, u16 bytes)
{
    for (u16 i = 0; i < bytes; i++) {
        u8 v = pass8(c, peek8(segment, (u16)(from + i)));
        if (!c->saves) poke8(segment, (u16)(from + i), v);
    }
}

static void pass_area(struct cursor *c)
{
    pass_memory(c, 0x40, 0x49, 30);
    pass_memory(c, 0x40, 0x84, 7);
    pass_memory(c, 0x40, 0xa8, 4);
    pass_memory(c, 0, 0x05 * 4, 4);
    pass_memory(c, 0, 0x1d * 4, 4);
    pass_memory(c, 0, 0x1f * 4, 4);
    pass_memory(c, 0, 0x43 * 4, 4);
}

static void pass_dac(struct cursor *c)
{
    outb(c->saves ? PORT_DAC_READ : PORT_DAC_WRITE, 0);
    for (u16 i = 0; i < 768; i++) {
        if (c->saves) (void)pass8(c, inb(PORT_DAC_DATA));
        else outb(PORT_DAC_DATA, pass8(c, 0));
    }
}

void state_save_restore(struct frame *f)
{
    struct cursor c = { f->es, f->bx, f->al == 1 };
    u16 parts = f->cx, bytes = 0;

    if (parts & SAVE_REGISTERS) bytes += REGISTER_BYTES;
    if (parts & SAVE_AREA) bytes += AREA_BYTES;
    if (parts & SAVE_DAC) bytes += DAC_BYTES;

    if (f->al > 2 || !(f->cx & 7) || f->cx & ~7) return;
    if (f->al == 0) f->bx = bytes / BLOCK;
    else {
        u16 start = c.at;
        if (f->cx & SAVE_REGISTERS) pass_registers(&c), c.at = start += REGISTER_BYTES;
        if (f->cx & SAVE_AREA) pass_area(&c), c.at = start += AREA_BYTES;
        if (f->cx & SAVE_DAC) pass_dac(&c);
    }
    f->al = 0x1c;
}
