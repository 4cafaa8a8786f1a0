/* orrery: command line, configuration, and the run.                                        doc: command-line */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/arguments.h"
#include "config/bochsrc.h"
#include "config/front.h"
#include "config/hub.h"
#include "config/image.h"
#include "config/journal.h"
#include "config/lan.h"
#include "config/perturb.h"
#include "config/snapshot.h"
#include "config/write.h"
#include "gui/automation/clones.h"
#include "gui/automation/script.h"
#include "gui/screenshot.h"
#include "gui/serve.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/stops.h"
#include "gui/debugger/why.h"
#include "gui/gdbstub/server.h"
#include "gui/panes/panes.h"

enum { STATUS_PANIC = 1, STATUS_USAGE = 2, STATUS_IMAGE = 4 };

/* --- the run --- */

struct run {
    struct arguments *arguments;
    const struct display *display;       /* NULL: headless */
    struct session session;
    struct front front;                  /* of this process, or what it has of the front's */
    struct gdb_server *gdb;              /* NULL: none may come */
    FILE *log;
    FILE *commands;                      /* script or prompt; NULL: the machine just runs */
    char *begins_with;                   /* a snapshot that was made for the journal to begin with; NULL: none */
};

static const struct display *choose_display(const struct arguments *a, const struct machine_config *config, struct error *err)
{
    if (a->headless || a->partner) return NULL;
    const char *name = a->display ? a->display : config->display;
    const struct display *d = name[0] ? display_find(name) : display_default();
    if (!d) fail(err, "orrery: --display %s: there are window, terminal and headless", a->display);
    return d == &display_headless ? NULL : d;
}

/* A pipe (-rc <(...)) is read once: it takes the place of standard input. */
static FILE *open_script(const char *path)
{
    struct stat status;
    FILE *f = fopen(path, "re");

    if (!f || fstat(fileno(f), &status) || !(S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))) return f;
    dup2(fileno(f), STDIN_FILENO);
    fclose(f);
    return stdin;
}

static bool open_commands(struct run *r, struct error *err)
{
    const char *script = r->arguments->script;

    if (r->arguments->prompt || (script && !strcmp(script, "-"))) r->commands = stdin;
    else if (script) r->commands = open_script(script);
    if (script && strcmp(script, "-") && r->commands == stdin && r->arguments->clones) return fail(err, "orrery: -rc %s: it is a pipe, and each clone reads the script from its beginning", script);
    return !script || r->commands || fail(err, "orrery: -rc %s: %s", script, strerror(errno));
}

/* The debugger in the window.  A script, and gdb, let the machine run by themselves; whoever sits at the prompt shares it. */
static struct panes *attach_panes(struct run *r, struct serve *serve)
{
    struct session *s = &r->session;
    const struct machine_config *config = machine_configuration(s->machine);
    struct error err = { 0 };

    if (!serve || r->display != &display_window) return NULL;
    panes_open(s);
    panes_attach(s->panes, serve, config->debugger_panes);
    if (config->debugger_log[0] && strcmp(config->debugger_log, "-") && !panes_log(s->panes, config->debugger_log, &err)) fputs(err.text, stderr);
    if (r->commands && !r->arguments->prompt) panes_driven_by(s->panes, "the script");
    return s->panes;
}

/* Plain running for whoever looks on, up to the moment at which they open the debugger. */
static void run_for_display(struct run *r, struct serve *serve)
{
    struct session *s = &r->session;
    u64 begun = machine_tick(s->machine), ticks = s->ticks_left;

    tell_triple_faults(s);               /* nobody debugs, or not any more */
    if (s->journal_end && s->journal_end - begun < ticks) ticks = s->journal_end - begun;
    struct machine_stop stop = serve_until_closed(serve, ticks, s->wall_end_ns);

    if (s->ticks_left != UINT64_MAX) s->ticks_left -= machine_tick(s->machine) - begun;
    bool opened = s->panes && panes_are_open(s->panes);
    if (opened && stop.kind != MACHINE_REQUEST) {
        snprintf(s->stop, sizeof s->stop, "%s", stop.text);
        s->status = session_status_of(&stop);
    }
    if (opened || session_late(s)) return;
    if (stop.text[0] && stop.kind != MACHINE_REQUEST) {
        fprintf(stderr, "orrery: %s\n", stop.text);
        if (stop.kind == MACHINE_TRIPLE_FAULT) why_triple_fault(machine_cpu(s->machine), s->symbols);
        snprintf(s->stop, sizeof s->stop, "%s", stop.text);
    }
    s->status = session_status_of(&stop);
}

