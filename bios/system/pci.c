/* PCI: POST's set-up of the chipset, and INT 1Ah AH=B1h.                                    doc: pci
 * Source: PCI BIOS Specification 2.1; Intel 290549 (82441FX), 290550 (PIIX3), 290562 (PIIX4). */
#include "bios.h"
#include "pci.h"
#include "tables.h"

enum { CONFADD = 0xcf8, CONFDATA = 0xcfc, ELCR_2 = 0x4d1 };
enum { HOST = 0x00, ISA = 0x08, IDE = 0x09, POWER = 0x0b, SLOT_1 = 0x10, SLOT_5 = 0x30 };        /* device << 3 | function */
enum { COMMAND = 0x04, COMMAND_IO = 1, COMMAND_MEMORY = 2, COMMAND_IO_MASTER = 5, HEADER = 0x0e, BASE_0 = 0x10, BASE_5 = 0x24, INTERRUPT_PIN = 0x3d,
       XBCS = 0x4e, XBCS_IOAPIC = 0x100, PAM0 = 0x59, PAM1 = 0x5a, PAM2 = 0x5b, PIRQRC = 0x60, BMIBA = 0x20, IDETIM = 0x40, PMBASE = 0x40,
       PMREGMISC = 0x80, INTERRUPT_LINE = 0x3c };
enum { MASTER_PORTS = 0xc000, CARD_PORTS = 0xd000, PM_PORTS = 0xb000, SCI = 9, IDETIM_DECODE = 0x8000 };
#define PCIR 0x52494350u                 /* "PCIR" */
#define FRAME_BUFFER 0xe0000000u         /* 32 MiB at most; the window of the host bridge in the DSDT begins there */
#define CARD_MEMORY 0xe2000000u
#define VGA_REGISTERS 0xfebf0000u
enum { VGA_SEGMENT = 0xc000, VGA_BYTES = 0x8000, VGA_TAIL_SEGMENT = 0xc800, VGA_TAIL_BYTES = 0x4000, BIOS_SEGMENT = 0xf000 };
enum { COMMAND_IO_MEMORY = 3, BASE_2 = 0x18, CLASS_VGA = 0x0300, NOWHERE = 0xffff };

