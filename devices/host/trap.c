/* Calls that trap in the machine's process, and how they go to the broker.                   doc: sandbox
 * Source: seccomp(2), SECCOMP_RET_TRAP; syscall(2), registers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "devices/host/calls.h"

const struct broker_call broker_calls[] = {
    { SYS_openat,     BROKER_OPEN,     .fd = { 1 },    .path = { 2 },    .value = { 3, 4 } },
    { SYS_openat2,    BROKER_OPEN,     .fd = { 1 },    .path = { 2 },    .in = 3, .in_size = 4 },
    { SYS_newfstatat, BROKER_STAT,     .fd = { 1 },    .path = { 2 },    .value = { 4 }, .out = 3, .fixed = sizeof(struct stat) },
    { SYS_faccessat,  BROKER_ACCESS,   .fd = { 1 },    .path = { 2 },    .value = { 3 } },
    { SYS_faccessat2, BROKER_ACCESS,   .fd = { 1 },    .path = { 2 },    .value = { 3, 4 } },
    { SYS_readlinkat, BROKER_READLINK, .fd = { 1 },    .path = { 2 },    .out = 3, .out_size = 4 },
    { SYS_unlinkat,   BROKER_UNLINK,   .fd = { 1 },    .path = { 2 },    .value = { 3 } },
    { SYS_renameat,   BROKER_RENAME,   .fd = { 1, 3 }, .path = { 2, 4 } },
    { SYS_renameat2,  BROKER_RENAME,   .fd = { 1, 3 }, .path = { 2, 4 }, .value = { 5 } },
    { SYS_linkat,     BROKER_LINK,     .fd = { 1, 3 }, .path = { 2, 4 }, .value = { 5 } },
    { SYS_mkdirat,    BROKER_MKDIR,    .fd = { 1 },    .path = { 2 },    .value = { 3 } },
    { SYS_utimensat,  BROKER_TIMES,    .fd = { 1 },    .path = { 2 },    .value = { 4 }, .in = 3, .fixed = 2 * sizeof(struct timespec) },
    { SYS_ftruncate,  BROKER_TRUNCATE, .fd = { 1 },    .value = { 2 } },
    { SYS_fsync,      BROKER_SYNC,     .fd = { 1 } },
    { SYS_fchmod,     BROKER_CHMOD,    .fd = { 1 },    .value = { 2 } },
    { SYS_lseek,      BROKER_SEEK,     .fd = { 1 },    .value = { 2, 3 } },
    { SYS_fallocate,  BROKER_ALLOCATE, .fd = { 1 },    .value = { 2, 3, 4 } },
    { SYS_fcntl,      BROKER_FCNTL,    .fd = { 1 },    .value = { 2, 3 }, .in = 3, .fixed = sizeof(struct flock) },
    { SYS_socket,     BROKER_SOCKET,                   .value = { 1, 2, 3 } },
    { SYS_connect,    BROKER_CONNECT,  .fd = { 1 },    .in = 2, .in_size = 3 },
    { SYS_bind,       BROKER_BIND,     .fd = { 1 },    .in = 2, .in_size = 3 },
    { SYS_listen,     BROKER_LISTEN,   .fd = { 1 },    .value = { 2 } },
    { SYS_setsockopt, BROKER_OPTION,   .fd = { 1 },    .value = { 2, 3 }, .in = 4, .in_size = 5 },
    { SYS_kill,       BROKER_KILL,                     .value = { 1, 2 } },
#ifdef SYS_open
    { SYS_open,       BROKER_OPEN,                     .path = { 1 },    .value = { 2, 3 } },
    { SYS_creat,      BROKER_OPEN,                     .path = { 1 },    .value = { 0, 2 }, .fixed = O_CREAT | O_WRONLY | O_TRUNC },
    { SYS_stat,       BROKER_STAT,                     .path = { 1 },    .out = 2, .fixed = sizeof(struct stat) },
    { SYS_lstat,      BROKER_STAT,                     .path = { 1 },    .out = 2, .fixed = sizeof(struct stat) },
    { SYS_access,     BROKER_ACCESS,                   .path = { 1 },    .value = { 2 } },
    { SYS_readlink,   BROKER_READLINK,                 .path = { 1 },    .out = 2, .out_size = 3 },
    { SYS_unlink,     BROKER_UNLINK,                   .path = { 1 } },
    { SYS_rmdir,      BROKER_UNLINK,                   .path = { 1 } },
    { SYS_rename,     BROKER_RENAME,                   .path = { 1, 2 } },
    { SYS_link,       BROKER_LINK,                     .path = { 1, 2 } },
    { SYS_mkdir,      BROKER_MKDIR,                    .path = { 1 },    .value = { 2 } },
#endif
};
const unsigned broker_call_count = ARRAY_COUNT(broker_calls);

/* --- registers --- */

#if defined(__x86_64__)
static long *result_of(ucontext_t *u) { return (long *)&u->uc_mcontext.gregs[REG_RAX]; }

