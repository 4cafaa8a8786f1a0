#ifndef ORRERY_FUZZ_FINDINGS_H
#define ORRERY_FUZZ_FINDINGS_H
/* Inputs and scripts that bring a finding back, shortened.                                 doc: fuzz */
#include <stdio.h>

#include "tests/fuzz/targets.h"

enum { QUIET_SECONDS = 120 };            /* a run that does nothing new for so long has got stuck */

/* What a run of a seed was, as a file: once more in a process of its own.  `folder`: where findings go. */
void finding_report(const struct fuzz_target *target, u64 seed, const char *folder);

/* The input of a run that target->take has by a seed: one of its seeds, changed.  The caller frees it. */
u8 *mutated_input(const struct fuzz_target *target, u64 seed, size_t *size);

/* The lines of an input, as it is played; false: it is no run of a machine. */
bool script_write(const struct fuzz_target *target, const u8 *input, size_t size, FILE *to);
/* Plays a file.  False: a line of it says nothing that is known; stderr has which. */
bool script_replay(const char *path);

u8 *read_whole(const char *path, size_t *size);          /* NULL: it cannot be read; with a 0 behind it */

#endif
