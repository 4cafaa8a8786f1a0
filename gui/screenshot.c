#include "gui/screenshot.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/chip/vga.h"
#include "devices/machine.h"

/* libpng's simplified interface: it reports by message, not by longjmp. */
static bool write_png(const struct vga_frame *frame, const char *path, struct error *err)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = frame->width, .height = frame->height, .format = PNG_FORMAT_BGRA };
    size_t count = (size_t)frame->width * frame->height;
    u32 *pixel = malloc(count * sizeof *pixel);

    for (size_t i = 0; i < count; i++) pixel[i] = frame->pixel[i] | 0xff000000;
    bool done = png_image_write_to_file(&image, path, 0, pixel, 0, NULL);
    free(pixel);
    return done || fail(err, "screenshot: %s: %s", path, image.message);
}

bool screenshot_write(struct machine *machine, const char *path, struct error *err)
{
    struct vga_frame *frame = malloc(sizeof *frame);
    char temporary[1100];

    machine_picture(machine, frame);
    snprintf(temporary, sizeof temporary, "%s.new", path);
    bool done = write_png(frame, temporary, err);
    free(frame);
    if (!done) {
        remove(temporary);
        return false;
    }
    return rename(temporary, path) == 0 || fail(err, "screenshot: %s: %s", path, strerror(errno));
}
