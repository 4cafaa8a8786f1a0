#include "gui/debugger/disassemble.h"

#include <Zydis/Zydis.h>

unsigned disassemble(const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room)
{
    ZydisMachineMode mode = code_bits == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : code_bits == 32 ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16;
    ZydisStackWidth width = code_bits == 64 ? ZYDIS_STACK_WIDTH_64 : code_bits == 32 ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16;
    ZydisDecoder decoder;
    ZydisFormatter formatter;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];

    if (ZYAN_FAILED(ZydisDecoderInit(&decoder, mode, width)) || ZYAN_FAILED(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL))) return 0;
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, bytes, size, &instruction, operand))) return 0;
    ZydisFormatterFormatInstruction(&formatter, &instruction, operand, instruction.operand_count_visible, text, room, address, NULL);
    return instruction.length;
}
