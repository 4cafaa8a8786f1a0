/* Bochs's display interface.                                                                doc: vga-dispi
 *   index port (word): the register          data port (word): its value
 *   00 ID           B0C0h to B0C5h: written by software that asks for a version, read back
 *   01 XRES  02 YRES  03 BPP     while not enabled; with GETCAPS they read as the greatest there is
 *   04 ENABLE       01 ENABLED  02 GETCAPS  20 8BIT_DAC  40 LFB_ENABLED  80 NOCLEARMEM
 *   05 BANK         64 KiB of memory at A0000h (of each plane, with 4 bits a dot)
 *   06 VIRT_WIDTH  07 VIRT_HEIGHT (r)  08 X_OFFSET  09 Y_OFFSET     a window on memory
 *   0A VIDEO_MEMORY_64K (r)
 *   0B DDC          01 SCL  02 SDA: written, let go or pulled low; read, their levels (not in the document)
 * Enabling begins with VIRT_WIDTH = XRES, offsets and bank 0, and memory all 0 unless NOCLEARMEM.  What the document calls a
 * panic - a mode register while enabled, a value that is not possible - changes nothing here.
 * Source: Bochs VGABIOS, "VBE Display API".  The frame buffer answers with and without LFB_ENABLED.
 * Not modelled: the ports FF80h/FF81h of versions before B0C2h. */
#include "devices/chip/vga_core.h"

#include <string.h>

enum { ID_FIRST = 0xb0c0, ID_LAST = 0xb0c5,
       ENABLE_BITS = DISPI_ENABLED | DISPI_GETCAPS | DISPI_8BIT_DAC | DISPI_LFB_ENABLED | DISPI_NOCLEARMEM };

#define STATE_OWNER struct vga_dispi
STATE_LAYOUT(vga_dispi_state, "vga_dispi", VGA_DISPI_STATE);

void dispi_reset(struct vga_dispi *d)
{
    *d = (struct vga_dispi){ .present = d->present, .id = ID_LAST, .bpp = 8 };
}

void dispi_init(struct vga_dispi *d, bool present)
{
    d->present = present;
    dispi_reset(d);
}

bool dispi_shows(const struct vga_dispi *d) { return d->enable & DISPI_ENABLED; }
bool dispi_shows_packed(const struct vga_dispi *d) { return dispi_shows(d) && d->bpp != 4; }
bool dispi_shows_planar(const struct vga_dispi *d) { return dispi_shows(d) && d->bpp == 4; }

/* --- what fits into memory --- */

static u32 pitch_of(u32 dots, unsigned bpp) { return bpp == 4 ? (dots + 7) / 8 : dots * ((bpp + 7) / 8); }
u32 dispi_pitch(const struct vga_dispi *d) { return pitch_of(d->virt_width, d->bpp); }

/* Bytes that a line may come from: all of memory, or a plane. */
static u32 room(const struct vga *v, unsigned bpp) { return bpp == 4 ? v->memory_bytes / 4 : v->memory_bytes; }

static u32 lines_that_fit(const struct vga *v, u32 dots)
{
    u32 pitch = pitch_of(dots, v->dispi.bpp), lines = pitch ? room(v, v->dispi.bpp) / pitch : 0;
    return lines < 0xffff ? lines : 0xffff;
}

/* All that is shown lies in memory. */
static bool possible(const struct vga *v, u32 virt_width, u32 x, u32 y)
{
    const struct vga_dispi *d = &v->dispi;
    u64 end = (u64)(y + d->yres - 1u) * pitch_of(virt_width, d->bpp) + pitch_of(x + d->xres, d->bpp);

    return d->xres && d->yres && virt_width >= d->xres && end <= room(v, d->bpp);
}

/* --- reads --- */

u16 dispi_read(const struct vga *v, unsigned reg)
{
    const struct vga_dispi *d = &v->dispi;
    bool capabilities = d->enable & DISPI_GETCAPS;

    switch (reg) {
    case DISPI_ID: return d->id;
    case DISPI_XRES: return capabilities ? DISPI_MAX_XRES : d->xres;
    case DISPI_YRES: return capabilities ? DISPI_MAX_YRES : d->yres;
    case DISPI_BPP: return capabilities ? DISPI_MAX_BPP : d->bpp;
    case DISPI_ENABLE: return d->enable;
    case DISPI_BANK: return d->bank;
    case DISPI_VIRT_WIDTH: return d->virt_width;
    case DISPI_VIRT_HEIGHT: return (u16)lines_that_fit(v, d->virt_width);
    case DISPI_X_OFFSET: return d->x_offset;
    case DISPI_Y_OFFSET: return d->y_offset;
    case DISPI_VIDEO_MEMORY_64K: return (u16)(v->memory_bytes / DISPI_BANK_BYTES);
    case DISPI_DDC: return (u16)((ddc_monitor_clock(&v->monitor) ? DISPI_DDC_CLOCK : 0) | (ddc_monitor_data(&v->monitor) ? DISPI_DDC_DATA : 0));
    default: return 0;
    }
}

