#include "config/table.h"
#include "config/debug.h"
#include "config/sandbox.h"
#include "config/nic.h"
#include "config/perturb.h"
#include "config/sound.h"
#include "config/usb.h"
#include "cpu/cpu.h"
#include "devices/storage/image_formats.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AT(member) .offset = offsetof(struct machine_config, member), .size = sizeof(((struct machine_config *)0)->member)
#define IN(type_, member) .offset = offsetof(struct type_, member), .size = sizeof(((struct type_ *)0)->member)
#define BASE(member) .base = offsetof(struct machine_config, member)
#define NAMES(...) .names = (const char *const[]){ __VA_ARGS__, NULL }
#define ACCEPT(name_) { .name = name_, .type = TYPE_ACCEPTED }
#define END_ROW { .name = NULL }

/* --- values that need more than a row --- */

static bool memory_size(const struct given *g, struct machine_config *c, void *base)
{
    u64 mib;
    (void)base;
    if (!parse_number(g->parameter ? g->value : g->name, 1, 3072, &mib)) return bad_value(g, "1 to 3072 (MiB)");
    c->memory_bytes = mib << 20;
    return true;
}

static bool triple_fault(const struct given *g, struct machine_config *c, void *base)
{
    bool resets;

    (void)base;
    if (!strcmp(g->value, "auto")) return c->reset_on_triple_fault = TRIPLE_FAULT_AUTO, true;
    if (!parse_bool(g->value, &resets)) return bad_value(g, "0, 1 or auto");
    c->reset_on_triple_fault = resets ? TRIPLE_FAULT_RESETS : TRIPLE_FAULT_FREEZES;
    return true;
}

/* Models of Bochs that are not there: its files are full of them. */
static bool cpu_model(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const later[] = {
        "bx_generic", "amd_k6_2_chomper", "p4_willamette",
        "athlon64_venice", "turion64_tyler", "phenom_8650_toliman", "core_duo_t2400_yonah", "atom_n270",
        "corei5_arrandale_m520", "zambezi", "trinity_apu", "corei7_ivy_bridge_3770k",
        "broadwell_ult", "corei7_skylake_x", "corei3_cnl", "corei7_icelake_u", "tigerlake", "sapphire_rapids", "arrow_lake",
    };
    const char *near = NULL;

    (void)base;
    if (cpu_model_find(g->value)) return store_text(g, c->cpu_model, sizeof c->cpu_model);
    for (unsigned i = 0; i < ARRAY_COUNT(later); i++) {
        if (strcmp(g->value, later[i])) continue;
        c->cpu_model[0] = 0;
        return note(g, "this model is not there; the default one runs (orrery --help cpu)");
    }
    if (!g->value[0]) return bad_value(g, "the name of a processor; orrery --help cpu lists them");
    for (unsigned i = 0; cpu_model_at(i); i++) near = nearest(g->value, near, cpu_model_at(i)->name);
    return fail(g->place->err, "%s:%u: cpu: model=%s does not exist; %s%s", g->place->where, g->column, g->value, near ? "did you mean " : "see orrery --help cpu", near ? near : "");
}

static bool cpu_count(const struct given *g, struct machine_config *c, void *base)
{
    unsigned packages, cores = 1, threads = 1;
    char rest;
    int parts = sscanf(g->value, "%u:%u:%u%c", &packages, &cores, &threads, &rest);

    (void)base;
    if (parts < 1 || parts > 3 || (parts < 3 && strspn(g->value, "0123456789:") != strlen(g->value)) || !packages || !cores || !threads || packages > CPU_MOST || cores > CPU_MOST ||
        threads > CPU_MOST || packages * cores * threads > CPU_MOST) return bad_value(g, "1 to 8 processors, or PACKAGES:CORES:THREADS of no more");
    c->cpu_count = packages * cores * threads;
    return cores * threads == 1 || note(g, "cores and threads are processors of a package of their own here");
}

static bool legacy_path(const struct given *g, char *path)
{
    struct given value = *g;
    value.value = g->name;
    return note(g, "today's spelling is file=PATH") && store_text(&value, path, CONFIG_PATH);
}

static bool rom_path(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return legacy_path(g, ((struct rom_config *)base)->path);
}

/* CMOS codes of the drives that the sizes name. */
static bool floppy_size(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; u8 drive; } sizes[] = {
        { "2_88", 5 }, { "1_44", 4 }, { "1_2", 2 }, { "720k", 3 }, { "360k", 1 }, { "320k", 1 }, { "180k", 1 }, { "160k", 1 }, { "none", 0 },
    };
    struct floppy_config *f = base;
    bool by_type = strcmp(g->name, "type") == 0;

    (void)c;
    for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++) {
        if (strcmp(by_type ? g->value : g->name, sizes[i].name)) continue;
        f->drive_type = sizes[i].drive;
        if (!by_type) f->inserted = true;
        return by_type || store_text(g, f->path, sizeof f->path);
    }
    return bad_value(g, "2_88 1_44 1_2 720k 360k 320k 180k 160k or none");
}

static bool floppy_image(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    ((struct floppy_config *)base)->inserted = true;
    return store_text(g, ((struct floppy_config *)base)->path, CONFIG_PATH);
}

static bool disk_path(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    ((struct ata_device_config *)base)->inserted = true;
    return store_text(g, ((struct ata_device_config *)base)->path, CONFIG_PATH);
}

static bool disk_mode(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const others[] = { "dll", "external" };
    const struct image_kind *kind = image_kind_named(g->value);
    struct ata_device_config *d = base;
    char names[256] = "";

    (void)c;
    if (kind) return d->mode = kind->mode, true;
    for (unsigned i = 0; image_kind_at(i); i++) snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "", image_kind_at(i)->name);
    for (unsigned i = 0; i < ARRAY_COUNT(others); i++)
        if (strcmp(g->value, others[i]) == 0) snprintf(names + strlen(names), sizeof names - strlen(names), ": this one is a library of one host, and is not there");
    return bad_value(g, names);
}

/* Bochs has two words for one of them. */
static bool disk_translation(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    if (strcmp(g->value, "echs") != 0) return take_name(g, base);
    ((struct ata_device_config *)base)->translation = TRANSLATION_LARGE;
    return note(g, "translation=echs is that of translation=large");
}

static bool disk_model(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    if (!g->value[strspn(g->value, " ")]) return bad_value(g, "a name of 1 to 40 characters; without model= a drive has one of ours");
    return store_text(g, ((struct ata_device_config *)base)->model, sizeof((struct ata_device_config *)base)->model);
}

