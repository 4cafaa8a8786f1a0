#ifndef ORRERY_HOST_CALLS_H
#define ORRERY_HOST_CALLS_H
/* Calls of the host that a broker makes for the machine's process, and the messages between them.        doc: sandbox */
#include "devices/host/sandbox.h"

enum {
    BROKER_FD = 200,             /* the machine's end of its seat */
    DESCRIPTORS_MOST = 256, DESCRIPTORS_MOST_OF_CLONES = 2304,
    BROKER_PATH = 4096, BROKER_BYTES = 4096, BROKER_FDS = 2
};

enum broker_op {
    BROKER_OPEN, BROKER_STAT, BROKER_ACCESS, BROKER_READLINK, BROKER_UNLINK, BROKER_RENAME, BROKER_LINK, BROKER_MKDIR, BROKER_TIMES,
    BROKER_TRUNCATE, BROKER_SYNC, BROKER_CHMOD, BROKER_SEEK, BROKER_ALLOCATE, BROKER_FCNTL,
    BROKER_SOCKET, BROKER_CONNECT, BROKER_BIND, BROKER_LISTEN, BROKER_OPTION,
    BROKER_START, BROKER_SEAT, BROKER_KILL, BROKER_TCP,
    BROKER_OPS
};

/* Where the arguments of a call stand, counted from 1; 0: it has none of the kind. */
struct broker_call {
    int number;                  /* of the host's call */
    u8 op;                       /* enum broker_op */
    u8 fd[2];                    /* descriptors; of folders: AT_FDCWD goes as none */
    u8 path[2];
    u8 value[3];
    u8 in, in_size;              /* bytes that go along; in_size 0: as many as the op says */
    u8 out, out_size;            /* bytes that come back */
    s64 fixed;                   /* for `value[2]` when that is 0 */
};
extern const struct broker_call broker_calls[];
extern const unsigned broker_call_count;

struct broker_request {
    u32 op;
    u32 fds;                     /* bit n: fd n is attached */
    s64 value[3];
    u32 path_bytes[2], in_bytes, out_room;
    char bytes[2 * BROKER_PATH + BROKER_BYTES];          /* paths with their NULs, bytes that go along */
};

struct broker_reply {
    s64 result;                  /* negative: an error number; a descriptor is attached where the op gives one */
    u32 bytes;
    char out[BROKER_BYTES];
};

/* One message with descriptors; of a received one *fds are -1 where none came.  Sizes count what is used of `bytes` and `out`.  False: the other side is gone. */
bool broker_send(int seat, const void *message, size_t size, const int *fds, unsigned count);
ssize_t broker_receive(int seat, void *message, size_t room, int *fds);

/* Asks, and waits for the answer.  The descriptor that came, or -1, in *fd. */
s64 broker_ask(struct broker_request *request, const int *fds, struct broker_reply *reply, int *fd);

/* SIGSYS: the call that trapped is made by the broker. */
bool broker_trap(void);

/* In the front. */
struct broker *broker_create(struct named *named, int seat, pid_t machine, const struct sandbox_needs *needs, struct error *err);
void broker_end(struct broker *broker);
bool broker_killed(const struct broker *broker);         /* the machine's process, for what it asked */

/* Calls that the filter lets through. */
unsigned sandbox_calls(const struct sandbox_needs *needs);
int sandbox_landlock_abi(void);

/* What host_start and host_start_server do, in this process. */
int start_program(const char *const *argv, int socket);
int start_server(const char *const *argv, int *fd);
/* What host_tcp does, in this process.  An error number of errno's, or one of getaddrinfo's below it by ADDRESS_ERROR. */
enum { ADDRESS_ERROR = 10000 };
int tcp_open(const char *address, bool server, int *fd);

#endif
