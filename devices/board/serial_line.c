/* The host's end of a serial cable.                                                     doc: serial-line
 *   file            everything sent goes to the file, nothing comes in
 *   term            a terminal device or pseudo terminal, set to raw mode while the machine lives
 *   socket-client   host:port, joined at the start        socket-server   host:port, one caller at a time
 *   pipe-client     socket file, joined at the start      pipe-server     socket file, made here */
#include "devices/board/serial_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "devices/host/sandbox.h"
#include "devices/host/socket_file.h"

void serial_line_init(struct serial_line *line)
{
    *line = (struct serial_line){ .fd = -1, .listener = -1 };
}

static bool no_blocking(int fd)
{
    return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

static bool open_file(struct serial_line *line, const char *path, const char *who, struct error *err)
{
    line->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);
    if (line->fd < 0) return fail(err, "%s: dev=\"%s\": %s", who, path, strerror(errno));
    line->is_file = true;
    return true;
}

static bool open_terminal(struct serial_line *line, const char *path, const char *who, struct error *err)
{
    struct termios raw;

    line->fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (line->fd < 0) return fail(err, "%s: dev=\"%s\": %s", who, path, strerror(errno));
    if (tcgetattr(line->fd, &raw)) return fail(err, "%s: dev=\"%s\" is no terminal; for a file write mode=file", who, path);
    line->terminal = malloc(sizeof raw);
    if (line->terminal) memcpy(line->terminal, &raw, sizeof raw);
    cfmakeraw(&raw);
    line->raw = line->terminal && tcsetattr(line->fd, TCSANOW, &raw) == 0;
    line->reads = true;
    return true;
}

/* --- sockets --- */

static int attach(int fd, const struct sockaddr *address, socklen_t size, bool server)
{
    int on = 1;

    if (fd < 0) return -1;
    if (server) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ok = server ? bind(fd, address, size) == 0 && listen(fd, 1) == 0 : connect(fd, address, size) == 0;
    if (ok && no_blocking(fd)) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static int socket_file(struct serial_line *line, const char *path, bool server, const char **why)
{
    struct sockaddr_un address;

    *why = "the path is too long for a socket";
    if (!socket_file_address(path, &address)) return -1;
    if (server) socket_file_remove_left_over(&address, SOCK_STREAM);
    int fd = attach(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&address, sizeof address, server);
    *why = fd < 0 ? strerror(errno) : NULL;
    if (fd >= 0 && server) memcpy(line->unlink_path, path, strlen(path) + 1);
    return fd;
}

static bool open_socket(struct serial_line *line, const struct com_config *config, const char *who, struct error *err)
{
    bool server = config->mode == COM_SOCKET_SERVER || config->mode == COM_PIPE_SERVER;
    bool file = config->mode == COM_PIPE_SERVER || config->mode == COM_PIPE_CLIENT;
    const char *why;
    int fd = file ? socket_file(line, config->path, server, &why) : host_tcp(config->path, server, &why);
    if (fd >= 0 && !no_blocking(fd)) why = strerror(errno), close(fd), fd = -1;

    if (fd < 0) return fail(err, "%s: dev=\"%s\": %s", who, config->path, why);
    if (server) line->listener = fd;
    else line->fd = fd;
    line->reads = true;
    return true;
}

bool serial_line_open(struct serial_line *line, const struct com_config *config, const char *who, struct error *err)
{
    serial_line_init(line);
    if (!config->enabled || config->mode == COM_NULL || config->mode == COM_MOUSE) return true;
    if (!config->path[0]) return fail(err, "%s: this mode needs a device: dev=...", who);
    switch (config->mode) {
    case COM_FILE: return open_file(line, config->path, who, err);
    case COM_TERM: return open_terminal(line, config->path, who, err);
    default: return open_socket(line, config, who, err);
    }
}

/* --- bytes --- */

static void hang_up(struct serial_line *line)
{
    if (line->fd >= 0) close(line->fd);
    line->fd = -1;
    line->dropped += line->waiting;
    line->waiting = 0;
}

/* Somebody may make room, or plug it in again. */
static bool may_pass(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO; }

static bool flush(struct serial_line *line)
{
    ssize_t n = 0;

    line->error = 0;
    if (line->fd < 0 || !line->waiting) return true;
    n = line->is_file || line->raw ? write(line->fd, line->out, line->waiting) : send(line->fd, line->out, line->waiting, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n < 0 && line->is_file && may_pass(errno)) {
        line->error = errno;
        return false;
    }
    if (n <= 0) {
        hang_up(line);
        return true;
    }
    line->waiting -= (u32)n;
    memmove(line->out, line->out + n, line->waiting);
    return true;
}

bool serial_line_flush(struct serial_line *line) { return flush(line); }

bool serial_line_leads_out(const struct serial_line *line) { return line->fd >= 0; }

void serial_line_put(struct serial_line *line, u8 byte)
{
    if (line->fd < 0) return;
    if (line->waiting == SERIAL_OUT_BYTES) flush(line);
    if (line->fd < 0 || line->waiting == SERIAL_OUT_BYTES) line->dropped++;
    else line->out[line->waiting++] = byte;
    if (line->is_file && line->waiting == SERIAL_OUT_BYTES) flush(line);
}

unsigned serial_line_poll(struct serial_line *line, u8 *bytes, unsigned room)
{
    if (line->fd < 0 && line->listener >= 0) {
        line->fd = accept4(line->listener, NULL, NULL, SOCK_CLOEXEC);
        if (line->fd >= 0 && !no_blocking(line->fd)) hang_up(line);
    }
    flush(line);
    if (line->fd < 0 || !line->reads || !room) return 0;
    ssize_t n = read(line->fd, bytes, room);
    if (n > 0) return (unsigned)n;
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) hang_up(line);
    return 0;
}

void serial_line_close(struct serial_line *line)
{
    if (!flush(line)) fprintf(stderr, "orrery: a serial line's or printer's file has no room for its last %u bytes: %s\n", line->waiting, strerror(line->error));
    if (line->raw && line->fd >= 0) tcsetattr(line->fd, TCSANOW, line->terminal);
    hang_up(line);
    free(line->terminal);
    if (line->listener >= 0) close(line->listener);
    if (line->unlink_path[0]) unlink(line->unlink_path);
    serial_line_init(line);
}
