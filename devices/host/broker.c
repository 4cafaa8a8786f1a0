/* The front's side: makes the calls of the host that concern what was named.                 doc: sandbox */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/host/broker_parts.h"

enum { REFUSALS_TOLD = 16 };

/* --- what is refused is told --- */

static bool is_probe(const char *path, bool to_write)
{
    static const char *const places[] = { "/usr/", "/lib", "/proc/", "/sys/", "/etc/", "/dev/urandom", "/var/run/nscd/" };

    for (unsigned i = 0; !to_write && i < ARRAY_COUNT(places); i++)
        if (!strncmp(path, places[i], strlen(places[i]))) return true;
    return false;
}

/* Libraries look for files that need not be there: these are told that they are not. */
s64 broker_refuse(struct broker *b, const char *what, const char *path, bool to_write)
{
    if (is_probe(path, to_write)) return -ENOENT;
    if (b->level == SANDBOX_STRICT) {
        fprintf(stderr, "orrery: sandbox: the machine's process wanted to %s %s, which nobody named: it was killed\n", what, path);
        b->killed = true;
        kill(b->machine, SIGKILL);
    } else if (b->refused++ < REFUSALS_TOLD)
        fprintf(stderr, "orrery: sandbox: the machine's process wanted to %s %s, which nobody named: refused; name it: 'sandbox: allow=%s'\n", what, path, path);
    return -EACCES;
}

/* --- messages --- */

/* Sizes fit, and paths end where they should. */
static bool well_formed(const struct broker_request *q, ssize_t size)
{
    size_t head = offsetof(struct broker_request, bytes);

    if (size < (ssize_t)head || q->op >= BROKER_OPS || q->path_bytes[0] > BROKER_PATH || q->path_bytes[1] > BROKER_PATH || q->in_bytes > BROKER_BYTES) return false;
    if ((size_t)size != head + q->path_bytes[0] + q->path_bytes[1] + q->in_bytes) return false;
    for (unsigned n = 0; n < 2; n++) {
        const char *path = q->bytes + (n ? q->path_bytes[0] : 0);
        if (q->path_bytes[n] && memchr(path, 0, q->path_bytes[n]) != path + q->path_bytes[n] - 1) return false;
    }
    return true;
}

static void sort_fds(const struct broker_request *q, int *got, struct asked *a)
{
    unsigned at = 0;

    for (unsigned n = 0; n < BROKER_FDS; n++) a->fd[n] = q->fds >> n & 1 ? got[at++] : -1;
    a->path[0] = q->path_bytes[0] ? q->bytes : NULL;
    a->path[1] = q->path_bytes[1] ? q->bytes + q->path_bytes[0] : NULL;
    a->in = q->bytes + q->path_bytes[0] + q->path_bytes[1];
}

static bool answer(struct broker *b, unsigned seat)
{
    static const struct broker_reply nothing;
    struct broker_request *q = &b->request;
    struct broker_reply reply = nothing;
    struct asked asked = { .request = q, .new_fd = -1 };
    int got[BROKER_FDS];
    ssize_t size = broker_receive(b->seat[seat].fd, q, sizeof *q, got);

    if (size <= 0) return false;
    if (well_formed(q, size)) {
        sort_fds(q, got, &asked);
        reply.result = q->op == BROKER_SEAT ? broker_new_seat(b, &asked.new_fd) : broker_act(b, &asked, &reply);
    } else reply.result = -EINVAL;
    if (reply.result < 0) asked.new_fd = -1;             /* whoever made it has closed it */
    bool ok = broker_send(b->seat[seat].fd, &reply, offsetof(struct broker_reply, out) + reply.bytes, &asked.new_fd, asked.new_fd >= 0);
    if (asked.new_fd >= 0) close(asked.new_fd);
    for (unsigned n = 0; n < BROKER_FDS; n++)
        if (got[n] >= 0) close(got[n]);
    return ok;
}

/* --- seats --- */

s64 broker_new_seat(struct broker *b, int *theirs)
{
    int pair[2];

    if (b->seats == BROKER_SEATS) return -EAGAIN;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return -errno;
    b->seat[b->seats++] = (struct pollfd){ .fd = pair[0], .events = POLLIN };
    *theirs = pair[1];
    return 0;
}

static void *serve(void *broker)
{
    struct broker *b = broker;

    while (b->seats) {
        if (poll(b->seat, b->seats, -1) < 0 && errno != EINTR) break;
        for (unsigned n = b->seats; n-- > 0;) {
            if (!b->seat[n].revents || answer(b, n)) continue;
            close(b->seat[n].fd);
            b->seat[n] = b->seat[--b->seats];
        }
    }
    pthread_mutex_lock(&b->lock);
    b->ended = true;
    if (b->on_end) b->on_end(b->context);
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

void sandbox_on_end(struct sandbox *sandbox, void (*ended)(void *context), void *context)
{
    struct broker *b = sandbox->broker;

    pthread_mutex_lock(&b->lock);
    b->on_end = ended;
    b->context = context;
    if (b->ended && ended) ended(context);
    pthread_mutex_unlock(&b->lock);
}

struct broker *broker_create(struct named *named, int seat, pid_t machine, const struct sandbox_needs *needs, struct error *err)
{
    struct broker *b = calloc(1, sizeof *b);
    sigset_t all, before;

    if (!b) return fail(err, "sandbox: out of memory"), NULL;
    *b = (struct broker){ .named = named, .machine = machine, .level = needs->level, .sockets = needs->sockets, .seat = { { .fd = seat, .events = POLLIN } }, .seats = 1 };
    pthread_mutex_init(&b->lock, NULL);
    sigfillset(&all);                                    /* signals are for the front's main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&b->thread, NULL, serve, b);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) return b;
    free(b);
    return fail(err, "sandbox: the host has no thread for the broker"), NULL;
}

bool broker_killed(const struct broker *b) { return b && b->killed; }

void broker_end(struct broker *b)
{
    if (!b) return;
    pthread_join(b->thread, NULL);
    for (unsigned n = 0; n < b->folders; n++) free(b->folder[n]);
    free(b);
}