/* What the machine's thread does: the script or the prompt, then plain running for whoever looks on. */
static void body(struct serve *serve, void *context)
{
    struct run *r = context;
    struct session *s = &r->session;

    s->serve = serve;
    struct panes *panes = attach_panes(r, serve);
    if (r->commands) session_script(s, r->arguments->script ? r->arguments->script : "standard input", r->commands);
    if (panes) panes_driven_by(panes, r->gdb ? "gdb" : NULL);
    if (r->gdb && !s->over) gdb_server_run(r->gdb, s);
    if (s->over || r->gdb || (r->commands && !serve)) return;
    if (!serve) {
        session_run(s, UINT64_MAX);
        return;
    }
    if (!panes || (!panes_are_open(panes) && !s->breakpoints.room)) run_for_display(r, serve);
    if (!panes || (!panes_are_open(panes) && !s->breakpoints.room)) return;
    stop_at_triple_fault(s);
    panes_run(panes);
}

/* The journal on, for reading or writing. */
static bool start_journal(struct run *r, struct error *err)
{
    const struct arguments *a = r->arguments;
    const char *start = r->begins_with ? r->begins_with : a->restore;
    u64 end;

    if (a->replay) {
        if (!machine_replay(r->session.machine, a->replay, &end, err)) return false;
        r->session.journal_end = end;
        return true;
    }
    if (!a->record) return true;
    return machine_record(r->session.machine, a->record, r->session.config, start, err);
}

/* The directives of the machine, for journals and snapshots; the caller frees them. */
static char *config_text(const struct machine_config *config)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (f) config_write(config, f);
    if (f) fclose(f);
    return text;
}

/* A replay that has come to its end says whether the machine is what it was. */
static void judge_replay(struct run *r)
{
    u64 recorded = 0, got = 0, tick = machine_tick(r->session.machine);

    if (!r->session.journal_end || tick != r->session.journal_end) return;
    bool agrees = machine_replay_agrees(r->session.machine, &recorded, &got);
    bool judged = recorded || got;
    r->session.status = agrees || !judged ? 0 : STATUS_PANIC;
    if (!judged) printf("orrery: replayed %s up to tick %llu; it has no hash to compare with\n", r->arguments->replay, (unsigned long long)tick);
    else if (!agrees)
        printf("orrery: the replay of %s differs at tick %llu: hash %016llx, recorded was %016llx\n", r->arguments->replay,
               (unsigned long long)tick, (unsigned long long)got, (unsigned long long)recorded);
    else printf("orrery: replayed %s up to tick %llu: hash %016llx as recorded\n", r->arguments->replay, (unsigned long long)tick, (unsigned long long)got);
}

/* A line of the log, as Bochs writes it: %t tick, %e and %i severity, %d device, %% itself. */
static void log_line(struct run *r, char severity, const char *device, const char *text)
{
    const char *prefix = machine_configuration(r->session.machine)->log_prefix;

    for (const char *at = prefix[0] ? prefix : "%t%e%d "; r->log && *at; at++) {
        if (*at != '%' || !at[1]) fputc(*at, r->log);
        else if (*++at == 't') fprintf(r->log, "%011llu", (unsigned long long)machine_tick(r->session.machine));
        else if (*at == 'e' || *at == 'i') fputc(severity, r->log);
        else if (*at == 'd') fprintf(r->log, "[%-6s]", device);
        else fputc(*at, r->log);
    }
    if (r->log) fprintf(r->log, "%s\n", text);
}

/* Notices about media go to the person and to the log. */
static bool begin_log(struct run *r, const struct arguments *a, struct error *err)
{
    const char *path = a->log ? a->log : machine_configuration(r->session.machine)->log_path;
    char notices[8192], *rest = notices, *line;

    if (path[0] && strcmp(path, "-")) r->log = fopen(path, "we");
    if (path[0] && strcmp(path, "-") && !r->log) return fail(err, "log: %s: cannot be written: %s", path, strerror(errno));
    log_line(r, 'i', "SIM", "orrery 0.1");
    machine_notices(r->session.machine, notices, sizeof notices);
    while ((line = strsep(&rest, "\n")) && rest) {
        fprintf(stderr, "%s\n", line);
        log_line(r, 'e', "MEDIA", line);
    }
    return true;
}

