/* INT 10h AH=4Fh: the VESA BIOS Extension.                                                  doc: vga-bios
 * Source: VESA BIOS Extension (VBE) Core Functions Standard 3.0; VBE/PM 1.0; VBE/DDC 1.0.  Not there: scheduled display starts with
 * stereo (4F07h, BL=02h and up), dot clocks (4F0Bh), timings of the caller's (4F02h, bit 11, is accepted and changes nothing). */
#include "vbe.h"

enum { MODE_NUMBER = 0x1ff, MODE_LINEAR = 0x4000, MODE_KEEP = 0x8000, FIRST_VBE = 0x100 };

static bool vbe_shows(void) { return vbe_present() && display_get(DISPI_ENABLE) & DISPI_ENABLED; }

/* Planes of at most 64 KiB are as in the VGA's own modes. */
bool vbe_without_text(void)
{
    return vbe_shows() && (display_get(DISPI_BPP) != 4 || (u32)display_get(DISPI_VIRT_WIDTH) / 8 * display_get(DISPI_YRES) > 0x10000);
}

void vbe_leave(void)
{
    if (!vbe_shows()) return;
    if (dispi_present()) dispi_put(DISPI_ENABLE, 0);
    else cirrus_leave();
}

/* --- 4F02h, 4F03h --- */

static u8 depth(void) { return (u8)display_get(DISPI_BPP); }

static void dispi_begin(const struct vbe_mode *m, u16 flags)
{
    dispi_put(DISPI_ENABLE, 0);
    dispi_put(DISPI_XRES, m->width);
    dispi_put(DISPI_YRES, m->height);
    dispi_put(DISPI_BPP, m->depth);
    dispi_put(DISPI_ENABLE, flags);
}

/* The VGA's registers as in a mode of its own with the same kind of memory; the display interface has the sizes. */
static void mode_begin(const struct vbe_mode *m, u16 wanted)
{
    u16 flags = DISPI_ENABLED;

    mode_registers(m->depth == 4 ? 0x12 : 0x13);
    if (wanted & MODE_LINEAR) flags |= DISPI_LFB_ENABLED;
    if (wanted & MODE_KEEP) flags |= DISPI_NOCLEARMEM;
    if (dispi_present()) dispi_begin(m, flags);
    else cirrus_mode_begin(m, flags);
    mode_areas_for_dots(m->width, m->height);
    BDA->vbe_mode = (u16)(m->number | (wanted & (MODE_LINEAR | MODE_KEEP)));
    screen_off(false);
}

bool vbe_mode_set(u16 wanted)
{
    struct vbe_mode m;

    if (!vbe_mode_find(wanted & MODE_NUMBER, &m) || (wanted & MODE_LINEAR && m.depth == 4)) return false;
    mode_begin(&m, wanted);
    return true;
}

static enum status set_mode(struct frame *f)
{
    if ((f->bx & MODE_NUMBER) >= FIRST_VBE) return vbe_mode_set(f->bx) ? VBE_OK : VBE_FAILED;
    if (f->bx & MODE_LINEAR || (f->bx & MODE_NUMBER) > 0x7f) return VBE_FAILED;
    mode_set((u8)((f->bx & 0x7f) | (f->bx & MODE_KEEP ? 0x80 : 0)));
    return BDA->mode == (f->bx & 0x7f) ? VBE_OK : VBE_FAILED;
}

static enum status get_mode(struct frame *f)
{
    f->bx = vbe_shows() ? BDA->vbe_mode : BDA->mode;
    return VBE_OK;
}

/* --- 4F04h: as INT 10h AH=1Ch, and bit 3 of CX for the display interface --- */

enum { STATE_DISPI = 8, DISPI_BLOCKS = 1, BLOCK = 64 };
static const u8 kept[] ROM_DATA = { DISPI_XRES, DISPI_YRES, DISPI_BPP, DISPI_ENABLE, DISPI_BANK, DISPI_VIRT_WIDTH, DISPI_X_OFFSET, DISPI_Y_OFFSET };

