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

/* A host's synthesizer is none of ours; its file is the one that sb16: midimode=2 writes. */
static bool midi_driver(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (strcmp(g->value, "file") == 0) return c->sb16.midi = CARD_MIDI_FILE, true;
    return strcmp(g->value, "dummy") == 0 || strcmp(g->value, "default") == 0 || note(g, "no synthesizer of the host plays MIDI; a file takes it: midioutdrv=file");
}

static bool midi_out(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (strncmp(g->value, "/dev/", 5) == 0) return note(g, "no synthesizer of the host plays MIDI; a file takes it: midioutdrv=file");
    return store_text(g, c->sb16.midi_file, sizeof c->sb16.midi_file);
}

const struct parameter sound_output[] = {
    { "driver", TYPE_CUSTOM, .take = wave_driver, .meaning = "default or sdl: a window plays it, elsewhere nobody hears it; file: a WAV file takes it; dummy: nobody" },
    { "waveoutdrv", TYPE_CUSTOM, .take = wave_driver, .meaning = "the same" },
    { "waveout", TYPE_CUSTOM, .take = wave_file, .meaning = "file: 48000 Hz, two channels of 16 bits, in virtual time" },
    { "waveindrv", TYPE_CUSTOM, .take = wave_in, .meaning = "dummy: guests that record get silence" },
    { "wavein", TYPE_CUSTOM, .take = wave_in, .meaning = "nothing" },
    { "midioutdrv", TYPE_CUSTOM, .take = midi_driver, .meaning = "file: MIDI goes to a file; dummy: nowhere" },
    { "midiout", TYPE_CUSTOM, .take = midi_out, .meaning = "its path" },
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

/* --- cards: base is the card's --- */

/* Files of old have no enabled=1: a line about the card is enough, unless it says enabled=0. */
static struct card_config *card_of(const struct given *g, void *base)
{
    static const char word[] = "enabled";
    struct card_config *card = base;
    bool off = false;

    for (unsigned i = 1; i < g->line->count; i++)
        if (strncmp(g->line->word[i], word, sizeof word - 1) == 0) off = g->line->word[i][sizeof word] == '0' || g->line->word[i][sizeof word] == 'f';
    card->enabled |= !off;
    return card;
}

static bool wave_mode(const struct given *g, struct machine_config *c, void *base)
{
    u64 mode;
    (void)c;
    if (!parse_number(g->value, 0, 3, &mode)) return bad_value(g, "0 (nowhere), 1 (where all sound goes) or 2 (a WAV file of its own)");
    card_of(g, base)->wave = mode == 0 ? CARD_WAVE_NONE : mode == 1 ? CARD_WAVE_SHARED : CARD_WAVE_FILE;
    return mode != 3 || note(g, "a file of its own is a WAV file here");
}

static bool midi_mode(const struct given *g, struct machine_config *c, void *base)
{
    u64 mode;
    (void)c;
    if (!parse_number(g->value, 0, 3, &mode)) return bad_value(g, "0 (nowhere), 2 (a standard MIDI file) or 3 (the bytes alone)");
    card_of(g, base)->midi = mode == 2 ? CARD_MIDI_FILE : mode == 3 ? CARD_MIDI_RAW : CARD_MIDI_NONE;
    return mode != 1 || note(g, "no synthesizer of the host plays MIDI; midimode=2, midifile=PATH writes a file");
}

static bool card_wave_file(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return store_text(g, card_of(g, base)->wave_file, CONFIG_PATH);
}

static bool card_midi_file(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return store_text(g, card_of(g, base)->midi_file, CONFIG_PATH);
}

/* midi=/dev/midi00, wave=/dev/dsp, and what concerns the way another program does it. */
static bool of_old(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    card_of(g, base);
    return true;
}

#define CARD(meaning_) \
    { "enabled", TYPE_BOOL, .offset = offsetof(struct card_config, enabled), .size = sizeof(bool), .meaning = meaning_ }, \
    { "wavemode", TYPE_CUSTOM, .take = wave_mode, .meaning = "0: its sound goes nowhere; 1: where all sound goes; 2: to a WAV file of its own" }, \
    { "wavefile", TYPE_CUSTOM, .take = card_wave_file, .meaning = "that file" }, \
    { "midimode", TYPE_CUSTOM, .take = midi_mode, .meaning = "0: MIDI goes nowhere; 2: to a standard MIDI file; 3: to a file as it is" }, \
    { "midifile", TYPE_CUSTOM, .take = card_midi_file, .meaning = "that file" }

const struct parameter sound_sb16[] = {
    CARD("the card is there: ports 220h, 388h, 330h; IRQ 5, DMA 1 and 5 until its mixer says otherwise"),
    { "loglevel", TYPE_CUSTOM, .take = of_old }, { "log", TYPE_CUSTOM, .take = of_old }, { "dmatimer", TYPE_CUSTOM, .take = of_old },
    { "midi", TYPE_CUSTOM, .take = of_old }, { "wave", TYPE_CUSTOM, .take = of_old },
    END_ROW,
};

const struct parameter sound_es1370[] = { CARD("the card is there, in a PCI slot"), END_ROW };

/* The port of the sound cards, or of a card of its own. */
const struct parameter sound_gameport[] = {
    { "enabled", TYPE_BOOL, AT(gameport), .meaning = "the port is there, at 201h" },
    { "sticks", TYPE_NUMBER, AT(gameport_sticks), .most = 2, .meaning = "joysticks that are plugged in: 0, 1 or 2; a script moves them" },
    END_ROW,
};

/* --- back to directives: what the host hears of a journal's machine is the replay's affair --- */

void sound_write(const struct machine_config *c, FILE *to)
{
    fprintf(to, "speaker: enabled=%d, volume=%u\n", c->speaker.enabled, c->speaker.volume);
    if (c->gameport) fprintf(to, "gameport: enabled=1, sticks=%u\n", c->gameport_sticks);
    if (c->adlib) fputs("adlib: enabled=1\n", to);
    if (c->sb16.enabled) fputs("sb16: enabled=1\n", to);
    if (c->es1370.enabled) fputs("es1370: enabled=1\n", to);
}
