#ifndef ORRERY_DEBUGGER_EXPRESSION_H
#define ORRERY_DEBUGGER_EXPRESSION_H
/* Numbers as a person writes them at the prompt.                                           doc: automation
 * Operators as in C with their precedence: || && | ^ & == != < > <= >= << >> + - * / % unary - ~ ! and parentheses.
 * Operands: 123, 0x7b, registers (eax ax al r8d cs eip eflags cr0 ...; $eax too), tick, cpu (the number of the processor), names of the guest's program (in quotes too: "al" is no register), FILE:LINE of it,
 * SELECTOR:OFFSET as a linear address; ADDRESS $ DEPTH: through so many pointers; *ADDRESS and [ADDRESS]: 32 bits at a linear address, @ADDRESS at a physical one, byte word dword qword [ADDRESS] as many. */
#include "devices/machine.h"

struct session;                  /* gui/automation/script.h: its machine and its symbols are what operands mean */

/* The value of the whole text; false and a line in err that names the column. */
bool expression_value(const struct session *session, const char *text, u64 *value, struct error *err);

/* SELECTOR:OFFSET, and no more. */
bool expression_far(const struct session *session, const char *text, u64 *selector, u64 *offset, struct error *err);

/* As far as an expression goes: *text stands behind it then. */
bool expression_prefix(const struct session *session, const char **text, u64 *value, struct error *err);

/* The text begins with an expression that a symbol is part of. */
bool expression_names_symbol(const struct session *session, const char *text);

#endif
