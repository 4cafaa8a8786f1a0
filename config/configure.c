/* Which configuration a command line means.                                                 doc: command-line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/apart.h"
#include "config/arguments.h"
#include "config/bochsrc.h"
#include "devices/machine.h"

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

static const char beside[] = "beside: ";

struct journal_reader {
    const char *path;
    struct machine_config *config;
    struct error *err, *notes;
};

/* Directives of a journal, and the snapshot with which it begins: where it may be beside the journal. */
static bool read_journal(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err)
{
    const char *slash = strrchr(path, '/');
    char line[2 * CONFIG_PATH], name[CONFIG_PATH], said[2 * CONFIG_PATH];

    if (!machine_journal_config(path, take, context, err)) return false;
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f) && strncmp(line, "start", 5)) {
        if (sscanf(line, "snapshot %*x %1023[^\n]", name) != 1) continue;
        const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
        snprintf(said, sizeof said, "%s%.*s%s", beside, slash ? (int)(slash + 1 - path) : 0, path, base);
        take(context, said);
    }
    if (f) fclose(f);
    return true;
}

static void take_directive(void *context, const char *directive)
{
    struct journal_reader *r = context;

    if (!strncmp(directive, beside, strlen(beside))) {
        snprintf(r->config->sandbox.beside, sizeof r->config->sandbox.beside, "%s", directive + strlen(beside));
        return;
    }
    bochsrc_directive(r->path, directive, r->config, r->err, r->notes);
}

static bool replayed_config(const char *path, struct machine_config *c, struct error *err, struct error *notes)
{
    struct journal_reader r = { path, c, err, notes };

    c->volatile_media = true;
    return apart_read(read_journal, path, take_directive, &r, err) && !err->count;
}

/* What is said besides goes beyond it: another place for sound, another file for a serial line. */
static bool snapshot_config(const char *path, struct machine_config *c, struct error *err, struct error *notes)
{
    struct journal_reader r = { path, c, err, notes };
    return apart_read(machine_snapshot_config, path, take_directive, &r, err) && !err->count;
}

/* The same of a machine that comes from another process. */
static bool arrived_config(struct arrival *arrival, struct machine_config *c, struct error *err, struct error *notes)
{
    struct journal_reader r = { "--wait", c, err, notes };

    arrival_config(arrival, take_directive, &r);
    return !err->count;
}

/* Where a replay's sound goes, and what its program's addresses are called, is no input of the machine: it may be said anew. */
static bool take_outer(const struct arguments *a, struct machine_config *c, struct error *err, struct error *notes)
{
    bool ok = true;

    for (unsigned i = 0; i < a->directives; i++) {
        bool outer = !strncmp(a->directive[i], "sound:", 6) || !strncmp(a->directive[i], "debugger:", 9) || !strncmp(a->directive[i], "symbols:", 8) || !strncmp(a->directive[i], "gdbstub:", 8) ||
                     !strncmp(a->directive[i], "time_travel:", 12) || !strncmp(a->directive[i], "sandbox:", 8);
        if (!outer) ok = fail(err, "orrery: replay takes its configuration from the journal; \"%s\" is not among what may be said: sound: symbols: gdbstub: time_travel: debugger: sandbox:", a->directive[i]);
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

bool configure(const struct arguments *a, struct machine_config *c, struct error *err, struct error *notes)
{
    char room[1100];
    const char *path = a->config ? a->config : a->no_config ? NULL : find_config(room, sizeof room);
    bool ok = true;

    machine_config_defaults(c);
    if (a->replay) return replayed_config(a->replay, c, err, notes) && take_outer(a, c, err, notes);
    if (a->restore) ok = snapshot_config(a->restore, c, err, notes);
    else if (a->arrival) ok = arrived_config(a->arrival, c, err, notes);
    else if (path) ok = bochsrc_read(path, c, err, notes);
    for (unsigned i = 0; i < a->directives; i++) ok &= bochsrc_directive("command line", a->directive[i], c, err, notes);
    ok &= choose_kernel(a, c, err);
    insert_demo(c);
    if (a->partner) join_lan(a->partner, c);
    c->volatile_media = a->record || a->clones;          /* what clones write is each one's own */
    if (a->arrival) arrival_furnish(a->arrival, c);
    if (a->record) {
        fail(notes, "orrery: while a journal is recorded, writes to disks stay in memory");
    }
    return ok;
}
