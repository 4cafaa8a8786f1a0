/* Programs of the host's that run beside a machine.                                          doc: sandbox */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/host/calls.h"

extern char **environ;

enum { WORDS_MOST = 64, CHILD_SOCKET = 3 };

/* The environment with what sd_listen_fds(3) wants; LISTEN_PID is known in the child alone.  NULL: no memory. */
static char **environment_of(char *pid, bool listens)
{
    size_t count = 0, used = 0;

    while (environ[count]) count++;
    char **all = calloc(count + 3, sizeof *all);
    for (size_t i = 0; all && i < count; i++)
        if (strncmp(environ[i], "LISTEN_", 7)) all[used++] = environ[i];
    if (all && listens) all[used++] = (char *)"LISTEN_FDS=1", all[used++] = pid;
    return all;
}

static bool find_program(const char *name, char *room, size_t size)
{
    const char *path = getenv("PATH"), *next;

    for (path = path ? path : "/usr/bin:/bin"; path; path = *next ? next + 1 : NULL) {
        next = strchrnul(path, ':');
        if (snprintf(room, size, "%.*s/%s", (int)(next - path), path, name) < (int)size && !access(room, X_OK)) return true;
    }
    return false;
}

/* Async-signal-safe: the front has more threads. */
static void put_pid(char *to)
{
    char digits[16];
    unsigned n = 0;

    for (pid_t pid = getpid(); pid; pid /= 10) digits[n++] = (char)('0' + pid % 10);
    while (n) *to++ = digits[--n];
    *to = 0;
}

/* It is asked to end when who started it ends, however that comes about. */
static _Noreturn void become(const char *program, const char *const *argv, char **environment, char *pid, int socket, int tell)
{
    sigset_t none;

    setsid();                                            /* a terminal's Ctrl-C is not for it */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    put_pid(pid + strlen(pid));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (socket == CHILD_SOCKET ? fcntl(socket, F_SETFD, 0) == 0 : dup2(socket, CHILD_SOCKET) == CHILD_SOCKET) execve(program, (char **)argv, environment);
    int why = errno;
    if (write(tell, &why, sizeof why) < 0) _exit(126);
    _exit(127);
}

/* The pipe closes when the program runs, and says why when it does not. */
static int make_child(const char *program, const char *const *argv, char **environment, char *pid, int socket)
{
    int tell[2], why = 0;

    if (pipe2(tell, O_CLOEXEC)) return errno;
    if (tell[1] == CHILD_SOCKET || tell[0] == CHILD_SOCKET) {
        int moved = fcntl(tell[1], F_DUPFD_CLOEXEC, CHILD_SOCKET + 1);
        close(tell[1]);
        tell[1] = moved;
    }
    pid_t child = fork();
    if (child == 0) become(program, argv, environment, pid, socket, tell[1]);
    if (child < 0) why = errno;
    close(tell[1]);
    if (!why && read(tell[0], &why, sizeof why) != sizeof why) why = 0;
    close(tell[0]);
    return why;
}

static int start(const char *const *argv, int socket, bool listens)
{
    char program[1024], pid[32] = "LISTEN_PID=";
    char **environment;

    if (!find_program(argv[0], program, sizeof program)) return ENOENT;
    if (!(environment = environment_of(pid, listens))) return ENOMEM;
    int why = make_child(program, argv, environment, pid, socket);
    free(environment);
    return why;
}

int start_program(const char *const *argv, int socket) { return start(argv, socket, false); }

/* In a folder that nobody else enters, and that has gone before the program begins: who waits in the listener's queue needs no path. */
int start_server(const char *const *argv, int *fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char folder[] = "/tmp/orrery-XXXXXX";
    int why = 0, listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || *fd < 0 || !mkdtemp(folder)) why = errno;
    else {
        snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
        if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1) || connect(*fd, (struct sockaddr *)&address, sizeof address)) why = errno;
        unlink(address.sun_path);
        rmdir(folder);
        if (!why) why = start(argv, listener, true);
    }
    if (listener >= 0) close(listener);
    if (why && *fd >= 0) close(*fd);
    return why;
}

static int ask(const char *const *argv, struct broker_request *q, const int *socket, int *fd)
{
    struct broker_reply reply;

    for (unsigned i = 0; argv[i]; i++) {
        size_t size = strlen(argv[i]) + 1;
        if (q->in_bytes + size > BROKER_BYTES) return E2BIG;
        memcpy(q->bytes + q->in_bytes, argv[i], size);
        q->in_bytes += (u32)size;
    }
    return (int)-broker_ask(q, socket, &reply, fd);
}

int host_start(const char *const *argv, int socket)
{
    struct broker_request q = { .op = BROKER_START, .fds = 1 };
    int none;

    return sandbox_is_on() ? ask(argv, &q, &socket, &none) : start_program(argv, socket);
}

int host_start_server(const char *const *argv, int *fd)
{
    struct broker_request q = { .op = BROKER_START };

    return sandbox_is_on() ? ask(argv, &q, NULL, fd) : start_server(argv, fd);
}
