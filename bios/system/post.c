/* Power-on self test: from reset to INT 19h.                                               doc: bios
 * Source: IBM PC AT Technical Reference, "POST"; Intel 8259A, 8254, 8237A data sheets. */
#include "bios.h"
#include "pci.h"

enum { ELCR_2 = 0x4d1, PM_CONTROL = 0xb004, SCI = 9 };
enum { POST_PORT = 0x80, FIRST_ROM = 0xc000, LAST_ROM = 0xf000, ROM_STEP = 0x80 };

void set_data_segments(void);
void virtual_wire(void);
void call_far(u32 segment, u32 offset, u32 ax);

#define PNP_HEADER 0x506e5024u           /* "$PnP" */
enum { BOOT_ENTRY = 0x1a };

#define HANDLER(name) extern const u8 name[];
HANDLER(iret_only) HANDLER(int_slave) HANDLER(int_70) HANDLER(int_71)
HANDLER(int_74) HANDLER(int_75) HANDLER(int_76) HANDLER(int_77)
extern const u16 vectors[32];
extern const u8 disk_types[];

/* --- memory --- */

static void set_vector(unsigned n, const void *handler)
{
    far16_put(0, (u16)(n * 4), (u16)(u32)handler);
    far16_put(0, (u16)(n * 4 + 2), 0xf000);
}

static void set_vectors(void)
{
    for (unsigned n = 0; n < 256; n++) far32_put(0, (u16)(n * 4), 0);
    for (unsigned n = 0; n < 32; n++) set_vector(n, (const void *)(u32)rom16(&vectors[n]));
    far32_put(0, 0x1f * 4, 0);                               /* upper half of the graphics font: the video BIOS's */
    for (unsigned n = 0x20; n < 0x60; n++) set_vector(n, iret_only);
    for (unsigned n = 0x68; n < 0x70; n++) set_vector(n, iret_only);
    set_vector(0x40, (const void *)0xec59);
    set_vector(0x41, disk_types);
    set_vector(0x46, disk_types);
    set_vector(0x70, int_70);
    set_vector(0x71, int_71);
    set_vector(0x72, int_slave);
    set_vector(0x73, int_slave);
    set_vector(0x74, int_74);
    set_vector(0x75, int_75);
    set_vector(0x76, int_76);
    set_vector(0x77, int_77);
}

/* The BIOS data area empty but for the flag that tells a warm start, the extended one at the top of base memory. */
static void set_areas(void)
{
    u16 warm = far16(0x40, 0x72), base_kib = (u16)(cmos_read(0x15) | cmos_read(0x16) << 8);

    for (unsigned at = 0; at < 0x100; at += 2) far16_put(0x40, (u16)at, 0);
    far16_put(0x40, 0x72, warm);
    far16_put(0x50, 0, 0);
    if (base_kib < 128 || base_kib > 640) base_kib = 640;
    far16_put(0x40, 0x13, (u16)(base_kib - 1));
    u16 segment = (u16)((base_kib - 1) << 6);
    far16_put(0x40, 0x0e, segment);
    for (unsigned at = 0; at < EBDA_BYTES; at += 2) far16_put(segment, (u16)at, 0);
    far8_put(segment, 0, 1);
    set_data_segments();
}

/* ACPI specification, "Firmware ACPI Control Structure": at 9FFC0h whatever base memory there is. */
static void set_facs(void)
{
    for (unsigned at = 0; at < FACS_BYTES; at += 2) far16_put(FACS_SEGMENT, (u16)at, 0);
    far32_put(FACS_SEGMENT, 0, 0x53434146);                  /* "FACS" */
    far32_put(FACS_SEGMENT, 4, FACS_BYTES);
    far8_put(FACS_SEGMENT, 32, 1);                           /* version */
}

/* --- chips --- */

/* SCI is a level request, and the machine is in ACPI mode from the start. */
static void set_power_management(void)
{
    outb(ELCR_2, inb(ELCR_2) | 1 << (SCI - 8));
    outw(PM_CONTROL, 1);
}

static void set_pics(void)
{
    outb(0x20, 0x11);
    outb(0xa0, 0x11);
    outb(0x21, 0x08);
    outb(0xa1, 0x70);
    outb(0x21, 0x04);
    outb(0xa1, 0x02);
    outb(0x21, 0x01);
    outb(0xa1, 0x01);
    outb(0x21, 0xf8);                                        /* the tick, the keyboard, the slave */
    outb(0xa1, 0xff);
}

static void set_timer(void)
{
    outb(0x43, 0x36);
    outb(0x40, 0);
    outb(0x40, 0);
    outb(0x43, 0x54);                                        /* refresh requests */
    outb(0x41, 18);
    outb(0x61, inb(0x61) & 0xfc);
}

static void set_dma(void)
{
    outb(0x0d, 0);
    outb(0xda, 0);
    for (u8 channel = 0; channel < 4; channel++) outb(0x0b, 0x40 | channel);
    outb(0xd6, 0xc0);                                        /* channel 4 hands the bus on to the first controller */
    for (u8 channel = 1; channel < 4; channel++) outb(0xd6, 0x40 | channel);
    outb(0xd4, 0);
}

