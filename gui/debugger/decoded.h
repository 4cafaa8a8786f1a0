#ifndef ORRERY_DEBUGGER_DECODED_H
#define ORRERY_DEBUGGER_DECODED_H
/* An instruction as Zydis decodes it, for those files of the debugger that look into it.   doc: debugger */
#include <Zydis/Zydis.h>

#include "cpu/base/types.h"

struct decoded_instruction {
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
};
/* False when these bytes are no instruction. */
bool decode_instruction(const u8 *bytes, size_t size, unsigned code_bits, struct decoded_instruction *decoded);
/* One operand as the disassembly writes it. */
bool format_operand(const struct decoded_instruction *decoded, unsigned operand, u64 address, char *text, size_t room);

#endif
