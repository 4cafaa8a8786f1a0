/* SDM vol. 3A, "Segment Descriptors", "System Descriptor Types", "IDT Descriptors", "Task-State Segment (TSS)".     doc: debugger
 *
 *    63..56 base 31:24  55 G  54 D/B  53 L  52 AVL  51..48 limit 19:16  47 P  46..45 DPL  44 S  43..40 type  39..16 base 23:0  15..0 limit 15:0
 *    a gate: 63..48 offset 31:16  47 P  46..45 DPL  44 0  43..40 type  36..32 words to copy, IST  31..16 selector  15..0 offset 15:0
 *    of long mode 16 bytes: base or offset 63:32 in 31..0 of the upper half */
#include "gui/debugger/descriptors.h"

#include <stdio.h>

#include "cpu/base/bits.h"

typedef unsigned long long llu;

enum { CR0_PE_BIT = 1, EFER_LMA_BIT = 1 << 10, EFLAGS_VM_BIT = 1 << 17 };
enum { TYPE_TASK_GATE = 5 };
#define ACCESSED (1ull << 40)

struct descriptor_view {
    u64 low, upper, base, offset;
    u32 limit;
    u16 selector;                /* of a gate */
    unsigned type, dpl;          /* S and type */
    bool present, is_segment, is_gate, long_mode;
};

static bool long_mode(const struct cpu_view *v) { return v->efer & EFER_LMA_BIT; }

static struct descriptor_view take_apart(u64 low, u64 upper, bool in_long_mode)
{
    struct descriptor_view d = { .low = low, .upper = upper, .type = bits(low, 43, 40), .dpl = bits(low, 46, 45), .present = low >> 47 & 1, .is_segment = low >> 44 & 1 };

    d.is_gate = !d.is_segment && d.type >= 4 && d.type != 9 && d.type != 11;
    d.long_mode = in_long_mode && !d.is_segment && d.type != TYPE_TASK_GATE;
    d.base = bits(low, 39, 16) | bits(low, 63, 56) << 24 | (d.long_mode ? (u64)(u32)upper << 32 : 0);
    d.limit = (u32)(bits(low, 15, 0) | bits(low, 51, 48) << 16);
    if (low >> 55 & 1) d.limit = d.limit << 12 | 0xfff;
    d.selector = (u16)bits(low, 31, 16);
    d.offset = bits(low, 15, 0) | (d.type & 8 ? bits(low, 63, 48) << 16 : 0) | (d.long_mode ? (u64)(u32)upper << 32 : 0);
    return d;
}

static const char *system_name(const struct descriptor_view *d)
{
    static const char *const legacy[16] = {
        "Reserved", "16-Bit TSS (Available)", "LDT", "16-Bit TSS (Busy)", "16-Bit Call Gate", "Task Gate", "16-Bit Interrupt Gate", "16-Bit Trap Gate",
        "Reserved", "32-Bit TSS (Available)", "Reserved", "32-Bit TSS (Busy)", "32-Bit Call Gate", "Reserved", "32-Bit Interrupt Gate", "32-Bit Trap Gate",
    }, *const of_long_mode[16] = {
        [2] = "LDT", [9] = "64-Bit TSS (Available)", [11] = "64-Bit TSS (Busy)", [12] = "64-Bit Call Gate", [14] = "64-Bit Interrupt Gate", [15] = "64-Bit Trap Gate",
    };
    const char *name = d->long_mode ? of_long_mode[d->type] : legacy[d->type];
    return name ? name : "Reserved";
}

/* Code or data, as Bochs prints it.  SDM vol. 3A, "Code- and Data-Segment Types". */
static void put_segment(u64 low, const struct descriptor_view *d)
{
    bool code = d->type & 8, l = code && low >> 53 & 1;

    printf("%s segment, base=0x%08llx, limit=0x%08x, ", code ? "Code" : "Data", (llu)d->base, d->limit);
    if (code) printf("%s, %s", d->type & 2 ? "Execute/Read" : "Execute-Only", d->type & 4 ? "Conforming" : "Non-Conforming");
    else printf("%s%s", d->type & 2 ? "Read/Write" : "Read-Only", d->type & 4 ? ", Expand-down" : "");
    printf("%s, %s\n", d->type & 1 ? ", Accessed" : "", l ? "64-bit" : low >> 54 & 1 ? "32-bit" : "16-bit");
}

