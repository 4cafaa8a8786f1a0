#include "gui/window/placement.h"

static struct placement centred(int window_width, int window_height, int width, int height)
{
    return (struct placement){
        .x = (window_width - width) / 2, .y = (window_height - height) / 2, .width = width, .height = height,
    };
}

struct placement place_4_3(int window_width, int window_height)
{
    int width = window_width, height = window_width * 3 / 4;

    if (height > window_height) {
        height = window_height;
        width = window_height * 4 / 3;
    }
    return centred(window_width, window_height, width > 0 ? width : 1, height > 0 ? height : 1);
}

struct placement place_integer(int window_width, int window_height, int picture_width, int picture_height)
{
    int x = window_width / (picture_width > 0 ? picture_width : 1), y = window_height / (picture_height > 0 ? picture_height : 1);
    int times = x < y ? x : y;

    if (times < 1) return place_4_3(window_width, window_height);
    return centred(window_width, window_height, picture_width * times, picture_height * times);
}
