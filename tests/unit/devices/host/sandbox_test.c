/* The lock-down: what a process that gives orders to the host gets for it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/host/calls.h"
#include "devices/machine_config.h"
#include "tests/unit/room.h"

static char folder[TEST_ROOM];
static char named_file[128], other_file[128];

static void make_files(void)
{
    test_room(folder);
    snprintf(named_file, sizeof named_file, "%s/named", folder);
    snprintf(other_file, sizeof other_file, "%s/other", folder);
    for (unsigned i = 0; i < 2; i++) {
        FILE *f = fopen(i ? other_file : named_file, "w");
        fputs("contents", f);
        fclose(f);
    }
}

static void remove_files(void)
{
    unlink(named_file);
    unlink(other_file);
    rmdir(folder);
}

static void skip_where_there_is_none(void)
{
    struct error err = { 0 };
    if (!sandbox_possible(&err)) cr_skip_test("%s", err.text);
}

/* --- attempts --- */

static void opens(void) { syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); }
static void makes_socket(void) { syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }
static void makes_raw_socket(void) { syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0); }
static void executes(void) { execl("/bin/true", "true", (char *)NULL); }
static void forks(void) { syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }
static void traces(void) { ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static void maps_code(void) { mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static void makes_code(void) { mprotect((void *)((size_t)&makes_code & ~(size_t)4095), 4096, PROT_READ | PROT_WRITE | PROT_EXEC); }
static void reads_others(void) { syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0); }
static void kills_others(void) { syscall(SYS_kill, 1, 0); }
static void pushes_keys(void) { char c = '\n'; syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, &c); }
static void mounts(void) { syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL); }
static void makes_names(void) { syscall(SYS_unshare, 0x10000000); }
static void sends_far(void) { struct msghdr m = { 0 }; syscall(SYS_sendmsg, 1, &m, 0); }
static void loads_bpf(void) { syscall(SYS_bpf, 0, NULL, 0); }

static const struct attempt {
    const char *name;
    void (*make)(void);
} attempts[] = {
    { "open", opens }, { "socket", makes_socket }, { "raw socket", makes_raw_socket }, { "execve", executes }, { "fork", forks }, { "ptrace", traces },
    { "executable mapping", maps_code }, { "executable page", makes_code }, { "process_vm_readv", reads_others }, { "kill", kills_others },
    { "TIOCSTI", pushes_keys }, { "mount", mounts }, { "unshare", makes_names }, { "sendmsg elsewhere", sends_far }, { "bpf", loads_bpf },
};

/* How the locked process ended that made the attempt: 0 when it outlived it. */
static int signal_for(u8 level, bool brokered, const struct attempt *attempt)
{
    const struct sandbox_needs needs = { .level = level };
    struct sandbox_state state;
    struct error err = { 0 };
    int status = 0;
    pid_t child = fork();

    if (!child) {
        if (!sandbox_lock(&needs, brokered, &state, &err)) syscall(SYS_exit_group, 99);
        attempt->make();
        syscall(SYS_exit_group, 0);
    }
    waitpid(child, &status, 0);
    cr_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 99, "%s: cannot be locked down", attempt->name);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

Test(sandbox, every_attempt_ends_the_process)
{
    skip_where_there_is_none();
    for (unsigned i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        cr_expect_eq(signal_for(SANDBOX_STRICT, false, &attempts[i]), SIGSYS, "strict: %s", attempts[i].name);
        cr_expect_eq(signal_for(SANDBOX_STANDARD, false, &attempts[i]), SIGSYS, "standard: %s", attempts[i].name);
    }
}

static void does_nothing(void) { }

Test(sandbox, what_a_machine_does_is_let_through)
{
    const struct attempt nothing = { "nothing", does_nothing };

    skip_where_there_is_none();
    cr_expect_eq(signal_for(SANDBOX_STRICT, false, &nothing), 0);
    cr_expect_eq(signal_for(SANDBOX_STANDARD, false, &nothing), 0);
}

Test(sandbox, strict_has_at_most_twenty_calls)
{
    const struct sandbox_needs needs = { .level = SANDBOX_STRICT };
    cr_expect_leq(sandbox_calls(&needs), 20);
    cr_expect_geq(sandbox_calls(&needs), 10);
}

/* --- the rest of the lock-down --- */

static bool file_has(const char *path, const char *words)
{
    char text[8192];
    FILE *f = fopen(path, "r");
    size_t size = f ? fread(text, 1, sizeof text - 1, f) : 0;

    if (f) fclose(f);
    text[size] = 0;
    return strstr(text, words);
}

