#include "devices/network/hub.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/host/socket_file.h"
#include "devices/network/network.h"

int hub_join(const char *path)
{
    struct sockaddr_un address;
    int fd = socket_file_address(path, &address) ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) : -1;

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

bool hub_open(struct hub *hub, const char *path, struct error *err)
{
    struct sockaddr_un address;

    for (unsigned n = 0; n < HUB_MACHINES; n++) hub->machine[n] = -1;
    hub->listener = socket_file_address(path, &address) ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) : -1;
    if (hub->listener < 0) return fail(err, "hub: %s: %s", path, strerror(errno));
    socket_file_remove_left_over(&address, SOCK_SEQPACKET);
    if (bind(hub->listener, (struct sockaddr *)&address, sizeof address) || listen(hub->listener, HUB_MACHINES)) {
        int reason = errno;
        close(hub->listener);
        hub->listener = -1;
        return fail(err, "hub: %s: %s", path, reason == EADDRINUSE ? "a hub, or another file, is there already" : strerror(reason));
    }
    memcpy(hub->path, path, strlen(path) + 1);
    return true;
}

void hub_close(struct hub *hub)
{
    for (unsigned n = 0; n < HUB_MACHINES; n++)
        if (hub->machine[n] >= 0) close(hub->machine[n]);
    if (hub->listener < 0) return;
    close(hub->listener);
    unlink(hub->path);
}

static void welcome(struct hub *hub)
{
    int fd = accept4(hub->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    for (unsigned n = 0; fd >= 0 && n < HUB_MACHINES; n++) {
        if (hub->machine[n] >= 0) continue;
        hub->machine[n] = fd;
        return;
    }
    if (fd >= 0) close(fd);                              /* all places are taken */
}

/* A machine that does not take a frame in time loses it, as at a real hub. */
static void pass_on(struct hub *hub, unsigned from)
{
    u8 frame[FRAME_MOST];
    ssize_t size = recv(hub->machine[from], frame, sizeof frame, MSG_DONTWAIT);

    if (size <= 0) {
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        close(hub->machine[from]);
        hub->machine[from] = -1;
        return;
    }
    for (unsigned n = 0; n < HUB_MACHINES; n++)
        if (n != from && hub->machine[n] >= 0) send(hub->machine[n], frame, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void hub_serve(struct hub *hub, int milliseconds)
{
    struct pollfd p[HUB_MACHINES + 1];

    for (unsigned n = 0; n < HUB_MACHINES; n++) p[n] = (struct pollfd){ .fd = hub->machine[n], .events = POLLIN };
    p[HUB_MACHINES] = (struct pollfd){ .fd = hub->listener, .events = POLLIN };
    if (poll(p, HUB_MACHINES + 1, milliseconds) <= 0) return;
    for (unsigned n = 0; n < HUB_MACHINES; n++)
        if (p[n].revents) pass_on(hub, n);
    if (p[HUB_MACHINES].revents) welcome(hub);
}
