#ifndef ORRERY_CHIP_VGA_PICTURE_H
#define ORRERY_CHIP_VGA_PICTURE_H
/* What a monitor would show: a copy of the chip's display state, and pure functions of it.   doc: vga */
#include "devices/chip/vga_core.h"

enum { VGA_MAX_WIDTH = DISPI_MAX_XRES, VGA_MAX_HEIGHT = DISPI_MAX_YRES };

/* What the monitor's image depends on beside memory.  Two of them are equal when their bytes are. */
struct vga_view {
    u8 seq[8], gc[16], crtc[32], attr[32], dac[768];
    u8 misc, pel_mask, dac_bits;
    bool shown;                                          /* PAS is set and the screen is not switched off */
    bool cursor_phase, blink_phase;                      /* blinking things are visible */
    u16 bpp, width, height;                              /* a mode beyond the VGA's; bpp 0: the VGA's registers say */
    u16 x_offset, y_offset;                              /* with 4 bits a dot */
    u32 first, pitch;                                    /* bytes: of the first dot; of a line there, of a plane with 4 bits a dot */
    u32 memory_bytes;
    u8 cursor_dots;                                      /* a hardware cursor of 32 or 64 dots, 0: none */
    u16 cursor_x, cursor_y;
    u32 cursor_at, cursor_colour[2];                     /* its pattern; XRGB, background and foreground */
};

/* Plain data without pointers: it may be copied to another thread or process.  Zeros are a picture that nothing was taken into:
 * each picture, and each copy of one, takes only the pages that have changed since. */
struct vga_picture {
    struct vga_view view;
    u32 stamp[VGA_PAGES_MOST];                           /* when the page was changed: another number, another content */
    u8 memory[VGA_MEMORY_MOST];                          /* pages that can be seen; plane p's offset o at vga_quad_at(o) + p */
};

/* Zeros are a frame that nothing was drawn into. */
struct vga_frame {
    unsigned width, height;                              /* dots and lines, at most VGA_MAX_* */
    unsigned shape_x, shape_y;                           /* how wide the picture is for its height: 4:3, or its dots are square */
    u32 border;                                          /* overscan colour, XRGB */
    struct vga_view view;                                /* what was drawn */
    u32 stamp[VGA_PAGES_MOST];
    u32 pixel[VGA_MAX_WIDTH * VGA_MAX_HEIGHT];           /* XRGB8888, rows of `width` */
};

/* Pages that can be seen: first and count. */
struct vga_pages {
    u32 first, count;
};
struct vga_pages vga_pages_seen(const struct vga_view *view);

/* Brings a picture up to date; false when it was. */
bool vga_take_picture(struct vga *v, struct vga_picture *picture);
/* The same from another picture, which may be in memory that somebody else writes: nothing is taken that cannot be drawn. */
bool vga_copy_picture(const struct vga_picture *from, struct vga_picture *picture);

/* Draws what is another than when the frame was drawn last.  Native size: 720x400 text, 640x480 mode 12h; a divided dot clock gives
 * dots twice, so 320x200 modes are 640x400. */
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
