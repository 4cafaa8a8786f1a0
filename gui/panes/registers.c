/* Registers; those that changed since the machine ran last are marked.                         doc: panes */
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/panes/parts.h"

enum { LMA = 1 << 10 };

struct sheet {
    struct panes *p;
    struct cells_region at;
    const struct cpu_view *now, *was;
    int digits, row;
};

static enum cell_color ink(const struct sheet *s, bool changed) { return s->p->has_run && changed ? COLOR_CHANGED : COLOR_INK; }

/* Name and value; a click offers to set it. */
static int put(struct sheet *s, int x, const char *name, int digits, u64 now, u64 was)
{
    char text[64];
    int begin = x;

    x = cells_text(&s->p->cells, s->at, x, s->row, COLOR_DIM, name);
    x = cells_print(&s->p->cells, s->at, x + 1, s->row, ink(s, now != was), "%0*llx", digits, (llu)now);
    snprintf(text, sizeof text, "set %s = 0x%llx", name, (llu)now);
    panes_spot(s->p, s->at, begin, s->row, x - begin, SPOT_EDIT, 0, text);
    return x + 2;
}

static void general(struct sheet *s)
{
    static const char *const wide[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8 ", "r9 ", "r10", "r11", "r12", "r13", "r14", "r15" };
    static const u8 order[] = { 0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15 };      /* A B C D, then those that point */
    unsigned count = s->digits == 16 ? 16 : 8, a_row = s->digits == 16 ? 3 : 4;
    char name[8];
    int x = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned n = order[i];
        snprintf(name, sizeof name, "%s", wide[n]);
        if (s->digits == 8) name[0] = 'e';
        u64 mask = s->digits == 16 ? UINT64_MAX : UINT32_MAX;
        x = put(s, x, name, s->digits, s->now->gpr[n] & mask, s->was->gpr[n] & mask);
        if (i % a_row == a_row - 1 || i == count - 1) x = 0, s->row++;
    }
}

/* "r-x 32" of a segment. */
static const char *kind_of(const struct cpu_segment_view *s, char text[16])
{
    bool code = s->rights & 8;

    if (!s->usable) snprintf(text, 16, "null");
    else if (!(s->rights & 0x10)) snprintf(text, 16, "%s", (s->rights & 15) == 2 ? "LDT" : s->rights & 8 ? "TSS" : "TSS 16");
    else snprintf(text, 16, "%c%c%c %s", !code || s->rights & 2 ? 'r' : '-', !code && s->rights & 2 ? 'w' : '-', code ? 'x' : '-', code && s->rights & 0x2000 ? "64" : s->rights & 0x4000 ? "32" : "16");
    return text;
}

/* Two beside each other; of 16 digits no room is left for what kind they are. */
static void segments(struct sheet *s)
{
    static const char *const name[] = { "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr" };
    static const u8 order[] = { CPU_SEG_CS, CPU_SEG_SS, CPU_SEG_DS, CPU_SEG_ES, CPU_SEG_FS, CPU_SEG_GS, CPU_SEG_LDTR, CPU_SEG_TR };
    int half = s->digits == 16 ? 37 : s->at.width < 78 ? 35 : 39;
    char kind[16];

    for (int i = 0; i < 2; i++) cells_print(&s->p->cells, s->at, i * half + 5, s->row, COLOR_DIM, "sel. %-*s limit", s->digits, "base");
    s->row++;
    for (unsigned i = 0; i < ARRAY_COUNT(order); i++) {
        const struct cpu_segment_view *now = &s->now->seg[order[i]], *was = &s->was->seg[order[i]];
        struct cells_region at = cells_within(s->at, (int)(i & 1) * half, 0);
        at.width = half;
        cells_print(&s->p->cells, at, 0, s->row, COLOR_DIM, "%-4s", name[order[i]]);
        cells_print(&s->p->cells, at, 5, s->row, ink(s, now->selector != was->selector), "%04x", now->selector);
        cells_print(&s->p->cells, at, 10, s->row, ink(s, now->base != was->base), "%0*llx", s->digits, (llu)now->base);
        cells_print(&s->p->cells, at, 11 + s->digits, s->row, ink(s, now->limit != was->limit), "%08x", now->limit);
        if (s->digits == 8) cells_text(&s->p->cells, at, 20 + s->digits, s->row, ink(s, now->rights != was->rights || now->usable != was->usable), kind_of(now, kind));
        s->row += (int)(i & 1);
    }
}

struct named_bit {
    const char *name;
    u8 bit;
};

/* Names of bits, in upper case when they are set. */
static int put_bits(struct sheet *s, int x, const struct named_bit *bit, unsigned count, u64 now, u64 was)
{
    char name[12];

    for (unsigned i = 0; i < count; i++) {
        bool set = now >> bit[i].bit & 1;
        snprintf(name, sizeof name, "%s", bit[i].name);
        for (char *c = name; *c && !set; c++) *c |= 32;
        x = cells_text(&s->p->cells, s->at, x, s->row, s->p->has_run && (now ^ was) >> bit[i].bit & 1 ? COLOR_CHANGED : set ? COLOR_INK : COLOR_DIM, name) + 1;
    }
    return x;
}

