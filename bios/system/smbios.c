/* What management software asks of a system: SMBIOS structures, by the old entry point and the new one.        doc: tables
 * Source: DMTF DSP0134, "System Management BIOS Reference Specification" 3.0, "Structure definitions". */
#include "tables.h"

enum { BIOS = 0, SYSTEM = 1, ENCLOSURE = 3, PROCESSOR = 4, MEMORY_ARRAY = 16, MEMORY_DEVICE = 17, ARRAY_ADDRESS = 19, BOOT = 32, END = 127 };
enum { OTHER = 1, UNKNOWN = 2, SAFE = 3, DESKTOP = 3, CENTRAL = 3, NO_HANDLE = 0xfffe, NONE = 0xffff };
enum { HANDLE_ENCLOSURE = 0x300, HANDLE_PROCESSOR = 0x400, HANDLE_ARRAY = 0x1000, HANDLE_MEMORY = 0x1100, HANDLE_ADDRESS = 0x1300 };

/* Bounds of the structures: the entry points say them. */
struct structures {
    u16 start, count, longest, begun;
};

static void begin(struct structures *s, struct writer *w, u8 type, u8 length, u16 handle)
{
    s->begun = w->at;
    s->count++;
    put16(w, type | (u32)length << 8);
    put16(w, handle);
}

static void put_string(struct writer *w, const char *text)
{
    for (; rom8(text); text++) put8(w, rom8(text));
    put8(w, 0);
}

/* Behind the strings, or in their place, an empty one. */
static void end(struct structures *s, struct writer *w, bool strings)
{
    if (!strings) put8(w, 0);
    put8(w, 0);
    if (w->at - s->begun > s->longest) s->longest = (u16)(w->at - s->begun);
}

static void put_system(struct structures *s, struct writer *w)
{
    begin(s, w, BIOS, 24, 0);
    put16(w, 0x0201);                                        /* vendor, version */
    put16(w, 0xf000);
    put16(w, 0x0003);                                        /* release date; 64 KiB */
    put32(w, 1 << 4 | 1 << 7 | 1 << 12 | 1 << 15 | 1 << 19); /* ISA, PCI, shadowing, boot from CD, EDD */
    put32(w, 0);
    put16(w, 0x0001);                                        /* ACPI */
    put16(w, 0x0100);
    put16(w, 0xffff);                                        /* no embedded controller */
    put_string(w, T("Orrery"));
    put_string(w, T("1.0"));
    put_string(w, T("01/01/2000"));
    end(s, w, true);

    begin(s, w, SYSTEM, 27, 0x100);
    put32(w, 0x00030201);                                    /* manufacturer, product, version; no serial number */
    for (u8 i = 0; i < 4; i++) put32(w, 0);                  /* no UUID */
    put8(w, 6);                                              /* woken by the power switch */
    put16(w, 0);
    put_string(w, T("Orrery"));
    put_string(w, T("Orrery PC (i440FX + PIIX3)"));
    put_string(w, T("1.0"));
    end(s, w, true);

    begin(s, w, ENCLOSURE, 21, HANDLE_ENCLOSURE);
    put32(w, 0x00000001 | DESKTOP << 8);
    put8(w, 0);
    put8(w, SAFE), put8(w, SAFE), put8(w, SAFE), put8(w, UNKNOWN);
    put32(w, 0);
    put32(w, 0x00000100);                                    /* height unknown, one power cord, no elements */
    put_string(w, T("Orrery"));
    end(s, w, true);
}

