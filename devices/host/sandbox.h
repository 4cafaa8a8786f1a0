#ifndef ORRERY_HOST_SANDBOX_H
#define ORRERY_HOST_SANDBOX_H
/* Two processes: the machine's, which runs what the guest wants and may do next to nothing, and the front, which a person started.   doc: sandbox
 * The machine's process makes no call of the host that names a file or an address: such calls trap, and a broker in the front makes those that
 * concern what was named at the start.  Everything else that the guest's side has no need for ends the process. */
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "cpu/base/error.h"
#include "cpu/base/types.h"

enum sandbox_level { SANDBOX_OFF, SANDBOX_STANDARD, SANDBOX_STRICT };

/* What a configuration makes necessary beyond the plainest machine. */
struct sandbox_needs {
    u8 level;                    /* enum sandbox_level */
    bool terminal;               /* reads and sets the terminal: a prompt */
    bool sockets;                /* serial lines, cards, a gdb */
    bool tap;
    bool processes;              /* clones */
    u64 memory_bytes;            /* the most that it may have mapped; 0: no limit */
};

/* What is in force in the machine's process. */
struct sandbox_state {
    u8 level;
    int landlock_abi;            /* 0: the host's kernel has none */
    unsigned calls;              /* of the host that are made, without those that the broker makes */
};

/* --- what was named --- */

struct named;
struct named *named_create(void);
void named_free(struct named *named);
/* Every path and address that stands in `text` between blanks, quotes, commas, '=' or ends of lines is named; not written unless may_write. */
void named_add(struct named *named, const char *text, bool may_write);
/* An image of several files is named by its first: the last character counts on.  Bochs 2.7, "concat", "sparse". */
void named_add_series(struct named *named, const char *first);
/* Files that `clone N` makes where the program was started: clone-TICK.snapshot, clone-TICK.N.journal. */
void named_add_clones(struct named *named);
/* What lies in this folder may be read, or written too. */
void named_add_folder(struct named *named, const char *folder, bool may_write);
/* The contents of a text file; nothing when it cannot be read. */
void named_add_file(struct named *named, const char *path);
/* A CUE sheet that is named was opened: files of its own folder that it names may be read.  fd: what it is read from; -1: it was opened to be written, and
 * what it says counts for nothing from now on. */
void named_add_sheet(struct named *named, const char *path, int fd);
/* Characters that are typed one after the other; '\b' takes one back. */
void named_type(struct named *named, const char *utf8);
/* A path is named, or is the temporary name or redo log of one that is. */
bool named_path(const struct named *named, const char *path, bool to_write);
/* "name:PORT" is named, and the host knows the name by this address. */
struct sockaddr;
bool named_host(const struct named *named, const struct sockaddr *address, const char *port);
/* The folder that something named lies in. */
bool named_folder_of(const struct named *named, const char *folder);

/* --- two processes --- */

struct broker;
enum sandbox_side { SANDBOX_MACHINE, SANDBOX_FRONT };
struct sandbox {
    enum sandbox_side side;
    struct sandbox_state state;
    pid_t machine;               /* in the front: the other process */
    int typing;                  /* socket at which it waits for lines; SIGTERM and SIGHUP close it; 0: none */
    struct broker *broker;       /* likewise: serves it in a thread of its own */
};

/* SIGTERM, and SIGHUP unless somebody (nohup) has it ignored: they end a program in order. */
void sandbox_endings(sigset_t *set);

/* The architecture and the kernel that this was built for and runs on have what it takes.  False: err says what is missing. */
bool sandbox_possible(struct error *err);

/* Makes the other process.  True in both: in the machine's the lock-down is in force.  The front keeps `named`.
 * False: err says what could not be made; strict leaves nothing out, standard tells (`sandbox_look`). */
bool sandbox_split(struct sandbox *sandbox, const struct sandbox_needs *needs, struct named *named, struct error *err);
/* In the front: called in the broker's thread when the machine's process has ended. */
void sandbox_on_end(struct sandbox *sandbox, void (*ended)(void *context), void *context);

/* The front waits until the machine's process has ended; its exit status, 1 when it was killed (a line on stderr says why). */
int sandbox_wait(struct sandbox *sandbox);

/* Locks this process down for good.  brokered: BROKER_FD is there. */
bool sandbox_lock(const struct sandbox_needs *needs, bool brokered, struct sandbox_state *state, struct error *err);

/* --- in the machine's process --- */

/* Calls go to a broker. */
bool sandbox_is_on(void);
/* A seat of its own for a process that is about to be forked; the new one takes it.  -1: there is no broker, and none is needed, or it has no more seats. */
int sandbox_new_seat(void);
void sandbox_take_seat(int seat);

/* Starts a program beside the machine, in the front when there are two processes: `socket` is its descriptor 3.  It ends when that is closed.  0, or an error number. */
int host_start(const char *const *argv, int socket);
/* One that listens, as sd_listen_fds(3) says: *fd is a connection to it. */
int host_start_server(const char *const *argv, int *fd);

/* A connection to "host:port", or a socket that listens there.  -1: *why says why not; it lives as long as the program. */
int host_tcp(const char *address, bool server, const char **why);

#endif