static void pass_display(u16 segment, u16 at, bool saves)
{
    if (!dispi_present()) {
        cirrus_pass(segment, at, saves);
        return;
    }
    if (!saves) dispi_put(DISPI_ENABLE, 0);
    for (u8 i = 0; i < ARRAY_COUNT(kept); i++, at += 2) {
        u8 reg = rom8(&kept[i]);
        if (saves) poke16(segment, at, dispi_get(reg));
        else dispi_put(reg, (u16)(peek16(segment, at) | (reg == DISPI_ENABLE ? DISPI_NOCLEARMEM : 0)));
    }
}

static enum status state(struct frame *f)
{
    struct frame vga = *f;
    u16 blocks = 0;

    if (f->dl > 2 || !(f->cx & 15) || f->cx & ~15) return VBE_FAILED;
    if (f->cx & STATE_DISPI && f->dl == 2) pass_display(f->es, f->bx, false);
    vga.cx &= 7;
    vga.al = 0;
    vga.ah = 0x1c;
    if (vga.cx) {
        state_save_restore(&vga);
        blocks = vga.bx;
    }
    if (f->dl == 0) f->bx = (u16)(blocks + (f->cx & STATE_DISPI ? DISPI_BLOCKS : 0));
    else {
        u16 behind = f->bx;
        if (f->cx & STATE_DISPI && f->dl == 1) pass_display(f->es, behind, true);
        vga.bx = (u16)(f->bx + (f->cx & STATE_DISPI ? DISPI_BLOCKS * BLOCK : 0));
        vga.al = f->dl;
        if (vga.cx) state_save_restore(&vga);
    }
    return VBE_OK;
}

/* --- 4F05h --- */

static enum status window(struct frame *f)
{
    if (display_get(DISPI_ENABLE) & DISPI_LFB_ENABLED) return VBE_NOT_IN_THIS_MODE;
    if (f->bl || f->bh > 1) return VBE_FAILED;
    if (f->bh == 1) {
        f->dx = display_get(DISPI_BANK);
        return VBE_OK;
    }
    display_put(DISPI_BANK, f->dx);
    return display_get(DISPI_BANK) == f->dx ? VBE_OK : VBE_FAILED;
}

/* --- 4F06h --- */

static u16 dots_of(u16 bytes) { return depth() == 4 ? (u16)(bytes * 8) : (u16)(bytes / ((depth() + 7) / 8)); }

static enum status line_length(struct frame *f)
{
    u16 dots = f->bl == 2 ? dots_of(f->cx) : f->cx, most = dispi_present() ? 0xfff8 : (u16)(dots_of(4088) & ~7);
    u32 room = vbe_memory_bytes() / (depth() == 4 ? 4 : 1) / display_get(DISPI_YRES);

    if (f->bl > 3) return VBE_FAILED;
    if (f->bl == 3) {                                    /* the longest */
        if (room < vbe_line_bytes(most, depth())) most = dots_of((u16)(room < 0xffff ? room : 0xffff));
        f->cx = most;
        f->bx = (u16)vbe_line_bytes(most, depth());
        return VBE_OK;
    }
    if (f->bl != 1) {
        display_put(DISPI_VIRT_WIDTH, dots);
        if (display_get(DISPI_VIRT_WIDTH) < dots) return VBE_NOT_HERE;
    }
    f->cx = display_get(DISPI_VIRT_WIDTH);
    f->bx = (u16)vbe_line_bytes(f->cx, depth());
    f->dx = display_get(DISPI_VIRT_HEIGHT);
    return VBE_OK;
}

/* --- 4F07h --- */

static enum status display_start(struct frame *f)
{
    enum { RETRACE = 8, AT_RETRACE = 0x80 };

    if (f->bl == 1) {
        f->bh = 0;
        f->cx = display_get(DISPI_X_OFFSET);
        f->dx = display_get(DISPI_Y_OFFSET);
        return VBE_OK;
    }
    if (f->bl & ~AT_RETRACE) return VBE_FAILED;
    if (f->bl & AT_RETRACE)
        for (u32 tries = 0; tries < 0x10000 && !(inb(BDA->crtc + 6) & RETRACE); tries++) {}
    display_put(DISPI_X_OFFSET, 0);                        /* whichever comes first must fit with the other */
    display_put(DISPI_Y_OFFSET, f->dx);
    display_put(DISPI_X_OFFSET, f->cx);
    return display_get(DISPI_X_OFFSET) == f->cx && display_get(DISPI_Y_OFFSET) == f->dx ? VBE_OK : VBE_FAILED;
}