/* In this thread and those it makes: the prompt reads them (gui/automation/prompt.c). */
static void block_interrupts(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Where nobody asked for it a disk that has no past is no reason to stop. */
static bool begin_history(struct run *r, const struct machine_config *config, struct error *err)
{
    const struct time_travel_config *t = &config->time_travel;
    bool asks = t->mode == TIME_TRAVEL_ON, wanted = asks || (t->mode == TIME_TRAVEL_AUTO && (r->arguments->prompt || config->gdbstub.enabled));
    struct error why = { 0 };

    if (!wanted || (r->arguments->partner && !asks)) return true;
    if (r->arguments->partner) return fail(err, "time_travel: machines on one clock have no past of their own");
    if (machine_keep_history(r->session.machine, (u64)t->memory_mib << 20, &why)) return true;
    if (asks) return fail(err, "%s", why.text);
    fprintf(stderr, "%sorrery: the past is not kept\n", why.text);
    return true;
}

/* "%n" in a path is the clone's number. */
static const char *path_of_clone(const char *path, unsigned number)
{
    const char *at = path ? strstr(path, "%n") : NULL;
    char *own = NULL;

    if (!at || asprintf(&own, "%.*s%u%s", (int)(at - path), path, number, at + 2) < 0) return path;
    return own;
}

/* Nothing that the host has once may be each clone's. */
static bool may_be_cloned(const struct run *r, const struct machine_config *config, struct error *err)
{
    const char *const paths[] = { r->arguments->record, r->arguments->screenshot, r->arguments->log };
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_COMS; n++)
        if (config->com[n].enabled && config->com[n].mode != COM_NULL && config->com[n].mode != COM_MOUSE) ok = fail(err, "com%u: clones have no host at the end of a serial line", n + 1);
    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if ((config->ne2k[n].present && config->ne2k[n].ethmod > NETWORK_VNET) || (config->e1000[n].present && config->e1000[n].ethmod > NETWORK_VNET)) ok = fail(err, "ne2k, e1000: clones have the networks vnet and null");
    for (unsigned i = 0; i < ARRAY_COUNT(paths); i++)
        if (paths[i] && !strstr(paths[i], "%n")) ok = fail(err, "%s: all clones would write it; %%n in the name is the clone's number", paths[i]);
    return ok;
}

/* In a clone all is as it would be in a process that had begun by itself. */
static bool begin_clone(struct run *r, struct arguments *a, unsigned number, struct error *err)
{
    machine_become_clone(r->session.machine, number);
    a->record = path_of_clone(a->record, number);
    a->screenshot = path_of_clone(a->screenshot, number);
    a->log = path_of_clone(a->log, number);
    if (!r->commands || r->commands == stdin) return true;
    fclose(r->commands);                                 /* its place in the script would be everybody's */
    r->commands = fopen(a->script, "re");
    return r->commands || fail(err, "orrery: -rc %s: %s", a->script, strerror(errno));
}

/* A seed that fails leaves its journal, as long as none before it does. */
static void seed_ended(void *context, unsigned number, int status)
{
    const struct arguments *a = context;
    if (!status || status == CLONE_SIGNALLED + SIGKILL) unlink(path_of_clone(a->record, number));
}

static bool journals_are_new(const struct arguments *a, struct error *err)
{
    for (unsigned n = 1; n <= a->clones; n++)
        if (!access(path_of_clone(a->record, n), F_OK)) return fail(err, "%s: is there already; take it away, or name others by --record", path_of_clone(a->record, n));
    return true;
}

static int tell_seeds(const struct arguments *a, const struct clones *c)
{
    for (unsigned n = 1; n <= c->made; n++)
        if (n != c->first_failed) unlink(path_of_clone(a->record, n));
    if (c->interrupted) return puts("orrery: the search was ended"), STATUS_PANIC;
    if (!c->first_failed) return printf("orrery: %u seeds, and none failed\n", c->made), 0;
    const char *journal = path_of_clone(a->record, c->first_failed);
    printf("orrery: seed %u ended with status %d; its journal is %s, and orrery replay %s does it again\n", c->first_failed, c->status, journal, journal);
    return c->status > CLONE_SIGNALLED ? STATUS_PANIC : c->status;
}

