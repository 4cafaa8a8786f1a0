/* Cases: a row of the opcode map, prefixes, operands, and registers near the places where something happens. doc: oracle */


#include <string.h>
#include "cpu/decode/tables.h"
#include "tests/oracle/generate.h"

/* Not the rows that need privilege or change what the thunk relies on. */
/* Rows with mandatory prefixes, fixed ModRM, W or vector operands have a generator of their own. */
bool generate_comparable(const struct opcode_row *row)
{
    if (strpbrk(row->bytes, "!WVN") || strncmp(row->bytes, "66 ", 3) == 0 || strncmp(row->bytes, "F2 ", 3) == 0 || strncmp(row->bytes, "F3 ", 3) == 0 ||
        strncmp(row->bytes, "0F 38", 5) == 0 || strncmp(row->bytes, "0F 3A", 5) == 0) return false;
    for (unsigned i = 0; i < OPERANDS_MAX; i++)
        if (row->operand[i] >= OPERAND_Pq || row->operand[i] == OPERAND_Mt) return false;
    if (row->bytes[0] == 'D' && row->bytes[1] >= '8') return false;
    if (row->notes & ONLY_64BIT) return false;
    static const char *const left_out[] = {
        "INT", "INT1", "INT3", "INTO", "IRET", "CALLF", "JMPF", "RETF", "LES", "LDS", "LSS", "LFS", "LGS", "LOAD_SEG",
        "STORE_SEG", "ESC", "FWAIT", "CPUID", "RDTSC", "SYSENTER", "SYSEXIT", "SGDT", "SIDT", "LGDT", "LIDT", "INVLPG", "LOAD_CR", "STORE_CR", "SLDT", "STR", "SMSW",
        "LAR", "LSL", "VERR", "VERW", "LOAD_TR", "STORE_TR", "ARPL", "UD1", "UD2", "POPF", "PUSHF", "IN", "OUT", "INS",
        "OUTS", "INVD", "WBINVD", "RDMSR", "WRMSR", "BOUND", "SALC", "SYSCALL", "SYSRET", "INVPCID", "RDPMC",
    };
    for (unsigned i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(row->name, left_out[i]) == 0) return false;
    for (unsigned i = 0; i < 3; i++)
        if (row->operand[i] >= OPERAND_ES && row->operand[i] <= OPERAND_GS) return false;
    return true;
}

static void put(struct oracle_case *c, u32 value, unsigned bytes)
{
    memcpy(c->code + c->length, &value, bytes);
    c->length += bytes;
}

/* Bytes of the row: "0F BA /5", "B8+r". ModRM with a random addressing form; displacement small or into the data. */
static void put_opcode(struct oracle_case *c, const struct opcode_row *row, u64 *random)
{
    const char *at = row->bytes;
    unsigned opcode = 0;

    for (; at[0] && at[0] != '/'; at += *at == ' ') {
        if (*at == '+') {
            c->code[c->length - 1] = (u8)(c->code[c->length - 1] | pick(random, 8));
            at += 2;
            continue;
        }
        opcode = 0;
        for (int i = 0; i < 2; i++, at++) opcode = opcode << 4 | (unsigned)(*at <= '9' ? *at - '0' : *at - 'A' + 10);
        put(c, opcode, 1);
    }
}

static void put_modrm(struct oracle_case *c, const struct opcode_row *row, bool addr32, u64 *random)
{
    const char *slash = strchr(row->bytes, '/');
    unsigned reg = slash[1] == 'r' ? pick(random, 8) : (unsigned)(slash[1] - '0');
    unsigned mod = pick(random, 4), rm = pick(random, 8);

    put(c, mod << 6 | reg << 3 | rm, 1);
    if (mod == 3) return;
    unsigned base = rm;
    if (addr32 && rm == 4) {
        u8 sib = (u8)next_random(random);
        base = sib & 7;
        put(c, sib, 1);
    }
    if (!addr32) {
        if (mod == 1) put(c, (u32)next_random(random), 1);
        else if (mod == 2 || rm == 6) put(c, (u32)next_random(random), 2);
        return;
    }
    if (mod == 1) put(c, (u32)next_random(random), 1);
    else if (mod == 2) put(c, pick(random, 64) - 32, 4);
    else if (base == 5) put(c, (c->code_bits == 16 ? 0 : DATA_LA) + pick(random, DATA_BYTES), 4);
}

