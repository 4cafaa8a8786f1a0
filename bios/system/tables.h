#ifndef ORRERY_BIOS_SYSTEM_TABLES_H
#define ORRERY_BIOS_SYSTEM_TABLES_H
/* Tables that POST writes into the shadow RAM of F0000h while it can be written.           doc: tables */
#include "bios.h"

enum { TABLES_BYTES = 0x1000, CMOS_PROCESSORS = 0x5f, TABLES_SEGMENT = 0xf000 };
#define TABLES_PA 0xf0000u
#define LOCAL_APIC_PA 0xfee00000u
#define IOAPIC_PA 0xfec00000u
#define HPET_PA 0xfed00000u

/* A place in segment F000h that goes on with what is written. */
struct writer {
    u16 at;
};

void put8(struct writer *w, u32 v);
void put16(struct writer *w, u32 v);
void put32(struct writer *w, u32 v);
void put_text(struct writer *w, const char *rom_text, u16 bytes);        /* padded with blanks */
void align(struct writer *w, u16 to);
void put_checksum(u16 from, u16 bytes, u16 at);          /* so that the bytes sum to 0 */

/* What the processors are: CPUID's signature and features, zeros without CPUID. */
struct processors {
    u8 count;                    /* as the board says in CMOS 5Fh */
    u32 signature, features, vendor[3];
};

void tables_post(u8 has_hpet);                           /* the I/O APIC is there */
void smbios_put(struct writer *w, const struct processors *p);

/* Memory anywhere, by a moment in protected mode with interrupts off. */
u32 high32(u32 pa);
u32 high32_put(u32 pa, u32 value);

#endif