static bool boot_device(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; enum boot_device device; } known[] = {
        { "none", BOOT_NONE }, { "floppy", BOOT_FLOPPY }, { "a", BOOT_FLOPPY }, { "disk", BOOT_DISK }, { "c", BOOT_DISK }, { "cdrom", BOOT_CDROM }, { "network", BOOT_NETWORK },
    };

    (void)base;
    if (g->index > 3) return bad_value(g, "at most three devices");
    if (g->index == 1) c->boot[0] = c->boot[1] = c->boot[2] = BOOT_NONE;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(g->name, known[i].name) == 0) {
            c->boot[g->index - 1] = known[i].device;
            return strlen(g->name) > 1 || note(g, "today's spelling is floppy or disk");
        }
    return bad_value(g, "floppy, disk, cdrom, network or none");
}

static bool com_mode(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; enum com_mode mode; } known[] = {
        { "null", COM_NULL }, { "file", COM_FILE }, { "term", COM_TERM }, { "socket-client", COM_SOCKET_CLIENT }, { "socket-server", COM_SOCKET_SERVER },
        { "pipe-client", COM_PIPE_CLIENT }, { "pipe-server", COM_PIPE_SERVER }, { "mouse", COM_MOUSE },
    };

    (void)c;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(g->value, known[i].name) == 0) return ((struct com_config *)base)->mode = known[i].mode, true;
    if (strcmp(g->value, "raw") == 0) return bad_value(g, "null, file, term, socket-client, socket-server, pipe-client, pipe-server or mouse: this one is not there yet");
    return bad_value(g, "null, file, term, socket-client, socket-server, pipe-client, pipe-server or mouse");
}

/* The host's clock, once, before the machine is built: the machine itself never looks at it. */
static s64 host_time(bool local)
{
    time_t t = time(NULL);
    struct tm date;
    return local && localtime_r(&t, &date) ? (s64)timegm(&date) : (s64)t;
}

static bool start_time(const struct given *g, struct machine_config *c, void *base)
{
    struct tm date = { 0 };
    u64 seconds;

    (void)base;
    if (!strcmp(g->value, "local") || !strcmp(g->value, "utc")) return c->time0 = host_time(g->value[0] == 'l'), true;
    const char *end = strptime(g->value, "%a %b %d %H:%M:%S %Y", &date);
    if (end && !*end) return c->time0 = (s64)timegm(&date), true;
    if (!parse_number(g->value, 0, 4102444799ull, &seconds)) return bad_value(g, "local, utc, seconds since 1970, or a date as in \"Mon Jan  1 00:00:00 1990\"");
    c->time0 = (s64)seconds;
    return true;
}

static bool display_name(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name, *display; } known[] = {
        { "x", "window" }, { "sdl", "window" }, { "sdl2", "window" }, { "wx", "window" }, { "win32", "window" }, { "macos", "window" }, { "carbon", "window" },
        { "amigaos", "window" }, { "svga", "window" }, { "window", "window" }, { "term", "terminal" }, { "terminal", "terminal" }, { "nogui", "headless" },
        { "headless", "headless" }, { "rfb", "headless" }, { "vncsrv", "headless" },
    };

    (void)base;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(g->name, known[i].name) == 0) return strcpy(c->display, known[i].display), true;
    return bad_value(g, "sdl2, term or nogui (window, terminal, headless)");
}

static bool log_path(const struct given *g, struct machine_config *c, void *base)
{
    struct given value = *g;
    (void)base;
    value.value = g->name;
    return store_text(&value, c->log_path, sizeof c->log_path);
}

static bool log_prefix(const struct given *g, struct machine_config *c, void *base)
{
    struct given value = *g;
    (void)base;
    value.value = g->name;
    return store_text(&value, c->log_prefix, sizeof c->log_prefix);
}

/* action=..., and DEVICE=...: what is to become of messages.  This machine reports what it has to say. */
static bool log_action(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const actions[] = { "ignore", "report", "warn", "ask", "fatal" };

    (void)c, (void)base;
    for (unsigned i = 0; i < ARRAY_COUNT(actions); i++) if (strcmp(g->value, actions[i]) == 0) return true;
    return bad_value(g, "ignore, report, warn, ask or fatal");
}

static bool flag_word(const struct given *g, struct machine_config *c, void *base)
{
    (void)g, (void)c, (void)base;
    return true;
}

static bool parallel_file(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return store_text(g, base, CONFIG_PATH);
}

static bool parallel_enabled(const struct given *g, struct machine_config *c, void *base)
{
    bool on;
    (void)c;
    if (!parse_bool(g->value, &on)) return bad_value(g, "0 or 1");
    if (!on) *(char *)base = 0;
    return true;
}

/* --- kernels --- */

/* A path without file=, as in `kernel: vmlinuz`. */
static bool plain_path(const struct given *g, char *path)
{
    struct given value = *g;
    value.value = g->name;
    return store_text(&value, path, CONFIG_PATH);
}

static bool kernel_path(const struct given *g, struct machine_config *c, void *base) { (void)base; return plain_path(g, c->kernel.path); }
static bool initrd_path(const struct given *g, struct machine_config *c, void *base) { (void)base; return plain_path(g, c->kernel.initrd); }

/* The command line of a kernel, as it stands; commas outside quotes are its own. */
static bool kernel_cmdline(const struct given *g, struct machine_config *c, void *base)
{
    char *to = c->kernel.cmdline;
    size_t used = g->index > 1 ? strlen(to) : 0;

    (void)base;
    if (used + strlen(g->name) + 2 > sizeof c->kernel.cmdline) return bad_value(g, "1022 characters at most");
    if (used) to[used++] = ',';
    strcpy(to + used, g->name);
    return true;
}

/* --- PCI --- */

static bool pci_enabled(const struct given *g, struct machine_config *c, void *base)
{
    bool on;
    (void)base;
    if (!parse_bool(g->value, &on)) return bad_value(g, "0 or 1");
    c->pci = on ? PCI_ON : PCI_OFF;
    return true;
}

static bool pci_chipset(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    if (strcmp(g->value, "i440fx") == 0) return true;
    if (strcmp(g->value, "i430fx") == 0 || strcmp(g->value, "i440bx") == 0) return note(g, "this chipset is not there; i440fx runs");
    return bad_value(g, "i440fx");
}

