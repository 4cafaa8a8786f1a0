#include "config/bochsrc.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { TOKENS = 40, LINE = 4096, INCLUDE_DEPTH = 8 };

/* A directive cut at ':' and ',': word[0] is its name; column[] counts from 1. */
struct tokens {
    char text[LINE];
    char *word[TOKENS];
    unsigned column[TOKENS], count;
};

struct place {
    const char *where;           /* "bochsrc:12" */
    struct error *err, *notes;
};

/* --- tokenizer: ../docs/guide/configuration.md, "Syntax" --- */

/* $NAME from the environment; $BXSHARE has a default. */
static bool put_variable(const char **in, char **out, const char *end, const struct place *p)
{
    char name[64];
    size_t n = 0;

    for (++*in; (isalpha((unsigned char)**in) || **in == '_') && n + 1 < sizeof name; ++*in) name[n++] = **in;
    name[n] = 0;
    const char *value = getenv(name);
    if (!value && strcmp(name, "BXSHARE") == 0) value = "/usr/share/bochs";
    if (!value) return fail(p->err, "%s: $%s is not in the environment", p->where, name);
    while (*value && *out < end) *(*out)++ = *value++;
    return true;
}

/* Blanks outside quotes vanish, quotes protect blanks and separators, # begins a comment. */
static bool tokenize(const char *line, struct tokens *t, const struct place *p)
{
    const char *in = line;
    char *out = t->text, *end = t->text + sizeof t->text - 2;
    bool quoted = false;

    t->count = 0;
    while (*in && (quoted || *in != '#') && t->count < TOKENS && out < end) {
        if (t->count == 0 || out[-1] == 0) {
            if (isspace((unsigned char)*in)) {
                in++;
                continue;
            }
            t->word[t->count] = out;
            t->column[t->count++] = (unsigned)(in - line) + 1;
        }
        char c = *in, separator = t->count == 1 ? ':' : ',';
        if (c == '"') quoted = !quoted;
        else if (!quoted && c == separator) *out++ = 0;
        else if (c == '$') {
            if (!put_variable(&in, &out, end, p)) return false;
            continue;
        } else if (quoted || !isspace((unsigned char)c)) *out++ = c;
        in++;
    }
    *out = 0;
    return !quoted || fail(p->err, "%s:%u: a quote is not closed", p->where, t->column[t->count - 1]);
}

/* --- values --- */

static bool number(const char *text, u64 least, u64 most, u64 *value)
{
    char *end;
    errno = 0;
    u64 v = strtoull(text, &end, 0);
    if (*end == 'K') v *= 1000, end++;
    else if (*end == 'M') v *= 1000000, end++;
    if (end == text || *end || errno || v < least || v > most) return false;
    *value = v;
    return true;
}

static bool boolean(const char *text, bool *value)
{
    if (strcmp(text, "1") == 0 || strcmp(text, "true") == 0) return *value = true, true;
    if (strcmp(text, "0") == 0 || strcmp(text, "false") == 0) return *value = false, true;
    return false;
}

static bool path_value(const char *text, char *path)
{
    if (strlen(text) >= CONFIG_PATH) return false;
    strcpy(path, text);
    return true;
}

/* Edit distance, for the nearest word. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64], n = (unsigned)strlen(b);

    if (n >= 63) return 99;
    for (unsigned j = 0; j <= n; j++) row[j] = j;
    for (unsigned i = 0; a[i]; i++) {
        unsigned diagonal = row[0]++;
        for (unsigned j = 1; j <= n; j++) {
            unsigned best = diagonal + (a[i] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

/* --- parameters: "name=value" against a list of known names --- */

struct parameter {
    const char *name, *value;
    unsigned column;
};

static bool bad_value(const struct place *p, const char *directive, const struct parameter *a, const char *wanted)
{
    return fail(p->err, "%s:%u: %s: %s=%s; it takes %s", p->where, a->column, directive, a->name, a->value, wanted);
}

static bool unknown_parameter(const struct place *p, const char *directive, const struct parameter *a, const char *known)
{
    return fail(p->err, "%s:%u: %s: unknown parameter \"%s\"; known are: %s", p->where, a->column, directive, a->name, known);
}

typedef bool (*parameter_taker)(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c);