static void put_processor(struct structures *s, struct writer *w, const struct processors *p, u8 n)
{
    begin(s, w, PROCESSOR, 42, (u16)(HANDLE_PROCESSOR + n));
    put8(w, 0), put8(w, CENTRAL), put8(w, UNKNOWN), put8(w, 1);      /* no socket's name; family; manufacturer: string 1 */
    put32(w, p->signature);
    put32(w, p->features);
    put8(w, 0);
    put8(w, 0);
    put16(w, 0), put16(w, 0), put16(w, 0);                   /* clock and speeds are unknown */
    put8(w, 0x41);                                           /* socket populated, processor enabled */
    put8(w, OTHER);
    put16(w, NONE), put16(w, NONE), put16(w, NONE);          /* caches are not told */
    put8(w, 0), put8(w, 0), put8(w, 0);
    put8(w, 1), put8(w, 1), put8(w, 1);                      /* cores, enabled ones, threads */
    put16(w, 0);
    put16(w, UNKNOWN);
    for (u8 i = 0; i < 12; i++) put8(w, p->vendor[i >> 2] ? p->vendor[i >> 2] >> 8 * (i & 3) : '?');
    put8(w, 0);
    end(s, w, true);
}

static void put_memory(struct structures *s, struct writer *w)
{
    u32 kib = extended_kib() + 1024;

    begin(s, w, MEMORY_ARRAY, 15, HANDLE_ARRAY);
    put8(w, 3), put8(w, 3), put8(w, 3);                      /* on the board, system memory, no error correction */
    put32(w, 0x400000);                                      /* 4 GiB at most */
    put16(w, NO_HANDLE);
    put16(w, 1);
    end(s, w, false);

    begin(s, w, MEMORY_DEVICE, 34, HANDLE_MEMORY);
    put16(w, HANDLE_ARRAY), put16(w, NO_HANDLE);
    put16(w, 64), put16(w, 64);
    put16(w, kib / 1024);
    put8(w, 9);                                              /* DIMM */
    put8(w, 0), put8(w, 1), put8(w, 0);
    put8(w, 3);                                              /* DRAM */
    put16(w, 4);
    put16(w, 0);
    put32(w, 0), put8(w, 0);
    put32(w, 0), put16(w, 0);
    put_string(w, T("DIMM 0"));
    end(s, w, true);

    begin(s, w, ARRAY_ADDRESS, 15, HANDLE_ADDRESS);
    put32(w, 0);
    put32(w, kib - 1);
    put16(w, HANDLE_ARRAY);
    put8(w, 1);
    end(s, w, false);
}

/* "SMBIOS 2.1 (32-bit) Entry Point", "SMBIOS 3.0 (64-bit) Entry Point". */
static void put_entries(struct writer *w, const struct structures *s, u16 bytes)
{
    align(w, 16);
    u16 at = w->at;
    put_text(w, T("_SM_"), 4);
    put16(w, 31 << 8);
    put16(w, 0x0802);                                        /* 2.8 */
    put16(w, s->longest);
    put8(w, 0);
    put32(w, 0), put8(w, 0);
    put_text(w, T("_DMI_"), 5);
    put8(w, 0);
    put16(w, bytes);
    put32(w, TABLES_PA + s->start);
    put16(w, s->count);
    put8(w, 0x28);
    put_checksum((u16)(at + 16), 15, (u16)(at + 21));
    put_checksum(at, 31, (u16)(at + 4));

    align(w, 16);
    at = w->at;
    put_text(w, T("_SM3_"), 5);
    put16(w, 24 << 8);
    put16(w, 0x0003), put16(w, 0x0100);                      /* 3.0.0, entry point revision 1 */
    put8(w, 0);
    put32(w, bytes);
    put32(w, TABLES_PA + s->start), put32(w, 0);
    put_checksum(at, 24, (u16)(at + 5));
}

void smbios_put(struct writer *w, const struct processors *p)
{
    struct structures s = { 0 };

    align(w, 16);
    s.start = w->at;
    put_system(&s, w);
    for (u8 n = 0; n < p->count; n++) put_processor(&s, w, p, n);
    put_memory(&s, w);
    begin(&s, w, BOOT, 11, 0x2000);
    put32(w, 0), put16(w, 0), put8(w, 0);                    /* no error */
    end(&s, w, false);
    begin(&s, w, END, 4, 0x7f00);
    end(&s, w, false);
    put_entries(w, &s, (u16)(w->at - s.start));
}
