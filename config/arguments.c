#include "config/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/bochsrc.h"
#include "devices/machine.h"

void print_usage(void)
{
    puts("orrery [-q] [-f FILE] [-n] [-rc SCRIPT] [--prompt] [-dbg_gui [-dbglog FILE]] [--display window|terminal|headless] [--headless]\n"
         "       [--kernel FILE [--initrd FILE] [--cmdline TEXT]]\n"
         "       [--screenshot FILE] [--record JOURNAL] [-r SNAPSHOT] [--wait unix:PATH] [-log FILE] [--max-instructions N] [--max-time SECONDS] [--max-wall SECONDS]\n"
         "       [--max-serial|debug|network|log|overlay BYTES] [--max-serial|debug|network|log-rate BYTES] [--max-resets N]\n"
         "       ['directive: ...' ...]\n"
         "orrery replay JOURNAL [options]\n"
         "orrery clone SNAPSHOT -n N [options]\n"
         "orrery perturb [SNAPSHOT] -n SEEDS -rc SCRIPT [options]\n"
         "orrery journal info FILE | text FILE | cut FILE TICK NEW\n"
         "orrery snapshot info FILE | diff FILE FILE\n"
         "orrery image create FILE SIZE | info FILE | check FILE | convert FROM TO | commit FILE | resize FILE SIZE   (orrery image says more)\n"
         "orrery hub PATH\n"
         "orrery lan [--delay MICROSECONDS] OPTIONS -- OPTIONS [-- OPTIONS ...]\n"
         "orrery trace show FILE [FROM-TICK [COUNT]] [--symbols FILE]...\n"
         "orrery --help [cpu | devices | DIRECTIVE] | --sample | --version\n\n"
         "The machine runs in a window, on the terminal where there is no window, or headless.  -rc SCRIPT runs commands first (- is\n"
         "standard input), --prompt (-dbg) reads them from you; `help` lists them.  --wait takes a machine that another process gives away\n"
         "with the command migrate or mirror.  -dbg_gui opens the debugger in the window, as Ctrl+Alt+D\n"
         "does there.  Directives of the configuration:");
    bochsrc_help();
}

void print_cpu_help(void)
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
void print_devices(void)
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
        { "--kernel", &a->kernel }, { "--initrd", &a->initrd }, { "--cmdline", &a->cmdline }, { "-log", &a->log }, { "-r", &a->restore }, { "--wait", &a->wait },
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

/* --max-serial-rate 1M is limits: serial_rate=1M.  False: there is no such limit. */
static bool limit_of_guest(struct arguments *a, const char *word, const char *value)
{
    static const char option[] = "--max-";
    char name[32];

    if (strncmp(word, option, sizeof option - 1) || a->limits == ARRAY_COUNT(a->limit) || a->directives == ARRAY_COUNT(a->directive)) return false;
    snprintf(name, sizeof name, "%s", word + sizeof option - 1);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    if (!bochsrc_takes("limits", name)) return false;
    snprintf(a->limit[a->limits], sizeof a->limit[0], "limits: %s=%s", name, value);
    a->directive[a->directives++] = a->limit[a->limits++];
    return true;
}

bool arguments_parse(int argc, char **argv, struct arguments *a, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], **value = value_of(a, word);
        bool *flag = switch_of(a, word);
        if (value && i + 1 == argc) return fail(err, "orrery: %s needs a value", word);
        if (!value && !flag && i + 1 < argc && limit_of_guest(a, word, argv[i + 1])) i++;
        else if (value) *value = argv[++i];
        else if (flag) *flag = true;
        else if (word[0] == '-') return fail(err, "orrery: unknown option %s; see orrery --help", word);
        else if (a->directives == ARRAY_COUNT(a->directive)) return fail(err, "orrery: more than %zu directives on the command line", ARRAY_COUNT(a->directive));
        else a->directive[a->directives++] = word;
    }
    return limits(a, err);
}