static bool pci_slot(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const cards[] = { "ne2k", "e1000", "es1370" };
    char *slot = c->slot[(unsigned)(g->name[4] - '1') % CONFIG_SLOTS];

    (void)base;
    slot[0] = 0;
    if (strcmp(g->value, "none") == 0 || strcmp(g->value, "pcivga") == 0) return true;      /* the VGA has a place of its own */
    for (unsigned i = 0; i < ARRAY_COUNT(cards); i++)
        if (strcmp(g->value, cards[i]) == 0) return store_text(g, slot, sizeof c->slot[0]);
    return note(g, "this card is not there; the slot stays empty");
}

static bool mouse_type(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; enum mouse_type type; } known[] = {
        { "none", MOUSE_TYPE_NONE }, { "ps2", MOUSE_TYPE_PS2 }, { "imps2", MOUSE_TYPE_IMPS2 }, { "serial", MOUSE_TYPE_SERIAL },
        { "serial_wheel", MOUSE_TYPE_SERIAL_WHEEL }, { "serial_msys", MOUSE_TYPE_SERIAL_MSYS },
    };

    (void)base;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(g->value, known[i].name) == 0) return c->mouse = known[i].type, true;
    if (strcmp(g->value, "inport") == 0 || strcmp(g->value, "bus") == 0) return bad_value(g, "none, ps2, imps2, serial, serial_wheel or serial_msys: a bus mouse is not there");
    return bad_value(g, "none, ps2, imps2, serial, serial_wheel or serial_msys");
}

/* --- the display adapter --- */

static bool vga_extension(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (strcmp(g->value, "voodoo") == 0 || strcmp(g->value, "geforce") == 0) return note(g, "this adapter is not there; extension=vbe runs");
    if (strcmp(g->value, "none") && strcmp(g->value, "vbe") && strcmp(g->value, "cirrus")) return bad_value(g, "none, vbe or cirrus");
    c->vga.extension = g->value[0] == 'n' ? VGA_NONE : g->value[0] == 'v' ? VGA_VBE : VGA_CIRRUS;
    return true;
}

static bool vga_memory(const struct given *g, struct machine_config *c, void *base)
{
    u64 mib;
    (void)base;
    if (!parse_number(g->value, 4, 32, &mib) || mib & (mib - 1)) return bad_value(g, "4, 8, 16 or 32 (MiB)");
    c->vga.memory_mib = (u32)mib;
    return true;
}

static bool vga_ddc(const struct given *g, struct machine_config *c, void *base)
{
    (void)base;
    if (strcmp(g->value, "file") == 0) return bad_value(g, "builtin or disabled: an EDID from a file is not there yet");
    if (strcmp(g->value, "builtin") && strcmp(g->value, "disabled")) return bad_value(g, "builtin or disabled");
    c->vga.ddc = g->value[0] == 'b';
    return true;
}

static bool vga_preferred(const struct given *g, struct machine_config *c, void *base)
{
    unsigned width, height;
    char rest;
    (void)base;
    if (sscanf(g->value, "%ux%u%c", &width, &height, &rest) != 2 || width < 320 || width > 2560 || height < 200 || height > 1600)
        return bad_value(g, "WIDTHxHEIGHT from 320x200 to 2560x1600");
    c->vga.preferred_width = (u16)width;
    c->vga.preferred_height = (u16)height;
    return true;
}

static bool old_update_interval(const struct given *g, struct machine_config *c, void *base)
{
    u64 us;
    (void)base;
    if (!parse_number(g->name, 1, 100000000, &us)) return bad_value(g, "microseconds");
    c->vga.update_hz = (u8)(us < 1000000 / 75 ? 75 : us > 1000000 ? 1 : 1000000 / us);
    return true;
}

/* Words with commas or blanks between. */
static bool pci_advopts(const struct given *g, struct machine_config *c, void *base)
{
    static const char *const words[] = { "noacpi", "nohpet", "noagp", "nofdc", "altdevmap" };
    char copy[256], *rest = copy, *word;

    (void)base;
    snprintf(copy, sizeof copy, "%s", g->value);
    c->no_hpet = false;
    while ((word = strsep(&rest, ", "))) {
        unsigned i = 0;
        if (!*word) continue;
        while (i < ARRAY_COUNT(words) && strcmp(word, words[i])) i++;
        if (i == ARRAY_COUNT(words)) return bad_value(g, "noacpi, nohpet, noagp, nofdc, altdevmap");
        if (i == 1) c->no_hpet = true;
        else if (i != 2) note(g, "of these words nohpet alone changes something here");
    }
    return true;
}

/* --- old forms --- */

static bool old_ips(const struct given *g, struct machine_config *c, void *base)
{
    u64 v;
    (void)base;
    if (!parse_number(g->name, 1000000, 100000000000ull, &v)) return bad_value(g, "1000000 and more instructions a second");
    c->ips = v;
    return true;
}

static bool old_disk_file(const struct given *g, struct machine_config *c, void *base)
{
    ((struct ata_device_config *)base)->type = ATA_DISK;
    return disk_path(g, c, base);
}

static bool old_cd_device(const struct given *g, struct machine_config *c, void *base)
{
    ((struct ata_device_config *)base)->type = ATA_CDROM;
    return disk_path(g, c, base);
}

static bool old_time(const struct given *g, struct machine_config *c, void *base)
{
    struct given value = *g;
    value.value = g->name;
    return start_time(&value, c, base);
}

static bool old_serial_delay(const struct given *g, struct machine_config *c, void *base)
{
    u64 v;
    (void)base;
    if (!parse_number(g->name, 5, 100000000, &v)) return bad_value(g, "microseconds, 5 and more");
    c->keyboard_serial_delay_us = (u32)v;
    return true;
}

/* --- what Bochs can choose and this machine cannot --- */

static bool flash_data(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return strcmp(g->value, "none") == 0 || note(g, "flash_data: the ROM is no flash memory; firmware keeps its variables in RAM until the machine ends");
}

static bool force_ignne(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return strcmp(g->value, "0") == 0 || strcmp(g->value, "false") == 0 || bad_value(g, "0: IGNNE# is what the guest makes it by port F0h");
}

static bool brand_string(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return bad_value(g, "nothing: the model says it");
}

static bool cpuid_limit(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return strcmp(g->value, "0") == 0 || strcmp(g->value, "false") == 0 || bad_value(g, "0: a model of few leaves, like pentium, does the same");
}

static bool more_msrs(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return note(g, "msrs: the registers are the model's; those of this file are not there");
}