static void put_line(const struct descriptor_view *d)
{
    if (!d->low && !d->upper) puts("??? descriptor: 0");
    else if (d->is_segment) put_segment(d->low, d);
    else if (d->is_gate)
        printf("%s target=0x%04x:0x%0*llx, DPL=%u%s\n", system_name(d), d->selector, d->long_mode ? 16 : 8, (llu)d->offset, d->dpl, d->present ? "" : ", not present");
    else printf("%s at 0x%08llx, length 0x%05x\n", system_name(d), (llu)d->base, d->limit);
}

/* --- tables --- */

static bool read_entry(struct cpu *cpu, const char *table, u64 la, unsigned bytes, u64 *low, u64 *upper, struct error *err)
{
    u8 d[16] = { 0 };

    if (cpu_peek_linear(cpu, la, d, bytes) < bytes) return fail(err, "%s: nothing is mapped at linear 0x%llx", table, (llu)la);
    *low = get64(d);
    *upper = get64(d + 8);
    return true;
}

static bool show_table(struct cpu *cpu, const char *name, u64 base, u32 limit, u64 first, u64 last, struct error *err)
{
    struct cpu_view v;
    u64 low = 0, upper = 0, skip;

    cpu_view(cpu, &v);
    for (u64 n = first; n <= last && n * 8 + 7 <= limit; n++) {
        if (!read_entry(cpu, name, base + n * 8, 8, &low, &upper, err)) return false;
        upper = 0;
        bool twice = long_mode(&v) && !(low >> 44 & 1) && low && n * 8 + 15 <= limit;
        if (twice && !read_entry(cpu, name, base + n * 8 + 8, 8, &upper, &skip, err)) return false;
        struct descriptor_view d = take_apart(low, upper, long_mode(&v));
        printf("%s[0x%04llx]=", name, (llu)(n * 8));
        put_line(&d);
        n += twice;
    }
    return true;
}

bool show_gdt(struct cpu *cpu, u64 first, u64 last, struct error *err)
{
    struct cpu_view v;
    cpu_view(cpu, &v);
    printf("Global Descriptor Table (base=0x%08llx, limit=%u):\n", (llu)v.gdtr_base, v.gdtr_limit);
    return show_table(cpu, "gdt", v.gdtr_base, v.gdtr_limit, first, last, err);
}

bool show_ldt(struct cpu *cpu, u64 first, u64 last, struct error *err)
{
    struct cpu_view v;
    cpu_view(cpu, &v);
    if (!v.seg[CPU_SEG_LDTR].usable || !(v.seg[CPU_SEG_LDTR].selector & 0xfffc)) return fail(err, "LDTR is null: there is no local descriptor table");
    printf("Local Descriptor Table (base=0x%08llx, limit=%u):\n", (llu)v.seg[CPU_SEG_LDTR].base, v.seg[CPU_SEG_LDTR].limit);
    return show_table(cpu, "ldt", v.seg[CPU_SEG_LDTR].base, v.seg[CPU_SEG_LDTR].limit, first, last, err);
}

static bool in_real_mode(const struct cpu_view *v) { return !(v->cr0 & CR0_PE_BIT); }
static unsigned gate_bytes(const struct cpu_view *v) { return in_real_mode(v) ? 4 : long_mode(v) ? 16 : 8; }

/* One entry of the IDT; false with a message where it cannot be read. */
static bool fetch_gate(struct cpu *cpu, const struct cpu_view *v, u64 vector, struct descriptor_view *d, struct error *err)
{
    u64 low = 0, upper = 0;

    if (!read_entry(cpu, "idt", v->idtr_base + vector * gate_bytes(v), gate_bytes(v), &low, &upper, err)) return false;
    *d = take_apart(low, upper, long_mode(v));
    return true;
}

