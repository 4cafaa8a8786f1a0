/* Page walk, TLB.  SDM vol. 3A, "32-Bit Paging", "Access Rights", "Accessed and Dirty Flags".   doc: page-walk */
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/system/system.h"

enum { PTE_P = 1, PTE_RW = 2, PTE_US = 4, PTE_A = 32, PTE_D = 64, PDE_PS = 128, PTE_G = 256 };
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4 };      /* error code bits */

static u64 a20_masked(const struct cpu *cpu, u64 pa)
{
    return cpu->a20 ? pa : pa & ~(1ull << 20);
}

/* A page-table entry, through memory or, where none is, the bus. */
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
    if (!page->write) return;                /* ROM: the processor's write goes nowhere */
    if (page->code_chunks) trace_code_written(cpu, pa, 4);
    put32(page->write + (pa & 0xfff), value);
    page->written = true;
}

static bool page_fault(struct cpu *cpu, enum reason reason, struct fault_facts facts)
{
    cpu->cr2 = facts.la;
    return fault_raise(cpu, reason, facts);
}

bool page_walk(struct cpu *cpu, u64 la, unsigned access, bool user, u64 *pa, bool *writable_dirty)
{
    if (!(cpu->cr0 & CR0_PG)) {
        *pa = a20_masked(cpu, la);
        *writable_dirty = true;
        return true;
    }
    bool write = access & ACCESS_WRITE, big_pages = cpu->cr4 & CR4_PSE;
    u32 error = (write ? PF_WRITE : 0) | (user ? PF_USER : 0);
    u64 pde_pa = a20_masked(cpu, (cpu->cr3 & 0xfffff000) | (la >> 22) << 2);
    u32 pde = entry_read(cpu, pde_pa), pte = 0;
    u64 pte_pa = 0;
    bool big = big_pages && pde & PDE_PS;

    if (!(pde & PTE_P))
        return page_fault(cpu, REASON_PDE_NOT_PRESENT, (struct fault_facts){ .la = la, .error = error, .entry = pde, .entry_pa = pde_pa });
    if (!big) {
        pte_pa = a20_masked(cpu, (pde & 0xfffff000) | (la >> 12 & 1023) << 2);
        pte = entry_read(cpu, pte_pa);
        if (!(pte & PTE_P))
            return page_fault(cpu, REASON_PTE_NOT_PRESENT, (struct fault_facts){ .la = la, .error = error, .entry = pte, .entry_pa = pte_pa });
    }
    u32 leaf = big ? pde : pte, rights = big ? pde : pde & pte;
    u64 leaf_pa = big ? pde_pa : pte_pa;
    if (user && !(rights & PTE_US))
        return page_fault(cpu, REASON_PAGE_IS_SUPERVISOR, (struct fault_facts){ .la = la, .error = error | PF_PRESENT, .entry = leaf, .entry_pa = leaf_pa });
    bool writable = rights & PTE_RW || (!user && !(cpu->cr0 & CR0_WP));
    if (write && !writable)
        return page_fault(cpu, REASON_PAGE_IS_READ_ONLY, (struct fault_facts){ .la = la, .error = error | PF_PRESENT, .entry = leaf, .entry_pa = leaf_pa });
    if (!big && !(pde & PTE_A)) entry_write(cpu, pde_pa, pde | PTE_A);
    u32 wanted = leaf | PTE_A | (write ? PTE_D : 0);
    if (wanted != leaf) entry_write(cpu, leaf_pa, wanted);
    u64 frame = big ? (leaf & 0xffc00000) | (la & 0x3ff000) : leaf & 0xfffff000;
    *pa = a20_masked(cpu, frame | (la & 0xfff));
    *writable_dirty = writable && wanted & PTE_D;
    return true;
}

bool cpu_translate(const struct cpu *cpu, u64 la, u64 *pa)
{
    *pa = a20_masked(cpu, la);
    if (!(cpu->cr0 & CR0_PG)) return true;
    struct physical_page *page = physical_page_at(cpu->memory, a20_masked(cpu, (cpu->cr3 & 0xfffff000)));
    if (!page->read) return false;
    u32 pde = get32(page->read + (la >> 22 << 2 & 0xffc));
    if (!(pde & PTE_P)) return false;
    if (pde & PDE_PS && cpu->cr4 & CR4_PSE) {
        *pa = a20_masked(cpu, (pde & 0xffc00000) | (la & 0x3fffff));
        return true;
    }
    page = physical_page_at(cpu->memory, a20_masked(cpu, pde & 0xfffff000));
    u32 pte = page->read ? get32(page->read + (la >> 12 << 2 & 0xffc)) : 0;
    *pa = a20_masked(cpu, (pte & 0xfffff000) | (la & 0xfff));
    return pte & PTE_P;
}

/* --- TLB --- */

static void invalidate(struct tlb_entry *t)
{
    t->tag_read = t->tag_write = TLB_INVALID;
}

void tlb_flush(struct cpu *cpu)
{
    for (unsigned set = 0; set < TLB_SETS; set++)
        for (unsigned i = 0; i < TLB_ENTRIES; i++) invalidate(&cpu->tlb_set[set][i]);
}

void tlb_flush_page(struct cpu *cpu, u64 la)
{
    for (unsigned set = 0; set < TLB_SETS; set++) {
        struct tlb_entry *t = &cpu->tlb_set[set][la >> 12 & (TLB_ENTRIES - 1)];
        if (t->tag_read == (la & ~0xfffull)) invalidate(t);
    }
}

void tlb_protect_code_page(struct cpu *cpu, u64 pa)
{
    for (unsigned set = 0; set < TLB_SETS; set++) {
        for (unsigned i = 0; i < TLB_ENTRIES; i++) {
            struct tlb_entry *t = &cpu->tlb_set[set][i];
            if (t->tag_write != TLB_INVALID && t->pa >> 12 == pa >> 12) t->tag_write = TLB_INVALID;
        }
    }
}

void cpu_memory_changed(struct cpu *cpu)
{
    tlb_flush(cpu);
}

void cpu_set_a20(struct cpu *cpu, bool enabled)
{
    if (cpu->a20 == enabled) return;
    cpu->a20 = enabled;
    tlb_flush(cpu);
    cpu_leave_after_instruction(cpu);
}

void cpu_memory_written(struct cpu *cpu, u64 pa, u64 size_bytes)
{
    while (size_bytes) {
        u64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1)), n = size_bytes < room ? size_bytes : room;
        struct physical_page *page = physical_page_at(cpu->memory, pa);
        page->written |= page->write != NULL;
        if (page->code_chunks) trace_code_written(cpu, pa, (unsigned)n);
        pa += n;
        size_bytes -= n;
    }
}
