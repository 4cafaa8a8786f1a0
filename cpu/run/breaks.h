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
    u64 watched_la_first, watched_la_last;       /* the same of linear ones */
    u32 catches;                 /* bit n: something of enum cpu_break_kind n is caught or heard */
    enum cpu_mode mode;          /* as it was known last */
    u8 cpl;
    bool mode_derived;           /* and both may be others by now */
    bool hit_waits;
    struct cpu_break_hit hit;
};

void breaks_destroy(struct cpu *cpu);

/* Between instructions: a place was hit, or the next instruction lies at one. */
bool breaks_hit(struct cpu *cpu);
bool breaks_here(struct cpu *cpu);

/* CS was loaded, or the mode derived anew: virtual breakpoints may lie somewhere else now. */
void breaks_see_mode(struct cpu *cpu);
/* An instruction of up to `size` bytes at pa is about to be decoded. */
void breaks_see_code(struct cpu *cpu, u64 pa, const u8 *bytes, size_t size_bytes, bool operands_16);
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

/* Something of this kind happens: of `count` numbers from `number` on. */
void breaks_look_for(struct cpu *cpu, enum cpu_break_kind kind, u64 number, unsigned count, u64 value);
static inline bool breaks_catch_some(const struct cpu *cpu, enum cpu_break_kind kind)
{
    return unlikely(cpu->breaks) && cpu->breaks->catches >> kind & 1;
}
static inline void breaks_catch(struct cpu *cpu, enum cpu_break_kind kind, u64 number, unsigned count, u64 value)
{
    if (breaks_catch_some(cpu, kind)) breaks_look_for(cpu, kind, number, count, value);
}

/* Something was hit, or may have been. */
static inline bool breaks_wait(const struct cpu *cpu)
{
    return unlikely(cpu->breaks) && (cpu->breaks->hit_waits || cpu->breaks->mode_derived);
}

/* The page at la, which is that at pa, holds watched bytes. */
bool breaks_page_watched(const struct cpu *cpu, u64 la, u64 pa, bool write);
/* The processor accesses [pa, pa + size) of one page, by la. */
void breaks_look_at(struct cpu *cpu, u64 la, u64 pa, unsigned size_bytes, bool write);
static inline void breaks_note(struct cpu *cpu, u64 la, u64 pa, unsigned size_bytes, bool write)
{
    const struct breaks *b = cpu->breaks;

    if (likely(!b)) return;
    if ((pa <= b->watched_last && pa + size_bytes > b->watched_first) || (la <= b->watched_la_last && la + size_bytes > b->watched_la_first))
        breaks_look_at(cpu, la, pa, size_bytes, write);
}

#endif
