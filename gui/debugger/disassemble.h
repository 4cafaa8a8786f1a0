#ifndef ORRERY_DEBUGGER_DISASSEMBLE_H
#define ORRERY_DEBUGGER_DISASSEMBLE_H
/* Machine code as text, Intel syntax, by Zydis.                                            doc: automation */
#include "cpu/base/types.h"

/* One instruction of `size` bytes at most, in 16-, 32- or 64-bit code; its length, or 0 when the bytes are none. */
unsigned disassemble(const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room);

#endif
