#include "cpu/decode/decode.h"

#include "cpu/run/processor.h"

/* What the prefixes say, and the place in the bytes.  Running past `available` or 15 bytes sets a flag; reads give 0 then. */
struct cursor {
    const u8 *bytes;
    unsigned available, at;
    bool short_of_bytes, too_long;
    bool opsize32, addr32, lock;
    u8 repeat;           /* REPEAT_* */
    u8 segment;          /* override, or CPU_SEGS */
    u8 modrm;
};

static u8 next_byte(struct cursor *c)
{
    if (c->at >= INSTRUCTION_MAX_BYTES) c->too_long = true;
    else if (c->at >= c->available) c->short_of_bytes = true;
    if (c->too_long || c->short_of_bytes) return 0;
    return c->bytes[c->at++];
}

static u32 next_bytes(struct cursor *c, unsigned count)
{
    u32 v = 0;
    for (unsigned i = 0; i < count; i++) v |= (u32)next_byte(c) << 8 * i;
    return v;
}

static s32 next_signed(struct cursor *c, unsigned count)
{
    return (s32)sign_extend(next_bytes(c, count), count * 8);
}

/* Takes prefixes; returns the first byte that is none.  SDM vol. 2, "Instruction Prefixes". */
static u8 prefixes(struct cursor *c, bool code32)
{
    c->opsize32 = c->addr32 = code32;
    c->segment = CPU_SEGS;
    for (;;) {
        u8 b = next_byte(c);
        switch (b) {
        case 0x26: c->segment = CPU_SEG_ES; break;
        case 0x2e: c->segment = CPU_SEG_CS; break;
        case 0x36: c->segment = CPU_SEG_SS; break;
        case 0x3e: c->segment = CPU_SEG_DS; break;
        case 0x64: c->segment = CPU_SEG_FS; break;
        case 0x65: c->segment = CPU_SEG_GS; break;
        case 0x66: c->opsize32 = !code32; break;
        case 0x67: c->addr32 = !code32; break;
        case 0xf0: c->lock = true; break;
        case 0xf2: c->repeat = REPEAT_F2; break;
        case 0xf3: c->repeat = REPEAT_F3; break;
        default: return b;
        }
        if (c->too_long || c->short_of_bytes) return 0;
    }
}

static void set_memory(const struct cursor *c, struct record *r, unsigned base, unsigned index, unsigned scale,
                       unsigned segment)
{
    if (c->segment != CPU_SEGS) segment = c->segment;
    r->b = (u8)(base << 3 | segment);
    r->x = (u8)(index << 3 | (c->addr32 ? 0 : RECORD_ADDR16) | scale);
}

enum { ABSENT = 16 };    /* the register number of cpu->zero */

/* SDM vol. 2, "16-Bit Addressing Forms with the ModR/M Byte". */
static void memory16(struct cursor *c, struct record *r)
{
    static const u8 base[] = { RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX };
    static const u8 index[] = { RSI, RDI, RSI, RDI, ABSENT, ABSENT, ABSENT, ABSENT };
    unsigned mod = c->modrm >> 6, rm = c->modrm & 7;

    if (mod == 0 && rm == 6) {
        r->disp = next_signed(c, 2);
        set_memory(c, r, ABSENT, ABSENT, 0, CPU_SEG_DS);
        return;
    }
    if (mod) r->disp = next_signed(c, mod == 1 ? 1 : 2);
    set_memory(c, r, base[rm], index[rm], 0, base[rm] == RBP ? CPU_SEG_SS : CPU_SEG_DS);
}

/* SDM vol. 2, "32-Bit Addressing Forms with the ModR/M Byte" and "with the SIB Byte". */
static void memory32(struct cursor *c, struct record *r)
{
    unsigned mod = c->modrm >> 6, rm = c->modrm & 7;
    unsigned base = rm, index = ABSENT, scale = 0;
    bool disp32 = mod == 2;

    if (rm == 4) {
        u8 sib = next_byte(c);
        base = sib & 7;
        index = (sib >> 3 & 7) == 4 ? ABSENT : (unsigned)(sib >> 3 & 7);
        scale = index == ABSENT ? 0 : sib >> 6;
    }
    if (mod == 0 && base == 5) {
        base = ABSENT;
        disp32 = true;
    }
    if (disp32) r->disp = next_signed(c, 4);
    else if (mod == 1) r->disp = next_signed(c, 1);
    set_memory(c, r, base, index, scale, base == RSP || base == RBP ? CPU_SEG_SS : CPU_SEG_DS);
}

static u8 register_offset(unsigned number, bool byte)
{
    if (byte) return (u8)(number < 4 ? number * 8 : (number - 4) * 8 + 1);      /* AH is RAX + 1 */
    return (u8)(number * 8);
}

