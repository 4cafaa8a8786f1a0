#ifndef ORRERY_WINDOW_PLACEMENT_H
#define ORRERY_WINDOW_PLACEMENT_H
/* Where a picture lies in a window.                                                         doc: display */
#include "cpu/base/types.h"

struct placement {
    int x, y, width, height;
};

/* The largest rectangle of shape x:y in the middle of the window. */
struct placement place_shape(int window_width, int window_height, int x, int y);
/* The same number of screen dots for every dot of the picture; smaller than 1:1 falls back to the shape x:y. */
struct placement place_integer(int window_width, int window_height, int picture_width, int picture_height, int x, int y);

/* Where a place of the window lies in a placement, as 0 to `most` across and down; outside of it the nearest edge, and false. */
bool place_point(const struct placement *p, int x, int y, int most, int *across, int *down);

#endif
