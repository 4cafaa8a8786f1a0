/* fuzz TARGET|all|devices|parsers... COUNT [SEED]: runs by seeds, in as many processes as -j says.  What dies is run again and becomes a file, shortened.
 * fuzz TARGET FILE...: inputs of any driver again.  fuzz --replay SCRIPT...: what scripts say.      doc: fuzz */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/findings.h"
#include "tests/fuzz/hostile.h"

enum { WORKERS_MOST = 64, TELL_SECONDS = 30, POLL_NS = 20000000, SAID_MOST = 1 << 20, SHOWN_BYTES = 12000 };

/* What workers and who waits for them share. */
struct worker {
    unsigned long place;         /* hostile_at */
    u64 run;
    pid_t process;
    unsigned long place_seen;
    u64 run_seen;
    time_t seen;                 /* when it was somewhere else */
    bool stuck;
    int said;                    /* its stderr */
};
static struct shared {
    _Atomic u64 next, done;
    struct worker worker[WORKERS_MOST];
} *shared;

struct wish {
    u64 count, seed;
    unsigned workers;
    const char *folder;
};

static u64 seed_of(const struct fuzz_target *t, u64 seed, u64 run)
{
    u64 hash = seed * 0x9e3779b97f4a7c15ull;

    for (const char *c = t->name; *c; c++) hash = (hash ^ (u8)*c) * 0x100000001b3ull;
    return hash + run * 2;
}

/* --- a worker --- */

static u64 run_one(const struct fuzz_target *t, u64 seed)
{
    if (!t->take) {
        hostile_seed(seed);
        return t->play(t, t->round ? t->round : 1);
    }
    size_t size;
    u8 *input = mutated_input(t, seed, &size);
    t->take(input, size);
    free(input);
    return 1;
}

/* What is said goes to a file, of which the end is shown when a worker dies. */
static void heed(int said)
{
    if (lseek(said, 0, SEEK_CUR) < SAID_MOST) return;
    lseek(said, 0, SEEK_SET);
    if (ftruncate(said, 0)) perror("fuzz");
}

static void work(const struct fuzz_target *t, const struct wish *w, struct worker *self)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);                    /* nobody counts for one that was killed */
    if (!room_open()) perror("a folder for media"), _exit(2);
    dup2(self->said, 2);
    hostile_place = &self->place;
    if (t->begin) t->begin();
    while (shared->done < w->count) {
        heed(2);
        self->run = shared->next++;
        shared->done += run_one(t, seed_of(t, w->seed, self->run));
    }
    room_close();
    fflush(NULL);
    _exit(0);
}

/* --- who waits --- */

static double since(const struct timespec *from)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static void watch(struct worker *w)
{
    if (w->place != w->place_seen || w->run != w->run_seen) w->place_seen = w->place, w->run_seen = w->run, w->seen = time(NULL);
    if (w->stuck || time(NULL) - w->seen < QUIET_SECONDS) return;
    w->stuck = true;
    kill(w->process, SIGKILL);
}

static void stop_all(unsigned workers)
{
    for (unsigned i = 0; i < workers; i++)
        if (shared->worker[i].process) kill(shared->worker[i].process, SIGKILL), waitpid(shared->worker[i].process, NULL, 0), shared->worker[i].process = 0;
}

/* The first worker that died; NULL: all are done. */
static struct worker *wait_for(const struct fuzz_target *t, const struct wish *w, const struct timespec *from)
{
    double told = 0;
    int status;

    for (unsigned left = w->workers; left;) {
        nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
        for (unsigned i = 0; i < w->workers; i++) {
            struct worker *k = &shared->worker[i];
            if (!k->process) continue;
            watch(k);
            if (waitpid(k->process, &status, WNOHANG) <= 0) continue;
            k->process = 0, left--;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 2) stop_all(w->workers), exit(2);
            if (status) return k;
        }
        if (since(from) - told < TELL_SECONDS) continue;
        told = since(from);
        printf("fuzz: %-12s %llu of %llu %s, %.0f a second\n", t->name, (unsigned long long)shared->done, (unsigned long long)w->count, t->unit, (double)shared->done / told);
        fflush(stdout);
    }
    return NULL;
}

static void show_end(int said)
{
    char text[SHOWN_BYTES];
    off_t end = lseek(said, 0, SEEK_END), from = end > (off_t)sizeof text ? end - (off_t)sizeof text : 0;
    ssize_t size = pread(said, text, sizeof text, from);

    if (size > 0) fwrite(text, 1, (size_t)size, stderr);
}

static bool drive(const struct fuzz_target *t, const struct wish *w)
{
    struct timespec from;

    memset(shared, 0, sizeof *shared);
    clock_gettime(CLOCK_MONOTONIC, &from);
    fflush(NULL);
    for (unsigned i = 0; i < w->workers; i++) {
        shared->worker[i].seen = time(NULL);
        shared->worker[i].said = memfd_create("said", MFD_CLOEXEC);
        pid_t process = fork();
        if (!process) work(t, w, &shared->worker[i]);
        shared->worker[i].process = process;
    }
    struct worker *dead = wait_for(t, w, &from);
    if (dead) show_end(dead->said);
    for (unsigned i = 0; i < w->workers; i++) close(shared->worker[i].said);
    if (!dead) {
        printf("fuzz: %-12s %llu %s in %llu runs: nothing broke, %.0f a second, %.1f s\n", t->name, (unsigned long long)shared->done, t->unit, (unsigned long long)shared->next, (double)shared->done / since(&from), since(&from));
        fflush(stdout);
        return true;
    }
    stop_all(w->workers);
    fprintf(stderr, "fuzz: %s: run %llu %s, at %lu\n", t->name, (unsigned long long)dead->run, dead->stuck ? "got stuck" : "died", dead->place);
    finding_report(t, seed_of(t, w->seed, dead->run), w->folder);
    return false;
}

