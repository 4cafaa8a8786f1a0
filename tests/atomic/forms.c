/* The forms: every place of the opcode map that a row fills, as bytes.                      doc: oracle */
#include <assert.h>

#include "tests/atomic/atomic.h"

enum { PFADD = 0x9e };            /* the opcode behind the operands of 0F 0F */
enum { SEEN_MAX = 200, NO_SECOND = 15, SECOND = 2, VSIB_RBX_YMM5 = 0x2b };

/* Forms of a row that are listed already. */
struct seen {
    u32 key[SEEN_MAX];
    unsigned count;
};

struct lister {
    const struct decode_tables *tables;
    struct decode_mode mode;
    struct seen *seen;           /* one a row */
    struct form *out;
    unsigned count, room;
};

bool row_is_one_of(const struct opcode_row *row, const char *names)
{
    size_t length = strlen(row->name);

    for (const char *at = strstr(names, row->name); at; at = strstr(at + 1, row->name))
        if ((at == names || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return true;
    return false;
}

/* A place, and what the bytes may still choose. */
struct choice {
    struct opcode_place at;
    bool has_modrm, vsib, opsize, wide;
    u8 modrm, second;
};

static void put(struct form *f, u8 byte) { f->code[f->length++] = byte; }

static void put_vex(struct form *f, const struct choice *c)
{
    put(f, 0xc4);
    put(f, 0xe0 | c->at.map);
    put(f, (u8)(c->at.w << 7 | (~c->second & 15) << 3 | c->wide << 2 | c->at.prefix));
    put(f, c->at.opcode);
}

static void put_legacy(struct form *f, const struct choice *c)
{
    static const u8 mandatory[PREFIXES] = { [PREFIX_66] = 0x66, [PREFIX_F3] = 0xf3, [PREFIX_F2] = 0xf2 };

    if (c->opsize) put(f, 0x66);
    if (c->at.prefix != PREFIX_NONE) put(f, mandatory[c->at.prefix]);
    if (c->at.w) put(f, 0x48);
    if (c->at.map != MAP_ONE_BYTE) put(f, 0x0f);
    if (c->at.map == MAP_0F38) put(f, 0x38);
    if (c->at.map == MAP_0F3A) put(f, 0x3a);
    put(f, c->at.opcode);
}

static bool has_operand(const struct opcode_row *row, enum operand operand)
{
    for (unsigned i = 0; i < OPERANDS_MAX; i++)
        if (row->operand[i] == operand) return true;
    return false;
}

/* Immediates are 3, a word of 3, 3: counts, frames and vectors that work. */
static void put_tail(struct form *f, const struct choice *c, const struct opcode_row *row)
{
    static const u8 three[] = { 3, 0, 3, 0, 0, 0, 0, 0, 0, 0 };
    bool offset = has_operand(row, OPERAND_Ob) || has_operand(row, OPERAND_Ov) || has_operand(row, OPERAND_Oqb) || has_operand(row, OPERAND_Oqv);

    if (c->has_modrm) put(f, c->modrm);
    if (c->vsib) put(f, VSIB_RBX_YMM5);
    if (offset) {
        f->address_at = f->length;
        f->address_bytes = f->code_bits / 8;
    }
    if (has_operand(row, OPERAND_Ap)) f->pointer_at = f->length;
    memcpy(f->code + f->length, three, sizeof three);
    if (strcmp(row->name, "PF3DNOW") == 0) f->code[f->length] = PFADD;
}

static unsigned size_of(const char *name)
{
    const char *last = strrchr(name, '_');
    return last ? (unsigned)strtoul(last + 1, NULL, 10) / 8 : 0;
}

static bool is_new(struct lister *l, u32 row, u32 key)
{
    struct seen *seen = &l->seen[row];

    for (unsigned i = 0; i < seen->count; i++)
        if (seen->key[i] == key) return false;
    assert(seen->count < SEEN_MAX);
    seen->key[seen->count++] = key;
    return true;
}

static void list(struct lister *l, const struct decode_entry *entry, const struct choice *c)
{
    struct form f = { .row = entry->row, .code_bits = l->mode.code_bits, .vsib = c->vsib };
    struct decoded d;

    if (c->at.vex) put_vex(&f, c);
    else put_legacy(&f, c);
    put_tail(&f, c, entry->row);
    if (decode(l->tables, f.code, sizeof f.code, l->mode, &d) != DECODED || d.row != entry->row) return;
    f.length = d.length;
    f.name = op_names[d.record.h];
    f.size = size_of(f.name);
    u32 segment = has_operand(entry->row, OPERAND_Sw) ? c->modrm >> 3 & 7u : 0;
    u32 key = d.record.h | (u32)c->at.vex << 16 | (u32)c->wide << 17 | (u32)c->at.w << 18 | segment << 20;
    if (!is_new(l, (u32)(entry->row - opcode_rows), key)) return;
    assert(l->count < l->room);
    l->out[l->count++] = f;
}

/* With and without what does not choose the block: 66 besides F2 or F3, VEX.L, a second source. */
static void list_variants(struct lister *l, unsigned number, struct choice c)
{
    if (!number) return;
    const struct decode_entry *entry = &l->tables->entries[number - 1];
    bool repeated = c.at.prefix == PREFIX_F2 || c.at.prefix == PREFIX_F3;

    c.has_modrm = entry->has_modrm;
    c.vsib = entry->vsib && c.modrm < 0xc0;
    if (c.vsib) c.modrm = (u8)((c.modrm & 0x38) | 4);
    for (unsigned i = 0; i < 4; i++) {
        c.opsize = !c.at.vex && i & 1;
        c.wide = c.at.vex && i & 1;
        c.second = i & 2 ? SECOND : 0;
        if (!c.at.vex && ((i & 1 && !repeated) || i & 2)) continue;
        list(l, entry, &c);
    }
}

static void list_block(struct lister *l, const struct opcode_block *block, struct choice c)
{
    u8 rm = l->mode.code_bits == 16 ? 7 : 3;                          /* [BX], [EBX] */

    if (!block->modrm) {
        list_variants(l, block->reg[0], c);
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        unsigned reg = (i + 1) & 7;                              /* ECX is the register that has a number */
        c.modrm = (u8)(reg << 3 | rm);
        list_variants(l, block->memory[reg], c);
    }
    for (unsigned i = 0; i < 64; i++) {
        c.modrm = (u8)(0xc0 | ((i + 9) & 63));
        list_variants(l, block->reg[c.modrm & 63], c);
    }
}

unsigned forms_list(const struct decode_tables *tables, struct decode_mode mode, struct form *out, unsigned room)
{
    struct lister l = { .tables = tables, .mode = mode, .out = out, .room = room };

    l.seen = calloc(opcode_row_count, sizeof *l.seen);
    for (unsigned i = 0; i < 4u * MAPS * 256 * PREFIXES; i++) {
        struct choice c = { .at = { .code64 = mode.code_bits == 64, .prefix = (u8)(i & 3), .opcode = (u8)(i >> 2), .map = i >> 10 & 3, .vex = i >> 12 & 1, .w = i >> 13 & 1 } };
        if (c.at.w && !c.at.vex && mode.code_bits != 64) continue;
        if (c.at.vex && !mode.protected_mode) continue;
        const struct opcode_block *block = opcode_block_at(tables, c.at);
        if (block) list_block(&l, block, c);
    }
    free(l.seen);
    return l.count;
}
