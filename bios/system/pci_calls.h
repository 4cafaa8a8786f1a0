#ifndef ORRERY_BIOS_SYSTEM_PCI_CALLS_H
#define ORRERY_BIOS_SYSTEM_PCI_CALLS_H
/* Configuration space, and the functions of the PCI BIOS that are the same for 16- and 32-bit callers: each includes this.   doc: pci
 * Source: PCI BIOS Specification 2.1. */
#include "bios.h"

enum { CONFADD = 0xcf8, CONFDATA = 0xcfc, NOWHERE = 0xffff };
enum { OK = 0x00, NOT_SUPPORTED = 0x81, BAD_VENDOR = 0x83, NOT_FOUND = 0x86, BAD_REGISTER = 0x87 };
enum { INSTALLATION_CHECK = 0x01, FIND_DEVICE = 0x02, FIND_CLASS = 0x03, READ_BYTE = 0x08, WRITE_DWORD = 0x0d, GET_ROUTING = 0x0e };

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

/* --- functions --- */

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
    unsigned kind = (function - READ_BYTE) % 3u;                  /* bytes, words, doublewords */
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

/* All but the function that hands out the routing table, whose buffer is elsewhere for each caller. */
static u8 pci_call(struct frame *f)
{
    u8 function = f->al;

    if (!pci_present()) return NOT_SUPPORTED;
    if (function == INSTALLATION_CHECK) return installation(f);
    if (function == FIND_DEVICE) return f->dx == 0xffff ? BAD_VENDOR : found(f, find(0x00, 0, (u32)f->cx << 16 | f->dx, f->si));
    if (function == FIND_CLASS) return found(f, find(0x08, 8, f->ecx & 0xffffff, f->si));
    if (function >= READ_BYTE && function <= WRITE_DWORD) return transfer(f, function);
    return NOT_SUPPORTED;
}

#endif
