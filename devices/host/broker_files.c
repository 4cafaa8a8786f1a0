/* The broker's calls, each checked against what was named.                                   doc: sandbox */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "devices/host/broker_parts.h"

/* --- folders that were named: what is in them belongs to them --- */

static bool place_of(int fd, char *room, size_t size)
{
    char link[64];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, room, size - 1);
    room[length < 0 ? 0 : length] = 0;
    return length > 0 && *room == '/';
}

static void note_folder(struct broker *b, int fd)
{
    char place[BROKER_PATH];

    if (b->folders < BROKER_FOLDERS && place_of(fd, place, sizeof place) && (b->folder[b->folders] = strdup(place))) b->folders++;
}

static bool in_named_folder(const struct broker *b, int fd)
{
    char place[BROKER_PATH];

    if (!place_of(fd, place, sizeof place)) return false;
    for (unsigned n = 0; n < b->folders; n++) {
        size_t size = strlen(b->folder[n]);
        if (!strncmp(place, b->folder[n], size) && (!place[size] || place[size] == '/' || size == 1)) return true;
    }
    return false;
}

/* Relative to a descriptor of a folder the name is one step down, or stays where it is; all other paths have to be named.  Opening may go deeper:
 * there the kernel sees to it that the way does not lead out. */
static bool may_at(const struct broker *b, int folder, const char *path, bool to_write, bool opens)
{
    if (folder < 0 || *path == '/') return named_path(b->named, path, to_write);
    return (opens || !strchr(path, '/')) && strcmp(path, "..") && in_named_folder(b, folder);
}

static bool may(const struct broker *b, int folder, const char *path, bool to_write) { return may_at(b, folder, path, to_write, false); }

static int at(int folder) { return folder < 0 ? AT_FDCWD : folder; }

static s64 result_of(long result) { return result < 0 ? -errno : result; }

/* --- opening --- */

/* Sources that a program's debugging information names: read, and for a person alone. */
static bool is_source(const char *path)
{
    static const char *const kinds[] = { ".c", ".h", ".S", ".s", ".asm", ".inc", ".cc", ".cpp", ".hpp", ".cxx", ".rs", ".zig", ".adb", ".ads", ".pas", ".nim", ".d", ".go" };
    const char *dot = strrchr(path, '.');

    for (unsigned i = 0; dot && i < ARRAY_COUNT(kinds); i++)
        if (!strcmp(dot, kinds[i])) return true;
    return false;
}

/* For the names of the host's machines, and what day it is there. */
static bool is_public(const char *path)
{
    static const char *const files[] = { "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/localtime" };

    for (unsigned i = 0; i < ARRAY_COUNT(files); i++)
        if (!strcmp(path, files[i])) return true;
    return false;
}

/* A CD's: it names the files that hold its tracks. */
static bool is_sheet(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && !strcasecmp(dot, ".cue");
}

/* For who asked for an interface: ethmod=tap.  Which one, the kernel decides by this process's rights and by TUNSETIFF's name. */
static bool is_tap(const struct broker *b, const char *path)
{
    return !strcmp(path, "/dev/net/tun") && (named_path(b->named, "tap", true) || named_path(b->named, "tuntap", true));
}

