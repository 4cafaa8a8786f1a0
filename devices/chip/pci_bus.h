#ifndef ORRERY_CHIP_PCI_BUS_H
#define ORRERY_CHIP_PCI_BUS_H
#include "cpu/base/state.h"

#define PCI_BUS_STATE(ONE, MANY) \
    /*    type  name      unit   min         max  meaning                                          */ \
    ONE (u32,  address,  "bits",   0, 0x80fffffc, "CONFADD: enable, bus, device, function, register")

/* A row of the board's table: who answers for a function's configuration space. */
struct pci_function {
    u8 device, function;
    const char *name;
    void *chip;
    u8 (*read)(void *chip, unsigned at);
    void (*write)(void *chip, unsigned at, u8 value);
};

enum { PCI_FUNCTIONS = 16 };

struct pci_bus {
    STATE_MEMBERS(PCI_BUS_STATE)
    struct pci_function function[PCI_FUNCTIONS];         /* wires */
    unsigned functions;
};

extern const struct state_layout pci_bus_state;

void pci_bus_init(struct pci_bus *b);
bool pci_bus_add(struct pci_bus *b, const struct pci_function *function);        /* false: no room, or its place is taken */
void pci_bus_reset(struct pci_bus *b);
/* CONFADD takes whole doublewords. */
u32 pci_bus_address_read(const struct pci_bus *b);
void pci_bus_address_write(struct pci_bus *b, u32 value);
/* CONFDATA, byte 0 to 3. */
u8 pci_bus_data_read(struct pci_bus *b, unsigned byte);
void pci_bus_data_write(struct pci_bus *b, unsigned byte, u8 value);
const char *pci_bus_invariant(const struct pci_bus *b);

#endif
