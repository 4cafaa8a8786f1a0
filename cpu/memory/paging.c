/* The page walk.  SDM vol. 3A, "32-Bit Paging", "PAE Paging", "4-Level Paging", "Access Rights", "Page-Fault Exceptions",
 * "Accessed and Dirty Flags".                                                    doc: page-walk
 *
 *    32-bit    31..22 directory  21..12 table                               entries of 4 bytes
 *    PAE       31..30 PDPTE register  29..21 directory  20..12 table        entries of 8
 *    4-level   47..39 PML4  38..30 PDPT  29..21 directory  20..12 table     entries of 8
 *    entry     63 XD   M-1..12 frame   8 G   7 PS   6 D   5 A   2 U/S   1 R/W   0 P
 *
 * Not modelled: PCD, PWT and PAT, as there is no cache. */
#include <string.h>

#include "cpu/memory/access.h"

enum { PTE_P = 1, PTE_RW = 2, PTE_US = 4, PTE_A = 32, PTE_D = 64, PTE_PS = 128, PTE_G = 256 };
#define PTE_XD (1ull << 63)
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RESERVED = 8, PF_FETCH = 16 };   /* error code */

/* The entries that lead to a page; the last one maps it. */
struct walk {
    const struct paging *paging;
    unsigned used;
    bool quiet;              /* page_walk_quiet */
    struct { u64 pa, value; } entry[PAGING_LEVELS];
    u64 rights;              /* R/W and U/S of all, XD of any */
    u64 common;              /* bits that all of them have */
};

static u64 a20_masked(const struct cpu *cpu, u64 pa)
{
    return cpu->a20 || cpu->smm ? pa : pa & ~(1ull << 20);
}

/* --- the kind of paging, and what it makes of an entry: worked out when what it rests on has changed --- */

static u64 frame_mask(const struct cpu *cpu)
{
    return low_bits(UINT64_MAX, cpu->model->pa_bits) & ~0xfffull;
}

/* The bit by which an entry at a level maps a page by itself: of the last level P, which it has anyway. */
static u64 mapping_bit(const struct cpu *cpu, const struct paging *p, unsigned level)
{
    if (level + 1 == p->levels) return PTE_P;
    switch (p->shift[level]) {
    case 22: return cpu->cr4 & CR4_PSE ? PTE_PS : 0;
    case 21: return PTE_PS;
    case 30: return has(cpu, FEATURE_PAGE1GB) ? PTE_PS : 0;
    default: return 0;
    }
}

/* PSE-36: bits 20:13 of a 4 MiB entry are address bits 39:32; 21 and those above the processor's address are reserved. */
static u64 reserved_32(const struct cpu *cpu, bool big)
{
    unsigned high = cpu->model->pa_bits > 40 ? 40 : cpu->model->pa_bits;

    if (!big) return 0;
    if (!has(cpu, FEATURE_PSE36) || high <= 32) return 0x3fe000 | (has(cpu, FEATURE_PAT) ? 0 : 0x1000);
    return 0x3fe000 & ~(low_bits(UINT64_MAX, high - 32) << 13);
}

/* Bits that must be 0.  SDM vol. 3A, "Use of ... with Reserved Bits". */
static u64 reserved_bits(const struct cpu *cpu, const struct paging *p, unsigned level, bool maps)
{
    unsigned shift = p->shift[level];

    if (p->entry_bytes == 4) return reserved_32(cpu, maps && shift == 22);
    u64 reserved = 0xffffffffff000 & ~frame_mask(cpu);
    if (!(cpu->efer & EFER_NXE)) reserved |= PTE_XD;
    if (p->levels == 2) reserved |= 0x7ff0000000000000;
    if (shift == 39 || (shift == 30 && !has(cpu, FEATURE_PAGE1GB))) reserved |= PTE_PS;
    if (maps && shift > 12) reserved |= low_bits(UINT64_MAX, shift) & ~0x1fffull;
    return reserved;
}

