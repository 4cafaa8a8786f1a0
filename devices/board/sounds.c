/* What makes sound: sources, where they are on the board, and where their sound goes.       doc: sound */
#include "devices/board/sounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/board/board.h"

enum { LOOKS_A_SECOND = 100, QUIET_LOOKS = 20 };         /* a fifth of a second: what a capacitor still holds has gone by then */
#define RATE_TICKS(m) ((struct rate){ (m)->clock.ips, 1 })

#define STATE_OWNER struct sounds
STATE_LAYOUT(sounds_state, "sounds", SOUNDS_STATE);

/* A Sound Blaster is an AdLib too. */
static bool adlib_alone(const struct machine *m) { return m->config.adlib && !m->config.sb16.enabled; }
static bool is_cd(const struct machine *m, unsigned i) { return m->config.ata[i >> 1].device[i & 1].type == ATA_CDROM; }
static struct ata_device *cd_of(struct machine *m, unsigned i) { return &m->ata[i >> 1].device[i & 1]; }
static bool has_opl(const struct machine *m) { return m->config.adlib || m->config.sb16.enabled; }

/* --- from time to time, while there is something to hear --- */

static bool render(struct machine *m)
{
    struct sounds *s = &m->sounds;
    bool goes_on = false;

    if (m->config.speaker.enabled) goes_on |= speaker_render(&s->speaker);
    if (adlib_alone(m)) goes_on |= opl3_ymf262_render(&s->opl);
    if (m->config.sb16.enabled) goes_on |= sb16_card_render(m);
    if (m->config.es1370.enabled) goes_on |= es1370_render(&s->es1370.chip);
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++)
        if (is_cd(m, i)) goes_on |= atapi_cdrom_render(cd_of(m, i));
    return goes_on;
}

enum { MIXTURES = 3 };
static struct sound *mixture_sound(struct machine *m, unsigned i)
{
    return i == 0 ? m->sounds.main.sound : i == 1 ? m->sounds.sb16_own.sound : m->sounds.es1370_own.sound;
}

static void put_out(struct machine *m)
{
    for (unsigned i = 0; i < MIXTURES && !m->past; i++)
        if (mixture_sound(m, i)) sound_advance(mixture_sound(m, i), RATE_TICKS(m), clock_now(&m->clock));
}

static void look_again(struct machine *m)
{
    clock_at(&m->clock, &m->sounds.look, clock_now(&m->clock) + m->clock.ips / LOOKS_A_SECOND);
}

static void on_look(void *board)
{
    struct machine *m = board;
    struct sounds *s = &m->sounds;

    s->quiet = render(m) ? 0 : s->quiet + 1;
    put_out(m);
    if (s->quiet < QUIET_LOOKS) look_again(m);
}

void sounds_wake(void *board)
{
    struct machine *m = board;

    m->sounds.quiet = 0;
    if (m->sounds.look.at == NEVER) look_again(m);
}

/* --- the speaker --- */

static void on_timer_changing(void *board, unsigned n, u64 cycle)
{
    struct machine *m = board;
    if (n == 2) speaker_timer_changing(&m->sounds.speaker, cycle);
}

static void init_speaker(struct machine *m)
{
    const struct speaker_wires wires = { .clock = &m->clock, .rate = RATE_PIT, .board = m, .wake = sounds_wake,
                                         .timer = { .timer = &m->pit, .n = 2, .out_at = pit_8254_out_at, .edge_after = pit_8254_edge_after } };

    speaker_init(&m->sounds.speaker, &wires);
    m->pit.changing = on_timer_changing;
    m->pit.listener = m;
}

static void connect_speaker(struct machine *m)
{
    struct sound_input *in = sound_add_input(m->sounds.main.sound, true);
    s32 gain = (s32)(m->config.speaker.volume * (u32)SOUND_UNITY / 15);

    sound_gain(in, RATE_TICKS(m), 0, gain, gain);
    m->sounds.speaker.wires.sound = (struct sound_wire){ in, sound_level };
}

void sounds_set_speaker(struct machine *m, bool data)
{
    if (m->config.speaker.enabled) speaker_set_data(&m->sounds.speaker, data);
}

/* --- AdLib: an FM synthesizer at its own ports --- */