static unsigned from_bcd(u8 v) { return (v >> 4) * 10u + (v & 15); }

/* The tick count follows the time of day: 18.2065 ticks a second, 1193182 / 65536. */
static void set_clock(void)
{
    cmos_write(0x0a, 0x26);
    cmos_write(0x0b, (u8)((cmos_read(0x0b) & 1) | 2));
    (void)cmos_read(0x0c);
    for (unsigned i = 0; i < 0x8000 && cmos_read(0x0a) & 0x80; i++) {}
    u32 seconds = from_bcd(cmos_read(4)) * 3600 + from_bcd(cmos_read(2)) * 60 + from_bcd(cmos_read(0));
    if (seconds >= 86400) seconds = 0;
    BDA->ticks = seconds * 18 + seconds * 1353 / 6553;
}

/* --- CMOS --- */

/* IBM's diagnostic byte, CMOS 0Eh: 80h power was lost, 40h bad checksum. */
static void check_cmos(void)
{
    u16 sum = 0;
    u8 diagnosis = 0;

    for (u8 at = 0x10; at <= 0x2d; at++) sum = (u16)(sum + cmos_read(at));
    if (!(cmos_read(0x0d) & 0x80)) diagnosis |= 0x80;
    if (sum != (u16)(cmos_read(0x2e) << 8 | cmos_read(0x2f))) diagnosis |= 0x40;
    cmos_write(0x0e, diagnosis);
    if (diagnosis & 0x80) say(T("CMOS: the battery has failed\n"));
    if (diagnosis & 0x40) say(T("CMOS: the checksum is wrong\n"));
}

static void set_equipment(void)
{
    u8 equipment = cmos_read(0x14), types = cmos_read(0x10);
    unsigned floppies = (types & 0xf0 ? 1 : 0) + (types & 0x0f ? 1 : 0);

    BDA->equipment = (u16)(0x20 | (equipment & 2));          /* colour, 80 columns; coprocessor */
    if (floppies) BDA->equipment |= (u16)(1 | (floppies - 1) << 6);
}

/* --- option ROMs --- */

static bool sums_to_zero(u16 segment, u32 bytes)
{
    u8 sum = 0;

    for (u32 at = 0; at < bytes; at++) sum = (u8)(sum + far8((u16)(segment + (at >> 12 << 8)), (u16)(at & 0xfff)));
    return sum == 0;
}

/* "PnP Option ROM Header": where a ROM that can boot wants to be called. */
static void take_boot_entry(u16 segment)
{
    u16 at = far16(segment, 0x1a);

    if (!at || at > 0x800 || far32(segment, at) != PNP_HEADER || EBDA->network_boot.segment) return;
    if (!far16(segment, (u16)(at + BOOT_ENTRY))) return;
    EBDA->network_boot.offset = far16(segment, (u16)(at + BOOT_ENTRY));
    EBDA->network_boot.segment = segment;
}

/* A ROM may write to itself while it initialises, and become shorter.  Its bytes afterwards. */
static u32 start_rom(u16 segment, u32 bytes)
{
    pci_rom_shadow(segment, bytes, true);
    call_far(segment, 3, pci_rom_place(segment));
    u32 kept = far8(segment, 2) * 512u;
    pci_rom_shadow(segment, bytes, false);
    take_boot_entry(segment);
    return kept ? kept : bytes;
}

/* 55 AA, length in 512 bytes, an entry at 3: IBM PC AT Technical Reference, "ROM scan".  AX has the place of a PCI function.  Where the
 * scan has come to. */
static u16 start_roms(u16 segment, u16 end)
{
    while (segment < end) {
        u32 bytes = far8(segment, 2) * 512u;
        if (far16(segment, 0) != 0xaa55 || !bytes || !sums_to_zero(segment, bytes)) {
            segment = (u16)(segment + ROM_STEP);
            continue;
        }
        if (segment == FIRST_ROM) call_far(segment, 3, pci_vga_place());
        else bytes = start_rom(segment, bytes);
        segment = (u16)(segment + ((bytes + 2047) / 2048) * ROM_STEP);
    }
    return segment;
}

/* --- in order --- */

static void banner(void)
{
    u32 kib = extended_kib() + 1024;
    say(T("Orrery BIOS, %u MiB of memory\n"), kib / 1024);
}

void __attribute__((noreturn)) post(void)
{
    outb(POST_PORT, 0x01);
    outb(0x92, (inb(0x92) & (u8)~1) | 2);                    /* A20 open, however this reset came about */
    virtual_wire();
    pci_post();
    set_pics();
    set_timer();
    set_dma();
    set_vectors();
    set_areas();
    set_facs();
    set_power_management();
    outb(POST_PORT, 0x02);
    set_clock();
    set_equipment();
    u16 behind_video = start_roms(FIRST_ROM, FIRST_ROM + ROM_STEP);
    outb(POST_PORT, 0x03);
    banner();
    check_cmos();
    keyboard_post();
    mouse_post();
    serial_post();
    sti();
    outb(POST_PORT, 0x04);
    floppy_post();
    ata_post();
    disk_post();
    outb(POST_PORT, 0x05);
    start_roms(behind_video, LAST_ROM);
    call_int(0x19, 0, 0);
    boot_again();
}