/* A process that has locked itself down and waits, of somebody who is not root. */
static pid_t locked_process(u8 level)
{
    const struct sandbox_needs needs = { .level = level, .memory_bytes = 1ull << 40 };
    struct sandbox_state state;
    struct error err = { 0 };
    int ends[2];
    char done = 0;

    cr_assert(!pipe2(ends, O_CLOEXEC));
    pid_t child = fork();
    if (!child) {
        if (!geteuid() && setresuid(65534, 65534, 65534)) _exit(98);
        prctl(PR_SET_DUMPABLE, 1);                       /* whoever has been another user is not */
        if (!sandbox_lock(&needs, false, &state, &err)) _exit(99);
        if (write(ends[1], "", 1) == 1) poll(NULL, 0, -1);
        _exit(97);
    }
    close(ends[1]);
    cr_assert(read(ends[0], &done, 1) == 1);
    close(ends[0]);
    return child;
}

Test(sandbox, a_locked_process_gains_nothing_dumps_nothing_and_is_nobody_elses_to_read)
{
    skip_where_there_is_none();
    for (u8 level = SANDBOX_STANDARD; level <= SANDBOX_STRICT; level++) {
        char path[64];
        struct stat status;
        pid_t child = locked_process(level);
        snprintf(path, sizeof path, "/proc/%d/status", (int)child);
        cr_expect(file_has(path, "NoNewPrivs:\t1") && file_has(path, "Seccomp:\t2"), "level %u", level);
        cr_expect(!stat(path, &status) && status.st_uid == 0, "level %u: it is dumpable: its own user may look into it", level);
        snprintf(path, sizeof path, "/proc/%d/limits", (int)child);
        cr_expect(file_has(path, "Max core file size        0                    0 "), "level %u", level);
        cr_expect(file_has(path, "Max address space         1099511627776        1099511627776 "), "level %u", level);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
}

/* The process has a kernel without Landlock. */
static void take_landlock_away(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (!filter || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) || seccomp_load(filter)) _exit(98);
    seccomp_release(filter);
}

Test(sandbox, strict_does_not_begin_where_a_layer_is_missing)
{
    skip_where_there_is_none();
    for (u8 level = SANDBOX_STANDARD; level <= SANDBOX_STRICT; level++) {
        const struct sandbox_needs needs = { .level = level };
        struct sandbox_state state;
        struct error err = { 0 };
        int status;
        pid_t child = fork();
        if (!child) {
            take_landlock_away();
            bool locked = sandbox_lock(&needs, false, &state, &err);
            syscall(SYS_exit_group, locked ? 10 + state.landlock_abi : strstr(err.text, "strict: the host's kernel has no Landlock") ? 20 : 30);
        }
        waitpid(child, &status, 0);
        cr_expect_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -1, level == SANDBOX_STRICT ? 20 : 10, "level %u: %x", level, status);
    }
}

Test(sandbox, it_is_on_unless_somebody_says_otherwise)
{
    struct machine_config config;

    machine_config_defaults(&config);
    cr_expect_eq(config.sandbox.level, SANDBOX_STANDARD);
}

/* --- two processes --- */

/* What the machine's process does comes back as its status. */
static int status_with(u8 level, const char *words, int (*acts)(void))
{
    const struct sandbox_needs needs = { .level = level };
    struct named *named = named_create();
    struct sandbox sandbox;
    struct error err = { 0 };

    named_add(named, named_file, true);
    named_add(named, words, true);
    bool split = sandbox_split(&sandbox, &needs, named, &err);
    if (split && sandbox.side == SANDBOX_MACHINE) syscall(SYS_exit_group, acts());
    cr_assert(split, "%s", err.text);
    int status = sandbox_wait(&sandbox);
    named_free(named);
    return status;
}

static int status_of(u8 level, int (*acts)(void)) { return status_with(level, NULL, acts); }

static int reads_what_is_named(void)
{
    char text[16] = "";
    struct stat st;
    FILE *f = fopen(named_file, "r");

    if (!f || fread(text, 1, sizeof text, f) != 8 || strcmp(text, "contents") || fclose(f)) return 1;
    return stat(named_file, &st) || st.st_size != 8 ? 2 : access(named_file, R_OK) ? 3 : 0;
}

