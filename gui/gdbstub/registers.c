/* GDB manual, appendix "Target Descriptions", "i386 Features"; FXSAVE: SDM vol. 1, "x87 State", "SSE State".    doc: gdbstub
 * One table of what there is; an architecture takes the rows that are its own, in this order, and that is how gdb numbers them. */
#include "gui/gdbstub/registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/base/bits.h"

enum kind { GPR, PC, FLAGS, SELECTOR, ST, X87, XMM, MXCSR, BASE, CONTROL, DEBUG, EFER, GDTR_BASE, GDTR_LIMIT, IDTR_BASE, IDTR_LIMIT, IP };
enum x87_word { FCTRL, FSTAT, FTAG, FISEG, FIOFF, FOSEG, FOOFF, FOP };
enum feature { CORE, SSE, SEGMENTS, SYSTEM };
enum { NARROW = 1, WIDE = 2, BOTH = 3, WORD = 0 };       /* rows of 16 and 32 bits, of 64; bits of WORD: as wide as the architecture */
enum { AREA_MXCSR = 24, AREA_ST = 32, AREA_XMM = 160 };

static const struct row {
    const char *name;
    u8 feature, rows, kind, index;
    u8 bits;
    const char *type;            /* of the description; NULL: int of so many bits */
} rows[] = {
    { "eax", CORE, NARROW, GPR, 0, WORD, NULL }, { "ecx", CORE, NARROW, GPR, 1, WORD, NULL }, { "edx", CORE, NARROW, GPR, 2, WORD, NULL }, { "ebx", CORE, NARROW, GPR, 3, WORD, NULL },
    { "esp", CORE, NARROW, GPR, 4, WORD, "data_ptr" }, { "ebp", CORE, NARROW, GPR, 5, WORD, "data_ptr" }, { "esi", CORE, NARROW, GPR, 6, WORD, NULL }, { "edi", CORE, NARROW, GPR, 7, WORD, NULL },
    { "rax", CORE, WIDE, GPR, 0, WORD, NULL }, { "rbx", CORE, WIDE, GPR, 3, WORD, NULL }, { "rcx", CORE, WIDE, GPR, 1, WORD, NULL }, { "rdx", CORE, WIDE, GPR, 2, WORD, NULL },
    { "rsi", CORE, WIDE, GPR, 6, WORD, NULL }, { "rdi", CORE, WIDE, GPR, 7, WORD, NULL }, { "rbp", CORE, WIDE, GPR, 5, WORD, "data_ptr" }, { "rsp", CORE, WIDE, GPR, 4, WORD, "data_ptr" },
    { "r8", CORE, WIDE, GPR, 8, WORD, NULL }, { "r9", CORE, WIDE, GPR, 9, WORD, NULL }, { "r10", CORE, WIDE, GPR, 10, WORD, NULL }, { "r11", CORE, WIDE, GPR, 11, WORD, NULL },
    { "r12", CORE, WIDE, GPR, 12, WORD, NULL }, { "r13", CORE, WIDE, GPR, 13, WORD, NULL }, { "r14", CORE, WIDE, GPR, 14, WORD, NULL }, { "r15", CORE, WIDE, GPR, 15, WORD, NULL },
    { "eip", CORE, NARROW, PC, 0, WORD, "code_ptr" }, { "rip", CORE, WIDE, PC, 0, WORD, "code_ptr" }, { "eflags", CORE, BOTH, FLAGS, 0, 32, "i386_eflags" },
    { "cs", CORE, BOTH, SELECTOR, CPU_SEG_CS, 32, NULL }, { "ss", CORE, BOTH, SELECTOR, CPU_SEG_SS, 32, NULL }, { "ds", CORE, BOTH, SELECTOR, CPU_SEG_DS, 32, NULL },
    { "es", CORE, BOTH, SELECTOR, CPU_SEG_ES, 32, NULL }, { "fs", CORE, BOTH, SELECTOR, CPU_SEG_FS, 32, NULL }, { "gs", CORE, BOTH, SELECTOR, CPU_SEG_GS, 32, NULL },
    { "st0", CORE, BOTH, ST, 0, 80, "i387_ext" }, { "st1", CORE, BOTH, ST, 1, 80, "i387_ext" }, { "st2", CORE, BOTH, ST, 2, 80, "i387_ext" }, { "st3", CORE, BOTH, ST, 3, 80, "i387_ext" },
    { "st4", CORE, BOTH, ST, 4, 80, "i387_ext" }, { "st5", CORE, BOTH, ST, 5, 80, "i387_ext" }, { "st6", CORE, BOTH, ST, 6, 80, "i387_ext" }, { "st7", CORE, BOTH, ST, 7, 80, "i387_ext" },
    { "fctrl", CORE, BOTH, X87, FCTRL, 32, NULL }, { "fstat", CORE, BOTH, X87, FSTAT, 32, NULL }, { "ftag", CORE, BOTH, X87, FTAG, 32, NULL }, { "fiseg", CORE, BOTH, X87, FISEG, 32, NULL },
    { "fioff", CORE, BOTH, X87, FIOFF, 32, NULL }, { "foseg", CORE, BOTH, X87, FOSEG, 32, NULL }, { "fooff", CORE, BOTH, X87, FOOFF, 32, NULL }, { "fop", CORE, BOTH, X87, FOP, 32, NULL },
    { "xmm0", SSE, BOTH, XMM, 0, 128, "vec128" }, { "xmm1", SSE, BOTH, XMM, 1, 128, "vec128" }, { "xmm2", SSE, BOTH, XMM, 2, 128, "vec128" }, { "xmm3", SSE, BOTH, XMM, 3, 128, "vec128" },
    { "xmm4", SSE, BOTH, XMM, 4, 128, "vec128" }, { "xmm5", SSE, BOTH, XMM, 5, 128, "vec128" }, { "xmm6", SSE, BOTH, XMM, 6, 128, "vec128" }, { "xmm7", SSE, BOTH, XMM, 7, 128, "vec128" },
    { "xmm8", SSE, WIDE, XMM, 8, 128, "vec128" }, { "xmm9", SSE, WIDE, XMM, 9, 128, "vec128" }, { "xmm10", SSE, WIDE, XMM, 10, 128, "vec128" }, { "xmm11", SSE, WIDE, XMM, 11, 128, "vec128" },
    { "xmm12", SSE, WIDE, XMM, 12, 128, "vec128" }, { "xmm13", SSE, WIDE, XMM, 13, 128, "vec128" }, { "xmm14", SSE, WIDE, XMM, 14, 128, "vec128" }, { "xmm15", SSE, WIDE, XMM, 15, 128, "vec128" },
    { "mxcsr", SSE, BOTH, MXCSR, 0, 32, NULL },
    { "fs_base", SEGMENTS, WIDE, BASE, CPU_SEG_FS, 64, NULL }, { "gs_base", SEGMENTS, WIDE, BASE, CPU_SEG_GS, 64, NULL },
    { "cr0", SYSTEM, BOTH, CONTROL, 0, WORD, NULL }, { "cr2", SYSTEM, BOTH, CONTROL, 2, WORD, NULL }, { "cr3", SYSTEM, BOTH, CONTROL, 3, WORD, NULL }, { "cr4", SYSTEM, BOTH, CONTROL, 4, WORD, NULL },
    { "efer", SYSTEM, BOTH, EFER, 0, 64, NULL }, { "gdtr_base", SYSTEM, BOTH, GDTR_BASE, 0, WORD, NULL }, { "gdtr_limit", SYSTEM, BOTH, GDTR_LIMIT, 0, 32, NULL },
    { "idtr_base", SYSTEM, BOTH, IDTR_BASE, 0, WORD, NULL }, { "idtr_limit", SYSTEM, BOTH, IDTR_LIMIT, 0, 32, NULL },
    { "ldtr", SYSTEM, BOTH, SELECTOR, CPU_SEG_LDTR, 32, NULL }, { "ldtr_base", SYSTEM, BOTH, BASE, CPU_SEG_LDTR, WORD, NULL },
    { "tr", SYSTEM, BOTH, SELECTOR, CPU_SEG_TR, 32, NULL }, { "tr_base", SYSTEM, BOTH, BASE, CPU_SEG_TR, WORD, NULL },
    { "cs_base", SYSTEM, BOTH, BASE, CPU_SEG_CS, WORD, NULL }, { "ss_base", SYSTEM, BOTH, BASE, CPU_SEG_SS, WORD, NULL }, { "ds_base", SYSTEM, BOTH, BASE, CPU_SEG_DS, WORD, NULL },
    { "es_base", SYSTEM, BOTH, BASE, CPU_SEG_ES, WORD, NULL }, { "fs_base", SYSTEM, NARROW, BASE, CPU_SEG_FS, WORD, NULL }, { "gs_base", SYSTEM, NARROW, BASE, CPU_SEG_GS, WORD, NULL },
    { "dr0", SYSTEM, BOTH, DEBUG, 0, WORD, NULL }, { "dr1", SYSTEM, BOTH, DEBUG, 1, WORD, NULL }, { "dr2", SYSTEM, BOTH, DEBUG, 2, WORD, NULL }, { "dr3", SYSTEM, BOTH, DEBUG, 3, WORD, NULL },
    { "dr6", SYSTEM, BOTH, DEBUG, 6, WORD, NULL }, { "dr7", SYSTEM, BOTH, DEBUG, 7, WORD, NULL }, { "ip", SYSTEM, BOTH, IP, 0, WORD, NULL },
};

