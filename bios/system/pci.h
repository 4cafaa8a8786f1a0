#ifndef ORRERY_BIOS_SYSTEM_PCI_H
#define ORRERY_BIOS_SYSTEM_PCI_H
#include "bios.h"

void pci_post(void);                     /* shadow RAM, interrupt routes, base addresses; before anything else uses them */
u16 pci_vga_place(void);                 /* bus << 8 | device << 3 | function of the display; 0: it is on the ISA side */
void pci_service(struct frame *f);       /* INT 1Ah AH=B1h */

#endif
