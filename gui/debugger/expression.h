#ifndef ORRERY_DEBUGGER_EXPRESSION_H
#define ORRERY_DEBUGGER_EXPRESSION_H
/* Numbers as a person writes them at the prompt.                                           doc: automation
 * Operators as in C with their precedence: || && | ^ & == != < > <= >= << >> + - * / % unary - ~ ! and parentheses.
 * Operands: 123, 0x7b, registers (eax ax al r8d cs eip eflags cr0 ...; $eax too), tick, SELECTOR:OFFSET as a linear address; *ADDRESS and [ADDRESS]: 32 bits at a
 * linear address, @ADDRESS at a physical one, byte word dword qword [ADDRESS] as many. */
#include "devices/machine.h"

/* The value of the whole text; false and a line in err that names the column. */
bool expression_value(struct machine *machine, const char *text, u64 *value, struct error *err);

/* SELECTOR:OFFSET, and no more. */
bool expression_far(struct machine *machine, const char *text, u64 *selector, u64 *offset, struct error *err);

/* As far as an expression goes: *text stands behind it then. */
bool expression_prefix(struct machine *machine, const char **text, u64 *value, struct error *err);

#endif