static bool belongs(const struct row *r, enum gdb_architecture a) { return r->rows & (a == GDB_X86_64 ? WIDE : NARROW); }

static const struct row *row_of(enum gdb_architecture a, unsigned n)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (belongs(&rows[i], a) && !n--) return &rows[i];
    return NULL;
}

static unsigned bits_of(const struct row *r, enum gdb_architecture a) { return r->bits != WORD ? r->bits : a == GDB_X86_64 ? 64 : 32; }

enum gdb_architecture gdb_architecture_of(const struct cpu *cpu)
{
    enum { EFER_LMA_BIT = 1 << 10 };
    struct cpu_view v;

    cpu_view(cpu, &v);
    return v.efer & EFER_LMA_BIT ? GDB_X86_64 : v.code_bits == 32 ? GDB_I386 : GDB_I8086;
}

unsigned gdb_register_count(enum gdb_architecture a)
{
    unsigned count = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) count += belongs(&rows[i], a);
    return count;
}

unsigned gdb_register_bytes(enum gdb_architecture a, unsigned n)
{
    const struct row *r = row_of(a, n);
    return r ? bits_of(r, a) / 8 : 0;
}

/* --- the description --- */

static const char types[] =
    "<flags id=\"i386_eflags\" size=\"4\">"
    "<field name=\"CF\" start=\"0\" end=\"0\"/><field name=\"\" start=\"1\" end=\"1\"/><field name=\"PF\" start=\"2\" end=\"2\"/><field name=\"AF\" start=\"4\" end=\"4\"/>"
    "<field name=\"ZF\" start=\"6\" end=\"6\"/><field name=\"SF\" start=\"7\" end=\"7\"/><field name=\"TF\" start=\"8\" end=\"8\"/><field name=\"IF\" start=\"9\" end=\"9\"/>"
    "<field name=\"DF\" start=\"10\" end=\"10\"/><field name=\"OF\" start=\"11\" end=\"11\"/><field name=\"NT\" start=\"14\" end=\"14\"/><field name=\"RF\" start=\"16\" end=\"16\"/>"
    "<field name=\"VM\" start=\"17\" end=\"17\"/><field name=\"AC\" start=\"18\" end=\"18\"/><field name=\"VIF\" start=\"19\" end=\"19\"/><field name=\"VIP\" start=\"20\" end=\"20\"/>"
    "<field name=\"ID\" start=\"21\" end=\"21\"/></flags>";
