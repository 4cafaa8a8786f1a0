#ifndef ORRERY_GUI_SCREENSHOT_H
#define ORRERY_GUI_SCREENSHOT_H
/* The guest's picture as a PNG file.                                                       doc: display
 * Written under a temporary name and renamed: a failure leaves an existing file as it was. */
#include "cpu/base/error.h"

#include "cpu/base/types.h"

struct machine;
struct vga_picture;

/* Any picture: rows of 0RGB from above. */
bool screenshot_pixels(const char *path, unsigned width, unsigned height, const u32 *pixels, struct error *err);
bool screenshot_picture(const char *path, const struct vga_picture *picture, struct error *err);
bool screenshot_write(struct machine *machine, const char *path, struct error *err);     /* as it stands now */

#endif