static struct paging paging_kind(const struct cpu *cpu)
{
    if (long_mode(cpu)) return (struct paging){ .levels = 4, .entry_bytes = 8, .index_mask = 0x1ff, .shift = { 39, 30, 21, 12 } };
    if (cpu->cr4 & CR4_PAE) return (struct paging){ .levels = 2, .entry_bytes = 8, .index_mask = 0x1ff, .shift = { 21, 12 } };
    return (struct paging){ .levels = 2, .entry_bytes = 4, .index_mask = 0x3ff, .shift = { 22, 12 } };
}

static u64 paging_key(const struct cpu *cpu) { return (u32)cpu->cr4 | (cpu->efer & EFER_NXE) << 32 | (cpu->efer & EFER_LMA) << 32 | 1ull << 63; }

static struct paging paging_worked_out(const struct cpu *cpu)
{
    struct paging p = paging_kind(cpu);

    p.key = paging_key(cpu);
    p.frame = p.entry_bytes == 4 ? 0xfffff000 : frame_mask(cpu);
    for (unsigned level = 0; level < p.levels; level++) {
        p.maps[level] = mapping_bit(cpu, &p, level);
        p.reserved[level][false] = reserved_bits(cpu, &p, level, false);
        p.reserved[level][true] = reserved_bits(cpu, &p, level, true);
    }
    return p;
}

static const struct paging *paging_of(struct cpu *cpu)
{
    if (unlikely(cpu->paging.key != paging_key(cpu))) cpu->paging = paging_worked_out(cpu);
    return &cpu->paging;
}

/* --- entries: in memory or, where there is none, on the bus --- */

static u64 entry_read(struct cpu *cpu, u64 pa, unsigned bytes)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (page->read) return bytes == 4 ? get32(page->read + (pa & 0xfff)) : get64(page->read + (pa & 0xfff));
    cpu_sync_time(cpu);
    return low_bits(cpu->bus.mmio_read(cpu->bus.board, pa, bytes), bytes * 8);
}

/* For an onlooker: memory only. */
static u64 entry_peek(const struct cpu *cpu, u64 pa, unsigned bytes)
{
    const struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (!page->read) return 0;
    return bytes == 4 ? get32(page->read + (pa & 0xfff)) : get64(page->read + (pa & 0xfff));
}

static void entry_write(struct cpu *cpu, u64 pa, u64 value, unsigned bytes)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (!page->write) {                      /* ROM or a device: the write goes where writes go */
        cpu_sync_time(cpu);
        cpu->bus.mmio_write(cpu->bus.board, pa, bytes, value);
        return;
    }
    if (page->code_chunks) trace_code_written(cpu, pa, bytes);
    if (bytes == 4) put32(page->write + (pa & 0xfff), (u32)value);
    else put64(page->write + (pa & 0xfff), value);
    page->written = page->changed = true;
}

static u64 frame_address(const struct cpu *cpu, const struct walk *w, u64 la)
{
    const struct paging *p = w->paging;
    unsigned shift = p->shift[w->used - 1];
    u64 entry = w->entry[w->used - 1].value, inside = (1ull << shift) - 1;
    u64 high = p->entry_bytes == 4 && shift == 22 ? bits(entry, 20, 13) << 32 : 0;

    return a20_masked(cpu, (entry & p->frame & ~inside) | high | (la & inside));
}

/* --- the walk --- */

static bool page_fault(struct cpu *cpu, const struct walk *w, enum reason reason, u64 la, u32 error, u64 entry, u64 entry_pa)
{
    if (w->quiet) return false;
    cpu->cr2 = la;
    return fault_raise(cpu, reason, (struct fault_facts){
        .la = la, .error = error, .entry = entry, .entry_pa = entry_pa,
    });
}

enum step { STEP_DOWN, STEP_MAPS, STEP_NOT_PRESENT, STEP_RESERVED };

/* Takes in one more entry.  rights start as all ones without XD. */
static inline enum step take_entry(struct walk *w, u64 pa, u64 value)
{
    unsigned level = w->used++;
    bool maps = value & w->paging->maps[level];

    w->entry[level].pa = pa;
    w->entry[level].value = value;
    w->common &= value;
    if (!(value & PTE_P)) return STEP_NOT_PRESENT;
    if (value & w->paging->reserved[level][maps]) return STEP_RESERVED;
    w->rights = (w->rights & value & (PTE_RW | PTE_US)) | ((w->rights | value) & PTE_XD);
    return maps ? STEP_MAPS : STEP_DOWN;
}