static const char vectors[] =
    "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/><vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/><vector id=\"v16i8\" type=\"int8\" count=\"16\"/>"
    "<vector id=\"v8i16\" type=\"int16\" count=\"8\"/><vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
    "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/><field name=\"v16_int8\" type=\"v16i8\"/>"
    "<field name=\"v8_int16\" type=\"v8i16\"/><field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/><field name=\"uint128\" type=\"uint128\"/></union>";

static void put_feature(FILE *f, enum gdb_architecture a, unsigned feature)
{
    static const char *const name[] = { [CORE] = "org.gnu.gdb.i386.core", [SSE] = "org.gnu.gdb.i386.sse", [SEGMENTS] = "org.gnu.gdb.i386.segments", [SYSTEM] = "org.orrery.system" };

    fprintf(f, "<feature name=\"%s\">%s", name[feature], feature == CORE ? types : feature == SSE ? vectors : "");
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        if (r->feature != feature || !belongs(r, a)) continue;
        fprintf(f, "<reg name=\"%s\" bitsize=\"%u\"", r->name, bits_of(r, a));
        if (r->type) fprintf(f, " type=\"%s\"", r->type);
        else fprintf(f, " type=\"int%u\"", bits_of(r, a));
        fprintf(f, "%s/>", feature == SYSTEM ? " group=\"system\"" : "");
    }
    fputs("</feature>", f);
}