static bool make_clones(struct run *r, struct arguments *a, const struct machine_config *config, struct error *err)
{
    const struct clones_wanted all = { .count = a->clones };
    const struct clones_wanted seeds = { .count = a->clones, .at_once = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), .until_failure = true, .ended = seed_ended, .context = a };
    struct clones clones;

    if (!may_be_cloned(r, config, err) || !machine_may_be_cloned(r->session.machine, err) || (a->perturb && !journals_are_new(a, err))) return false;
    if (!machine_before_clones(r->session.machine, a->record, a->restore, err) || !clones_make(&clones, a->perturb ? &seeds : &all, err)) return false;
    if (clones.number) return begin_clone(r, a, clones.number, err);
    r->session.over = true;
    r->session.status = a->perturb ? tell_seeds(a, &clones) : clones.failed ? STATUS_PANIC : 0;
    return true;
}

static void tell_arrival(void *context, const char *sentence)
{
    (void)context;
    printf("orrery: %s\n", sentence);
    fflush(stdout);
}

/* What comes has no journal's beginning: a snapshot beside the journal is it. */
static bool keep_beginning(struct run *r, struct error *err)
{
    const struct arguments *a = r->arguments;

    if (!a->record) return true;
    if (asprintf(&r->begins_with, "%s.snapshot", a->record) < 0) r->begins_with = NULL;
    return r->begins_with && machine_save(r->session.machine, r->begins_with, r->session.config, false, NULL, err);
}

/* The machine that has come, or that was mirrored and has lost its first. */
static bool take_arrival(struct run *r, struct error *err)
{
    struct machine_arrival how = { .tell = tell_arrival };

    if (!r->arguments->arrival) return true;
    if (!machine_arrive(r->session.machine, r->arguments->arrival, &how, err)) return false;
    if (how.ended) {
        r->session.over = true;
        return true;
    }
    printf("orrery: tick %llu: the machine is here\n", (unsigned long long)machine_tick(r->session.machine));
    fflush(stdout);
    return keep_beginning(r, err);
}

static bool perform(struct run *r, struct error *err)
{
    const struct arguments *a = r->arguments;
    const struct machine_config *config = machine_configuration(r->session.machine);

    r->session.attended = a->prompt;
    r->session.partner = a->partner;
    if (a->prompt) block_interrupts();
    r->session.ticks_left = UINT64_MAX;
    if (a->max_wall > 0) session_limit_wall(&r->session, a->max_wall);
    if (a->max_time > 0) r->session.ticks_left = (u64)(a->max_time * (double)config->ips), r->session.ticks_option = "--max-time";
    if (a->max_instructions && a->max_instructions < r->session.ticks_left) r->session.ticks_left = a->max_instructions, r->session.ticks_option = "--max-instructions";
    if (a->restore && !machine_restore(r->session.machine, a->restore, err)) return false;
    if (!take_arrival(r, err)) return false;
    if (a->clones && !make_clones(r, r->arguments, config, err)) return false;
    if (r->session.over) return true;
    if (!start_journal(r, err) || !begin_history(r, config, err)) return false;
    if (config->gdbstub.enabled && a->partner) return fail(err, "gdbstub: is for a machine alone, and this one shares its clock with others");
    if (config->gdbstub.enabled && !(r->gdb = gdb_server_open(config, err))) return false;
    r->session.quiet = r->display == &display_terminal;
    if (a->replay && !a->prompt && !r->gdb) tell_triple_faults(&r->session);         /* it runs to its end */
    else if (!r->display || r->commands || r->gdb) stop_at_triple_fault(&r->session);
    if (!r->display) body(NULL, r);
    else if (r->front.box) serve_box(r->front.box, r->session.machine, config->sync != SYNC_NONE, body, r);
    else if (!serve_display(r->display, r->session.machine, config->sync != SYNC_NONE, body, r, err)) return false;
    judge_replay(r);
    if (a->glance && r->session.status == 3) r->session.status = 0;      /* the limit was ours */
    if (!a->screenshot) return true;
    if (!screenshot_write(r->session.machine, a->screenshot, err)) return false;
    printf("orrery: the screen is in %s\n", a->screenshot);
    return true;
}

/* Neither window nor terminal, and nobody said what to do: a look at the machine after a few seconds. */
static struct arguments glance(const struct arguments *a, const struct machine_config *config)
{
    struct arguments g = *a;
    bool told = a->headless || a->partner || a->display || config->display[0] || a->script || a->prompt || a->replay || a->wait || a->max_time_text || a->max_wall_text || a->max_instructions_text;

