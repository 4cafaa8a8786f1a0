/* Source: Microsoft/IBM, "Multimedia Programming Interface and Data Specifications 1.0", "Waveform Audio File Format". */
#include "devices/sound/wav.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/allocated.h"
#include "cpu/base/bits.h"

enum { HEADER_BYTES = 44, FRAME_BYTES = 4, CHANNELS = 2, SAMPLE_BITS = 16, FORMAT_PCM = 1, RIFF_SIZE_AT = 4, DATA_SIZE_AT = 40, CHUNK_BYTES = 8 };
enum { FRAMES_MOST = (UINT32_MAX - HEADER_BYTES) / FRAME_BYTES };

struct wav {
    FILE *file;                  /* NULL: it could not be written, or is as long as such a file can be */
    char *path;
    unsigned rate_hz;
    u64 frames, sized;           /* put so far; how many the header tells of */
};

static void header(u8 *h, unsigned rate_hz, u32 frames)
{
    memcpy(h, "RIFF....WAVEfmt ", 16);
    put32(h + RIFF_SIZE_AT, HEADER_BYTES - CHUNK_BYTES + frames * FRAME_BYTES);
    put32(h + 16, 16);
    put16(h + 20, FORMAT_PCM);
    put16(h + 22, CHANNELS);
    put32(h + 24, rate_hz);
    put32(h + 28, rate_hz * FRAME_BYTES);
    put16(h + 32, FRAME_BYTES);
    put16(h + 34, SAMPLE_BITS);
    memcpy(h + 36, "data", 4);
    put32(h + DATA_SIZE_AT, frames * FRAME_BYTES);
}

struct wav *wav_create(const char *path, unsigned rate_hz, const char *who, struct error *err)
{
    u8 h[HEADER_BYTES];
    FILE *file = fopen(path, "wbe");

    if (!file) {
        fail(err, "%s: \"%s\": cannot be created: %s", who, path, strerror(errno));
        return NULL;
    }
    struct wav *w = allocated(calloc(1, sizeof *w));
    *w = (struct wav){ .file = file, .path = allocated(strdup(path)), .rate_hz = rate_hz };
    header(h, rate_hz, 0);
    fwrite(h, 1, sizeof h, file);
    return w;
}

static void give_up(struct wav *w, const char *why)
{
    fprintf(stderr, "orrery: sound: \"%s\": %s: no more is written to it\n", w->path, why);
    fclose(w->file);
    w->file = NULL;
}

/* The header tells of what is in the file.  Silence is a hole in it, also at its end. */
static void size_up(struct wav *w)
{
    u8 h[HEADER_BYTES];
    int fd = fileno(w->file);

    header(h, w->rate_hz, (u32)w->frames);
    if (fflush(w->file) || ftruncate(fd, (off_t)(HEADER_BYTES + w->frames * FRAME_BYTES)) || pwrite(fd, h, sizeof h, 0) != sizeof h) give_up(w, strerror(errno));
    else w->sized = w->frames;
}

/* How many of so many frames still have a place. */
static u64 room_for(struct wav *w, u64 count)
{
    return w->frames + count <= FRAMES_MOST ? count : FRAMES_MOST - w->frames;
}

static void written(struct wav *w, u64 count, u64 wanted)
{
    w->frames += count;
    if (w->frames - w->sized >= w->rate_hz || count < wanted) size_up(w);
    if (w->file && count < wanted) give_up(w, "a WAV file ends at 4 GiB");
}

void wav_put(void *wav, const s16 *frames, unsigned count)
{
    struct wav *w = wav;
    u8 bytes[FRAME_BYTES];

    if (!w->file) return;
    u64 fit = room_for(w, count);
    for (u64 i = 0; i < fit; i++) {
        put16(bytes, (u16)frames[2 * i]);
        put16(bytes + 2, (u16)frames[2 * i + 1]);
        fwrite(bytes, 1, sizeof bytes, w->file);
    }
    written(w, fit, count);
}

void wav_silence(void *wav, u64 count)
{
    struct wav *w = wav;

    if (!w->file) return;
    u64 fit = room_for(w, count);
    if (fseeko(w->file, (off_t)(fit * FRAME_BYTES), SEEK_CUR)) give_up(w, strerror(errno));
    else written(w, fit, count);
}

void wav_close(struct wav *w)
{
    if (!w) return;
    if (w->file) size_up(w);
    if (w->file && fclose(w->file)) fprintf(stderr, "orrery: sound: \"%s\": is not whole: %s\n", w->path, strerror(errno));
    free(w->path);
    free(w);
}
