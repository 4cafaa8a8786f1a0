#include "gui/gdbstub/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cpu/base/allocated.h"
#include "devices/host/socket_file.h"
#include "gui/gdbstub/stub.h"
#include "gui/serve.h"

enum { LOOK_MS = 8, PATIENT_MS = 200, BUFFER = 4096 };

struct gdb_server {
    const struct gdbstub_config *config;
    int port, socket_file;       /* that listen; -1: not */
    int line;                    /* to gdb; -1: nobody is there */
    bool lost;                   /* it hung up */
    bool ctrl_c;                 /* came while the machine ran */
    struct session *session;
    struct packet_reader reader;
    char sent[2 * PACKET_MOST + 4];      /* the last packet, for a - */
    size_t sent_size;
    struct gdb_stub stub;
    char offsets[64];
};

/* --- listening --- */

static int listen_at(const struct sockaddr *address, socklen_t size)
{
    int on = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) return -1;
    if (address->sa_family == AF_INET) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!bind(fd, address, size) && !listen(fd, 1)) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static bool open_port(struct gdb_server *s, struct error *err)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(s->config->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    s->port = listen_at((struct sockaddr *)&address, sizeof address);
    if (s->port < 0) return fail(err, "gdbstub: port=%u: %s", s->config->port, strerror(errno));
    printf("orrery: for gdb: target remote localhost:%u\n", s->config->port);
    return true;
}

static bool open_socket_file(struct gdb_server *s, struct error *err)
{
    const char *path = s->config->socket;
    struct sockaddr_un address;

    if (!socket_file_address(path, &address)) return fail(err, "gdbstub: socket=%s: the path is too long for a socket", path);
    socket_file_remove_left_over(&address, SOCK_STREAM);
    s->socket_file = listen_at((struct sockaddr *)&address, sizeof address);
    if (s->socket_file < 0) return fail(err, "gdbstub: socket=%s: %s", path, strerror(errno));
    printf("orrery: for gdb: target remote %s\n", path);
    return true;
}

struct gdb_server *gdb_server_open(const struct machine_config *config, struct error *err)
{
    struct gdb_server *s = allocated(calloc(1, sizeof *s));

    s->config = &config->gdbstub;
    s->port = s->socket_file = s->line = -1;
    bool ok = (!s->config->socket[0] || open_socket_file(s, err)) && (!s->config->port || open_port(s, err));
    fflush(stdout);
    const struct gdbstub_config *c = s->config;
    if (c->text_base | c->data_base | c->bss_base)
        snprintf(s->offsets, sizeof s->offsets, "Text=%llx;Data=%llx;Bss=%llx", (unsigned long long)c->text_base, (unsigned long long)c->data_base, (unsigned long long)c->bss_base);
    if (ok) return s;
    gdb_server_close(s);
    return NULL;
}

void gdb_server_close(struct gdb_server *s)
{
    if (!s) return;
    if (s->line >= 0) close(s->line);
    if (s->port >= 0) close(s->port);
    if (s->socket_file >= 0) {
        close(s->socket_file);
        unlink(s->config->socket);
    }
    free(s);
}

/* --- the line --- */

static void send_all(struct gdb_server *s, const char *bytes, size_t size)
{
    while (size && !s->lost) {
        ssize_t n = send(s->line, bytes, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) s->lost = true;
        else bytes += n, size -= (size_t)n;
    }
}

static void send_packet(void *context, const char *text, size_t size)
{
    struct gdb_server *s = context;

    s->sent_size = packet_frame(text, size, s->sent);
    send_all(s, s->sent, s->sent_size);
}

static void take_byte(struct gdb_server *s, u8 byte)
{
    switch (packet_take(&s->reader, byte)) {
    case PACKET_WHOLE: {
        bool acknowledge = !s->stub.no_acks;
        if (acknowledge) send_all(s, "+", 1);
        gdb_stub_packet(&s->stub, s->reader.text, s->reader.size);
        break;
    }
    case PACKET_DAMAGED:
        if (!s->stub.no_acks) send_all(s, "-", 1);
        break;
    case PACKET_NAK: send_all(s, s->sent, s->sent_size); break;
    case PACKET_INTERRUPT: s->ctrl_c = true; break;
    default: break;
    }
}

/* Bytes that are there.  While the machine runs gdb sends a Ctrl-C and nothing else. */
static void read_line(struct gdb_server *s, bool runs)
{
    u8 bytes[BUFFER];
    ssize_t n = recv(s->line, bytes, runs ? 1 : sizeof bytes, MSG_DONTWAIT);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) s->lost = true;
    for (ssize_t i = 0; i < n; i++) {
        if (runs && bytes[i] != 3) continue;
        take_byte(s, bytes[i]);
    }
}

static bool interrupted(void *context)
{
    struct gdb_server *s = context;

    read_line(s, true);
    bool stop = s->ctrl_c || s->lost;
    s->ctrl_c = false;
    return stop;
}

/* --- who is there --- */

/* A guest that is 64-bit code some day begins in real mode, and gdb does not change its mind while it is connected. */
static enum gdb_architecture architecture(const struct gdb_server *s)
{
    switch (s->config->arch) {
    case GDBSTUB_I8086: return GDB_I8086;
    case GDBSTUB_I386: return GDB_I386;
    case GDBSTUB_X86_64: return GDB_X86_64;
    default: return symbols_are_wide(s->session->symbols) ? GDB_X86_64 : gdb_architecture_of(machine_cpu(s->session->machine));
    }
}

/* True: one is there now. */
static bool accept_one(struct gdb_server *s, int wait_ms)
{
    struct pollfd listeners[] = { { .fd = s->port, .events = POLLIN }, { .fd = s->socket_file, .events = POLLIN } };

    if (poll(listeners, 2, wait_ms) <= 0) return false;
    int from = listeners[0].revents & POLLIN ? s->port : s->socket_file;
    s->line = accept4(from, NULL, NULL, SOCK_CLOEXEC);
    if (s->line < 0) return false;
    s->lost = s->ctrl_c = false;
    s->reader = (struct packet_reader){ 0 };
    s->sent_size = 0;
    const struct gdb_link link = { .context = s, .send = send_packet, .interrupted = interrupted };
    gdb_stub_begin(&s->stub, s->session, &link, architecture(s));
    s->stub.offsets = s->offsets;
    return true;
}

/* The machine stands; whoever shows it still shows it. */
static bool wait_a_moment(struct gdb_server *s)
{
    if (session_ended(s->session)) return false;
    if (!s->session->serve || serve_wait(s->session->serve)) return true;
    s->session->over = true;
    return false;
}

/* Up to a detach, a kill, or the end of the line, which is a detach. */
static void talk(struct gdb_server *s)
{
    bool attended = s->session->attended;

    while (s->stub.state == GDB_CONNECTED && !s->lost && wait_a_moment(s)) {
        struct pollfd line = { .fd = s->line, .events = POLLIN };
        if (poll(&line, 1, s->session->serve ? LOOK_MS : PATIENT_MS) > 0) read_line(s, false);
    }
    gdb_stub_end(&s->stub);
    s->session->attended = attended;
    close(s->line);
    s->line = -1;
}

void gdb_server_run(struct gdb_server *s, struct session *session)
{
    u64 slice = machine_ips(session->machine) / 50;

    s->session = session;
    while (s->config->wait && !session->over && wait_a_moment(s))
        if (accept_one(s, session->serve ? LOOK_MS : PATIENT_MS)) {
            talk(s);
            break;
        }
    while (!session->over) {
        if (accept_one(s, 0)) talk(s);
        else session_run(session, slice);
    }
}
