/* orrery: command line, configuration, and the run.                                        doc: command-line */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/bochsrc.h"
#include "config/clone.h"
#include "config/hub.h"
#include "config/image.h"
#include "config/journal.h"
#include "config/lan.h"
#include "config/snapshot.h"
#include "config/write.h"
#include "gui/automation/script.h"
#include "gui/screenshot.h"
#include "gui/serve.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/stops.h"
#include "gui/debugger/why.h"
#include "gui/gdbstub/server.h"
#include "gui/panes/panes.h"

enum { STATUS_PANIC = 1, STATUS_USAGE = 2, STATUS_IMAGE = 4 };

struct arguments {
    const char *config, *script, *display, *screenshot, *record, *replay, *restore, *log, *debugger_log, *kernel, *initrd, *cmdline;
    bool no_config, headless, prompt, panes, glance;
    unsigned clones;             /* of the restored machine; 0: none */
    bool quick;                  /* -q: accepted for Bochs's sake, there is no start menu to skip */
    const char *max_instructions_text, *max_time_text, *max_wall_text;
    u64 max_instructions;
    double max_time, max_wall;
    const char *directive[64];
    unsigned directives;
    struct partner *partner;     /* orrery lan: this machine is one of several; NULL: the only one */
};

static void usage(void)
{
    puts("orrery [-q] [-f FILE] [-n] [-rc SCRIPT] [--prompt] [-dbg_gui [-dbglog FILE]] [--display window|terminal|headless] [--headless]\n"
         "       [--kernel FILE [--initrd FILE] [--cmdline TEXT]]\n"
         "       [--screenshot FILE] [--record JOURNAL] [-r SNAPSHOT] [-log FILE] [--max-instructions N] [--max-time SECONDS] [--max-wall SECONDS]\n"
         "       ['directive: ...' ...]\n"
         "orrery replay JOURNAL [options]\n"
         "orrery clone SNAPSHOT -n N [options]\n"
         "orrery journal info FILE | text FILE | cut FILE TICK NEW\n"
         "orrery snapshot info FILE | diff FILE FILE\n"
         "orrery image create FILE SIZE | info FILE | check FILE | convert FROM TO | commit FILE | resize FILE SIZE   (orrery image says more)\n"
         "orrery hub PATH\n"
         "orrery lan [--delay MICROSECONDS] OPTIONS -- OPTIONS [-- OPTIONS ...]\n"
         "orrery trace show FILE [FROM-TICK [COUNT]] [--symbols FILE]...\n"
         "orrery --help [cpu | devices | DIRECTIVE] | --sample | --version\n\n"
         "The machine runs in a window, on the terminal where there is no window, or headless.  -rc SCRIPT runs commands first (- is\n"
         "standard input), --prompt (-dbg) reads them from you; `help` lists them.  -dbg_gui opens the debugger in the window, as Ctrl+Alt+D\n"
         "does there.  Directives of the configuration:");
    bochsrc_help();
}

static void help_cpu(void)
{
    puts("\nModels:");
    for (unsigned i = 0; cpu_model_at(i); i++) {
        const struct cpu_model *m = cpu_model_at(i);
        unsigned column = 4;
        printf("%s%s%s%s: %s\n   ", m->name, m->alias ? " (" : "", m->alias ? m->alias : "", m->alias ? ")" : i ? "" : " (default)", m->meaning);
        for (unsigned f = 0; cpu_feature_at(f); f++) {
            const char *flag = cpu_feature_at(f)->flag;
            if (!cpu_model_has(m, cpu_feature_at(f)->feature)) continue;
            if (column + strlen(flag) > 100) column = (unsigned)printf("\n   ") + 2;
            column += (unsigned)printf(" %s", flag);
        }
        putchar('\n');
    }
    puts("\nFlags of add_features and exclude_features:");
    for (unsigned f = 0; cpu_feature_at(f); f++) printf("  %-14s %s\n", cpu_feature_at(f)->flag, cpu_feature_at(f)->meaning);
}