static void put_vector(u64 vector, u32 pointer)
{
    printf("INT# %02llx > %04x:%04x (0x%08x)\n", (llu)vector, pointer >> 16, pointer & 0xffff, (pointer >> 16) * 16 + (pointer & 0xffff));
}

bool show_idt(struct cpu *cpu, u64 first, u64 last, struct error *err)
{
    struct cpu_view v;
    struct descriptor_view d;

    cpu_view(cpu, &v);
    printf("Interrupt Descriptor Table (base=0x%08llx, limit=%u):\n", (llu)v.idtr_base, v.idtr_limit);
    for (u64 n = first; n <= last && n < 256 && (n + 1) * gate_bytes(&v) - 1 <= v.idtr_limit; n++) {
        if (!fetch_gate(cpu, &v, n, &d, err)) return false;
        if (in_real_mode(&v)) {
            put_vector(n, (u32)d.low);
            continue;
        }
        printf("IDT[0x%02llx]=", (llu)n);
        put_line(&d);
    }
    return true;
}

/* --- in few words --- */

static unsigned entry_bytes(const struct cpu_view *v, enum descriptor_table table) { return table == TABLE_IDT ? gate_bytes(v) : 8; }

unsigned descriptor_count(struct cpu *cpu, enum descriptor_table table)
{
    struct cpu_view v;

    cpu_view(cpu, &v);
    const struct cpu_segment_view *ldt = &v.seg[CPU_SEG_LDTR];
    if (table == TABLE_LDT && (!ldt->usable || !(ldt->selector & 0xfffc))) return 0;
    u32 limit = table == TABLE_GDT ? v.gdtr_limit : table == TABLE_IDT ? v.idtr_limit : ldt->limit & 0xffff, count = (limit + 1) / entry_bytes(&v, table);
    return table == TABLE_IDT && count > 256 ? 256 : count;
}

/* Where the code of a selector begins, as far as its table can be read. */
static u64 code_base(struct cpu *cpu, const struct cpu_view *v, u16 selector)
{
    struct error err = { 0 };
    u64 low = 0, upper, base = selector & 4 ? v->seg[CPU_SEG_LDTR].base : v->gdtr_base;

    if (long_mode(v) || !read_entry(cpu, "", base + (selector & ~7u), 8, &low, &upper, &err)) return 0;
    return take_apart(low, 0, false).base;
}

static void put_brief(const struct descriptor_view *d, enum descriptor_table table, char text[128], u64 *target)
{
    bool code = d->type & 8;
    const char *absent = d->present ? "" : "  not present";

    *target = d->is_gate ? d->offset : 0;
    if (!d->low && !d->upper) snprintf(text, 128, "-");
    else if (d->is_gate) snprintf(text, 128, "%04x:%0*llx  DPL %u  %s%s", d->selector, d->long_mode ? 16 : 8, (llu)d->offset, d->dpl, system_name(d), absent);
    else if (table == TABLE_IDT) snprintf(text, 128, "no gate: S and type %02xh%s", d->type | d->is_segment << 4, absent);
    else if (!d->is_segment) snprintf(text, 128, "%0*llx %08x  DPL %u  %s%s", d->long_mode ? 16 : 8, (llu)d->base, d->limit, d->dpl, system_name(d), absent);
    else
        snprintf(text, 128, "%08llx %08x  DPL %u  %s %c%c%c %s%s%s%s", (llu)d->base, d->limit, d->dpl, code ? "code" : "data", !code || d->type & 2 ? 'r' : '-', !code && d->type & 2 ? 'w' : '-',
                 code ? 'x' : '-', code && d->low >> 53 & 1 ? "64-bit" : d->low >> 54 & 1 ? "32-bit" : "16-bit", d->type & 4 ? code ? ", conforming" : ", expand-down" : "",
                 d->type & 1 ? ", accessed" : "", absent);
}

