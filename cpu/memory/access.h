#ifndef ORRERY_MEMORY_ACCESS_H
#define ORRERY_MEMORY_ACCESS_H
/* Loads and stores of the guest: segment check, TLB, host memory; slow paths in access.c.   doc: memory-access */
#include <string.h>

#include "cpu/run/processor.h"

/* IMPLICIT: a supervisor access whatever CPL is, to which EFLAGS.AC gives no way round SMAP. */
enum access { ACCESS_READ = 0, ACCESS_WRITE = 1, ACCESS_FETCH = 2, ACCESS_IMPLICIT = 4 };

/* --- slow paths (cpu/memory/access.c): TLB miss, page crossing, MMIO, code pages, #AC, data breakpoints.  All take a
 *     linear address whose segment check has passed (seg is for the fault of an address that is not canonical), use the privilege of CPL, and return false when a fault was raised;
 *     then nothing has been changed (beyond A/D bits). --- */
bool access_read(struct cpu *cpu, unsigned seg, u64 la, unsigned size_bytes, u64 *value);
bool access_write(struct cpu *cpu, unsigned seg, u64 la, unsigned size_bytes, u64 value);
/* The same for operands of any length up to 64 bytes; #AC is asked for of those that are a power of 2. */
bool access_read_bytes(struct cpu *cpu, unsigned seg, u64 la, unsigned size_bytes, u8 *out);
bool access_write_bytes(struct cpu *cpu, unsigned seg, u64 la, unsigned size_bytes, const u8 *in);
/* Every fault that a write could raise, now; the write itself will then succeed.  For read-modify-write. */
/* #AC of an operand that is to lie at a multiple of `boundary`. */
bool access_aligned(struct cpu *cpu, unsigned seg, u64 ea, unsigned boundary);
bool access_probe_write(struct cpu *cpu, unsigned seg, u64 la, unsigned size_bytes);
/* The same as supervisor whatever CPL is: descriptor tables, TSS. */
bool access_system_read(struct cpu *cpu, u64 la, unsigned size_bytes, u64 *value);
bool access_system_write(struct cpu *cpu, u64 la, unsigned size_bytes, u64 value);
bool system_probe_write(struct cpu *cpu, u64 la, unsigned size_bytes);
/* Host pointer to [la, la + size) for bulk work, or NULL when it must go piece by piece; size stays within the page.
 * Sets A/D bits as an access would and raises no fault.  access is ACCESS_READ or ACCESS_WRITE; for a write the page
 * holds no decoded code and no breakpoint. */
u8 *access_host(struct cpu *cpu, u64 la, unsigned size_bytes, enum access access);

/* Raises #GP or #SS for an access that a segment forbids, with the reason. Always false. */
bool segment_violation(struct cpu *cpu, unsigned seg, u64 ea, unsigned size_bytes, enum access access);

/* Enters the page at la into the TLB as an access to it would, for a TLB miss.  False when that access must take the slow path, and
 * nothing has changed then that it would not change itself: it crosses pages, faults, meets a device or decoded code. */
bool access_refill(struct cpu *cpu, u64 la, unsigned access);

/* Fetch: physical address of the instruction byte at la; false after #PF (or when nothing can be executed there). */
bool access_fetch(struct cpu *cpu, u64 la, u64 *pa);

/* --- what lies at a physical address: memory, the local APIC's registers, or whatever the bus has --- */
static inline bool at_local_apic(const struct cpu *cpu, u64 pa) { return (pa & ~0xfffull) == cpu->apic.registers_pa; }
static inline struct physical_page *page_at(struct cpu *cpu, u64 pa)
{
    return unlikely(at_local_apic(cpu, pa)) ? &cpu->apic.page : physical_page_at(cpu->memory, pa);
}
u64 bus_load(struct cpu *cpu, u64 pa, unsigned size_bytes);             /* of a page without a host pointer */
void bus_store(struct cpu *cpu, u64 pa, unsigned size_bytes, u64 value);

