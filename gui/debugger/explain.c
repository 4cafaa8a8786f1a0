/* SDM vol. 2A, "Instruction Format".  The processor's own decoder is another one; that the two agree is a test's business (tests/lengths).   doc: debugger */
#include "gui/debugger/explain.h"

#include <stdio.h>
#include <string.h>

#include "gui/debugger/decoded.h"
#include "gui/debugger/disassemble.h"

typedef unsigned long long llu;

enum { BYTES_COLUMN = 18, CR0_PE_BIT = 0, EFLAGS_VM_BIT = 17 };

struct explanation {
    struct cpu *cpu;
    struct cpu_view v;
    struct decoded_instruction d;
    const u8 *bytes;
    u64 offset;                  /* of the instruction in CS */
    const struct symbols *symbols;
};

/* --- the bytes --- */

static void put_bytes(const struct explanation *e, unsigned from, unsigned count)
{
    unsigned column = 2;

    printf("  ");
    for (unsigned i = 0; i < count; i++) column += (unsigned)printf("%02x ", e->bytes[from + i]);
    printf("%*s", column < BYTES_COLUMN ? (int)(BYTES_COLUMN - column) : 1, "");
}

/* SDM vol. 2A, "Instruction Prefixes". */
static const char *prefix_meaning(const struct explanation *e, u8 value)
{
    switch (value) {
    case 0x26: return "ES instead of the segment that is usual";
    case 0x2e: return "CS instead of the segment that is usual";
    case 0x36: return "SS instead of the segment that is usual";
    case 0x3e: return "DS instead of the segment that is usual";
    case 0x64: return "FS instead of the segment that is usual";
    case 0x65: return "GS instead of the segment that is usual";
    case 0x66: return e->v.code_bits == 16 ? "operand size: 32 bits instead of 16, or part of the opcode" : "operand size: 16 bits, or part of the opcode";
    case 0x67: return e->v.code_bits == 64 ? "address size: 32 bits instead of 64" : e->v.code_bits == 32 ? "address size: 16 bits instead of 32" : "address size: 32 bits instead of 16";
    case 0xf0: return "LOCK: the read and the write are one";
    case 0xf2: return "REPNE, or part of the opcode";
    default: return "REP, REPE, or part of the opcode";
    }
}

static void put_prefixes(const struct explanation *e)
{
    const ZydisDecodedInstructionRaw *raw = &e->d.instruction.raw;

    for (unsigned i = 0; i < raw->prefix_count; i++) {
        u8 value = raw->prefixes[i].value;
        put_bytes(e, i, 1);
        if (e->v.code_bits == 64 && (value & 0xf0) == 0x40)
            printf("REX: W=%u%s R=%u X=%u B=%u (4th bits of the register numbers)\n", value >> 3 & 1, value >> 3 & 1 ? " (64-bit operands)" : "", value >> 2 & 1, value >> 1 & 1, value & 1);
        else printf("prefix: %s\n", prefix_meaning(e, value));
    }
}

/* Where the first of ModRM, displacement and immediates begins, or the end. */
static unsigned opcode_end(const ZydisDecodedInstruction *in)
{
    if (in->attributes & ZYDIS_ATTRIB_HAS_MODRM) return in->raw.modrm.offset;
    if (in->raw.disp.size) return in->raw.disp.offset;
    return in->raw.imm[0].size ? in->raw.imm[0].offset : in->length;
}

static void put_opcode(const struct explanation *e)
{
    const ZydisDecodedInstruction *in = &e->d.instruction;
    unsigned at = in->raw.prefix_count;
    bool vector = in->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX;

    put_bytes(e, at, opcode_end(in) - at);
    printf("%sopcode: %s", vector ? "VEX and " : "", ZydisMnemonicGetString(in->mnemonic));
    if (vector) printf(", %u-bit vectors, W=%u", in->avx.vector_length, in->raw.vex.W);
    else printf(", operand size %u", in->operand_width);
    printf(", address size %u, stack address size %u\n", in->address_width, in->stack_width);
}