static bool each_parameter(const struct place *p, struct tokens *t, struct machine_config *c, parameter_taker take)
{
    bool ok = true;
    for (unsigned i = 1; i < t->count; i++) {
        char *equals = strchr(t->word[i], '=');
        struct parameter a = { t->word[i], equals ? equals + 1 : "", t->column[i] };
        if (equals) *equals = 0;
        ok &= take(p, t->word[0], &a, c);
    }
    return ok;
}

static bool is(const struct parameter *a, const char *name) { return strcmp(a->name, name) == 0; }

static bool note_ignored(const struct place *p, const char *directive, const char *what)
{
    fail(p->notes, "%s: %s: %s", p->where, directive, what);
    return true;
}

/* --- directives --- */

static bool take_rom(const struct place *p, const char *directive, const struct parameter *a, struct rom_config *rom)
{
    u64 address;
    if (is(a, "file") && path_value(a->value, rom->path)) return true;
    if (is(a, "address")) {
        if (!number(a->value, 0, UINT32_MAX, &address)) return bad_value(p, directive, a, "an address");
        rom->address = (u32)address;
        return true;
    }
    if (is(a, "options") || is(a, "flash_data")) return note_ignored(p, directive, "options and flash_data change nothing here");
    if (!*a->value && path_value(a->name, rom->path)) return note_ignored(p, directive, "today's spelling is file=PATH");
    return unknown_parameter(p, directive, a, "file address options flash_data");
}

static bool romimage(const struct place *p, const char *d, const struct parameter *a, struct machine_config *c) { return take_rom(p, d, a, &c->system_rom); }
static bool vgaromimage(const struct place *p, const char *d, const struct parameter *a, struct machine_config *c) { return take_rom(p, d, a, &c->vga_rom); }

static bool memory(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    u64 mib;
    if (is(a, "host") || is(a, "block_size")) return true;       /* how the host keeps it is ours to decide */
    bool bare = !*a->value;
    if (!bare && !is(a, "guest")) return unknown_parameter(p, directive, a, "guest host block_size");
    if (!number(bare ? a->name : a->value, 2, 3072, &mib)) return bad_value(p, directive, a, "2 to 3072 (MiB)");
    c->memory_bytes = mib << 20;
    return true;
}

static bool cpu(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    u64 v;
    if (is(a, "model")) return snprintf(c->cpu_model, sizeof c->cpu_model, "%s", a->value) > 0;
    if (is(a, "ips")) {
        if (!number(a->value, 1000000, 100000000000ull, &v)) return bad_value(p, directive, a, "1000000 and more instructions a second");
        c->ips = v;
        return true;
    }
    if (is(a, "reset_on_triple_fault")) return boolean(a->value, &c->reset_on_triple_fault) || bad_value(p, directive, a, "0 or 1");
    if (is(a, "count")) return strcmp(a->value, "1") == 0 || bad_value(p, directive, a, "1: this machine has one processor");
    if (is(a, "quantum") || is(a, "ignore_bad_msrs") || is(a, "mwait_is_nop") || is(a, "cpuid_limit_winnt") || is(a, "msrs"))
        return note_ignored(p, directive, "quantum, ignore_bad_msrs, mwait_is_nop, cpuid_limit_winnt, msrs change nothing here");
    return unknown_parameter(p, directive, a, "model ips count reset_on_triple_fault");
}

static bool floppy(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    static const char *const sizes[] = { "2_88", "1_44", "1_2", "720k", "360k", "320k", "180k", "160k", "image" };
    static const u8 drive[] = { 5, 4, 2, 3, 1, 1, 1, 1, 0 };
    struct floppy_config *f = &c->floppy[directive[6] == 'b'];

    for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++)
        if (is(a, sizes[i])) {
            f->drive_type = drive[i];
            return path_value(a->value, f->path);
        }
    if (is(a, "type")) {
        for (unsigned i = 0; i < 8; i++) if (strcmp(a->value, sizes[i]) == 0) return f->drive_type = drive[i], true;
        return strcmp(a->value, "none") == 0 || bad_value(p, directive, a, "2_88 1_44 1_2 720k 360k 320k 180k 160k none");
    }
    if (is(a, "write_protected")) return boolean(a->value, &f->write_protected) || bad_value(p, directive, a, "0 or 1");
    if (is(a, "status")) {
        f->inserted = strcmp(a->value, "inserted") == 0;
        return f->inserted || strcmp(a->value, "ejected") == 0 || bad_value(p, directive, a, "inserted or ejected");
    }
    return unknown_parameter(p, directive, a, "2_88 1_44 1_2 720k 360k 320k 180k 160k image type status write_protected");
}