/* --- the command line --- */

static int usage(void)
{
    fputs("fuzz TARGET... COUNT [SEED] [-j PROCESSES] [--findings FOLDER]    runs by seeds; TARGET may be all, devices, or parsers\n"
          "fuzz TARGET FILE...             inputs that a driver has found\n"
          "fuzz --script TARGET FILE       an input of a machine as a script\n"
          "fuzz --replay SCRIPT...         what scripts say is done\n"
          "fuzz --seeds TARGET FOLDER      what a parser's inputs begin with, a file each, and its words in FOLDER.dict\n"
          "\nTargets:", stderr);
    for (unsigned n = 0; target_at(n); n++) fprintf(stderr, "%s%s", n % 12 ? " " : "\n  ", target_at(n)->name);
    fputs("\n\nLines of scripts:\n", stderr);
    operations_list(stderr);
    return 2;
}

static bool is_number(const char *word) { return *word && !word[strspn(word, "0123456789")]; }

static bool chosen(const struct fuzz_target *t, char **words, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(words[i], t->name) || !strcmp(words[i], "all") || (!strcmp(words[i], "devices") && t->play && t->is_machine && strcmp(t->name, "machine")) ||
            (!strcmp(words[i], "parsers") && t->take)) return true;
    return false;
}

static int drive_chosen(char **words, int count, const struct wish *w)
{
    unsigned driven = 0, broken = 0;

    for (unsigned n = 0; target_at(n); n++)
        if (chosen(target_at(n), words, count)) driven++, broken += !drive(target_at(n), w);
    return !driven ? usage() : broken ? 1 : 0;
}

static int play_files(const struct fuzz_target *t, char **paths, int count)
{
    for (int i = 0; i < count; i++) {
        size_t size;
        u8 *input = read_whole(paths[i], &size);
        if (!input) return perror(paths[i]), 2;
        target_one(t, input, size);
        free(input);
    }
    return 0;
}

static int replay_files(char **paths, int count)
{
    for (int i = 0; i < count; i++) {
        if (!script_replay(paths[i])) return 1;
        printf("fuzz: %s: nothing broke\n", paths[i]);
    }
    return 0;
}

static int write_script(const struct fuzz_target *t, const char *path)
{
    size_t size;
    u8 *input = read_whole(path, &size);

    if (!input) return perror(path), 2;
    bool ok = script_write(t, input, size, stdout);
    free(input);
    return ok ? 0 : (fprintf(stderr, "fuzz: %s is no machine's: its inputs are their own text\n", t->name), 2);
}

struct seed_folder {
    const char *path;
    unsigned count;
};

static void write_seed(void *context, const void *bytes, size_t size)
{
    struct seed_folder *s = context;
    char path[4096];

    snprintf(path, sizeof path, "%s/seed-%u", s->path, s->count++);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f)) perror(path), exit(2);
}

/* For the drivers that have corpora: libFuzzer and AFL++ take dictionaries of lines "WORD". */
static int write_seeds(const struct fuzz_target *t, const char *folder)
{
    struct seed_folder s = { .path = folder };
    char path[4096];

    if (t->seeds) t->seeds(write_seed, &s);
    else write_seed(&s, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20", 16);
    snprintf(path, sizeof path, "%s.dict", folder);
    FILE *f = fopen(path, "w");
    for (unsigned i = 0; f && t->words && t->words[i]; i++) {
        fputc('"', f);
        for (const char *c = t->words[i]; *c; c++) fprintf(f, *c < 32 || *c == '"' || *c == '\\' ? "\\x%02x" : "%c", (u8)*c);
        fputs("\"\n", f);
    }
    return f && !fclose(f) ? 0 : (perror(path), 2);
}

/* Options, wherever they stand, are taken out. */
static int take_options(int argc, char **argv, struct wish *w)
{
    int kept = 1;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-j") && i + 1 < argc) w->workers = (unsigned)atoi(argv[++i]);
        else if (!strcmp(argv[i], "--findings") && i + 1 < argc) w->folder = argv[++i];
        else argv[kept++] = argv[i];
    if (!w->workers || w->workers > WORKERS_MOST) w->workers = 1;
    return kept;
}

static int command(int argc, char **argv, struct wish *w)
{
    const struct fuzz_target *t = argc > 2 ? target_named(argv[argv[1][0] == '-' ? 2 : 1]) : NULL;
    int words = argc;

    if (argc < 3) return usage();
    if (!strcmp(argv[1], "--replay")) return replay_files(argv + 2, argc - 2);
    if (!strcmp(argv[1], "--script") && t && argc == 4) return write_script(t, argv[3]);
    if (!strcmp(argv[1], "--seeds") && t && argc == 4) return write_seeds(t, argv[3]);
    while (words > 2 && is_number(argv[words - 1])) words--;
    if (argc == words) return t ? play_files(t, argv + 2, argc - 2) : usage();
    if (argc - words > 2) return usage();
    w->count = strtoull(argv[words], NULL, 10);
    if (argc - words == 2) w->seed = strtoull(argv[words + 1], NULL, 10);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? (perror("fuzz"), 2) : drive_chosen(argv + 1, words - 1, w);
}

int main(int argc, char **argv)
{
    struct wish w = { .seed = 1, .workers = 1, .folder = "." };

    argc = take_options(argc, argv, &w);
    if (!room_open()) return perror("a folder for media"), 2;
    int status = command(argc, argv, &w);
    room_close();
    return status;
}