static bool sector_size(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return strcmp(g->value, "512") == 0 || bad_value(g, "512");
}

/* --- parameters --- */

static const struct parameter rom[] = {
    { "file", TYPE_TEXT, IN(rom_config, path), .meaning = "image of the ROM" },
    { "address", TYPE_NUMBER, IN(rom_config, address), .most = UINT32_MAX, .meaning = "where it begins; 0: by its size, ending at 1 MiB" },
    ACCEPT("options"), { "flash_data", TYPE_CUSTOM, .take = flash_data }, END_ROW,
};
static const struct parameter kernel[] = {
    { "file", TYPE_TEXT, AT(kernel.path), .meaning = "a Linux bzImage, or an ELF image with a Multiboot header (1 or 2)" }, END_ROW,
};
static const struct parameter initrd[] = {
    { "file", TYPE_TEXT, AT(kernel.initrd), .meaning = "Linux's initial RAM disk; the first module of a Multiboot kernel" }, END_ROW,
};
static const struct parameter module[] = {
    { "file", TYPE_TEXT, .offset = 0, .size = CONFIG_PATH, .meaning = "what a Multiboot kernel gets, whole" },
    { "cmdline", TYPE_TEXT, .offset = CONFIG_PATH, .size = CONFIG_PATH, .meaning = "and the text it gets with it" }, END_ROW,
};
static const struct parameter memory[] = {
    { "guest", TYPE_CUSTOM, .take = memory_size, .meaning = "RAM in MiB, 1 to 3072" },
    ACCEPT("host"), ACCEPT("block_size"), END_ROW,
};
static const struct parameter cpu[] = {
    { "model", TYPE_CUSTOM, .take = cpu_model, .meaning = "processor; orrery --help cpu lists them" },
    { "add_features", TYPE_TEXT, AT(cpu_add_features), .meaning = "features that the model has not: flags of orrery --help cpu, with commas between" },
    { "exclude_features", TYPE_TEXT, AT(cpu_exclude_features), .meaning = "features to leave out of it" },
    { "ips", TYPE_NUMBER, AT(ips), .least = 1000000, .most = 100000000000ull, .meaning = "ticks (instructions) that make a virtual second" },
    { "reset_on_triple_fault", TYPE_CUSTOM, .take = triple_fault, .meaning = "0: a triple fault stops the machine and is explained; 1: resets it; auto: stops it for a script, the prompt and gdb and without a display" },
    { "rdrand_seed", TYPE_NUMBER, AT(rdrand_seed), .most = UINT64_MAX, .meaning = "where the numbers of RDRAND and RDSEED begin: another seed, other numbers" },
    { "exact", TYPE_BOOL, AT(cpu_exact), .meaning = "1: the exact instance alone runs: the same in every bit, slower" },
    { "count", TYPE_CUSTOM, .take = cpu_count, .meaning = "processors, 1 to 8, or PACKAGES:CORES:THREADS" },
    { "quantum", TYPE_NUMBER, AT(cpu_quantum), .least = 1, .most = 100000, .meaning = "instructions of one processor before the next one's turn" },
    { "force_ignne", TYPE_CUSTOM, .take = force_ignne }, { "brand_string", TYPE_CUSTOM, .take = brand_string }, { "cpuid_limit_winnt", TYPE_CUSTOM, .take = cpuid_limit },
    { "msrs", TYPE_CUSTOM, .take = more_msrs }, ACCEPT("ignore_bad_msrs"), ACCEPT("mwait_is_nop"), ACCEPT("cpuid_freq"), END_ROW,
};
static const struct parameter floppy[] = {
    { "1_44", TYPE_CUSTOM, .take = floppy_size, .meaning = "image in a drive of this size (2_88 1_44 1_2 720k 360k 320k 180k 160k); a shorter image reads as zeros behind its end" },
    { "2_88", TYPE_CUSTOM, .take = floppy_size }, { "1_2", TYPE_CUSTOM, .take = floppy_size }, { "720k", TYPE_CUSTOM, .take = floppy_size },
    { "360k", TYPE_CUSTOM, .take = floppy_size }, { "320k", TYPE_CUSTOM, .take = floppy_size }, { "180k", TYPE_CUSTOM, .take = floppy_size },
    { "160k", TYPE_CUSTOM, .take = floppy_size },
    { "image", TYPE_CUSTOM, .take = floppy_image, .meaning = "image whose size says its format; builtin:demo is the demo disk, vvfat:FOLDER a folder of the host" },
    { "type", TYPE_CUSTOM, .take = floppy_size, .meaning = "drive" },
    { "status", TYPE_ENUM, IN(floppy_config, inserted), NAMES("ejected", "inserted"), .meaning = "is it in the drive" },
    { "write_protected", TYPE_BOOL, IN(floppy_config, write_protected), .meaning = "the notch" },
    END_ROW,
};
static const struct parameter ata[] = {
    { "enabled", TYPE_BOOL, IN(ata_channel_config, enabled), .meaning = "the channel is there" },
    { "ioaddr1", TYPE_NUMBER, IN(ata_channel_config, ioaddr1), .least = 0x100, .most = 0xfff8, .meaning = "first port of the command block" },
    { "ioaddr2", TYPE_NUMBER, IN(ata_channel_config, ioaddr2), .least = 0x100, .most = 0xfff0, .meaning = "six ports before the control block" },
    { "irq", TYPE_NUMBER, IN(ata_channel_config, irq), .least = 3, .most = 15, .meaning = "interrupt request" },
    END_ROW,
};
static const struct parameter ata_device[] = {
    { "type", TYPE_ENUM, IN(ata_device_config, type), NAMES("none", "disk", "cdrom"), .meaning = "what it is" },
    { "path", TYPE_CUSTOM, .take = disk_path, .meaning = "image of the disk; of a CD its ISO image, or a CUE sheet (NAME.cue) for one of several tracks, sessions, or with audio" },
    { "mode", TYPE_CUSTOM, .take = disk_mode, .meaning = "form of the image. flat: raw; concat: raw files that follow one another, the last character of their names counting up; growing, sparse: Bochs's; undoable: any, its writes go to a redolog; overlay: ours, on a base; volatile: any, its writes are forgotten at the end; vvfat: a folder; qcow2, vmware3, vmware4, vbox, vpc, vhdx: by qemu-nbd; nbd: a server" },
    { "cylinders", TYPE_NUMBER, IN(ata_device_config, cylinders), .most = 65535, .meaning = "geometry; 0: from the image" },
    { "heads", TYPE_NUMBER, IN(ata_device_config, heads), .most = 16, .meaning = "geometry" },
    { "spt", TYPE_NUMBER, IN(ata_device_config, sectors), .most = 255, .meaning = "geometry, sectors a track" },
    { "translation", TYPE_CUSTOM, IN(ata_device_config, translation), NAMES("auto", "none", "lba", "large", "rechs"), .take = disk_translation, .meaning = "geometry that the BIOS shows; large is echs, too" },
    { "status", TYPE_ENUM, IN(ata_device_config, inserted), NAMES("ejected", "inserted"), .meaning = "a CD-ROM drive's medium" },
    { "model", TYPE_CUSTOM, .take = disk_model, .meaning = "what IDENTIFY says, at most 40 characters" },
    { "journal", TYPE_TEXT, IN(ata_device_config, journal), .meaning = "redolog of mode=undoable, without it the image's name with .redolog; mode=volatile: writes go to a nameless file beside it, not to memory" },
    { "writeback", TYPE_TEXT, IN(ata_device_config, writeback), .meaning = "mode=vvfat: folder that gets what the guest changed, at the end" },
    { "sect_size", TYPE_CUSTOM, .take = sector_size }, ACCEPT("biosdetect"), END_ROW,
};
#define LIMIT_RATE_MOST 1000000000ull
#define LIMIT_BYTES_MOST 1000000000000000ull
#define LIMIT_ROWS(name_, which, what) \
    { name_, TYPE_NUMBER, AT(limits.bytes[which]), .most = LIMIT_BYTES_MOST, .meaning = "bytes " what "; 0: no limit" }, \
    { name_ "_rate", TYPE_NUMBER, AT(limits.rate[which]), .most = LIMIT_RATE_MOST, .meaning = "bytes a virtual second, the rest is lost; 0: no limit" }