static int writes_it_atomically(void)
{
    char temporary[160];

    snprintf(temporary, sizeof temporary, "%s.XXXXXX", named_file);
    int fd = mkstemp(temporary);
    if (fd < 0 || write(fd, "new", 3) != 3 || fsync(fd) || fchmod(fd, 0644) || ftruncate(fd, 3) || lseek(fd, 0, SEEK_END) != 3) return 1;
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &lock)) return 2;
    return rename(temporary, named_file) ? 3 : close(fd) ? 4 : 0;
}

enum { INHERITED = 77 };

static int reads_what_it_inherited(void)
{
    char byte;
    return read(INHERITED, &byte, 1) >= 0 ? 1 : errno == EBADF ? 0 : 2;
}

static int opens_what_is_not_named(void)
{
    int fd = open(other_file, O_RDONLY);
    return fd >= 0 ? 1 : errno == EACCES ? 0 : 2;
}

/* The broker refuses with EACCES; the kernel says so only to who may not use the device anyhow. */
static int opens_a_tap(void)
{
    int fd = open("/dev/net/tun", O_RDWR);
    return fd >= 0 || errno != EACCES;
}

static int goes_around_the_name(void)
{
    char around[200];

    snprintf(around, sizeof around, "%s/../%s/other", folder, strrchr(folder, '/') + 1);
    if (open(around, O_RDONLY) >= 0) return 1;
    if (symlink(other_file, "x") == 0) return 2;
    return 0;
}

static int reaches_a_socket(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd >= 0) return 1;
    return errno != EAFNOSUPPORT ? 2 : connect(0, (struct sockaddr *)&address, sizeof address) == 0 ? 3 : 0;
}

static int kills_another(void) { return kill(1, SIGKILL) == 0 ? 1 : errno == EACCES ? 0 : 2; }

static int starts_a_program(void)
{
    const char *const words[] = { "sh", "-c", "true", NULL }, *const server[] = { "qemu-nbd", "--read-only", "--image-opts", "driver=qcow2,file.driver=file,file.filename=/etc/passwd", NULL };
    const char *const passt[] = { "passt", "--log-file", "/tmp/x", NULL };
    int fd;

    return host_start(words, 0) != EACCES ? 1 : host_start_server(server, &fd) != EACCES ? 2 : host_start(passt, 0) != EACCES ? 3 : 0;
}

Test(sandbox, what_was_named_is_opened, .init = make_files, .fini = remove_files)
{
    skip_where_there_is_none();
    cr_expect_eq(status_of(SANDBOX_STANDARD, reads_what_is_named), 0);
    cr_expect_eq(status_of(SANDBOX_STRICT, reads_what_is_named), 0);
    cr_expect_eq(status_of(SANDBOX_STANDARD, writes_it_atomically), 0);
    cr_expect_eq(status_of(SANDBOX_STRICT, writes_it_atomically), 0);
}

Test(sandbox, a_tap_interface_is_for_who_asks_for_one, .init = make_files, .fini = remove_files)
{
    skip_where_there_is_none();
    cr_expect_eq(status_of(SANDBOX_STANDARD, opens_a_tap), 0);
    if (access("/dev/net/tun", R_OK | W_OK) == 0) cr_expect_eq(status_with(SANDBOX_STANDARD, "e1000: enabled=1, ethmod=tap, ethdev=tap0", opens_a_tap), 1);
}

Test(sandbox, what_was_open_before_is_closed, .init = make_files, .fini = remove_files)
{
    skip_where_there_is_none();
    cr_assert_eq(dup2(open(other_file, O_RDONLY), INHERITED), INHERITED);
    cr_expect_eq(status_of(SANDBOX_STANDARD, reads_what_it_inherited), 0);
    cr_expect_eq(status_of(SANDBOX_STRICT, reads_what_it_inherited), 0);
}

Test(sandbox, nothing_else_is, .init = make_files, .fini = remove_files)
{
    skip_where_there_is_none();
    cr_expect_eq(status_of(SANDBOX_STANDARD, opens_what_is_not_named), 0);
    cr_expect_neq(status_of(SANDBOX_STRICT, opens_what_is_not_named), 0, "it was killed");
    cr_expect_eq(status_of(SANDBOX_STANDARD, goes_around_the_name), 128 + SIGSYS, "symlink() is not among its calls");
    cr_expect_eq(status_of(SANDBOX_STANDARD, reaches_a_socket), 0);
    cr_expect_eq(status_of(SANDBOX_STANDARD, starts_a_program), 0);
    cr_expect_eq(status_of(SANDBOX_STANDARD, kills_another), 0);
}

/* --- names --- */

