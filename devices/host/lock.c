/* The lock-down of a process: what it gives up for good.                                      doc: sandbox
 * Source: prctl(2), setrlimit(2), proc(5), landlock(7), seccomp(2), seccomp_init(3). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "devices/host/calls.h"

#if defined(__SANITIZE_ADDRESS__)
#define INSTRUMENTED 1           /* its run-time library makes calls of its own */
#else
#define INSTRUMENTED 0
#endif

/* --- calls that are made --- */

enum who { ALL, STANDARD, TERMINAL, SOCKETS, PROCESSES };

struct allowed {
    int number;
    u8 who;                      /* enum who */
};

/* ALL is what a machine without anything has: at most twenty. */
static const struct allowed allowed[] = {
    { SCMP_SYS(read), ALL },             { SCMP_SYS(write), ALL },           { SCMP_SYS(pread64), ALL },         { SCMP_SYS(pwrite64), ALL },
    { SCMP_SYS(close), ALL },            { SCMP_SYS(fstat), ALL },           { SCMP_SYS(fdatasync), ALL },       { SCMP_SYS(munmap), ALL },
    { SCMP_SYS(mremap), ALL },           { SCMP_SYS(brk), ALL },             { SCMP_SYS(madvise), ALL },         { SCMP_SYS(clock_gettime), ALL },
    { SCMP_SYS(clock_nanosleep), ALL },  { SCMP_SYS(futex), ALL },           { SCMP_SYS(poll), ALL },            { SCMP_SYS(rt_sigreturn), ALL },
    { SCMP_SYS(exit_group), ALL },
    { SCMP_SYS(readv), STANDARD },       { SCMP_SYS(writev), STANDARD },     { SCMP_SYS(preadv), STANDARD },     { SCMP_SYS(pwritev), STANDARD },
    { SCMP_SYS(lseek), STANDARD },       { SCMP_SYS(fsync), STANDARD },      { SCMP_SYS(ftruncate), STANDARD },  { SCMP_SYS(fallocate), STANDARD },
    { SCMP_SYS(getdents64), STANDARD },  { SCMP_SYS(ppoll), STANDARD },      { SCMP_SYS(nanosleep), STANDARD },  { SCMP_SYS(getpid), STANDARD },
    { SCMP_SYS(gettid), STANDARD },      { SCMP_SYS(getuid), STANDARD },     { SCMP_SYS(getrandom), STANDARD },  { SCMP_SYS(sched_yield), STANDARD }, { SCMP_SYS(sched_getaffinity), STANDARD },
    { SCMP_SYS(umask), STANDARD },       { SCMP_SYS(dup), STANDARD },       { SCMP_SYS(getcwd), STANDARD },     { SCMP_SYS(rt_sigprocmask), STANDARD }, { SCMP_SYS(exit), STANDARD },
    { SCMP_SYS(clock_getres), STANDARD }, { SCMP_SYS(gettimeofday), STANDARD }, { SCMP_SYS(restart_syscall), STANDARD }, { SCMP_SYS(sysinfo), STANDARD },
    { SCMP_SYS(signalfd4), TERMINAL },   { SCMP_SYS(rt_sigaction), TERMINAL }, { SCMP_SYS(pselect6), TERMINAL },
    { SCMP_SYS(accept), SOCKETS },       { SCMP_SYS(accept4), SOCKETS },     { SCMP_SYS(sendto), SOCKETS },      { SCMP_SYS(recvfrom), SOCKETS },
    { SCMP_SYS(sendmsg), SOCKETS },      { SCMP_SYS(recvmsg), SOCKETS },     { SCMP_SYS(shutdown), SOCKETS },    { SCMP_SYS(getsockname), SOCKETS },
    { SCMP_SYS(getpeername), SOCKETS },  { SCMP_SYS(getsockopt), SOCKETS },  { SCMP_SYS(uname), SOCKETS },
    { SCMP_SYS(pipe2), PROCESSES },      { SCMP_SYS(pipe), PROCESSES },      { SCMP_SYS(wait4), PROCESSES },     { SCMP_SYS(dup2), PROCESSES },
    { SCMP_SYS(set_robust_list), PROCESSES },
};

static bool wanted(const struct sandbox_needs *needs, u8 who)
{
    switch (who) {
    case ALL: return true;
    case STANDARD: return needs->level == SANDBOX_STANDARD;
    case TERMINAL: return needs->terminal;
    case SOCKETS: return needs->sockets;
    default: return needs->processes;
    }
}

struct rules {
    scmp_filter_ctx filter;
    unsigned calls;              /* kinds of them */
    bool failed;
};

