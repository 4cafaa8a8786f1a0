#include "gui/screenshot.h"

#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/chip/vga_picture.h"
#include "devices/machine.h"

/* libpng's simplified interface: it reports by message, not by longjmp. */
static bool write_png(unsigned width, unsigned height, const u32 *pixels, FILE *file, const char *path, struct error *err)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_BGRA };
    size_t count = (size_t)width * height;
    u32 *pixel = malloc(count * sizeof *pixel);

    if (!pixel) return fail(err, "screenshot: %s: no memory", path);
    for (size_t i = 0; i < count; i++) pixel[i] = pixels[i] | 0xff000000;
    bool done = png_image_write_to_stdio(&image, file, 0, pixel, 0, NULL);
    free(pixel);
    if (!done) return fail(err, "screenshot: %s: %s", path, image.message);
    return fflush(file) == 0 || fail(err, "screenshot: %s: %s", path, strerror(errno));
}

/* A device or a pipe is written to, not replaced. */
static bool is_no_file(const char *path)
{
    struct stat st;
    return !stat(path, &st) && !S_ISREG(st.st_mode);
}

static bool write_into(const char *path, unsigned width, unsigned height, const u32 *pixels, struct error *err)
{
    FILE *file = fopen(path, "wbe");

    if (!file) return fail(err, "screenshot: %s: %s", path, strerror(errno));
    bool done = write_png(width, height, pixels, file, path, err);
    return (fclose(file) == 0 || fail(err, "screenshot: %s: %s", path, strerror(errno))) && done;
}

bool screenshot_pixels(const char *path, unsigned width, unsigned height, const u32 *pixels, struct error *err)
{
    char temporary[4096];

    if (is_no_file(path)) return write_into(path, width, height, pixels, err);

    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return fail(err, "screenshot: the path is longer than %zu bytes", sizeof temporary - 8);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) return fail(err, "screenshot: %s: %s", path, strerror(errno));
    FILE *file = fdopen(fd, "wb");
    if (!file) {
        fail(err, "screenshot: %s: %s", path, strerror(errno));
        close(fd);
        remove(temporary);
        return false;
    }
    fchmod(fd, 0644);
    bool done = write_png(width, height, pixels, file, path, err);
    if (fclose(file) && done) done = fail(err, "screenshot: %s: %s", path, strerror(errno));
    if (done && rename(temporary, path)) done = fail(err, "screenshot: %s: %s", path, strerror(errno));
    if (!done) remove(temporary);
    return done;
}

bool screenshot_picture(const char *path, const struct vga_picture *picture, struct error *err)
{
    struct vga_frame *frame = calloc(1, sizeof *frame);

    if (!frame) return fail(err, "screenshot: %s: no memory", path);
    vga_render(picture, frame);
    bool done = screenshot_pixels(path, frame->width, frame->height, frame->pixel, err);
    free(frame);
    return done;
}

bool screenshot_write(struct machine *machine, const char *path, struct error *err)
{
    struct vga_picture *picture = calloc(1, sizeof *picture);

    if (!picture) return fail(err, "screenshot: %s: no memory", path);
    machine_take_picture(machine, picture);
    bool done = screenshot_picture(path, picture, err);
    free(picture);
    return done;
}
