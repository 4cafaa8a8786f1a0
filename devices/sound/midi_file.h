#ifndef ORRERY_SOUND_MIDI_FILE_H
#define ORRERY_SOUND_MIDI_FILE_H
/* Bytes of a MIDI cable as a standard MIDI file, or as they are; whole at any time.          doc: sound */
#include "cpu/base/error.h"

struct midi_file;

/* NULL: err says why.  raw: the bytes alone. */
struct midi_file *midi_file_create(const char *path, bool raw, const char *who, struct error *err);
/* A byte at a moment of virtual time, which never goes back. */
void midi_file_put(struct midi_file *midi, u64 ms, u8 byte);
void midi_file_close(struct midi_file *midi);            /* NULL is nothing */

#endif