Test(named, a_path_stands_between_ends_of_words)
{
    struct named *n = named_create();

    named_add(n, "ata0-master: type=disk, path=\"/home/me/disk.img\", mode=flat", true);
    named_add(n, "com1: enabled=1, mode=file, dev=out.txt", false);
    named_add(n, "--screenshot shot.%n.png", true);
    named_type(n, "save /tmp/a.snaq\bp\n");
    cr_expect(named_path(n, "/home/me/disk.img", true));
    cr_expect(!named_path(n, "/home/me/disk", false));
    cr_expect(!named_path(n, "/home/me", false));
    cr_expect(!named_path(n, "/home/me/disk.img/x", false));
    cr_expect(!named_path(n, "", false));
    cr_expect(named_path(n, "out.txt", false) && !named_path(n, "out.txt", true), "it may be read alone");
    cr_expect(named_path(n, "shot.7.png", true) && named_path(n, "shot.60.png", true));
    cr_expect(!named_path(n, "shot.x.png", true));
    cr_expect(named_path(n, "/tmp/a.snap", true) && !named_path(n, "/tmp/a.snaq", true));
    named_free(n);
}

Test(named, an_address_is_that_of_a_name_of_the_persons)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct named *n = named_create();

    named_add(n, "com2: mode=socket-client, dev=localhost:99", false);
    cr_expect(!named_host(n, (struct sockaddr *)&address, "99"), "a stranger's file names no address");
    named_add(n, "com1: mode=socket-client, dev=localhost:8888", true);
    cr_expect(named_host(n, (struct sockaddr *)&address, "8888"));
    cr_expect(!named_host(n, (struct sockaddr *)&address, "888") && !named_host(n, (struct sockaddr *)&address, "88888"));
    address.sin_addr.s_addr = htonl(0x08080808);
    cr_expect(!named_host(n, (struct sockaddr *)&address, "8888"), "another host");
    named_free(n);
}

Test(named, what_goes_with_a_file_is_named_with_it)
{
    struct named *n = named_create();

    named_add(n, "/d/disk0", true);
    cr_expect(named_path(n, "/d/disk0.redolog", true));
    cr_expect(named_path(n, "/d/disk0.Ab12Cd", true) && named_path(n, "/d/.disk0.Ab12Cd", true));
    cr_expect(!named_path(n, "/d/other.Ab12Cd", true) && !named_path(n, "/d/disk0.Ab12C", true) && !named_path(n, "/d/disk0./a/b/c", true));
    cr_expect(!named_path(n, "/d/disk1", true));
    named_add_series(n, "/s/part1");
    cr_expect(named_path(n, "/s/part2", true) && !named_path(n, "/s/part0", true) && !named_path(n, "/s/part11", true), "an image of several files");
    cr_expect(named_folder_of(n, "/d") && named_folder_of(n, "/d/") && !named_folder_of(n, "/") && !named_folder_of(n, "/d/disk0"));
    named_add(n, "here.img", true);
    cr_expect(named_folder_of(n, "."));
    cr_expect(!named_path(n, "clone-5.snapshot", true));
    named_add_clones(n);
    cr_expect(named_path(n, "clone-5.snapshot", true) && named_path(n, ".clone-5-2.snapshot.aB3dEf", true) && named_path(n, "clone-5.12.journal", true));
    cr_expect(!named_path(n, "clone-5.12.journalx", true) && !named_path(n, "clone-x.snapshot", true) && !named_path(n, "clone-5/x.snapshot", true));
    char sheet[] = "/tmp/orrery-XXXXXX.cue";
    int fd = mkstemps(sheet, 4);
    cr_assert(fd >= 0 && write(fd, "FILE \"a b.bin\" BINARY\nFILE x/c.bin WAVE\n", 41) == 41);
    cr_expect(!named_path(n, "/tmp/a b.bin", false));
    named_add_sheet(n, sheet, fd);
    cr_expect(named_path(n, "/tmp/a b.bin", false) && !named_path(n, "/tmp/a b.bin", true), "what a CUE sheet names is read");
    cr_expect(!named_path(n, "/tmp/x/c.bin", false) && !named_path(n, "/tmp/c.bin", false) && !named_path(n, "/etc/a b.bin", false), "in its own folder");
    named_add_sheet(n, sheet, -1);
    named_add_sheet(n, sheet, fd);
    cr_expect(!named_path(n, "/tmp/a b.bin", false), "one that was to be written names nothing");
    close(fd);
    unlink(sheet);
    named_add_folder(n, "/images", false);
    cr_expect(named_path(n, "/images/base.img", false) && !named_path(n, "/images/base.img", true) && !named_path(n, "/images/../etc/passwd", false));
    named_free(n);
}