enum { ADLIB_PORT = 0x388, ADLIB_PORTS = 4, FM_GAIN = 2 * SOUND_UNITY };         /* one voice is an eighth of what the synthesizer can put out */

static void init_opl(struct machine *m)
{
    const struct opl3_wires wires = { .clock = &m->clock, .board = m, .wake = sounds_wake };
    opl3_ymf262_init(&m->sounds.opl, &wires);
}

static bool add_adlib(struct machine *m, struct error *err)
{
    const struct port_range ports = { ADLIB_PORT, ADLIB_PORT + ADLIB_PORTS - 1, "adlib", &m->sounds.opl, opl3_ymf262_read, opl3_ymf262_write, NULL };
    struct sound_input *in = sound_add_input(m->sounds.main.sound, true);

    sound_gain(in, RATE_TICKS(m), 0, FM_GAIN, FM_GAIN);
    m->sounds.opl.wires.sound = (struct sound_wire){ in, sound_level };
    return ports_add(m->ports, &ports, err);
}

/* --- CD-ROM drives: their cable leads straight to the output --- */

static void connect_cds(struct machine *m)
{
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) {
        if (!is_cd(m, i)) continue;
        cd_of(m, i)->cd_wires = (struct atapi_wires){ .sound = { sound_add_input(m->sounds.main.sound, true), sound_level }, .board = m, .wake = sounds_wake };
    }
}

static bool has_cd(const struct machine *m)
{
    bool found = false;

    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) found |= is_cd(m, i);
    return found;
}

/* --- all of it --- */

/* Without a source nobody looks for anything. */
static bool any(const struct machine *m) { return m->config.speaker.enabled || has_opl(m) || m->config.es1370.enabled || has_cd(m); }

void sounds_init(struct machine *m)
{
    clock_add(&m->clock, &m->sounds.look, on_look, m);
    if (m->config.speaker.enabled) init_speaker(m);
    if (has_opl(m)) init_opl(m);
    if (m->config.sb16.enabled) sb16_card_init(m);
    if (m->config.es1370.enabled) es1370_card_init(m);
}

static bool open_mixture(struct sound_mixture *mixture, const char *path, const char *who, struct error *err)
{
    mixture->sound = calloc(1, sizeof *mixture->sound);
    if (!mixture->sound) return fail(err, "%s: the host has no memory for it", who);
    sound_init(mixture->sound);
    if (!path[0]) return true;
    mixture->wav = wav_create(path, SOUND_HZ, who, err);
    if (!mixture->wav) return false;
    mixture->sound->output[0] = (struct sound_output){ mixture->wav, wav_put, wav_silence };
    return true;
}

/* Where a card's sound goes; NULL: nowhere. */
static bool mixture_of(struct machine *m, const struct card_config *config, const char *who, struct sound_mixture *own, struct sound **sound, struct error *err)
{
    char what[32];

    *sound = config->wave == CARD_WAVE_SHARED ? m->sounds.main.sound : NULL;
    if (config->wave != CARD_WAVE_FILE) return true;
    if (!config->wave_file[0]) return fail(err, "%s: wavemode=2: which file: wavefile=PATH", who);
    snprintf(what, sizeof what, "%s: wavefile", who);
    if (!open_mixture(own, config->wave_file, what, err)) return false;
    *sound = own->sound;
    return true;
}

bool card_open_midi(const struct card_config *config, const char *who, struct midi_file **midi, struct error *err)
{
    char what[32];

    if (config->midi == CARD_MIDI_NONE) return true;
    if (!config->midi_file[0]) return fail(err, "%s: midimode=2: which file: midifile=PATH", who);
    snprintf(what, sizeof what, "%s: midifile", who);
    *midi = midi_file_create(config->midi_file, config->midi == CARD_MIDI_RAW, what, err);
    return *midi;
}

bool sounds_build(struct machine *m, struct error *err)
{
    const struct sound_config *config = &m->config.sound;
    bool to_file = config->wave == SOUND_FILE, ok = true;
    struct sound *sound;

    if (!any(m)) return true;
    if (to_file && !config->wave_file[0]) return fail(err, "sound: waveoutdrv=file: which file: waveout=PATH");
    if (!open_mixture(&m->sounds.main, to_file ? config->wave_file : "", "sound: waveout", err)) return false;
    if (m->config.speaker.enabled) connect_speaker(m);
    connect_cds(m);
    if (adlib_alone(m)) ok = add_adlib(m, err);
    if (m->config.sb16.enabled) ok &= mixture_of(m, &m->config.sb16, "sb16", &m->sounds.sb16_own, &sound, err) && sb16_card_build(m, sound, err);
    if (m->config.es1370.enabled) ok &= mixture_of(m, &m->config.es1370, "es1370", &m->sounds.es1370_own, &sound, err) && es1370_card_build(m, sound, err);
    return ok;
}

