#include "gui/debugger/show.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"

typedef unsigned long long llu;

enum { EFER_LMA_BIT = 1 << 10 };

/* A flag's name, in upper case when it is set. */
static void put_bit(u64 value, const char *name, unsigned bit)
{
    for (const char *c = name; *c; c++) putchar(value >> bit & 1 ? toupper((unsigned char)*c) : *c);
    putchar(' ');
}

static void put_bits(u64 value, const char *const *names, const u8 *bit, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put_bit(value, names[i], bit[i]);
    }
    putchar('\n');
}

void show_eflags(struct machine *m)
{
    static const char *const high[] = { "id", "vip", "vif", "ac", "vm", "rf", "nt" }, *const low[] = { "of", "df", "if", "tf", "sf", "zf", "af", "pf", "cf" };
    static const u8 high_bit[] = { 21, 20, 19, 18, 17, 16, 14 }, low_bit[] = { 11, 10, 9, 8, 7, 6, 4, 2, 0 };
    struct cpu_view v;

    cpu_view(machine_cpu(m), &v);
    for (unsigned i = 0; i < ARRAY_COUNT(high); i++) put_bit(v.rflags, high[i], high_bit[i]);
    printf("IOPL=%u ", (unsigned)(v.rflags >> 12 & 3));
    put_bits(v.rflags, low, low_bit, 9);
}

