/* save, restore.                                                                            doc: snapshots */
#include <string.h>
#include <unistd.h>

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
