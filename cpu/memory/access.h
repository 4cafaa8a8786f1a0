#ifndef ORRERY_MEMORY_ACCESS_H
#define ORRERY_MEMORY_ACCESS_H
/* Loads and stores of the guest: segment check, TLB, host memory; slow paths in access.c.   doc: memory-access */
#include <string.h>

#include "cpu/run/processor.h"

enum access { ACCESS_READ = 0, ACCESS_WRITE = 1, ACCESS_FETCH = 2 };

/* --- slow paths (cpu/memory/access.c): TLB miss, page crossing, MMIO, code pages, #AC, data breakpoints.  All take a
 *     linear address whose segment check has passed, use the privilege of CPL, and return false when a fault was raised;
 *     then nothing has been changed (beyond A/D bits). --- */
bool access_read(struct cpu *cpu, u64 la, unsigned size_bytes, u64 *value);
bool access_write(struct cpu *cpu, u64 la, unsigned size_bytes, u64 value);
/* Every fault that a write could raise, now; the write itself will then succeed.  For read-modify-write. */
bool access_probe_write(struct cpu *cpu, u64 la, unsigned size_bytes);
/* The same as supervisor whatever CPL is: descriptor tables, TSS. */
bool system_read(struct cpu *cpu, u64 la, unsigned size_bytes, u64 *value);
bool system_write(struct cpu *cpu, u64 la, unsigned size_bytes, u64 value);
bool system_probe_write(struct cpu *cpu, u64 la, unsigned size_bytes);
/* Host pointer to [la, la + size) for bulk work, or NULL when it must go piece by piece; size stays within the page.
 * Sets A/D bits as an access would and raises no fault.  access is ACCESS_READ or ACCESS_WRITE; for a write the page
 * holds no decoded code and no breakpoint. */
u8 *access_host(struct cpu *cpu, u64 la, unsigned size_bytes, enum access access);

/* Raises #GP or #SS for an access that a segment forbids, with the reason. Always false. */
bool segment_violation(struct cpu *cpu, unsigned seg, u64 ea, unsigned size_bytes, enum access access);

/* Fetch: physical address of the instruction byte at la; false after #PF (or when nothing can be executed there). */
bool access_fetch(struct cpu *cpu, u64 la, u64 *pa);

/* --- page walk: cpu/memory/paging.c --- */
struct translation {
    u64 pa;              /* physical address, A20 applied */
    bool storable;       /* writable at this privilege and already dirty: a store needs no further walk */
    bool global;         /* CR4.PGE and PTE_G: outlives a load of CR3 */
    bool big;            /* by a 4 MiB page */
};
/* Translates for one access (enum access bits; user: with the rights of CPL 3) and sets A and D.  False after #PF; *to
 * is untouched then. */
bool page_walk(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to);

/* --- TLB: cpu/memory/tlb.c --- */
void tlb_flush(struct cpu *cpu);                        /* all of it */
void tlb_flush_local(struct cpu *cpu);                  /* all but global pages: a load of CR3 */
void tlb_flush_page(struct cpu *cpu, u64 la);           /* INVLPG: one page, of 4 KiB or 4 MiB */
/* Drops write tags that reach the physical page: it has begun to hold decoded code. */
void tlb_protect_code_page(struct cpu *cpu, u64 pa);
/* Enters what a walk found for the page at la, whose memory is `page`; access as for page_walk. */
void tlb_fill(struct cpu *cpu, unsigned set, u64 la, unsigned access, const struct translation *to,
              struct physical_page *page);

/* Code and stores (cpu/decode/trace.c): bytes [pa, pa + size) of one page are about to change. */
void trace_code_written(struct cpu *cpu, u64 pa, unsigned size_bytes);

static inline struct tlb_entry *tlb_entry_of(struct cpu *cpu, u64 la)
{
    return &cpu->tlb[la >> 12 & (TLB_ENTRIES - 1)];
}

static inline u64 page_of_last(u64 la, unsigned size_bytes)
{
    return (la + size_bytes - 1) & ~0xfffull;
}

static inline bool linear_read(struct cpu *cpu, u64 la, unsigned size, u64 *value)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_read != page_of_last(la, size))) return access_read(cpu, la, size, value);
    u64 v = 0;
    memcpy(&v, (const u8 *)(uintptr_t)(t->addend + la), size);
    *value = v;
    return true;
}

static inline bool linear_write(struct cpu *cpu, u64 la, unsigned size, u64 value)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_write != page_of_last(la, size))) return access_write(cpu, la, size, value);
    memcpy((u8 *)(uintptr_t)(t->addend + la), &value, size);
    return true;
}

static inline u64 linear_of(const struct cpu *cpu, unsigned seg, u64 ea)
{
    return (u32)(cpu->seg[seg].base + ea);       /* legacy modes: linear addresses wrap at 4 GiB */
}

static inline bool segment_may_read(const struct cpu *cpu, unsigned seg, u64 ea, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    return likely(ea >= s->read_first && ea + size - 1 <= s->read_last);
}

static inline bool segment_may_write(const struct cpu *cpu, unsigned seg, u64 ea, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    return likely(ea >= s->write_first && ea + size - 1 <= s->write_last);
}

/* Load and store through a segment. */
static inline bool load(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, u64 *value)
{
    if (!segment_may_read(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_READ);
    return linear_read(cpu, linear_of(cpu, seg, ea), size, value);
}

static inline bool store(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, u64 value)
{
    if (!segment_may_write(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_WRITE);
    return linear_write(cpu, linear_of(cpu, seg, ea), size, value);
}

/* First half of a read-modify-write: all faults, then the old value; a store to the same place follows and succeeds. */
static inline bool load_for_update(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, u64 *value)
{
    if (!segment_may_write(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_WRITE);
    u64 la = linear_of(cpu, seg, ea);
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_write != page_of_last(la, size)) && !access_probe_write(cpu, la, size)) return false;
    return linear_read(cpu, la, size, value);
}

#endif
