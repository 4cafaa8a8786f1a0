#ifndef ORRERY_FUZZ_TARGETS_H
#define ORRERY_FUZZ_TARGETS_H
/* What can be fuzzed, each with one entry point.                                           doc: fuzz */
#include <stddef.h>

#include "cpu/base/types.h"

struct machine;

typedef void (*target_seed)(void *context, const void *bytes, size_t size);

/* One of play and take. */
struct fuzz_target {
    const char *name;
    const char *unit;            /* what a count is of: "operations", "inputs" */
    bool is_machine;             /* its runs can be scripts */
    void (*begin)(void);         /* before the first run in a process; NULL: nothing */
    /* A run by the numbers of hostile.h, up to the end of the input or so many units; how many they were. */
    unsigned long (*play)(const struct fuzz_target *target, unsigned long most);
    unsigned long round;         /* units of a run by a seed */
    /* A file, or whatever the door takes, and ones to begin with; words that mean something in them, NULL: none. */
    void (*take)(const u8 *bytes, size_t size);
    void (*seeds)(target_seed give, void *context);
    const char *const *words;
};

const struct fuzz_target *target_at(unsigned n);              /* NULL past the end */
const struct fuzz_target *target_named(const char *name);
/* The entry point: any bytes are an input. */
void target_one(const struct fuzz_target *target, const u8 *bytes, size_t size);

/* --- targets.c, for runs of machines --- */

/* The board, of one of many variants, which the numbers choose. */
struct machine *target_begin(const struct fuzz_target *target);
struct machine *target_build(const char *name, u32 variant);             /* NULL: there is none of that name */
void target_end(struct machine *machine);

/* --- a file each --- */
const char *device_name(unsigned n);                     /* devices.c; NULL past the end */
struct machine *device_board(const char *name, u32 variant);
unsigned long device_play(const struct fuzz_target *target, unsigned long most);
struct machine *whole_board(u32 variant);                /* whole.c */
unsigned long whole_play(const struct fuzz_target *target, unsigned long most);

/* bytes.c, images.c, debugger.c, snapshot.c: by numbers */
void quiet_begin(void), snapshot_begin(void);
unsigned long bytes_play(const struct fuzz_target *target, unsigned long most);
unsigned long vvfat_play(const struct fuzz_target *target, unsigned long most);
unsigned long panes_play(const struct fuzz_target *target, unsigned long most);
unsigned long snapshot_play(const struct fuzz_target *target, unsigned long most);
unsigned long stream_play(const struct fuzz_target *target, unsigned long most);

/* oracle.c: not where sanitizers are, see docs/internals/oracle.md */
void oracle_begin(void);
unsigned long oracle_play(const struct fuzz_target *target, unsigned long most);

/* parsers.c, images.c, debugger.c: contents of a file, or lines */
#define FUZZ_PARSERS(X) X(config) X(arguments) X(keymap) X(symbols) X(kernel) X(rom) X(journal) X(image) X(cue) X(packets) X(commands)
#define X(name) void name##_take(const u8 *bytes, size_t size); void name##_seeds(target_seed give, void *context); extern const char *const name##_words[];
FUZZ_PARSERS(X)
#undef X

#endif