/* --- page walk: cpu/memory/paging.c --- */
struct translation {
    u64 pa;              /* physical address, A20 applied */
    bool readable;       /* data may be read with the same rights and EFLAGS.AC */
    bool executable;
    bool storable;       /* writable at this privilege and already dirty: a store needs no further walk */
    bool global;         /* CR4.PGE and PTE_G: outlives a load of CR3 */
    u8 page_bits;        /* 12, or more by a page of 2 MiB, 4 MiB or 1 GiB */
};
/* Translates for one access (enum access bits; user: with the rights of CPL 3) and sets A and D.  False after #PF; *to
 * is untouched then. */
bool page_walk(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to);
/* The same where memory alone takes part and no fault comes of it; false otherwise, and nothing has changed then. */
bool page_walk_quiet(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to);

/* PAE: the four PDPTE registers from memory; false after #GP of a reserved bit. */
bool paging_load_pdptes(struct cpu *cpu, u64 cr3);

/* --- TLB: cpu/memory/tlb.c --- */
void tlb_create(struct cpu *cpu);                       /* empty, once */
void tlb_flush(struct cpu *cpu);                        /* all of it */
void tlb_flush_local(struct cpu *cpu);                  /* all but global pages: a load of CR3 */
void tlb_flush_page(struct cpu *cpu, u64 la);           /* INVLPG: one page, of 4 KiB or 4 MiB */
bool tlb_holds_global(const struct cpu *cpu, u64 la);  /* the page at la, for the current privilege, as a global one */
/* Drops write tags that reach the physical page: it has begun to hold decoded code, or the line that MONITOR watches. */
void tlb_protect_page(struct cpu *cpu, u64 pa);
/* After a change of the debugger's watchpoints: their pages' tags, and no others, say that accesses are looked at. */
void tlb_mark_watched(struct cpu *cpu);
/* Enters what a walk found for the page at la, whose memory is `page`; access as for page_walk. */
void tlb_fill(struct cpu *cpu, unsigned set, u64 la, unsigned access, const struct translation *to,
              struct physical_page *page);

/* The first store to a page since it was drawn: notes that it has changed and opens the entry again.  True when the entry is what a hit
 * wants now; the page tables were not looked at, so nothing of what the guest sees hangs on when a page is drawn. */
bool tlb_store_after_drawing(struct cpu *cpu, struct tlb_entry *t, u64 la, unsigned size_bytes);

/* Code and stores (cpu/decode/trace.c): bytes [pa, pa + size) of one page are about to change. */
void trace_code_written(struct cpu *cpu, u64 pa, unsigned size_bytes);

/* MONITOR (cpu/system/monitor.c): bytes [pa, pa + size) of the monitored page are about to change. */
/* A page that some processor of the machine monitors; what a store to it means to those. */
bool processors_monitor(const struct cpu *cpu, const struct physical_page *page);
void processors_store(struct cpu *cpu, const struct physical_page *page, u64 pa, unsigned size_bytes);
void monitor_store(struct cpu *cpu, u64 pa, unsigned size_bytes);

static inline unsigned tlb_set_of_cpl(const struct cpu *cpu)
{
    if (cpu->cpl == 3) return TLB_USER;
    return cpu->cr4 & CR4_SMAP && cpu->rflags & EFLAGS_AC ? TLB_SUPERVISOR_AC : TLB_SUPERVISOR;
}

static inline struct tlb_entry *tlb_entry_of(struct cpu *cpu, u64 la)
{
    return &cpu->tlb[la >> 12 & (TLB_ENTRIES - 1)];
}

static inline u64 page_of_last(u64 la, unsigned size_bytes)
{
    return (la + size_bytes - 1) & ~0xfffull;
}

/* memcpy of an operand, whose size need not be known to the compiler. */
static inline void copy_operand(void *to, const void *from, unsigned size)
{
    switch (size) {
    case 2: memcpy(to, from, 2); break;
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    default: memcpy(to, from, size);
    }
}