static void put_immediate(struct oracle_case *c, enum operand operand, bool opsize32, bool addr32, u64 *random)
{
    switch (operand) {
    case OPERAND_Ib: case OPERAND_Ibs: put(c, edge_value(random), 1); break;
    case OPERAND_Iw: put(c, edge_value(random), 2); break;
    case OPERAND_Iz: put(c, edge_value(random), opsize32 ? 4 : 2); break;
    case OPERAND_Ob: case OPERAND_Ov: put(c, (c->code_bits == 16 ? 0 : DATA_LA) + pick(random, DATA_BYTES), addr32 ? 4 : 2); break;
    case OPERAND_Jb: put(c, EXIT_1_OFFSET - CODE_START - c->length - 1, 1); break;
    case OPERAND_Jz: put(c, EXIT_1_OFFSET - CODE_START - c->length - (opsize32 ? 4 : 2), opsize32 ? 4 : 2); break;
    default: break;
    }
}

static void choose_registers(struct oracle_case *c, u64 *random)
{
    for (int i = 0; i < 8; i++) {
        u32 pointer = (c->code_bits == 16 ? 0 : DATA_LA) + (pick(random, 8) ? 0x1000 + pick(random, 0xe000) : pick(random, 0x10000));
        c->in.gpr[i] = pick(random, 8) < 3 ? edge_value(random) : pointer;
    }
    if (pick(random, 16)) c->in.gpr[4] = (c->code_bits == 16 ? 0 : DATA_LA) + 0x4000 + pick(random, 0x8000);
    if (pick(random, 2)) c->in.gpr[1] = (c->in.gpr[1] & ~0xffull) | pick(random, 40);
    c->in.rflags = (u32)next_random(random) & 0xcd5;
    if (pick(random, 16) == 0) c->in.rflags |= 1 << 18;        /* AC */
}

void oracle_generate(struct oracle_case *c, unsigned code_bits, u64 *random)
{
    static const u8 prefix[] = { 0x66, 0x67, 0xf2, 0xf3, 0x26, 0x36, 0x3e, 0xf0 };   /* CS: the code page differs */
    const struct opcode_row *row;
    bool code16 = code_bits == 16;

    memset(c, 0, sizeof *c);
    c->code_bits = code_bits;
    do row = &opcode_rows[pick(random, opcode_row_count)]; while (!generate_comparable(row));
    bool opsize32 = !code16, addr32 = !code16, repeated = false;
    while (pick(random, 3) == 0 && c->length < 4) {
        u8 p = prefix[pick(random, sizeof prefix)];
        if (p == 0x66) opsize32 = code16;
        if (p == 0x67) addr32 = code16;
        if (p == 0xf2 || p == 0xf3) {
            if (!(row->notes & (REP | REPCC))) continue;       /* F3 makes another instruction of some opcodes */
            repeated = true;
        }
        put(c, p, 1);
    }
    put_opcode(c, row, random);
    bool modrm = strchr(row->bytes, '/') != NULL;
    if (modrm) put_modrm(c, row, addr32, random);
    for (unsigned i = 0; i < 3; i++) put_immediate(c, row->operand[i], opsize32, addr32, random);
    choose_registers(c, random);
    /* makers differ in whether CALL's push or its target is checked first */
    if (strcmp(row->name, "CALL") == 0) c->in.rflags &= ~(1u << 18);
    if (repeated) c->in.gpr[1] = pick(random, 300);
    c->data_limit = draft_limit(random);
    c->name = row->name;
    c->undefined = row->undefined;
}