static bool ata_channel(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    struct ata_channel_config *ata = &c->ata[directive[3] - '0'];
    u64 v;

    if (is(a, "enabled")) return boolean(a->value, &ata->enabled) || bad_value(p, directive, a, "0 or 1");
    if (is(a, "irq")) {
        if (!number(a->value, 3, 15, &v)) return bad_value(p, directive, a, "3 to 15");
        ata->irq = (u8)v;
        return true;
    }
    if (!is(a, "ioaddr1") && !is(a, "ioaddr2")) return unknown_parameter(p, directive, a, "enabled ioaddr1 ioaddr2 irq");
    if (!number(a->value, 0x100, 0xffe0, &v)) return bad_value(p, directive, a, "a port");
    *(is(a, "ioaddr1") ? &ata->ioaddr1 : &ata->ioaddr2) = (u16)v;
    return true;
}

static bool ata_geometry(const struct place *p, const char *directive, const struct parameter *a, struct ata_device_config *d)
{
    u64 v;

    if (!number(a->value, 0, 65535, &v)) return bad_value(p, directive, a, "0 to 65535");
    if (is(a, "cylinders")) d->cylinders = (u32)v;
    else if (is(a, "heads")) d->heads = (u32)v;
    else d->sectors = (u32)v;
    return true;
}

static bool ata_choice(const struct place *p, const char *directive, const struct parameter *a, struct ata_device_config *d)
{
    static const char *const types[] = { "none", "disk", "cdrom" }, *const translations[] = { "auto", "none", "lba", "large", "rechs" };

    if (is(a, "type")) {
        for (unsigned i = 0; i < ARRAY_COUNT(types); i++) if (!strcmp(a->value, types[i])) return d->type = (enum ata_device_type)i, true;
        return bad_value(p, directive, a, "disk, cdrom or none");
    }
    if (is(a, "translation")) {
        for (unsigned i = 0; i < ARRAY_COUNT(translations); i++) if (!strcmp(a->value, translations[i])) return d->translation = (enum disk_translation)i, true;
        return bad_value(p, directive, a, "auto, none, lba, large or rechs");
    }
    d->volatile_writes = !strcmp(a->value, "volatile");
    return d->volatile_writes || !strcmp(a->value, "flat") || bad_value(p, directive, a, "flat or volatile; other image formats are not there yet");
}

static bool ata_device(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    struct ata_device_config *d = &c->ata[directive[3] - '0'].device[directive[5] == 's'];

    if (is(a, "type") || is(a, "translation") || is(a, "mode")) return ata_choice(p, directive, a, d);
    if (is(a, "cylinders") || is(a, "heads") || is(a, "spt")) return ata_geometry(p, directive, a, d);
    if (is(a, "path")) return d->inserted = true, path_value(a->value, d->path);
    if (is(a, "model")) return snprintf(d->model, sizeof d->model, "%s", a->value) >= 0;
    if (is(a, "biosdetect") || is(a, "journal")) return true;
    if (!is(a, "status")) return unknown_parameter(p, directive, a, "type mode path cylinders heads spt translation model status");
    d->inserted = !strcmp(a->value, "inserted");
    return d->inserted || !strcmp(a->value, "ejected") || bad_value(p, directive, a, "inserted or ejected");
}

static bool boot(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    static const struct { const char *name; enum boot_device device; } known[] = {
        { "none", BOOT_NONE }, { "floppy", BOOT_FLOPPY }, { "a", BOOT_FLOPPY }, { "disk", BOOT_DISK }, { "c", BOOT_DISK }, { "cdrom", BOOT_CDROM },
        { "network", BOOT_NETWORK },
    };
    unsigned at = 0;

    if (a->column <= 7) c->boot[0] = c->boot[1] = c->boot[2] = BOOT_NONE;
    while (at < 2 && c->boot[at] != BOOT_NONE) at++;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (is(a, known[i].name)) return c->boot[at] = known[i].device, true;
    return fail(p->err, "%s:%u: %s: \"%s\" is no boot device; known are: floppy disk cdrom network none", p->where, a->column, directive, a->name);
}

static bool com(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    struct com_config *com = &c->com[(directive[3] - '1') & 3];
    if (is(a, "enabled")) return boolean(a->value, &com->enabled) || bad_value(p, directive, a, "0 or 1");
    if (is(a, "dev")) return path_value(a->value, com->path);
    if (!is(a, "mode")) return unknown_parameter(p, directive, a, "enabled mode dev");
    com->mode = strcmp(a->value, "file") == 0 ? COM_FILE : COM_NULL;
    return com->mode == COM_FILE || strcmp(a->value, "null") == 0 || bad_value(p, directive, a, "null or file; the other modes are not there yet");
}

