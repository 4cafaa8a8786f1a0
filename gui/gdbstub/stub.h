#ifndef ORRERY_GDBSTUB_STUB_H
#define ORRERY_GDBSTUB_STUB_H
/* gdb's remote protocol on one side, a session on the other; who moves the bytes is not its business.     doc: gdbstub */
#include "gui/automation/script.h"
#include "gui/gdbstub/packet.h"
#include "gui/gdbstub/registers.h"

/* A breakpoint that gdb has set, and the entries of the session's list that stand for it. */
struct gdb_break {
    u8 type;                     /* 0 software, 1 hardware, 2 write, 3 read, 4 access */
    u64 address, kind;           /* kind: bytes of a watchpoint */
    unsigned number[2];          /* 0: none */
};

struct gdb_link {
    void *context;
    void (*send)(void *context, const char *text, size_t size);          /* a packet */
    bool (*interrupted)(void *context);                  /* Ctrl-C came, or the line is dead; asked between slices of a run */
};

enum gdb_state { GDB_CONNECTED, GDB_DETACHED, GDB_KILLED };
enum { GDB_BREAKS = 256 };

struct gdb_stub {
    struct session *session;
    struct gdb_link link;
    enum gdb_state state;
    enum gdb_architecture architecture;
    const char *offsets;         /* answer to qOffsets; "" none */
    unsigned processor;          /* that g, G, p, P, m, M, X mean */
    unsigned stopped;            /* that the last stop is told of */
    unsigned next_thread;        /* of qsThreadInfo */
    u64 slice_ticks;
    bool no_acks;
    char stop[160];              /* the last stop, as ? asks for it */
    struct gdb_break breaks[GDB_BREAKS];
    char reply[PACKET_MOST + 1];
    size_t reply_size;
};

void gdb_stub_begin(struct gdb_stub *stub, struct session *session, const struct gdb_link *link, enum gdb_architecture architecture);
/* Leaves the machine as it is, without gdb's breakpoints. */
void gdb_stub_end(struct gdb_stub *stub);
/* One packet, and what is to be answered to it: through link.send. */
void gdb_stub_packet(struct gdb_stub *stub, const char *text, size_t size);

#endif