/* Puts one operand into the record; `field` is its d or s. */
static void take_operand(struct cursor *c, struct record *r, enum operand operand, u8 opcode, u8 *field)
{
    bool byte = operand == OPERAND_Eb || operand == OPERAND_Gb || operand == OPERAND_Zb;
    unsigned reg = c->modrm >> 3 & 7;

    switch (operand) {
    case OPERAND_Eb: case OPERAND_Ew: case OPERAND_Ev:
        if (c->modrm >= 0xc0) *field = register_offset(c->modrm & 7, byte);
        break;
    case OPERAND_Rd: *field = register_offset(c->modrm & 7, false); break;      /* mod is ignored */
    case OPERAND_Gb: case OPERAND_Gw: case OPERAND_Gv: *field = register_offset(reg, byte); break;
    case OPERAND_Zb: case OPERAND_Zv: *field = register_offset(opcode & 7, byte); break;
    case OPERAND_AL: case OPERAND_rAX: *field = 0; break;
    case OPERAND_Sw: case OPERAND_Cd: *field = (u8)reg; break;
    case OPERAND_ES: case OPERAND_CS: case OPERAND_SS: case OPERAND_DS: case OPERAND_FS: case OPERAND_GS:
        *field = (u8)(operand - OPERAND_ES + CPU_SEG_ES);
        break;
    case OPERAND_Ob: case OPERAND_Ov:
        r->disp = (s32)next_bytes(c, c->addr32 ? 4 : 2);
        set_memory(c, r, ABSENT, ABSENT, 0, CPU_SEG_DS);
        break;
    case OPERAND_Jb: r->disp = next_signed(c, 1); break;
    case OPERAND_Jz: r->disp = next_signed(c, c->opsize32 ? 4 : 2); break;
    case OPERAND_Ap:
        r->disp = (s32)next_bytes(c, c->opsize32 ? 4 : 2);
        r->imm = (s32)next_bytes(c, 2);
        break;
    case OPERAND_ONE: r->imm = 1; break;
    default: break;
    }
}

/* Immediates come last in the bytes; a second one (ENTER) goes to disp. */
static void take_immediate(struct cursor *c, struct record *r, enum operand operand, bool second)
{
    s32 v;
    switch (operand) {
    case OPERAND_Ib: v = (s32)next_bytes(c, 1); break;
    case OPERAND_Ibs: v = next_signed(c, 1); break;
    case OPERAND_Iw: v = (s32)next_bytes(c, 2); break;
    case OPERAND_Iz: v = next_signed(c, c->opsize32 ? 4 : 2); break;
    default: return;
    }
    if (second) r->disp = v;
    else r->imm = v;
}

static void take_operands(struct cursor *c, struct record *r, const struct decode_entry *entry, u8 opcode)
{
    const enum operand *operand = entry->row->operand;

    if (entry->has_modrm && c->modrm < 0xc0 && operand[0] != OPERAND_Rd && operand[1] != OPERAND_Rd) {
        if (c->addr32) memory32(c, r);
        else memory16(c, r);
    } else if (!entry->has_modrm) {
        set_memory(c, r, ABSENT, ABSENT, 0, CPU_SEG_DS);       /* string instructions, XLAT: segment and address size */
    }
    take_operand(c, r, operand[0], opcode, &r->d);
    take_operand(c, r, operand[1], opcode, &r->s);
    take_operand(c, r, operand[2], opcode, &r->s);
    take_immediate(c, r, operand[0], false);
    take_immediate(c, r, operand[1], operand[0] == OPERAND_Iw);
    take_immediate(c, r, operand[2], false);
}

/* The form, or the fault that the bytes ask for. */
static u32 choose_form(const struct cursor *c, const struct decode_entry *entry)
{
    bool reg = c->modrm >= 0xc0 || entry->row->operand[0] == OPERAND_Rd || entry->row->operand[1] == OPERAND_Rd;
    u32 form = entry->form[c->opsize32 ? OPSIZE_32 : OPSIZE_16][c->repeat][entry->has_modrm && reg];

    if (!form) return OP_UNDEFINED;
    if (c->lock && (!(entry->row->notes & LOCKABLE) || !entry->has_modrm || reg)) return OP_LOCK_FORBIDDEN;
    return form;
}

enum decode_result decode(const struct decode_tables *tables, const u8 *bytes, unsigned available, bool code32,
                          struct decoded *out)
{
    struct cursor c = { .bytes = bytes, .available = available };
    u8 opcode = prefixes(&c, code32);
    unsigned map = opcode == 0x0f;

    *out = (struct decoded){ .ends = true };
    if (map) opcode = next_byte(&c);
    if (tables->modrm[map][opcode]) c.modrm = next_byte(&c);
    u16 number = tables->index[map][opcode][tables->modrm[map][opcode] ? c.modrm >> 3 & 7 : 0];
    if (number && !c.short_of_bytes && !c.too_long) {
        const struct decode_entry *entry = &tables->entries[number - 1];
        take_operands(&c, &out->record, entry, opcode);
        out->record.h = choose_form(&c, entry);
        out->ends = entry->row->notes & ENDS;
        out->branch = entry->row->notes & BRANCH;
    } else {
        out->record.h = OP_UNDEFINED;
    }
    if (c.short_of_bytes) return DECODE_NEEDS_MORE;
    if (c.too_long) out->record.h = OP_TOO_LONG;
    if (out->record.h == OP_UNDEFINED || out->record.h == OP_TOO_LONG || out->record.h == OP_LOCK_FORBIDDEN) {
        out->ends = true;
        out->branch = false;
    }
    out->length = (u8)c.at;
    return DECODED;
}
