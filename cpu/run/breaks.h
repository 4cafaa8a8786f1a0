#ifndef ORRERY_RUN_BREAKS_H
#define ORRERY_RUN_BREAKS_H
/* Breakpoints and watchpoints of a debugger.                                               doc: breaks
 * An instruction with a breakpoint begins a trace of its own, which leads to the loop; a page with a watchpoint has tags that no access
 * matches.  Nobody else pays. */
#include "cpu/run/processor.h"

struct breaks {
    struct cpu_break *place;
    u64 *linear;                 /* of each place that is a breakpoint: where it lies; virtual ones as CS was last seen */
    unsigned count;
    u64 places_filter;           /* the lowest six bits of where they lie, the same linear and physical */
    u64 passed_tick, passed_rip; /* the run began on this instruction: no stop there */
    u64 *begins;                 /* physical addresses at which a trace must begin */
    unsigned begins_count, begins_room;
    u64 begins_filter;           /* their lowest six bits */
    u64 watched_first, watched_last;     /* no watched byte lies outside */
    bool hit_waits;
    struct cpu_break_hit hit;
};

void breaks_destroy(struct cpu *cpu);

/* Between instructions: a place was hit, or the next instruction lies at one. */
bool breaks_hit(struct cpu *cpu);
bool breaks_here(struct cpu *cpu);

/* CS was loaded: virtual breakpoints may lie somewhere else now. */
void breaks_see_cs(struct cpu *cpu);
/* Code of the page at la, which is that at pa, is about to be looked up. */
void breaks_enter_page(struct cpu *cpu, u64 la, u64 pa);

static inline bool breaks_begin_at(const struct cpu *cpu, u64 pa)
{
    const struct breaks *b = cpu->breaks;

    if (likely(!b) || !(b->begins_filter >> (pa & 63) & 1)) return false;
    for (unsigned i = 0; i < b->begins_count; i++)
        if (b->begins[i] == pa) return true;
    return false;
}

/* An exception or interrupt of this vector is being delivered. */
void breaks_catch(struct cpu *cpu, enum cpu_break_kind kind, u8 vector);

/* The page at pa holds watched bytes. */
bool breaks_page_watched(const struct cpu *cpu, u64 pa, bool write);
/* The processor accesses [pa, pa + size) of one page. */
void breaks_look_at(struct cpu *cpu, u64 pa, unsigned size_bytes, bool write);
static inline void breaks_note(struct cpu *cpu, u64 pa, unsigned size_bytes, bool write)
{
    const struct breaks *b = cpu->breaks;
    if (unlikely(b) && pa <= b->watched_last && pa + size_bytes > b->watched_first) breaks_look_at(cpu, pa, size_bytes, write);
}

#endif
