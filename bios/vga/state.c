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
}

void alternate_service(struct frame *f)
{
    u8 choice = f->al;

    switch (f->bl) {
    case 0x10: information(f); return;
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

void display_service(struct frame *f)
{
    if (f->al == 0) {
        f->bl = BDA->display;
        f->bh = 0;
    } else if (f->al == 1) {
        BDA->display = f->bl;
    } else return;
    f->al = 0x1a;
}

/* What this BIOS can do, in the order of IBM's "Static functionality table". */
static const u8 static_table[16] ROM_DATA = {
    0xff, 0xe0, 0x0f, 0, 0, 0, 0,                        /* modes 0-7, 0D-0F, 10-13 */
    0x07,                                                /* 200, 350, 400 lines */
    2, 8,                                                /* blocks shown at once, blocks there are */
    0xff, 0x0e, 0, 0,                                    /* all of the functions; 1Ch, blinking, colour pages, display codes */
    0x3f, 0,                                             /* save pointers: none is used */
};

void state_information(struct frame *f)
{
    u16 at = f->di;

    if (f->bx) return;
    for (u8 i = 0; i < 64; i++) poke8(f->es, (u16)(at + i), 0);
    poke16(f->es, at, (u16)(u32)static_table);
    poke16(f->es, (u16)(at + 2), rom_segment());
    for (u8 i = 0; i < 30; i++) poke8(f->es, (u16)(at + 4 + i), peek8(0x40, (u16)(0x49 + i)));
    poke8(f->es, (u16)(at + 0x22), (u8)(BDA->rows_less_one + 1));
    poke16(f->es, (u16)(at + 0x23), BDA->height);
    poke8(f->es, (u16)(at + 0x25), BDA->display);
    poke16(f->es, (u16)(at + 0x27), mode_kind() == KIND_LINEAR ? 256 : mode_kind() == KIND_CGA4 ? 4 : mode_kind() == KIND_CGA2 || BDA->mode == 7 || BDA->mode == 0x0f || BDA->mode == 0x11 ? 2 : 16);
    poke8(f->es, (u16)(at + 0x29), (u8)(mode_kind() == KIND_TEXT ? 8 : BDA->mode == 0x0d ? 8 : BDA->mode == 0x0e ? 4 : BDA->mode == 0x0f || BDA->mode == 0x10 ? 2 : 1));
    poke8(f->es, (u16)(at + 0x2a), BDA->mode >= 0x11 && BDA->mode <= 0x12 ? 3 : BDA->flags & FLAG_200_LINES || (mode_kind() != KIND_TEXT && BDA->mode != 0x0f && BDA->mode != 0x10) ? 0 : BDA->flags & FLAG_400_LINES ? 2 : 1);
    poke8(f->es, (u16)(at + 0x2d), (u8)((BDA->flags & FLAG_GRAY ? 2 : 0) | (BDA->flags & FLAG_NO_PALETTE ? 8 : 0) | (BDA->info & INFO_NO_EMULATION ? 0 : 0x10) | 1 |
                                        (attribute_read(0x10) & 8 ? 0x20 : 0)));
    poke8(f->es, (u16)(at + 0x31), 3);
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
    u16 bytes = (u16)((f->cx & SAVE_REGISTERS ? REGISTER_BYTES : 0) + (f->cx & SAVE_AREA ? AREA_BYTES : 0) + (f->cx & SAVE_DAC ? DAC_BYTES : 0));

    if (f->al > 2) return;
    if (f->al == 0) f->bx = bytes / BLOCK;
    else {
        u16 start = c.at;
        if (f->cx & SAVE_REGISTERS) pass_registers(&c), c.at = start += REGISTER_BYTES;
        if (f->cx & SAVE_AREA) pass_area(&c), c.at = start += AREA_BYTES;
        if (f->cx & SAVE_DAC) pass_dac(&c);
    }
    f->al = 0x1c;
}
