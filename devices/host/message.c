/* Messages between the machine's process and the broker.                                    doc: sandbox */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/host/calls.h"

/* Room for descriptors in a message: unix(7), SCM_RIGHTS. */
union rights {
    struct cmsghdr head;
    char room[CMSG_SPACE(BROKER_FDS * sizeof(int))];
};

bool broker_send(int seat, const void *message, size_t size, const int *fds, unsigned count)
{
    union rights rights;
    struct iovec piece = { .iov_base = (void *)message, .iov_len = size };
    struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1 };
    ssize_t sent;

    memset(&rights, 0, sizeof rights);
    if (count) {
        m.msg_control = rights.room;
        m.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *head = CMSG_FIRSTHDR(&m);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(head), fds, count * sizeof(int));
    }
    do sent = sendmsg(seat, &m, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size;
}

ssize_t broker_receive(int seat, void *message, size_t room, int *fds)
{
    union rights rights;
    struct iovec piece = { .iov_base = message, .iov_len = room };
    struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = rights.room, .msg_controllen = sizeof rights.room };
    ssize_t got;

    for (unsigned i = 0; i < BROKER_FDS; i++) fds[i] = -1;
    do got = recvmsg(seat, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    for (struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&m) : NULL; head; head = CMSG_NXTHDR(&m, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t bytes = head->cmsg_len - CMSG_LEN(0);
        memcpy(fds, CMSG_DATA(head), bytes < BROKER_FDS * sizeof(int) ? bytes : BROKER_FDS * sizeof(int));
    }
    return got;
}

s64 broker_ask(struct broker_request *request, const int *fds, struct broker_reply *reply, int *fd)
{
    int received[BROKER_FDS];
    unsigned count = (request->fds & 1) + (request->fds >> 1 & 1);
    size_t head = offsetof(struct broker_request, bytes), bytes = request->path_bytes[0] + request->path_bytes[1] + request->in_bytes;

    *fd = -1;
    if (!broker_send(BROKER_FD, request, head + bytes, fds, count) || broker_receive(BROKER_FD, reply, sizeof *reply, received) < (ssize_t)offsetof(struct broker_reply, out)) return -EIO;
    *fd = received[0];
    return reply->result;
}
