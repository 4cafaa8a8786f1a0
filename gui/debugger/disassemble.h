#ifndef ORRERY_DEBUGGER_DISASSEMBLE_H
#define ORRERY_DEBUGGER_DISASSEMBLE_H
/* Machine code as text, by Zydis.                                                          doc: automation */
#include "cpu/cpu.h"

enum disassembly_syntax { SYNTAX_INTEL, SYNTAX_ATT };

/* One instruction of `size` bytes at most, in 16-, 32- or 64-bit code; its length, or 0 when the bytes are none. */
unsigned disassemble_as(enum disassembly_syntax syntax, const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room);
/* In Intel's syntax. */
unsigned disassemble(const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room);

/* Linear address of the instruction that runs next. */
static inline u64 next_linear(const struct cpu_view *v)
{
    return v->code_bits == 64 ? v->rip : (u32)(v->seg[CPU_SEG_CS].base + v->rip);
}

#endif
