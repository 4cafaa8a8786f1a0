#ifndef ORRERY_BIOS_VBE_H
#define ORRERY_BIOS_VBE_H
/* The display interface of the adapter, or what a Cirrus chip has in its place, and what VBE's functions share.   doc: vga-bios */
#include "vga.h"

/* Bochs VGABIOS, "VBE Display API". */
enum { DISPI_INDEX = 0x1ce, DISPI_DATA = 0x1cf };
enum { DISPI_ID, DISPI_XRES, DISPI_YRES, DISPI_BPP, DISPI_ENABLE, DISPI_BANK, DISPI_VIRT_WIDTH, DISPI_VIRT_HEIGHT, DISPI_X_OFFSET, DISPI_Y_OFFSET,
       DISPI_VIDEO_MEMORY_64K, DISPI_DDC };
enum { DISPI_ID_FIRST = 0xb0c0, DISPI_ID_LAST = 0xb0cf, DISPI_ENABLED = 0x01, DISPI_8BIT_DAC = 0x20, DISPI_LFB_ENABLED = 0x40, DISPI_NOCLEARMEM = 0x80 };
enum { DDC_CLOCK = 1, DDC_DATA = 2 };

static inline u16 inw(u16 port) { u16 v; __asm__ volatile("inw %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outw(u16 port, u16 v) { __asm__ volatile("outw %0,%1" : : "a"(v), "Nd"(port)); }
static inline u32 inl(u16 port) { u32 v; __asm__ volatile("inl %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outl(u16 port, u32 v) { __asm__ volatile("outl %0,%1" : : "a"(v), "Nd"(port)); }

static inline u16 dispi_get(u8 index) { outw(DISPI_INDEX, index); return inw(DISPI_DATA); }
static inline void dispi_put(u8 index, u16 v) { outw(DISPI_INDEX, index); outw(DISPI_DATA, v); }

bool dispi_present(void);                                /* vbe_modes.c */

/* cirrus.c */
struct vbe_mode;
bool cirrus_present(void);
bool cirrus_mode_possible(const struct vbe_mode *mode);
void cirrus_mode_begin(const struct vbe_mode *mode, u16 flags);
void cirrus_leave(void);
u16 cirrus_get(u8 index);
void cirrus_put(u8 index, u16 v);
void cirrus_pass(u16 segment, u16 at, bool saves);

/* Registers of the display interface, whichever adapter it is. */
static inline u16 display_get(u8 index) { return dispi_present() ? dispi_get(index) : cirrus_get(index); }
static inline void display_put(u8 index, u16 v)
{
    if (dispi_present()) dispi_put(index, v);
    else cirrus_put(index, v);
}

/* AX on return: AL = 4Fh, the function is there; AH what became of it.  VBE 3.0, "VBE Return Status". */
enum status { VBE_OK = 0x004f, VBE_FAILED = 0x014f, VBE_NOT_HERE = 0x024f, VBE_NOT_IN_THIS_MODE = 0x034f };

/* A mode as the table has it. */
struct vbe_mode {
    u16 number, width, height;
    u8 depth;
};
/* The index-th mode that memory has room for; false: there are no more. */
bool vbe_mode_at(unsigned index, struct vbe_mode *mode);
bool vbe_mode_find(u16 number, struct vbe_mode *mode);
u32 vbe_line_bytes(u16 dots, u8 depth);
u32 vbe_memory_bytes(void);

enum status vbe_information(struct frame *f);            /* vbe_modes.c: 4F00h, 4F01h */
enum status vbe_mode_information(struct frame *f);
enum status vbe_ddc(struct frame *f);                    /* vbe_ddc.c: 4F15h */

#endif
