#ifndef ORRERY_BIOS_SYSTEM_PCI_H
#define ORRERY_BIOS_SYSTEM_PCI_H
#include "bios.h"

void pci_post(void);                     /* shadow RAM, interrupt routes, base addresses; before anything else uses them */
u16 pci_vga_place(void);                 /* bus << 8 | device << 3 | function of the display; 0: it is on the ISA side */
u16 pci_rom_place(u16 segment);          /* the same of the function that a ROM is for; 0: it names none that is here */
/* The DRAM under a ROM takes its place: its own to write while it initialises, and nobody's then. */
void pci_rom_shadow(u16 segment, u32 bytes, bool writable);
void pci_service(struct frame *f);       /* INT 1Ah AH=B1h */

#endif
