#ifndef ORRERY_FUZZ_NUMBERS_H
#define ORRERY_FUZZ_NUMBERS_H
/* The numbers that decide what a fuzzer does, and a folder for what it needs of the host.      doc: fuzz */
#include <stdio.h>

#include "cpu/base/types.h"

/* --- numbers from an input, whose bytes decide in their order and behind whose end all are 0, or from a seed, which makes an input without end --- */
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

/* --- a folder --- */

/* Of this process for media, and its end with all that is in it. */
bool room_open(void);
void room_close(void);
const char *in_room(const char *name);   /* good until the next but three */
void room_put(const char *name, const void *bytes, size_t size, size_t whole);           /* a file; zeros up to `whole` */
void room_folder(const char *name);      /* an empty one */

#endif
