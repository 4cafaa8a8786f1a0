#ifndef ORRERY_BOARD_ARRIVAL_H
#define ORRERY_BOARD_ARRIVAL_H
/* The receiving side of devices/board/passage.h.                                           doc: migration */
#include "devices/board/passage.h"
#include "devices/machine.h"

struct arrival {
    struct peer peer;
    char *config, *media;
    struct image_heritage heritage;
    bool mirrors, is_volatile;
};

bool arrival_take_files(struct arrival *a, struct error *err);           /* of the section that was heard last */

#endif
