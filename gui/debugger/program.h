#ifndef ORRERY_DEBUGGER_PROGRAM_H
#define ORRERY_DEBUGGER_PROGRAM_H
/* An ELF program: its symbols, its source lines, how its frames lie on the stack.  For symbols.c alone; addresses are the guest's linear ones.    doc: symbols */
#include "gui/debugger/symbols.h"

struct program;
struct symbol_batch;

/* Reads the symbols into `batch`; NULL: err says why. */
struct program *program_open(const char *path, u64 base, struct symbol_batch *batch, struct error *err);
void program_close(struct program *program);

bool program_is_wide(const struct program *program);      /* of 64-bit code */
bool program_line(struct program *program, u64 address, struct symbol_line *line);
/* The first address of a line, or of the next one that has code; *found says which. */
bool program_line_address(struct program *program, const char *file, unsigned line, u64 *address, unsigned *found);
bool program_unwind(struct program *program, struct symbol_frame *frame, const struct symbol_stack *stack);

#endif
