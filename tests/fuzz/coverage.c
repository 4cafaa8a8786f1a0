/* Entries for drivers that see coverage: libFuzzer's functions, AFL++'s loop in one process, or one input from stdin.  The target is the first argument, or
 * FUZZ_TARGET of the environment.      doc: fuzz */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/numbers.h"
#include "tests/fuzz/targets.h"

static const struct fuzz_target *target;

/* A word of the command line that is a target's is taken away. */
static void choose_target(int *argc, char **argv)
{
    const char *name = *argc > 1 ? argv[1] : "";

    target = target_named(name);
    if (target) memmove(argv + 1, argv + 2, (size_t)(*argc - 1) * sizeof *argv), --*argc;
    else if ((name = getenv("FUZZ_TARGET"))) target = target_named(name);
    if (!target) {
        fprintf(stderr, "%s TARGET ...: no target is called \"%s\"; there are:", argv[0], name ? name : "");
        for (unsigned n = 0; target_at(n); n++) fprintf(stderr, " %s", target_at(n)->name);
        fputc('\n', stderr);
        exit(2);
    }
    if (!room_open()) perror("a folder for media"), exit(2);
    atexit(room_close);
}

#ifdef FUZZ_LIBFUZZER
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

/* Targets go to a folder of their own: corpora, and where findings go, are where we are now. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char prefix[4200] = "-artifact_prefix=";
    char **more = calloc((size_t)*argc + 2, sizeof *more);
    int count = 0;

    choose_target(argc, *argv);
    for (int i = 0; i < *argc; i++) {
        char *path = i && (*argv)[i][0] != '-' ? realpath((*argv)[i], NULL) : NULL;
        more[count++] = path ? path : (*argv)[i];
        if (i == 0) more[count++] = prefix;              /* one that is given comes later, and counts */
    }
    if (getcwd(prefix + strlen(prefix), sizeof prefix - 64)) strcat(prefix, "/");
    *argc = count, *argv = more;
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    target_one(target, bytes, size);
    return 0;
}
#else
#ifdef __AFL_COMPILER
enum { RUNS_A_PROCESS = 1000 };
__AFL_FUZZ_INIT();

/* How AFL++ ends the process that the others come from. */
static void end(int number)
{
    (void)number;
    room_close();
    _exit(0);
}

/* What takes long is done once, before the processes part. */
int main(int argc, char **argv)
{
    choose_target(&argc, argv);
    signal(SIGTERM, end);
    if (target->begin) target_one(target, (const u8 *)"", 0);
    __AFL_INIT();
    u8 *bytes = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(RUNS_A_PROCESS)) target_one(target, bytes, (size_t)__AFL_FUZZ_TESTCASE_LEN);
    return 0;
}
#else
enum { INPUT_MOST = 1 << 20 };
static u8 input[INPUT_MOST];

static size_t read_input(void)
{
    size_t size = 0;

    for (ssize_t n; size < sizeof input && (n = read(0, input + size, sizeof input - size)) > 0;) size += (size_t)n;
    return size;
}

int main(int argc, char **argv)
{
    choose_target(&argc, argv);
    target_one(target, input, read_input());
    return 0;
}
#endif
#endif