char *gdb_description(enum gdb_architecture a)
{
    static const char *const name[GDB_ARCHITECTURES] = { "i8086", "i386", "i386:x86-64" };
    char *text = NULL;
    size_t size;
    FILE *f = allocated(open_memstream(&text, &size));

    fprintf(f, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\"><architecture>%s</architecture><osabi>none</osabi>", name[a]);
    put_feature(f, a, CORE);
    put_feature(f, a, SSE);
    if (a == GDB_X86_64) put_feature(f, a, SEGMENTS);
    put_feature(f, a, SYSTEM);
    fputs("</target>", f);
    fclose(f);
    return text;
}

/* --- values --- */

/* Of a register that is not empty: 0 valid, 1 zero, 2 special; SDM vol. 1, "x87 FPU Tag Word". */
static unsigned tag_of(const u8 *st)
{
    u64 significand = get64(st);
    unsigned exponent = get16(st + 8) & 0x7fff;

    if (!exponent && !significand) return 1;
    return !exponent || exponent == 0x7fff || !(significand >> 63) ? 2 : 0;
}

static u32 tag_word(const u8 *area)
{
    u32 tags = 0;
    unsigned top = get16(area + 2) >> 11 & 7;

    for (unsigned n = 0; n < 8; n++) {
        unsigned tag = area[4] >> n & 1 ? tag_of(area + AREA_ST + 16 * ((n - top) & 7)) : 3;
        tags |= tag << 2 * n;
    }
    return tags;
}

static u32 x87_word(const u8 *area, unsigned index)
{
    switch (index) {
    case FCTRL: return get16(area);
    case FSTAT: return get16(area + 2);
    case FTAG: return tag_word(area);
    case FISEG: return get16(area + 12);
    case FIOFF: return get32(area + 8);
    case FOSEG: return get16(area + 20);
    case FOOFF: return get32(area + 16);
    default: return get16(area + 6);
    }
}

/* gdb compares the program counter with addresses, so outside 64-bit code it is told the linear one. */
static u64 linear_pc(const struct cpu_view *v) { return v->code_bits == 64 ? v->rip : (u32)(v->seg[CPU_SEG_CS].base + v->rip); }

