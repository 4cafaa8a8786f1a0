#include "devices/host/socket_file.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool socket_file_address(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address->sun_path) return errno = ENAMETOOLONG, false;
    memcpy(address->sun_path, path, strlen(path));
    return true;
}

void socket_file_remove_left_over(const struct sockaddr_un *address, int type)
{
    struct stat st;
    int fd = lstat(address->sun_path, &st) || !S_ISSOCK(st.st_mode) ? -1 : socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    if (fd < 0) return;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) && errno == ECONNREFUSED) unlink(address->sun_path);
    close(fd);
}