unsigned descriptor_brief(struct cpu *cpu, enum descriptor_table table, unsigned n, char text[128], u64 *target)
{
    struct cpu_view v;
    struct error err = { 0 };
    u64 low = 0, upper = 0, skip;

    cpu_view(cpu, &v);
    unsigned bytes = entry_bytes(&v, table);
    u64 la = (table == TABLE_GDT ? v.gdtr_base : table == TABLE_LDT ? v.seg[CPU_SEG_LDTR].base : v.idtr_base) + (u64)n * bytes;
    if (!read_entry(cpu, "", la, bytes, &low, &upper, &err)) return 0;
    if (table == TABLE_IDT && in_real_mode(&v)) {
        *target = (low >> 16 & 0xffff) * 16 + (low & 0xffff);
        snprintf(text, 128, "%04x:%04x", (u32)low >> 16, (u32)low & 0xffff);
        return 1;
    }
    bool twice = table != TABLE_IDT && long_mode(&v) && !(low >> 44 & 1) && low && n + 1 < descriptor_count(cpu, table) && read_entry(cpu, "", la + 8, 8, &upper, &skip, &err);
    struct descriptor_view d = take_apart(low, table == TABLE_IDT || twice ? upper : 0, long_mode(&v));
    put_brief(&d, table, text, target);
    if (d.is_gate && d.type != TYPE_TASK_GATE) *target += code_base(cpu, &v, d.selector);
    return twice ? 2 : 1;
}

/* --- one descriptor, whole --- */

static void put_attributes(const struct descriptor_view *d, const char *indent)
{
    bool code = d->type & 8;

    printf("%s  base %016llx  limit %08x (G=%u)  DPL %u  P=%u%s\n", indent, (llu)d->base, d->limit, (unsigned)(d->low >> 55 & 1), d->dpl, d->present, d->present ? "" : ": not present");
    if (!d->is_segment) return;
    if (code)
        printf("%s  code: %s, %s, %s\n", indent, d->type & 2 ? "may be read" : "execute only", d->type & 4 ? "conforming: callers keep their CPL" : "not conforming",
               d->low >> 53 & 1 ? d->low >> 54 & 1 ? "L and D both set: not legal in long mode" : "64-bit" : d->low >> 54 & 1 ? "32-bit" : "16-bit");
    else
        printf("%s  data: %s%s, %s stack\n", indent, d->type & 2 ? "may be written" : "read only", d->type & 4 ? ", expand-down: offsets above the limit" : "", d->low >> 54 & 1 ? "32-bit" : "16-bit");
}

static void put_whole(const struct descriptor_view *d, const char *indent)
{
    if (!d->low) {
        printf("%s  all zero: no descriptor (S = 0, type 0 is reserved)\n", indent);
        return;
    }
    if (d->is_gate) {
        printf("%s  %s to %04x:%0*llx  DPL %u  P=%u", indent, system_name(d), d->selector, d->long_mode ? 16 : 8, (llu)d->offset, d->dpl, d->present);
        if (d->long_mode && d->low >> 32 & 7) printf("  IST %u", (unsigned)(d->low >> 32 & 7));
        if ((d->type & 7) == 4 && d->low >> 32 & 31) printf("  copies %u words", (unsigned)(d->low >> 32 & 31));
        puts(d->present ? "" : ": not present");
        return;
    }
    if (!d->is_segment) printf("%s  %s\n", indent, system_name(d));
    put_attributes(d, indent);
}

static void put_title(u16 selector, u64 la, u64 value, const char *indent)
{
    printf("%s%s[%u], selector %04x (RPL %u), at linear %08llx: %08x_%08x\n", indent, selector & 4 ? "LDT" : "GDT", selector >> 3, selector, selector & 3, (llu)la, (u32)(value >> 32), (u32)value);
}

void show_old_descriptor(struct cpu *cpu, u16 selector, u64 la, u64 value, const char *indent)
{
    struct cpu_view v;
    u8 now[8];
    u64 upper = 0;

    cpu_view(cpu, &v);
    if (long_mode(&v) && !(value >> 44 & 1) && cpu_peek_linear(cpu, la + 8, now, 8) == 8) upper = get64(now);
    struct descriptor_view d = take_apart(value, upper, long_mode(&v));
    put_title(selector, la, value, indent);
    put_whole(&d, indent);
    if (cpu_peek_linear(cpu, la, now, 8) == 8 && (get64(now) ^ value) & ~ACCESSED) printf("%s  memory holds %08x_%08x there by now\n", indent, get32(now + 4), get32(now));
}

