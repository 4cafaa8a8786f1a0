/* PCI configuration mechanism 1: an address, then its data.                                doc: pci
 *   CONFADD   31 enable  23..16 bus  15..11 device  10..8 function  7..2 register
 *   CONFDATA  a window of four bytes on that register; nobody there: ones (master abort)
 * Source: PCI Local Bus Specification 2.1, "Configuration Mechanism #1".  Not modelled: buses behind bridges, special cycles. */
#include "devices/chip/pci_bus.h"

#include "cpu/base/bits.h"

#include <string.h>

enum { ADDRESS_MASK = 0x80fffffc };
#define ENABLE 0x80000000u

#define STATE_OWNER struct pci_bus
STATE_LAYOUT_OF(pci_bus_state, "pci_bus", PCI_BUS_STATE, pci_bus_invariant);

void pci_bus_init(struct pci_bus *b) { memset(b, 0, sizeof *b); }
void pci_bus_reset(struct pci_bus *b) { b->address = 0; }

static const struct pci_function *function_at(const struct pci_bus *b, unsigned device, unsigned function)
{
    for (unsigned n = 0; n < b->functions; n++)
        if (b->function[n].device == device && b->function[n].function == function) return &b->function[n];
    return NULL;
}

bool pci_bus_add(struct pci_bus *b, const struct pci_function *function)
{
    if (b->functions == PCI_FUNCTIONS || function_at(b, function->device, function->function)) return false;
    b->function[b->functions++] = *function;
    return true;
}

static const struct pci_function *addressed(const struct pci_bus *b)
{
    if (!(b->address & ENABLE) || bits(b->address, 23, 16)) return NULL;
    return function_at(b, bits(b->address, 15, 11), bits(b->address, 10, 8));
}

u32 pci_bus_address_read(const struct pci_bus *b) { return b->address; }
void pci_bus_address_write(struct pci_bus *b, u32 value) { b->address = value & (u32)ADDRESS_MASK; }

u8 pci_bus_data_read(struct pci_bus *b, unsigned byte)
{
    const struct pci_function *f = addressed(b);
    return f ? f->read(f->chip, (b->address & 0xfc) + (byte & 3)) : 0xff;
}

void pci_bus_data_write(struct pci_bus *b, unsigned byte, u8 value)
{
    const struct pci_function *f = addressed(b);
    if (f) f->write(f->chip, (b->address & 0xfc) + (byte & 3), value);
}

const char *pci_bus_invariant(const struct pci_bus *b)
{
    return b->address & ~(u32)ADDRESS_MASK ? "reserved bits of the address are 0" : NULL;
}
