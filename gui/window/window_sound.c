#include "gui/window/window.h"

#include <string.h>

/* The host plays at its own pace: it begins when so much waits that the machine's next piece cannot be late, and begins again after the
 * machine was.  A sound that is shorter than that is played after a few looks. */
enum { HZ = 48000, PIECE = 512, ENOUGH = HZ * 60 / 1000, PATIENCE = 6 };

/* SDL's audio thread wants frames.  It sees the mailbox and its own two fields alone. */
static void play(void *window, Uint8 *bytes, int size)
{
    struct window *w = window;
    unsigned frames = (unsigned)size / (2 * sizeof(s16)), waiting = mailbox_sound_waiting(w->box), taken = 0;

    w->audio_waits = waiting && !w->playing ? w->audio_waits + 1 : 0;
    if (waiting >= ENOUGH || w->audio_waits > PATIENCE) w->playing = true;
    if (w->playing) taken = mailbox_take_sound(w->box, (s16 *)bytes, frames);
    if (taken < frames) w->playing = false;
    memset(bytes + taken * 2 * sizeof(s16), 0, (size_t)(frames - taken) * 2 * sizeof(s16));
}

void window_sound(struct window *w)
{
    const SDL_AudioSpec wanted = { .freq = HZ, .format = AUDIO_S16SYS, .channels = 2, .samples = PIECE, .callback = play, .userdata = w };

    if (w->audio_tried || !mailbox_sound_waiting(w->box)) return;
    w->audio_tried = true;
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) == 0) w->audio = SDL_OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
    if (w->audio) SDL_PauseAudioDevice(w->audio, 0);
    else window_note(w, "no sound: %s", SDL_GetError());
}

void window_sound_close(struct window *w)
{
    if (w->audio) SDL_CloseAudioDevice(w->audio);
}
