#ifndef ORRERY_CHIP_VGA_H
#define ORRERY_CHIP_VGA_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"

enum { VGA_PLANE_BYTES = 65536, VGA_MAX_WIDTH = 1024, VGA_MAX_HEIGHT = 1024 };

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
    ONE (u8,   pel_mask,        "bits",  0, 0xff, "DAC mask")                                                        \
    ONE (u8,   dac_read,        "",      0, 0xff, "DAC read index")                                                  \
    ONE (u8,   dac_write,       "",      0, 0xff, "DAC write index")                                                 \
    ONE (u8,   dac_part,        "",      0,    2, "component that comes next")                                       \
    ONE (u8,   dac_state,       "",      0,    3, "0 write cycle, 3 read cycle")

struct vga {
    STATE_MEMBERS(VGA_STATE)
    struct clock *clock;
};

extern const struct state_layout vga_state;

void vga_init(struct vga *v, struct clock *clock);
void vga_reset(struct vga *v);
u8 vga_port_read(void *chip, unsigned reg);              /* reg = port - 3B0h */
void vga_port_write(void *chip, unsigned reg, u8 value);
u8 vga_memory_read(struct vga *v, u32 offset);           /* offset from A0000h, below 20000h; FFh where nothing is decoded */
void vga_memory_write(struct vga *v, u32 offset, u8 value);
const char *vga_invariant(const struct vga *v);

/* Timing from the CRTC and the dot clock (vga_timing.c). */
bool vga_in_vertical_retrace(const struct vga *v);
bool vga_display_disabled(const struct vga *v);          /* input status 1 bit 0: blanked or retracing */
u64 vga_frames(const struct vga *v);                     /* since tick 0: blinking */

/* The picture (vga_render.c): a pure function of state. */
struct vga_frame {
    unsigned width, height;                              /* dots and lines; shown at 4:3 */
    u32 pixel[VGA_MAX_WIDTH * VGA_MAX_HEIGHT];           /* 00RRGGBB, rows of `width` */
};
void vga_render(const struct vga *v, struct vga_frame *frame);
/* The text screen as UTF-8 lines, trailing blanks cut; "" in graphics. Bytes written without the NUL. */
size_t vga_text(const struct vga *v, char *text, size_t size);

#endif
