#ifndef ORRERY_WINDOW_WINDOW_H
#define ORRERY_WINDOW_WINDOW_H
/* The SDL2 window, shared by its files: window.c life, window_input.c keys and mouse, window_picture.c pixels,
 * window_sound.c samples.                                                                                       doc: display */
#include <SDL2/SDL.h>

#include "gui/canvas.h"
#include "gui/display.h"
#include "gui/window/placement.h"

struct window {
    struct mailbox *box;
    SDL_Window *sdl;
    SDL_Renderer *renderer;
    SDL_Texture *dots, *sharp;   /* the picture; the picture with every dot a whole number of times */
    int dots_width, dots_height, times;
    struct vga_picture picture;
    struct vga_frame frame;
    u64 seen;                    /* number of the picture */
    struct cells cells;          /* the debugger's panes */
    u64 cells_seen;
    bool cells_changed;          /* since they were drawn */
    int columns, rows;           /* that the machine's side was asked for */
    struct canvas canvas;        /* they, drawn */
    SDL_Texture *text;
    struct mailbox_status status;
    SDL_AudioDeviceID audio;     /* 0: not yet, or not at all */
    bool audio_tried, playing;   /* playing is the audio thread's */
    u32 audio_waits;             /* of that thread's: times in a row that it left a little sound waiting */
    bool held[256];              /* keys that the guest believes to be down, by usage */
    bool captured, full_screen, integer, leave, redraw;
    unsigned buttons;
    struct placement place;      /* of the picture, as it was drawn last */
    int x, y;                    /* where the pointer is on it, 0 to 32767 */
    u32 title_ms;                /* when the title was last written */
    bool title_due;              /* something in it changed */
    double mips;                 /* million ticks a wall second, over the last second */
    u64 title_tick;              /* the machine's tick then */
    char note[128];              /* what the last hot key did, for the title */
    u32 note_ms;
    unsigned screenshots;
};

/* window_input.c */
void window_event(struct window *w, const SDL_Event *event);
bool window_hot_key(const SDL_KeyboardEvent *event);      /* Ctrl+Alt and a letter that does something */
void window_release_keys(struct window *w);
void window_capture(struct window *w, bool captured);
void window_note(struct window *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* window_sound.c */
void window_sound(struct window *w);     /* opens the host's audio device when there is something to be heard */
void window_sound_close(struct window *w);

/* window_panes.c */
bool window_panes_see(struct window *w);         /* newer ones have come */
void window_panes_draw(struct window *w);
void window_panes_free(struct window *w);
void window_panes_fit(struct window *w);         /* asks for as many characters as the window has room for */
bool window_panes_event(struct window *w, const SDL_Event *event);       /* it was theirs */
SDL_Rect window_screen(const struct window *w);  /* where the guest's picture may lie, in dots */

/* window_picture.c */
bool window_draw(struct window *w);
void window_picture_free(struct window *w);

#endif