static void flags(struct sheet *s)
{
    static const struct named_bit high[] = { { "ID", 21 }, { "VIP", 20 }, { "VIF", 19 }, { "AC", 18 }, { "VM", 17 }, { "RF", 16 }, { "NT", 14 } };
    static const struct named_bit low[] = { { "OF", 11 }, { "DF", 10 }, { "IF", 9 }, { "TF", 8 }, { "SF", 7 }, { "ZF", 6 }, { "AF", 4 }, { "PF", 2 }, { "CF", 0 } };
    u64 now = s->now->rflags, was = s->was->rflags;
    int x = put(s, 0, s->digits == 16 ? "rip" : "eip", s->digits, s->now->rip, s->was->rip);

    put(s, x, "eflags", 8, (u32)now, (u32)was);
    s->row++;
    x = put_bits(s, 0, high, ARRAY_COUNT(high), now, was);
    x = cells_print(&s->p->cells, s->at, x, s->row, ink(s, (now ^ was) & 3 << 12), "IOPL=%u", (unsigned)(now >> 12 & 3)) + 1;
    put_bits(s, x, low, ARRAY_COUNT(low), now, was);
    s->row++;
}

static void control_bits(struct sheet *s)
{
    static const struct named_bit cr0[] = { { "PG", 31 }, { "CD", 30 }, { "NW", 29 }, { "AM", 18 }, { "WP", 16 }, { "NE", 5 }, { "ET", 4 }, { "TS", 3 }, { "EM", 2 }, { "MP", 1 }, { "PE", 0 } };
    static const struct named_bit cr4[] = { { "OSXSAVE", 18 }, { "OSXMMEXCPT", 10 }, { "OSFXSR", 9 }, { "PCE", 8 }, { "PGE", 7 }, { "MCE", 6 }, { "PAE", 5 }, { "PSE", 4 }, { "DE", 3 }, { "TSD", 2 }, { "PVI", 1 }, { "VME", 0 } };
    int x = cells_text(&s->p->cells, s->at, 0, s->row, COLOR_DIM, "cr0 ");

    put_bits(s, x, cr0, ARRAY_COUNT(cr0), s->now->cr0, s->was->cr0);
    s->row++;
    x = cells_text(&s->p->cells, s->at, 0, s->row, COLOR_DIM, "cr4 ");
    put_bits(s, x, cr4, ARRAY_COUNT(cr4), s->now->cr4, s->was->cr4);
    s->row++;
}

static void tables(struct sheet *s)
{
    const struct cpu_view *now = s->now, *was = s->was;
    int x = put(s, 0, "gdtr", s->digits, now->gdtr_base, was->gdtr_base);

    x = cells_print(&s->p->cells, s->at, x - 1, s->row, ink(s, now->gdtr_limit != was->gdtr_limit), "limit %04x", now->gdtr_limit) + 2;
    x = put(s, x, "idtr", s->digits, now->idtr_base, was->idtr_base);
    cells_print(&s->p->cells, s->at, x - 1, s->row++, ink(s, now->idtr_limit != was->idtr_limit), "limit %04x", now->idtr_limit);
    x = put(s, 0, "cr0", 8, now->cr0, was->cr0);
    x = put(s, x, "cr2", s->digits, now->cr2, was->cr2);
    x = put(s, x, "cr3", s->digits, now->cr3, was->cr3);
    if (s->digits == 16) x = 0, s->row++;
    x = put(s, x, "cr4", 8, now->cr4, was->cr4);
    if (s->digits == 16) put(s, x, "efer", 8, now->efer, was->efer);
    s->row++;
    if (s->digits == 16) return;
    control_bits(s);
    x = 0;
    for (unsigned n = 0; n < 4; n++) {
        const char *const name[] = { "dr0", "dr1", "dr2", "dr3" };
        x = put(s, x, name[n], 8, now->dr[n], was->dr[n]);
    }
    s->row++;
    x = put(s, 0, "dr6", 8, now->dr[6], was->dr[6]);
    put(s, x, "dr7", 8, now->dr[7], was->dr[7]);
}

void panes_registers(struct panes *p, struct cells_region at)
{
    struct sheet s = { .p = p, .at = cells_within(at, 1, 1), .now = &p->view, .was = p->has_run ? &p->was : &p->view, .digits = p->view.efer & LMA ? 16 : 8 };
    struct cpu *cpu = machine_cpu(p->session->machine);
    unsigned count = machine_processors(p->session->machine);

    if (p->layout.wide) {
        char which[48] = "";
        if (count > 1) snprintf(which, sizeof which, ", processor %u of %u", cpu_number(cpu), count);
        panes_title(p, at, FOCUS_NONE, "Registers  %s, CPL %u%s%s%s", cpu_mode_name(cpu_mode(cpu)), p->view.cpl, which, p->view.halted ? ", halted" : "", p->view.shutdown ? ", shut down" : "");
        if (count > 1) panes_spot(p, at, 0, 0, at.width, SPOT_PROCESSOR, 0, NULL);
    }
    general(&s);
    flags(&s);
    segments(&s);
    tables(&s);
}
