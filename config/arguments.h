#ifndef ORRERY_CONFIG_ARGUMENTS_H
#define ORRERY_CONFIG_ARGUMENTS_H
/* The command line: what it says, and the machine that comes of it.                         doc: command-line */
#include "cpu/base/error.h"
#include "gui/together.h"

struct arguments {
    int argc;                    /* as they were given, after the program's name */
    char **argv;
    const char *config, *script, *display, *screenshot, *record, *replay, *restore, *wait, *log, *debugger_log, *kernel, *initrd, *cmdline;
    bool no_config, headless, prompt, panes, glance;
    unsigned clones;             /* of the machine as it begins; 0: none */
    bool perturb;                /* they are seeds, tried until one fails */
    bool quick;                  /* -q: accepted for Bochs's sake, there is no start menu to skip */
    const char *max_instructions_text, *max_time_text, *max_wall_text;
    u64 max_instructions;
    double max_time, max_wall;
    const char *directive[64];
    unsigned directives;
    char limit[16][64];          /* directives that --max-... stand for */
    unsigned limits;
    struct arrival *arrival;     /* the machine that has come to --wait; NULL: none */
    struct partner *partner;     /* orrery lan: this machine is one of several; NULL: the only one */
};

void print_usage(void);
void print_cpu_help(void);
void print_devices(void);
/* argv[0] is not looked at.  False: err says what is wrong. */
bool arguments_parse(int argc, char **argv, struct arguments *a, struct error *err);

/* The configuration: from its file, a journal or a snapshot, and directives on the command line.  notes: for the person, and no reason to stop. */
bool configure(const struct arguments *a, struct machine_config *config, struct error *err, struct error *notes);

#endif
