/* save, restore, migrate, mirror.                                                           doc: snapshots */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gui/automation/prompt.h"
#include "gui/debugger/travel.h"

/* A line on a terminal, nothing in a file. */
static void show_progress(void *context, u64 done, u64 all)
{
    (void)context;
    fprintf(stderr, "\r%3u %%%s", (unsigned)(all ? done * 100 / all : 100), done >= all ? "\r      \r" : "");
}

bool debug_save(struct session *s, const char *at, struct error *err)
{
    char path[1024], word[16] = "";
    struct snapshot_progress progress = { isatty(STDERR_FILENO) ? show_progress : NULL, NULL };

    if (!next_argument(&at, path, sizeof path)) return fail(err, "to which file? e.g. save before.snapshot; save FILE force replaces one that is there");
    bool force = next_argument(&at, word, sizeof word) && !strcmp(word, "force");
    if (*word && !force) return fail(err, "save FILE [force]");
    if (s->partner) return fail(err, "save: machines on one clock cannot be saved one by one");
    if (!machine_save(s->machine, path, s->config ? s->config : "", force, &progress, err)) return false;
    printf("tick %llu is in %s\n", (unsigned long long)machine_tick(s->machine), path);
    return true;
}

bool debug_restore(struct session *s, const char *at, struct error *err)
{
    char path[1024];

    if (!next_argument(&at, path, sizeof path)) return fail(err, "from which file? e.g. restore before.snapshot");
    if (at[strspn(at, " \t")]) return debug_load_parameters(s, at, err);
    if (s->partner) return fail(err, "restore: machines on one clock cannot be restored one by one");
    if (!machine_restore(s->machine, path, err)) return false;
    s->stop[0] = 0;
    s->travel.count = 0;
    session_show_place(s);
    return true;
}

/* --- to another process: docs/internals/migration.md --- */

/* Breakpoints do not hold up what is on its way; Ctrl+C calls it off. */
static struct machine_stop run_meanwhile(void *context, u64 ticks)
{
    struct session *s = context;
    struct machine_stop stop = session_run_plainly(s, ticks);

    if (stop.kind == MACHINE_TICKS && s->interrupts && prompt_interrupted(s)) stop.kind = MACHINE_REQUEST;
    return stop;
}

static void show_round(void *context, unsigned round, u64 done, u64 all)
{
    (void)context;
    fprintf(stderr, "\rround %u: %3u %%%s", round + 1, (unsigned)(all ? done * 100 / all : 100), done >= all ? "\r               \r" : "");
}

static bool next_address(const char **at, char *address, size_t size, const char *command, struct error *err)
{
    return next_argument(at, address, size) || fail(err, "%s unix:PATH: the socket at which `orrery --wait unix:PATH` waits", command);
}

bool debug_migrate(struct session *s, const char *at, struct error *err)
{
    char address[256];
    struct machine_passage passage = { .run = run_meanwhile, .tell = isatty(STDERR_FILENO) ? show_round : NULL, .context = s };

    if (!next_address(&at, address, sizeof address, "migrate", err)) return false;
    if (s->partner) return fail(err, "migrate: a machine that shares its clock with others does not go alone");
    for (unsigned n = 0; n < machine_processors(s->machine); n++) cpu_set_breaks(machine_processor(s->machine, n), NULL, 0);
    if (!machine_migrate(s->machine, address, s->config ? s->config : "", &passage, err)) return false;
    printf("tick %llu: the machine has gone to %s: %.1f MB in %u rounds; it stood %.1f ms at most on the way and %.1f ms at the end\n", (unsigned long long)machine_tick(s->machine), address,
           (double)passage.bytes / 1e6, passage.rounds, (double)passage.longest_ns / 1e6, (double)passage.pause_ns / 1e6);
    s->over = true;
    s->status = 0;
    return true;
}

static void tell_lost(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "orrery: %s\n", sentence);
}

bool debug_mirror(struct session *s, const char *at, struct error *err)
{
    enum { CHECK_S = 5 };
    char address[256] = "", seconds[32], *end = seconds;
    double check = CHECK_S;
    struct machine_passage passage = { .run = run_meanwhile, .tell = isatty(STDERR_FILENO) ? show_round : NULL, .context = s };
    struct machine_mirroring how = { .lost = tell_lost, .context = s };

    if (!next_address(&at, address, sizeof address, "mirror", err)) return false;
    if (!strcmp(address, "off")) {
        if (!machine_is_mirrored(s->machine)) return fail(err, "mirror off: there is no mirror");
        machine_end_mirror(s->machine);
        return true;
    }
    if (next_argument(&at, seconds, sizeof seconds)) check = strtod(seconds, &end);
    if (*end && end != seconds) return fail(err, "mirror unix:PATH [SECONDS]: the host's time between two comparisons, 0 for none");
    if (check < 0 || check > 1e6) return fail(err, "mirror unix:PATH [SECONDS]: from 0 to a million");
    if (s->partner) return fail(err, "mirror: a machine that shares its clock with others has no second");
    for (unsigned n = 0; n < machine_processors(s->machine); n++) cpu_set_breaks(machine_processor(s->machine, n), NULL, 0);
    how.check_ns = (u64)(check * 1e9);
    if (!machine_mirror(s->machine, address, s->config ? s->config : "", &passage, &how, err)) return false;
    printf("tick %llu: %s follows: %.1f MB in %u rounds; this one stood %.1f ms at most on the way and %.1f ms at the end\n", (unsigned long long)machine_tick(s->machine), address,
           (double)passage.bytes / 1e6, passage.rounds, (double)passage.longest_ns / 1e6, (double)passage.pause_ns / 1e6);
    fflush(stdout);
    return true;
}
