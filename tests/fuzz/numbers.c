/* Numbers of an input or a seed, and a folder in memory.  doc: fuzz */
#include "tests/fuzz/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/room.h"

/* Every driver's.  What a run frees lies untouched for some runs more: what is left alone for hundreds costs the time in which the host clears pages. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "quarantine_size_mb=16"; }

/* --- numbers --- */

enum { FIRST_BYTES = 64, PIECE = 4096 };

static struct numbers {
    const u8 *at;
    size_t left;
    bool endless;                /* of a seed: when nothing is left, more is made */
    u64 state;
    u64 piece[PIECE / 8];
} numbers;
static FILE *kept;

static unsigned long nowhere;
volatile unsigned long *hostile_place = &nowhere;

void hostile_at(unsigned long operation) { *hostile_place = operation; }
void hostile_keep(FILE *to) { kept = to; }

void hostile_seed(u64 seed)
{
    numbers.at = NULL, numbers.left = 0, numbers.endless = true;
    numbers.state = seed * 0x9e3779b97f4a7c15ull | 1;
}

void hostile_input(const u8 *input, size_t size) { numbers.at = input, numbers.left = size, numbers.endless = false; }
bool hostile_over(void) { return !numbers.left && !numbers.endless; }

void hostile_aside(u64 seed, void (*draw)(void *context), void *context)
{
    struct numbers before = numbers;
    FILE *keeper = kept;

    kept = NULL;
    hostile_seed(seed);
    draw(context);
    bool inside = before.endless && before.left;
    numbers = before;
    if (inside) numbers.at = (const u8 *)numbers.piece + PIECE - numbers.left;
    kept = keeper;
}

static void make_more(void)
{
    u64 *state = &numbers.state;

    for (unsigned i = 0; i < ARRAY_COUNT(numbers.piece); i++) {
        *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
        numbers.piece[i] = *state * 0x2545f4914f6cdd1dull;
    }
    numbers.at = (const u8 *)numbers.piece, numbers.left = PIECE;
    if (kept) fwrite(numbers.piece, 1, PIECE, kept), fflush(kept);
}

static u64 take(unsigned bytes)
{
    u64 value = 0;

    for (unsigned i = 0; i < bytes; i++, numbers.left--) {
        if (!numbers.left && numbers.endless) make_more();
        if (!numbers.left) break;
        value |= (u64)*numbers.at++ << 8 * i;
    }
    return value;
}

u32 pick(u32 n) { return n < 2 ? 0 : (u32)(take(n <= 0x100 ? 1 : n <= 0x10000 ? 2 : 4) % n); }
u64 pick_wide(void) { return take(8); }

/* Contents that few decisions hang on should not take all that an input has. */
void pick_bytes(u8 *bytes, unsigned count)
{
    u64 others = 1;

    for (unsigned i = 0; i < count && i < FIRST_BYTES; i++) bytes[i] = (u8)take(1), others = (others ^ bytes[i]) * 0x100000001b3ull;
    for (unsigned i = FIRST_BYTES; i < count; i++) others = others * 6364136223846793005ull + 1442695040888963407ull, bytes[i] = (u8)(others >> 56);
}

u32 pick_value(void)
{
    switch (pick(6)) {
    case 0: return pick(8);
    case 1: return 1u << pick(32);
    case 2: return pick(2) ? 0 : 0xffffffff;
    case 3: return pick(65536);
    case 4: return pick(0x7fffffff) << 1 | pick(2);
    default: return pick(256);
    }
}

/* --- a folder --- */

enum { FOLDER = 64, NAMES = 4 };
static const char room_name[] = "orrery-fuzzing";
static char room[FOLDER];
static int room_held = -1;
static pid_t room_owner;

/* In memory where the host has such a place: media are made anew for every board. */
static const char *room_place(void) { return access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm"; }

bool room_open(void)
{
    room_owner = getpid();
    return (room_held = room_make(room, sizeof room, room_place(), room_name)) >= 0;
}

/* Also what children leave that died. */
void room_close(void)
{
    if (!room[0] || room_owner != getpid()) return;
    room_remove(room);
    close(room_held);
    rooms_sweep(room_place(), room_name);
    room[0] = 0;
}

const char *in_room(const char *name)
{
    static char path[NAMES][2 * FOLDER];
    static unsigned n;

    n = (n + 1) % NAMES;
    snprintf(path[n], sizeof path[n], "%s/%s", room, name);
    return path[n];
}

void room_put(const char *name, const void *bytes, size_t size, size_t whole)
{
    FILE *f = fopen(in_room(name), "wb");

    if (!f || fwrite(bytes, 1, size, f) != size || fflush(f) || (whole > size && ftruncate(fileno(f), (off_t)whole))) perror(in_room(name)), exit(2);
    fclose(f);
}

void room_folder(const char *name)
{
    room_remove(in_room(name));
    if (mkdir(in_room(name), 0700)) perror(in_room(name)), exit(2);
}
