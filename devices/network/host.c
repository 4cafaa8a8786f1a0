/* Cables that leave the machine: passt as a child process, a hub of other machines, a tap interface.       doc: network
 *   passt   a stream socket to a child; each frame behind its length in 32 bits, most significant first
 *   lan     a socket of packets to `orrery hub`, a frame each
 *   tap     /dev/net/tun, a frame a read or write
 * The machine never waits for them to take a frame: what they do not take is dropped.  While one is plugged in the machine does not run ahead of
 * the wall, since whoever answers lives there; what the guest sees of it are frames alone, which are in the journal. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cpu/base/allocated.h"
#include "devices/host/sandbox.h"
#include "devices/network/hub.h"
#include "devices/network/network.h"
#include "devices/network/wire_order.h"

enum { LENGTH_BYTES = 4, STREAM_FRAME_MOST = 65535, AHEAD_MS = 2, BEHIND_MS = 100, WAIT_MOST_MS = 20, CHILD_START_MS = 300, CHILD_WORDS = 40 };

struct host {
    int fd;                      /* -1: the other end is gone */
    bool stream;
    u8 in[LENGTH_BYTES + STREAM_FRAME_MOST], out[LENGTH_BYTES + FRAME_MOST];
    unsigned in_used, out_used;
    const struct clock *clock;
    u64 base_tick, base_ms;      /* moments that belong together */
    char name[64];
};

/* --- the wall --- */

static u64 wall_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

/* Waits for a frame while the machine is ahead of the wall.  A machine that has fallen behind, or was stopped, does not hurry after it. */
static void keep_pace(struct host *h)
{
    u64 machine = (u64)((u128)(clock_now(h->clock) - h->base_tick) * 1000 / h->clock->ips), wall = wall_ms() - h->base_ms;
    struct pollfd p = { .fd = h->fd, .events = POLLIN };

    if (wall > machine + BEHIND_MS) h->base_ms += wall - machine - BEHIND_MS;
    if (machine <= wall + AHEAD_MS) return;
    u64 ahead = machine - wall - AHEAD_MS;
    poll(&p, 1, (int)(ahead < WAIT_MOST_MS ? ahead : WAIT_MOST_MS));
}

/* --- frames --- */

static void hang_up(struct host *h)
{
    if (h->fd < 0) return;
    fprintf(stderr, "orrery: %s: the other end of the cable is gone\n", h->name);
    close(h->fd);
    h->fd = -1;
}

static bool again(ssize_t n) { return n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS); }

/* What a stream did not take of a frame goes before the next one. */
static void flush(struct host *h)
{
    if (h->fd < 0 || !h->out_used) return;
    ssize_t n = send(h->fd, h->out, h->out_used, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
        h->out_used -= (unsigned)n;
        memmove(h->out, h->out + n, h->out_used);
    } else if (!again(n)) hang_up(h);
}

static void host_send(void *self, const u8 *frame, unsigned size)
{
    struct host *h = self;

    flush(h);
    if (h->fd < 0 || h->out_used) return;
    if (h->stream) {
        put_wire32(h->out, size);
        memcpy(h->out + LENGTH_BYTES, frame, size);
        h->out_used = LENGTH_BYTES + size;
        flush(h);
    } else {
        ssize_t n = write(h->fd, frame, size);
        if (n < 0 && !again(n)) hang_up(h);
    }
}

/* The frame at the beginning of what has come; 0: it is not whole yet, or too long for the card. */
static unsigned next_of_stream(struct host *h, u8 *frame)
{
    while (h->in_used >= LENGTH_BYTES) {
        u32 size = wire32(h->in);
        if (size > STREAM_FRAME_MOST) {
            hang_up(h);
            return 0;
        }
        if (h->in_used < LENGTH_BYTES + size) return 0;
        bool fits = size && size <= FRAME_MOST;
        if (fits) memcpy(frame, h->in + LENGTH_BYTES, size);
        h->in_used -= LENGTH_BYTES + size;
        memmove(h->in, h->in + LENGTH_BYTES + size, h->in_used);
        if (fits) return size;
    }
    return 0;
}

