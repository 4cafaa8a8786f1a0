#ifndef ORRERY_FUZZ_TARGETS_H
#define ORRERY_FUZZ_TARGETS_H
/* What can be fuzzed, each with one entry point.                                           doc: fuzz */
#include <stddef.h>

#include "cpu/base/types.h"

struct machine;

typedef void (*target_seed)(void *context, const void *bytes, size_t size);

/* One of play and take. */
struct target {
    const char *name;
    const char *unit;            /* what a count is of: "operations", "inputs" */
    bool is_machine;             /* its runs can be scripts */
    void (*begin)(void);         /* before the first run in a process; NULL: nothing */
    /* A run by the numbers of hostile.h, up to the end of the input or so many units; how many they were. */
    unsigned long (*play)(const struct target *target, unsigned long most);
    unsigned long round;         /* units of a run by a seed */
    /* A file, or whatever the door takes, and ones to begin with; words that mean something in them, NULL: none. */
    void (*take)(const u8 *bytes, size_t size);
    void (*seeds)(target_seed give, void *context);
    const char *const *words;
};

const struct target *target_at(unsigned n);              /* NULL past the end */
const struct target *target_named(const char *name);
/* The entry point: any bytes are an input. */
void target_one(const struct target *target, const u8 *bytes, size_t size);

/* --- targets.c, for runs of machines --- */

/* The board, of one of many variants, which the numbers choose. */
struct machine *target_begin(const struct target *target);
struct machine *target_build(const char *name, u32 variant);             /* NULL: there is none of that name */
void target_end(struct machine *machine);

/* --- a file each --- */
const char *device_name(unsigned n);                     /* devices.c; NULL past the end */
struct machine *device_board(const char *name, u32 variant);
unsigned long device_play(const struct target *target, unsigned long most);
struct machine *whole_board(u32 variant);                /* whole.c */
unsigned long whole_play(const struct target *target, unsigned long most);

#endif
