/* Cases: a row of the opcode map, prefixes, operands, and registers near the places where something happens. doc: oracle */


#include <string.h>
#include "cpu/run/processor.h"
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
        "LAR", "LSL", "VERR", "VERW", "LOAD_TR", "STORE_TR", "INVD", "SYSCALL", "SYSRET", "INVPCID", "RDPMC",
    };
    for (unsigned i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(row->name, left_out[i]) == 0) return false;
    for (unsigned i = 0; i < 3; i++)
        if (row->operand[i] >= OPERAND_ES && row->operand[i] <= OPERAND_GS) return false;
    return true;
}

/* Prefixes in effect; CS stays away from 16-bit code, whose code page differs. */
static bool put_prefixes(struct draft *d, const struct opcode_row *row)
{
    static const u8 prefix[] = { 0x66, 0x67, 0xf2, 0xf3, 0x26, 0x36, 0x3e, 0xf0, 0x2e };
    bool code16 = d->c->code_bits == 16, repeated = false;

    while (pick(d->random, 3) == 0 && d->c->length < 4) {
        u8 p = prefix[pick(d->random, code16 ? sizeof prefix - 1 : sizeof prefix)];
        bool repeat = p == 0xf2 || p == 0xf3;
        if (repeat && !(row->notes & (REP | REPCC))) continue;   /* F3 makes another instruction of some opcodes */
        if (p == 0x66) d->opsize16 = !code16;
        if (p == 0x67) d->address_bits = code16 ? 32 : 16;
        repeated |= repeat;
        draft_put(d, p, 1);
    }
    return repeated;
}

static unsigned put_modrm(struct draft *d, const struct opcode_row *row)
{
    const char *slash = strchr(row->bytes, '/');
    unsigned reg = slash[1] == 'r' ? pick(d->random, 8) : (unsigned)(slash[1] - '0');

    if (pick(d->random, 4) == 0) draft_register(d, reg, pick(d->random, 8));
    else draft_memory(d, reg, false);
    return reg;
}

static void put_immediate(struct draft *d, enum operand operand)
{
    u32 value = edge_value(d->random), size = d->opsize16 ? 2 : 4, from = CODE_START + d->c->length;
    u64 offset = DATA_LA + pick(d->random, DATA_BYTES) - d->segment_base;

    switch (operand) {
    case OPERAND_Ib: case OPERAND_Ibs: draft_put(d, value, 1); break;
    case OPERAND_Iw: draft_put(d, value, 2); break;
    case OPERAND_Iz: draft_put(d, value, size); break;
    case OPERAND_Ob: case OPERAND_Ov: draft_put(d, offset, d->address_bits / 8); break;
    case OPERAND_Jb: draft_put(d, EXIT_1_OFFSET - from - 1, 1); break;
    case OPERAND_Jz: draft_put(d, EXIT_1_OFFSET - from - size, size); break;
    default: break;
    }
}

static bool has_operand(const struct opcode_row *row, enum operand operand)
{
    for (unsigned i = 0; i < ARRAY_COUNT(row->operand); i++)
        if (row->operand[i] == operand) return true;
    return false;
}

static void settle(struct draft *d, const struct opcode_row *row, bool repeated, unsigned reg)
{
    u64 *gpr = d->c->in.gpr;

    /* a bit offset in a register reaches far around the operand */
    if (row->name[0] == 'B' && row->name[1] == 'T' && has_operand(row, OPERAND_Gv))
        gpr[reg] = (u32)(pick(d->random, 0x10000) - 0x8000);
    draft_aim(d, draft_target(d));
    /* makers differ in whether CALL's push or its target is checked first */
    if (strcmp(row->name, "CALL") == 0) d->c->in.rflags &= ~(u64)EFLAGS_AC;
    if (strcmp(row->name, "POPF") == 0) draft_popped_flags(d);
    if (!d->memory) draft_string_edge(d);
    if (repeated) gpr[RCX] = pick(d->random, 300);
}

void oracle_generate(struct oracle_case *c, unsigned code_bits, u64 *random)
{
    bool code16 = code_bits == 16;
    struct draft d = { .c = c, .random = random, .address_bits = code_bits, .opsize16 = code16, .segment_base = code16 ? DATA_LA : 0,
                       .base = NO_REGISTER, .index = NO_REGISTER };
    const struct opcode_row *row;
    unsigned reg = 0;

    do row = &opcode_rows[pick(random, opcode_row_count)]; while (!generate_comparable(row));
    *c = (struct oracle_case){ .code_bits = code_bits, .data_limit = draft_limit(random), .name = row->name, .undefined = row->undefined };
    bool repeated = put_prefixes(&d, row);
    const char *rest = draft_put_hex(&d, row->bytes);
    if (*rest == '+') c->code[c->length - 1] |= (u8)pick(random, 8);
    if (strchr(row->bytes, '/')) reg = put_modrm(&d, row);
    for (unsigned i = 0; i < ARRAY_COUNT(row->operand); i++) put_immediate(&d, row->operand[i]);
    draft_registers(&d);
    settle(&d, row, repeated, reg);
}