static void allow(struct rules *r, int number, unsigned conditions, const struct scmp_arg_cmp *condition)
{
    if (number < 0) return;                              /* not on this architecture */
    r->failed |= seccomp_rule_add_array(r->filter, SCMP_ACT_ALLOW, number, conditions, condition) < 0;
}

static struct scmp_arg_cmp equals(unsigned argument, u64 value) { return (struct scmp_arg_cmp){ .arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0 }; }

static struct scmp_arg_cmp has(unsigned argument, u64 mask, u64 value)
{
    return (struct scmp_arg_cmp){ .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value };
}

static void allow_when(struct rules *r, int number, struct scmp_arg_cmp condition) { allow(r, number, 1, &condition); }

/* Calls that are made with some arguments and not with others. */
static void allow_some(struct rules *r, const struct sandbox_needs *needs)
{
    enum { NOT_OF_FORK = 0x7e02ff00 };                   /* CLONE_VM and its like, CLONE_NEWNS and its like */
    static const unsigned long terminal[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD };

    allow_when(r, SCMP_SYS(mmap), has(2, PROT_EXEC, 0));
    r->calls++;
    if (needs->level == SANDBOX_STANDARD) allow_when(r, SCMP_SYS(mprotect), has(2, PROT_EXEC, 0)), r->calls++;
    if (needs->level == SANDBOX_STANDARD) allow_when(r, SCMP_SYS(tgkill), equals(0, (u64)getpid())), r->calls++;      /* abort() */
    for (unsigned i = 0; i < ARRAY_COUNT(terminal); i++)
        if (needs->level == SANDBOX_STANDARD || needs->terminal) allow_when(r, SCMP_SYS(ioctl), has(1, 0xffffffff, terminal[i]));
    if (needs->tap) allow_when(r, SCMP_SYS(ioctl), has(1, 0xffffffff, 0x400454ca /* TUNSETIFF */));
    r->calls += needs->level == SANDBOX_STANDARD || needs->terminal || needs->tap;
    if (needs->processes) allow_when(r, SCMP_SYS(clone), has(0, NOT_OF_FORK, 0)), r->calls++;
    if (needs->processes) allow_when(r, SCMP_SYS(prctl), equals(0, PR_SET_PDEATHSIG)), r->calls++;
    if (needs->sockets) return;
    allow_when(r, SCMP_SYS(sendmsg), equals(0, BROKER_FD));
    allow_when(r, SCMP_SYS(recvmsg), equals(0, BROKER_FD));
    r->calls += 2;
}

static bool is_allowed(const struct sandbox_needs *needs, int number)
{
    for (unsigned i = 0; i < ARRAY_COUNT(allowed); i++)
        if (allowed[i].number == number && wanted(needs, allowed[i].who)) return true;
    return false;
}

/* Libraries ask for these and go on without: newer forms of calls, how much memory there is for sorting, numbers for temporary names. */
static const int absent[] = { SCMP_SYS(clone3), SCMP_SYS(statx), SCMP_SYS(rseq), SCMP_SYS(sysinfo), SCMP_SYS(getrandom) };

static void add_rules(struct rules *r, const struct sandbox_needs *needs, bool brokered)
{
    for (unsigned i = 0; i < ARRAY_COUNT(allowed); i++) {
        if (!wanted(needs, allowed[i].who)) continue;
        allow(r, allowed[i].number, 0, NULL);
        r->calls++;
    }
    allow_some(r, needs);
    if (brokered && needs->processes) allow_when(r, SCMP_SYS(dup3), equals(1, BROKER_FD));
    for (unsigned i = 0; brokered && i < broker_call_count; i++)
        if (!is_allowed(needs, broker_calls[i].number)) r->failed |= seccomp_rule_add_array(r->filter, SCMP_ACT_TRAP, broker_calls[i].number, 0, NULL) < 0;
    for (unsigned i = 0; i < ARRAY_COUNT(absent); i++)
        if (!is_allowed(needs, absent[i])) r->failed |= seccomp_rule_add(r->filter, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0) < 0;
}

/* Speculation stays as it is for other programs: the guest's code is interpreted, and the processor's protection against
 * speculative stores would cost a quarter of the speed. */
