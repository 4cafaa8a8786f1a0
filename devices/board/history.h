#ifndef ORRERY_BOARD_HISTORY_H
#define ORRERY_BOARD_HISTORY_H
/* Where the machine has been, so that it can be there again.                               doc: time-travel */
#include "cpu/base/error.h"
#include "devices/storage/disk_image.h"

struct machine;
struct history;

/* For machine_run: the tick at which history wants to be asked, NEVER without one; and it is asked. */
u64 history_next_tick(const struct machine *m);
void history_see(struct machine *m);
/* What follows the machine's memory; NULL: nobody does. */
struct memory_tracker *history_tracker(struct machine *m);
/* A medium goes in, or out and stays open; false: the past cannot go on over it. */
bool history_takes_in(struct machine *m, unsigned drive, struct disk_image *image, const char *path, enum disk_image_mode mode);
bool history_takes_out(struct machine *m, unsigned drive, struct disk_image *image);
/* .. then what was before it cannot be shown any more. */
void history_medium_changed(struct machine *m);

#endif
