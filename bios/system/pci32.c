/* The PCI BIOS for callers in 32-bit protected mode: bios32.S calls this with DS = ES = SS.        doc: pci
 * Compiled for 32 bits.  It touches its stack and ports, nothing else, so that it runs wherever the caller has mapped it. */
#include "pci_calls.h"

void pci32_service(struct frame *f)
{
    f->ah = pci_call(f);
}
