#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gui/screenshot.h"
#include "gui/window/window.h"

enum { POINT_MOST = 32767 };
enum { USAGES = 0xe8 };          /* usages 0 to E7h are keys; SDL's scancodes are the same numbers */

void window_note(struct window *w, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(w->note, sizeof w->note, format, arguments);
    va_end(arguments);
    w->note_ms = SDL_GetTicks();
    w->title_due = true;
}

/* --- keys --- */

static void post_key(struct window *w, unsigned usage, bool down)
{
    struct mail mail = { .kind = MAIL_KEY, .usage = (u8)usage, .down = down };

    if (mailbox_post(w->box, &mail)) w->held[usage] = down;
}

void window_release_keys(struct window *w)
{
    for (unsigned usage = 0; usage < USAGES; usage++)
        if (w->held[usage]) post_key(w, usage, false);
}

/* --- hot keys: Ctrl+Alt and a letter --- */

static void paste(struct window *w)
{
    char *text = SDL_GetClipboardText();
    struct mail mail = { .kind = MAIL_PASTE };

    window_release_keys(w);
    if (text && text[0]) {
        snprintf(mail.text, sizeof mail.text, "%s", text);
        bool cut = strlen(text) >= sizeof mail.text;
        mailbox_post(w->box, &mail);
        window_note(w, cut ? "the first %zu characters are typed" : "%zu characters are typed", strlen(mail.text));
    }
    SDL_free(text);
}

static void screenshot(struct window *w)
{
    char name[64];
    struct error err = { 0 };

    do snprintf(name, sizeof name, "orrery-%03u.png", w->screenshots++);
    while (w->screenshots < 1000 && access(name, F_OK) == 0);
    if (screenshot_picture(name, &w->picture, &err)) window_note(w, "%s", name);
    else window_note(w, "%s", err.text);
}

