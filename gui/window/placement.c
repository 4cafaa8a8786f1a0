#include "gui/window/placement.h"

static struct placement centred(int window_width, int window_height, int width, int height)
{
    return (struct placement){
        .x = (window_width - width) / 2, .y = (window_height - height) / 2, .width = width, .height = height,
    };
}

struct placement place_shape(int window_width, int window_height, int x, int y)
{
    int width = window_width, height = (int)((s64)window_width * y / x);

    if (height > window_height) {
        height = window_height;
        width = (int)((s64)window_height * x / y);
    }
    return centred(window_width, window_height, width > 0 ? width : 1, height > 0 ? height : 1);
}

struct placement place_integer(int window_width, int window_height, int picture_width, int picture_height, int x, int y)
{
    int across = window_width / (picture_width > 0 ? picture_width : 1), down = window_height / (picture_height > 0 ? picture_height : 1);
    int times = across < down ? across : down;

    if (times < 1) return place_shape(window_width, window_height, x, y);
    return centred(window_width, window_height, picture_width * times, picture_height * times);
}

static int along(int at, int size, int most)
{
    s64 v = size > 1 ? (s64)at * most / (size - 1) : 0;
    return v < 0 ? 0 : v > most ? most : (int)v;
}

bool place_point(const struct placement *p, int x, int y, int most, int *across, int *down)
{
    *across = along(x - p->x, p->width, most);
    *down = along(y - p->y, p->height, most);
    return x >= p->x && x < p->x + p->width && y >= p->y && y < p->y + p->height;
}
