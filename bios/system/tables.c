/* Processors and interrupts, for whoever looks for them: ACPI's MADT and HPET, the MP configuration table.      doc: tables
 * Source: ACPI specification, "Multiple APIC Description Table"; IA-PC HPET Specification, "The ACPI 2.0 HPET Description Table";
 * Intel MultiProcessor Specification 1.4, "MP Configuration Table". */
#include "tables.h"

enum { CPUID_APIC = 0x200, RSDT_LENGTH = 4, RSDT_CHECKSUM = 9, CHECKSUM = 9, TIMER_PIN = 2, SCI = 9, PIRQ_PIN = 16, PCI_DEVICES = 6 };
extern const u8 rsdt[], tables[];

/* --- writing --- */

void put8(struct writer *w, u32 v) { far8_put(TABLES_SEGMENT, w->at++, (u8)v); }

void put16(struct writer *w, u32 v)
{
    put8(w, v);
    put8(w, v >> 8);
}

void put32(struct writer *w, u32 v)
{
    put16(w, v);
    put16(w, v >> 16);
}

void put_text(struct writer *w, const char *text, u16 bytes)
{
    for (u16 i = 0; i < bytes; i++) {
        put8(w, rom8(text) ? rom8(text) : ' ');
        if (rom8(text)) text++;
    }
}

void align(struct writer *w, u16 to) { while (w->at % to) put8(w, 0); }

void put_checksum(u16 from, u16 bytes, u16 at)
{
    u8 sum = 0;

    far8_put(TABLES_SEGMENT, at, 0);
    for (u16 i = 0; i < bytes; i++) sum = (u8)(sum + far8(TABLES_SEGMENT, (u16)(from + i)));
    far8_put(TABLES_SEGMENT, at, (u8)-sum);
}

/* --- the processors --- */

/* CPUID exists where EFLAGS.ID can be changed. */
static bool has_cpuid(void)
{
    u32 changed, before;
    __asm__ volatile("pushfl\n\tpopl %1\n\tmovl %1,%0\n\txorl $0x200000,%0\n\tpushl %0\n\tpopfl\n\tpushfl\n\tpopl %0\n\tpushl %1\n\tpopfl\n\txorl %1,%0"
                     : "=&r"(changed), "=&r"(before) : : "cc");
    return changed >> 21 & 1;
}

static void find_processors(struct processors *p)
{
    u32 b, c, d = 0, a = 0;

    *p = (struct processors){ .count = (u8)(cmos_read(CMOS_PROCESSORS) + 1) };
    if (!p->count || p->count > 16) p->count = 1;
    if (!has_cpuid()) return;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(p->vendor[0]), "=c"(p->vendor[2]), "=d"(p->vendor[1]));
    a = 1;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    p->signature = a;
    p->features = d;
}

/* --- ACPI --- */

/* Its length is written by end_table. */
static u16 begin_table(struct writer *w, const char *signature, u8 revision)
{
    align(w, 16);
    u16 start = w->at;
    put_text(w, signature, 4);
    put32(w, 0);
    put16(w, revision);
    put_text(w, T("ORRERYORRERYPC"), 14);
    put32(w, 1);
    put_text(w, T("ORRY"), 4);
    put32(w, 1);
    return start;
}

/* The RSDT learns of it: there is room for its entries. */
static void end_table(struct writer *w, u16 start)
{
    u16 list = (u16)(u32)rsdt, length = far16(TABLES_SEGMENT, (u16)(list + RSDT_LENGTH));

    far16_put(TABLES_SEGMENT, (u16)(start + 4), (u16)(w->at - start));
    put_checksum(start, (u16)(w->at - start), (u16)(start + CHECKSUM));
    far32_put(TABLES_SEGMENT, (u16)(list + length), TABLES_PA + start);
    far16_put(TABLES_SEGMENT, (u16)(list + RSDT_LENGTH), (u16)(length + 4));
    put_checksum(list, (u16)(length + 4), (u16)(list + RSDT_CHECKSUM));
}

enum { PCAT_COMPAT = 1, LOCAL_APIC = 0, IO_APIC = 1, OVERRIDE = 2, LOCAL_NMI = 4, ENABLED = 1, EVERYONE = 0xff, LEVEL_HIGH = 0xd, LEVEL_LOW = 0xf };

static void put_override(struct writer *w, u8 source, u32 input, u16 flags)
{
    put16(w, OVERRIDE | 10 << 8);
    put16(w, (u32)source << 8);
    put32(w, input);
    put16(w, flags);
}

static void put_madt(struct writer *w, const struct processors *p)
{
    u16 start = begin_table(w, T("APIC"), 1);

    put32(w, LOCAL_APIC_PA);
    put32(w, PCAT_COMPAT);
    for (u8 n = 0; n < p->count; n++) {
        put16(w, LOCAL_APIC | 8 << 8);
        put16(w, (u32)n | (u32)n << 8);
        put32(w, ENABLED);
    }
    put16(w, IO_APIC | 12 << 8);
    put16(w, p->count);                                      /* its ID: the first that no processor has */
    put32(w, IOAPIC_PA);
    put32(w, 0);
    put_override(w, 0, TIMER_PIN, 0);
    put_override(w, SCI, SCI, LEVEL_HIGH);
    put16(w, LOCAL_NMI | 6 << 8);
    put8(w, EVERYONE);
    put16(w, 0);
    put8(w, 1);
    end_table(w, start);
}

