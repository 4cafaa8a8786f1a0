#include "config/front.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/bochsrc.h"
#include "gui/automation/far_lines.h"
#include "gui/serve.h"

enum { STATUS_USAGE = 2 };
enum { BESIDES_BYTES = 1 << 30 };     /* the program and its libraries as they are mapped, pictures, traces, symbols */

/* --- what was named --- */

/* A file that says what a machine is made of names its media, which are compared with what it knows of them, and nothing else that may be written. */
static void name_media(struct named *named, const struct machine_config *c)
{
    for (unsigned i = 0; i < CONFIG_FLOPPIES; i++) named_add(named, c->floppy[i].path, true);
    for (unsigned i = 0; i < 2 * CONFIG_ATA_CHANNELS; i++) named_add(named, c->ata[i >> 1].device[i & 1].path, true);
}

/* The path behind "source" in a line of a script; false: it is another command. */
static bool sourced(const char *line, char *path, size_t size)
{
    int length = 0;

    line += strspn(line, " \t");
    if (strncmp(line, "source", 6) || !strchr(" \t", line[6]) || !line[6]) return false;
    line += 6 + strspn(line + 6, " \t");
    length = *line == '"' ? (int)strcspn(++line, "\"\r\n") : (int)strcspn(line, " \t\r\n");
    return length && snprintf(path, size, "%.*s", length, line) < (int)size;
}

/* A script, and those that it runs: what they say was said by whoever named the first. */
static void name_script(struct named *named, const char *path, unsigned depth)
{
    enum { DEEPEST = 16 };
    char line[4 * CONFIG_PATH], inner[CONFIG_PATH];
    FILE *f = depth < DEEPEST ? fopen(path, "re") : NULL;

    if (!f) return;
    named_add_file(named, path);
    while (fgets(line, sizeof line, f))
        if (sourced(line, inner, sizeof inner)) name_script(named, inner, depth + 1);
    fclose(f);
}

/* Files that the names do not say: those of a series, and what an overlay lies over: something of the same folder, unless it is named. */
static void name_bases(struct named *named, const struct machine_config *c)
{
    for (unsigned i = 0; i < 2 * CONFIG_ATA_CHANNELS; i++) {
        const struct ata_device_config *d = &c->ata[i >> 1].device[i & 1];
        const char *slash = strrchr(d->path, '/');
        char folder[CONFIG_PATH] = ".";

        if (d->type == ATA_DISK && (d->mode == DISK_CONCAT || d->mode == DISK_SPARSE)) named_add_series(named, d->path);
        if (d->type != ATA_DISK || d->mode != DISK_OVERLAY) continue;
        if (slash) snprintf(folder, sizeof folder, "%.*s", (int)(slash - d->path), d->path);
        named_add_folder(named, folder, false);
    }
}

static void name_all(struct named *named, const struct front_plan *plan)
{
    const struct arguments *a = plan->arguments;
    bool stranger = a->replay || a->restore || a->arrival;

    for (int i = 0; i < a->argc; i++) named_add(named, a->argv[i], true);
    named_add(named, plan->config_text, !stranger);
    named_add(named, plan->config->sandbox.allow, true);
    named_add(named, plan->config->sandbox.beside, false);
    name_bases(named, plan->config);
    if (stranger) name_media(named, plan->config);
    if (a->config && !stranger) named_add_file(named, a->config);
    if (a->script && plan->commands != stdin) name_script(named, a->script, 0);
    const char *const files[] = { a->config, a->script, a->screenshot, a->record, a->replay, a->restore, a->log, a->debugger_log, a->kernel, a->initrd };
    for (unsigned i = 0; i < ARRAY_COUNT(files); i++)
        if (files[i]) named_add(named, files[i], true);
    if (a->record) {                                     /* a journal that begins with a machine that came has its snapshot beside it */
        char beside[CONFIG_PATH];
        snprintf(beside, sizeof beside, "%s.snapshot", a->record);
        named_add(named, beside, true);
    }
    if (plan->commands) named_add_clones(named);
}

static bool has_host_end(const struct machine_config *c, enum network_kind least)
{
    bool any = c->gdbstub.enabled;

    for (unsigned n = 0; n < CONFIG_COMS; n++) any |= c->com[n].enabled && c->com[n].mode >= COM_SOCKET_CLIENT;
    for (unsigned i = 0; i < 2 * CONFIG_ATA_CHANNELS; i++) any |= c->ata[i >> 1].device[i & 1].type == ATA_DISK && disk_mode_is_served(c->ata[i >> 1].device[i & 1].mode);
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) any |= c->usb.enabled && c->usb.port[n].kind == CONFIG_USB_DISK && disk_mode_is_served(c->usb.port[n].mode);
    for (unsigned n = 0; n < CONFIG_NICS; n++) any |= (c->ne2k[n].present && c->ne2k[n].ethmod >= least) || (c->e1000[n].present && c->e1000[n].ethmod >= least);
    return any;
}

static struct sandbox_needs needs_of(const struct front_plan *plan)
{
    const struct machine_config *c = plan->config;
    u64 past = plan->config->time_travel.mode == TIME_TRAVEL_OFF ? 0 : (u64)c->time_travel.memory_mib << 20;
    bool outside = has_host_end(c, NETWORK_PASST), commanded = plan->commands && c->sandbox.level == SANDBOX_STANDARD;

    return (struct sandbox_needs){
        .level = c->sandbox.level, .terminal = plan->commands != NULL, .sockets = outside || commanded || plan->arguments->arrival, .tap = outside, .processes = plan->arguments->clones || commanded,
        .memory_bytes = 2 * c->memory_bytes + past + BESIDES_BYTES,
    };
}

/* --- two processes --- */