bool show_descriptor(struct cpu *cpu, u16 selector, const char *indent, struct error *err)
{
    struct cpu_view v;
    u64 low = 0, upper = 0;

    cpu_view(cpu, &v);
    bool local = selector & 4;
    const struct cpu_segment_view *ldt = &v.seg[CPU_SEG_LDTR];
    u64 base = local ? ldt->base : v.gdtr_base, limit = local ? ldt->limit : v.gdtr_limit;
    if (!(selector & 0xfffc)) return fail(err, "selector %04x is null: it names no descriptor", selector);
    if (local && !ldt->usable) return fail(err, "selector %04x names the LDT, and LDTR is null", selector);
    if ((selector | 7u) > limit) return fail(err, "selector %04x lies beyond the limit %llx of the %s", selector, (llu)limit, local ? "LDT" : "GDT");
    u64 la = base + (selector & ~7u);
    if (!read_entry(cpu, local ? "ldt" : "gdt", la, 8, &low, &upper, err)) return false;
    show_old_descriptor(cpu, selector, la, low, indent);
    return true;
}

bool show_gate(struct cpu *cpu, unsigned vector, const char *indent, struct error *err)
{
    struct cpu_view v;
    struct descriptor_view d;
    char deeper[32];

    cpu_view(cpu, &v);
    u64 la = v.idtr_base + vector * gate_bytes(&v);
    if ((vector + 1) * gate_bytes(&v) - 1 > v.idtr_limit)
        return fail(err, "vector %02x lies beyond the IDT: its entry ends at %xh, the limit is %xh", vector, (vector + 1) * gate_bytes(&v) - 1, v.idtr_limit);
    if (!fetch_gate(cpu, &v, vector, &d, err)) return false;
    if (in_real_mode(&v)) return put_vector(vector, (u32)d.low), true;
    printf("%sIDT[%02x] at linear %08llx: ", indent, vector, (llu)la);
    if (d.long_mode) printf("%08x_%08x_", (u32)(d.upper >> 32), (u32)d.upper);
    printf("%08x_%08x\n", (u32)(d.low >> 32), (u32)d.low);
    put_whole(&d, indent);
    if (!d.is_gate || !(d.selector & 0xfffc)) return true;
    snprintf(deeper, sizeof deeper, "%s  ", indent);
    struct error unread = { 0 };
    if (!show_descriptor(cpu, d.selector, deeper, &unread)) printf("%s%s\n", deeper, unread.text);
    return true;
}

void show_segment_register(const char *name, const struct cpu_segment_view *s, const char *indent)
{
    u64 low = (u64)(s->rights & 0xff) << 40 | (u64)(s->rights & 0xf000) << 40;
    struct descriptor_view d = take_apart(low, 0, false);

    d.base = s->base;
    d.limit = s->limit;
    printf("%s%s holds selector %04x%s\n", indent, name, s->selector, s->usable ? "" : ": null");
    if (s->usable && s->rights & 0x10) put_attributes(&d, indent);
}

/* --- the task-state segment --- */

struct tss_field {
    const char *name;
    u8 at, bytes;
};

static void put_fields(const u8 *tss, u32 limit, const struct tss_field *field, unsigned count, const char *indent)
{
    for (unsigned i = 0; i < count; i++) {
        const u8 *at = tss + field[i].at;
        if (field[i].at + field[i].bytes - 1u > limit) continue;
        u64 value = field[i].bytes == 8 ? get64(at) : field[i].bytes == 4 ? get32(at) : get16(at);
        printf("%s  %-6s %0*llx\n", indent, field[i].name, field[i].bytes * 2, (llu)value);
    }
}

