#include "gui/debugger/disassemble.h"

#include <stdio.h>
#include <string.h>

#include "gui/debugger/decoded.h"

bool decode_instruction(const u8 *bytes, size_t size, unsigned code_bits, struct decoded_instruction *decoded)
{
    ZydisMachineMode mode = code_bits == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : code_bits == 32 ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16;
    ZydisStackWidth width = code_bits == 64 ? ZYDIS_STACK_WIDTH_64 : code_bits == 32 ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16;
    ZydisDecoder decoder;

    return ZYAN_SUCCESS(ZydisDecoderInit(&decoder, mode, width)) && ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &decoded->instruction, decoded->operand));
}

bool format_operand(const struct decoded_instruction *decoded, unsigned operand, u64 address, char *text, size_t room)
{
    ZydisFormatter formatter;

    return ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL)) &&
           ZYAN_SUCCESS(ZydisFormatterFormatOperand(&formatter, &decoded->instruction, &decoded->operand[operand], text, room, address, NULL));
}

unsigned disassemble_as(enum disassembly_syntax syntax, const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room)
{
    ZydisFormatterStyle style = syntax & SYNTAX_ATT ? ZYDIS_FORMATTER_STYLE_ATT : ZYDIS_FORMATTER_STYLE_INTEL;
    struct decoded_instruction d;
    ZydisFormatter formatter;

    if (ZYAN_FAILED(ZydisFormatterInit(&formatter, style)) || !decode_instruction(bytes, size, code_bits, &d)) return 0;
    if (syntax & SYNTAX_DECIMAL) {
        ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_BASE, ZYDIS_NUMERIC_BASE_DEC);
        ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_BASE, ZYDIS_NUMERIC_BASE_DEC);
    }
    ZydisFormatterFormatInstruction(&formatter, &d.instruction, d.operand, d.instruction.operand_count_visible, text, room, address, NULL);
    return d.instruction.length;
}

unsigned disassemble(const u8 *bytes, size_t size, u64 address, unsigned code_bits, char *text, size_t room)
{
    return disassemble_as(SYNTAX_INTEL, bytes, size, address, code_bits, text, room);
}

/* The first operand that is an address by itself. */
static bool names_address(const struct decoded_instruction *d, u64 address, u64 code_base, u64 *target)
{
    for (unsigned i = 0; i < d->instruction.operand_count_visible; i++) {
        const ZydisDecodedOperand *o = &d->operand[i];
        bool jump = o->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && o->imm.is_relative;
        bool place = o->type == ZYDIS_OPERAND_TYPE_MEMORY && (o->mem.base == ZYDIS_REGISTER_NONE || o->mem.base == ZYDIS_REGISTER_RIP) && o->mem.index == ZYDIS_REGISTER_NONE &&
                     o->mem.segment != ZYDIS_REGISTER_FS && o->mem.segment != ZYDIS_REGISTER_GS;
        if ((!jump && !place) || ZYAN_FAILED(ZydisCalcAbsoluteAddress(&d->instruction, o, address, target))) continue;
        if (jump) *target += code_base;
        return true;
    }
    return false;
}

unsigned disassemble_named(const struct symbols *symbols, u64 code_base, enum disassembly_syntax syntax, const u8 *bytes, size_t size, u64 address, unsigned code_bits, char text[DISASSEMBLY_TEXT])
{
    struct decoded_instruction d;
    char name[SYMBOL_TEXT];
    u64 target;
    unsigned length = disassemble_as(syntax, bytes, size, address, code_bits, text, DISASSEMBLY_TEXT);

    if (!length || !symbols_count(symbols) || !decode_instruction(bytes, size, code_bits, &d) || !names_address(&d, address, code_base, &target)) return length;
    size_t used = strlen(text);
    if (*symbols_name(symbols, target, name)) snprintf(text + used, DISASSEMBLY_TEXT - used, " <%s>", name);
    return length;
}