static bool make_lines(struct front *f, int *theirs, struct error *err)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return fail(err, "sandbox: no sockets");
    f->lines = pair[0];
    *theirs = pair[1];
    return true;
}

/* A display's process takes the signals; SIGSYS is the broker's door, and those of faults are nobody's to hold up. */
static void leave_signals_to_display(void)
{
    sigset_t set;

    sigfillset(&set);
    for (int n = 1; n < NSIG; n++)
        if (n == SIGSYS || n == SIGSEGV || n == SIGBUS || n == SIGFPE || n == SIGILL || n == SIGABRT || n == SIGTRAP) sigdelset(&set, n);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

static void end_box(void *box) { mailbox_close(box); }

bool front_split(struct front *f, const struct front_plan *plan, struct error *err)
{
    const struct sandbox_needs needs = needs_of(plan);
    struct named *named = named_create();
    bool typed = plan->commands == stdin;
    int theirs = -1;

    *f = (struct front){ 0 };
    if (!named || (plan->display && !(f->box = mailbox_create()))) return fail(err, "sandbox: out of memory");
    name_all(named, plan);
    if (typed && !make_lines(f, &theirs, err)) return false;
    f->named = named;
    if (!sandbox_split(&f->sandbox, &needs, named, err)) return false;
    if (f->sandbox.side == SANDBOX_FRONT) {
        if (typed) close(theirs);
        return true;
    }
    if (typed) {
        close(f->lines);
        f->lines = theirs;
    }
    if (plan->display) leave_signals_to_display();
    return true;
}

/* --- the front --- */

static void typed(void *named, const char *line)
{
    char path[CONFIG_PATH];

    if (sourced(line, path, sizeof path)) name_script(named, path, 0);
    named_type(named, line);
    named_type(named, "\n");
}

static void *serve_lines(void *context)
{
    far_lines_serve(context);
    return NULL;
}

/* What is typed into the debugger's panes names files too. */
static void posted(void *named, const struct mail *mail)
{
    enum { BACKSPACE = 0x2a, ENTER = 0x28 };

    if (mail->kind == MAIL_PANE_TEXT) named_type(named, mail->text);
    if (mail->kind == MAIL_PANE_KEY && mail->usage == BACKSPACE) named_type(named, "\b");
    if (mail->kind == MAIL_PANE_KEY && mail->usage == ENTER) named_type(named, "\n");
}

static bool show(struct front *f, const struct display *display)
{
    struct error err = { 0 };

    sandbox_on_end(&f->sandbox, end_box, f->box);
    mailbox_on_post(f->box, posted, f->named);
    bool shown = display->run(f->box, &err);
    if (!shown) fputs(err.text, stderr);
    serve_quit(f->box);
    return shown;
}

int front_run(struct front *f, const struct front_plan *plan)
{
    struct far_lines lines = { .fd = f->lines, .in = STDIN_FILENO, .typed = typed, .context = f->named };
    pthread_t thread;
    bool reads = f->lines && !pthread_create(&thread, NULL, serve_lines, &lines);
    f->sandbox.typing = f->lines;
    bool shown = !plan->display || show(f, plan->display);
    int status = sandbox_wait(&f->sandbox);

    if (reads) pthread_join(thread, NULL);
    named_free(f->named);
    mailbox_destroy(f->box);
    return shown ? status : STATUS_USAGE;
}

/* --- several machines in one process, and tools for images --- */

static bool says_word(int argc, char **argv, const char *word)
{
    bool found = false;

    for (int i = 0; i < argc; i++) found |= strstr(argv[i], "sandbox:") && strstr(argv[i], word);
    return found;
}

/* An overlay's base lies in its folder, and is what a commit writes.  KIND:PATH is a path too. */
static void name_folder_of(struct named *named, const char *word, bool may_write)
{
    const char *path = strchr(word, ':') ? strchr(word, ':') + 1 : word, *slash = strrchr(path, '/');
    char folder[CONFIG_PATH] = ".";

    if (slash) snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    named_add_folder(named, folder, may_write);
}

static void name_command_lines(struct named *named, int argc, char **argv, bool image)
{
    static const char *const usual[] = { ".bochsrc", "bochsrc", "bochsrc.txt", "/etc/bochsrc" };

    for (int i = 0; i < argc; i++) {
        if (image) name_folder_of(named, argv[i], !strcmp(argv[1], "commit"));
        named_add(named, argv[i], true);
        if (!strcmp(argv[i], "-f") && i + 1 < argc) named_add_file(named, argv[i + 1]);
        if (!strcmp(argv[i], "-rc") && i + 1 < argc) name_script(named, argv[i + 1], 0);
    }
    for (unsigned i = 0; i < ARRAY_COUNT(usual); i++) {
        named_add(named, usual[i], false);
        named_add_file(named, usual[i]);
    }
}

bool front_apart(int argc, char **argv, int *status)
{
    const struct sandbox_needs needs = { .level = SANDBOX_STANDARD, .sockets = true, .tap = true };
    struct named *named = named_create();
    struct sandbox sandbox;
    struct error err = { 0 }, why = { 0 };

    if (says_word(argc, argv, "strict")) fail(&err, "orrery: %s: sandbox: strict is for a machine by itself", argv[0]);
    else if (says_word(argc, argv, "off") || !sandbox_possible(&why)) return true;
    if (!err.count && named) {
        name_command_lines(named, argc, argv, !strcmp(argv[0], "image"));
        if (sandbox_split(&sandbox, &needs, named, &err)) {
            if (sandbox.side == SANDBOX_MACHINE) return true;
            *status = sandbox_wait(&sandbox);
            return false;
        }
    }
    fputs(err.text, stderr);
    *status = STATUS_USAGE;
    return false;
}