enum { TSS_BYTES = 108 };
static const struct tss_field stacks_16[] = { { "SP0", 2, 2 }, { "SS0", 4, 2 }, { "SP1", 6, 2 }, { "SS1", 8, 2 }, { "SP2", 10, 2 }, { "SS2", 12, 2 } };
static const struct tss_field rest_16[] = {
    { "link", 0, 2 }, { "IP", 14, 2 }, { "FLAGS", 16, 2 }, { "AX", 18, 2 }, { "CX", 20, 2 }, { "DX", 22, 2 }, { "BX", 24, 2 }, { "SP", 26, 2 }, { "BP", 28, 2 },
    { "SI", 30, 2 }, { "DI", 32, 2 }, { "ES", 34, 2 }, { "CS", 36, 2 }, { "SS", 38, 2 }, { "DS", 40, 2 }, { "LDT", 42, 2 },
};
static const struct tss_field stacks_32[] = { { "ESP0", 4, 4 }, { "SS0", 8, 2 }, { "ESP1", 12, 4 }, { "SS1", 16, 2 }, { "ESP2", 20, 4 }, { "SS2", 24, 2 } };
static const struct tss_field rest_32[] = {
    { "link", 0, 2 }, { "CR3", 28, 4 }, { "EIP", 32, 4 }, { "EFLAGS", 36, 4 }, { "EAX", 40, 4 }, { "ECX", 44, 4 }, { "EDX", 48, 4 }, { "EBX", 52, 4 }, { "ESP", 56, 4 },
    { "EBP", 60, 4 }, { "ESI", 64, 4 }, { "EDI", 68, 4 }, { "ES", 72, 2 }, { "CS", 76, 2 }, { "SS", 80, 2 }, { "DS", 84, 2 }, { "FS", 88, 2 }, { "GS", 92, 2 }, { "LDT", 96, 2 },
    { "T", 100, 2 }, { "I/O", 102, 2 },
};
static const struct tss_field stacks_64[] = {
    { "RSP0", 4, 8 }, { "RSP1", 12, 8 }, { "RSP2", 20, 8 }, { "IST1", 36, 8 }, { "IST2", 44, 8 }, { "IST3", 52, 8 }, { "IST4", 60, 8 }, { "IST5", 68, 8 }, { "IST6", 76, 8 }, { "IST7", 84, 8 },
};
static const struct tss_field rest_64[] = { { "I/O", 102, 2 } };

bool show_tss(struct cpu *cpu, bool full, const char *indent, struct error *err)
{
    struct cpu_view v;
    u8 tss[TSS_BYTES] = { 0 };

    cpu_view(cpu, &v);
    const struct cpu_segment_view *tr = &v.seg[CPU_SEG_TR];
    if (!(tr->selector & 0xfffc)) return fail(err, "TR is null: there is no task-state segment");
    bool wide = tr->rights & 8;
    unsigned bits = long_mode(&v) ? 64 : wide ? 32 : 16;
    printf("%sTR holds selector %04x: %u-bit TSS, base %08llx, limit %x%s\n", indent, tr->selector, bits, (llu)tr->base, tr->limit,
           tr->limit < (wide ? 0x67u : 0x2bu) ? ": too short" : "");
    u32 wanted = tr->limit < TSS_BYTES - 1 ? tr->limit + 1 : TSS_BYTES;
    if (cpu_peek_linear(cpu, tr->base, tss, wanted) < wanted) return fail(err, "tss: nothing is mapped at linear 0x%llx", (llu)tr->base);
    if (bits == 64) put_fields(tss, tr->limit, stacks_64, ARRAY_COUNT(stacks_64), indent);
    else if (bits == 32) put_fields(tss, tr->limit, stacks_32, ARRAY_COUNT(stacks_32), indent);
    else put_fields(tss, tr->limit, stacks_16, ARRAY_COUNT(stacks_16), indent);
    if (!full) return true;
    if (bits == 64) put_fields(tss, tr->limit, rest_64, ARRAY_COUNT(rest_64), indent);
    else if (bits == 32) put_fields(tss, tr->limit, rest_32, ARRAY_COUNT(rest_32), indent);
    else put_fields(tss, tr->limit, rest_16, ARRAY_COUNT(rest_16), indent);
    return true;
}
