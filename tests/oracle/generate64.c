/* Cases of 64-bit code: a row of the opcode map, legacy prefixes, REX, operands, registers.  doc: oracle */
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/generate.h"

/* Opcodes of one byte that 64-bit mode has made prefixes or other instructions.  The rest of what it lacks is #UD. */
static bool means_something_else(const char *bytes)
{
    static const char *const prefixes[] = { "40", "48", "62", "63", "C4", "C5" };

    for (unsigned i = 0; i < ARRAY_COUNT(prefixes); i++)
        if (strncmp(bytes, prefixes[i], 2) == 0) return true;
    return false;
}

static bool undefined_in_64bit(const char *bytes)
{
    static const char *const gone[] = { "06", "07", "0E", "16", "17", "1E", "1F", "27", "2F", "37", "3F", "60", "61",
                                        "82", "9A", "CE", "D4", "D5", "D6", "EA" };
    for (unsigned i = 0; i < ARRAY_COUNT(gone); i++)
        if (strncmp(bytes, gone[i], 2) == 0) return true;
    return false;
}

static bool named(const struct opcode_row *row, const char *name)
{
    return strcmp(row->name, name) == 0;
}

static bool comparable64(const struct opcode_row *row)
{
    if (named(row, "MOVSXD")) return true;
    if (means_something_else(row->bytes)) return false;
    return undefined_in_64bit(row->bytes) || generate_comparable(row);
}

static bool has_operand(const struct opcode_row *row, enum operand operand)
{
    for (unsigned i = 0; i < ARRAY_COUNT(row->operand); i++)
        if (row->operand[i] == operand) return true;
    return false;
}

/* Makers differ in what 66 does to one: AMD cuts RIP to 16 bits, Intel ignores it. */
static bool near_branch(const struct opcode_row *row)
{
    return row->notes & BRANCH || named(row, "RET") || named(row, "CALL") || named(row, "JMP");
}

/* Prefixes in effect. */
struct prefixes {
    bool opsize, repeated, segment;
};

static struct prefixes put_prefixes(struct draft *d, const struct opcode_row *row)
{
    static const u8 prefix[] = { 0x66, 0x66, 0x67, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0 };
    struct prefixes in_effect = { .opsize = false };

    while (pick(d->random, 3) == 0 && d->c->length < 4) {
        u8 p = prefix[pick(d->random, ARRAY_COUNT(prefix))];
        bool repeat = p == 0xf2 || p == 0xf3, base = p == 0x64 || p == 0x65;
        bool segment = base || (p & 0xe7) == 0x26;
        if (repeat && !(row->notes & (REP | REPCC))) continue;   /* another instruction of some opcodes */
        if (base && !(d->can & CAN_BASES)) continue;             /* FS is the C library's */
        if (p == 0x66) in_effect.opsize = true;
        if (p == 0x67) d->address_bits = 32;
        if (repeat) in_effect.repeated = true;
        if (segment) in_effect.segment = true;
        if (segment) d->segment_base = p == 0x64 ? d->c->fs_base : p == 0x65 ? d->c->gs_base : 0;
        draft_put(d, p, 1);
    }
    return in_effect;
}

/* REX counts only right before the opcode. */
static void put_rex(struct draft *d)
{
    if (pick(d->random, 64) == 0) {
        draft_put(d, 0x40 | pick(d->random, 16), 1);
        draft_put(d, 0x3e, 1);                                   /* DS: means nothing itself */
    }
    if (pick(d->random, 3) == 0) return;
    d->rex = (u8)pick(d->random, 16);
    draft_put(d, 0x40 | d->rex, 1);
}

static unsigned put_modrm(struct draft *d, const struct opcode_row *row)
{
    const char *slash = strchr(row->bytes, '/');
    unsigned reg = slash[1] == 'r' ? pick(d->random, 8) : (unsigned)(slash[1] - '0');

    if (pick(d->random, 4) == 0) {
        unsigned rm = pick(d->random, 8);
        draft_register(d, reg, rm);
        d->base = (int)(rm | (d->rex & REX_B ? 8 : 0));          /* branches look for their target's place */
    } else draft_memory(d, reg, false);
    return reg | (d->rex & REX_R ? 8 : 0);
}

