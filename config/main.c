/* orrery: command line, configuration, and the run.                                        doc: command-line */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/bochsrc.h"
#include "devices/storage/disk_image.h"
#include "gui/automation/script.h"

enum { STATUS_USAGE = 2 };

struct arguments {
    const char *config, *script;
    bool no_config;
    u64 max_instructions;
    double max_time;
    const char *directive[64];
    unsigned directives;
};

static void usage(void)
{
    puts("orrery [-q] [-f FILE] [-n] [-rc SCRIPT] [--headless] [--max-instructions N] [--max-time SECONDS] ['directive: ...' ...]\n"
         "orrery image create FILE SIZE\n"
         "orrery --help [cpu] | --version\n\n"
         "Without -rc commands are read from standard input; `help` there lists them.  Directives of the configuration:");
    bochsrc_help();
}

static void help_cpu(void)
{
    for (unsigned i = 0; cpu_model_at(i); i++) printf("  %-12s %s\n", cpu_model_at(i)->name, cpu_model_at(i)->meaning);
}

static bool parse(int argc, char **argv, struct arguments *a, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
        bool takes = !strcmp(word, "-f") || !strcmp(word, "-qf") || !strcmp(word, "-rc") || !strcmp(word, "--max-instructions") || !strcmp(word, "--max-time");
        if (takes && !next) return fail(err, "orrery: %s needs a value", word);
        if (!strcmp(word, "-f") || !strcmp(word, "-qf")) a->config = next;
        else if (!strcmp(word, "-rc")) a->script = next;
        else if (!strcmp(word, "--max-instructions")) a->max_instructions = strtoull(next, NULL, 0);
        else if (!strcmp(word, "--max-time")) a->max_time = strtod(next, NULL);
        else if (!strcmp(word, "-n")) a->no_config = true;
        else if (!strcmp(word, "-q") || !strcmp(word, "--headless")) continue;
        else if (word[0] == '-') return fail(err, "orrery: unknown option %s; see orrery --help", word);
        else if (a->directives < 64) a->directive[a->directives++] = word;
        i += takes;
    }
    return true;
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

/* Debian's ROMs, as long as there are none of our own. */
static void default_roms(struct machine_config *c)
{
    if (!c->system_rom.path[0]) strcpy(c->system_rom.path, "/usr/share/bochs/BIOS-bochs-legacy");
    if (!c->vga_rom.path[0]) strcpy(c->vga_rom.path, "/usr/share/vgabios/vgabios.bin");
}

static bool configure(const struct arguments *a, struct machine_config *c, struct error *err, struct error *notes)
{
    char room[1100];
    const char *path = a->no_config ? NULL : a->config ? a->config : find_config(room, sizeof room);
    bool ok = true;

    machine_config_defaults(c);
    if (path) ok = bochsrc_read(path, c, err, notes);
    for (unsigned i = 0; i < a->directives; i++) ok &= bochsrc_directive("command line", a->directive[i], c, err, notes);
    default_roms(c);
    return ok;
}

static int run(const struct arguments *a)
{
    struct error err = { 0 }, notes = { 0 };
    struct machine_config config;
    bool ok = configure(a, &config, &err, &notes);

    fputs(notes.text, stderr);
    struct machine *machine = ok ? machine_create(&config, &err) : NULL;
    if (!machine) {
        fputs(err.text, stderr);
        return STATUS_USAGE;
    }
    struct session s = { .machine = machine, .ticks_left = UINT64_MAX };
    if (a->max_time > 0) s.ticks_left = (u64)(a->max_time * (double)config.ips);
    if (a->max_instructions && a->max_instructions < s.ticks_left) s.ticks_left = a->max_instructions;
    FILE *in = a->script ? fopen(a->script, "r") : stdin;
    if (!in) {
        fprintf(stderr, "orrery: %s: %s\n", a->script, strerror(errno));
        machine_destroy(machine);
        return STATUS_USAGE;
    }
    session_script(&s, a->script ? a->script : "standard input", in);
    if (in != stdin) fclose(in);
    machine_destroy(machine);
    return s.status;
}

static int image_command(int argc, char **argv)
{
    struct error err = { 0 };
    char *end = "";

    if (argc != 5 || strcmp(argv[2], "create")) {
        fputs("orrery image create FILE SIZE   (SIZE in bytes, or with K, M, G of 1024)\n", stderr);
        return STATUS_USAGE;
    }
    u64 size = strtoull(argv[4], &end, 0), unit = *end == 'K' ? 1 << 10 : *end == 'M' ? 1 << 20 : *end == 'G' ? 1 << 30 : 1;
    if (image_create_raw(argv[3], size * unit, &err)) return 0;
    fputs(err.text, stderr);
    return 4;
}

int main(int argc, char **argv)
{
    struct arguments a = { 0 };
    struct error err = { 0 };

    if (argc > 1 && strcmp(argv[1], "image") == 0) return image_command(argc, argv);
    if (argc > 1 && strcmp(argv[1], "--help") == 0) return argc > 2 && !strcmp(argv[2], "cpu") ? help_cpu(), 0 : (usage(), 0);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) return puts("orrery 0.1"), 0;
    if (parse(argc, argv, &a, &err)) return run(&a);
    fputs(err.text, stderr);
    return STATUS_USAGE;
}
