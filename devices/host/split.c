/* One process becomes two.                                                                   doc: sandbox */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/host/calls.h"

enum { STATUS_KILLED = 1 };

/* --- the machine's process --- */

static void take_seat(int seat)
{
    if (seat == BROKER_FD) return;
    dup3(seat, BROKER_FD, O_CLOEXEC);
    close(seat);
}

static bool become_machine(struct sandbox *sandbox, int seat, pid_t front, const struct sandbox_needs *needs, struct error *err)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != front) _exit(STATUS_KILLED);        /* it ended meanwhile */
    sandbox->side = SANDBOX_MACHINE;
    take_seat(seat);
    if (!broker_trap()) return fail(err, "sandbox: SIGSYS: %s", strerror(errno));
    return sandbox_lock(needs, true, &sandbox->state, err);
}

/* --- the front --- */

void sandbox_endings(sigset_t *set)
{
    struct sigaction hangup;

    sigemptyset(set);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) || hangup.sa_handler != SIG_IGN) sigaddset(set, SIGHUP);
}

/* Those that end a program: the machine's process ends in order. */
static void block_endings(sigset_t *endings, sigset_t *before)
{
    sandbox_endings(endings);
    sigaddset(endings, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, endings, before);
}

/* A seat for each clone. */
static void raise_descriptors(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r)) return;
    r.rlim_cur = r.rlim_max;
    setrlimit(RLIMIT_NOFILE, &r);
}

bool sandbox_split(struct sandbox *sandbox, const struct sandbox_needs *needs, struct named *named, struct error *err)
{
    int pair[2];
    pid_t front = getpid();

    *sandbox = (struct sandbox){ .side = SANDBOX_FRONT };
    if (!sandbox_possible(err)) return false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return fail(err, "sandbox: %s", strerror(errno));
    fflush(NULL);
    sandbox->machine = fork();
    if (sandbox->machine < 0) return fail(err, "sandbox: the host makes no more processes: %s", strerror(errno));
    if (!sandbox->machine) {
        close(pair[0]);
        return become_machine(sandbox, pair[1], front, needs, err);
    }
    close(pair[1]);
    if (needs->processes) raise_descriptors();
    sandbox->broker = broker_create(named, pair[0], sandbox->machine, needs, err);
    if (sandbox->broker) return true;
    kill(sandbox->machine, SIGKILL);
    waitpid(sandbox->machine, NULL, 0);
    return false;
}

/* As a shell says it.  SIGSYS: it broke a rule of its filter. */
static int status_of(const struct sandbox *sandbox, int status)
{
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    int signal = WTERMSIG(status);
    if (signal == SIGSYS) fputs("orrery: sandbox: the machine's process made a call of the host that it has no need for: it was killed\n", stderr);
    else if (signal != SIGINT && !broker_killed(sandbox->broker)) fprintf(stderr, "orrery: the machine's process was ended by signal %d (%s)\n", signal, strsignal(signal));
    return 128 + signal;
}

int sandbox_wait(struct sandbox *sandbox)
{
    int status = 0;
    pid_t ended;
    sigset_t endings, before;
    void (*interrupts)(int) = signal(SIGINT, SIG_IGN);   /* a terminal's comes to both: what it means the machine's process knows */

    block_endings(&endings, &before);
    while (!(ended = waitpid(sandbox->machine, &status, WNOHANG))) {
        int got = sigwaitinfo(&endings, NULL);
        if (got != SIGTERM && got != SIGHUP) continue;
        kill(sandbox->machine, got);
        if (sandbox->typing > 0) shutdown(sandbox->typing, SHUT_RDWR);       /* whoever waits for a line gets none */
    }
    int result = ended > 0 ? status_of(sandbox, status) : STATUS_KILLED;
    broker_end(sandbox->broker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGINT, interrupts);
    return result;
}

/* --- seats --- */

bool sandbox_is_on(void) { return fcntl(BROKER_FD, F_GETFD) >= 0; }

int sandbox_new_seat(void)
{
    struct broker_request q = { .op = BROKER_SEAT };
    struct broker_reply reply;
    int seat = -1;

    if (sandbox_is_on() && broker_ask(&q, NULL, &reply, &seat) < 0) return -1;
    return seat;
}

void sandbox_take_seat(int seat)
{
    if (seat >= 0) take_seat(seat);
}