    if (told || display_default() != &display_headless) return g;
    puts("orrery: there is neither a window nor a terminal here: the machine runs for 5 virtual seconds");
    g.max_time = 5;
    g.glance = true;
    if (!g.screenshot) g.screenshot = "orrery-screen.png";
    return g;
}

/* Until somebody comes. */
static bool wait_for_arrival(struct arguments *a, struct error *err)
{
    if (a->restore || a->replay || a->clones || a->partner) return fail(err, "orrery: --wait: the machine is the one that comes, and no other");
    printf("orrery: waiting at %s\n", a->wait);
    fflush(stdout);
    a->arrival = machine_await(a->wait, err);
    return a->arrival;
}

/* Whether there are to be two processes.  Where there cannot be, strict is no run. */
static bool is_sandboxed(const struct arguments *a, const struct machine_config *config, struct error *err)
{
    const struct sandbox_config *s = &config->sandbox;
    struct error why = { 0 };

    if (s->level == SANDBOX_OFF || err->count || a->partner) return false;
    if (sandbox_possible(&why)) return true;
    if (s->level == SANDBOX_STRICT) fail(err, "%s", why.text);
    else if (s->asked) fprintf(stderr, "%sorrery: the machine runs without a sandbox\n", why.text);
    return false;
}

/* Makes the other process.  True in the one that goes on as the machine's, or as the only one; else *status is that of the program. */
static bool go_on(struct run *r, const struct machine_config *config, int *status, struct error *err)
{
    const struct front_plan plan = { .arguments = r->arguments, .config = config, .config_text = r->session.config, .display = r->display, .commands = r->commands };

    if (!front_split(&r->front, &plan, err)) return true;
    if (r->front.sandbox.side == SANDBOX_FRONT) return *status = front_run(&r->front, &plan), false;
    r->session.sandbox = &r->front.sandbox;
    r->session.lines = r->front.lines;
    return true;
}

static int run(const struct arguments *asked)
{
    struct arguments given = *asked, *a = &given;
    struct error err = { 0 }, notes = { 0 };
    struct machine_config config;
    struct run r = { .arguments = a };
    int status;

    machine_config_defaults(&config);
    bool ok = !a->wait || wait_for_arrival(a, &err);
    ok = ok && configure(a, &config, &err, &notes);
    given = glance(a, &config);

    if (a->perturb) perturb_usual(&config.perturb);
    r.display = choose_display(a, &config, &err);
    if (a->panes) config.debugger_panes = true;
    if (a->debugger_log) snprintf(config.debugger_log, sizeof config.debugger_log, "%s", a->debugger_log);
    if (a->panes && r.display != &display_window) fail(&err, "orrery: -dbg_gui: the debugger's panes are the window's; --prompt has its commands on a terminal, and panes png FILE a picture of it");
    else if (config.debugger_panes && r.display != &display_window) fail(&notes, "orrery: debugger: gui=1: there is no window");
    fputs(notes.text, stderr);
    ok = open_commands(&r, &err) && ok && !err.count;
    char *text = config_text(&config);
    r.session.config = text;
    bool apart = ok && is_sandboxed(a, &config, &err);
    if (ok && !r.display && !a->partner && (apart || !a->prompt)) session_take_endings(&r.session);
    if (apart && !go_on(&r, &config, &status, &err)) return free(text), status;
    ok = ok && !err.count;
    r.session.symbols = symbols_open();
    r.session.machine = ok ? machine_create(&config, &err) : NULL;
    if (a->arrival && !r.session.machine) arrival_refuse(a->arrival, &err);
    ok = r.session.machine && (stop_at_configured_magic(&r.session), true) && debug_configured_symbols(&r.session, &err) && begin_log(&r, a, &err) && perform(&r, &err);
    ok = session_end(&r.session, &err) && ok;
    if (r.session.machine && r.session.stop[0]) log_line(&r, 'p', "MACHINE", r.session.stop);
    if (r.session.machine) log_line(&r, 'i', "SIM", "the end");
    if (r.log) fclose(r.log);
    gdb_server_close(r.gdb);
    if (!ok) fputs(err.text, stderr);
    machine_destroy(r.session.machine);
    arrival_free(a->arrival);
    symbols_free(r.session.symbols);
    free(r.begins_with);
    free(text);
    if (r.commands && r.commands != stdin) fclose(r.commands);
    return ok ? r.session.status : err.about_image ? STATUS_IMAGE : STATUS_USAGE;
}