static inline bool linear_read(struct cpu *cpu, unsigned seg, u64 la, unsigned size, u64 *value)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_read != page_of_last(la, size))) return access_read(cpu, seg, la, size, value);
    u64 v = 0;
    copy_operand(&v, (const u8 *)(uintptr_t)(t->addend + la), size);
    *value = v;
    return true;
}

static inline bool linear_write(struct cpu *cpu, unsigned seg, u64 la, unsigned size, u64 value)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_write != page_of_last(la, size))) return access_write(cpu, seg, la, size, value);
    copy_operand((u8 *)(uintptr_t)(t->addend + la), &value, size);
    return true;
}

/* Descriptor tables, TSS, stacks of inner levels. */
static inline bool system_read(struct cpu *cpu, u64 la, unsigned size, u64 *value)
{
    if (!long_mode(cpu)) la = (u32)la;
    const struct tlb_entry *t = &cpu->tlb_set[TLB_SUPERVISOR][la >> 12 & (TLB_ENTRIES - 1)];
    if (unlikely(t->tag_read != page_of_last(la, size))) return access_system_read(cpu, la, size, value);
    u64 v = 0;
    copy_operand(&v, (const u8 *)(uintptr_t)(t->addend + la), size);
    *value = v;
    return true;
}

static inline bool system_write(struct cpu *cpu, u64 la, unsigned size, u64 value)
{
    if (!long_mode(cpu)) la = (u32)la;
    const struct tlb_entry *t = &cpu->tlb_set[TLB_SUPERVISOR][la >> 12 & (TLB_ENTRIES - 1)];
    if (unlikely(t->tag_write != page_of_last(la, size))) return access_system_write(cpu, la, size, value);
    copy_operand((u8 *)(uintptr_t)(t->addend + la), &value, size);
    return true;
}

static inline u64 linear_of(const struct cpu *cpu, unsigned seg, u64 ea)
{
    return (cpu->seg[seg].effective_base + ea) & cpu->linear_mask;      /* legacy modes wrap at 4 GiB */
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
    return linear_read(cpu, seg, linear_of(cpu, seg, ea), size, value);
}

static inline bool store(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, u64 value)
{
    if (!segment_may_write(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_WRITE);
    return linear_write(cpu, seg, linear_of(cpu, seg, ea), size, value);
}

/* Operands longer than 8 bytes. */
static inline bool load_bytes(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, void *out)
{
    if (!segment_may_read(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_READ);
    u64 la = linear_of(cpu, seg, ea);
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_read != page_of_last(la, size))) return access_read_bytes(cpu, seg, la, size, out);
    memcpy(out, (const u8 *)(uintptr_t)(t->addend + la), size);
    return true;
}

static inline bool store_bytes(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, const void *in)
{
    if (!segment_may_write(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_WRITE);
    u64 la = linear_of(cpu, seg, ea);
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_write != page_of_last(la, size))) return access_write_bytes(cpu, seg, la, size, in);
    memcpy((u8 *)(uintptr_t)(t->addend + la), in, size);
    return true;
}

/* An element of a masked vector, for which alignment is not checked. */
static inline bool load_element(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, void *out)
{
    if (!segment_may_read(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_READ);
    u64 la = linear_of(cpu, seg, ea);
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (likely(t->tag_read == page_of_last(la, size))) {
        memcpy(out, (const u8 *)(uintptr_t)(t->addend + la), size);
        return true;
    }
    for (unsigned i = 0; i < size; i++)
        if (!load_bytes(cpu, seg, ea + i, 1, (u8 *)out + i)) return false;
    return true;
}

/* First half of a read-modify-write: all faults, then the old value; a store to the same place follows and succeeds. */
static inline bool load_for_update(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, u64 *value)
{
    if (!segment_may_write(cpu, seg, ea, size)) return segment_violation(cpu, seg, ea, size, ACCESS_WRITE);
    u64 la = linear_of(cpu, seg, ea);
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (unlikely(t->tag_write != page_of_last(la, size)) && !access_probe_write(cpu, seg, la, size)) return false;
    return linear_read(cpu, seg, la, size, value);
}

#endif
