#include "cpu/decode/decode.h"

#include "cpu/run/processor.h"

enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8 };

/* What the prefixes say, and the place in the bytes.  Running past `available` or 15 bytes sets a flag; reads give 0 then. */
struct cursor {
    const u8 *bytes;
    unsigned available, at;
    bool short_of_bytes, too_long, bad;
    struct decode_mode mode;
    bool amd, cr8_by_lock;   /* what the model decodes in its own way */
    bool code64, rex_given, opsize_prefix, addr_narrow, lock, vex, vex_wide;
    u8 rex, repeat, vvvv;
    u8 opsize;           /* OPSIZE_*, once the row is known */
    u8 segment;          /* override, or CPU_SEGS */
    u8 map, opcode, modrm;
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

/* Takes prefixes; returns the first byte that is none.  A REX prefix counts right before the opcode alone; in 64-bit mode
 * overrides to ES CS SS DS are ignored.  SDM vol. 2, "Instruction Prefixes", "REX Prefixes". */
static u8 prefixes(struct cursor *c)
{
    c->segment = CPU_SEGS;
    for (;;) {
        u8 b = next_byte(c), rex = 0;
        switch (b) {
        case 0x26: if (!c->code64) c->segment = CPU_SEG_ES; break;
        case 0x2e: if (!c->code64) c->segment = CPU_SEG_CS; break;
        case 0x36: if (!c->code64) c->segment = CPU_SEG_SS; break;
        case 0x3e: if (!c->code64) c->segment = CPU_SEG_DS; break;
        case 0x64: c->segment = CPU_SEG_FS; break;
        case 0x65: c->segment = CPU_SEG_GS; break;
        case 0x66: c->opsize_prefix = true; break;
        case 0x67: c->addr_narrow = true; break;
        case 0xf0: c->lock = true; break;
        case 0xf2: c->repeat = REPEAT_F2; break;
        case 0xf3: c->repeat = REPEAT_F3; break;
        default:
            if (!c->code64 || (b & 0xf0) != 0x40) return b;
            rex = b;
        }
        c->rex = rex & 15;
        c->rex_given = rex != 0;
        if (c->too_long || c->short_of_bytes) return 0;
    }
}

/* C5 and C4 begin VEX in 64-bit mode, and elsewhere where LDS and LES would name a register.  SDM vol. 2, "The VEX Prefix". */
static bool starts_vex(const struct cursor *c, u8 first)
{
    if (first != 0xc4 && first != 0xc5) return false;
    if (c->code64) return true;
    return c->mode.protected_mode && c->at < c->available && c->bytes[c->at] >= 0xc0;
}

static void take_vex(struct cursor *c, u8 first)
{
    u8 b = next_byte(c), last = b;

    c->bad |= c->opsize_prefix || c->repeat || c->lock || c->rex_given;
    c->vex = true;
    c->map = MAP_0F;
    c->rex = b & 0x80 ? 0 : REX_R;
    if (first == 0xc4) {
        last = next_byte(c);
        c->rex |= (u8)((b & 0x40 ? 0 : REX_X) | (b & 0x20 ? 0 : REX_B) | (last & 0x80 ? REX_W : 0));
        c->map = b & 31;
        if (c->map == 0 || c->map >= MAPS) c->bad = true;
        c->map %= MAPS;
    }
    if (!c->code64) c->rex &= REX_W;
    c->vvvv = ~last >> 3 & 15;
    /* outside 64-bit mode bit 6 of the byte is one where C4 and C5 are VEX, and the register above 7 is ignored */
    c->vex_wide = last & 4;
    static const u8 repeat[] = { REPEAT_NONE, REPEAT_NONE, REPEAT_F3, REPEAT_F2 };
    c->repeat = repeat[last & 3];
    c->opsize_prefix = (last & 3) == 1;
    c->opcode = next_byte(c);
}

static void take_opcode(struct cursor *c)
{
    c->opcode = prefixes(c);
    if (starts_vex(c, c->opcode)) {
        take_vex(c, c->opcode);
        return;
    }
    if (c->opcode != 0x0f) return;
    c->map = MAP_0F;
    c->opcode = next_byte(c);
    if (c->opcode != 0x38 && c->opcode != 0x3a) return;
    c->map = c->opcode == 0x38 ? MAP_0F38 : MAP_0F3A;
    c->opcode = next_byte(c);
}

/* Vector registers are found by units of 8 bytes from struct cpu. */
static u8 xmm_unit(unsigned number) { return (u8)((offsetof(struct cpu, ymm) + number * sizeof(union vector)) / 8); }
static u8 mmx_unit(unsigned number) { return (u8)((offsetof(struct cpu, x87.r) + (number & 7) * sizeof(struct x87_register)) / 8); }
_Static_assert(offsetof(struct cpu, ymm) % 8 == 0 && offsetof(struct cpu, ymm) + 16 * sizeof(union vector) <= 2048, "units are bytes");
_Static_assert(offsetof(struct cpu, x87.r) % 8 == 0 && offsetof(struct cpu, x87.r) + sizeof(((struct cpu *)0)->x87.r) <= 2048, "units are bytes");

/* --- memory operands --- */

static void set_memory(const struct cursor *c, struct record *r, unsigned base, unsigned index, unsigned scale,
                       unsigned segment)
{
    if (c->segment != CPU_SEGS) segment = c->segment;
    r->b = (u8)(base * 8);
    r->x = (u8)(index * 8);
    r->address = (u8)(segment | (c->addr_narrow ? RECORD_NARROW : 0) | scale << 6);
}

static bool addr16(const struct cursor *c)
{
    return !c->code64 && c->addr_narrow;
}

/* SDM vol. 2, "16-Bit Addressing Forms with the ModR/M Byte". */
static void memory16(struct cursor *c, struct record *r)
{
    static const u8 base[] = { RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX };
    static const u8 index[] = { RSI, RDI, RSI, RDI, SLOT_ZERO, SLOT_ZERO, SLOT_ZERO, SLOT_ZERO };
    unsigned mod = c->modrm >> 6, rm = c->modrm & 7;

    if (mod == 0 && rm == 6) {
        r->disp = next_signed(c, 2);
        set_memory(c, r, SLOT_ZERO, SLOT_ZERO, 0, CPU_SEG_DS);
        return;
    }
    if (mod) r->disp = next_signed(c, mod == 1 ? 1 : 2);
    set_memory(c, r, base[rm], index[rm], 0, base[rm] == RBP ? CPU_SEG_SS : CPU_SEG_DS);
}

/* SDM vol. 2, "32-Bit Addressing Forms with the ModR/M Byte" and "with the SIB Byte"; "REX Prefixes".  A RIP-relative
 * operand is finished by finish_relative, when the length is known. */
static void memory32(struct cursor *c, struct record *r, bool vector_index)
{
    unsigned mod = c->modrm >> 6, rm = c->modrm & 7;
    unsigned base = rm | (c->rex & REX_B ? 8 : 0), index = SLOT_ZERO, scale = 0;
    bool disp32 = mod == 2, relative = mod == 0 && rm == 5 && c->code64;

    if (rm == 4) {
        u8 sib = next_byte(c);
        base = (sib & 7) | (c->rex & REX_B ? 8u : 0);
        index = (sib >> 3 & 7) | (c->rex & REX_X ? 8u : 0);
        scale = index == RSP && !vector_index ? 0 : sib >> 6;
        if (vector_index) r->s = xmm_unit(index);
        if (index == RSP || vector_index) index = SLOT_ZERO;
    } else if (vector_index) {
        c->bad = true;
    }
    if (mod == 0 && (base & 7) == 5) {
        base = relative ? SLOT_TRACE_RIP : SLOT_ZERO;
        disp32 = true;
    }
    if (disp32) r->disp = next_signed(c, 4);
    else if (mod == 1) r->disp = next_signed(c, 1);
    set_memory(c, r, base, index, scale, base == RSP || base == RBP ? CPU_SEG_SS : CPU_SEG_DS);
}

/* The displacement counts from the next instruction, the slot holds the RIP of the trace's first one.  A sum beyond 2 GiB
 * takes a page out of the displacement and adds it as an index. */
static void finish_relative(const struct cursor *c, struct record *r)
{
    s64 disp = (s64)r->disp + c->mode.trace_offset + c->at;

    if (r->b != SLOT_TRACE_RIP * 8) return;
    if (disp > INT32_MAX) {
        disp -= 2 * 4096;
        r->x = SLOT_PAGE * 8;
        r->address = (u8)((r->address & 0x3f) | 1 << 6);
    }
    r->disp = (s32)disp;
}

/* --- operands --- */

/* AH is RAX + 1; with any REX prefix the numbers 4 to 7 are SPL to DIL. */
static u8 register_offset(const struct cursor *c, unsigned number, bool byte)
{
    if (byte && !c->rex_given && number >= 4 && number < 8) return (u8)((number - 4) * 8 + 1);
    return (u8)(number * 8);
}

static unsigned reg_number(const struct cursor *c) { return (c->modrm >> 3 & 7u) | (c->rex & REX_R ? 8 : 0); }
/* SDM vol. 2, "VEX.vvvv": outside 64-bit mode its top bit is ignored, but it must be one where there is no second source. */
static unsigned second_number(const struct cursor *c) { return c->vvvv & (c->code64 ? 15u : 7); }
static unsigned rm_number(const struct cursor *c) { return (c->modrm & 7u) | (c->rex & REX_B ? 8 : 0); }

/* LOCK MOV CR0 is MOV CR8.  APM vol. 3, "MOV CRn". */
static bool names_cr8_by_lock(const struct cursor *c)
{
    return c->cr8_by_lock && c->lock && c->map == MAP_0F && (c->opcode == 0x20 || c->opcode == 0x22) && reg_number(c) == 0;
}

static void set_second(struct record *r, u8 unit)
{
    r->imm = (s32)(((u32)r->imm & ~(0xffu << VECTOR_IMM_SECOND)) | (u32)unit << VECTOR_IMM_SECOND);
}

static void take_offset64(struct cursor *c, struct record *r)
{
    r->disp = (s32)next_bytes(c, 4);
    r->imm = c->addr_narrow ? 0 : (s32)next_bytes(c, 4);
    set_memory(c, r, SLOT_ZERO, SLOT_ZERO, 0, CPU_SEG_DS);
}

/* Puts one operand into the record; `field` is its d or s. */
static void take_operand(struct cursor *c, struct record *r, enum operand operand, u8 *field)
{
    bool reg_form = c->modrm >= 0xc0;

    switch (operand) {
    case OPERAND_Eb: if (reg_form) *field = register_offset(c, rm_number(c), true); break;
    case OPERAND_Ew: case OPERAND_Ev: case OPERAND_Ey: case OPERAND_Ed: if (reg_form) *field = register_offset(c, rm_number(c), false); break;
    case OPERAND_Rr: case OPERAND_Rv: case OPERAND_Ry: *field = register_offset(c, rm_number(c), false); break;
    case OPERAND_Gb: *field = register_offset(c, reg_number(c), true); break;
    case OPERAND_Gw: case OPERAND_Gv: case OPERAND_Gy: case OPERAND_Gd: *field = register_offset(c, reg_number(c), false); break;
    case OPERAND_By: r->imm = (s32)second_number(c) * 8; break;
    case OPERAND_Zb: case OPERAND_Zv:
        *field = register_offset(c, (c->opcode & 7u) | (c->rex & REX_B ? 8 : 0), operand == OPERAND_Zb);
        break;
    case OPERAND_AL: case OPERAND_rAX: *field = 0; break;
    case OPERAND_Sw: *field = c->modrm >> 3 & 7; break;
    case OPERAND_Cd: *field = names_cr8_by_lock(c) ? 8 : (u8)reg_number(c); break;
    case OPERAND_Tr: *field = c->modrm & 7; break;
    case OPERAND_ES: case OPERAND_CS: case OPERAND_SS: case OPERAND_DS: case OPERAND_FS: case OPERAND_GS:
        *field = (u8)(operand - OPERAND_ES + CPU_SEG_ES);
        break;
    case OPERAND_Ob: case OPERAND_Ov:
        r->disp = (s32)next_bytes(c, addr16(c) ? 2 : 4);
        set_memory(c, r, SLOT_ZERO, SLOT_ZERO, 0, CPU_SEG_DS);
        break;
    case OPERAND_Oqb: case OPERAND_Oqv: take_offset64(c, r); break;
    case OPERAND_Jb: r->disp = next_signed(c, 1); break;
    case OPERAND_Jz: r->disp = next_signed(c, c->opsize == OPSIZE_16 ? 2 : 4); break;
    case OPERAND_Ap:
        r->disp = (s32)next_bytes(c, c->opsize == OPSIZE_16 ? 2 : 4);
        r->imm = (s32)next_bytes(c, 2);
        break;
    case OPERAND_ONE: r->imm = 1; break;
    case OPERAND_Pq: *field = mmx_unit(c->modrm >> 3); break;
    case OPERAND_Qq: case OPERAND_Nq: if (reg_form) *field = mmx_unit(c->modrm); break;
    case OPERAND_Vx: *field = xmm_unit(reg_number(c)); break;
    case OPERAND_Wx: case OPERAND_Ux: if (reg_form) *field = xmm_unit(rm_number(c)); break;
    case OPERAND_Hx: set_second(r, c->vex ? xmm_unit(second_number(c)) : r->d); break;
    default: break;
    }
}

/* Immediates come last in the bytes; a second one (ENTER) goes to disp. */
static void take_immediate(struct cursor *c, struct record *r, const struct decode_entry *entry, unsigned i)
{
    enum operand operand = entry->row->operand[i];
    s32 v;

    switch (operand) {
    case OPERAND_Ib: v = (s32)next_bytes(c, 1); break;
    case OPERAND_Ibs: v = next_signed(c, 1); break;
    case OPERAND_Iw: v = (s32)next_bytes(c, 2); break;
    case OPERAND_Iz: v = next_signed(c, c->opsize == OPSIZE_16 ? 2 : 4); break;
    case OPERAND_Iv:
        if (c->opsize == OPSIZE_64) r->disp = (s32)next_bytes(c, 4);
        v = next_signed(c, c->opsize == OPSIZE_16 ? 2 : 4);
        break;
    case OPERAND_Lx:
        v = (s32)next_bytes(c, 1);
        r->imm |= (s32)((u32)xmm_unit(v >> 4 & (c->code64 ? 15 : 7)) << VECTOR_IMM_FOURTH);
        return;
    default: return;
    }
    if (entry->vector) r->imm |= i > 0 && entry->row->operand[i - 1] == OPERAND_Ib ? (s32)((u32)v << VECTOR_IMM_FOURTH) : v & 0xff;
    else if (i > 0 && entry->row->operand[i - 1] == OPERAND_Iw) r->disp = v;
    else r->imm = v;
}

static int vector_length(const struct cursor *c, const struct decode_entry *entry)
{
    if (entry->mmx) return 8;
    return c->vex_wide && !(entry->row->notes & VEX_SCALAR) ? 32 : 16;
}

static void take_operands(struct cursor *c, struct record *r, const struct decode_entry *entry)
{
    const enum operand *operand = entry->row->operand;

    if (entry->vector) r->imm = vector_length(c, entry) << VECTOR_IMM_BYTES | (c->vex ? VECTOR_IMM_VEX : 0) | (c->code64 && c->rex & REX_W ? VECTOR_IMM_WIDE : 0);
    if (entry->has_modrm && c->modrm < 0xc0 && operand[0] != OPERAND_Rr && operand[1] != OPERAND_Rr) {
        c->bad |= addr16(c) && entry->vsib;
        if (addr16(c)) memory16(c, r);
        else memory32(c, r, entry->vsib);
    } else if (!entry->has_modrm || entry->row->notes & SEGMENT) {
        set_memory(c, r, SLOT_ZERO, SLOT_ZERO, 0, CPU_SEG_DS);     /* string instructions, XLAT: segment and address size */
    }
    take_operand(c, r, operand[0], &r->d);
    if (entry->vector && operand[0] != OPERAND_Hx) set_second(r, r->d);
    for (unsigned i = 1; i < OPERANDS_MAX; i++) take_operand(c, r, operand[i], &r->s);
    for (unsigned i = 0; i < OPERANDS_MAX; i++) take_immediate(c, r, entry, i);
    if (c->map == MAP_ONE_BYTE && (c->opcode & 0xf8) == 0xd8) r->imm = (c->opcode & 7) << 8 | c->modrm;     /* FOP */
    if (entry->has_modrm && c->modrm < 0xc0) finish_relative(c, r);
}

/* --- which row, which form --- */

/* 66 makes a near branch of 64-bit mode 16 bits wide on AMD's processors and nothing on Intel's.  APM vol. 3, "Near Branches in 64-Bit Mode". */
static u8 operand_size(const struct cursor *c, u32 notes)
{
    if (!c->code64) return (c->mode.code_bits == 32) != c->opsize_prefix ? OPSIZE_32 : OPSIZE_16;
    if (c->rex & REX_W) return OPSIZE_64;
    if (notes & F64) return c->amd && c->opsize_prefix ? OPSIZE_16 : OPSIZE_64;
    if (notes & D64) return c->opsize_prefix ? OPSIZE_16 : OPSIZE_64;
    return c->opsize_prefix ? OPSIZE_16 : OPSIZE_32;
}

/* A VEX form that cannot be so long, or names a second source where there is none. */
static bool vex_allows(const struct cursor *c, const struct decode_entry *entry, const struct cpu_model *model)
{
    u32 notes = entry->row->notes;
    bool has_second = false;

    if (!c->vex) return true;
    for (unsigned i = 0; i < OPERANDS_MAX; i++)
        has_second |= entry->row->operand[i] == OPERAND_Hx || entry->row->operand[i] == OPERAND_By;
    if (!has_second && c->vvvv) return false;
    /* AMD's processors refuse PINSRQ and PEXTRQ outside 64-bit mode, Intel's take them for PINSRD and PEXTRD */
    if (!c->code64 && c->rex & REX_W && c->map == MAP_0F3A && (c->opcode == 0x16 || c->opcode == 0x22) && model->vendor[0] == 'A') return false;
    if (c->vex_wide ? notes & VEX_128 : notes & VEX_256) return false;
    return !c->vex_wide || !(notes & VEX_INT) || cpu_model_has(model, FEATURE_AVX2);
}

/* The form, or the fault that the bytes ask for. */
static u32 choose_form(const struct cursor *c, const struct decode_entry *entry, const struct cpu_model *model)
{
    const enum operand *operand = entry->row->operand;
    bool reg = c->modrm >= 0xc0 || operand[0] == OPERAND_Rr || operand[1] == OPERAND_Rr;
    unsigned repeat = entry->row->notes & (REP | REPCC) ? c->repeat : REPEAT_NONE;
    u32 form = entry->form[c->opsize][repeat][entry->has_modrm && reg];

    if (!form || c->bad || !vex_allows(c, entry, model)) return OP_UNDEFINED;
    if (c->lock && !names_cr8_by_lock(c) && (!(entry->row->notes & LOCKABLE) || !entry->has_modrm || reg)) return OP_LOCK_FORBIDDEN;
    return form;
}

static unsigned find_entry(struct cursor *c, const struct decode_tables *tables)
{
    unsigned prefix = c->repeat == REPEAT_F3 ? PREFIX_F3 : c->repeat == REPEAT_F2 ? PREFIX_F2 : c->opsize_prefix ? PREFIX_66 : PREFIX_NONE;
    struct opcode_place at = {
        .code64 = c->code64, .vex = c->vex, .w = c->rex & REX_W, .map = c->map, .opcode = c->opcode, .prefix = (u8)prefix,
    };

    /* XCHG r8, rAX; with F3 it is PAUSE all the same, as Intel's processors do it */
    if (c->opcode == 0x90 && c->map == MAP_ONE_BYTE && c->rex & REX_B && c->repeat != REPEAT_F3) at.opcode = 0x91;
    const struct opcode_block *block = opcode_block_at(tables, at);
    if (tables->modrm[c->vex][c->map][c->opcode]) c->modrm = next_byte(c);
    if (!block) return 0;
    return !block->modrm || c->modrm >= 0xc0 ? block->reg[block->modrm ? c->modrm & 63 : 0] : block->memory[c->modrm >> 3 & 7];
}

enum decode_result decode(const struct decode_tables *tables, const u8 *bytes, unsigned available, struct decode_mode mode,
                          struct decoded *out)
{
    struct cursor c = { .bytes = bytes, .available = available, .mode = mode, .code64 = mode.code_bits == 64,
                        .amd = tables->model->vendor[0] == 'A', .cr8_by_lock = cpu_model_has(tables->model, FEATURE_CR8_LEGACY) };
    unsigned number = 0;

    *out = (struct decoded){ .ends = true };
    take_opcode(&c);
    if (mode.code_bits == 16) c.addr_narrow = !c.addr_narrow;
    if (!c.bad) number = find_entry(&c, tables);
    if (number && !c.short_of_bytes && !c.too_long) {
        const struct decode_entry *entry = &tables->entries[number - 1];
        c.opsize = operand_size(&c, entry->row->notes);
        take_operands(&c, &out->record, entry);
        out->record.h = choose_form(&c, entry, tables->model);
        out->row = entry->row;
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
        out->row = NULL;
    }
    out->length = (u8)c.at;
    return DECODED;
}