static void put_modrm(const struct explanation *e)
{
    static const char *const mod[] = { "memory", "memory with an 8-bit displacement", "memory with a displacement", "a register" };
    const ZydisDecodedInstructionRaw *raw = &e->d.instruction.raw;

    if (e->d.instruction.attributes & ZYDIS_ATTRIB_HAS_MODRM) {
        put_bytes(e, raw->modrm.offset, 1);
        printf("ModRM: mod %u (%s), reg %u, r/m %u\n", raw->modrm.mod, mod[raw->modrm.mod & 3], raw->modrm.reg, raw->modrm.rm);
    }
    if (raw->sib.offset) {
        put_bytes(e, raw->sib.offset, 1);
        printf("SIB: scale %u, index %u%s, base %u\n", 1u << raw->sib.scale, raw->sib.index, raw->sib.index == 4 ? " (none)" : "", raw->sib.base);
    }
    if (raw->disp.size) {
        put_bytes(e, raw->disp.offset, raw->disp.size / 8);
        printf("displacement: %s%llx\n", raw->disp.value < 0 ? "-" : "", (llu)(raw->disp.value < 0 ? -(u64)raw->disp.value : (u64)raw->disp.value));
    }
    for (unsigned i = 0; i < 2; i++) {
        if (!raw->imm[i].size) continue;
        put_bytes(e, raw->imm[i].offset, raw->imm[i].size / 8);
        printf("%s: %llx\n", raw->imm[i].is_relative ? "distance from the next instruction" : "immediate", (llu)raw->imm[i].value.u);
    }
}

/* --- the operands --- */

/* What a register of addresses and integers holds; false for others. */
static bool register_value(const struct explanation *e, ZydisRegister r, u64 *value)
{
    ZyanI8 n = ZydisRegisterGetId(r);

    switch (ZydisRegisterGetClass(r)) {
    case ZYDIS_REGCLASS_GPR8:
        if (r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH) *value = e->v.gpr[r - ZYDIS_REGISTER_AH] >> 8 & 0xff;
        else *value = e->v.gpr[(r >= ZYDIS_REGISTER_SPL ? n - 4 : n) & 15] & 0xff;
        return true;
    case ZYDIS_REGCLASS_GPR16: *value = e->v.gpr[n & 15] & 0xffff; return true;
    case ZYDIS_REGCLASS_GPR32: *value = (u32)e->v.gpr[n & 15]; return true;
    case ZYDIS_REGCLASS_GPR64: *value = e->v.gpr[n & 15]; return true;
    case ZYDIS_REGCLASS_IP: *value = e->offset + e->d.instruction.length; return true;
    case ZYDIS_REGCLASS_SEGMENT: *value = e->v.seg[n & 7].selector; return true;
    case ZYDIS_REGCLASS_CONTROL: *value = n == 0 ? e->v.cr0 : n == 2 ? e->v.cr2 : n == 3 ? e->v.cr3 : e->v.cr4; return n == 0 || (n >= 2 && n <= 4);
    case ZYDIS_REGCLASS_DEBUG: *value = e->v.dr[n & 7]; return true;
    default: return false;
    }
}

static const char *action(const ZydisDecodedOperand *o)
{
    bool reads = o->actions & ZYDIS_OPERAND_ACTION_MASK_READ, writes = o->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
    return reads && writes ? "read and written" : writes ? "written" : reads ? "read" : "not accessed";
}

static unsigned segment_of(ZydisRegister r) { return (unsigned)ZydisRegisterGetId(r) & 7; }

static bool flat_64(const struct explanation *e, unsigned segment) { return e->v.code_bits == 64 && segment != CPU_SEG_FS && segment != CPU_SEG_GS; }

