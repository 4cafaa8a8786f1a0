#ifndef ORRERY_STORAGE_IMAGE_HERITAGE_H
#define ORRERY_STORAGE_IMAGE_HERITAGE_H
/* Files of images that another process had open and has given to this one.                 doc: migration
 * A descriptor that comes over a socket is the giver's own: with it comes its lock, which nobody can take in between. */
#include "devices/storage/image_file.h"

enum { HERITAGE_MOST = 64 };

struct image_heritage {
    struct inherited {
        char *what, *path;
        int fd;
    } file[HERITAGE_MOST];
    unsigned count;
};

/* The descriptor belongs to it from now on, in the place of another of that name; also when there is no room for it: false. */
bool image_heritage_add(struct image_heritage *heritage, const char *what, const char *path, int fd);
/* The file that was given under this name, as often as it is asked for; one that was not is opened by its path.  heritage: NULL: nothing was given. */
struct image_file *image_heritage_open(const struct image_heritage *heritage, const char *path, const char *what, enum disk_image_mode mode, struct error *err);
void image_heritage_free(struct image_heritage *heritage);

#endif
