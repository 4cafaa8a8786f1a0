/* Sockets that the broker makes, joins and binds: those whose addresses were named.           doc: sandbox */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "devices/host/broker_parts.h"

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

/* "port=1234" names a port of the loopback interface; "host:port" an address, by a number or by "localhost". */
static bool may_reach_port(const struct broker *b, const struct sockaddr *address, socklen_t size)
{
    char host[NI_MAXHOST], port[NI_MAXSERV], both[sizeof host + sizeof port + 1];

    if (getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)) return false;
    snprintf(both, sizeof both, "%s:%s", host, port);
    if (named_path(b->named, both, true)) return true;
    snprintf(both, sizeof both, "localhost:%s", port);
    if (is_loopback(address) && (named_path(b->named, both, true) || named_path(b->named, port, true))) return true;
    return named_host(b->named, address, port);
}

static s64 may_reach(struct broker *b, const struct asked *a, struct sockaddr_storage *address, const char *what)
{
    u32 size = a->request->in_bytes;
    char text[160] = "an address", host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";

    if (size < sizeof(sa_family_t) || size > sizeof *address) return -EINVAL;
    memset(address, 0, sizeof *address);
    memcpy(address, a->in, size);
    const struct sockaddr_un *file = (const struct sockaddr_un *)address;
    if (address->ss_family == AF_UNIX) {
        snprintf(text, sizeof text, "%.108s", file->sun_path[0] ? file->sun_path : "a socket without a file");
        return file->sun_path[0] && named_path(b->named, file->sun_path, true) ? 0 : broker_refuse(b, what, text, true);
    }
    if (address->ss_family != AF_INET && address->ss_family != AF_INET6) return -EAFNOSUPPORT;
    if (may_reach_port(b, (const struct sockaddr *)address, size)) return 0;
    getnameinfo((const struct sockaddr *)address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(text, sizeof text, "%.100s:%.20s", host, port);
    return broker_refuse(b, what, text, true);
}

static s64 make_socket(struct broker *b, struct asked *a)
{
    int family = (int)a->request->value[0], type = (int)a->request->value[1] & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (!b->sockets || (family != AF_UNIX && family != AF_INET && family != AF_INET6) || (type != SOCK_STREAM && type != SOCK_SEQPACKET)) return -EAFNOSUPPORT;
    a->new_fd = socket(family, (int)a->request->value[1] | SOCK_CLOEXEC, (int)a->request->value[2] == IPPROTO_TCP ? IPPROTO_TCP : 0);
    return a->new_fd < 0 ? -errno : 0;
}

static s64 set_option(const struct asked *a)
{
    static const struct { int level, option; u32 bytes; } known[] = {
        { SOL_SOCKET, SO_REUSEADDR, sizeof(int) }, { IPPROTO_TCP, TCP_NODELAY, sizeof(int) },
        { SOL_SOCKET, SO_RCVTIMEO, sizeof(struct timeval) }, { SOL_SOCKET, SO_SNDTIMEO, sizeof(struct timeval) },
    };
    const struct broker_request *q = a->request;

    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (q->value[0] == known[i].level && q->value[1] == known[i].option && q->in_bytes == known[i].bytes)
            return setsockopt(a->fd[0], known[i].level, known[i].option, a->in, known[i].bytes) ? -errno : 0;
    return -ENOPROTOOPT;
}

s64 broker_act_socket(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    struct sockaddr_storage address;
    s64 refused;

    (void)reply;
    if (a->request->op == BROKER_SOCKET) return make_socket(b, a);
    if (a->fd[0] < 0) return -EBADF;
    switch (a->request->op) {
    case BROKER_CONNECT:
        refused = may_reach(b, a, &address, "reach");
        return refused ? refused : connect(a->fd[0], (struct sockaddr *)&address, a->request->in_bytes) ? -errno : 0;
    case BROKER_BIND:
        refused = may_reach(b, a, &address, "listen at");
        return refused ? refused : bind(a->fd[0], (struct sockaddr *)&address, a->request->in_bytes) ? -errno : 0;
    case BROKER_LISTEN: return listen(a->fd[0], (int)a->request->value[0]) ? -errno : 0;
    default: return set_option(a);
    }
}

s64 broker_act_tcp(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    (void)reply;
    if (!a->path[0]) return -EINVAL;
    if (!b->sockets || !named_path(b->named, a->path[0], true)) return broker_refuse(b, "reach", a->path[0], true);
    return -tcp_open(a->path[0], a->request->value[0], &a->new_fd);
}