/* Limit Checking, as far as can be told from outside. */
static void put_segment(const struct explanation *e, unsigned n, u64 ea, unsigned bytes)
{
    static const char *const name[] = { "ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR" };
    const struct cpu_segment_view *s = &e->v.seg[n];
    bool down = (s->rights & 0x1c) == 0x14, fits = down ? ea > s->limit : ea + bytes - 1 <= s->limit && ea + bytes - 1 >= ea;

    if (flat_64(e, n)) printf("              %s: base 0, no limit in 64-bit mode\n", name[n]);
    else if (e->v.code_bits == 64) printf("              %s: base %llx, no limit in 64-bit mode\n", name[n], (llu)s->base);
    else printf("              %s: selector %04x, base %08llx, limit %08x%s: %s\n", name[n], s->selector, (llu)s->base, s->limit, down ? " (expand-down)" : "",
                !s->usable ? "NULL, a fault" : fits ? "within" : "BEYOND, a fault");
}

static void put_memory_value(const struct explanation *e, u64 la, unsigned bytes)
{
    u8 byte[64];
    struct cpu_walk w;

    bool mapped = cpu_walk(e->cpu, la, e->v.cr3, &w);
    char name[SYMBOL_TEXT];
    printf("              linear %llx", (llu)la);
    if (*symbols_name(e->symbols, la, name)) printf(" <%s>", name);
    if (!mapped) {
        printf(w.canonical || !w.paging ? ": not mapped, a page fault (walk %llx)\n" : ": not canonical, a fault\n", (llu)la);
        return;
    }
    printf(" -> physical %llx%s", (llu)w.pa, w.paging ? w.writable ? ", writable" : ", read-only" : "");
    if (bytes && bytes <= sizeof byte && cpu_peek_linear(e->cpu, la, byte, bytes) == bytes) {
        printf(", holds ");
        for (unsigned i = bytes; i--;) printf("%02x", byte[i]);
    }
    putchar('\n');
}

static u64 masked(u64 value, unsigned bits) { return bits == 64 ? value : value & ((1ull << bits) - 1); }

/* base + index * scale + displacement, with what they hold. */
static u64 put_effective_address(const struct explanation *e, const ZydisDecodedOperandMem *m)
{
    const ZydisDecodedInstruction *in = &e->d.instruction;
    u64 ea = 0, value;
    const char *plus = "";

    printf("              offset ");
    if (m->base != ZYDIS_REGISTER_NONE && register_value(e, m->base, &value)) {
        printf("%s %llx", ZydisRegisterGetString(m->base), (llu)value);
        ea += value;
        plus = " + ";
    }
    if (m->index != ZYDIS_REGISTER_NONE && register_value(e, m->index, &value)) {
        printf("%s%s %llx * %u", plus, ZydisRegisterGetString(m->index), (llu)value, m->scale);
        ea += value * m->scale;
        plus = " + ";
    }
    if (m->disp.has_displacement || !*plus) {
        s64 d = m->disp.value;
        printf("%s%llx", d < 0 && *plus ? " - " : plus, (llu)(d < 0 && *plus ? -(u64)d : (u64)d));
        ea += (u64)d;
    }
    ea = masked(ea, in->address_width);
    if (*plus) printf(" = %llx", (llu)ea);
    putchar('\n');
    return ea;
}

static void put_memory(const struct explanation *e, const ZydisDecodedOperand *o)
{
    unsigned segment = segment_of(o->mem.segment), bytes = o->size / 8;
    u64 ea = put_effective_address(e, &o->mem);

    if (o->mem.type == ZYDIS_MEMOP_TYPE_AGEN) return;
    put_segment(e, segment, ea, bytes);
    u64 base = flat_64(e, segment) ? 0 : e->v.seg[segment].base, la = base + ea;
    put_memory_value(e, e->v.code_bits == 64 ? la : (u32)la, bytes);
}