static u64 argument(const ucontext_t *u, unsigned n)
{
    static const int registers[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9 };
    return (u64)u->uc_mcontext.gregs[registers[n]];
}
#elif defined(__aarch64__)
static long *result_of(ucontext_t *u) { return (long *)&u->uc_mcontext.regs[0]; }
static u64 argument(const ucontext_t *u, unsigned n) { return u->uc_mcontext.regs[n]; }
#endif

#if defined(__x86_64__) || defined(__aarch64__)
enum { TRAPPED = 1 };            /* si_code: SYS_SECCOMP of the kernel's headers */

/* --- a call to a request --- */

static u64 argument_at(const ucontext_t *u, unsigned place) { return place ? argument(u, place - 1) : 0; }

static const struct broker_call *call_of(int number)
{
    for (unsigned i = 0; i < broker_call_count; i++)
        if (broker_calls[i].number == number) return &broker_calls[i];
    return NULL;
}

static bool add_path(struct broker_request *q, unsigned which, const char *path)
{
    size_t size = path ? strnlen(path, BROKER_PATH) + 1 : 0;

    if (!size || size > BROKER_PATH) return false;
    memcpy(q->bytes + (which ? q->path_bytes[0] : 0), path, size);
    q->path_bytes[which] = (u32)size;
    return true;
}

static unsigned add_fds(struct broker_request *q, const struct broker_call *c, const ucontext_t *u, int *fds)
{
    unsigned count = 0;

    for (unsigned n = 0; n < BROKER_FDS; n++) {
        int fd = (int)argument_at(u, c->fd[n]);
        if (!c->fd[n] || fd == AT_FDCWD) continue;
        fds[count++] = fd;
        q->fds |= 1u << n;
    }
    return count;
}

/* The calls that have a fixed value for a number that the newer forms of them say. */
static void add_values(struct broker_request *q, const struct broker_call *c, const ucontext_t *u)
{
    for (unsigned n = 0; n < ARRAY_COUNT(q->value); n++) q->value[n] = (s64)argument_at(u, c->value[n]);
#ifdef SYS_open
    if (c->number == SYS_creat) q->value[0] = c->fixed;
    if (c->number == SYS_lstat) q->value[0] = AT_SYMLINK_NOFOLLOW;
    if (c->number == SYS_rmdir) q->value[0] = AT_REMOVEDIR;
#endif
}

static bool takes_a_lock(const struct broker_request *q) { return q->op != BROKER_FCNTL || q->value[0] == F_OFD_SETLK || q->value[0] == F_OFD_GETLK; }

static bool add_bytes(struct broker_request *q, const struct broker_call *c, const ucontext_t *u)
{
    const void *from = (const void *)argument_at(u, c->in);
    u64 size = c->in_size ? argument_at(u, c->in_size) : (u64)c->fixed;

    if (!c->in || !from || !takes_a_lock(q)) return true;
    if (size > BROKER_BYTES) return false;
    memcpy(q->bytes + q->path_bytes[0] + q->path_bytes[1], from, size);
    q->in_bytes = (u32)size;
    return true;
}

/* fstat() is this one with an empty path: no name is in it, so it needs nobody. */
static bool asks_for_descriptor(const struct broker_call *c, const ucontext_t *u)
{
    return c->number == SYS_newfstatat && argument(u, 3) & AT_EMPTY_PATH && argument(u, 1) && !*(const char *)argument(u, 1);
}

static long ask(const struct broker_call *c, ucontext_t *u)
{
    struct broker_request q;
    struct broker_reply reply;
    int fds[BROKER_FDS], got;
    void *out = (void *)argument_at(u, c->out);

    if (asks_for_descriptor(c, u)) return syscall(SYS_fstat, (int)argument(u, 0), out) ? -errno : 0;
    memset(&q, 0, offsetof(struct broker_request, bytes));
    q.op = c->op;
    add_values(&q, c, u);
    add_fds(&q, c, u, fds);
    for (unsigned n = 0; n < ARRAY_COUNT(c->path); n++) {
        const char *path = (const char *)argument_at(u, c->path[n]);
        if (c->path[n] && (path || c->op != BROKER_TIMES) && !add_path(&q, n, path)) return path ? -ENAMETOOLONG : -EFAULT;
    }
    if (!add_bytes(&q, c, u)) return -EINVAL;
    q.out_room = (u32)(c->out_size ? argument_at(u, c->out_size) : c->out ? (u64)c->fixed : 0);
    long result = (long)broker_ask(&q, fds, &reply, &got);
    if (out && reply.bytes && reply.bytes <= sizeof reply.out && reply.bytes <= q.out_room) memcpy(out, reply.out, reply.bytes);
    return got >= 0 && result >= 0 ? got : result;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    int kept = errno;
    const struct broker_call *c = info->si_code == TRAPPED ? call_of(info->si_syscall) : NULL;

    (void)signal;
    *result_of(u) = c ? ask(c, u) : -ENOSYS;
    errno = kept;
}

bool broker_trap(void)
{
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER };
    return sigaction(SIGSYS, &action, NULL) == 0;
}
#else
bool broker_trap(void) { return false; }
#endif
