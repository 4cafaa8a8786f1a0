#ifndef ORRERY_CHIP_VGA_PICTURE_H
#define ORRERY_CHIP_VGA_PICTURE_H
/* What a monitor would show: a copy of the chip's display state, and pure functions of it.   doc: vga */
#include "devices/chip/vga_core.h"

enum { VGA_MAX_WIDTH = 1024, VGA_MAX_HEIGHT = 1024 };

/* Plain data, no pointers: it may be copied to another thread or process. */
struct vga_picture {
    u8 seq[8], gc[16], crtc[32], attr[32], dac[768];
    u8 misc, pel_mask;
    bool shown;                                          /* PAS is set and the screen is not switched off */
    bool cursor_phase, blink_phase;                      /* blinking things are visible */
    u64 frames;                                          /* shown since power-on */
    u8 vram[4 * VGA_PLANE_BYTES];                        /* byte of plane p at offset o in [4 * o + p]; fonts in plane 2 */
};

struct vga_frame {
    unsigned width, height;                              /* dots and lines, at most VGA_MAX_*; shown at 4:3 */
    u32 border;                                          /* overscan colour, XRGB */
    u32 pixel[VGA_MAX_WIDTH * VGA_MAX_HEIGHT];           /* XRGB8888, rows of `width` */
};

void vga_take_picture(const struct vga *v, struct vga_picture *picture);

/* Native size: 720x400 text, 640x480 mode 12h; a divided dot clock gives dots twice, so 320x200 modes are 640x400. */
void vga_render(const struct vga_picture *picture, struct vga_frame *frame);

/* The text screen as UTF-8 lines ended by '\n', trailing blanks cut; "" in graphics. Bytes written without the NUL. */
size_t vga_text(const struct vga_picture *picture, char *utf8, size_t size);

/* The cells of a text screen, for a display that shows text as text. */
struct vga_cell {
    u16 unicode;
    u32 fore, back;                                      /* XRGB */
};
struct vga_text_screen {
    unsigned columns, rows, cursor_column, cursor_row;
    bool text, cursor_visible;                           /* text: false in graphics and while nothing is shown */
    struct vga_cell cell[256 * 128];                     /* rows of `columns` */
};
void vga_text_cells(const struct vga_picture *picture, struct vga_text_screen *screen);

u16 cp437_unicode(u8 code);                              /* as a text screen shows it: 01h is a smiling face */
size_t utf8_put(char *at, u32 unicode);                  /* 1 to 3 bytes, no NUL */

#endif
