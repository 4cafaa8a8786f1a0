#ifndef ORRERY_CHIP_VGA_CORE_H
#define ORRERY_CHIP_VGA_CORE_H
/* IBM VGA: the chip's state and what the board joins to it.                                  doc: vga
 * vga_registers.c ports · vga_dispi.c and vga_cirrus.c modes beyond it · vga_memory.c planes · vga_timing.c the beam · vga_picture.h what is seen. */
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/chip/ddc_monitor.h"
#include "devices/chip/vga_cirrus.h"
#include "devices/chip/vga_dispi.h"

enum { VGA_PLANE_BYTES = 65536, VGA_WINDOW_BYTES = 0x20000, VGA_PAGE_BYTES = 4096, VGA_MEMORY_LEAST = 4 * VGA_PLANE_BYTES,
       VGA_MEMORY_MOST = 32 << 20, VGA_PAGES_MOST = VGA_MEMORY_MOST / VGA_PAGE_BYTES };

#define VGA_STATE(ONE, MANY) \
    /*    type  name           unit     min   max  meaning                                                        */ \
    MANY(u8,   latch, 4,        "",      0, 0xff, "latches, filled by every read")                                   \
    MANY(u8,   seq, 8,          "bits",  0, 0xff, "sequencer registers")                                             \
    MANY(u8,   gc, 16,          "bits",  0, 0xff, "graphics controller registers")                                   \
    MANY(u8,   crtc, 32,        "bits",  0, 0xff, "CRT controller registers")                                        \
    MANY(u8,   attr, 32,        "bits",  0, 0xff, "attribute controller registers: palette 0-15, then 10h-14h")      \
    MANY(u8,   dac, 768,        "",      0, 0xff, "palette DAC, 6 or 8 bits each of red, green, blue")               \
    ONE (u8,   dac_bits,        "bits",  6,    8, "width of a component")                                            \
    ONE (u8,   seq_index,       "",      0,    7, "sequencer index")                                                 \
    ONE (u8,   gc_index,        "",      0,   15, "graphics controller index")                                       \
    ONE (u8,   crtc_index,      "",      0,   31, "CRT controller index")                                            \
    ONE (u8,   attr_index,      "bits",  0, 0x3f, "attribute index, PAS in bit 5")                                   \
    ONE (bool, attr_data_next,  "",      0,    1, "flip-flop: the next write to 3C0h is data")                       \
    ONE (u8,   misc,            "bits",  0, 0xff, "miscellaneous output register")                                   \
    ONE (u8,   feature,         "bits",  0, 0xff, "feature control register")                                        \
    ONE (bool, enabled,         "",      0,    1, "video subsystem enable, 3C3h bit 0")                              \
    ONE (u8,   pel_mask,        "bits",  0, 0xff, "DAC mask")                                                        \
    ONE (u8,   dac_address,     "",      0, 0xff, "DAC address register: the entry that the next transfer names")    \
    MANY(u8,   dac_value, 3,    "",      0, 0xff, "DAC colour value register")                                       \
    ONE (u8,   dac_part,        "",      0,    2, "component that comes next")                                       \
    ONE (u8,   dac_state,       "",      0,    3, "0 write cycle, 3 read cycle")                                     \
    ONE (u64,  raster_tick,     "tick",  0, UINT64_MAX, "when the beam stood at raster_dot: last change of timing")  \
    ONE (u64,  raster_dot,      "dots",  0, UINT64_MAX, "dots since the first dot of the frame, then")               \
    ONE (u64,  raster_frame,    "",      0, UINT64_MAX, "frames shown before that frame")                            \
    ONE (bool, retrace_pending, "",      0,    1, "vertical retrace interrupt latch")                                \
    ONE (event, retrace,        "tick",  0, UINT64_MAX, "next vertical retrace, while the latch waits for it")

struct vga {
    STATE_MEMBERS(VGA_STATE)
    struct vga_dispi dispi;
    struct vga_cirrus cirrus;
    struct ddc_monitor monitor;
    struct clock *clock;
    struct line *irq;            /* wire: vertical retrace interrupt; NULL where the board joins none */
    u8 *memory;                  /* display memory: state too, the board's as RAM is; a power of 2 from 256 KiB to 32 MiB */
    u32 memory_bytes;
    void *board;                 /* wire: the window or the frame buffer is another than before; NULL: nobody asks */
    void (*window_changed)(void *board);
    /* derived */
    u8 *window;                  /* memory that A0000h to AFFFFh are, where the chip does nothing to the bytes; NULL: it does */
    u32 linear_bytes;            /* bytes that the frame buffer has from its beginning, to which the chip does nothing */
    /* for the display, nothing that the guest sees: pages stored to since a picture was taken, and when they were */
    bool page_changed[VGA_PAGES_MOST];
    u32 page_stamp[VGA_PAGES_MOST], stamp;
};

extern const struct state_layout vga_state;

void vga_init(struct vga *v, struct clock *clock, u8 *memory, u32 memory_bytes);
void vga_reset(struct vga *v);
u8 vga_port_read(void *chip, unsigned reg);              /* reg = port - 3B0h, 0 to 2Fh */
void vga_port_write(void *chip, unsigned reg, u8 value);
/* Index (reg 0) and data (1) of the display interface, by words. */
u32 vga_dispi_port_read(void *chip, unsigned reg, unsigned size_bytes);
void vga_dispi_port_write(void *chip, unsigned reg, unsigned size_bytes, u32 value);

/* Where plane 0 has offset o, the other planes behind it.  The lowest bits of o stand highest, so that the bytes of chain-4, which
 * uses every fourth offset of each plane, lie in a row as the processor sees them. */
static inline u32 vga_quad_at(u32 offset)
{
    return 4 * ((offset & ~(u32)(VGA_PLANE_BYTES - 1)) | (offset & (VGA_PLANE_BYTES - 1)) >> 2 | (offset & 3) << 14);
}

/* The memory window: offset from A0000h; what is not decoded reads as ones. */
u8 vga_memory_read(void *chip, u32 offset);
void vga_memory_write(void *chip, u32 offset, u8 value);
/* size_bytes 1, 2, 4 or 8, low byte first: the same bytes in the same order, decoded once. */
u64 vga_memory_read_wide(void *chip, u32 offset, unsigned size_bytes);
void vga_memory_write_wide(void *chip, u32 offset, unsigned size_bytes, u64 value);
/* Where the window answers: the offset from A0000h becomes one from its beginning. */
bool vga_window_offset(const struct vga *v, u32 *offset);
/* A byte as chain-4 has it, with the latches and all that the graphics controller does.  at < memory_bytes. */
u8 vga_packed_read(struct vga *v, u32 at);
void vga_packed_write(struct vga *v, u32 at, u8 value);
/* After a change of registers that window and frame buffer hang on: works them out and tells the board. */
void vga_window_update(struct vga *v);

/* Entries keep their colours. */
void vga_set_dac_bits(struct vga *v, unsigned bits);

void vga_stamp_changes(struct vga *vga);                  /* pages that have changed have another stamp from now on */
const char *vga_invariant(const struct vga *v);

/* The beam now, from the CRTC and the dot clock (vga_timing.c). */
bool vga_in_vertical_retrace(const struct vga *v);
bool vga_display_disabled(const struct vga *v);          /* input status 1 bit 0: blanked or retracing */
u64 vga_frames(const struct vga *v);                     /* frames since power-on: blinking */

#endif
