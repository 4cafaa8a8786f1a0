#include "config/lan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/front.h"

enum { STATUS_USAGE = 2, DELAY_US = 100, DELAY_MOST_US = 1000 };

struct member {
    int argc;                    /* argv[0] is the word before the options */
    char **argv;
    int (*run)(int argc, char **argv, struct partner *partner);
    int status;
};

static void body(struct partner *partner, void *context)
{
    struct member *l = context;
    l->status = l->run(l->argc, l->argv, partner);
}

static int usage(void)
{
    fprintf(stderr,
            "orrery lan [--delay MICROSECONDS] OPTIONS -- OPTIONS [-- OPTIONS ...]\n"
            "runs up to %d machines on one virtual clock, headless; OPTIONS are those of orrery for each of them.  Cards with ethmod=lan and the same\n"
            "ethdev= are on one LAN; a frame takes %d microseconds (--delay: 1 to %d).  What a machine prints has its number before each line.\n",
            TOGETHER_MOST, DELAY_US, DELAY_MOST_US);
    return STATUS_USAGE;
}

/* Command lines between "--" words. */
static unsigned split(int argc, char **argv, struct member *lines)
{
    unsigned count = 0;

    for (int at = 0; at < argc; at += lines[count++].argc) {
        if (count == TOGETHER_MOST) return 0;
        lines[count] = (struct member){ .argc = 1, .argv = argv + at };
        while (at + lines[count].argc < argc && strcmp(argv[at + lines[count].argc], "--")) lines[count].argc++;
    }
    return count;
}

int lan_command(int argc, char **argv, int (*run)(int argc, char **argv, struct partner *partner))
{
    struct member lines[TOGETHER_MOST];
    void *contexts[TOGETHER_MOST];
    unsigned long delay_us = DELAY_US;
    char *end = "";

    if (argc > 3 && !strcmp(argv[2], "--delay")) {
        delay_us = strtoul(argv[3], &end, 10);
        argc -= 2, argv += 2;
    }
    unsigned count = split(argc - 1, argv + 1, lines);
    int status;
    if (*end || delay_us < 1 || delay_us > DELAY_MOST_US || count < 2) return usage();
    if (!front_apart(argc - 1, argv + 1, &status)) return status;
    for (unsigned n = 0; n < count; n++) {
        lines[n].run = run;
        contexts[n] = &lines[n];
    }
    if (!together_run_all(count, delay_us * 1000, delay_us * 1000, body, contexts)) {
        fputs("orrery: lan: the host has no memory for so many machines\n", stderr);
        return STATUS_USAGE;
    }
    for (unsigned n = 0; n < count; n++)
        if (lines[n].status) return lines[n].status;
    return 0;
}
