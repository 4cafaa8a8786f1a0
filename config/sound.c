#include <stddef.h>
#include <string.h>

#include "config/sound.h"

#define AT(member) .offset = offsetof(struct machine_config, member), .size = sizeof(((struct machine_config *)0)->member)
#define END_ROW { .name = NULL }

/* --- sound --- */

/* Drivers of a host's own are one here: whoever shows the machine plays its sound. */
static bool wave_driver(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; enum sound_driver driver; bool ours; } known[] = {
        { "default", SOUND_SHOWN, true }, { "sdl", SOUND_SHOWN, true }, { "file", SOUND_FILE, true }, { "dummy", SOUND_DUMMY, true }, { "alsa", SOUND_SHOWN, false },
        { "oss", SOUND_SHOWN, false }, { "osx", SOUND_SHOWN, false }, { "pulse", SOUND_SHOWN, false }, { "win", SOUND_SHOWN, false },
    };

    (void)base;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
        if (strcmp(g->value, known[i].name)) continue;
        c->sound.wave = known[i].driver;
        return known[i].ours || note(g, "a window plays sound by SDL, whatever is below it");
    }
    return bad_value(g, "default, sdl, file or dummy");
}

static bool wave_file(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (strncmp(g->value, "/dev/", 5) == 0) return note(g, "a window plays sound by SDL, which knows its device");
    return store_text(g, c->sound.wave_file, sizeof c->sound.wave_file);
}

static bool wave_in(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return !g->value[0] || strcmp(g->value, "dummy") == 0 || note(g, "guests that record get silence");
}

const struct parameter sound_output[] = {
    { "driver", TYPE_CUSTOM, .take = wave_driver, .meaning = "default or sdl: a window plays it; file: a WAV file takes it; dummy: nobody hears it" },
    { "waveoutdrv", TYPE_CUSTOM, .take = wave_driver, .meaning = "the same" },
    { "waveout", TYPE_CUSTOM, .take = wave_file, .meaning = "file: 48000 Hz, two channels of 16 bits, in virtual time" },
    { "waveindrv", TYPE_CUSTOM, .take = wave_in, .meaning = "dummy: guests that record get silence" },
    { "wavein", TYPE_CUSTOM, .take = wave_in, .meaning = "nothing" },
    { "midioutdrv", .type = TYPE_ACCEPTED }, { "midiout", .type = TYPE_ACCEPTED },
    END_ROW,
};

/* --- speaker --- */

static bool speaker_mode(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    if (strcmp(g->value, "sound") == 0) return true;
    if (strcmp(g->value, "system") == 0 || strcmp(g->value, "gui") == 0) return note(g, "the host's own beeper is not used; the speaker goes where all sound goes");
    return bad_value(g, "sound");
}

const struct parameter sound_speaker[] = {
    { "enabled", TYPE_BOOL, AT(speaker.enabled), .meaning = "the speaker is heard" },
    { "mode", TYPE_CUSTOM, .take = speaker_mode, .meaning = "sound: where all sound goes" },
    { "volume", TYPE_NUMBER, AT(speaker.volume), .most = 15, .meaning = "0 to 15" },
    END_ROW,
};

const struct parameter sound_adlib[] = { { "enabled", TYPE_BOOL, AT(adlib), .meaning = "the card is there" }, END_ROW };

/* --- back to directives: what the host hears of a journal's machine is the replay's affair --- */

void sound_write(const struct machine_config *c, FILE *to)
{
    fprintf(to, "speaker: enabled=%d, volume=%u\n", c->speaker.enabled, c->speaker.volume);
    if (c->adlib) fputs("adlib: enabled=1\n", to);
}
