#ifndef ORRERY_BOARD_SHELF_H
#define ORRERY_BOARD_SHELF_H
/* Media that have been in a drive since the past is kept: the past shows them in their drives again.               doc: time-travel
 * One that is taken out stays open, without a lock: others may have it. What it was is known only while nobody has changed its file. */
#include "cpu/base/error.h"
#include "devices/storage/disk_image.h"

struct machine;

enum { SHELF_MOST = 16 };

struct shelf {
    struct shelf_medium {
        struct disk_image *image;
        unsigned drive;                  /* as board_image_at counts */
        enum disk_image_mode mode;
        char *path;                      /* as it was said when it went in */
        bool out;                        /* at present it is in no drive, and unlocked */
    } medium[SHELF_MOST];
    unsigned count;
};

/* A medium goes in, or has been found in a drive; out of it.  False: the past cannot go on over it.  Nothing but present times count. */
bool shelf_takes_in(struct machine *m, unsigned drive, struct disk_image *image, const char *path, enum disk_image_mode mode);
bool shelf_takes_out(struct machine *m, unsigned drive, struct disk_image *image);
/* The medium that has been in this drive under this path: in the past that of then; at present one that nobody has changed since, and that is its lock's
 * owner again.  NULL: there is none. */
struct disk_image *shelf_find(struct machine *m, unsigned drive, const char *path, enum disk_image_mode mode);
/* False: err names a medium whose file somebody has changed since it was taken out. */
bool shelf_is_sound(const struct machine *m, struct error *err);
/* The moment that is shown becomes the present: what is in its drives is locked (false: err says what is in use); behind it the others are not. */
bool shelf_lock(struct machine *m, struct error *err);
void shelf_unlock(struct machine *m);
/* Those that are in no drive are closed, all are forgotten. */
void shelf_clear(struct machine *m);

/* A machine's drives hold other media from now on; of drives whose medium cannot be changed nothing happens. */
void shelf_put_into_drive(struct machine *m, unsigned drive, struct disk_image *image);
bool drive_is_removable(const struct machine *m, unsigned drive);

#endif
