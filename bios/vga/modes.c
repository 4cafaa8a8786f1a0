/* INT 10h AH=00h and 0Fh: setting a mode.                                                   doc: vga-bios */
#include "vga.h"

#define FIELD(name) __builtin_offsetof(struct parameters, name)

enum { ENTRY_350 = 0x13, ENTRY_400 = 0x17, ENTRY_7 = 7, ENTRY_7_400 = 0x19, NO_ENTRY = 0xff };
enum { MODE_800_600 = 0x6a, VBE_800_600_16 = 0x102 };
enum { SEQUENCER_RESET = 1, SEQUENCER_RUN = 3, SCREEN_OFF = 0x20 };

enum kind mode_kind(void)
{
    switch (BDA->mode) {
    case 4: case 5: return KIND_CGA4;
    case 6: return KIND_CGA2;
    case 0x13: return KIND_LINEAR;
    default: return BDA->mode <= 7 ? KIND_TEXT : KIND_PLANAR;
    }
}

u16 video_segment(void)
{
    if (BDA->mode == 7) return 0xb000;
    return BDA->mode <= 6 ? 0xb800 : 0xa000;
}

void screen_off(bool off)
{
    u8 v = indexed_read(PORT_SEQUENCER, 1);
    sequencer(1, (u8)(off ? v | SCREEN_OFF : v & ~SCREEN_OFF));
}

/* Row of the parameter table for a mode; text goes by the lines that 40:89 asks for. */
static u8 entry_of(u8 mode)
{
    u8 flags = BDA->flags;

    if (mode <= 3 && flags & FLAG_200_LINES) return mode;
    if (mode <= 3) return flags & FLAG_400_LINES ? (u8)(ENTRY_400 + (mode >> 1)) : (u8)(ENTRY_350 + mode);
    if (mode <= 6) return mode;
    if (mode == 7) return flags & FLAG_400_LINES ? ENTRY_7_400 : ENTRY_7;
    if (mode == 0x0d || mode == 0x0e) return mode;
    if (mode >= 0x0f && mode <= 0x10) return (u8)(mode + 2);
    return mode >= 0x11 && mode <= 0x13 ? (u8)(mode + 9) : NO_ENTRY;
}

struct far_pointer save_pointer(enum save_entry n)
{
    u16 segment = BDA->save_table.segment, offset = (u16)(BDA->save_table.offset + 4 * n);

    return (struct far_pointer){ .offset = peek16(segment, offset), .segment = peek16(segment, (u16)(offset + 2)) };
}

/* The row lies where 40:A8h leads: in this ROM, or in a program's own table. */
static struct far_pointer row_of(u8 entry)
{
    struct far_pointer table = save_pointer(SAVE_PARAMETERS);

    return (struct far_pointer){ .offset = (u16)(table.offset + entry * sizeof(struct parameters)), .segment = table.segment };
}

static u8 row8(const struct far_pointer *row, unsigned at) { return peek8(row->segment, (u16)(row->offset + at)); }

/* With keep_palette the sixteen palette registers stay. */
static void write_registers(const struct far_pointer *row, bool keep_palette)
{
    u16 port = row8(row, FIELD(misc)) & 1 ? 0x3d4 : 0x3b4;

    sequencer(0, SEQUENCER_RESET);
    sequencer(1, row8(row, FIELD(sequencer)) | SCREEN_OFF);
    for (u8 i = 1; i < 4; i++) sequencer((u8)(i + 1), row8(row, FIELD(sequencer) + i));
    outb(PORT_MISC_WRITE, row8(row, FIELD(misc)));
    sequencer(0, SEQUENCER_RUN);
    BDA->crtc = port;
    crtc(0x11, 0);                                       /* registers 0 to 7 can be written */
    for (u8 i = 0; i < 25; i++) crtc(i, row8(row, FIELD(crtc) + i));
    for (u8 i = keep_palette ? 16 : 0; i < 20; i++) attribute_write(i, row8(row, FIELD(attribute) + i));
    attribute_write(0x14, 0);
    for (u8 i = 0; i < 9; i++) graphics(i, row8(row, FIELD(graphics) + i));
}

static void write_areas(u8 mode, const struct far_pointer *row)
{
    bool mono = BDA->crtc == 0x3b4;

    BDA->mode = mode;
    BDA->columns = row8(row, FIELD(columns));
    BDA->page_bytes = peek16(row->segment, (u16)(row->offset + FIELD(page_bytes)));
    BDA->page_start = 0;
    for (u8 i = 0; i < 8; i++) BDA->cursor[i] = 0;
    BDA->page = 0;
    BDA->rows_less_one = row8(row, FIELD(rows_less_one));
    BDA->height = row8(row, FIELD(height));
    BDA->cga_palette = mode == 6 ? 0x3f : 0x30;
    BDA->equipment = (u8)((BDA->equipment & ~0x30) | (mono ? 0x30 : 0x20));
    BDA->info = (u8)((BDA->info & ~INFO_MONO) | (mono ? INFO_MONO : 0));
    BDA->cursor_shape = mode_kind() != KIND_TEXT ? 0 : mono ? 0x0b0c : 0x0607;
}

/* The value that a CGA's mode register would have, for programs that look. */
static void write_cga_mode(u8 mode)
{
    static const u8 value[8] ROM_DATA = { 0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29 };
    BDA->cga_mode = mode < 8 ? rom8(&value[mode]) : 0x29;
}