static unsigned read_frame(struct host *h, u8 *frame)
{
    unsigned size = h->stream ? next_of_stream(h, frame) : 0;

    if (size || h->fd < 0) return size;
    ssize_t n = h->stream ? read(h->fd, h->in + h->in_used, sizeof h->in - h->in_used) : read(h->fd, frame, FRAME_MOST);
    if (n <= 0) {
        if (!again(n)) hang_up(h);
        return 0;
    }
    if (!h->stream) return (unsigned)n;
    h->in_used += (unsigned)n;
    return next_of_stream(h, frame);
}

static unsigned host_next(void *self, u8 *frame)
{
    struct host *h = self;
    unsigned size;

    flush(h);
    size = read_frame(h, frame);
    if (size || h->fd < 0) return size;
    keep_pace(h);
    return read_frame(h, frame);
}

static void host_close(void *self)
{
    struct host *h = self;

    if (h->fd >= 0) close(h->fd);
    free(h);
}

static bool plug_in(struct network *net, int fd, bool stream, const char *who)
{
    struct host *h = allocated(calloc(1, sizeof *h));

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    *h = (struct host){ .fd = fd, .stream = stream, .clock = net->clock, .base_tick = clock_now(net->clock), .base_ms = wall_ms() };
    snprintf(h->name, sizeof h->name, "%s", who);
    net->backend = (struct network_backend){ .self = h, .send = host_send, .next = host_next, .close = host_close, .outside = true };
    return true;
}

/* --- passt --- */

/* Words of ethdev are more options of passt's. */
static int start_passt(int fd, const char *options)
{
    char words[CONFIG_PATH], *save = NULL;
    const char *argv[CHILD_WORDS + 1] = { "passt", "--foreground", "--quiet", "--mtu", "1500", "--fd", "3" };
    unsigned count = 7;

    snprintf(words, sizeof words, "%s", options);
    for (char *word = strtok_r(words, " ", &save); word && count < CHILD_WORDS; word = strtok_r(NULL, " ", &save)) argv[count++] = word;
    return host_start(argv, fd);
}

bool network_open_passt(struct network *net, const struct nic_config *config, const char *who, struct error *err)
{
    struct pollfd ended = { .events = 0 };
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) return fail(err, "%s: ethmod=passt: %s", who, strerror(errno));
    int failure = start_passt(pair[1], config->ethdev);
    close(pair[1]);
    ended.fd = pair[0];
    if (!failure && poll(&ended, 1, CHILD_START_MS) == 0) return plug_in(net, pair[0], true, who);
    close(pair[0]);
    if (failure) return fail(err, "%s: ethmod=passt: passt cannot be started: %s; install it (apt install passt), or use ethmod=vnet", who, strerror(failure));
    return fail(err, "%s: ethmod=passt: passt ended at once; what it says about it stands above", who);
}

/* --- a hub --- */

bool network_open_lan(struct network *net, const struct nic_config *config, const char *who, struct error *err)
{
    int fd = config->ethdev[0] ? hub_join(config->ethdev) : -1;

    if (!config->ethdev[0]) return fail(err, "%s: ethmod=lan needs ethdev=PATH, the socket of a hub: orrery hub PATH", who);
    if (fd < 0) return fail(err, "%s: ethdev=\"%s\": %s; start the hub first: orrery hub %s", who, config->ethdev, strerror(errno), config->ethdev);
    return plug_in(net, fd, false, who);
}

/* --- tap --- */

bool network_open_tap(struct network *net, const struct nic_config *config, const char *who, struct error *err)
{
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
    size_t length = strlen(config->ethdev);

    if (!length || length >= IFNAMSIZ) return fail(err, "%s: ethmod=tap needs ethdev=NAME, an interface", who);
    memcpy(request.ifr_name, config->ethdev, length);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0) return fail(err, "%s: ethmod=tap: /dev/net/tun: %s", who, strerror(errno));
    if (ioctl(fd, TUNSETIFF, &request) == 0) return plug_in(net, fd, false, who);
    int reason = errno;
    close(fd);
    return fail(err, "%s: ethdev=\"%s\": %s; make it first, for your user: ip tuntap add dev NAME mode tap user $USER", who, config->ethdev, strerror(reason));
}