static const struct parameter limits[] = {
    LIMIT_ROWS("serial", LIMIT_SERIAL, "to the host's ends of serial lines"), LIMIT_ROWS("debug", LIMIT_DEBUG, "to port E9"),
    LIMIT_ROWS("network", LIMIT_NETWORK, "to networks of the host (ethmod= passt, lan, tap)"), LIMIT_ROWS("log", LIMIT_LOG, "to captures of frames, printers' files, MIDI files"),
    { "overlay", TYPE_NUMBER, AT(limits.overlay), .most = LIMIT_BYTES_MOST, .meaning = "bytes that an image may grow by: overlay, redolog, growing or sparse file, volatile writes; 0: no limit" },
    { "resets", TYPE_NUMBER, AT(limits.resets), .most = UINT32_MAX, .meaning = "resets by the guest, each within ten virtual seconds of the one before; 0: no limit" },
    END_ROW,
};
static const struct parameter bootsig[] = {
    { "disabled", TYPE_BOOL, AT(floppy_bootsig_check_disabled), .meaning = "1: floppies without 55AAh are booted too" }, END_ROW,
};
static const struct parameter com[] = {
    { "enabled", TYPE_BOOL, IN(com_config, enabled), .meaning = "the port is there" },
    { "mode", TYPE_CUSTOM, .take = com_mode, .meaning = "null file term socket-client socket-server pipe-client pipe-server: the host's end; mouse: a serial mouse" },
    { "dev", TYPE_TEXT, IN(com_config, path), .meaning = "file, terminal, or host:port" },
    END_ROW,
};
static const struct parameter parallel[] = {
    { "enabled", TYPE_CUSTOM, .take = parallel_enabled, .meaning = "the port is there" },
    { "file", TYPE_CUSTOM, .take = parallel_file, .meaning = "file that takes what is printed" },
    END_ROW,
};
static const struct parameter clock_parameters[] = {
    { "sync", TYPE_ENUM, AT(sync), NAMES("none", "realtime", "slowdown", "both"), .meaning = "none: a shown machine runs as fast as it can; the others keep pace with the wall" },
    { "time0", TYPE_CUSTOM, .take = start_time, .meaning = "date at start: local, utc, seconds since 1970, or a date" },
    ACCEPT("rtc_sync"), END_ROW,
};
static const struct parameter pci[] = {
    { "enabled", TYPE_CUSTOM, .take = pci_enabled, .meaning = "1 or 0; without it a Pentium and later ones have it" },
    { "chipset", TYPE_CUSTOM, .take = pci_chipset, .meaning = "i440fx (with a PIIX3)" },
    { "slot1", TYPE_CUSTOM, .take = pci_slot, .meaning = "card in the slot: ne2k, e1000, es1370" },
    { "slot2", TYPE_CUSTOM, .take = pci_slot }, { "slot3", TYPE_CUSTOM, .take = pci_slot }, { "slot4", TYPE_CUSTOM, .take = pci_slot },
    { "slot5", TYPE_CUSTOM, .take = pci_slot },
    { "advopts", TYPE_CUSTOM, .take = pci_advopts, .meaning = "nohpet: without the high precision event timer" }, END_ROW,
};
static const struct parameter mouse[] = {
    { "type", TYPE_CUSTOM, .take = mouse_type, .meaning = "ps2: three buttons; imps2: with a wheel and five; serial, serial_wheel, serial_msys: on a COM port with mode=mouse; none" },
    ACCEPT("enabled"), ACCEPT("toggle"), END_ROW,
};
static const struct parameter vga[] = {
    { "extension", TYPE_CUSTOM, .take = vga_extension, .meaning = "none: an IBM VGA; vbe: with Bochs's display interface and its modes up to 2560x1600; cirrus: a CL-GD5446, 4 MiB, with PCI" },
    { "vbe_memsize", TYPE_CUSTOM, .take = vga_memory, .meaning = "its memory in MiB: 4, 8, 16 or 32" },
    { "ddc", TYPE_CUSTOM, .take = vga_ddc, .meaning = "builtin: the monitor tells its modes (EDID); disabled: it does not" },
    { "preferred", TYPE_CUSTOM, .take = vga_preferred, .meaning = "the mode that the monitor likes best" },
    { "update_freq", TYPE_NUMBER, AT(vga.update_hz), .least = 1, .most = 75, .meaning = "pictures a second in a window or terminal" },
    ACCEPT("realtime"), END_ROW,
};
static const struct parameter e9[] = {
    { "enabled", TYPE_BOOL, AT(port_e9), .meaning = "bytes written to port E9h can be read by scripts" }, ACCEPT("all_rings"), END_ROW,
};
static const struct parameter magic[] = {
    { "enabled", TYPE_TEXT, AT(magic_break), .meaning = "1, and which registers: cx dx bx sp bp si di; bx when none is named" }, END_ROW,
};
static const struct parameter display_options[] = {
    { "options", TYPE_CUSTOM, .take = debug_display_options, .meaning = "gui_debug is debugger: gui=1; others of Bochs's change nothing here" }, END_ROW,
};
static const struct parameter keyboard[] = {
    { "serial_delay", TYPE_NUMBER, AT(keyboard_serial_delay_us), .least = 5, .most = 100000000, .meaning = "microseconds a byte takes on the keyboard's wire" },
    { "paste_delay", TYPE_NUMBER, AT(keyboard_paste_delay_us), .least = 1000, .most = 100000000, .meaning = "microseconds between typed keys" },
    { "keymap", TYPE_TEXT, AT(keymap), .meaning = "file in Bochs's format: the guest's layout, for text that is typed or pasted; keys of a window go by their place" },
    ACCEPT("type"), ACCEPT("user_shortcut"), END_ROW,
};
static const struct parameter cmos_image[] = {
    { "file", TYPE_TEXT, AT(cmos_image), .meaning = "64 or 128 bytes of CMOS" },
    { "rtc_init", TYPE_ENUM, AT(cmos_image_rtc), NAMES("time0", "image"), .meaning = "where the time comes from" },
    END_ROW,
};
static const struct parameter old_disk[] = {
    { "file", TYPE_CUSTOM, .take = old_disk_file }, { "cyl", TYPE_NUMBER, IN(ata_device_config, cylinders), .most = 65535 },
    { "heads", TYPE_NUMBER, IN(ata_device_config, heads), .most = 16 }, { "spt", TYPE_NUMBER, IN(ata_device_config, sectors), .most = 255 }, END_ROW,
};
static const struct parameter old_cd[] = {
    { "dev", TYPE_CUSTOM, .take = old_cd_device }, { "status", TYPE_ENUM, IN(ata_device_config, inserted), NAMES("ejected", "inserted") }, END_ROW,
};
static const struct parameter old_keyboard_map[] = { ACCEPT("enabled"), { "map", TYPE_TEXT, AT(keymap) }, END_ROW };
static const struct parameter log_actions[] = { { "action", TYPE_CUSTOM, .take = log_action, .meaning = "ignore report warn ask fatal; or DEVICE=ACTION" }, END_ROW };

