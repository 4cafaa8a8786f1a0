/* The window: its life, its loop and its title.                                             doc: display */
#include "gui/window/window.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_WIDTH = 960, FIRST_HEIGHT = 720, WAIT_MS = 10, TITLE_MS = 1000, NOTE_MS = 5000 };

/* --- title: what runs, how fast, and how to get the mouse --- */

static void measure(struct window *w, u32 now)
{
    if (now - w->title_ms < TITLE_MS) return;
    w->mips = (double)(w->status.tick - w->title_tick) / (now - w->title_ms) / 1000;
    w->title_ms = now;
    w->title_tick = w->status.tick;
    w->title_due = true;
}

static void write_title(struct window *w)
{
    u32 now = SDL_GetTicks();
    char title[700];
    const char *mouse = w->status.points && !w->captured ? "the pointer is the guest's" : w->captured ? "Ctrl+Alt+G releases the mouse" : "Ctrl+Alt+G captures the mouse";

    measure(w, now);
    if (!w->title_due) return;
    w->title_due = false;
    if (w->note[0] && now - w->note_ms < NOTE_MS) snprintf(title, sizeof title, "Orrery - %s", w->note);
    else if (w->status.text[0]) snprintf(title, sizeof title, "Orrery - %s", w->status.text);
    else snprintf(title, sizeof title, "Orrery - %.1f M ticks/s, tick %llu - %s", w->mips, (unsigned long long)w->status.tick, mouse);
    SDL_SetWindowTitle(w->sdl, title);
}

/* --- life --- */

static void on_hangup(int number)
{
    (void)number;
    raise(SIGTERM);
}

/* No driver of a graphics card is loaded into a process that runs untrusted guests: pictures are scaled by SDL, which starts in a third of
 * the time and takes 80 MB less.  SDL_RENDER_DRIVER and SDL_FRAMEBUFFER_ACCELERATION in the environment override that.
 * SDL makes SDL_QUIT of SIGINT and SIGTERM: they end the window as its button does.  SIGHUP is SIGTERM here, unless somebody (nohup) wants it ignored. */
static bool open_window(struct window *w, struct error *err)
{
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_GRAB_KEYBOARD, "1");
    SDL_SetHint(SDL_HINT_RENDER_DRIVER, "software");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (SDL_Init(SDL_INIT_VIDEO)) return fail(err, "window: SDL: %s", SDL_GetError());
    if (signal(SIGHUP, on_hangup) == SIG_IGN) signal(SIGHUP, SIG_IGN);
    w->sdl = SDL_CreateWindow("Orrery", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, FIRST_WIDTH, FIRST_HEIGHT,
                              SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!w->sdl) return fail(err, "window: SDL: %s", SDL_GetError());
    SDL_SetWindowMinimumSize(w->sdl, 320, 240);
    w->renderer = SDL_CreateRenderer(w->sdl, -1, SDL_RENDERER_TARGETTEXTURE);
    return w->renderer || fail(err, "window: SDL: %s", SDL_GetError());
}

static void close_window(struct window *w)
{
    window_sound_close(w);
    window_picture_free(w);
    window_panes_free(w);
    if (w->renderer) SDL_DestroyRenderer(w->renderer);
    if (w->sdl) SDL_DestroyWindow(w->sdl);
    SDL_Quit();
}

static bool show(struct window *w, struct error *err)
{
    if (mailbox_see(w->box, &w->seen, &w->picture, &w->status)) {
        vga_render(&w->picture, &w->frame);
        w->redraw = true;
    }
    if (window_panes_see(w)) w->redraw = true;
    window_panes_fit(w);
    write_title(w);
    if (!w->redraw || !w->seen) return true;
    w->redraw = false;
    return window_draw(w) || fail(err, "window: SDL: %s", SDL_GetError());
}

static bool loop(struct window *w, struct error *err)
{
    SDL_Event event;

    while (!w->leave && !mailbox_closed(w->box)) {
        if (SDL_WaitEventTimeout(&event, WAIT_MS)) {
            do window_event(w, &event);
            while (SDL_PollEvent(&event));
        }
        window_sound(w);
        if (!show(w, err)) return false;
    }
    return true;
}

static bool window_run(struct mailbox *box, struct error *err)
{
    struct window *w = calloc(1, sizeof *w);

    if (!w) return fail(err, "window: no memory");
    w->box = box;
    bool done = open_window(w, err) && loop(w, err);
    close_window(w);
    free(w);
    struct mail quit = { .kind = MAIL_QUIT };
    mailbox_post(box, &quit);
    return done;
}

const struct display display_window = { "window", "an SDL2 window", window_run };