static void put_immediate(struct draft *d, const struct opcode_row *row, enum operand operand, bool opsize16)
{
    bool wide = d->rex & REX_W;
    u64 value = edge_value64(d->random), offset = DATA_LA + pick(d->random, DATA_BYTES);
    unsigned from = CODE_START + d->c->length, near = opsize16 && !wide ? 2 : 4;

    switch (operand) {
    case OPERAND_Ib: case OPERAND_Ibs: draft_put(d, value, 1); break;
    case OPERAND_Iw: draft_put(d, value, 2); break;
    case OPERAND_Iz:
        if (has_operand(row, OPERAND_Zv)) draft_put(d, value, wide ? 8 : opsize16 ? 2 : 4);
        else draft_put(d, value, wide || !opsize16 ? 4 : 2);
        break;
    case OPERAND_Ob: case OPERAND_Ov:
        if (d->address_bits == 32) draft_put(d, offset - d->segment_base, 4);
        else draft_put(d, pick(d->random, 8) ? offset - d->segment_base : draft_target(d), 8);
        break;
    case OPERAND_Jb: draft_put(d, EXIT_1_OFFSET - from - 1, 1); break;
    case OPERAND_Jz: draft_put(d, EXIT_1_OFFSET - from - near, near); break;
    default: break;
    }
}

/* The landing place, or an address that no branch may go to. */
static u64 branch_target(struct draft *d)
{
    return pick(d->random, 4) ? CODE_LA + EXIT_1_OFFSET : draft_target(d);
}

/* Near returns, and indirect jumps and calls: in memory or in the register. */
static void place_branch_target(struct draft *d, const struct opcode_row *row, u64 operand)
{
    u64 target = branch_target(d);

    if (named(row, "RET")) draft_plant(d, d->c->in.gpr[RSP], &target, 8);
    else if (!has_operand(row, OPERAND_Ev)) return;
    else if (d->memory) draft_plant(d, operand, &target, 8);
    else d->c->in.gpr[d->base] = target;
}

static void settle(struct draft *d, const struct opcode_row *row, struct prefixes prefixes, unsigned reg)
{
    struct oracle_case *c = d->c;
    u64 target = draft_target(d);

    /* a bit offset in a register reaches far around the operand */
    if (row->name[0] == 'B' && row->name[1] == 'T' && has_operand(row, OPERAND_Gv))
        c->in.gpr[reg] = (u64)((s64)pick(d->random, 0x10000) - 0x8000);
    draft_aim(d, target);
    if (near_branch(row)) place_branch_target(d, row, target);
    /* makers differ in whether CALL's push or its target is checked first */
    if (named(row, "CALL")) c->in.rflags &= ~(u64)EFLAGS_AC;
    if (named(row, "POPF")) draft_popped_flags(d);
    if (!d->memory) draft_string_edge(d);
    if (prefixes.repeated)
        c->in.gpr[RCX] = pick(d->random, 300) | (d->address_bits == 32 ? next_random(d->random) << 32 : 0);
}

void oracle_generate64(struct oracle_case *c, unsigned can, u64 *random)
{
    struct draft d = { .c = c, .random = random, .can = can, .address_bits = 64, .base = NO_REGISTER, .index = NO_REGISTER };
    const struct opcode_row *row;
    unsigned reg = 0;

    *c = (struct oracle_case){ .code_bits = 64, .data_limit = 0xffff };
    do row = &opcode_rows[pick(random, opcode_row_count)]; while (!comparable64(row));
    draft_bases(&d);
    struct prefixes prefixes = put_prefixes(&d, row);
    put_rex(&d);
    const char *rest = draft_put_hex(&d, row->bytes);
    if (*rest == '+') c->code[c->length - 1] |= (u8)pick(random, 8);
    if (strchr(row->bytes, '/')) reg = put_modrm(&d, row);
    for (unsigned i = 0; i < ARRAY_COUNT(row->operand); i++) put_immediate(&d, row, row->operand[i], prefixes.opsize);
    draft_registers(&d);
    settle(&d, row, prefixes, reg);
    c->name = row->name;
    c->undefined = row->undefined;
}