static bool load_filter(const struct sandbox_needs *needs, bool brokered, struct error *err)
{
    struct rules r = { .filter = seccomp_init(SCMP_ACT_KILL_PROCESS) };
    int failed = -1;

    if (!r.filter) return fail(err, "sandbox: seccomp: no memory");
    seccomp_attr_set(r.filter, SCMP_FLTATR_CTL_NNP, 0);  /* done already */
    seccomp_attr_set(r.filter, SCMP_FLTATR_CTL_SSB, 1);
    seccomp_attr_set(r.filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    add_rules(&r, needs, brokered);
    if (!r.failed) failed = seccomp_load(r.filter);
    seccomp_release(r.filter);
    if (r.failed) return fail(err, "sandbox: seccomp: the filter cannot be made");
    return !failed || fail(err, "sandbox: seccomp: %s", strerror(-failed));
}

unsigned sandbox_calls(const struct sandbox_needs *needs)
{
    struct rules r = { .filter = seccomp_init(SCMP_ACT_KILL_PROCESS) };

    if (r.filter) add_rules(&r, needs, true);
    if (r.filter) seccomp_release(r.filter);
    return r.calls;
}

/* --- files and sockets, once more: Landlock --- */

enum {                           /* newer than the headers may be: landlock(7) */
    ABI_NETWORK = 4, ABI_SCOPE = 6,
    FS_TRUNCATE = 1 << 14, FS_IOCTL_DEV = 1 << 15, NET_BIND_AND_CONNECT = 3, SCOPE_ABSTRACT_AND_SIGNAL = 3
};
struct ruleset {
    u64 fs, net, scoped;
};

static u64 file_rights(int abi)
{
    u64 all = (1 << 13) - 1;                             /* ABI 1: EXECUTE to MAKE_SYM */

    if (abi >= 2) all |= 1 << 13;                        /* REFER */
    if (abi >= 3) all |= FS_TRUNCATE;
    if (abi >= 5) all |= FS_IOCTL_DEV;
    return all;
}

int sandbox_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
    return abi < 0 ? 0 : (int)abi;
}

/* No rule: nothing can be opened, whatever the filter lets through. */
static bool load_landlock(int abi)
{
    struct ruleset set = { .fs = file_rights(abi), .net = abi >= ABI_NETWORK ? NET_BIND_AND_CONNECT : 0, .scoped = abi >= ABI_SCOPE ? SCOPE_ABSTRACT_AND_SIGNAL : 0 };
    size_t size = abi >= ABI_SCOPE ? sizeof set : abi >= ABI_NETWORK ? 16 : 8;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    bool ok = fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;

    if (fd >= 0) close(fd);
    return ok;
}

/* --- the rest --- */

/* What came through execve() was opened by somebody else: all of ours is closed there.  Who has named /dev/fd/N has it from the broker, which keeps what it was started with. */
static void close_inherited(void)
{
    DIR *list = opendir("/proc/self/fd");

    for (const struct dirent *e; list && (e = readdir(list));) {
        int fd = (int)strtol(e->d_name, NULL, 10), flags = fcntl(fd, F_GETFD);
        if (fd > STDERR_FILENO && flags >= 0 && !(flags & FD_CLOEXEC)) close(fd);
    }
    if (list) closedir(list);
}

static void limit(int what, u64 most)
{
    struct rlimit r = { most, most }, now;

    if (!getrlimit(what, &now) && now.rlim_max < most) r.rlim_cur = r.rlim_max = now.rlim_max;
    setrlimit(what, &r);
}

static void set_limits(const struct sandbox_needs *needs)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, needs->processes ? DESCRIPTORS_MOST_OF_CLONES : DESCRIPTORS_MOST);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
    if (needs->memory_bytes && !INSTRUMENTED) limit(RLIMIT_AS, needs->memory_bytes);
}

bool sandbox_possible(struct error *err)
{
#if !defined(__x86_64__) && !defined(__aarch64__)
    return fail(err, "sandbox: it is not there for this architecture");
#endif
    if (INSTRUMENTED) return fail(err, "sandbox: this program was built with sanitizers, which make calls of their own");
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) return fail(err, "sandbox: the host's kernel has no seccomp");
    return true;
}

bool sandbox_lock(const struct sandbox_needs *needs, bool brokered, struct sandbox_state *state, struct error *err)
{
    int abi = sandbox_landlock_abi();

    close_inherited();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return fail(err, "sandbox: no_new_privs: %s", strerror(errno));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) return fail(err, "sandbox: dumpable: %s", strerror(errno));
    if (needs->level == SANDBOX_STRICT && !abi) return fail(err, "sandbox: strict: the host's kernel has no Landlock; sandbox: standard goes without");
    if (abi && !load_landlock(abi)) {
        if (needs->level == SANDBOX_STRICT) return fail(err, "sandbox: strict: Landlock: %s", strerror(errno));
        abi = 0;
    }
    set_limits(needs);
    *state = (struct sandbox_state){ .level = needs->level, .landlock_abi = abi, .calls = sandbox_calls(needs) };
    return load_filter(needs, brokered, err);
}
