/* Source: MIDI Manufacturers Association, "Standard MIDI Files 1.0": format 0, a quarter note is a second of 1000 ticks. */
#include "devices/sound/midi_file.h"
#include "cpu/base/allocated.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 29, TRACK_SIZE_AT = 18, MESSAGE_MOST = 1024, END_BYTES = 4 };
enum { STATUS = 0x80, SYSTEM = 0xf0, SYSTEM_EXCLUSIVE = 0xf0, SONG_POSITION = 0xf2, SONG_SELECT = 0xf3, END_OF_EXCLUSIVE = 0xf7, REAL_TIME = 0xf8 };

struct midi_file {
    FILE *file;                  /* NULL: it could not be written */
    char *path;
    bool raw;
    u64 last_ms;                 /* of the event written last */
    u32 track_bytes;
    u8 message[MESSAGE_MOST];
    unsigned size;
    u8 running;                  /* status of the channel message before, or 0 */
    bool exclusive, continued;   /* within F0 .. F7; a part of it is written */
};

static const u8 header[HEADER_BYTES] = {
    'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 0, 0, 1, 1000 >> 8, 1000 & 0xff, 'M', 'T', 'r', 'k', 0, 0, 0, 0, 0, 0xff, 0x51, 3, 1000000 >> 16, 1000000 >> 8 & 0xff, 1000000 & 0xff,
};
static const u8 end_of_track[END_BYTES] = { 0, 0xff, 0x2f, 0 };
enum { TEMPO_BYTES = HEADER_BYTES - TRACK_SIZE_AT - 4 };

static void put(struct midi_file *m, const u8 *bytes, unsigned size)
{
    fwrite(bytes, 1, size, m->file);
    m->track_bytes += size;
}

/* Seven bits a byte, the upper ones first. */
static void put_number(struct midi_file *m, u32 value)
{
    u8 bytes[5];
    unsigned n = sizeof bytes;

    bytes[--n] = value & 0x7f;
    while (value >>= 7) bytes[--n] = (u8)(0x80 | (value & 0x7f));
    put(m, bytes + n, (unsigned)sizeof bytes - n);
}

/* The track's end and its length stand after every event; the next event is written over the end. */
static void end_track(struct midi_file *m)
{
    u32 size = m->track_bytes + END_BYTES;
    const u8 bytes[] = { (u8)(size >> 24), (u8)(size >> 16), (u8)(size >> 8), (u8)size };

    fwrite(end_of_track, 1, sizeof end_of_track, m->file);
    if (fseek(m->file, TRACK_SIZE_AT, SEEK_SET)) return;         /* a pipe has no place to go back to */
    fwrite(bytes, 1, sizeof bytes, m->file);
    fflush(m->file);
    (void)fseek(m->file, -(long)END_BYTES, SEEK_END);
}

struct midi_file *midi_file_create(const char *path, bool raw, const char *who, struct error *err)
{
    FILE *file = fopen(path, "wbe");

    if (!file) {
        fail(err, "%s: \"%s\": cannot be created: %s", who, path, strerror(errno));
        return NULL;
    }
    struct midi_file *m = allocated(calloc(1, sizeof *m));
    *m = (struct midi_file){ .file = file, .path = allocated(strdup(path)), .raw = raw, .track_bytes = TEMPO_BYTES };
    if (raw) return m;
    fwrite(header, 1, sizeof header, file);
    end_track(m);
    return m;
}

static void put_event(struct midi_file *m, u64 ms)
{
    enum { LONGEST_DELTA = 0x0fffffff };
    u64 delta = ms > m->last_ms ? ms - m->last_ms : 0;

    put_number(m, (u32)(delta < LONGEST_DELTA ? delta : LONGEST_DELTA));
    m->last_ms = ms;
    if (m->exclusive) {
        const u8 kind = m->continued ? END_OF_EXCLUSIVE : SYSTEM_EXCLUSIVE;
        put(m, &kind, 1);
        put_number(m, m->size);
    }
    put(m, m->message, m->size);
    m->size = 0;
    end_track(m);
}

/* Bytes of a channel message with its status. */
static unsigned message_bytes(u8 status)
{
    return status >= 0xc0 && status < 0xe0 ? 2 : 3;      /* program change and channel pressure have one byte */
}

/* A system exclusive message is a piece with its length; a long one is several, of which only the last ends with F7h. */
static void exclusive_byte(struct midi_file *m, u64 ms, u8 byte)
{
    if (m->size < MESSAGE_MOST) m->message[m->size++] = byte;
    if (byte != END_OF_EXCLUSIVE && m->size < MESSAGE_MOST) return;
    put_event(m, ms);
    m->continued = true;
    m->exclusive = byte != END_OF_EXCLUSIVE;
}

/* Real-time bytes and the other system messages mean nothing in a file. */
static void message_byte(struct midi_file *m, u64 ms, u8 byte)
{
    if (byte >= REAL_TIME) return;
    if (m->exclusive && (byte < STATUS || byte == END_OF_EXCLUSIVE)) {
        exclusive_byte(m, ms, byte);
        return;
    }
    if (byte >= STATUS) {
        m->exclusive = byte == SYSTEM_EXCLUSIVE;
        m->continued = false;
        m->running = byte < SYSTEM ? byte : 0;
        m->size = 0;
        return;
    }
    if (!m->running) return;
    if (!m->size) m->message[m->size++] = m->running;
    m->message[m->size++] = byte;
    if (m->size == message_bytes(m->running)) put_event(m, ms);
}

void midi_file_put(struct midi_file *m, u64 ms, u8 byte)
{
    if (!m->file) return;
    if (m->raw) fputc(byte, m->file), fflush(m->file);
    else if (m->track_bytes < UINT32_MAX - 2 * MESSAGE_MOST) message_byte(m, ms, byte);
    if (!ferror(m->file)) return;
    fprintf(stderr, "orrery: sound: \"%s\": %s: no more is written to it\n", m->path, strerror(errno));
    fclose(m->file);
    m->file = NULL;
}

void midi_file_close(struct midi_file *m)
{
    if (!m) return;
    if (m->file && !m->raw) end_track(m);
    if (m->file && fclose(m->file)) fprintf(stderr, "orrery: sound: \"%s\": is not whole: %s\n", m->path, strerror(errno));
    free(m->path);
    free(m);
}