/* --- writes --- */

static void depth_write(struct vga_dispi *d, u16 bpp)
{
    if (bpp == 0) bpp = 8;
    if (bpp == 4 || bpp == 8 || bpp == 15 || bpp == 16 || bpp == 24 || bpp == 32) d->bpp = bpp;
}

static void begin(struct vga *v, bool clear)
{
    struct vga_dispi *d = &v->dispi;

    d->virt_width = d->xres;
    d->x_offset = d->y_offset = d->bank = 0;
    if (!clear) return;
    memset(v->memory, 0, v->memory_bytes);
    memset(v->page_changed, true, v->memory_bytes / VGA_PAGE_BYTES);
}

static void enable_write(struct vga *v, u16 value)
{
    struct vga_dispi *d = &v->dispi;
    bool was = dispi_shows(d);

    value &= ENABLE_BITS;
    if (d->bpp == 4) d->xres &= ~7;
    if (value & DISPI_ENABLED && !was && !possible(v, d->xres, 0, 0)) value &= ~DISPI_ENABLED;
    d->enable = value;
    if (dispi_shows(d) && !was) begin(v, !(value & DISPI_NOCLEARMEM));
    vga_set_dac_bits(v, value & DISPI_8BIT_DAC ? 8 : 6);
}

void dispi_write(struct vga *v, unsigned reg, u16 value)
{
    struct vga_dispi *d = &v->dispi;
    bool shows = dispi_shows(d);

    switch (reg) {
    case DISPI_ID: if (value >= ID_FIRST && value <= ID_LAST) d->id = value; break;
    case DISPI_XRES: if (!shows && value <= DISPI_MAX_XRES) d->xres = value; break;
    case DISPI_YRES: if (!shows && value <= DISPI_MAX_YRES) d->yres = value; break;
    case DISPI_BPP: if (!shows) depth_write(d, value); break;
    case DISPI_ENABLE: enable_write(v, value); break;
    case DISPI_BANK: if (shows && value < room(v, d->bpp) / DISPI_BANK_BYTES) d->bank = value; break;
    case DISPI_VIRT_WIDTH:
        if (d->bpp == 4) value &= (u16)~7;
        if (shows && possible(v, value, d->x_offset, d->y_offset)) d->virt_width = value;
        break;
    case DISPI_DDC: ddc_monitor_drive(&v->monitor, value & DISPI_DDC_CLOCK, value & DISPI_DDC_DATA); return;
    case DISPI_X_OFFSET: if (shows && possible(v, d->virt_width, value, d->y_offset)) d->x_offset = value; break;
    case DISPI_Y_OFFSET: if (shows && possible(v, d->virt_width, d->x_offset, value)) d->y_offset = value; break;
    default: break;
    }
    vga_window_update(v);
}

/* --- ports: words alone --- */

u32 vga_dispi_port_read(void *chip, unsigned reg, unsigned size_bytes)
{
    const struct vga *v = chip;
    if (size_bytes != 2) return UINT32_MAX;
    return reg ? dispi_read(v, v->dispi.index) : v->dispi.index;
}

void vga_dispi_port_write(void *chip, unsigned reg, unsigned size_bytes, u32 value)
{
    struct vga *v = chip;
    if (size_bytes != 2) return;
    if (reg) dispi_write(v, v->dispi.index, (u16)value);
    else v->dispi.index = (u16)value;
}

const char *dispi_invariant(const struct vga *v)
{
    const struct vga_dispi *d = &v->dispi;

    if (d->enable & ~ENABLE_BITS) return "ENABLE has its five bits alone";
    if (!dispi_shows(d)) return NULL;
    if (!d->present) return "what is not there shows nothing";
    if (!possible(v, d->virt_width, d->x_offset, d->y_offset)) return "what is shown lies in memory";
    return d->bank < room(v, d->bpp) / DISPI_BANK_BYTES ? NULL : "the bank lies in memory";
}