/* The host's clock, once, before the machine is built: the machine itself never looks at it. */
static s64 host_time(bool local)
{
    time_t t = time(NULL);
    struct tm date;
    return local && localtime_r(&t, &date) ? (s64)timegm(&date) : (s64)t;
}

static bool clock_directive(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    u64 v;
    if (is(a, "sync")) {
        static const char *const names[] = { "none", "realtime", "slowdown", "both" };
        for (unsigned i = 0; i < ARRAY_COUNT(names); i++) if (!strcmp(a->value, names[i])) return c->sync = (enum clock_sync)i, true;
        return bad_value(p, directive, a, "none, realtime, slowdown or both");
    }
    if (is(a, "rtc_sync")) return true;
    if (!is(a, "time0")) return unknown_parameter(p, directive, a, "sync time0 rtc_sync");
    if (!strcmp(a->value, "local") || !strcmp(a->value, "utc")) return c->time0 = host_time(a->value[0] == 'l'), true;
    if (!number(a->value, 0, 4102444800ull, &v)) return bad_value(p, directive, a, "local, utc, or seconds since 1970");
    c->time0 = (s64)v;
    return true;
}

static bool port_e9(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    if (is(a, "all_rings")) return true;
    if (!is(a, "enabled")) return unknown_parameter(p, directive, a, "enabled all_rings");
    return boolean(a->value, &c->port_e9) || bad_value(p, directive, a, "0 or 1");
}

static bool keyboard(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    u64 v;
    if (is(a, "serial_delay") || is(a, "paste_delay")) {
        if (!number(a->value, 5, 100000000, &v)) return bad_value(p, directive, a, "microseconds, 5 and more");
        *(is(a, "serial_delay") ? &c->keyboard_serial_delay_us : &c->keyboard_paste_delay_us) = (u32)v;
        return true;
    }
    if (is(a, "type") || is(a, "keymap") || is(a, "user_shortcut")) return note_ignored(p, directive, "type, keymap, user_shortcut change nothing yet");
    return unknown_parameter(p, directive, a, "serial_delay paste_delay type keymap user_shortcut");
}

static bool bootsig(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    return (is(a, "disabled") && boolean(a->value, &c->floppy_bootsig_check_disabled)) || bad_value(p, directive, a, "disabled=0 or 1");
}

/* Directives that change nothing the guest sees, or whose part is not built: said once, not refused. */
static bool ignored(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    (void)p;
    (void)directive;
    (void)a;
    (void)c;
    return true;
}

static bool not_there(const struct place *p, const char *directive, const struct parameter *a, struct machine_config *c)
{
    (void)c;
    if (is(a, "enabled") && strcmp(a->value, "0") == 0) return true;
    if (is(a, "type") && strcmp(a->value, "none") == 0) return true;
    if (a->column > strlen(directive) + 3) return true;              /* one note a line */
    return note_ignored(p, directive, "this part is not there yet; the machine runs without it");
}

