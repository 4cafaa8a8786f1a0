#ifndef ORRERY_TESTS_STORAGE_CRASH_H
#define ORRERY_TESTS_STORAGE_CRASH_H
/* A host's disk that remembers every write, and what is left of it when the power goes at one of them: all that a sync made safe, and of
 * the later writes any, none, or a piece of each.  It may be full now and then: then it takes a part of a write, or nothing. */
#include "fixture.h"

#include <errno.h>

enum { CRASH_STEPS = 20000 };

struct crash_step {
    enum { STEP_WRITE, STEP_SYNC, STEP_SIZE } kind;
    const struct crash_disk *of;         /* several disks may write into the log of one */
    u64 offset;
    u32 size;
    u8 *bytes;
};

struct crash_disk {
    u8 *bytes;
    u64 size, room;
    struct crash_step step[CRASH_STEPS];
    unsigned steps;
    bool recording;
    struct crash_disk *log;              /* whose steps it adds to; NULL: its own */
    u32 full;                            /* one call in so many finds it full; 0: none */
    u32 seed;
};

static inline u32 crash_random(u32 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 17, *seed ^= *seed << 5;
    return *seed;
}

static inline void crash_grow(struct crash_disk *d, u64 size)
{
    if (size > d->room) {
        u64 room = size * 2 + 4096;
        d->bytes = realloc(d->bytes, room);
        memset(d->bytes + d->room, 0, room - d->room);
        d->room = room;
    }
    if (size < d->size) memset(d->bytes + size, 0, d->size - size);
    d->size = size;
}

static inline ssize_t crash_read(void *context, void *bytes, size_t size, u64 offset)
{
    struct crash_disk *d = context;
    if (offset >= d->size) return 0;
    if (size > d->size - offset) size = d->size - offset;
    memcpy(bytes, d->bytes + offset, size);
    return (ssize_t)size;
}

static inline struct crash_step *crash_note(struct crash_disk *d, int kind, u64 offset, size_t size)
{
    struct crash_disk *log = d->log ? d->log : d;
    struct crash_step *s = &log->step[log->steps];
    if (!log->recording) return NULL;
    cr_assert(log->steps++ < CRASH_STEPS);
    *s = (struct crash_step){ kind, d, offset, (u32)size, NULL };
    return s;
}

/* How much of a call the host has room for: all, whole sectors of it, or nothing. */
static inline size_t crash_room(struct crash_disk *d, u64 offset, size_t size)
{
    if (!d->full || crash_random(&d->seed) % d->full) return size;
    u64 end = (offset + crash_random(&d->seed) % size) / SECTOR_BYTES * SECTOR_BYTES;
    errno = ENOSPC;
    return end > offset ? (size_t)(end - offset) : 0;
}

static inline ssize_t crash_write(void *context, const void *bytes, size_t size, u64 offset)
{
    struct crash_disk *d = context;
    size = crash_room(d, offset, size);
    if (!size) return -1;
    struct crash_step *s = crash_note(d, STEP_WRITE, offset, size);
    if (s) s->bytes = memcpy(malloc(size), bytes, size);
    if (offset + size > d->size) crash_grow(d, offset + size);
    memcpy(d->bytes + offset, bytes, size);
    return (ssize_t)size;
}

static inline int crash_sync(void *context)
{
    crash_note(context, STEP_SYNC, 0, 0);
    return 0;
}

static inline int crash_set_size(void *context, u64 size)
{
    if (!crash_room(context, 0, 1)) return -1;
    crash_note(context, STEP_SIZE, size, 0);
    crash_grow(context, size);
    return 0;
}

static inline void crash_close(void *context) { (void)context; }

static const struct image_host crash_host = { crash_read, crash_write, crash_sync, crash_set_size, crash_close };

/* A write that reached the disk in part: its first bytes, or its last ones; sectors are whole from `whole_from` on. */
static inline void crash_tear(struct crash_disk *d, const struct crash_step *s, u64 whole_from, u32 *seed)
{
    u32 at = crash_random(seed) % (s->size + 1);
    if (s->offset >= whole_from) at = at / SECTOR_BYTES * SECTOR_BYTES;
    bool front = crash_random(seed) & 1;
    u32 first = front ? 0 : at, end = front ? at : s->size;
    if (first == end) return;
    if (s->offset + end > d->size) crash_grow(d, s->offset + end);
    memcpy(d->bytes + s->offset + first, s->bytes + first, end - first);
}

/* `before`, what disk `of` had when the recording began, becomes what is left of it after the first `cut` steps. */
static inline void crash_cut(struct crash_disk *before, const struct crash_disk *of, const struct crash_disk *log, unsigned cut, u64 whole_from, u32 *seed)
{
    unsigned safe = cut;

    while (safe && (log->step[safe - 1].kind != STEP_SYNC || log->step[safe - 1].of != of)) safe--;
    for (unsigned i = 0; i < cut; i++) {
        const struct crash_step *s = &log->step[i];
        if (s->of != of) continue;
        u32 fate = i < safe ? 0 : crash_random(seed) % 3;
        if (fate == 1) continue;
        if (s->kind == STEP_SIZE) crash_grow(before, s->offset);
        if (s->kind != STEP_WRITE) continue;
        if (fate == 2) {
            crash_tear(before, s, whole_from, seed);
            continue;
        }
        if (s->offset + s->size > before->size) crash_grow(before, s->offset + s->size);
        memcpy(before->bytes + s->offset, s->bytes, s->size);
    }
}

static inline struct crash_disk *crash_copy(const u8 *bytes, u64 size)
{
    struct crash_disk *d = calloc(1, sizeof *d);
    crash_grow(d, size);
    memcpy(d->bytes, bytes, size);
    return d;
}

static inline void crash_free(struct crash_disk *d)
{
    for (unsigned i = 0; i < d->steps; i++) free(d->step[i].bytes);
    free(d->bytes);
    free(d);
}

#endif