static u64 plain_value(const struct cpu_view *v, const struct row *r)
{
    switch (r->kind) {
    case GPR: return v->gpr[r->index];
    case PC: return linear_pc(v);
    case FLAGS: return v->rflags;
    case SELECTOR: return v->seg[r->index].selector;
    case BASE: return v->seg[r->index].base;
    case CONTROL: return r->index == 0 ? v->cr0 : r->index == 2 ? v->cr2 : r->index == 3 ? v->cr3 : v->cr4;
    case DEBUG: return v->dr[r->index];
    case EFER: return v->efer;
    case GDTR_BASE: return v->gdtr_base;
    case GDTR_LIMIT: return v->gdtr_limit;
    case IDTR_BASE: return v->idtr_base;
    case IDTR_LIMIT: return v->idtr_limit;
    default: return v->rip;
    }
}

unsigned gdb_register_get(const struct cpu *cpu, enum gdb_architecture a, unsigned n, u8 bytes[GDB_REGISTER_BYTES])
{
    const struct row *r = row_of(a, n);
    u8 area[CPU_FLOAT_BYTES];
    struct cpu_view v;

    if (!r) return 0;
    memset(bytes, 0, GDB_REGISTER_BYTES);
    cpu_save_float(cpu, area);
    cpu_view(cpu, &v);
    if (r->kind == ST) memcpy(bytes, area + AREA_ST + 16 * r->index, 10);
    else if (r->kind == XMM) memcpy(bytes, area + AREA_XMM + 16 * r->index, 16);
    else if (r->kind == X87) put32(bytes, x87_word(area, r->index));
    else if (r->kind == MXCSR) put32(bytes, get32(area + AREA_MXCSR));
    else put64(bytes, plain_value(&v, r));
    return bits_of(r, a) / 8;
}

/* --- setting --- */

static void set_x87_word(u8 *area, unsigned index, u32 value)
{
    switch (index) {
    case FCTRL: put16(area, (u16)value); break;
    case FSTAT: put16(area + 2, (u16)value); break;
    case FTAG:
        area[4] = 0;
        for (unsigned n = 0; n < 8; n++) area[4] |= (u8)(((value >> 2 * n & 3) != 3) << n);
        break;
    case FISEG: put16(area + 12, (u16)value); break;
    case FIOFF: put32(area + 8, value); break;
    case FOSEG: put16(area + 20, (u16)value); break;
    case FOOFF: put32(area + 16, value); break;
    default: put16(area + 6, (u16)value); break;
    }
}

static bool set_float(struct machine *m, unsigned processor, const struct row *r, const u8 *bytes)
{
    u8 area[CPU_FLOAT_BYTES];

    cpu_save_float(machine_processor(m, processor), area);
    if (r->kind == ST) memcpy(area + AREA_ST + 16 * r->index, bytes, 10);
    else if (r->kind == XMM) memcpy(area + AREA_XMM + 16 * r->index, bytes, 16);
    else if (r->kind == MXCSR) put32(area + AREA_MXCSR, get32(bytes));
    else set_x87_word(area, r->index, get32(bytes));
    machine_load_float(m, processor, area);
    return true;
}

bool gdb_register_set(struct machine *m, unsigned processor, enum gdb_architecture a, unsigned n, const u8 bytes[GDB_REGISTER_BYTES], struct error *err)
{
    static const char *const gpr[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
    const struct row *r = row_of(a, n);
    struct cpu_view v;

    if (!r) return fail(err, "there is no register %u", n);
    if (r->kind == ST || r->kind == XMM || r->kind == MXCSR || r->kind == X87) return set_float(m, processor, r, bytes);
    u64 value = bits_of(r, a) == 64 ? get64(bytes) : get32(bytes);
    cpu_view(machine_processor(m, processor), &v);
    switch (r->kind) {
    case GPR: return machine_set_register(m, processor, gpr[r->index], value, err);
    case PC: return machine_set_register(m, processor, "rip", v.code_bits == 64 ? value : (u32)(value - v.seg[CPU_SEG_CS].base), err);
    case IP: return machine_set_register(m, processor, "rip", value, err);
    case BASE: case EFER: return fail(err, "%s is not set from here: let the guest load it", r->name);
    default: return machine_set_register(m, processor, r->name, value, err);
    }
}
