#include "gui/automation/clones.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "devices/host/sandbox.h"

enum { LINE_ROOM = 4096 };

/* What a clone says, up to the next end of a line. */
struct mouth {
    unsigned number;
    pid_t process;
    int fd;
    char line[LINE_ROOM];
    size_t used;
};

/* Those that live, in the order of their numbers. */
struct pool {
    const struct clones_wanted *wanted;
    struct clones *clones;
    struct mouth *mouth;
    struct pollfd *poll;
    unsigned living, room;
    int start[2];                /* a pipe whose end says that all have been made; -1: nobody waits for that */
    double begun;
};

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In the clone.  It waits for the others, as it would take the time of whoever makes them. */
static void begin_life(const struct pool *p, int fd)
{
    char none;

    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (nothing >= 0) dup2(nothing, STDIN_FILENO), close(nothing);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (p->start[0] < 0) return;
    close(p->start[1]);
    while (read(p->start[0], &none, 1) < 0 && errno == EINTR) {}
    close(p->start[0]);
}

static void let_start(struct pool *p)
{
    if (p->start[0] >= 0) close(p->start[0]), close(p->start[1]);
    p->start[0] = p->start[1] = -1;
}

static bool make_one(struct pool *p, struct error *err)
{
    struct mouth *mouth = &p->mouth[p->living];
    int ends[2], seat = sandbox_new_seat();

    if (seat < 0 && sandbox_is_on()) return fail(err, "clone: the broker has no seat for one more");
    if (pipe2(ends, O_CLOEXEC)) return fail(err, "clone: no pipe: %s", strerror(errno));
    fflush(NULL);                                        /* what waits to be written is written once */
    *mouth = (struct mouth){ .number = p->clones->made + 1, .fd = ends[0], .process = fork() };
    if (!mouth->process) {
        for (unsigned n = 0; n <= p->living; n++) close(p->mouth[n].fd);
        sandbox_take_seat(seat);
        begin_life(p, ends[1]);
        p->clones->number = mouth->number;
        return true;
    }
    close(ends[1]);
    if (seat >= 0) close(seat);
    if (mouth->process < 0) {
        close(ends[0]);
        return fail(err, "clone: the host makes no more processes: %s", strerror(errno));
    }
    p->living++;
    p->clones->made++;
    if (p->wanted->at_once || p->clones->made < p->wanted->count) return true;
    printf("orrery: %u clones in %.3f s\n", p->clones->made, seconds_now() - p->begun);
    fflush(stdout);
    let_start(p);
    return true;
}

static void tell_lines(struct mouth *mouth, bool all)
{
    char *end;

    while ((end = memchr(mouth->line, '\n', mouth->used)) || (mouth->used && (all || mouth->used == LINE_ROOM))) {
        size_t length = end ? (size_t)(end - mouth->line) : mouth->used, gone = length + (end != NULL);
        printf("%u: %.*s\n", mouth->number, (int)length, mouth->line);
        mouth->used -= gone;
        memmove(mouth->line, mouth->line + gone, mouth->used);
    }
}

/* The first failure by number counts, whichever came first. */
static void judge(struct pool *p, const struct mouth *mouth)
{
    struct clones *c = p->clones;
    int status = 0;

    waitpid(mouth->process, &status, 0);
    int code = WIFSIGNALED(status) ? CLONE_SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
    if (p->wanted->ended) p->wanted->ended(p->wanted->context, mouth->number, code);
    bool behind = p->wanted->until_failure && c->first_failed && mouth->number > c->first_failed;
    if (!code || behind || c->interrupted) return;
    c->failed++;
    if (WIFSIGNALED(status)) printf("%u: ended by signal %d\n", mouth->number, WTERMSIG(status));
    else printf("%u: status %d\n", mouth->number, code);
    if (c->first_failed && c->first_failed < mouth->number) return;
    c->first_failed = mouth->number;
    c->status = code;
}

static void end_behind(struct pool *p, unsigned number)
{
    for (unsigned n = 0; n < p->living; n++)
        if (p->mouth[n].number > number) kill(p->mouth[n].process, SIGKILL);
}

/* False: it has said all, and is gone. */
static bool hear(struct pool *p, unsigned n)
{
    struct mouth *mouth = &p->mouth[n];
    ssize_t got = read(mouth->fd, mouth->line + mouth->used, LINE_ROOM - mouth->used);

    if (got < 0 && errno == EINTR) return true;
    if (got > 0) mouth->used += (size_t)got;
    tell_lines(mouth, got <= 0);
    if (got > 0) return true;
    close(mouth->fd);
    judge(p, mouth);
    memmove(mouth, mouth + 1, (--p->living - n) * sizeof *mouth);
    if (p->wanted->until_failure && p->clones->first_failed) end_behind(p, p->clones->first_failed);
    return false;
}

/* Until something is said or ends. */
static void hear_some(struct pool *p)
{
    unsigned count = 0;

    for (; count < p->living; count++) p->poll[count] = (struct pollfd){ .fd = p->mouth[count].fd, .events = POLLIN };
    p->poll[count] = (struct pollfd){ .fd = p->wanted->interrupts > 0 ? p->wanted->interrupts : -1, .events = POLLIN };
    if (poll(p->poll, count + 1, -1) < 0) return;
    if (p->poll[count].revents && !p->clones->interrupted) {
        p->clones->interrupted = true;
        end_behind(p, 0);
    }
    for (unsigned n = count; n--;)                       /* from the last one: those that end close ranks */
        if (p->poll[n].revents) hear(p, n);
    fflush(stdout);
}

static bool wants_more(const struct pool *p)
{
    const struct clones *c = p->clones;

    return c->made < p->wanted->count && p->living < p->room && !c->interrupted && !(p->wanted->until_failure && c->first_failed);
}

/* In the original when all have ended; in each clone at once. */
static bool live(struct pool *p, struct error *err)
{
    while (wants_more(p) || p->living) {
        if (!wants_more(p)) hear_some(p);
        else if (!make_one(p, err)) return false;
        else if (p->clones->number) return true;
    }
    return true;
}

bool clones_make(struct clones *clones, const struct clones_wanted *wanted, struct error *err)
{
    struct pool p = { .wanted = wanted, .clones = clones, .room = wanted->at_once && wanted->at_once < wanted->count ? wanted->at_once : wanted->count, .start = { -1, -1 }, .begun = seconds_now() };
    struct clones_wanted none = { .interrupts = 0 };

    *clones = (struct clones){ 0 };
    p.mouth = calloc(p.room, sizeof *p.mouth);
    p.poll = calloc(p.room + 1, sizeof *p.poll);
    bool ok = (p.mouth && p.poll) || fail(err, "clone: the host has no memory for it");
    if (ok && !wanted->at_once && pipe2(p.start, O_CLOEXEC)) ok = fail(err, "clone: no pipe: %s", strerror(errno));
    ok = ok && live(&p, err);
    if (!clones->number) let_start(&p);
    if (!ok) {
        end_behind(&p, 0);
        p.wanted = &none;
        clones->interrupted = true;                      /* they are ended, and did not fail */
        while (p.living) hear_some(&p);
    }
    free(p.mouth);
    free(p.poll);
    return ok;
}
