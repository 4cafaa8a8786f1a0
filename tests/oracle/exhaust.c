/* Every 8-bit operation with every operand.                                                 doc: oracle
 * AL is the first operand, BL the second (CL the count); flags on the way in run over CF and AF. */
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/oracle.h"

static const struct family {
    const char *name;
    u8 code[2];
    u8 length;
    u32 first, second;           /* how many values AL (AX for 65536) and BL or CL take */
    u32 flags;                   /* CF, AF: those that matter on the way in */
    u32 undefined;
} families[] = {
    { "ADD", { 0x00, 0xd8 }, 2, 256, 256, 0, 0 },
    { "OR",  { 0x08, 0xd8 }, 2, 256, 256, 0, EFLAGS_AF },
    { "ADC", { 0x10, 0xd8 }, 2, 256, 256, EFLAGS_CF, 0 },
    { "SBB", { 0x18, 0xd8 }, 2, 256, 256, EFLAGS_CF, 0 },
    { "AND", { 0x20, 0xd8 }, 2, 256, 256, 0, EFLAGS_AF },
    { "SUB", { 0x28, 0xd8 }, 2, 256, 256, 0, 0 },
    { "XOR", { 0x30, 0xd8 }, 2, 256, 256, 0, EFLAGS_AF },
    { "CMP", { 0x38, 0xd8 }, 2, 256, 256, 0, 0 },
    { "TEST", { 0x84, 0xd8 }, 2, 256, 256, 0, EFLAGS_AF },
    { "MUL", { 0xf6, 0xe3 }, 2, 256, 256, 0, EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF },
    { "IMUL", { 0xf6, 0xeb }, 2, 256, 256, 0, EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF },
    { "DIV", { 0xf6, 0xf3 }, 2, 65536, 256, 0, EFLAGS_ARITHMETIC },
    { "IDIV", { 0xf6, 0xfb }, 2, 65536, 256, 0, EFLAGS_ARITHMETIC },
    { "INC", { 0xfe, 0xc0 }, 2, 256, 1, EFLAGS_CF, 0 },
    { "DEC", { 0xfe, 0xc8 }, 2, 256, 1, EFLAGS_CF, 0 },
    { "NEG", { 0xf6, 0xd8 }, 2, 256, 1, EFLAGS_CF, 0 },
    { "NOT", { 0xf6, 0xd0 }, 2, 256, 1, EFLAGS_CF, 0 },
    { "ROL", { 0xd2, 0xc0 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF },
    { "ROR", { 0xd2, 0xc8 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF },
    { "RCL", { 0xd2, 0xd0 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF },
    { "RCR", { 0xd2, 0xd8 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF },
    { "SHL", { 0xd2, 0xe0 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF | EFLAGS_CF },
    { "SHR", { 0xd2, 0xe8 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF | EFLAGS_CF },
    { "SAR", { 0xd2, 0xf8 }, 2, 256, 256, EFLAGS_CF, EFLAGS_OF | EFLAGS_AF },
    { "SHL 1", { 0xd0, 0xe0 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "SHR 1", { 0xd0, 0xe8 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "SAR 1", { 0xd0, 0xf8 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "ROL 1", { 0xd0, 0xc0 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "ROR 1", { 0xd0, 0xc8 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "RCL 1", { 0xd0, 0xd0 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "RCR 1", { 0xd0, 0xd8 }, 2, 256, 1, EFLAGS_CF, EFLAGS_AF },
    { "DAA", { 0x27 }, 1, 256, 1, EFLAGS_CF | EFLAGS_AF, EFLAGS_OF },
    { "DAS", { 0x2f }, 1, 256, 1, EFLAGS_CF | EFLAGS_AF, EFLAGS_OF },
    { "AAA", { 0x37 }, 1, 65536, 1, EFLAGS_CF | EFLAGS_AF, EFLAGS_OF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_PF },
    { "AAS", { 0x3f }, 1, 65536, 1, EFLAGS_CF | EFLAGS_AF, EFLAGS_OF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_PF },
    { "AAM", { 0xd4, 0x0a }, 2, 256, 1, 0, EFLAGS_OF | EFLAGS_AF | EFLAGS_CF },
    { "AAD", { 0xd5, 0x0a }, 2, 65536, 1, 0, EFLAGS_OF | EFLAGS_AF | EFLAGS_CF },
};

/* Flags of a shift are defined for small counts, and a count of 0 leaves all of them alone. */
static u32 undefined_of(const struct family *f, u32 count)
{
    bool shift = f->code[0] == 0xd2 && f->length == 2;

    if (!shift) return f->undefined;
    count &= 31;
    if (count == 0) return 0;
    return f->undefined & ~(count == 1 ? (u32)EFLAGS_OF : 0) & ~(count < 8 ? (u32)EFLAGS_CF : 0);
}

/* Case `number` of family `n`; false when the family has no such case. */
bool oracle_exhaustive_case(struct oracle_case *c, unsigned n, u64 number)
{
    const struct family *f = &families[n];
    u32 flags = f->flags == (EFLAGS_CF | EFLAGS_AF) ? 4 : f->flags ? 2 : 1;
    u32 a = (u32)(number / flags % f->first), b = (u32)(number / flags / f->first);

    if (b >= f->second) return false;
    u32 in = (number % flags & 1 ? EFLAGS_CF : 0) | (number % flags & 2 ? EFLAGS_AF : 0);
    *c = (struct oracle_case){ .code_bits = 32, .length = f->length, .name = f->name, .data_seed = 1, .data_limit = 0xffff, .undefined = undefined_of(f, b) };
    memcpy(c->code, f->code, f->length);
    c->in.gpr[RAX] = a;
    c->in.gpr[RBX] = c->in.gpr[RCX] = b;
    c->in.gpr[RSP] = DATA_LA + 0x8000;
    c->in.rflags = in | 0x202;
    return true;
}

unsigned oracle_families(void) { return ARRAY_COUNT(families); }
