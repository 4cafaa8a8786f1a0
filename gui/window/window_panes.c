/* The debugger's panes: characters that came through the mailbox are drawn, keys and clicks go back.              doc: panes */
#include "gui/window/window.h"

#include <stdio.h>
#include <string.h>

#include "gui/panes/cells.h"
#include "gui/panes/panes.h"

enum { OPEN_WIDTH = 1280, OPEN_HEIGHT = 800 };

/* Dots of the screen a dot of the font is: on screens whose windows count in larger units. */
static int times(const struct window *w)
{
    int width, height, dots_x, dots_y;

    SDL_GetWindowSize(w->sdl, &width, &height);
    SDL_GetRendererOutputSize(w->renderer, &dots_x, &dots_y);
    return width > 0 && dots_x >= 2 * width ? dots_x / width : 1;
}

/* A window of the usual size is too small for everything at once. */
static void grow(struct window *w)
{
    SDL_Rect room;
    int x, y, width, height;

    SDL_GetWindowSize(w->sdl, &width, &height);
    if (w->full_screen || (width >= OPEN_WIDTH && height >= OPEN_HEIGHT) || SDL_GetDisplayUsableBounds(SDL_GetWindowDisplayIndex(w->sdl), &room)) return;
    SDL_GetWindowPosition(w->sdl, &x, &y);
    width = width > OPEN_WIDTH ? width : room.w < OPEN_WIDTH ? room.w : OPEN_WIDTH;
    height = height > OPEN_HEIGHT ? height : room.h < OPEN_HEIGHT ? room.h : OPEN_HEIGHT;
    if (x + width > room.x + room.w) x = room.x + room.w - width;
    if (y + height > room.y + room.h) y = room.y + room.h - height;
    SDL_SetWindowSize(w->sdl, width, height);
    SDL_SetWindowPosition(w->sdl, x, y);
}

bool window_panes_see(struct window *w)
{
    bool shown = w->cells.shown, keys = w->cells.keys;

    if (!mailbox_see_cells(w->box, &w->cells_seen, &w->cells)) return false;
    w->cells_changed = true;
    if (w->cells.shown && !shown) grow(w);
    if (w->cells.keys && !keys) {
        window_release_keys(w);
        window_capture(w, false);
        SDL_ShowCursor(SDL_ENABLE);
    }
    return true;
}

void window_panes_fit(struct window *w)
{
    int dots_x, dots_y, each = times(w);

    if (!w->cells.shown) return;
    SDL_GetRendererOutputSize(w->renderer, &dots_x, &dots_y);
    struct mail mail = { .kind = MAIL_PANE_SIZE, .dx = dots_x / (CANVAS_GLYPH_WIDTH * each), .dy = dots_y / (CANVAS_GLYPH_HEIGHT * each) };
    if ((mail.dx == w->columns && mail.dy == w->rows) || !mailbox_post(w->box, &mail)) return;
    w->columns = mail.dx;
    w->rows = mail.dy;
}

SDL_Rect window_screen(const struct window *w)
{
    const struct cells_region *s = &w->cells.screen;
    int each = times(w), width = CANVAS_GLYPH_WIDTH * each, height = CANVAS_GLYPH_HEIGHT * each;
    SDL_Rect whole = { 0, 0, 0, 0 };

    if (w->cells.shown) return (SDL_Rect){ s->x * width, s->y * height, s->width * width, s->height > 0 ? s->height * height : 0 };
    SDL_GetRendererOutputSize(w->renderer, &whole.w, &whole.h);
    return whole;
}

/* --- drawn --- */

void window_panes_free(struct window *w)
{
    canvas_close(&w->canvas);
    if (w->text) SDL_DestroyTexture(w->text);
    w->text = NULL;
}

static bool prepare(struct window *w, unsigned width, unsigned height)
{
    if (w->text && w->canvas.width == width && w->canvas.height == height) return true;
    window_panes_free(w);
    w->cells_changed = true;
    w->text = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING, (int)width, (int)height);
    return w->text && canvas_open(&w->canvas, width, height, cell_color_rgb(COLOR_PAPER));
}

void window_panes_draw(struct window *w)
{
    u32 paper = cell_color_rgb(COLOR_PAPER);
    unsigned width = w->cells.columns * CANVAS_GLYPH_WIDTH, height = w->cells.rows * CANVAS_GLYPH_HEIGHT;
    int each = times(w);
    SDL_Rect at = { 0, 0, (int)width * each, (int)height * each };

    if (!w->cells.shown || !prepare(w, width, height)) return;
    if (w->cells_changed) {
        cells_draw(&w->cells, &w->canvas, 1);
        SDL_UpdateTexture(w->text, NULL, w->canvas.pixel, (int)(width * sizeof w->canvas.pixel[0]));
    }
    w->cells_changed = false;
    u8 red, green, blue, alpha;
    SDL_GetRenderDrawColor(w->renderer, &red, &green, &blue, &alpha);
    SDL_SetRenderDrawColor(w->renderer, (u8)(paper >> 16), (u8)(paper >> 8), (u8)paper, 255);
    SDL_RenderClear(w->renderer);
    SDL_RenderCopy(w->renderer, w->text, NULL, &at);
    SDL_SetRenderDrawColor(w->renderer, red, green, blue, alpha);
}

