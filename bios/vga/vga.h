#ifndef ORRERY_BIOS_VGA_H
#define ORRERY_BIOS_VGA_H
/* What all parts of the VGA BIOS share.                                                    doc: vga-bios
 * 16-bit code made from C.  While it runs CS is the ROM, DS = ES = SS the caller's stack, FS = 0040h the BIOS data area;
 * GS is free for looking at other segments.  There are no writable statics; constants are ROM_DATA, read by rom8 and its like. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef _Bool bool;
enum { false, true };

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PACKED __attribute__((packed))
#define ROM_DATA __attribute__((section(".rom")))

struct far_pointer { u16 offset, segment; } PACKED;

/* IBM PS/2 and PC BIOS Interface Technical Reference, "Data areas": offsets are from 0040:0000. */
struct bda {
    u8 before_10[0x10];
    u8 equipment, before_49[0x38];
    u8 mode; u16 columns, page_bytes, page_start;                        /* 49 */
    u16 cursor[8], cursor_shape; u8 page; u16 crtc;                      /* 50 */
    u8 cga_mode, cga_palette, before_84[0x1d];                           /* 65 */
    u8 rows_less_one; u16 height;                                        /* 84 */
    u8 info, switches, flags, display;                                   /* 87; display: row of the display code table */
    u8 before_a8[0x1d];
    struct far_pointer save_table; u8 before_ba[0x0e];                   /* A8 */
    u16 vbe_mode;                                                        /* BA, where Bochs's VGABIOS has it */
} PACKED;
#define BDA ((volatile struct bda __seg_fs *)0)

enum { INFO_NO_EMULATION = 1, INFO_MONO = 2, INFO_NOT_CLEARED = 0x80 };                 /* 40:87 */
enum { FLAG_VGA = 1, FLAG_GRAY = 2, FLAG_NO_PALETTE = 8, FLAG_400_LINES = 0x10, FLAG_200_LINES = 0x80 };  /* 40:89 */

/* The caller's registers, as the entry pushed them. */
struct frame {
    union { u32 edi; u16 di; };
    union { u32 esi; u16 si; };
    union { u32 ebp; u16 bp; };
    u32 esp;
    union { u32 ebx; u16 bx; struct { u8 bl, bh; }; };
    union { u32 edx; u16 dx; struct { u8 dl, dh; }; };
    union { u32 ecx; u16 cx; struct { u8 cl, ch; }; };
    union { u32 eax; u16 ax; struct { u8 al, ah; }; };
    u16 gs, fs, es, ds, ip, cs, flags;
};

/* --- the processor --- */

static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outb(u16 port, u8 v) { __asm__ volatile("outb %0,%1" : : "a"(v), "Nd"(port)); }

static inline u8 rom8(const void *p) { u8 v; __asm__("movb %%cs:(%1),%0" : "=q"(v) : "r"(p)); return v; }
static inline u16 rom16(const void *p) { u16 v; __asm__("movw %%cs:(%1),%0" : "=r"(v) : "r"(p)); return v; }

static inline u8 peek8(u16 segment, u16 offset)
{
    u8 v;
    __asm__ volatile("movw %1,%%gs\n\tmovb %%gs:(%2),%0" : "=q"(v) : "r"(segment), "r"((u32)offset) : "memory");
    return v;
}
static inline u16 peek16(u16 segment, u16 offset)
{
    u16 v;
    __asm__ volatile("movw %1,%%gs\n\tmovw %%gs:(%2),%0" : "=r"(v) : "r"(segment), "r"((u32)offset) : "memory");
    return v;
}
static inline void poke8(u16 segment, u16 offset, u8 v)
{
    __asm__ volatile("movw %0,%%gs\n\tmovb %1,%%gs:(%2)" : : "r"(segment), "q"(v), "r"((u32)offset) : "memory");
}
static inline void poke16(u16 segment, u16 offset, u16 v)
{
    __asm__ volatile("movw %0,%%gs\n\tmovw %1,%%gs:(%2)" : : "r"(segment), "r"(v), "r"((u32)offset) : "memory");
}

/* header.S: runs of words and bytes within one segment, upwards. */
void fill_words(u16 segment, u16 offset, u16 value, u32 words);
void copy_words(u16 segment, u16 to, u16 from, u32 words);
void copy_bytes(u16 segment, u16 to, u16 from, u32 bytes);
/* Bytes of the ROM or of the caller to video memory. */
void copy_in(u16 segment, u16 to, u16 from_segment, u32 from, u32 bytes);
u16 rom_segment(void);

/* --- the chip: ports of "Video Subsystem", IBM VGA Technical Reference --- */