/* "-n N": taken out of the command line, whose other -n is without a number.  0: it is not there. */
static unsigned take_count(int *argc, char **argv, unsigned most)
{
    for (int i = 1; i + 1 < *argc; i++) {
        char *end;
        if (strcmp(argv[i], "-n") || !*argv[i + 1]) continue;
        unsigned long n = strtoul(argv[i + 1], &end, 10);
        if (*end) continue;
        memmove(&argv[i], &argv[i + 2], (size_t)(*argc - i - 2) * sizeof *argv);
        *argc -= 2;
        return n <= most ? (unsigned)n : 0;
    }
    return 0;
}

static int wrong_usage(const struct error *err)
{
    fputs(err->text, stderr);
    return STATUS_USAGE;
}

/* orrery clone SNAPSHOT -n N [options] */
static int clone_command(int argc, char **argv)
{
    struct arguments a = { .argc = argc - 1, .argv = argv + 1, .restore = argv[2], .headless = true };
    struct error err = { 0 };

    a.clones = take_count(&argc, argv, CLONES_MOST);
    if (!a.clones) fail(&err, "orrery clone SNAPSHOT -n N [options]: N is a number from 1 to %d", CLONES_MOST);
    else if (arguments_parse(argc - 2, argv + 2, &a, &err) && a.prompt) fail(&err, "orrery: clone: --prompt is for one machine; -rc SCRIPT is for all");
    return err.count ? wrong_usage(&err) : run(&a);
}

/* orrery perturb [SNAPSHOT] -n SEEDS -rc SCRIPT [options] */
static int perturb_command(int argc, char **argv)
{
    bool begun = argc > 2 && argv[2][0] != '-';
    struct arguments a = { .argc = argc - 1, .argv = argv + 1, .restore = begun ? argv[2] : NULL, .headless = true, .perturb = true };
    struct error err = { 0 };

    a.clones = take_count(&argc, argv, SEEDS_MOST);
    if (!a.clones) fail(&err, "orrery perturb [SNAPSHOT] -n SEEDS -rc SCRIPT [options]: SEEDS is a number from 1 to %d", SEEDS_MOST);
    else if (arguments_parse(argc - 1 - begun, argv + 1 + begun, &a, &err) && (!a.script || !strcmp(a.script, "-") || a.prompt))
        fail(&err, "orrery: perturb: -rc SCRIPT says what each seed does and what it expects");
    if (!a.record) a.record = "perturb-%n.journal";
    return err.count ? wrong_usage(&err) : run(&a);
}

/* A command line by itself, or that of a machine among others. */
static int run_command_line(int argc, char **argv, struct partner *partner)
{
    struct arguments a = { .argc = argc - 1, .argv = argv + 1, .partner = partner };
    struct error err = { 0 };
    bool replay = argc > 2 && !strcmp(argv[1], "replay");

    if (replay) a.replay = argv[2];
    if (argc > 2 && !strcmp(argv[1], "clone")) return clone_command(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "perturb")) return perturb_command(argc, argv);
    return arguments_parse(replay ? argc - 2 : argc, replay ? argv + 2 : argv, &a, &err) ? run(&a) : wrong_usage(&err);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN);            /* a file that may not grow is an error of the write */
    if (argc > 1 && strcmp(argv[1], "hub") == 0) return hub_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "lan") == 0) return lan_command(argc, argv, run_command_line);
    if (argc > 1 && strcmp(argv[1], "image") == 0) return image_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "journal") == 0) return journal_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "snapshot") == 0) return snapshot_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "trace") == 0) return trace_file_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "--sample") == 0) return bochsrc_sample(), 0;
    if (argc > 2 && strcmp(argv[1], "--help") == 0 && strcmp(argv[2], "devices") == 0) return print_devices(), 0;
    if (argc > 2 && strcmp(argv[1], "--help") == 0 && bochsrc_help_directive(argv[2])) {
        if (strcmp(argv[2], "cpu") == 0) print_cpu_help();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0) return print_usage(), 0;
    if (argc > 1 && strcmp(argv[1], "--version") == 0) return puts("orrery 0.1"), 0;
    return run_command_line(argc, argv, NULL);
}
