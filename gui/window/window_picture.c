#include "gui/window/window.h"

void window_picture_free(struct window *w)
{
    if (w->dots) SDL_DestroyTexture(w->dots);
    if (w->sharp) SDL_DestroyTexture(w->sharp);
    w->dots = w->sharp = NULL;
}

static SDL_Texture *texture(struct window *w, int access, int width, int height, SDL_ScaleMode mode)
{
    SDL_Texture *t = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888, access, width, height);
    if (t) SDL_SetTextureScaleMode(t, mode);
    return t;
}

/* Textures for a picture of this size, each dot `times` times. */
static bool prepare(struct window *w, int width, int height, int times)
{
    if (w->dots && w->dots_width == width && w->dots_height == height && w->times == times) return true;
    window_picture_free(w);
    w->dots_width = width;
    w->dots_height = height;
    w->times = times;
    w->dots = texture(w, SDL_TEXTUREACCESS_STREAMING, width, height, SDL_ScaleModeNearest);
    w->sharp = texture(w, SDL_TEXTUREACCESS_TARGET, width * times, height * times, SDL_ScaleModeLinear);
    return w->dots && w->sharp;
}

/* Whole dots first, then a smooth step to the rectangle: sharp edges, no dot wider than its neighbour. */
static int times_for(const struct placement *at, int width, int height)
{
    int x = (at->width + width - 1) / width, y = (at->height + height - 1) / height, times = x > y ? x : y;
    return times < 1 ? 1 : times > 4 ? 4 : times;
}

bool window_draw(struct window *w)
{
    int width, height, dots_x = (int)w->frame.width, dots_y = (int)w->frame.height;
    u32 border = w->frame.border;

    SDL_Rect area = window_screen(w);
    width = area.w;
    height = area.h;
    int x = (int)w->frame.shape_x, y = (int)w->frame.shape_y;
    struct placement p = w->integer ? place_integer(width, height, dots_x, dots_y, x, y) : place_shape(width, height, x, y);
    p.x += area.x;
    p.y += area.y;
    w->place = p;
    SDL_Rect at = { p.x, p.y, p.width, p.height };
    if (area.w > 0 && !prepare(w, dots_x, dots_y, times_for(&p, dots_x, dots_y))) return false;
    if (area.w > 0) {
        SDL_UpdateTexture(w->dots, NULL, w->frame.pixel, dots_x * (int)sizeof w->frame.pixel[0]);
        SDL_SetRenderTarget(w->renderer, w->sharp);
        SDL_RenderCopy(w->renderer, w->dots, NULL, NULL);
        SDL_SetRenderTarget(w->renderer, NULL);
    }
    SDL_SetRenderDrawColor(w->renderer, (u8)(border >> 16), (u8)(border >> 8), (u8)border, 255);
    SDL_RenderClear(w->renderer);
    window_panes_draw(w);
    if (w->cells.shown) SDL_RenderFillRect(w->renderer, &area);
    if (area.w > 0) SDL_RenderCopy(w->renderer, w->sharp, NULL, &at);
    SDL_RenderPresent(w->renderer);
    return true;
}
