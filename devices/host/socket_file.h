#ifndef ORRERY_HOST_SOCKET_FILE_H
#define ORRERY_HOST_SOCKET_FILE_H
/* Unix sockets that have a name in the file system.                                        doc: sandbox */
#include <sys/un.h>

#include "cpu/base/types.h"

/* False: the path is too long for a socket; errno says so. */
bool socket_file_address(const char *path, struct sockaddr_un *address);
/* Before a server binds the name: a socket at which nobody answers any more was left by somebody who was killed, and goes.  type: SOCK_STREAM or
 * SOCK_SEQPACKET.  Everything else stays. */
void socket_file_remove_left_over(const struct sockaddr_un *address, int type);

#endif
