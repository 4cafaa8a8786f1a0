/* VBE 4F00h and 4F01h: the modes and what they are.                                         doc: vga-bios
 * Source: VESA BIOS Extension (VBE) Core Functions Standard 3.0; mode numbers from 140h on are those of Bochs's VGABIOS. */
#include "vbe.h"

enum { D4 = 1, D8 = 2, D15 = 4, D16 = 8, D24 = 16, D32 = 32, HIGH = D16 | D24 | D32, DIRECT = D15 | D16 | D24 };

/* Depths of a row have numbers one after another. */
static const struct row {
    u16 first, width, height, depths;
} rows[] ROM_DATA = {
    { 0x100, 640, 400, D8 },      { 0x101, 640, 480, D8 },      { 0x102, 800, 600, D4 | D8 },  { 0x104, 1024, 768, D4 | D8 }, { 0x106, 1280, 1024, D4 | D8 },
    { 0x10d, 320, 200, DIRECT },  { 0x110, 640, 480, DIRECT },  { 0x113, 800, 600, DIRECT },   { 0x116, 1024, 768, DIRECT },  { 0x119, 1280, 1024, DIRECT },
    { 0x11c, 1600, 1200, D8 | DIRECT },
    { 0x140, 320, 200, D32 },     { 0x141, 640, 400, D32 },     { 0x142, 640, 480, D32 },      { 0x143, 800, 600, D32 },      { 0x144, 1024, 768, D32 },
    { 0x145, 1280, 1024, D32 },   { 0x146, 320, 200, D8 },      { 0x147, 1600, 1200, D32 },    { 0x148, 1152, 864, D8 | DIRECT | D32 },
    { 0x175, 1280, 768, HIGH },   { 0x178, 1280, 800, HIGH },   { 0x17b, 1280, 960, HIGH },    { 0x17e, 1440, 900, HIGH },    { 0x181, 1400, 1050, HIGH },
    { 0x184, 1680, 1050, HIGH },  { 0x187, 1920, 1200, HIGH },  { 0x18a, 2560, 1600, HIGH },   { 0x18d, 1280, 720, HIGH },    { 0x190, 1920, 1080, HIGH },
};
static const u8 depth_of[6] ROM_DATA = { 4, 8, 15, 16, 24, 32 };

bool dispi_present(void)
{
    u16 id = dispi_get(DISPI_ID);
    return id >= DISPI_ID_FIRST && id <= DISPI_ID_LAST;
}

bool vbe_present(void) { return dispi_present() || cirrus_present(); }

u32 vbe_memory_bytes(void) { return (u32)display_get(DISPI_VIDEO_MEMORY_64K) << 16; }

/* With 4 bits a dot: of each plane. */
u32 vbe_line_bytes(u16 dots, u8 depth) { return depth == 4 ? dots / 8 : dots * ((depth + 7u) / 8); }

static u32 mode_bytes(const struct vbe_mode *m) { return vbe_line_bytes(m->width, m->depth) * m->height * (m->depth == 4 ? 4 : 1); }

bool vbe_mode_at(unsigned index, struct vbe_mode *m)
{
    u32 memory = vbe_memory_bytes();
    bool cirrus = !dispi_present();

    for (unsigned r = 0; r < ARRAY_COUNT(rows); r++) {
        m->number = rom16(&rows[r].first);
        m->width = rom16(&rows[r].width);
        m->height = rom16(&rows[r].height);
        for (unsigned d = 0; d < ARRAY_COUNT(depth_of); d++) {
            if (!(rom16(&rows[r].depths) >> d & 1)) continue;
            m->depth = rom8(&depth_of[d]);
            if (mode_bytes(m) <= memory && (!cirrus || cirrus_mode_possible(m)) && index-- == 0) return true;
            m->number++;
        }
    }
    return false;
}

bool vbe_mode_find(u16 number, struct vbe_mode *m)
{
    for (unsigned i = 0; vbe_mode_at(i, m); i++)
        if (m->number == number) return true;
    return false;
}

/* --- 4F00h --- */

static const char oem[] ROM_DATA = "Orrery VBE", vendor[] ROM_DATA = "Orrery", product[] ROM_DATA = "Bochs display interface", product_cirrus[] ROM_DATA = "CL-GD5446", revision[] ROM_DATA = "1";

static void poke32(u16 segment, u16 offset, u32 v)
{
    poke16(segment, offset, (u16)v);
    poke16(segment, (u16)(offset + 2), (u16)(v >> 16));
}

static void poke_rom_pointer(u16 segment, u16 offset, const char *text)
{
    poke16(segment, offset, (u16)(u32)text);
    poke16(segment, (u16)(offset + 2), rom_segment());
}

/* "VbeInfoBlock"; the list of modes lies in its reserved bytes. */
enum status vbe_information(struct frame *f)
{
    enum { LIST = 0x22, VBE_1_BYTES = 256, VBE_2_BYTES = 512, DAC_SWITCHES = 1 };
    bool two = peek16(f->es, f->di) == ('V' | 'B' << 8) && peek16(f->es, (u16)(f->di + 2)) == ('E' | '2' << 8);
    u16 at = f->di, list = (u16)(at + LIST);
    struct vbe_mode mode;

