#ifndef ORRERY_CHIP_VGA_CIRRUS_H
#define ORRERY_CHIP_VGA_CIRRUS_H
/* Cirrus Logic CL-GD5446: what it has beyond the VGA.                                       doc: vga-cirrus
 * The VGA's registers and planes stay the core's; the core asks here first for an access, and false means that it is the VGA's own. */
#include "cpu/base/state.h"

enum { CIRRUS_MEMORY_BYTES = 4 << 20, CIRRUS_APERTURE_BYTES = 32 << 20, CIRRUS_BLT_WIDTH_MOST = 8192, CIRRUS_MMIO_BYTES = 256 };

#define VGA_CIRRUS_STATE(ONE, MANY) \
    /*    type  name        unit      min     max  meaning                                                        */ \
    ONE (bool, present,     "",         0,      1, "the extensions are there: vga: extension=cirrus")                \
    ONE (u8,   seq_index,   "",         0,   0xff, "sequencer index with the cursor's low bits in 7-5")              \
    ONE (u8,   gc_index,    "",         0,   0x3f, "graphics controller index")                                      \
    ONE (u8,   crtc_index,  "",         0,   0x3f, "CRT controller index")                                           \
    MANY(u8,   seq, 32,     "bits",     0,   0xff, "SR6-SR1F; SR2 with all eight bits")                              \
    MANY(u8,   gc, 64,      "bits",     0,   0xff, "GR9-GR39; GR0, GR1 and GR5 with all eight bits")                 \
    MANY(u8,   crtc, 64,    "bits",     0,   0xff, "CR19-CR1E")                                                      \
    ONE (u16,  cursor_x,    "dots",     0,  0x7ff, "SR10: hardware cursor, from the left")                           \
    ONE (u16,  cursor_y,    "lines",    0,  0x7ff, "SR11: from the top")                                             \
    ONE (u8,   hidden,      "bits",     0,   0xff, "HDR, the hidden DAC register")                                   \
    ONE (u8,   mask_reads,  "",         0,      4, "reads of the PEL mask in a row; after four the HDR is there")    \
    MANY(u8,   dac, 48,     "",         0,   0x3f, "the DAC's extra entries: cursor background 0, foreground 15")    \
    MANY(u8,   latch, 8,    "",         0,   0xff, "eight-byte latches")                                             \
    ONE (u16,  blt_lines,   "lines",    0,   2048, "lines of a BitBLT that wait for the processor")                  \
    ONE (bool, blt_reads,   "",         0,      1, "it reads them; else it stores them")                             \
    ONE (u32,  blt_dst,     "",         0, UINT32_MAX, "where the next line goes")                                   \
    ONE (u32,  blt_src,     "",         0, UINT32_MAX, "where it comes from")                                        \
    ONE (u16,  blt_used,    "bytes",    0,   8192, "bytes of the line that the processor has stored or read")        \
    MANY(u8,   blt_line, CIRRUS_BLT_WIDTH_MOST, "", 0, 0xff, "the line")

struct vga_cirrus {
    STATE_MEMBERS(VGA_CIRRUS_STATE)
};
extern const struct state_layout vga_cirrus_state;

struct vga;
struct vga_view;

void cirrus_init(struct vga_cirrus *c, bool present);
void cirrus_reset(struct vga_cirrus *c);

/* --- what the core asks; true: the access was the extensions' --- */
bool cirrus_port_read(struct vga *v, unsigned reg, u8 *value);           /* registers by the core's numbers */
bool cirrus_port_write(struct vga *v, unsigned reg, u8 value);
bool cirrus_window_read(struct vga *v, u32 offset, unsigned size_bytes, u64 *value);
bool cirrus_window_write(struct vga *v, u32 offset, unsigned size_bytes, u64 value);
/* Three bytes of an extra entry of the DAC, while SR12 has the DAC lead there; NULL: the VGA's entry. */
u8 *cirrus_dac_entry(struct vga_cirrus *c, u8 address);
/* Dots a second of the clock that the miscellaneous output register names. */
void cirrus_dot_clock(const struct vga_cirrus *c, unsigned select, u64 *numerator, u64 *denominator);

/* Packed pixels are shown: SR7 bit 0. */
bool cirrus_shows(const struct vga_cirrus *c);
void cirrus_view(const struct vga *v, struct vga_view *view);
/* Memory that the 64 KiB at A0000h are; NULL: the chip has to do with each access. */
u8 *cirrus_window(const struct vga *v);
/* Bytes from the beginning of the frame buffer that are plain memory now. */
u32 cirrus_linear_bytes(const struct vga *v);

/* --- the PCI function's regions --- */
u64 cirrus_aperture_read(struct vga *v, u32 at, unsigned size_bytes);
void cirrus_aperture_write(struct vga *v, u32 at, unsigned size_bytes, u64 value);
u8 cirrus_mmio_read(struct vga *v, u32 at);              /* the BitBLT registers, 256 bytes */
void cirrus_mmio_write(struct vga *v, u32 at, u8 value);

const char *cirrus_invariant(const struct vga *v);

#endif