/* Of those with a directive what they are and what may be said of them; then all parts of a machine of which nothing was said. */
static void help_devices(void)
{
    struct machine_config config;
    struct error err = { 0 };
    const char *name;

    bochsrc_help_devices();
    machine_config_defaults(&config);
    struct machine *machine = machine_create(&config, &err);
    fputs("Parts of a machine as it comes; `info device` in the prompt shows their state:\n ", stdout);
    for (unsigned n = 0; machine && (name = machine_device_name(machine, n)); n++) printf(" %s", name);
    putchar('\n');
    machine_destroy(machine);
}

/* Options that take a value, and where it goes. */
static const char **value_of(struct arguments *a, const char *word)
{
    const struct { const char *name; const char **to; } options[] = {
        { "-f", &a->config }, { "-qf", &a->config }, { "-rc", &a->script }, { "--display", &a->display }, { "--screenshot", &a->screenshot }, { "--record", &a->record },
        { "--kernel", &a->kernel }, { "--initrd", &a->initrd }, { "--cmdline", &a->cmdline }, { "-log", &a->log }, { "-r", &a->restore },
        { "-dbglog", &a->debugger_log },
        { "--max-instructions", &a->max_instructions_text }, { "--max-time", &a->max_time_text }, { "--max-wall", &a->max_wall_text },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(options); i++)
        if (!strcmp(word, options[i].name)) return options[i].to;
    return NULL;
}

static bool *switch_of(struct arguments *a, const char *word)
{
    if (!strcmp(word, "-n")) return &a->no_config;
    if (!strcmp(word, "-q")) return &a->quick;
    if (!strcmp(word, "--headless")) return &a->headless;
    if (!strcmp(word, "-dbg_gui") || !strcmp(word, "-dbg_gui:globalini")) return &a->panes;
    return !strcmp(word, "--prompt") || !strcmp(word, "-dbg") || !strcmp(word, "-debugger") ? &a->prompt : NULL;
}

static bool seconds_of(const char *option, const char *text, const char *whose, double *seconds, struct error *err)
{
    char *end;

    *seconds = strtod(text, &end);
    return (!*end && *seconds > 0 && *seconds < 1e9) || fail(err, "orrery: %s %s: %s", option, text, whose);
}

static bool limits(struct arguments *a, struct error *err)
{
    char *end;

    if (a->max_instructions_text) {
        a->max_instructions = strtoull(a->max_instructions_text, &end, 0);
        if (*end || !a->max_instructions) return fail(err, "orrery: --max-instructions %s: a number of instructions", a->max_instructions_text);
    }
    if (a->max_time_text && !seconds_of("--max-time", a->max_time_text, "virtual seconds", &a->max_time, err)) return false;
    return !a->max_wall_text || seconds_of("--max-wall", a->max_wall_text, "seconds of the host's time", &a->max_wall, err);
}

static bool parse(int argc, char **argv, struct arguments *a, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], **value = value_of(a, word);
        bool *flag = switch_of(a, word);
        if (value && i + 1 == argc) return fail(err, "orrery: %s needs a value", word);
        if (value) *value = argv[++i];
        else if (flag) *flag = true;
        else if (word[0] == '-') return fail(err, "orrery: unknown option %s; see orrery --help", word);
        else if (a->directives == ARRAY_COUNT(a->directive)) return fail(err, "orrery: more than %zu directives on the command line", ARRAY_COUNT(a->directive));
        else a->directive[a->directives++] = word;
    }
    return limits(a, err);
}

/* .bochsrc, bochsrc, bochsrc.txt, ~/.bochsrc, /etc/bochsrc: the first that is there. */
static const char *find_config(char *room, size_t size)
{
    static const char *const names[] = { ".bochsrc", "bochsrc", "bochsrc.txt", "/etc/bochsrc" };
    const char *home = getenv("HOME");

    for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
        if (i == 3 && home) {
            snprintf(room, size, "%s/.bochsrc", home);
            if (access(room, R_OK) == 0) return room;
        }
        if (access(names[i], R_OK) == 0) return names[i];
    }
    return NULL;
}

struct journal_reader {
    const char *path;
    struct machine_config *config;
    struct error *err, *notes;
};

static void take_directive(void *context, const char *directive)
{
    struct journal_reader *r = context;
    bochsrc_directive(r->path, directive, r->config, r->err, r->notes);
}

