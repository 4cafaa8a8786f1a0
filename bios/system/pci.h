#ifndef ORRERY_BIOS_SYSTEM_PCI_H
#define ORRERY_BIOS_SYSTEM_PCI_H
#include "bios.h"

void pci_post(void);                     /* shadow RAM, interrupt routes, base addresses; before anything else uses them */
void pci_service(struct frame *f);       /* INT 1Ah AH=B1h */

#endif