static inline u64 index_address(const struct cpu *cpu, const struct paging *p, u64 table, unsigned level, u64 la)
{
    return a20_masked(cpu, table + (la >> p->shift[level] & p->index_mask) * p->entry_bytes);
}

/* The root table; false where a PAE page-directory-pointer entry is not present. */
static inline bool root_table(const struct cpu *cpu, const struct paging *p, u64 la, u64 *table)
{
    *table = cpu->cr3 & p->frame;
    if (p->levels == 4 || p->entry_bytes == 4) return true;
    u64 pdpte = cpu->pdpte[bits(la, 31, 30)];
    *table = pdpte & p->frame;
    return pdpte & PTE_P;
}

static inline bool find_entries(struct cpu *cpu, u64 la, u32 error, struct walk *w)
{
    u64 table;

    if (!root_table(cpu, w->paging, la, &table))
        return page_fault(cpu, w, REASON_PDPTE_NOT_PRESENT, la, error, cpu->pdpte[bits(la, 31, 30)], 0);
    for (;;) {
        u64 pa = index_address(cpu, w->paging, table, w->used, la);
        if (w->quiet && !physical_page_at(cpu->memory, pa)->read) return false;
        u64 value = entry_read(cpu, pa, w->paging->entry_bytes);
        switch (take_entry(w, pa, value)) {
        case STEP_MAPS: return true;
        case STEP_DOWN: table = value & w->paging->frame; break;
        case STEP_NOT_PRESENT:
            return page_fault(cpu, w, w->used == w->paging->levels ? REASON_PTE_NOT_PRESENT : REASON_PDE_NOT_PRESENT, la, error,
                              value, pa);
        case STEP_RESERVED:
            return page_fault(cpu, w, w->used == w->paging->levels ? REASON_PTE_RESERVED : REASON_PDE_RESERVED, la,
                              error | PF_PRESENT | PF_RESERVED, value, pa);
        }
    }
}

/* Who may do what.  SDM vol. 3A, "Determination of Access Rights". */
static bool rights_allow(struct cpu *cpu, u64 la, unsigned access, bool user, u32 error, const struct walk *w)
{
    u64 leaf = w->entry[w->used - 1].value, leaf_pa = w->entry[w->used - 1].pa;
    bool user_page = w->rights & PTE_US, write = access & ACCESS_WRITE, fetch = access & ACCESS_FETCH;
    bool writable = w->rights & PTE_RW || (!user && !(cpu->cr0 & CR0_WP));
    bool smap = cpu->cr4 & CR4_SMAP && (access & ACCESS_IMPLICIT || !(cpu->rflags & EFLAGS_AC));

    error |= PF_PRESENT;
    if (user && !user_page) return page_fault(cpu, w, REASON_PAGE_IS_SUPERVISOR, la, error, leaf, leaf_pa);
    if (!user && user_page && fetch && cpu->cr4 & CR4_SMEP) return page_fault(cpu, w, REASON_PAGE_SMEP, la, error, leaf, leaf_pa);
    if (!user && user_page && !fetch && smap) return page_fault(cpu, w, REASON_PAGE_SMAP, la, error, leaf, leaf_pa);
    if (fetch && w->rights & PTE_XD) return page_fault(cpu, w, REASON_PAGE_NOT_EXECUTABLE, la, error, leaf, leaf_pa);
    if (write && !writable) return page_fault(cpu, w, REASON_PAGE_IS_READ_ONLY, la, error, leaf, leaf_pa);
    return true;
}

/* Entry i with A, the last one of a write with D. */
static u64 marked(const struct walk *w, unsigned i, bool write)
{
    return w->entry[i].value | PTE_A | (write && i + 1 == w->used ? PTE_D : 0);
}