static bool replayed_config(const char *path, struct machine_config *c, struct error *err, struct error *notes)
{
    struct journal_reader r = { path, c, err, notes };

    c->volatile_media = true;
    return machine_journal_config(path, take_directive, &r, err) && !err->count;
}

/* What is said besides goes beyond it: another place for sound, another file for a serial line. */
static bool snapshot_config(const char *path, struct machine_config *c, struct error *err, struct error *notes)
{
    struct journal_reader r = { path, c, err, notes };
    return machine_snapshot_config(path, take_directive, &r, err) && !err->count;
}

/* Where a replay's sound goes, and what its program's addresses are called, is no input of the machine: it may be said anew. */
static bool take_outer(const struct arguments *a, struct machine_config *c, struct error *err, struct error *notes)
{
    bool ok = true;

    for (unsigned i = 0; i < a->directives; i++) {
        bool outer = !strncmp(a->directive[i], "sound:", 6) || !strncmp(a->directive[i], "debugger:", 9) || !strncmp(a->directive[i], "symbols:", 8) || !strncmp(a->directive[i], "gdbstub:", 8) ||
                     !strncmp(a->directive[i], "time_travel:", 12);
        if (!outer) ok = fail(err, "orrery: replay takes its configuration from the journal; \"%s\" is not among what may be said: sound: symbols: gdbstub: time_travel: debugger:", a->directive[i]);
        else ok &= bochsrc_directive("command line", a->directive[i], c, err, notes);
    }
    return ok;
}

/* A machine that was told of no disk shows the one that comes with it. */
static void insert_demo(struct machine_config *c)
{
    bool any = c->floppy[0].path[0] || c->floppy[1].path[0] || c->kernel.path[0];

    for (unsigned i = 0; i < 2 * CONFIG_ATA_CHANNELS; i++) any |= c->ata[i >> 1].device[i & 1].type != ATA_NONE;
    if (!any) strcpy(c->floppy[0].path, DEMO_DISK);
}

/* --kernel, --initrd and --cmdline say what the directives of these names say. */
static bool choose_kernel(const struct arguments *a, struct machine_config *c, struct error *err)
{
    const struct { const char *name, *value; char *to; size_t room; } given[] = {
        { "--kernel", a->kernel, c->kernel.path, sizeof c->kernel.path }, { "--initrd", a->initrd, c->kernel.initrd, sizeof c->kernel.initrd },
        { "--cmdline", a->cmdline, c->kernel.cmdline, sizeof c->kernel.cmdline },
    };
    bool ok = true;

    for (unsigned i = 0; i < ARRAY_COUNT(given); i++) {
        if (!given[i].value) continue;
        if (strlen(given[i].value) >= given[i].room) ok = fail(err, "orrery: %s: at most %zu characters", given[i].name, given[i].room - 1);
        else strcpy(given[i].to, given[i].value);
    }
    bool alone = c->kernel.initrd[0] || c->kernel.cmdline[0] || c->kernel.module[0].path[0];
    return c->kernel.path[0] || !alone ? ok : fail(err, "orrery: initrd:, cmdline: and module1: are for a kernel: (or --kernel), and there is none");
}

/* A seat in the LAN, and addresses that differ from those of the other machines' cards. */
static void join_lan(const struct partner *partner, struct machine_config *c)
{
    static const u8 none[6];
    struct nic_config *cards[] = { c->ne2k, c->e1000 };

    c->seat = together_seat(partner);
    for (unsigned model = 0; model < ARRAY_COUNT(cards); model++)
        for (unsigned n = 0; n < CONFIG_NICS; n++) {
            const u8 made[6] = { 0xb0, 0xc4, 0x20, (u8)together_number(partner), (u8)model, (u8)n };
            if (!memcmp(cards[model][n].mac, none, 6)) memcpy(cards[model][n].mac, made, 6);
        }
}

