#include "devices/storage/image_heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool image_heritage_add(struct image_heritage *h, const char *what, const char *path, int fd)
{
    struct inherited *file = &h->file[h->count];

    for (unsigned i = 0; i < h->count; i++) {
        if (strcmp(h->file[i].path, path) || strcmp(h->file[i].what, what)) continue;
        close(h->file[i].fd);
        h->file[i].fd = fd;
        return true;
    }
    if (h->count == HERITAGE_MOST) {
        close(fd);
        return false;
    }
    *file = (struct inherited){ .what = strdup(what), .path = strdup(path), .fd = fd };
    h->count++;
    return file->what && file->path;
}

struct image_file *image_heritage_open(const struct image_heritage *h, const char *path, const char *what, enum disk_image_mode mode, struct error *err)
{
    for (unsigned i = 0; h && i < h->count; i++) {
        if (strcmp(h->file[i].path, path) || strcmp(h->file[i].what, what)) continue;
        int fd = fcntl(h->file[i].fd, F_DUPFD_CLOEXEC, 0);
        if (fd >= 0) return image_file_adopt(fd, path, what, mode, err);
        fail(err, "%s: path=\"%s\": %s", what, path, strerror(errno));
        return NULL;
    }
    return image_file_open(path, what, mode, err);
}

void image_heritage_free(struct image_heritage *h)
{
    for (unsigned i = 0; i < h->count; i++) {
        close(h->file[i].fd);
        free(h->file[i].what);
        free(h->file[i].path);
    }
    h->count = 0;
}
