/* TCP connections by the names of hosts.                                                       doc: sandbox */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/host/calls.h"

enum { HOST_MOST = 256 };

static int attach(int fd, const struct addrinfo *a, bool server)
{
    int on = 1;

    if (fd < 0) return -1;
    if (server) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (server ? bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 1) == 0 : connect(fd, a->ai_addr, a->ai_addrlen) == 0) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

int tcp_open(const char *address, bool server, int *fd)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC }, *found = NULL;
    const char *colon = strrchr(address, ':');
    char host[HOST_MOST];
    int reason = EDESTADDRREQ;

    *fd = -1;
    if (!colon || colon == address || !colon[1] || colon - address >= HOST_MOST) return reason;
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    int status = getaddrinfo(host, colon + 1, &hints, &found);
    if (status) return ADDRESS_ERROR - status;           /* those are negative */
    for (struct addrinfo *a = found; a && *fd < 0; a = a->ai_next) {
        *fd = attach(socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol), a, server);
        reason = errno;
    }
    freeaddrinfo(found);
    return *fd < 0 ? reason : 0;
}

static int ask(const char *address, bool server, int *fd)
{
    struct broker_request q = { .op = BROKER_TCP, .value = { server } };
    struct broker_reply reply;
    size_t size = strlen(address) + 1;

    if (size > BROKER_PATH) return ENAMETOOLONG;
    memcpy(q.bytes, address, size);
    q.path_bytes[0] = (u32)size;
    return (int)-broker_ask(&q, NULL, &reply, fd);
}

int host_tcp(const char *address, bool server, const char **why)
{
    int fd = -1, reason = sandbox_is_on() ? ask(address, server, &fd) : tcp_open(address, server, &fd);

    *why = reason == EDESTADDRREQ ? "write it as host:port, for example localhost:8888" : reason >= ADDRESS_ERROR ? gai_strerror(ADDRESS_ERROR - reason) : reason ? strerror(reason) : NULL;
    return reason ? -1 : fd;
}