static inline u32 inl(u16 port) { u32 v; __asm__ volatile("inl %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outl(u16 port, u32 v) { __asm__ volatile("outl %0,%1" : : "a"(v), "Nd"(port)); }

/* --- configuration space; place: bus << 8 | device << 3 | function --- */

static void address(u16 place, u8 at) { outl(CONFADD, 0x80000000u | (u32)place << 8 | (at & 0xfc)); }
static u8 read8(u16 place, u8 at) { address(place, at); return inb((u16)(CONFDATA + (at & 3))); }
static u16 read16(u16 place, u8 at) { address(place, at); return inw((u16)(CONFDATA + (at & 2))); }
static u32 read32(u16 place, u8 at) { address(place, at); return inl(CONFDATA); }
static void write8(u16 place, u8 at, u8 v) { address(place, at); outb((u16)(CONFDATA + (at & 3)), v); }
static void write16(u16 place, u8 at, u16 v) { address(place, at); outw((u16)(CONFDATA + (at & 2)), v); }
static void write32(u16 place, u8 at, u32 v) { address(place, at); outl(CONFDATA, v); }

static bool pci_present(void)
{
    address(0, 0);
    return inl(CONFADD) == 0x80000000u;
}

/* The index-th function on bus 0 whose doubleword at `at` is `wanted` under a mask; FFFFh: none. */
static u16 find(u8 at, u32 shift, u32 wanted, u16 index)
{
    for (u16 place = 0; place < 256; place++) {
        if (read16(place, 0) == 0xffff) continue;
        if (read32(place, at) >> shift == wanted && index-- == 0) return place;
        if (!(place & 7) && !(read8(place, 0x0e) & 0x80)) place |= 7;
    }
    return NOWHERE;
}

/* --- POST --- */

/* A ROM's contents into the DRAM at its place, which reads come from then. */
static void shadow(u8 register_, u8 writes, u8 both, u16 segment, u32 bytes)
{
    write8(HOST, register_, writes);
    for (u32 at = 0; at < bytes; at += 4) far32_put(segment, (u16)at, far32(segment, (u16)at));
    write8(HOST, register_, both);
}

/* The next place of a region of that size, which is a power of two. */
static u32 take(u32 *next, u32 size)
{
    u32 at = (*next + size - 1) & ~(size - 1);

    *next = at + size;
    return at;
}

/* "Base Addresses": what stays 0 of ones written tells the size. */
static void place_region(u16 place, u8 at, u32 *ports, u32 *memory)
{
    write32(place, at, 0xffffffff);
    u32 found = read32(place, at), is_port = found & 1, size = ~(found & (is_port ? ~3u : ~15u)) + 1;

    if (is_port) size &= 0xffff;
    if (!found || !size) return;
    write32(place, at, is_port ? take(ports, size) : take(memory, size));
    write16(place, COMMAND, read16(place, COMMAND) | (is_port ? COMMAND_IO : COMMAND_MEMORY));
}

/* Cards in slots: pin INTn# of device d is PIRQ (d - 1 + n) mod 4. */
static void place_cards(void)
{
    u32 ports = CARD_PORTS, memory = CARD_MEMORY;

    for (u16 place = SLOT_1; place <= SLOT_5 + 7; place++) {
        if (read16(place, 0) != 0xffff && !(read8(place, HEADER) & 0x7f)) {
            u8 pin = read8(place, INTERRUPT_PIN);
            for (u8 at = BASE_0; at <= BASE_5; at += 4) place_region(place, at, &ports, &memory);
            if (pin) write8(place, INTERRUPT_LINE, ((place >> 3) - 1 + pin - 1) & 1 ? 11 : 10);
        }
        if (!(place & 7) && !(read8(place, HEADER) & 0x80)) place |= 7;
    }
}

u16 pci_vga_place(void)
{
    u16 place = pci_present() ? find(0x08, 16, CLASS_VGA, 0) : NOWHERE;
    return place == NOWHERE ? 0 : place;
}

/* "PCI Data Structure": vendor and device at 4 and 6. */
u16 pci_rom_place(u16 segment)
{
    u16 at = far16(segment, 0x18);

    if (!pci_present() || at < 0x1a || at > 0x200 || far32(segment, at) != PCIR) return 0;
    u16 place = find(0x00, 0, far32(segment, (u16)(at + 4)), 0);
    return place == NOWHERE ? 0 : place;
}

/* Blocks of 16 KiB, each a nibble of PAM1 to PAM6. */
void pci_rom_shadow(u16 segment, u32 bytes, bool writable)
{
    u16 first = (u16)(segment & ~0x3ff), last = (u16)((segment + ((bytes - 1) >> 4)) & ~0x3ff);

    if (!pci_present()) return;
    for (u16 block = first; block <= last && block < BIOS_SEGMENT; block += 0x400) {
        u8 at = (u8)(PAM1 + ((block - VGA_SEGMENT) >> 11)), shift = block & 0x400 ? 4 : 0, rest = (u8)(read8(HOST, at) & (0xf0 >> shift));
        bool in_dram = read8(HOST, at) >> shift & 1;
        write8(HOST, at, (u8)(rest | (in_dram ? 3 : 2) << shift));
        for (u16 i = 0; !in_dram && i < 0x4000; i += 4) far32_put(block, i, far32(block, i));
        write8(HOST, at, (u8)(rest | (writable ? 3 : 1) << shift));
    }
}

/* The frame buffer is where it is on boards without PCI. */
static void vga_post(void)
{
    u16 place = pci_vga_place();

    if (!place) return;
    write32(place, BASE_0, FRAME_BUFFER);
    write32(place, BASE_2, VGA_REGISTERS);
    write16(place, COMMAND, COMMAND_IO_MEMORY);
}

void pci_post(void)
{
    if (!pci_present()) return;
    shadow(PAM0, 0x20, 0x30, BIOS_SEGMENT, 0x10000);
    shadow(PAM1, 0x22, 0x11, VGA_SEGMENT, VGA_BYTES);
    shadow(PAM2, 0x02, 0x01, VGA_TAIL_SEGMENT, VGA_TAIL_BYTES);
    vga_post();
    write16(ISA, XBCS, read16(ISA, XBCS) | XBCS_IOAPIC);
    tables_post(high32(HPET_PA) != 0xffffffff);
    write8(HOST, PAM0, 0x10);                                /* from here on nothing can write to it */
    write32(ISA, PIRQRC, 0x0b0a0b0a);                        /* A and C are IRQ 10, B and D IRQ 11: level requests */
    outb(ELCR_2, inb(ELCR_2) | 0x0c);
    write32(IDE, BMIBA, MASTER_PORTS);
    write16(IDE, IDETIM, IDETIM_DECODE);
    write16(IDE, IDETIM + 2, IDETIM_DECODE);
    write16(IDE, COMMAND, COMMAND_IO_MASTER);
    write32(POWER, PMBASE, PM_PORTS);
    write8(POWER, PMREGMISC, 1);
    write8(POWER, INTERRUPT_LINE, SCI);
    place_cards();
}

/* --- INT 1Ah AH=B1h --- */

enum { OK = 0x00, NOT_SUPPORTED = 0x81, BAD_VENDOR = 0x83, NOT_FOUND = 0x86, BAD_REGISTER = 0x87, TOO_SMALL = 0x89 };
enum { PIR_HEADER = 32, PIR_SIZE = 6 };
extern const u8 routing_table[];

static u8 found(struct frame *f, u16 place)
{
    if (place == NOWHERE) return NOT_FOUND;
    f->bx = place;
    return OK;
}

static u8 installation(struct frame *f)
{
    f->edx = 0x20494350;                                     /* "PCI " */
    f->al = 1;                                               /* mechanism 1, no special cycles */
    f->bx = 0x0210;
    f->cl = 0;                                               /* last bus */
    return OK;
}

/* Registers are named by their first byte: of 2 and 4 bytes it is even and a multiple of 4. */
static u8 transfer(struct frame *f, u8 function)
{
    unsigned kind = (function - 0x08) % 3u;                  /* bytes, words, doublewords */
    u8 at = (u8)f->di;

    if (f->di > 0xff || at & ((1 << kind) - 1)) return BAD_REGISTER;
    switch (function) {
    case 0x08: f->cl = read8(f->bx, at); break;
    case 0x09: f->cx = read16(f->bx, at); break;
    case 0x0a: f->ecx = read32(f->bx, at); break;
    case 0x0b: write8(f->bx, at, f->cl); break;
    case 0x0c: write16(f->bx, at, f->cx); break;
    default: write32(f->bx, at, f->ecx); break;
    }
    return OK;
}

/* "Get PCI Interrupt Routing Options": ES:DI has a size and a far pointer to the place for the slots. */
static u8 routing(struct frame *f)
{
    u16 bytes = (u16)(rom16(routing_table + PIR_SIZE) - PIR_HEADER), room = far16(f->es, f->di);
    u16 offset = far16(f->es, (u16)(f->di + 2)), segment = far16(f->es, (u16)(f->di + 4));

    far16_put(f->es, f->di, bytes);
    if (room < bytes) return TOO_SMALL;
    for (u16 i = 0; i < bytes; i++) far8_put(segment, (u16)(offset + i), rom8(routing_table + PIR_HEADER + i));
    f->bx = 0x0c00;                                          /* IRQ 10 and 11 are PCI's alone */
    return OK;
}

void pci_service(struct frame *f)
{
    u8 status, function = f->al;

    if (!pci_present()) status = NOT_SUPPORTED;
    else if (function == 0x01) status = installation(f);
    else if (function == 0x02) status = f->dx == 0xffff ? BAD_VENDOR : found(f, find(0x00, 0, (u32)f->cx << 16 | f->dx, f->si));
    else if (function == 0x03) status = found(f, find(0x08, 8, f->ecx & 0xffffff, f->si));
    else if (function >= 0x08 && function <= 0x0d) status = transfer(f, function);
    else if (function == 0x0e) status = routing(f);
    else status = NOT_SUPPORTED;
    f->ah = status;
    set_carry(f, status != OK);
}
