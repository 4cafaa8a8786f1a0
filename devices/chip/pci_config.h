#ifndef ORRERY_CHIP_PCI_CONFIG_H
#define ORRERY_CHIP_PCI_CONFIG_H
/* A function's 256 bytes of configuration space as rows of registers.                      doc: pci
 * Source: PCI Local Bus Specification 2.1, "Configuration Space". */
#include "cpu/base/bits.h"

enum { PCI_CONFIG_BYTES = 256 };

/* Registers every function has. */
enum { PCI_VENDOR = 0x00, PCI_DEVICE = 0x02, PCI_COMMAND = 0x04, PCI_STATUS = 0x06, PCI_REVISION = 0x08, PCI_CLASS = 0x09,
       PCI_LATENCY = 0x0d, PCI_HEADER = 0x0e, PCI_BASE_0 = 0x10, PCI_INTERRUPT_LINE = 0x3c, PCI_INTERRUPT_PIN = 0x3d };
enum { COMMAND_IO = 1, COMMAND_MEMORY = 2, COMMAND_MASTER = 4 };

/* One register; what no row names reads as 0. */
struct pci_register {
    u8 at, size_bytes;
    u32 reset, writable, cleared;        /* cleared: bits that a 1 clears */
};

struct pci_registers {
    const struct pci_register *row;
    unsigned count;
};

void pci_config_reset(u8 *config, struct pci_registers registers);
void pci_config_write(u8 *config, struct pci_registers registers, unsigned at, u8 value);
/* Where the region whose base address register is at `at` begins; false: not decoded, by its enable or because nothing placed it. */
bool pci_config_base(const u8 *config, unsigned at, u32 *base);
/* Bits that neither reset nor a write sets are 0: what an invariant asks. */
bool pci_config_valid(const u8 *config, struct pci_registers registers);

static inline u32 pci_config_get(const u8 *config, unsigned at, unsigned size_bytes)
{
    u32 value = 0;
    for (unsigned i = 0; i < size_bytes; i++) value |= (u32)config[(at + i) & (PCI_CONFIG_BYTES - 1)] << 8 * i;
    return value;
}

#endif