void show_registers(struct machine *m)
{
    static const char *const name[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi" }, *const high_name[] = { "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
    struct cpu_view v;

    cpu_view(machine_cpu(m), &v);
    for (unsigned i = 0; i < 8; i++) printf("%s: %08x_%08x%s", name[i], (u32)(v.gpr[i] >> 32), (u32)v.gpr[i], i % 4 == 3 ? "\n" : " ");
    for (unsigned i = 8; i < 16 && v.efer & EFER_LMA_BIT; i++) printf("%-3s: %08x_%08x%s", high_name[i - 8], (u32)(v.gpr[i] >> 32), (u32)v.gpr[i], i % 4 == 3 ? "\n" : " ");
    printf("rip: %08x_%08x\neflags: 0x%08x: ", (u32)(v.rip >> 32), (u32)v.rip, (u32)v.rflags);
    show_eflags(m);
}

/* --- segments --- */

/* Type and attributes of a code or data segment.  SDM vol. 3A, "Code- and Data-Segment Descriptor Types". */
static void put_segment_kind(u16 rights, u64 base, u32 limit)
{
    bool code = rights & 8;

    printf("%s segment, base=0x%08llx, limit=0x%08x, ", code ? "Code" : "Data", (llu)base, limit);
    if (code) printf("%s, %s", rights & 2 ? "Execute/Read" : "Execute-Only", rights & 4 ? "Conforming" : "Non-Conforming");
    else printf("%s%s", rights & 2 ? "Read/Write" : "Read-Only", rights & 4 ? ", Expand-down" : "");
    printf("%s, %s\n", rights & 1 ? ", Accessed" : "", rights & 0x4000 ? "32-bit" : "16-bit");
}

void show_segments(struct machine *m)
{
    static const char *const name[] = { "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr" };
    struct cpu_view v;

    cpu_view(machine_cpu(m), &v);
    for (unsigned i = 0; i < CPU_SEGS; i++) {
        const struct cpu_segment_view *s = &v.seg[i];
        u32 limit = s->rights & 0x8000 ? s->limit >> 12 : s->limit;
        u32 high = (u32)(s->base & 0xff000000) | (u32)(s->rights & 0xf000) << 8 | (limit & 0xf0000) | (u32)(s->rights & 0xff) << 8 | (u32)(s->base >> 16 & 0xff);
        printf("%s:0x%04x, dh=0x%08x, dl=0x%08x, valid=%d\n", name[i], s->selector, high, (u32)(s->base << 16) | (limit & 0xffff), s->usable);
        if (i >= CPU_SEG_LDTR) continue;
        putchar('\t');
        put_segment_kind(s->rights, s->base, s->limit);
    }
    printf("gdtr:base=0x%08llx, limit=0x%x\nidtr:base=0x%08llx, limit=0x%x\n", (llu)v.gdtr_base, v.gdtr_limit, (llu)v.idtr_base, v.idtr_limit);
}

void show_control(struct machine *m)
{
    static const char *const cr0[] = { "pg", "cd", "nw", "am", "wp", "ne", "et", "ts", "em", "mp", "pe" };
    static const u8 cr0_bit[] = { 31, 30, 29, 18, 16, 5, 4, 3, 2, 1, 0 };
    static const char *const cr4[] = { "smap", "smep", "osxsave", "pcid", "fsgsbase", "umip", "osxmmexcpt", "osfxsr", "pce", "pge", "mce", "pae", "pse", "de", "tsd", "pvi", "vme" };
    static const u8 cr4_bit[] = { 21, 20, 18, 17, 16, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };
    static const char *const efer[] = { "ffxsr", "nxe", "lma", "lme", "sce" };
    static const u8 efer_bit[] = { 14, 11, 10, 8, 0 };
    struct cpu_view v;

    cpu_view(machine_cpu(m), &v);
    printf("CR0=0x%08llx: ", (llu)v.cr0);
    put_bits(v.cr0, cr0, cr0_bit, ARRAY_COUNT(cr0));
    printf("CR2=page fault laddr=0x%08llx\nCR3=0x%08llx\n    PCD=page-level cache disable=%u\n    PWT=page-level write-through=%u\nCR4=0x%08llx: ", (llu)v.cr2, (llu)v.cr3,
           (unsigned)(v.cr3 >> 4 & 1), (unsigned)(v.cr3 >> 3 & 1), (llu)v.cr4);
    put_bits(v.cr4, cr4, cr4_bit, ARRAY_COUNT(cr4));
    printf("EFER=0x%08llx: ", (llu)v.efer);
    put_bits(v.efer, efer, efer_bit, ARRAY_COUNT(efer));
    printf("CPL=%u\n", v.cpl);
}

void show_debug_registers(struct machine *m)
{
    struct cpu_view v;

    cpu_view(machine_cpu(m), &v);
    for (unsigned i = 0; i < 8; i++)
        if (i != 4 && i != 5) printf("DR%u=0x%08llx\n", i, (llu)v.dr[i]);
}

/* --- memory --- */

struct format {
    u64 count;
    char shape;                  /* x d u o t c m */
    unsigned unit;               /* bytes */
};

static bool parse_format(const char *nuf, struct format *f, struct error *err)
{
    *f = (struct format){ .count = 1, .shape = 'x', .unit = 4 };
    if (isdigit((unsigned char)*nuf)) f->count = strtoull(nuf, (char **)&nuf, 10);
    for (; *nuf; nuf++) {
        if (strchr("xduotcm", *nuf)) f->shape = *nuf;
        else if (strchr("bhwg", *nuf)) f->unit = *nuf == 'b' ? 1 : *nuf == 'h' ? 2 : *nuf == 'w' ? 4 : 8;
        else return fail(err, "/%c is no format and no unit: x d u o t c m i s, b h w g", *nuf);
    }
    if (f->shape == 'c' || f->shape == 'm') f->unit = 1;
    return (f->count && f->count <= 65536) || fail(err, "a count of %llu: 1 to 65536", (llu)f->count);
}

static void put_value(u64 v, const struct format *f)
{
    s64 s = f->unit == 8 ? (s64)v : (s64)(v << (64 - 8 * f->unit)) >> (64 - 8 * f->unit);

    if (f->shape == 'x') printf("0x%0*llx", (int)f->unit * 2, (llu)v);
    else if (f->shape == 'd') printf("%lld", (long long)s);
    else if (f->shape == 'u') printf("%llu", (llu)v);
    else if (f->shape == 'o') printf("0%llo", (llu)v);
    else if (f->shape == 'c') printf(v >= 32 && v < 127 ? "'%c'" : "\\x%02x", (unsigned)v);
    else for (unsigned bit = 8 * f->unit; bit--;) putchar('0' + (int)(v >> bit & 1));
}

void show_value(u64 value, char shape)
{
    if (shape == 'x') printf("0x%llx", (llu)value);
    else put_value(shape == 'c' ? (u8)value : value, &(struct format){ .shape = shape, .unit = shape == 'c' ? 1 : 8 });
    putchar('\n');
}

static bool read_memory(struct machine *m, bool linear, u64 address, u8 *bytes, size_t size, struct error *err)
{
    size_t got = linear ? machine_peek_linear(m, address, bytes, size) : machine_peek(m, address, bytes, size);
    return !linear || got == size || fail(err, "nothing is mapped at linear 0x%llx", (llu)(address + got));
}

/* A dump: 16 bytes a line, and the characters. */
static bool dump(struct machine *m, bool linear, u64 address, u64 count, struct error *err)
{
    u8 bytes[16];

    for (u64 done = 0; done < count; done += 16) {
        size_t n = count - done < 16 ? (size_t)(count - done) : 16;
        if (!read_memory(m, linear, address + done, bytes, n, err)) return false;
        printf("0x%08llx:", (llu)(address + done));
        for (size_t i = 0; i < 16; i++) i < n ? printf(" %02x", bytes[i]) : printf("   ");
        printf("  ");
        for (size_t i = 0; i < n; i++) putchar(bytes[i] >= 32 && bytes[i] < 127 ? bytes[i] : '.');
        putchar('\n');
    }
    return true;
}

bool show_memory(struct machine *m, const struct symbols *symbols, bool linear, const char *nuf, u64 address, struct error *err)
{
    struct format f;
    char name[SYMBOL_TEXT];
    u8 bytes[8];

    if (!parse_format(nuf, &f, err)) return false;
    if (f.shape == 'm') return dump(m, linear, address, f.count, err);
    unsigned a_line = f.unit == 8 ? 2 : f.unit == 4 ? 4 : 8;
    for (u64 i = 0; i < f.count; i++) {
        u64 at = address + i * f.unit, v = 0;
        if (!read_memory(m, linear, at, bytes, f.unit, err)) return putchar('\n'), false;
        for (unsigned k = 0; k < f.unit; k++) v |= (u64)bytes[k] << 8 * k;
        if (i % a_line == 0) {
            bool named = linear && *symbols_text(symbols, at, name);
            printf("%s0x%016llx%s%s%s:", i ? "\n" : "", (llu)at, named ? " <" : "", named ? name : "", named ? ">" : "");
        }
        putchar('\t');
        put_value(v, &f);
    }
    putchar('\n');
    return true;
}

void show_stack(struct machine *m, const struct symbols *symbols, unsigned count)
{
    char name[SYMBOL_TEXT];
    struct cpu_view v;
    u8 bytes[8] = { 0 };

    cpu_view(machine_cpu(m), &v);
    bool wide = v.seg[CPU_SEG_SS].rights & 0x4000, long64 = v.code_bits == 64;
    unsigned step = long64 ? 8 : wide ? 4 : 2;
    for (unsigned i = 0; i < count; i++) {
        u64 la = long64 ? v.gpr[4] + i * step : (u32)(v.seg[CPU_SEG_SS].base + (wide ? (u32)v.gpr[4] : (u16)v.gpr[4]) + i * step);
        if (machine_peek_linear(m, la, bytes, step) < step) return;
        u64 value = long64 ? get64(bytes) : wide ? get32(bytes) : get16(bytes);
        printf(" | STACK 0x%08llx [0x%0*llx]", (llu)la, (int)step * 2, (llu)value);
        u64 code = long64 ? value : v.seg[CPU_SEG_CS].base + value;
        printf(symbols_in_code(symbols, code) ? " (%s)\n" : "\n", symbols_text(symbols, code, name));
    }
}
