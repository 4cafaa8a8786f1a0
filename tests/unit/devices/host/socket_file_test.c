/* Names of sockets: what a killed server left goes, and nothing else. */
#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/host/socket_file.h"
#include "tests/unit/room.h"

static char room[TEST_ROOM], path[64];

static void open_room(void)
{
    test_room(room);
    snprintf(path, sizeof path, "%s/s", room);
}

static void close_room(void)
{
    unlink(path);
    rmdir(room);
}

static int server_of(int type)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, type, 0);

    cr_assert(socket_file_address(path, &address));
    cr_assert(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    return fd;
}

static bool is_there_after(int type)
{
    struct sockaddr_un address;

    cr_assert(socket_file_address(path, &address));
    socket_file_remove_left_over(&address, type);
    return access(path, F_OK) == 0;
}

Test(socket_file, of_a_server_that_has_gone_is_removed, .init = open_room, .fini = close_room)
{
    static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };

    for (unsigned i = 0; i < 2; i++) {
        int fd = server_of(types[i]);
        cr_expect(is_there_after(types[i]), "a server answers there");
        close(fd);
        cr_expect_not(is_there_after(types[i]));
    }
    cr_expect_not(is_there_after(SOCK_STREAM), "nothing is there");
}

Test(socket_file, what_is_no_socket_stays, .init = open_room, .fini = close_room)
{
    FILE *f = fopen(path, "w");

    fclose(f);
    cr_expect(is_there_after(SOCK_STREAM));
}

Test(socket_file, a_long_path_is_none)
{
    struct sockaddr_un address;
    char text[sizeof address.sun_path + 1];

    memset(text, 'x', sizeof text);
    text[sizeof address.sun_path] = 0;
    cr_expect_not(socket_file_address(text, &address));
    cr_expect_eq(errno, ENAMETOOLONG);
    text[sizeof address.sun_path - 1] = 0;
    cr_expect(socket_file_address(text, &address));
}