static void put_hpet(struct writer *w)
{
    enum { SHORTEST_PERIOD = 128 };                          /* counts, about 9 us */
    u16 start = begin_table(w, T("HPET"), 1);

    put32(w, high32(HPET_PA));
    put32(w, 0);                                             /* memory */
    put32(w, HPET_PA);
    put32(w, 0);
    put8(w, 0);
    put16(w, SHORTEST_PERIOD);
    put8(w, 0);
    end_table(w, start);
}

/* --- the MP tables --- */

enum { MP_PROCESSOR, MP_BUS, MP_IOAPIC, MP_IO_INTERRUPT, MP_LOCAL_INTERRUPT, MP_INT = 0, MP_NMI = 1, MP_EXTINT = 3, BUS_PCI = 0, BUS_ISA = 1, BOOT_PROCESSOR = 2 };

static void put_interrupt(struct writer *w, u8 entry, u8 type, u16 flags, u8 bus, u8 irq, u8 apic, u8 pin)
{
    put16(w, entry | (u32)type << 8);
    put16(w, flags);
    put16(w, bus | (u32)irq << 8);
    put16(w, apic | (u32)pin << 8);
}

static u16 put_interrupts(struct writer *w, u8 ioapic)
{
    u16 count = 0;

    put_interrupt(w, MP_IO_INTERRUPT, MP_EXTINT, 0, BUS_ISA, 0, ioapic, 0), count++;
    for (u8 irq = 0; irq < 16; irq++) {
        if (irq == 2) continue;
        put_interrupt(w, MP_IO_INTERRUPT, MP_INT, irq == SCI ? LEVEL_HIGH : 0, BUS_ISA, irq, ioapic, irq ? irq : TIMER_PIN), count++;
    }
    for (u8 device = 1; device <= PCI_DEVICES; device++)
        for (u8 pin = 0; pin < 4; pin++)
            put_interrupt(w, MP_IO_INTERRUPT, MP_INT, LEVEL_LOW, BUS_PCI, (u8)(device << 2 | pin), ioapic, (u8)(PIRQ_PIN + ((device - 1 + pin) & 3))), count++;
    put_interrupt(w, MP_LOCAL_INTERRUPT, MP_EXTINT, 0, BUS_ISA, 0, 0, 0), count++;
    put_interrupt(w, MP_LOCAL_INTERRUPT, MP_NMI, 0, BUS_ISA, 0, EVERYONE, 1), count++;
    return count;
}

static void put_mp(struct writer *w, const struct processors *p)
{
    u8 version = (u8)high32(LOCAL_APIC_PA + 0x30), ioapic = p->count;

    align(w, 16);
    u16 pointer = w->at, table = (u16)(pointer + 16);
    put_text(w, T("_MP_"), 4);
    put32(w, TABLES_PA + table);
    put32(w, 0x00000401);                                    /* 16 bytes, version 1.4; a configuration table is there */
    put32(w, 0);                                             /* virtual wire mode: there is no IMCR */
    put_checksum(pointer, 16, (u16)(pointer + 10));

    put_text(w, T("PCMP"), 4);
    put32(w, 0x00040000);                                    /* length later */
    put_text(w, T("ORRERY  ORRERYPC"), 20);
    put32(w, 0);
    put32(w, 0);                                             /* number of entries later */
    put32(w, LOCAL_APIC_PA);
    put32(w, 0);
    u16 count = (u16)(p->count + 3);
    for (u8 n = 0; n < p->count; n++) {
        put32(w, MP_PROCESSOR | (u32)n << 8 | (u32)version << 16 | (u32)(ENABLED | (n ? 0 : BOOT_PROCESSOR)) << 24);
        put32(w, p->signature);
        put32(w, p->features);
        put32(w, 0);
        put32(w, 0);
    }
    put16(w, MP_BUS | BUS_PCI << 8);
    put_text(w, T("PCI"), 6);
    put16(w, MP_BUS | BUS_ISA << 8);
    put_text(w, T("ISA"), 6);
    put32(w, MP_IOAPIC | (u32)ioapic << 8 | 0x11u << 16 | (u32)ENABLED << 24);
    put32(w, IOAPIC_PA);
    count = (u16)(count + put_interrupts(w, ioapic));
    far16_put(TABLES_SEGMENT, (u16)(table + 4), (u16)(w->at - table));
    far16_put(TABLES_SEGMENT, (u16)(table + 34), count);
    put_checksum(table, (u16)(w->at - table), (u16)(table + 7));
}

void tables_post(u8 has_hpet)
{
    struct writer w = { .at = (u16)(u32)tables };
    struct processors p;

    find_processors(&p);
    if (has_hpet) put_hpet(&w);
    if (p.features & CPUID_APIC) {
        high32_put(IOAPIC_PA, 0);
        high32_put(IOAPIC_PA + 0x10, (u32)p.count << 24);
        put_madt(&w, &p);
        put_mp(&w, &p);
    }
    smbios_put(&w, &p);
    put_checksum((u16)(u32)tables, TABLES_BYTES, (u16)((u32)tables + TABLES_BYTES - 1));     /* the ROM sums to 0 as before */
}
