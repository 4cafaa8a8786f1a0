/* The host's end of a serial cable. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/board/serial_line.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static struct serial_line line;
static struct error err;

static struct com_config com(enum com_mode mode, const char *path)
{
    struct com_config c = { .enabled = true, .mode = mode };
    snprintf(c.path, sizeof c.path, "%s", path);
    return c;
}

static int call(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return connect(fd, (struct sockaddr *)&address, sizeof address) ? -1 : fd;
}

Test(serial_line, a_file_has_all_bytes_when_the_line_is_closed)
{
    char path[64], text[16] = "";
    snprintf(path, sizeof path, "%s/serial-%d", test_place(), (int)getpid());
    struct com_config c = com(COM_FILE, path);
    cr_assert(serial_line_open(&line, &c, "com1", &err));
    for (const char *p = "hello"; *p; p++) serial_line_put(&line, (u8)*p);
    serial_line_close(&line);
    FILE *f = fopen(path, "r");
    cr_assert(f && fgets(text, sizeof text, f));
    fclose(f);
    unlink(path);
    cr_expect_str_eq(text, "hello");
}

Test(serial_line, a_file_without_room_keeps_what_it_could_not_take)
{
    char path[64];
    static char text[SERIAL_OUT_BYTES + 2000];
    struct rlimit limit, small;

    signal(SIGXFSZ, SIG_IGN);
    snprintf(path, sizeof path, "%s/serial-full-%d", test_place(), (int)getpid());
    struct com_config c = com(COM_FILE, path);
    cr_assert(serial_line_open(&line, &c, "com1", &err));
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 1000;
    setrlimit(RLIMIT_FSIZE, &small);
    unsigned sent = 0;
    while (sent < sizeof text && !line.error) serial_line_put(&line, (u8)('a' + sent++ % 26));
    cr_expect_eq(line.error, EFBIG);
    cr_expect_not(serial_line_flush(&line));
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_expect(serial_line_flush(&line));
    cr_expect_eq(line.error, 0);
    cr_expect_eq(line.dropped, 0);
    while (sent < sizeof text) serial_line_put(&line, (u8)('a' + sent++ % 26));
    serial_line_close(&line);
    FILE *f = fopen(path, "r");
    cr_assert(f && fread(text, 1, sizeof text, f) == sizeof text);
    fclose(f);
    unlink(path);
    for (unsigned i = 0; i < sizeof text; i++) cr_assert_eq(text[i], 'a' + i % 26, "byte %u", i);
}

Test(serial_line, a_socket_file_of_the_dead_is_in_nobodys_way)
{
    char path[64];
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(path, sizeof path, "%s/dead-%d", test_place(), (int)getpid());
    strcpy(address.sun_path, path);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert(bind(dead, (struct sockaddr *)&address, sizeof address) == 0 && listen(dead, 1) == 0);
    struct com_config c = com(COM_PIPE_SERVER, path);
    cr_expect_not(serial_line_open(&line, &c, "com1", &err), "somebody listens there");
    close(dead);                                         /* its file stays, as after a kill */
    cr_expect(serial_line_open(&line, &c, "com1", &err), "%s", err.text);
    serial_line_close(&line);
    cr_expect_eq(access(path, F_OK), -1);
}

Test(serial_line, a_socket_file_takes_one_caller_after_the_other)
{
    char path[64], text[8] = "";
    u8 bytes[8];
    snprintf(path, sizeof path, "%s/socket-%d", test_place(), (int)getpid());
    struct com_config c = com(COM_PIPE_SERVER, path);
    cr_assert(serial_line_open(&line, &c, "com1", &err), "%s", err.text);
    cr_expect_eq(serial_line_poll(&line, bytes, sizeof bytes), 0);
    for (unsigned i = 0; i < 2; i++) {
        int fd = call(path);
        cr_assert(fd >= 0 && write(fd, "ab", 2) == 2);
        cr_expect_eq(serial_line_poll(&line, bytes, sizeof bytes), 2);
        serial_line_put(&line, 'x');
        serial_line_poll(&line, bytes, 0);
        cr_expect_eq(read(fd, text, 1), 1);
        cr_expect_eq(text[0], 'x');
        close(fd);
        cr_expect_eq(serial_line_poll(&line, bytes, sizeof bytes), 0);
    }
    serial_line_close(&line);
    cr_expect_neq(access(path, F_OK), 0, "the socket file is gone");
}

Test(serial_line, a_caller_that_does_not_read_loses_bytes_and_holds_up_nobody)
{
    char path[64];
    u8 byte;
    snprintf(path, sizeof path, "%s/deaf-%d", test_place(), (int)getpid());
    struct com_config c = com(COM_PIPE_SERVER, path);
    cr_assert(serial_line_open(&line, &c, "com1", &err), "%s", err.text);
    int fd = call(path);
    serial_line_poll(&line, &byte, 0);
    for (unsigned i = 0; i < 4000000 && !line.dropped; i++) serial_line_put(&line, 'x');
    cr_expect_gt(line.dropped, 0);
    close(fd);
    serial_line_close(&line);
}

Test(serial_line, what_cannot_be_opened_is_named)
{
    struct com_config c = com(COM_FILE, "/nowhere/at/all");
    cr_expect(!serial_line_open(&line, &c, "com2", &err));
    c = com(COM_SOCKET_CLIENT, "nonsense");
    cr_expect(!serial_line_open(&line, &c, "com2", &err));
    c = com(COM_TERM, "/dev/null");
    cr_expect(!serial_line_open(&line, &c, "com2", &err));
    serial_line_close(&line);
    c = com(COM_FILE, "");
    cr_expect(!serial_line_open(&line, &c, "com2", &err));
    cr_expect_eq(err.count, 4);
    cr_expect(strstr(err.text, "com2: dev=\"/nowhere/at/all\": No such file or directory"));
    cr_expect(strstr(err.text, "host:port"));
}