static const struct directive {
    const char *name, *meaning;
    parameter_taker take;
} directives[] = {
    { "romimage", "file=, address=: the system BIOS", romimage },
    { "vgaromimage", "file=: the VGA BIOS", vgaromimage },
    { "memory", "guest=MiB", memory },
    { "megs", "MiB", memory },
    { "cpu", "model=, ips=, reset_on_triple_fault=", cpu },
    { "floppya", "1_44=FILE .. or image=FILE, status=, write_protected=, type=", floppy },
    { "floppyb", "the same for the second drive", floppy },
    { "ata0", "enabled=, ioaddr1=, ioaddr2=, irq=: the first ATA channel", ata_channel },
    { "ata1", "the same for the second channel", ata_channel },
    { "ata0-master", "type=disk|cdrom|none, path=, mode=flat|volatile, cylinders=, heads=, spt=, translation=, model=, status=", ata_device },
    { "ata0-slave", "the same", ata_device }, { "ata1-master", "the same", ata_device }, { "ata1-slave", "the same", ata_device },
    { "boot", "up to three of floppy, disk, cdrom, network", boot },
    { "floppy_bootsig_check", "disabled=", bootsig },
    { "com1", "enabled=, mode=null|file, dev=", com },
    { "com2", "the same for the second port", com }, { "com3", "the same", com }, { "com4", "the same", com },
    { "clock", "sync=none|slowdown|realtime|both: pace of a shown machine; time0=local|utc|SECONDS", clock_directive },
    { "port_e9_hack", "enabled=", port_e9 },
    { "keyboard", "serial_delay=, paste_delay=", keyboard },
    { "config_interface", "no effect", ignored }, { "display_library", "no effect", ignored }, { "log", "no effect", ignored },
    { "logprefix", "no effect", ignored }, { "panic", "no effect", ignored }, { "error", "no effect", ignored }, { "warn", "no effect", ignored },
    { "info", "no effect", ignored }, { "debug", "no effect", ignored }, { "private_colormap", "no effect", ignored },
    { "fullscreen", "no effect", ignored }, { "screenmode", "no effect", ignored }, { "print_timestamps", "no effect", ignored },
    { "plugin_ctrl", "no effect", ignored }, { "magic_break", "no effect", ignored }, { "debugger", "no effect", ignored },
    { "vga", "not there yet", ignored }, { "mouse", "not there yet", not_there }, { "pci", "not there yet", not_there },
    { "parport1", "not there yet", not_there },
    { "parport2", "not there yet", not_there }, { "sound", "not there yet", not_there }, { "speaker", "not there yet", not_there },
    { "sb16", "not there yet", not_there }, { "es1370", "not there yet", not_there }, { "ne2k", "not there yet", not_there },
    { "e1000", "not there yet", not_there }, { "usb_uhci", "not there yet", not_there }, { "gdbstub", "not there yet", not_there },
    { "cmosimage", "not there yet", not_there }, { "optromimage1", "not there yet", not_there },
};

static bool unknown_directive(const struct place *p, const struct tokens *t)
{
    unsigned best = 0;
    for (unsigned i = 1; i < ARRAY_COUNT(directives); i++)
        if (distance(t->word[0], directives[i].name) < distance(t->word[0], directives[best].name)) best = i;
    return fail(p->err, "%s:%u: unknown directive \"%s\"; did you mean \"%s\"?", p->where, t->column[0], t->word[0], directives[best].name);
}

static bool directive(const char *where, const char *line, struct machine_config *config, struct error *err, struct error *notes)
{
    struct place p = { where, err, notes };
    struct tokens t;

    if (!tokenize(line, &t, &p)) return false;
    if (t.count == 0) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(directives); i++)
        if (strcmp(t.word[0], directives[i].name) == 0) return each_parameter(&p, &t, config, directives[i].take);
    return unknown_directive(&p, &t);
}

bool bochsrc_directive(const char *where, const char *text, struct machine_config *config, struct error *err, struct error *notes)
{
    return directive(where, text, config, err, notes);
}

/* --- files --- */

static bool read_file(const char *path, unsigned depth, struct machine_config *config, struct error *err, struct error *notes)
{
    char *part = NULL, where[1100];
    size_t room = 0;
    struct stat st;
    FILE *f = fopen(path, "r");
    bool ok = true;

    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        return fail(err, "%s: is a directory; name a configuration file", path);
    }
    for (unsigned number = 1, first; ; number++) {
        char line[LINE] = "";
        bool more = true;
        for (first = number; more && getline(&part, &room, f) >= 0; number += more) {
            size_t n = strcspn(part, "\r\n");
            more = n && part[n - 1] == '\\';
            part[more ? n - 1 : n] = 0;
            strncat(line, part, sizeof line - strlen(line) - 1);
            if (!more) goto whole;
        }
        break;
whole:
        snprintf(where, sizeof where, "%s:%u", path, first);
        if (strncmp(line, "#include", 8) == 0 && depth < INCLUDE_DEPTH) {
            char *name = line + 8 + strspn(line + 8, " \t\"");
            name[strcspn(name, "\"")] = 0;
            ok &= read_file(name, depth + 1, config, err, notes);
        } else {
            ok &= directive(where, line, config, err, notes);
        }
    }
    free(part);
    fclose(f);
    return ok;
}

bool bochsrc_read(const char *path, struct machine_config *config, struct error *err, struct error *notes)
{
    return read_file(path, 0, config, err, notes);
}

void bochsrc_help(void)
{
    for (unsigned i = 0; i < ARRAY_COUNT(directives); i++) printf("  %-22s %s\n", directives[i].name, directives[i].meaning);
}
