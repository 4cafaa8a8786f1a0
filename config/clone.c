#include "config/clone.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_ROOM = 4096 };

/* What a clone says, up to the next end of a line. */
struct mouth {
    pid_t process;
    int fd;                      /* -1: it has said all */
    char line[LINE_ROOM];
    size_t used;
};

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In the clone. */
static void begin_life(int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static bool make_one(struct mouth *mouth, bool *is_clone, struct error *err)
{
    int ends[2];

    if (pipe(ends)) return fail(err, "orrery: clone: no pipe: %s", strerror(errno));
    mouth->process = fork();
    *is_clone = mouth->process == 0;
    if (*is_clone) {
        close(ends[0]);
        begin_life(ends[1]);
        return true;
    }
    close(ends[1]);
    mouth->fd = ends[0];
    if (mouth->process > 0) return true;
    close(ends[0]);
    return fail(err, "orrery: clone: the host makes no more processes: %s", strerror(errno));
}

static void tell_lines(struct mouth *mouth, unsigned number, bool all)
{
    char *end;

    while ((end = memchr(mouth->line, '\n', mouth->used)) || (mouth->used && (all || mouth->used == LINE_ROOM))) {
        size_t length = end ? (size_t)(end - mouth->line) : mouth->used, gone = length + (end != NULL);
        printf("%u: %.*s\n", number, (int)length, mouth->line);
        mouth->used -= gone;
        memmove(mouth->line, mouth->line + gone, mouth->used);
    }
}

static void hear(struct mouth *mouth, unsigned number)
{
    ssize_t got = read(mouth->fd, mouth->line + mouth->used, LINE_ROOM - mouth->used);

    if (got < 0 && errno == EINTR) return;
    if (got > 0) mouth->used += (size_t)got;
    tell_lines(mouth, number, got <= 0);
    if (got > 0) return;
    close(mouth->fd);
    mouth->fd = -1;
}

static void hear_all(struct mouth *mouths, unsigned count)
{
    struct pollfd *wanted = calloc(count, sizeof *wanted);

    for (unsigned open = count; wanted && open;) {
        for (unsigned n = 0; n < count; n++) wanted[n] = (struct pollfd){ .fd = mouths[n].fd, .events = POLLIN };
        if (poll(wanted, count, -1) < 0 && errno != EINTR) break;
        for (unsigned n = open = 0; n < count; n++) {
            if (wanted[n].fd >= 0 && wanted[n].revents) hear(&mouths[n], n + 1);
            open += mouths[n].fd >= 0;
        }
        fflush(stdout);
    }
    free(wanted);
}

static unsigned wait_for_all(struct mouth *mouths, unsigned count)
{
    unsigned failed = 0;

    for (unsigned n = 0; n < count; n++) {
        int status = 0;
        waitpid(mouths[n].process, &status, 0);
        bool well = WIFEXITED(status) && !WEXITSTATUS(status);
        if (WIFSIGNALED(status)) printf("%u: ended by signal %d\n", n + 1, WTERMSIG(status));
        else if (!well) printf("%u: status %d\n", n + 1, WEXITSTATUS(status));
        failed += !well;
    }
    return failed;
}

bool clones_make(struct clones *clones, unsigned count, struct error *err)
{
    struct mouth *mouths = calloc(count, sizeof *mouths);
    double begun = seconds_now();
    bool is_clone = false, ok = mouths != NULL;
    unsigned made = 0;

    fflush(stdout);
    for (; ok && made < count; made++) {
        ok = make_one(&mouths[made], &is_clone, err);
        if (!ok) break;
        if (is_clone) {
            for (unsigned n = 0; n < made; n++) close(mouths[n].fd);
            free(mouths);
            *clones = (struct clones){ .number = made + 1 };
            return true;
        }
    }
    if (ok) printf("orrery: %u clones in %.3f s\n", count, seconds_now() - begun);
    for (unsigned n = 0; !ok && n < made; n++) kill(mouths[n].process, SIGKILL);
    if (ok) hear_all(mouths, count);
    *clones = (struct clones){ .failed = made ? wait_for_all(mouths, made) : 0 };
    free(mouths);
    return ok || err->count || fail(err, "orrery: clone: the host has no memory for it");
}