/* Whether nothing but memory notices when they are written. */
static bool marks_are_plain(struct cpu *cpu, const struct walk *w, bool write)
{
    for (unsigned i = 0; i < w->used; i++) {
        const struct physical_page *page = physical_page_at(cpu->memory, w->entry[i].pa);
        if (marked(w, i, write) != w->entry[i].value && (!page->write || page->code_chunks)) return false;
    }
    return true;
}

/* A is set in every entry that was used, D in the last by a write. */
static bool mark_used(struct cpu *cpu, struct walk *w, bool write)
{
    bool marked_already = w->common & PTE_A && (!write || w->entry[w->used - 1].value & PTE_D);

    if (likely(marked_already)) return true;
    if (w->quiet && !marks_are_plain(cpu, w, write)) return false;
    for (unsigned i = 0; i < w->used; i++) {
        u64 value = marked(w, i, write);
        if (value == w->entry[i].value) continue;
        entry_write(cpu, w->entry[i].pa, value, w->paging->entry_bytes);
        w->entry[i].value = value;
    }
    return true;
}

static inline bool walk_page(struct cpu *cpu, u64 la, unsigned access, bool user, bool quiet, struct translation *to)
{
    bool write = access & ACCESS_WRITE, tells_fetch = cpu->efer & EFER_NXE || cpu->cr4 & CR4_SMEP;
    u32 error = (write ? PF_WRITE : 0) | (user ? PF_USER : 0) | (access & ACCESS_FETCH && tells_fetch ? PF_FETCH : 0);
    struct walk w;

    if (!(cpu->cr0 & CR0_PG)) {
        *to = (struct translation){ .pa = a20_masked(cpu, la), .storable = true, .readable = true, .executable = true, .page_bits = 12 };
        return true;
    }
    w.paging = paging_of(cpu);
    w.used = 0;
    w.quiet = quiet;
    w.rights = PTE_RW | PTE_US;
    w.common = UINT64_MAX;
    if (!find_entries(cpu, la, error, &w) || !rights_allow(cpu, la, access, user, error, &w) || !mark_used(cpu, &w, write)) return false;
    u64 leaf = w.entry[w.used - 1].value;
    bool user_page = w.rights & PTE_US;
    *to = (struct translation){
        .pa = frame_address(cpu, &w, la),
        .storable = leaf & PTE_D && (w.rights & PTE_RW || (!user && !(cpu->cr0 & CR0_WP))),
        .readable = user || !user_page || !(cpu->cr4 & CR4_SMAP) || !(access & ACCESS_FETCH),
        .executable = !(w.rights & PTE_XD) && !(!user && user_page && cpu->cr4 & CR4_SMEP),
        .global = leaf & PTE_G && cpu->cr4 & CR4_PGE, .page_bits = w.paging->shift[w.used - 1],
    };
    return true;
}

bool page_walk(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to)
{
    return walk_page(cpu, la, access, user, false, to);
}

bool page_walk_quiet(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to)
{
    return walk_page(cpu, la, access, user, true, to);
}

bool paging_load_pdptes(struct cpu *cpu, u64 cr3)
{
    u64 entry[4], reserved = ~frame_mask(cpu) & ~0xe19ull;       /* 2:1 and 8:5, and what lies above the address */

    for (unsigned i = 0; i < 4; i++) {
        entry[i] = entry_read(cpu, a20_masked(cpu, (cr3 & 0xffffffe0) + 8 * i), 8);
        if (entry[i] & PTE_P && entry[i] & reserved)
            return FAULT(cpu, PDPTE_RESERVED, .entry = entry[i], .entry_pa = (cr3 & 0xffffffe0) + 8 * i);
    }
    for (unsigned i = 0; i < 4; i++) cpu->pdpte[i] = entry[i];
    return true;
}

/* --- for onlookers: nothing is set, memory alone is read --- */

static void look_at(struct cpu_walk *walk, const char *name, u64 pa, u64 value, unsigned bytes, u64 reserved, bool in_register)
{
    walk->entry[walk->used++] = (struct cpu_walk_entry){
        .name = name, .pa = pa, .value = value, .reserved = value & PTE_P ? value & reserved : 0, .bytes = (u8)bytes, .in_register = in_register,
    };
}

