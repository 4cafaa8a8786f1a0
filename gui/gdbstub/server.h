#ifndef ORRERY_GDBSTUB_SERVER_H
#define ORRERY_GDBSTUB_SERVER_H
/* gdb's way in: a port of the loopback interface, or a Unix socket.                          doc: gdbstub */
#include "gui/automation/script.h"

struct gdb_server;

/* Listens as gdbstub: says; NULL: err says why. */
struct gdb_server *gdb_server_open(const struct machine_config *config, struct error *err);
void gdb_server_close(struct gdb_server *server);
/* Runs the machine to its end, held while a gdb is there and it did not say go on.  With gdbstub: wait=1 the first one is waited for. */
void gdb_server_run(struct gdb_server *server, struct session *session);

#endif