static void put_operands(const struct explanation *e)
{
    const ZydisDecodedInstruction *in = &e->d.instruction;
    char text[96];
    u64 value;

    for (unsigned i = 0; i < in->operand_count; i++) {
        const ZydisDecodedOperand *o = &e->d.operand[i];
        bool hidden = i >= in->operand_count_visible;
        if (o->type == ZYDIS_OPERAND_TYPE_REGISTER && hidden && ZydisRegisterGetClass(o->reg.value) == ZYDIS_REGCLASS_FLAGS) continue;
        if (o->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && hidden) continue;
        if (!format_operand(&e->d, i, e->offset, text, sizeof text)) continue;
        printf("  operand %u%s  %s", i + 1, hidden ? " (implied)" : "", text);
        if (o->type == ZYDIS_OPERAND_TYPE_REGISTER) {
            printf(", %s", action(o));
            if (register_value(e, o->reg.value, &value)) printf(", holds %llx", (llu)value);
        }
        if (o->type == ZYDIS_OPERAND_TYPE_MEMORY) printf(", %u bytes, %s", o->size / 8, o->mem.type == ZYDIS_MEMOP_TYPE_AGEN ? "an address alone: memory is not accessed" : action(o));
        putchar('\n');
        if (o->type == ZYDIS_OPERAND_TYPE_MEMORY) put_memory(e, o);
    }
}

/* --- flags --- */

static void put_flags(const char *what, u32 mask, u64 now, bool values)
{
    static const struct { const char *name; u8 bit; } flag[] = {
        { "CF", 0 }, { "PF", 2 }, { "AF", 4 }, { "ZF", 6 }, { "SF", 7 }, { "TF", 8 }, { "IF", 9 }, { "DF", 10 }, { "OF", 11 },
    };

    if (!mask) return;
    printf("  flags %s:", what);
    for (unsigned i = 0; i < ARRAY_COUNT(flag); i++) {
        if (!(mask >> flag[i].bit & 1)) continue;
        printf(" %s", flag[i].name);
        if (values) printf("=%u", (unsigned)(now >> flag[i].bit & 1));
    }
    putchar('\n');
}

static void put_all_flags(const struct explanation *e)
{
    const ZydisAccessedFlags *f = e->d.instruction.cpu_flags;

    put_flags("read", f->tested, e->v.rflags, true);
    put_flags("set by the result", f->modified, 0, false);
    put_flags("cleared", f->set_0, 0, false);
    put_flags("set", f->set_1, 0, false);
    put_flags("left undefined (the processor model decides)", f->undefined, 0, false);
    if (!(f->tested | f->modified | f->set_0 | f->set_1 | f->undefined)) puts("  flags: none read, none written");
}

static const char *mode(const struct cpu_view *v)
{
    if (v->code_bits == 64) return "64-bit mode";
    if (!(v->cr0 >> CR0_PE_BIT & 1)) return "real-address mode";
    if (v->rflags >> EFLAGS_VM_BIT & 1) return "virtual-8086 mode";
    return v->code_bits == 32 ? "protected mode, 32-bit code" : "protected mode, 16-bit code";
}

bool explain(struct cpu *cpu, const struct symbols *symbols, u64 offset, struct error *err)
{
    struct explanation e = { .cpu = cpu, .offset = offset, .symbols = symbols };
    u8 bytes[15];
    char text[DISASSEMBLY_TEXT], name[SYMBOL_TEXT];

    cpu_view(cpu, &e.v);
    u64 la = e.v.code_bits == 64 ? offset : (u32)(e.v.seg[CPU_SEG_CS].base + offset);
    size_t got = cpu_peek_linear(cpu, la, bytes, sizeof bytes);
    if (!got) return fail(err, "nothing is mapped at linear 0x%llx", (llu)la);
    if (!decode_instruction(bytes, got, e.v.code_bits, &e.d)) return fail(err, "at linear 0x%llx stands no instruction: %02x %02x %02x %02x ...", (llu)la, bytes[0], bytes[1], bytes[2], bytes[3]);
    e.bytes = bytes;
    disassemble_named(symbols, la - offset, SYNTAX_INTEL, bytes, got, offset, e.v.code_bits, text);
    if (*symbols_text(symbols, la, name)) puts(name);
    printf("%04x:%0*llx  %s    (%s, CPL %u; %u bytes)\n", e.v.seg[CPU_SEG_CS].selector, e.v.code_bits == 64 ? 16 : 8, (llu)offset, text, mode(&e.v), e.v.cpl, e.d.instruction.length);
    put_prefixes(&e);
    put_opcode(&e);
    put_modrm(&e);
    put_operands(&e);
    put_all_flags(&e);
    return true;
}