    for (u16 i = 0; i < (two ? VBE_2_BYTES : VBE_1_BYTES); i++) poke8(f->es, (u16)(at + i), 0);
    poke32(f->es, at, 'V' | 'E' << 8 | 'S' << 16 | (u32)'A' << 24);
    poke16(f->es, (u16)(at + 0x04), 0x0300);
    poke_rom_pointer(f->es, (u16)(at + 0x06), oem);
    poke32(f->es, (u16)(at + 0x0a), dispi_present() ? DAC_SWITCHES : 0);
    poke16(f->es, (u16)(at + 0x0e), list);
    poke16(f->es, (u16)(at + 0x10), f->es);
    poke16(f->es, (u16)(at + 0x12), display_get(DISPI_VIDEO_MEMORY_64K));
    if (two) {
        poke16(f->es, (u16)(at + 0x14), 0x0100);
        poke_rom_pointer(f->es, (u16)(at + 0x16), vendor);
        poke_rom_pointer(f->es, (u16)(at + 0x1a), dispi_present() ? product : product_cirrus);
        poke_rom_pointer(f->es, (u16)(at + 0x1e), revision);
    }
    for (unsigned i = 0; vbe_mode_at(i, &mode); i++, list += 2) poke16(f->es, list, mode.number);
    poke16(f->es, list, 0xffff);
    return VBE_OK;
}

/* --- 4F01h --- */

/* Where the frame buffer is: a PCI function says so, a board without PCI has it at a fixed place. */
static u32 frame_buffer(void)
{
    enum { CONFADD = 0xcf8, CONFDATA = 0xcfc, BASE_0 = 0x10, DEVICES = 32 };
    u32 place = 0xe0000000u;

    outl(CONFADD, 0x80000000u);
    if (inl(CONFADD) != 0x80000000u) return place;
    for (u32 device = 0; device < DEVICES; device++) {
        outl(CONFADD, 0x80000000u | device << 11);
        u32 id = inl(CONFDATA);
        if (id != 0x11111234 && id != 0x00b81013) continue;
        outl(CONFADD, 0x80000000u | device << 11 | BASE_0);
        place = inl(CONFDATA) & ~15u;
    }
    return place;
}

/* "Direct Color fields": size and place of red, green, blue, reserved. */
static const u8 colour_fields[4][8] ROM_DATA = {
    { 5, 10, 5, 5, 5, 0, 1, 15 }, { 5, 11, 6, 5, 5, 0, 0, 0 }, { 8, 16, 8, 8, 8, 0, 0, 0 }, { 8, 16, 8, 8, 8, 0, 8, 24 },
};

static const u8 *colours(u8 depth) { return colour_fields[depth == 15 ? 0 : depth == 16 ? 1 : depth == 24 ? 2 : 3]; }

extern const u8 window_function[], window_function_cirrus[];

static void put_window(u16 segment, u16 at)
{
    enum { RELOCATABLE_READABLE_WRITABLE = 7 };

    poke8(segment, (u16)(at + 0x02), RELOCATABLE_READABLE_WRITABLE);
    poke16(segment, (u16)(at + 0x04), 64);               /* granularity, size: KiB */
    poke16(segment, (u16)(at + 0x06), 64);
    poke16(segment, (u16)(at + 0x08), 0xa000);
    poke16(segment, (u16)(at + 0x0c), (u16)(u32)(dispi_present() ? window_function : window_function_cirrus));
    poke16(segment, (u16)(at + 0x0e), rom_segment());
}

/* "ModeInfoBlock". */
enum status vbe_mode_information(struct frame *f)
{
    enum { SUPPORTED_COLOUR_GRAPHICS = 0x1b, LINEAR = 0x80, PLANAR = 3, PACKED_PIXEL = 4, DIRECT_COLOUR = 6, BLOCK_BYTES = 256 };
    struct vbe_mode m;
    u16 es = f->es, at = f->di;

    if (!vbe_mode_find(f->cx & 0x1ff, &m)) return VBE_FAILED;
    u32 line = vbe_line_bytes(m.width, m.depth), images = vbe_memory_bytes() / mode_bytes(&m) - 1;
    if (images > 0xff) images = 0xff;
    for (u16 i = 0; i < BLOCK_BYTES; i++) poke8(es, (u16)(at + i), 0);
    poke16(es, at, (u16)(SUPPORTED_COLOUR_GRAPHICS | (m.depth > 4 ? LINEAR : 0)));
    put_window(es, at);
    poke16(es, (u16)(at + 0x10), (u16)line);
    poke16(es, (u16)(at + 0x12), m.width);
    poke16(es, (u16)(at + 0x14), m.height);
    poke8(es, (u16)(at + 0x16), 8);                      /* character cell */
    poke8(es, (u16)(at + 0x17), 16);
    poke8(es, (u16)(at + 0x18), m.depth == 4 ? 4 : 1);   /* planes */
    poke8(es, (u16)(at + 0x19), m.depth);
    poke8(es, (u16)(at + 0x1a), 1);                      /* banks, as a CGA has them */
    poke8(es, (u16)(at + 0x1b), m.depth == 4 ? PLANAR : m.depth == 8 ? PACKED_PIXEL : DIRECT_COLOUR);
    poke8(es, (u16)(at + 0x1d), (u8)images);
    poke8(es, (u16)(at + 0x1e), 1);
    if (m.depth > 8)
        for (u8 i = 0; i < 8; i++) {
            poke8(es, (u16)(at + 0x1f + i), rom8(&colours(m.depth)[i]));
            poke8(es, (u16)(at + 0x36 + i), rom8(&colours(m.depth)[i]));
        }
    if (m.depth == 32) poke8(es, (u16)(at + 0x27), 2);   /* reserved bytes are the program's */
    if (m.depth > 4) poke32(es, (u16)(at + 0x28), frame_buffer());
    poke16(es, (u16)(at + 0x32), (u16)line);
    poke8(es, (u16)(at + 0x34), (u8)images);
    poke8(es, (u16)(at + 0x35), (u8)images);
    poke32(es, (u16)(at + 0x3e), dispi_present() ? 229500000 : 135000000);             /* highest dot clock */
    return VBE_OK;
}