/* --- directives --- */

#define ABSENT_ROW(name_) { .name = name_, .kind = ABSENT, .positional = flag_word, .meaning = "not there; refused unless it is switched off" }
#define ACCEPT_ROW(name_, note_) { .name = name_, .kind = ACCEPTED, .positional = flag_word, .note = note_, .meaning = "accepted, changes nothing here" }
#define ATA_DEVICE(name_, channel, unit, sample_) \
    { .name = name_, .device = "an ATA disk, or an ATAPI CD-ROM drive", .parameters = ata_device, BASE(ata[channel].device[unit]), .meaning = "a disk or CD-ROM drive on the ATA channel; a CD is an ISO image, or a CUE sheet (NAME.cue)", .sample = sample_ }

#define MODULE(name_, n, sample_) \
    { .name = name_, .parameters = module, BASE(kernel.module[n]), .meaning = "a module of a Multiboot kernel", .sample = sample_ }

const struct directive directive_table[] = {
    { .name = "cpu", .parameters = cpu, .meaning = "the processor", .sample = "model=core2_penryn, count=1, quantum=100, add_features=\"\", exclude_features=\"\", ips=50000000, reset_on_triple_fault=auto, rdrand_seed=0, exact=0" },
    { .name = "perturb", .parameters = perturb_parameters, .meaning = "what the manuals leave open varies by a seed, to shake out races; orrery perturb tries many",
      .sample = "seed=0, timer=0, dma=0, ram=zero, undefined=model" },
    { .name = "memory", .parameters = memory, .positional = memory_size, .meaning = "RAM", .sample = "guest=32" },
    { .name = "romimage", .parameters = rom, BASE(system_rom), .positional = rom_path, .meaning = "another system BIOS than the built-in one",
      .sample = "#file=$BXSHARE/BIOS-bochs-legacy" },
    { .name = "vgaromimage", .parameters = rom, BASE(vga_rom), .positional = rom_path, .meaning = "another VGA BIOS than the built-in one",
      .sample = "#file=/usr/share/vgabios/vgabios.bin" },
    { .name = "optromimage1", .parameters = rom, BASE(option_rom[0]), .meaning = "an option ROM", .sample = "#file=option.rom, address=0xd0000" },
    { .name = "optromimage2", .parameters = rom, BASE(option_rom[1]), .meaning = "another one" },
    { .name = "optromimage3", .parameters = rom, BASE(option_rom[2]), .meaning = "another one" },
    { .name = "optromimage4", .parameters = rom, BASE(option_rom[3]), .meaning = "another one" },
    { .name = "floppya", .device = "a floppy drive at the 82077AA", .parameters = floppy, BASE(floppy[0]), .meaning = "the first floppy drive; without any disk a machine boots its demo disk",
      .sample = "#1_44=freedos.img, status=inserted, write_protected=0" },
    { .name = "floppyb", .device = "a floppy drive at the 82077AA", .parameters = floppy, BASE(floppy[1]), .meaning = "the second floppy drive", .sample = "#type=1_44" },
    { .name = "vga", .device = "VGA with VBE DISPI (1234:1111 on PCI), a monitor at its DDC", .parameters = vga, .meaning = "the display adapter and its monitor", .sample = "extension=vbe, vbe_memsize=16, ddc=builtin, preferred=1024x768, update_freq=60" },
    { .name = "pci", .device = "82441FX, 82371SB (PIIX3), PIIX4 power management and SMBus, 82093AA, HPET", .parameters = pci, .meaning = "the PCI bus: host bridge, ISA bridge, IDE with DMA, power management, SMBus, VGA, I/O APIC, HPET", .sample = "enabled=1, chipset=i440fx, advopts=\"\"" },
    { .name = "ata0", .device = "ATA/ATAPI-6 channel, with the bus master of the PIIX3", .parameters = ata, BASE(ata[0]), .meaning = "the first ATA channel", .sample = "enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14" },
    { .name = "ata1", .device = "ATA/ATAPI-6 channel, with the bus master of the PIIX3", .parameters = ata, BASE(ata[1]), .meaning = "the second ATA channel", .sample = "enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15" },
    ATA_DEVICE("ata0-master", 0, 0, "#type=disk, path=c.img, mode=flat, cylinders=0, heads=0, spt=0, translation=auto, model=\"My disk\""),
    ATA_DEVICE("ata0-slave", 0, 1, "#type=disk, path=d.img, mode=undoable, journal=d.redolog"),
    ATA_DEVICE("ata1-master", 1, 0, "#type=cdrom, path=boot.iso, status=inserted"),
    ATA_DEVICE("ata1-slave", 1, 1, "#type=disk, mode=vvfat, path=folder, writeback=changed"),
    { .name = "boot", .positional = boot_device, .meaning = "up to three devices, tried in order: floppy disk cdrom network", .sample = "floppy, disk, cdrom" },
    { .name = "kernel", .parameters = kernel, .positional = kernel_path, .meaning = "a kernel that starts without a disk, whatever the boot order says", .sample = "#file=vmlinuz" },
    { .name = "initrd", .parameters = initrd, .positional = initrd_path, .meaning = "its initial RAM disk", .sample = "#file=initrd.gz" },
    { .name = "cmdline", .positional = kernel_cmdline, .meaning = "its command line", .sample = "#\"console=ttyS0 quiet\"" },
    MODULE("module1", 0, "#file=module.bin, cmdline=\"\""), MODULE("module2", 1, NULL), MODULE("module3", 2, NULL), MODULE("module4", 3, NULL),
    MODULE("module5", 4, NULL), MODULE("module6", 5, NULL), MODULE("module7", 6, NULL), MODULE("module8", 7, NULL),
    { .name = "floppy_bootsig_check", .parameters = bootsig, .meaning = "the BIOS's check of a floppy's boot sector", .sample = "disabled=0" },
    { .name = "com1", .device = "16550A", .parameters = com, BASE(com[0]), .meaning = "the first serial port", .sample = "enabled=1, mode=null" },
    { .name = "com2", .device = "16550A", .parameters = com, BASE(com[1]), .meaning = "the second serial port", .sample = "#enabled=1, mode=file, dev=serial.txt" },
    { .name = "com3", .device = "16550A", .parameters = com, BASE(com[2]), .meaning = "the third serial port", .sample = "#enabled=1, mode=socket-server, dev=localhost:8888" },
    { .name = "com4", .device = "16550A", .parameters = com, BASE(com[3]), .meaning = "the fourth serial port", .sample = "#enabled=1, mode=term, dev=/dev/pts/3" },
    { .name = "ne2k", .device = "DP8390D (NE2000), RTL8029AS", .parameters = nic_ne2k, BASE(ne2k), .meaning = "an NE2000 network card on the ISA bus, or an RTL8029 on the PCI bus",
      .sample = "#card=0, enabled=1, type=isa, ioaddr=0x300, irq=9, mac=b0:c4:20:00:00:00, ethmod=vnet, ethdev=folder" },
    { .name = "e1000", .device = "82540EM", .parameters = nic_e1000, BASE(e1000), .meaning = "an Intel 82540EM network card on the PCI bus",
      .sample = "#card=0, enabled=1, mac=b0:c4:20:00:01:00, ethmod=vnet, ethdev=folder" },
    { .name = "sound", .parameters = sound_output, .meaning = "where sound goes", .sample = "driver=default" },
    { .name = "speaker", .device = "the loudspeaker at the 8254", .parameters = sound_speaker, .meaning = "the loudspeaker in the case", .sample = "enabled=1, mode=sound, volume=15" },
    { .name = "sb16", .device = "CT1741, CT1745, YMF262, MPU-401", .parameters = sound_sb16, BASE(sb16), .meaning = "a Sound Blaster 16: samples by DMA, FM, MIDI", .sample = "#enabled=1, wavemode=1, midimode=2, midifile=music.mid" },
    { .name = "es1370", .device = "ES1370 with AK4531", .parameters = sound_es1370, BASE(es1370), .meaning = "an AudioPCI (ES1370) on the PCI bus", .sample = "#enabled=1, wavemode=1" },
    { .name = "adlib", .device = "YMF262", .parameters = sound_adlib, .meaning = "an FM synthesizer (YMF262: OPL2 and OPL3) at ports 388h to 38Bh", .sample = "#enabled=1" },
    { .name = "gameport", .device = "558 with joysticks", .parameters = sound_gameport, .meaning = "the game port", .sample = "#enabled=1, sticks=1" },
    { .name = "usb_uhci", .device = "UHCI of the 82371SB, with keyboard, mouse, tablet, stick", .parameters = usb_uhci, BASE(usb), .meaning = "a USB host controller with two ports (a board with PCI)",
      .sample = "#enabled=1, port1=tablet, port2=disk, options2=\"path:usb.img\"" },
    { .name = "parport1", .device = "parallel port (SPP) with a printer", .parameters = parallel, BASE(parallel[0]), .meaning = "the first parallel port", .sample = "#enabled=1, file=printed.txt" },
    { .name = "parport2", .device = "parallel port (SPP) with a printer", .parameters = parallel, BASE(parallel[1]), .meaning = "the second parallel port", .sample = "#enabled=1, file=printed2.txt" },
    { .name = "clock", .parameters = clock_parameters, .meaning = "pace and date; a fixed date makes every run equal", .sample = "sync=slowdown, time0=946684800" },
    { .name = "cmosimage", .device = "MC146818", .parameters = cmos_image, .meaning = "CMOS RAM at start", .sample = "#file=cmos.img, rtc_init=time0" },
    { .name = "port_e9_hack", .device = "port E9h", .parameters = e9, .meaning = "port E9h, a console for guests", .sample = "enabled=1" },
    { .name = "keyboard", .device = "8042 with an MF2 keyboard", .parameters = keyboard, .meaning = "the keyboard", .sample = "serial_delay=150, paste_delay=50000" },
    { .name = "mouse", .device = "a PS/2 mouse at the 8042, or a serial one", .parameters = mouse, .meaning = "the mouse; a window captures it by Ctrl and its middle button, or Ctrl+Alt+G", .sample = "type=imps2" },
    { .name = "display_library", .positional = display_name, .parameters = display_options,
      .meaning = "sdl2, term or nogui; without it the one that fits", .sample = "#sdl2" },
    { .name = "log", .positional = log_path, .meaning = "file for messages", .sample = "#orrery.log" },
    { .name = "logprefix", .positional = log_prefix, .meaning = "what a line of the log begins with: %t tick, %d device, %e and %i severity", .sample = "#%t%e%d" },
    { .name = "symbols", .parameters = debug_symbols, .positional = debug_symbol_path, .meaning = "names of the guest's program for the debugger; a line a file",
      .sample = "#file=vmlinux, base=0, source=linux" },
    { .name = "debug_symbols", .parameters = debug_symbols, .positional = debug_symbol_path, .meaning = "the same, as Bochs has it" },
    { .name = "magic_break", .parameters = magic, .meaning = "a guest stops itself for the debugger by XCHG BX, BX; other registers behind the 1", .sample = "enabled=0" },
    { .name = "gdbstub", .parameters = debug_gdbstub, .meaning = "gdb debugs the guest", .sample = "#enabled=1, port=1234, wait=1, arch=auto" },
    { .name = "time_travel", .parameters = debug_time_travel_row, .meaning = "the past is kept, and the machine can go back to it: rs, rc, goto, last-write", .sample = "enabled=auto, memory=512" },
    { .name = "sandbox", .positional = sandbox_level_word, .parameters = sandbox_row, .meaning = "the machine's process may do next to nothing with the host", .sample = "standard" },
    { .name = "debugger", .parameters = debug_window, .meaning = "the debugger in the window (Ctrl+Alt+D opens it, too)", .sample = "gui=0, log=-" },
    { .name = "limits", .parameters = limits, .meaning = "what the guest may put on the host; the machine stops when it is reached, with status 3",
      .sample = "serial=1G, log=1G, network=0, overlay=0, resets=20" },
    { .name = "panic", .parameters = log_actions, .meaning = "what becomes of messages", .sample = "#action=report" },
    { .name = "error", .parameters = log_actions, .meaning = "the same" }, { .name = "warn", .parameters = log_actions, .meaning = "the same" },
    { .name = "info", .parameters = log_actions, .meaning = "the same" }, { .name = "debug", .parameters = log_actions, .meaning = "the same" },

    ACCEPT_ROW("config_interface", NULL), ACCEPT_ROW("plugin_ctrl", NULL), ACCEPT_ROW("private_colormap", NULL), ACCEPT_ROW("print_timestamps", NULL),
    ACCEPT_ROW("fullscreen", NULL), ACCEPT_ROW("screenmode", NULL), ACCEPT_ROW("iodebug", NULL),
    ACCEPT_ROW("ata2", "this board has two ATA channels"), ACCEPT_ROW("ata3", "this board has two ATA channels"),
    ABSENT_ROW("ata2-master"), ABSENT_ROW("ata2-slave"), ABSENT_ROW("ata3-master"), ABSENT_ROW("ata3-slave"), ABSENT_ROW("optramimage1"), ABSENT_ROW("optramimage2"),
    ABSENT_ROW("optramimage3"), ABSENT_ROW("optramimage4"),
    ABSENT_ROW("pcipnic"), ABSENT_ROW("usb_ohci"), ABSENT_ROW("usb_ehci"), ABSENT_ROW("usb_xhci"), ABSENT_ROW("voodoo"), ABSENT_ROW("geforce"),
    ACCEPT_ROW("usb_debug", "there is no such debugger"), ACCEPT_ROW("fw_cfg", "firmware that romimage: names always finds it"),
    ABSENT_ROW("pcidev"), ABSENT_ROW("busmouse"), ACCEPT_ROW("unmapped", "ports without a device read as ones"), ACCEPT_ROW("biosdev", "what a BIOS says at its ports is not shown"),

    { .name = "ips", .kind = LEGACY, .positional = old_ips, .note = "cpu: ips=N" },
    { .name = "megs", .kind = LEGACY, .positional = memory_size, .note = "memory: guest=MIB" },
    { .name = "cpuid", .kind = LEGACY, .positional = flag_word, .note = "cpu: model=NAME; features belong to the model (orrery --help cpu)" },
    { .name = "diskc", .kind = LEGACY, .parameters = old_disk, BASE(ata[0].device[0]), .note = "ata0-master: type=disk, path=, cylinders=, heads=, spt=" },
    { .name = "diskd", .kind = LEGACY, .parameters = old_disk, BASE(ata[0].device[1]), .note = "ata0-slave: type=disk, path=, cylinders=, heads=, spt=" },
    { .name = "cdromd", .kind = LEGACY, .parameters = old_cd, BASE(ata[0].device[1]), .note = "ata0-slave: type=cdrom, path=, status=" },
    { .name = "newharddrivesupport", .kind = LEGACY, .positional = flag_word, .note = "nothing: it is always on" },
    { .name = "time0", .kind = LEGACY, .positional = old_time, .note = "clock: time0=" },
    { .name = "pit", .kind = LEGACY, .positional = flag_word, .note = "clock: sync=" },
    { .name = "keyboard_serial_delay", .kind = LEGACY, .positional = old_serial_delay, .note = "keyboard: serial_delay=" },
    { .name = "keyboard_paste_delay", .kind = LEGACY, .positional = flag_word, .note = "keyboard: paste_delay=" },
    { .name = "keyboard_mapping", .kind = LEGACY, .parameters = old_keyboard_map, .note = "keyboard: keymap=" },
    { .name = "keyboard_type", .kind = LEGACY, .positional = flag_word, .note = "keyboard: type=" },
    { .name = "user_shortcut", .kind = LEGACY, .positional = flag_word, .note = "keyboard: user_shortcut=" },
    { .name = "vga_update_interval", .kind = LEGACY, .positional = old_update_interval, .note = "vga: update_freq=" },
    { .name = "i440fxsupport", .kind = LEGACY, .parameters = pci, .note = "pci: enabled=, chipset=i440fx" },
    { .name = "usb1", .kind = LEGACY, .positional = flag_word, .note = "usb_uhci: enabled=1, port1=mouse" },
    { .name = "pnic", .kind = LEGACY, .positional = flag_word, .note = "pcipnic: (not there yet)" },
    { .name = "user_plugin", .kind = LEGACY, .positional = flag_word, .note = "plugin_ctrl:" },
    { .name = "debugger_log", .kind = LEGACY, .positional = flag_word, .note = "debugger: log=" },
    { .name = "load32bitOSImage", .kind = LEGACY, .positional = flag_word, .note = "nothing: it has no effect" },
    { .name = "floppy_command_delay", .kind = LEGACY, .positional = flag_word, .note = "nothing: it has no effect" },
    { .name = NULL },
};
