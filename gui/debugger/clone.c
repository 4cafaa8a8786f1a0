/* clone: several of this machine, from this moment, a process each.                         doc: clones */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gui/automation/clones.h"
#include "gui/automation/pager.h"
#include "gui/debugger/travel.h"

enum { STATUS_USAGE = 2, STATUS_IMAGE = 4, BASE_TEXT = 64 };

typedef unsigned long long llu;

/* What each of them does. */
struct task {
    const char *script;          /* a file; NULL: `commands` */
    const char *commands;        /* with ; between; "": run until the guest switches off */
    char base[BASE_TEXT];        /* of the names of journals and of the snapshot with which they begin */
    char snapshot[BASE_TEXT + 16];
};

/* --- in a clone --- */

/* Up to the next ; that stands in no quotes. */
static size_t command_length(const char *at)
{
    bool quoted = false;
    size_t n = 0;

    for (; at[n] && (quoted || at[n] != ';'); n++) {
        if (quoted && at[n] == '\\' && at[n + 1]) n++;
        else if (at[n] == '"') quoted = !quoted;
    }
    return n;
}

static bool run_commands(struct session *s, const char *at, struct error *err)
{
    char line[4096];

    while (*at && !s->over) {
        size_t n = command_length(at);
        snprintf(line, sizeof line, "%.*s", (int)n, at);
        if (!session_command(s, line, err)) return false;
        at += n + (at[n] == ';');
    }
    return true;
}

/* Nobody sits at it, and nobody looks on. */
static void be_alone(struct session *s)
{
    s->attended = s->coloured = false;
    s->lines = 0;
    s->interrupts = 0;
    s->pager = NULL;
    s->panes = NULL;
    s->journal_end = 0;
    s->stop[0] = 0;
    s->over = false;
    s->status = 0;
    s->travel.count = 0;
}

static bool live(struct session *s, const struct task *t, unsigned number, struct error *err)
{
    char journal[BASE_TEXT + 32];

    snprintf(journal, sizeof journal, "%s.%u.journal", t->base, number);
    if (!machine_leave_host(s->machine, err)) return false;
    machine_become_clone(s->machine, number);
    if (!machine_record(s->machine, journal, s->config ? s->config : "", t->snapshot, err)) return false;
    if (t->script) return session_source(s, t->script, err);
    if (*t->commands) return run_commands(s, t->commands, err);
    session_run(s, UINT64_MAX);
    return true;
}

static _Noreturn void live_and_end(struct session *s, const struct task *t, unsigned number)
{
    struct error err = { 0 };

    be_alone(s);
    bool right = live(s, t, number, &err);
    machine_end_recording(s->machine);
    if (!right) fputs(err.text, stderr);
    fflush(stdout);
    fflush(stderr);
    _exit(right ? s->status : err.about_image ? STATUS_IMAGE : STATUS_USAGE);    /* what the original has open stays as it is */
}

/* --- in the original --- */

static bool may_clone(const struct session *s, struct error *err)
{
    if (s->serve) return fail(err, "clone: a window or terminal shows this machine, and its threads cannot be cloned; --headless --prompt, or save FILE and orrery clone FILE -n N");
    if (s->partner) return fail(err, "clone: machines on one clock cannot be cloned one by one");
    if (s->trace.file) return fail(err, "clone: a trace is written to a file, of which there is one; trace off first");
    return machine_may_be_cloned(s->machine, err);
}

/* A name that is not taken: clone-TICK, clone-TICK-2 .. */
static void choose_names(struct task *t, u64 tick)
{
    snprintf(t->base, sizeof t->base, "clone-%llu", (llu)tick);
    for (unsigned n = 2;; n++) {
        snprintf(t->snapshot, sizeof t->snapshot, "%s.snapshot", t->base);
        if (access(t->snapshot, F_OK)) return;
        snprintf(t->base, sizeof t->base, "clone-%llu-%u", (llu)tick, n);
    }
}

static void tell(const struct clones *c, const struct task *t)
{
    if (c->interrupted) puts("orrery: the clones were ended");
    else printf("orrery: %u of %u ended with status 0\n", c->made - c->failed, c->made);
    printf("orrery: %s.N.journal is what clone N did, and begins with %s\n", t->base, t->snapshot);
}

/* "hash; wait 1s" does, though its first word is "hash;". */
static bool begins_with_command(const char *text)
{
    char word[64];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " \t;\""), text);
    return session_has_command(word);
}

static bool task_of(const char *at, struct task *t, char script[1024], struct error *err)
{
    const char *rest = at + strspn(at, " \t"), *word = rest;

    *t = (struct task){ .commands = rest };
    if (!next_argument(&word, script, 1024) || begins_with_command(rest)) return true;
    if (access(script, R_OK)) return fail(err, "clone: %s: neither a command nor a script that can be read: %s", script, strerror(errno));
    if (word[strspn(word, " \t")]) return fail(err, "clone N [SCRIPT | COMMAND; COMMAND ...]");
    t->script = script;
    return true;
}

bool debug_clone(struct session *s, const char *at, struct error *err)
{
    struct clones_wanted wanted = { .interrupts = s->interrupts };
    struct clones clones;
    struct task task;
    char word[16] = "", script[1024], *end = word;

    if (next_argument(&at, word, sizeof word)) wanted.count = (unsigned)strtoul(word, &end, 10);
    if (!wanted.count || *end || wanted.count > CLONES_MOST) return fail(err, "clone N [SCRIPT | COMMAND; COMMAND ...]: N from 1 to %d", CLONES_MOST);
    if (!may_clone(s, err) || !task_of(at, &task, script, err)) return false;
    choose_names(&task, machine_tick(s->machine));
    if (!machine_save(s->machine, task.snapshot, s->config ? s->config : "", false, NULL, err) || !machine_before_clones(s->machine, true, task.snapshot, err)) return false;
    pager_begin(s->pager, false);
    if (!clones_make(&clones, &wanted, err)) return false;
    if (clones.number) live_and_end(s, &task, clones.number);
    tell(&clones, &task);
    return true;
}