static bool configure(const struct arguments *a, struct machine_config *c, struct error *err, struct error *notes)
{
    char room[1100];
    const char *path = a->config ? a->config : a->no_config ? NULL : find_config(room, sizeof room);
    bool ok = true;

    machine_config_defaults(c);
    if (a->replay) return replayed_config(a->replay, c, err, notes) && take_outer(a, c, err, notes);
    if (a->restore) ok = snapshot_config(a->restore, c, err, notes);
    else if (path) ok = bochsrc_read(path, c, err, notes);
    for (unsigned i = 0; i < a->directives; i++) ok &= bochsrc_directive("command line", a->directive[i], c, err, notes);
    ok &= choose_kernel(a, c, err);
    insert_demo(c);
    if (a->partner) join_lan(a->partner, c);
    c->volatile_media = a->record || a->clones;          /* what clones write is each one's own */
    if (a->record) {
        fail(notes, "orrery: while a journal is recorded, writes to disks stay in memory");
    }
    return ok;
}

/* --- the run --- */

struct run {
    struct arguments *arguments;
    const struct display *display;       /* NULL: headless */
    struct session session;
    struct gdb_server *gdb;              /* NULL: none may come */
    FILE *log;
    FILE *commands;                      /* script or prompt; NULL: the machine just runs */
};

static const struct display *choose_display(const struct arguments *a, const struct machine_config *config, struct error *err)
{
    if (a->headless || a->partner) return NULL;
    const char *name = a->display ? a->display : config->display;
    const struct display *d = name[0] ? display_find(name) : display_default();
    if (!d) fail(err, "orrery: --display %s: there are window, terminal and headless", a->display);
    return d == &display_headless ? NULL : d;
}

