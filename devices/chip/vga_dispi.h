#ifndef ORRERY_CHIP_VGA_DISPI_H
#define ORRERY_CHIP_VGA_DISPI_H
/* Bochs's display interface: modes beyond the VGA's, and where their memory is seen.       doc: vga-dispi */
#include "cpu/base/state.h"

enum { DISPI_MAX_XRES = 2560, DISPI_MAX_YRES = 1600, DISPI_MAX_BPP = 32, DISPI_BANK_BYTES = 65536 };

enum dispi_register {
    DISPI_ID, DISPI_XRES, DISPI_YRES, DISPI_BPP, DISPI_ENABLE, DISPI_BANK, DISPI_VIRT_WIDTH, DISPI_VIRT_HEIGHT, DISPI_X_OFFSET,
    DISPI_Y_OFFSET, DISPI_VIDEO_MEMORY_64K, DISPI_DDC, DISPI_REGISTERS
};
enum { DISPI_ENABLED = 0x01, DISPI_GETCAPS = 0x02, DISPI_8BIT_DAC = 0x20, DISPI_LFB_ENABLED = 0x40, DISPI_NOCLEARMEM = 0x80,
       DISPI_DDC_CLOCK = 1, DISPI_DDC_DATA = 2 };

#define VGA_DISPI_STATE(ONE, MANY) \
    /*    type  name        unit      min     max  meaning                                                     */ \
    ONE (bool, present,     "",         0,      1, "the interface is there: vga: extension=vbe")                  \
    ONE (u16,  index,       "",         0, 0xffff, "register that the data port is")                              \
    ONE (u16,  id,          "",    0xb0c0, 0xb0c5, "version that software asked for")                             \
    ONE (u16,  xres,        "dots",     0,   2560, "width")                                                       \
    ONE (u16,  yres,        "lines",    0,   1600, "height")                                                      \
    ONE (u16,  bpp,         "bits",     4,     32, "depth: 4 8 15 16 24 32")                                      \
    ONE (u16,  enable,      "bits",     0,   0xe3, "ENABLED, GETCAPS, 8BIT_DAC, LFB_ENABLED, NOCLEARMEM")         \
    ONE (u16,  bank,        "64 KiB",   0,    511, "what A0000h to AFFFFh show")                                  \
    ONE (u16,  virt_width,  "dots",     0, 0xffff, "length of a line in memory")                                  \
    ONE (u16,  x_offset,    "dots",     0, 0xffff, "first dot that is shown")                                     \
    ONE (u16,  y_offset,    "lines",    0, 0xffff, "first line that is shown")

struct vga_dispi {
    STATE_MEMBERS(VGA_DISPI_STATE)
};
extern const struct state_layout vga_dispi_state;

struct vga;

void dispi_init(struct vga_dispi *d, bool present);
void dispi_reset(struct vga_dispi *d);
u16 dispi_read(const struct vga *v, unsigned reg);
void dispi_write(struct vga *v, unsigned reg, u16 value);

/* A mode of the interface is shown: packed pixels, or (4 bits a dot) the VGA's planes. */
bool dispi_shows(const struct vga_dispi *d);
bool dispi_shows_packed(const struct vga_dispi *d);
bool dispi_shows_planar(const struct vga_dispi *d);

/* Bytes of a line; planar: in each plane. */
u32 dispi_pitch(const struct vga_dispi *d);

const char *dispi_invariant(const struct vga *v);

#endif
