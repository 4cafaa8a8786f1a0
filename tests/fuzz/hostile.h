#ifndef ORRERY_FUZZ_HOSTILE_H
#define ORRERY_FUZZ_HOSTILE_H
/* What hostile guests are made of: numbers, invariants of every chip, and scenes that random accesses would seldom play.      doc: fuzz */
#include "tests/fuzz/operations.h"

enum { TICKS = 20000, E1000_REGISTERS = 0xe2000000 };

/* --- hostile.c: numbers from an input, whose bytes decide in their order and behind whose end all are 0, or from a seed, which makes an input without end --- */
void hostile_input(const u8 *input, size_t size);        /* which must outlive the run */
void hostile_seed(u64 seed);
void hostile_keep(FILE *to);             /* the input that a seed makes is written there as it is made; NULL: nowhere */
bool hostile_over(void);                 /* the input has ended: so does the run */
/* What `draw` does with numbers of its own seed; then the former ones go on. */
void hostile_aside(u64 seed, void (*draw)(void *context), void *context);
u32 pick(u32 n);                         /* 0 to n - 1 */
u64 pick_wide(void);                     /* any 64 bits */
void pick_bytes(u8 *bytes, unsigned count);      /* of many, the first ones decide what follows */
u32 pick_value(void);                    /* bytes, bits, small numbers, and any */
#define ONE_OF(list) (list)[pick(ARRAY_COUNT(list))]

/* Where a run stands, for whoever watches it; changes mean that it has not got stuck. */
void hostile_at(unsigned long operation);
extern volatile unsigned long *hostile_place;

/* abort() when a chip's invariant does not hold. */
void check_invariants(struct machine *m);

/* A folder of this process for media, and its end with all that is in it. */
bool room_open(void);
void room_close(void);
const char *in_room(const char *name);   /* good until the next but three */
void room_put(const char *name, const void *bytes, size_t size, size_t whole);           /* a file; zeros up to `whole` */
void room_folder(const char *name);      /* an empty one */

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
void cd_media(struct machine *m);
void request_lines(struct machine *m);
void isa_transfers(struct machine *m);
void smbus_transactions(struct machine *m);
void conversations(struct machine *m);
void dp8390_rings(struct machine *m);
void processor_messages(struct machine *m);

#endif
