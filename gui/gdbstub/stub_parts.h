#ifndef ORRERY_GDBSTUB_STUB_PARTS_H
#define ORRERY_GDBSTUB_STUB_PARTS_H
/* Between the files of the stub.                                                            doc: gdbstub */
#include "gui/gdbstub/stub.h"

void gdb_answer(struct gdb_stub *stub, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* E.text: gdb shows it. */
void gdb_refuse(struct gdb_stub *stub, const struct error *err);
/* To gdb's console. */
void gdb_say(struct gdb_stub *stub, const char *text, size_t size);
struct cpu *gdb_cpu(struct gdb_stub *stub);              /* that g and m mean */

/* Packets by what they are about; `at` stands behind what the row of the table names. */
typedef void gdb_packet(struct gdb_stub *stub, const char *at, size_t size);
gdb_packet gdb_insert_break, gdb_remove_break;
gdb_packet gdb_continue, gdb_step, gdb_resume, gdb_resume_kinds, gdb_last_stop, gdb_step_back, gdb_continue_back;
gdb_packet gdb_command;

void gdb_remove_breaks(struct gdb_stub *stub);
/* gdb's breakpoint behind an entry of the session's list; NULL: it is the session's own. */
const struct gdb_break *gdb_break_of(const struct gdb_stub *stub, unsigned number);

/* What `act` prints, instead of on the host's standard output; the caller frees it. */
char *gdb_capture(void (*act)(void *context), void *context, size_t *size);

#endif
