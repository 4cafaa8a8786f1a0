#ifndef ORRERY_WINDOW_PLACEMENT_H
#define ORRERY_WINDOW_PLACEMENT_H
/* Where a picture lies in a window.                                                         doc: display */
struct placement {
    int x, y, width, height;
};

/* The largest 4:3 rectangle in the middle of the window: every VGA mode fills a 4:3 tube. */
struct placement place_4_3(int window_width, int window_height);
/* The same number of screen dots for every dot of the picture; smaller than 1:1 falls back to 4:3. */
struct placement place_integer(int window_width, int window_height, int picture_width, int picture_height);

#endif
