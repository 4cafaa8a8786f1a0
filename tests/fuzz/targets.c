/* The table of targets.  doc: fuzz */
#include "tests/fuzz/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/hostile.h"

enum { ROUND = 20000, DEVICES_MOST = 64 };

static const struct fuzz_target others[] = {
    { .name = "machine", .unit = "operations", .is_machine = true, .play = whole_play, .round = ROUND },
    { .name = "bytes", .unit = "strings", .play = bytes_play, .round = 4096 },
#ifdef FUZZ_ORACLE
    { .name = "oracle", .unit = "strings", .begin = oracle_begin, .play = oracle_play, .round = 4096 },
#endif
    { .name = "panes", .unit = "acts", .begin = quiet_begin, .play = panes_play, .round = 500 },
    { .name = "vvfat", .unit = "folders", .play = vvfat_play, .round = 1 },
    { .name = "snapshot", .unit = "files", .begin = snapshot_begin, .play = snapshot_play, .round = 1 },
    { .name = "stream", .unit = "streams", .begin = snapshot_begin, .play = stream_play, .round = 1 },
#define X(parser) { .name = #parser, .unit = "inputs", .begin = quiet_begin, .take = parser##_take, .seeds = parser##_seeds, .words = parser##_words },
    FUZZ_PARSERS(X)
#undef X
};

const struct fuzz_target *target_at(unsigned n)
{
    static struct fuzz_target devices[DEVICES_MOST];
    static unsigned count;

    for (; device_name(count); count++)
        devices[count] = (struct fuzz_target){ .name = device_name(count), .unit = "operations", .is_machine = true, .play = device_play, .round = ROUND };
    return n < count ? &devices[n] : n - count < ARRAY_COUNT(others) ? &others[n - count] : NULL;
}

const struct fuzz_target *target_named(const char *name)
{
    unsigned n = 0;

    while (target_at(n) && strcmp(target_at(n)->name, name)) n++;
    return target_at(n);
}

void target_one(const struct fuzz_target *t, const u8 *bytes, size_t size)
{
    static const struct fuzz_target *begun;

    if (t->begin && begun != t) t->begin();
    begun = t;
    if (t->take) {
        t->take(bytes, size);
        return;
    }
    hostile_input(bytes, size);
    t->play(t, t->round ? t->round : 1);
}

/* --- machines --- */

struct machine *target_build(const char *name, u32 variant)
{
    operations_built(name, variant);
    return strcmp(name, "machine") ? device_board(name, variant) : whole_board(variant);
}

struct machine *target_begin(const struct fuzz_target *t) { return target_build(t->name, pick(0x10000)); }

void target_end(struct machine *m)
{
    check(m);
    operations_begin();
    (void)machine_hash(m);
    machine_destroy(m);
}