static const char *level_name(const struct paging *p, unsigned level)
{
    static const char *const long_mode_names[] = { "PML4E", "PDPTE", "PDE", "PTE" };
    return p->levels == 4 ? long_mode_names[level] : long_mode_names[level + 2];
}

/* What the TLB says of the page, for the present privilege. */
static void look_at_tlb(const struct cpu *cpu, u64 la, struct cpu_walk *walk)
{
    const struct tlb_entry *t = tlb_entry_of((struct cpu *)cpu, la);

    walk->cached = (t->tag_read & ~(TLB_WATCHED | TLB_DEVICE)) == (la & ~0xfffull);
    walk->cached_writable = walk->cached && (t->tag_write & ~(TLB_WATCHED | TLB_DEVICE | TLB_DRAWN)) == (la & ~0xfffull);
    walk->cached_pa = walk->cached ? (t->pa & ~0xfffull) | (la & 0xfff) : 0;
}

bool cpu_walk(const struct cpu *cpu, u64 la, u64 cr3, struct cpu_walk *walk)
{
    struct paging paging = paging_worked_out(cpu);
    struct walk w = { .paging = &paging, .rights = PTE_RW | PTE_US };
    u64 table = cr3 & paging.frame;

    *walk = (struct cpu_walk){ .paging = cpu->cr0 & CR0_PG, .canonical = canonical(la) };
    look_at_tlb(cpu, la, walk);
    if (!walk->paging) {
        walk->pa = a20_masked(cpu, la);
        walk->page_bytes = PAGE_BYTES;
        walk->writable = walk->user = walk->executable = true;
        return true;
    }
    if (!walk->canonical) return false;
    if (paging.levels == 2 && paging.entry_bytes == 8) {
        u64 at = a20_masked(cpu, (cr3 & 0xffffffe0) + 8 * bits(la, 31, 30));
        u64 value = cr3 == cpu->cr3 ? cpu->pdpte[bits(la, 31, 30)] : entry_peek(cpu, at, 8);
        look_at(walk, "PDPTE", at, value, 8, 0, cr3 == cpu->cr3);
        if (!(value & PTE_P)) return false;
        table = value & paging.frame;
    }
    for (;;) {
        unsigned level = w.used;
        u64 at = index_address(cpu, &paging, table, level, la);
        u64 value = entry_peek(cpu, at, paging.entry_bytes);
        enum step step = take_entry(&w, at, value);
        look_at(walk, level_name(&paging, level), at, value, paging.entry_bytes, paging.reserved[level][(value & paging.maps[level]) != 0], false);
        if (step == STEP_NOT_PRESENT || step == STEP_RESERVED) return false;
        table = value & paging.frame;
        if (step == STEP_MAPS) break;
    }
    u64 leaf = w.entry[w.used - 1].value;
    walk->pa = frame_address(cpu, &w, la);
    walk->page_bytes = 1ull << paging.shift[w.used - 1];
    walk->writable = w.rights & PTE_RW, walk->user = w.rights & PTE_US, walk->executable = !(w.rights & PTE_XD);
    walk->global = leaf & PTE_G && cpu->cr4 & CR4_PGE, walk->dirty = leaf & PTE_D;
    return true;
}

bool cpu_translate(const struct cpu *cpu, u64 la, u64 *pa)
{
    struct cpu_walk walk;

    if (!cpu_walk(cpu, la, cpu->cr3, &walk)) return false;
    *pa = walk.pa;
    return true;
}

size_t cpu_peek_linear(const struct cpu *cpu, u64 la, void *bytes, size_t size_bytes)
{
    for (size_t done = 0; done < size_bytes;) {
        u64 at = long_mode(cpu) ? la + done : (u32)(la + done), pa;
        size_t here = PAGE_BYTES - (at & (PAGE_BYTES - 1));
        if (!cpu_translate(cpu, at, &pa)) return done;
        const u8 *page = physical_page_at(cpu->memory, pa)->read;
        if (here > size_bytes - done) here = size_bytes - done;
        if (page) memcpy((u8 *)bytes + done, page + (pa & (PAGE_BYTES - 1)), here);
        else memset((u8 *)bytes + done, 0xff, here);
        done += here;
    }
    return size_bytes;
}