/* --- keys and mouse --- */

static void place(const struct window *w, int x, int y, struct mail *mail)
{
    int width, height, dots_x, dots_y, each = times(w);

    SDL_GetWindowSize(w->sdl, &width, &height);
    SDL_GetRendererOutputSize(w->renderer, &dots_x, &dots_y);
    mail->dx = width > 0 ? x * dots_x / width / (CANVAS_GLYPH_WIDTH * each) : 0;
    mail->dy = height > 0 ? y * dots_y / height / (CANVAS_GLYPH_HEIGHT * each) : 0;
}

static bool on_screen(const struct window *w, const struct mail *at) { return cells_contains(w->cells.screen, at->dx, at->dy); }

static void put_in(struct window *w)
{
    char *clipboard = SDL_GetClipboardText();
    struct mail mail = { .kind = MAIL_PANE_TEXT };

    if (clipboard) snprintf(mail.text, sizeof mail.text, "%s", clipboard);
    mailbox_post(w->box, &mail);
    SDL_free(clipboard);
}

/* Keys that write a character come as text. */
static bool key(struct window *w, const SDL_KeyboardEvent *e)
{
    struct mail mail = { .kind = MAIL_PANE_KEY, .usage = (u8)e->keysym.scancode };
    unsigned mod = e->keysym.mod;

    if (!w->cells.keys || (e->type == SDL_KEYDOWN && window_hot_key(e))) return false;
    if (e->type == SDL_KEYUP) return !w->held[e->keysym.scancode & 0xff];
    mail.buttons = (mod & KMOD_SHIFT ? PANES_SHIFT : 0) | (mod & KMOD_CTRL ? PANES_CONTROL : 0) | (mod & KMOD_ALT ? PANES_ALT : 0);
    if (mail.buttons == PANES_CONTROL && e->keysym.scancode == SDL_SCANCODE_V) {
        put_in(w);
        return true;
    }
    bool writes = e->keysym.sym >= ' ' && e->keysym.sym < 127 && !(mail.buttons & PANES_CONTROL);
    if (!writes && e->keysym.scancode < 256) mailbox_post(w->box, &mail);
    return true;
}

static bool text(struct window *w, const SDL_TextInputEvent *e)
{
    struct mail mail = { .kind = MAIL_PANE_TEXT };

    if (!w->cells.keys || SDL_GetModState() & KMOD_CTRL) return true;
    snprintf(mail.text, sizeof mail.text, "%s", e->text);
    mailbox_post(w->box, &mail);
    return true;
}

/* On the screen, and while the guest has the keys, the mouse is the guest's; a click elsewhere takes them back. */
static bool button(struct window *w, const SDL_MouseButtonEvent *e)
{
    struct mail mail = { .kind = MAIL_PANE_CLICK };

    if (w->captured) return false;
    place(w, e->x, e->y, &mail);
    if (!w->cells.keys && on_screen(w, &mail)) return false;
    if (e->type == SDL_MOUSEBUTTONDOWN && e->button == SDL_BUTTON_LEFT) mailbox_post(w->box, &mail);
    return true;
}

static bool wheel(struct window *w, const SDL_MouseWheelEvent *e)
{
    struct mail mail = { .kind = MAIL_PANE_WHEEL, .dz = e->direction == SDL_MOUSEWHEEL_FLIPPED ? e->y : -e->y };
    int x, y;

    if (w->captured) return false;
    SDL_GetMouseState(&x, &y);
    place(w, x, y, &mail);
    if (!w->cells.keys && on_screen(w, &mail)) return false;
    if (mail.dz) mailbox_post(w->box, &mail);
    return true;
}

static bool motion(struct window *w, const SDL_MouseMotionEvent *e)
{
    struct mail at = { 0 };

    if (w->captured) return false;
    place(w, e->x, e->y, &at);
    if (!w->cells.keys && on_screen(w, &at)) return false;
    SDL_ShowCursor(SDL_ENABLE);
    return true;
}

bool window_panes_event(struct window *w, const SDL_Event *e)
{
    if (!w->cells.shown) return false;
    switch (e->type) {
    case SDL_KEYDOWN: case SDL_KEYUP: return key(w, &e->key);
    case SDL_TEXTINPUT: return text(w, &e->text);
    case SDL_MOUSEBUTTONDOWN: case SDL_MOUSEBUTTONUP: return button(w, &e->button);
    case SDL_MOUSEWHEEL: return wheel(w, &e->wheel);
    case SDL_MOUSEMOTION: return motion(w, &e->motion);
    default: return false;
    }
}