/* In a folder nothing leads out of it: openat2(2), RESOLVE_BENEATH. */
static int open_beneath(int folder, const char *path, int flags, mode_t mode)
{
    struct open_how how = { .flags = (u64)(u32)flags, .mode = flags & O_CREAT ? mode & 07777 : 0, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static s64 act_open(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    struct open_how how = { .flags = (u64)a->request->value[0], .mode = (u64)a->request->value[1] };

    if (a->request->in_bytes) memcpy(&how, a->in, a->request->in_bytes < sizeof how ? a->request->in_bytes : sizeof how);
    int flags = (int)how.flags | O_CLOEXEC | (how.flags & O_PATH ? 0 : O_NOCTTY), folder = a->fd[0];
    bool to_write = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    const char *path = a->path[0];
    mode_t mode = (mode_t)how.mode & 0777;

    (void)reply;
    bool named = may_at(b, folder, path, to_write, true), apart = folder >= 0 && *path != '/';
    bool looks = !to_write && (is_public(path) || (flags & O_DIRECTORY && named_folder_of(b->named, path)) || is_source(path));
    if (!named && !looks && strcmp(path, "/dev/null") && !is_tap(b, path)) return broker_refuse(b, to_write ? "write" : "open", path, to_write);
    a->new_fd = apart ? open_beneath(folder, path, flags, mode) : open(path, flags, mode);
    if (a->new_fd < 0) return -errno;
    if (named && !apart && flags & O_DIRECTORY) note_folder(b, a->new_fd);
    else if (named && !apart && is_sheet(path)) named_add_sheet(b->named, path, to_write ? -1 : a->new_fd);
    return 0;
}

/* --- names --- */

static s64 act_stat(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    struct stat st;

    if (!may(b, a->fd[0], a->path[0], false) && !is_public(a->path[0]) && !named_folder_of(b->named, a->path[0])) return broker_refuse(b, "look at", a->path[0], false);
    if (fstatat(at(a->fd[0]), a->path[0], &st, a->fd[0] >= 0 ? AT_SYMLINK_NOFOLLOW : (int)a->request->value[0] & AT_SYMLINK_NOFOLLOW)) return -errno;
    memcpy(reply->out, &st, sizeof st);
    reply->bytes = sizeof st;
    return 0;
}

static s64 act_access(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    (void)reply;
    if (!may(b, a->fd[0], a->path[0], false) && !is_public(a->path[0])) return broker_refuse(b, "look at", a->path[0], false);
    return result_of(faccessat(at(a->fd[0]), a->path[0], (int)a->request->value[0] & (R_OK | W_OK | X_OK), 0));
}

static s64 act_readlink(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    if (!may(b, a->fd[0], a->path[0], false)) return broker_refuse(b, "look at", a->path[0], false);
    s64 size = result_of(readlinkat(at(a->fd[0]), a->path[0], reply->out, a->request->out_room < BROKER_BYTES ? a->request->out_room : BROKER_BYTES));
    reply->bytes = size > 0 ? (u32)size : 0;
    return size;
}

static s64 act_unlink(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    (void)reply;
    if (!may(b, a->fd[0], a->path[0], true)) return broker_refuse(b, "remove", a->path[0], true);
    return result_of(unlinkat(at(a->fd[0]), a->path[0], (int)a->request->value[0] & AT_REMOVEDIR));
}

static s64 act_two(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    (void)reply;
    for (unsigned n = 0; n < 2; n++)
        if (!a->path[n] || !may(b, a->fd[n], a->path[n], true)) return broker_refuse(b, "rename", a->path[n] ? a->path[n] : "?", true);
    if (a->request->op == BROKER_LINK) return result_of(linkat(at(a->fd[0]), a->path[0], at(a->fd[1]), a->path[1], 0));
    return result_of(renameat2(at(a->fd[0]), a->path[0], at(a->fd[1]), a->path[1], (unsigned)a->request->value[0] & RENAME_NOREPLACE));
}

static s64 act_mkdir(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    (void)reply;
    if (!may(b, a->fd[0], a->path[0], true)) return broker_refuse(b, "make", a->path[0], true);
    return result_of(mkdirat(at(a->fd[0]), a->path[0], (mode_t)a->request->value[0] & 0777));
}

static s64 act_times(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    struct timespec times[2];
    const struct timespec *wanted = a->request->in_bytes == sizeof times ? memcpy(times, a->in, sizeof times) : NULL;

    (void)reply;
    if (!a->path[0]) return a->fd[0] < 0 ? -EBADF : result_of(futimens(a->fd[0], wanted));
    if (!may(b, a->fd[0], a->path[0], true)) return broker_refuse(b, "date", a->path[0], true);
    return result_of(utimensat(at(a->fd[0]), a->path[0], wanted, (int)a->request->value[0] & AT_SYMLINK_NOFOLLOW));
}

/* --- open files: who holds a descriptor may do so much --- */

static s64 act_lock(struct asked *a, struct broker_reply *reply)
{
    struct flock lock;

    if (a->request->in_bytes != sizeof lock) return -EINVAL;
    memcpy(&lock, a->in, sizeof lock);
    lock.l_pid = 0;
    s64 result = result_of(fcntl(a->fd[0], (int)a->request->value[0], &lock));
    (void)reply;
    return result;
}

static s64 act_on_file(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    const s64 *value = a->request->value;
    int fd = a->fd[0];

    (void)b;
    if (fd < 0) return -EBADF;
    switch (a->request->op) {
    case BROKER_TRUNCATE: return result_of(ftruncate(fd, value[0]));
    case BROKER_SYNC: return result_of(fsync(fd));
    case BROKER_CHMOD: return result_of(fchmod(fd, (mode_t)value[0] & 0777));
    case BROKER_SEEK: return result_of(lseek(fd, value[0], (int)value[1]));
    case BROKER_ALLOCATE: return result_of(fallocate(fd, (int)value[0], value[1], value[2]));
    default: break;
    }
    switch (value[0]) {
    case F_OFD_SETLK: case F_OFD_GETLK: return act_lock(a, reply);
    case F_GETFL: return result_of(fcntl(fd, F_GETFL));
    case F_SETFL: return result_of(fcntl(fd, F_SETFL, (int)value[1] & (O_NONBLOCK | O_APPEND)));
    case F_DUPFD: case F_DUPFD_CLOEXEC:
        a->new_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        return a->new_fd < 0 ? -errno : 0;
    case F_GETFD: return FD_CLOEXEC;
    case F_SETFD: return 0;
    default: return -EINVAL;
    }
}

s64 broker_act(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    static s64 (*const acts[BROKER_OPS])(struct broker *b, struct asked *a, struct broker_reply *reply) = {
        [BROKER_OPEN] = act_open, [BROKER_STAT] = act_stat, [BROKER_ACCESS] = act_access, [BROKER_READLINK] = act_readlink,
        [BROKER_UNLINK] = act_unlink, [BROKER_RENAME] = act_two, [BROKER_LINK] = act_two, [BROKER_MKDIR] = act_mkdir, [BROKER_TIMES] = act_times,
        [BROKER_TRUNCATE] = act_on_file, [BROKER_SYNC] = act_on_file, [BROKER_CHMOD] = act_on_file, [BROKER_SEEK] = act_on_file,
        [BROKER_ALLOCATE] = act_on_file, [BROKER_FCNTL] = act_on_file,
        [BROKER_SOCKET] = broker_act_socket, [BROKER_CONNECT] = broker_act_socket, [BROKER_BIND] = broker_act_socket, [BROKER_LISTEN] = broker_act_socket,
        [BROKER_OPTION] = broker_act_socket, [BROKER_START] = broker_act_start, [BROKER_KILL] = broker_act_kill, [BROKER_TCP] = broker_act_tcp,
    };
    u32 op = a->request->op;
    bool needs_path = op <= BROKER_MKDIR;

    if (!acts[op] || (needs_path && !a->path[0])) return -EINVAL;
    return acts[op](b, a, reply);
}
