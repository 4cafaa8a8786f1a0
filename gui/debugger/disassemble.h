#ifndef ORRERY_DEBUGGER_DISASSEMBLE_H
#define ORRERY_DEBUGGER_DISASSEMBLE_H
/* Machine code as text, by Zydis.                                                          doc: automation */
#include "cpu/cpu.h"
#include "gui/debugger/symbols.h"

enum disassembly_syntax { SYNTAX_INTEL, SYNTAX_ATT, SYNTAX_DECIMAL = 2 };       /* DECIMAL: numbers, in either syntax; addresses stay what they are */

/* One instruction of `size` bytes at most, in 16-, 32- or 64-bit code; its length, or 0 when the bytes are none. */
unsigned disassemble_as(enum disassembly_syntax syntax, const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room);
/* In Intel's syntax. */
unsigned disassemble(const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room);

/* The same, and in < > what the address is called that it jumps to, or that an operand without registers but RIP names: `code_base` is where CS begins. */
enum { DISASSEMBLY_TEXT = 256 };
unsigned disassemble_named(const struct symbols *symbols, u64 code_base, enum disassembly_syntax syntax, const u8 *bytes, size_t size, u64 address, unsigned code_bits, char text[DISASSEMBLY_TEXT]);

/* Linear address of the instruction that runs next. */
static inline u64 next_linear(const struct cpu_view *v)
{
    return v->code_bits == 64 ? v->rip : (u32)(v->seg[CPU_SEG_CS].base + v->rip);
}

#endif
