/* The socket between two processes, and sections over it.                                  doc: migration */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/board/board.h"
#include "devices/board/passage.h"
#include "devices/host/socket_file.h"

/* --- bytes, and descriptors with them --- */

static void keep_descriptors(struct peer *p, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (p->incoming_count < PEER_FILES) p->incoming[p->incoming_count++] = fd;
            else close(fd);
        }
    }
}

static ssize_t receive(void *context, void *bytes, size_t size, u64 offset)
{
    struct peer *p = context;
    union {
        char bytes[CMSG_SPACE(sizeof(int) * PEER_FILES)];
        struct cmsghdr align;
    } control;
    struct iovec part = { bytes, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };

    (void)offset;
    ssize_t got = recvmsg(p->fd, &message, MSG_CMSG_CLOEXEC);
    if (got > 0) keep_descriptors(p, &message);
    if (got > 0 || (got < 0 && errno == EINTR)) return got;
    if (got < 0 && errno == EAGAIN) {
        errno = ETIMEDOUT;
        return -1;
    }
    p->gone = true;
    errno = ECONNRESET;
    return -1;
}

static ssize_t transmit(void *context, const void *bytes, size_t size, u64 offset)
{
    struct peer *p = context;
    union {
        char bytes[CMSG_SPACE(sizeof(int) * PEER_FILES)];
        struct cmsghdr align;
    } control = { { 0 } };
    struct iovec part = { (void *)(uintptr_t)bytes, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    (void)offset;
    if (p->outgoing_count) {
        size_t length = sizeof(int) * p->outgoing_count;
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(length);
        *CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(length), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), p->outgoing, length);
    }
    ssize_t put = sendmsg(p->fd, &message, MSG_NOSIGNAL);
    if (put > 0) p->outgoing_count = 0;
    if (put < 0 && errno == EAGAIN) errno = ETIMEDOUT;
    else if (put < 0 && errno != EINTR) p->gone = true;
    return put;
}

static int nothing_to_sync(void *context)
{
    (void)context;
    return 0;
}

static int no_size(void *context, u64 size)
{
    (void)context, (void)size;
    errno = EINVAL;
    return -1;
}

static void hang_up(void *context) { close(((struct peer *)context)->fd); }

static const struct image_host socket_calls = { .read = receive, .write = transmit, .sync = nothing_to_sync, .set_size = no_size, .close = hang_up };

/* --- coming together --- */

bool peer_address(const char *address, const char **path, struct error *err)
{
    *path = address + 5;
    if (!strncmp(address, "unix:", 5) && **path) return true;
    return fail(err, "\"%s\": where to? unix:PATH names a socket, e.g. unix:/tmp/orrery.sock", address);
}

static bool name_of(const char *path, struct sockaddr_un *name, struct error *err)
{
    return socket_file_address(path, name) || fail(err, "unix:%s: the path is too long for a socket", path);
}

static void set_patience(const struct peer *p, time_t seconds)
{
    struct timeval limit = { seconds, 0 };

    setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void peer_be_patient(struct peer *p) { set_patience(p, 0); }

/* The socket is the peer's from now on. */
static bool begin(struct peer *p, int fd, const char *address, struct machine *m, struct error *err)
{
    *p = (struct peer){ .fd = fd };
    set_patience(p, PEER_WAIT_S);
    p->file = image_file_over_named(&socket_calls, p, UINT64_MAX, address, "the other side");
    if (p->file && snapshot_writer_begin(&p->out, m, p->file, err)) {
        p->in = (struct snapshot_reader){ .file = p->file, .stream = true };
        return true;
    }
    if (!p->file) close(fd), fail(err, "%s: the host has no memory for it", address);
    peer_close(p);
    return false;
}

bool peer_connect(struct peer *p, const char *address, struct machine *m, struct error *err)
{
    struct sockaddr_un name;
    const char *path;

    *p = (struct peer){ .fd = -1 };
    if (!peer_address(address, &path, err) || !name_of(path, &name, err)) return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0) return begin(p, fd, address, m, err);
    int why = errno;
    if (fd >= 0) close(fd);
    return fail(err, "%s: %s; is a machine waiting there (orrery --wait %s)?", address, strerror(why), address);
}

/* For this user alone. */
static int listen_at(const struct sockaddr_un *name)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(0177);
    bool bound = fd >= 0 && bind(fd, (const struct sockaddr *)name, sizeof *name) == 0;

    if (!bound && fd >= 0 && errno == EADDRINUSE) {
        socket_file_remove_left_over(name, SOCK_STREAM);
        bound = bind(fd, (const struct sockaddr *)name, sizeof *name) == 0;
    }
    umask(mask);
    if (bound && listen(fd, 1) == 0) return fd;
    int why = errno;
    if (fd >= 0) close(fd);
    errno = why;
    return -1;
}

bool peer_accept(struct peer *p, const char *address, struct error *err)
{
    struct sockaddr_un name;
    const char *path;
    int fd;

    *p = (struct peer){ .fd = -1 };
    if (!peer_address(address, &path, err) || !name_of(path, &name, err)) return false;
    int listener = listen_at(&name);
    if (listener < 0) return fail(err, "%s: nobody can be waited for there: %s", address, strerror(errno));
    do fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    int why = errno;
    close(listener);
    unlink(path);
    return fd >= 0 ? begin(p, fd, address, NULL, err) : fail(err, "%s: %s", address, strerror(why));
}

void peer_close(struct peer *p)
{
    snapshot_writer_end(&p->out);
    free(p->in.section.raw);
    for (unsigned i = 0; i < p->incoming_count; i++) close(p->incoming[i]);
    image_file_close(p->file);
    *p = (struct peer){ .fd = -1 };
}

/* --- sections --- */

bool peer_tell(struct peer *p, const char *kind, const char *text, struct error *err)
{
    p->out.err = err;
    return snapshot_write_section(&p->out, kind, "", text, strlen(text));
}

bool peer_hear(struct peer *p, struct error *err)
{
    if (snapshot_next(&p->in, err)) return true;
    return err->count == 0;                              /* an end: the section before it is gone */
}

bool peer_has_news(struct peer *p)
{
    struct pollfd socket = { .fd = p->fd, .events = POLLIN };
    return poll(&socket, 1, 0) > 0;
}

bool peer_heard(const struct peer *p, const char *kind) { return !strcmp(p->in.section.kind, kind); }

/* Words of another process are shown as far as they are some. */
void peer_words(const struct peer *p, char *words, size_t size)
{
    const struct snapshot_section *s = &p->in.section;
    size_t n = 0;

    for (size_t i = 0; i < s->raw_bytes && n + 1 < size; i++) words[n++] = (char)(s->raw[i] >= ' ' && s->raw[i] < 0x7f ? s->raw[i] : ' ');
    words[n] = 0;
}

bool peer_await(struct peer *p, const char *kind, struct error *err)
{
    char words[1024];

    if (!peer_hear(p, err)) return false;
    if (peer_heard(p, kind)) return true;
    if (!peer_heard(p, "refused")) return fail(err, "%s: says \"%s\" where \"%s\" was to come", p->file->path, p->in.section.kind, kind);
    peer_words(p, words, sizeof words);
    return fail(err, "%s: the other side refuses: %s", p->file->path, words);
}