static void clear(void)
{
    switch (mode_kind()) {
    case KIND_TEXT: fill_words(video_segment(), 0, 0x0720, 0x4000); break;
    case KIND_CGA4: case KIND_CGA2: fill_words(0xb800, 0, 0, 0x4000); break;
    default: fill_words(0xa000, 0, 0, 0x8000); break;
    }
}

static void mode_put(u8 mode, const struct far_pointer *row, u8 entry)
{
    bool keep_palette = BDA->flags & FLAG_NO_PALETTE;

    write_registers(row, keep_palette);
    write_areas(mode, row);
    write_cga_mode(mode);
    outb(PORT_DAC_MASK, 0xff);
    if (!keep_palette) dac_load_default(entry);
}

void mode_registers(u8 mode)
{
    u8 entry = entry_of(mode);
    struct far_pointer row = row_of(entry);
    mode_put(mode, &row, entry);
}

/* Characters of 8x16 from here on.  The number is that of 800x600 with 16 colours; other modes have none in one byte. */
void mode_areas_for_dots(u16 width, u16 height)
{
    BDA->mode = MODE_800_600;
    BDA->columns = width / 8;
    BDA->height = 16;
    BDA->rows_less_one = (u8)(height / 16 - 1);
    BDA->page_bytes = 0;
    graphics_font_set(rom_segment(), font_offset(16));
}

void mode_set(u8 wanted)
{
    u8 mode = wanted & 0x7f, entry = entry_of(mode);
    bool keep = wanted & 0x80;

    if (mode == MODE_800_600 && vbe_present()) vbe_mode_set((u16)(VBE_800_600_16 | (keep ? 0x8000 : 0)));
    if (entry == NO_ENTRY) return;
    struct far_pointer row = row_of(entry);
    vbe_leave();
    BDA->info = (u8)((BDA->info & ~INFO_NOT_CLEARED) | (keep ? INFO_NOT_CLEARED : 0));
    mode_put(mode, &row, entry);
    if (!keep) clear();
    if (mode_kind() == KIND_TEXT) font_load_for_text((u8)BDA->height);
    graphics_font_set(rom_segment(), font_offset((u8)BDA->height));
    font_overrides();
    palette_remember();
    screen_off(false);
}

void mode_get(struct frame *f)
{
    f->al = (u8)(BDA->mode | (BDA->info & INFO_NOT_CLEARED));
    f->ah = (u8)BDA->columns;
    f->bh = BDA->page;
}

void set_vector(u8 number, const void *offset)
{
    poke16(0, (u16)(number * 4), (u16)(u32)offset);
    poke16(0, (u16)(number * 4 + 2), rom_segment());
}

extern const u8 int10_entry[], save_pointer_table[], crtc_6845_tables[];

/* Called once, when the ROM is found. */
void post(void)
{
    poke16(0, 0x42 * 4, peek16(0, 0x10 * 4));
    poke16(0, 0x42 * 4 + 2, peek16(0, 0x10 * 4 + 2));
    set_vector(0x10, int10_entry);
    set_vector(0x1f, font8x8 + 128 * 8);
    if (!peek16(0, 0x1d * 4 + 2)) set_vector(0x1d, crtc_6845_tables);
    BDA->info = 0x60;                                    /* 256 KiB, cursor emulation */
    BDA->switches = 0xf9;
    BDA->flags = FLAG_400_LINES | FLAG_VGA;
    BDA->display = DISPLAY_VGA_COLOUR;
    BDA->save_table.offset = (u16)(u32)save_pointer_table;
    BDA->save_table.segment = rom_segment();
    outb(PORT_ENABLE, 1);
    outb(PORT_MISC_WRITE, 0x67);
    cirrus_post();
    mode_set(3);
}

/* AL on return: 20h for modes above 7, 3Fh for mode 6, 30h for the others. */
static void mode_service(struct frame *f)
{
    u8 mode = f->al & 0x7f;
    mode_set(f->al);
    f->al = mode > 7 ? 0x20 : mode == 6 ? 0x3f : 0x30;
}

/* Services that draw characters and dots, or read them. */
static bool draws(u8 service) { return service >= 0x06 && service <= 0x0e && service != 0x0b; }

/* The services, by AH. */
void int10(struct frame *f)
{
    if ((draws(f->ah) || f->ah == 0x13) && vbe_without_text()) return;
    switch (f->ah) {
    case 0x00: mode_service(f); break;
    case 0x01: BDA->cursor_shape = f->cx; cursor_shape_set(f->cx); break;
    case 0x02: cursor_set(f->bh, f->dx); break;
    case 0x03: f->dx = BDA->cursor[f->bh & 7]; f->cx = BDA->cursor_shape; break;
    case 0x04: f->ah = 0; break;                         /* no light pen */
    case 0x05: page_select(f->al); break;
    case 0x06: scroll(f, true); break;
    case 0x07: scroll(f, false); break;
    case 0x08: character_read(f); break;
    case 0x09: characters_write(f->al, f->bl, true, f->bh, f->cx); break;
    case 0x0a: characters_write(f->al, f->bl, false, f->bh, f->cx); break;
    case 0x0b: cga_palette_service(f); break;
    case 0x0c: pixel_write(f); break;
    case 0x0d: pixel_read(f); break;
    case 0x0e: teletype(f->al, f->bl, BDA->page, false); break;
    case 0x0f: mode_get(f); break;
    case 0x10: palette_service(f); break;
    case 0x11: font_service(f); break;
    case 0x12: alternate_service(f); break;
    case 0x13: string_write(f); break;
    case 0x1a: display_service(f); break;
    case 0x1b: state_information(f); break;
    case 0x1c: state_save_restore(f); break;
    case 0x4f: vbe_service(f); break;
    default: break;
    }
}
