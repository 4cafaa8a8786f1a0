#ifndef ORRERY_SOUND_WAV_H
#define ORRERY_SOUND_WAV_H
/* A WAV file of two channels of 16 bits, whole after every virtual second that is written.    doc: sound */
#include "cpu/base/error.h"

struct wav;

/* NULL: err says why.  `who` is the directive. */
struct wav *wav_create(const char *path, unsigned rate_hz, const char *who, struct error *err);
void wav_put(void *wav, const s16 *frames, unsigned count);
void wav_silence(void *wav, u64 count);
void wav_close(struct wav *wav);         /* NULL is nothing */

#endif
