#ifndef ORRERY_FUZZ_HOSTILE_H
#define ORRERY_FUZZ_HOSTILE_H
/* What hostile guests are made of: numbers from a seed, invariants of every chip, and scenes that random accesses would seldom play.      doc: fuzz */
#include "devices/board/board.h"

enum { TICKS = 20000 };

/* --- hostile.c --- */
void hostile_seed(u64 seed);
u32 pick(u32 n);                         /* 0 to n - 1 */
void pick_bytes(u8 *bytes, unsigned count);
u32 pick_value(void);                    /* bytes, bits, small numbers, and any */
/* Time passes; with `resting` the processor does nothing in it but acknowledge interrupts. */
extern bool resting;
void pass(struct machine *m, u64 ticks);
/* abort() when a chip's invariant does not hold. */
void check(struct machine *m);
/* An empty folder for media, and its end with all that is in it. */
bool room_open(char *path, unsigned size);
void room_close(const char *path);

/* --- scenes.c: boards with PCI, its cards and its controllers --- */
void config_write(struct machine *m, u32 at, unsigned size, u32 value);          /* at: the address as CONFIG_ADDRESS wants it */
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
void ata_commands(struct machine *m);
void packets(struct machine *m);
void cd_media(struct machine *m, const char *path);
void request_lines(struct machine *m);
void isa_transfers(struct machine *m);
void smbus_transactions(struct machine *m);
void conversations(struct machine *m);
void dp8390_rings(struct machine *m);
void processor_messages(struct machine *m);
void pictures(struct machine *m);

#endif
