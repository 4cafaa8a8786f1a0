/* PCI: POST's set-up of the chipset, and INT 1Ah AH=B1h.                                    doc: pci
 * Source: PCI BIOS Specification 2.1; Intel 290549 (82441FX), 290550 (PIIX3), 290562 (PIIX4). */
#include "bios.h"
#include "pci.h"
#include "pci_calls.h"
#include "tables.h"

enum { ELCR_2 = 0x4d1 };
enum { HOST = 0x00, ISA = 0x08, IDE = 0x09, USB = 0x0a, POWER = 0x0b, SLOT_1 = 0x10, SLOT_5 = 0x30 };        /* device << 3 | function */
enum { COMMAND = 0x04, COMMAND_IO = 1, COMMAND_MEMORY = 2, COMMAND_IO_MASTER = 5, HEADER = 0x0e, BASE_0 = 0x10, BASE_5 = 0x24, INTERRUPT_PIN = 0x3d,
       XBCS = 0x4e, XBCS_IOAPIC = 0x100, PAM0 = 0x59, PAM1 = 0x5a, PAM2 = 0x5b, PIRQRC = 0x60, BMIBA = 0x20, USBBA = 0x20, IDETIM = 0x40, PMBASE = 0x40,
       PMREGMISC = 0x80, INTERRUPT_LINE = 0x3c, SMBBA = 0x90, SMBHSTCFG = 0xd2, SMBHSTCFG_IRQ_ENABLED = 9 };
enum { MASTER_PORTS = 0xc000, USB_PORTS = 0xc020, USB_IRQ = 11, CARD_PORTS = 0xd000, PM_PORTS = 0xb000, SMBUS_PORTS = 0xb100, SCI = 9, IDETIM_DECODE = 0x8000 };
#define PCIR 0x52494350u                 /* "PCIR" */
#define FRAME_BUFFER 0xe0000000u         /* 32 MiB at most; the window of the host bridge in the DSDT begins there */
#define CARD_MEMORY 0xe2000000u
#define VGA_REGISTERS 0xfebf0000u
enum { VGA_SEGMENT = 0xc000, VGA_BYTES = 0x8000, VGA_TAIL_SEGMENT = 0xc800, VGA_TAIL_BYTES = 0x4000, BIOS_SEGMENT = 0xf000 };
enum { COMMAND_IO_MEMORY = 3, BASE_1 = 0x14, BASE_2 = 0x18, CLASS_VGA = 0x0300 };

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
    write32(place, BASE_1, VGA_REGISTERS);                   /* one of the two is there */
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
    write32(USB, USBBA, USB_PORTS);                          /* where there is one */
    write8(USB, INTERRUPT_LINE, USB_IRQ);
    write16(USB, COMMAND, COMMAND_IO_MASTER);
    write32(POWER, PMBASE, PM_PORTS);
    write8(POWER, PMREGMISC, 1);
    write8(POWER, INTERRUPT_LINE, SCI);
    write32(POWER, SMBBA, SMBUS_PORTS);
    write8(POWER, SMBHSTCFG, SMBHSTCFG_IRQ_ENABLED);
    write16(POWER, COMMAND, COMMAND_IO);
    place_cards();
}

/* --- INT 1Ah AH=B1h --- */

enum { TOO_SMALL = 0x89 };
enum { PIR_HEADER = 32, PIR_SIZE = 6 };
extern const u8 routing_table[];

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
    u8 status = pci_present() && f->al == GET_ROUTING ? routing(f) : pci_call(f);

    f->ah = status;
    set_carry(f, status != OK);
}
