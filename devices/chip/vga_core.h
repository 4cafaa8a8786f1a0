#ifndef ORRERY_CHIP_VGA_CORE_H
#define ORRERY_CHIP_VGA_CORE_H
/* IBM VGA: the chip's state and what the board joins to it.                                  doc: vga
 * vga_registers.c ports · vga_memory.c planes · vga_timing.c the beam · vga_picture.h what is seen. */
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { VGA_PLANE_BYTES = 65536, VGA_WINDOW_BYTES = 0x20000 };

#define VGA_STATE(ONE, MANY) \
    /*    type  name           unit     min   max  meaning                                                        */ \
    MANY(u8,   vram, 4 * VGA_PLANE_BYTES, "", 0, 0xff, "display memory, byte of plane p at offset o in [4 * o + p]") \
    MANY(u8,   latch, 4,        "",      0, 0xff, "latches, filled by every read")                                   \
    MANY(u8,   seq, 8,          "bits",  0, 0xff, "sequencer registers")                                             \
    MANY(u8,   gc, 16,          "bits",  0, 0xff, "graphics controller registers")                                   \
    MANY(u8,   crtc, 32,        "bits",  0, 0xff, "CRT controller registers")                                        \
    MANY(u8,   attr, 32,        "bits",  0, 0xff, "attribute controller registers: palette 0-15, then 10h-14h")      \
    MANY(u8,   dac, 768,        "",      0, 0x3f, "palette DAC, 6 bits each of red, green, blue")                    \
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
    MANY(u8,   dac_value, 3,    "",      0, 0x3f, "DAC colour value register")                                       \
    ONE (u8,   dac_part,        "",      0,    2, "component that comes next")                                       \
    ONE (u8,   dac_state,       "",      0,    3, "0 write cycle, 3 read cycle")                                     \
    ONE (u64,  raster_tick,     "tick",  0, UINT64_MAX, "when the beam stood at raster_dot: last change of timing")  \
    ONE (u64,  raster_dot,      "dots",  0, UINT64_MAX, "dots since the first dot of the frame, then")               \
    ONE (u64,  raster_frame,    "",      0, UINT64_MAX, "frames shown before that frame")                            \
    ONE (bool, retrace_pending, "",      0,    1, "vertical retrace interrupt latch")                                \
    ONE (event, retrace,        "tick",  0, UINT64_MAX, "next vertical retrace, while the latch waits for it")

struct vga {
    STATE_MEMBERS(VGA_STATE)
    struct clock *clock;
    struct line *irq;            /* wire: vertical retrace interrupt; NULL where the board joins none */
};

extern const struct state_layout vga_state;

void vga_init(struct vga *v, struct clock *clock);
void vga_reset(struct vga *v);
u8 vga_port_read(void *chip, unsigned reg);              /* reg = port - 3B0h, 0 to 2Fh */
void vga_port_write(void *chip, unsigned reg, u8 value);

/* The memory window: offset from A0000h; what is not decoded reads as ones. */
u8 vga_memory_read(void *chip, u32 offset);
void vga_memory_write(void *chip, u32 offset, u8 value);
/* size_bytes 1, 2, 4 or 8, low byte first: the same bytes in the same order, decoded once. */
u64 vga_memory_read_wide(void *chip, u32 offset, unsigned size_bytes);
void vga_memory_write_wide(void *chip, u32 offset, unsigned size_bytes, u64 value);

const char *vga_invariant(const struct vga *v);

/* The beam now, from the CRTC and the dot clock (vga_timing.c). */
bool vga_in_vertical_retrace(const struct vga *v);
bool vga_display_disabled(const struct vga *v);          /* input status 1 bit 0: blanked or retracing */
u64 vga_frames(const struct vga *v);                     /* frames since power-on: blinking */

#endif
