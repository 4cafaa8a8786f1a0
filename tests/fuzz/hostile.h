#ifndef ORRERY_FUZZ_HOSTILE_H
#define ORRERY_FUZZ_HOSTILE_H
/* What hostile guests are made of: invariants of every chip, and scenes that random accesses would seldom play.      doc: fuzz */
#include "tests/fuzz/numbers.h"
#include "tests/fuzz/operations.h"

enum { TICKS = 20000, E1000_REGISTERS = 0xe2000000 };

/* --- hostile.c --- */

/* abort() when a chip's invariant does not hold. */
void check_invariants(struct machine *m);

/* --- scenes.c: boards with PCI, its cards and its controllers --- */
void pci_write(struct machine *m, u32 at, unsigned size, u32 value);          /* at: the address as CONFIG_ADDRESS wants it */
u32 config_of(const struct machine *m, const u8 *config);                        /* the function of the card with this configuration space */
void configuration(struct machine *m, u32 value);
void descriptors(struct machine *m);
void sounds(struct machine *m);
void dma(struct machine *m);
void timers_and_interrupts(struct machine *m);
void usb(struct machine *m);
void system_management(struct machine *m);
void firmware_dma(struct machine *m);
void display(struct machine *m);
void cirrus(struct machine *m);
void from_outside(struct machine *m);
void frames(struct machine *m);

/* --- scenes_isa.c: drives, lines, networks, a processor's own --- */
void floppy_commands(struct machine *m);
void floppy_media(struct machine *m);
void serial_bursts(struct machine *m);
void ata_commands(struct machine *m);
void packets(struct machine *m);
void cd_media(struct machine *m);
void request_lines(struct machine *m);
void isa_transfers(struct machine *m);
void smbus_transactions(struct machine *m);
void conversations(struct machine *m);
void dp8390_rings(struct machine *m);
void processor_messages(struct machine *m);

#endif