void sounds_reset(struct machine *m)
{
    if (m->config.speaker.enabled) speaker_reset(&m->sounds.speaker);
    if (has_opl(m)) opl3_ymf262_reset(&m->sounds.opl);
    if (m->config.sb16.enabled) sb16_card_reset(m);
    if (m->config.es1370.enabled) es1370_card_reset(m);
}

static void close_mixture(struct sound_mixture *mixture)
{
    wav_close(mixture->wav);
    free(mixture->sound);
    *mixture = (struct sound_mixture){ 0 };
}

void sounds_close(struct machine *m)
{
    if (m->sounds.main.sound) {
        render(m);
        put_out(m);
    }
    close_mixture(&m->sounds.main);
    close_mixture(&m->sounds.sb16_own);
    close_mixture(&m->sounds.es1370_own);
    sb16_card_close(m);
    es1370_card_close(m);
}

void sounds_leave_host(struct machine *m)
{
    for (unsigned i = 0; i < MIXTURES; i++)
        if (mixture_sound(m, i)) memset(mixture_sound(m, i)->output, 0, sizeof mixture_sound(m, i)->output);
    m->sounds.sb16.midi = m->sounds.es1370.midi = NULL;
}

void sounds_derive(struct machine *m)
{
    if (has_opl(m)) opl3_ymf262_derive(&m->sounds.opl);
}

/* --- time travel --- */

struct sounds_left {
    struct sound sound[MIXTURES];
};

struct sounds_left *sounds_leave(struct machine *m)
{
    struct sounds_left *left = calloc(1, sizeof *left);

    for (unsigned i = 0; i < MIXTURES && left; i++) {
        struct sound *sound = mixture_sound(m, i);
        if (!sound) continue;
        left->sound[i] = *sound;
        memset(sound->output, 0, sizeof sound->output);
    }
    return left;
}

void sounds_return(struct machine *m, struct sounds_left *left)
{
    for (unsigned i = 0; i < MIXTURES; i++)
        if (mixture_sound(m, i)) *mixture_sound(m, i) = left->sound[i];
    free(left);
}

void sounds_move(struct machine *m, struct sounds_left *left)
{
    for (unsigned i = 0; i < MIXTURES; i++) {
        struct sound *sound = mixture_sound(m, i);
        if (!sound) continue;
        if (left) memcpy(sound->output, left->sound[i].output, sizeof sound->output);
        sound_move(sound, RATE_TICKS(m), clock_now(&m->clock));
    }
    free(left);
}

void sounds_each_part(struct machine *m, void (*part)(struct machine *m, const char *name, const struct state_layout *layout, void *instance))
{
    if (!any(m)) return;
    part(m, "sound", &sounds_state, &m->sounds);
    if (m->config.speaker.enabled) part(m, "speaker", &speaker_state, &m->sounds.speaker);
    if (has_opl(m)) part(m, adlib_alone(m) ? "adlib" : "sb16.fm", &opl3_ymf262_state, &m->sounds.opl);
    if (m->config.sb16.enabled) {
        part(m, "sb16", &sb16_ct1741_state, &m->sounds.sb16.dsp);
        part(m, "sb16.mixer", &sb16_ct1745_state, &m->sounds.sb16.mixer);
        part(m, "sb16.mpu", &mpu_401_state, &m->sounds.sb16.mpu);
    }
    if (!m->config.es1370.enabled) return;
    part(m, "es1370", &es1370_state, &m->sounds.es1370.chip);
    part(m, "es1370.codec", &ak4531_state, &m->sounds.es1370.codec);
}

void machine_on_sound(struct machine *m, void (*put)(void *context, const s16 *frames, unsigned count), void *context)
{
    if (m->sounds.main.sound) m->sounds.main.sound->output[1] = (struct sound_output){ context, put, NULL };
}
