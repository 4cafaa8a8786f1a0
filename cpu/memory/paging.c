/* The page walk.  SDM vol. 3A, "32-Bit Paging", "Access Rights", "Page-Fault Exceptions",
 * "Accessed and Dirty Flags".                                                    doc: page-walk
 *
 *    linear address   31        22 21        12 11       0
 *                    | directory  |   table    |  offset |
 *    PDE, PTE         31..12 frame   8 G   7 PS (PDE)   6 D   5 A   2 U/S   1 R/W   0 P
 *
 * Not modelled: PCD and PWT, as there is no cache; PAE and PSE-36, which no model has yet. */
#include "cpu/memory/access.h"

enum { PTE_P = 1, PTE_RW = 2, PTE_US = 4, PTE_A = 32, PTE_D = 64, PDE_PS = 128, PTE_G = 256 };
enum { PDE_BIG_RESERVED = 0x3ff000 };                                  /* 21:12 of a 4 MiB entry */
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RESERVED = 8 };   /* error code */

/* Entries that lead to a page.  The leaf is the one that maps it: the PTE, or the PDE of a 4 MiB
 * page. */
struct walk {
    u64 pde_pa, leaf_pa;
    u32 pde, leaf;
    bool big;
};

static u64 a20_masked(const struct cpu *cpu, u64 pa)
{
    return cpu->a20 ? pa : pa & ~(1ull << 20);
}

/* An entry lies in memory or, where there is none, on the bus. */
static u32 entry_read(struct cpu *cpu, u64 pa)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (page->read) return get32(page->read + (pa & 0xfff));
    cpu_sync_time(cpu);
    return (u32)cpu->bus.mmio_read(cpu->bus.board, pa, 4);
}

static void entry_write(struct cpu *cpu, u64 pa, u32 value)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (!page->write) {                      /* ROM or a device: the write goes where writes go */
        cpu_sync_time(cpu);
        cpu->bus.mmio_write(cpu->bus.board, pa, 4, value);
        return;
    }
    if (page->code_chunks) trace_code_written(cpu, pa, 4);
    put32(page->write + (pa & 0xfff), value);
    page->written = true;
}

static bool page_fault(struct cpu *cpu, enum reason reason, u64 la, u32 error, u32 entry,
                       u64 entry_pa)
{
    cpu->cr2 = la;
    return fault_raise(cpu, reason, (struct fault_facts){
        .la = la, .error = error, .entry = entry, .entry_pa = entry_pa,
    });
}

static u64 pde_address(const struct cpu *cpu, u64 la)
{
    return a20_masked(cpu, (cpu->cr3 & 0xfffff000) | bits(la, 31, 22) << 2);
}

static u64 pte_address(const struct cpu *cpu, u32 pde, u64 la)
{
    return a20_masked(cpu, (pde & 0xfffff000u) | bits(la, 21, 12) << 2);
}

static bool is_big(const struct cpu *cpu, u32 pde)
{
    return pde & PDE_PS && cpu->cr4 & CR4_PSE;
}

/* Follows the directory and the table: P and the reserved bits are looked at, rights are not. */
static bool find_entries(struct cpu *cpu, u64 la, u32 error, struct walk *w)
{
    w->pde_pa = w->leaf_pa = pde_address(cpu, la);
    w->pde = w->leaf = entry_read(cpu, w->pde_pa);
    if (!(w->pde & PTE_P))
        return page_fault(cpu, REASON_PDE_NOT_PRESENT, la, error, w->pde, w->pde_pa);
    w->big = is_big(cpu, w->pde);
    if (w->big) {
        if (!(w->pde & PDE_BIG_RESERVED)) return true;
        return page_fault(cpu, REASON_PDE_RESERVED, la, error | PF_PRESENT | PF_RESERVED, w->pde,
                          w->pde_pa);
    }
    w->leaf_pa = pte_address(cpu, w->pde, la);
    w->leaf = entry_read(cpu, w->leaf_pa);
    if (!(w->leaf & PTE_P))
        return page_fault(cpu, REASON_PTE_NOT_PRESENT, la, error, w->leaf, w->leaf_pa);
    return true;
}

/* A is set in every entry that was used, D in the leaf by a write. */
static u32 mark_used(struct cpu *cpu, const struct walk *w, bool write)
{
    u32 leaf = w->leaf | PTE_A | (write ? PTE_D : 0);

    if (!w->big && !(w->pde & PTE_A)) entry_write(cpu, w->pde_pa, w->pde | PTE_A);
    if (leaf != w->leaf) entry_write(cpu, w->leaf_pa, leaf);
    return leaf;
}

static u64 frame_address(const struct cpu *cpu, u32 leaf, bool big, u64 la)
{
    u32 offset_mask = big ? 0x3fffff : 0xfff;
    return a20_masked(cpu, (leaf & ~offset_mask) | (la & offset_mask));
}

bool page_walk(struct cpu *cpu, u64 la, unsigned access, bool user, struct translation *to)
{
    bool write = access & ACCESS_WRITE;
    u32 error = (write ? PF_WRITE : 0) | (user ? PF_USER : 0);
    struct walk w = { 0 };

    if (!(cpu->cr0 & CR0_PG)) {
        *to = (struct translation){ .pa = a20_masked(cpu, la), .storable = true };
        return true;
    }
    if (!find_entries(cpu, la, error, &w)) return false;
    u32 rights = w.pde & w.leaf;
    if (user && !(rights & PTE_US))
        return page_fault(cpu, REASON_PAGE_IS_SUPERVISOR, la, error | PF_PRESENT, w.leaf,
                          w.leaf_pa);
    bool writable = rights & PTE_RW || (!user && !(cpu->cr0 & CR0_WP));
    if (write && !writable)
        return page_fault(cpu, REASON_PAGE_IS_READ_ONLY, la, error | PF_PRESENT, w.leaf, w.leaf_pa);
    u32 leaf = mark_used(cpu, &w, write);
    *to = (struct translation){
        .pa = frame_address(cpu, leaf, w.big, la), .storable = writable && leaf & PTE_D,
        .global = leaf & PTE_G && cpu->cr4 & CR4_PGE, .big = w.big,
    };
    return true;
}

/* The same for an onlooker: memory only, nothing is marked, nothing faults. */
static bool entry_peek(const struct cpu *cpu, u64 pa, u32 *entry)
{
    const struct physical_page *page = physical_page_at(cpu->memory, pa);

    if (page->read) *entry = get32(page->read + (pa & 0xfff));
    return page->read && *entry & PTE_P;
}

bool cpu_translate(const struct cpu *cpu, u64 la, u64 *pa)
{
    u32 pde, pte;

    if (!(cpu->cr0 & CR0_PG)) {
        *pa = a20_masked(cpu, la);
        return true;
    }
    if (!entry_peek(cpu, pde_address(cpu, la), &pde)) return false;
    if (is_big(cpu, pde)) {
        *pa = frame_address(cpu, pde, true, la);
        return true;
    }
    if (!entry_peek(cpu, pte_address(cpu, pde, la), &pte)) return false;
    *pa = frame_address(cpu, pte, false, la);
    return true;
}