enum { PORT_ATTRIBUTE = 0x3c0, PORT_MISC_WRITE = 0x3c2, PORT_ENABLE = 0x3c3, PORT_SEQUENCER = 0x3c4, PORT_DAC_MASK = 0x3c6, PORT_DAC_READ = 0x3c7,
       PORT_DAC_WRITE = 0x3c8, PORT_DAC_DATA = 0x3c9, PORT_MISC_READ = 0x3cc, PORT_GRAPHICS = 0x3ce };

static inline void indexed_write(u16 port, u8 index, u8 v) { outb(port, index); outb(port + 1, v); }
static inline u8 indexed_read(u16 port, u8 index) { outb(port, index); return inb(port + 1); }
static inline void sequencer(u8 index, u8 v) { indexed_write(PORT_SEQUENCER, index, v); }
static inline void graphics(u8 index, u8 v) { indexed_write(PORT_GRAPHICS, index, v); }
static inline void crtc(u8 index, u8 v) { indexed_write(BDA->crtc, index, v); }

/* palette.c: a register of the attribute controller; the screen is on afterwards. */
void attribute_write(u8 index, u8 v);
u8 attribute_read(u8 index);
void dac_write(u8 index, u8 red, u8 green, u8 blue);
void dac_load_default(unsigned mode);
/* The palette and the border also go to the dynamic save area, where a program gave one. */
void palette_remember(void);
void palette_service(struct frame *f);
void cga_palette_service(struct frame *f);

/* --- modes.c --- */

enum kind { KIND_TEXT, KIND_CGA4, KIND_CGA2, KIND_PLANAR, KIND_LINEAR };

/* 64 bytes a mode, the layout that 40:A8 promises to programs. */
struct parameters {
    u8 columns, rows_less_one, height; u16 page_bytes;
    u8 sequencer[4], misc, crtc[25], attribute[20], graphics[9];
} PACKED;
extern const struct parameters parameter_table[29];

enum kind mode_kind(void);
u16 video_segment(void);
void mode_set(u8 mode);
/* An entry of the table at 40:A8h; 0:0 where nothing is given. */
enum save_entry { SAVE_PARAMETERS, SAVE_PALETTE, SAVE_TEXT_FONT, SAVE_GRAPHICS_FONT };
struct far_pointer save_pointer(enum save_entry n);
void mode_get(struct frame *f);
void screen_off(bool off);
/* An interrupt vector to a place in this ROM. */
void set_vector(u8 number, const void *offset);

/* The registers and tables of a mode, as mode_set, without memory; and what 40:49h says of a mode of other sizes. */
void mode_registers(u8 mode);
void mode_areas_for_dots(u16 width, u16 height);

/* --- vbe.c --- */
bool vbe_present(void);
void vbe_leave(void);                          /* back to the VGA's own modes */
bool vbe_mode_set(u16 wanted);
bool vbe_without_text(void);                   /* a mode is shown in which characters cannot be drawn */
void vbe_service(struct frame *f);

/* --- cirrus.c --- */
void cirrus_post(void);
bool cirrus_service(struct frame *f);          /* AH=12h, BL=80h and up; false: not there */

/* --- text.c --- */
void cursor_shape_set(u16 shape);
void cursor_set(u8 page, u16 position);
void page_select(u8 page);
void scroll(struct frame *f, bool up);
void scroll_window(bool up, u8 lines, u8 attribute, u16 from, u16 to, u8 page);
void character_read(struct frame *f);
void characters_write(u8 c, u8 attribute, bool with_attribute, u8 page, u16 count);
void teletype(u8 c, u8 attribute, u8 page, bool with_attribute);
void string_write(struct frame *f);

void print_screen(void);

/* --- graphics.c --- */
void pixel_write(struct frame *f);
void pixel_read(struct frame *f);
void glyph_draw(u8 c, u8 color, u8 column, u8 row, u8 page);
u8 glyph_find(u8 column, u8 row, u8 page);
void graphics_scroll(bool up, u8 lines, u8 color, u16 from, u16 to, u8 page);

/* --- font.c --- */
extern const u8 font8x8[], font8x14[], font8x16[], alternates9x14[], alternates9x16[];
void font_load(u16 segment, u16 offset, u8 height, u16 first, u16 count, u8 block);
void font_load_for_text(u8 height);
/* INT 43h: the font of characters in graphics modes. */
void graphics_font_set(u16 segment, u16 offset);
u16 font_offset(u8 height);
/* After a mode set: fonts that a program gave for this mode. */
void font_overrides(void);
void font_service(struct frame *f);

/* --- state.c --- */
u8 pages_of_mode(void);
enum { DISPLAY_VGA_COLOUR = 0x0b };
extern const u8 display_codes[];               /* header.S: rows, version, highest code, 0; then pairs */
void alternate_service(struct frame *f);
void display_service(struct frame *f);
void state_information(struct frame *f);
void state_save_restore(struct frame *f);

#endif
