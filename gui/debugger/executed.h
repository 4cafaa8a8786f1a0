#ifndef ORRERY_DEBUGGER_EXECUTED_H
#define ORRERY_DEBUGGER_EXECUTED_H
/* What a recorder tells, word by word (cpu/cpu.h), as runs of instructions.                  doc: recorder */
#include <stddef.h>

#include "cpu/cpu.h"

struct executed_code {
    u8 *bytes;                   /* of a run of instructions; NULL: not said yet */
    u32 size;
    u8 bits;
    bool real;                   /* CS begins at its selector times 16 */
    u16 selector;
    u64 rip;
};

struct executed {
    struct executed_code *code;  /* by number */
    u64 tick;                    /* the last one that was told */
    struct executed_code *running;           /* begun at `tick`, and not over; NULL: nothing */
    bool rip_follows;            /* of the next entry */
    u64 rip;
    u16 selector;
    /* A code ran in the ticks [from, to): an instruction a tick, all that are left for the last, which may be a repeated one. */
    void (*ran)(void *context, const struct executed_code *code, u64 from, u64 to);
    void (*changes)(void *context, const struct executed_code *code);        /* it will stand for other bytes, or lie elsewhere; may be NULL */
    void *context;
};
enum { EXECUTED_NUMBERS = 1 << 20, EXECUTED_PACKET_WORDS = 2 + 4096 / 8 };

void executed_open(struct executed *e);          /* with the members behind `selector` set */
void executed_close(struct executed *e);
/* How many words were taken: the last packet may not be whole yet.  SIZE_MAX: they are damaged. */
size_t executed_take(struct executed *e, const u64 *words, size_t count);
static inline u32 executed_number(const struct executed *e, const struct executed_code *code) { return (u32)(code - e->code); }

#endif