static void full_screen(struct window *w)
{
    w->full_screen = !w->full_screen;
    SDL_SetWindowFullscreen(w->sdl, w->full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    w->redraw = true;
}

static void capture_or_release(struct window *w) { window_capture(w, !w->captured); }

static void scaling(struct window *w)
{
    w->integer = !w->integer;
    w->redraw = true;
    window_note(w, w->integer ? "whole dots" : "as large as it fits");
}

static void reset(struct window *w)
{
    struct mail mail = { .kind = MAIL_RESET };

    window_release_keys(w);
    mailbox_post(w->box, &mail);
}

static void debugger(struct window *w)
{
    struct mail mail = { .kind = MAIL_DEBUGGER };

    window_release_keys(w);
    window_capture(w, false);
    mailbox_post(w->box, &mail);
}

static void (*hot_key(SDL_Scancode key))(struct window *)
{
    static const struct { SDL_Scancode key; void (*act)(struct window *); } row[] = {
        { SDL_SCANCODE_F, full_screen }, { SDL_SCANCODE_G, capture_or_release }, { SDL_SCANCODE_V, paste },
        { SDL_SCANCODE_P, screenshot },  { SDL_SCANCODE_S, scaling },            { SDL_SCANCODE_R, reset },
        { SDL_SCANCODE_D, debugger },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        if (row[i].key == key) return row[i].act;
    return NULL;
}

bool window_hot_key(const SDL_KeyboardEvent *e) { return (e->keysym.mod & KMOD_CTRL) && (e->keysym.mod & KMOD_ALT) && hot_key(e->keysym.scancode); }

/* A hot key's own letter never reaches the guest: its release is dropped because its press was not posted. */
static void key(struct window *w, const SDL_KeyboardEvent *e)
{
    unsigned usage = e->keysym.scancode;
    bool down = e->type == SDL_KEYDOWN, hot = (e->keysym.mod & KMOD_CTRL) && (e->keysym.mod & KMOD_ALT);

    if (usage == 0 || usage >= USAGES || e->repeat) return;          /* the guest's keyboard repeats by itself */
    if (down && hot && hot_key(e->keysym.scancode)) {
        hot_key(e->keysym.scancode)(w);
        return;
    }
    if (down || w->held[usage]) post_key(w, usage, down);
}

/* --- mouse --- */

static void post_mouse(struct window *w, int dx, int dy, int dz)
{
    struct mail mail = { .kind = MAIL_MOUSE, .dx = dx, .dy = dy, .dz = dz, .buttons = w->buttons };
    mailbox_post(w->box, &mail);
}

/* The guest's tablet goes where the pointer is; the mouse is the other way, by capture. */
static bool points(const struct window *w) { return w->status.points && !w->captured; }

static void post_point(struct window *w, int dz)
{
    struct mail mail = { .kind = MAIL_POINT, .dx = w->x, .dy = w->y, .dz = dz, .buttons = w->buttons };
    mailbox_post(w->box, &mail);
}

/* Events count in the window's units, pictures are drawn in dots of the screen.  The guest draws a pointer of its own. */
static void point(struct window *w, int x, int y)
{
    int width, height, dots_x, dots_y;

    SDL_GetWindowSize(w->sdl, &width, &height);
    SDL_GetRendererOutputSize(w->renderer, &dots_x, &dots_y);
    if (width < 1 || height < 1) return;
    bool inside = place_point(&w->place, x * dots_x / width, y * dots_y / height, POINT_MOST, &w->x, &w->y);
    SDL_ShowCursor(inside ? SDL_DISABLE : SDL_ENABLE);
    post_point(w, 0);
}

void window_capture(struct window *w, bool captured)
{
    if (w->captured == captured) return;
    w->captured = captured;
    SDL_SetRelativeMouseMode(captured ? SDL_TRUE : SDL_FALSE);
    if (!captured && w->buttons) {
        w->buttons = 0;
        post_mouse(w, 0, 0, 0);
    }
    w->title_due = true;
}

/* Ctrl and the middle button capture and release the mouse, as in Bochs. */
static void button(struct window *w, const SDL_MouseButtonEvent *e)
{
    static const u8 bits[] = { [SDL_BUTTON_LEFT] = 1, [SDL_BUTTON_RIGHT] = 2, [SDL_BUTTON_MIDDLE] = 4, [SDL_BUTTON_X1] = 8, [SDL_BUTTON_X2] = 16 };
    unsigned bit = e->button < ARRAY_COUNT(bits) ? bits[e->button] : 0;
    bool down = e->type == SDL_MOUSEBUTTONDOWN;

    if (e->button == SDL_BUTTON_MIDDLE && down && SDL_GetModState() & KMOD_CTRL) {
        window_capture(w, !w->captured);
        return;
    }
    if ((!w->captured && !points(w)) || !bit) return;
    w->buttons = down ? w->buttons | bit : w->buttons & ~bit;
    if (w->captured) post_mouse(w, 0, 0, 0);
    else post_point(w, 0);
}

/* SDL counts away from the person. */
static void wheel(struct window *w, const SDL_MouseWheelEvent *e)
{
    int clicks = e->direction == SDL_MOUSEWHEEL_FLIPPED ? e->y : -e->y;

    if (!clicks) return;
    if (w->captured) post_mouse(w, 0, 0, clicks);
    else if (points(w)) post_point(w, clicks);
}

/* --- the window --- */

static void window_changed(struct window *w, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        window_release_keys(w);
        window_capture(w, false);
        break;
    case SDL_WINDOWEVENT_EXPOSED: case SDL_WINDOWEVENT_SIZE_CHANGED: case SDL_WINDOWEVENT_RESTORED: w->redraw = true; break;
    default: break;
    }
}

void window_event(struct window *w, const SDL_Event *e)
{
    if (window_panes_event(w, e)) return;
    switch (e->type) {
    case SDL_QUIT: w->leave = true; break;
    case SDL_KEYDOWN: case SDL_KEYUP: key(w, &e->key); break;
    case SDL_MOUSEMOTION:
        if (w->captured) post_mouse(w, e->motion.xrel, e->motion.yrel, 0);
        else if (points(w)) point(w, e->motion.x, e->motion.y);
        break;
    case SDL_MOUSEBUTTONDOWN: case SDL_MOUSEBUTTONUP: button(w, &e->button); break;
    case SDL_MOUSEWHEEL: wheel(w, &e->wheel); break;
    case SDL_WINDOWEVENT: window_changed(w, &e->window); break;
    case SDL_RENDER_TARGETS_RESET: case SDL_RENDER_DEVICE_RESET:
        window_picture_free(w);
        window_panes_free(w);
        w->redraw = true;
        break;
    default: break;
    }
}
