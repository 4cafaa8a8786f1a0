/* What died is run again in processes of its own, with less and less of what led to it.  doc: fuzz */
#include "tests/fuzz/findings.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/hostile.h"

enum { TRIES_MOST = 3000, REDUCE_SECONDS = 120, PATH_ROOM = PATH_MAX };

u8 *read_whole(const char *path, size_t *size)
{
    size_t room = 4096, n;
    u8 *bytes = malloc(room);
    FILE *f = fopen(path, "rb");

    for (*size = 0; f && (n = fread(bytes + *size, 1, room - *size - 1, f));) {
        *size += n;
        if (room - *size < 2) bytes = realloc(bytes, room *= 2);
    }
    if (f) fclose(f);
    bytes[*size] = 0;
    if (f) return bytes;
    free(bytes);
    return NULL;
}

static bool write_whole(const char *path, const u8 *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(bytes, 1, size, f) == size;

    if (f) ok &= !fclose(f);
    return ok;
}

/* --- scripts --- */

bool script_write(const struct fuzz_target *t, const u8 *input, size_t size, FILE *to)
{
    if (!t->is_machine) return false;
    operations_record(to);
    target_one(t, input, size);
    operations_record(NULL);
    return true;
}

/* The line ended; its number, for who has to look. */
static bool play_line(struct machine **m, const char *line)
{
    char name[32];
    unsigned variant;

    if (!*line || *line == '\n' || *line == '#') return true;
    if (sscanf(line, "build %31s %u", name, &variant) == 2 && !*m) return (*m = target_build(name, variant));
    return *m && operations_line(*m, line);
}

bool script_replay(const char *path)
{
    struct machine *m = NULL;
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;
    bool ok = true;
    FILE *f = fopen(path, "r");

    if (!f) return perror(path), false;
    while (ok && getline(&line, &room, f) > 0) {
        hostile_at(++number);
        ok = play_line(&m, line);
    }
    if (!ok) fprintf(stderr, "%s:%u: \"%.60s\": no operation that is known, or none of its numbers; the first line is: build TARGET VARIANT\n", path, number, line);
    if (m) target_end(m);
    free(line);
    fclose(f);
    return ok;
}

/* --- does it still die? --- */

typedef void (*attempt)(const struct fuzz_target *target, const char *path);

static void play_script(const struct fuzz_target *t, const char *path)
{
    (void)t;
    script_replay(path);
}

static void play_input(const struct fuzz_target *t, const char *path)
{
    size_t size;
    u8 *input = read_whole(path, &size);

    if (input) target_one(t, input, size);
    free(input);
}

/* A process that says nothing, for QUIET_SECONDS at most. */
static bool dies(const struct fuzz_target *t, attempt play, const char *path)
{
    int status = 0;

    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        int nothing = open("/dev/null", O_WRONLY);
        dup2(nothing, 1), dup2(nothing, 2);
        signal(SIGABRT, SIG_DFL);
        alarm(QUIET_SECONDS);
        if (!room_open()) _exit(0);
        play(t, path);
        room_close();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

/* --- shorter --- */

struct reduction {
    const struct fuzz_target *target;
    attempt play;
    const char *path;            /* of the finding, which becomes shorter and shorter */
    bool lines;                  /* pieces are lines, of which the first stays; else bytes */
    u8 *bytes;
    size_t size, *start;         /* of each piece; start[pieces] is the size */
    size_t pieces;
    time_t end;
    unsigned tries;
};

static void cut_up(struct reduction *r)
{
    r->pieces = 0;
    r->start = realloc(r->start, (r->size + 2) * sizeof *r->start);
    for (size_t i = 0; i < r->size; i++)
        if (!r->lines || !i || r->bytes[i - 1] == '\n') r->start[r->pieces++] = i;
    r->start[r->pieces] = r->size;
}

/* Without pieces from `first` on. */
static bool still_dies_without(struct reduction *r, size_t first, size_t count)
{
    char path[PATH_ROOM];
    size_t from = r->start[first], to = r->start[first + count], size = r->size - (to - from);
    u8 *less = malloc(size + 1);

    r->tries++;
    memcpy(less, r->bytes, from);
    memcpy(less + from, r->bytes + to, r->size - to);
    snprintf(path, sizeof path, "%s.try", r->path);
    bool dead = write_whole(path, less, size) && dies(r->target, r->play, path);
    unlink(path);
    if (!dead) return free(less), false;
    free(r->bytes);
    r->bytes = less, r->size = size;
    cut_up(r);
    write_whole(r->path, r->bytes, r->size);
    return true;
}

/* Chunks are left out, from the end on, ever smaller ones, while it still dies. */
static void shorten(struct reduction *r)
{
    cut_up(r);
    for (size_t chunk = r->pieces / 2; chunk; chunk = chunk > 1 ? (chunk + 1) / 2 : 0)
        for (size_t at = r->pieces; at > (r->lines ? 1 : 0) && r->tries < TRIES_MOST && time(NULL) < r->end;) {
            size_t first = at > chunk + r->lines ? at - chunk : r->lines;
            if (first < at) still_dies_without(r, first, at - first);
            at = first;
        }
    free(r->start);
    free(r->bytes);
}

static bool reduce(const struct fuzz_target *t, attempt play, const char *path, bool lines)
{
    struct reduction r = { .target = t, .play = play, .path = path, .lines = lines, .end = time(NULL) + REDUCE_SECONDS };

    if (!dies(t, play, path)) return false;
    r.bytes = read_whole(path, &r.size);
    if (r.bytes) shorten(&r);
    return true;
}

/* --- the finding --- */

struct again {
    const struct fuzz_target *target;
    u64 seed;
    FILE *input, *script;
};

/* The same run once more, and what it is made of. */
static void run_again(const struct again *a)
{
    fflush(NULL);
    pid_t child = fork();
    if (child) {
        waitpid(child, NULL, 0);
        return;
    }
    int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, 1), dup2(nothing, 2);
    signal(SIGABRT, SIG_DFL);
    alarm(4 * QUIET_SECONDS);
    if (!room_open()) _exit(0);
    if (a->target->begin) a->target->begin();
    operations_record(a->script);
    hostile_seed(a->seed);
    hostile_keep(a->input);
    a->target->play(a->target, a->target->round ? a->target->round : 1);
    room_close();
    _exit(0);
}

static void tell(const char *path, bool again, const char *how, const char *name)
{
    fprintf(stderr, "fuzz: %s%s%s%s: %s\n", path, *how ? " (fuzz " : "", how, name, again ? "brings it back" : "does not bring it back: what it needs was left by an earlier run of the process");
}

void finding_report(const struct fuzz_target *t, u64 seed, const char *folder)
{
    char input[PATH_ROOM], script[PATH_ROOM], how[128];

    snprintf(input, sizeof input, "%s/%s-%llx.input", folder, t->name, (unsigned long long)seed);
    snprintf(script, sizeof script, "%s/%s-%llx.script", folder, t->name, (unsigned long long)seed);
    if (t->take) {
        size_t size;
        u8 *bytes = mutated_input(t, seed, &size);
        write_whole(input, bytes, size);
        free(bytes);
    } else {
        struct again a = { .target = t, .seed = seed, .input = fopen(input, "wb"), .script = t->is_machine ? fopen(script, "w") : NULL };
        run_again(&a);
        if (a.input) fclose(a.input);
        if (a.script) fclose(a.script);
    }
    snprintf(how, sizeof how, "%s FILE)", t->name);
    if (t->is_machine) tell(script, reduce(t, play_script, script, true), "--replay FILE", ")");
    else tell(input, reduce(t, play_input, input, false), how, "");
}