/* --- 4F08h, 4F09h --- */

static enum status dac_width(struct frame *f)
{
    u16 enable = display_get(DISPI_ENABLE);

    if (depth() > 8) return VBE_NOT_IN_THIS_MODE;
    if (f->bl > 1) return VBE_FAILED;
    if (f->bl == 0 && dispi_present()) dispi_put(DISPI_ENABLE, (u16)(f->bh >= 8 ? enable | DISPI_8BIT_DAC : enable & ~DISPI_8BIT_DAC));
    f->bh = display_get(DISPI_ENABLE) & DISPI_8BIT_DAC ? 8 : 6;       /* a Cirrus chip has six bits */
    return VBE_OK;
}

/* Entries of four bytes: blue, green, red, none. */
static enum status palette(struct frame *f)
{
    u16 at = f->di;

    if ((f->bl & 0x7f) > 1) return f->bl == 2 || f->bl == 3 ? VBE_NOT_HERE : VBE_FAILED;
    if (f->dx > 255 || f->cx > 256 - f->dx) return VBE_FAILED;
    outb(f->bl == 1 ? PORT_DAC_READ : PORT_DAC_WRITE, f->dl);
    for (u16 n = f->cx; n; n--, at += 4)
        for (u8 i = 3; i--;) {
            if (f->bl == 1) poke8(f->es, (u16)(at + i), inb(PORT_DAC_DATA));
            else outb(PORT_DAC_DATA, peek8(f->es, (u16)(at + i)));
        }
    return VBE_OK;
}

/* --- 4F0Ah --- */

extern const u8 protected_mode_table[], protected_mode_end[];

static enum status protected_mode(struct frame *f)
{
    if (f->bl || !dispi_present()) return VBE_FAILED;    /* the code is the display interface's */
    f->es = rom_segment();
    f->di = (u16)(u32)protected_mode_table;
    f->cx = (u16)(protected_mode_end - protected_mode_table);
    return VBE_OK;
}

/* --- 4F10h: VBE/PM --- */

static enum status power(struct frame *f)
{
    enum { VERSION_1_0 = 0x10, OFF = 4, SCREEN_OFF = 0x20 };

    if (f->bl == 0) {
        f->bl = VERSION_1_0;
        f->bh = OFF;
    } else if (f->bl == 1) {
        if (f->bh && f->bh != OFF) return VBE_FAILED;
        screen_off(f->bh == OFF);
    } else if (f->bl == 2) {
        f->bh = indexed_read(PORT_SEQUENCER, 1) & SCREEN_OFF ? OFF : 0;
    } else {
        return VBE_FAILED;
    }
    return VBE_OK;
}

void vbe_service(struct frame *f)
{
    if (!vbe_present()) return;
    switch (f->al) {
    case 0x00: f->ax = vbe_information(f); return;
    case 0x01: f->ax = vbe_mode_information(f); return;
    case 0x02: f->ax = set_mode(f); return;
    case 0x03: f->ax = get_mode(f); return;
    case 0x04: f->ax = state(f); return;
    case 0x0a: f->ax = protected_mode(f); return;
    case 0x10: f->ax = power(f); return;
    case 0x15: f->ax = vbe_ddc(f); return;
    default: break;
    }
    if (f->al < 0x05 || f->al > 0x09) f->ax = 0x0100;
    else if (!vbe_shows()) f->ax = VBE_NOT_IN_THIS_MODE;
    else if (f->al == 0x05) f->ax = window(f);
    else if (f->al == 0x06) f->ax = line_length(f);
    else if (f->al == 0x07) f->ax = display_start(f);
    else if (f->al == 0x08) f->ax = dac_width(f);
    else f->ax = palette(f);
}
