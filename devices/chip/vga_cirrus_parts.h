#ifndef ORRERY_CHIP_VGA_CIRRUS_PARTS_H
#define ORRERY_CHIP_VGA_CIRRUS_PARTS_H
/* What the files of the CL-GD5446 share: registers by the names of its manual.              doc: vga-cirrus */
#include "devices/chip/vga_core.h"

enum {
    SR2 = 0x02, SR6_KEY = 0x06, SR7_MODE = 0x07, SR8_DDC = 0x08, SRB_VCLK = 0x0b, SRE_VCLK = 0x0e, SRF_DRAM = 0x0f, SR10_X = 0x10, SR11_Y = 0x11, SR12_CURSOR = 0x12,
    SR13_PATTERN = 0x13, SR15_SCRATCH = 0x15, SR17_CONFIGURATION = 0x17, SR1B_VCLK = 0x1b, SR1E_VCLK = 0x1e, SR1F_MCLK = 0x1f,
    KEY = 0x12, LOCKED = 0x0f, SR7_PACKED = 1, SR12_ON = 1, SR12_DAC = 2, SR12_64 = 4, SR17_MMIO = 4, SR17_MMIO_LINEAR = 0x40,
    DDC_CLOCK_OUT = 1, DDC_DATA_OUT = 2, DDC_CLOCK_IN = 4, DDC_DATA_IN = 0x80
};
enum {
    GR0 = 0, GR1 = 1, GR5 = 5, GR9_OFFSET_0 = 0x09, GRA_OFFSET_1 = 0x0a, GRB_MODE = 0x0b, GR11 = 0x11, GR20_WIDTH = 0x20, GR22_HEIGHT = 0x22,
    GR24_DESTINATION_PITCH = 0x24, GR26_SOURCE_PITCH = 0x26, GR28_DESTINATION = 0x28, GR2A_DESTINATION = 0x2a, GR2C_SOURCE = 0x2c, GR2F_SKIP = 0x2f, GR30_MODE = 0x30,
    GR31_START = 0x31, GR32_ROP = 0x32, GR33_EXTENSIONS = 0x33, GR34_KEY = 0x34, GR38_KEY_MASK = 0x38,
    GRB_DUAL = 0x01, GRB_BY_8 = 0x02, GRB_EXTENDED = 0x04, GRB_LATCHES_8 = 0x08, GRB_WORDS = 0x10, GRB_16K = 0x20,
    GRB_NOT_PLAIN = GRB_BY_8 | GRB_EXTENDED | GRB_LATCHES_8 | GRB_WORDS,
    BLT_BUSY = 0x01, BLT_START = 0x02, BLT_RESET = 0x04, BLT_PROGRESS = 0x08, BLT_UPPER_HALF = 0x20, BLT_AUTOSTART = 0x80
};
enum { CR1A = 0x1a, CR1B = 0x1b, CR1D = 0x1d, CR1A_INTERLACED = 1 };

/* A byte of display memory, whatever the address: it wraps. */
static inline u8 cirrus_byte(const struct vga *v, u32 at) { return v->memory[at & (v->memory_bytes - 1)]; }
static inline void cirrus_put_byte(struct vga *v, u32 at, u8 value)
{
    at &= v->memory_bytes - 1;
    v->page_changed[at / VGA_PAGE_BYTES] = true;
    v->memory[at] = value;
}

/* vga_cirrus.c: a register of the graphics controller, past lock and index. */
u8 cirrus_gc_read(const struct vga *v, unsigned index);
void cirrus_gc_write(struct vga *v, unsigned index, u8 value);

/* vga_cirrus_blt.c */
void cirrus_blt_start(struct vga *v);
void cirrus_blt_reset(struct vga_cirrus *c);
bool cirrus_blt_waits(const struct vga_cirrus *c);       /* for the processor's data, or for it to read them */
void cirrus_blt_store(struct vga *v, unsigned size_bytes, u64 value);
u64 cirrus_blt_load(struct vga *v, unsigned size_bytes);

#endif