static bool open_commands(struct run *r, struct error *err)
{
    const char *script = r->arguments->script;

    if (r->arguments->prompt || (script && !strcmp(script, "-"))) r->commands = stdin;
    else if (script) r->commands = fopen(script, "r");
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
    u64 end;

    if (a->replay) {
        if (!machine_replay(r->session.machine, a->replay, &end, err)) return false;
        r->session.journal_end = end;
        return true;
    }
    if (!a->record) return true;
    return machine_record(r->session.machine, a->record, r->session.config, a->restore, err);
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
static bool make_clones(struct run *r, struct arguments *a, const struct machine_config *config, struct error *err)
{
    struct clones clones;

    if (!may_be_cloned(r, config, err) || !clones_make(&clones, a->clones, err)) return false;
    if (!clones.number) {
        r->session.over = true;
        r->session.status = clones.failed ? STATUS_PANIC : 0;
        return true;
    }
    machine_become_clone(r->session.machine, clones.number);
    a->record = path_of_clone(a->record, clones.number);
    a->screenshot = path_of_clone(a->screenshot, clones.number);
    a->log = path_of_clone(a->log, clones.number);
    if (!r->commands || r->commands == stdin) return true;
    fclose(r->commands);                                 /* its place in the script would be everybody's */
    r->commands = fopen(a->script, "r");
    return r->commands || fail(err, "orrery: -rc %s: %s", a->script, strerror(errno));
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
    if (a->max_time > 0) r->session.ticks_left = (u64)(a->max_time * (double)config->ips);
    if (a->max_instructions && a->max_instructions < r->session.ticks_left) r->session.ticks_left = a->max_instructions;
    if (a->restore && !machine_restore(r->session.machine, a->restore, err)) return false;
    if (a->clones && !make_clones(r, r->arguments, config, err)) return false;
    if (r->session.over) return true;
    if (!start_journal(r, err) || !begin_history(r, config, err)) return false;
    if (config->gdbstub.enabled && a->partner) return fail(err, "gdbstub: is for a machine alone, and this one shares its clock with others");
    if (config->gdbstub.enabled && !(r->gdb = gdb_server_open(config, err))) return false;
    r->session.quiet = r->display == &display_terminal;
    if (a->replay && !a->prompt && !r->gdb) tell_triple_faults(&r->session);         /* it runs to its end */
    else if (!r->display || r->commands || r->gdb) stop_at_triple_fault(&r->session);
    if (!r->display) body(NULL, r);
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
    bool told = a->headless || a->partner || a->display || config->display[0] || a->script || a->prompt || a->replay || a->max_time_text || a->max_wall_text || a->max_instructions_text;

    if (told || display_default() != &display_headless) return g;
    puts("orrery: there is neither a window nor a terminal here: the machine runs for 5 virtual seconds");
    g.max_time = 5;
    g.glance = true;
    if (!g.screenshot) g.screenshot = "orrery-screen.png";
    return g;
}

static int run(const struct arguments *asked)
{
    struct arguments given, *a = &given;
    struct error err = { 0 }, notes = { 0 };
    struct machine_config config;
    struct run r = { .arguments = a };
    bool ok = configure(asked, &config, &err, &notes);

    given = glance(asked, &config);

    r.display = choose_display(a, &config, &err);
    if (a->panes) config.debugger_panes = true;
    if (a->debugger_log) snprintf(config.debugger_log, sizeof config.debugger_log, "%s", a->debugger_log);
    if (a->panes && r.display != &display_window) fail(&err, "orrery: -dbg_gui: the debugger's panes are the window's; --prompt has its commands on a terminal, and panes png FILE a picture of it");
    else if (config.debugger_panes && r.display != &display_window) fail(&notes, "orrery: debugger: gui=1: there is no window");
    fputs(notes.text, stderr);
    ok = open_commands(&r, &err) && ok && !err.count;
    r.session.symbols = symbols_open();
    r.session.machine = ok ? machine_create(&config, &err) : NULL;
    char *text = config_text(&config);
    r.session.config = text;
    ok = r.session.machine && (stop_at_configured_magic(&r.session), true) && debug_configured_symbols(&r.session, &err) && begin_log(&r, a, &err) && perform(&r, &err);
    ok = session_end(&r.session, &err) && ok;
    if (r.session.machine && r.session.stop[0]) log_line(&r, 'p', "MACHINE", r.session.stop);
    if (r.session.machine) log_line(&r, 'i', "SIM", "the end");
    if (r.log) fclose(r.log);
    gdb_server_close(r.gdb);
    if (!ok) fputs(err.text, stderr);
    machine_destroy(r.session.machine);
    symbols_free(r.session.symbols);
    free(text);
    if (r.commands && r.commands != stdin) fclose(r.commands);
    return ok ? r.session.status : err.about_image ? STATUS_IMAGE : STATUS_USAGE;
}

/* orrery clone SNAPSHOT -n N [options] */
static int clone_command(int argc, char **argv)
{
    struct arguments a = { .restore = argv[2], .headless = true };
    struct error err = { 0 };
    char *end = NULL;

    if (argc > 4 && !strcmp(argv[3], "-n")) a.clones = (unsigned)strtoul(argv[4], &end, 10);
    if (!end || *end || !a.clones || a.clones > CLONES_MOST) {
        fprintf(stderr, "orrery clone SNAPSHOT -n N [options]: N is a number from 1 to %d\n", CLONES_MOST);
        return STATUS_USAGE;
    }
    if (parse(argc - 4, argv + 4, &a, &err) && (!a.prompt || fail(&err, "orrery: clone: --prompt is for one machine; -rc SCRIPT is for all"))) return run(&a);
    fputs(err.text, stderr);
    return STATUS_USAGE;
}

/* A command line by itself, or that of a machine among others. */
static int run_command_line(int argc, char **argv, struct partner *partner)
{
    struct arguments a = { .partner = partner };
    struct error err = { 0 };
    bool replay = argc > 2 && !strcmp(argv[1], "replay");

    if (replay) a.replay = argv[2];
    if (argc > 2 && !strcmp(argv[1], "clone")) return clone_command(argc, argv);
    if (parse(replay ? argc - 2 : argc, replay ? argv + 2 : argv, &a, &err)) return run(&a);
    fputs(err.text, stderr);
    return STATUS_USAGE;
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
    if (argc > 2 && strcmp(argv[1], "--help") == 0 && strcmp(argv[2], "devices") == 0) return help_devices(), 0;
    if (argc > 2 && strcmp(argv[1], "--help") == 0 && bochsrc_help_directive(argv[2])) {
        if (strcmp(argv[2], "cpu") == 0) help_cpu();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0) return usage(), 0;
    if (argc > 1 && strcmp(argv[1], "--version") == 0) return puts("orrery 0.1"), 0;
    return run_command_line(argc, argv, NULL);
}
